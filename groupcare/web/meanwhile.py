"""Two people change one thing: the second sees what the first wrote, and no word of either is lost."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from groupcare.web.forms import PlainForm

# The code of the error that a service raises when its caller has seen something older.
MEANWHILE = "meanwhile"


def fingerprint(values: Mapping[str, Any]) -> str:
    """Return a mark of these values, for a form to carry; the same values have the same mark."""
    told = json.dumps({name: str(value) for name, value in values.items()}, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()


def check_seen(seen: str, values: Mapping[str, Any]) -> None:
    """Check, under the lock, that nobody changed the values since the caller saw them; an empty mark is not checked.

    Raises:
        ValidationError: somebody did; its code is ``MEANWHILE``.
    """
    if seen and seen != fingerprint(values):
        raise ValidationError(
            _("Somebody changed this meanwhile. Yours stands in the fields, theirs below each: put both together."),
            code=MEANWHILE,
        )


class SeenForm(PlainForm):
    """A form of what several people may change: it carries a mark of what its author had before their eyes."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def go_on_from(self, standing: Mapping[str, Any]) -> None:
        """Say below each field what stands there now; the typed text stays, and the next save goes on from here."""
        for name, value in standing.items():
            if str(self.cleaned_data.get(name, "")) != str(value):
                self.add_error(name, _("It stands now: %(text)s") % {"text": value or "…"})
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["seen"] = fingerprint(standing)  # type: ignore[index]
