"""Shapes of what people type; meaning is checked by the services."""

import zoneinfo
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from groupcare.access import Role
from groupcare.accounts.recovery_kinds import Check, Kind
from groupcare.web.forms import DateInput, PlainForm

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


class AddressTwiceForm(PlainForm):
    """An address that a message is about to go to, typed twice: a slip of the keyboard must not reach a stranger."""

    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        help_text=_("Read it twice: the message goes to exactly this address. Nobody in the group sees it."),
    )
    email_again = forms.EmailField(
        label=_("The same address again"), max_length=254, help_text=_("Type it, do not copy it.")
    )

    def clean_email(self) -> str:
        """Return the address in lower case."""
        return str(self.cleaned_data["email"]).strip().lower()

    def clean(self) -> dict[str, Any]:
        """Check that both addresses are the same (REQ-148)."""
        data = super().clean() or self.cleaned_data
        again = str(data.get("email_again", "")).strip().lower()
        if "email" in data and "email_again" in data and data["email"] != again:
            self.add_error("email_again", _("The two addresses differ. Check both."))
        return data


class RightAddressForm(AddressTwiceForm):
    """The address that an invitation should have gone to."""

    email = forms.EmailField(
        label=_("The right e-mail address"),
        max_length=254,
        help_text=_("Read it twice: the message goes to exactly this address."),
    )


class NameForm(PlainForm):
    """Part of a name to look for; posted, so that no name stands in an address or a log."""

    name = forms.CharField(label=_("Part of the name"), max_length=120)


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


class RecoveryForm(PlainForm):
    """Who cannot sign in, and how it was made sure that it is they who ask."""

    email = forms.EmailField(
        label=_("Address they sign in with"), max_length=254, help_text=_("The one that is used so far.")
    )
    new_email = forms.EmailField(
        label=_("New address"), max_length=254, help_text=_("We write one message there. They confirm it by a link.")
    )
    check_made = forms.ChoiceField(
        label=_("How did you make sure who is asking?"),
        widget=forms.RadioSelect,
        help_text=_("A call or a message that came in proves nothing."),
    )

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        """Ask for what this kind needs."""
        super().__init__(*args, **kwargs)
        labels = dict(Check.choices)
        self.fields["check_made"].choices = [(one, labels[one]) for one in kind.checks]  # type: ignore[attr-defined]
        if not kind.needs_address:
            del self.fields["new_email"]
        if kind.does == "give_administrator":
            self.fields["email"].label = _("Address of the person who should administer")
            self.fields["email"].help_text = _("The one that they sign in with.")


class NewAddressForm(PlainForm):
    """A new address for oneself."""

    new_email = forms.EmailField(
        label=_("New address"), max_length=254, help_text=_("We write one message there. Confirm it by the link.")
    )


class RoleForm(PlainForm):
    """A role and its last day."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    last_day = forms.DateField(
        label=_("Last day"), required=False, widget=DateInput(), help_text=_("Leave it empty while no end is known.")
    )


class AgainForm(PlainForm):
    """Where the invitation goes for somebody who does not sign in yet."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
