"""Five hundred members who renew in the same minute, each once, from eight browsers beside each other."""

import uuid
from collections.abc import Callable

from django.urls import reverse

from benchmarks import mass
from benchmarks.measure import Result, Size, at_most, none_of, together, told
from benchmarks.rows.queries import add_agreements
from benchmarks.rows.signing import doubles_of, ready_to_sign
from benchmarks.story import add_groups, add_people, browser
from consent.models import Act, ActKind
from groupcare.accounts.models import Person

# Source: issue 4, bad days ("500 members renewing in the same minute").
MINUTE = 60.0
# Our choice: a group holds at most a hundred, so that five hundred stand in five.
IN_ONE_GROUP = 100


def renewal(size: Size) -> list[Result]:
    """Measure how long it takes until everybody has signed, and that each signature is kept once."""
    with mass.filling():
        people = add_people(size.renewals, users=True)
        made = add_agreements(add_groups(-(-size.renewals // IN_ONE_GROUP)))
        groups = list(made)
        todo: list[tuple[uuid.UUID, uuid.UUID]] = []
        for number, person in enumerate(people):
            group = groups[number // IN_ONE_GROUP]
            todo += [(person, version) for version in ready_to_sign(person, {group: made[group]})]
    mass.analyze()
    shares = [todo[first :: size.writers] for first in range(size.writers)]
    # Beyond the minute it goes on for another, so that a slow machine still says how long it took.
    work = together([_writer(share) for share in shares if share], 2 * MINUTE)
    signed = Act.objects.filter(act=ActKind.SIGNED, signer__in=people)
    kept = signed.count()
    return [
        at_most("renewal", f"time until {kept} have signed / a minute", work.seconds / MINUTE, 1.0),
        none_of("renewal", "errors", len(work.errors), f" ({work.errors[0]})" if work.errors else ""),
        none_of("renewal", "not kept, or kept twice", abs(len(todo) - kept) + doubles_of(signed)),
        told("renewal", "members", str(len(people))),
    ]


def _writer(share: list[tuple[uuid.UUID, uuid.UUID]]) -> Callable[[], Callable[[], bool]]:
    def begin() -> Callable[[], bool]:
        left = iter(share)

        def step() -> bool:
            found = next(left, None)
            if found is None:
                return False
            person, version = found
            client = browser(Person.objects.select_related("user").get(pk=person))
            url = reverse("consent:agreement-sign", kwargs={"version_id": version})
            answer = client.post(url, {"typed_name": "A Name", "meant": "on"})
            if answer.status_code != 302 or "/kept/" not in answer["Location"]:
                raise RuntimeError(f"{answer.status_code} instead of a signature")
            return True

        return step

    return begin
