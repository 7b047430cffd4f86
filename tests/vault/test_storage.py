"""Files at rest are encrypted and bound to their name (foundation F7)."""

import uuid

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from groupcare.vault import DecryptionError, EncryptedStorage, KeyDestroyed, Owner, Purpose, destroy_key
from groupcare.vault.storage import new_name


@pytest.fixture
def storage(letters, tmp_path):
    return EncryptedStorage(str(tmp_path))


@pytest.fixture
def owner():
    return uuid.uuid4()


@pytest.fixture
def name(storage, owner):
    return storage.save(new_name(Owner.GROUP, owner, Purpose.AGREEMENTS), ContentFile(b"sealed document"))


def test_a_file_comes_back_and_lies_encrypted(storage, name, tmp_path):
    assert storage.open(name).read() == b"sealed document"
    assert storage.size(name) == len(b"sealed document")
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert b"sealed document" not in file.read_bytes()
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_default_storage_is_this_one():
    assert isinstance(default_storage, EncryptedStorage)


def test_a_moved_or_changed_file_does_not_open(storage, name, owner, tmp_path):
    other = new_name(Owner.GROUP, owner, Purpose.AGREEMENTS)
    (tmp_path / name).rename(tmp_path / other)
    with pytest.raises(DecryptionError):
        storage.open(other)
    assert not storage.exists(name)
    assert storage.exists(other)


def test_erasure_reaches_files(storage, name, owner):
    destroy_key(owner=Owner.GROUP, owner_id=owner, purpose=Purpose.AGREEMENTS)
    with pytest.raises(KeyDestroyed):
        storage.open(name)
    storage.delete(name)
    storage.delete(name)
    assert not storage.exists(name)


def test_a_file_is_never_replaced(storage, name):
    with pytest.raises(FileExistsError):
        storage.save(name, ContentFile(b"other"))
    assert storage.open(name).read() == b"sealed document"


@pytest.mark.parametrize("wrong", ["letter.pdf", "group/x/agreements/y", "../../etc/passwd", "person/{0}/agreements"])
def test_a_name_that_does_not_say_whose_it_is_is_refused(storage, owner, wrong):
    with pytest.raises(SuspiciousFileOperation):
        storage.save(wrong.format(owner), ContentFile(b"x"))


def test_files_have_no_address_and_are_not_opened_for_writing(storage, name):
    with pytest.raises(NotImplementedError):
        storage.url(name)
    with pytest.raises(ValueError, match="whole"):
        storage.open(name, "wb")


def test_what_is_too_large_is_refused(storage, owner, monkeypatch):
    monkeypatch.setattr("groupcare.vault.storage._MOST", 3)
    with pytest.raises(ValueError, match="too large"):
        storage.save(new_name(Owner.GROUP, owner, Purpose.AGREEMENTS), ContentFile("four"))
