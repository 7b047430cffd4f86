"""Planning a session, calling it off, handing it over, and who was there."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import DateInput, PlainForm, TimeInput
from groupcare.web.templatetags.gc import shown_name
from groups.attendance import codes
from groups.localtime import to_utc
from groups.services import MOST_WEEKS
from groups.services.attendance import Mark


class SessionForm(PlainForm):
    """One session, or one every week."""

    day = forms.DateField(label=_("Day"), widget=DateInput)
    starts = forms.TimeField(label=_("Starts at"), widget=TimeInput)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=720, initial=90)
    weeks = forms.IntegerField(
        label=_("How many weeks"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        help_text=_("1 plans this session only. More plan one each week at the same time."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        """Say in which zone the time is meant."""
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["starts"].help_text = _("Time in %(zone)s.") % {"zone": zone.key.replace("_", " ")}

    def clean(self) -> dict[str, Any]:
        """Check that the clocks show this time on this day."""
        data = super().clean() or self.cleaned_data
        if "day" in data and "starts" in data:
            to_utc(data["day"], data["starts"], self.zone)
        return data


class ReasonForm(PlainForm):
    """Why a session is called off: one of a few, and no words."""

    reason = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect, help_text=_("For your practice only. Members are not told why.")
    )

    def __init__(self, *args: Any, reasons: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the reasons of the file."""
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]


class HandOverForm(PlainForm):
    """The colleague to ask, and who had been asked when the page was opened."""

    person_id = forms.UUIDField(error_messages={"required": _("Choose one of the colleagues on the list.")})
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


class RosterForm(PlainForm):
    """Who was at a session: a code and minutes for each member, and the entry that was seen."""

    read_aloud = forms.BooleanField(
        label=_("The ground rules were read aloud"), required=False, help_text=_("Once kept, this stays.")
    )

    def __init__(self, *args: Any, rows: Sequence[Any], language: str, **kwargs: Any) -> None:
        """Make three fields for each member."""
        super().__init__(*args, **kwargs)
        self.rows = rows
        choices = [("", _("Not filled in")), *((key, one.label(language)) for key, one in codes().items())]
        for row in rows:
            entry, name = row.entry, shown_name(row.place)
            code, minutes, seen = self.names_of(row)
            self.fields[code] = forms.ChoiceField(
                label=name, choices=choices, required=False, initial=entry.code if entry else ""
            )
            self.fields[minutes] = forms.IntegerField(
                label=_("Minutes of %(name)s") % {"name": name},
                required=False,
                min_value=1,
                max_value=720,
                initial=entry.minutes if entry else None,
            )
            self.fields[seen] = forms.UUIDField(
                required=False, widget=forms.HiddenInput, initial=entry.pk if entry else None
            )

    @staticmethod
    def names_of(row: Any) -> tuple[str, str, str]:
        """Return the names of the fields of one member."""
        return f"code-{row.place.pk}", f"minutes-{row.place.pk}", f"seen-{row.place.pk}"

    def fields_of(self, row: Any) -> list[Any]:
        """Return the fields of one member, as they are shown."""
        return [self[name] for name in self.names_of(row)]

    def marks(self) -> list[Mark]:
        """Return what is to be written: the members with a code."""
        found = []
        for row in self.rows:
            code, minutes, seen = (self.cleaned_data[name] for name in self.names_of(row))
            if code:
                found.append(Mark(row.place.pk, code, minutes, seen))
        return found
