"""Forms of the practice's settings: they check shape, the services check meaning."""

from collections.abc import Iterable
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from groupcare.practice.places import places
from groupcare.web.forms import PlainForm
from groupcare.web.meanwhile import SeenForm


@cache
def zone_choices() -> list[tuple[str, str]]:
    """Return the zones named by region and city, and UTC, by name."""
    regional = sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in regional)]


class PracticeForm(SeenForm):
    """How the practice is called, where its clock stands, and what members must always be able to read."""

    name = forms.CharField(max_length=200, label=_("Name of the practice"), help_text=_("Only staff see this name."))
    public_name = forms.CharField(
        max_length=100,
        label=_("Name that members see"),
        help_text=_("It stands in mail and in the browser's tab. Name no kind of care, for example Linden House."),
    )
    time_zone = forms.ChoiceField(choices=zone_choices, label=_("Time zone"))
    language = forms.ChoiceField(choices=settings.LANGUAGES, label=_("Language of new pages and mail"))
    contact = forms.CharField(
        required=False,
        label=_("How members reach you"),
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example the front desk and its hours. Members see it."),
    )
    crisis_text = forms.CharField(
        required=False,
        label=_("What to do in danger"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands wherever somebody may write to you in need. Say who answers at night."),
    )


class SiteForm(PlainForm):
    """A place where people meet in a room."""

    name = forms.CharField(max_length=200, label=_("Name of the place"), help_text=_("For example Linden House."))
    address_text = forms.CharField(
        required=False, label=_("How to get there"), widget=forms.Textarea(attrs={"rows": 3})
    )
    place = forms.ChoiceField(
        label=_("Whose law holds there"), help_text=_("The limits of confidentiality depend on it.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the places of places.toml."""
        super().__init__(*args, **kwargs)
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Choose a place")), *places().items()]


class ReviewerForm(PlainForm):
    """Who receives the concerns that nobody inside may see."""

    person = forms.TypedChoiceField(label=_("External reviewer"), coerce=UUID)

    def __init__(self, *args: Any, people: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        """Offer ``people``: id and name of those who hold no role inside of the practice."""
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [("", _("Choose a person")), *((str(pk), name) for pk, name in people)]
