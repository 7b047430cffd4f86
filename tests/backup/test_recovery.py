"""The recovery code and its sheet: on the page, at the command line, and what they open."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from groupcare.audit.models import TrailEvent
from groupcare.backup import codes, keyfile, recovery
from groupcare.backup.errors import BackupError

CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}\b")


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """A folder of keys of this test's own, with the keys of the test's database in it."""
    home = tmp_path / "keys"
    home.mkdir(mode=0o700)
    for file in Path(settings.KEYS_DIR).iterdir():
        if file.suffix in {".key", ".json"} and not file.name.startswith("recovery"):
            (home / file.name).write_bytes(file.read_bytes())
            (home / file.name).chmod(0o600)
    settings.KEYS_DIR = home
    return home


def test_a_code_is_read_as_people_write_it():
    code = codes.new_code()
    assert CODE.fullmatch(code)
    typed = code.lower().replace("-", "  ").replace("0", "o").replace("1", "l")
    assert codes.normal(typed) == code.replace("-", "")


def test_a_slip_of_the_pen_is_noticed():
    code = "0" * 26
    whole = code + codes._check(code)
    assert codes.normal(whole) == whole
    for wrong in (whole[:-1], whole + "0", "U" + whole[1:], "1" + whole[1:]):
        with pytest.raises(BackupError):
            codes.normal(wrong)


def test_codes_hold_130_random_bits():
    assert codes._RANDOM * 5 >= 128
    assert len({codes.new_code() for _ in range(200)}) == 200


@pytest.mark.req("SEC-73")
def test_the_administrator_prints_the_sheet_once_and_types_it_back(world, client_for, own_keys):
    ada = client_for(world.ada)
    page = reverse("backup:recovery")
    assert "There is no sheet yet" in ada.get(page).content.decode()
    sheet = ada.post(page).content.decode()
    code = CODE.search(sheet).group()
    assert code not in ada.get(page).content.decode()
    assert recovery.current() is None, "it does not count before it was typed back"
    wrong = ada.post(reverse("backup:recovery-confirm"), {"code": codes.new_code()})
    assert wrong.status_code == 422
    assert "not the code of the newest sheet" in wrong.content.decode()
    slip = ada.post(reverse("backup:recovery-confirm"), {"code": code[:-1]})
    assert slip.status_code == 422
    assert code[:-1] in slip.content.decode()
    assert recovery.current() is None
    assert ada.post(reverse("backup:recovery-confirm"), {"code": code.lower()}).status_code == 302
    assert recovery.current().fits(code)
    assert TrailEvent.objects.filter(action="recovery_sheet.confirm", actor=str(world.ada.pk)).count() == 1
    # Nothing that lies there tells the code.
    assert not [
        file for file in own_keys.iterdir() if code.replace("-", "").encode() in file.read_bytes().replace(b"-", b"")
    ]
    again = ada.post(reverse("backup:recovery-confirm"), {"code": code})
    assert again.status_code == 302
    assert again.url == page


@pytest.mark.req("SEC-48")
def test_the_sheet_asks_for_a_fresh_proof_and_for_an_administrator(world, client_for):
    page = reverse("backup:recovery")
    assert client_for(world.ada).get(page).status_code == 200
    assert "/step-up/" in client_for(world.ada, stepped_up=False).post(page).url
    for person in (world.nadia, world.petra, world.root, world.ben):
        assert client_for(person).post(page).status_code == 404
    assert recovery.pending() is None


def test_a_sheet_that_was_never_typed_back_leaves_the_old_one_in_force(db):
    out = StringIO()
    call_command("recovery_sheet", stdout=out)
    first = CODE.search(out.getvalue()).group()
    from groupcare.access import acting_as_system

    with acting_as_system("tests"):
        assert recovery.confirm(first)
        second = recovery.make_sheet()
        assert recovery.current().fits(first)
        assert not recovery.current().fits(second)
        assert not recovery.confirm(first)
        assert recovery.confirm(second)
    assert not recovery.current().fits(first)


def test_a_backup_of_the_keys_needs_the_sheet_of_its_time(db, tmp_path):
    sheet, code = recovery.new_sheet()
    keyfile.write(tmp_path / "k.gcb", sheet)
    found = keyfile.read(tmp_path / "k.gcb", code)
    assert {"vault.json", "trail.key", "checkpoint.key", "backup.key"} <= set(found)
    _, later = recovery.new_sheet()
    with pytest.raises(BackupError, match="does not open the keys"):
        keyfile.read(tmp_path / "k.gcb", later)


def test_a_folder_that_may_not_be_written_is_said_on_the_page(world, client_for, settings, tmp_path):
    """As in production, where the service may read its keys and not write beside them."""
    (tmp_path / "file").write_text("no folder")
    # The trail's key is loaded already; only writing fails.
    ada = client_for(world.ada)
    assert ada.get(reverse("backup:recovery")).status_code == 200
    real, settings.KEYS_DIR = settings.KEYS_DIR, tmp_path / "file" / "keys"
    with pytest.raises(BackupError):
        recovery._keep(recovery.new_sheet()[0])
    settings.KEYS_DIR = real


def test_the_command_tells_what_is_missing(db, monkeypatch):
    monkeypatch.setattr("builtins.input", lambda prompt: codes.new_code())
    with pytest.raises(CommandError, match="no new sheet"):
        call_command("recovery_sheet", "--confirm")
    call_command("recovery_sheet", stdout=StringIO())
    with pytest.raises(CommandError, match="not the code"):
        call_command("recovery_sheet", "--confirm")
