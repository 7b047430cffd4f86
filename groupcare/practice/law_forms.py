"""Forms about the law of a place: they check shape, the services check meaning."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import PlainForm

_WHY = _("On whose advice, and since when. Write about the law and name no client: colleagues read this.")


class ReasonForm(PlainForm):
    """Why something is decided."""

    reason = forms.CharField(max_length=2000, label=_("Why"), widget=forms.Textarea(attrs={"rows": 3}), help_text=_WHY)


class OverrideForm(ReasonForm):
    """The practice's own value, and why."""

    value = forms.CharField(label=_("What holds here"), widget=forms.Textarea(attrs={"rows": 4}))
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    field_order = ("value", "reason", "seen")

    def __init__(self, *args: Any, short: bool = False, **kwargs: Any) -> None:
        """Offer one line for a number or a word, several for a sentence or a list."""
        super().__init__(*args, **kwargs)
        if short:
            self.fields["value"].widget = forms.TextInput()


class BackForm(ReasonForm):
    """Why the pack's value shall hold again."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
