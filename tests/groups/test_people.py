"""Making a group, colleagues with periods, and invitations that reveal nobody."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.accounts.models import Invitation, Person
from groupcare.outbox.models import Message
from groupcare.practice.models import Practice
from groups.grants import explained
from groups.models import Facilitation, GroupGrant, Membership, TherapyGroup
from tests.factories import make_staff
from tests.world import World

Browser = Callable[..., Client]
GROUP = {
    "label": "Monday C",
    "kind": "skills",
    "openness": "closed",
    "format": "online",
    "online_link": "https://video.example/r/1",
    "place": "US-NY",
    "capacity": "6",
    "language": "en",
}


def test_a_facilitator_makes_a_group_and_leads_it(world: World, client_for: Browser) -> None:
    olga = client_for(world.olga)
    made = olga.post(reverse("groups:group-create"), GROUP)
    assert made.status_code == 302
    assert "Monday C" in olga.get(made["Location"]).content.decode()
    lead = Facilitation.objects.get(person=world.olga, group__kind="skills")
    assert lead.role == "lead"
    grants = GroupGrant.spells.filter(content_object=lead.group)
    assert {grant.valid_from for grant in grants} == {lead.valid_from}
    assert grants.count() == 4
    assert client_for(world.nadia).get(made["Location"]).status_code == 404


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"online_link": "http://video.example/r/1"}, "starts with https://"),
        ({"online_link": ""}, "Write the link of the video room"),
        ({"format": "in_person", "online_link": ""}, "Choose the room"),
        ({"format": "in_person"}, "needs no link"),
        ({"capacity": "1"}, "Places"),
        ({"capacity": "101"}, "Places"),
        ({"purpose_text": "x" * 2001}, "At most 2000 characters fit here; yours has 2001."),
    ],
)
def test_a_group_that_cannot_meet_is_not_made(
    world: World, client_for: Browser, change: dict[str, str], told: str
) -> None:
    refused = client_for(world.olga).post(reverse("groups:group-create"), GROUP | change)
    assert refused.status_code == 422
    assert told in refused.content.decode()
    assert "Monday C" in refused.content.decode()  # what was typed stays
    assert TherapyGroup.objects.count() == 2


def test_a_name_of_three_hundred_characters_is_refused_beside_its_field_and_kept(
    world: World, client_for: Browser
) -> None:
    olga, long = client_for(world.olga), "Monday " + "evening " * 36 + "group"
    assert len(long) == 300
    refused = olga.post(reverse("groups:group-create"), GROUP | {"label": long})
    assert refused.status_code == 422
    page = refused.content.decode()
    told = "At most 60 characters fit here; yours has 300. Nothing was lost: shorten it."
    assert page.count(told) == 2, "at the top and beside the field"
    assert f'value="{long}"' in page
    assert 'aria-invalid="true"' in page
    assert TherapyGroup.objects.count() == 2
    # The longest that is taken, without a blank to break at and in letters of three bytes, stands whole on its pages.
    made = olga.post(reverse("groups:group-create"), GROUP | {"label": "木" * 60})
    assert made.status_code == 302
    for page_of in (made["Location"], reverse("groups:group-list"), reverse("groups:calendar")):
        assert olga.get(page_of).status_code == 200
    assert "木" * 60 in olga.get(made["Location"]).content.decode()


def test_no_group_before_the_practice_is_ready(world: World, client_for: Browser) -> None:
    Practice.objects.update(external_reviewer=None)
    olga, url = client_for(world.olga), reverse("groups:group-create")
    assert "Name an external reviewer." in olga.get(url).content.decode()
    refused = olga.post(url, GROUP)
    assert refused.status_code == 422
    assert "Name an external reviewer." in refused.content.decode()
    assert TherapyGroup.objects.count() == 2


@pytest.mark.req("REQ-158")
def test_a_colleague_sees_the_group_in_the_given_period_and_not_a_minute_longer(
    world: World, client_for: Browser
) -> None:
    home = reverse("groups:group-detail", kwargs={"pk": world.thursday.pk})
    add = reverse("groups:facilitator-add", kwargs={"pk": world.thursday.pk})
    last_day = (timezone.now() + timedelta(days=3)).date()
    data = {"person": str(world.olga.pk), "role": "supervisor", "first_day": "", "last_day": last_day.isoformat()}
    assert client_for(world.olga).get(home).status_code == 404
    assert client_for(world.nadia).post(add, data).status_code == 302
    assert client_for(world.olga).get(home).status_code == 200
    until = Facilitation.objects.get(group=world.thursday, person=world.olga).valid_until
    assert until is not None
    for moment, status in ((until - timedelta(seconds=1), 200), (until, 404)):
        with time_machine.travel(moment, tick=False):
            assert client_for(world.olga).get(home).status_code == status
            assert client_for(world.nadia).get(home).status_code == 200


@pytest.mark.req("REQ-158", "SEC-5")
def test_ending_a_facilitation_takes_the_rights_at_once(world: World, client_for: Browser) -> None:
    group = world.thursday
    home, tom = reverse("groups:group-detail", kwargs={"pk": group.pk}), client_for(world.tom)
    assert tom.get(home).status_code == 200
    nadia = client_for(world.nadia)
    his = Facilitation.objects.get(group=group, person=world.tom)
    end = reverse("groups:facilitator-end", kwargs={"pk": group.pk, "facilitation_pk": his.pk})
    assert tom.post(end).status_code == 404
    assert nadia.post(end).status_code == 302
    assert tom.get(home).status_code == 404
    his.refresh_from_db()
    grants = list(GroupGrant.spells.filter(content_object=group))
    assert {g.valid_until for g in grants if g.user_id == world.tom.user.pk} == {his.valid_until}
    assert explained(grants) == {grant.pk for grant in grants}


def test_the_last_lead_stays(world: World, client_for: Browser) -> None:
    group = world.thursday
    lead = Facilitation.objects.get(group=group, role="lead")
    end = reverse("groups:facilitator-end", kwargs={"pk": group.pk, "facilitation_pk": lead.pk})
    told = client_for(world.nadia).post(end, follow=True)
    assert "The group needs a lead" in told.content.decode()
    lead.refresh_from_db()
    assert lead.valid_until is None


def test_someone_without_a_working_role_is_not_offered_and_a_trainee_does_not_lead(
    world: World, client_for: Browser
) -> None:
    trainee = make_staff("Mira Solano", "trainee")
    nadia, add = client_for(world.nadia), reverse("groups:facilitator-add", kwargs={"pk": world.thursday.pk})
    offered = nadia.get(add).content.decode()
    assert "Mira Solano" in offered
    assert "Ada Quist" not in offered
    assert nadia.post(add, {"person": str(world.ada.pk), "role": "co"}).status_code == 422
    assert nadia.post(add, {"person": str(trainee.pk), "role": "lead"}).status_code == 422
    assert nadia.post(add, {"person": str(trainee.pk), "role": "trainee"}).status_code == 302


def invite(client: Client, group: TherapyGroup, name: str, email: str, again: str | None = None) -> Client:
    url = reverse("groups:member-invite", kwargs={"pk": group.pk})
    data = {"used_name": name, "email": email, "email_again": again or email, "language": "en"}
    return client.post(url, data, follow=True)


@pytest.mark.req("REQ-148")
def test_known_and_unknown_people_are_invited_alike_and_each_gets_one_neutral_message(
    world: World, client_for: Browser
) -> None:
    nadia, group, before = client_for(world.nadia), world.thursday, Message.objects.count()
    unknown = invite(nadia, group, "Noor", "noor@example.org")
    known = invite(nadia, group, "Zed", "ZOE@example.org ")
    assert unknown.redirect_chain == known.redirect_chain
    assert Message.objects.count() == before + 2
    assert Membership.objects.get(group=group, person=world.zoe).alias == "Zed"
    page = known.content.decode()
    for line in ("Noor", "Zed"):
        assert line in page
    for secret in ("Zoe", "Marsh", "zoe@example.org", "noor@example.org", "ben@example.org"):
        assert secret not in page, secret
    noor = Invitation.objects.latest("created_at").person
    assert Message.objects.get(recipient=noor).kind == "invitation"
    assert Message.objects.filter(recipient=world.zoe, kind="agreement_waiting").count() == 2
    assert page.count("Invited") == 2  # both look alike


@pytest.mark.req("REQ-148")
def test_two_addresses_that_differ_send_nothing(world: World, client_for: Browser) -> None:
    people, messages = Person.objects.count(), Message.objects.count()
    refused = invite(client_for(world.nadia), world.thursday, "Noor", "noor@example.org", "nor@example.org")
    assert refused.status_code == 422
    assert "The two addresses differ" in refused.content.decode()
    assert (Person.objects.count(), Message.objects.count()) == (people, messages)


def test_nobody_gets_two_places_and_a_full_group_takes_nobody(world: World, client_for: Browser) -> None:
    nadia, group = client_for(world.nadia), world.thursday
    assert "has a place in this group already" in invite(nadia, group, "B", "ben@example.org").content.decode()
    assert "runs this group" not in invite(nadia, group, "N", "other@example.org").content.decode()
    TherapyGroup.objects.filter(pk=group.pk).update(capacity=4)
    people = Person.objects.count()
    assert "All places of this group are taken" in invite(nadia, group, "N", "new@example.org").content.decode()
    assert Person.objects.count() == people


def test_ending_a_place_asks_once_and_keeps_the_spell(world: World, client_for: Browser) -> None:
    place = world.membership("ben")
    url = reverse("groups:member-end", kwargs={"pk": world.thursday.pk, "membership_pk": place.pk})
    nadia = client_for(world.nadia)
    assert "End Ben Tanaka's place" in nadia.get(url).content.decode()
    assert client_for(world.tom).post(url).status_code == 404
    assert nadia.post(url).status_code == 422  # without a reason
    assert nadia.post(url, {"ending": "lapsed"}).status_code == 302
    place.refresh_from_db()
    assert place.state == "ended"
    assert nadia.post(url, {"ending": "lapsed"}).status_code == 404
