"""A right holds for its period, on its object, for its person, and for nobody by rank."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from guardian.shortcuts import assign_perm  # noqa: TID251 - shows that it opens nothing

from groupcare.access import Right, acting_as, acting_as_system, end_grants, grant, may, visible
from groupcare.access.grants import grant_model, grant_models
from groupcare.access.tidying import tidy_expired_grants
from groupcare.audit import Actor, acting
from groups.models import GroupGrant, TherapyGroup
from tests.factories import make_member, make_person, make_staff

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def thursday(db):
    return make_group("Thursday B")


@pytest.fixture
def tuesday(db):
    return make_group("Tuesday A")


@pytest.fixture
def nadia(db):
    return make_member("Nadia Rahmani")


def make_group(label):
    return TherapyGroup.objects.create(label=label, purpose_text="", place="US-NY", capacity=8)


def give(person, obj, right=Right.SEE_GROUP, start=-DAY, end=None):
    now = timezone.now()
    return grant(person=person, right=right, obj=obj, valid_from=now + start, valid_until=end and now + end)


def seen_by(person, right=Right.SEE_GROUP):
    with acting_as(person):
        return set(visible(person, right, TherapyGroup))


def test_a_grant_opens_its_object_and_no_other(nadia, thursday, tuesday):
    give(nadia, thursday)
    assert seen_by(nadia) == {thursday}
    with acting_as(nadia):
        assert may(nadia, Right.SEE_GROUP, thursday)
        assert not may(nadia, Right.SEE_GROUP, tuesday)
        assert not may(nadia, Right.READ_NOTES, thursday)


def test_a_grant_begins_and_ends_by_the_clock_alone(nadia, thursday):
    give(nadia, thursday, start=DAY, end=3 * DAY)
    now = timezone.now()
    opened = {}
    for days in (0, 1, 2.9, 3, 4):
        with time_machine.travel(now + days * DAY + timedelta(seconds=1 if days == 1 else 0), tick=False):
            opened[days] = thursday in seen_by(nadia)
    assert opened == {0: False, 1: True, 2.9: True, 3: False, 4: False}


def test_ending_stops_access_at_once_and_keeps_the_spell(nadia, thursday):
    give(nadia, thursday)
    give(nadia, thursday, Right.READ_NOTES)
    assert end_grants(person=nadia, obj=thursday, at=timezone.now()) == 2
    assert seen_by(nadia) == set()
    assert GroupGrant.objects.count() == 0
    assert GroupGrant.spells.count() == 2


def test_ending_one_right_leaves_the_others(nadia, thursday):
    give(nadia, thursday)
    give(nadia, thursday, Right.READ_NOTES)
    end_grants(person=nadia, obj=thursday, at=timezone.now(), rights=[Right.READ_NOTES])
    assert seen_by(nadia) == {thursday}
    assert seen_by(nadia, Right.READ_NOTES) == set()


def test_a_spell_that_has_not_begun_is_emptied_not_turned_round(nadia, thursday):
    give(nadia, thursday, start=5 * DAY)
    assert end_grants(person=nadia, obj=thursday, at=timezone.now()) == 1
    with time_machine.travel(timezone.now() + 6 * DAY):
        assert seen_by(nadia) == set()


def test_ending_touches_no_spell_that_is_over(nadia, thursday):
    spell = give(nadia, thursday, start=-5 * DAY, end=-2 * DAY)
    assert end_grants(person=nadia, obj=thursday, at=timezone.now()) == 0
    assert GroupGrant.spells.get().valid_until == spell.valid_until


def test_two_spells_of_the_same_right_stand_side_by_side(nadia, thursday):
    give(nadia, thursday, start=-9 * DAY, end=-5 * DAY)
    give(nadia, thursday, start=-DAY)
    assert GroupGrant.spells.count() == 2
    assert seen_by(nadia) == {thursday}


def test_the_same_start_again_moves_the_end(nadia, thursday):
    start = timezone.now() - DAY
    for end in (None, start + 2 * DAY):
        grant(person=nadia, right=Right.SEE_GROUP, obj=thursday, valid_from=start, valid_until=end)
    assert GroupGrant.spells.get().valid_until == start + 2 * DAY


def test_a_period_cannot_end_before_it_begins(nadia, thursday):
    with pytest.raises(ValidationError):
        give(nadia, thursday, start=DAY, end=-DAY)
    spell = give(nadia, thursday)
    with pytest.raises(IntegrityError), transaction.atomic():
        GroupGrant.spells.filter(pk=spell.pk).update(valid_until=spell.valid_from - DAY)


def test_somebody_without_an_account_gets_no_grant_and_sees_nothing(thursday):
    someone = make_person("Someone Else")
    with pytest.raises(ValidationError):
        give(someone, thursday)
    assert seen_by(someone) == set()
    assert end_grants(person=someone, obj=thursday, at=timezone.now()) == 0


def test_an_account_that_is_off_sees_nothing(nadia, thursday):
    give(nadia, thursday)
    nadia.user.is_active = False
    nadia.user.save()
    assert seen_by(nadia) == set()


@pytest.mark.req("SEC-3", "SEC-12")
def test_superusers_global_permissions_and_auth_groups_open_nothing(thursday):
    root = make_staff("Root Admin", superuser=True)
    everything = Permission.objects.filter(content_type__app_label="groups")
    root.user.user_permissions.set(everything)
    team = Group.objects.create(name="team")
    team.permissions.set(everything)
    root.user.groups.add(team)
    assign_perm("see_group", team, thursday)
    assert seen_by(root) == set()
    with acting_as(root):
        assert not may(root, Right.SEE_GROUP, thursday)


def test_the_list_is_one_query_whatever_the_rows(nadia, django_assert_num_queries):
    for number in range(12):
        give(nadia, make_group(f"Group {number}"))
    seen_by(nadia)  # content types are read once a process
    login = nadia.login
    assert login is not None
    with acting_as(nadia), django_assert_num_queries(1):
        assert len(visible(nadia, Right.SEE_GROUP, TherapyGroup)) == 12


def test_nobody_reads_without_being_at_work(nadia, thursday):
    with pytest.raises(RuntimeError, match="Nobody is at work"):
        visible(nadia, Right.SEE_GROUP, TherapyGroup)


def test_nobody_reads_for_somebody_else(nadia, thursday):
    other = make_member("Olga Petrova")
    with acting_as(other), pytest.raises(RuntimeError, match="Somebody else"):
        visible(nadia, Right.SEE_GROUP, TherapyGroup)
    with acting_as_system("test"), pytest.raises(RuntimeError, match="Somebody else"):
        may(nadia, Right.SEE_GROUP, thursday)


def test_a_model_without_timed_grants_is_an_error_not_an_empty_list(nadia):
    with acting_as(nadia), pytest.raises(LookupError):
        visible(nadia, Right.SEE_GROUP, type(nadia))


def test_a_right_that_the_model_does_not_know_is_an_error(nadia, thursday):
    with pytest.raises(LookupError, match="run_session"):
        give(nadia, thursday, Right.RUN_SESSION)


def test_every_table_of_grants_is_found_with_its_period_in_the_key():
    assert GroupGrant in grant_models()
    assert grant_model(TherapyGroup) is GroupGrant
    for model in grant_models():
        assert any("valid_from" in getattr(rule, "fields", ()) for rule in model._meta.constraints)
        assert model._default_manager.name == "objects"


def test_deleting_the_account_removes_its_past_spells_too(nadia, thursday):
    give(nadia, thursday, start=-5 * DAY, end=-2 * DAY)
    nadia.user.emailaddress_set.all().delete()
    nadia.user.delete()
    assert GroupGrant.spells.count() == 0


def test_the_sweep_removes_only_what_ended_long_ago(nadia, thursday, tuesday):
    give(nadia, thursday, start=-200 * DAY, end=-91 * DAY)
    recent = give(nadia, tuesday, start=-200 * DAY, end=-89 * DAY)
    open_one = give(nadia, thursday)
    with acting(Actor("system:test")):
        assert tidy_expired_grants() == 1
        assert tidy_expired_grants() == 0
    assert set(GroupGrant.spells.all()) == {recent, open_one}
