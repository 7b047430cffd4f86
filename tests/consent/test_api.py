"""Standing over the API; no signature without a human."""

import pytest

from consent import api_urls
from tests.consent.helpers import answers, publish, state

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("other", ["olga", "ada", "root", "ben"])
def test_the_standing_of_a_group_is_for_those_who_run_it(world, client_for, other):
    path = f"/api/v1/groups/{world.thursday.pk}/standing"
    shown = client_for(world.nadia).get(path)
    assert shown.status_code == 200
    assert {row["person"] for row in shown.json()} == {str(world.ids[n][1]) for n in ("ben", "chiara", "dev")}
    assert {row["state"] for row in shown.json()} == {"current"}
    assert "Ben" not in shown.content.decode()
    assert client_for(world.person(other)).get(path).status_code == 404


def test_a_person_reads_their_own_agreements_only(world, client_for):
    publish(world)
    rows = client_for(world.ben).get("/api/v1/agreements").json()
    assert [(row["person"], row["state"], row["cleared"]) for row in rows] == [(str(world.ben.pk), "superseded", False)]
    assert rows[0]["answers"][0]["number"] == 2
    assert client_for(world.ada).get("/api/v1/agreements").json() == []


def test_a_person_may_ask_to_talk_and_nobody_else_for_them(world, client_for):
    version = publish(world)["en"]
    path = f"/api/v1/agreements/{version.pk}/talk-first"
    assert client_for(world.zoe).post(path).status_code == 404
    assert state(world, "ben") == "superseded"
    made = client_for(world.ben).post(path)
    assert made.status_code == 201
    assert made.json()["id"] == str(answers(world, "ben")[-1].pk)
    assert state(world, "ben") == "talk_first"


def test_the_api_offers_no_way_to_sign_decline_or_take_back():
    assert sorted(route.name for route in api_urls.urlpatterns) == [
        "api-agreements",
        "api-group-standing",
        "api-talk-first",
    ]
