"""The ledger's line of answers, held by the database and by the services."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from consent.models import Act, ActKind
from consent.services import STEP_UP_HOLDS, StepUpEvidence, ask_to_talk, present, sign
from groupcare.audit import AppendOnlyError
from groupcare.exceptions import InvalidTransition, Refused, StepUpNeeded
from tests.consent.helpers import answers, newest, publish, state
from tests.world import at_work, proof, understand

pytestmark = pytest.mark.django_db


def copy_of(row, **changes):
    names = ("act", "document_id", "version_id", "group_id", "subject_id", "signer_id", "capacity", "meaning", "at")
    return Act(**{**{name: getattr(row, name) for name in names}, "evidence": {}, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {},  # a second first answer
        {"meaning": ""},
        {"act": ActKind.DECLINED, "valid_until": timezone.now(), "capacity": "guardian"},
    ],
)
def test_the_database_refuses_what_would_break_the_line(world, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(world.act_of_ben, **changes).save()


def test_no_answer_is_followed_twice_and_reading_follows_none(world):
    first = world.act_of_ben
    copy_of(first, act=ActKind.TALK_FIRST, supersedes=first, at=timezone.now()).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(first, act=ActKind.DECLINED, supersedes=first, at=timezone.now()).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(first, act=ActKind.PRESENTED, supersedes=answers(world, "ben")[-1]).save()


def test_an_act_is_never_saved_again_or_deleted(world):
    act = world.act_of_ben
    act.meaning = "something else"
    for change in (act.save, act.delete):
        with pytest.raises(AppendOnlyError):
            change()


def test_the_next_answer_always_comes_after_the_one_before(world):
    ahead = copy_of(
        world.act_of_ben, act=ActKind.TALK_FIRST, supersedes=world.act_of_ben, at=timezone.now() + timedelta(hours=1)
    )
    ahead.save()
    version = newest(world)
    with at_work(world.ben) as ben:
        present(version_id=version.pk, by=ben)
        understand(ben, version)
        act = sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)
    assert act.at == ahead.at + timedelta(microseconds=1)
    assert state(world, "ben") == "current"


@pytest.mark.parametrize("age", [STEP_UP_HOLDS + timedelta(seconds=1), timedelta(seconds=-5)])
def test_a_proof_that_is_old_or_from_the_future_signs_nothing(world, age):
    version = publish(world)["en"]
    with at_work(world.ben) as ben:
        present(version_id=version.pk, by=ben)
        understand(ben, version)
        shown = StepUpEvidence("password", timezone.now() - age, "event")
        with pytest.raises(StepUpNeeded):
            sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=shown, by=ben)
    assert state(world, "ben") == "superseded"


def test_nobody_signs_what_they_did_not_read(world):
    versions = publish(world)
    with at_work(world.ben) as ben:
        present(version_id=versions["es"].pk, by=ben)
        with pytest.raises(ValidationError):
            sign(version_id=versions["en"].pk, typed_name="Ben", meant=True, step_up=proof(), by=ben)


def test_who_has_no_place_in_the_group_answers_nothing_and_who_is_late_is_told(world):
    old, new = newest(world), publish(world)["en"]
    with at_work(world.zoe) as zoe, pytest.raises(Refused):
        ask_to_talk(version_id=new.pk, by=zoe)
    with at_work(world.ben) as ben, pytest.raises(InvalidTransition):
        ask_to_talk(version_id=old.pk, by=ben)
