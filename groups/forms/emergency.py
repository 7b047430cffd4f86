"""Where somebody is, and whom to call."""

from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import PlainForm
from groups.services.emergency import Where


class PlaceForm(PlainForm):
    """Where a member is tonight, and how to call them back."""

    location = forms.CharField(
        label=_("Where you are now"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
        help_text=_("An address that help would find. A town and a street are enough."),
    )
    call_back = forms.CharField(
        label=_("Number to call you back"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("If the connection drops, we call this number."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for both, unless the person says that they do not want to say."""
        data = super().clean() or self.cleaned_data
        if "withhold" in self.data:
            # Nothing that was typed may keep somebody outside who does not want to say.
            self._errors = ErrorDict()
            return data
        for name in ("location", "call_back"):
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _('Fill this in, or press "I do not want to say".'))
        return data

    def where(self) -> Where:
        """Return what was said."""
        kept = self.cleaned_data
        return Where(kept.get("location", ""), kept.get("call_back", ""), "withhold" in self.data)


class RollCallForm(PlaceForm):
    """What a member tells the facilitator: where they are, or whom to call."""

    contact_name = forms.CharField(label=_("Somebody we may call"), max_length=120, required=False)
    contact_number = forms.CharField(
        label=_("Their number"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )

    def clean(self) -> dict[str, Any]:
        """Take what there is; nothing is asked for."""
        return self.cleaned_data


class ContactForm(PlainForm):
    """A person's own number, and whom to call in an emergency."""

    own_number = forms.CharField(
        label=_("Your own number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("Only if you want us to be able to call you, for example when an appointment is called off."),
    )
    contact_name = forms.CharField(label=_("Somebody we may call in an emergency"), max_length=120, required=False)
    contact_number = forms.CharField(
        label=_("Their number"), max_length=40, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
