"""The form that keeps colours and language on this device, in two cookies that hold nothing else."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from groupcare.web.context import THEME_COOKIE, THEMES
from groupcare.web.forms import PlainForm, Segment

_YEAR = 365 * 24 * 3600  # seconds; our choice: asked once a year at most


def _languages() -> list[tuple[str, str]]:
    """Return code and name of each language, in that language: who cannot read this page finds their own."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class DisplayForm(PlainForm):
    """Which colours, which language."""

    theme = forms.ChoiceField(
        label=_("Colours"),
        choices=[("device", _("As on my device")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=Segment,
        help_text=_("Dark is easier at night, and draws fewer looks."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=_languages,
        widget=Segment,
        # Take a language out of this sentence when a native clinician has read its catalogue and its texts.
        help_text=_("The Spanish pages were not yet read by a native clinician. If something sounds odd, tell us."),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput, max_length=500)

    def keep_on(self, response: HttpResponse) -> None:
        """Set the cookies on ``response``; "as on my device" removes the one for colours."""
        flags: dict[str, Any] = {
            "max_age": _YEAR,
            "httponly": True,
            "samesite": "Lax",
            "secure": settings.SESSION_COOKIE_SECURE,
        }
        if self.cleaned_data["theme"] in THEMES:
            response.set_cookie(THEME_COOKIE, self.cleaned_data["theme"], **flags)
        else:
            response.delete_cookie(THEME_COOKIE, samesite="Lax")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, self.cleaned_data["language"], **flags)
