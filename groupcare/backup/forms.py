"""The form that takes the recovery code back."""

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import PlainForm


class CodeForm(PlainForm):
    """The code, as somebody reads it from the paper."""

    code = forms.CharField(
        max_length=100,
        label=_("Recovery code"),
        help_text=_("Seven groups of four. Small letters, spaces and dashes do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
