"""The gate of a session asks the ledger, and opens for current and due only."""

import pytest
from django.utils import timezone
from time_machine import travel

from consent.services import ask_to_talk, withdraw
from groups import ports
from tests.consent.helpers import LATE, NOTICE, newest, publish, url
from tests.consent.test_board import a_group
from tests.world import at_work

pytestmark = pytest.mark.django_db


def ask(world, name, group=None):
    return ports.clearance((group or world.thursday).pk, world.ids[name][1])


@pytest.mark.req("REQ-46")
def test_the_join_page_refuses_until_the_new_version_is_signed_and_says_where(world, client_for):
    client = client_for(world.ben)
    page = f"/visits/{world.session_of_thursday.pk}/"
    assert "Read it, then decide" not in client.get(page).content.decode()
    version = publish(world)["en"]
    shut = client.get(page).content.decode()
    assert "There is a new version of an agreement." in shut
    assert url("agreement-open", version.document_id) in shut


def test_current_and_due_are_cleared_and_run_out_is_not(world):
    assert ask(world, "ben").cleared
    with travel(timezone.now() + NOTICE, tick=False):
        due = ask(world, "ben")
        assert (due.cleared, due.state, due.reasons) == (True, "due", ())
    with travel(timezone.now() + LATE, tick=False):
        late = ask(world, "ben")
        assert (late.cleared, late.state) == (False, "expired")
        assert late.reasons[0].url == url("agreement-open", newest(world).document_id)


def test_a_choice_shuts_the_gate_with_its_own_words(world):
    with at_work(world.ben) as ben:
        withdraw(act_id=world.act_of_ben.pk, by=ben)
    version = publish(world)["en"]
    with at_work(world.dev) as dev:
        ask_to_talk(version_id=version.pk, by=dev)
    assert (ask(world, "ben").state, ask(world, "dev").state) == ("withdrawn", "talk_first")
    assert "took your signature back" in str(ask(world, "ben").reasons[0].text)
    assert "offer you a time" in str(ask(world, "dev").reasons[0].text)


def test_nothing_published_refuses_everyone(world):
    group = a_group(world)
    found = ask(world, "ben", group)
    assert (found.cleared, found.state) == (False, "missing")
    assert "not ready yet" in str(found.reasons[0].text)


def test_a_signature_in_one_group_opens_no_other(world):
    assert ask(world, "zoe", world.tuesday).cleared
    assert not ask(world, "zoe", world.thursday).cleared
