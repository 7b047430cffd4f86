"""A change of law tells those who work where it holds: once, one message each, neutral, with the old and the new."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from groupcare.access import Role, RoleHolding, acting_as_system
from groupcare.audit import recording
from groupcare.audit.models import AppendOnlyError
from groupcare.exceptions import Refused
from groupcare.outbox.models import Heartbeat, Message
from groupcare.outbox.ports import build_link
from groupcare.outbox.services import set_address
from groupcare.practice import law_services, ports
from groupcare.practice.law.effective import touching
from groupcare.practice.law.reading import packs
from groupcare.practice.models import LawNotice, LawReceipt, LawTold, LawVersion, Practice, Site
from groupcare.practice.tasks import note_changed_packs
from groups.models import Facilitation, TherapyGroup
from groups.services import create_group
from tests.factories import make_staff
from tests.practice.law_world import act, packs_with
from tests.world import at_work

pytestmark = pytest.mark.django_db
SLOWER = ("value = 48", "value = 72")


def reach(*people) -> None:
    """Give each of these people an address that we write to."""
    with acting_as_system("tests") as system, recording():
        for number, person in enumerate(people):
            set_address(person=person, value=f"p{number}-{person.pk}@example.org", by=system, verified=True)


@pytest.fixture
def reached(world):
    """Return the world with addresses for those who run groups, and for Ida, who runs one under Irish law."""
    ida = make_staff("Ida Byrne", Role.FACILITATOR)
    with at_work(ida):
        create_group(
            by=ida, label="Monday B", kind="process", openness="closed", format="online", place="IE", capacity=8,
            language="en", online_link="https://meet.example.org/monday",
        )  # fmt: skip
    reach(world.nadia, world.tom, world.olga, world.petra, ida)
    world.ids["ida"] = (type(ida), ida.pk)
    note_changed_packs()
    yield world
    del world.ids["ida"]


def told() -> set[str]:
    return {str(pk) for pk in LawTold.objects.values_list("person_id", flat=True)}


def sent_to() -> list[str]:
    return sorted(str(pk) for pk in Message.objects.filter(kind="law_changed").values_list("recipient_id", flat=True))


@pytest.mark.req("REQ-34")
def test_a_changed_pack_tells_exactly_those_who_run_something_there_once(reached, client_for, tmp_path):
    expected = sorted(str(one.pk) for one in (reached.nadia, reached.tom, reached.olga))
    with packs_with(tmp_path, "US-NY", SLOWER):
        note_changed_packs()
        assert sent_to() == expected
        assert told() == set(expected)
        # Twice, late, beside itself: nobody is told again.
        note_changed_packs()
        note_changed_packs()
        assert sent_to() == expected
        page = client_for(reached.nadia).get("/changes/").content.decode()
        assert "48 [Social Services Law" in page
        assert "72 [Social Services Law" in page
        assert "Written report within" in page
    assert Heartbeat.objects.filter(name="practice.note_changed_packs").exists()
    # Ida works under Irish law, Petra reads all of it but runs nothing: neither got a message.
    assert "72 [" not in client_for(reached.ida).get("/changes/").content.decode()
    assert "72 [" in client_for(reached.petra).get("/changes/").content.decode()


def test_the_first_sight_of_the_packs_tells_nobody(reached):
    assert LawVersion.objects.count() == len(packs())
    assert not LawNotice.objects.exists()


def test_a_pack_that_goes_back_to_what_it_said_is_a_change_too(reached, tmp_path):
    with packs_with(tmp_path, "US-NY", SLOWER):
        note_changed_packs()
    note_changed_packs()
    notices = list(LawNotice.objects.filter(pack="US-NY").order_by("at"))
    assert [one.changes[0]["new"][:2] for one in notices] == ["72", "48"]


def test_the_federal_layer_touches_every_state(reached, tmp_path):
    assert set(touching("US-FED")) == {code for code in packs() if code.startswith("US-")}
    with packs_with(tmp_path, "US-FED", ("value = 500", "value = 400")):
        note_changed_packs()
    assert str(reached.nadia.pk) in told()
    assert str(reached.ida.pk) not in told()


def test_what_came_and_what_went_are_both_named(reached, tmp_path):
    with packs_with(tmp_path, "IE", ('key = "child2"', 'key = "fgm"'), ('"other", "child2"', '"other", "fgm"')):
        note_changed_packs()
    [notice] = LawNotice.objects.all()
    changes = {one["path"]: (one["old"], one["new"]) for one in notice.changes}
    assert changes["facts.child2"][1] == ""
    assert changes["facts.fgm"][0] == ""
    assert changes["facts.child2"][0] == changes["facts.fgm"][1] != ""


@pytest.mark.req("REQ-34")
def test_an_override_tells_them_too_and_shows_old_and_new(reached, client_for):
    url = reverse("practice:law-value", kwargs={"code": "IE", "path": "structured.breach_hours_regulator"})
    assert client_for(reached.ada).post(url, act("override", value="48", seen=0)).status_code == 302
    assert sent_to() == [str(reached.ida.pk)]
    page = client_for(reached.ida).get("/changes/").content.decode()
    assert '<del lang="en">72</del>' in page
    assert '<ins lang="en">48</ins>' in page
    assert "Ireland" in page


def test_switching_off_and_on_tell_them_and_a_proposal_or_an_acceptance_does_not(reached):
    adam = make_staff("Adam Second", Role.ADMINISTRATOR)
    facts = {"code": "IE", "path": "facts.protect", "reason": "So."}
    with at_work(reached.ada) as ada:
        law_services.accept_law(by=ada, **facts)
        law_services.propose_off(by=ada, **facts)
        law_services.switch_on(by=ada, **facts)
        law_services.propose_off(by=ada, **facts)
    assert not LawNotice.objects.exists()
    with at_work(adam):
        law_services.confirm_off(by=adam, **facts)
        law_services.switch_on(by=adam, **facts)
    assert [(one.changes[0]["old"], one.changes[0]["new"]) for one in LawNotice.objects.order_by("at")] == [
        ("Permissive.", ""),
        ("", "Permissive."),
    ]
    assert sent_to() == [str(reached.ida.pk)] * 2


def test_the_message_leads_to_an_address_that_names_nothing(reached, tmp_path):
    with packs_with(tmp_path, "US-NY", SLOWER):
        note_changed_packs()
    message = Message.objects.filter(kind="law_changed").first()
    assert build_link(message.link_kind, message.link_object, message.link_issue) == "/changes/"


def test_whoever_has_no_address_is_told_on_their_day(reached, client_for, tmp_path):
    ivor = make_staff("Ivor Quinn", Role.FACILITATOR)
    group = TherapyGroup.objects.get(place="IE")
    Facilitation(group=group, person=ivor, role="co", valid_from=timezone.now() - timedelta(days=1)).save()
    with packs_with(tmp_path, "IE", ("value = 72", "value = 71")):
        note_changed_packs()
    assert str(ivor.pk) in told()
    assert str(ivor.pk) not in sent_to()
    assert "Read what changed" in client_for(ivor).get("/today/").content.decode()


def test_a_place_counts_by_the_group_and_by_its_site(reached, tmp_path):
    with at_work(reached.ada):
        site = Site(name="Galway", place="IE")
        site.save()
    TherapyGroup.objects.filter(pk=reached.tuesday.pk).update(site=site)
    with packs_with(tmp_path, "IE", ("value = 72", "value = 71")):
        note_changed_packs()
    assert told() == {str(reached.ida.pk), str(reached.olga.pk)}


@pytest.mark.parametrize("gone", ["closed", "ended", "later", "role", "account"])
def test_whoever_runs_nothing_there_any_more_is_not_told(reached, tmp_path, gone):
    now = timezone.now()
    facilitation = Facilitation.objects.filter(person=reached.ida)
    if gone == "closed":
        TherapyGroup.objects.filter(place="IE").update(closed_at=now)
    elif gone == "ended":
        facilitation.update(valid_from=now - timedelta(days=2), valid_until=now - timedelta(minutes=1))
    elif gone == "later":
        facilitation.update(valid_from=now + timedelta(days=1))
    elif gone == "role":
        RoleHolding.objects.filter(person=reached.ida).update(valid_until=now)
    else:
        type(reached.ida.login).objects.filter(pk=reached.ida.login.pk).update(is_active=False)
    with packs_with(tmp_path, "IE", ("value = 72", "value = 71")):
        note_changed_packs()
    assert LawNotice.objects.filter(pack="IE").exists()
    assert told() == set()


@pytest.mark.req("REQ-34")
def test_a_receipt_is_kept_once_and_shown_to_those_who_read_all(reached, client_for, tmp_path):
    with packs_with(tmp_path, "US-NY", SLOWER):
        note_changed_packs()
    [notice] = LawNotice.objects.all()
    url = reverse("changes:read", kwargs={"notice_id": notice.pk})
    nadia, petra = client_for(reached.nadia), client_for(reached.petra)
    assert "I have read it" in nadia.get("/changes/").content.decode()
    assert not LawReceipt.objects.exists()  # looking is no receipt
    for _ in range(2):
        assert nadia.post(url).status_code == 302
    assert [one.told.person_id for one in LawReceipt.objects.all()] == [reached.nadia.pk]
    assert "You have read it." in nadia.get("/changes/").content.decode()
    assert "Tom Becker" not in nadia.get("/changes/").content.decode()
    page = petra.get("/changes/").content.decode()
    assert page.count("Not read yet") == 2
    assert "Nadia Rahmani" in page
    # Ida was not told of it: for her it does not exist, nor for a colleague who runs nothing.
    assert client_for(reached.ida).post(url).status_code == 404
    assert petra.post(url).status_code == 404
    assert LawReceipt.objects.count() == 1


def test_the_service_refuses_whoever_was_not_told(reached, tmp_path):
    with packs_with(tmp_path, "US-NY", SLOWER):
        note_changed_packs()
    with at_work(reached.ida), pytest.raises(Refused):
        law_services.read_notice(notice_id=LawNotice.objects.get().pk, by=reached.ida)


def test_what_was_told_is_never_changed(reached, tmp_path):
    with packs_with(tmp_path, "US-NY", SLOWER):
        note_changed_packs()
    for row in (LawNotice.objects.get(), LawTold.objects.first(), LawVersion.objects.first()):
        with pytest.raises(AppendOnlyError):
            row.save()


def test_with_nobody_registered_a_change_is_not_passed_over_in_silence(reached, tmp_path, monkeypatch):
    monkeypatch.setattr(ports, "_places", [])
    with packs_with(tmp_path, "US-NY", SLOWER):
        with pytest.raises(RuntimeError, match="Nothing is registered"):
            note_changed_packs()
        assert not LawNotice.objects.exists()
        monkeypatch.undo()


def test_before_the_set_up_the_sweep_does_nothing(db):
    assert not Practice.objects.exists()
    note_changed_packs()
    assert not LawVersion.objects.exists()


def test_the_words_are_neutral_in_both_languages():
    # The care words themselves are looked for by the outbox's own tests.
    from groupcare.outbox.texts import kinds

    for language in ("en", "es"):
        text = kinds()["law_changed"].text(language)
        assert "law" not in text.subject.lower()
        assert "ley" not in text.body.lower()
