"""The settings of a group."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from groupcare.practice.models import Site
from groupcare.web.forms import PlainForm
from groups.forms.series import where_choices, where_key
from groups.models import Room, TherapyGroup
from groups.policies import all_policies
from groups.rituals import order_of, parts
from groups.services.settings import MOST_MINUTES, GroupSettings


class SettingsForm(PlainForm):
    """How many, where, how sessions run, and what was agreed on for the evenings."""

    label = forms.CharField(
        label=_("Name on your screens"),
        max_length=60,
        help_text=_('Keep it discreet, for example "Thursday B". Members never see it.'),
    )
    minimum = forms.IntegerField(
        label=_("Fewest people"), min_value=2, max_value=100, help_text=_("With fewer, the group does not begin.")
    )
    capacity = forms.IntegerField(
        label=pgettext_lazy("seats in a group", "Places"),
        min_value=2,
        max_value=100,
        help_text=_("How many members at most, for example 8."),
    )
    course = forms.ChoiceField(label=_("How people start"), choices=TherapyGroup.Course.choices)
    where = forms.ChoiceField(
        label=_("Where"),
        required=False,
        help_text=_(
            "It counts for sessions that are planned from now on. Move the others one by one, or their series."
        ),
    )
    new_room = forms.CharField(
        label=_("A room that is not on the list"),
        max_length=80,
        required=False,
        help_text=_("Its name on the door, in the house chosen above. Everybody who plans sessions sees it."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        group: TherapyGroup,
        sites: Sequence[Site],
        rooms: Sequence[Room],
        language: str,
        **kwargs: Any,
    ) -> None:
        """Begin with the settings of ``group``, and offer the answers and parts of the files."""
        names = ("label", "minimum", "capacity", "course")
        begin = {name: getattr(group, name) for name in names} | {"seen": group.edition}
        super().__init__(*args, initial=begin | {"where": where_key(group.site, group.room)}, **kwargs)
        self.fields["where"].choices, self.wheres = where_choices(sites, rooms)  # type: ignore[attr-defined]
        for policy in all_policies().values():
            self.add_field(
                f"policy-{policy.key}",
                forms.ChoiceField(
                    label=policy.label(language),
                    choices=policy.choices(language),
                    initial=policy.chosen(group.policies),
                ),
            )
        standing = {one.key: (turn, minutes) for turn, (one, minutes) in enumerate(order_of(group.rituals), 1)}
        turns = [(str(turn), str(turn)) for turn in range(1, len(parts()) + 1)]
        for part in parts().values():
            turn, minutes = standing.get(part.key, ("", part.minutes))
            title = part.said("title", language)
            out = [] if part.fixed else [("", _("Leave it out"))]
            self.add_field(
                f"turn-{part.key}",
                forms.ChoiceField(
                    label=_("%(title)s: its turn") % {"title": title},
                    choices=[*out, *turns],
                    required=part.fixed,
                    initial=turn,
                ),
            )
            self.add_field(
                f"minutes-{part.key}",
                forms.IntegerField(
                    label=_("%(title)s: minutes") % {"title": title},
                    min_value=0,
                    max_value=MOST_MINUTES,
                    initial=minutes,
                ),
            )

    def policy_fields(self) -> list[Any]:
        """Return the fields of what was agreed on, as they are shown."""
        return [self[f"policy-{key}"] for key in all_policies()]

    def part_fields(self) -> list[tuple[Any, Any]]:
        """Return turn and minutes of each part, as they are shown."""
        return [(self[f"turn-{key}"], self[f"minutes-{key}"]) for key in parts()]

    def wanted(self) -> GroupSettings:
        """Return the settings as they are meant; two parts with the same turn keep their usual order."""
        data = self.cleaned_data
        turns = [(int(data[f"turn-{key}"]), key) for key in parts() if data[f"turn-{key}"]]
        turns.sort(key=lambda pair: pair[0])
        return GroupSettings(
            **{name: data[name] for name in ("label", "minimum", "capacity", "course", "new_room")},
            where=self.wheres[data["where"]],
            policies={key: data[f"policy-{key}"] for key in all_policies()},
            rituals=[(key, data[f"minutes-{key}"]) for _turn, key in turns],
        )
