"""Kinds of documents, read from the TOML files beside this module: a new kind touches no Python."""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db.models import TextChoices
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent.kinds.sources import explained
from consent.models import Capacity, Gate, SignersPolicy, Who

_HERE = Path(__file__).parent
GROUP_AGREEMENT = "group_confidentiality_agreement"
_T = TypeVar("_T")


class Scope(TextChoices):
    """For whom one text of a kind is written."""

    GROUP = "group", _("One for each group")
    PRACTICE = "practice", _("One for the whole practice")
    PERSON = "person", _("Made out for one person")


class AskedOf(TextChoices):
    """When a group's gate asks for a kind without anybody having chosen it."""

    ALWAYS = "always", _("Always")
    ONLINE = "online", _("When the group meets online")
    YOUNG = "young", _("When a young person takes part")
    CHOSEN = "chosen", _("When somebody chooses it")
    NEVER = "never", _("Never")


class Meaning(TextChoices):
    """What a person says by signing."""

    AGREE = "agree", _("I agree")
    CONSENT = "consent", _("I consent")
    ASSENT = "assent", _("I want to take part")
    PERMIT = "permit", _("I give permission")
    ACKNOWLEDGE = "acknowledge", _("I have read and understood it")
    AUTHORIZE = "authorize", _("I authorize it")
    UNDERTAKE = "undertake", _("I undertake it")
    PLEDGE = "pledge", _("I pledge it")
    RECOMMIT = "recommit", _("I commit myself again")


class WithdrawalEffect(TextChoices):
    """What ends when a signature is taken back; what was heard before stays under the promise in every case."""

    SHUTS_GATE = "shuts_gate", _("The person cannot come to the sessions")
    ENDS_SHARING = "ends_sharing", _("Nothing more is shared under it")
    ENDS_RECORDING = "ends_recording", _("Nobody records or watches any more")
    ENDS_DUTY = "ends_duty", _("The person takes part in the work no more")
    NOTHING = "nothing", _("Nothing else ends")


class Why(TextChoices):
    """Why a clause is locked, for people who would like to change it."""

    LAW = "locked_law", _("The law or the rules of the profession ask for these words.")
    SAFETY = "locked_safety", _("These words keep somebody safe, whatever the group would like.")
    MEMBERS = "locked_members", _("Every member relies on these words, so no group may take them away.")


class Form(TextChoices):
    """How a particular is typed in."""

    TEXT = "text", _("A line")
    LINES = "lines", _("Several lines")
    DATE = "date", _("A day")
    CHOICE = "choice", _("One of several")


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
    why: Why | None = None

    def __post_init__(self) -> None:
        """Refuse a clause that is both.

        Raises:
            ValueError: the clause is locked and editable.
        """
        if self.locked and self.editable:
            raise ValueError(f"The clause {self.key} is locked and editable. Choose one.")

    @property
    def source_in_words(self) -> str:
        """Return what asks for the clause, in the reader's language, with the citation beside it."""
        return explained(self.source, get_language())


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, and in which capacity."""

    who: Who
    capacity: Capacity


@dataclass(frozen=True, slots=True)
class Particular:
    """One thing that is filled in for one person before the paper can be signed."""

    key: str
    source: str
    required: bool = True
    form: Form = Form.TEXT

    @property
    def source_in_words(self) -> str:
        """Return what asks for it, in the reader's language, with the citation beside it."""
        return explained(self.source, get_language())


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: who signs, what it must say, how long it holds, and what it gates.

    ``validity_days`` 0 means that it has no end of its own. ``conditionable`` says whether care may depend on it.
    """

    key: str
    scope: Scope
    asked_of: AskedOf
    gate: Gate
    signers_policy: SignersPolicy
    meaning: Meaning
    validity_days: int
    notice_days: int
    spoken_allowed: bool
    withdrawable: bool
    withdrawal_effect: WithdrawalEffect
    conditionable: bool
    may_combine: tuple[str, ...]
    signers: tuple[Signer, ...]
    elements: tuple[Element, ...]
    particulars: tuple[Particular, ...] = ()
    title_of_law: str = ""

    def __post_init__(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ValueError: care hangs on what the law sets free, particulars without a person, or an impossible notice.
        """
        if self.gate == Gate.SESSION and not self.conditionable:
            raise ValueError("Care may not depend on it, so its gate must be none.")
        if bool(self.particulars) != (self.scope == Scope.PERSON):
            raise ValueError("Particulars belong to a paper for one person, and to no other.")
        if self.validity_days and not self.notice_days < self.validity_days:
            raise ValueError("notice_days must be shorter than validity_days.")
        if self.withdrawable == (self.withdrawal_effect == WithdrawalEffect.NOTHING):
            raise ValueError("withdrawal_effect says what ends; it is nothing exactly where nothing can be taken back.")

    @property
    def law_in_words(self) -> str:
        """Return the law that asks for the kind, in the reader's language; empty where none does."""
        return explained(self.title_of_law, get_language()) if self.title_of_law else ""

    @property
    def editable_keys(self) -> tuple[str, ...]:
        """Return the keys of the clauses that a facilitator may write, in their order."""
        return tuple(element.key for element in self.elements if element.editable)

    @property
    def requires(self) -> tuple[str, ...]:
        """Return the keys of all clauses that a text of the kind must hold, in their order."""
        return tuple(element.key for element in self.elements)

    def signed_by(self, who: Who) -> Signer | None:
        """Return the signature line of these people, or None where they do not sign this kind."""
        return next((one for one in self.signers if one.who == who), None)


@cache
def load_kind(key: str) -> Kind:
    """Return the kind named ``key``.

    Raises:
        LookupError: there is no such kind.
        ValueError: the file holds a wrong value; the message names the file and the key.
    """
    if key not in kind_keys():
        raise LookupError(f"There is no kind {key!r}.")
    with (_HERE / f"{key}.toml").open("rb") as source:
        return parse(tomllib.load(source), f"{key}.toml")


def parse(data: Mapping[str, Any], name: str) -> Kind:
    """Return the kind that a file describes.

    Args:
        data: what the file holds.
        name: the file's name, for the message.

    Raises:
        ValueError: a value is missing, unknown or of a wrong type; the message names the file and the key.
    """
    lists = {
        "signers": _many(data, name, "signers", Signer),
        "elements": _many(data, name, "elements", Element),
        "particulars": _many(data, name, "particulars", Particular),
    }
    kind = _made(Kind, {**data, **lists, "may_combine": tuple(data.get("may_combine", ()))}, name)
    if kind.key != name.removesuffix(".toml"):
        raise ValueError(f"{name}: key must be the name of the file.")
    if not kind.signers or not kind.elements:
        raise ValueError(f"{name}: a kind needs signers and elements.")
    keys = [element.key for element in kind.elements]
    if len(set(keys)) != len(keys):
        raise ValueError(f"{name}: elements: a key stands twice.")
    return kind


def _many(data: Mapping[str, Any], name: str, key: str, wanted: type[_T]) -> tuple[_T, ...]:
    return tuple(_made(wanted, one, f"{name}: {key}") for one in data.get(key, ()))


def _made(wanted: type[_T], values: Mapping[str, Any], where: str) -> _T:
    """Return one of ``wanted`` from plain values, each of the type that the class names.

    Raises:
        ValueError: a key is missing or unknown, or a value is of a wrong type.
    """
    known = {field.name: field for field in fields(wanted)}  # type: ignore[arg-type]
    if unknown := set(values) - set(known):
        raise ValueError(f"{where}: {sorted(unknown)[0]} is not known here.")
    found: dict[str, Any] = {}
    for key, field in known.items():
        if key in values:
            found[key] = _value(field.type, values[key], f"{where}: {key}")
        elif field.default is MISSING:
            raise ValueError(f"{where}: {key} is missing.")
    try:
        return wanted(**found)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _value(wanted: Any, value: Any, where: str) -> Any:
    """Return a value in the type of its field; enumerations by their value, tuples as they are."""
    kinds = [one for one in getattr(wanted, "__args__", (wanted,)) if isinstance(one, type) and one is not type(None)]
    choice = next((one for one in kinds if issubclass(one, Enum)), None)
    if isinstance(value, tuple):
        return value
    if choice is not None:
        try:
            return choice(value)
        except ValueError as error:
            raise ValueError(f"{where}: {value!r} is none of {[one.value for one in choice]}.") from error
    if type(value) not in kinds:
        raise ValueError(f"{where}: {value!r} is not of the type that belongs here.")
    return value


@cache
def kind_keys() -> tuple[str, ...]:
    """Return the keys of all kinds that ship, in alphabetical order."""
    return tuple(sorted(path.stem for path in _HERE.glob("*.toml")))


def kinds() -> tuple[Kind, ...]:
    """Return all kinds that ship, in alphabetical order of their keys."""
    return tuple(load_kind(key) for key in kind_keys())
