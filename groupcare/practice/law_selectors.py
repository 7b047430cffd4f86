"""Reads of the law: administrators and privacy officers read all of it, others that of the places they work in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from groupcare.access import Person, Role, roles_of
from groupcare.accounts.merge_models import as_one, ids_of
from groupcare.exceptions import Refused
from groupcare.practice import ports
from groupcare.practice.law.effective import Item, Law, touching
from groupcare.practice.law.pack import Pack
from groupcare.practice.law.reading import chain, packs
from groupcare.practice.law.strictest import Line, lines
from groupcare.practice.law.topics import LANGUAGES, Topic, in_language, topic_of, topics
from groupcare.practice.law.wording import speaking, sure
from groupcare.practice.models import LawDecision, LawNotice, LawOverride, LawReceipt, LawTold, Site

OBJECT = "practice.law"
READERS_OF_ALL = frozenset({Role.ADMINISTRATOR, Role.PRIVACY_OFFICER})


def today() -> date:
    """Return the day by which a value counts as due for review."""
    return timezone.localdate()


def may_decide(viewer: Person) -> bool:
    """Return whether the viewer may set, accept and switch off values: administrators may."""
    return Role.ADMINISTRATOR in roles_of(viewer)


def readable_places(viewer: Person) -> set[str]:
    """Return the places whose law the viewer may read: all of them, or those where they run something now."""
    if roles_of(viewer) & READERS_OF_ALL:
        return set(packs())
    return set() if viewer.id is None else ports.working_places().of_person(viewer.id) & set(packs())


def check_can_read(viewer: Person, code: str) -> None:
    """Raise Refused unless the viewer may read the law of this place; absent and forbidden look alike."""
    if code not in readable_places(viewer) or code not in packs():
        raise Refused("law.read", OBJECT, code)


@dataclass(frozen=True)
class PlaceState:
    """How the law of one place stands: when it was checked, and how much of it nobody confirmed."""

    pack: Pack
    in_use: bool
    unverified: int
    expired: int
    own: int
    off: int
    waiting: int


def place_states(viewer: Person) -> list[PlaceState]:
    """Return every place that the viewer may read, those in use first, each in the order of its code."""
    codes = readable_places(viewer)
    law, used = Law(codes), places_in_use()
    states = [_state(law, packs()[code], used) for code in sorted(codes)]
    return sorted(states, key=lambda one: not one.in_use)


def _state(law: Law, pack: Pack, used: set[str]) -> PlaceState:
    items = law.items(pack)
    return PlaceState(
        pack=pack,
        in_use=pack.id in used,
        unverified=sum(item.unverified for item in items),
        expired=sum(item.expired(today()) for item in items) or int(pack.review_due < today()),
        own=sum(item.override is not None for item in items),
        off=sum(not item.runs for item in items),
        waiting=sum(item.decided.proposed is not None for item in items),
    )


def places_in_use() -> set[str]:
    """Return the places where the practice works: of its own sites, of running work, and what these stand on."""
    own = Site.objects.order_by().values_list("place", flat=True)
    codes = set(own.union(ports.working_places().in_use()))
    return {pack.id for code in codes & set(packs()) for pack in chain(code)}


def nothing_in_use_is_expired() -> bool | Combinable:
    """Return the condition that no place where the practice works has values that should have been checked again."""
    due = {pack.id for pack in packs().values() if is_expired(pack)}
    codes = sorted({code for pack in due for code in touching(pack)})
    if not codes:
        return True
    somewhere = Q(Exists(Site.objects.filter(place__in=codes))) | Q(ports.working_places().used(codes))
    return ExpressionWrapper(~somewhere, output_field=BooleanField())


def is_expired(pack: Pack) -> bool:
    """Return whether something in the pack should have been checked again before today."""
    return pack.next_review < today()


@dataclass(frozen=True)
class Said:
    """What documents say of one thing in a place, in one language, and whether that must be looked at again."""

    pack: Pack
    path: str
    text: str
    stale: bool
    own: bool


@dataclass(frozen=True)
class Part:
    """One topic of a place: what documents say, the values strictest first, the facts behind them, what is off."""

    topic: Topic
    said: list[Said]
    lines: list[Line]
    facts: list[Item]
    off: list[Item]


def law_of(viewer: Person, code: str, language: str) -> tuple[list[Pack], list[Part]]:
    """Return the packs of a place, its own first, and everything they say, by topic.

    Raises:
        Refused: absent, or the viewer may not read it.
    """
    check_can_read(viewer, code)
    law, stack = Law([code]), chain(code)
    spoken = language.split("-")[0] if language.split("-")[0] in LANGUAGES else LANGUAGES[0]
    parts = [_part(law, stack, topic, code, spoken) for topic in topics()]
    return stack, [part for part in parts if part.said or part.lines or part.facts or part.off]


def _part(law: Law, stack: list[Pack], topic: Topic, code: str, language: str) -> Part:
    keys = {value.key for value in topic.values}
    every = [item for pack in stack for item in law.items(pack)]
    facts = [item for item in every if item.leaf.path.startswith("facts.") and item.key in topic.facts]
    off = [item for item in every if not item.runs and item.meaning is not None and item.key in keys]
    said = [_said(law, pack, key, language) for key in topic.sentences for pack in speaking(law, code, key, language)]
    return Part(topic, said, lines(law, stack, topic), facts, off)


def _said(law: Law, pack: Pack, key: str, language: str) -> Said:
    path = f"sentences.{language}.{key}"
    own = law.override(pack.id, path) is not None
    return Said(pack, path, sure(law, pack, key, language), not own and law.is_stale(pack, pack.sentences[key]), own)


@dataclass(frozen=True)
class One:
    """One thing that can be decided about: a value, a fact or a sentence, with what stands and what follows from it."""

    pack: Pack
    path: str
    item: Item | None
    label: str
    text: Any
    shipped: Any
    number: int
    own: Any
    resting: list[tuple[str, str]]


def get_one(viewer: Person, code: str, path: str) -> One:
    """Return one value, fact or sentence of a pack, for those who decide about it.

    Raises:
        Refused: absent, or the viewer is no administrator.
    """
    if not may_decide(viewer) or code not in packs():
        raise Refused("law.decide", OBJECT, f"{code}/{path}")
    return one_of(Law([code]), packs()[code], path)


def one_of(law: Law, pack: Pack, path: str) -> One:
    """Return what stands at a path of a pack.

    Raises:
        Refused: the pack has no such path.
    """
    if path in pack.leaves:
        item = law.item(pack, path)
        resting = [
            (f"sentences.{language}.{key}", law.text(pack, sentence, language))
            for key, sentence in pack.sentences.items()
            if path in sentence.rests_on
            for language in LANGUAGES
        ]
        return One(
            pack, path, item, item.leaf.label["en"], item.value, item.leaf.value, item.number, item.override, resting
        )
    _, _, rest = path.partition("sentences.")
    language, _, key = rest.partition(".")
    sentence = pack.sentences.get(key)
    if language not in LANGUAGES or sentence is None or not sentence.text[language]:
        raise Refused("law.decide", OBJECT, f"{pack.id}/{path}")
    own = law.override(pack.id, path)
    text = own.value if own else sentence.text[language]
    return One(pack, path, None, key, text, sentence.text[language], law.number(pack.id, path), own, [])


def notices(viewer: Person) -> QuerySet[LawNotice]:
    """Return the changes of law that the viewer was told of, or all of them for those who read all, newest first.

    Each has ``read``: whether the viewer said that they have read it, and ``mine``: whether they were told.
    """
    mine = LawTold.objects.filter(as_one("person", _own(viewer)), notice=OuterRef("pk"))
    read = LawReceipt.objects.filter(as_one("told__person", _own(viewer)), told__notice=OuterRef("pk"))
    found = LawNotice.objects.annotate(mine=Exists(mine), read=Exists(read))
    if roles_of(viewer) & READERS_OF_ALL:
        told = LawTold.objects.select_related("person", "receipt").order_by("at", "pk")
        return found.prefetch_related(Prefetch("told", queryset=told))
    return found.filter(mine=True)


def unread_mark(person: OuterRef) -> Exists:
    """Return the condition that an account's person was told of a change and has not said to have read it.

    What an entry that is merged into theirs was told stands on their list, and does not call them there.
    """
    return Exists(LawTold.objects.filter(person=person, receipt__isnull=True))


def unread(viewer: Person) -> QuerySet[LawTold]:
    """Return the changes that the viewer was told of and has not said to have read."""
    return LawTold.objects.filter(as_one("person", _own(viewer)), receipt__isnull=True)


def _own(viewer: Person) -> list[UUID]:
    return [] if viewer.id is None else [viewer.id]


def ids_of_viewer(viewer: Person) -> Iterable[UUID]:
    """Return the ids of all entries of this human; none for the system."""
    return [] if viewer.id is None else ids_of(viewer.id)


def history(viewer: Person, code: str, path: str) -> list[LawOverride | LawDecision]:
    """Return every decision about a path, newest first, each with its author.

    Raises:
        Refused: the viewer is no administrator.
    """
    if not may_decide(viewer):
        raise Refused("law.decide", OBJECT, f"{code}/{path}")
    found: list[LawOverride | LawDecision] = [
        *LawOverride.objects.filter(pack=code, path=path).select_related("by"),
        *LawDecision.objects.filter(pack=code, path=path).select_related("by"),
    ]
    return sorted(found, key=lambda act: act.at, reverse=True)


def label_of(one: One, language: str) -> str:
    """Return how a value, fact or sentence is called, in the language of the reader."""
    if one.item is not None:
        return in_language(one.item.leaf.label, language)
    return in_language(topic_of(one.path.rpartition(".")[2]).label, language)


@dataclass(frozen=True)
class Change:
    """One notice as it is shown: where, what, and for those who read all, who was told and who has read it."""

    notice: LawNotice
    place: str
    lines: list[tuple[str, str, str]]
    told: list[LawTold]


def change_of(notice: LawNotice, language: str) -> Change:
    """Return a notice of ``notices`` in plain words: what is called how, the old and the new."""
    pack = packs().get(notice.pack)
    place = in_language(pack.label, language) if pack else notice.pack
    told = list(notice.told.all()) if hasattr(notice, "_prefetched_objects_cache") else []
    lines = [(_called(pack, one["path"], language), one["old"], one["new"]) for one in notice.changes]
    return Change(notice, place, lines, told)


def _called(pack: Pack | None, path: str, language: str) -> str:
    """Return how a path is called; the path itself where the pack knows it no more."""
    if pack is not None and path in pack.leaves:
        return in_language(pack.leaves[path].label, language)
    key = path.rpartition(".")[2]
    return in_language(topic_of(key).label, language) if path.startswith("sentences.") else path
