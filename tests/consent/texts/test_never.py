"""What the domain reference, section 8, forbids to ship as a fact stands in no text."""

import re

import pytest

from tests.consent.texts.shelf import BOTH, strings

# Why -> patterns, English and Spanish alike. Case does not count.
NEVER = {
    "Viewing certain pictures as a matter to report is contested in court: it belongs to the pack, with its flag.": [
        r"pornogra",
    ],
    "Elder abuse is not reportable everywhere: the pack says where.": [
        r"\belder",
        r"\bancian",
        r"(is|are) required by law to report",
        r"(está|están) (obligad[oa]s?|requerid[oa]s?) por ley a (informar|denunciar|avisar)",
    ],
    "Whether a threat has to be reported differs by place: no text says so for all.": [
        r"\b(must|have to|has to|always|will) report\b",
        r"\b(deb(e|en|emos)|tiene que|tienen que|tenemos que|siempre) (informar|denunciar|dar aviso|avisar a (la|las|los) )",
        r"required everywhere",
    ],
    "The law allows more than it requires: treatment, payment, the work of the practice, supervision, consent.": [
        r"only (when|if) the law (requires|makes)",
        r"s[oó]lo (cuando|si) la ley (lo )?(exige|obliga)",
    ],
    "No source was found for a therapist who sues a member.": [
        r"legal action",
        r"\bsue\b|\blawsuit\b",
        r"acci(ón|ones) legal",
    ],
    "Legal consequences are usual nowhere: in some places they may follow.": [
        r"(?<!may also be )(?<!may have )legal consequences",
        r"(?<!puede haber )(?<!puede tener )consecuencias legales",
    ],
    "A lawful report is no breach.": [
        r"\breport(ing)?\b[^.]{0,30}\b(is|counts as) a(?! sign)[^.]{0,12}breach",
        r"\b(aviso|denuncia|informe)\b[^.]{0,30}\bes una? (violación|infracción|incumplimiento|filtración)",
        r"breach(es)? (are|is) reported",
    ],
    "No feature makes a platform perfect: another device can always record.": [
        r"\b(perfectly|completely|totally|fully|100 ?%) (safe|secure|private)",
        r"\b(totalmente|completamente|perfectamente|100 ?%) (segur|privad)",
        r"cannot be recorded",
    ],
    "What is encrypted and who holds the keys is said elsewhere; these words claim more.": [
        r"end[- ]to[- ]end",
        r"extremo a extremo",
    ],
    "One lawyer's view of 2008: no text relies on it.": [
        r"\bdisciplin(e|ed|ary)\b",
        r"disciplinari",
    ],
    "Members are bound by no health privacy law, so no text names one as their shield.": [
        r"\bHIPAA\b",
        r"\b(GDPR|RGPD)\b",
        r"complian(t|ce)\b",
    ],
    "Clocks of one place are out of date in another: the pack holds them.": [
        r"\b(24|36|48|72|twenty-four|forty-eight) ?-?(h|hours?)\b",
        r"\b(24|36|48|72) horas\b",
        r"without unreasonable delay",
        r"sin demora injustificada",
    ],
    "A promise is no guarantee, and nobody is anonymous in a room.": [
        r"guarantee",
        r"garanti",
        r"\banonymous",
        r"\banónim",
    ],
}
# That each pattern catches something: a sentence for every reason.
CAUGHT = [
    "Viewing child pornography is reported.",
    "Elder abuse comes first.",
    "We must report a threat.",
    "Debemos denunciar una amenaza.",
    "We speak only when the law requires it.",
    "Solo cuando la ley lo exige.",
    "We may take legal action.",
    "There will be legal consequences.",
    "A report is a breach of the promise.",
    "This room is completely secure.",
    "It is encrypted end-to-end.",
    "Está cifrado de extremo a extremo.",
    "No therapist was disciplined for it.",
    "HIPAA protects what members hear.",
    "We tell the police within 48 hours.",
    "We guarantee it.",
]
PATTERNS = [(pattern, why) for why, patterns in NEVER.items() for pattern in patterns]


@pytest.mark.parametrize(("key", "language"), BOTH)
def test_nothing_that_is_no_fact_is_said(key, language):
    said = [
        (why, where, pattern)
        for where, words in strings(key, language)
        for pattern, why in PATTERNS
        if re.search(pattern, words, re.IGNORECASE)
    ]
    assert said == []


@pytest.mark.parametrize("sentence", CAUGHT)
def test_such_a_sentence_would_be_caught(sentence):
    assert any(re.search(pattern, sentence, re.IGNORECASE) for pattern, _ in PATTERNS)
