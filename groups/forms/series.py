"""Series of sessions, and moving one of them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from groupcare.practice.models import Site
from groupcare.web.forms import DateInput, PlainForm, TimeInput
from groups.localtime import to_utc
from groups.models import GroupSession, Room
from groups.recurrence import MOST_BETWEEN, MOST_SESSIONS, Rhythm
from groups.services import SeriesPlan, Slot, Where


def where_key(site: Site | None, room: Room | None) -> str:
    """Return how a house, or a room in it, is called in a list to choose from."""
    return f"{site.pk if site else ''}:{room.pk if room else ''}".strip(":")


def where_choices(sites: Sequence[Site], rooms: Sequence[Room]) -> tuple[list[tuple[str, str]], dict[str, Where]]:
    """Return the houses and rooms of a list to choose from, and what each choice means."""
    wheres, choices = {"": Where()}, [("", str(_("Online only")))]
    for site in sites:
        inside: list[Room | None] = [room for room in rooms if room.site_id == site.pk]
        for room in [None, *inside]:
            wheres[where_key(site, room)] = Where(site, room)
            choices.append((where_key(site, room), f"{site.name}, {room.name}" if room else site.name))
    return choices, wheres


class PlaceTimeForm(PlainForm):
    """A time of the practice's clocks, and where."""

    starts = forms.TimeField(label=_("Starts at"), widget=TimeInput)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=720, initial=90)
    where = forms.ChoiceField(
        label=_("Where"), required=False, help_text=_("Rooms are added on the settings page of a group.")
    )

    def __init__(self, *args: Any, sites: Sequence[Site], rooms: Sequence[Room], zone: ZoneInfo, **kwargs: Any) -> None:
        """Offer the houses and rooms of the practice, and say in which zone the time is meant."""
        super().__init__(*args, **kwargs)
        self.fields["where"].choices, self.wheres = where_choices(sites, rooms)  # type: ignore[attr-defined]
        self.zone = zone
        self.fields["starts"].help_text = _("Time in %(zone)s.") % {"zone": zone.key.replace("_", " ")}

    def clean_where(self) -> Where:
        """Return the chosen house and room."""
        return self.wheres[self.cleaned_data["where"]]


class MoveForm(PlaceTimeForm):
    """A new time or room for one session, why, and how often it had been moved when the page was opened."""

    day = forms.DateField(label=_("Day"), widget=DateInput)
    reason = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect, help_text=_("For your practice only. Members are not told why.")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ("day", "starts", "minutes", "where", "reason", "seen")

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the reasons of the file."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Check that the clocks show this time on this day."""
        data = super().clean() or self.cleaned_data
        if "day" in data and "starts" in data:
            to_utc(data["day"], data["starts"], self.zone)
        return data

    def slot(self) -> Slot:
        """Return the new time and place."""
        return Slot(**{name: self.cleaned_data[name] for name in ("day", "starts", "minutes", "where")})


class SeriesForm(PlaceTimeForm):
    """A new series of sessions."""

    first_day = forms.DateField(
        label=_("First day"), widget=DateInput, help_text=_("It gives the weekday of all of them.")
    )
    rhythm = forms.ChoiceField(label=_("How it repeats"), choices=Rhythm.choices, initial=Rhythm.WEEKLY)
    every = forms.IntegerField(
        label=_("Every how many weeks or months"),
        min_value=1,
        max_value=MOST_BETWEEN,
        initial=1,
        help_text=_("1 means every week, or every month. 2 means every other one."),
    )
    many = forms.IntegerField(
        label=_("How many sessions"),
        required=False,
        min_value=1,
        max_value=MOST_SESSIONS,
        help_text=_("Write a number here, or choose a last day below."),
    )
    last_day = forms.DateField(label=_("Last day"), required=False, widget=DateInput)
    field_order: tuple[str, ...] = ("first_day", "starts", "minutes", "where", "rhythm", "every", "many", "last_day")

    def wanted(self) -> SeriesPlan:
        """Return the series as it is meant."""
        data = self.cleaned_data
        names = ("rhythm", "every", "first_day", "starts", "minutes", "where", "many", "last_day")
        return SeriesPlan(**{name: data[name] for name in names})


class SeriesChangeForm(SeriesForm):
    """How a series goes on, from which of its sessions on, and why."""

    from_day = forms.TypedChoiceField(
        label=_("From which session on"),
        coerce=date.fromisoformat,
        help_text=_("What was before stays as it is. So does a session that was moved or called off by itself."),
    )
    reason = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect, help_text=_("For your practice only. Members are not told why.")
    )
    field_order: tuple[str, ...] = ("from_day", *SeriesForm.field_order, "reason")

    def __init__(
        self, *args: Any, sessions: Sequence[GroupSession], reasons: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        """Offer the sessions that can change, and the reasons of the file."""
        super().__init__(*args, **kwargs)
        self.fields["from_day"].choices = [  # type: ignore[attr-defined]
            (
                str(one.series_day),
                formats.date_format(one.starts_at.astimezone(self.zone), pgettext("date format", "D j M Y")),
            )
            for one in sessions
        ]
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        self.fields["first_day"].label = _("New day of that session")


class LastDayForm(PlainForm):
    """The last day of a series."""

    last_day = forms.DateField(label=_("Last day"), widget=DateInput)
