"""Who came to the evenings of the demo, and who is on their way into its groups."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from groupcare.access import acting_as
from groupcare.audit import recording
from groupcare.demo.stage import Stage, Step
from groups.models import AttendanceEntry, GroupSession
from groups.selectors.attendance import roster
from groups.services import Mark, open_enrolment, take_step, write_attendance

#: Marks are made while people go. Our choice.
_BEFORE_THE_END = timedelta(minutes=5)


class Evenings(Stage):
    """The part of the story that is about evenings and newcomers."""

    def _next(self, entry: dict[str, Any]) -> datetime:
        """Return the group's next usual start, from tomorrow on."""
        tomorrow = self.today.astimezone(self.zone).date() + timedelta(days=1)
        day = tomorrow + timedelta(days=(entry["weekday"] - tomorrow.weekday()) % 7)
        return datetime.combine(day, time.fromisoformat(entry["at"]), self.zone)

    def evening_steps(self) -> list[Step]:
        """Return when who was there is written down, for each evening that is over."""
        steps: list[Step] = []
        for entry in self.script["groups"]:
            for turn in range(entry["past_sessions"]):
                start = self._next(entry) - timedelta(weeks=entry["past_sessions"] - turn)
                end = start + timedelta(minutes=entry["minutes"])
                steps.append((end - _BEFORE_THE_END, partial(self._count, entry["key"], start, turn)))
        return steps

    def _count(self, group: str, start: datetime, turn: int) -> None:
        """Write who was there, as the file says of each member: one code for each evening, the earliest first."""
        lead = self._lead(group)
        session = GroupSession.objects.get(group=self.groups[group], starts_at=start)
        came = {self.people[one["key"]].pk: one["came"][turn] for one in self._who_came(group)}
        with acting_as(lead), recording():
            marks = [
                Mark(row.place.pk, came[row.place.person_id], None, None)
                for row in roster(lead, session)
                if row.place.person_id in came
            ]
            source = AttendanceEntry.Source.CONSOLE
            write_attendance(session_id=session.pk, marks=marks, read_aloud=True, source=source, by=lead)

    def _who_came(self, group: str) -> list[dict[str, Any]]:
        return [one for one in self.script["members"] if one["group"] == group and "came" in one]

    def joining_steps(self) -> list[Step]:
        """Return what was done about each person who may join, each step with its moment."""
        steps: list[Step] = []
        for entry in self.script["joining"]:
            steps.append((self._before(entry["asked"]), partial(self._inquire, entry)))
            steps += [(self._before(one["ago"]), partial(self._go_on, entry, one)) for one in entry.get("steps", [])]
        return steps

    def _inquire(self, entry: dict[str, Any]) -> None:
        lead, group = self._lead(entry["group"]), self.groups[entry["group"]]
        with acting_as(lead), recording():
            made = open_enrolment(group_id=group.pk, name=entry["name"], referred=entry.get("referred", False), by=lead)
        self.asked[entry["name"]] = made

    def _go_on(self, entry: dict[str, Any], step: dict[str, Any]) -> None:
        lead, group = self._lead(entry["group"]), self.groups[entry["group"]]
        row = self.asked[entry["name"]]
        facts = {name: value for name, value in step.items() if name not in ("ago", "to")}
        with acting_as(lead), recording():
            seen = row.steps.latest("number").pk
            take_step(enrolment_id=row.pk, group_id=group.pk, to=step["to"], seen=seen, by=lead, **facts)
