"""The way into a group, its offers and talks, and what happens to a place."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from groupcare.web.context import initials_only
from groupcare.web.forms import DateInput, PlainForm, TimeInput
from groupcare.web.initials import initials
from groupcare.web.templatetags.gc import shown_name
from groups.enrolment_states import State
from groups.localtime import to_utc
from groups.models import ChosenName, MembershipStep, TherapyGroup
from groups.screening import ends, priorities, questions
from groups.services import Said

_WORDS = forms.Textarea(attrs={"rows": 3})
_READERS = _("Those who manage the group read it, and the person in a copy of their record. Name no other member.")


class _Seen(PlainForm):
    """A form that carries the row its author had before their eyes."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


class EnquiryForm(PlainForm):
    """Somebody who asks about a group, or was sent to it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("What this group calls the person. They can be called differently elsewhere."),
    )
    how = forms.ChoiceField(
        label=_("How they came"),
        widget=forms.RadioSelect,
        choices=[("asked", _("They asked us")), ("referred", _("Somebody sent them"))],
        initial="asked",
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Only if they want to be written to. Nothing is sent now. Leave it empty to call them."),
    )
    email_again = forms.EmailField(label=_("The same address again"), max_length=254, required=False)
    language = forms.ChoiceField(label=_("Language of the message"), choices=settings.LANGUAGES)

    def clean(self) -> dict[str, Any]:
        """Check that both addresses are the same (REQ-148)."""
        data = super().clean() or self.cleaned_data
        one, again = (str(data.get(name, "")).strip().lower() for name in ("email", "email_again"))
        if one != again:
            self.add_error("email_again", _("The two addresses differ. Check both."))
        data["email"] = one
        return data


class StepForm(_Seen):
    """One step on the way into a group, with the fields that belong to it."""

    FIELDS: dict[str, tuple[str, ...]] = {
        State.REFERRED: (),
        State.SCREENING_SCHEDULED: ("day", "at"),
        State.SCREENED: (),
        State.SUITABLE: ("reason",),
        State.NOT_SUITABLE: ("reason", "tell"),
        State.DEFER: ("reason",),
        State.WAITLISTED: ("priority",),
        State.WITHDRAWN: ("end",),
        State.OFFERED: ("last_day",),
        "answer": ("said",),
        "take-back": (),
    }

    day = forms.DateField(label=_("Day"), widget=DateInput)
    at = forms.TimeField(label=_("Starts at"), widget=TimeInput)
    reason = forms.CharField(
        label=_("Why"),
        max_length=2000,
        widget=_WORDS,
        help_text=_READERS,
    )
    tell = forms.BooleanField(
        label=_("Ask them by mail to call us"),
        required=False,
        help_text=_("The message says nothing else. Without this nothing is sent."),
    )
    priority = forms.ChoiceField(
        label=_("Where on the list"),
        help_text=_("Only those who manage the group see it. Then the one who waits longest comes first."),
    )
    end = forms.ChoiceField(label=_("Why"), widget=forms.RadioSelect)
    last_day = forms.DateField(
        label=_("Last day to answer"),
        widget=DateInput,
        help_text=_("Then the offer ends, and they keep their place on the list."),
    )
    said = forms.ChoiceField(
        label=_("What they said"),
        widget=forms.RadioSelect,
        choices=[
            (Said.YES, _("Yes, they take the place")),
            (Said.LATER, _("Not now, keep them on the list")),
            (Said.NO, _("No, they do not want it")),
        ],
    )

    def __init__(self, *args: Any, to: str, zone: ZoneInfo, language: str, **kwargs: Any) -> None:
        """Keep the fields of the step; for a talk that was held there is one for each question."""
        super().__init__(*args, **kwargs)
        self.to, self.zone = to, zone
        for name in set(self.fields) - {"seen", *self.FIELDS[to]}:
            del self.fields[name]
        for name, items in (("priority", priorities()), ("end", ends())):
            if name in self.fields:
                self.fields[name].choices = [(key, one.label(language)) for key, one in items.items()]  # type: ignore[attr-defined]
        if "priority" in self.fields:
            self.fields["priority"].initial = "none"
        if "at" in self.fields:
            self.fields["at"].help_text = _("Time in %(zone)s.") % {"zone": zone.key.replace("_", " ")}
        if to == State.SCREENED:
            for key, one in questions().items():
                self.fields[f"q_{key}"] = forms.CharField(
                    label=one.label(language),
                    max_length=2000,
                    required=False,
                    widget=forms.Textarea(attrs={"rows": 3}),
                    help_text=one.help(language),
                )

    def clean(self) -> dict[str, Any]:
        """Check that the clocks show the time of the talk on its day."""
        data = super().clean() or self.cleaned_data
        if "day" in data and "at" in data:
            data["due_at"] = self._moment(data)
        return data

    def _moment(self, data: dict[str, Any]) -> datetime | None:
        try:
            return to_utc(data["day"], data["at"], self.zone)
        except forms.ValidationError as error:
            self.add_error("at", error.error_dict["starts"])
            return None

    #: What the service calls a value, and the fields of this form that hold it.
    HOLDS = {"due_at": ("at", "day"), "code": ("priority", "end")}

    def facts(self) -> dict[str, Any]:
        """Return what the service takes."""
        kept = self.cleaned_data
        found = {name: kept[name] for name in ("reason", "tell", "due_at") if name in kept}
        code = kept.get("priority") or kept.get("end")
        answers = {name[2:]: value for name, value in kept.items() if name.startswith("q_") and value}
        return found | ({"code": code} if code else {}) | ({"answers": answers} if answers else {})


class _Words(PlainForm):
    """Words about a place, and the state that was shown."""

    words = forms.CharField(
        label=_("More about it"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_READERS,
    )
    seen = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)


class EndForm(_Words):
    """Why a place ends."""

    ending = forms.ChoiceField(
        label=_("Why"),
        widget=forms.RadioSelect,
        choices=[one for one in MembershipStep.Ending.choices if one[0] != MembershipStep.Ending.TRANSFERRED],
    )
    field_order = ("ending", "words", "seen")


class LeaveForm(_Words):
    """Until when somebody stays away."""

    back_on = forms.DateField(
        label=_("Back on"), required=False, widget=DateInput, help_text=_("Leave it empty if nobody knows yet.")
    )
    field_order = ("back_on", "words", "seen")


class ReturnForm(_Words):
    """That somebody comes again."""


class TransferForm(PlainForm):
    """The group in which somebody goes on."""

    to_group = forms.ChoiceField(label=_("Where to"), widget=forms.RadioSelect)
    seen = forms.CharField(max_length=12, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, groups: Sequence[TherapyGroup], **kwargs: Any) -> None:
        """Offer the viewer's own groups by name, those of colleagues by who leads them, the kind and where they meet.

        Those that look the same get a number.
        """
        super().__init__(*args, **kwargs)
        called = [self._called(one) for one in groups]
        seen, told = Counter(called), Counter[str]()
        choices = []
        for one, name in zip(groups, called, strict=True):
            told[name] += 1
            choices.append((str(one.pk), f"{name} ({told[name]})" if seen[name] > 1 else name))
        self.fields["to_group"].choices = choices  # type: ignore[attr-defined]

    @staticmethod
    def _called(group: Any) -> str:
        if group.own:
            return initials(group.label) if initials_only() else str(group.label)
        return _("%(leader)s, %(kind)s, %(format)s") % {
            "leader": shown_name(group.leader),
            "kind": group.get_kind_display(),
            "format": group.get_format_display(),
        }

    def chosen(self) -> UUID:
        """Return the chosen group."""
        return UUID(self.cleaned_data["to_group"])


class ClosingForm(PlainForm):
    """The last day of a group."""

    last_day = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        help_text=_("By the clocks of the practice. No session can be planned after it."),
    )
    parting = forms.IntegerField(
        label=_("Sessions for saying goodbye"),
        min_value=0,
        max_value=12,
        help_text=_("The last ones before that day. Four are a good number."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class NameForm(_Seen):
    """How one group calls its member, and who there sees the pronouns."""

    place = forms.UUIDField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=_("What this group calls you"),
        max_length=80,
        required=False,
        help_text=_("It need not be your own name. Leave it empty to be called as everywhere here."),
    )
    pronouns_shown = forms.ChoiceField(
        label=_("Who may see your pronouns"), widget=forms.RadioSelect, choices=ChosenName.Shown.choices
    )


class AvoidForm(PlainForm):
    """People and places that somebody does not want to meet."""

    people = forms.CharField(
        label=_("People you would not want to meet here"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("One name in each line. First and last name, if you know both."),
    )
    places = forms.CharField(
        label=_("Where people know you"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Where you work, study or live, one in each line."),
    )

    def lines(self) -> dict[str, list[str]]:
        """Return the lines of both parts."""
        return {name: self.cleaned_data[name].splitlines() for name in ("people", "places")}
