"""The form that keeps colours, language and discreet mode on this device, in cookies that hold nothing else."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from groupcare.web.context import AWAY_COOKIE, COVER, INITIALS, NAMES_COOKIE, THEME_COOKIE, THEMES
from groupcare.web.forms import PlainForm, Segment

_YEAR = 365 * 24 * 3600  # seconds; our choice: asked once a year at most


def _languages() -> list[tuple[str, str]]:
    """Return code and name of each language, in that language: who cannot read this page finds their own."""
    return [(code, get_language_info(code)["name_local"].capitalize()) for code, _name in settings.LANGUAGES]


class DisplayForm(PlainForm):
    """Which colours, which language, and how discreet."""

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
    names = forms.ChoiceField(
        label=_("Names on staff pages"),
        choices=[("full", _("Names")), (INITIALS, _("Initials"))],
        widget=Segment,
        help_text=_(
            "With initials, no name is sent to this screen. What you write or read in a text stays as it was written, "
            "and lists to choose a person from keep the names, so that nobody is chosen by mistake."
        ),
    )
    away = forms.ChoiceField(
        label=_("When you leave the window"),
        choices=[("stay", _("Leave it as it is")), (COVER, _("Cover the page"))],
        widget=Segment,
        help_text=_(
            "A covered page shows nothing until you press Show again. This needs a browser with script; without it, "
            "nothing is covered."
        ),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput, max_length=500)

    def keep_on(self, response: HttpResponse) -> None:
        """Set the cookies on ``response``; a choice that is the ordinary one removes its cookie."""
        flags: dict[str, Any] = {
            "httponly": True,
            "samesite": "Lax",
            "secure": settings.SESSION_COOKIE_SECURE,
        }
        kept = {THEME_COOKIE: ("theme", THEMES), NAMES_COOKIE: ("names", (INITIALS,)), AWAY_COOKIE: ("away", (COVER,))}
        for cookie, (field, values) in kept.items():
            chosen = self.cleaned_data[field]
            kept_for = _YEAR if chosen in values else 0
            response.set_cookie(cookie, chosen if kept_for else "", max_age=kept_for, **flags)
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, self.cleaned_data["language"], max_age=_YEAR, **flags)
