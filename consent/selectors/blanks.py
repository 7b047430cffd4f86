"""What fills the blanks of a text: the practice, the group, who runs it, and the law of its places."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, Model, OuterRef, Subquery
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from consent.kinds import GROUP_AGREEMENT, Kind
from consent.kinds.wording import languages, phrase, shipped_sha256
from consent.models import TextReview
from consent.selectors.reviews import ReadTexts
from groupcare.access import Right, Role, RoleHolding
from groupcare.accounts.models import Person
from groupcare.practice.law import Law, law_for_texts, law_of_sites, sentences
from groupcare.practice.law.reading import packs
from groupcare.practice.models import Practice
from groupcare.practice.places import place_name
from groupcare.practice.selectors import practice
from groupcare.vault import unlock
from groups.models import Facilitation, GroupSession, TherapyGroup
from groups.selectors import group_with_facilitators

# Django's date format letters; months are written out, so that nobody takes 5/6 for the wrong day.
_DATE_FORMATS = {"en": "j F Y", "es": r"j \d\e F \d\e Y"}
_LEADS = {Facilitation.Role.LEAD, Facilitation.Role.CO, Facilitation.Role.STAND_IN}
#: The sentences that the law packs give to a text.
LAW_BLANKS = (
    "law_child", "law_adult", "law_threat", "law_self_harm", "law_court", "law_members", "law_privilege", "law_extras",
    "law_records", "law_minor", "law_guardian_access", "law_limits_count", "law_recording", "law_complaints",
    "law_breach",
)  # fmt: skip
#: What to do about a blank that has no value.
CURES: Mapping[str, Promise] = {
    "facilitators": _("Say who leads the group, under People."),
    "helpers": _("Say who leads the group, under People."),
    "officer": _("An administrator names a privacy officer, under People."),
    "place": _("An administrator adds a place, under Settings."),
    "session_length": _("Plan a session of this group first."),
    "crisis": _("An administrator writes it, under Settings."),
}
_BY_LAW = _("The law of this place has nothing to put there. Leave that sentence out.")
_UNKNOWN = _("There is no blank of this name. Write the words out, or correct the name.")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now of the practice and of one group, or of the practice alone; read once for all kinds."""

    practice: Practice
    group: TherapyGroup | None
    leads: tuple[str, ...]
    helpers: tuple[tuple[str, str], ...]
    officers: tuple[str, ...]
    minutes: int | None
    places: tuple[str, ...]
    law: Mapping[str, Mapping[str, str]]
    at: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """A group with who runs it, how long its sessions take, and what was signed off, as one query found it."""

    group: TherapyGroup
    facilitations: tuple[Facilitation, ...]
    minutes: int | None
    read: ReadTexts


def group_run(
    viewer: Person, pk: UUID, kind_key: str = "", *, right: Right = Right.SEE_GROUP, action: str = "group.read"
) -> Run:
    """Return a group that the viewer runs with what its texts name of it; one query.

    Args:
        viewer: who asks.
        pk: the group.
        kind_key: of whose shipped texts it is asked whether they were signed off; of none if not given.
        right: what the viewer must hold on the group.
        action: what is tried, for the trail.

    Raises:
        Refused: absent or forbidden.
    """
    newest = GroupSession.objects.filter(group=OuterRef("group_id")).order_by("-starts_at", "pk")
    columns: dict[str, Any] = {name: Subquery(newest.values(name)[:1]) for name in ("starts_at", "ends_at")}
    texts = {f"read_{one}": (kind_key, one, shipped_sha256(kind_key, one)) for one in _languages(kind_key)}
    for name, (kind, language, sha256) in texts.items():
        columns[name] = Exists(TextReview.objects.filter(kind=kind, language=language, text_sha256=sha256))
    group, runs, row = group_with_facilitators(viewer, pk, columns, right=right, action=action)
    length = row.ends_at - row.starts_at if row.starts_at else None  # type: ignore[attr-defined]
    read = frozenset(text for name, text in texts.items() if getattr(row, name))
    return Run(group, tuple(runs), round(length.total_seconds() / 60) if length else None, read)


def _languages(kind_key: str) -> tuple[str, ...]:
    return tuple(languages(kind_key)) if kind_key else ()


def facts_of(
    viewer: Person,
    group: TherapyGroup | None,
    at: datetime | None = None,
    *,
    run: Run | None = None,
    also: Iterable[Model] = (),
    needed: Collection[str] | None = None,
) -> Facts:
    """Return what fills the blanks of the texts of a group, or of the whole practice for None.

    Args:
        viewer: who runs the group, or administers; names are read on their behalf.
        group: the group.
        at: when the text would be published; now if not given.
        run: the group as ``group_run`` returned it to the viewer, where the page has it; read here if not given.
        also: rows of the caller, whose keys are fetched in the same query.
        needed: the blanks that will be filled, so that nothing else is read; all of them if not given.

    Raises:
        Refused: the viewer does not run the group.
    """
    if group is not None and run is None:
        run = group_run(viewer, group.pk)
    runs = run.facilitations if run is not None else ()
    officers = _officers() if needed is None or "officer" in needed else []
    unlock([one.person for one in runs], officers, also)
    places, law = _places_and_law(group, needed)
    return Facts(
        practice=practice(),
        group=group,
        leads=tuple(one.person.used_name for one in runs if one.role in _LEADS),
        helpers=tuple((one.person.used_name, str(one.role)) for one in runs if one.role not in _LEADS),
        officers=tuple(one.used_name for one in officers),
        minutes=run.minutes if run is not None else None,
        places=places,
        law=law,
        at=at or timezone.now(),
    )


def _officers() -> list[Person]:
    """Return the privacy officers whose account is in use, the earliest first."""
    held = RoleHolding.objects.current().filter(role=Role.PRIVACY_OFFICER).exclude(person__user__is_active=False)
    return [one.person for one in held.select_related("person").order_by("valid_from", "pk")]


def blanks_for(facts: Facts, kind: Kind, language: str, *, answer_days: int) -> dict[str, str]:
    """Return the value of every blank that a text may have; "" where there is none.

    Args:
        facts: what ``facts_of`` returned.
        kind: the kind of document.
        language: the language of the text.
        answer_days: working days within which somebody who raises a concern hears back.
    """
    with translation.override(language):
        return {
            **_of_practice(facts, kind, language),
            **(_of_group(facts, facts.group, kind, language) if facts.group is not None else _NO_GROUP),
            **{name: facts.law.get(language, {}).get(name, "") for name in LAW_BLANKS},
            "answer_days": str(answer_days),
        }


def cure(name: str) -> str:
    """Return what to do about a blank without a value, in the reader's language."""
    if name in LAW_BLANKS:
        return str(_BY_LAW)
    known = {*CURES, *_NO_GROUP, "practice", "contact", "review_on", "valid_for", "today", "answer_days"}
    return str(CURES.get(name) or (_("This text has nothing to put there.") if name in known else _UNKNOWN))


def _places_and_law(
    group: TherapyGroup | None, needed: Collection[str] | None
) -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    """Return whose law touches a group, or the whole practice, and its sentences by language and blank; one query.

    A place without a pack gives no sentence.
    """
    if group is None:
        places, law = law_of_sites()
        return tuple(places), _said(places, law)
    codes = tuple(dict.fromkeys([group.place, *([group.site.place] if group.site is not None else [])]))
    if needed is not None and not set(LAW_BLANKS) & set(needed):
        return codes, {}
    return codes, _said(codes, law_for_texts([code for code in codes if code in packs()]))


def _said(places: Iterable[str], law: Law) -> dict[str, dict[str, str]]:
    known = [code for code in places if code in packs()]
    return {language: sentences(known, language, law) for language, _name in settings.LANGUAGES}


_NO_GROUP = dict.fromkeys(
    ("facilitators", "helpers", "group_type", "group_openness", "group_format", "group_size", "session_length"), ""
)


def _of_practice(facts: Facts, kind: Kind, language: str) -> dict[str, str]:
    here = facts.at.astimezone(ZoneInfo(facts.practice.time_zone))
    review = date_format(here + timedelta(days=kind.validity_days), _DATE_FORMATS[language])
    word = _phrase(kind, language, "and")
    return {
        "practice": facts.practice.public_name,
        "contact": facts.practice.contact or facts.practice.public_name,
        "crisis": facts.practice.crisis_text,
        "officer": joined(facts.officers, word),
        "place": joined([place_name(code, language) for code in facts.places], word),
        "today": date_format(here, _DATE_FORMATS[language]),
        "review_on": review if kind.validity_days else "",
        "valid_for": _span(kind.validity_days),
    }


def _span(days: int) -> str:
    """Return how long a promise holds, in years where they are whole; "" where it has no end of its own."""
    years, rest = divmod(days, 365)
    if not days:
        return ""
    if rest:
        return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}
    return ngettext("one year", "%(count)s years", years) % {"count": years}


def _of_group(facts: Facts, group: TherapyGroup, kind: Kind, language: str) -> dict[str, str]:
    """Return the values that a group gives; the language is switched on."""
    word = _phrase(kind, language, "and")
    named = [f"{name} ({_part(kind, language, role)})" for name, role in facts.helpers]
    helped = _phrase(kind, language, "helpers_some").replace("{helpers}", joined(named, word))
    length = ngettext("%(count)s minute", "%(count)s minutes", facts.minutes or 0)
    return {
        "facilitators": joined(facts.leads, word),
        "helpers": helped if named else _phrase(kind, language, "helpers_none"),
        "group_type": group.get_kind_display(),
        "group_openness": group.get_openness_display(),
        "group_format": group.get_format_display(),
        "group_size": gettext("at most %(count)s") % {"count": group.capacity},
        "session_length": length % {"count": facts.minutes} if facts.minutes else "",
    }


def _part(kind: Kind, language: str, role: str) -> str:
    """Return the part somebody has in a group, in the words of the text, or of the product where it has none."""
    try:
        return _phrase(kind, language, role)
    except KeyError:
        return str(Facilitation.Role(role).label).lower()


def _phrase(kind: Kind, language: str, key: str) -> str:
    """Return a short piece of the kind's own text, or of the agreement where the kind has none of its own."""
    try:
        return phrase(kind.key, language, key)
    except KeyError:
        return phrase(GROUP_AGREEMENT, language, key)


def joined(names: Sequence[str], word: str) -> str:
    """Return "A", "A and B" or "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
