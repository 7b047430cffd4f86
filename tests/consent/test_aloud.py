"""Agreed aloud: its own record, signed for by the one who read it out, and in writing afterwards."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from time_machine import travel

from consent.models import Act, ConsentBasis, Document, FollowUp, GuardianLink, SpokenAgreement
from consent.selectors import open_follow_ups
from consent.services import Paper as SignedPaper
from consent.services import Spoken, follow_up, record_aloud, record_paper
from groupcare.exceptions import Refused, StepUpNeeded
from groups import ports
from tests.consent.helpers import newest, url
from tests.consent.test_on_paper import SAID, aloud, due, ids, paper, read_out
from tests.factories import make_person
from tests.world import StepUpEvidence, at_work, proof, today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DATA_DIR = tmp_path


def form_of(world, **given):
    return {
        **SAID,
        "version": str(newest(world).pk),
        "text_sha256": newest(world).text_sha256,
        "said_on": today().isoformat(),
        "follow_up_on": due().isoformat(),
        **given,
    }


@pytest.mark.req("REQ-2")
def test_the_record_says_how_who_and_in_which_words_and_the_facilitator_signed_it(world, walter, client_for):
    page = url("aloud-record", world.thursday.pk, walter.pk)
    assert client_for(world.nadia).post(page, form_of(world)).status_code == 302
    kept = SpokenAgreement.objects.get(act__subject=walter.person_id)
    assert (kept.modality, kept.script_sha256) == ("phone", newest(world).text_sha256)
    assert (kept.follow_up_on, kept.attested_by_id) == (due(), world.nadia.pk)
    assert kept.said["own_words"] == "What I hear stays there."
    assert (kept.said["teach_back"], kept.said["interpreter"]) == ("after", "Luz Pardo")
    signed = kept.said["attestation"]
    assert signed["typed_name"] == "Nadia Rahmani"
    assert signed["meaning_sentence"].startswith("I read every part of this text aloud.")
    assert signed["step_up"]["method"] == "password"
    with connection.cursor() as cursor:
        cursor.execute("SELECT said FROM consent_spokenagreement")
        assert b"stays there" not in bytes(cursor.fetchone()[0])
    shown = client_for(world.nadia).get(url("member-answers", world.thursday.pk, walter.pk)).content.decode()
    assert "Agreed aloud" in shown
    assert "attested by Nadia Rahmani" in shown
    assert "Signed by" not in shown


def test_without_a_fresh_proof_nobody_attests(world, walter, client_for):
    page = url("aloud-record", world.thursday.pk, walter.pk)
    stale = client_for(world.nadia, stepped_up=False).get(page)
    assert stale.status_code == 302
    assert "step" in stale["Location"] or "again" in stale["Location"]
    old = StepUpEvidence(method="password", at=timezone.now() - timedelta(minutes=6), event="x")
    with pytest.raises(StepUpNeeded), at_work(world.nadia) as nadia:
        record_aloud(**read_out(world, walter), spoken=_spoken(), step_up=old, by=nadia)
    assert not Act.objects.filter(subject=walter.person_id).exists()


def _spoken(**given):
    wanted = {
        "said_on": today(),
        "witness": "Ruth",
        "why": "Sight",
        "read_aloud": True,
        "own_words": "It stays there.",
        "typed_name": "Nadia Rahmani",
        "attested": True,
        "follow_up_on": due(),
    }
    return Spoken(**{**wanted, **given})


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"own_words": "  "}, "own_words"),
        ({"witness": "nadia  RAHMANI"}, "witness"),
        ({"witness": "Walter Ono"}, "witness"),
        ({"typed_name": ""}, "typed_name"),
        ({"typed_name": "x" * 121}, "typed_name"),
        ({"attested": False}, "attested"),
        ({"modality": "dream"}, "modality"),
        ({"teach_back": "no"}, "teach_back"),
        ({"follow_up_on": None, "days": -1}, "follow_up_on"),
        ({"follow_up_on": None, "days": 31}, "follow_up_on"),
    ],
)
def test_what_is_missing_is_said_beside_its_field_and_with_it_all_is_kept(world, walter, given, field):
    days = given.pop("days", None)
    if days is not None:
        given["follow_up_on"] = due(days)
    with pytest.raises(ValidationError) as wrong:
        aloud(world, walter, **given)
    assert list(wrong.value.message_dict) == [field]
    assert aloud(world, walter).act == "agreed_aloud"


def test_a_kind_that_needs_a_signature_cannot_be_agreed_aloud(world, walter, monkeypatch, client_for):
    from dataclasses import replace

    from consent.kinds import load_kind

    strict = replace(load_kind("group_confidentiality_agreement"), spoken_allowed=False)
    monkeypatch.setattr("consent.services.speaking.load_kind", lambda key: strict)
    with pytest.raises(ValidationError, match="needs a signature"):
        aloud(world, walter)
    monkeypatch.setattr("consent.views.recorded.load_kind", lambda key: strict)
    client = client_for(world.nadia)
    page = client.get(url("member-answers", world.thursday.pk, walter.pk)).content.decode()
    assert "Read it aloud" not in page
    assert client.get(url("aloud-record", world.thursday.pk, walter.pk)).status_code == 302


def test_who_signs_in_says_it_only_if_they_asked_and_can_take_it_back(world, client_for):
    ben = world.membership("ben")
    with travel(timezone.now() + timedelta(days=1), tick=False):
        with pytest.raises(ValidationError, match="unless they asked to say it"):
            aloud(world, ben)
        act = aloud(world, ben, asked_for_it=True)
        shown = client_for(world.ben).get(url("act-detail", act.pk)).content.decode()
        assert "You agreed aloud" in shown
        assert "attested by Nadia Rahmani" in shown
        assert url("act-withdraw", act.pk) in shown
        copy = client_for(world.ben).get(url("act-copy", act.pk)).content.decode()
    assert "It stays there." in copy
    assert "Attested by: Nadia Rahmani" in copy
    assert "Name as typed: Ben" not in copy


def test_a_guardian_agrees_in_a_line_of_their_own_with_name_and_relationship(world, walter, monkeypatch):
    from dataclasses import replace

    from consent.kinds import Signer, load_kind
    from consent.models import Capacity, Who

    guardian = make_person("Grete Ono")
    facts = {"person_id": walter.person_id, "checked_by": world.nadia, "evidence": "Passport seen."}
    GuardianLink.objects.create(guardian=guardian, relationship="grandparent", authority="court", **facts)
    ConsentBasis.objects.create(person_id=walter.person_id, decides="guardian", grounds="Age 12", decided_by=world.ada)
    kind = load_kind("group_confidentiality_agreement")
    both = replace(kind, signers=(*kind.signers, Signer(Who.GUARDIAN, Capacity.GUARDIAN)))
    monkeypatch.setattr("consent.services.attesting.load_kind", lambda key: both)
    with at_work(world.nadia) as nadia:
        act = record_aloud(
            **read_out(world, walter), spoken=_spoken(), step_up=proof(), by=nadia, signer_id=guardian.pk
        )
        with pytest.raises(Refused):
            record_aloud(**read_out(world, walter), spoken=_spoken(), step_up=proof(), by=nadia, signer_id=world.ben.pk)
    assert (act.subject_id, act.signer_id, act.capacity) == (walter.person_id, guardian.pk, "guardian")
    said = act.spoken.said
    assert (said["guardian_name"], said["guardian_relationship"]) == ("Grete Ono", "Grandparent")


# --- in writing afterwards ------------------------------------------------------------------------------------------
def waiting(world, name="nadia"):
    with at_work(world.person(name)) as person:
        return list(open_follow_ups(person))


@pytest.mark.req("REQ-2")
def test_it_waits_for_something_in_writing_until_there_is_something(world, walter, client_for):
    act = aloud(world, walter)
    assert [one.act_id for one in waiting(world)] == [one.act_id for one in waiting(world, "tom")] == [act.pk]
    assert waiting(world, "olga") == waiting(world, "ben") == []
    paper(world, walter)
    assert waiting(world) == []


def test_a_copy_that_was_handed_over_closes_it_once(world, walter, client_for):
    spoken = aloud(world, walter).spoken
    page = url("follow-up-close", spoken.pk)
    for name in ("olga", "ben", "zoe", "ada", "root"):
        assert client_for(world.person(name)).get(page).status_code == 404, name
        assert client_for(world.person(name)).post(page, {"how": "handed"}).status_code == 404, name
    client = client_for(world.tom)
    assert client.get(page).status_code == 200
    assert client.post(page, {"how": ""}).status_code == 422
    assert client.post(page, {"how": "handed"}).status_code == 302
    assert FollowUp.objects.get(spoken=spoken).done_by_id == world.tom.pk
    assert waiting(world) == []
    again = client.post(page, {"how": "sent"})
    assert again.status_code == 422
    assert "followed up already" in again.content.decode()
    with pytest.raises(ValidationError), at_work(world.nadia) as nadia:
        follow_up(spoken_id=spoken.pk, how="somehow", by=nadia)
    with pytest.raises(Refused), at_work(world.nadia) as nadia:
        follow_up(spoken_id=walter.pk, how="sent", by=nadia)


def test_neither_the_record_nor_its_follow_up_can_be_changed(world, walter):
    spoken = aloud(world, walter).spoken
    with at_work(world.nadia) as nadia:
        follow_up(spoken_id=spoken.pk, how="sent", by=nadia)
    for table in ("consent_spokenagreement", "consent_followup"):
        for words in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(words)


def test_papers_of_a_second_document_are_recorded_under_it_and_never_under_anothers(world, walter, client_for):
    other = Document.objects.create(kind="group_confidentiality_agreement", person=world.ben, group=world.thursday)
    assert ports.clearance(world.thursday.pk, walter.person_id).state == "missing"
    shown = client_for(world.nadia).get(url("member-answers", world.thursday.pk, walter.pk))
    assert str(other.pk) not in shown.content.decode()
    with pytest.raises(Refused), at_work(world.nadia) as nadia:
        record_paper(
            **{**ids(world, walter), "version_id": world.version_of_tuesday.pk},
            paper=SignedPaper(today(), "printed", b"%PDF-1.7", True),
            by=nadia,
        )
    assert paper(world, walter).document_id == newest(world).document_id
