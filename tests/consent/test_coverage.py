"""The coverage board of many documents: columns, filters, one click to remind, and its cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from time_machine import travel

from consent.kinds import Scope, kinds
from consent.models import Document, DocumentVersion, Requirement
from consent.services import ask_to_talk
from groupcare.audit.models import TrailEvent
from groupcare.outbox.models import Message
from groups.models import Membership, TherapyGroup
from tests.consent.helpers import NOTICE, newest, publish, url
from tests.factories import make_member
from tests.world import at_work, sign_for

pytestmark = pytest.mark.django_db
WITHOUT_GUARDIANS = [
    kind for kind in kinds() if kind.scope == Scope.GROUP and kind.key != "group_confidentiality_agreement"
]


def add_documents(world, many):
    """Ask the members of Thursday for ``many`` more kinds, in the words of its agreement."""
    first, found = newest(world), []
    for kind in WITHOUT_GUARDIANS[:many]:
        document = Document.objects.create(kind=kind.key, group=world.thursday)
        Requirement.objects.create(document=document, gate=kind.gate)
        DocumentVersion.objects.create(
            document=document, group=world.thursday, number=1, language="en", clauses=first.clauses,
            text_sha256=first.text_sha256, published_by=world.nadia,
        )  # fmt: skip
        found.append(document)
    return found


def enrol(world, many, start):
    """Give ``many`` more people a place in Thursday; every other one has signed."""
    TherapyGroup.objects.filter(pk=world.thursday.pk).update(capacity=100)
    for number in range(start, start + many):
        person = make_member(f"Extra{number} Long")
        Membership.objects.create(group=world.thursday, person=person, alias=f"Alias {number}", state="active")
        if number % 2:
            sign_for(person, newest(world))


def board(world):
    return url("coverage-board", world.thursday.pk)


def remind_of(world, name, document):
    return url("member-remind", world.thursday.pk, world.membership(name).pk, document.pk)


@pytest.mark.req("REQ-51")
def test_members_are_rows_and_documents_columns_and_those_that_guard_nothing_come_last(world, client_for):
    add_documents(world, 11)
    page = client_for(world.nadia).get(board(world))
    columns = page.context["board"].columns
    assert len(columns) == 12
    assert columns[0].kind == "group_confidentiality_agreement"
    assert [one.guards for one in columns] == sorted((one.guards for one in columns), reverse=True)
    assert {one.kind for one in columns if not one.guards} == {
        kind.key for kind in WITHOUT_GUARDIANS[:11] if kind.gate == "none"
    }
    body = page.content.decode()
    assert body.count('role="rowheader"') == 3
    assert len([1 for row in page.context["board"].rows for _one, cell in row.cells if cell]) == 36


@pytest.mark.req("REQ-51")
def test_the_board_is_filtered_by_standing_document_and_end(world, client_for):
    (other, *_) = add_documents(world, 1)
    client = client_for(world.nadia)
    agreement = newest(world).document_id

    def shown(**asked):
        return len(client.get(board(world), asked).context["board"].lines)

    assert (shown(), shown(state="current"), shown(state="missing"), shown(state="declined")) == (3, 3, 3, 0)
    assert (shown(state="missing", document=str(agreement)), shown(state="missing", document=str(other.pk))) == (0, 3)
    assert len(client.get(board(world), {"document": str(other.pk)}).context["board"].shown) == 1
    assert (shown(within="30"), shown(within="nonsense"), shown(document="nonsense")) == (0, 3, 3)
    with travel(timezone.now() + NOTICE, tick=False):
        client = client_for(world.nadia)
        # 336 of 365 days are over: it ends in 29.
        assert (shown(within="30"), shown(within="7")) == (3, 0)


@pytest.mark.req("REQ-50")
def test_one_click_reminds_once_a_day_in_neutral_words(world, client_for):
    document = newest(world).document
    publish(world)
    Message.objects.all().delete()
    client = client_for(world.nadia)
    assert remind_of(world, "ben", document) in client.get(board(world)).content.decode()
    for _click in range(2):
        assert client.post(remind_of(world, "ben", document)).status_code == 302
    sent = Message.objects.get()
    assert (sent.recipient_id, sent.kind) == (world.ben.pk, "agreement_waiting")
    assert "Reminded today already." in client.post(remind_of(world, "ben", document), follow=True).content.decode()
    assert TrailEvent.objects.filter(action="agreement.remind").exists()
    with travel(timezone.now() + timedelta(days=1), tick=False):
        client_for(world.nadia).post(remind_of(world, "ben", document))
    assert Message.objects.count() == 2


def test_whoever_chose_to_talk_and_whoever_owes_nothing_is_not_reminded(world, client_for):
    client, document = client_for(world.nadia), newest(world).document
    assert remind_of(world, "ben", document) not in client.get(board(world)).content.decode()
    answer = client.post(remind_of(world, "ben", document), follow=True).content.decode()
    assert "Nothing to remind of" in answer
    publish(world)
    with at_work(world.ben) as ben:
        ask_to_talk(version_id=newest(world).pk, by=ben)
    before = Message.objects.count()
    assert "Nothing to remind of" in client.post(remind_of(world, "ben", document), follow=True).content.decode()
    assert Message.objects.count() == before


@pytest.mark.parametrize("other", ["olga", "ada", "petra", "chiara"])
def test_only_who_works_with_the_group_reminds(world, client_for, other):
    document = newest(world).document
    publish(world)
    before = Message.objects.count()
    assert client_for(world.person(other)).post(remind_of(world, "ben", document)).status_code in (403, 404)
    assert Message.objects.count() == before
    assert client_for(world.tom).post(remind_of(world, "ben", document)).status_code == 302
    assert Message.objects.count() == before + 1


def test_a_document_that_is_not_asked_of_the_member_is_as_absent(world, client_for):
    other = Document.objects.get(group=world.tuesday)
    assert client_for(world.nadia).post(remind_of(world, "ben", other)).status_code == 404


@pytest.mark.req("REQ-51")
def test_sixty_members_and_twelve_documents_cost_what_five_members_cost_and_at_most_eight_queries(world, client_for):
    add_documents(world, 11)
    costs = []
    for more in (2, 55):
        enrol(world, more, start=len(costs) * 2)
        client = client_for(world.nadia)
        client.get(board(world))
        with CaptureQueriesContext(connection) as seen:
            page = client.get(board(world))
        assert page.status_code == 200
        costs.append(len(seen))
    assert page.context["board"].total == 60
    assert len(page.context["board"].columns) == 12

    assert costs[0] == costs[1]
    assert costs[1] <= 8, [one["sql"][:120] for one in seen]
