"""Short words for what the tests of concerns do again and again."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import caches

from groupcare.audit.models import TrailEvent
from incidents import services
from incidents.models import Concern

STORY = "On the bus I heard my own words from last week"
REASONS = "I spoke with both and read the messages"
TOLD = "We found that a promise was broken and have spoken about it"


@pytest.fixture(autouse=True)
def _fresh_day() -> None:
    """Forget what earlier tests counted."""
    caches["limits"].clear()


@pytest.fixture
def raise_as(acting: Any) -> Callable[..., Concern]:
    """Return a function that raises a concern as a person, through the service."""

    def raised(person: Any, *named: Any, names: str = "", story: str = STORY) -> Concern:
        with acting(person):
            return services.raise_concern(
                by=person, what_happened=story, named=[one.id for one in named], named_text=names
            )

    return raised


@pytest.fixture
def events() -> Callable[[Concern], list[TrailEvent]]:
    """Return a function that lists what the trail holds about a concern."""
    return lambda concern: list(TrailEvent.objects.filter(object_id=str(concern.pk)).order_by("sequence"))
