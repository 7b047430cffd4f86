"""Opening 25 notes of 2 KB through the model's field (PERF-9)."""

import base64
import os
import time
from typing import Any

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from benchmarks import floor, mass
from benchmarks.measure import Result, Size, at_least, at_most, interleaved, told
from benchmarks.story import add_people, ids, world
from groupcare.vault import unlock
from groups.models import ProgressNote

RAW_LIMIT, FERNET_LIMIT, PAGE_SHARE = 4.0, 2.0, 0.05
_NOTES = 25
# One turn opens all notes this often, so that a turn is long enough to time.
_LOOPS = 20


def field_crypto(size: Size) -> list[Result]:
    """Measure the field against the bare cipher and against Fernet."""
    notes = _notes()
    sealed = [note.__dict__["body"] for note in notes]
    key, nonce, data = AESGCM.generate_key(256), os.urandom(12), b"label|row|1"
    ciphertext = AESGCM(key).encrypt(nonce, floor.TEXT.encode(), data)
    fernet = Fernet(base64.urlsafe_b64encode(os.urandom(32)))
    token = fernet.encrypt(floor.TEXT.encode())

    def raw() -> None:
        for _ in range(_LOOPS * _NOTES):
            AESGCM(key).decrypt(nonce, ciphertext, data)

    cipher = AESGCM(key)
    ways = {
        "field": lambda: _open_all(notes, sealed),
        "raw": raw,
        "kept": lambda: [cipher.decrypt(nonce, ciphertext, data) for _ in range(_LOOPS * _NOTES)],
        "fernet": lambda: [fernet.decrypt(token) for _ in range(_LOOPS * _NOTES)],
    }
    bare = floor.browser(world().nadia.login)
    took = interleaved(size.reps, {**ways, "page": lambda: bare.get("/bare/")}, time.process_time)
    each = took["field"] / (_LOOPS * _NOTES)
    share = each * _NOTES / took["page"]
    return [
        at_most(
            *("field-crypto", "field / AESGCM(key).decrypt", took["field"] / took["raw"], RAW_LIMIT),
            f" ({each * 1e6:.1f} us)",
        ),
        told("field-crypto", "field / decrypt with a cipher that is kept", f"{took['field'] / took['kept']:.2f}"),
        at_least("field-crypto", "Fernet / field", took["fernet"] / took["field"], FERNET_LIMIT),
        at_most("field-crypto", "25 notes, share of the floor page", share, PAGE_SHARE),
    ]


def _open_all(notes: list[ProgressNote], sealed: list[Any]) -> None:
    """Read every note as if it had just been loaded: the envelope is closed again first."""
    for _ in range(_LOOPS):
        for note, value in zip(notes, sealed, strict=True):
            value.opened = []
            note.body  # noqa: B018 - reading opens


def _notes() -> list[ProgressNote]:
    found = world()
    session, place = found.session_of_thursday, found.membership("ben")
    author = found.nadia.pk
    people = add_people(_NOTES)
    made = ids(_NOTES)
    mass.insert(
        ProgressNote,
        (
            {
                "id": note,
                "group_id": session.group_id,
                "session_id": session.pk,
                "membership_id": place.pk,
                "about_id": person,
                "author_id": author,
                "body": floor.TEXT,
                "supersedes_id": note,
            }
            for note, person in zip(made, people, strict=True)
        ),
    )
    notes = list(ProgressNote.objects.filter(pk__in=made))
    unlock(notes)
    assert all(note.body == floor.TEXT for note in notes)
    return notes
