"""Lost phones, lost mailboxes, an administrator who is gone: two people, a waiting time, word to the old address."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import caches
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.access import Role, RoleHolding, acting_as_system, roles_by_person
from groupcare.accounts import permissions, recovery_selectors, services
from groupcare.accounts.models import Recovery, RecoveryStep, User
from groupcare.accounts.recovery_kinds import State, Step, kinds
from groupcare.accounts.tasks import carry_out_recoveries
from groupcare.accounts.tokens import confirm_link, stop_link
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Channel, Message
from groupcare.outbox.selectors import current_address
from groupcare.outbox.services import set_address
from tests.factories import PASSWORD, add_second_factor, make_staff
from tests.world import at_work

pytestmark = pytest.mark.django_db
ASKED = {"email": "nadia@example.org", "check_made": "in_person"}


@pytest.fixture(autouse=True)
def _fresh_limits():
    caches["limits"].clear()


@pytest.fixture
def later(monkeypatch):
    """Move the clock of everything that asks ``timezone.now``."""
    real = timezone.now

    def move(**by):
        monkeypatch.setattr(timezone, "now", lambda: real() + timedelta(**by))

    return move


def url(name, **arguments):
    return reverse(f"accounts:recovery-{name}", kwargs=arguments)


def ask(browser, kind="lost_second_factor", **data):
    return browser.post(url("open", kind=kind), {**ASKED, **data})


def act(browser, row, name):
    return browser.post(url("detail", recovery_id=row.pk), {"act": name}, follow=True)


def factors(person):
    return Authenticator.objects.filter(user=person.login)


@pytest.fixture
def lost_phone(world, client_for):
    """Ada asked for Nadia, whose phone is gone."""
    with acting_as_system("test") as system:
        set_address(person=world.nadia, value="nadia@example.org", by=system, verified=True)
    assert ask(client_for(world.ada)).status_code == 302
    return Recovery.objects.get()


@pytest.mark.req("SEC-47")
def test_a_lost_phone_needs_two_people_and_a_day_and_then_a_new_second_step(world, client_for, lost_phone, later):
    ada, petra, nadia = client_for(world.ada), client_for(world.petra), client_for(world.nadia)
    nadia.get(reverse("accounts:session-list"))
    assert lost_phone.state is State.OPEN
    assert "I agree" not in ada.get(url("detail", recovery_id=lost_phone.pk)).content.decode()
    assert act(ada, lost_phone, "approve").status_code == 404
    assert lost_phone.taken() == {}
    assert "I agree" in petra.get(url("detail", recovery_id=lost_phone.pk)).content.decode()
    act(petra, lost_phone, "approve")
    assert lost_phone.state is State.WAITING
    assert "has not come" in act(ada, lost_phone, "carry_out").content.decode()
    assert factors(world.nadia).exists()
    later(hours=23, minutes=59)
    assert carry_out_recoveries() == 0
    later(hours=24, minutes=1)
    assert carry_out_recoveries() == 1
    assert carry_out_recoveries() == 0
    assert not factors(world.nadia).exists()
    assert Recovery.objects.get().state is State.DONE
    assert nadia.get(reverse("accounts:session-list")).status_code == 302, "her sessions ended"
    browser = Client()
    signed_in = browser.post(reverse("account_login"), {"login": "nadia@example.org", "password": PASSWORD})
    assert signed_in.status_code == 302
    assert browser.get(reverse("groups:today")).url == reverse("mfa_index")


def test_a_member_whose_second_step_was_taken_away_sets_up_a_new_one_before_anything_else(world, client_for, later):
    add_second_factor(world.ben.login)
    ask(client_for(world.ada), email="ben@example.org")
    act(client_for(world.petra), Recovery.objects.get(), "approve")
    later(hours=25)
    assert carry_out_recoveries() == 1
    ben = client_for(world.ben)
    assert ben.get(reverse("accounts:profile")).url == reverse("mfa_index")
    assert ben.get(reverse("mfa_index")).status_code == 200
    add_second_factor(world.ben.login)
    assert ben.get(reverse("accounts:profile")).status_code == 200
    chiara = client_for(world.chiara)
    assert chiara.get(reverse("accounts:profile")).status_code == 200, "others need none"


def test_every_step_stands_in_the_trail_with_ids_only(world, client_for, lost_phone, later):
    act(client_for(world.petra), lost_phone, "approve")
    later(hours=25)
    carry_out_recoveries()
    rows = TrailEvent.objects.filter(object_id=str(lost_phone.pk)).order_by("sequence")
    steps = [(row.action, row.actor) for row in rows if row.action != "recovery.read"]
    assert steps == [
        ("recovery.open", str(world.ada.pk)),
        ("recovery.approved", str(world.petra.pk)),
        ("recovery.carried_out", "system:accounts.carry_out_recoveries"),
    ]


def test_the_person_is_told_at_once_and_the_link_stops_it_without_signing_in(world, lost_phone, client_for):
    message = Message.objects.get(kind="sign_in_change")
    assert (message.recipient_id, message.link_object) == (world.nadia.pk, lost_phone.pk)
    link, stranger = stop_link(lost_phone.pk, 1), Client()
    assert not re.search("therap|recover|group|help", link)
    page = stranger.get(link)
    assert page.status_code == 200
    assert lost_phone.state is State.OPEN, "looking stops nothing"
    assert world.nadia.used_name not in page.content.decode()
    assert "It is stopped" in stranger.post(link).content.decode()
    assert lost_phone.state is State.STOPPED
    assert stranger.post(link).status_code == 404
    assert act(client_for(world.petra), lost_phone, "approve").status_code == 200
    assert Step.APPROVED not in lost_phone.taken()


def test_a_wrong_link_looks_like_none(lost_phone):
    right = stop_link(lost_phone.pk, 1)
    wrong = right[:-2] + ("A/" if not right.endswith("A/") else "B/")
    absent = right.replace(str(lost_phone.pk), "00000000-0000-4000-8000-000000000000")
    confirm = confirm_link(lost_phone.pk, 1)
    for link in (wrong, absent, confirm):
        assert Client().get(link).status_code == 404
        assert Client().post(link).status_code == 404
    assert Client().get(right).status_code == 200
    assert lost_phone.state is State.OPEN


def test_links_cannot_be_tried_without_end(lost_phone):
    wrong = stop_link(lost_phone.pk, 1).replace("/change/", "/address/")
    answers = [Client().post(wrong).status_code for _ in range(21)]
    assert answers == [404] * 20 + [429]


def test_whoever_it_is_about_sees_it_on_every_page_and_stops_it_there(world, client_for, lost_phone):
    nadia = client_for(world.nadia)
    stop = url("stop-own", recovery_id=lost_phone.pk)
    assert stop in nadia.get(reverse("groups:today")).content.decode()
    assert stop not in client_for(world.tom).get(reverse("groups:today")).content.decode()
    assert client_for(world.tom).post(stop).status_code == 404
    assert nadia.get(stop).status_code == 405
    assert "Stopped." in nadia.post(stop, follow=True).content.decode()
    assert lost_phone.state is State.STOPPED
    assert stop not in nadia.get(reverse("groups:today")).content.decode()
    assert "faster" in nadia.post(stop, follow=True).content.decode(), "the back button is told so"


def test_either_of_the_two_may_stop_it_and_nobody_else(world, client_for, lost_phone):
    eve = make_staff("Eve Sand", Role.PRIVACY_OFFICER)
    act(client_for(world.petra), lost_phone, "approve")
    assert act(client_for(eve), lost_phone, "stop").status_code == 404
    assert lost_phone.state is State.WAITING
    assert act(client_for(world.petra), lost_phone, "stop").status_code == 200
    assert lost_phone.state is State.STOPPED


def test_who_may_ask_and_who_may_look(world, client_for, lost_phone):
    detail, form = url("detail", recovery_id=lost_phone.pk), url("open", kind="lost_second_factor")
    for name, may in {"ada": True, "petra": True, "tom": False, "xavier": False}.items():
        browser = client_for(getattr(world, name))
        assert browser.get(form).status_code == (200 if may else 404), name
        assert browser.get(detail).status_code == (200 if may else 404), name
        page = browser.get(url("list"))
        assert page.status_code == 200
        assert (world.nadia.used_name in page.content.decode()) == may, name
    assert client_for(world.ben).get(url("list")).status_code == 404
    assert client_for(world.ada).get(url("open", kind="changed_address")).status_code == 404
    assert client_for(world.ada).post(detail, {"act": "nothing"}).status_code == 404


def test_every_act_asks_for_a_fresh_proof(world, client_for, lost_phone):
    for name in ("open", "detail"):
        arguments = {"kind": "lost_second_factor"} if name == "open" else {"recovery_id": lost_phone.pk}
        answer = client_for(world.petra, stepped_up=False).post(url(name, **arguments), {"act": "approve"})
        assert answer.url.startswith(reverse("accounts:step-up"))
    assert lost_phone.taken() == {}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"email": "nobody@example.org"}, "Nobody signs in with this address."),
        ({"email": "ada@example.org"}, "For yourself, ask a colleague."),
        ({"email": "chiara@example.org"}, "no second step that could be lost"),
        ({"check_made": ""}, "Choose one."),
        ({"email": "x" * 100_000}, "Write an e-mail address"),
    ],
)
def test_what_cannot_help_is_said_beside_the_field_and_nothing_is_kept(world, client_for, data, said):
    answer = ask(client_for(world.ada), **data)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Recovery.objects.exists()


def test_a_second_request_for_the_same_person_waits_for_the_first(world, client_for, lost_phone):
    answer = ask(client_for(world.petra))
    assert answer.status_code == 422
    assert "on its way for this person already" in answer.content.decode()
    assert Recovery.objects.count() == 1


def test_an_account_that_is_off_is_not_let_in_by_the_way(world, client_for, lost_phone, later):
    act(client_for(world.petra), lost_phone, "approve")
    User.objects.filter(person=world.nadia).update(is_active=False)
    later(hours=25)
    assert carry_out_recoveries() == 0
    assert factors(world.nadia).exists()
    page = act(client_for(world.ada), lost_phone, "carry_out").content.decode()
    assert "no account that is switched on" in page


def test_two_who_agree_at_once_are_one_step_and_the_second_is_told(world, client_for, lost_phone):
    eve = make_staff("Eve Sand", Role.PRIVACY_OFFICER)
    act(client_for(world.petra), lost_phone, "approve")
    assert "Somebody was faster" in act(client_for(eve), lost_phone, "approve").content.decode()
    assert lost_phone.steps.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryStep.objects.create(recovery=lost_phone, step=Step.APPROVED, by=eve)
    RecoveryStep.objects.create(recovery=lost_phone, step=Step.STOPPED, by=eve)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecoveryStep.objects.create(recovery=lost_phone, step=Step.CARRIED_OUT)


def test_what_nobody_takes_further_is_over_after_a_week(world, client_for, lost_phone, later):
    later(days=7)
    page = client_for(world.petra).get(url("detail", recovery_id=lost_phone.pk)).content.decode()
    assert "Too old." in page
    assert "I agree" not in page
    assert "faster, or it is over" in act(client_for(world.petra), lost_phone, "approve").content.decode()


def test_in_a_solo_practice_the_external_reviewer_is_the_second_person(world, client_for, lost_phone, later):
    assert client_for(world.xavier).get(url("detail", recovery_id=lost_phone.pk)).status_code == 404
    RoleHolding.objects.filter(person=world.petra).update(valid_until=timezone.now())
    xavier = client_for(world.xavier)
    assert world.nadia.used_name in xavier.get(url("list")).content.decode()
    act(xavier, lost_phone, "approve")
    assert lost_phone.state is State.WAITING


# --- addresses ---------------------------------------------------------------------------------------------


@pytest.fixture
def moved(world, client_for):
    """Ben asked for a new address."""
    answer = client_for(world.ben).post(reverse("accounts:address-change"), {"new_email": "New.Ben@Example.org"})
    assert answer.status_code == 302
    return Recovery.objects.get()


def test_a_member_changes_their_address_by_a_link_and_a_day(world, client_for, moved, later):
    old = current_address(world.ben)
    ben = client_for(world.ben)
    assert "Open the link" in ben.get(reverse("accounts:address-change")).content.decode()
    warned = Message.objects.get(kind="sign_in_change")
    asked = Message.objects.get(kind="address_confirm")
    assert (warned.address.value, asked.address.value) == ("ben@example.org", "new.ben@example.org")
    later(hours=30)
    assert carry_out_recoveries() == 0, "nobody opened the link"
    link = confirm_link(moved.pk, 1)
    assert Client().get(link).status_code == 200
    assert moved.state is State.OPEN
    assert "You sign in with the new address from" in Client().post(link).content.decode()
    assert Client().post(link).status_code == 404, "once"
    assert carry_out_recoveries() == 0
    later(hours=55)
    assert carry_out_recoveries() == 1
    assert current_address(world.ben).value == world.ben.login.email == "new.ben@example.org"
    assert current_address(world.ben).verified_at
    old.refresh_from_db()
    assert old.ended_at
    assert not world.ben.addresses.current().filter(channel=Channel.PROPOSED).exists()
    answers = [Client().post(reverse("account_login"), {"login": address, "password": PASSWORD}).status_code
               for address in ("ben@example.org", "new.ben@example.org")]  # fmt: skip
    assert answers == [200, 302]


def test_the_old_address_stops_a_change_that_was_not_theirs(world, client_for, moved, later):
    Client().post(confirm_link(moved.pk, 1))
    assert Client().post(stop_link(moved.pk, 1)).status_code == 200
    later(hours=25)
    assert carry_out_recoveries() == 0
    assert world.ben.login.email == "ben@example.org"
    assert Client().get(confirm_link(moved.pk, 1)).status_code == 404
    assert not world.ben.addresses.current().filter(channel=Channel.PROPOSED).exists()


def test_an_address_of_somebody_else_is_told_to_nobody_but_who_reads_that_mailbox(world, client_for):
    browser = client_for(world.ben)
    answer = browser.post(reverse("accounts:address-change"), {"new_email": "chiara@example.org"}, follow=True)
    assert "A link is on its way" in answer.content.decode()
    row = Recovery.objects.get()
    confirmed = Client().post(confirm_link(row.pk, 1))
    assert confirmed.status_code == 422
    assert "cannot be used" in confirmed.content.decode()
    assert row.state is State.OPEN


def test_the_same_address_and_none_are_said_beside_the_field(world, client_for):
    browser = client_for(world.ben)
    for typed, said in {"ben@example.org": "the address that is used now", "nonsense": "Write an e-mail"}.items():
        answer = browser.post(reverse("accounts:address-change"), {"new_email": typed})
        assert answer.status_code == 422
        assert said in answer.content.decode()
        assert typed in answer.content.decode(), "what was typed is kept"
    assert not Recovery.objects.exists()


def test_a_lost_mailbox_needs_a_second_person_the_link_and_three_days(world, client_for, later):
    ask(client_for(world.ada), "lost_mail", email="ben@example.org", new_email="ben2@example.org")
    row = Recovery.objects.get()
    thanks = Client().post(confirm_link(row.pk, 1)).content.decode()
    assert "must still agree" in thanks
    later(hours=100)
    assert carry_out_recoveries() == 0
    act(client_for(world.petra), row, "approve")
    later(hours=171)
    assert carry_out_recoveries() == 0
    later(hours=173)
    assert carry_out_recoveries() == 1
    assert world.ben.login.email == "ben2@example.org"


def test_somebody_without_an_address_gets_no_message_and_nothing_breaks(world, client_for, later):
    add_second_factor(world.ben.login)
    world.ben.addresses.update(ended_at=timezone.now())
    ask(client_for(world.ada), email="ben@example.org")
    row = Recovery.objects.get()
    assert not Message.objects.filter(kind="sign_in_change").exists()
    act(client_for(world.petra), row, "approve")
    later(hours=25)
    assert carry_out_recoveries() == 1


# --- the administrator is gone ---------------------------------------------------------------------------------


def test_when_the_administrator_is_gone_two_others_bring_in_another_after_three_days(world, client_for, later):
    with acting_as_system("test") as system:
        set_address(person=world.ada, value="ada@example.org", by=system, verified=True)
    asked = ask(client_for(world.petra), "administrator_gone", email="tom@example.org", check_made="call_back")
    assert asked.status_code == 302
    row = Recovery.objects.get()
    assert row.missing == world.ada
    assert Message.objects.get(kind="sign_in_change").recipient == world.ada
    assert (
        url("stop-own", recovery_id=row.pk)
        in client_for(world.ada).get(reverse("accounts:people-list")).content.decode()
    )
    assert act(client_for(world.tom), row, "approve").status_code == 404, "not whom it is about"
    assert act(client_for(world.ada), row, "approve").status_code == 404, "nor who is said to be gone"
    act(client_for(world.xavier), row, "approve")
    later(hours=71)
    assert carry_out_recoveries() == 0
    later(hours=73)
    assert carry_out_recoveries() == 1
    with acting_as_system("test"):
        assert Role.ADMINISTRATOR in roles_by_person([world.tom.pk])[world.tom.pk]
        assert Role.ADMINISTRATOR in roles_by_person([world.ada.pk])[world.ada.pk], "nobody loses a role"


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("xavier@example.org", "works inside of the practice"),
        ("ben@example.org", "works inside of the practice"),
        ("ada@example.org", "Another administrator is here"),
    ],
)
def test_only_a_colleague_can_take_over(world, client_for, email, said):
    answer = ask(client_for(world.petra), "administrator_gone", email=email, check_made="call_back")
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_with_two_administrators_the_other_one_gives_the_role(world, client_for):
    make_staff("Eve Sand", Role.ADMINISTRATOR)
    answer = ask(client_for(world.petra), "administrator_gone", email="tom@example.org", check_made="call_back")
    assert "They can give the role" in answer.content.decode()


# --- what pages do not reach -------------------------------------------------------------------------------------


def test_services_refuse_what_no_page_offers(world, lost_phone, acting):
    unknown = "00000000-0000-4000-8000-000000000000"
    with acting(world.ada) as ada:
        for service in (services.approve_recovery, services.stop_recovery, services.carry_out):
            with pytest.raises(Refused):
                service(recovery_id=unknown, by=ada)
        with pytest.raises(Refused):
            services.open_recovery(kind="nothing", person=world.tom, check_made="in_person", by=ada)
        with pytest.raises(Refused):
            services.open_recovery(kind="lost_second_factor", person=ada, check_made="in_person", by=ada)
    with pytest.raises(Refused):
        services.stop_by_link(recovery_id=lost_phone.pk, token="wrong")
    with pytest.raises(Refused):
        services.confirm_address(recovery_id=lost_phone.pk, token="wrong")
    with pytest.raises(InvalidTransition), acting(world.ada) as ada:
        services.carry_out(recovery_id=lost_phone.pk, by=ada)


def test_what_a_selector_finds_is_what_the_rules_of_the_services_allow(world):
    about, openers = (world.nadia, world.petra), (world.ada, world.petra, world.xavier)
    rows = [
        Recovery.objects.create(kind=kind, person=person, opened_by=opener, missing=missing, check_made="in_person")
        for kind in kinds()
        for person in about
        for opener in openers
        for missing in (None, world.ada)
    ]
    for row in rows[::3]:
        RecoveryStep.objects.create(recovery=row, step=Step.APPROVED, by=world.tom)
    rows = list(Recovery.objects.prefetch_related("steps"))
    allowed = {
        "approve": lambda by, row: Step.APPROVED in row.about.needs and permissions.may_approve(by, row),
        "stop": permissions.may_stop,
        "carry_out": permissions.may_carry_out,
    }
    for viewer in {*about, *openers, world.ben, world.tom, world.root}:
        with at_work(viewer):
            seen = {row for row in rows if permissions.may_see_recovery(viewer, row)}
            assert set(recovery_selectors.recoveries(viewer)) == seen
            for name, may in allowed.items():
                found = set(recovery_selectors.recoveries_to(viewer, name))
                assert found == {row for row in seen if may(viewer, row)}, (viewer.used_name, name)
            assert not recovery_selectors.recoveries_to(viewer, "read")
