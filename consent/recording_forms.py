"""The shape of what is written down for a member: a paper, words said aloud, a grace period."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consent.forms import LANGUAGE_NAMES
from consent.models import LARGEST_SCAN, ActKind, DocumentVersion, FollowUp, Modality, Route
from consent.selectors import Answerer
from consent.services import ATTESTATION, MOST_DAYS, TELLABLE, Paper, Spoken, TeachBack, Wording
from groupcare.web.forms import DateInput, PlainForm, Segment

# Our choice, because it is a name or one sentence.
LONGEST_LINE = 200
# Our choice, because what somebody says in their own words is a few sentences.
LONGEST_WORDS = 1000
_TOLD_WORDS = {
    ActKind.TALK_FIRST: _("They want to talk first"),
    ActKind.DECLINED: _("They say no"),
    ActKind.WITHDRAWN: _("They take their promise back"),
}


class _VersionChoice(PlainForm):
    """Which published version it is about."""

    version = forms.ChoiceField(label=_("Version"))

    def __init__(
        self, *args: Any, versions: Sequence[DocumentVersion], people: Sequence[Answerer] = (), **kwargs: Any
    ) -> None:
        """Offer the published versions, newest first, and who answered where a guardian may too."""
        super().__init__(*args, **kwargs)
        offer_people(self, people)
        self.versions = {str(one.pk): one for one in versions}
        self.fields["version"].choices = [(pk, _named(one)) for pk, one in self.versions.items()]  # type: ignore[attr-defined]

    def chosen(self) -> DocumentVersion:
        """Return the chosen version."""
        return self.versions[self.cleaned_data["version"]]


def offer_people(form: PlainForm, people: Sequence[Answerer]) -> None:
    """Ask who answered, where it can be more than the member; the first of them is chosen."""
    if len(people) > 1:
        choices = [(str(one.person.pk), f"{one.name}, {one.relationship}".rstrip(", ")) for one in people]
        form.fields["signer"] = forms.ChoiceField(
            label=_("Who answered"), choices=choices, initial=choices[0][0], widget=forms.RadioSelect
        )


def signer_of(form: PlainForm) -> UUID | None:
    """Return the id of who answered, where that was asked."""
    chosen = form.cleaned_data.get("signer")
    return UUID(chosen) if chosen else None


def _named(version: DocumentVersion) -> str:
    """Return how a version is called in a list: number, language, day, and the short check sum that is on the paper."""
    language = LANGUAGE_NAMES.get(version.language, version.language)
    day = date_format(version.published_at, "j M Y")
    return f"{version.number}, {language}, {day}, {version.text_sha256[:8]}"


class PaperForm(_VersionChoice):
    """A paper that a member signed by hand."""

    signed_on = forms.DateField(label=_("Date on the paper"), widget=DateInput)
    wording = forms.ChoiceField(label=_("The words on the paper"), choices=Wording.choices, widget=forms.RadioSelect)
    scan = forms.FileField(
        label=_("Scan"),
        help_text=_("PDF, JPEG or PNG, up to 10 MB. It is kept encrypted."),
        error_messages={"required": _("Choose the scan."), "empty": _("This file is empty. Scan it again.")},
        widget=forms.FileInput(attrs={"accept": "application/pdf,image/jpeg,image/png"}),
    )
    compared = forms.BooleanField(
        label=_("I compared this scan with the original paper. It shows the same."),
        required=False,
    )
    asked_for_paper = forms.BooleanField(label=_("The person can sign in and asked to sign on paper."), required=False)

    field_order = ("version", "signed_on", "wording", "scan", "compared", "asked_for_paper")

    def __init__(self, *args: Any, signs_in: bool, **kwargs: Any) -> None:
        """Ask for the wish for paper only where the person could sign here."""
        super().__init__(*args, **kwargs)
        if not signs_in:
            del self.fields["asked_for_paper"]

    def clean_scan(self) -> UploadedFile:
        """Return the file if it is not too large; what it is, the service finds out."""
        found: UploadedFile = self.cleaned_data["scan"]
        if (found.size or 0) > LARGEST_SCAN:
            raise forms.ValidationError(
                _("This file is larger than 10 MB. Scan it with fewer colours or a lower resolution.")
            )
        return found

    def paper(self) -> Paper:
        """Return what was entered, with the content of the scan."""
        data = self.cleaned_data
        return Paper(
            signed_on=data["signed_on"],
            wording=data["wording"],
            scan=data["scan"].read(),
            compared=data["compared"],
            asked_for_paper=data.get("asked_for_paper", False),
        )


class AloudForm(PlainForm):
    """An agreement made aloud, and the facilitator's own signature under it; which text it was, the page knows."""

    said_on = forms.DateField(label=_("Day"), widget=DateInput)
    modality = forms.ChoiceField(label=_("Where"), choices=Modality.choices, initial=Modality.ROOM, widget=Segment)
    own_words = forms.CharField(
        label=_("What they said it means, in their own words"),
        help_text=_("Ask: what is this about, and what may you not tell? Write what they said. It is kept encrypted."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    teach_back = forms.ChoiceField(
        label=_("How it went"), choices=TeachBack.choices, initial=TeachBack.AT_ONCE, widget=forms.RadioSelect
    )
    witness = forms.CharField(
        label=_("Who stood by and heard it"),
        max_length=LONGEST_LINE,
        help_text=_("The name of a second person, not you and not the member."),
    )
    interpreter = forms.CharField(label=_("Interpreter"), max_length=LONGEST_LINE, required=False)
    why = forms.CharField(label=_("Why not in writing"), max_length=LONGEST_LINE)
    follow_up_on = forms.DateField(
        label=_("To be followed up in writing by"),
        help_text=_("It stands on your day until it is done."),
        widget=DateInput,
    )
    asked_for_it = forms.BooleanField(label=_("The person can sign in and asked to say it."), required=False)
    read_aloud = forms.BooleanField(
        label=_("I read every part aloud, and the person said that they agree."), required=False
    )
    attested = forms.BooleanField(label=ATTESTATION, required=False)
    typed_name = forms.CharField(
        label=_("Type your own name"),
        help_text=_("You sign for what you heard. Nobody signs for the member."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, signs_in: bool, people: Sequence[Answerer] = (), **kwargs: Any) -> None:
        """Ask who answered where a guardian may too, and for the wish to say it where the person could sign here."""
        super().__init__(*args, **kwargs)
        offer_people(self, people)
        self.fields["typed_name"].widget.is_required = True
        if not signs_in:
            del self.fields["asked_for_it"]

    def spoken(self) -> Spoken:
        """Return what was entered."""
        return Spoken(**{name: value for name, value in self.cleaned_data.items() if name != "signer"})

    def forget_reading(self) -> None:
        """Leave what was typed, but not that every part was read aloud: it was of another text."""
        again = {"read_aloud", "attested"}
        self.data = {name: value for name, value in self.data.items() if name not in again}


class FollowUpForm(PlainForm):
    """How an agreement made aloud was followed up."""

    how = forms.ChoiceField(label=_("How"), choices=FollowUp.How.choices, widget=forms.RadioSelect)


class ToldForm(PlainForm):
    """What somebody without sign-in told us."""

    act = forms.ChoiceField(
        label=_("What they told us"),
        choices=[(act.value, _TOLD_WORDS[act]) for act in TELLABLE],
        widget=forms.RadioSelect,
    )
    route = forms.ChoiceField(
        label=_("How"), choices=[(one.value, one.label) for one in (Route.VOICE, Route.PAPER)], widget=Segment
    )
    told_on = forms.DateField(label=_("Day"), widget=DateInput)

    def __init__(self, *args: Any, people: Sequence[Answerer] = (), **kwargs: Any) -> None:
        """Ask who said it, where a guardian may have."""
        super().__init__(*args, **kwargs)
        offer_people(self, people)


class GraceForm(PlainForm):
    """Until which evening people may come without a signature."""

    last_day = forms.DateField(label=_("Last evening without a signature"), widget=DateInput)
    reason = forms.CharField(
        label=_("Why"),
        max_length=300,
        help_text=_("One sentence, for you and your colleagues. Members do not see it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, first: date, **kwargs: Any) -> None:
        """Say how far away the day may be."""
        super().__init__(*args, **kwargs)
        last = date_format(first + timedelta(days=MOST_DAYS), "j M Y")
        self.fields["last_day"].help_text = _("At the end of this day the gate closes by itself. At most %(day)s.") % {
            "day": last
        }
