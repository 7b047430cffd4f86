"""The components of every page; a builtin of the template engine, so no page loads it."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.utils import formats, timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _
from lucide.templatetags.lucide import lucide

from groupcare.web import panels as panel_registry
from groupcare.web import seats
from groupcare.web.context import initials_only

register = template.Library()

# Foundation F12: state -> (class of the theme, icon, word).
STANDINGS = {
    "conflicting": ("is-conflict", "split", _("Conflicting")),
    "invalidated": ("is-void", "ban", _("Invalidated")),
    "withdrawn": ("is-withdrawn", "undo-2", _("Withdrawn")),
    "declined": ("is-declined", "hand", _("Declined")),
    "talk_first": ("is-talk", "message-circle", _("Talk first")),
    "missing": ("is-missing", "circle-dashed", _("Missing")),
    "superseded": ("is-superseded", "layers", _("Superseded")),
    "expired": ("is-expired", "calendar-x-2", _("Expired")),
    "due": ("is-due", "hourglass", _("Due")),
    "current": ("is-current", "circle-check", _("Current")),
}
# kind of notice -> (class, icon)
NOTICES = {
    "explain": ("", "info"),
    "done": ("is-done", "circle-check"),
    "soon": ("is-soon", "hourglass"),
    "stop": ("is-stop", "triangle-alert"),
    "plain": ("is-plain", "lock"),
}
_COUNT_WORDS = (
    _("One"), _("Two"), _("Three"), _("Four"), _("Five"), _("Six"), _("Seven"), _("Eight"), _("Nine"), _("Ten"),
)  # fmt: skip


@lru_cache(maxsize=512)
def _drawn(name: str, size: int) -> str:
    drawn = lucide(name, size=size, data_icon=name, aria_hidden="true", focusable="false")
    return "".join(line.strip() for line in drawn.splitlines())


@register.simple_tag
def icon(name: str, size: int = 20) -> SafeString:
    """Return a lucide icon as inline SVG, hidden from screen readers: a word always stands beside it.

    Raises:
        lucide.IconDoesNotExist: no icon has this name.
    """
    return mark_safe(_drawn(str(name), int(size)))  # noqa: S308 - drawn by the package from a fixed name


@register.simple_tag
def standing(state: str) -> SafeString:
    """Return the badge of one of the ten states; an unknown state raises KeyError."""
    css, glyph, word = STANDINGS[str(getattr(state, "value", state))]
    return format_html('<span class="standing {}">{}{}</span>', css, icon(glyph, 16), word)


@register.simple_tag
def seat(initials: str, kind: str = "") -> SafeString:
    """Return the circle of a person: "in", "out" or plain. The name stands beside it, so it is hidden from speech."""
    css = {"in": "seat is-in", "out": "seat is-out", "": "seat"}[kind]
    return format_html('<span class="{}" aria-hidden="true" dir="auto">{}</span>', css, initials)


@register.simple_tag
def ring(filled: int, total: int, word: str = "") -> SafeString:
    """Return the circle of seats: ``filled`` of ``total`` are in."""
    return seats.ring(filled, total, word or gettext("cleared"))


def seats_words(filled: int, total: int) -> tuple[str, str]:
    """Return "7 of 10" and "cleared", where a row has no room for more than the first."""
    return seats.sentence(filled, total, "").strip(), gettext("cleared")


@register.simple_tag
def seat_row(filled: int, total: int, word: str = "") -> SafeString:
    """Return the seats as a row of dots, for a phone."""
    return seats.row(filled, total, word or gettext("cleared"))


@register.filter
def shown_name(one: Any) -> str:
    """Return how staff pages call a person or a member's place: the name, in discreet mode the initials.

    A member's own pages do not use it: there, names are their own.
    """
    if initials_only():
        return str(one.initials) or "…"
    return str(one.used_name if hasattr(one, "used_name") else one.name)


# --- times --------------------------------------------------------------------------------------------------


def _zone(moment: datetime) -> str:
    """Return the abbreviation of the zone; where the zone has none, its distance from UTC."""
    short = moment.tzname() or ""
    return f"UTC{short}" if short[:1] in ("+", "-") else short


def _day(moment: date) -> str:
    # Translators: a date with its weekday, in Django's date format letters.
    return formats.date_format(moment, pgettext("date format", "D j M Y"))


def _time(moment: datetime) -> str:
    return formats.date_format(moment, "H:i")


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


@register.filter
def when(moment: datetime | date | None) -> SafeString:
    """Return the moment in the reader's zone with the zone's abbreviation; "" for None.

    Raises:
        ValueError: a datetime without a zone.
    """
    if not isinstance(moment, datetime):
        return when_date(moment)
    here = _local(moment)
    return format_html('<time datetime="{}">{}, {} {}</time>', here.isoformat(), _day(here), _time(here), _zone(here))


@register.simple_tag
def right_now() -> SafeString:
    """Return this moment in the reader's zone, written as every other time: for "As of ..." on paper."""
    return when(timezone.now())


@register.filter
def when_date(moment: datetime | date | None) -> SafeString:
    """Return the day, in the reader's zone for a datetime; "" for None."""
    if moment is None:
        return SafeString("")
    here = _local(moment).date() if isinstance(moment, datetime) else moment
    return format_html('<time datetime="{}">{}</time>', here.isoformat(), _day(here))


@register.filter
def when_time(moment: datetime | None) -> SafeString:
    """Return the time of day in the reader's zone with the zone's abbreviation; "" for None."""
    if moment is None:
        return SafeString("")
    here = _local(moment)
    return format_html('<time datetime="{}">{} {}</time>', here.isoformat(), _time(here), _zone(here))


@register.simple_tag
def when_span(start: datetime, end: datetime) -> SafeString:
    """Return "Thu 12 Nov 2026, 18:30 to 20:00 EST"; the second day too when the span crosses midnight."""
    first, last = _local(start), _local(end)
    until = _time(last) if first.date() == last.date() else f"{_day(last)}, {_time(last)}"
    words = gettext("%(day)s, %(start)s to %(end)s %(zone)s") % {
        "day": _day(first),
        "start": _time(first),
        "end": until,
        "zone": _zone(last),
    }
    return format_html('<time datetime="{}">{}</time>', first.isoformat(), words)


@register.filter
def count_word(number: int) -> str:
    """Return numbers from one to ten as words with a capital, for the start of a sentence; others as figures."""
    return str(_COUNT_WORDS[number - 1]) if 1 <= number <= len(_COUNT_WORDS) else str(number)


# --- forms --------------------------------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField) -> SafeString:
    """Return label, help, control and error of a field, tied together."""
    return bound.as_field_group()


@register.inclusion_tag("_components/form_errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """Return the summary of what needs a look, with links to the fields; nothing when all is well."""
    problems = list(_problems(form))
    heading = ngettext("One thing needs a look", "%(count)s things need a look", len(problems))
    return {"problems": problems, "heading": heading % {"count": count_word(len(problems))}}


def _problems(form: BaseForm) -> Iterator[dict[str, Any]]:
    for name, messages in form.errors.items():
        bound = form[name] if name in form.fields else None
        if bound is not None and bound.is_hidden:
            bound = None
        anchor = getattr(bound, "anchor", "") if bound is not None else ""
        for message in messages:
            yield {"label": bound.label if bound is not None else "", "anchor": anchor, "message": message}


@register.simple_tag
def form_key() -> SafeString:
    """Return the one-time key of a form that makes something: sent twice with the same words, it is taken in once."""
    return format_html('<input type="hidden" name="form_key" value="{}">', secrets.token_hex(16))


# --- pieces of a page -----------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def panels(context: template.Context, slot: str, objects: Any = None) -> SafeString:
    """Return what higher rooms show in this slot for an object or a list."""
    return panel_registry.render(context["request"], slot, objects)


@register.simple_tag
def crumbs(*parts: Any) -> SafeString:
    """Return breadcrumbs from pairs of address and label; a last part alone names the page itself."""
    links = [(parts[i], parts[i + 1]) for i in range(0, len(parts) - 1, 2)]
    items = format_html_join("", '<li class="breadcrumb-item"><a href="{}">{}</a></li>', links)
    if len(parts) % 2:
        items += format_html('<li class="breadcrumb-item active" aria-current="page">{}</li>', parts[-1])
    return format_html('<nav aria-label="{}"><ol class="breadcrumb">{}</ol></nav>', gettext("You are here"), items)


@register.inclusion_tag("_components/pages.html", takes_context=True)
def pages(context: template.Context, page: Page[Any]) -> dict[str, Any]:
    """Return links to the pages of a long list; nothing when there is one."""
    return {"page": page, "request": context["request"]}


@register.simple_block_tag
def notice(content: str, kind: str = "explain", icon: str = "", title: str = "") -> SafeString:
    """Return a coloured notice around what stands inside: explain, done, soon, stop or plain."""
    css, glyph = NOTICES[kind]
    heading = format_html('<p class="h4 mb-1">{}</p>', title) if title else ""
    return format_html(
        '<div class="notice {}">{}<div>{}{}</div></div>', css, _icon_of(icon or glyph), heading, mark_safe(content)  # noqa: S308
    )  # fmt: skip


@register.simple_block_tag
def nothing_yet(content: str, icon: str = "inbox", title: str = "") -> SafeString:
    """Return what stands where a list is empty: what will come here, and when."""
    return format_html(
        '<div class="empty">{}<p class="h4">{}</p>{}</div>', _icon_of(icon, 32), title, mark_safe(content)  # noqa: S308
    )  # fmt: skip


@register.simple_tag(name="help")
def help_in_place(question: str, answer: str) -> SafeString:
    """Return a question that a newcomer has right here, with its answer of one sentence behind it."""
    return format_html(
        '<details class="help"><summary>{}{}</summary><p>{}</p></details>',
        icon("circle-question-mark", 18),
        question,
        answer,
    )


def _icon_of(name: str, size: int = 20) -> SafeString:
    return icon(name, size)
