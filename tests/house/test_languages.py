"""Every word of the house is in its Spanish catalogue, and no page is half in English."""

import gettext
import re
import struct
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from groupcare.accounts.models import Person
from groupcare.practice.models import Practice
from tests.house.catalogue import LOCALE, ROOT, Message, in_python, in_template, read_po, said_by_the_code
from tests.house.reading import said_in
from tests.house.test_gets import OPENS, walk

HEADER, MESSAGES = read_po(LOCALE / "django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|</?\w[^>]*>|%%")
# "You" among friends; this house says "usted".
FAMILIAR = re.compile(r"\b(tú|tu|tus|ti|te|contigo|vosotros|vuestr[oa]s?|os)\b", re.IGNORECASE)
# Words that no Spanish sentence has.
ENGLISH = re.compile(r"\b(the|and|you|your|is|are|this|that|with|for|of|to|from|not|we|it|or|please|required)\b", re.I)
# Long enough that it does not stand inside another sentence by chance.
SENTENCE = 12
PLURAL_FORMS = 3


# --- the catalogue --------------------------------------------------------------------------------------------
def test_every_message_of_the_code_is_in_the_catalogue():
    known = {message.key for message in MESSAGES}
    missing = {key: path for key, path in said_by_the_code().items() if key not in known}
    assert not missing, "run `make messages`, then translate these in locale/es"


def test_the_catalogue_holds_nothing_that_the_code_no_longer_says():
    said = said_by_the_code()
    assert not [message.key for message in MESSAGES if message.key not in said], "run `make messages`"


def test_the_look_for_messages_finds_each_way_of_marking_one():
    module = '_("a " "b"); ngettext("one", "many", n); pgettext_lazy("where", "c"); _(name); other("d")'
    assert list(in_python(module)) == [("", "a b", ""), ("", "one", "many"), ("where", "c", "")]
    page = (
        '{% translate "It is" %}{% translate "e" context "where" %}{% crumbs url _("f") %}'
        "{% blocktranslate count n=n with who=x %}{{ who }} is one{% plural %}{{ who }} of {{ n }}{% endblocktranslate %}"
    )
    assert list(in_template(page)) == [
        ("", "It is", ""),
        ("where", "e", ""),
        ("", "f", ""),
        ("", "%(who)s is one", "%(who)s of %(n)s"),
    ]


def test_a_word_that_leaves_things_as_they_are_is_on_no_button_that_saves():
    """ "Keep it" beside a removal is "Dejarlo como está": on a button that saves it would say the opposite."""
    saves = re.compile(r'<button[^>]*type="submit"[^>]*>(?:(?!</button>).)*"Keep it"', re.DOTALL)
    pages = sorted((ROOT / "templates").rglob("*.html"))
    assert len(pages) > 100
    assert not [page.name for page in pages if saves.search(page.read_text())]


def faults_of(message):
    """Yield what is wrong with the translation of a message."""
    if "fuzzy" in message.flags:
        yield "guessed by a tool"
    if len(message.translations) != (PLURAL_FORMS if message.plural else 1) or not all(message.translations):
        yield "not translated"
        return
    for source, text in zip([message.text, *[message.plural or message.text] * 2], message.translations, strict=False):
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(source)):
            yield "other placeholders"
        if (text[0].isspace(), text[-1].isspace()) != (source[0].isspace(), source[-1].isspace()):
            yield "other spaces at its ends"
        if FAMILIAR.search(text):
            yield "the house says usted"


def test_each_message_is_translated_whole_with_its_placeholders_and_in_one_form_of_address():
    assert not {message.key: found for message in MESSAGES if (found := list(faults_of(message)))}


def test_the_look_at_translations_sees_each_fault():
    good = Message(text="%(n)s <b>x</b>", plural="", translations=["<b>y</b> %(n)s"])
    assert not list(faults_of(good))
    assert list(faults_of(replace(good, flags=["fuzzy"]))) == ["guessed by a tool"]
    assert list(faults_of(replace(good, translations=[""]))) == ["not translated"]
    assert list(faults_of(replace(good, plural="%(n)s", translations=["%(n)s"] * 2))) == ["not translated"]
    assert list(faults_of(replace(good, translations=["<b>y</b> %(m)s"]))) == ["other placeholders"]
    assert list(faults_of(replace(good, translations=["<b>y</b> %(n)s\n"]))) == ["other spaces at its ends"]
    assert list(faults_of(replace(good, translations=["<b>tu</b> %(n)s"]))) == ["the house says usted"]


def test_what_is_served_was_compiled_from_the_catalogue():
    compiled = (LOCALE / "django.mo").read_bytes()
    with (LOCALE / "django.mo").open("rb") as file:
        served = gettext.GNUTranslations(file)
    assert struct.unpack("<I", compiled[8:12])[0] == len(MESSAGES) + 1, "run `make messages`"
    assert served.info()["plural-forms"] in HEADER
    for message in MESSAGES:
        if message.plural:
            spoken = [served.ngettext(message.text, message.plural, n) for n in (1, 1000000, 2)]
        elif message.context:
            spoken = [served.pgettext(message.context, message.text)]
        else:
            spoken = [served.gettext(message.text)]
        assert spoken == message.translations, "run `make messages`"


# --- the pages ------------------------------------------------------------------------------------------------
def _pattern(text: str) -> re.Pattern[str]:
    """Return what a message looks like on a page, with anything at all where a value stands."""
    # A value at an end says nothing, and would be tried at every letter of a page.
    parts = [re.escape(re.sub(r"\s+", " ", part.strip())) for part in PLACEHOLDER.split(text) if part.strip()]
    return re.compile(r"(?<!\w)" + ".{0,60}?".join(parts) + r"(?!\w)")


UNSPOKEN = [
    _pattern(text)
    for message in MESSAGES
    for text in (message.text, message.plural)
    if len(PLACEHOLDER.sub("", text)) > SENTENCE and text not in message.translations
]


# Words which people of the tests wrote, in English; the last stands in a text that was published with it.
WRITTEN = ("What happened on thursday.", "Stayed with the own story.", "A story", "The front desk")


def english_on(page: str) -> list[str]:
    """Return what a page says in English to somebody who reads Spanish, but for what people wrote."""
    said = said_in(page, "es")
    for written in WRITTEN:
        said = said.replace(written, "")
    sentences = [found[0] for pattern in UNSPOKEN if (found := pattern.search(said))]
    return sentences + [said[max(0, found.start() - 40) : found.end() + 40] for found in ENGLISH.finditer(said)]


@pytest.fixture
def in_spanish(world, populated):
    """Return the routes' objects of a practice that writes Spanish, so that English on a page is ours."""
    Practice.objects.update(contact="La recepción", crisis_text="Llame al 112.", language="es")
    Person.objects.update(language="es")
    return populated


def spoken_at(answers):
    """Return what each page that opened says in English, by the name of its route."""
    found = {}
    for name, answer in answers:
        if answer.status_code == 200 and "html" in answer.headers.get("Content-Type", ""):
            page = answer.content.decode()
            assert '<html lang="es"' in page, name
            found[name] = english_on(page)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nadia", "ada", "petra", "xavier", "ben"])
def test_whoever_reads_spanish_finds_no_english_on_any_page(world, in_spanish, client_for, who):
    browser = client_for(getattr(world, who))
    spoken = spoken_at((route.name, answer) for route, answer in walk(browser, in_spanish))
    pages = {name for name in OPENS.get(who, set()) if not name.startswith("api-")}
    assert pages <= spoken.keys()
    assert not [(name, *found) for name, found in spoken.items() if found]


@pytest.mark.django_db
def test_the_same_person_reads_english_when_that_is_their_language(world, populated, client_for):
    page = client_for(world.ben).get(reverse("groups:home-member")).content.decode()
    assert "Your next appointment is below." in page
    assert english_on(page.replace('<html lang="en"', '<html lang="es"'))


@pytest.mark.django_db
def test_signing_in_speaks_the_language_of_the_browser_also_when_it_says_no(db):
    browser = Client(headers={"accept-language": "es"})
    login, reset = reverse("account_login"), reverse("account_reset_password")
    pages = {
        "login": browser.get(login),
        "empty": browser.post(login, {}),
        "wrong": browser.post(login, {"login": "nobody@example.org", "password": "not this one"}),
        "no address": browser.post(login, {"login": "nobody", "password": "not this one"}),
        "reset": browser.get(reset),
        "reset, empty": browser.post(reset, {}),
        "reset, sent": browser.post(reset, {"email": "nobody@example.org"}, follow=True),
        "display": browser.get(reverse("web:display")),
        "absent": browser.get("/nothing/here/"),
    }
    found = {name: english_on(answer.content.decode()) for name, answer in pages.items()}
    assert not {name: said for name, said in found.items() if said}
    assert "Escriba una dirección de correo" in pages["empty"].content.decode()
    assert "placeholder" not in pages["login"].content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "words"), [("es", "habla materna"), ("en", "native clinician")])
def test_the_choice_of_language_says_that_no_native_clinician_read_the_spanish(language, words):
    page = Client(headers={"accept-language": language}).get(reverse("web:display")).content.decode()
    assert words in page
