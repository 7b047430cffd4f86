"""Agreements on paper and by voice: acts of their own kind, with the scan, the day, and who compared it."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction
from time_machine import travel

from consent.models import Act, PaperScan
from consent.services import Paper, Spoken, record_aloud, record_paper, record_told, withdraw
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.vault import EncryptedStorage
from groups import ports
from groups.services import NewMember, add_member, end_facilitation
from tests.consent.helpers import newest, publish, url
from tests.world import ZONE, at_work, proof, today

pytestmark = pytest.mark.django_db
PDF, JPEG, PNG = b"%PDF-1.7 one page", b"\xff\xd8\xff\xe1 Exif and all", b"\x89PNG\r\n\x1a\n pixels"


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def ids(world, place, version=None):
    return {
        "group_id": world.thursday.pk,
        "membership_id": place.pk,
        "version_id": (version or newest(world)).pk,
    }


def read_out(world, place, version=None):
    """Return what a page that showed a text to be read aloud posts of it."""
    version = version or newest(world)
    return {**ids(world, place, version), "text_sha256": version.text_sha256}


def paper(world, place, by="nadia", version=None, **given):
    wanted = {"signed_on": today(), "wording": "printed", "scan": PDF, "compared": True, **given}
    with at_work(world.person(by)) as person:
        return record_paper(**ids(world, place, version), paper=Paper(**wanted), by=person)


def typed(world, scan=PDF, name="scan.pdf", **given):
    return {
        "version": str(newest(world).pk),
        "signed_on": today().isoformat(),
        "wording": "printed",
        "scan": SimpleUploadedFile(name, scan, "application/pdf"),
        "compared": "on",
        **given,
    }


def state_of(world, place):
    return ports.clearance(world.thursday.pk, place.person_id)


@pytest.mark.req("REQ-1", "REQ-51")
def test_a_paper_with_its_scan_clears_a_member_who_never_signs_in(world, walter, client_for):
    client, mails = client_for(world.tom), Message.objects.count()
    form = url("paper-record", world.thursday.pk, walter.pk)
    assert client.get(form).status_code == 200
    assert not state_of(world, walter).cleared
    kept = client.post(form, typed(world))
    assert kept["Location"] == url("member-answers", world.thursday.pk, walter.pk)
    act = Act.objects.get(act="signed_on_paper")
    assert (act.subject_id, act.signer_id, act.recorded_by_id) == (walter.person_id, walter.person_id, world.tom.pk)
    assert (act.route, act.dated_on, act.meaning) == ("paper", today(), "agree")
    assert act.version == newest(world)
    assert (act.evidence["compared_by"], act.evidence["compared_name"]) == (str(world.tom.pk), "Tom Becker")
    assert act.evidence["text_sha256"] == act.version.text_sha256
    assert "step_up" not in act.evidence
    assert state_of(world, walter).cleared
    page = client.get(kept["Location"]).content.decode()
    assert "compared with the original by Tom Becker" in page
    assert "Signed on paper" in page
    assert Message.objects.count() == mails
    assert TrailEvent.objects.filter(action="act.record_paper", actor=str(world.tom.pk)).exists()


def test_it_counts_from_the_day_on_the_paper_and_runs_out_like_any_other(world, walter):
    act = paper(world, walter, signed_on=today() - timedelta(days=300), wording="same")
    first = act.valid_until.astimezone(ZONE)
    assert (first.date() - act.dated_on).days == 365
    assert state_of(world, walter).state == "current"
    with travel(act.valid_until - timedelta(days=1), tick=False):
        assert state_of(world, walter).state == "due"
    with travel(act.valid_until, tick=False):
        assert state_of(world, walter).state == "expired"
    publish(world)
    assert state_of(world, walter).state == "superseded"


def test_a_paper_that_is_too_old_is_kept_and_does_not_open_the_gate(world, walter):
    paper(world, walter, signed_on=today() - timedelta(days=700), wording="same")
    assert state_of(world, walter).state == "expired"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"signed_on": "2099-01-01"}, "Choose a day that has come already."),
        ({"signed_on": "2001-01-01"}, "This version was not published yet on that day."),
        ({"wording": "different"}, "Then this paper does not count for this version."),
        ({"wording": "nonsense"}, "Choose one from the list."),
        ({"compared": ""}, "Hold the scan beside the paper."),
        ({"scan": b""}, "This file is empty. Scan it again."),
        ({"version": ""}, "Choose one."),
    ],
)
def test_what_is_not_right_is_said_beside_its_field_and_nothing_is_kept(world, walter, client_for, given, said):
    shown = client_for(world.nadia).post(url("paper-record", world.thursday.pk, walter.pk), typed(world, **given))
    assert shown.status_code == 422
    text = shown.content.decode()
    assert said in text
    assert given.get("signed_on", today().isoformat()) in text
    assert not PaperScan.objects.exists()
    assert not Act.objects.filter(subject=walter.person_id).exists()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"<html><script>alert(1)</script>", "scan.pdf"),
        (b"<!-- -->%PDF-1.7", "scan.pdf"),
        (b"GIF89a", "scan.png"),
        (b"MZ\x90", "scan.jpg"),
        (b" %PDF-1.7", "scan.pdf"),
        (b"PK\x03\x04", "scan.pdf"),
    ],
)
def test_a_file_that_is_no_picture_of_a_paper_is_refused_by_what_is_in_it(world, walter, client_for, content, name):
    form = url("paper-record", world.thursday.pk, walter.pk)
    shown = client_for(world.nadia).post(form, typed(world, scan=content, name=name))
    assert shown.status_code == 422
    assert "Choose a PDF, JPEG or PNG file." in shown.content.decode()
    assert not PaperScan.objects.exists()


def test_eleven_megabytes_are_refused_with_a_way_out_and_ten_are_taken(world, walter, client_for, tmp_path):
    client, form = client_for(world.nadia), url("paper-record", world.thursday.pk, walter.pk)
    shown = client.post(form, typed(world, scan=PDF + bytes(11 * 1024 * 1024)))
    assert shown.status_code == 422
    assert "larger than 10 MB" in shown.content.decode()
    assert today().isoformat() in shown.content.decode()
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
    assert client.post(form, typed(world, scan=PDF + bytes(10 * 1024 * 1024 - len(PDF)))).status_code == 302
    assert PaperScan.objects.get().size == 10 * 1024 * 1024


def test_the_service_refuses_a_large_scan_by_itself(world, walter):
    with pytest.raises(ValidationError, match="larger than 10 MB"):
        paper(world, walter, scan=PDF + bytes(10 * 1024 * 1024))


@pytest.mark.req("REQ-157")
@pytest.mark.parametrize(("content", "kind"), [(PDF, "application/pdf"), (JPEG, "image/jpeg"), (PNG, "image/png")])
def test_a_scan_lies_encrypted_and_is_only_ever_saved_never_opened(world, walter, client_for, tmp_path, content, kind):
    # A polyglot: a paper by its beginning, a page by what follows.
    content += b"<html><script>alert(document.cookie)</script>"
    act = paper(world, walter, scan=content)
    scan = PaperScan.objects.get(act=act)
    assert scan.file.startswith(f"person/{walter.person_id}/agreements/")
    stored = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert [b"script" in one.read_bytes() for one in stored] == [False]
    assert EncryptedStorage().open(scan.file).read() == content
    sent = client_for(world.nadia).get(url("paper-scan", act.pk))
    assert sent.content == content
    assert sent["Content-Type"] == kind
    assert sent["Content-Disposition"].startswith("attachment;")
    assert "Walter" not in sent["Content-Disposition"]
    assert sent["Content-Security-Policy"].startswith("sandbox")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Cache-Control"] == "no-store"
    assert (
        TrailEvent.objects.filter(action="paper.read", object_id=str(scan.pk), actor=str(world.nadia.pk)).count() == 1
    )


@pytest.mark.req("REQ-158")
def test_only_the_person_and_those_who_work_with_the_group_now_open_a_scan(world, client_for):
    act = paper(world, world.membership("ben"), asked_for_paper=True)
    page = url("paper-scan", act.pk)
    for name in ("ben", "nadia", "tom"):
        assert client_for(world.person(name)).get(page).status_code == 200, name
    for name in ("chiara", "zoe", "ex", "olga", "ada", "petra", "xavier", "root"):
        assert client_for(world.person(name)).get(page).status_code == 404, name
    with at_work(world.nadia) as nadia:
        tom = world.thursday.facilitations.get(person=world.tom)
        end_facilitation(facilitation_id=tom.pk, group=world.thursday, by=nadia)
    assert client_for(world.tom).get(page).status_code == 404
    assert client_for(world.ben).get(url("paper-scan", world.act_of_ben.pk)).status_code == 404


def test_nobody_else_writes_down_answers(world, walter):
    for name in ("olga", "ben", "zoe", "ada", "root", "petra"):
        with pytest.raises(Refused):
            paper(world, walter, by=name)
    with pytest.raises(Refused):
        paper(world, world.membership("zoe"))
    with pytest.raises(Refused):
        paper(world, walter, version=world.version_of_tuesday)
    assert paper(world, walter).recorded_by_id == world.nadia.pk


def test_somebody_who_signs_in_signs_themselves_unless_they_ask_for_paper_and_can_take_it_back(world, client_for):
    ben, client = world.membership("ben"), client_for(world.ben)
    with pytest.raises(ValidationError, match="unless they asked for paper"):
        paper(world, ben)
    act = paper(world, ben, asked_for_paper=True)
    assert url("act-detail", act.pk) in client.get(url("agreement-list")).content.decode()
    page = client.get(url("act-detail", act.pk)).content.decode()
    assert "You signed on paper" in page
    assert "compared with the original by Nadia Rahmani" in page
    assert "If this is not yours" in page
    assert url("act-withdraw", act.pk) in page
    copy = client.get(url("act-copy", act.pk)).content.decode()
    assert act.evidence["scan_sha256"] in copy
    assert "Second sign-in check" not in copy
    client.post(url("act-withdraw", act.pk))
    assert state_of(world, ben).state == "withdrawn"


def test_an_older_paper_never_comes_before_a_later_answer(world):
    ben = world.membership("ben")
    with at_work(world.ben) as person:
        withdraw(act_id=world.act_of_ben.pk, by=person)
    with pytest.raises(InvalidTransition, match="answered after that day"):
        paper(world, ben, asked_for_paper=True, signed_on=today() - timedelta(days=1), wording="same")
    assert state_of(world, ben).state == "withdrawn"


def test_a_paper_needs_who_recorded_it_and_the_ledger_stays_as_it_is(world, walter):
    act = paper(world, walter)
    facts = {
        name: getattr(act, name) for name in ("document", "version", "group", "subject", "signer", "at", "valid_until")
    }
    for wrong in (
        {"act": "signed_on_paper", "meaning": "agree", "route": "screen"},
        {"act": "signed_on_paper", "meaning": "agree", "route": "paper", "dated_on": today()},
        {"act": "signed_on_paper", "meaning": "", "route": "paper", "dated_on": today(), "recorded_by": world.nadia},
        {"act": "signed", "meaning": "agree", "route": "screen", "recorded_by": world.nadia, "dated_on": today()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Act.objects.create(**facts, **wrong, evidence={}, supersedes=act)
    for table in ("consent_act", "consent_paperscan"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")


# --- aloud and told ------------------------------------------------------------------------------------------------
SAID = {
    "witness": "Ruth Amsel",
    "why": "Cannot read the print.",
    "read_aloud": "on",
    "modality": "phone",
    "teach_back": "after",
    "interpreter": "Luz Pardo",
    "own_words": "What I hear stays there.",
    "typed_name": "Nadia Rahmani",
    "attested": "on",
}


def due(days=7):
    return today() + timedelta(days=days)


@pytest.mark.req("REQ-2")
def test_what_was_read_aloud_and_agreed_to_is_kept_with_its_witness(world, walter, client_for):
    client = client_for(world.nadia)
    form = url("aloud-record", world.thursday.pk, walter.pk)
    text = client.get(form).content.decode()
    for clause in newest(world).clauses["clauses"]:
        assert clause["title"] in text
    sent = {
        **SAID,
        "version": str(newest(world).pk),
        "text_sha256": newest(world).text_sha256,
        "said_on": today().isoformat(),
        "follow_up_on": due().isoformat(),
    }
    for missing, said in (
        ("witness", "Please fill this in."),
        ("own_words", "Please fill this in."),
        ("read_aloud", "only if every part was read aloud"),
        ("attested", "Tick this if you attest it."),
        ("typed_name", "Type your name. It is your signature."),
    ):
        shown = client.post(form, {**sent, missing: ""})
        assert shown.status_code == 422
        assert said in shown.content.decode()
        assert "Cannot read the print." in shown.content.decode()
    assert not state_of(world, walter).cleared
    assert client.post(form, sent).status_code == 302
    act = Act.objects.get(act="agreed_aloud")
    assert (act.route, act.recorded_by_id, act.dated_on) == ("voice", world.nadia.pk, today())
    assert act.evidence["witness"] == "Ruth Amsel"
    assert act.evidence["attested_name"] == "Nadia Rahmani"
    assert act.evidence["text_sha256"] == newest(world).text_sha256
    assert state_of(world, walter).cleared
    page = client.get(url("member-answers", world.thursday.pk, walter.pk)).content.decode()
    assert "attested by Nadia Rahmani" in page


def aloud(world, place, **given):
    wanted = {
        "said_on": today(),
        "witness": "Ruth",
        "why": "Sight",
        "read_aloud": True,
        "own_words": "It stays there.",
        "typed_name": "Nadia Rahmani",
        "attested": True,
        "follow_up_on": due(),
        **given,
    }
    with at_work(world.nadia) as nadia:
        return record_aloud(**read_out(world, place), spoken=Spoken(**wanted), step_up=proof(), by=nadia)


def told(world, place, act, **given):
    wanted = {"route": "voice", "told_on": today(), **given}
    with at_work(world.nadia) as nadia:
        return record_told(**ids(world, place), act=act, by=nadia, **wanted)


def test_aloud_only_where_the_kind_allows_it_and_only_without_sign_in(world, walter):
    for wrong in ({"witness": " "}, {"read_aloud": False}, {"said_on": today() + timedelta(days=1)}):
        with pytest.raises(ValidationError, match=r"Write who|Tick this|has come"):
            aloud(world, walter, **wrong)
    with pytest.raises(ValidationError, match="signs in"):
        aloud(world, world.membership("ben"))


def test_a_no_told_by_voice_shuts_the_gate_and_a_talk_is_asked_for(world, walter, client_for):
    paper(world, walter)
    assert state_of(world, walter).cleared
    for without_consequences in ("declined", "talk_first"):
        with pytest.raises(InvalidTransition, match="take it back"):
            told(world, walter, without_consequences)
    assert state_of(world, walter).cleared
    client, form = client_for(world.tom), url("told-record", world.thursday.pk, walter.pk)
    sent = {"act": "withdrawn", "route": "paper", "told_on": today().isoformat()}
    assert client.get(form).status_code == 200
    assert client.post(form, sent).status_code == 302
    act = Act.objects.filter(subject=walter.person_id).latest("at")
    assert (act.act, act.route, act.recorded_by_id) == ("withdrawn", "paper", world.tom.pk)
    assert state_of(world, walter).state == "withdrawn"
    again = client.post(form, sent)
    assert again.status_code == 422
    assert "no promise in force" in again.content.decode()
    assert told(world, walter, "talk_first") == told(world, walter, "talk_first")
    assert state_of(world, walter).state == "talk_first"
    told(world, walter, "declined")
    assert state_of(world, walter).state == "declined"
    page = client.get(url("member-answers", world.thursday.pk, walter.pk)).content.decode()
    assert "written down by Nadia Rahmani" in page


def test_pressing_twice_keeps_one_act_and_one_scan(world, walter):
    assert paper(world, walter).pk == paper(world, walter).pk
    assert PaperScan.objects.count() == 1
    other = paper(world, walter, scan=PNG)
    assert (PaperScan.objects.count(), other.supersedes.act) == (2, "signed_on_paper")
    assert aloud(world, walter).pk == aloud(world, walter).pk
    assert Act.objects.filter(act="agreed_aloud").count() == 1


def test_the_witness_is_a_second_person(world, walter):
    for name in ("nadia  rahmani", "Walter Ono"):
        with pytest.raises(ValidationError, match="second person"):
            aloud(world, walter, witness=name)


def test_what_cannot_be_told_for_somebody(world, walter):
    for act in ("signed", "signed_on_paper", "invalidated", "nonsense"):
        with pytest.raises(ValidationError, match="Choose one"):
            told(world, walter, act)
    with pytest.raises(ValidationError, match="Choose one"):
        told(world, walter, "declined", route="screen")
    with pytest.raises(ValidationError, match="signs in"):
        told(world, world.membership("ben"), "declined")


def test_the_printed_agreement_can_be_matched_when_it_comes_back(world, walter, client_for):
    version = newest(world)
    page = client_for(world.tom).get(url("agreement-print", world.thursday.pk, walter.pk)).content.decode()
    assert version.text_sha256[:8] in page
    assert f"Version {version.number} of" in page
    assert "Linden House" in page
    for word in ("Signature", "Compared with the scan by", version.clauses["meaning"].split(",")[0]):
        assert word in page
    for name in ("Walter", "Thursday B"):
        assert name not in page


def test_a_group_without_a_text_says_what_to_do_first(world, client_for, acting):
    from tests.consent.test_board import a_group

    group = a_group(world)
    with acting(world.nadia) as nadia:
        place = add_member(group=group, member=NewMember("Walter Ono", today()), by=nadia)
    client = client_for(world.nadia)
    for name in ("member-answers", "paper-record", "aloud-record", "told-record"):
        shown = client.get(url(name, group.pk, place.pk), follow=True).content.decode()
        assert "Publish the agreement first" in shown, name
    assert client.get(url("agreement-print", group.pk, place.pk)).status_code == 302
    sent = {"act": "declined", "route": "voice", "told_on": today().isoformat()}
    assert client.post(url("told-record", group.pk, place.pk), sent).status_code == 302
    assert not Act.objects.filter(subject=place.person_id).exists()
