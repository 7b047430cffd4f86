"""The shape of what is typed before the decision: the code of the device test, chosen answers, and questions."""

from typing import Any

from django import forms
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from consent.kinds.wording import Question, Text
from consent.services import LONGEST_QUESTION, LONGEST_REPLY
from groupcare.web.forms import PlainForm


class CodeForm(PlainForm):
    """The code that stands in the sample line."""

    code = forms.CharField(
        label=_("Type the code from the line above"),
        max_length=20,
        error_messages={"required": _("Type the code that stands in the line. If you cannot read it, choose paper.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class BackForm(PlainForm):
    """One choice for each short question."""

    def __init__(self, *args: Any, asked: list[tuple[Question, bool, str]], **kwargs: Any) -> None:
        """Offer the given answers of each question; a question that was tried shows its explanation."""
        super().__init__(*args, **kwargs)
        for one, was_tried, part in asked:
            self.fields[one.key] = forms.ChoiceField(
                label=one.question,
                choices=[(option.key, option.text) for option in one.options],
                widget=forms.RadioSelect,
                error_messages={"required": _("Choose an answer. A guess is fine.")},
                help_text=format_html("{} {}", _("Not quite."), one.explanation) if was_tried else "",
            )
            self.parts = [*getattr(self, "parts", []), part] if was_tried else getattr(self, "parts", [])

    @property
    def chosen(self) -> dict[str, str]:
        """Return question key -> key of the chosen answer."""
        return dict(self.cleaned_data)


class AskForm(PlainForm):
    """A question about a text."""

    clause = forms.ChoiceField(label=_("About which part"), required=False)
    words = forms.CharField(
        label=_("Your question"),
        help_text=_("The people who lead the group read it. Other members never do."),
        max_length=LONGEST_QUESTION,
        error_messages={"required": _("Write your question.")},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, text: Text, **kwargs: Any) -> None:
        """Offer the parts of the text, or the whole, in the language of the text."""
        super().__init__(*args, **kwargs)
        parts = [(one.key, f"{place}. {one.title}") for place, one in enumerate(text.clauses, 1)]
        with translation.override(text.language):
            whole = str(_("The whole text"))
        self.fields["clause"].choices = [("", whole), *parts]  # type: ignore[attr-defined]
        self.fields["clause"].widget.attrs["lang"] = text.language


class ReplyForm(PlainForm):
    """An answer to a question."""

    words = forms.CharField(
        label=_("Your answer"),
        help_text=_("Only the person who asked reads it, beside the text."),
        max_length=LONGEST_REPLY,
        error_messages={"required": _("Write your answer.")},
        widget=forms.Textarea(attrs={"rows": 5}),
    )
