"""What the law asks of a paper is an element of its kind, with its citation, and stands in the text of both languages."""

import re

import pytest

from consent.kinds import load_kind
from consent.kinds.wording import made_out, shipped
from tests.consent.texts.shelf import KINDS, LANGUAGES, ROOM, flat, keys, kind, named, sentences, strings, text
from tests.consent.texts.test_never import PATTERNS
from tests.consent.texts.test_reading import BLANKS, WHOLE, grade
from tests.consent.texts.test_shape import blanks, blocks

RELEASES = ["release_of_information", "psychotherapy_notes_authorization", "part2_consent"]
PERSONAL = [*RELEASES, "professional_will", "notice_of_breach"]
UNDERTAKINGS = ["staff_undertaking", "interpreter_undertaking"]

# Consent reference, b.4, first row: 45 CFR 164.508(c)(1)-(2) -> the clause, and the blank that it is about.
HIPAA = [
    ("164.508(c)(1)(i)", "what", "information"),
    ("164.508(c)(1)(ii)", "who_may_tell", "discloser"),
    ("164.508(c)(1)(iii)", "to_whom", "recipient"),
    ("164.508(c)(1)(iv)", "why", "purpose"),
    ("164.508(c)(1)(v)", "ends", "ends_on"),
    ("164.508(c)(1)(vi)", "signature", None),
    ("(c)(2)(i)", "taking_back", None),
    ("(c)(2)(ii)", "if_you_say_no", None),
    ("(c)(2)(iii)", "passed_on", None),
]
# Consent reference, b.4, third row: the ten elements of 42 CFR 2.31(a).
PART_2 = [
    ("2.31(a)(1)", "whose", "patient"),
    ("2.31(a)(2)", "who_may_tell", "discloser"),
    ("2.31(a)(3)", "what", "information"),
    ("2.31(a)(4)", "to_whom", "recipient"),
    ("2.31(a)(5)", "why", "purpose"),
    ("2.31(a)(6)", "taking_back", None),
    ("2.31(a)(7)", "ends", "ends_on"),
    ("2.31(a)(8)", "signature", None),
    ("2.31(a)(9)", "date", None),
    ("(a)(10)(i)", "passed_on", None),
    ("2.31(a)(10)(ii)", "if_you_say_no", None),
    ("2.32", "redisclosure_notice", None),
]
# 45 CFR 164.404(c)(1): what a notice of breach says.
BREACH = [
    ("164.404(c)(1)(A)", "what_happened", "happened"),
    ("164.404(c)(1)(A)", "when", "discovered_on"),
    ("164.404(c)(1)(B)", "data_kinds", "kinds"),
    ("164.404(c)(1)(C)", "what_you_can_do", "protect"),
    ("164.404(c)(1)(D)", "what_we_do", "done"),
    ("164.404(c)(1)(E)", "contact", "reach_us"),
]
# Illinois and DC add these to a release. Source: domain reference, section 2.10.
ADDED = [("D.C. Code", "to_whom"), ("IL 740 ILCS 110", "to_whom"), ("D.C. Code", "look_first"), ("IL 740 ILCS 110", "look_first"), ("D.C. Code 7-1201.04", "redisclosure_notice")]  # fmt: skip
# The psychotherapy notes have their own names for what is shared.
OWN = {"psychotherapy_notes_authorization": {"what": "which_notes", "information": "notes"}}


def asked_by_law():
    for key in RELEASES[:2]:
        own = OWN.get(key, {})
        yield from ((key, cited, own.get(clause, clause), own.get(blank, blank)) for cited, clause, blank in HIPAA)
        yield from ((key, cited, clause, None) for cited, clause in ADDED)
    yield from (("part2_consent", *row) for row in PART_2)
    yield from (("notice_of_breach", *row) for row in BREACH)


@pytest.mark.parametrize(("key", "cited", "clause", "blank"), list(asked_by_law()))
def test_what_the_rule_asks_for_is_a_locked_element_with_its_citation(key, cited, clause, blank):
    element = named(kind(key)["elements"], clause)
    assert cited in element["source"]
    assert (element.get("locked"), element.get("why")) == (True, "locked_law")
    if blank:
        assert cited in named(kind(key)["particulars"], blank)["source"]
        assert named(kind(key)["particulars"], blank)["required"]
        for language in LANGUAGES:
            body = named(text(key, language)["clauses"], clause)["body"]
            assert f"\n\n{{{blank}}}\n" in body, (language, clause)


@pytest.mark.parametrize("key", RELEASES)
def test_a_permission_to_share_needs_a_signature_and_hangs_no_care_on_it(key):
    found = kind(key)
    assert (found["scope"], found["gate"], found["asked_of"]) == ("person", "none", "never")
    assert (found["spoken_allowed"], found["conditionable"]) == (False, False)
    assert (found["withdrawable"], found["withdrawal_effect"]) == (True, "ends_sharing")
    # The person signs, and a guardian too where a guardian decides.
    assert found["signers_policy"] == "all_required"
    assert [one["who"] for one in found["signers"]] == ["member", "guardian"]


def test_psychotherapy_notes_are_combined_with_nothing():
    assert kind("psychotherapy_notes_authorization")["may_combine"] == []
    assert [key for key in KINDS if "psychotherapy_notes_authorization" in kind(key)["may_combine"]] == []


@pytest.mark.parametrize("key", RELEASES)
def test_each_release_stands_on_a_paper_of_its_own(key):
    assert kind(key)["may_combine"] == []
    assert [other for other in KINDS if key in kind(other)["may_combine"]] == []


@pytest.mark.parametrize("key", RELEASES)
def test_a_release_always_names_the_day_on_which_it_ends(key):
    day, event = (named(kind(key)["particulars"], one) for one in ("ends_on", "ends_when"))
    assert (day["form"], day["required"], event["required"]) == ("date", True, False)
    # The paper's own day is its end; it has no other.
    assert (kind(key)["validity_days"], kind(key)["notice_days"]) == (0, 0)


@pytest.mark.parametrize("key", PERSONAL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_particular_has_its_words_and_stands_once_in_its_own_paragraph(key, language):
    words, wanted = text(key, language), keys(kind(key)["particulars"])
    assert list(words["particulars"]) == wanted
    assert all(set(one) == {"label", "help"} for one in words["particulars"].values())
    paragraphs = [part.strip() for clause in words["clauses"] for part in clause["body"].split("\n\n")]
    for one in wanted:
        assert paragraphs.count(f"{{{one}}}") == 1, one
        assert sum(f"{{{one}}}" in part for part in paragraphs) == 1, one


@pytest.mark.parametrize("key", PERSONAL)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_made_out_holds_what_was_filled_in_and_leaves_no_gap(key, language):
    particulars = load_kind(key).particulars
    filled = {one.key: f"<{one.key}>" for one in particulars}
    whole = made_out(shipped(key, language), filled)
    assert all(value in whole.plain for value in filled.values())
    short = made_out(shipped(key, language), {**filled, **{one.key: "" for one in particulars if not one.required}})
    assert not set(re.findall(r"\{(\w+)\}", short.plain)) & set(filled)
    # Nothing announces what is then left out.
    assert not [one.key for one in short.clauses if one.body.endswith(":")]


def test_nobody_but_a_paper_for_one_person_has_particulars():
    assert {key for key in KINDS if kind(key).get("particulars")} == {key for key in KINDS if kind(key)["scope"] == "person"}  # fmt: skip


def test_the_notice_of_a_breach_is_issued_and_never_signed_by_the_one_it_tells():
    found = kind("notice_of_breach")
    assert found["signers"] == [{"who": "practice", "capacity": "practice"}]
    assert (found["gate"], found["withdrawable"], found["withdrawal_effect"]) == ("none", False, "nothing")
    assert text("notice_of_breach", "en").get("questions", []) == []


def test_a_professional_will_is_signed_by_the_one_who_leads_and_the_one_who_steps_in():
    found = kind("professional_will")
    assert [(one["who"], one["capacity"]) for one in found["signers"]] == [("facilitator",) * 2, ("delegate",) * 2]
    assert (found["meaning"], found["withdrawal_effect"]) == ("undertake", "ends_duty")
    assert [one["key"] for one in found["particulars"] if one["required"]] == [
        "professional",
        "delegate",
        "delegate_contact",
        "access_route",
    ]


@pytest.mark.parametrize("key", UNDERTAKINGS)
def test_an_undertaking_is_written_signed_and_locked(key):
    found = kind(key)
    assert (found["scope"], found["meaning"], found["spoken_allowed"]) == ("practice", "undertake", False)
    assert found["withdrawal_effect"] == "ends_duty"
    assert all(element["locked"] for element in found["elements"])
    assert "StGB 203" in " ".join(element["source"] for element in found["elements"])


def test_an_interpreter_signs_before_the_session_and_staff_shut_no_group():
    assert [(kind(key)["asked_of"], kind(key)["gate"]) for key in UNDERTAKINGS] == [("never", "none"), ("chosen", "session")]  # fmt: skip


def test_everyone_in_the_room_is_asked_about_a_recording_and_nobody_loses_the_group_by_a_no():
    found = kind("recording_consent")
    assert [one["who"] for one in found["signers"]] == ["member", "guardian", "facilitator", "observer", "interpreter"]
    assert (found["signers_policy"], found["asked_of"], found["gate"]) == ("all_required", "chosen", "none")
    assert (found["conditionable"], found["withdrawal_effect"]) == (False, "ends_recording")
    # What it is for, who sees it and when it is deleted differ from group to group: those the facilitator writes.
    assert [one["key"] for one in found["elements"] if one.get("editable")] == ["purpose", "who_sees", "storage"]


@pytest.mark.parametrize("key", [*PERSONAL, *UNDERTAKINGS, "recording_consent"])
def test_every_locked_clause_can_say_why(key):
    assert [one["key"] for one in kind(key)["elements"] if one.get("locked") and "why" not in one] == []


# --- signing on a screen: 15 USC 7001(c)(1) -------------------------------------------------------------------

# Clause -> where the law asks for it, and what it must say: (English, Spanish).
ESIGN = {
    "right_to_paper": ("(B)(i)(I)", [
        (r"do not have to sign on a screen\. You may have each paper on paper", r"no tiene que firmar en una pantalla\. Puede tener cada documento en papel"),
        (r"counts just the same, and your care does not depend on it", r"Vale lo mismo, y su atención no depende de ello"),
    ]),
    "right_to_withdraw": ("(B)(i)(II), (iii)", [
        (r"take this yes back at any time", r"retirar este sí en cualquier momento"),
        (r"on this site, under .My agreements., or tell the practice: \{contact\}", r"en este sitio, en .Mis acuerdos., o dígaselo a la consulta: \{contact\}"),
        (r"It costs you nothing\.", r"No le cuesta nada\."),
        (r"From then on we bring you papers on paper, and that can take some days longer", r"Desde entonces le damos los documentos en papel, y eso puede tardar algunos días más"),
        (r"signed on a screen before still counts", r"firmó antes en una pantalla sigue valiendo"),
    ]),
    "scope": ("(B)(ii)", [
        (r"all the papers that \{practice\} asks you to read or sign", r"todos los documentos que \{practice\} le pide leer o firmar"),
        (r"yes or no to each paper on its own", r"que sí o que no a cada documento por separado"),
        (r"only said aloud is not a paper on a screen", r"solo se dice en voz alta no es un documento en una pantalla"),
    ]),
    "contact_details": ("(B)(iii)", [
        (r"e-mail address or your phone number changes, change it on this site", r"correo electrónico o su número de teléfono, cámbielo en este sitio"),
        (r"Or tell the practice: \{contact\}", r"O dígaselo a la consulta: \{contact\}"),
    ]),
    "paper_copy": ("(B)(iv)", [
        (r"ask the practice for a copy on paper, then or later: \{contact\}", r"pedir a la consulta una copia en papel, en ese momento o más tarde: \{contact\}"),
        (r"It costs you nothing\.", r"No le cuesta nada\."),
        (r"print or save each paper as soon as you have signed", r"imprimir o guardar cada documento en cuanto lo haya firmado"),
    ]),
    "what_you_need": ("(C)(i)", [
        (r"a phone, a tablet or a computer that is on the internet", r"un teléfono, una tableta o una computadora con internet"),
        (r"web browser that still gets updates", r"navegador que todavía reciba actualizaciones"),
        (r"opens PDF files", r"abra archivos PDF"),
        (r"room to save a file, or a printer", r"espacio para guardar un archivo, o una impresora"),
    ]),
    "device_test": ("(C)(ii)", [
        (r"There is a code in it\. Type the code", r"En ella hay un código\. Escriba el código"),
        (r"we both know that your device can open them", r"sabemos ambos que su aparato puede abrirlos"),
        (r"Ask us for paper", r"Pídanos papel"),
    ]),
    "changes": ("(D)", [
        (r"another device or program to open or keep your papers, we tell you before", r"otro aparato o programa para abrir o guardar sus documentos, se lo decimos antes"),
        (r"take your yes back at no cost, and we ask you again", r"retirar su sí sin costo, y le preguntamos otra vez"),
    ]),
}  # fmt: skip
ESIGN_FACTS = [(clause, *pair) for clause, (_, pairs) in ESIGN.items() for pair in pairs]
DISCLOSURE = "esign_disclosure"


def test_the_disclosure_is_no_kind():
    assert DISCLOSURE not in KINDS


def test_the_clauses_of_the_disclosure_are_those_that_its_file_says_the_law_asks_for():
    head = (ROOM / "texts" / DISCLOSURE / "en.toml").read_text("utf-8").split("title = ", 1)[0]
    assert "15 USC 7001(c)(1)" in head
    listed = re.findall(r"^# {3}(\w+) +(\([A-D]\)[()\w]*(?:, \(\w+\))*) ", head, re.MULTILINE)
    assert listed == [(clause, cited) for clause, (cited, _) in ESIGN.items()]
    for language in LANGUAGES:
        assert keys(text(DISCLOSURE, language)["clauses"]) == list(ESIGN)


@pytest.mark.parametrize(("clause", "english", "spanish"), ESIGN_FACTS)
def test_the_disclosure_says_it_and_would_not_without_its_sentence(clause, english, spanish):
    for language, pattern in (("en", english), ("es", spanish)):
        body = named(text(DISCLOSURE, language)["clauses"], clause)["body"]
        assert re.search(pattern, flat(body)), (language, pattern)
        found = sentences(body)
        without = [" ".join(found[:number] + found[number + 1 :]) for number in range(len(found))]
        assert any(not re.search(pattern, words) for words in without), (language, pattern)


def test_the_line_of_the_device_test_holds_its_code_and_the_sentence_says_that_it_was_opened():
    for language, opened in (("en", "open the line with the code"), ("es", "abrir la línea con el código")):
        words = text(DISCLOSURE, language)
        assert blanks(words["sample"]) == ["code"]
        assert opened in words["meaning"]


def test_both_languages_of_the_disclosure_have_one_shape_and_no_blank_of_a_group():
    english, spanish = dict(strings(DISCLOSURE, "en")), dict(strings(DISCLOSURE, "es"))
    assert list(english) == list(spanish)
    for where, words in english.items():
        assert blanks(words) == blanks(spanish[where]), where
        assert blocks(words) == blocks(spanish[where]), where
        assert set(blanks(words)) <= {"practice", "contact", "code"}, where
    assert (text(DISCLOSURE, "en")["reviewed"], text(DISCLOSURE, "es")["reviewed"]) == (True, False)


def test_the_disclosure_is_as_easy_as_the_papers_and_claims_as_little():
    words = text(DISCLOSURE, "en")
    whole = "\n\n".join(clause["body"] for clause in words["clauses"])
    assert grade(re.sub(r"\{(\w+)\}", lambda blank: BLANKS[blank.group(1)], whole)) <= WHOLE
    assert max(grade(words["meaning"]), grade(words["sample"])) <= WHOLE
    for language in LANGUAGES:
        said = [words for _, words in strings(DISCLOSURE, language)]
        assert [pattern for pattern, _ in PATTERNS for one in said if re.search(pattern, one, re.IGNORECASE)] == []
        # An advanced or qualified signature is not claimed. Source: consent reference, b.1.
        assert not [one for one in said if re.search(r"\b(AES|QES|qualified|advanced|cualificada|avanzada)\b", one)]
