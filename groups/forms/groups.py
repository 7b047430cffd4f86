"""Making a group, and who runs it."""

from collections.abc import Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groupcare.accounts.models import Person
from groupcare.practice.models import Site
from groupcare.practice.places import places
from groupcare.web.forms import DateInput, PlainForm
from groups.models import Facilitation, TherapyGroup


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


class FacilitatorForm(PlainForm):
    """A colleague who helps to run the group."""

    person = forms.ChoiceField(label=_("Who"))
    role = forms.ChoiceField(
        label=_("As what"),
        choices=[one for one in Facilitation.Role.choices if one[0] != Facilitation.Role.STAND_IN],
        initial=Facilitation.Role.CO,
    )
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
