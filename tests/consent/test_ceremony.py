"""A member reads, decides, signs, keeps a copy, and may take it back."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from time_machine import travel

from consent.models import Act, ActKind
from consent.selectors import in_both_zones
from groupcare.audit.models import TrailEvent
from tests.consent.helpers import LATE, answers, newest, publish, state, url, walk_to_sign

pytestmark = pytest.mark.django_db
SIGNED = {"typed_name": "  Ben Tanaka ", "meant": "on"}


@pytest.mark.req("REQ-16", "REQ-51")
def test_a_member_signs_the_new_version_and_the_old_act_stays(world, client_for):
    before = world.act_of_ben
    version = publish(world)["en"]
    assert state(world, "ben") == "superseded"
    client = client_for(world.ben)

    opened = client.get(url("agreement-open", version.document_id))
    assert opened["Location"] == url("agreement-read", version.pk)
    form = walk_to_sign(client, version)
    page = client.get(form).content.decode()
    assert "I read this agreement, or had it read to me." in page
    review = client.post(url("agreement-review", version.pk), SIGNED).content.decode()
    assert "This is what we will keep" in review
    # What is still to come is not called "not recorded".
    assert "The moment in which you press Sign" in review
    assert len(answers(world, "ben")) == 1
    kept = client.post(form, SIGNED)

    act = answers(world, "ben")[-1]
    assert kept["Location"] == url("act-detail", act.pk)
    assert (act.act, act.meaning, act.capacity, act.trigger) == ("signed", "agree", "self", "new_version")
    assert (act.signer_id, act.subject_id, act.supersedes_id) == (world.ben.pk, world.ben.pk, before.pk)
    assert act.version.text_sha256 == version.text_sha256 == act.evidence["text_sha256"]
    assert act.evidence["typed_name"] == "Ben Tanaka"
    assert act.evidence["meaning_sentence"].startswith("I read this agreement")
    assert act.evidence["step_up"]["method"] == "password"
    assert act.evidence["signer_zone"] == "America/New_York"
    assert act.evidence["at_utc"].endswith("+00:00")
    assert act.evidence["language"] == "en"
    assert (act.valid_until - act.at).days == 365
    assert state(world, "ben") == "current"
    assert Act.objects.get(pk=before.pk).at == before.at
    assert "You signed" in client.get(kept["Location"]).content.decode()
    assert TrailEvent.objects.filter(action="act.sign", object_id=str(act.pk), actor=str(world.ben.pk)).exists()


def test_reading_changes_nothing_until_go_on_is_pressed(world, client_for):
    version = publish(world)["en"]
    client, before = client_for(world.ben), Act.objects.count()
    client.get(url("agreement-read", version.pk))
    assert client.get(url("agreement-decide", version.pk))["Location"] == url("agreement-read", version.pk)
    assert client.get(url("agreement-sign", version.pk))["Location"] == url("agreement-read", version.pk)
    assert client.get(url("agreement-present", version.pk)).status_code == 405
    assert client.get(url("agreement-talk", version.pk)).status_code == 405
    assert Act.objects.count() == before
    client.post(url("agreement-present", version.pk))
    assert Act.objects.count() == before + 1
    assert Act.objects.latest("at").act == ActKind.PRESENTED
    assert state(world, "ben") == "superseded"


@pytest.mark.req("SEC-12")
def test_every_page_of_a_ceremony_asks_at_most_eight_queries(world, client_for, queries):
    version = publish(world)["en"]
    client = client_for(world.ben)
    # A reading ends with the trail's own three statements (foundation F1).
    assert queries(client, url("agreement-read", version.pk)) <= 8 + 3
    assert queries(client, url("screen-agree")) <= 8
    client.post(url("agreement-present", version.pk))
    assert queries(client, url("agreement-understood", version.pk)) <= 8
    walk_to_sign(client, version)
    for name in ("agreement-ask", "agreement-decide", "agreement-decline", "agreement-sign"):
        assert queries(client, url(name, version.pk)) <= 8, name


def test_the_three_choices_are_equal(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    walk_to_sign(client, version)
    for name in ("agreement-decide", "agreement-sign"):
        page = client.get(url(name, version.pk)).content.decode()
        assert page.count('class="btn btn-even"') == 3
        assert "btn-primary" not in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"typed_name": " ", "meant": "on"}, "Type your name."),
        ({"typed_name": "Ben"}, "Tick this if you mean it."),
        ({"typed_name": "B" * 121, "meant": "on"}, "Type a shorter name"),
        ({}, "Type your name."),
    ],
)
def test_a_form_that_is_not_complete_signs_nothing_and_keeps_what_was_typed(world, client_for, typed, said):
    version = publish(world)["en"]
    client = client_for(world.ben)
    form = walk_to_sign(client, version)
    page = client.post(form, typed)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert (
        f'value="{typed.get("typed_name", "").strip()}"' in page.content.decode()
        or not typed.get("typed_name", "").strip()
    )
    assert len(answers(world, "ben")) == 1


def test_without_a_fresh_second_check_nobody_gets_to_the_form(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben, stepped_up=False)
    form = walk_to_sign(client, version)
    assert "/account/" in client.get(form)["Location"]
    assert "/account/" in client.post(form, SIGNED)["Location"]
    assert state(world, "ben") == "superseded"
    assert client_for(world.ben).post(form, SIGNED).status_code == 302
    assert state(world, "ben") == "current"


def test_pressing_sign_twice_leaves_one_signature(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    form = walk_to_sign(client, version)
    client.post(form, SIGNED)
    again = client.post(form, SIGNED)
    assert again["Location"] == url("agreement-list")
    assert len(answers(world, "ben")) == 2


def test_an_older_version_can_be_read_but_not_answered(world, client_for):
    old, new = newest(world), publish(world)["en"]
    client = client_for(world.ben)
    page = client.get(url("agreement-read", old.pk)).content.decode()
    assert "This is an older version" in page
    assert url("agreement-present", old.pk) not in page
    for name in ("agreement-present", "agreement-talk", "agreement-decline"):
        # They are shown the new one, never a mix.
        assert client.post(url(name, old.pk))["Location"] == url("agreement-open", old.document_id)
    assert len(answers(world, "ben")) == 1
    assert url("agreement-present", new.pk) in client.get(url("agreement-read", new.pk)).content.decode()


@pytest.mark.req("REQ-17", "REQ-5", "REQ-7")
def test_the_page_says_what_nobody_can_promise_the_limits_and_the_consequences(world, client_for):
    page = client_for(world.ben).get(url("agreement-read", newest(world).pk)).content.decode()
    assert "We cannot promise you that the others will." in page
    assert "when a child may be harmed" in page
    assert "may have to pause or to leave the group" in page
    assert "As a rule, what is shared in the group stays in the group." in page
    assert "Nadia Rahmani and Tom Becker" not in page  # version 1 came out before Tom did
    assert "Nadia Rahmani" in page
    assert "Thursday" not in page
    assert page.count('class="lock"') == 7


def test_spanish_is_the_same_version_marked_and_counts(world, client_for):
    versions = publish(world)
    english, spanish = versions["en"], versions["es"]
    assert english.number == spanish.number
    client = client_for(world.ben)
    page = client.get(url("agreement-read", english.pk)).content.decode()
    assert url("agreement-read", spanish.pk) in page
    assert "not yet read by a native clinician" not in page
    page = client.get(url("agreement-read", spanish.pk)).content.decode()
    assert 'lang="es"' in page
    assert "not yet read by a native clinician" in page
    client.post(walk_to_sign(client, spanish), SIGNED)
    act = answers(world, "ben")[-1]
    assert act.evidence["language"] == "es"
    assert act.evidence["meaning_sentence"].startswith("Leí este acuerdo")
    assert state(world, "ben") == "current"


def test_talk_first_is_kept_once_and_shows_on_the_board(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    kept = client.post(url("agreement-talk", version.pk))
    client.post(url("agreement-talk", version.pk))
    assert [one.act for one in answers(world, "ben")] == ["signed", "talk_first"]
    assert "You asked to talk first" in client.get(kept["Location"]).content.decode()
    assert (
        "Asked to talk before signing"
        in client_for(world.nadia).get(url("coverage-board", world.thursday.pk)).content.decode()
    )
    client.post(walk_to_sign(client, version), SIGNED)
    assert state(world, "ben") == "current"


def test_decline_says_what_it_means_before_it_counts(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    page = client.get(url("agreement-decline", version.pk)).content.decode()
    assert "You cannot come to the sessions of this group." in page
    assert state(world, "ben") == "superseded"
    kept = client.post(url("agreement-decline", version.pk))
    assert state(world, "ben") == "declined"
    page = client.get(kept["Location"]).content.decode()
    assert "That is fine." in page
    assert url("agreement-open", version.document_id) in page


def test_a_signature_is_taken_back_and_the_signature_stays_on_record(world, client_for):
    act = world.act_of_ben
    client = client_for(world.ben)
    assert "cannot be undone for the past" in client.get(url("act-withdraw", act.pk)).content.decode()
    assert state(world, "ben") == "current"
    client.post(url("act-withdraw", act.pk))
    assert state(world, "ben") == "withdrawn"
    assert [one.act for one in answers(world, "ben")] == ["signed", "withdrawn"]
    assert client.post(url("act-withdraw", act.pk))["Location"] == url("agreement-list")
    assert len(answers(world, "ben")) == 2
    page = client.get(url("agreement-list")).content.decode()
    assert "Taken back" in page
    assert "Signed" in page


@pytest.mark.req("REQ-51")
def test_the_copy_holds_the_whole_text_and_nothing_of_another_member(world, client_for):
    act = world.act_of_ben
    copy = client_for(world.ben).get(url("act-copy", act.pk))
    assert copy["Content-Disposition"].startswith("attachment;")
    assert copy["Cache-Control"] == "no-store"
    text = copy.content.decode()
    for clause in act.version.clauses["clauses"]:
        assert clause["title"] in text
        assert clause["body"] in text
    for kept in (act.version.text_sha256, act.evidence["typed_name"], act.evidence["meaning_sentence"], str(act.pk)):
        assert kept in text
    assert in_both_zones(act.evidence["at_utc"]) in text
    assert act.evidence["step_up"]["event"] in text
    for name in ("chiara", "dev", "zoe", "ex"):
        person = world.person(name)
        for word in (*person.used_name.split(), person.login.email, str(person.pk)):
            assert word not in text.replace("Example", "")
    assert "Thursday" not in text


@pytest.mark.parametrize("name", ["act-detail", "act-copy", "act-withdraw"])
@pytest.mark.parametrize("other", ["chiara", "zoe", "nadia", "ada", "root", "ex"])
def test_nobody_opens_another_persons_act(world, client_for, name, other):
    act = world.act_of_ben
    assert client_for(world.ben).get(url(name, act.pk)).status_code == 200
    client = client_for(world.person(other))
    assert client.get(url(name, act.pk)).status_code == 404
    if name == "act-withdraw":
        assert client.post(url(name, act.pk)).status_code == 404
        assert state(world, "ben") == "current"
    assert TrailEvent.objects.filter(result="refused", object_id=str(act.pk)).exists()


@pytest.mark.parametrize("other", ["zoe", "ex", "olga", "ada", "root"])
def test_only_people_of_the_group_reach_its_agreement(world, client_for, other):
    version = publish(world)["en"]
    mine, client = client_for(world.ben), client_for(world.person(other))
    assert mine.get(url("agreement-open", version.document_id)).status_code == 302
    assert client.get(url("agreement-open", version.document_id)).status_code == 404
    assert mine.get(url("agreement-read", version.pk)).status_code == 200
    assert client.get(url("agreement-read", version.pk)).status_code == 404
    before = Act.objects.count()
    for name in ("agreement-present", "agreement-talk", "agreement-decline", "agreement-sign"):
        assert client.post(url(name, version.pk), SIGNED).status_code == 404
    assert Act.objects.count() == before
    assert mine.post(url("agreement-present", version.pk)).status_code == 302


@pytest.mark.req("REQ-3", "REQ-29")
def test_who_leads_the_group_signs_it_too_as_one_who_leads(world, client_for):
    version = newest(world)
    client = client_for(world.nadia)
    assert url("agreement-present", version.pk) in client.get(url("agreement-read", version.pk)).content.decode()
    assert client.post(url("agreement-present", version.pk)).status_code == 302
    assert client.post(url("agreement-talk", version.pk)).status_code == 302
    assert [(one.act, one.capacity) for one in answers(world, "nadia")] == [("talk_first", "facilitator")]
    # A facilitator of another group meets what is not there.
    other = client_for(world.olga)
    assert other.get(url("agreement-read", version.pk)).status_code == 404
    assert other.post(url("agreement-present", version.pk)).status_code == 404


def test_the_list_shows_what_is_due_and_leads_to_it(world, client_for):
    page = client_for(world.ben).get(url("agreement-list")).content.decode()
    assert url("act-detail", world.act_of_ben.pk) in page
    with travel(timezone.now() + LATE, tick=False):
        page = client_for(world.ben).get(url("agreement-list")).content.decode()
    assert "Expired" in page
    assert url("agreement-open", world.act_of_ben.document_id) in page


def test_the_ledger_and_the_versions_cannot_be_changed_even_by_hand(world):
    act, version = world.act_of_ben, newest(world)
    for table, pk in (("consent_act", act.pk), ("consent_documentversion", version.pk)):
        column = "meaning" if table == "consent_act" else "text_sha256"
        value = pk.hex if connection.vendor == "sqlite" else str(pk)
        for sql in (f"UPDATE {table} SET {column} = 'x' WHERE id = %s", f"DELETE FROM {table} WHERE id = %s"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql, [value])
    assert Act.objects.get(pk=act.pk).meaning == "agree"


@pytest.mark.req("REQ-51")
def test_every_moment_of_the_evidence_stands_in_utc_and_in_the_readers_zone_with_both_named(world, client_for):
    ben, act = world.ben, world.act_of_ben
    ben.time_zone = "Asia/Kolkata"
    ben.save(update_fields=["time_zone"])
    at = act.at.astimezone(UTC)
    shown = f"{at:%Y-%m-%d %H:%M:%S} UTC, {at.astimezone(ZoneInfo('Asia/Kolkata')):%Y-%m-%d %H:%M:%S} Asia/Kolkata"
    client, version = client_for(ben), publish(world)["en"]
    pages = [client.get(url(name, act.pk)).content.decode() for name in ("act-detail", "act-copy")]
    form = walk_to_sign(client, version)
    assert client.get(form).status_code == 200
    review = client.post(url("agreement-review", version.pk), {"typed_name": "Ben Tanaka", "meant": "on"})
    for page in pages:
        assert shown in page
    for page in (*pages, review.content.decode()):
        # No moment stands alone, and none as the computer keeps it.
        zones = re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d ([\w/]+)", page)
        assert zones
        assert zones == ["UTC", "Asia/Kolkata"] * (len(zones) // 2)
        assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.sub(r'datetime="[^"]*"', "", page))


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (None, ""),
        ("", ""),
        ("not a moment", "not a moment"),
        ("2026-07-01T10:00:00+00:00", "2026-07-01 10:00:00 UTC, 2026-07-01 06:00:00 America/New_York"),
        (datetime(2026, 12, 1, 10, tzinfo=UTC), "2026-12-01 10:00:00 UTC, 2026-12-01 05:00:00 America/New_York"),
    ],
)
def test_a_moment_is_written_in_both_zones_and_what_is_none_stays_as_it_is(kept, shown):
    with timezone.override(ZoneInfo("America/New_York")):
        assert in_both_zones(kept) == shown
    with timezone.override(UTC):
        assert "," not in in_both_zones(kept)
