"""What was read aloud is what is kept; a follow-up is due on its day; and acts from before have no record of it."""

from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from consent import records
from consent.models import Act, FollowUp
from consent.selectors import in_writing
from consent.services import TextChanged, follow_up, record_aloud
from groupcare.audit import recording
from groupcare.exceptions import InvalidTransition
from groupcare.practice.records import Scope
from tests.consent.helpers import newest, publish, url
from tests.consent.test_aloud import _spoken, form_of
from tests.consent.test_on_paper import aloud, due, read_out
from tests.world import at_work, proof, today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def form(world, walter):
    return url("aloud-record", world.thursday.pk, walter.pk)


# --- the text that was read -----------------------------------------------------------------------------------------
@pytest.mark.req("REQ-2")
def test_the_text_that_was_on_the_page_is_posted_and_another_one_is_refused_with_what_was_typed(
    world, walter, client_for, form
):
    client, first = client_for(world.nadia), newest(world)
    shown = client.get(form).content.decode()
    assert f'name="version" value="{first.pk}"' in shown
    assert f'name="text_sha256" value="{first.text_sha256}"' in shown
    sent = form_of(world)
    publish(world)
    refused = client.post(form, sent)
    assert refused.status_code == 422
    body = refused.content.decode()
    assert "Another text is in force by now." in body
    assert "What I hear stays there." in body
    assert "Cannot read the print." in body
    for gone in ("read_aloud", "attested"):
        assert gone not in refused.context["form"].data
    second = newest(world)
    assert f'name="version" value="{second.pk}"' in body
    assert f'name="text_sha256" value="{second.text_sha256}"' in body
    assert not Act.objects.filter(subject=walter.person_id).exists()
    assert client.post(form, form_of(world)).status_code == 302
    assert Act.objects.get(subject=walter.person_id).spoken.script_sha256 == second.text_sha256


@pytest.mark.parametrize("wrong", [{"text_sha256": "0" * 64}, {"text_sha256": ""}, {"version": ""}, {"version": "x"}])
def test_a_check_sum_or_version_that_does_not_fit_is_refused(world, walter, client_for, form, wrong):
    client = client_for(world.nadia)
    refused = client.post(form, form_of(world, **wrong))
    assert refused.status_code == 422
    assert "Another text is in force by now." in refused.content.decode()
    assert client.post(form, form_of(world)).status_code == 302


def test_the_service_refuses_what_is_not_in_force_by_itself(world, walter):
    first = newest(world)
    publish(world)
    with at_work(world.nadia) as nadia:
        with pytest.raises(TextChanged):
            record_aloud(**read_out(world, walter, first), spoken=_spoken(), step_up=proof(), by=nadia)
        with pytest.raises(TextChanged):
            record_aloud(
                **{**read_out(world, walter), "text_sha256": first.text_sha256},
                spoken=_spoken(),
                step_up=proof(),
                by=nadia,
            )
        act = record_aloud(**read_out(world, walter), spoken=_spoken(), step_up=proof(), by=nadia)
    assert act.version == newest(world)


def test_it_is_read_out_in_another_language_with_the_words_of_that_language(world, walter, client_for, form):
    client, spanish = client_for(world.nadia), newest(world, "es")
    assert f"version={spanish.pk}" in client.get(form).content.decode()
    shown = client.get(f"{form}?version={spanish.pk}").content.decode()
    assert f'name="text_sha256" value="{spanish.text_sha256}"' in shown
    assert spanish.clauses["meaning"] in shown
    sent = form_of(world, version=str(spanish.pk), text_sha256=spanish.text_sha256)
    assert spanish.clauses["meaning"] in client.post(form, {**sent, "witness": ""}).content.decode()
    assert client.post(form, sent).status_code == 302
    assert Act.objects.get(subject=walter.person_id).version == spanish


# --- the follow-up ----------------------------------------------------------------------------------------------
def test_whoever_closes_a_follow_up_in_the_same_moment_comes_second(world, walter, monkeypatch):
    """What was closed before the lock was had is seen under it."""
    from consent.services import speaking

    spoken, other = aloud(world, walter).spoken, aloud(world, world.membership("ben"), asked_for_it=True).spoken
    real = speaking.locked

    def locked(document_id):
        FollowUp.objects.create(spoken=spoken, how="sent", done_by=world.tom)
        return real(document_id)

    with at_work(world.nadia) as nadia:
        with monkeypatch.context() as beside:
            beside.setattr(speaking, "locked", locked)
            with pytest.raises(InvalidTransition, match="followed up already"):
                follow_up(spoken_id=spoken.pk, how="handed", by=nadia)
        assert follow_up(spoken_id=other.pk, how="handed", by=nadia).how == "handed"


def test_the_board_and_the_list_say_by_when_and_mark_what_is_overdue(world, walter, client_for):
    act = aloud(world, walter)
    pages = (url("coverage-board", world.thursday.pk), url("follow-up-list"))
    for one in pages:
        body = client_for(world.nadia).get(one).content.decode()
        assert "In writing by" in body, one
        assert f'datetime="{due().isoformat()}"' in body, one
        assert "Overdue" not in body, one
    day = due()
    with travel(timezone.now() + timedelta(days=9), tick=False):
        for one in pages:
            body = client_for(world.nadia).get(one).content.decode()
            assert "Overdue" in body, one
            assert f'datetime="{day.isoformat()}"' in body, one
        with at_work(world.nadia) as nadia:
            follow_up(spoken_id=act.spoken.pk, how="sent", by=nadia)
        for one in pages:
            body = client_for(world.nadia).get(one).content.decode()
            assert "writing by" not in body, one
            assert "Overdue" not in body, one


def test_a_board_without_anything_aloud_asks_for_no_days(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert in_writing([], today()) == {}


# --- from before the record of its own ----------------------------------------------------------------------------
def from_before(world, place):
    """Return an act agreed aloud as it was kept before it had a record of its own."""
    version = newest(world)
    return Act.objects.create(
        act="agreed_aloud",
        document=version.document,
        version=version,
        group=world.thursday,
        subject_id=place.person_id,
        signer_id=place.person_id,
        meaning="agree",
        evidence={"attested_by": str(world.nadia.pk), "attested_name": "Nadia Rahmani", "witness": "Ruth"},
        valid_until=timezone.now() + timedelta(days=300),
        route="voice",
        dated_on=today(),
        recorded_by=world.nadia,
        supersedes=Act.objects.filter(subject=place.person_id).exclude(act="presented").last(),
    )


def test_an_act_agreed_aloud_before_its_record_was_kept_breaks_no_page_and_says_so(world, client_for):
    ben = world.membership("ben")
    old, lead = from_before(world, ben), client_for(world.nadia)
    assert not hasattr(old, "spoken")
    board = lead.get(url("coverage-board", world.thursday.pk)).content.decode()
    assert "In writing by: not recorded" in board
    for page in (url("follow-up-list"), url("member-answers", world.thursday.pk, ben.pk), "/today/"):
        assert lead.get(page).status_code == 200, page
    for page in (url("act-detail", old.pk), url("act-copy", old.pk), url("agreement-list")):
        shown = client_for(world.ben).get(page)
        assert shown.status_code == 200, page
        assert "not recorded" in shown.content.decode() or page == url("agreement-list")
    assert "Attested by: Nadia Rahmani" in client_for(world.ben).get(url("act-copy", old.pk)).content.decode()
    with at_work(world.nadia), recording():
        facts = [
            fact for one in records.everything(Scope(ben.person_id, world.thursday.pk, ben.pk)) for fact in one.facts
        ]
    assert ("To be followed up in writing by", "not recorded") in [(fact.label, fact.text) for fact in facts]


def test_one_with_its_record_says_its_day_on_the_same_pages(world, client_for):
    act = aloud(world, world.membership("ben"), asked_for_it=True)
    for page in (url("act-detail", act.pk), url("act-copy", act.pk)):
        body = client_for(world.ben).get(page).content.decode()
        assert "To be followed up in writing by" in body
        assert due().isoformat() in body
        assert "not recorded" not in body
