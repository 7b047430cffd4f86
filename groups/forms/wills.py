"""A professional will, and asking to open one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.accounts.models import Person
from groupcare.web.forms import PlainForm
from groups.models import TherapyGroup


class WillForm(PlainForm):
    """A facilitator's professional will."""

    delegate = forms.ChoiceField(label=_("Who takes over"))
    second = forms.ChoiceField(label=_("If they cannot"), required=False)
    when = forms.MultipleChoiceField(label=_("When it may be opened"), widget=forms.CheckboxSelectMultiple)
    groups = forms.MultipleChoiceField(label=_("Which of your groups"), widget=forms.CheckboxSelectMultiple)
    notes = forms.BooleanField(
        label=_("They may read and write the notes"),
        required=False,
        help_text=_("Without this they see people and sessions, and no notes."),
    )
    instructions = forms.CharField(
        label=_("What you ask of them"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Shown to them once it is open, and to nobody before."),
    )

    def __init__(
        self,
        *args: Any,
        people: Sequence[Person],
        groups: Sequence[TherapyGroup],
        conditions: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        """Offer colleagues, groups and conditions."""
        super().__init__(*args, **kwargs)
        names = [(str(one.pk), one.used_name) for one in people]
        self.fields["delegate"].choices = names  # type: ignore[attr-defined]
        self.fields["second"].choices = [("", _("Nobody")), *names]  # type: ignore[attr-defined]
        self.fields["groups"].choices = [(str(one.pk), one.label) for one in groups]  # type: ignore[attr-defined]
        self.fields["when"].choices = conditions  # type: ignore[attr-defined]

    def terms(self) -> dict[str, Any]:
        """Return what the service takes."""
        kept = self.cleaned_data
        return {
            "delegate": UUID(kept["delegate"]),
            "second": UUID(kept["second"]) if kept["second"] else None,
            "when": kept["when"],
            "groups": [UUID(one) for one in kept["groups"]],
            "notes": kept["notes"],
            "instructions": kept["instructions"],
        }


class AskWillForm(PlainForm):
    """Which condition is met, and how that was checked."""

    condition = forms.ChoiceField(label=_("Why it should be opened"), widget=forms.RadioSelect)
    how_checked = forms.CharField(
        label=_("How you checked it"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, conditions: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the conditions of the file."""
        super().__init__(*args, **kwargs)
        self.fields["condition"].choices = conditions  # type: ignore[attr-defined]
