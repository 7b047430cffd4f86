"""The form of a paper for one person, made from the particulars of its kind."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent import paper
from consent.kinds import Form, Kind
from consent.kinds.wording import particular
from consent.selectors import MadeOut
from groupcare.web.forms import DateInput, PlainForm


class MakeOutForm(PlainForm):
    """What fills the blanks of a paper; the service says what is missing, and which source asks for it."""

    def __init__(
        self, *args: Any, kind: Kind, language: str, before: Sequence[MadeOut] = (), meaning: str = "", **kwargs: Any
    ) -> None:
        """Build a field for each particular.

        Args:
            *args: as of every form.
            kind: the kind of paper.
            language: in which its labels are read.
            before: papers of the kind that the new one may replace.
            meaning: the sentence that is ticked to send a notice out; empty for a paper that the person answers.
            **kwargs: as of every form.
        """
        super().__init__(*args, **kwargs)
        self.kind = kind
        for one in kind.particulars:
            label, help_text = particular(kind.key, language, one.key)
            source = gettext("Source: %(source)s.") % {"source": one.source_in_words}
            hint = f"{help_text} {source}" if one.required else help_text
            self.fields[one.key] = _field(one.form, label=label, help_text=hint, required=False)
            self.fields[one.key].widget.is_required = one.required
        if before:
            choices = [("", _("No, it stands beside what there is")), *((str(b.document.pk), named(b)) for b in before)]
            self.fields["instead_of"] = forms.ChoiceField(
                label=_("Does it replace an earlier one?"), choices=choices, required=False, widget=forms.RadioSelect
            )
        if meaning:
            self.fields["typed_name"] = forms.CharField(label=_("Type your own name"), required=False)
            self.fields["typed_name"].widget.is_required = True
            self.fields["meant"] = forms.BooleanField(label=meaning, required=False)

    @property
    def typed(self) -> dict[str, str | date | None]:
        """Return what was typed for each particular."""
        return {one.key: self.cleaned_data.get(one.key) for one in self.kind.particulars}

    @property
    def instead_of(self) -> UUID | None:
        """Return the paper that this one replaces."""
        chosen = self.cleaned_data.get("instead_of")
        return UUID(chosen) if chosen else None


def named(one: MadeOut) -> str:
    """Return how a paper is told from others of its kind: to whom it lets something be told; empty for a notice."""
    return one.filled.get("recipient", "")


def _field(form: Form, **words: Any) -> forms.Field:
    if form == Form.DATE:
        return forms.DateField(widget=DateInput, **words)
    rows = {Form.LINES: 5}.get(form)
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(widget=widget, max_length=paper.LONGEST, **words)
