"""The copy of a record as files: one JSON and one page to print, in one archive, each with the watermark."""

import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from groupcare.practice.records import Fact, Section, from_json, to_json
from groups.name_scan import Hit, without

#: Named in every file, so that a program can tell how to read it; see docs/guide/records.md.
SCHEMA = "groupcare.record/1"


@dataclass(frozen=True)
class Watermark:
    """What stands on every page: which request, for whom, by whom, when."""

    number: str
    recipient: str
    exported_by: str
    exported_at: str


@dataclass(frozen=True)
class Draft:
    """What was collected, and where somebody else may be named in it."""

    sections: list[Section]
    hits: list[Hit]


def left_out() -> list[str]:
    """Return what a copy does not hold, and why, in sentences."""
    return [
        _(
            "Process notes are left out. They are kept apart from the record (psychotherapy notes, 45 CFR 164.501; "
            "not confirmed by the practice's counsel). A separate written request, for these notes alone, is needed."
        ),
        _(
            "Concerns that the person raised, or that name them, are left out. The desk that keeps them answers for them."
        ),
        _("The words of other members, and who they are, are left out. Where somebody was named, that is marked."),
    ]


def keep_draft(name: str, draft: Draft, storage: Storage = default_storage) -> str:
    """Keep a draft encrypted under ``name``, and return the SHA-256 of it."""
    content = json.dumps(
        {"sections": to_json(draft.sections), "hits": [asdict(hit) for hit in draft.hits]}, ensure_ascii=False
    ).encode()
    storage.save(name, ContentFile(content))
    return hashlib.sha256(content).hexdigest()


def read_draft(name: str, storage: Storage = default_storage) -> Draft:
    """Return the draft kept under ``name``.

    Raises:
        FileNotFoundError: it was destroyed.
    """
    with storage.open(name) as file:
        stored = json.loads(file.read())
    return Draft(from_json(stored["sections"]), [Hit(**hit) for hit in stored["hits"]])


def decided(draft: Draft, replaced: frozenset[str]) -> list[Section]:
    """Return the sections of a draft with each of the places in ``replaced`` hidden."""
    places: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for hit in draft.hits:
        if hit.key in replaced:
            places.setdefault((hit.section, hit.entry, hit.fact), []).append((hit.start, hit.end))
    return [
        replace(
            section,
            entries=tuple(
                replace(
                    entry, facts=tuple(_hidden(fact, places.get((s, e, f), [])) for f, fact in enumerate(entry.facts))
                )
                for e, entry in enumerate(section.entries)
            ),
        )
        for s, section in enumerate(draft.sections)
    ]


def _hidden(fact: Fact, places: list[tuple[int, int]]) -> Fact:
    return replace(fact, text=without(fact.text, places, _("[another member]"))) if places else fact


def as_json(sections: Sequence[Section], mark: Watermark) -> str:
    """Return the record as JSON: schema, watermark, what is left out, and the sections."""
    whole: dict[str, Any] = {
        "schema": SCHEMA,
        "watermark": asdict(mark),
        "left_out": left_out(),
        "sections": [
            {
                "key": section.key,
                "title": section.title,
                "entries": [
                    {"title": entry.title, "facts": [{"label": fact.label, "text": fact.text} for fact in entry.facts]}
                    for entry in section.entries
                ],
            }
            for section in sections
        ],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def as_page(sections: Sequence[Section], mark: Watermark) -> str:
    """Return the record as one page of HTML that needs nothing else and repeats the watermark on each printed page."""
    return render_to_string("groups/record_copy.html", {"sections": sections, "mark": mark, "left_out": left_out()})


def keep_copy(name: str, sections: Sequence[Section], mark: Watermark, storage: Storage = default_storage) -> str:
    """Keep the archive encrypted under ``name``, and return the SHA-256 of it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("record.json", as_json(sections, mark))
        archive.writestr("record.html", as_page(sections, mark))
    content = held.getvalue()
    storage.save(name, ContentFile(content))
    return hashlib.sha256(content).hexdigest()


def read_copy(name: str, storage: Storage = default_storage) -> bytes:
    """Return the archive kept under ``name``.

    Raises:
        FileNotFoundError: it was destroyed.
    """
    with storage.open(name) as file:
        content: bytes = file.read()
    return content


def destroy(name: str, storage: Storage = default_storage) -> None:
    """Remove a draft or a copy; absent is fine."""
    storage.delete(name)
