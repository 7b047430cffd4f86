"""What the services of promises refuse when they are asked past the pages."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from consent.models import Act, ActKind
from consent.services import publish_version, withdraw
from consent.services.ledger import locked
from groupcare.exceptions import InvalidTransition, Refused
from tests.consent.helpers import newest
from tests.world import at_work

pytestmark = pytest.mark.django_db


def test_only_the_answer_in_force_can_be_taken_back(world):
    with at_work(world.ben) as ben:
        taken = withdraw(act_id=world.act_of_ben.pk, by=ben)
        for act in (world.act_of_ben, taken):
            with pytest.raises(InvalidTransition):
                withdraw(act_id=act.pk, by=ben)
    assert Act.objects.filter(act=ActKind.WITHDRAWN).count() == 1


def test_the_line_of_a_document_that_is_not_there_is_refused(world):
    assert locked(newest(world).document_id)
    with pytest.raises(Refused):
        locked(uuid4())


def test_a_version_nobody_in_the_group_could_read_is_not_published(world):
    before = newest(world).number
    with at_work(world.nadia) as nadia:
        with pytest.raises(ValidationError) as caught:
            publish_version(group_id=world.thursday.pk, by=nadia, languages=["es"])
        assert "language of the group" in str(caught.value)
        assert newest(world).number == before
        publish_version(group_id=world.thursday.pk, by=nadia)
    assert newest(world).number == before + 1
