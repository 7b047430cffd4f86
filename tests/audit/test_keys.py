"""Key files: private, made once, and production does not start without (SEC-38)."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from groupcare.audit import checks, installation, keys, record, unit_of_work
from groupcare.audit.events import Event, canonical, chained_mac
from groupcare.audit.models import ChainHead


@pytest.fixture
def no_keys(settings, tmp_path):
    settings.KEYS_DIR = tmp_path
    return tmp_path


def test_keys_are_made_once_and_private(no_keys):
    assert keys.make_missing() == ["trail.key", "checkpoint.key"]
    first = keys.trail_key()
    assert keys.make_missing() == []
    assert keys.trail_key() == first
    assert len(first) == 32
    assert {file.stat().st_mode & 0o777 for file in no_keys.iterdir()} == {0o600}


def test_a_missing_key_names_the_fix(no_keys):
    with pytest.raises(ImproperlyConfigured, match=r"trail.key is missing.*init_keys"):
        keys.trail_key()


def test_a_key_that_others_may_read_is_refused(no_keys):
    keys.make_missing()
    (no_keys / "trail.key").chmod(0o640)
    with pytest.raises(ImproperlyConfigured, match="chmod 600"):
        keys.trail_key()
    assert [message.id for message in checks.check_keys()] == ["audit.E001"]


def test_a_file_that_holds_no_key_is_refused(no_keys):
    keys.make_missing()
    (no_keys / "trail.key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="holds no key"):
        keys.trail_key()


@pytest.mark.req("SEC-38")
def test_production_does_not_start_without_keys(no_keys, settings):
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="init_keys"):
        checks.require_keys()
    assert [message.id for message in checks.check_keys()] == ["audit.E001", "audit.E001"]
    keys.make_missing()
    checks.require_keys()
    assert checks.check_keys() == []


@pytest.mark.django_db
def test_a_new_embedded_installation_gets_keys_and_one_with_a_trail_does_not(no_keys, actor, settings):
    ChainHead.objects.all().delete()
    settings.PRODUCTION = True
    installation.install()
    assert not list(no_keys.iterdir())
    ChainHead.objects.all().delete()
    settings.PRODUCTION = False
    installation.install()
    assert (no_keys / "trail.key").exists()
    with unit_of_work():
        record("note.read", object_type="note", object_id=1)
    (no_keys / "trail.key").unlink()
    ChainHead.objects.all().delete()
    installation.install()
    assert not (no_keys / "trail.key").exists()
    assert not ChainHead.objects.exists()


def test_no_two_lists_of_fields_look_alike():
    assert canonical("ab", "c") != canonical("a", "bc")


def test_the_mac_is_an_hmac_over_the_leaf_prefix_and_the_fields():
    # Worked out by hand from RFC 2104: H(key ^ opad || H(key ^ ipad || message)).
    from datetime import UTC, datetime
    from hashlib import sha256

    at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    parts = ["1", "p", "2026-01-02T03:04:05.000000+00:00", "a", "r", "n.read", "note", "7", "", "done", "q"]
    message = b"\x00" + b"".join(len(part).to_bytes(4, "big") + part.encode() for part in parts)
    key = b"k" * 64
    inner = sha256(bytes(byte ^ 0x36 for byte in key) + message).digest()
    expected = sha256(bytes(byte ^ 0x5C for byte in key) + inner).hexdigest()
    assert chained_mac(key, 1, "p", Event(at, "a", "r", "n.read", "note", "7", "", "done", "q")) == expected
