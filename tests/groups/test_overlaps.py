"""The overlap check: it finds too much rather than too little, and neither side ever learns of it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from groupcare.accounts.services import merge_persons, unmerge_persons
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.outbox.models import Message
from groupcare.outbox.services import set_address
from groups import services, tasks
from groups.models import AvoidList, Enrolment, Membership, OverlapCheck, OverlapFinding, OverlapStep
from groups.overlaps import Side, matches, names_match, places_match
from groups.services import Answer
from tests.factories import make_person
from tests.groups.joining_world import answer, ask, fitting, newest, offer, state, step
from tests.world import World, at_work

Browser = Callable[..., Client]


@pytest.mark.parametrize(
    ("line", "name", "same"),
    [
        ("Chiara Leone", "Chiara Leone", True),
        ("LEONE, chiará", "Chiara Leone", True),
        ("Chiara", "Chiara Leone", True),
        ("my ex Chiara", "Chiara", True),
        ("Ben Stiller", "Ben Tanaka", False),
        ("Maria de la Cruz", "Pedro de la Vega", False),
        ("أحمد حسن", "أَحْمَد حسن", True),
        ("أحمد علي", "أحمد حسن", False),
        ("王小明", "王小明", True),
        ("王 小明 from work", "小明", True),
        ("王小明", "李小红", False),
        ("", "Ben", False),
        ("...", "Ben", False),
    ],
)
def test_a_line_means_somebody_if_their_words_meet(line: str, name: str, same: bool) -> None:
    assert names_match(line, name) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Acme Ltd.", "the ACME company", True),
        ("Lincoln High School", "lincoln high", True),
        ("School", "School", False),
        ("Elm Street Bakery", "Elm Street Library", False),
        ("华为公司", "华为公司", True),
    ],
)
def test_places_are_the_same_if_what_they_say_is(one: str, other: str, same: bool) -> None:
    assert places_match(one, other) is same
    assert places_match(other, one) is same


_text = st.lists(st.sampled_from(["Ana", "Ben", "Cruz", "王", "小明", "de", "x", "Åsa"]), max_size=3).map(" ".join)
_side = st.builds(Side, names=st.lists(_text, max_size=2).map(tuple), people=st.lists(_text, max_size=2).map(tuple))


@settings(max_examples=60, deadline=None)
@given(_side, _side)
def test_which_of_two_is_asked_first_changes_nothing(one: Side, other: Side) -> None:
    assert matches(one, other) == matches(other, one)


def avoid(person: Any, people: str = "", places: str = "", *, sweep: bool = True) -> AvoidList:
    with at_work(person) as by:
        kept = services.write_avoid_list(people=people.splitlines(), places=places.splitlines(), by=by)
    if sweep:
        tasks.check_overlaps()
    return kept


def standing(world: World) -> list[OverlapFinding]:
    settled = OverlapStep.objects.filter(kind__in=("gone", "lets_in")).values("finding")
    return list(OverlapFinding.objects.filter(group=world.thursday).exclude(pk__in=settled))


def talk(world: World, row: OverlapFinding, *kinds: str) -> None:
    with at_work(world.nadia) as nadia:
        for side in (row.one_id, row.other_id):
            services.talk_about_overlap(finding_id=row.pk, group_id=row.group_id, kind="talked", side=side, by=nadia)
        for kind in kinds:
            services.talk_about_overlap(finding_id=row.pk, group_id=row.group_id, kind=kind, by=nadia)


@pytest.mark.parametrize("whose", ["member", "newcomer"])
def test_an_offer_waits_until_each_side_was_talked_to_alone_whoever_named_whom(world: World, whose: str) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    avoid(world.ben if whose == "member" else world.zoe, "Zoe Marsh" if whose == "member" else "Ben Tanaka")
    (row,) = standing(world)
    assert {row.one_id, row.other_id} == {world.ben.pk, world.zoe.pk}
    with pytest.raises(InvalidTransition, match="possible overlap"):
        offer(world, zed)
    with at_work(world.nadia) as nadia, pytest.raises(InvalidTransition, match="each of the two"):
        services.talk_about_overlap(finding_id=row.pk, group_id=row.group_id, kind="lets_in", by=nadia)
    talk(world, row, "lets_in")
    assert standing(world) == []
    offer(world, zed)
    with at_work(world.nadia) as nadia, pytest.raises(InvalidTransition, match="decided"):
        services.talk_about_overlap(finding_id=row.pk, group_id=row.group_id, kind="keeps_apart", by=nadia)
    # The same match, looked for again, asks for no second talk; another one does.
    avoid(world.ben if whose == "member" else world.zoe, "Zoe Marsh" if whose == "member" else "Ben Tanaka")
    assert standing(world) == []
    avoid(world.dev, "Zoe Marsh")
    assert len(standing(world)) == 1


def test_kept_apart_is_no_way_in_and_whoever_answers_is_told_what_a_full_group_tells(world: World) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    offer(world, zed)
    avoid(world.ben, "Zed", sweep=False)
    sent = Message.objects.count()
    assert answer(world.zoe, zed) == Answer.GONE
    assert (state(zed), newest(zed).code) == ("waitlisted", "place_gone")
    (row,) = standing(world)
    talk(world, row, "keeps_apart")
    with pytest.raises(InvalidTransition, match="possible overlap"):
        offer(world, zed)
    assert Message.objects.count() == sent
    # It keeps nobody out for ever: once the other has left, it is gone.
    with at_work(world.nadia) as nadia:
        services.end_membership(membership_id=world.membership("ben").pk, group=world.thursday, by=nadia)
    services.check_overlaps()
    assert standing(world) == []
    assert offer(world, zed)


def test_a_finding_ends_with_the_way_of_the_newcomer_and_a_mere_enquiry_makes_none(world: World) -> None:
    avoid(world.ben, "Wim Bakker\nZed")
    step(world, ask(world, "Wim Bakker"), "screened")
    services.check_overlaps()
    assert standing(world) == []
    zed = fitting(world, "Zed")
    assert len(standing(world)) == 1
    step(world, zed, "withdrawn")
    services.check_overlaps()
    assert standing(world) == []
    assert OverlapStep.objects.get().kind == "gone"


def test_a_finding_names_both_after_a_merge_too_and_reads_apart_from_the_next_one(
    world: World, client_for: Browser
) -> None:
    twin = make_person("Zoe M.")
    with at_work(world.nadia) as nadia:
        set_address(person=twin, value="twin@example.org", by=nadia)
    fitting(world, "Zed", "twin@example.org")
    fitting(world, "Wim")
    avoid(world.ben, "Zed\nWim")
    with at_work(world.ada) as ada:
        merge_persons(kept_id=world.zoe.pk, duplicate_id=twin.pk, by=ada)
    page = client_for(world.nadia).get(reverse("groups:overlap-list", args=[world.thursday.pk])).content.decode()
    heads = re.findall(r"<h3.*?</h3>", page, re.DOTALL)
    assert len({re.sub("<[^>]*>", "", head) for head in heads}) == len(heads) == 2
    assert sum("Zed" in head for head in heads) == 1
    assert 'name="form_key"' in page


def test_one_bad_row_does_not_keep_the_others_waiting(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from groups.services import overlap

    fitting(world, "Zed")
    OverlapCheck.objects.all().update(done_at=timezone.now())
    bad = OverlapCheck.objects.create(person=world.zoe)
    avoid(world.ben, "Zed", sweep=False)
    looked = overlap.check_groups_of

    def breaks(person_id: Any) -> None:
        if person_id == world.zoe.pk:
            raise ValueError("Zoe Marsh")
        looked(person_id)

    monkeypatch.setattr(overlap, "check_groups_of", breaks)
    with pytest.raises(RuntimeError):
        services.check_overlaps()
    assert len(standing(world)) == 1
    assert list(OverlapCheck.objects.filter(done_at=None)) == [bad]
    assert str(bad.pk) in caplog.text
    assert "Zoe" not in caplog.text


def test_no_page_message_or_event_of_a_member_gives_it_away(world: World, client_for: Browser) -> None:
    ben, zoe = client_for(world.ben), client_for(world.zoe)
    own = (
        "home-member",
        "about-me",
        "my-names",
        "my-avoid",
        "my-offers",
        "my-messages",
        "privacy-opened",
        "my-leaving",
    )
    fitting(world, "Zed", world.zoe.login.email)
    seen = {name: [one.get(reverse(f"groups:{name}")).content for one in (ben, zoe)] for name in own}
    sent = Message.objects.count()
    answers = []
    for people in ("Somebody Else", "Zoe Marsh"):
        kept = ben.post(reverse("groups:my-avoid"), {"people": people, "places": ""}, follow=True)
        answers.append(kept.content.decode().replace(people, ""))
        services.check_overlaps()
    assert len(standing(world)) == 1
    assert without_tokens(answers[0]) == without_tokens(answers[1])
    for name in set(own) - {"my-avoid"}:
        now = [one.get(reverse(f"groups:{name}")).content for one in (ben, zoe)]
        assert [without_tokens(page.decode()) for page in now] == [without_tokens(page.decode()) for page in seen[name]]
    assert Message.objects.count() == sent
    assert not TrailEvent.objects.filter(action__startswith="overlap.find", actor=str(world.ben.pk)).exists()


def without_tokens(page: str) -> str:
    return re.sub(r"\b[A-Za-z0-9]{64}\b|\b[0-9a-f]{32}\b|[0-9a-f]{8}-[0-9a-f-]{27}", "", page)


def test_saving_a_list_costs_the_same_whether_it_matches_or_not(world: World, client_for: Browser) -> None:
    fitting(world, "Zed", world.zoe.login.email)
    ben, counts = client_for(world.ben), []
    # The first list makes its key.
    ben.post(reverse("groups:my-avoid"), {"people": "Anybody", "places": ""})
    for people in ("Nobody Known", "Zoe Marsh"):
        with CaptureQueriesContext(connection) as made:
            ben.post(reverse("groups:my-avoid"), {"people": people, "places": ""})
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_lead_sees_that_and_with_whom_to_talk_but_not_why(world: World, client_for: Browser) -> None:
    zed = fitting(world, "Zed", world.zoe.login.email)
    avoid(world.ben, "Zoe Marsh, who left me", "Acme")
    nadia = client_for(world.nadia)
    for name in ("joining-list", "joining-detail", "overlap-list"):
        more = {"enrolment_pk": zed.pk} if name == "joining-detail" else {}
        page = nadia.get(reverse(f"groups:{name}", kwargs={"pk": world.thursday.pk, **more})).content.decode()
        assert "Possible overlap" in page
        for never in ("Zoe Marsh", "left me", "Acme"):
            assert never not in page
    (row,) = standing(world)
    assert TrailEvent.objects.filter(action="overlap.read", object_id=str(row.pk)).exists()
    url = reverse("groups:overlap-talk", kwargs={"pk": world.thursday.pk, "finding_pk": row.pk})
    data = {"kind": "talked", "side": str(row.one_id)}
    assert client_for(world.tom).post(url, data).status_code == 404
    assert client_for(world.olga).post(url, data).status_code == 404
    for _ in range(2):
        assert nadia.post(url, data).status_code == 302
    assert OverlapStep.objects.filter(finding=row).count() == 1
    assert "Choose one of the two" in nadia.post(url, {"kind": "talked", "side": "x"}, follow=True).content.decode()
    wrong = reverse("groups:overlap-talk", kwargs={"pk": world.tuesday.pk, "finding_pk": row.pk})
    assert client_for(world.olga).post(wrong, data).status_code == 404


def test_it_looks_again_when_a_list_a_name_or_the_group_changes(world: World) -> None:
    avoid(world.ben, "River Stone", "Acme Mills")
    assert standing(world) == []
    with at_work(world.chiara) as chiara:
        services.choose_name(
            membership_id=world.membership("chiara").pk,
            name="River Stone",
            pronouns_shown="nobody",
            seen=None,
            by=chiara,
        )
    services.check_overlaps()
    assert len(standing(world)) == 1
    avoid(world.dev, "", "the acme mills company")
    assert len(standing(world)) == 2
    # A name that somebody had before still names them; a list that is empty names nobody.
    avoid(world.ben)
    assert standing(world) == []
    avoid(world.ben, "Chiara")
    with at_work(world.nadia) as nadia:
        services.end_membership(membership_id=world.membership("chiara").pk, group=world.thursday, by=nadia)
    services.check_overlaps()
    assert standing(world) == []
    assert not OverlapCheck.objects.filter(done_at__isnull=True).exists()
    assert services.check_overlaps() == 0


def test_two_entries_of_one_person_are_one_and_a_mistaken_place_names_nobody(world: World) -> None:
    twin = make_person("Benedict T.")
    avoid(twin, "Dev Patel")
    assert standing(world) == []
    with at_work(world.ada) as ada:
        merge = merge_persons(kept_id=world.ben.pk, duplicate_id=twin.pk, by=ada)
    services.check_overlaps()
    (row,) = standing(world)
    assert {row.one_id, row.other_id} == {world.ben.pk, world.dev.pk}
    with at_work(world.ada) as ada:
        unmerge_persons(merge_id=merge.pk, by=ada)
    services.check_overlaps()
    assert standing(world) == []


def test_the_name_of_a_place_at_the_wrong_person_is_left_out(world: World) -> None:
    # The message for Noor Haddad reached Zoe: the place that is corrected says "Noor Haddad", and Zoe is not called so.
    with at_work(world.nadia) as nadia:
        wrong = services.invite_member(
            group=world.thursday, used_name="Noor Haddad", email=world.zoe.login.email, by=nadia
        )
        services.redirect_place(membership_id=wrong.pk, group_id=world.thursday.pk, email="noor@example.org", by=nadia)
    fitting(world, "Zed", world.zoe.login.email)
    avoid(world.ben, "Noor Haddad")
    people = {pk for row in standing(world) for pk in (row.one_id, row.other_id)}
    assert world.zoe.pk not in people
    assert (
        Membership.objects.get(
            group=world.thursday, ended_at__isnull=True, mistake=None, corrects__isnull=False
        ).person_id
        in people
    )


def test_a_list_is_ones_own_and_no_longer_than_a_list(world: World, client_for: Browser) -> None:
    ben = client_for(world.ben)
    url = reverse("groups:my-avoid")
    assert ben.post(url, {"people": "\n".join(f"P {n}" for n in range(31)), "places": ""}).status_code == 422
    assert ben.post(url, {"people": "x" * 121, "places": ""}).status_code == 422
    assert ben.post(url, {"people": "Zoe Marsh\n\n Zoe  Marsh ", "places": "Elm 7"}).status_code == 302
    assert AvoidList.objects.get().entries == {"people": ["Zoe Marsh"], "places": ["Elm 7"]}
    assert "Elm 7" in ben.get(url).content.decode()
    assert "Elm 7" not in client_for(world.chiara).get(url).content.decode()
    with at_work(world.olga) as olga, pytest.raises(Refused):
        services.talk_about_overlap(
            finding_id=world.ben.pk, group_id=world.thursday.pk, kind="talked", side=world.ben.pk, by=olga
        )
    assert not Enrolment.objects.exists()
    fit = fitting(world, "Zed", world.zoe.login.email)
    avoid(world.ben, "Zed")
    (row,) = standing(world)
    assert fit.group_id == row.group_id
    talk(world, row)
    with at_work(world.nadia) as nadia, pytest.raises(ValidationError):
        services.talk_about_overlap(finding_id=row.pk, group_id=row.group_id, kind="gone", by=nadia)
