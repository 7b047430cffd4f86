"""The first run: how far it is, what comes next, and when it falls silent."""

import pytest
from django.urls import reverse

from groupcare.access import Role, acting_as, acting_as_system
from groupcare.practice import ports, selectors, services
from tests.factories import make_member, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice(db):
    with acting_as_system("set_up") as system:
        return services.set_up_practice(
            by=system, name="Harbour Group Practice", public_name="Harbour", time_zone="Europe/Dublin"
        )


@pytest.fixture
def ada(practice):
    return make_staff("Ada Lindqvist", Role.ADMINISTRATOR)


@pytest.fixture
def only_ours(monkeypatch):
    """Leave the precautions of the other rooms out."""
    ours = {key: one for key, one in ports._registered.items() if key in ("officer", "crisis_text", "first_group")}
    assert len(ours) == 3
    monkeypatch.setattr(ports, "_registered", ours)


def name_reviewer(ada):
    xavier = make_staff("Xavier Oduya", Role.EXTERNAL_REVIEWER)
    with acting_as(ada):
        services.name_external_reviewer(by=ada, person=xavier)


def officer_apart(ada):
    with acting_as(ada):
        return next(step.done for step in selectors.precautions() if step.key == "officer")


def test_the_page_says_how_far_it_is_and_what_comes_next(only_ours, ada, client_for):
    page = client_for(ada).get(reverse("practice:setup")).content.decode()
    # Two steps and three precautions; only the practice itself is there.
    assert "First run: 1 of 5 in place" in page
    assert '<progress class="mb-3" max="5" value="1"' in page
    assert page.index("Name an external reviewer.") < page.index("See all steps")
    assert f"{reverse('practice:setup')}#reviewer-h" in page


def test_a_step_that_is_done_moves_the_next_one_up(only_ours, ada, client_for):
    name_reviewer(ada)
    make_staff("Petra Holm", Role.PRIVACY_OFFICER)
    page = client_for(ada).get(reverse("practice:setup")).content.decode()
    assert "First run: 3 of 5 in place" in page
    card = page[page.index('id="first-run"') : page.index("See all steps")]
    assert "Write what somebody in danger should do." in card
    assert reverse("practice:settings") in card
    with acting_as(ada):
        services.update_practice(by=ada, crisis_text="Call 112.")
    page = client_for(ada).get(reverse("practice:setup")).content.decode()
    assert "First run: 4 of 5 in place" in page
    assert "Have the first group made." in page


def test_the_list_falls_silent_when_everything_is_in_place(only_ours, world, client_for):
    with acting_as(world.ada):
        services.update_practice(by=world.ada, crisis_text="Call 112.")
        assert selectors.first_run().next is None
    page = client_for(world.ada).get(reverse("practice:setup")).content.decode()
    assert "First run: everything is in place." in page
    assert "See all steps" not in page


def test_the_administrators_home_shows_the_way_to_nobody_else(ada, client_for):
    people = reverse("accounts:people-list")
    assert "First run: see what is in place" in client_for(ada).get(people).content.decode()
    assert client_for(make_member("Ben Taylor")).get(people).status_code == 404


def test_the_only_administrator_is_no_officer_beside_themselves(ada):
    assert not officer_apart(ada)
    make_staff("Nadia Rahmani", Role.FACILITATOR)
    assert not officer_apart(ada)
    make_staff("Petra Holm", Role.PRIVACY_OFFICER)
    assert officer_apart(ada)


def test_who_works_alone_needs_the_reviewer_and_no_officer(practice):
    solo = make_staff("Solveig Dahl", Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.FACILITATOR)
    assert not officer_apart(solo)
    name_reviewer(solo)
    assert officer_apart(solo)


def test_an_officer_who_is_the_only_administrator_does_not_count_in_a_team(practice):
    both = make_staff("Ada Lindqvist", Role.ADMINISTRATOR, Role.PRIVACY_OFFICER)
    make_staff("Nadia Rahmani", Role.FACILITATOR)
    assert not officer_apart(both)
    make_staff("Agnes Roth", Role.ADMINISTRATOR)
    assert officer_apart(both)


def test_a_crisis_text_of_spaces_is_none(practice, ada):
    with acting_as(ada):
        assert not selectors.crisis_text_is_written()
        services.update_practice(by=ada, crisis_text="Call 112.")
        assert selectors.crisis_text_is_written()


def test_before_the_first_set_up_nothing_is_in_place(db):
    ada = make_staff("Ada Lindqvist", Role.ADMINISTRATOR)
    with acting_as(ada):
        assert not selectors.crisis_text_is_written()
        assert not any(step.done for step in selectors.steps())
