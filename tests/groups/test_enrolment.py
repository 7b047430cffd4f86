"""The way into a group: each step a row, offers that end, a rank that nobody loses, and the place at its end."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from groupcare.accounts.models import Invitation
from groupcare.accounts.services import merge_persons, unmerge_persons
from groupcare.audit.append_only import AppendOnlyError
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.outbox.selectors import person_ids_for
from groupcare.outbox.services import set_address
from groupcare.practice.records import Scope
from groups import enrolment_states as states
from groups import services, tasks
from groups.enrolment_states import Who
from groups.models import Enrolment, EnrolmentStep, Membership, MembershipStep, TherapyGroup
from groups.records import places
from groups.selectors import joining, own_offers, waiting_list
from groups.selectors.records import people_to_look_for
from groups.services import Answer
from tests.factories import make_person
from tests.groups.joining_world import answer, ask, fitting, newest, offer, said_yes, state, step
from tests.world import World, at_work, today


def test_every_state_has_its_row_in_the_table_and_ends_somewhere() -> None:
    every = set(EnrolmentStep.State.values)
    assert set(states.TABLE) == every | {""}
    assert {to for following in states.TABLE.values() for to in following} == every
    assert {"preparing", "not_suitable", "withdrawn"} == states.OVER
    for state_, following in states.TABLE.items():
        assert state_ in states.OVER or state_ == "" or "withdrawn" in following
        assert all(who <= set(Who) and who for who in following.values())


def test_somebody_comes_from_the_first_word_to_a_place(world: World) -> None:
    noor = ask(world, "Noor", "noor@example.org")
    assert state(noor) == "inquiry"
    step(world, noor, "screening_scheduled", due_at=timezone.now() + timedelta(days=2))
    step(world, noor, "screened", answers={"hopes": "To speak of her father.", "unknown": "x"})
    step(world, noor, "suitable", reason="She listens.")
    step(world, noor, "waitlisted", code="soon")
    before = Message.objects.count()
    offer(world, noor)
    sent = Message.objects.latest("created_at")
    assert Message.objects.count() == before + 1
    assert (sent.kind, sent.recipient_id) == ("invitation", noor.person_id)
    assert said_yes(world, noor) == Answer.PLACE
    place = Membership.objects.get(person=noor.person_id, group=world.thursday)
    assert (place.state, place.alias) == ("preparing", "Noor")
    rows = list(EnrolmentStep.objects.filter(enrolment=noor).order_by("number"))
    assert [row.state for row in rows] == [
        *("inquiry", "screening_scheduled", "screened", "suitable", "waitlisted", "offered", "preparing")
    ]
    assert rows[2].details == {"answers": {"hopes": "To speak of her father."}}
    assert rows[-1].place_id == place.pk
    with pytest.raises(AppendOnlyError):
        rows[0].save()
    with at_work(world.nadia) as nadia:
        assert not joining(nadia, world.thursday).exists()
        assert joining(nadia, world.thursday, "over").get().pk == noor.pk


def test_only_those_who_manage_the_group_see_and_do_it(world: World) -> None:
    noor = fitting(world, "Noor")
    seen = newest(noor).pk
    for name in ("tom", "olga", "ben", "ada"):
        with at_work(world.person(name)) as by:
            assert not joining(by, world.thursday).exists()
            assert not waiting_list(by, world.thursday).exists()
            with pytest.raises(Refused):
                services.open_enrolment(group_id=world.thursday.pk, name="X", by=by)
            for do in (
                lambda by=by: services.take_step(
                    enrolment_id=noor.pk, group_id=noor.group_id, to="waitlisted", code="none", seen=seen, by=by
                ),
                lambda by=by: services.make_offer(
                    enrolment_id=noor.pk, group_id=noor.group_id, last_day=today(), seen=seen, by=by
                ),
                lambda by=by: services.record_answer(
                    enrolment_id=noor.pk, group_id=noor.group_id, said="yes", seen=seen, by=by
                ),
                lambda by=by: services.answer_offer(enrolment_id=noor.pk, said="yes", seen=seen, by=by),
            ):
                with pytest.raises(Refused):
                    do()
    with at_work(world.olga) as olga, pytest.raises(Refused):
        services.take_step(
            enrolment_id=noor.pk, group_id=world.tuesday.pk, to="waitlisted", code="none", seen=seen, by=olga
        )
    assert step(world, noor, "waitlisted").number == 4


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"to": "suitable", "reason": " "}, "reason"),
        ({"to": "suitable", "reason": "x" * 2001}, "reason"),
        ({"to": "withdrawn", "code": "made_up"}, "code"),
    ],
)
def test_a_step_without_what_belongs_to_it_is_not_taken(world: World, facts: dict[str, Any], field: str) -> None:
    noor = ask(world, "Noor")
    step(world, noor, "screened")
    with pytest.raises(ValidationError) as told:
        step(world, noor, facts.pop("to"), **facts)
    assert field in told.value.message_dict
    assert state(noor) == "screened"


def test_a_talk_is_planned_for_a_time_to_come_and_a_priority_is_one_of_the_list(world: World) -> None:
    noor = fitting(world, "Noor")
    with pytest.raises(ValidationError):
        step(world, noor, "waitlisted", code="rich")
    wim = ask(world, "Wim")
    for due in (None, timezone.now() - timedelta(minutes=1)):
        with pytest.raises(ValidationError) as told:
            step(world, wim, "screening_scheduled", due_at=due)
        assert "due_at" in told.value.message_dict


def test_two_who_work_on_one_enrolment_do_not_overwrite_each_other(world: World) -> None:
    noor = fitting(world, "Noor")
    seen = newest(noor).pk
    step(world, noor, "waitlisted")
    with at_work(world.nadia) as nadia:
        with pytest.raises(InvalidTransition, match="in the meantime"):
            services.take_step(
                enrolment_id=noor.pk,
                group_id=noor.group_id,
                to="not_suitable",
                reason="No.",
                seen=seen,
                by=nadia,
            )
        with pytest.raises(InvalidTransition, match="in the meantime"):
            services.make_offer(enrolment_id=noor.pk, group_id=noor.group_id, last_day=today(), seen=seen, by=nadia)
    assert state(noor) == "waitlisted"


def test_somebody_who_does_not_fit_gets_a_neutral_message_or_none(world: World) -> None:
    before = Message.objects.count()
    for name, tell, sent in (("Noor", False, 0), ("Wim", True, 1)):
        one = ask(world, name, f"{name}@example.org")
        step(world, one, "screened")
        step(world, one, "not_suitable", tell=tell)
        assert Message.objects.count() == before + sent
        with pytest.raises(InvalidTransition):
            step(world, one, "screened")
    assert Message.objects.latest("created_at").kind == "please_call"


def test_the_list_is_in_order_of_priority_and_then_of_time(world: World) -> None:
    for name, code in (("Anna", "none"), ("Bela", "none"), ("Cleo", "soon"), ("Dina", "waited")):
        step(world, fitting(world, name), "waitlisted", code=code)
    with at_work(world.nadia) as nadia:
        rows = list(waiting_list(nadia, world.thursday))
        assert [row.name for row in rows] == ["Cleo", "Dina", "Anna", "Bela"]
        assert [row.priority for row in rows] == ["soon", "waited", "none", "none"]
    bela = next(row for row in rows if row.name == "Bela")
    step(world, bela, "waitlisted", code="soon")
    with at_work(world.nadia) as nadia:
        assert [row.name for row in waiting_list(nadia, world.thursday)] == ["Bela", "Cleo", "Dina", "Anna"]


def test_an_offer_runs_out_and_what_waits_to_be_sent_is_dropped(world: World) -> None:
    first, second = (fitting(world, name, f"{name}@example.org") for name in ("Anna", "Bela"))
    for one in (first, second):
        step(world, one, "waitlisted")
    step_ = offer(world, first, days=2)
    waiting = Message.objects.get(recipient=first.person_id)
    assert step_.due_at is not None
    with time_machine.travel(step_.due_at - timedelta(seconds=1), tick=False):
        assert services.expire_offers() == 0
    with time_machine.travel(step_.due_at, tick=False):
        tasks.expire_offers()
        assert services.expire_offers() == 0
        with pytest.raises(InvalidTransition):
            said_yes(world, first)
    waiting.refresh_from_db()
    assert waiting.state == "dropped"
    assert not Invitation.objects.open().filter(person=first.person_id).exists()
    assert (newest(first).code, newest(first).taken_by) == ("expired", None)
    with at_work(world.nadia) as nadia:
        # The one who was passed over stands where they stood.
        assert [row.name for row in waiting_list(nadia, world.thursday)] == ["Anna", "Bela"]


def test_who_answers_after_the_end_and_before_the_sweep_is_too_late(world: World) -> None:
    one = fitting(world, "Anna")
    due = offer(world, one, days=0).due_at
    assert due is not None
    with time_machine.travel(due, tick=False):
        assert said_yes(world, one) == Answer.LATE
    assert state(one) == "waitlisted"
    assert not Membership.objects.filter(person=one.person_id).exists()


def test_somebody_who_signs_in_answers_on_their_own_page_and_nobody_else_does(world: World) -> None:
    # Zoe is a member of Tuesday: Thursday does not learn it, and she is written to as everybody.
    zoe = fitting(world, "Zed", world.zoe.login.email)
    assert zoe.person_id == world.zoe.pk
    offer(world, zoe)
    sent = Message.objects.filter(recipient=world.zoe).latest("created_at")
    assert (sent.kind, sent.link_kind) == ("offer_waiting", "offer")
    with at_work(world.ben) as ben:
        assert not own_offers(ben).exists()
        with pytest.raises(Refused):
            services.answer_offer(enrolment_id=zoe.pk, said="yes", seen=newest(zoe).pk, by=ben)
    with at_work(world.zoe) as by:
        assert own_offers(by).get().pk == zoe.pk
        with pytest.raises(ValidationError):
            services.answer_offer(enrolment_id=zoe.pk, said="perhaps", seen=newest(zoe).pk, by=by)
    assert answer(world.zoe, zoe, "later") == Answer.LATER
    sent.refresh_from_db()
    assert sent.state == "dropped"
    offer(world, zoe)
    assert answer(world.zoe, zoe, "no") == Answer.ENDED
    assert (state(zoe), newest(zoe).code) == ("withdrawn", "changed_mind")


def test_a_full_group_offers_nothing_and_who_comes_second_keeps_the_rank(world: World) -> None:
    taken = Membership.objects.filter(group=world.thursday, ended_at__isnull=True).count()
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=taken + 1)
    anna, bela, cleo = (fitting(world, name) for name in ("Anna", "Bela", "Cleo"))
    step(world, bela, "waitlisted")
    step(world, cleo, "waitlisted")
    for one in (anna, bela):
        offer(world, one)
    assert said_yes(world, anna) == Answer.PLACE
    assert said_yes(world, bela) == Answer.GONE
    assert (state(bela), newest(bela).code) == ("waitlisted", "place_gone")
    with pytest.raises(ValidationError, match="All places"):
        offer(world, cleo)
    with at_work(world.nadia) as nadia:
        assert [row.name for row in waiting_list(nadia, world.thursday)] == ["Bela", "Cleo"]


def test_somebody_known_is_not_put_on_the_way_twice(world: World) -> None:
    fitting(world, "Zed", world.zoe.login.email)
    for email, told in ((world.zoe.login.email, "on the list already"), (world.ben.login.email, "has a place")):
        with pytest.raises(ValidationError, match=told):
            ask(world, "Again", email)
    with pytest.raises(ValidationError) as refused:
        ask(world, "Bad", "no address")
    assert "email" in refused.value.message_dict


def test_a_place_ends_for_a_reason_and_somebody_goes_on_leave_and_comes_back(world: World) -> None:
    place = world.membership("ben")
    Membership.objects.filter(pk=place.pk).update(state="active", joined_at=timezone.now())
    where = {"membership_id": place.pk, "group_id": world.thursday.pk}
    with at_work(world.tom) as tom, pytest.raises(Refused):
        services.go_on_leave(**where, by=tom)
    with at_work(world.nadia) as nadia:
        back = today() + timedelta(days=30)
        services.go_on_leave(**where, back_on=back, words="A new child.", seen="active", by=nadia)
        assert world.membership("ben").state == "on_leave"
        with pytest.raises(InvalidTransition, match="in the meantime"):
            services.go_on_leave(**where, seen="active", by=nadia)
        services.come_back(**where, seen="on_leave", by=nadia)
        with pytest.raises(InvalidTransition):
            services.come_back(**where, by=nadia)
        for wrong in ("made_up", "transferred"):
            with pytest.raises(ValidationError):
                services.end_membership(membership_id=place.pk, group=world.thursday, ending=wrong, by=nadia)
        services.end_membership(membership_id=place.pk, group=world.thursday, ending="graduated", by=nadia)
        with pytest.raises(InvalidTransition):
            services.end_membership(membership_id=place.pk, group=world.thursday, ending="lapsed", by=nadia)
    rows = MembershipStep.objects.filter(membership=place).order_by("taken_at")
    assert [(row.kind, row.ending) for row in rows] == [("left", ""), ("returned", ""), ("ended", "graduated")]
    assert rows[0].words == "A new child."


def test_who_leads_both_groups_moves_somebody_and_the_old_place_ends_when_the_new_begins(world: World) -> None:
    place = world.membership("ben")
    with at_work(world.olga) as olga:
        services.add_facilitator(group=world.tuesday, person=world.nadia, role="lead", by=olga)
    with at_work(world.nadia) as nadia:
        moved = services.transfer(
            membership_id=place.pk, group_id=world.thursday.pk, to_group_id=world.tuesday.pk, by=nadia
        )
        with pytest.raises(ValidationError):
            services.transfer(
                membership_id=place.pk, group_id=world.thursday.pk, to_group_id=world.tuesday.pk, by=nadia
            )
    assert state(moved) == "suitable"
    assert Membership.objects.get(pk=place.pk).ended_at is None
    offer(world, moved)
    assert answer(world.ben, moved) == Answer.PLACE
    old = Membership.objects.get(pk=place.pk)
    assert (old.state, old.spell_steps.get().ending) == ("ended", "transferred")
    assert Membership.objects.get(group=world.tuesday, person=world.ben, ended_at__isnull=True).state == "preparing"


def test_a_referral_tells_nothing_of_whether_the_colleague_knows_the_person_already(world: World) -> None:
    here = [world.membership(name) for name in ("ben", "chiara", "dev")]
    fitting(world, "B.", world.ben.login.email, lead="olga", group="tuesday")
    Membership.objects.create(group=world.tuesday, person=world.chiara, alias="C.")
    for place in here:
        with at_work(world.nadia) as nadia:
            moved = services.transfer(
                membership_id=place.pk, group_id=world.thursday.pk, to_group_id=world.tuesday.pk, by=nadia
            )
        assert state(moved) == "referred"


def test_a_duplicate_that_was_put_together_is_not_put_on_the_way_twice_and_takes_its_place_with_it(
    world: World,
) -> None:
    twin = make_person("Zoe M.")
    with at_work(world.nadia) as nadia:
        set_address(person=twin, value="twin@example.org", by=nadia)
    zed = fitting(world, "Zed", "twin@example.org")
    with at_work(world.ada) as ada:
        merge = merge_persons(kept_id=world.zoe.pk, duplicate_id=twin.pk, by=ada)
    with pytest.raises(ValidationError, match="on the list already"):
        ask(world, "Again", world.zoe.login.email)
    offer(world, zed)
    assert answer(world.zoe, zed) == Answer.PLACE
    with at_work(world.ada) as ada:
        unmerge_persons(merge_id=merge.pk, by=ada)
    assert Membership.objects.get(group=world.thursday, enrolment_step__enrolment=zed).person_id == twin.pk


def test_somebody_who_waits_elsewhere_is_neither_switched_off_nor_handed_to_another(world: World) -> None:
    ask(world, "Noor", "noor@example.org", lead="olga", group="tuesday")
    with at_work(world.nadia) as nadia:
        place = services.invite_member(group=world.thursday, used_name="Ana Ruiz", email="noor@example.org", by=nadia)
        done = services.redirect_place(
            membership_id=place.pk, group_id=world.thursday.pk, email="ana@example.org", by=nadia
        )
    assert done.place.person_id != place.person_id
    assert person_ids_for("noor@example.org") == {place.person_id}
    assert person_ids_for("ana@example.org") == {done.place.person_id}


def test_the_record_of_the_wrong_person_has_nothing_of_the_right_ones_first_talk(world: World) -> None:
    zed = ask(world, "Noor Haddad", world.zoe.login.email)
    step(world, zed, "screened", answers={"hopes": "To sleep again."})
    step(world, zed, "suitable")
    ask(world, "Wim Bakker")
    offer(world, zed)
    assert said_yes(world, zed) == Answer.PLACE
    scope = Scope(world.zoe.pk, world.thursday.pk, world.zoe.pk)

    def told() -> str:
        return str([fact.text for entry in places(scope) for fact in entry.facts])

    assert "To sleep again." in told()
    wrong = Membership.objects.get(group=world.thursday, person=world.zoe)
    with at_work(world.nadia) as nadia:
        services.redirect_place(membership_id=wrong.pk, group_id=world.thursday.pk, email="noor@example.org", by=nadia)
    assert "To sleep again." not in told()
    assert "Noor" not in told()
    # A note may name somebody who is only on the way in.
    assert any("Wim Bakker" in one.names for one in people_to_look_for(world.ben.pk)[0])


def test_into_the_group_of_a_colleague_it_is_a_referral_that_the_colleague_decides(world: World) -> None:
    place = world.membership("ben")
    with at_work(world.nadia) as nadia:
        moved = services.transfer(
            membership_id=place.pk, group_id=world.thursday.pk, to_group_id=world.tuesday.pk, by=nadia
        )
        assert not joining(nadia, world.tuesday).exists()
    assert state(moved) == "referred"
    with at_work(world.olga) as olga:
        assert joining(olga, world.tuesday).get().pk == moved.pk
        with pytest.raises(Refused):
            services.transfer(membership_id=place.pk, group_id=world.thursday.pk, to_group_id=world.tuesday.pk, by=olga)
    step(world, moved, "screened", lead="olga")
    step(world, moved, "not_suitable", lead="olga")
    assert Membership.objects.get(pk=place.pk).ended_at is None


def test_who_was_given_the_place_by_another_way_keeps_it_once(world: World) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    offer(world, zed)
    member = services.NewMember("Zed", today(), world.zoe.login.email)
    with at_work(world.nadia) as nadia:
        # Nobody on the way gets round the list: the place is offered there.
        with pytest.raises(ValidationError, match="on the list already"):
            services.invite_member(group=world.thursday, used_name="Zed", email=world.zoe.login.email, by=nadia)
        with pytest.raises(ValidationError, match="on the list already"):
            services.add_member(group=world.thursday, member=member, by=nadia)
    Membership.objects.create(group=world.thursday, person=world.zoe, alias="Zed")
    assert answer(world.zoe, zed) == Answer.GONE
    assert Membership.objects.filter(group=world.thursday, person=world.zoe, ended_at__isnull=True).count() == 1


def test_an_invitation_that_somebody_needs_for_another_reason_stays(world: World) -> None:
    email = "noor@example.org"
    noor = fitting(world, "Noor", email)
    offer(world, noor)
    with at_work(world.nadia) as nadia:
        other = services.create_group(
            by=nadia, label="Monday", kind="skills", openness="open", format="in_person", place="US-NY", capacity=4,
            language="en", site=world.site,
        )  # fmt: skip
        second = services.open_enrolment(group_id=other.pk, name="N.", email=email, by=nadia)
    step(world, second, "screened")
    step(world, second, "suitable")
    offer(world, second)
    waiting = Invitation.objects.open().filter(person=noor.person_id)

    def said_no(one: Enrolment) -> None:
        with at_work(world.nadia) as nadia:
            services.record_answer(enrolment_id=one.pk, group_id=one.group_id, said="no", seen=newest(one).pk, by=nadia)

    said_no(noor)
    assert waiting.exists()
    assert said_yes(world, second) == Answer.PLACE
    third = fitting(world, "Noor", email)
    offer(world, third)
    said_no(third)
    assert waiting.exists()
    with at_work(world.nadia) as nadia:
        place = Membership.objects.get(group=other, person=noor.person_id)
        services.end_membership(membership_id=place.pk, group=other, by=nadia)
    fourth = fitting(world, "Noor", email)
    offer(world, fourth)
    with at_work(world.nadia) as nadia:
        where = {"enrolment_id": fourth.pk, "group_id": fourth.group_id, "by": nadia}
        services.take_back_offer(**where, seen=newest(fourth).pk)
        with pytest.raises(InvalidTransition):
            services.take_back_offer(**where, seen=newest(fourth).pk)
        with pytest.raises(InvalidTransition, match="no offer any more"):
            services.record_answer(**where, said="yes", seen=newest(fourth).pk)
    assert not waiting.exists()


def test_an_invitation_lives_as_long_as_the_offer_and_ends_with_the_place(world: World) -> None:
    noor = fitting(world, "Noor", "noor@example.org")
    due = offer(world, noor, days=20).due_at
    waiting = Invitation.objects.open().filter(person=noor.person_id)
    assert waiting.get().expires_at == due
    assert said_yes(world, noor) == Answer.PLACE
    place = Membership.objects.get(person=noor.person_id)
    message = Message.objects.get(recipient=noor.person_id, kind="invitation")
    with at_work(world.nadia) as nadia:
        services.end_membership(membership_id=place.pk, group=world.thursday, by=nadia)
    assert not waiting.exists()
    message.refresh_from_db()
    assert message.state == "dropped"


@pytest.mark.parametrize(("said", "told"), [("yes", Answer.PLACE), ("later", Answer.LATER), ("no", Answer.ENDED)])
def test_the_same_answer_twice_is_told_the_same_and_another_one_is_not_taken(
    world: World, said: str, told: Answer
) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    seen = offer(world, zed).pk
    assert [answer(world.zoe, zed, said, seen) for _ in range(2)] == [told, told]
    with pytest.raises(InvalidTransition, match="or call us"):
        answer(world.zoe, zed, "no" if said == "yes" else "yes", seen)


def test_who_answers_after_the_sweep_is_too_late_and_told_so(world: World) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    made = offer(world, zed, days=0)
    assert made.due_at is not None
    with time_machine.travel(made.due_at, tick=False):
        services.expire_offers()
        assert answer(world.zoe, zed, "yes", made.pk) == Answer.LATE


def test_an_absent_offer_and_that_of_somebody_else_cost_the_same(world: World) -> None:
    zed, costs = fitting(world, "Zed", world.zoe.login.email), []
    offer(world, zed)
    for pk in (zed.pk, world.ben.pk):
        with at_work(world.ben) as ben, CaptureQueriesContext(connection) as made, pytest.raises(Refused):
            services.answer_offer(enrolment_id=pk, said="yes", seen=None, by=ben)
        costs.append([query["sql"].split()[0] for query in made])
    assert costs[0] == costs[1]


def test_what_cannot_be_is_said_beside_its_field(world: World) -> None:
    with pytest.raises(ValidationError) as told:
        ask(world, "  ")
    assert "name" in told.value.message_dict
    noor = fitting(world, "Noor")
    for days in (-1, 31):
        with pytest.raises(ValidationError) as told:
            offer(world, noor, days=days)
        assert "last_day" in told.value.message_dict
    with pytest.raises(InvalidTransition):
        step(world, noor, "offered")
    wim = ask(world, "Wim")
    with pytest.raises(InvalidTransition):
        offer(world, wim)
    step(world, wim, "screened")
    sent = Message.objects.count()
    step(world, wim, "not_suitable", tell=True)  # there is no address to write to
    assert Message.objects.count() == sent


def test_a_place_that_has_ended_does_not_move_and_none_that_is_not_there(world: World) -> None:
    place = world.membership("ex")
    with at_work(world.nadia) as nadia:
        with pytest.raises(InvalidTransition):
            services.transfer(
                membership_id=place.pk, group_id=world.thursday.pk, to_group_id=world.tuesday.pk, by=nadia
            )
        with pytest.raises(ValidationError):
            services.transfer(
                membership_id=world.membership("ben").pk,
                group_id=world.thursday.pk,
                to_group_id=world.ben.pk,
                by=nadia,
            )
        with pytest.raises(Refused):
            services.go_on_leave(membership_id=world.membership("zoe").pk, group_id=world.thursday.pk, by=nadia)
        moved = services.transfer(
            membership_id=world.membership("ben").pk,
            group_id=world.thursday.pk,
            to_group_id=world.tuesday.pk,
            by=nadia,
        )
        services.end_membership(membership_id=world.membership("ben").pk, group=world.thursday, by=nadia)
    step(world, moved, "screened", lead="olga")
    step(world, moved, "suitable", lead="olga")
    offer(world, moved, lead="olga")
    # The old place ended before the new one began: it keeps its own reason.
    assert answer(world.ben, moved) == Answer.PLACE
    old = Membership.objects.get(group=world.thursday, person=world.ben)
    assert old.spell_steps.get().ending == "terminated_by_facilitator"


def test_the_member_who_is_called_like_another_is_turned_away_and_the_record_finds_both_names(world: World) -> None:
    place = world.membership("ben")

    def call(name: str, seen: Any = None) -> Any:
        with at_work(world.ben) as ben:
            return services.choose_name(membership_id=place.pk, name=name, pronouns_shown="group", seen=seen, by=ben)

    for like in ("Chiara Leone", "CHIARÁLEONE", "Chiara Leon\u0435", "Dev  Patel", "\u200bDev Patel"):
        with pytest.raises(ValidationError, match="choose another name"):
            call(like)
    first = call("River")
    second = call("", first.pk)
    assert (first.before, second.before) == ("Ben Tanaka", "River")
    assert world.membership("ben").name == "Ben Tanaka"
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError, match="names another"):
        services.write_progress_note(
            session_id=world.session_of_thursday.pk,
            membership_id=world.membership("dev").pk,
            body="Quarrelled with River.",
            by=nadia,
        )
    known, own = people_to_look_for(world.chiara.pk)
    assert any({"River", "Ben Tanaka"} <= set(one.names) for one in known)
    assert "River" not in own
    assert "River" in people_to_look_for(world.ben.pk)[1]
