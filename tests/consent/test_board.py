"""The coverage board, publishing, and what members are shown of it (nothing)."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from consent.models import DocumentVersion
from groupcare.audit.models import TrailEvent
from groups.models import TherapyGroup
from groups.services import create_group
from tests.consent.helpers import LATE, NOTICE, newest, publish, state, url
from tests.world import at_work

pytestmark = pytest.mark.django_db


def fields(client, group, **changes):
    """Return what the publishing form would send with ``changes``, after the whole text was looked at."""
    form = client.get(url("version-create", group.pk)).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    typed = {name: value for name, value in {**shown, **changes}.items() if value not in (None, False)}
    read = client.post(url("version-create", group.pk), {**typed, "show": "1"}).context["form"]
    return {**typed, "publish": "1", "seen": read["seen"].value() or ""}


def a_group(world, lead="nadia"):
    with at_work(world.person(lead)) as by:
        return create_group(
            by=by,
            label="Monday C",
            kind="skills",
            openness="closed",
            format="in_person",
            place="US-NY",
            capacity=8,
            language="en",
            site=world.site,
        )


@pytest.mark.req("REQ-1", "REQ-4", "REQ-5", "REQ-6", "REQ-7", "REQ-17")
def test_a_facilitator_reviews_and_publishes_the_shipped_agreement(world, client_for):
    group = a_group(world)
    client = client_for(world.nadia)
    card = client.get(f"/groups/{group.pk}/").content.decode()
    assert url("version-create", group.pk) in card
    assert "Until it is, nobody can come in." in card
    page = client.get(url("version-create", group.pk)).content.decode()
    for sentence in (
        "These people lead it: Nadia Rahmani.",
        "one group at Linden House",
        "The rules of New York",
        "Or reach the practice: The front desk.",
        "We cannot promise you that the others will.",
        "not yet read by a native clinician",
    ):
        assert sentence in page, sentence
    assert not DocumentVersion.objects.filter(group=group).exists()

    words = "First we talk. {facilitators} decide within a week."
    sent = client.post(
        url("version-create", group.pk),
        fields(client, group, en_consequences=words, es_consequences="Primero hablamos. {facilitators} deciden."),
    )
    assert sent["Location"] == url("document-list", group.pk)
    english, spanish = DocumentVersion.objects.filter(group=group).order_by("language")
    assert (english.number, spanish.number, english.language, spanish.language) == (1, 1, "en", "es")
    assert len(english.text_sha256) == 64
    assert english.text_sha256 != spanish.text_sha256
    bodies = {one["key"]: one["body"] for one in english.clauses["clauses"]}
    assert bodies["consequences"] == "First we talk. Nadia Rahmani decide within a week."
    assert "{" not in "".join(bodies.values())
    assert TrailEvent.objects.filter(action="document_version.publish", object_id=str(english.pk)).exists()
    assert "Until it is, nobody can come in." not in client.get(f"/groups/{group.pk}/").content.decode()


def test_showing_the_whole_text_publishes_nothing(world, client_for):
    client, before = client_for(world.nadia), DocumentVersion.objects.count()
    typed = fields(client, world.thursday, en_review="We read it on Mondays.", es_review="La leemos los lunes.")
    del typed["publish"]
    page = client.post(url("version-create", world.thursday.pk), {**typed, "show": "1"})
    assert "<p>We read it on Mondays.</p>" in page.content.decode()
    assert DocumentVersion.objects.count() == before


def test_one_language_is_not_changed_without_the_other(world, client_for):
    client, before = client_for(world.nadia), DocumentVersion.objects.count()
    typed = fields(client, world.thursday, en_review="We read it on Mondays.")
    page = client.post(url("version-create", world.thursday.pk), typed)
    assert page.status_code == 422
    assert "You changed this part in one language." in page.content.decode()
    assert "We read it on Mondays." in page.content.decode()
    assert DocumentVersion.objects.count() == before
    typed = fields(client, world.thursday, en_review="We read it on Mondays.", with_es=None)
    assert client.post(url("version-create", world.thursday.pk), typed).status_code == 302
    assert DocumentVersion.objects.count() == before + 1


@pytest.mark.parametrize(("days", "status"), [("0", 422), ("31", 422), ("x", 422), ("10", 302)])
def test_the_days_until_an_answer_have_bounds(world, client_for, days, status):
    client = client_for(world.nadia)
    typed = fields(client, world.thursday, answer_days=days)
    assert client.post(url("version-create", world.thursday.pk), typed).status_code == status
    if status == 302:
        assert "hear back within 10 working days" in str(newest(world).clauses)


def test_a_locked_clause_cannot_be_sent_along(world, client_for):
    client = client_for(world.nadia)
    client.post(
        url("version-create", world.thursday.pk), fields(client, world.thursday, en_limits="There are no limits.")
    )
    assert newest(world).number == 2
    assert "There are no limits." not in str(newest(world).clauses)


def test_own_words_are_offered_again_with_a_fresh_date(world, client_for):
    client = client_for(world.nadia)
    typed = fields(client, world.thursday, en_review="Next: {review_on}.", es_review="Próxima: {review_on}.")
    client.post(url("version-create", world.thursday.pk), typed)
    with travel(timezone.now() + LATE, tick=False):
        publish_page = client_for(world.nadia).get(url("version-create", world.thursday.pk))
        assert publish_page.context["form"]["en_review"].value() == "Next: {review_on}."
        assert str((timezone.now() + LATE).year) in publish_page.content.decode()


def test_a_new_version_asks_everyone_again(world, client_for):
    assert state(world, "ben") == "current"
    client = client_for(world.nadia)
    client.post(url("version-create", world.thursday.pk), fields(client, world.thursday, summary="Chat counts too."))
    assert state(world, "ben") == "superseded"
    assert state(world, "zoe", group="tuesday") == "current"
    assert "Chat counts too." in client_for(world.ben).get(url("agreement-read", newest(world).pk)).content.decode()


@pytest.mark.parametrize("other", ["tom", "olga", "ada", "petra", "root", "ben", "ex"])
def test_only_who_manages_the_group_publishes(world, client_for, other):
    page, before = url("version-create", world.thursday.pk), DocumentVersion.objects.count()
    lead = client_for(world.nadia)
    typed = fields(lead, world.thursday)
    client = client_for(world.person(other))
    assert client.get(page).status_code == 404
    assert client.post(page, typed).status_code == 404
    assert DocumentVersion.objects.count() == before
    assert lead.post(page, typed).status_code == 302


@pytest.mark.parametrize("other", ["olga", "ada", "petra", "root", "ben", "ex"])
def test_only_who_runs_the_group_sees_the_board(world, client_for, other):
    page = url("coverage-board", world.thursday.pk)
    assert client_for(world.nadia).get(page).status_code == 200
    assert client_for(world.tom).get(page).status_code == 200
    assert client_for(world.person(other)).get(page).status_code == 404
    assert TrailEvent.objects.filter(actor=str(world.person(other).pk), result="refused").exists()


@pytest.mark.req("REQ-51")
def test_the_board_shows_each_members_standing_and_who_cannot_come_in(world, client_for):
    version = publish(world)["en"]
    client_for(world.chiara).post(url("agreement-decline", version.pk))
    client_for(world.dev).post(url("agreement-talk", version.pk))
    client = client_for(world.nadia)
    page = client.get(url("coverage-board", world.thursday.pk))
    shown = {line.membership.person_id: str(line.standing.state) for line in page.context["board"].lines}
    assert shown == {world.ben.pk: "superseded", world.chiara.pk: "declined", world.dev.pk: "talk_first"}
    body = page.content.decode()
    for text in ("Three people cannot come in yet.", "Superseded", "Declined", "Talk first", "Ben Tanaka"):
        assert text in body
    assert not re.search(r"\bZoe\b", body)
    # nobody is due, so "needs something" and "cannot come in" are the same three here
    for show, count in (("needs", 3), ("shut", 3), ("nonsense", 3)):
        page = client.get(url("coverage-board", world.thursday.pk), {"show": show})
        assert len(page.context["board"].lines) == count


def test_only_the_clock_moves_and_the_board_changes(world, client_for):
    page = url("coverage-board", world.thursday.pk)
    assert "Everyone can come in." in client_for(world.nadia).get(page).content.decode()
    with travel(timezone.now() + NOTICE, tick=False):
        client = client_for(world.nadia)
        assert "Everyone can come in." in client.get(page).content.decode()
        assert len(client.get(page, {"show": "needs"}).context["board"].lines) == 3
        assert len(client.get(page, {"show": "shut"}).context["board"].lines) == 0
    with travel(timezone.now() + LATE, tick=False):
        assert "Three people cannot come in yet." in client_for(world.nadia).get(page).content.decode()


def test_the_panels_show_the_group_the_day_and_the_members_home(world, client_for):
    publish(world)
    lead = client_for(world.nadia)
    assert "Superseded" in lead.get(f"/groups/{world.thursday.pk}/").content.decode()
    today = lead.get("/today/").content.decode()
    assert "Three people cannot come in yet." in today
    assert "0 of 3 cleared" in today
    assert "Version 1 was signed. Version 2 counts now." in today
    assert "cannot come in yet" not in client_for(world.olga).get("/today/").content.decode()
    home = client_for(world.ben).get("/home/").content.decode()
    assert "What we keep between us" in home
    assert "Superseded" in home
    assert "See who and why" not in home


def enrol(world, count):
    from tests.world import _join, sign_for

    group = TherapyGroup.objects.get(pk=world.thursday.pk)
    TherapyGroup.objects.filter(pk=group.pk).update(capacity=100)
    group.refresh_from_db()
    version = newest(world)
    for number in range(count):
        person = _join(group, world.nadia, f"Guest{number} Person")
        if number % 2:
            sign_for(person, version)


@pytest.mark.parametrize("more", [2, 97])
def test_the_board_takes_at_most_eight_queries_however_many_members(world, client_for, queries, more):
    enrol(world, more)
    assert queries(client_for(world.nadia), url("coverage-board", world.thursday.pk)) <= 8


def test_the_lists_of_a_member_take_at_most_eight_queries(world, client_for, queries):
    client = client_for(world.ben)
    version = newest(world)
    # The list says when each agreement was last opened, which one look into the trail tells; a reading ends with
    # the trail's own three statements (foundation F1).
    for name, trail in (
        (url("agreement-list"), 1),
        (url("agreement-read", version.pk), 3),
        (url("act-detail", world.act_of_ben.pk), 0),
        (url("act-copy", world.act_of_ben.pk), 0),
    ):
        assert queries(client, name) <= 8 + trail, name


def test_the_standing_of_a_whole_roster_is_one_query_filtered_inside_the_window(world):
    from consent.selectors import standings

    people = [world.ids[name][1] for name in ("ben", "chiara", "dev", "zoe")]
    with CaptureQueriesContext(connection) as seen:
        found = standings(None, [world.ids["thursday"][1]], people)
    assert len(seen) == 1
    assert [str(one.state) for one in found.values()] == ["current", "current", "current", "missing"]
    sql = seen[0]["sql"]
    # The people are filtered in the join, below the numbering of the rows; only the first row is kept outside of it.
    join, outside = re.search(r"LEFT OUTER JOIN .*? ON \((.*)\) LEFT OUTER JOIN", sql), sql[sql.rindex('"qual0" = 1') :]
    assert join is not None
    assert "subject_id" in join.group(1)
    assert "subject_id" not in outside


def test_whoever_asked_to_talk_is_offered_a_time_and_asked_for_nothing(world, client_for):
    version = publish(world)["en"]
    client = client_for(world.ben)
    client.post(url("agreement-present", version.pk))
    client.post(url("agreement-talk", version.pk))
    home = client.get("/home/").content.decode()
    assert "The people who lead will offer you a time." in home
    assert "Something needs your answer first." not in home
    assert "btn-primary" not in home


def test_an_agreement_that_soon_runs_out_is_the_one_thing_to_do_on_the_members_home(world, client_for):
    assert "Please sign again before" not in client_for(world.ben).get("/home/").content.decode()
    with travel(timezone.now() + NOTICE, tick=False):
        home = client_for(world.ben).get("/home/").content.decode()
    assert home.count("Please sign again before") == 2
    assert home.count("btn-primary") == 1
