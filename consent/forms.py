"""Shape of what people type about promises; meaning is checked by the services."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from consent.drawing import Drawing, read_drawing
from consent.services.invalidating import LONGEST_REASON
from consent.standing import State
from groupcare.web.forms import PlainForm
from groupcare.web.templatetags.gc import STANDINGS

# Our choice, because a part longer than two pages is not read.
LONGEST_CLAUSE = 4000
LONGEST_SUMMARY = 300
LANGUAGE_NAMES = {"en": _("English"), "es": _("Spanish")}


#: Days within which a promise runs out, as the board offers them. Our choice: a week, and the month of notice.
DUE_WITHIN = {"7": _("7 days"), "30": _("30 days"), "90": _("90 days")}


def _said_in(language: str, words: str) -> SafeString:
    """Return words of a text as a label that says which language they are in: the page may speak another."""
    return format_html('<span lang="{}">{}</span>', language, words)


class SignForm(PlainForm):
    """A typed name and the ticked meaning; the service says what is missing."""

    typed_name = forms.CharField(
        label=_("Type your name"),
        help_text=_("As you write it yourself. It is your signature."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    meant = forms.BooleanField(required=False)
    # Strokes as JSON, written by the script of the pad; empty for whoever does not draw.
    drawing = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, meaning: str, language: str, **kwargs: Any) -> None:
        """Build the form with the exact sentence that is kept with the signature, in the language of the text."""
        super().__init__(*args, **kwargs)
        self.fields["meant"].label = _said_in(language, meaning)
        # Who talks first or declines types no name, so the form takes it empty; who signs must type one.
        self.fields["typed_name"].widget.is_required = True

    def clean_drawing(self) -> Drawing | None:
        """Return the strokes of a drawn signature, or None."""
        return read_drawing(self.cleaned_data["drawing"])

    def clean(self) -> dict[str, Any]:
        """Say what is missing before the list of what is kept is shown; the service asks for it again."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "drawing" in self.errors:
            self.add_error(None, self.errors.pop("drawing").as_data())
        return cleaned


class ReasonForm(PlainForm):
    """Why an answer does not count, in words that its signer reads."""

    reason = forms.CharField(
        label=_("Why it does not count"),
        help_text=_("The person reads this. One to three sentences, about nobody else."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class BoardForm(PlainForm):
    """Which part of the coverage board to show; it is sent by GET and writes nothing."""

    state = forms.ChoiceField(label=_("Standing"), required=False)
    document = forms.ChoiceField(label=_("Document"), required=False)
    within = forms.ChoiceField(
        label=_("Runs out within"), required=False, choices=[("", _("Any time")), *DUE_WITHIN.items()]
    )

    def __init__(self, *args: Any, documents: dict[str, str], **kwargs: Any) -> None:
        """Offer the states, and the documents of the group."""
        super().__init__(*args, **kwargs)
        words = [(str(one), STANDINGS[str(one)][2]) for one in State]
        self.fields["state"].choices = [("", _("Any")), *words]  # type: ignore[attr-defined]
        self.fields["document"].choices = [("", _("All")), *documents.items()]  # type: ignore[attr-defined]
