"""``manage.py check_access`` finds rights that nothing explains."""

from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.utils import timezone
from guardian.shortcuts import assign_perm  # noqa: TID251 - makes what must be found

from groupcare.access import Right, Role, grant, ports
from groupcare.access.models import RoleHolding
from groups.models import TherapyGroup
from tests.factories import make_member

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(db):
    return TherapyGroup.objects.create(label="Thursday B", purpose_text="", place="US-NY", capacity=8)


@pytest.fixture
def nadia(db):
    return make_member("Nadia Rahmani")


@pytest.fixture(autouse=True)
def _only_own_ports(monkeypatch):
    monkeypatch.setattr(ports, "_sources", [])
    monkeypatch.setattr(ports, "_checks", {})


def run():
    """Return the findings, and None when the command ended well."""
    out = StringIO()
    try:
        call_command("check_access", stdout=out)
    except CommandError as error:
        code = error.returncode
    else:
        return None
    assert code == 1
    return out.getvalue().split("\n")[:-1]


def test_an_empty_practice_is_well():
    assert run() is None


@pytest.mark.req("SEC-12")
def test_a_grant_that_no_source_explains_is_found(group, nadia):
    spell = grant(person=nadia, right=Right.SEE_GROUP, obj=group, valid_from=timezone.now())
    assert run() == [f"unexplained_grant groups.GroupGrant {spell.pk}"]
    ports.register_grant_source(lambda grants: {found.pk for found in grants})
    assert run() is None


def test_a_grant_that_is_over_needs_no_explanation(group, nadia):
    now = timezone.now()
    grant(
        person=nadia,
        right=Right.SEE_GROUP,
        obj=group,
        valid_from=now - timedelta(days=3),
        valid_until=now - timedelta(days=1),
    )
    assert run() is None


def test_generic_grants_are_found(group, nadia):
    # guardian's own shortcut goes to the table with a period, so the generic one is written to directly.
    from guardian.models import UserObjectPermission  # noqa: TID251

    row = UserObjectPermission.objects.assign_perm("see_group", nadia.user, group)
    assert run() == [f"orphaned_grant guardian.UserObjectPermission {row.pk}"]


def test_guardians_own_shortcut_cannot_make_a_grant_without_a_period(group, nadia):
    with pytest.raises(Exception, match="valid_from"):
        assign_perm("see_group", nadia.user, group)


def test_superusers_and_djangos_own_permissions_are_found(nadia):
    nadia.user.is_superuser = True
    nadia.user.save()
    nadia.user.user_permissions.add(Permission.objects.first())
    assert set(run()) == {f"superuser {nadia.user.pk}", f"django_permission {nadia.user.pk}"}


def test_an_account_that_is_off_keeps_no_open_right_or_role(group, nadia):
    ports.register_grant_source(lambda grants: {found.pk for found in grants})
    spell = grant(person=nadia, right=Right.SEE_GROUP, obj=group, valid_from=timezone.now())
    holding = RoleHolding.objects.create(person=nadia, role=Role.FACILITATOR)
    nadia.user.is_active = False
    nadia.user.save()
    assert run() == [f"grant_of_closed_login groups.GroupGrant {spell.pk}", f"role_of_closed_login {holding.pk}"]


def test_other_rooms_add_their_checks():
    ports.register_access_check("staff_without_second_factor", lambda: ["17"])
    assert run() == ["staff_without_second_factor 17"]
