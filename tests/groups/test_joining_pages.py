"""The pages of the way into a group: what each shows to whom, what stays when somebody was faster, and neutral words."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.audit.models import TrailEvent
from groupcare.outbox.texts import kinds
from groups import selectors, services
from groups.models import ChosenName, Enrolment, GroupClosing, Membership, MembershipStep
from groups.selectors.closing import Kept
from tests.groups.joining_world import fitting, newest, offer, state, step
from tests.world import World, at_work, today

Browser = Callable[..., Client]


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    caches["limits"].clear()


def at(name: str, world: World, **more: object) -> str:
    return reverse(f"groups:{name}", kwargs={"pk": world.thursday.pk, **more})


def test_a_lead_walks_somebody_from_the_first_word_to_the_offer(world: World, client_for: Browser) -> None:
    nadia, tom = client_for(world.nadia), client_for(world.tom)
    empty = nadia.get(at("joining-list", world)).content.decode()
    assert "Write down who asks" in empty
    for name in ("joining-list", "joining-waiting", "joining-new", "overlap-list", "group-closing"):
        assert nadia.get(at(name, world)).status_code == 200
        assert tom.get(at(name, world)).status_code == 404
    typed = {"name": "Noor", "how": "referred", "email": "noor@example.org", "language": "en"}
    wrong = nadia.post(at("joining-new", world), typed | {"email_again": "nor@example.org"})
    assert wrong.status_code == 422
    assert "The two addresses differ" in wrong.content.decode()
    made = nadia.post(at("joining-new", world), typed | {"email_again": "noor@example.org"})
    noor = Enrolment.objects.get()
    assert made["Location"] == at("joining-detail", world, enrolment_pk=noor.pk)
    assert state(noor) == "referred"

    def go(to: str, **facts: object) -> int:
        url = at("joining-step", world, enrolment_pk=noor.pk, to=to)
        assert nadia.get(url).status_code == 200
        return nadia.post(url, {"seen": str(newest(noor).pk), **facts}).status_code

    day = (today() + timedelta(days=3)).isoformat()
    past = {"seen": str(newest(noor).pk), "day": (today() - timedelta(days=3)).isoformat(), "at": "10:30"}
    wrong = nadia.post(at("joining-step", world, enrolment_pk=noor.pk, to="screening_scheduled"), past)
    assert wrong.context["form"].errors["at"] == ["Choose a time that is still to come."]
    assert go("screening_scheduled", day=day, at="10:30") == 302
    assert go("screened", q_hopes="To sleep again.") == 302
    assert go("suitable", reason="") == 422
    assert go("suitable", reason="Listens well.") == 302
    assert go("waitlisted", priority="soon") == 302
    assert go("suitable", reason="Again.") == 409
    assert go("offered", last_day=(today() + timedelta(days=90)).isoformat()) == 422
    assert go("offered", last_day=day) == 302
    page = nadia.get(at("joining-detail", world, enrolment_pk=noor.pk)).content.decode()
    for shown in ("To sleep again.", "Listens well.", "Should not wait", "Take the offer back"):
        assert shown in page
    assert go("answer", said="yes") == 302
    assert Membership.objects.get(person=noor.person_id).state == "preparing"
    assert nadia.get(at("joining-step", world, enrolment_pk=noor.pk, to="made-up")).status_code == 404
    assert "Noor" in nadia.get(at("joining-list", world) + "?state=over").content.decode()


def test_who_was_slower_keeps_the_typed_words_and_overwrites_nothing(world: World, client_for: Browser) -> None:
    noor = fitting(world, "Noor")
    seen = str(newest(noor).pk)
    step(world, noor, "waitlisted")
    url = at("joining-step", world, enrolment_pk=noor.pk, to="not_suitable")
    late = client_for(world.nadia).post(url, {"seen": seen, "reason": "Needs another kind."})
    assert late.status_code == 409
    assert "in the meantime" in late.content.decode()
    assert "Needs another kind." in late.content.decode()
    assert state(noor) == "waitlisted"


def test_an_offer_is_answered_on_a_page_that_names_no_group(world: World, client_for: Browser) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    offer(world, zed)
    zoe, ben = client_for(world.zoe), client_for(world.ben)
    home = reverse("groups:home-member")
    assert reverse("groups:my-offers") in zoe.get(home).content.decode()
    assert reverse("groups:my-offers") not in ben.get(home).content.decode()
    page = zoe.get(reverse("groups:my-offers")).content.decode()
    assert "Yes, I want it" in page
    # The last day is named, and not the midnight after it.
    last_day = today() + timedelta(days=7)
    shown = f"{last_day.day} {last_day:%b} {last_day.year}, 23:59"
    assert shown in page
    nadia = client_for(world.nadia)
    detail = nadia.get(at("joining-detail", world, enrolment_pk=zed.pk)).content.decode()
    assert "Until " in detail
    assert shown in detail
    # The same hint for everybody: it does not tell whether an address belongs to somebody who signs in here.
    noor = fitting(world, "Noor", "noor@example.org")
    hint = "If they do not sign in, write down here"
    assert hint in detail
    assert hint in nadia.get(at("joining-detail", world, enrolment_pk=noor.pk)).content.decode()
    for never in ("Thursday", "Nadia", "Zed"):
        assert never not in page
    said = {"offer": str(zed.pk), "seen": str(newest(zed).pk), "said": "yes"}
    assert ben.post(reverse("groups:my-offers"), said).status_code == 404
    assert ben.post(reverse("groups:my-offers"), said | {"offer": "x"}).status_code == 404
    told = zoe.post(reverse("groups:my-offers"), said, follow=True).content.decode()
    assert "The place is yours" in told
    assert "Nothing waits for an answer" in told
    again = zoe.post(reverse("groups:my-offers"), said, follow=True).content.decode()
    assert "The place is yours" in again


def test_a_place_ends_with_a_reason_that_was_chosen(world: World, client_for: Browser) -> None:
    place = world.membership("ben")
    Membership.objects.filter(pk=place.pk).update(state="active", joined_at=timezone.now())
    nadia = client_for(world.nadia)
    leave, end = (at(name, world, membership_pk=place.pk) for name in ("member-leave", "member-end"))
    assert nadia.post(leave, {"seen": "invited"}).status_code == 409
    assert nadia.post(leave, {"seen": "active", "back_on": "", "words": "A child."}).status_code == 302
    read = TrailEvent.objects.filter(action="membership_step.read")
    assert not read.exists()
    assert "A child." in nadia.get(leave).content.decode()
    assert read.get().object_id == str(MembershipStep.objects.get(kind="left").pk)
    assert nadia.post(leave, {"seen": "on_leave"}).status_code == 302
    assert nadia.post(end, {"seen": "active"}).status_code == 422
    assert nadia.post(end, {"seen": "on_leave", "ending": "lapsed"}).status_code == 409
    assert nadia.post(end, {"seen": "active", "ending": "lapsed"}).status_code == 302
    assert MembershipStep.objects.get(membership=place, kind="ended").ending == "lapsed"


def test_a_move_shows_of_a_colleagues_group_only_who_leads_it_and_its_kind(world: World, client_for: Browser) -> None:
    place = world.membership("ben")
    move = at("member-transfer", world, membership_pk=place.pk)
    nadia = client_for(world.nadia)
    with at_work(world.olga) as olga:
        services.create_group(
            by=olga, label="Monday C", kind="process", openness="open", format=world.tuesday.format, place="US-NY",
            capacity=4, language="en", site=world.site,
        )  # fmt: skip
    page = nadia.get(move).content.decode()
    labels = [name for _pk, name in nadia.get(move).context["form"].fields["to_group"].choices]
    assert len(labels) == len(set(labels)) == 2
    assert "Monday C" not in page
    assert "Olga Petrov, Process or interpersonal, " in page
    assert "Tuesday B" not in page
    assert nadia.post(move, {"to_group": str(world.thursday.pk), "seen": ""}).status_code == 422
    assert nadia.post(move, {"to_group": str(world.tuesday.pk), "seen": "active"}).status_code == 409
    assert nadia.post(move, {"to_group": str(world.tuesday.pk), "seen": place.state}).status_code == 302
    assert Enrolment.objects.get().group_id == world.tuesday.pk


def test_the_member_chooses_the_name_and_who_sees_the_pronouns(world: World, client_for: Browser) -> None:
    place = world.membership("ben")
    ben, nadia, url = client_for(world.ben), client_for(world.nadia), reverse("groups:my-names")
    people = at("member-list", world)
    profile = {"used_name": "Ben Tanaka", "pronouns": "they/them", "language": "en", "time_zone": "America/New_York"}
    assert ben.post(reverse("accounts:profile"), profile).status_code == 302
    assert "they/them" not in nadia.get(people).content.decode()
    kept = {"place": str(place.pk), "name": "River", "pronouns_shown": "facilitators", "seen": ""}
    assert ben.post(url, kept).status_code == 302
    shown = nadia.get(people).content.decode()
    assert "River" in shown
    assert "they/them" in shown
    assert "Ben Tanaka" not in shown
    taken = ben.post(url, kept | {"name": "chiará  leone", "seen": str(ChosenName.objects.get().pk)})
    assert taken.status_code == 422
    words = taken.content.decode()
    assert "Please choose another name" in words
    assert "Chiara Leone" not in words
    assert ben.post(url, kept).status_code == 409
    assert client_for(world.zoe).post(url, kept).status_code == 404
    for _ in range(12):
        last = ben.post(url, kept | {"name": "Chiara Leone"})
    assert "Come back tomorrow" in last.content.decode()


def test_the_end_of_a_group_is_planned_changed_and_taken_back(world: World, client_for: Browser) -> None:
    nadia, url = client_for(world.nadia), at("group-closing", world)
    last_day = today() + timedelta(days=10)
    plan = {"last_day": last_day.isoformat(), "parting": "4", "seen": "0", "act": "plan"}
    assert nadia.post(url, plan | {"last_day": today().isoformat()}).status_code == 422  # a session is planned after it
    assert nadia.post(url, plan).status_code == 302
    page = nadia.get(url).content.decode()
    assert "Not confirmed by your counsel." in page or "How long records are kept" in page
    assert reverse("groups:session-detail", kwargs={"pk": world.coming_session_of_thursday.pk}) in page
    assert nadia.post(url, plan).status_code == 409
    ben = client_for(world.ben)
    assert "What you heard from others stays" in ben.get(reverse("groups:my-goodbye")).content.decode()
    assert reverse("groups:my-goodbye") in ben.get(reverse("groups:home-member")).content.decode()
    assert nadia.post(url, {"seen": "1", "act": "take_back"}).status_code == 302
    assert [row.last_day for row in GroupClosing.objects.order_by("number")] == [last_day, None]
    assert nadia.post(url, {"seen": "2", "act": "take_back"}).status_code == 409
    assert "Nothing ends now" in ben.get(reverse("groups:my-goodbye")).content.decode()


def test_the_lists_cost_the_same_for_few_and_for_many(
    world: World, client_for: Browser, queries: Callable[[Client, str], int]
) -> None:
    nadia = client_for(world.nadia)
    urls = [at(name, world) for name in ("joining-list", "joining-waiting", "overlap-list")]
    counts = []
    for rows in (3, 12):
        for number in range(rows):
            step(world, fitting(world, f"Person {rows} {number}"), "waitlisted")
        counts.append([queries(nadia, url) for url in urls])
    assert counts[0] == counts[1]
    one = Enrolment.objects.first()
    assert one is not None
    urls += [at("joining-detail", world, enrolment_pk=one.pk), at("group-closing", world)]
    assert max(queries(nadia, url) for url in urls) <= 11


def test_a_group_that_ends_takes_nobody(world: World) -> None:
    with at_work(world.nadia) as nadia:
        services.plan_closing(
            group_id=world.thursday.pk, last_day=today() + timedelta(days=8), parting=2, seen=0, by=nadia
        )
    noor = fitting(world, "Noor")
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="ends before that"):
        offer(world, noor, days=9)
    assert offer(world, noor, days=8).state == "offered"


def test_no_page_promises_what_nothing_here_keeps(
    world: World, client_for: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    nadia, place = client_for(world.nadia), world.membership("ben")
    noor = fitting(world, "Noor")
    pages = [
        nadia.get(at("joining-step", world, enrolment_pk=noor.pk, to="not_suitable")),
        nadia.get(at("member-end", world, membership_pk=place.pk)),
        nadia.get(at("member-transfer", world, membership_pk=place.pk)),
        nadia.get(at("overlap-list", world)),
        client_for(world.ben).get(reverse("groups:my-avoid")),
    ]
    text = " ".join(page.content.decode() for page in pages)
    never = ("Only those who manage the group read", "but the name", "nobody learns that you wrote", "and not why")
    assert [words for words in never if words in text] == []
    for text_ in kinds()["time_over"].texts.values():
        assert "appointments" not in text_.body
        assert "citas" not in text_.body
    # Where the law says nothing, there is no list without a term.
    monkeypatch.setattr(selectors, "records_kept", lambda *_: Kept([], None, False))
    page = nadia.get(at("group-closing", world)).content.decode()
    assert "The law of this place says nothing here" in page
    assert "<dl>" not in page


def test_who_comes_too_late_is_promised_no_call(world: World, client_for: Browser) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    said = {"offer": str(zed.pk), "seen": str(offer(world, zed).pk), "said": "yes"}
    with at_work(world.nadia) as nadia:
        services.take_back_offer(enrolment_id=zed.pk, group_id=zed.group_id, seen=newest(zed).pk, by=nadia)
    told = client_for(world.zoe).post(reverse("groups:my-offers"), said, follow=True).content.decode()
    assert "the place has gone" in told
    assert "we will call you" not in told
    assert "You may call us at any time." in told
