"""The encrypted field behaves like a field and never shows or writes plain text (foundation F7)."""

import copy
import logging
import pickle
import uuid

import pytest
from django import forms
from django.apps import apps
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers import serialize
from django.db import IntegrityError, connection, models, transaction
from django.db.migrations.writer import MigrationWriter
from django.db.models import Case, F, Max, Value, When
from django.db.models.functions import Upper

from groupcare.vault import DecryptionError, EncryptedTextField, datakeys, unlock
from groupcare.vault.models import DataKey
from groupcare.vault.sealed import Sealed
from tests.vault.conftest import Letter


def new(**more):
    return Letter(**{"person_id": uuid.uuid4(), "body": "plain words", **more})


@pytest.mark.req("SEC-35")
def test_the_column_holds_an_envelope_and_the_attribute_the_text(letter, raw):
    assert letter.body == "plain words"
    assert letter.facts == {"said": "yes"}
    assert letter.reply is None
    assert raw(letter, "reply") is None
    assert b"plain words" not in raw(letter)
    assert b"yes" not in raw(letter, "facts")
    assert raw(letter)[0] == 1


def test_nothing_is_decrypted_before_it_is_read(letters, letter, django_assert_num_queries):
    datakeys.forget()
    with django_assert_num_queries(1):
        found = letters.get(pk=letter.pk)
    assert isinstance(found.__dict__["body"], Sealed)
    with django_assert_num_queries(1):
        assert found.body == "plain words"
    with django_assert_num_queries(0):
        assert found.body == "plain words"
    assert "plain words" not in repr(found.__dict__)


def test_unlock_fetches_all_keys_of_all_lists_in_one_query(letters, django_assert_num_queries):
    letters.bulk_create([new(reply="r", facts=[1]) for _ in range(20)])
    datakeys.forget()
    rows, more = list(letters.all()[:10]), list(letters.all()[10:])
    with django_assert_num_queries(1):
        unlock(rows, more[0], more[1:])
    with django_assert_num_queries(0):
        assert {row.body for row in [*rows, *more]} == {"plain words"}
        assert {row.reply for row in rows} == {"r"}
    with django_assert_num_queries(0):
        unlock([])


def test_unlock_follows_rows_that_are_already_loaded(letters, letter, django_assert_num_queries):
    datakeys.forget()
    outer, inner = new(), letters.get(pk=letter.pk)
    outer._state.fields_cache["person"] = inner
    outer._prefetched_objects_cache = {"others": [letters.get(pk=letter.pk), inner]}
    with django_assert_num_queries(1):
        unlock(outer)
    with django_assert_num_queries(0):
        assert inner.body == "plain words"


# --- writing ------------------------------------------------------------------------------------


def test_bulk_create_encrypts(letters, raw):
    rows = letters.bulk_create([new(body=f"words {number}") for number in range(3)])
    assert all(b"words" not in raw(row) for row in rows)
    assert sorted(row.body for row in letters.all()) == ["words 0", "words 1", "words 2"]


@pytest.mark.parametrize("value", ["other words", b"other words", b"\x01" + b"x" * 60, 7, {"a": 1}])
def test_update_with_anything_but_none_raises(letters, letter, raw, value):
    before = raw(letter)
    with pytest.raises(TypeError, match="encrypted"), transaction.atomic():
        letters.filter(pk=letter.pk).update(body=value)
    assert raw(letter) == before


@pytest.mark.parametrize(
    "expression", [Value("other words"), Upper(Value("x")), Case(When(kind="plain", then=Value("x")))]
)
def test_update_with_an_expression_raises(letters, letter, raw, expression):
    before = raw(letter)
    with pytest.raises(TypeError, match="no SQL expression"), transaction.atomic():
        letters.update(body=expression)
    assert raw(letter) == before


def test_update_to_none_clears_a_column_that_may_be_empty(letters, letter):
    letters.update(facts=None)
    assert letters.get().facts is None


def test_bulk_update_raises(letters, letter, raw):
    before = raw(letter)
    letter.body = "other words"
    with pytest.raises(TypeError), transaction.atomic():
        letters.bulk_update([letter], ["body"])
    assert raw(letter) == before


def test_other_columns_may_be_updated_in_bulk(letters, letter):
    letters.update(kind="other")
    letter.kind = "third"
    letters.bulk_update([letter], ["kind"])
    assert letters.get().body == "plain words"


@pytest.mark.parametrize("value", [7, b"bytes", Value("x"), ["list"]])
def test_text_fields_take_text_only(letters, value):
    with pytest.raises(TypeError, match="takes text only"):
        new(body=value).save()


def test_json_fields_take_objects_and_lists_only(letters):
    with pytest.raises(TypeError, match="object or a list"):
        new(facts=7).save()


def test_a_row_without_owner_or_text_is_refused(letters):
    with pytest.raises(ValueError, match="person_id before"), transaction.atomic():
        new(person_id=None).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        new(body=None).save()


def test_fixtures_with_plain_text_are_refused(letters):
    row = new()
    with pytest.raises(TypeError, match="encrypted"), transaction.atomic():
        row.save_base(raw=True)


def test_a_value_nobody_changed_keeps_its_bytes(letters, letter, raw):
    before = raw(letter), raw(letter, "facts")
    letter.save()
    assert letter.body + str(letter.facts)
    letter.full_clean()
    letter.save()
    assert (raw(letter), raw(letter, "facts")) == before


def test_a_new_text_is_encrypted_anew(letters, letter, raw):
    before = raw(letter)
    letter.body = "other words"
    letter.save(update_fields=["body"])
    assert raw(letter) != before
    assert letters.get().body == "other words"


def test_json_changed_in_place_is_saved(letters, letter):
    letter.facts["said"] = "no"
    letter.save()
    assert letters.get().facts == {"said": "no"}


def test_empty_text_is_encrypted_too(letters, raw):
    row = letters.create(person_id=uuid.uuid4(), body="")
    assert raw(row)
    assert letters.get(pk=row.pk).body == ""


def test_a_copy_under_a_new_key_can_be_read(letters, letter):
    letter.pk, letter._state.adding = uuid.uuid4(), True
    letter.save()
    assert letters.count() == 2
    assert [row.body for row in letters.all()] == ["plain words"] * 2


# --- what is refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ask",
    [
        lambda rows: rows.values(),
        lambda rows: rows.values("body"),
        lambda rows: rows.values_list("kind", "body"),
        lambda rows: rows.filter(body="plain words"),
        lambda rows: rows.filter(body__contains="plain"),
        lambda rows: rows.filter(reply__isnull=True),
        lambda rows: rows.filter(reply=None),
        lambda rows: rows.exclude(body="x"),
        lambda rows: rows.order_by("body"),
        lambda rows: rows.order_by("-body"),
        lambda rows: rows.annotate(copy=F("body")),
        lambda rows: rows.aggregate(Max("body")),
        lambda rows: rows.update(kind=F("body")),
        lambda rows: rows.alias(x=Upper("body")),
        lambda rows: rows.get_or_create(body="x", defaults={"person_id": uuid.uuid4()}),
        lambda rows: rows.in_bulk(["x"], field_name="body"),
        lambda rows: rows.distinct("body").exists(),
        lambda rows: rows.latest("body"),
    ],
)
def test_the_database_is_never_asked_by_or_for_the_text(letters, letter, ask):
    with pytest.raises((FieldError, ValueError)):
        list(ask(letters.all()))


def test_other_columns_may_be_selected(letters, letter):
    assert list(letters.values_list("kind", flat=True)) == ["plain"]
    assert letters.filter(kind="plain").exclude(kind="x").count() == 1


@pytest.mark.req("SEC-37")
@pytest.mark.parametrize("form", ["json", "xml", "python"])
def test_serialisation_raises(letter, form):
    with pytest.raises(FieldError, match="not written to fixtures"):
        serialize(form, [letter])


def test_pickles_carry_the_envelope_and_not_what_was_opened(letters, letter):
    assert letter.body == "plain words"
    pickled = pickle.dumps(letter.__dict__["body"])
    assert b"plain words" not in pickled
    assert pickle.loads(pickled).envelope == letter.__dict__["body"].envelope


# --- the rest of a model's life -----------------------------------------------------------------


def test_refresh_defer_only_copy_and_equality(letters, letter, monkeypatch):
    # Copying looks a model up in the main registry, where this one is not.
    monkeypatch.setattr(apps, "get_model", lambda *names: Letter)
    letter.body = "unsaved"
    letter.refresh_from_db()
    assert letter.body == "plain words"
    assert letters.defer("body").get().body == "plain words"
    assert letters.only("kind").get().facts == {"said": "yes"}
    assert letters.only("body").get().body == "plain words"
    for twin in (copy.copy(letter), copy.deepcopy(letter), letters.get()):
        assert twin == letter
        assert hash(twin) == hash(letter)
        assert twin.body == "plain words"
    assert letters.raw("SELECT * FROM vault_tests_letter")[0].body == "plain words"


@pytest.mark.parametrize(
    ("changes", "field"), [({"body": "x" * 201}, "body"), ({"body": ""}, "body"), ({"body": None}, "body")]
)
def test_full_clean_checks_length_blank_and_null(letters, changes, field):
    with pytest.raises(ValidationError) as raised:
        new(**changes).full_clean()
    assert list(raised.value.message_dict) == [field]


def test_full_clean_passes_what_is_right_and_keeps_it(letters):
    row = new(body="x" * 200, facts=[1])
    row.full_clean()
    row.save()
    assert letters.get().body == "x" * 200
    with pytest.raises(ValidationError):
        new(facts=7).full_clean()


def test_forms_show_and_validate_the_text(letters, letter):
    form_class = forms.modelform_factory(Letter, fields=["body", "reply", "facts"])
    assert form_class(instance=letter).initial["body"] == "plain words"
    assert isinstance(form_class.base_fields["reply"].widget, forms.Textarea)
    assert not form_class({"body": "x" * 201}, instance=letter).is_valid()
    bound = form_class({"body": "from the form", "reply": "", "facts": '{"a": 1}'}, instance=letter)
    assert bound.is_valid(), bound.errors
    bound.save()
    assert (letters.get().body, letters.get().reply, letters.get().facts) == ("from the form", None, {"a": 1})


def test_migrations_hold_the_binding_as_plain_words():
    field = Letter._meta.get_field("body")
    name, path, args, kwargs = field.deconstruct()
    assert (name, path, args) == ("body", "groupcare.vault.fields.EncryptedTextField", [])
    assert kwargs == {
        "bound_as": "vault_tests.letter.body",
        "owner": "person",
        "owner_from": "person_id",
        "purpose": "clinical",
        "max_length": 200,
    }
    again = EncryptedTextField(*args, **kwargs)
    assert again.deconstruct()[1:] == field.deconstruct()[1:]
    assert "groupcare.vault.fields.EncryptedTextField" in MigrationWriter.serialize(field)[0]
    assert field.clone().bound_as == field.bound_as


def test_checks_name_an_unsafe_declaration():
    from django.apps.registry import Apps

    class Wrong(models.Model):
        body = EncryptedTextField(
            bound_as="Wrong", owner="person", owner_from="nobody", purpose="clinical", unique=True, default="x"
        )

        class Meta:
            apps = Apps()
            app_label = "vault_tests"

        def __str__(self):
            return ""

    found = {message.id for message in Wrong._meta.get_field("body").check()}
    assert {"vault.E010", "vault.E011", "vault.E012", "vault.E013", "vault.E014"} <= found
    assert not Letter._meta.get_field("body").check()


# --- tampering ----------------------------------------------------------------------------------


def put(row, column, value):
    key = row.pk.hex if connection.vendor == "sqlite" else row.pk
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE vault_tests_letter SET {column} = %s WHERE id = %s", [value, key])


def assert_closed(letters, pk, caplog, column="body"):
    with caplog.at_level(logging.CRITICAL, logger="groupcare.vault"), pytest.raises(DecryptionError):
        getattr(letters.get(pk=pk), column)
    assert any(record.levelno == logging.CRITICAL for record in caplog.records)
    assert "plain" not in caplog.text


@pytest.mark.req("SEC-35", "SEC-42")
def test_a_ciphertext_moved_to_another_row_does_not_open(letters, letter, raw, caplog):
    other = letters.create(person_id=letter.person_id, body="other words")
    put(other, "body", raw(letter))
    assert_closed(letters, other.pk, caplog)


@pytest.mark.req("SEC-35", "SEC-42")
def test_a_ciphertext_moved_to_another_column_does_not_open(letters, letter, raw, caplog):
    put(letter, "reply", raw(letter))
    assert_closed(letters, letter.pk, caplog, "reply")


@pytest.mark.req("SEC-42")
@pytest.mark.parametrize("place", [0, 5, 20, 35, -1])
def test_a_changed_byte_is_an_error_and_an_alert_never_an_empty_text(letters, letter, raw, caplog, place):
    value = bytearray(raw(letter))
    value[place] ^= 1
    put(letter, "body", bytes(value))
    assert_closed(letters, letter.pk, caplog)


def test_a_data_key_handed_to_another_owner_does_not_unwrap(letters, letter, caplog):
    DataKey.objects.update(owner_id=uuid.uuid4())
    datakeys.forget()
    assert_closed(letters, letter.pk, caplog)
