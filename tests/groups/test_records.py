"""A copy of one member's record: nobody else's name leaves, two people decide, one download, gone after a day."""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from groupcare.audit import Actor, acting, recording
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groups import services
from groups.models import ProgressNote, RecordRequest, RecordStep
from groups.record_files import default_storage
from tests.world import World, at_work

Browser = Callable[..., Client]
COURT = {"recipient_kind": "court", "recipient": "The county court", "reason": "Order of 3 May."}
XSS = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "{{ 7|add:7 }}", "=1+1"]
RTL = "\u202e\u0644\u064a\u0644\u0649 \U0001f33f"


@contextmanager
def swept() -> Iterator[None]:
    """Work as the sweep does."""
    with acting(Actor("system:groups.expire_records")), recording():
        yield


def detail(pk: Any) -> str:
    return reverse("groups:record-detail", kwargs={"pk": pk})


def names(pk: Any) -> str:
    return reverse("groups:record-names", kwargs={"pk": pk})


def note_about_ben(world: World, body: str) -> None:
    """Add a revision past the check that a note names nobody, as an older note may."""
    before = ProgressNote.objects.get(about=world.ben, superseded_by=None)
    ProgressNote.objects.create(
        group=before.group,
        session=before.session,
        membership=before.membership,
        about=before.about,
        author=before.author,
        body=body,
        supersedes=before,
    )


def opened(world: World, browser: Client, **change: str) -> RecordRequest:
    place = world.membership("ben")
    url = reverse("groups:record-open", kwargs={"pk": world.thursday.pk, "membership_pk": place.pk})
    answer = browser.post(url, COURT | change)
    assert answer.status_code == 302, answer.content.decode()
    return RecordRequest.objects.latest("asked_at")


def decide(browser: Client, pk: Any, choice: str = "replace", why: str = "") -> Any:
    form = browser.get(names(pk)).context["form"]
    data = {"prepared": form["prepared"].value()}
    for hit in form.hits:
        data |= {hit.key: choice, f"why-{hit.key}": why}
    return browser.post(names(pk), data)


def released_to_court(world: World, client_for: Browser) -> tuple[Client, RecordRequest]:
    nadia = client_for(world.nadia)
    one = opened(world, nadia)
    nadia.post(detail(one.pk), {"step": "prepare"})
    assert decide(nadia, one.pk).status_code == 302
    client_for(world.petra).post(detail(one.pk), {"step": "approve"})
    nadia.post(detail(one.pk), {"step": "release"})
    return nadia, one


def kinds(one: RecordRequest) -> list[str]:
    return list(RecordStep.objects.filter(request=one).order_by("taken_at").values_list("kind", flat=True))


def files_of(answer: Any) -> tuple[dict[str, Any], str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return json.loads(archive.read("record.json")), archive.read("record.html").decode()


@pytest.mark.req("SEC-69")
def test_a_copy_goes_out_once_with_watermark_and_without_anybody_elses_name(world: World, client_for: Browser) -> None:
    note_about_ben(world, "Ben listened when Chiara and C. L. spoke. Wrote to chiara@example.org.")
    nadia, one = released_to_court(world, client_for)
    answer = nadia.post(detail(one.pk), {"step": "download"})
    assert answer["Content-Disposition"] == f'attachment; filename="{one.number}.zip"'
    assert "no-store" in answer["Cache-Control"]
    data, page = files_of(answer)
    assert data["schema"] == "groupcare.record/1"
    for text in (json.dumps(data, ensure_ascii=False), page):
        assert "Chiara" not in text
        assert "chiara@" not in text
        assert "C. L." not in text
        assert "[another member]" in text
        assert "45 CFR 164.501" in text
        assert world.process_note_of_thursday.body not in text
    assert {key: data["watermark"][key] for key in ("number", "recipient", "exported_by")} == {
        "number": one.number,
        "recipient": "The county court",
        "exported_by": "Nadia Rahmani",
    }
    assert all(word in page.split("</thead>")[0] for word in (one.number, "The county court", "Nadia Rahmani"))
    parts = [section["key"] for section in data["sections"]]
    assert parts == ["identity", "emergency", "places", "agreements", "sessions", "notes"]
    held = json.dumps(data["sections"])
    assert "Ben Tanaka" in held
    assert world.version_of_thursday.text_sha256 in held
    assert kinds(one) == ["prepared", "checked", "approved", "released", "downloaded"]
    again = nadia.post(detail(one.pk), {"step": "download"}, follow=True)
    assert "does not fit how the request stands now" in again.content.decode()
    assert kinds(one)[-1] == "downloaded"
    for step in RecordStep.objects.filter(request=one).exclude(file=""):
        assert RecordStep.objects.filter(file=step.file).count() == 1


@pytest.mark.req("SEC-53", "SEC-69")
def test_each_reading_and_step_is_in_the_trail_before_content_goes_out(world: World, client_for: Browser) -> None:
    nadia, one = released_to_court(world, client_for)
    nadia.post(detail(one.pk), {"step": "download"})
    rows = TrailEvent.objects.filter(object_type="groups.RecordRequest", object_id=str(one.pk))
    done = [event.action.partition(".")[2] for event in rows.order_by("sequence") if event.result == "done"]
    assert list(dict.fromkeys(done)) == [
        "open",
        "prepare",
        "read",
        "check",
        "approve",
        "release",
        "download",
    ]
    assert "record_draft.read" in rows.values_list("action", flat=True)


def test_the_file_is_encrypted_and_gone_after_the_download(
    world: World, client_for: Browser, django_capture_on_commit_callbacks: Any
) -> None:
    nadia, one = released_to_court(world, client_for)
    copy = RecordStep.objects.get(request=one, kind="released").file
    assert b"Ben" not in (default_storage.location / copy).read_bytes()  # type: ignore[attr-defined]
    with django_capture_on_commit_callbacks(execute=True):
        nadia.post(detail(one.pk), {"step": "download"})
    assert not default_storage.exists(copy)


def test_nothing_is_released_while_a_name_is_undecided_and_what_was_typed_stays(
    world: World, client_for: Browser
) -> None:
    note_about_ben(world, "Chiara and Dev disagreed.")
    nadia = client_for(world.nadia)
    one = opened(world, nadia)
    nadia.post(detail(one.pk), {"step": "prepare"})
    form = nadia.get(names(one.pk)).context["form"]
    first, second = (hit.key for hit in form.hits)
    data = {"prepared": form["prepared"].value(), first: "keep", f"why-{first}": ""}
    refused = nadia.post(names(one.pk), data)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Write why it stays." in page
    assert "Decide about this one too." in page
    nadia.post(detail(one.pk), {"step": "release"})
    assert kinds(one) == ["prepared"]
    kept = {first: "keep", f"why-{first}": "The order names her.", second: "replace"}
    assert nadia.post(names(one.pk), data | kept).status_code == 302
    with at_work(world.nadia):
        step = RecordStep.objects.get(request=one, kind="checked")
    assert [made["choice"] for made in step.decisions["names"]] == ["keep", "replace"]
    assert step.decisions["names"][0]["reason"] == "The order names her."


def test_to_others_a_second_person_approves_and_it_cannot_be_who_prepared_it(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    one = opened(world, nadia)
    nadia.post(detail(one.pk), {"step": "prepare"})
    decide(nadia, one.pk)
    for step in ("approve", "release"):
        nadia.post(detail(one.pk), {"step": step})
        assert kinds(one) == ["prepared", "checked"]
    assert "A second person has to approve" in nadia.get(detail(one.pk)).content.decode()
    tom = client_for(world.tom)
    assert "Approve that it goes out" in tom.get(detail(one.pk)).content.decode()
    assert tom.post(detail(one.pk), {"step": "release"}).status_code == 404
    assert tom.post(detail(one.pk), {"step": "approve"}).status_code == 302
    assert kinds(one)[-1] == "approved"


@pytest.mark.req("REQ-158")
def test_a_privacy_officer_reads_to_whom_and_why_and_never_the_record(world: World, client_for: Browser) -> None:
    note_about_ben(world, "Spoke of envy between brothers.")
    nadia = client_for(world.nadia)
    one = opened(world, nadia)
    nadia.post(detail(one.pk), {"step": "prepare"})
    assert "envy between brothers" in nadia.get(names(one.pk)).content.decode()
    petra = client_for(world.petra)
    assert "Order of 3 May." in petra.get(detail(one.pk)).content.decode()
    assert petra.get(names(one.pk)).status_code == 404
    assert petra.post(detail(one.pk), {"step": "download"}).status_code == 404
    assert one.number in petra.get(reverse("groups:record-list")).content.decode()
    for who in (world.olga, world.ada, world.root, world.ben, world.xavier):
        assert client_for(who).get(detail(one.pk)).status_code == 404


@pytest.mark.req("SEC-69")
def test_a_member_asks_and_takes_their_own_copy_once(world: World, client_for: Browser) -> None:
    ben, nadia = client_for(world.ben), client_for(world.nadia)
    mine = reverse("groups:my-record")
    ben.post(mine, {"place": str(world.membership("ben").pk)})
    ben.post(mine, {"place": str(world.membership("ben").pk)})
    one = RecordRequest.objects.get(about=world.ben)
    copy = reverse("groups:my-record-copy", kwargs={"pk": one.pk})
    assert "not confirmed by your counsel" in ben.get(mine).content.decode()
    assert ben.post(copy).status_code == 302
    nadia.post(detail(one.pk), {"step": "prepare"})
    decide(nadia, one.pk)
    nadia.post(detail(one.pk), {"step": "release"})
    assert client_for(world.chiara).post(copy).status_code == 404
    data, _page = files_of(ben.post(copy))
    assert data["watermark"]["recipient"] == "Ben Tanaka"
    assert "Stayed with the own story." in json.dumps(data)
    assert ben.post(copy).status_code == 302
    assert kinds(one)[-1] == "downloaded"
    assert "taken" in ben.get(mine).content.decode()


def test_a_former_member_still_asks_for_their_copy_and_a_stranger_cannot_ask_for_it(
    world: World, client_for: Browser
) -> None:
    place = {"place": str(world.membership("ex").pk)}
    assert client_for(world.chiara).post(reverse("groups:my-record"), place).status_code == 404
    ex = client_for(world.ex)
    assert "Ask for a copy" in ex.get(reverse("groups:my-record")).content.decode()
    assert ex.post(reverse("groups:my-record"), place).status_code == 302
    assert RecordRequest.objects.get(about=world.ex).is_for_member


@pytest.mark.req("SEC-69")
@pytest.mark.parametrize(("hours", "gone"), [(23, False), (25, True)])
def test_a_copy_is_destroyed_after_a_day(world: World, client_for: Browser, hours: int, gone: bool) -> None:
    nadia, one = released_to_court(world, client_for)
    with time_machine.travel(timezone.now() + timedelta(hours=hours), tick=False), swept():
        assert services.expire_records() == int(gone)
        assert services.expire_records() == 0
    assert (kinds(one)[-1] == "expired") is gone
    if gone:
        assert "destroyed, not taken" in nadia.get(detail(one.pk)).content.decode()


@pytest.mark.req("SEC-69")
def test_a_copy_is_not_given_out_after_a_day_though_no_sweep_has_come(world: World, client_for: Browser) -> None:
    _nadia, one = released_to_court(world, client_for)
    with time_machine.travel(timezone.now() + timedelta(hours=25), tick=False), at_work(world.nadia) as by:
        with pytest.raises(InvalidTransition):
            services.download_record(request_id=one.pk, by=by)
        services.prepare_record(request_id=one.pk, by=by)
    assert kinds(one)[-2:] == ["expired", "prepared"]


def test_a_draft_waits_a_week_and_a_cancelled_request_stays_cancelled(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    one, other = opened(world, nadia), opened(world, nadia, recipient="Another court")
    for request in (one, other):
        nadia.post(detail(request.pk), {"step": "prepare"})
    with time_machine.travel(timezone.now() + timedelta(days=6), tick=False), swept():
        assert services.expire_records() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8), tick=False), at_work(world.nadia) as by:
        services.cancel_record_request(request_id=other.pk, by=by)
        with pytest.raises(InvalidTransition):
            services.cancel_record_request(request_id=other.pk, by=by)
        assert services.expire_records() == 1
    assert kinds(one) == ["prepared", "expired"]
    assert kinds(other) == ["prepared", "expired", "cancelled"]


def test_a_broken_download_is_made_once_more_by_the_same_steps_with_a_reason(world: World, client_for: Browser) -> None:
    nadia, one = released_to_court(world, client_for)
    nadia.post(detail(one.pk), {"step": "download"})
    told = nadia.post(detail(one.pk), {"step": "prepare", "reason": " "}, follow=True)
    assert "Write why the copy is made once more." in told.content.decode() or kinds(one)[-1] == "downloaded"
    nadia.post(detail(one.pk), {"step": "prepare", "reason": "The line broke."})
    decide(nadia, one.pk)
    nadia.post(detail(one.pk), {"step": "release"})
    assert kinds(one)[-1] == "checked"
    client_for(world.petra).post(detail(one.pk), {"step": "approve"})
    nadia.post(detail(one.pk), {"step": "release"})
    assert files_of(nadia.post(detail(one.pk), {"step": "download"}))
    assert "The line broke." in nadia.get(detail(one.pk)).content.decode()


def test_of_two_at_once_the_second_is_told_and_nothing_is_lost(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    one = opened(world, nadia)
    nadia.post(detail(one.pk), {"step": "prepare"})
    stale = nadia.get(names(one.pk)).context["form"]["prepared"].value()
    nadia.post(detail(one.pk), {"step": "prepare"})
    told = nadia.post(names(one.pk), {"prepared": stale}, follow=True)
    assert "prepared again meanwhile" in told.content.decode()
    last = RecordStep.objects.filter(request=one).latest("taken_at")
    step = {"request": one, "about": one.about, "kind": "cancelled", "taken_by": world.nadia, "supersedes": last}
    RecordStep.objects.create(**step)
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordStep.objects.create(**step)


def test_a_request_needs_a_reason_a_recipient_and_is_not_opened_twice(world: World, client_for: Browser) -> None:
    nadia = client_for(world.nadia)
    place = world.membership("ben")
    url = reverse("groups:record-open", kwargs={"pk": world.thursday.pk, "membership_pk": place.pk})
    for change, told in (
        ({"reason": "  "}, "Please fill this in."),
        ({"recipient": ""}, "Write who gets the copy."),
        ({"reason": "x" * 100_000}, "At most 2000 characters fit here"),
    ):
        refused = nadia.post(url, COURT | change)
        assert refused.status_code == 422
        assert told in refused.content.decode()
        assert not RecordRequest.objects.exists()
    opened(world, nadia)
    assert "is open already" in nadia.post(url, COURT).content.decode()
    assert RecordRequest.objects.count() == 1


def test_nobody_prepares_their_own_record_and_the_lead_of_another_group_none(world: World, client_for: Browser) -> None:
    one = opened(world, client_for(world.nadia))
    with at_work(world.olga) as olga, pytest.raises(Refused):
        services.prepare_record(request_id=one.pk, by=olga)
    with at_work(world.olga) as olga, pytest.raises(Refused):
        services.open_record_request(group=world.thursday, membership_id=world.membership("ben").pk, by=olga, **COURT)
    with at_work(world.ben) as ben, pytest.raises(Refused):
        services.download_own_record(request_id=one.pk, by=ben)


@pytest.mark.parametrize("text", [*XSS, RTL])
def test_what_somebody_typed_is_text_in_the_page_the_copy_and_the_data(
    world: World, client_for: Browser, text: str
) -> None:
    note_about_ben(world, f"He said: {text}")
    nadia = client_for(world.nadia)
    one = opened(world, nadia, recipient=f"Court {text}", reason=f"Because {text}")
    nadia.post(detail(one.pk), {"step": "prepare"})
    pages = [nadia.get(names(one.pk)).content.decode(), nadia.get(detail(one.pk)).content.decode()]
    decide(nadia, one.pk)
    client_for(world.petra).post(detail(one.pk), {"step": "approve"})
    nadia.post(detail(one.pk), {"step": "release"})
    data, page = files_of(nadia.post(detail(one.pk), {"step": "download"}))
    if "<" in text:
        assert all(text not in one for one in [*pages, page])
    else:
        assert all(text in one for one in [*pages, page])
    assert data["watermark"]["recipient"] == f"Court {text}"
    assert f"He said: {text}" in json.dumps(data, ensure_ascii=False) or '"' in text


def test_pages_ask_for_a_fresh_proof(world: World, client_for: Browser) -> None:
    one = opened(world, client_for(world.nadia))
    stale = client_for(world.nadia, stepped_up=False)
    for url in (detail(one.pk), names(one.pk)):
        assert stale.get(url)["Location"].startswith("/account/step-up/")
    assert stale.post(detail(one.pk), {"step": "prepare"})["Location"].startswith("/account/step-up/")
    assert kinds(one) == []
