"""Is what lies in this installation whole? Rows by table, triggers, and whether encrypted values open."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models

from groupcare.audit import triggers
from groupcare.backup.snapshot import quoted
from groupcare.vault import DecryptionError, EncryptedStorage, KeyDestroyed
from groupcare.vault.checks import encrypted_fields, name
from incidents import triggers as order_of_steps

#: Values opened of each field when nothing else is asked. Our choice: a key that is gone shows at once.
SAMPLE = 20


@dataclass
class Findings:
    """What was found: ``problems`` are sentences; none means that all is well."""

    counts: dict[str, int] = field(default_factory=dict)
    #: field -> values opened.
    opened: dict[str, int] = field(default_factory=dict)
    erased: int = 0
    files: int = 0
    triggers: int = 0
    problems: list[str] = field(default_factory=list)


def inspect(sample: int = SAMPLE) -> Findings:
    """Count rows, compare triggers, and open values of every encrypted field.

    Args:
        sample: how many values of each field, and how many files; 0 opens all.
    """
    findings = Findings(counts=_counts())
    _compare_triggers(findings)
    for one in encrypted_fields():
        _open_field(one, sample, findings)
    _open_files(sample, findings)
    return findings


def _counts() -> dict[str, int]:
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {quoted(table)}")  # noqa: S608
            found[table] = cursor.fetchone()[0]
    return found


def _compare_triggers(findings: Findings) -> None:
    findings.triggers = len(triggers.installed_triggers())
    missing = [trigger.name for trigger in sorted(triggers.missing_triggers())]
    if not order_of_steps.is_installed():
        missing.append(order_of_steps.NAME)
    findings.problems += [f"The trigger {trigger} is missing. Run manage.py migrate." for trigger in missing]


def _open_field(one: Any, sample: int, findings: Findings) -> None:
    opened = 0
    for row in _rows(one.model):
        try:
            opened += getattr(row, one.attname) is not None
        except KeyDestroyed:
            findings.erased += 1
        except (DecryptionError, ImproperlyConfigured, ValueError) as problem:
            findings.problems.append(f"{name(one)} does not open in row {row.pk}: {problem}")
            break
        if sample and opened >= sample:
            break
    findings.opened[name(one)] = opened


def _rows(model: type[models.Model]) -> Iterator[models.Model]:
    # In the order of random keys, so that a sample is one.
    yield from model._base_manager.order_by("pk").iterator(chunk_size=500)


def _open_files(sample: int, findings: Findings) -> None:
    storage = EncryptedStorage()
    for file in sorted(storage.location.rglob("*")):
        if not file.is_file() or file.name.startswith("."):
            continue
        try:
            storage.open(file.relative_to(storage.location).as_posix())
        except KeyDestroyed:
            findings.erased += 1
        except Exception as problem:  # noqa: BLE001 - whatever it is, the file does not open
            findings.problems.append(f"The file {file.name} does not open: {problem}")
        findings.files += 1
        if sample and findings.files >= sample:
            return
