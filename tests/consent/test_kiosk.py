"""A device of the practice in a member's hands: it reaches their ceremony, and nothing is left when it goes back."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from consent.middleware import KIOSK, OPENS
from consent.models import KioskHandover
from consent.selectors import device_codes
from consent.services import HANDED_FOR, StepUpEvidence, give_back, hand_over, sign
from groupcare.exceptions import Refused, StepUpNeeded
from tests.consent.helpers import answers, newest, publish, state, take_back, url, walk_to_sign
from tests.house.conftest import populated  # noqa: F401
from tests.house.routes import all_routes, is_ours, label, parameters
from tests.world import at_work, today

pytestmark = pytest.mark.django_db
SIGNED = {"typed_name": "Walter Ono", "meant": "on"}


@pytest.fixture
def walter(world):
    """Return a member of Thursday without an account."""
    from groups.models import Membership
    from groups.services import NewMember, add_member

    with at_work(world.nadia) as nadia:
        place = add_member(group=world.thursday, member=NewMember("Walter Ono", today()), by=nadia)
    return Membership.objects.select_related("person").get(pk=place.pk)


@pytest.fixture
def device(world, client_for, walter):
    """Return Nadia's browser after she handed it to Walter."""
    client = client_for(world.nadia)
    there = url("kiosk-begin", world.thursday.pk, walter.pk)
    assert "Hand it over" in client.get(there).content.decode()
    assert KioskHandover.objects.count() == 0
    assert client.post(there)["Location"] == url("kiosk-home")
    return client


def test_a_member_without_an_account_reads_and_signs_on_a_device_that_was_handed_over(world, device, walter):
    version = newest(world)
    home = device.get(url("kiosk-home"))
    assert "Walter Ono" in home.content.decode()
    assert home["Cache-Control"] == "no-store"
    assert device.get(url("agreement-open", version.document_id))["Location"].startswith(url("screen-agree"))
    device.post(url("screen-agree"), {"code": device_codes(walter.person)[0]})
    form = walk_to_sign(device, version)
    assert device.get(form).status_code == 200
    assert "Known to the person who handed you the device" in (
        device.post(url("agreement-review", version.pk), SIGNED).content.decode()
    )
    kept = device.post(form, SIGNED)
    act = answers_of(walter)[-1]
    assert kept["Location"] == url("act-detail", act.pk)
    handed = KioskHandover.objects.get()
    assert (act.signer_id, act.route) == (walter.person_id, "screen")
    assert act.evidence["in_person"] is True
    assert act.evidence["staff_id"] == str(world.nadia.pk)
    assert act.evidence["step_up"]["method"] == "known_to_staff"
    assert act.evidence["step_up"]["strength"] == "seen"
    assert act.evidence["step_up"]["event"] == str(handed.pk)
    page = device.get(kept["Location"])
    assert "This device keeps no file." in page.content.decode()
    assert url("act-copy", act.pk) not in page.content.decode()
    assert page["Cache-Control"] == "no-store"


@pytest.mark.req("SEC-12")
def test_every_page_of_a_device_asks_at_most_eight_queries(world, device, walter, queries):
    version = newest(world)
    assert queries(device, url("kiosk-home")) <= 8
    device.post(url("screen-agree"), {"code": device_codes(walter.person)[0]})
    # A reading ends with the trail's own three statements (foundation F1).
    assert queries(device, url("agreement-read", version.pk)) <= 8 + 3
    walk_to_sign(device, version)
    for name in ("agreement-decide", "agreement-decline", "agreement-sign"):
        assert queries(device, url(name, version.pk)) <= 8, name


def answers_of(place):
    from consent.models import Act

    return list(Act.objects.filter(signer=place.person).exclude(act="presented").order_by("at"))


def test_nothing_else_opens_on_that_device(world, device, populated):  # noqa: F811
    """Every route of the house answers as absent, but for the ceremony, and Nadia's session is gone."""
    opened = set()
    for route in all_routes():
        name = label(route)
        if not is_ours(route) or "none/" in route.pattern or name in OPENS:
            continue
        args = {one: populated.get(("*", one), world.thursday.pk) for one in parameters(route)}
        answer = device.get(reverse(route.name, kwargs=args) if args else reverse(route.name))
        if answer.status_code not in (404, 405):
            opened.add(name)
    assert opened == set()
    assert device.get(url("kiosk-home")).status_code == 200


def test_giving_it_back_leaves_nothing_and_going_on_needs_a_sign_in(world, device):
    version, key = newest(world), device.cookies["session"].value
    back = device.post(url("kiosk-leave"))
    assert back["Location"] == url("kiosk-over")
    assert "cache" in back["Clear-Site-Data"]
    over = device.get(url("kiosk-over"))
    assert "Give the device back" in over.content.decode()
    assert "Walter" not in over.content.decode()
    device.cookies["session"] = key
    for there in (url("kiosk-home"), url("agreement-read", version.pk), f"/groups/{world.thursday.pk}/"):
        assert "/account/login/" in device.get(there)["Location"]
    handed = KioskHandover.objects.get()
    assert handed.ended_how == "given_back"
    assert handed.ended_at is not None


def test_it_closes_by_itself_after_its_time(world, device, walter):
    version = newest(world)
    handed = KioskHandover.objects.get()
    shown = StepUpEvidence("known_to_staff", handed.began_at, str(handed.pk))
    with travel(timezone.now() + HANDED_FOR, tick=False):
        assert device.get(url("agreement-read", version.pk))["Location"] in (url("kiosk-over"), login(version))
        assert "/account/login/" in device.get(url("kiosk-home"))["Location"]
        with at_work(walter.person) as person, pytest.raises(StepUpNeeded):
            sign(version_id=version.pk, typed_name="Walter", meant=True, step_up=shown, by=person)


def login(version):
    return f"/account/login/?next={url('agreement-read', version.pk)}"


def test_a_handover_to_one_member_signs_for_nobody_else(world, device):
    version = publish(world)["en"]
    handed = KioskHandover.objects.get()
    shown = StepUpEvidence("known_to_staff", handed.began_at, str(handed.pk))
    with at_work(world.ben) as ben, pytest.raises(StepUpNeeded):
        sign(version_id=version.pk, typed_name="Ben", meant=True, step_up=shown, by=ben)
    assert state(world, "ben") == "superseded"
    assert len(answers(world, "ben")) == 1
    with at_work(world.ben) as ben, pytest.raises(Refused):
        give_back(handover_id=handed.pk, by=ben)


@pytest.mark.parametrize("other", ["olga", "ada", "ben"])
def test_only_those_who_lead_hand_a_device_over(world, client_for, walter, other):
    there = url("kiosk-begin", world.thursday.pk, walter.pk)
    assert client_for(world.nadia).get(there).status_code == 200
    client = client_for(world.person(other))
    assert client.get(there).status_code == 404
    assert client.post(there).status_code == 404
    assert KioskHandover.objects.count() == 0


def test_handing_over_needs_a_fresh_proof(world, client_for, walter):
    there = url("kiosk-begin", world.thursday.pk, walter.pk)
    client = client_for(world.nadia, stepped_up=False)
    assert "/account/step-up/" in client.post(there)["Location"]
    assert KioskHandover.objects.count() == 0
    assert client_for(world.nadia).post(there).status_code == 302


def test_handing_it_to_the_next_one_ends_the_one_before(world, walter):
    with at_work(world.nadia) as nadia:
        first = hand_over(group_id=world.thursday.pk, membership_id=walter.pk, by=nadia)
        hand_over(group_id=world.thursday.pk, membership_id=world.membership("dev").pk, by=nadia)
    first.refresh_from_db()
    assert first.ended_how == "handed_on"
    with at_work(walter.person) as person:
        again = give_back(handover_id=first.pk, by=person)
    assert again.ended_how == "handed_on"
    with pytest.raises(IntegrityError), transaction.atomic():
        KioskHandover.objects.filter(pk=first.pk).update(ended_how="")


def test_who_signed_in_has_no_kiosk(world, client_for):
    client = client_for(world.ben)
    assert client.get(url("kiosk-home"))["Location"] == url("agreement-list")
    assert client.post(url("kiosk-leave"))["Location"] == url("agreement-list")
    assert client.get(url("agreement-list")).status_code == 200
    assert KIOSK not in client.session


# --- the group of the handover ----------------------------------------------------------------------------------------
@pytest.fixture
def elsewhere(world, walter):
    """Return the agreement of Tuesday, of which Walter is a member too."""
    from groups.models import Membership

    Membership.objects.create(
        group=world.tuesday, person=walter.person, state="active", alias="", joined_at=timezone.now()
    )
    return world.version_of_tuesday


def pages_of(version):
    """Return the pages by which a member reads and answers a version, and whether each takes a press."""
    names = ("read", "whom", "present", "understood", "ask", "decide", "talk", "decline", "sign", "review")
    return [(url("agreement-open", version.document_id), False)] + [
        (url(f"agreement-{name}", version.pk), name in {"present", "talk", "review"}) for name in names
    ]


def test_only_what_the_group_of_the_handover_asks_opens_on_the_device(world, device, walter, elsewhere):
    here = newest(world)
    home = device.get(url("kiosk-home")).content.decode()
    assert url("agreement-open", here.document_id) in home
    assert url("agreement-open", elsewhere.document_id) not in home
    for page, is_press in pages_of(elsewhere):
        for send in (device.post,) if is_press else (device.get, device.post):
            assert send(page, SIGNED).status_code == 404, page
    assert not answers_of(walter)
    for page, is_press in pages_of(here):
        answer = device.post(page, SIGNED) if is_press else device.get(page)
        assert answer.status_code in (200, 302), page


def test_an_answer_in_another_group_is_absent_on_the_device_and_the_own_one_is_not(world, device, walter, elsewhere):
    from consent.services import decline

    with at_work(walter.person) as person:
        there = decline(version_id=elsewhere.pk, by=person)
        here = decline(version_id=newest(world).pk, by=person)
    assert device.get(url("act-detail", there.pk)).status_code == 404
    assert device.get(url("act-detail", here.pk)).status_code == 200


def test_what_the_whole_practice_asks_belongs_to_every_handover(world, device, elsewhere):
    from consent.selectors import running_handover
    from tests.consent.test_everyone_signs import undertaking

    handed, for_all = KioskHandover.objects.get(), undertaking(world)
    assert running_handover(str(handed.pk), {"version_id": for_all.pk, "document_id": for_all.document_id}).is_here
    assert running_handover(str(handed.pk), {}).is_here
    assert not running_handover(str(handed.pk), {"version_id": elsewhere.pk}).is_here
    assert not running_handover(str(handed.pk), {"version_id": handed.pk}).is_here


def test_the_services_refuse_another_group_by_themselves(world, device, walter, elsewhere):
    from consent.services import ask_to_talk, decline, present

    handed = KioskHandover.objects.get()
    shown = StepUpEvidence("known_to_staff", handed.began_at, str(handed.pk))
    with at_work(walter.person) as person:
        for act in (present, ask_to_talk, decline):
            with pytest.raises(Refused):
                act(version_id=elsewhere.pk, by=person, handed=handed)
            assert act(version_id=newest(world).pk, by=person, handed=handed).evidence["in_person"] is True
        with pytest.raises(Refused):
            sign(version_id=elsewhere.pk, typed_name="Walter", meant=True, step_up=shown, by=person)
    take_back(world, "chiara")
    with at_work(world.chiara) as chiara:
        with pytest.raises(Refused):
            decline(version_id=newest(world).pk, by=chiara, handed=handed)
        assert "in_person" not in decline(version_id=newest(world).pk, by=chiara).evidence


# --- what is kept, and what is left -----------------------------------------------------------------------------------
@pytest.mark.parametrize("press", ["agreement-present", "agreement-talk", "agreement-decline"])
def test_every_act_on_the_device_says_that_it_was_in_person_and_who_handed_it_over(world, device, client_for, press):
    from consent.models import Act

    handed, version = KioskHandover.objects.get(), newest(world)
    assert device.post(url(press, version.pk)).status_code == 302
    kept = Act.objects.filter(version=version, signer=handed.person).latest("at")
    assert kept.evidence["in_person"] is True
    assert (kept.evidence["staff_id"], kept.evidence["handover"]) == (str(world.nadia.pk), str(handed.pk))
    take_back(world, "chiara")
    assert client_for(world.chiara).post(url(press, version.pk)).status_code == 302
    own = Act.objects.filter(version=version, signer=world.chiara).latest("at")
    assert not {"in_person", "staff_id", "handover"} & set(own.evidence)


def test_a_signature_on_the_device_names_its_handover_and_one_at_home_names_none(world, device, walter):
    device.post(url("screen-agree"), {"code": device_codes(walter.person)[0]})
    device.post(walk_to_sign(device, newest(world)), SIGNED)
    assert answers_of(walter)[-1].evidence["handover"] == str(KioskHandover.objects.get().pk)
    assert (world.act_of_ben.evidence["handover"], world.act_of_ben.evidence["in_person"]) == (None, False)


def test_the_browser_forgets_at_the_hand_over_at_the_end_and_when_time_is_over(world, client_for, walter):
    there = url("kiosk-begin", world.thursday.pk, walter.pk)
    clears = '"cache", "storage"'
    client = client_for(world.nadia)
    assert "Clear-Site-Data" not in client.get(there)
    assert client.post(there)["Clear-Site-Data"] == clears
    assert "Clear-Site-Data" not in client.get(url("kiosk-home"))
    assert client.post(url("kiosk-leave"))["Clear-Site-Data"] == clears
    late = client_for(world.nadia)
    late.post(there)
    with travel(timezone.now() + HANDED_FOR, tick=False):
        over = late.get(url("kiosk-over"))
        assert (over["Location"], over["Clear-Site-Data"]) == (url("kiosk-over"), clears)
        assert late.get(over["Location"]).status_code == 200
        assert "/account/login/" in late.get(url("kiosk-home"))["Location"]


def test_each_page_on_the_device_closes_by_itself_when_the_time_is_over(world, device, client_for):
    handed, version = KioskHandover.objects.get(), newest(world)
    with travel(handed.expires_at - HANDED_FOR / 2, tick=False):
        for page in (url("kiosk-home"), url("agreement-read", version.pk), url("act-detail", handed.pk)):
            seconds, _, there = device.get(page)["Refresh"].partition("; url=")
            assert there == url("kiosk-over"), page
            assert HANDED_FOR.seconds // 2 <= int(seconds) <= HANDED_FOR.seconds // 2 + 2, page
        assert "Refresh" not in device.post(url("agreement-present", version.pk))
        assert "Refresh" not in client_for(world.ben).get(url("agreement-read", version.pk))
        home = device.get(url("kiosk-home")).content.decode()
        assert "It closes by itself at" in home
    with travel(handed.expires_at, tick=False):
        # What the page of before asks for by itself.
        assert device.get(url("kiosk-over"))["Location"] == url("kiosk-over")
