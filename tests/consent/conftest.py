"""People whom several tests of promises share."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from groups.services import NewMember, add_member
from tests.world import at_work


@pytest.fixture
def walter(world):
    """Return the place of somebody who never signs in."""
    joined = timezone.now().astimezone(ZoneInfo("America/New_York")).date() - timedelta(days=500)
    with at_work(world.nadia) as nadia:
        return add_member(group=world.thursday, member=NewMember("Walter Ono", joined), by=nadia)
