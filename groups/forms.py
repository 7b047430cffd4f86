"""The shape of what people type about groups; meaning is checked by the services."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groupcare.accounts.models import Person
from groupcare.practice.models import Site
from groupcare.practice.places import places
from groupcare.web.forms import DateInput, PlainForm, TimeInput
from groups.localtime import to_utc
from groups.models import Facilitation, TherapyGroup
from groups.services import MOST_WEEKS


class GroupForm(PlainForm):
    """A new group."""

    label = forms.CharField(
        label=_("Name on your screens"),
        max_length=60,
        help_text=_('Keep it discreet, for example "Thursday B". Members never see it.'),
    )
    purpose_text = forms.CharField(
        label=_("What the group is for"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One or two sentences, for you and your colleagues. You can leave it empty."),
    )
    kind = forms.ChoiceField(label=_("Kind of group"), choices=TherapyGroup.Kind.choices)
    openness = forms.ChoiceField(label=_("Who can join later"), choices=TherapyGroup.Openness.choices)
    format = forms.ChoiceField(label=_("Where you meet"), choices=TherapyGroup.Format.choices)
    site = forms.ChoiceField(label=_("Room"), required=False, help_text=_("Needed when people meet in a room."))
    online_link = forms.CharField(
        label=_("Video link"),
        max_length=500,
        required=False,
        widget=forms.URLInput,
        help_text=_(
            "Needed when people meet online. We keep it encrypted and show it only to people who are cleared, "
            "from 30 minutes before the start."
        ),
    )
    place = forms.ChoiceField(label=_("Whose law applies"), help_text=_("Usually the place where the practice is."))
    capacity = forms.IntegerField(
        label=pgettext_lazy("seats in a group", "Places"),
        min_value=2,
        max_value=100,
        help_text=_("How many members at most, for example 8."),
    )
    language = forms.ChoiceField(label=_("Language of the group"), choices=settings.LANGUAGES)

    def __init__(self, *args: Any, sites: Sequence[Site], **kwargs: Any) -> None:
        """Offer the rooms of the practice."""
        super().__init__(*args, **kwargs)
        self.sites = {str(site.pk): site for site in sites}
        self.fields["site"].choices = [("", _("No room")), *((pk, site.name) for pk, site in self.sites.items())]  # type: ignore[attr-defined]
        self.fields["place"].choices = list(places().items())  # type: ignore[attr-defined]

    def clean_site(self) -> Site | None:
        """Return the chosen room."""
        return self.sites.get(self.cleaned_data["site"])


class InviteForm(PlainForm):
    """Somebody to invite."""

    used_name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What this group calls the person. They can be called differently elsewhere."),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Read it twice: the message goes to exactly this address. Nobody in the group sees it."),
    )
    email_again = forms.EmailField(
        label=_("The same address again"), max_length=254, help_text=_("Type it, do not copy it.")
    )
    language = forms.ChoiceField(label=_("Language of the message"), choices=settings.LANGUAGES)

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Check that both addresses are the same (REQ-148: a slip of the keyboard must not reach a stranger)."""
        data = super().clean() or self.cleaned_data
        again = str(data.get("email_again", "")).strip().lower()
        if "email" in data and "email_again" in data and data["email"] != again:
            self.add_error("email_again", _("The two addresses differ. Check both."))
        return data


class FacilitatorForm(PlainForm):
    """A colleague who helps to run the group."""

    person = forms.ChoiceField(label=_("Who"))
    role = forms.ChoiceField(label=_("As what"), choices=Facilitation.Role.choices, initial=Facilitation.Role.CO)
    first_day = forms.DateField(
        label=_("First day"), required=False, widget=DateInput, help_text=_("Leave empty to start now.")
    )
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput, help_text=_("Leave empty if no end is planned.")
    )

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        """Offer the colleagues who may be chosen."""
        super().__init__(*args, **kwargs)
        self.people = {str(person.pk): person for person in people}
        self.fields["person"].choices = [(pk, person.used_name) for pk, person in self.people.items()]  # type: ignore[attr-defined]

    def chosen(self) -> Person:
        """Return the chosen colleague."""
        return self.people[self.cleaned_data["person"]]

    def period(self, zone: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """Return first moment and first moment after, by the clocks of ``zone``; None for now and no end."""
        first, last = self.cleaned_data["first_day"], self.cleaned_data["last_day"]
        start = datetime.combine(first, time.min, tzinfo=zone) if first else None
        end = datetime.combine(last, time.max, tzinfo=zone) if last else None
        return start, end


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


class NoteForm(PlainForm):
    """The text of a note, and the revision its author had before their eyes."""

    body = forms.CharField(label=_("Note"), max_length=20000, widget=forms.Textarea(attrs={"rows": 14}))
    supersedes = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        """Tell the author how this kind of note is written."""
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = help_text

    def seen(self) -> UUID | None:
        """Return the revision the author saw."""
        found: UUID | None = self.cleaned_data["supersedes"]
        return found


class RulesForm(PlainForm):
    """The promise to keep the ground rules."""

    agreed = forms.BooleanField(error_messages={"required": _("Tick the box to go in.")})

    def __init__(self, *args: Any, promise: str, **kwargs: Any) -> None:
        """Show the promise in the words of the rules."""
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = promise
