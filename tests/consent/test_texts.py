"""The shipped text, clause by clause, against what domain reference 2.1 says it must state."""

import re

import pytest

from consent.kinds import GROUP_AGREEMENT, Element, kind_keys, load_kind
from consent.kinds.wording import Clause, fill, filled, languages, sha256, shipped, to_json
from consent.models import Capacity, Gate, SignersPolicy

# domain reference 2.1: key -> locked, in its order.
CLAUSES = {
    "parties": True,
    "what_is_covered": True,
    "may_share": False,
    "may_not_share": False,
    "facilitator_duty": True,
    "limits": True,
    "no_guarantee": True,
    "privilege_note": True,
    "consequences": False,
    "raise_concern": False,
    "accidents": False,
    "duration": True,
    "review": False,
    "signature": False,
}
# What each clause must say, as patterns that a careless rewrite would lose: (key, English, Spanish).
MUST_SAY = [
    # "Names of group, facilitator(s), observers; facilitator is bound too"
    ("parties", r"one group at \{practice\}.*\{facilitators\}", r"un grupo de \{practice\}.*\{facilitators\}"),
    ("parties", r"\{helpers\}", r"\{helpers\}"),
    ("parties", r"people who lead the group\. They are bound by it too", r"quienes lo dirigen\. Ellas también quedan obligadas"),
    # "Identities, anything that could identify, what was said, shown, written, chat, and the fact that someone attends"
    ("what_is_covered", r"who is in the group, and anything that could show who", r"quiénes están en el grupo, y todo lo que pueda mostrar"),
    ("what_is_covered", r"said, shown or written.*paper.*chat", r"se dice, se muestra o se escribe.*papel.*chat"),
    ("what_is_covered", r"the fact that a person comes at all", r"el hecho mismo de que una persona viene"),
    # REQ-6: the default
    ("what_is_covered", r"As a rule, what is shared in the group stays in the group", r"lo que se comparte en el grupo se queda en el grupo"),
    # "Own attendance, own story, own feelings, insights and skills gained, feedback about oneself, provided nobody else
    # can be recognised"
    ("may_share", r"tell people that you come", r"decir que viene\b"),
    ("may_share", r"your own story and your own feelings", r"su propia historia y sus propios sentimientos"),
    ("may_share", r"what you learn, and the skills you gain", r"lo que aprende y las habilidades"),
    ("may_share", r"others told you about yourself", r"le dijeron sobre usted"),
    ("may_share", r"only if nobody else can be known", r"solo si así no se puede reconocer a nadie más"),
    # "Names, descriptions, jobs, relationships, stories, reactions, contact details, pictures or messages of others"
    ("may_not_share", r"names, how they look, their jobs, or who is close", r"nombres, su aspecto, su trabajo o quiénes son sus allegados"),
    ("may_not_share", r"stories, and how they took", r"historias y cómo reaccionaron"),
    ("may_not_share", r"contact details", r"datos de contacto"),
    ("may_not_share", r"pictures of them, or messages", r"fotos suyas o mensajes"),
    # REQ-19: only on the person's own clear yes
    ("may_not_share", r"only if the person has clearly told you", r"solo si esa persona le ha dicho con claridad"),
    # "Professional and legal duty; discloses only with consent or where law allows or requires"
    ("facilitator_duty", r"duty.*law and from the rules of their work", r"deber.*ley y de las reglas de su profesión"),
    ("facilitator_duty", r"only if you say yes, or if the law lets them or makes them", r"si usted dice que sí, o si la ley lo permite o lo exige"),
    # "Pointer to 2.9; in plain words, with jurisdiction data"; 2.9: what must be listed
    ("limits", r"may make the people.*or it may let them", r"puede exigir o permitir"),
    ("limits", r"a child may be harmed", r"daño, maltrato o abandono de un niño"),
    ("limits", r"an adult who cannot keep safe", r"persona adulta que no puede protegerse"),
    ("limits", r"you or another person may be in grave danger", r"usted u otra persona puede estar en grave peligro"),
    ("limits", r"a court orders", r"lo ordena un tribunal"),
    ("limits", r"claim or a complaint", r"demanda o una queja"),
    ("limits", r"an office that checks", r"una oficina que vigila"),
    ("limits", r"treat you.*pay for your care.*run the practice.*check and guide", r"le tratan a usted.*pagan su atención.*administran.*supervisan"),
    ("limits", r"rules of \{place\}", r"las de \{place\}"),
    ("limits", r"as little as they can", r"lo menos posible"),
    ("limits", r"tell you first when that is safe", r"A usted le avisan antes cuando es seguro"),
    ("limits", r"A report does not mean", r"Un aviso no significa"),
    # "cannot promise that others will keep it; in most places members have no legal duty, in some they do"
    ("no_guarantee", r"cannot promise you that the others will", r"No podemos prometerle que las demás la cumplan"),
    ("no_guarantee", r"In most places the law does not.*In some places it does", r"En la mayoría de los lugares, la ley no obliga.*En algunos sí"),
    # section 8: members are not bound by the health privacy laws: "Say so"
    ("no_guarantee", r"privacy laws.*do not bind the other members", r"leyes de privacidad.*no obligan a los demás miembros"),
    # "In court, members might be asked about what they heard; protection differs by place"
    ("privilege_note", r"court may ask members what they heard", r"tribunal puede preguntar a los miembros qué oyeron"),
    ("privilege_note", r"not the same in every place", r"no es igual en todos los lugares"),
    # "Talk first; then repair steps; may lead to leaving the group; how the decision is made and by whom"
    ("consequences", r"First we talk.*Then.*repair.*leave the group", r"Primero hablamos.*Después.*reparar.*dejar el grupo"),
    ("consequences", r"people who lead the group decide: \{facilitators\}.*they hear the person", r"Deciden quienes dirigen el grupo: \{facilitators\}.*Antes escuchan"),
    # "How, to whom, how fast one hears back, that raising it is not disloyal"
    ("raise_concern", r"Tell the people.*Raise a concern.*privacy officer.*\{contact\}", r"Dígaselo.*preocupación.*privacidad.*\{contact\}"),
    ("raise_concern", r"hear back within \{answer_days\} working days", r"respuesta en un plazo de \{answer_days\} días hábiles"),
    ("raise_concern", r"not disloyal", r"no es una deslealtad"),
    # "Tell us quickly; no punishment for owning up"
    ("accidents", r"Tell us quickly.*Nobody is punished", r"Díganoslo pronto.*No se castiga a nadie"),
    # "Continues after leaving and after the group ends"
    ("duration", r"after you leave.*after the group ends", r"después de que usted deje el grupo.*después de que el grupo termine"),
    # "Weekly ritual; dated full reviews; how to propose a change"
    ("review", r"Each week.*\{review_on\}.*change something\? Say so", r"Cada semana.*\{review_on\}.*cambiar algo\? Dígalo"),
    # "Read, understood, had questions answered, agree; method (typed, drawn, spoken and witnessed), time, version, language"
    ("signature", r"I read this\. I understood it\. My questions were answered\. I agree", r"Lo leí\. Lo entendí\. Respondieron mis preguntas\. Me comprometo"),
    ("signature", r"typed, drawn, or spoken with a witness\), the time, the version and the language", r"escrito, dibujado, o de palabra con testigo\), la hora, la versión y el idioma"),
]  # fmt: skip
# section 8: never as a fact.
NEVER = [
    r"must report",
    r"have to report",
    r"pornograph",
    r"elder",
    r"legal action",
    r"HIPAA",
    r"end-to-end",
    r"anonymous",
    r"compliant",
    r"guarantee",
    r"only when the law requires",
    r"breach(es)? (are|is) reported",
]
BLANKS = {
    "practice": "Larch Street",
    "facilitators": "Nadia R. and Tom B.",
    "helpers": "Nobody else helps or watches.",
    "place": "New York",
    "contact": "555 0100",
    "answer_days": "3",
    "review_on": "22 November 2027",
}


def body(language, key):
    return next(one.body for one in shipped(GROUP_AGREEMENT, language).clauses if one.key == key)


def flat(text):
    return re.sub(r"\s+", " ", text)


def test_it_ships_in_english_and_spanish():
    assert kind_keys() == (GROUP_AGREEMENT,)
    assert languages(GROUP_AGREEMENT) == ("en", "es")


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_clause_stands_in_its_place_with_its_lock(language):
    found = {one.key: one.locked for one in shipped(GROUP_AGREEMENT, language).clauses}
    assert list(found.items()) == list(CLAUSES.items())


@pytest.mark.parametrize(("key", "english", "spanish"), MUST_SAY)
def test_the_clause_says_what_it_must(key, english, spanish):
    assert re.search(english, flat(body("en", key))), english
    assert re.search(spanish, flat(body("es", key))), spanish


def test_every_clause_is_asserted():
    assert {key for key, _, _ in MUST_SAY} == set(CLAUSES)


@pytest.mark.parametrize("pattern", NEVER)
def test_nothing_that_is_no_fact_is_said(pattern):
    assert not re.search(pattern, shipped(GROUP_AGREEMENT, "en").plain, re.IGNORECASE)


def test_both_languages_have_the_same_shape_and_the_same_blanks():
    for english, spanish in zip(
        shipped(GROUP_AGREEMENT, "en").clauses, shipped(GROUP_AGREEMENT, "es").clauses, strict=True
    ):
        assert [(tag, len(lines)) for tag, lines in english.blocks()] == [
            (tag, len(lines)) for tag, lines in spanish.blocks()
        ], english.key
        assert sorted(re.findall(r"\{\w+\}", english.body)) == sorted(re.findall(r"\{\w+\}", spanish.body))


def test_spanish_is_marked_as_not_yet_read_and_english_is_not():
    assert shipped(GROUP_AGREEMENT, "es").reviewed is False
    assert shipped(GROUP_AGREEMENT, "en").reviewed is True


def test_the_meaning_sentence_says_read_understood_answered_and_agree():
    assert re.search(r"I read.*I understand.*answered.*I agree", shipped(GROUP_AGREEMENT, "en").meaning)
    assert re.search(r"Leí.*entiendo.*respondieron.*comprometo", shipped(GROUP_AGREEMENT, "es").meaning)


# --- reading age --------------------------------------------------------------------------------------------


def syllables(word):
    """Groups of vowels, without a silent e at the end: the usual estimate of the Flesch-Kincaid formula."""
    groups = len(re.findall(r"[aeiouy]+", word.lower()))
    silent = re.search(r"[^aeiouyl]e$", word.lower()) is not None
    return max(1, groups - silent)


def grade(text):
    """Flesch-Kincaid grade: 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid and others, 1975)."""
    words = re.findall(r"[A-Za-z']+", text)
    sentences = [one for one in re.split(r"[.!?:]\s|\n- |\n\n", text + " ") if re.search(r"\w", one)]
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_measure_knows_hard_from_easy():
    hard = (
        "Confidentiality obligations notwithstanding, disclosures necessitated by applicable jurisdictional legislation "
        "may be effectuated without authorization from participating individuals."
    )
    assert grade(hard) > 15
    assert grade("The cat sat on the mat. It was a fat cat.") < 3


@pytest.mark.req("REQ-4")
def test_a_child_of_twelve_can_read_it():
    # Age 12 is the sixth to seventh school year.
    text = shipped(GROUP_AGREEMENT, "en")
    bodies = {one.key: fill(one.body, BLANKS) for one in text.clauses}
    assert grade("\n\n".join(bodies.values())) <= 6.5
    assert {key: round(grade(one), 1) for key, one in bodies.items() if grade(one) > 8} == {}


# --- filling and binding --------------------------------------------------------------------------------------


def test_blanks_are_filled_and_a_second_full_stop_is_dropped():
    text = filled(load_kind(GROUP_AGREEMENT), "en", BLANKS, {})
    assert not re.search(r"[{}]|\.\.", text.plain)
    assert "These people lead it: Nadia R. and Tom B.\n" in text.plain


def test_a_missing_blank_is_an_error_in_our_words_and_kept_as_typed_in_theirs():
    with pytest.raises(LookupError):
        fill("{practice} and {nobody}", BLANKS)
    assert fill("{practice} and {nobody}", BLANKS, strict=False) == "Larch Street and {nobody}"


def test_a_value_with_braces_is_not_filled_again():
    assert fill("{practice}", {"practice": "{place}", "place": "x"}) == "{place}"


def test_only_open_clauses_take_own_words():
    kind = load_kind(GROUP_AGREEMENT)
    own = filled(kind, "en", BLANKS, {"consequences": "We talk. {facilitators} decide."})
    assert next(one.body for one in own.clauses if one.key == "consequences") == "We talk. Nadia R. and Tom B. decide."
    for key in set(CLAUSES) - set(kind.editable_keys):
        with pytest.raises(ValueError, match=key):
            filled(kind, "en", BLANKS, {key: "Something else."})


def test_the_kind_says_who_signs_for_how_long_and_what_it_gates():
    kind = load_kind(GROUP_AGREEMENT)
    assert kind.editable_keys == ("may_share", "may_not_share", "consequences", "review")
    assert (kind.gate, kind.signers_policy) == (Gate.SESSION, SignersPolicy.ALL_REQUIRED)
    assert [(one.who, one.capacity) for one in kind.signers] == [
        ("member", Capacity.SELF),
        ("facilitator", Capacity.FACILITATOR),
        ("observer", Capacity.OBSERVER),
    ]
    # domain reference 5, row "Yearly"
    assert (kind.validity_days, kind.notice_days) == (365, 30)
    assert kind.spoken_allowed
    assert all(element.source for element in kind.elements)
    with pytest.raises(LookupError):
        load_kind("nothing")
    with pytest.raises(ValueError, match="locked and editable"):
        Element(key="x", source="y", locked=True, editable=True)


def test_the_checksum_changes_with_every_part_of_the_text():
    stored = to_json(filled(load_kind(GROUP_AGREEMENT), "en", BLANKS, {}))
    seen = {sha256(kind=GROUP_AGREEMENT, number=1, text=stored), sha256(kind=GROUP_AGREEMENT, number=2, text=stored)}
    for place in range(len(stored["clauses"])):
        clauses = [dict(one) for one in stored["clauses"]]
        clauses[place]["body"] += " "
        seen.add(sha256(kind=GROUP_AGREEMENT, number=1, text={**stored, "clauses": clauses}))
    assert len(seen) == 2 + len(stored["clauses"])


def test_the_checksum_is_that_of_the_canonical_json():
    # Worked out by hand: printf '{"kind":"k","number":1,"text":{"a":"é","b":1}}' | sha256sum
    assert (
        sha256(kind="k", number=1, text={"b": 1, "a": "é"})
        == "ad4bb3ca73279ca7120f00d8b68bcd48e14f43db6ea786a41235b05d97ebda52"
    )


def test_paragraphs_and_lists_are_told_apart():
    clause = Clause("k", "t", "One\ntwo.\n\nThat is:\n\n- a\n- b\n\nEnd.", locked=False)
    assert list(clause.blocks()) == [
        ("p", ("One two.",)),
        ("p", ("That is:",)),
        ("ul", ("a", "b")),
        ("p", ("End.",)),
    ]
