"""The console of a session: the checks, the roster with its steps, a remark, and one tap of the screen."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import PlainForm, Segment
from groups.console import ANSWERS, DONE, NOT_APPLICABLE, NOT_OK, OK, remarks
from groups.forms.sessions import RosterForm
from groups.services.console import Answer

#: The words of the answers to a check.
ANSWER_WORDS = {OK: _("In order"), NOT_OK: _("Not in order"), NOT_APPLICABLE: _("Does not apply")}


class ChecksForm(PlainForm):
    """The checks of room or platform: an answer to each, and what was wrong or chosen."""

    def __init__(self, *args: Any, checks: Sequence[tuple[Any, Any]], language: str, **kwargs: Any) -> None:
        """Make three fields for each check."""
        super().__init__(*args, **kwargs)
        self.checks = checks
        for item, said in checks:
            answer, words, seen = self.names_of(item)
            self.fields[answer] = forms.ChoiceField(
                label=item.label(language),
                help_text=item.help(language),
                choices=[(key, ANSWER_WORDS[key]) for key in ANSWERS],
                widget=Segment,
                required=False,
                initial=said.answer if said else None,
            )
            self.fields[words] = forms.CharField(
                label=_("What you found or chose"), required=False, max_length=500, widget=forms.TextInput
            )
            self.fields[seen] = forms.UUIDField(
                required=False, widget=forms.HiddenInput, initial=said.pk if said else None
            )

    @staticmethod
    def names_of(item: Any) -> tuple[str, str, str]:
        """Return the names of the fields of one check."""
        return f"check-{item.key}", f"words-{item.key}", f"seen-{item.key}"

    @property
    def rows(self) -> list[tuple[Any, Any, Any, Any, Any]]:
        """Return each check with what stands and its fields, as they are shown."""
        return [(item, said, *(self[name] for name in self.names_of(item))) for item, said in self.checks]

    def answers(self) -> list[Answer]:
        """Return what is to be written: the checks with an answer."""
        found = []
        for item, _said in self.checks:
            answer, words, seen = (self.cleaned_data[name] for name in self.names_of(item))
            if answer:
                found.append(Answer(item.key, answer, seen, words))
        return found


class ConsoleForm(RosterForm):
    """The whole roster and the steps of the session, for one Save."""

    def __init__(self, *args: Any, steps: Sequence[tuple[Any, Any]], language: str, **kwargs: Any) -> None:
        """Add one box for each step."""
        super().__init__(*args, language=language, **kwargs)
        self.fields["read_aloud"].help_text = ""
        self.steps = steps
        for item, said in steps:
            self.fields[f"step-{item.key}"] = forms.BooleanField(
                label=item.label(language), required=False, initial=said is not None
            )

    def boxes(self, part: str) -> list[tuple[Any, Any, Any]]:
        """Return the steps of a part of the session with what stands and their fields, as they are shown."""
        return [(item, said, self[f"step-{item.key}"]) for item, said in self.steps if item.where == part]

    def answers(self) -> list[Answer]:
        """Return what was done: the ticked steps."""
        return [Answer(item.key, DONE) for item, _said in self.steps if self.cleaned_data[f"step-{item.key}"]]


class RemarkForm(PlainForm):
    """What was noticed, in words of the facilitator."""

    kind = forms.ChoiceField(label=_("What is it about?"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("What you noticed"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Write initials, no names. Those who run the group can read it; members cannot."),
    )

    def __init__(self, *args: Any, language: str, **kwargs: Any) -> None:
        """Offer the kinds of the file."""
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(key, one.label(language)) for key, one in remarks().items()]  # type: ignore[attr-defined]


class TapForm(forms.Form):
    """One tap of the screen: ids and codes, no words."""

    MARK, ANSWER = "mark", "answer"

    tap = forms.UUIDField()
    what = forms.ChoiceField(choices=[(MARK, MARK), (ANSWER, ANSWER)])
    ref = forms.CharField(max_length=40)
    value = forms.CharField(max_length=40)
    minutes = forms.IntegerField(required=False, min_value=1, max_value=720)
    seen = forms.UUIDField(required=False)
