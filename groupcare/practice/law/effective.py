"""The law as it runs here: what the packs say, with what the practice set itself, accepted or switched off.

An unverified value always runs and looks unverified. Accepting it takes the mark away; an override is the practice's
own value on its counsel's advice, so it carries none. Only what two people switched off stops (foundation F13).
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from django.db import models
from django.db.models import F, Model, QuerySet, Value

from groupcare.practice.law.pack import FLAGS, Leaf, Pack, Sentence, fingerprint
from groupcare.practice.law.reading import chain, packs
from groupcare.practice.law.topics import ValueKey, value_keys
from groupcare.practice.models import LawDecision, LawOverride, Site

_KIND = LawDecision.Kind
Act: TypeAlias = LawOverride | LawDecision


@dataclass(frozen=True)
class Decided:
    """What stands decided about one path: whether it is off, who proposed that, and what was accepted as what."""

    off: LawDecision | None = None
    proposed: LawDecision | None = None
    accepted: LawDecision | None = None
    number: int = 0

    def then(self, act: LawDecision) -> "Decided":
        """Return what stands after one more act."""
        off, proposed, accepted = self.off, self.proposed, self.accepted
        if act.kind == _KIND.ACCEPTED:
            accepted = act
        elif act.kind == _KIND.OFF_PROPOSED:
            proposed = act
        else:
            off, proposed = (act if act.kind == _KIND.OFF_CONFIRMED else None), None
        return Decided(off, proposed, accepted, act.number)


@dataclass(frozen=True)
class Item:
    """One value or fact as it runs: the leaf of the pack and what the practice made of it."""

    leaf: Leaf
    override: LawOverride | None
    number: int
    decided: Decided
    covered: bool = False

    @property
    def value(self) -> Any:
        """Return the practice's value, or that of the pack; None where the law fixes nothing."""
        return self.override.value if self.override else self.leaf.value

    @property
    def runs(self) -> bool:
        """Return whether it was not switched off."""
        return self.decided.off is None

    @property
    def accepted(self) -> LawDecision | None:
        """Return its acceptance, if it was about what it says now."""
        act = self.decided.accepted
        return act if act and act.said == fingerprint(self.leaf) else None

    @property
    def unverified(self) -> bool:
        """Return whether it must look unverified wherever it stands."""
        return self.leaf.mark in "CX" and self.override is None and self.accepted is None and not self.covered

    @property
    def moved(self) -> bool:
        """Return whether the pack says something else now than when the practice set its own value."""
        return self.override is not None and self.override.said != fingerprint(self.leaf)

    def expired(self, today: date) -> bool:
        """Return whether it should have been checked again by ``today``."""
        return self.leaf.review_due < today

    @property
    def key(self) -> str:
        """Return the last part of its path."""
        return self.leaf.path.partition(".")[2]

    @property
    def meaning(self) -> ValueKey | None:
        """Return what its key means, or None for a fact."""
        return value_keys().get(self.key) if self.leaf.path.startswith("structured.") else None

    @property
    def rank(self) -> float:
        """Return how strict it is: the smaller, the stricter."""
        return self.meaning.rank(self.value) if self.meaning else float("inf")


class Law:
    """Packs with everything that the practice decided about them, read with two queries, or from rows read before."""

    def __init__(self, codes: Collection[str], acts: Iterable[Act] | None = None) -> None:
        self._packs = {pack.id: pack for code in codes for pack in chain(code)}
        self._overrides: dict[tuple[str, str], LawOverride] = {}
        self._decided: dict[tuple[str, str], Decided] = {}
        for act in self._with_authors() if acts is None else sorted(acts, key=lambda one: one.number):
            if isinstance(act, LawOverride):
                self._overrides[act.pack, act.path] = act
            else:
                self._decided[act.pack, act.path] = self.decided(act.pack, act.path).then(act)

    def _with_authors(self) -> list[Act]:
        overrides = LawOverride.objects.filter(pack__in=self._packs).select_related("by").order_by("number")
        decisions = LawDecision.objects.filter(pack__in=self._packs).select_related("by").order_by("number")
        return [*overrides, *decisions]

    def override(self, pack: str, path: str) -> LawOverride | None:
        """Return the override that holds, or None."""
        found = self._overrides.get((pack, path))
        return None if found is None or found.is_back else found

    def number(self, pack: str, path: str) -> int:
        """Return the number of the last override of the path, 0 where there is none."""
        found = self._overrides.get((pack, path))
        return found.number if found else 0

    def decided(self, pack: str, path: str) -> Decided:
        """Return what stands decided about the path."""
        return self._decided.get((pack, path), Decided())

    def item(self, pack: Pack, path: str) -> Item:
        """Return one value or fact of a pack as it runs.

        Raises:
            KeyError: the pack has no such path.
        """
        return self._items[pack.id][path]

    def items(self, pack: Pack) -> list[Item]:
        """Return every value and fact of a pack as it runs, in the order of the file."""
        return list(self._items[pack.id].values())

    @cached_property
    def _items(self) -> dict[str, dict[str, Item]]:
        return {
            pack.id: {path: self._item(pack, leaf) for path, leaf in pack.leaves.items()}
            for pack in self._packs.values()
        }

    def _item(self, pack: Pack, leaf: Leaf) -> Item:
        """Return the leaf as it runs. What rests on a fact is accepted and switched off with it."""
        decided = self.decided(pack.id, leaf.path)
        fact = pack.leaves.get(leaf.fact)
        covered = False
        if fact is not None:
            above = self._item(pack, fact)
            covered = above.accepted is not None
            if decided.off is None and above.decided.off is not None:
                decided = Decided(above.decided.off, None, decided.accepted, decided.number)
        return Item(leaf, self.override(pack.id, leaf.path), self.number(pack.id, leaf.path), decided, covered)

    def text(self, pack: Pack, sentence: Sentence, language: str) -> str:
        """Return a sentence as it runs, its blanks filled; empty where everything that it rests on is switched off."""
        path = f"sentences.{language}.{sentence.key}"
        override = self.override(pack.id, path)
        said = str(override.value) if override else sentence.text[language]
        rests = [self.item(pack, one) for one in sentence.rests_on if one != FLAGS]
        if not said or (rests and not any(item.runs for item in rests)):
            return ""
        values = {item.key: item.value for item in rests if item.leaf.path.startswith("structured.")}
        for key, value in values.items():
            said = said.replace("{" + key + "}", str(value))
        return said

    def unsure(self, pack: Pack, sentence: Sentence, language: str) -> bool:
        """Return whether a sentence must look unverified.

        It does when something that it rests on does, and also when the practice changed such a value and nobody
        has put the sentence right since.
        """
        override = self.override(pack.id, f"sentences.{language}.{sentence.key}")
        rests = [self.item(pack, one) for one in sentence.rests_on if one != FLAGS]
        if override:
            return any(item.override and item.override.at > override.at for item in rests)
        return FLAGS in sentence.rests_on or any(item.unverified for item in rests) or self.is_stale(pack, sentence)

    def is_stale(self, pack: Pack, sentence: Sentence) -> bool:
        """Return whether the practice changed or stopped what the sentence states in words of its own."""
        rests = [self.item(pack, one) for one in sentence.rests_on if one != FLAGS]
        return any(
            (item.override and item.key not in sentence.blanks) or (not item.runs and any(o.runs for o in rests))
            for item in rests
        )


def law_for_texts(codes: Collection[str]) -> Law:
    """Return the law of these places for the sentences of a text, in one query; who decided what is not in it."""
    known = {pack.id for code in codes for pack in chain(code)}
    rows = _overridden(LawOverride.objects.filter(pack__in=known)).union(
        _decided(LawDecision.objects.filter(pack__in=known)), all=True
    )
    return Law(codes, [_act(row) for row in rows])


def law_of_sites() -> tuple[list[str], Law]:
    """Return the places of all sites, each once, and their law for the sentences of a text; one query."""
    parts = [_overridden(LawOverride.objects.all()), _decided(LawDecision.objects.all()), _site(Site.objects.all())]
    rows = list(parts[0].union(*parts[1:], all=True))
    found = sorted((row[_NAME], row[_PACK]) for row in rows if row[0] == _SITE)
    codes = list(dict.fromkeys(place for _name, place in found))
    acts = [_act(row) for row in rows if row[0] != _SITE]
    return codes, Law([code for code in codes if code in packs()], acts)


_OVERRIDE, _DECISION, _SITE = "override", "decision", "site"
# The columns of the union after the first, which says what a row is. A site has its place and its name in it.
_COLUMNS: "dict[str, models.Field[Any, Any]]" = {
    "pack": models.CharField(),
    "path": models.CharField(),
    "number": models.IntegerField(),
    "at": models.DateTimeField(),
    "said": models.CharField(),
    "value": models.JSONField(),
    "is_back": models.BooleanField(),
    "kind": models.CharField(),
}
_PACK, _NAME = 1, 2


def _overridden(rows: QuerySet[LawOverride]) -> QuerySet[Any, Any]:
    shared = ("pack", "path", "number", "at", "said", "value", "is_back")
    return _as_union(rows, _OVERRIDE, **{name: F(name) for name in shared})


def _decided(rows: QuerySet[LawDecision]) -> QuerySet[Any, Any]:
    return _as_union(rows, _DECISION, **{name: F(name) for name in ("pack", "path", "number", "at", "said", "kind")})


def _site(rows: QuerySet[Site]) -> QuerySet[Any, Any]:
    return _as_union(rows, _SITE, pack=F("place"), path=F("name"))


def _as_union(rows: QuerySet[Any], what: str, **columns: Any) -> QuerySet[Any, Any]:
    rest = [columns.get(name, Value(None, output_field=field)) for name, field in _COLUMNS.items()]
    return rows.order_by().values_list(Value(what, output_field=models.CharField()), *rest)


def _act(row: tuple[Any, ...]) -> Act:
    """Return a row of the union as the act that it is, without its author and reason."""
    what, *values = row
    found = dict(zip(_COLUMNS, values, strict=True))
    left_out = {"kind"} if what == _OVERRIDE else {"value", "is_back"}
    model: type[Model] = LawOverride if what == _OVERRIDE else LawDecision
    act: Act = model(**{name: value for name, value in found.items() if name not in left_out})  # type: ignore[assignment]
    return act


def packs_for(places: Iterable[str]) -> list[Pack]:
    """Return every pack that touches a case at these places, each once: of each place first its own.

    Args:
        places: codes of places.toml, for example of the practice, of the session and of a member.

    Raises:
        LookupError: there is no pack of a code.
    """
    return list({pack.id: pack for code in places for pack in chain(code)}.values())


def touching(pack: str) -> list[str]:
    """Return the codes of the places where a pack holds: its own, and those that inherit it."""
    return [pack, *(other.id for other in packs().values() if pack in other.inherits)]
