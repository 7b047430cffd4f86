"""What documents say of the law, in plain words, for all places that touch a case."""

from collections.abc import Iterable

from groupcare.practice.law.effective import Law, law_for_texts
from groupcare.practice.law.pack import Pack
from groupcare.practice.law.reading import chain
from groupcare.practice.law.strictest import strictness
from groupcare.practice.law.topics import LANGUAGES, SENTENCE_KEYS, in_language, topic_of

#: What follows a sentence that rests on something unconfirmed.
UNCONFIRMED = {
    "en": "(Not confirmed by our counsel.)",
    "es": "(Nuestra asesoría legal no lo ha confirmado.)",
}


def sentences(places: Iterable[str], language: str, law: Law | None = None) -> dict[str, str]:
    """Return what the law of these places says, by the name of the blank; empty where it says nothing.

    With several places, every place's sentence stands there, strictest first, each after the place's name.

    Args:
        places: codes of places.toml, each counted once.
        language: the language of the document; English where we have no words in it.
        law: the law of these places if it was read before, so that several languages read it once.

    Raises:
        LookupError: there is no pack of a code.
    """
    codes = list(dict.fromkeys(places))
    spoken = language.split("-")[0] if language.split("-")[0] in LANGUAGES else LANGUAGES[0]
    law = law or law_for_texts(codes)
    return {key: _joined(law, codes, key, spoken) for key in SENTENCE_KEYS}


def _joined(law: Law, codes: list[str], key: str, language: str) -> str:
    topic = topic_of(key)
    ordered = sorted(codes, key=lambda code: strictness(law, code, topic))
    owners = {pack.id: pack for code in ordered for pack in speaking(law, code, key, language)}
    said = {pack: sure(law, owners[pack], key, language) for pack in owners}
    if len(codes) == 1:
        return " ".join(said.values())
    return " ".join(f"{in_language(owners[pack].label, language)}: {text}" for pack, text in said.items())


def speaking(law: Law, code: str, key: str, language: str) -> list[Pack]:
    """Return the packs whose sentence is shown for a place: its own, that under it where it has none, or both."""
    found: list[Pack] = []
    for pack in chain(code):
        sentence = pack.sentences.get(key)
        if sentence is None:
            continue
        if law.text(pack, sentence, language):
            found.append(pack)
        if not sentence.beside_parent:
            break
    return found


def sure(law: Law, pack: Pack, key: str, language: str) -> str:
    """Return a pack's sentence, with the remark where it was not confirmed."""
    sentence = pack.sentences[key]
    text = law.text(pack, sentence, language)
    return f"{text} {UNCONFIRMED[language]}" if law.unsure(pack, sentence, language) else text
