"""The whole request that signs an agreement, from one browser and from eight at once (PERF-8)."""

import statistics
import uuid
from collections.abc import Callable
from typing import Any

from django.db.models import Count, QuerySet
from django.urls import reverse

from benchmarks import mass
from benchmarks.measure import Result, Size, Work, at_least, at_most, none_of, ratio, together, told
from benchmarks.rows.queries import add_agreements
from benchmarks.story import add_groups, add_people, browser, join
from consent.kinds import GROUP_AGREEMENT
from consent.kinds.wording import questions
from consent.models import Act, ActKind, Capacity, TeachBack
from consent.selectors import device_codes
from consent.services import agree_to_screen
from groupcare.access import acting_as
from groupcare.accounts.models import Person
from groupcare.audit import recording

RATE_LIMIT, SPREAD_LIMIT = 1.4, 5.0


def sign(size: Size) -> list[Result]:
    """Measure signatures through the page, each under the signer's own lock, evidence and event."""
    with mass.filling():
        alone, *others = add_people(size.writers + 1, users=True)
        made = add_agreements(add_groups(size.documents))
        left = {person: ready_to_sign(person, made) for person in (alone, *others)}
    rounds = []
    for _ in range(size.rounds):
        one = together([_signer(alone, left)], size.seconds)
        eight = together([_signer(person, left) for person in others], size.seconds)
        rounds.append((one, eight))
        for person in left:
            _drop_signed(person, left)
    works = [work for pair in rounds for work in pair]
    errors = [error for work in works for error in work.errors]
    # The first of each process warmed up.
    expected = sum(len(work.times) for work in works) + size.rounds * (size.writers + 1)
    kept = Act.objects.filter(act=ActKind.SIGNED, signer__in=left).count()
    doubles = Act.objects.filter(act=ActKind.SIGNED, signer__in=left)
    rate = statistics.median(ratio(eight.rate, one.rate) for one, eight in rounds)
    spread = statistics.median(ratio(eight.percentile(0.99), eight.percentile(0.5)) for _, eight in rounds)
    return [
        at_least("sign", f"rate of {size.writers} browsers / of one", rate, RATE_LIMIT, _rates(rounds)),
        at_most("sign", f"p99 / p50 of {size.writers} browsers", spread, SPREAD_LIMIT, _times(rounds)),
        none_of("sign", "errors", len(errors), f" ({errors[0]})" if errors else ""),
        none_of("sign", "answered but not kept, or kept twice", abs(expected - kept) + doubles_of(doubles)),
        told("sign", "signatures", str(kept)),
    ]


def doubles_of(acts: QuerySet[Any, Any]) -> int:
    """Return how many pairs of document and signer have more than one of these acts."""
    return acts.order_by().values("document", "signer").annotate(n=Count("pk")).filter(n__gt=1).count()


def _rates(rounds: list[tuple[Work, Work]]) -> str:
    one, eight = (statistics.median(pair[n].rate for pair in rounds) for n in (0, 1))
    return f" ({eight:.0f} / {one:.0f} per s)"


def _times(rounds: list[tuple[Work, Work]]) -> str:
    slow, usual = (statistics.median(eight.percentile(p) for _, eight in rounds) * 1000 for p in (0.99, 0.5))
    return f" ({slow:.0f} / {usual:.0f} ms)"


def ready_to_sign(person: uuid.UUID, made: dict[uuid.UUID, tuple[uuid.UUID, uuid.UUID]]) -> list[uuid.UUID]:
    """Let a member be ready to sign the agreement of every group; returns the versions to sign.

    They have a place, agreed to sign on a screen, read the words, and answered the short questions rightly.
    """
    join([(group, person) for group in made])
    signer = Person.objects.get(pk=person)
    with acting_as(signer), recording():
        agree_to_screen(code=device_codes(signer)[0], language="en", by=signer)
    mass.insert(
        TeachBack,
        (
            {
                "id": uuid.uuid4(),
                "version_id": version,
                "subject_id": person,
                "signer_id": person,
                "capacity": Capacity.SELF.value,
                "question": one.key,
                "chosen": one.right,
                "is_right": True,
                "attempt": 1,
            }
            for _document, version in made.values()
            for one in questions(GROUP_AGREEMENT, "en")
        ),
    )
    mass.insert(
        Act,
        (
            {
                "id": uuid.uuid4(),
                "act": ActKind.PRESENTED.value,
                "document_id": document,
                "version_id": version,
                "group_id": group,
                "subject_id": person,
                "signer_id": person,
                "evidence": {},
            }
            for group, (document, version) in made.items()
        ),
    )
    return [version for _document, version in made.values()]


def _signer(person_id: uuid.UUID, left: dict[uuid.UUID, list[uuid.UUID]]) -> Callable[[], Callable[[], bool]]:
    def begin() -> Callable[[], bool]:
        person = Person.objects.select_related("user").get(pk=person_id)
        client, todo = browser(person), iter(list(left[person_id]))

        def step() -> bool:
            version = next(todo, None)
            if version is None:
                return False
            url = reverse("consent:agreement-sign", kwargs={"version_id": version})
            answer = client.post(url, {"typed_name": "A Name", "meant": "on"})
            if answer.status_code != 302 or "/kept/" not in answer["Location"]:
                raise RuntimeError(f"{answer.status_code} instead of a signature")
            return True

        return step

    return begin


def _drop_signed(person: uuid.UUID, left: dict[uuid.UUID, list[uuid.UUID]]) -> None:
    signed = set(Act.objects.filter(act=ActKind.SIGNED, signer=person).values_list("version_id", flat=True))
    left[person] = [version for version in left[person] if version not in signed]
