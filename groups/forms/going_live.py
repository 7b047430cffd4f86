"""The shape of what a practice enters when a group that meets already comes here."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import DateInput, PlainForm, TimeInput
from groups.localtime import to_utc, today_in
from groups.services import MOST_PAST_WEEKS, NewMember
from groups.services.past import HIGHEST_NUMBER

#: Rows of the form at first, more with each press, and at most. Our choice: most groups have eight places or fewer.
ROWS, MORE, MOST_ROWS = 8, 4, 40


class AlreadyForm(PlainForm):
    """Several people who belong to the group already, one row each; a row without a name counts as empty."""

    rows = forms.IntegerField(min_value=1, max_value=MOST_ROWS, widget=forms.HiddenInput)

    def __init__(self, *args: Any, rows: int = ROWS, **kwargs: Any) -> None:
        """Build ``rows`` rows."""
        super().__init__(*args, initial={"rows": rows}, **kwargs)
        for row in range(rows):
            self.fields[f"{row}_used_name"] = forms.CharField(label=_("Name"), max_length=80, required=False)
            self.fields[f"{row}_since"] = forms.DateField(
                label=_("In the group since"), required=False, widget=DateInput
            )
            self.fields[f"{row}_email"] = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
            # A row is needed as a whole or not at all; only the address may really stay empty.
            self.fields[f"{row}_used_name"].widget.is_required = True
            self.fields[f"{row}_since"].widget.is_required = True
        self.count = rows

    @classmethod
    def asked(cls, typed: Any) -> "AlreadyForm":
        """Return the form as it was sent, with as many rows as it had."""
        found = str(typed.get("rows", ROWS))
        rows = int(found) if found.isdecimal() and len(found) < 4 else ROWS
        return cls(typed, rows=min(max(rows, 1), MOST_ROWS))

    @classmethod
    def longer(cls, typed: Any) -> "AlreadyForm":
        """Return a form with more rows that still holds what was typed."""
        before = cls.asked(typed)
        rows = min(before.count + MORE, MOST_ROWS)
        form = cls(rows=rows)
        form.initial = {**{name: typed.get(name, "") for name in before.fields}, "rows": rows}
        return form

    def clean(self) -> dict[str, Any]:
        """Ask for the name and the day of each row in which anything stands."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for row in range(self.count):
            typed = [self.data.get(f"{row}_{name}", "").strip() for name in ("used_name", "since", "email")]
            if any(typed) and not typed[0]:
                self.add_error(f"{row}_used_name", _("Write the name, or empty the row."))
            if any(typed) and not typed[1]:
                self.add_error(f"{row}_since", _("Choose a day. If you do not know it, take the first of the month."))
        return data

    def members(self) -> tuple[list[int], list[NewMember]]:
        """Return the rows that are filled, and who stands in them."""
        filled = [row for row in range(self.count) if self.cleaned_data.get(f"{row}_used_name")]
        return filled, [
            NewMember(
                used_name=self.cleaned_data[f"{row}_used_name"],
                since=self.cleaned_data[f"{row}_since"],
                email=self.cleaned_data[f"{row}_email"].strip().lower(),
            )
            for row in filled
        ]

    def lines(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Return the bound fields of each row with its place, for the page."""
        return [
            (row + 1, [self[f"{row}_{name}"] for name in ("used_name", "since", "email")]) for row in range(self.count)
        ]


class PastSessionsForm(PlainForm):
    """Sessions that were held: one, or one every week."""

    day = forms.DateField(label=_("Day of the first"), widget=DateInput)
    starts = forms.TimeField(label=_("Started at"), widget=TimeInput)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=15, max_value=720, initial=90)
    weeks = forms.IntegerField(
        label=_("How many weeks"),
        min_value=1,
        max_value=MOST_PAST_WEEKS,
        initial=1,
        help_text=_("1 enters this session only. More enter one each week at the same time."),
    )
    first_number = forms.IntegerField(
        label=_("Number of the first"),
        min_value=1,
        max_value=HIGHEST_NUMBER,
        required=False,
        help_text=_("If you have held 22 sessions and enter only the last one, write 22. Empty: the numbers go on."),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        """Say in which zone the time is meant."""
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.fields["starts"].help_text = _("Time in %(zone)s.") % {"zone": zone.key.replace("_", " ")}

    def clean_day(self) -> date:
        """Return the day if it has come."""
        day: date = self.cleaned_data["day"]
        if day > today_in(self.zone):
            raise forms.ValidationError(_("Choose a day that has come already."))
        return day

    def clean(self) -> dict[str, Any]:
        """Check that the clocks showed this time on this day."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "day" in data and "starts" in data:
            to_utc(data["day"], data["starts"], self.zone)
        return data
