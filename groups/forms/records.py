"""A copy of a record, the names in it, and the wish to leave."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import PlainForm
from groups.models import LeaveWish, RecordRequest
from groups.name_scan import Hit
from groups.services import Choice


class RecordForm(PlainForm):
    """A request for one member's record."""

    recipient_kind = forms.ChoiceField(label=_("Who gets the copy"), choices=RecordRequest.Recipient.choices)
    recipient = forms.CharField(
        label=_("Name of who gets it"),
        max_length=300,
        required=False,
        help_text=_("Needed unless it is the person themselves. It stands on every page of the copy."),
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Name the written release, the court order or the request. This page does not check it for you."),
    )


class NamesForm(PlainForm):
    """A decision about each name that was found: hidden, or kept for a reason."""

    REPLACE, KEEP = "replace", "keep"

    prepared = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, hits: Sequence[Hit], **kwargs: Any) -> None:
        """Make two fields for each hit; a colleague's name is kept unless somebody says otherwise."""
        super().__init__(*args, **kwargs)
        self.hits = list(hits)
        choices = [(self.REPLACE, _('Put "[another member]" instead')), (self.KEEP, _("Let it stand"))]
        for hit in self.hits:
            self.fields[hit.key] = forms.ChoiceField(
                label=_("What happens to it"),
                choices=choices,
                widget=forms.RadioSelect,
                required=False,
                initial=self.KEEP if hit.is_staff else None,
            )
            self.fields[f"why-{hit.key}"] = forms.CharField(
                label=_("Why it stays"), max_length=300, required=False, widget=forms.TextInput
            )

    def rows(self) -> list[tuple[Hit, Any, Any]]:
        """Return each hit with its two fields."""
        return [(hit, self[hit.key], self[f"why-{hit.key}"]) for hit in self.hits]

    def made(self) -> dict[str, Choice]:
        """Return the decisions that were made."""
        data = self.cleaned_data
        return {
            hit.key: Choice(data[hit.key] == self.REPLACE, data[f"why-{hit.key}"])
            for hit in self.hits
            if data.get(hit.key)
        }


class StepForm(PlainForm):
    """One step of a request."""

    PREPARE, APPROVE, RELEASE, CANCEL, DOWNLOAD = "prepare", "approve", "release", "cancel", "download"

    step = forms.ChoiceField(choices=[(one, one) for one in (PREPARE, APPROVE, RELEASE, CANCEL, DOWNLOAD)])
    reason = forms.CharField(max_length=2000, required=False)


class OwnPlaceForm(PlainForm):
    """One of the person's own places."""

    place = forms.UUIDField(widget=forms.HiddenInput)


class WishForm(OwnPlaceForm):
    """Whether the person wants to leave that place, or stays."""

    kind = forms.ChoiceField(choices=LeaveWish.Kind.choices)
