"""Letting one person in for some days: with a reason and an end, in the trail, on the officer's list, never against a no."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from consent.models import GateOverride
from consent.services import ask_to_talk, decline, give_override, withdraw
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groups import ports
from groups.localtime import practice_zone, today_in
from tests.consent.helpers import newest, publish, state, url
from tests.consent.test_board import a_group
from tests.world import at_work

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def let_in(world, name="ben", days=6, by="nadia", reason="The paper is in the post."):
    with at_work(world.person(by)) as lead:
        return give_override(
            group_id=world.thursday.pk,
            membership_id=world.membership(name).pk,
            last_day=today_in(practice_zone()) + days * DAY,
            reason=reason,
            by=lead,
        )


def ask(world, name="ben"):
    return ports.clearance(world.thursday.pk, world.ids[name][1])


def page_of(world, name="ben"):
    return url("override-give", world.thursday.pk, world.membership(name).pk)


@pytest.mark.req("REQ-46")
def test_a_lead_lets_one_person_in_until_a_day_and_everybody_who_must_know_sees_it(world, client_for):
    publish(world)
    assert not ask(world).cleared
    client = client_for(world.nadia)
    today = today_in(practice_zone())
    sent = client.post(page_of(world), {"last_day": str(today + 6 * DAY), "reason": "The paper is in the post."})
    assert sent["Location"] == url("coverage-board", world.thursday.pk)
    assert (ask(world).cleared, ask(world).state) == (True, "superseded")
    assert not ask(world, "chiara").cleared
    assert GateOverride.objects.get().reason == "The paper is in the post."
    assert TrailEvent.objects.filter(action="override.give").exists()
    session = client.get(f"/sessions/{world.session_of_thursday.pk}/").content.decode()
    assert "let in until" in session
    assert "let in until" in client.get(url("coverage-board", world.thursday.pk)).content.decode()
    listed = client_for(world.petra).get(url("override-list")).content.decode()
    assert "Nadia Rahmani" in listed
    assert "not over" in listed
    for hidden in ("in the post", "Ben Tanaka"):
        assert hidden not in listed
    # At the end of the last day the gate closes by itself.
    with travel(timezone.now() + 7 * DAY, tick=False):
        assert not ask(world).cleared
        assert "not over" not in client_for(world.petra).get(url("override-list")).content.decode()


@pytest.mark.parametrize(("days", "status"), [(-1, 422), (0, 302), (6, 302), (7, 422)])
def test_it_lasts_at_most_seven_days(world, client_for, days, status):
    publish(world)
    day = today_in(practice_zone()) + days * DAY
    sent = client_for(world.nadia).post(page_of(world), {"last_day": str(day), "reason": "Late paper."})
    assert sent.status_code == status
    assert GateOverride.objects.exists() == (status == 302)


def test_a_reason_is_needed_and_what_was_typed_stays(world, client_for):
    publish(world)
    day = str(today_in(practice_zone()))
    sent = client_for(world.nadia).post(page_of(world), {"last_day": day, "reason": "  "})
    assert sent.status_code == 422
    assert day in sent.content.decode()


@pytest.mark.req("REQ-46")
def test_it_never_passes_over_a_no(world, client_for):
    with at_work(world.ben) as ben:
        withdraw(act_id=world.act_of_ben.pk, by=ben)
    publish(world)
    with at_work(world.dev) as dev:
        decline(version_id=newest(world).pk, by=dev)
    for name in ("ben", "dev"):
        with pytest.raises(InvalidTransition):
            let_in(world, name)
        shown = client_for(world.nadia).get(page_of(world, name)).content.decode()
        assert "Nobody else can pass over that." in shown
    with at_work(world.chiara) as chiara:
        ask_to_talk(version_id=newest(world).pk, by=chiara)
    assert let_in(world, "chiara").until > timezone.now()
    assert ask(world, "chiara").cleared


@pytest.mark.req("REQ-46")
def test_whoever_withdraws_while_it_runs_is_outside_at_the_next_look(world):
    publish(world)
    let_in(world)
    assert ask(world).cleared
    with at_work(world.ben) as ben:
        decline(version_id=newest(world).pk, by=ben)
    assert (ask(world).cleared, ask(world).state) == (False, "declined")


def test_nothing_is_overridden_where_nothing_is_missing_or_nothing_is_published(world):
    with pytest.raises(InvalidTransition):
        let_in(world)
    assert state(world, "ben") == "current"
    group = a_group(world)
    assert not ports.clearance(group.pk, world.ids["ben"][1]).cleared


def test_it_is_ended_early_by_another_row(world, client_for):
    publish(world)
    first = let_in(world)
    client, end = client_for(world.nadia), url("override-end", world.thursday.pk, world.membership("ben").pk)
    assert client.post(end).status_code == 302
    assert not ask(world).cleared
    assert GateOverride.objects.count() == 2
    assert GateOverride.objects.get(pk=first.pk).until > timezone.now()
    listed = client_for(world.petra).get(url("override-list")).content.decode()
    assert "ended it early" in listed
    assert "not over" not in listed
    assert "There is nothing to end." in client.post(end, follow=True).content.decode()


@pytest.mark.parametrize("other", ["tom", "olga", "ada", "petra", "root"])
def test_only_who_manages_the_group_lets_somebody_in(world, client_for, other):
    publish(world)
    with pytest.raises(Refused):
        let_in(world, by=other)
    assert client_for(world.person(other)).get(page_of(world)).status_code in (403, 404)
    assert client_for(world.nadia).get(page_of(world)).status_code == 200


def test_it_asks_who_you_are_first(world, client_for):
    publish(world)
    asked = client_for(world.nadia, stepped_up=False).get(page_of(world))
    assert asked.status_code == 302
    assert "step-up" in asked["Location"]


@pytest.mark.parametrize("other", ["nadia", "ada", "ben"])
def test_the_list_is_the_privacy_officers_alone(world, client_for, other):
    assert client_for(world.petra).get(url("override-list")).status_code == 200
    assert client_for(world.person(other)).get(url("override-list")).status_code in (403, 404)
