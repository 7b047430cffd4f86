"""Writing a note, and moving one that stood with the wrong person."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.web.forms import PlainForm
from groups.models import Membership, ProcessNote, ProgressNote


class NoteForm(PlainForm):
    """The text of a note, and the revision its author had before their eyes."""

    body = forms.CharField(label=_("Note"), max_length=20000, widget=forms.Textarea(attrs={"rows": 14}))
    supersedes = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        """Tell the author how this kind of note is written."""
        super().__init__(*args, **kwargs)
        self.fields["body"].help_text = help_text

    def seen(self) -> UUID | None:
        """Return the revision the author saw."""
        found: UUID | None = self.cleaned_data["supersedes"]
        return found

    def go_on_from(self, standing: ProgressNote | ProcessNote) -> None:
        """Let the next save follow the revision that somebody else wrote in between; the typed text stays."""
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["supersedes"] = str(standing.pk)  # type: ignore[index]


class MoveNoteForm(NoteForm):
    """The text of a note that was written about the wrong member, and the right one."""

    membership = forms.TypedChoiceField(label=_("Who is it about?"), coerce=UUID, widget=forms.RadioSelect)
    field_order = ("membership", "body", "supersedes")

    def __init__(self, *args: Any, places: Sequence[Membership], **kwargs: Any) -> None:
        """Offer the other members of the group."""
        super().__init__(*args, help_text=str(_("Look the text through: it must be about this person only.")), **kwargs)
        self.fields["membership"].choices = [(str(one.pk), one.name) for one in places]  # type: ignore[attr-defined]

    def join(self, there: ProgressNote) -> None:
        """Put the note that stands already before the one to be moved, for its author to make one of both."""
        both = f"{there.body}\n\n{self.cleaned_data['body']}"
        self.data = self.data.copy()  # type: ignore[attr-defined]
        self.data["body"], self.data["supersedes"] = both, str(there.pk)  # type: ignore[index]
        self.add_error(
            "body",
            _("There is a note about this person already. Both stand in the field now: make one of them, then save."),
        )
