"""A model that only these tests know, in a registry of its own, with its table in the test database."""

import uuid

import pytest
from django.apps.registry import Apps
from django.db import connection, models

from groupcare.audit import Actor
from groupcare.audit import acting as acting_as
from groupcare.vault import EncryptedJSONField, EncryptedTextField, Owner, Purpose, datakeys

own_registry = Apps()


class Letter(models.Model):
    """Holds every way in which a field may be declared."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    person_id = models.UUIDField()
    body = EncryptedTextField(
        bound_as="vault_tests.letter.body",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CLINICAL,
        max_length=200,
    )
    reply = EncryptedTextField(
        bound_as="vault_tests.letter.reply",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.CONTACT,
        null=True,
        blank=True,
    )
    facts = EncryptedJSONField(
        bound_as="vault_tests.letter.facts",
        owner=Owner.PERSON,
        owner_from="id",
        purpose=Purpose.AGREEMENTS,
        null=True,
        blank=True,
    )
    kind = models.CharField(max_length=10, default="plain")

    class Meta:
        apps = own_registry
        app_label = "vault_tests"

    def __str__(self) -> str:
        return str(self.id)


@pytest.fixture(scope="session")
def letter_table(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Letter)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Letter)


@pytest.fixture
def letters(letter_table, db):
    datakeys.forget()
    with acting_as(Actor("system:test")):
        yield Letter.objects
    datakeys.forget()


@pytest.fixture
def letter(letters):
    made = letters.create(person_id=uuid.uuid4(), body="plain words", facts={"said": "yes"})
    return letters.get(pk=made.pk)


@pytest.fixture
def raw():
    def column(row, name="body"):
        """Return what lies in the database."""
        key = row.pk.hex if connection.vendor == "sqlite" else row.pk
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {name} FROM vault_tests_letter WHERE id = %s", [key])
            found = cursor.fetchone()[0]
        return found if found is None else bytes(found)

    return column


@pytest.fixture
def own_ring(settings, tmp_path):
    """A key directory of the test's own, with a new ring."""
    from groupcare.audit import keys
    from groupcare.vault import ring

    settings.KEYS_DIR = tmp_path / "keys"
    keys.make_missing()
    ring.make_missing()
    datakeys.forget()
    yield ring.path()
    datakeys.forget()
