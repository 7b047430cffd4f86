"""The command for the day on which the only administrator is gone."""

import getpass
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from groupcare.accounts.models import Recovery
from groupcare.accounts.recovery_kinds import State
from groupcare.audit.models import TrailEvent
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch):
    """Type these passwords, one after the other."""

    def type_in(*words):
        left = list(words)
        monkeypatch.setattr(getpass, "getpass", lambda prompt: left.pop(0))

    type_in(PASSWORD, PASSWORD)
    return type_in


def recover(whom="tom", asks="petra", agrees="xavier"):
    addresses = [f"{name}@example.org" for name in (whom, asks, agrees)]
    call_command(
        "recover_administrator", "--for", addresses[0], "--asked-by", addresses[1], "--agreed-by", addresses[2]
    )


def test_two_colleagues_ask_and_agree_and_the_wait_begins(world, typed, capsys):
    recover()
    row = Recovery.objects.get()
    assert (row.state, row.person, row.missing) == (State.WAITING, world.tom, world.ada)
    assert row.due_at - row.opened_at >= timedelta(hours=72)
    assert "Until then it can be stopped." in capsys.readouterr().out
    actors = TrailEvent.objects.filter(object_id=str(row.pk)).order_by("sequence").values_list("actor", flat=True)
    assert list(actors) == [str(world.petra.pk), str(world.xavier.pk)]


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ({"agrees": "petra"}, "may not"),
        ({"agrees": "ben"}, "may not"),
        ({"asks": "tom"}, "may not"),
        ({"whom": "nobody"}, "Nobody signs in"),
        ({"whom": "ben"}, "works inside"),
    ],
)
def test_nobody_does_it_alone_or_for_themselves(world, typed, people, said):
    with pytest.raises(CommandError, match=said):
        recover(**people)
    assert not any(row.state is State.WAITING for row in Recovery.objects.all())


def test_a_wrong_password_does_nothing(world, typed):
    typed(PASSWORD, "not the password")
    with pytest.raises(CommandError, match="does not fit"):
        recover()
    assert not Recovery.objects.exists()
