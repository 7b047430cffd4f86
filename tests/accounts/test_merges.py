"""One person entered twice: put together through the pages, read as one, and taken back as it was."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import services as consent
from consent.models import Act
from consent.selectors import latest_answer, standings
from groupcare.access import Role, acting_as_system, give_role
from groupcare.accounts import ports
from groupcare.accounts.merge_models import ids_of
from groupcare.accounts.models import Invitation, Person, PersonMerge, PersonMergeUndo
from groupcare.accounts.services import invite, merge_persons, unmerge_persons
from groupcare.accounts.tokens import invitation_token
from groupcare.audit import recording
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Address, Message
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import set_address
from groupcare.practice.records import Scope, collect
from groups import services as groups
from groups.models import GroupSession, Membership, MovedPlace
from groups.services.people import person_at
from incidents import services as incidents
from incidents.models import ConcernSubject
from tests.factories import add_second_factor, make_person, make_staff
from tests.world import World, at_work, sign_for, today

Browser = Callable[..., Client]
TOGETHER = "The two entries are one person from now on."


def choose(person: Person) -> str:
    return reverse("accounts:person-merge", args=[person.pk])


def both(kept: Person, other: Person) -> str:
    return reverse("accounts:person-merge-with", args=[kept.pk, other.pk])


def merged(row: PersonMerge) -> str:
    return reverse("accounts:person-merged", args=[row.pk])


@pytest.fixture
def twin(world: World) -> Person:
    """Return the second entry of Zoe: somebody on paper with a place in Thursday, who signed by hand yesterday."""
    with at_work(world.nadia) as nadia:
        member = groups.NewMember("Zoe M. 🌿", today() - timedelta(days=400))
        place = groups.add_member(group=world.thursday, member=member, by=nadia)
        on_paper(world, place)
    return place.person


def on_paper(world: World, place: Membership, days: int = 1) -> Act:
    return consent.record_paper(
        group_id=place.group_id,
        membership_id=place.pk,
        version_id=world.version_of_thursday.pk,
        paper=consent.Paper(
            signed_on=today() - timedelta(days=days),
            wording="same",
            scan=b"%PDF-1.7 a page",
            compared=True,
            asked_for_paper=True,
        ),
        by=world.nadia,
    )


def put_together(world: World, twin: Person, kept: Person | None = None) -> PersonMerge:
    with at_work(world.ada) as ada:
        return merge_persons(kept_id=(kept or world.zoe).pk, duplicate_id=twin.pk, by=ada)


def take_back(world: World, row: PersonMerge, by: Person | None = None) -> PersonMergeUndo:
    with at_work(by or world.ada) as ada:
        return unmerge_persons(merge_id=row.pk, by=ada)


def states(world: World, *people: Person) -> list[str]:
    with acting_as_system("tests"):
        found = standings(None, [world.thursday.pk], [one.pk for one in people])
    return [str(found[world.thursday.pk, one.pk].state) for one in people]


# --- the pages -------------------------------------------------------------------------------------------
def test_two_entries_are_put_together_and_taken_back_through_the_pages(
    world: World, twin: Person, client_for: Browser
) -> None:
    ada, place = client_for(world.ada), Membership.objects.get(person=twin)
    people = reverse("accounts:people-list")
    assert "Zoe M. 🌿" in ada.get(people).content.decode()
    assert choose(world.zoe) in ada.get(reverse("accounts:person-detail", args=[world.zoe.pk])).content.decode()
    assert both(world.zoe, twin) in ada.get(choose(world.zoe)).content.decode()
    looked = ada.get(both(world.zoe, twin)).content.decode()
    assert "Answers to agreements: 1." in looked
    assert "Places in groups, active: 1." in looked
    assert "Signs in." in looked
    assert "Thursday B" not in looked
    done = ada.post(both(world.zoe, twin), follow=True)
    row = PersonMerge.objects.get()
    assert TOGETHER in done.content.decode()
    assert done.redirect_chain[-1][0] == merged(row)
    assert reverse("incidents:concern-create") in done.content.decode()
    assert (row.kept_id, row.duplicate_id, row.merged_by_id) == (world.zoe.pk, twin.pk, world.ada.pk)
    place.refresh_from_db()
    assert place.person_id == world.zoe.pk
    assert MovedPlace.objects.get().place_id == place.pk
    text = ada.get(people).content.decode()
    assert reverse("accounts:person-detail", args=[twin.pk]) not in text
    assert ada.get(reverse("accounts:person-detail", args=[twin.pk])).status_code == 404
    assert merged(row) in ada.get(reverse("accounts:person-detail", args=[world.zoe.pk])).content.decode()
    assert both(world.ben, twin) not in ada.get(choose(world.ben)).content.decode()
    back = ada.post(merged(row), follow=True)
    assert "They are two people again." in back.content.decode()
    assert "Two people again" in back.content.decode()
    place.refresh_from_db()
    assert place.person_id == twin.pk
    assert ada.get(reverse("accounts:person-detail", args=[twin.pk])).status_code == 200
    actions = TrailEvent.objects.filter(action__in=["person.merge", "person.unmerge"], result="done")
    assert list(actions.order_by("sequence").values_list("action", "object_id")) == [
        ("person.merge", str(twin.pk)),
        ("person.merge", str(world.zoe.pk)),
        ("person.unmerge", str(twin.pk)),
        ("person.unmerge", str(world.zoe.pk)),
    ]


def test_a_second_press_changes_nothing_and_says_so(world: World, twin: Person, client_for: Browser) -> None:
    ada = client_for(world.ada)
    ada.post(both(world.zoe, twin))
    told = Message.objects.filter(kind="list_changed").count()
    again = ada.post(both(world.zoe, twin), follow=True)
    assert "Nothing was done twice." in again.content.decode()
    assert PersonMerge.objects.count() == 1
    assert Message.objects.filter(kind="list_changed").count() == told
    row = PersonMerge.objects.get()
    ada.post(merged(row))
    twice = ada.post(merged(row), follow=True)
    assert "Two people again" in twice.content.decode()
    assert PersonMergeUndo.objects.count() == 1


def test_of_two_administrators_at_once_the_second_is_told(world: World, twin: Person, client_for: Browser) -> None:
    ada, other = client_for(world.ada), client_for(make_staff("Abel Ruiz", Role.ADMINISTRATOR))
    for browser in (ada, other):
        assert browser.get(both(world.zoe, twin)).status_code == 200
        assert browser.get(both(world.dev, twin)).status_code == 200
    ada.post(both(world.zoe, twin))
    same = other.post(both(world.zoe, twin), follow=True)
    assert "This was put together already" in same.content.decode()
    # Into somebody else: the entry is on no list any more.
    assert other.post(both(world.dev, twin)).status_code == 404
    row = PersonMerge.objects.get()
    ada.post(merged(row))
    late = other.post(merged(row), follow=True)
    assert "Somebody else has taken this back already" in late.content.decode()
    assert (PersonMerge.objects.count(), PersonMergeUndo.objects.count()) == (1, 1)


@pytest.mark.req("REQ-158")
@pytest.mark.parametrize("who", ["nadia", "tom", "olga", "petra", "xavier", "root", "ben", "zoe", "ex"])
def test_nobody_but_an_administrator_puts_entries_together(
    world: World, twin: Person, client_for: Browser, who: str
) -> None:
    row = put_together(world, make_person("Ben T."), world.ben)
    browser = client_for(world.person(who))
    for url in (choose(world.zoe), both(world.zoe, twin), merged(row)):
        assert browser.get(url).status_code == 404
        assert browser.post(url).status_code == 404
    assert PersonMerge.objects.standing().count() == 1
    assert client_for(world.ada).get(both(world.zoe, twin)).status_code == 200


def test_every_page_asks_for_a_fresh_proof(world: World, twin: Person, client_for: Browser) -> None:
    row = put_together(world, make_person("Ben T."), world.ben)
    ada = client_for(world.ada, stepped_up=False)
    for url in (choose(world.zoe), both(world.zoe, twin), merged(row)):
        assert reverse("accounts:step-up") in ada.get(url)["Location"]


def test_a_name_is_found_in_any_letters_and_direction(world: World, client_for: Browser) -> None:
    names = ["Łucja 🦊 Nowak", "ليلى حداد", "=1+1", "<b>Bo</b>"]
    made = {name: make_person(name) for name in names}
    ada = client_for(world.ada)
    page = ada.get(choose(world.zoe)).content.decode()
    assert all(both(world.zoe, one) in page for one in made.values())
    assert "<b>Bo</b>" not in page
    for name, typed in zip(names, ["łucja 🦊", "ليلى", "=1+", "<B>bo"], strict=True):
        found = ada.post(choose(world.zoe), {"name": typed}).content.decode()
        assert both(world.zoe, made[name]) in found
        assert both(world.zoe, world.ben) not in found
    assert "Nobody has such a name" in ada.post(choose(world.zoe), {"name": "qqq"}).content.decode()
    assert ada.post(choose(world.zoe), {"name": ""}).status_code == 422
    assert ada.post(choose(world.zoe), {"name": "x" * 100_000}).status_code == 422


def test_whoever_works_here_is_not_on_the_list_and_names_are_all_it_says(world: World, client_for: Browser) -> None:
    page = client_for(world.ada).get(choose(world.zoe)).content.decode()
    assert both(world.zoe, world.ben) in page
    for staff in (world.nadia, world.petra, world.zoe):
        assert both(world.zoe, staff) not in page
    assert "ben@example.org" not in page


# --- what cannot be put together -------------------------------------------------------------------------
def refused(ada: Client, kept: Person, other: Person) -> str:
    looked = ada.get(both(kept, other)).content.decode()
    assert "These two cannot be put together" in looked
    assert "Put the two together" not in looked
    answer = ada.post(both(kept, other))
    assert answer.status_code == 422
    assert not PersonMerge.objects.filter(kept=kept, duplicate=other).exists()
    return answer.content.decode()


def test_two_who_sign_in_stay_two(world: World, client_for: Browser) -> None:
    assert "Both sign in." in refused(client_for(world.ada), world.zoe, world.ex)


def test_whoever_signs_in_is_the_one_who_is_kept(world: World, twin: Person, client_for: Browser) -> None:
    assert "Whoever signs in is kept" in refused(client_for(world.ada), twin, world.zoe)


def test_two_with_a_place_in_the_same_group_stay_two(world: World, twin: Person, client_for: Browser) -> None:
    ada = client_for(world.ada)
    assert "Both have a place in the same group." in refused(ada, world.ben, twin)
    with at_work(world.nadia) as nadia:
        groups.end_membership(membership_id=world.membership("ben").pk, group=world.thursday, by=nadia)
    assert TOGETHER in ada.post(both(world.ben, twin), follow=True).content.decode()


def test_nobody_who_works_here_is_merged(world: World, twin: Person, client_for: Browser) -> None:
    ada = client_for(world.ada)
    assert "One of them works here" in refused(ada, world.olga, twin)
    asked = make_person("Wanda Kole")
    with at_work(world.ada) as by:
        invite(person=asked, email="wanda@example.org", role=Role.FACILITATOR, by=by)
    assert "One of them works here" in refused(ada, world.zoe, asked)
    # Whoever administers cannot do it with an entry of their own either.
    assert "One of them works here" in refused(ada, world.ada, twin)


def test_whoever_runs_a_group_is_not_merged_with_somebody_in_it(world: World, client_for: Browser) -> None:
    from groupcare.access import RoleHolding

    RoleHolding.objects.filter(person=world.tom).update(valid_until=timezone.now())
    with at_work(world.nadia) as nadia:
        member = groups.NewMember("T. Becker", today() - timedelta(days=400))
        place = groups.add_member(group=world.thursday, member=member, by=nadia)
    assert "One of them runs a group" in refused(client_for(world.ada), world.tom, place.person)


def test_an_entry_is_merged_once_and_chains_are_not_made(world: World, twin: Person, client_for: Browser) -> None:
    ada, third = client_for(world.ada), make_person("Zoe Three")
    row = put_together(world, third, twin)
    assert "put together with another entry already" in refused(ada, world.zoe, twin)
    take_back(world, row)
    first = put_together(world, twin)
    assert put_together(world, twin) == first
    take_back(world, first)
    second = put_together(world, twin)
    assert (first.number, second.number) == (1, 2)
    assert PersonMerge.objects.standing().count() == 1


def test_of_two_rows_written_at_the_same_moment_the_database_keeps_one(world: World, twin: Person) -> None:
    put_together(world, twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonMerge(kept=world.dev, duplicate=twin, merged_by=world.ada).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonMerge(kept=twin, duplicate=twin, number=9, merged_by=world.ada).save()


def test_one_entry_is_not_merged_with_itself_or_with_nobody(world: World, client_for: Browser) -> None:
    ada = client_for(world.ada)
    assert ada.get(both(world.zoe, world.zoe)).status_code == 404
    assert ada.post(both(world.zoe, Person())).status_code == 404
    assert ada.get(merged(PersonMerge())).status_code == 404


def test_while_nobody_knows_what_hangs_on_a_person_nothing_is_merged(
    world: World, twin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_parts", {})
    with pytest.raises(RuntimeError, match="Nothing is registered"):
        put_together(world, twin)
    assert not PersonMerge.objects.exists()


def test_after_thirty_days_it_is_not_taken_back(
    world: World, twin: Person, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = put_together(world, twin)
    real = timezone.now
    from groupcare.accounts import merge_models

    class Later:
        days = 29

        @classmethod
        def now(cls) -> Any:
            return real() + timedelta(days=cls.days)

    monkeypatch.setattr(merge_models, "timezone", Later)
    ada = client_for(world.ada)
    assert "take it back" in ada.get(merged(row)).content.decode()
    Later.days = 31
    assert "They are two people: take it back" not in ada.get(merged(row)).content.decode()
    late = ada.post(merged(row), follow=True)
    assert "Thirty days have passed" in late.content.decode()
    assert not PersonMergeUndo.objects.exists()


# --- address and invitation ------------------------------------------------------------------------------
def address_of(person: Person) -> str:
    found = current_address(person)
    return found.value if found else ""


def test_an_address_and_a_waiting_link_come_along_and_go_back(world: World) -> None:
    kept, other = make_person("Ana Ruiz"), make_person("Ana R.")
    with at_work(world.ada) as ada:
        asked = invite(person=other, email="ana@example.org", by=ada)
    token = invitation_token(asked.pk, asked.issue)
    link = reverse("accounts:invitation-accept", args=[asked.pk, token])
    before = Message.objects.count()
    row = put_together(world, other, kept)
    assert (address_of(kept), address_of(other)) == ("ana@example.org", "ana@example.org")
    assert Invitation.objects.get(pk=asked.pk).person_id == kept.pk
    assert Client().get(link).status_code == 200
    assert person_at("ana@example.org") == kept
    take_back(world, row)
    assert (address_of(kept), address_of(other)) == ("", "ana@example.org")
    assert Invitation.objects.get(pk=asked.pk).person_id == other.pk
    assert person_at("ana@example.org") == other
    assert Message.objects.count() == before
    # Put together again and taken: the account is the kept entry's, and stays theirs.
    row = put_together(world, other, kept)
    password = "quiet-lantern-over-water"
    assert Client().post(link, {"password": password, "again": password}).status_code == 302
    assert Person.objects.get(pk=kept.pk).login is not None
    take_back(world, row)
    assert address_of(kept) == "ana@example.org"
    assert Person.objects.get(pk=other.pk).login is None


def test_an_address_of_ones_own_stays_and_a_link_to_nowhere_dies(world: World) -> None:
    other = make_person("Z. Marsh")
    with at_work(world.ada) as ada:
        asked = invite(person=other, email="zm@example.org", by=ada)
    link = reverse("accounts:invitation-accept", args=[asked.pk, invitation_token(asked.pk, asked.issue)])
    row = put_together(world, other)
    assert address_of(world.zoe) == "zoe@example.org"
    assert Client().get(link).status_code == 404
    # Whoever is invited at the old address is the kept entry.
    assert person_at("zm@example.org") == world.zoe
    take_back(world, row)
    assert address_of(other) == "zm@example.org"
    assert Invitation.objects.get(pk=asked.pk).revoked_at is not None


def test_an_address_that_was_changed_meanwhile_stays(world: World) -> None:
    kept, other = make_person("Ana Ruiz"), make_person("Ana R.")
    with acting_as_system("tests") as system, recording():
        set_address(person=other, value="old@example.org", by=system)  # type: ignore[arg-type]
    row = put_together(world, other, kept)
    with acting_as_system("tests") as system, recording():
        set_address(person=kept, value="new@example.org", by=system)  # type: ignore[arg-type]
    take_back(world, row)
    assert (address_of(kept), address_of(other)) == ("new@example.org", "old@example.org")


def test_nothing_encrypted_is_rewritten(world: World, twin: Person) -> None:
    from django.db import connection

    def kept() -> set[Any]:
        with connection.cursor() as cursor:
            found: set[Any] = set()
            for table, column in (
                ("accounts_person", "used_name"),
                ("consent_act", "evidence"),
                ("groups_membership", "alias"),
                ("outbox_address", "value"),
            ):
                cursor.execute(f"SELECT id, {column} FROM {table}")
                found |= {(table, pk, bytes(value or b"")) for pk, value in cursor.fetchall()}
            return found

    before = kept()
    take_back(world, put_together(world, twin))
    assert before <= kept()


# --- the ledger ------------------------------------------------------------------------------------------
def test_answers_on_either_entry_count_for_door_board_and_own_list(
    world: World, twin: Person, client_for: Browser
) -> None:
    nadia, zoe, ada = client_for(world.nadia), client_for(world.zoe), client_for(world.ada)
    door = reverse("groups:session-join", kwargs={"pk": world.session_of_thursday.pk})
    board = reverse("consent:coverage-board", args=[world.thursday.pk])
    mine = reverse("consent:agreement-list")
    act = Act.objects.get(subject=twin)
    paper = reverse("consent:act-detail", args=[act.pk])
    scan = reverse("consent:paper-scan", args=[act.pk])
    assert zoe.get(door).status_code == 404
    assert [zoe.get(one).status_code for one in (paper, scan)] == [404, 404]
    assert states(world, world.zoe, twin) == ["missing", "current"]
    total = nadia.get(board).context["board"].total
    ada.post(both(world.zoe, twin))
    assert states(world, world.zoe, twin) == ["current", "current"]
    assert zoe.get(door).status_code == 200
    assert paper in zoe.get(mine).content.decode()
    assert [zoe.get(one).status_code for one in (paper, scan)] == [200, 200]
    shown = nadia.get(board)
    assert shown.context["board"].total == total
    line = next(one for one in shown.context["board"].lines if one.membership.person_id == world.zoe.pk)
    assert (line.cleared, str(line.standing.state)) == (True, "current")
    place = Membership.objects.get(person=world.zoe, group=world.thursday)
    answers = reverse("consent:member-answers", kwargs={"group_id": world.thursday.pk, "membership_id": place.pk})
    assert scan in nadia.get(answers).content.decode()
    ada.post(merged(PersonMerge.objects.get()))
    assert states(world, world.zoe, twin) == ["missing", "current"]
    assert zoe.get(door).status_code == 404
    assert [zoe.get(one).status_code for one in (paper, scan)] == [404, 404]


def test_a_new_answer_stands_in_the_line_of_the_kept_entry_and_both_lines_stay_whole(
    world: World, twin: Person, client_for: Browser
) -> None:
    version = world.version_of_thursday
    act = Act.objects.get(subject=twin)
    row = put_together(world, twin)
    assert latest_answer(version.document_id, world.zoe) == act
    with at_work(world.zoe) as zoe:
        taken = consent.withdraw(act_id=act.pk, by=zoe)
    assert (taken.subject_id, taken.supersedes_id) == (world.zoe.pk, None)
    assert taken.at > act.at
    assert states(world, world.zoe) == ["withdrawn"]
    detail = client_for(world.zoe).get(reverse("consent:act-detail", args=[act.pk]))
    assert not detail.context["is_last"]
    signed = sign_for(world.zoe, version)
    assert signed.supersedes_id == taken.pk
    assert states(world, world.zoe) == ["current"]
    # Each line has its own standing again, and goes on by itself without a collision.
    take_back(world, row)
    assert states(world, world.zoe, twin) == ["current", "current"]
    with at_work(world.nadia):
        place = Membership.objects.get(person=twin)
        told = consent.record_told(
            group_id=world.thursday.pk,
            membership_id=place.pk,
            version_id=version.pk,
            act="withdrawn",
            route="voice",
            told_on=today(),
            by=world.nadia,
        )
    assert told.supersedes_id == act.pk
    assert states(world, world.zoe, twin) == ["current", "withdrawn"]


def test_what_is_signed_on_the_other_entry_is_not_signed_twice(world: World) -> None:
    with at_work(world.nadia) as nadia:
        member = groups.NewMember("Ex M.", today() - timedelta(days=400))
        place = groups.add_member(group=world.thursday, member=member, by=nadia)
        act = on_paper(world, place)
    put_together(world, place.person, world.ex)
    with at_work(world.nadia):
        assert on_paper(world, Membership.objects.get(pk=place.pk)) == act
    assert Act.objects.filter(subject__in=ids_of(world.ex.pk)).exclude(act="presented").count() == 1


# --- what else hangs on a person -------------------------------------------------------------------------
def test_leads_of_the_groups_concerned_get_one_neutral_notice_each(world: World, twin: Person) -> None:
    with acting_as_system("tests") as system, recording():
        for one in (world.nadia, world.tom, world.olga):
            set_address(person=one, value=f"{one.pk}@example.org", by=system, verified=True)  # type: ignore[arg-type]
    row = put_together(world, twin)
    told = Message.objects.filter(kind="list_changed")
    assert [one.recipient_id for one in told] == [world.nadia.pk]
    take_back(world, row)
    assert [one.recipient_id for one in told.all()] == [world.nadia.pk] * 2


def test_a_reminder_goes_once(world: World, twin: Person) -> None:
    soon = timezone.now() + timedelta(hours=5)
    with at_work(world.nadia) as nadia:
        session: GroupSession = groups.schedule_session(
            group=world.thursday, starts_at=soon, ends_at=soon + timedelta(hours=1), by=nadia
        )
    with acting_as_system("tests") as system, recording():
        set_address(person=twin, value="twin@example.org", by=system)  # type: ignore[arg-type]
        groups.queue_due_reminders()
    reminders = Message.objects.filter(kind="session_reminder", link_object=session.pk)
    assert reminders.filter(recipient=twin).count() == 1
    put_together(world, twin)
    with acting_as_system("tests"), recording():
        groups.queue_due_reminders()
    assert reminders.filter(recipient__in=[twin, world.zoe]).count() == 1


def test_a_copy_of_the_record_holds_both_entries(world: World, twin: Person) -> None:
    with at_work(world.nadia) as nadia:
        place = Membership.objects.get(person=twin)
        groups.write_progress_note(
            session_id=world.session_of_thursday.pk, membership_id=place.pk, body="Came on foot.", by=nadia
        )

    def record(person: Person) -> str:
        sections = collect(Scope(person.pk, world.thursday.pk, place.pk))
        return " ".join(fact.text for one in sections for entry in one.entries for fact in entry.facts)

    apart = record(world.zoe)
    assert "Came on foot." not in apart
    row = put_together(world, twin)
    for entry in (world.zoe, twin):
        whole = record(entry)
        for words in ("Zoe Marsh", "Zoe M. 🌿", "zoe@example.org", "Came on foot.", "Signed on paper"):
            assert words in whole, words
    take_back(world, row)
    assert record(world.zoe) == apart


def test_a_merged_person_asks_for_the_whole_record(world: World, twin: Person, client_for: Browser) -> None:
    put_together(world, twin)
    place = Membership.objects.get(person=world.zoe, group=world.thursday)
    with at_work(world.zoe) as zoe:
        asked = groups.ask_for_own_record(membership_id=place.pk, by=zoe)
    assert asked.about_id == world.zoe.pk


def test_whom_to_call_is_found_on_either_entry(world: World, twin: Person) -> None:
    from groups.models import ContactCard
    from groups.selectors.emergency import own_card

    card = ContactCard(person=twin, own_number="555 0100", contact_name="", contact_number="", written_by=world.nadia)
    card.save()
    assert own_card(world.zoe) is None
    put_together(world, twin)
    assert own_card(world.zoe) == card


@pytest.mark.req("REQ-158")
def test_whoever_is_named_on_either_entry_never_reads_the_concern(
    world: World, twin: Person, client_for: Browser
) -> None:
    """Somebody who later works here stays apart from a concern that names their other entry."""
    with at_work(world.ben) as ben:
        concern = incidents.raise_concern(by=ben, what_happened="A story.", named=[])
    ConcernSubject(concern=concern, person=twin).save()
    row = put_together(world, twin)
    with at_work(world.ada) as ada:
        give_role(person=world.zoe, role=Role.PRIVACY_OFFICER, by=ada)
    detail = reverse("incidents:concern-detail", args=[concern.pk])
    add_second_factor(world.zoe.login)
    assert client_for(world.petra).get(detail).status_code == 200
    assert client_for(world.zoe).get(detail).status_code == 404
    take_back(world, row)
    assert client_for(world.zoe).get(detail).status_code == 200


def test_addresses_of_the_duplicate_stay_under_its_own_key(world: World) -> None:
    kept, other = make_person("Ana Ruiz"), make_person("Ana R.")
    with acting_as_system("tests") as system, recording():
        old = set_address(person=other, value="old@example.org", by=system)  # type: ignore[arg-type]
    put_together(world, other, kept)
    assert Address.objects.get(pk=old.pk).ended_at is None
    assert Address.objects.filter(person=kept).exclude(pk=old.pk).count() == 1
