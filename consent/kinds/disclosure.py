"""What is said before a person agrees to read and sign on a screen: our shipped words, their version, the device test.

Source: 15 USC 7001(c)(1): what must be said, and that the yes must show that the person can open what they will get.
"""

import hashlib
import json
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from consent.kinds.wording import Clause, fill

_TEXTS = Path(__file__).parent.parent / "texts" / "esign_disclosure"


@dataclass(frozen=True, slots=True)
class Disclosure:
    """The words in one language, with the name of the practice put in; ``sha256`` names the version that was shipped."""

    language: str
    title: str
    reviewed: bool
    meaning: str
    sample: str
    clauses: tuple[Clause, ...]
    sha256: str

    @property
    def shown_sha256(self) -> str:
        """Return the check sum of the words as they are read."""
        return _sha256([self.title, self.meaning, *(f"{one.title}\n{one.body}" for one in self.clauses)])


def disclosure(language: str, *, practice: str, contact: str, code: str) -> Disclosure:
    """Return the words to read, in ``language`` or, where they are not written in it, in English.

    Args:
        language: of the reader.
        practice: the name of the practice.
        contact: how the practice is reached.
        code: what the sample line holds.
    """
    spoken = language if language in _languages() else "en"
    data, blanks = _shipped(spoken), {"practice": practice, "contact": contact, "code": code}
    clauses = tuple(
        Clause(one["key"], one["title"], fill(one["body"].strip(), blanks), locked=True) for one in data["clauses"]
    )
    sample = fill(data["sample"], blanks)
    return Disclosure(
        spoken, data["title"], data["reviewed"], data["meaning"], sample, clauses, versions_in_force()[spoken]
    )


@cache
def versions_in_force() -> dict[str, str]:
    """Return language -> check sum of the shipped words; a yes to any of them is a yes to this version."""
    return {language: _sha256(_shipped(language)) for language in _languages()}


@cache
def _languages() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _TEXTS.glob("*.toml")))


@cache
def _shipped(language: str) -> dict[str, Any]:
    return tomllib.loads((_TEXTS / f"{language}.toml").read_text(encoding="utf-8"))


def _sha256(data: Any) -> str:
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
