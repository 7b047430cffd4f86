"""The shape of what is written down for a member: a paper, words said aloud, a grace period."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from consent.forms import LANGUAGE_NAMES
from consent.models import LARGEST_SCAN, ActKind, DocumentVersion, Route
from consent.services import MOST_DAYS, TELLABLE, Paper, Spoken, Wording
from groupcare.web.forms import DateInput, PlainForm, Segment

# Our choice, because it is a name or one sentence.
LONGEST_LINE = 200
_TOLD_WORDS = {
    ActKind.TALK_FIRST: _("They want to talk first"),
    ActKind.DECLINED: _("They say no"),
    ActKind.WITHDRAWN: _("They take their promise back"),
}


class _VersionChoice(PlainForm):
    """Which published version it is about."""

    version = forms.ChoiceField(label=_("Version"))

    def __init__(self, *args: Any, versions: Sequence[DocumentVersion], **kwargs: Any) -> None:
        """Offer the published versions, newest first."""
        super().__init__(*args, **kwargs)
        self.versions = {str(one.pk): one for one in versions}
        self.fields["version"].choices = [(pk, _named(one)) for pk, one in self.versions.items()]  # type: ignore[attr-defined]

    def chosen(self) -> DocumentVersion:
        """Return the chosen version."""
        return self.versions[self.cleaned_data["version"]]


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


class AloudForm(_VersionChoice):
    """A promise made aloud."""

    said_on = forms.DateField(label=_("Day"), widget=DateInput)
    witness = forms.CharField(
        label=_("Who stood by and heard it"),
        max_length=LONGEST_LINE,
        help_text=_("The name of a second person, not you and not the member."),
    )
    why = forms.CharField(label=_("Why not in writing"), max_length=LONGEST_LINE)
    read_aloud = forms.BooleanField(
        label=_("I read every part aloud, and the person said that they agree."), required=False
    )

    def spoken(self) -> Spoken:
        """Return what was entered."""
        names = ("said_on", "witness", "why", "read_aloud")
        return Spoken(**{name: self.cleaned_data[name] for name in names})


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
