"""Addresses: one current one, found without being read, never overwritten."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from groupcare.outbox.models import Address
from groupcare.outbox.selectors import current_address, person_ids_for
from groupcare.outbox.services import end_address, set_address
from tests.factories import make_person

pytestmark = pytest.mark.django_db


def test_an_address_is_kept_in_lower_case_and_found_in_any():
    ben = make_person("Ben")
    address = set_address(person=ben, value="  Ben@Example.ORG ", by=ben)
    assert Address.objects.get(pk=address.pk).value == "ben@example.org"
    assert person_ids_for("BEN@example.org ") == {ben.pk}
    assert person_ids_for("ben2@example.org") == frozenset()


def test_a_new_address_ends_the_old_one_and_keeps_it(ben):
    old = current_address(ben)
    new = set_address(person=ben, value="new@example.org", by=ben)
    old.refresh_from_db()
    assert old.ended_at is not None
    assert current_address(ben) == new
    assert person_ids_for("ben@example.org") == frozenset()
    assert Address.objects.filter(person=ben).count() == 2


def test_the_same_address_again_changes_nothing_but_what_is_newly_known(ben):
    first = current_address(ben)
    again = set_address(person=ben, value="BEN@example.org", by=ben, verified=True)
    assert again == first
    assert Address.objects.get(pk=first.pk).verified_at is not None
    assert Address.objects.filter(person=ben).count() == 1


def test_what_is_no_address_is_refused_with_the_cure(ben):
    with pytest.raises(ValidationError) as refused:
        set_address(person=ben, value="ben at example", by=ben)
    assert refused.value.message_dict == {"value": ["Write an e-mail address, for example name@example.org."]}
    assert current_address(ben).value == "ben@example.org"


def test_two_people_may_share_an_address(ben):
    mother = make_person("Mara")
    set_address(person=mother, value="ben@example.org", by=mother)
    assert person_ids_for("ben@example.org") == {ben.pk, mother.pk}


def test_the_database_holds_one_current_address_for_a_person(ben):
    with pytest.raises(IntegrityError), transaction.atomic():
        Address.objects.create(person=ben, value="x@example.org", lookup="0" * 64)


def test_an_ended_address_is_current_no_more(ben):
    end_address(person=ben, by=ben)
    assert current_address(ben) is None


def test_the_address_stands_nowhere_in_clear(ben):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM outbox_address")
        rows = repr([[bytes(cell) if isinstance(cell, memoryview) else cell for cell in row] for row in cursor])
    assert "example.org" not in rows
