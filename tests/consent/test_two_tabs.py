"""Two tabs sign at once: one signature, and the other tab is told (issue 4, bad days)."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from consent.models import Act
from consent.services import present, sign
from groupcare.exceptions import InvalidTransition
from tests.consent.helpers import publish
from tests.world import at_work, proof, understand


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_sign_at_once_leave_one_signature(world):
    version = publish(world)["en"]
    ben = world.ben
    with at_work(ben):
        present(version_id=version.pk, by=ben)
        understand(ben, version)
    start, told = Barrier(2), []

    def tab(name):
        try:
            start.wait(10)
            with at_work(ben):
                sign(version_id=version.pk, typed_name=name, meant=True, step_up=proof(), by=ben)
            told.append("signed")
        except InvalidTransition:
            told.append("told")
        finally:
            connection.close()

    tabs = [Thread(target=tab, args=(name,)) for name in ("Ben", "B. Tanaka")]
    for one in tabs:
        one.start()
    for one in tabs:
        one.join(60)
    assert sorted(told) == ["signed", "told"]
    assert Act.objects.filter(signer=ben, version=version, act="signed").count() == 1
