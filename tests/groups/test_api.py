"""The API of the groups: the same rights, explicit fields, pages of 25."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from groups.models import TherapyGroup
from tests.world import World

Browser = Callable[..., Client]
JSON = "application/json"


@pytest.mark.req("SEC-2", "SEC-3", "SEC-7")
@pytest.mark.parametrize("stranger", ["olga", "ada", "root", "ben"])
def test_a_group_its_members_and_sessions_are_for_those_who_run_it(
    world: World, client_for: Browser, stranger: str
) -> None:
    theirs, nadia, pk = client_for(world.person(stranger)), client_for(world.nadia), world.thursday.pk
    names = ("api-group-detail", "api-member-list", "api-session-list")
    for url in [reverse(name, kwargs={"pk": pk}) for name in names]:
        assert theirs.get(url).json() == {"detail": "Not found.", "code": "not_found"}
        assert nadia.get(url).status_code == 200
    listed = theirs.get(reverse("api-group-list")).json()["results"]
    assert all(row["id"] != str(pk) for row in listed)
    session = {"day": "2027-03-04", "starts": "18:30", "minutes": 90}
    url = reverse("api-session-list", kwargs={"pk": pk})
    assert theirs.post(url, session, content_type=JSON).status_code == 404
    assert nadia.post(url, session, content_type=JSON).status_code == 201


@pytest.mark.req("SEC-7")
def test_only_a_facilitator_makes_a_group_and_the_link_is_not_in_the_answer(world: World, client_for: Browser) -> None:
    body = {"label": "Monday C", "kind": "skills", "openness": "closed", "format": "online", "place": "US-NY"}
    body |= {"capacity": 6, "language": "en", "online_link": "https://video.example/r/1"}
    url, made = reverse("api-group-list"), TherapyGroup.objects.count()
    for other in (world.ada, world.ben, world.root):
        assert client_for(other).post(url, body, content_type=JSON).status_code == 404
    assert TherapyGroup.objects.count() == made
    answer = client_for(world.olga).post(url, body, content_type=JSON)
    assert answer.status_code == 201
    assert "video.example" not in answer.content.decode()


def test_a_member_sees_their_own_sessions_without_group_or_number(world: World, client_for: Browser) -> None:
    rows = client_for(world.ben).get(reverse("api-my-session-list")).json()["results"]
    assert [set(row) for row in rows] == [{"id", "starts_at", "ends_at", "format", "state"}] * 2
    listed = client_for(world.nadia).get(reverse("api-member-list", kwargs={"pk": world.thursday.pk})).json()
    assert listed["count"] == 3
    assert set(listed["results"][0]) == {"id", "person_id", "name", "state", "joined_at"}
