"""Kinds of documents, read from the TOML files beside this module: a new kind touches no Python."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from consent.models import Capacity, Gate, SignersPolicy

_HERE = Path(__file__).parent
GROUP_AGREEMENT = "group_confidentiality_agreement"


@dataclass(frozen=True, slots=True)
class Element:
    """One clause that every text of the kind must hold.

    ``locked``: no group may change it. ``editable``: the facilitator writes it for the group. Neither: its words
    are ours, with blanks filled from the practice and the group.
    """

    key: str
    source: str
    locked: bool = False
    editable: bool = False

    def __post_init__(self) -> None:
        """Refuse a clause that is both.

        Raises:
            ValueError: the clause is locked and editable.
        """
        if self.locked and self.editable:
            raise ValueError(f"The clause {self.key} is locked and editable. Choose one.")


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and in which capacity."""

    who: str
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: who signs, what it must say, how long it holds, and what it gates."""

    key: str
    gate: Gate
    signers_policy: SignersPolicy
    meaning: str
    validity_days: int
    notice_days: int
    spoken_allowed: bool
    withdrawable: bool
    signers: tuple[Signer, ...]
    elements: tuple[Element, ...]

    @property
    def editable_keys(self) -> tuple[str, ...]:
        """Return the keys of the clauses that a facilitator may write, in their order."""
        return tuple(element.key for element in self.elements if element.editable)


@cache
def load_kind(key: str) -> Kind:
    """Return the kind named ``key``.

    Raises:
        LookupError: there is no such kind.
        ValueError: the file holds a wrong value.
    """
    if key not in kind_keys():
        raise LookupError(f"There is no kind {key!r}.")
    with (_HERE / f"{key}.toml").open("rb") as source:
        data = tomllib.load(source)
    return Kind(
        key=data["key"],
        gate=Gate(data["gate"]),
        signers_policy=SignersPolicy(data["signers_policy"]),
        meaning=data["meaning"],
        validity_days=data["validity_days"],
        notice_days=data["notice_days"],
        spoken_allowed=data["spoken_allowed"],
        withdrawable=data["withdrawable"],
        signers=tuple(Signer(who=one["who"], capacity=Capacity(one["capacity"])) for one in data["signers"]),
        elements=tuple(Element(**one) for one in data["elements"]),
    )


@cache
def kind_keys() -> tuple[str, ...]:
    """Return the keys of all kinds that ship, in alphabetical order."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.toml")))
