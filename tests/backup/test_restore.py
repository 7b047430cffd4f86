"""A populated practice is backed up, lost and restored, by the commands a person would use."""

import json
import shutil
from pathlib import Path

import pytest

from groupcare.backup import container
from tests.backup.installation import Place
from tests.databases import on_sqlite

pytestmark = pytest.mark.timeout(600)
# A place takes a minute to make on PostgreSQL. What asks the files and not the database is shown on SQLite.
same_on_both = on_sqlite("the same on both databases; make deep runs it here too")


class Backup:
    """A practice, the code of its sheet, and its two files."""

    def __init__(self, place: Place) -> None:
        self.place = place
        place.done("prepare")
        self.early = place.manage("backup")
        self.code = place.new_sheet()
        place.done("backup")
        self.data = sorted((place.folder / "backup" / "data").iterdir())[-1]
        (self.keys,) = (place.folder / "backup" / "keys").iterdir()


@pytest.fixture(scope="module")
def backup(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("practice"))
    yield Backup(place)
    place.end()


@pytest.fixture
def empty(tmp_path):
    place = Place(tmp_path / "place")
    yield place
    place.end()


def restore(place: Place, backup: Backup, *, code: str = "", data: Path | None = None, keys: Path | None = None):
    arguments = ["--data", str(data or backup.data), "--keys", str(keys or backup.keys)]
    return place.manage("restore", *arguments, said=f"{code or backup.code}\n")


@pytest.mark.req("SEC-73")
def test_a_lost_practice_comes_back_with_every_row_value_and_trigger(backup, empty):
    done = restore(empty, backup)
    assert done.returncode == 0, done.stderr
    assert "Restored:" in done.stdout
    empty.done("verify_audit")
    empty.done("check_access")
    found = json.loads(empty.done("check_data", "--all", "--json"))
    assert found["problems"] == []
    assert found["triggers"] > 10
    before = json.loads(backup.place.done("check_data", "--all", "--json"))
    # What was written since: the events about the two backups.
    assert before["opened"] == found["opened"]
    assert found["opened"]["accounts.Person.used_name"] > 20
    differ = {table for table in found["counts"] if before["counts"][table] != found["counts"][table]}
    assert differ == {"audit_trailevent"}
    assert (empty.folder / "keys" / "vault.json").stat().st_mode & 0o777 == 0o600
    again = restore(empty, backup)
    assert again.returncode == 1
    assert "not empty" in again.stderr
    # A practice that was restored can be backed up in turn, under the same sheet.
    empty.done("backup")


@same_on_both
@pytest.mark.req("SEC-73")
def test_neither_file_holds_a_readable_word_of_the_practice(backup):
    for file in (backup.data, backup.keys):
        raw = file.read_bytes()
        assert file.stat().st_mode & 0o777 == 0o600
        for word in (b"demo.example", b"Linden", b"accounts_person", b"SQLite format", b"vault.json", b"root"):
            assert word not in raw


@same_on_both
def test_the_data_holds_no_key_and_the_keys_hold_no_data(backup):
    from groupcare.backup import keyfile

    keys = keyfile.read(backup.keys, backup.code)
    assert set(keys) == {"backup.key", "checkpoint.key", "recovery.json", "session.key", "trail.key", "vault.json"}
    key = keyfile.parse_key(keys["backup.key"])
    with container.reading(backup.data) as (head, source):
        names = [label["name"] for label, _ in container.entries(container.opener(head, source, key))]
    assert names[0] == "manifest.json"
    # The table of data keys holds them wrapped; what unwraps them is in the other file only.
    assert not [name for name in names if name != "table/vault_datakey" and ("key" in name or "vault.json" in name)]


@same_on_both
def test_without_a_sheet_the_keys_are_not_backed_up_and_it_says_so(backup):
    assert backup.early.returncode == 1
    assert "recovery sheet first" in backup.early.stderr
    assert "Data:" in backup.early.stdout


@same_on_both
@pytest.mark.req("SEC-73")
@pytest.mark.parametrize("wrong", ["code", "typing", "swapped", "cut", "changed", "newer", "letter"])
def test_what_does_not_fit_is_refused_with_a_sentence_and_writes_nothing(backup, empty, tmp_path, wrong):
    from groupcare.backup import codes

    spoiled = tmp_path / "spoiled.gcb"
    raw = backup.data.read_bytes()
    spoiled.write_bytes(
        {
            "cut": raw[: len(raw) // 2],
            # In the first piece: of the last one nobody can tell a change from a cut.
            "changed": raw[:9000] + bytes([raw[9000] ^ 1]) + raw[9001:],
            "newer": raw.replace(b"GroupCare backup 1\n", b"GroupCare backup 2\n", 1),
            "letter": b"Dear colleague",
        }.get(wrong, raw)
    )
    given = {
        "code": {"code": codes.new_code()},
        "typing": {"code": backup.code[:-2] + "UU"},
        "swapped": {"data": backup.keys},
    }.get(wrong, {"data": spoiled})
    done = restore(empty, backup, **given)
    assert done.returncode == 1
    says = {
        "code": "does not open the keys",
        "typing": "a letter is wrong",
        "swapped": "is a backup of the keys",
        "cut": "ends too early",
        "changed": "changed or is damaged",
        "newer": "newer GroupCare",
        "letter": "no backup of GroupCare",
    }[wrong]
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not {name for name in empty.files() if "vault" in name or "restore" in name or name.startswith("data/files")}
    # The place is as good as new: the right files go in.
    if wrong in {"cut", "changed"}:
        assert restore(empty, backup).returncode == 0


def test_keys_of_another_practice_are_not_written_over(backup, empty):
    empty.done("init_keys")
    before = (empty.folder / "keys" / "trail.key").read_bytes()
    done = restore(empty, backup)
    assert done.returncode == 1
    assert "Other keys lie" in done.stderr
    assert (empty.folder / "keys" / "trail.key").read_bytes() == before


@same_on_both
def test_a_backup_goes_neither_below_the_data_nor_both_into_one_folder(backup):
    below = backup.place.manage("backup", "--only", "data", "--to", str(backup.place.folder / "data" / "b"))
    assert "lies below the data" in below.stderr
    together = backup.place.manage("backup", "--to", "/tmp/one", "--keys-to", "/tmp/one")
    assert "must not lie together" in together.stderr
    assert not Path("/tmp/one").exists()


@pytest.mark.req("SEC-73")
def test_the_drill_restores_measures_and_leaves_nothing(backup):
    before = backup.place.files()
    said = backup.place.done("drill")
    for step in ("fresh backup", "restore", "rows and triggers", "verify_audit", "check_access"):
        assert f"{step}" in said
    assert "FAILED" not in said
    assert backup.place.files() - before == set()


@same_on_both
@pytest.mark.req("SEC-73")
def test_the_drill_tries_the_very_files_and_the_very_code(backup, tmp_path):
    code = tmp_path / "code"
    code.write_text(f"{backup.code}\n")
    files = ["--data", str(backup.data), "--keys", str(backup.keys), "--code-file", str(code)]
    assert "passed" in backup.place.done("drill", *files)
    cut = tmp_path / "cut.gcb"
    cut.write_bytes(backup.data.read_bytes()[:-100])
    failed = backup.place.manage("drill", *files, "--data", str(cut))
    assert failed.returncode == 1
    assert "FAILED" in failed.stdout
    assert "ends too early" in failed.stdout
    half = backup.place.manage("drill", "--data", str(backup.data))
    assert "Name both files" in half.stderr


@same_on_both
def test_a_damaged_practice_fails_its_inspection(backup, empty):
    assert restore(empty, backup).returncode == 0
    ring = empty.folder / "keys" / "vault.json"
    shutil.copy(ring, empty.folder / "kept")
    content = json.loads(ring.read_text())
    content["keys"] = dict.fromkeys(content["keys"], "A" * 43 + "=")
    ring.write_text(json.dumps(content))
    failed = empty.manage("check_data")
    assert failed.returncode == 1
    assert "does not open" in failed.stderr
