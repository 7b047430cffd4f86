"""Publishing: what is refused, who may, from when a version counts, whom it asks, and that it never changes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from time_machine import travel

from consent.kinds import GROUP_AGREEMENT, Scope, kinds, load_kind
from consent.kinds.wording import sha256, shipped, shipped_sha256
from consent.models import DocumentVersion, ReconsentPrompt
from consent.selectors import draft, facts_of, gaps_of, seen_of
from consent.selectors.blanks import LAW_BLANKS, blanks_for, cure, joined
from consent.services import Terms, publish_version, retire_document
from groupcare.audit.models import TrailEvent
from groupcare.exceptions import InvalidTransition, Refused
from groupcare.practice.law import sentences
from groupcare.practice.selectors import forget_practice
from groups.models import GroupSession
from tests.consent.helpers import newest, publish, state
from tests.consent.test_board import a_group
from tests.world import ZONE, at_work, today

pytestmark = pytest.mark.django_db

GROUP_KINDS = [kind.key for kind in kinds() if kind.scope == Scope.GROUP]
PRACTICE_KINDS = [kind.key for kind in kinds() if kind.scope == Scope.PRACTICE]
PERSON_KINDS = [kind.key for kind in kinds() if kind.scope == Scope.PERSON]


def issue(world, kind_key, **words):
    """Publish a kind where it belongs, as one who may: Nadia for Thursday, Ada for the practice."""
    in_group = load_kind(kind_key).scope == Scope.GROUP
    with at_work(world.nadia if in_group else world.ada) as by:
        return publish_version(group_id=world.thursday.pk if in_group else None, kind_key=kind_key, by=by, **words)


# --- what must be there -----------------------------------------------------------------------------------------


@pytest.mark.req("REQ-1")
@pytest.mark.parametrize("kind_key", [*GROUP_KINDS, *PRACTICE_KINDS])
def test_every_kind_is_published_as_it_ships(world, kind_key):
    versions = issue(world, kind_key)
    assert [one.language for one in versions] == ["en", "es"]
    for one in versions:
        assert [clause["key"] for clause in one.clauses["clauses"]] == list(load_kind(kind_key).requires)
        assert "{" not in str([clause["body"] for clause in one.clauses["clauses"]])
        assert one.approved_by == one.published_by


@pytest.mark.parametrize("kind_key", [*GROUP_KINDS, *PRACTICE_KINDS])
def test_nothing_is_published_while_any_one_element_is_missing(world, kind_key):
    before = DocumentVersion.objects.count()
    for element in load_kind(kind_key).elements:
        with pytest.raises(ValidationError) as caught:
            issue(world, kind_key, edited={"en": {element.key: " \n"}})
        (message,) = caught.value.message_dict[f"en_{element.key}"]
        assert shipped(kind_key, "en").clause(element.key).title in message
        assert element.source_in_words in message
    assert DocumentVersion.objects.count() == before


def test_a_part_that_the_text_does_not_hold_at_all_is_missing_too(world):
    kind = load_kind(GROUP_AGREEMENT)
    words = {clause.key: clause.body for clause in shipped(kind.key, "en").clauses}
    with at_work(world.nadia) as nadia:
        blanks = blanks_for(facts_of(nadia, world.thursday), kind, "en", answer_days=3)
    assert gaps_of(kind, "en", words, blanks) == ()
    del words["no_guarantee"]
    (gap,) = gaps_of(kind, "en", words, blanks)
    assert (gap.title, gap.source) == ("What nobody can promise", "S0; NASW 1.07(f)")


def test_a_clause_that_is_nothing_but_an_empty_law_sentence_is_missing():
    kind = load_kind(GROUP_AGREEMENT)
    words = dict.fromkeys(kind.requires, "Words.") | {"limits": "{law_child}\n\n- {law_court}"}
    assert [gap.key for gap in gaps_of(kind, "en", words, dict.fromkeys(LAW_BLANKS, ""))] == ["limits"]


@pytest.mark.parametrize(
    ("words", "blank", "hint"),
    [
        ("Call {nobody} first.", "nobody", "There is no blank of this name."),
        # The pack of New York says nothing on extras.
        ("In short: {law_extras}", "law_extras", "The law of this place has nothing to put there."),
        ("In a crisis: {crisis}", "crisis", "An administrator writes it, under Settings."),
    ],
)
def test_a_blank_in_a_sentence_without_a_value_is_refused_with_its_name_and_a_cure(world, words, blank, hint):
    type(world.practice).objects.update(crisis_text="")
    forget_practice()
    with pytest.raises(ValidationError) as caught:
        publish(world, edited={"en": {"review": words}})
    (message,) = caught.value.message_dict["en_review"]
    assert f"The blank {{{blank}}} in “How we keep it fresh” has no value." in message
    assert hint in message


def test_a_blank_alone_in_its_line_is_left_out_without_a_word(world):
    text = publish(world, edited={"en": {"review": "We read it.\n\n{law_extras}"}})["en"].clauses
    assert next(one["body"] for one in text["clauses"] if one["key"] == "review") == "We read it."


def test_every_blank_has_a_cure_in_words(world):
    kind = load_kind(GROUP_AGREEMENT)
    with at_work(world.nadia) as nadia:
        names = blanks_for(facts_of(nadia, world.thursday), kind, "en", answer_days=3)
    assert all(cure(name) and "There is no blank" not in cure(name) for name in names)


def test_the_values_of_the_blanks_are_those_of_the_group_and_the_practice(world):
    with at_work(world.nadia) as nadia:
        found = blanks_for(
            facts_of(nadia, world.thursday, datetime(2026, 3, 1, 12, tzinfo=UTC)),
            load_kind(GROUP_AGREEMENT),
            "es",
            answer_days=5,
        )
    wanted = {
        "practice": "Linden House",
        "facilitators": "Nadia Rahmani y Tom Becker",
        "helpers": "Nadie más ayuda ni observa.",
        "place": "Nueva York",
        "contact": "The front desk",
        "answer_days": "5",
        # A year after 1 March 2026.
        "review_on": "1 de marzo de 2027",
        "valid_for": "un año",
        "today": "1 de marzo de 2026",
        "officer": "Petra Lund",
        "crisis": "Call your local emergency number.",
        # The world's sessions take an hour and a half; its groups have ten places.
        "session_length": "90 minutos",
        "group_size": "como máximo 10",
    }
    assert {name: found[name] for name in wanted} == wanted
    assert found["group_type"]
    assert found["group_openness"]
    assert found["group_format"]


def test_the_law_of_the_groups_place_stands_in_its_texts_in_each_language(world):
    texts = publish(world, edited={language: {"review": "{law_child}"} for language in ("en", "es")})
    found = {
        language: next(one["body"] for one in text.clauses["clauses"] if one["key"] == "review")
        for language, text in texts.items()
    }
    assert found == {language: sentences(["US-NY"], language)["law_child"] for language in ("en", "es")}
    assert "48" in found["en"]


def test_what_no_session_tells_is_not_guessed(world):
    group = a_group(world)
    assert not GroupSession.objects.filter(group=group).exists()
    with at_work(world.nadia) as nadia:
        found = blanks_for(facts_of(nadia, group), load_kind(GROUP_AGREEMENT), "en", answer_days=3)
    assert found["session_length"] == ""


def test_names_are_joined_as_people_say_them():
    assert [joined(names, "and") for names in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "",
        "A",
        "A and B",
        "A, B and C",
    ]


# --- who may ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["tom", "olga", "ada", "petra", "root", "ben", "ex"])
def test_who_does_not_manage_the_group_publishes_and_retires_nothing(world, other):
    document = newest(world).document
    with at_work(world.person(other)) as by:
        with pytest.raises(Refused):
            publish_version(group_id=world.thursday.pk, by=by)
        with pytest.raises(Refused):
            retire_document(document_id=document.pk, by=by)
    publish(world)


@pytest.mark.parametrize("kind_key", PRACTICE_KINDS)
@pytest.mark.parametrize("other", ["nadia", "petra", "root", "ben"])
def test_only_an_administrator_publishes_for_the_practice(world, kind_key, other):
    with at_work(world.person(other)) as by, pytest.raises(Refused):
        publish_version(group_id=None, kind_key=kind_key, by=by)
    (english, _spanish) = issue(world, kind_key)
    assert english.group is None
    assert english.circle_id == english.document_id


@pytest.mark.parametrize("kind_key", [*PRACTICE_KINDS, *PERSON_KINDS, "nothing", "x" * 500])
def test_a_kind_of_another_scope_is_as_absent_in_a_group_as_none(world, kind_key):
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        publish_version(group_id=world.thursday.pk, kind_key=kind_key, by=nadia)


@pytest.mark.parametrize("kind_key", [*GROUP_KINDS, *PERSON_KINDS])
def test_a_text_of_a_group_is_not_published_for_the_practice(world, kind_key):
    with at_work(world.ada) as ada, pytest.raises(Refused):
        publish_version(group_id=None, kind_key=kind_key, by=ada)


def test_words_that_nobody_looked_at_are_not_published(world):
    with at_work(world.nadia) as nadia:
        shown = seen_of([*draft(nadia, world.thursday, load_kind(GROUP_AGREEMENT)).values()])
    with pytest.raises(ValidationError) as caught:
        publish(world, edited={"en": {"review": "Others."}}, terms=Terms(seen=shown))
    assert "new since you looked" in str(caught.value)
    assert publish(world, terms=Terms(seen=shown))["en"].approved_by == world.nadia


# --- from when, and for whom -----------------------------------------------------------------------------------


def test_until_its_day_the_version_before_counts(world):
    day = today() + timedelta(days=3)
    coming = publish(world, terms=Terms(effective_on=day))["en"]
    assert coming.effective_at == datetime(day.year, day.month, day.day, tzinfo=ZONE)
    assert state(world, "ben") == "current"
    assert not ReconsentPrompt.objects.filter(number=2).exists()
    assert state(world, "ben", at=timezone.now()) == "current"
    with travel(coming.effective_at + timedelta(minutes=1), tick=False):
        assert state(world, "ben") == "superseded"


@pytest.mark.parametrize("days", [-1, 0])
def test_a_day_that_is_here_already_is_at_once(world, days):
    assert publish(world, terms=Terms(effective_on=today() + timedelta(days=days)))["en"].effective_at is None
    assert state(world, "ben") == "superseded"


def test_a_day_more_than_a_year_ahead_is_refused(world):
    with pytest.raises(ValidationError, match="within a year"):
        publish(world, terms=Terms(effective_on=today() + timedelta(days=366)))
    assert publish(world, terms=Terms(effective_on=today() + timedelta(days=365)))["en"].effective_at


@pytest.mark.req("REQ-50")
@pytest.mark.parametrize("material", [True, False])
def test_no_later_number_lets_words_in_before_their_day(world, material):
    """Who edits starts from the words to come; counting at once, nobody would be asked for them."""
    coming = publish(world, terms=Terms(effective_on=today() + timedelta(days=10)))["en"]
    for day in (None, today() + timedelta(days=9)):
        with pytest.raises(ValidationError, match="Choose that day or a later one"):
            publish(world, terms=Terms(effective_on=day, material=material))
    assert coming.document.versions.filter(language="en").latest("number") == coming
    same = publish(world, terms=Terms(effective_on=today() + timedelta(days=10), material=material))["en"]
    assert (same.number, same.effective_at) == (coming.number + 1, coming.effective_at)
    with travel(coming.effective_at, tick=True):
        assert publish(world, terms=Terms(material=material))["en"].effective_at is None


def test_a_change_that_is_not_material_asks_nobody_again(world):
    publish(world, terms=Terms(material=False, summary=" A name was corrected. "))
    assert newest(world).summary == "A name was corrected."
    assert state(world, "ben") == "current"
    assert not ReconsentPrompt.objects.filter(number=2).exists()
    publish(world)
    assert state(world, "ben") == "superseded"
    assert ReconsentPrompt.objects.filter(number=3, requirement__who="member").count() == 3


def test_the_first_version_is_always_material(world):
    group = a_group(world)
    with at_work(world.nadia) as nadia:
        (one, *_more) = publish_version(group_id=group.pk, by=nadia, terms=Terms(material=False))
    assert one.material


def test_the_hash_is_of_the_words_and_of_nothing_beside_them(world):
    english = publish(world)["en"]
    stored = {key: value for key, value in english.clauses.items() if key not in {"own_words", "shipped_sha256"}}
    assert english.text_sha256 == sha256(kind=GROUP_AGREEMENT, number=2, text=stored)
    assert english.clauses["shipped_sha256"] == shipped_sha256(GROUP_AGREEMENT, "en")


# --- never changed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_documentversion SET text_sha256 = 'x'",
        "UPDATE consent_documentversion SET number = 99",
        "UPDATE consent_documentversion SET material = NOT material",
        "UPDATE consent_documentversion SET effective_at = published_at",
        "DELETE FROM consent_documentversion",
        "{replace}",
    ],
)
def test_a_published_version_cannot_be_changed_or_deleted_in_the_database(world, statement):
    before = list(DocumentVersion.objects.order_by("pk").values_list("pk", "text_sha256", "number"))
    columns = ", ".join(field.column for field in DocumentVersion._meta.concrete_fields)
    replaced = (
        f"INSERT OR REPLACE INTO consent_documentversion ({columns}) SELECT {columns} FROM consent_documentversion"
    )
    upsert = (
        f"INSERT INTO consent_documentversion ({columns}) SELECT {columns} FROM consent_documentversion WHERE true "
        "ON CONFLICT (id) DO UPDATE SET text_sha256 = 'x'"
    )
    sql = statement.format(replace=replaced if connection.vendor == "sqlite" else upsert)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(DocumentVersion.objects.order_by("pk").values_list("pk", "text_sha256", "number")) == before


# --- retiring --------------------------------------------------------------------------------------------------


def test_every_group_keeps_the_text_that_its_door_asks_for(world):
    with at_work(world.nadia) as nadia, pytest.raises(InvalidTransition, match="Every group asks"):
        retire_document(document_id=newest(world).document_id, by=nadia)
    assert state(world, "ben") == "current"


@pytest.mark.parametrize("kind_key", [key for key in GROUP_KINDS if load_kind(key).asked_of == "chosen"])
def test_a_retired_document_asks_nobody_and_a_new_version_takes_it_up_again(world, kind_key):
    document = issue(world, kind_key)[0].document
    with at_work(world.nadia) as nadia:
        retire_document(document_id=document.pk, by=nadia)
        with pytest.raises(InvalidTransition, match="retired already"):
            retire_document(document_id=document.pk, by=nadia)
    document.refresh_from_db()
    assert document.retired_by == world.nadia
    assert document.versions.count() == 2
    assert TrailEvent.objects.filter(action="document.retire", object_id=str(document.pk)).exists()
    assert issue(world, kind_key)[0].number == 2
    document.refresh_from_db()
    assert document.retired_at is None
