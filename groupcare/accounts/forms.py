"""Shapes of what people type; meaning is checked by the services."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from groupcare.access import Role
from groupcare.web.forms import PlainForm

MEMBER = ""


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


def _zones() -> list[tuple[str, str]]:
    return [(zone, zone.replace("_", " ")) for zone in sorted(zoneinfo.available_timezones())]


class AcceptForm(PlainForm):
    """A first password, written twice."""

    password = forms.CharField(
        label=_("Password"),
        widget=_password("new-password"),
        strip=False,
        max_length=256,
        help_text=_("At least 12 characters. A few words in a row are good. No special signs are needed."),
    )
    again = forms.CharField(label=_("Password, once more"), widget=_password("new-password"), strip=False)

    def clean(self) -> dict[str, Any]:
        """Return what was typed, if both fit."""
        data = super().clean() or {}
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("The two are different. Write the same password twice."))
        return data


class ProfileForm(PlainForm):
    """What somebody says about themselves."""

    used_name = forms.CharField(label=_("Name to use here"), max_length=120)
    pronouns = forms.CharField(
        label=_("Pronouns"), max_length=60, required=False, help_text=_("You may leave this out.")
    )
    language = forms.ChoiceField(label=_("Language of pages and messages"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones, help_text=_("Times on pages and in messages are shown in this zone.")
    )


class InviteForm(PlainForm):
    """Whom to invite, and as what."""

    used_name = forms.CharField(label=_("Name to use here"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"), max_length=254, help_text=_("We write one short message there. It names no group.")
    )
    role = forms.ChoiceField(label=_("Works here as"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)

    def __init__(self, *args: Any, staff: bool, **kwargs: Any) -> None:
        """Offer staff roles only to those who may give them."""
        super().__init__(*args, **kwargs)
        choices = [(MEMBER, _("Member"))]
        if staff:
            choices += list(Role.choices)
        self.fields["role"].choices = choices  # type: ignore[attr-defined]

    @property
    def role_chosen(self) -> Role | None:
        """Return the staff role, or None for a member."""
        chosen = self.cleaned_data["role"]
        return Role(chosen) if chosen else None


class PasswordProofForm(PlainForm):
    """The password, as a proof."""

    password = forms.CharField(label=_("Your password"), widget=_password("current-password"), strip=False)


class CodeProofForm(PlainForm):
    """A code, as a proof: of the app, a recovery code, or one sent by e-mail."""

    code = forms.CharField(
        label=_("Code"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
