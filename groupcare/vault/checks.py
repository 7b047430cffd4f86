"""System checks of the vault: its keys, its labels, and what lies in clear."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from groupcare.audit.keys import problem
from groupcare.vault import ring
from groupcare.vault.fields import EncryptedField

_OURS = ("groupcare", "groups", "consent", "incidents")
# What can hold words, files or their traces.
_TELLING = (
    models.CharField,
    models.TextField,
    models.FileField,
    models.FilePathField,
    models.JSONField,
    models.BinaryField,
    models.GenericIPAddressField,
)
_ROW = re.compile(r"^\|(?P<cells>.+)\|\s*$")


def require_ring() -> None:
    """Stop a production process that has no key ring; only ``init_keys`` and ``restore`` may run without.

    Raises:
        ImproperlyConfigured: the ring is missing or broken; the message names the fix.
    """
    if settings.PRODUCTION and not {"init_keys", "restore"} & set(sys.argv[1:2]):
        ring.current()


def ring_health() -> str | None:
    """Return None when the ring can be read."""
    try:
        ring.current()
    except ImproperlyConfigured:
        return "vault.ring_missing"
    return None


def check_ring(**_: Any) -> list[checks.CheckMessage]:
    """Return an error for a ring that is missing (in production) or may be read by others."""
    if ring.from_environment() or not (settings.PRODUCTION or ring.path().exists()):
        return []
    found = problem(ring.path())
    return [checks.Error(found, id="vault.E005")] if found else []


def encrypted_fields() -> list["EncryptedField[Any, Any]"]:
    """Return every encrypted field of the installed models."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedField)
    ]


def labels() -> list[str]:
    """Return the frozen label of every encrypted field, sorted."""
    return sorted(field.bound_as for field in encrypted_fields())


def check_labels(**_: Any) -> list[checks.CheckMessage]:
    """Return an error for each label that two fields share: their ciphertexts could be swapped."""
    return [
        checks.Error(f"Two encrypted fields are bound as {label}.", id="vault.E002")
        for label, count in Counter(labels()).items()
        if count > 1
    ]


def check_fields_in_clear(**_: Any) -> list[checks.CheckMessage]:
    """Return an error for each field that is neither encrypted nor listed with a reason (SEC-34)."""
    page = _page()
    if not page.exists():
        return [checks.Warning("docs/security.md is missing, so no field in clear is justified.", id="vault.W001")]
    text = page.read_text(encoding="utf-8")
    return [*_clear(table(text, "Fields in clear")), *_listed(table(text, "Encrypted fields"))]


def fields_in_clear() -> set[str]:
    """Return ``app.Model.field`` for each field of ours that can hold words and is not encrypted."""
    return {
        name(field)
        for model in apps.get_models()
        if model.__module__.split(".")[0] in _OURS
        for field in model._meta.local_concrete_fields
        if isinstance(field, _TELLING)
    }


def name(field: "models.Field[Any, Any]") -> str:
    """Return ``app.Model.field``."""
    return f"{field.model._meta.label}.{field.name}"


def table(text: str, heading: str) -> dict[str, list[str]]:
    """Return the rows of the table below a heading of a Markdown text: first cell -> other cells."""
    rows: dict[str, list[str]] = {}
    inside = False
    for line in text.splitlines():
        if line.startswith("#"):
            inside = line.lstrip("#").strip().lower() == heading.lower()
        found = _ROW.match(line)
        if inside and found:
            first, *others = [cell.strip().strip("`") for cell in found["cells"].split("|")]
            if first.count(".") == 2:
                rows[first] = others
    return rows


def _page() -> Path:
    return Path(settings.BASE_DIR) / "docs" / "security.md"


def _clear(waived: dict[str, list[str]]) -> Iterator[checks.CheckMessage]:
    there = fields_in_clear()
    for field in sorted(there):
        if not any(waived.get(field, [])):
            yield checks.Error(
                f"{field} lies in clear.",
                hint='Encrypt it, or write why not into docs/security.md, "Fields in clear".',
                id="vault.E001",
            )
    for field in sorted(set(waived) - there):
        yield checks.Error(f"docs/security.md waives {field}, which is no field in clear.", id="vault.E001")


def _listed(rows: dict[str, list[str]]) -> Iterator[checks.CheckMessage]:
    there = {name(field): [field.owner.value, field.purpose.value] for field in encrypted_fields()}
    there = {key: cells for key, cells in there.items() if not key.startswith("vault_tests.")}
    for field, cells in sorted(there.items()):
        if [cell.lower() for cell in rows.get(field, [])[:2]] != cells:
            hint = f'Write "| {field} | {cells[0]} | {cells[1]} |" into "Encrypted fields".'
            yield checks.Error(
                f"docs/security.md does not name owner and purpose of {field}.", hint=hint, id="vault.E003"
            )
    for field in sorted(set(rows) - set(there)):
        yield checks.Error(f"docs/security.md names {field}, which is not encrypted.", id="vault.E003")
