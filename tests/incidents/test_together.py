"""Two people at the same step at once, and what many rows cost."""

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from groupcare.access import acting_as
from groupcare.audit import recording
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition
from incidents import services
from incidents.models import ConcernEntry

# Our budget for a page, whatever the rows (issue 2, section 4).
MOST_QUERIES = 8


@pytest.mark.req("SEC-32")
@pytest.mark.django_db(transaction=True)
def test_of_several_at_the_same_step_exactly_one_wins(world, raise_as):
    concern = raise_as(world.ben)
    start, answers = threading.Barrier(4), []

    def acknowledge() -> None:
        try:
            with acting_as(world.petra), recording():
                start.wait()
                services.acknowledge(concern_id=concern.pk, by=world.petra)
                answers.append("won")
        except InvalidTransition:
            answers.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=acknowledge) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == ["late", "late", "late", "won"]
    assert ConcernEntry.objects.filter(concern=concern).count() == 1
    assert TrailEvent.objects.filter(action="concern.acknowledge").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("petra", "incidents:desk"),
        ("petra", "incidents:concern-list"),
        ("xavier", "incidents:concern-list"),
        ("ben", "incidents:concern-mine"),
        ("ben", "incidents:concern-create"),
    ],
)
def test_a_page_costs_the_same_at_5_and_at_100_rows(world, client_for, raise_as, who, name):
    client = client_for(getattr(world, who))
    named = [world.petra] if who == "xavier" else []
    client.get(reverse(name))

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert client.get(reverse(name)).status_code == 200
        return len(caught)

    for _ in range(5):
        raise_as(world.ben, *named)
    few = cost()
    for _ in range(95):
        raise_as(world.ben, *named)
    assert cost() == few <= MOST_QUERIES
