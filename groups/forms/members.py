"""Inviting somebody, and what they agree to at the door."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from groupcare.accounts.forms import AddressTwiceForm
from groupcare.web.forms import PlainForm


class InviteForm(AddressTwiceForm):
    """Somebody to invite."""

    used_name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What this group calls the person. They can be called differently elsewhere."),
    )
    language = forms.ChoiceField(label=_("Language of the message"), choices=settings.LANGUAGES)
    field_order = ("used_name", "email", "email_again", "language")


class RulesForm(PlainForm):
    """The promise to keep the ground rules."""

    agreed = forms.BooleanField(error_messages={"required": _("Tick the box to go in.")})

    def __init__(self, *args: Any, promise: str, **kwargs: Any) -> None:
        """Show the promise in the words of the rules."""
        super().__init__(*args, **kwargs)
        self.fields["agreed"].label = promise
