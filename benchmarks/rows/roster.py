"""The standing of one roster, alone and beside half a million other answers (foundation F12)."""

import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone

from benchmarks import mass
from benchmarks.measure import Result, Size, at_most, interleaved, ratio, told
from benchmarks.rows.queries import add_agreements
from benchmarks.story import add_groups, add_people, join
from consent.models import Act, ActKind, Capacity
from consent.selectors import standings

# Source: issue 4 ("with 500,000 other rows its time grows at most twofold").
GROWTH_LIMIT = 2.0
# Our choice: a large roster. Half of the other answers are of its own members, in other groups.
MEMBERS, OTHER_GROUPS = 60, 200


def roster(size: Size) -> list[Result]:
    """Measure the one query of a roster and its fold, before and after other groups have many answers."""
    with mass.filling():
        group, *others = add_groups(1 + OTHER_GROUPS)
        made = add_agreements([group, *others])
        members, strangers = add_people(MEMBERS), add_people(max(size.acts // 200, MEMBERS))
        join([(group, person) for person in members])
        mass.insert(Act, _answers({group: made[group]}, members, MEMBERS))
    mass.analyze()
    alone = _time(size, group, members)
    with mass.filling():
        mass.insert(Act, _answers({one: made[one] for one in others}, [*members, *strangers], size.acts))
    mass.analyze()
    beside = _time(size, group, members)
    note = f" ({beside * 1000:.1f} / {alone * 1000:.1f} ms)"
    return [
        at_most("roster", "with many other answers / alone", ratio(beside, alone), GROWTH_LIMIT, note),
        told("roster", "other answers", str(Act.objects.count() - MEMBERS)),
    ]


def _time(size: Size, group: uuid.UUID, members: list[uuid.UUID]) -> float:
    return interleaved(max(size.reps, 3), {"roster": lambda: standings(None, [group], members)})["roster"]


def _answers(
    made: dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]], people: list[uuid.UUID], many: int
) -> Iterator[dict[str, Any]]:
    """Yield answers spread over groups and people; of each person in a group a line, one after the other."""
    draw, begun = random.Random(many), timezone.now() - timedelta(days=300)
    groups, before = list(made.items()), {}
    for number in range(many):
        group, (document, version) = groups[number % len(groups)]
        # Every other one is of the roster's own members: those are the rows that could be in the way.
        person = people[number % MEMBERS] if number % 2 or many == MEMBERS else people[draw.randrange(len(people))]
        act, line = uuid.uuid4(), (document, person)
        yield {
            "id": act,
            "act": ActKind.SIGNED.value,
            "document_id": document,
            "version_id": version,
            "group_id": group,
            "subject_id": person,
            "signer_id": person,
            "capacity": Capacity.SELF.value,
            "meaning": "agree",
            "evidence": {},
            "at": begun + timedelta(seconds=number),
            "valid_until": begun + timedelta(days=365, seconds=number),
            "supersedes_id": before.get(line),
        }
        before[line] = act
