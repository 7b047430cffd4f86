"""Shapes of what people write about concerns; the services judge the meaning."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.accounts.models import Person
from groupcare.web.forms import PlainForm
from incidents.models import NAMED_LENGTH, STORY_LENGTH
from incidents.states import Outcome


class ConcernForm(PlainForm):
    """A new concern."""

    what_happened = forms.CharField(
        label=_("What happened?"),
        help_text=_("In your own words. A few lines are enough."),
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what happened. A few words are enough.")},
    )
    named = forms.TypedMultipleChoiceField(
        label=_("Is it about one of these people?"),
        help_text=_("Whoever you tick cannot see this. You can leave it out."),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose people from the list, or write the name below it.")},
    )
    named_text = forms.CharField(
        label=_("Another name, if you want"),
        help_text=_("If that person works here, they cannot see this either. You can leave it out."),
        required=False,
        max_length=NAMED_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, people: Iterable[Person] = (), **kwargs: Any) -> None:
        """Offer ``people`` by the name they use; without any, the question is left out."""
        super().__init__(*args, **kwargs)
        choices = [(str(person.id), person.used_name) for person in people]
        if choices:
            self.fields["named"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["named"]


class AssessForm(PlainForm):
    """What was found out."""

    reasons = forms.CharField(
        label=_("What you found out, and why you think so"),
        help_text=_("Whom you heard, what you looked at, what follows. Only readers of this concern see it."),
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": _("Write what you found out, and why you think so.")},
    )


class CloseForm(PlainForm):
    """How it ends, and what the reporter reads."""

    outcome = forms.ChoiceField(
        label=_("What was found"),
        choices=[("", _("Choose one")), *Outcome.choices],
        error_messages={"required": _("Choose what was found.")},
    )
    told_reporter = forms.CharField(
        label=_("What the reporter reads"),
        help_text=_("In plain words. Write no name and nothing that only one person could have told you."),
        max_length=STORY_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": _("Write what the reporter should read.")},
    )
