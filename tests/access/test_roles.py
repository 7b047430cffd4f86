"""Roles have periods, and nobody gives themselves one."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from groupcare.access import (
    Role,
    RoleHolding,
    acting_as,
    acting_as_system,
    end_role,
    give_role,
    holder_ids,
    holds,
    may_administer,
    roles_by_person,
    roles_of,
)
from groupcare.access.people import SystemActor
from groupcare.access.selectors import marked_roles
from groupcare.accounts.backends import Backend
from groupcare.accounts.models import User
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import Refused
from tests.factories import make_member, make_staff

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def ada(db):
    return make_staff("Ada Quist", Role.ADMINISTRATOR)


@pytest.fixture
def ben(db):
    return make_member("Ben Taylor")


def test_an_administrator_gives_a_role_and_it_is_in_the_trail(ada, ben):
    with acting_as(ada):
        holding = give_role(person=ben, role=Role.FACILITATOR, by=ada)
    with acting_as(ben):
        assert roles_of(ben) == {Role.FACILITATOR}
    event = TrailEvent.objects.get(action="role.give")
    assert (event.actor, event.object_id) == (str(ada.id), str(holding.id))


@pytest.mark.req("SEC-2")
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_an_administrator_gives_or_ends_roles(role, ada, ben):
    pete = make_staff("Pete Long", role)
    with acting_as(pete):
        with pytest.raises(Refused):
            give_role(person=ben, role=Role.FACILITATOR, by=pete)
        with pytest.raises(Refused):
            end_role(person=ada, role=Role.ADMINISTRATOR, by=pete)
    with acting_as(ada):
        give_role(person=ben, role=Role.FACILITATOR, by=ada)


def test_nobody_gives_themselves_a_role(ada, ben):
    with acting_as(ada), pytest.raises(Refused):
        give_role(person=ada, role=Role.PRIVACY_OFFICER, by=ada)
    with acting_as_system("test"), pytest.raises(Refused):
        give_role(person=ada, role=Role.PRIVACY_OFFICER, by=ada)
    assert not RoleHolding.objects.filter(role=Role.PRIVACY_OFFICER).exists()


def test_a_role_is_not_given_in_the_name_of_somebody_who_is_not_at_work(ada, ben):
    with acting_as(ben), pytest.raises(RuntimeError):
        give_role(person=ben, role=Role.FACILITATOR, by=ada)
    with pytest.raises(RuntimeError):
        give_role(person=ben, role=Role.FACILITATOR, by=SystemActor("nobody"))


def test_the_system_gives_the_first_role(ben):
    with acting_as_system("set_up") as system:
        assert may_administer(system)
        give_role(person=ben, role=Role.ADMINISTRATOR, by=system)
    assert RoleHolding.objects.get().given_by is None
    assert TrailEvent.objects.get(action="role.give").actor == "system:set_up"


def test_the_system_holds_no_role_and_is_nobody_outside_of_its_work(ada):
    with acting_as_system("test") as system:
        assert roles_of(system) == frozenset()
    with acting_as(ada):
        assert not may_administer(system)


def test_a_role_ends_on_the_next_look_in_the_same_work(ada, ben):
    with acting_as(ada):
        give_role(person=ben, role=Role.FACILITATOR, by=ada)
    with acting_as(ben):
        assert holds(ben, Role.FACILITATOR)
    with acting_as(ada):
        assert end_role(person=ben, role=Role.FACILITATOR, by=ada) == 1
        assert end_role(person=ben, role=Role.FACILITATOR, by=ada) == 0
    with acting_as(ben):
        assert not holds(ben, Role.FACILITATOR)
    assert TrailEvent.objects.filter(action="role.end").count() == 1


def test_giving_a_role_forgets_what_was_looked_up(ada, ben):
    with acting_as_system("test") as system:
        assert roles_of(ben) == frozenset()
        give_role(person=ben, role=Role.FACILITATOR, by=system)
        assert roles_of(ben) == {Role.FACILITATOR}


def test_roles_are_one_query_while_the_same_person_is_at_work(ada, django_assert_num_queries):
    with acting_as(ada), django_assert_num_queries(1):
        assert holds(ada, Role.ADMINISTRATOR)
        assert not holds(ada, Role.CUSTODIAN)
        assert may_administer(ada)


def test_a_role_holds_for_its_period(ada, ben):
    now = timezone.now()
    with acting_as(ada):
        give_role(person=ben, role=Role.TRAINEE, by=ada, valid_from=now + DAY, valid_until=now + 3 * DAY)
    held = []
    for days in (0, 2, 3):
        with time_machine.travel(now + days * DAY, tick=False), acting_as(ben):
            held.append(holds(ben, Role.TRAINEE))
    assert held == [False, True, False]


def test_a_role_can_be_held_again_after_its_end(ada, ben):
    with acting_as(ada):
        give_role(person=ben, role=Role.TRAINEE, by=ada)
        with pytest.raises(ValidationError):
            give_role(person=ben, role=Role.TRAINEE, by=ada)
        end_role(person=ben, role=Role.TRAINEE, by=ada)
        give_role(person=ben, role=Role.TRAINEE, by=ada)
    assert RoleHolding.objects.filter(person=ben).count() == 2


def test_the_last_administrator_stays(ada, ben):
    with acting_as(ada):
        with pytest.raises(ValidationError):
            end_role(person=ada, role=Role.ADMINISTRATOR, by=ada)
        give_role(person=ben, role=Role.ADMINISTRATOR, by=ada)
        assert end_role(person=ada, role=Role.ADMINISTRATOR, by=ada) == 1


@pytest.mark.parametrize("inside", [Role.FACILITATOR, Role.TRAINEE, Role.ADMINISTRATOR, Role.PRIVACY_OFFICER])
def test_the_external_reviewer_works_outside(inside, ada, ben):
    with acting_as(ada):
        give_role(person=ben, role=Role.EXTERNAL_REVIEWER, by=ada)
        with pytest.raises(ValidationError):
            give_role(person=ben, role=inside, by=ada)
        give_role(person=ben, role=Role.CUSTODIAN, by=ada)


def test_an_empty_period_is_refused(ada, ben):
    now = timezone.now()
    with acting_as(ada), pytest.raises(ValidationError):
        give_role(person=ben, role=Role.TRAINEE, by=ada, valid_from=now, valid_until=now)


def test_the_database_takes_no_second_open_holding_and_no_unknown_role(ben):
    RoleHolding.objects.create(person=ben, role=Role.TRAINEE)
    with pytest.raises(IntegrityError):
        RoleHolding.objects.create(person=ben, role=Role.TRAINEE)


def test_holders_are_listed_for_whoever_is_at_work(ada, ben):
    with pytest.raises(RuntimeError):
        holder_ids(Role.ADMINISTRATOR)
    with acting_as(ben):
        assert holder_ids(Role.ADMINISTRATOR) == [ada.id]
        assert roles_by_person() == {ada.id: frozenset({Role.ADMINISTRATOR})}
        assert roles_by_person([ben.id]) == {}


def test_work_within_work_returns_to_the_outer_one(ada, ben):
    with acting_as(ada):
        with acting_as(ben):
            assert roles_of(ben) == frozenset()
        assert holds(ada, Role.ADMINISTRATOR)
    with pytest.raises(RuntimeError), acting_as(SystemActor("test")):
        pass


def test_the_roles_that_come_with_an_account_are_those_held_now(world):
    now = timezone.now()
    for start, end in ((-2, -1), (1, None)):
        until = None if end is None else now + timedelta(days=end)
        RoleHolding.objects.create(
            person=world.tom, role=Role.CUSTODIAN, valid_from=now + timedelta(days=start), valid_until=until
        )
    with acting_as_system("test"):
        held = roles_by_person()
    for user in User.objects.all():
        assert marked_roles(Backend().get_user(user.pk)) == held.get(user.person_id, frozenset())
        assert marked_roles(user) is None, "read without"
    # The statement is built once; its moment is that of each request.
    tom = world.tom.login.pk
    assert Role.CUSTODIAN not in marked_roles(Backend().get_user(tom))
    with time_machine.travel(now + timedelta(days=1), tick=False):
        assert Role.CUSTODIAN in marked_roles(Backend().get_user(tom))
    with time_machine.travel(now - timedelta(days=1, seconds=1), tick=False):
        assert marked_roles(Backend().get_user(tom)) == {Role.CUSTODIAN}


def test_every_role_at_once_and_one_held_twice_come_with_the_account(world):
    before = timezone.now() - timedelta(days=3)
    for role in Role:
        for days in (3, 2):
            RoleHolding.objects.create(
                person=world.zoe, role=role, valid_from=before, valid_until=timezone.now() + timedelta(days=days)
            )
    assert marked_roles(Backend().get_user(world.zoe.login.pk)) == set(Role)


def test_a_request_asks_for_no_roles_apart_from_the_account(world, client_for):
    nadia, page = client_for(world.nadia), reverse("accounts:profile")
    nadia.get(page)
    with CaptureQueriesContext(connection) as seen:
        assert nadia.get(page).status_code == 200
    asked = [query["sql"] for query in seen if "access_roleholding" in query["sql"]]
    assert len(asked) == 1
    assert asked[0].startswith('SELECT "accounts_user"')
