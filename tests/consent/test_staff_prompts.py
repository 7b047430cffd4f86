"""Those who work here are asked as members are, and where nothing comes the administrators hear of it, once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import travel

from consent.models import Act, DocumentVersion, Escalation, ReconsentPrompt
from consent.services import Terms, escalate, prompting, send_reconsent_prompts, withdraw
from consent.tasks import send_reconsent_prompts as sweep
from groupcare.access import Role, acting_as_system
from groupcare.audit import recording
from groupcare.outbox.models import Message
from groupcare.outbox.ports import build_link
from groups.models import TherapyGroup
from groups.services import add_facilitator, end_facilitation
from tests.consent.helpers import LATE, NOTICE, newest, publish, url
from tests.consent.test_everyone_signs import undertaking
from tests.factories import make_staff
from tests.world import at_work, sign_for

pytestmark = pytest.mark.django_db


def asked(world, name, document=None):
    """Return (number, trigger) of each prompt to the named person, oldest first."""
    rows = ReconsentPrompt.objects.filter(person=world.ids[name][1]).order_by("created_at", "number")
    if document is not None:
        rows = rows.filter(requirement__document=document)
    return list(rows.values_list("number", "trigger"))


def messages(world, name, *kinds):
    mine = Message.objects.filter(recipient=world.ids[name][1], kind__in=kinds)
    return mine.filter(idempotence_key__contains="reconsent:").count()


def told_about_staff(world, *names):
    mine = Message.objects.filter(kind="work_waiting", idempotence_key__startswith="unanswered-here:")
    return [mine.filter(recipient=world.ids[name][1]).count() for name in names]


def sweep_once():
    with acting_as_system("tests"), recording():
        return send_reconsent_prompts()


@pytest.fixture
def signed(world):
    """Let Nadia, Tom and Olga sign what those who lead sign."""
    for name, version in (("nadia", newest(world)), ("tom", newest(world)), ("olga", world.version_of_tuesday)):
        sign_for(world.person(name), version)
    return newest(world)


@pytest.mark.req("REQ-50", "REQ-29")
def test_a_material_version_asks_exactly_those_who_lead_that_group_once(world, signed):
    before = {name: asked(world, name) for name in ("nadia", "tom", "olga", "ada", "petra")}
    publish(world)
    sweep.apply()
    sweep.apply()
    for name in ("nadia", "tom"):
        assert asked(world, name)[len(before[name]) :] == [(2, "new_version")], name
        assert messages(world, name, "agreement_due") == 1
    for name in ("olga", "ada", "petra"):
        assert asked(world, name) == before[name], name
    message = Message.objects.get(recipient=world.tom, kind="agreement_due")
    there = build_link(message.link_kind, message.link_object, message.link_issue)
    assert there == url("agreement-open", newest(world).document_id)


def test_a_version_that_is_not_material_asks_none_of_them(world, signed):
    before = ReconsentPrompt.objects.count()
    publish(world, terms=Terms(material=False, summary="A name was corrected."))
    sweep.apply()
    assert ReconsentPrompt.objects.count() == before
    publish(world)
    assert ReconsentPrompt.objects.count() == before + 5


@pytest.mark.req("REQ-50")
def test_the_end_of_validity_asks_once_before_and_not_again_after(world, signed):
    with travel(timezone.now() + NOTICE, tick=False):
        sweep.apply()
        sweep.apply()
        assert asked(world, "tom") == [(1, "period")]
    with travel(timezone.now() + LATE, tick=False):
        sweep.apply()
        assert asked(world, "tom") == [(1, "period")]
        assert messages(world, "tom", "agreement_due") == 1


def test_an_undertaking_of_the_practice_asks_everybody_who_works_here_and_no_member(world):
    version = undertaking(world)
    sweep.apply()
    sweep.apply()
    people = ReconsentPrompt.objects.filter(requirement__document=version.document)
    works_here = ("nadia", "tom", "olga", "ada", "petra", "xavier")
    assert Counter(people.values_list("person_id", flat=True)) == {world.ids[name][1]: 1 for name in works_here}
    assert all(messages(world, name, "agreement_waiting") for name in works_here)
    for name in ("ben", "zoe", "root"):
        assert asked(world, name) == [], name


@pytest.mark.parametrize("role", ["observer", "interpreter"])
def test_an_observer_or_interpreter_who_comes_later_has_two_days_before_they_are_asked(world, role):
    guest = make_staff("Ines Vogt", Role.RECEPTION)
    publish(world)
    with travel(timezone.now() + timedelta(hours=1), tick=False), at_work(world.nadia) as nadia:
        add_facilitator(group=world.thursday, person=guest, role=role, by=nadia)
        mine = ReconsentPrompt.objects.filter(person=guest)
        sweep_once()
        assert not mine.exists()
    with travel(timezone.now() + timedelta(days=2, hours=2), tick=False):
        sweep_once()
        sweep_once()
        assert [one.requirement.who for one in mine] == [role]


def test_whoever_took_it_back_or_whose_group_is_closed_is_left_in_peace(world, signed):
    with at_work(world.tom) as tom:
        withdraw(act_id=Act.objects.filter(signer=tom, document=newest(world).document).latest("at").pk, by=tom)
    TherapyGroup.objects.filter(pk=world.tuesday.pk).update(closed_at=timezone.now())
    with travel(timezone.now() + LATE, tick=False):
        sweep_once()
        assert asked(world, "tom") == []
        assert (1, "period") not in asked(world, "olga")
        assert (1, "period") in asked(world, "nadia")


@pytest.mark.req("REQ-50")
def test_after_a_week_without_an_answer_the_administrators_are_told_once(world, client_for):
    version, start = undertaking(world), timezone.now()
    sweep.apply()
    for person in (world.petra, world.nadia):
        sign_for(person, version)
    with travel(start + timedelta(days=6, hours=23), tick=False):
        sweep.apply()
        assert told_about_staff(world, "ada") == [0]
    with travel(start + timedelta(days=7, minutes=5), tick=False):
        sweep.apply()
        sweep.apply()
        assert told_about_staff(world, "ada", "nadia", "tom", "petra", "ben") == [1, 0, 0, 0, 0]
        passed = Escalation.objects.filter(prompt__requirement__document=version.document)
        silent = {world.ids[name][1] for name in ("tom", "olga", "ada", "xavier")}
        assert set(passed.values_list("prompt__person_id", flat=True)) == silent
        message = Message.objects.get(recipient=world.ada, idempotence_key__startswith="unanswered-here:")
        page = build_link(message.link_kind, message.link_object, message.link_issue)
        assert client_for(world.ada).get(page).status_code == 200
    with travel(start + timedelta(days=9), tick=False):
        sweep.apply()
        assert told_about_staff(world, "ada") == [1]
        # Nothing of it stands among what those who lead have to do about members.
        assert "Tom Becker" not in client_for(world.nadia).get(url("follow-up-list")).content.decode()


def test_an_administrator_is_not_told_about_themselves_and_another_one_is(world):
    undertaking(world)
    second = make_staff("Adam Roe", Role.ADMINISTRATOR)
    start = timezone.now()
    sweep.apply()
    version = DocumentVersion.objects.get(document__kind="staff_undertaking")
    for person in (second, *(world.person(name) for name in ("nadia", "tom", "olga", "petra", "xavier"))):
        sign_for(person, version)
    for name, text in (("nadia", newest(world)), ("tom", newest(world)), ("olga", world.version_of_tuesday)):
        sign_for(world.person(name), text)
    with travel(start + timedelta(days=8), tick=False):
        sweep.apply()
        assert told_about_staff(world, "ada") == [0]
        told = Message.objects.filter(recipient=second, idempotence_key__startswith="unanswered-here:")
        assert told.count() == 1


def test_whose_part_has_ended_is_passed_on_to_nobody(world):
    start = timezone.now()
    with travel(start + timedelta(days=3), tick=False):
        sweep_once()
        assert asked(world, "tom") == [(1, "initial")]
        with at_work(world.nadia) as nadia:
            part = world.thursday.facilitations.get(person=world.tom)
            end_facilitation(facilitation_id=part.pk, group=world.thursday, by=nadia)
    with travel(start + timedelta(days=12), tick=False):
        sweep.apply()
        people = set(Escalation.objects.values_list("prompt__person_id", flat=True))
        assert world.tom.pk not in people
        assert world.nadia.pk in people


# --- killed in the middle ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dies_after", [0, 1, 2])
def test_a_sweep_that_is_killed_in_the_middle_tells_each_exactly_once_in_the_end(world, monkeypatch, dies_after):
    """The prompt and its message are one unit: what was not written is found by the next sweep, the rest is not."""
    version = undertaking(world)
    real, calls = prompting.queue_many, []

    def dying(drafts):
        calls.append(drafts)
        made = real(drafts)
        if len(calls) > dies_after:
            raise RuntimeError("killed")
        return made

    monkeypatch.setattr(prompting, "BATCH", 2)
    with monkeypatch.context() as beside:
        beside.setattr(prompting, "queue_many", dying)
        with pytest.raises(RuntimeError, match="killed"):
            sweep_once()
    prompts = ReconsentPrompt.objects.filter(requirement__document=version.document)
    # Who was told before is known, and nobody is known who was not told.
    sent = Message.objects.filter(idempotence_key__in=[f"reconsent:{one.pk}" for one in prompts.all()])
    assert prompts.count() == sent.count() == 2 * dies_after
    sweep_once()
    sweep_once()
    people = Counter(prompts.values_list("person_id", flat=True))
    assert people == {world.ids[name][1]: 1 for name in ("nadia", "tom", "olga", "ada", "petra", "xavier")}
    got = Message.objects.filter(idempotence_key__in=[f"reconsent:{one.pk}" for one in prompts.all()])
    assert Counter(got.values_list("recipient_id", flat=True)) == people


def test_passing_on_that_is_killed_in_the_middle_tells_each_administrator_once(world, monkeypatch):
    undertaking(world)
    start = timezone.now()
    sweep.apply()
    with travel(start + timedelta(days=8), tick=False):
        real = prompting.queue_many

        def dying(drafts):
            real(drafts)
            raise RuntimeError("killed")

        with monkeypatch.context() as beside, acting_as_system("tests"), recording():
            beside.setattr(prompting, "queue_many", dying)
            with pytest.raises(RuntimeError, match="killed"):
                escalate()
        assert told_about_staff(world, "ada") == [0]
        with acting_as_system("tests"), recording():
            assert escalate() > 0
            assert escalate() == 0
        assert told_about_staff(world, "ada") == [1]
