"""Disk full, keys gone, database gone: a clear page, nothing half-written, and a command that says what to do."""

import resource
import subprocess
import sys

import pytest
from django.db import connection
from django.urls import reverse

from groupcare.audit.models import TrailEvent
from groupcare.practice.models import Practice
from groupcare.vault import datakeys
from tests.backup.installation import ROOT, Place

FIELDS = {
    "name": "Elm",
    "public_name": "Elm House",
    "time_zone": "UTC",
    "language": "en",
    "contact": "",
    "crisis_text": "",
}


def away(answer) -> bool:
    """Whether the answer is the page that says that a part is away, without a word of what was asked."""
    text = answer.content.decode()
    return answer.status_code == 503 and "not there just now" in text and "Nothing was changed" in text


@pytest.fixture
def full_disk(world):
    """Let the database file grow no further, as on a full disk."""
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's disk is not ours to fill; the page answers to the same error class")
    with connection.cursor() as cursor:
        # Free pages would be used first.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        pages = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA max_page_count = 1073741823")


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_gives_the_page_for_not_now_and_writes_nothing(world, client_for, full_disk):
    ada = client_for(world.ada)
    ada.raise_request_exception = False
    before = Practice.objects.get().contact, TrailEvent.objects.count()
    answer = ada.post(reverse("practice:settings"), {**FIELDS, "contact": "The front desk. " * 60_000})
    assert away(answer), answer.status_code
    assert (Practice.objects.get().contact, TrailEvent.objects.count()) == before
    assert ada.post(reverse("practice:settings"), FIELDS).status_code == 302


def test_a_missing_key_ring_gives_the_page_for_not_now(world, client_for, settings, tmp_path):
    nadia = client_for(world.nadia)
    nadia.raise_request_exception = False
    page = reverse("groups:group-detail", args=[world.thursday.pk])
    assert nadia.get(page).status_code == 200
    datakeys.forget()
    real, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path
    answer = nadia.get(page)
    settings.KEYS_DIR = real
    assert away(answer)
    assert "Thursday" not in answer.content.decode()
    assert nadia.get(page).status_code == 200


def test_a_database_that_is_gone_gives_the_page_for_not_now(world, client_for, monkeypatch):
    """As after a crash of the server: every statement fails on its connection."""
    from django.db import OperationalError
    from django.db.backends.utils import CursorWrapper

    ada = client_for(world.ada)
    ada.raise_request_exception = False
    assert ada.get(reverse("practice:settings")).status_code == 200

    def gone(*_args, **_kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", gone)
        patch.setattr(CursorWrapper, "executemany", gone)
        answer = ada.get(reverse("practice:settings"))
    assert away(answer)
    assert ada.get(reverse("practice:settings")).status_code == 200


@pytest.fixture(scope="module")
def practice(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("bad"))
    place.environment["GROUPCARE_DEMO"] = "0"
    place.done("prepare")
    yield place
    place.end()


@pytest.mark.req("SEC-38")
def test_the_command_names_a_missing_key_ring_and_where_it_comes_from(practice):
    ring = practice.folder / "keys" / "vault.json"
    kept = ring.read_bytes()
    ring.unlink()
    said = practice.manage("health")
    assert said.returncode == 1
    assert "key ring: vault.ring_missing. Restore vault.json from the backup of the keys." in said.stdout
    backup = practice.manage("backup", "--only", "data")
    # The data's own backup does not need the ring: what is there can still be saved.
    assert backup.returncode == 0, backup.stderr
    ring.write_bytes(kept)
    ring.chmod(0o600)
    assert "key ring: well" in practice.manage("health").stdout


def test_the_command_names_a_database_that_is_gone(practice):
    if practice.server:
        url = "postgres://postgres@127.0.0.1:1/nothing"
        said = practice.manage("health", DATABASE_URL=url)
        assert "database: database.no_answer. Start the database" in said.stdout
    else:
        file = practice.folder / "data" / "groupcare.sqlite3"
        file.rename(file.with_name("away"))
        said = practice.manage("health")
        assert "trail: trail.no_tables. The database is empty or gone." in said.stdout
        file.unlink()
        file.with_name("away").rename(file)
    assert said.returncode == 1
    assert "Traceback" not in said.stderr


def test_a_start_without_the_database_of_before_says_so_and_makes_no_new_one(practice):
    if practice.server:
        pytest.skip("a server that does not answer stops the preparation with its own sentence")
    data = practice.folder / "data"
    (data / "run").mkdir(exist_ok=True)
    file = data / "groupcare.sqlite3"
    (data / "run" / "prepared").write_text(f"stamp django.db.backends.sqlite3 {file} demo=False")
    file.rename(data / "away")
    said = practice.manage("run", PORT="8199")
    assert said.returncode == 1
    assert "is gone, though a practice was here" in said.stderr
    assert "make restore" in said.stderr
    assert not file.exists()
    (data / "away").rename(file)
    (data / "run" / "prepared").unlink()


def test_a_disk_that_is_full_leaves_no_half_backup_and_says_what_to_do(practice, tmp_path):
    folder = tmp_path / "to"

    def no_larger_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    done = subprocess.run(
        [sys.executable, "manage.py", "backup", "--only", "data", "--to", str(folder)],
        cwd=ROOT,
        env={**practice.environment, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=no_larger_files,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "full" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(folder.glob("*")) == [] == list(folder.glob(".*"))
    assert not list((practice.folder / "data").glob(".backup-*"))
    practice.done("backup", "--only", "data", "--to", str(folder))
    assert len(list(folder.iterdir())) == 1
