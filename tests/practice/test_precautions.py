"""What other rooms advise before real people are entered."""

import pytest
from django.urls import reverse

from groupcare.access import Role, acting_as, acting_as_system
from groupcare.practice import ports, selectors, services
from tests.factories import make_staff


@pytest.fixture
def registry(monkeypatch):
    """Start with no precaution, and forget those of this test."""
    monkeypatch.setattr(ports, "_registered", {})


@pytest.fixture
def practice(db):
    with acting_as_system("set_up") as system:
        return services.set_up_practice(
            by=system, name="Harbour Group Practice", public_name="Harbour", time_zone="Europe/Dublin"
        )


def precaution(key: str, done: bool) -> ports.Precaution:
    return ports.Precaution(
        key=key, text=f"Do {key}.", why=f"Because of {key}.", done=lambda: done, url_name="practice:settings"
    )


def test_a_precaution_is_shown_with_its_reason_and_stops_nobody(practice, registry, client_for):
    ada = make_staff("Ada Lindqvist", Role.ADMINISTRATOR)
    with acting_as(ada):
        missing_before = [step.key for step in selectors.ready()]
    ports.register_precaution(precaution("umbrella", done=False))
    page = client_for(ada).get(reverse("practice:setup")).content.decode()
    assert "Do umbrella." in page
    assert "Because of umbrella." in page
    assert "Do this now" in page
    with acting_as(ada):
        assert [step.key for step in selectors.ready()] == missing_before


def test_a_precaution_that_is_met_offers_nothing_to_do(practice, registry, client_for):
    ada = make_staff("Ada Lindqvist", Role.ADMINISTRATOR)
    ports.register_precaution(precaution("umbrella", done=True))
    page = client_for(ada).get(reverse("practice:setup")).content.decode()
    assert "Do umbrella." in page
    assert "Do this now" not in page


def test_the_last_registration_of_a_key_counts(db, registry):
    ports.register_precaution(precaution("umbrella", done=False))
    ports.register_precaution(precaution("umbrella", done=True))
    assert [step.done for step in selectors.precautions()] == [True]
