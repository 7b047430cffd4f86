"""The agreement in daily view: on the first page of a member and of the group, with the day it was last opened."""

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from consent import selectors
from groupcare.audit.models import TrailEvent
from tests.consent.helpers import newest
from tests.world import at_work

pytestmark = pytest.mark.django_db
NEVER, LAST = "You have not opened it yet.", "You last opened it on"


def pages(world, client_for):
    """Return where a member and a facilitator meet the agreement every day."""
    return (
        (client_for(world.ben), reverse("groups:home-member")),
        (client_for(world.nadia), reverse("groups:group-detail", kwargs={"pk": world.thursday.pk})),
    )


@pytest.mark.req("REQ-14")
def test_the_first_pages_lead_to_the_agreement_and_say_when_it_was_last_opened(world, client_for):
    version = newest(world)
    way = reverse("consent:agreement-open", kwargs={"document_id": version.document_id})
    for browser, address in pages(world, client_for):
        before = browser.get(address).content.decode()
        assert way in before
        assert NEVER in before
        assert browser.get(way, follow=True).status_code == 200
        after = browser.get(address).content.decode()
        assert LAST in after
        assert NEVER not in after
    # Each person is told of their own reading, and the other members of the group are not.
    assert NEVER in client_for(world.chiara).get(reverse("groups:home-member")).content.decode()


@pytest.mark.req("REQ-14")
def test_the_last_of_several_readings_counts_and_nobody_elses(world, client_for):
    version = newest(world)
    read = reverse("consent:agreement-read", kwargs={"version_id": version.pk})
    now = timezone.now()
    for days in (0, 3):
        with time_machine.travel(now + timezone.timedelta(days=days), tick=False):
            assert client_for(world.ben).get(read).status_code == 200
    assert client_for(world.zoe).get(read).status_code == 404
    with at_work(world.ben) as ben:
        found = selectors.last_opened(ben, [version.document_id])
    assert list(found) == [version.document_id]
    assert (found[version.document_id] - now).days == 3
    with at_work(world.zoe) as zoe:
        assert selectors.last_opened(zoe, [version.document_id]) == {}
    events = TrailEvent.objects.filter(action=selectors.OPENED, object_id=str(version.document_id))
    assert events.filter(actor=str(world.ben.pk)).count() == 2


def test_the_group_page_of_an_unpublished_agreement_names_no_reading(world, client_for):
    from tests.consent.test_board import a_group

    group = a_group(world)
    page = client_for(world.nadia).get(reverse("groups:group-detail", kwargs={"pk": group.pk})).content.decode()
    assert NEVER not in page
    assert LAST not in page
