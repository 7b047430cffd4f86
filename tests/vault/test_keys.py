"""The ring, data keys, erasure, rotation and derived keys (SEC-36, SEC-38, SEC-39)."""

# ruff: noqa: PT012 - what raises is the end of a unit of work, which holds more than one statement

import hashlib
import hmac
import json
import uuid

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connection

from groupcare.audit import Actor, acting
from groupcare.audit.models import TrailEvent
from groupcare.vault import (
    DecryptionError,
    KeyDestroyed,
    Owner,
    Purpose,
    blind_index,
    checks,
    datakeys,
    derive_key,
    destroy_key,
    open_text,
    ring,
    rotate_keys,
    seal_text,
    services,
    unlock,
)
from groupcare.vault.apps import make_ring
from groupcare.vault.models import DataKey
from tests.vault.conftest import Letter


def erase(letter, purpose=Purpose.CLINICAL):
    return destroy_key(owner=Owner.PERSON, owner_id=letter.person_id, purpose=purpose)


def test_one_key_for_each_owner_and_purpose(letters):
    person = uuid.uuid4()
    for _ in range(3):
        letters.create(person_id=person, body="a", reply="b")
    letters.create(person_id=uuid.uuid4(), body="a")
    kept = DataKey.objects.filter(owner_id=person).values_list("purpose", flat=True)
    assert sorted(kept) == ["clinical", "contact"]


@pytest.mark.req("SEC-39")
def test_erasure_destroys_one_purpose_of_one_owner(letters, letter):
    other = letters.create(person_id=uuid.uuid4(), body="other words")
    letter.reply = "kept"
    letter.save()
    assert erase(letter) == 1
    found = letters.get(pk=letter.pk)
    with pytest.raises(KeyDestroyed):
        _ = found.body
    assert (found.reply, letters.get(pk=other.pk).body) == ("kept", "other words")
    row = DataKey.objects.get(owner_id=letter.person_id, purpose="clinical")
    assert bytes(row.wrapped) == b""
    event = TrailEvent.objects.get(action="data_key.destroy")
    assert (event.object_id, event.purpose) == (str(row.id), "clinical")
    assert erase(letter) == 0


def test_erasure_is_undone_with_its_unit(letters, letter):
    from groupcare.audit import unit_of_work

    with pytest.raises(KeyError), unit_of_work():
        erase(letter)
        raise KeyError
    assert letters.get(pk=letter.pk).body == "plain words"


def test_an_erased_row_can_be_saved_without_reading_it(letters, letter, raw):
    before = raw(letter)
    erase(letter)
    found = letters.get(pk=letter.pk)
    found.kind = "other"
    found.save()
    assert raw(letter) == before


def test_data_written_after_an_erasure_gets_a_new_key(letters, letter):
    erase(letter)
    again = letters.create(person_id=letter.person_id, body="new words")
    assert letters.get(pk=again.pk).body == "new words"
    assert DataKey.objects.filter(owner_id=letter.person_id, purpose="clinical").count() == 2


def test_a_key_lives_60_seconds_in_a_process(letters, letter, monkeypatch, django_assert_num_queries):
    now = 1000.0
    monkeypatch.setattr("groupcare.vault.datakeys.time.monotonic", lambda: now)
    datakeys.forget()
    assert letters.get(pk=letter.pk).body
    # Destroyed by another process: this one has not heard of it.
    DataKey.objects.update(wrapped=b"", destroyed_at="2026-01-01T00:00:00Z")
    now += 59
    row = letters.get(pk=letter.pk)
    with django_assert_num_queries(0):
        assert row.body
    now += 2
    with pytest.raises(KeyDestroyed):
        _ = letters.get(pk=letter.pk).body


def test_a_list_that_is_unlocked_never_uses_a_destroyed_key(letters, letter):
    assert letters.get(pk=letter.pk).body
    DataKey.objects.update(wrapped=b"", destroyed_at="2026-01-01T00:00:00Z")
    row = letters.get(pk=letter.pk)
    unlock(row)
    with pytest.raises(KeyDestroyed):
        _ = row.body


def test_a_missing_data_key_is_an_error(letters, letter):
    DataKey.objects.all().delete()
    datakeys.forget()
    row = letters.get(pk=letter.pk)
    unlock(row)
    with pytest.raises(DecryptionError, match="missing"):
        _ = row.body


@pytest.mark.django_db(transaction=True)
def test_a_key_that_was_rolled_back_never_protects_new_data(letter_table):
    from django.db import transaction

    person = uuid.uuid4()
    with pytest.raises(KeyError), transaction.atomic():
        Letter.objects.create(person_id=person, body="lost")
        raise KeyError
    row = Letter.objects.create(person_id=person, body="kept")
    datakeys.forget()
    assert Letter.objects.get(pk=row.pk).body == "kept"
    Letter.objects.all().delete()


# --- rotation -----------------------------------------------------------------------------------


@pytest.mark.req("SEC-36")
def test_rotation_wraps_again_and_leaves_ciphertext_alone(own_ring, letters, letter, raw, capsys):
    before, old = raw(letter), ring.current().current
    call_command("rotate_keys")
    assert "2 data keys are wrapped" in capsys.readouterr().out
    assert raw(letter) == before
    assert set(DataKey.objects.values_list("kek_id", flat=True)) == {ring.current().current} != {old}
    datakeys.forget()
    assert letters.get(pk=letter.pk).body == "plain words"
    assert old in ring.current().ciphers
    assert TrailEvent.objects.filter(action="key_ring.rotate").exists()
    assert own_ring.stat().st_mode & 0o777 == 0o600


@pytest.mark.req("SEC-36")
def test_an_interrupted_rotation_reads_everything_and_is_resumed(own_ring, letters, capsys):
    letters.bulk_create([Letter(person_id=uuid.uuid4(), body="words") for _ in range(5)])
    assert rotate_keys(limit=2) == 2
    assert services.unfinished()
    datakeys.forget()
    assert {row.body for row in letters.all()} == {"words"}
    new = ring.current().current
    call_command("rotate_keys", "--retire")
    assert f"3 data keys are wrapped by {new}" in capsys.readouterr().out
    assert list(ring.current().ciphers) == [new]
    datakeys.forget()
    assert {row.body for row in letters.all()} == {"words"}


def test_a_key_of_the_ring_in_use_is_never_retired(own_ring, letters, letter):
    rotate_keys(limit=1)
    assert services.retire_unused() == []


def test_a_ring_from_the_environment_is_wrapped_to_but_not_changed(own_ring, letters, letter, monkeypatch):
    content = json.loads(own_ring.read_text())
    content["keys"]["newer"] = content["root"]
    content["current"] = "newer"
    monkeypatch.setenv("GROUPCARE_VAULT_RING", json.dumps(content))
    assert not checks.check_ring()
    call_command("rotate_keys")
    assert set(DataKey.objects.values_list("kek_id", flat=True)) == {"newer"}
    with pytest.raises(ImproperlyConfigured, match="Change it there"):
        ring.add_key()


def test_a_data_key_whose_ring_key_is_gone_names_the_fix(own_ring, letters, letter):
    own_ring.unlink()
    ring.make_missing()
    datakeys.forget()
    with pytest.raises(ImproperlyConfigured, match=r"Restore vault.json"):
        _ = letters.get(pk=letter.pk).body


# --- the ring's file ----------------------------------------------------------------------------


@pytest.mark.req("SEC-38")
def test_production_does_not_start_without_a_ring(own_ring, settings):
    settings.PRODUCTION = True
    checks.require_ring()
    own_ring.unlink()
    assert checks.ring_health() == "vault.ring_missing"
    with pytest.raises(ImproperlyConfigured, match=r"vault.json is missing.*init_keys"):
        checks.require_ring()
    assert [message.id for message in checks.check_ring()] == ["vault.E005"]


@pytest.mark.parametrize("content", ["", "{}", '{"version": 1, "current": "a", "keys": {"a": "AAAA"}, "root": "AAAA"}'])
def test_a_broken_ring_is_refused(own_ring, content):
    own_ring.write_text(content)
    with pytest.raises(ImproperlyConfigured, match="no key ring"):
        ring.current()


def test_a_ring_that_others_may_read_is_refused(own_ring):
    own_ring.chmod(0o644)
    own_ring.touch()
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        ring.current()


def test_init_keys_makes_what_is_missing_once(settings, tmp_path, capsys, db):
    settings.KEYS_DIR = tmp_path / "new"
    TrailEvent.objects.all()
    with acting(Actor("system:test")):
        keys_in_use = DataKey.objects.exists() or TrailEvent.objects.exists()
    if keys_in_use:
        with pytest.raises(CommandError, match=r"Restore trail.key and vault.json"):
            call_command("init_keys")
        return
    call_command("init_keys")
    assert "Made trail.key, checkpoint.key, vault.json" in capsys.readouterr().out
    call_command("init_keys")
    assert "All keys are there." in capsys.readouterr().out
    assert {file.stat().st_mode & 0o777 for file in settings.KEYS_DIR.iterdir()} == {0o600}


def test_init_keys_never_replaces_lost_keys(own_ring, letters, letter):
    own_ring.unlink()
    with pytest.raises(CommandError, match=r"Restore vault.json"):
        call_command("init_keys")
    make_ring()
    assert not own_ring.exists()


def test_init_keys_in_production_asks_for_the_word(own_ring, settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="--new-installation"):
        call_command("init_keys")


# --- derived keys -------------------------------------------------------------------------------


def test_derived_keys_are_hkdf_sha256_and_survive_rotation(own_ring, db):
    import base64

    root = base64.b64decode(json.loads(own_ring.read_text())["root"])
    # RFC 5869 for one block: PRK = HMAC(zeros, root), OKM = HMAC(PRK, info || 0x01).
    prk = hmac.digest(b"\0" * 32, root, hashlib.sha256)
    assert derive_key("tokens") == hmac.digest(prk, b"groupcare|tokens\x01", hashlib.sha256)
    before = derive_key("tokens"), blind_index("email", "a@example.org")
    ring.add_key()
    assert (derive_key("tokens"), blind_index("email", "a@example.org")) == before
    assert derive_key("tokens") != derive_key("other")


def test_blind_indexes_differ_by_label_and_value(own_ring):
    one = blind_index("email", "a@example.org")
    assert len(one) == 64
    assert one == blind_index("email", "a@example.org")
    assert len({one, blind_index("email", "b@example.org"), blind_index("phone", "a@example.org")}) == 3


@pytest.mark.req("SEC-41")
def test_texts_without_an_owner_are_sealed_under_their_label(own_ring):
    sealed = seal_text("mfa", "seed", row=7)
    assert open_text("mfa", sealed, row=7) == "seed"
    assert sealed != seal_text("mfa", "seed", row=7)
    for wrong in [("other", sealed, 7), ("mfa", sealed, 8), ("mfa", "seed", 7), ("mfa", sealed[:-4] + "AAAA", 7)]:
        with pytest.raises(DecryptionError):
            open_text(wrong[0], wrong[1], row=wrong[2])


def test_two_processes_that_need_a_key_at_once_make_one(letters, monkeypatch):
    person = uuid.uuid4()
    first = datakeys.for_writing(Owner.PERSON, person, Purpose.CLINICAL)
    row = datakeys._make(Owner.PERSON, person, Purpose.CLINICAL)  # as one that saw no row a moment ago
    assert row.id == first.id
    assert connection.is_usable()
