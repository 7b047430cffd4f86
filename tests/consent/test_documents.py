"""The pages around a text: the list, the editor, its history, what members see of a change, and signing off."""

import re

import pytest
from django.core.exceptions import ValidationError

from consent.kinds import GROUP_AGREEMENT, Scope, kinds
from consent.kinds.changes import How, compare
from consent.kinds.sources import explained
from consent.kinds.wording import Clause, Text, options, shipped, shipped_sha256
from consent.models import Document, DocumentVersion, TextReview
from consent.selectors import changes_since, documents_of, group_run, text_of
from consent.services import Terms, publish_version, retire_document, review_text
from consent.views.shelf import open_shelf
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from tests.consent.helpers import newest, publish, url
from tests.consent.test_board import a_group, fields
from tests.world import at_work, sign_for

pytestmark = pytest.mark.django_db

CHOSEN = [kind.key for kind in kinds() if kind.scope == Scope.GROUP and kind.asked_of == "chosen"]
OF_PRACTICE = [kind.key for kind in kinds() if kind.scope == Scope.PRACTICE]
RUDE = '<b>Bold</b> {{ 7|add:7 }} {% now "Y" %} *stars* #let x = 1 $ \\ [a](b)'


def text(**bodies):
    clauses = tuple(Clause(key, key.title(), body, locked=False) for key, body in bodies.items())
    return Text("en", "Title", "Name", "I agree.", True, clauses)


# --- the list ----------------------------------------------------------------------------------------------------


@pytest.mark.req("REQ-1")
def test_the_list_shows_every_kind_of_a_group_whom_it_asks_and_what_is_missing(world, client_for):
    page = client_for(world.nadia).get(url("document-list", world.thursday.pk))
    body = page.content.decode()
    shown = {row["one"].kind.key for row in page.context["rows"]}
    assert shown == {kind.key for kind in kinds() if kind.scope == Scope.GROUP}
    assert "Version 1, published on" in body
    assert "Every member; Those who lead; Those who watch or learn" in body
    assert url("version-create", world.thursday.pk, GROUP_AGREEMENT) in body
    # Who leads with her reads the list; the lead publishes.
    tom = client_for(world.tom).get(url("document-list", world.thursday.pk)).content.decode()
    assert "What we keep between us" in tom
    assert url("version-create", world.thursday.pk, GROUP_AGREEMENT) not in tom


@pytest.mark.parametrize("other", ["olga", "ada", "petra", "root", "ben", "ex"])
def test_nobody_else_sees_the_list_or_the_history_of_a_group(world, client_for, other):
    document = newest(world).document
    for page in (
        url("document-list", world.thursday.pk),
        url("version-list", world.thursday.pk, document.pk),
    ):
        assert client_for(world.nadia).get(page).status_code == 200
        assert client_for(world.person(other)).get(page).status_code == 404


def test_a_document_of_another_group_is_absent_under_this_one(world, client_for):
    other = Document.objects.get(group=world.tuesday, kind=GROUP_AGREEMENT)
    assert client_for(world.nadia).get(url("version-list", world.thursday.pk, other.pk)).status_code == 404
    assert client_for(world.olga).get(url("version-list", world.tuesday.pk, other.pk)).status_code == 200


def test_the_list_takes_as_many_queries_for_every_published_kind_as_for_one(world, client_for, queries):
    client, page = client_for(world.nadia), url("document-list", world.thursday.pk)
    few = queries(client, page)
    with at_work(world.nadia) as nadia:
        for kind in kinds():
            if kind.scope == Scope.GROUP:
                publish_version(group_id=world.thursday.pk, kind_key=kind.key, by=nadia)
    assert queries(client, page) == few
    assert few <= 8 + 2  # two are the session's and the account's, which every page has


def test_the_practices_list_is_for_administrators(world, client_for):
    page = url("practice-document-list")
    body = client_for(world.ada).get(page).content.decode()
    assert "Documents of the practice" in body
    for key in OF_PRACTICE:
        assert shipped(key, "en").title in body
    for other in ("nadia", "petra", "root", "ben"):
        assert client_for(world.person(other)).get(page).status_code in {403, 404}
    with at_work(world.nadia) as nadia, pytest.raises(Refused):
        open_shelf(nadia, None, "document.list")


@pytest.mark.parametrize("kind_key", OF_PRACTICE)
def test_an_administrator_publishes_reads_the_history_and_retires_for_the_practice(world, client_for, kind_key):
    client, page = client_for(world.ada), url("practice-version-create", kind_key)
    form = client.get(page).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    read = client.post(page, {**typed, "show": "1"}).context["form"]
    sent = client.post(page, {**typed, "publish": "1", "seen": read["seen"].value()})
    assert sent["Location"] == url("practice-document-list")
    document = Document.objects.get(kind=kind_key)
    assert document.group is None
    assert "Version 1" in client.get(url("practice-version-list", document.pk)).content.decode()
    assert client.get(url("practice-document-retire", document.pk)).status_code == 200
    client.post(url("practice-document-retire", document.pk))
    document.refresh_from_db()
    assert document.retired_by == world.ada
    assert "Retired on" in client.get(url("practice-document-list")).content.decode()


# --- the editor --------------------------------------------------------------------------------------------------


@pytest.mark.req("REQ-59")
def test_the_editor_shows_locked_parts_with_their_reason_and_source(world, client_for):
    body = client_for(world.nadia).get(url("version-create", world.thursday.pk)).content.decode()
    assert "the ethics code of US social workers, NASW 1.07(f)." in body
    assert not re.search(r"\bS0\b", body)
    assert "Every member relies on these words" in body
    assert "these words are the same in every group" in body.lower()


@pytest.mark.req("REQ-8")
def test_an_empty_part_is_named_beside_its_field_and_nothing_is_published(world, client_for):
    client, before = client_for(world.nadia), DocumentVersion.objects.count()
    typed = fields(client, world.thursday, en_consequences=" ", es_consequences=" ")
    page = client.post(url("version-create", world.thursday.pk), typed)
    assert page.status_code == 422
    words = explained("S0; S1; U", "en")
    assert page.context["form"].errors["en_consequences"] == [
        f"“What happens if someone breaks it” is missing. Every text of this kind must say it (source: {words})."
    ]
    assert DocumentVersion.objects.count() == before


def test_what_is_missing_is_said_while_typing_and_nothing_is_kept(world, client_for):
    client, before = client_for(world.nadia), DocumentVersion.objects.count()
    check = url("version-check", world.thursday.pk, GROUP_AGREEMENT)
    good = fields(client, world.thursday)
    assert "Nothing is missing" in client.post(check, good).content.decode()
    bad = client.post(check, {**good, "en_review": "Until {nobody}.", "answer_days": "x"}).content.decode()
    assert "The blank {nobody} in “How we keep it fresh” has no value." in bad
    assert "<html" not in bad
    assert DocumentVersion.objects.count() == before
    assert client.get(check).status_code == 405
    assert client_for(world.tom).post(check, good).status_code == 404


def test_nothing_is_published_before_the_whole_text_was_shown(world, client_for):
    client, before = client_for(world.nadia), DocumentVersion.objects.count()
    typed = {**fields(client, world.thursday), "seen": ""}
    page = client.post(url("version-create", world.thursday.pk), typed)
    assert page.status_code == 422
    assert "Read it, then publish." in page.content.decode()
    assert "I read it: publish" in page.content.decode()
    assert DocumentVersion.objects.count() == before
    again = {**typed, "seen": page.context["form"]["seen"].value()}
    assert client.post(url("version-create", world.thursday.pk), again).status_code == 302
    assert newest(world).approved_by == world.nadia


def test_a_day_and_whether_it_is_material_are_chosen_on_the_page(world, client_for):
    client = client_for(world.nadia)
    client.post(url("version-create", world.thursday.pk), fields(client, world.thursday, material=None))
    assert newest(world).material is False
    far = fields(client, world.thursday, effective_on="2999-01-01")
    page = client.post(url("version-create", world.thursday.pk), far)
    assert page.context["form"].errors["effective_on"] == ["Choose a day within a year from now."]


def test_the_first_version_has_nothing_to_choose_about_asking_again(world, client_for):
    form = client_for(world.nadia).get(url("version-create", a_group(world).pk)).context["form"]
    assert "material" not in form.fields
    assert "summary" not in form.fields


@pytest.mark.parametrize(
    ("kind_key", "clause"),
    [
        (kind.key, element.key)
        for kind in kinds()
        for element in kind.elements
        if element.editable and options(kind.key, "en", element.key)
    ],
)
def test_a_starting_text_is_put_into_its_field_and_nothing_is_published(world, client_for, kind_key, clause):
    client, page = client_for(world.nadia), url("version-create", world.thursday.pk, kind_key)
    wanted = options(kind_key, "en", clause)[-1]
    form = client.get(page).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    shown = client.post(page, {**typed, "use": f"en_{clause}:{wanted.key}"})
    assert shown.status_code == 200
    assert shown.context["form"][f"en_{clause}"].value() == wanted.text
    for nonsense in ("en_nothing:x", "xx:y", f"en_{clause}:none"):
        assert client.post(page, {**typed, "use": nonsense}).status_code == 200
    assert not Document.objects.filter(kind=kind_key, group=world.thursday).exists()


def test_an_unknown_kind_has_no_editor(world, client_for):
    client = client_for(world.nadia)
    assert client.get(url("version-create", world.thursday.pk, "nothing")).status_code == 404
    assert client.get(url("version-create", world.thursday.pk, GROUP_AGREEMENT)).status_code == 200


def test_the_editor_takes_few_queries(world, client_for, queries):
    assert queries(client_for(world.nadia), url("version-create", world.thursday.pk)) <= 8 + 2


# --- markup -------------------------------------------------------------------------------------------------------


def test_markup_in_a_name_or_in_own_words_stays_plain_text(world, client_for):
    nadia = world.nadia
    nadia.used_name = "<i>Nadia</i> {{ x }}"
    nadia.save()
    client = client_for(world.nadia)
    typed = fields(client, world.thursday, en_review=RUDE, es_review=RUDE)
    shown = {name: value for name, value in typed.items() if name != "publish"} | {"show": "1"}
    preview = client.post(url("version-create", world.thursday.pk), shown).content.decode()
    assert client.post(url("version-create", world.thursday.pk), typed).status_code == 302
    version = newest(world)
    body = {one["key"]: one["body"] for one in version.clauses["clauses"]}
    assert body["review"] == RUDE
    read = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    history = client.get(url("version-list", world.thursday.pk, version.document_id)).content.decode()
    for page in (preview, read, history):
        assert "<b>Bold</b>" not in page
        assert "<i>Nadia</i>" not in page
        assert "&lt;b&gt;Bold&lt;/b&gt;" in page
        assert "{{ 7|add:7 }}" in page
    act = sign_for(world.ben, version)
    copy = client_for(world.ben).get(url("act-copy", act.pk)).content.decode()
    assert RUDE in copy
    assert "<i>Nadia</i> {{ x }}" in copy


# --- what is new -------------------------------------------------------------------------------------------------


def test_two_texts_are_compared_part_by_part_and_only_what_differs_is_told():
    old, new = text(a="One two three.", b="Same.", c="Gone."), text(a="One four three.", b="Same.", d="Fresh.")
    found = compare(old, new)
    assert [(one.key, one.how) for one in found] == [("a", How.CHANGED), ("d", How.ADDED), ("c", How.REMOVED)]
    assert '<del><span class="visually-hidden">taken out: </span>two</del>' in found[0].marked
    assert '<ins><span class="visually-hidden">new: </span>four</ins>' in found[0].marked
    assert "<del>" not in found[1].marked
    assert "<ins>" not in found[2].marked
    assert compare(old, old) == ()


def test_a_new_title_or_another_sentence_to_tick_is_told_too():
    old = text(a="Same.")
    new = Text("en", "Other", "Name", "I agree to it.", True, (Clause("a", "Otherwise", "Same.", locked=False),))
    assert [one.key for one in compare(old, new)] == ["title", "a", "meaning"]


def test_markup_in_what_changed_stays_plain():
    (change,) = compare(text(a="x"), text(a="<script>y</script>"))
    assert "<script>" not in change.marked
    assert "&lt;script&gt;" in change.marked


@pytest.mark.req("REQ-1")
def test_a_member_sees_what_is_new_before_they_read_and_who_runs_the_group_in_the_history(world, client_for):
    # The names of those who lead changed since the world's first version; what follows changes one part alone.
    first = publish(world)["en"]
    sign_for(world.ben, first)
    own = {"en": {"review": "We read it on Mondays."}, "es": {"review": "La leemos los lunes."}}
    version = publish(world, edited=own, terms=Terms(summary="Mondays."))["en"]
    page = client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    assert page.index("What is new") < page.index('class="sheet')
    assert re.search(r"<ins>[^/]*</span>[^<]*Mondays\.[^<]*</ins>", page)
    assert [one.key for one in changes_since(version, 2)] == ["review"]
    assert [one.key for one in changes_since(first, 1)] == ["parties", "consequences"]
    assert changes_since(first, 2) is None
    history = client_for(world.nadia).get(url("version-list", world.thursday.pk, version.document_id)).content.decode()
    for wanted in ("Version 3", "Version 2", "Counts now", "Nadia Rahmani", version.text_sha256, first.text_sha256):
        assert wanted in history
    assert re.search(r"<ins>[^/]*</span>[^<]*lunes\.[^<]*</ins>", history)


def test_there_is_no_comparison_with_a_language_that_was_not_there(world):
    publish(world)
    publish(world, languages=["en"])
    spanish = publish(world)["es"]
    assert changes_since(spanish, 3) is None
    assert changes_since(spanish, 2) == ()


def test_the_history_is_paged_and_takes_few_queries(world, client_for, queries):
    document = newest(world).document
    page, client = url("version-list", world.thursday.pk, document.pk), client_for(world.nadia)
    few = queries(client, page)
    for _turn in range(11):
        publish(world)
    shown = client.get(page).context["page"]
    assert [one.number for one in shown] == list(range(12, 2, -1))
    assert [one.number for one in client.get(page, {"page": "2"}).context["page"]] == [2, 1]
    # What is compared with the number before is read with the page; the last of all has nothing before it.
    assert shown[-1].news is not None
    assert queries(client, page) == few
    assert few <= 8 + 2


def test_a_language_without_a_text_is_said_on_the_page_and_never_silent(world, client_for):
    version = publish(world, languages=["en"])["en"]
    assert "is not there in" not in client_for(world.ben).get(url("agreement-read", version.pk)).content.decode()
    Person.objects.filter(pk=world.ben.pk).update(language="es")
    client = client_for(world.ben)
    page = client.get(url("agreement-open", version.document_id), follow=True).content.decode()
    assert "Este texto todavía no está en Español" in page
    with_spanish = publish(world)["es"]
    page = client.get(url("agreement-open", version.document_id), follow=True)
    assert page.context["version"].pk == with_spanish.pk
    assert "Este texto todavía no está" not in page.content.decode()


@pytest.mark.req("REQ-12", "REQ-18", "REQ-19", "REQ-20")
def test_a_member_reads_two_lists_over_every_channel_with_one_clear_exception(world, client_for):
    page = client_for(world.ben).get(url("agreement-read", publish(world)["en"].pk)).content.decode()
    for wanted in (
        "What you may share",
        "What you may not share",
        "all that is said, shown or written, in the room, online, on paper or in chat",
        "You may pass something on only if the person has clearly told you that you may.",
    ):
        assert wanted in page


# --- retiring ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind_key", CHOSEN)
def test_a_lead_retires_a_chosen_document_on_its_page(world, client_for, kind_key):
    with at_work(world.nadia) as nadia:
        document = publish_version(group_id=world.thursday.pk, kind_key=kind_key, by=nadia)[0].document
    page, client = url("document-retire", world.thursday.pk, document.pk), client_for(world.nadia)
    assert page in client.get(url("document-list", world.thursday.pk)).content.decode()
    assert client_for(world.tom).get(page).status_code == 404
    assert client_for(world.tom).post(page).status_code == 404
    assert "stays a promise" in client.get(page).content.decode()
    document.refresh_from_db()
    assert document.retired_at is None
    assert client.post(page).status_code == 302
    document.refresh_from_db()
    assert document.retired_by == world.nadia
    assert "It is retired already." in client.post(page, follow=True).content.decode()
    with at_work(world.nadia) as nadia:
        assert next(
            one for one in documents_of(nadia, group_run(nadia, world.thursday.pk)) if one.kind.key == kind_key
        ).is_retired


def test_the_agreement_offers_no_retiring_and_refuses_it(world, client_for):
    document = newest(world).document
    client, page = client_for(world.nadia), url("document-retire", world.thursday.pk, document.pk)
    assert page not in client.get(url("document-list", world.thursday.pk)).content.decode()
    assert "Every group asks for this one" in client.post(page, follow=True).content.decode()
    with at_work(world.olga) as olga, pytest.raises(Refused):
        retire_document(document_id=document.pk, by=olga)


# --- signing off a translation -----------------------------------------------------------------------------------

MARK = "not yet read by a native clinician"


def test_the_mark_of_a_translation_goes_for_exactly_the_text_that_was_read(world, client_for):
    client, lead = client_for(world.ada), client_for(world.nadia)
    editor = url("version-create", world.thursday.pk)
    spanish = DocumentVersion.objects.get(group=world.thursday, language="es")
    kept = publish(world)["es"]
    assert MARK in lead.get(editor).content.decode()
    assert not text_of(kept).reviewed
    page = url("translation-review", GROUP_AGREEMENT, "es")
    assert page in client.get(url("translation-list")).content.decode()
    typed = {"reviewer_id": str(world.petra.pk), "qualification": "Psychologist, grew up in Lima."}
    assert client.post(page, {**typed, "qualification": ""}).status_code == 422
    assert client.post(page, typed)["Location"] == url("translation-list")
    review = TextReview.objects.get()
    assert (review.reviewer, review.recorded_by) == (world.petra, world.ada)
    assert review.text_sha256 == shipped_sha256(GROUP_AGREEMENT, "es")
    assert MARK not in lead.get(editor).content.decode()
    assert "Psychologist, grew up in Lima." in client.get(url("translation-list")).content.decode()
    assert text_of(kept).reviewed
    assert text_of(spanish).reviewed
    assert publish(world)["es"].clauses["reviewed"] is True


def test_the_mark_comes_back_when_we_ship_other_words(world, client_for):
    TextReview.objects.create(
        kind=GROUP_AGREEMENT,
        language="es",
        text_sha256="0" * 64,
        reviewer=world.petra,
        qualification="Somebody",
        recorded_by=world.ada,
    )
    assert MARK in client_for(world.nadia).get(url("version-create", world.thursday.pk)).content.decode()
    listed = client_for(world.ada).get(url("translation-list")).content.decode()
    assert "our words changed since somebody read them" in listed


@pytest.mark.parametrize(
    ("kind_key", "language"), [(GROUP_AGREEMENT, "en"), (GROUP_AGREEMENT, "xx"), ("nothing", "es")]
)
def test_there_is_nothing_to_sign_off_in_english_or_in_no_text(world, client_for, kind_key, language):
    with at_work(world.ada) as ada, pytest.raises(Refused):
        review_text(kind_key=kind_key, language=language, reviewer_id=world.petra.pk, qualification="x", by=ada)
    assert client_for(world.ada).get(url("translation-review", kind_key, language)).status_code == 404


def test_only_an_administrator_signs_off_and_only_somebody_who_works_here_reads(world, client_for):
    page = url("translation-review", GROUP_AGREEMENT, "es")
    typed = {"reviewer_id": str(world.petra.pk), "qualification": "Psychologist."}
    for other in ("nadia", "petra", "root", "ben"):
        assert client_for(world.person(other)).post(page, typed).status_code in {403, 404}
    client = client_for(world.ada)
    assert client.post(page, {**typed, "reviewer_id": str(world.ben.pk)}).status_code == 422
    with at_work(world.ada) as ada, pytest.raises(ValidationError, match="works here"):
        review_text(
            kind_key=GROUP_AGREEMENT, language="es", reviewer_id=world.ben.pk, qualification="Psychologist.", by=ada
        )
    assert client.post(page, typed).status_code == 302
