"""A form that makes something is taken in once: a double click, the back button, two at the same moment."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.accounts.models import UsedForm
from groupcare.accounts.tasks import wipe_kept_text
from groupcare.practice.models import Site
from groups.models import GroupSession, TherapyGroup
from tests.house.test_api_scope import GROUP
from tests.world import World

Browser = Callable[..., Client]
KEY = re.compile(r'name="form_key" value="([0-9a-f]{32})"')
CREATE = "/groups/new/"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    caches["limits"].clear()


def key_of(client: Client, url: str) -> str:
    found = KEY.findall(client.get(url).content.decode())
    assert len(found) == 1
    return str(found[0])


def sites(client: Client, *, key: str, name: str = "Annex") -> Any:
    body = {"name": name, "address_text": "", "place": "US-NY", "form_key": key}
    return client.post(reverse("practice:site-create"), body)


def test_a_form_sent_twice_makes_one_thing_and_leads_to_it(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    url = reverse("practice:site-create")
    before, key = Site.objects.count(), key_of(ada, url)
    first, second = (sites(ada, key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.headers["Location"] == second.headers["Location"]
    assert Site.objects.count() == before + 1
    assert "This was kept already." in ada.get(second.headers["Location"]).content.decode()


def test_two_tabs_other_words_and_no_key_are_forms_of_their_own(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    url = reverse("practice:site-create")
    one, other = key_of(ada, url), key_of(ada, url)
    assert one != other
    before = Site.objects.count()
    sites(ada, key=one)
    sites(ada, key=other, name="Annex 2")
    sites(ada, key=one, name="Annex 3")
    sites(ada, key="", name="Annex 4")
    assert Site.objects.count() == before + 4


def test_a_form_that_was_turned_away_can_be_sent_again_as_it_is(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    key = key_of(ada, reverse("practice:site-create"))
    assert sites(ada, key=key, name=" ").status_code == 422
    assert sites(ada, key=key, name=" ").status_code == 422
    assert not UsedForm.objects.exists()
    assert sites(ada, key=key).status_code == 302


def test_the_key_of_somebody_else_is_worth_nothing(world: World, client_for: Browser) -> None:
    nadia, olga = client_for(world.nadia), client_for(world.olga)
    url = reverse("groups:group-create")
    body = {**GROUP, "site": "", "form_key": key_of(nadia, url)}
    before = TherapyGroup.objects.count()
    assert [one.post(url, body).status_code for one in (nadia, olga)] == [302, 302]
    assert TherapyGroup.objects.count() == before + 2


def test_a_refused_form_stays_refused_and_leaves_no_row(world: World, client_for: Browser) -> None:
    url = reverse("groups:session-create", kwargs={"pk": world.thursday.pk})
    body = {"day": "2031-02-03", "starts": "18:30", "minutes": "90", "weeks": "1", "form_key": "a" * 32}
    zoe = client_for(world.zoe)
    assert [zoe.post(url, body).status_code for _ in range(2)] == [404, 404]
    assert not UsedForm.objects.exists()
    nadia, before = client_for(world.nadia), GroupSession.objects.count()
    assert [nadia.post(url, body).status_code for _ in range(2)] == [302, 302]
    assert GroupSession.objects.count() == before + 1


def test_a_quiet_route_leaves_no_row_of_a_form(world: World, client_for: Browser) -> None:
    body = {"what_happened": "A story", "named_text": "", "form_key": "b" * 32}
    assert client_for(world.ben).post(reverse("incidents:concern-create"), body).status_code == 302
    assert not UsedForm.objects.exists()


def test_the_sweep_clears_the_forms_of_yesterday(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    sites(ada, key=key_of(ada, reverse("practice:site-create")))
    assert UsedForm.objects.get().onward
    with time_machine.travel(timezone.now() + timedelta(hours=23), tick=False):
        wipe_kept_text()
    assert UsedForm.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False):
        wipe_kept_text()
    assert not UsedForm.objects.exists()
