"""A paper for one person: its blanks, what the law asks to be filled in, and the words with everything put in."""

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from consent.kinds import Form, Kind, Scope, kinds
from consent.kinds.wording import Clause, Text, fill, languages, made_out, shipped
from groupcare.practice.law import sentences
from groupcare.practice.selectors import practice

# Django's date format letters; months are written out, so that nobody takes 5/6 for the wrong day.
_DATE_FORMATS = {"en": "j F Y", "es": r"j \d\e F \d\e Y"}
# Our choice, because what is shared is described in half a page, or it is not described.
LONGEST = 2000
#: The particular that ends the paper by a day; then the ledger knows the day too.
ENDS_ON = "ends_on"
NOTICE = "notice_of_breach"
# A professional will is written, reviewed and opened on pages of its own; the groups keep it.
_ELSEWHERE = frozenset({"professional_will"})


def made_out_here() -> tuple[Kind, ...]:
    """Return the kinds that are made out for one person on a member's page, in the order of their keys."""
    return tuple(kind for kind in kinds() if kind.scope == Scope.PERSON and kind.key not in _ELSEWHERE)


def language_for(kind: Kind, wanted: str) -> str:
    """Return the language in which a kind is made out: the wanted one if it ships, else English."""
    return wanted if wanted in languages(kind.key) else "en"


def check(kind: Kind, typed: Mapping[str, str | date | None], today: date) -> None:
    """Refuse what the law, or the paper itself, does not let be left out.

    Args:
        kind: the kind of paper.
        typed: what was typed for each particular; a day as a date.
        today: the day by the clocks of the practice.

    Raises:
        ValidationError: by field: what is missing, with the source that asks for it, or does not do.
    """
    wrong: dict[str, str] = {}
    for one in kind.particulars:
        value = typed.get(one.key)
        if one.required and not (value.strip() if isinstance(value, str) else value):
            wrong[one.key] = _("Fill this in. It must be there. Source: %(source)s.") % {"source": one.source_in_words}
        elif isinstance(value, str) and len(value) > LONGEST:
            wrong[one.key] = _("Write this shorter, with at most %(most)s letters.") % {"most": LONGEST}
    ends = typed.get(ENDS_ON)
    if isinstance(ends, date) and ends <= today:
        wrong[ENDS_ON] = _("Choose a day after today.")
    if wrong:
        raise ValidationError(wrong)


def spelled(kind: Kind, typed: Mapping[str, str | date | None], language: str) -> dict[str, str]:
    """Return what fills each blank, as it is read: days written out, empty where nothing was typed."""

    def one(value: str | date | None) -> str:
        if isinstance(value, date):
            with translation.override(language):
                return date_format(value, _DATE_FORMATS[language])
        return (value or "").replace("\r\n", "\n").strip()

    filled = {particular.key: one(typed.get(particular.key)) for particular in kind.particulars}
    for particular in kind.particulars:
        # Each line that was typed is an item of its own where the paper asks for several.
        if particular.form == Form.LINES and "\n" in filled[particular.key]:
            lines = [line.strip().removeprefix("- ") for line in filled[particular.key].splitlines() if line.strip()]
            filled[particular.key] = "\n".join(f"- {line}" for line in lines)
    return filled


def text_for(kind: Kind, language: str, place: str) -> Text:
    """Return the shipped text with the blanks of the practice and the law filled, and the person's own left open.

    Args:
        kind: the kind of paper.
        language: one of its languages.
        place: the place whose law speaks.
    """
    blanks = {"practice": practice().public_name, "contact": practice().contact or practice().public_name}
    text = shipped(kind.key, language)
    own = {one.key: f"{{{one.key}}}" for one in kind.particulars}
    values = {**sentences([place], language), **blanks, **own}
    clauses = tuple(Clause(one.key, one.title, fill(one.body, values), one.locked) for one in text.clauses)
    return Text(language, text.title, text.name, text.meaning, text.reviewed, clauses)


def whole(text: Text, filled: Mapping[str, str]) -> Text:
    """Return the words as the person reads them: everything put in, and lines without a value left out."""
    return made_out(text, filled)
