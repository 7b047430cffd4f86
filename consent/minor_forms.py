"""The shape of what is written down about who decides for a young person, and of an override."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.models import ConsentBasis, GuardianLink, SignersPolicy
from groupcare.web.forms import DateInput, PlainForm

# Our choice, because a statute, an age and what was seen take some sentences.
LONGEST_GROUNDS, LONGEST_REASON = 2000, 500


class BasisForm(PlainForm):
    """Who decides about taking part."""

    decides = forms.ChoiceField(
        label=_("Who decides about taking part"), choices=ConsentBasis.Decides.choices, widget=forms.RadioSelect
    )
    guardians = forms.ChoiceField(
        label=_("If there are several guardians"),
        choices=SignersPolicy.choices,
        initial=SignersPolicy.ALL_REQUIRED,
        help_text=_("It counts only while a guardian is asked."),
    )
    grounds = forms.CharField(
        label=_("On what grounds"),
        max_length=LONGEST_GROUNDS,
        help_text=_("The law it rests on, and what you saw: the age, a court order, how you judged it."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class GuardianForm(PlainForm):
    """Somebody who may answer for a young person."""

    used_name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Those who run the group see the name as you write it here."),
    )
    relationship = forms.ChoiceField(label=_("Relationship"), choices=GuardianLink.Relationship.choices)
    authority = forms.ChoiceField(label=_("Why they may decide"), choices=GuardianLink.Authority.choices)
    evidence = forms.CharField(
        label=_("What you saw of it"),
        max_length=LONGEST_GROUNDS,
        help_text=_("For example: birth certificate seen on paper, with the date."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        help_text=_(
            "They get one message. It names neither the young person nor the reason. Empty: on paper or by voice."
        ),
    )


class OverrideForm(PlainForm):
    """Until which day somebody may come, and why."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        help_text=_("At most seven days, today counted. Then the gate closes by itself."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_(
            "One sentence. It stands in the member's record. The privacy officer sees that it was done, not why."
        ),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_reason(self) -> Any:
        """Return the reason without blanks around it."""
        return self.cleaned_data["reason"].strip()
