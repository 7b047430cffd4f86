"""What is kept of a signature, in plain words: the same list before the last press, on its page, and in the copy."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from consent.kinds.wording import Text, questions
from consent.models import Capacity

# How well each way proves somebody. Our choice, in plain words: a passkey or an app is something that one has.
STRENGTH = {"passkey": "strong", "second_factor": "strong", "password": "single", "code": "single"}


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that is kept: what it is called, and what it says; ``value`` is empty where it was not observed."""

    label: str
    value: str
    is_code: bool = False
    # Of words that stand in the language of the text; empty for words of the page.
    language: str = ""


def in_both_zones(moment: datetime | str | None) -> str:
    """Return a moment in UTC and in the reader's zone, each with its name; "" for none.

    What is kept as a text that is no moment is returned as it is: nothing is made up.
    """
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return str(moment)
    if moment is None:
        return ""
    here = timezone.get_current_timezone()
    shown = [f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S} {zone}" for zone in (UTC, here)]
    return ", ".join(dict.fromkeys(shown))


def _moment(moment: str | None) -> str:
    return in_both_zones(moment or None)


def told_of(evidence: Mapping[str, Any], capacity: str, kind: str, text: Text, *, to_come: bool = False) -> list[Told]:
    """Return every field of a signature's evidence in reading order; what was not observed has an empty value.

    Args:
        evidence: as it is kept, or as it would be.
        capacity: as whom the person signs.
        kind: the key of the document's kind.
        text: the words that are signed.
        to_come: whether it is shown before the signature, whose own moments are then still to come.
    """
    signed, seen = (_("The moment in which you press Sign"), _("Now")) if to_come else ("", "")
    return [
        *_of_the_signature(evidence, capacity, text.language, signed),
        *_of_the_reading(evidence, kind, text, seen),
        *_of_the_person(evidence),
        Told(_("Check sum of the whole record of the text (SHA-256)"), evidence.get("text_sha256", ""), is_code=True),
        Told(_("Check sum of the words alone (SHA-256)"), evidence.get("body_sha256", ""), is_code=True),
        Told(_("Your time zone"), evidence.get("signer_zone", "")),
        Told(_("Network address"), evidence.get("network_address") or ""),
        Told(_("Kind of device and browser"), evidence.get("device") or ""),
    ]


def _of_the_signature(evidence: Mapping[str, Any], capacity: str, language: str, else_: str) -> list[Told]:
    form = {"typed": _("Typed"), "typed_and_drawn": _("Typed and drawn")}
    return [
        Told(_("Name as typed"), evidence.get("typed_name", "")),
        Told(_("Form of the signature"), form.get(evidence.get("signature_form", ""), "")),
        Told(_("The sentence that you ticked"), evidence.get("meaning_sentence", ""), language=language),
        Told(_("In the capacity"), str(Capacity(capacity).label)),
        Told(_("Time"), _moment(evidence.get("at_utc")) or else_),
    ]


def _of_the_reading(evidence: Mapping[str, Any], kind: str, text: Text, else_: str) -> list[Told]:
    screen = evidence.get("esign") or {}
    test = {"passed": _("Passed: the code was typed")}
    return [
        Told(_("You agreed to sign on a screen"), _moment(screen.get("at"))),
        Told(_("Version of what was said before that (SHA-256)"), screen.get("sha256", ""), is_code=True),
        Told(_("Test of the device"), test.get(screen.get("device_test", ""), "")),
        Told(_("The text was shown"), _moment(evidence.get("presented_at"))),
        Told(_("Its end was seen on the screen"), _moment(evidence.get("scrolled_to_end_at"))),
        Told(_("You went on after reading"), _moment(evidence.get("read_at"))),
        Told(_("Short questions"), _questions(evidence, kind, text), language=text.language),
        Told(_("Your own questions about it"), _asked(evidence)),
        Told(_("You saw this list before you signed"), _moment(evidence.get("reviewed_at")) or else_),
    ]


def _questions(evidence: Mapping[str, Any], kind: str, text: Text) -> str:
    kept = evidence.get("teach_back")
    if kept is None:
        return ""
    if not kept:
        return _("None are asked about this text")
    words = {one.key: one.question for one in questions(kind, text.language)}
    said = {True: _("answered"), False: _("the explanation was read")}
    return " ".join(
        _("%(question)s %(result)s, tries: %(tries)s.")
        % {"question": words.get(one["question"], one["question"]), "result": said[one["right"]], "tries": one["tries"]}
        for one in kept
    )


def _asked(evidence: Mapping[str, Any]) -> str:
    kept = evidence.get("questions_asked")
    if kept is None:
        return ""
    answered = sum(1 for one in kept if one["answered"])
    return _("%(asked)s asked, %(answered)s answered") % {"asked": len(kept), "answered": answered}


def _of_the_person(evidence: Mapping[str, Any]) -> list[Told]:
    proof, in_person = evidence.get("step_up") or {}, evidence.get("in_person")
    methods = {
        "passkey": _("Passkey"),
        "second_factor": _("Code of an app"),
        "password": _("Password"),
        "code": _("Code sent to you"),
        "known_to_staff": _("Known to the person who handed you the device"),
    }
    strengths = {"strong": _("Strong"), "single": _("One proof"), "seen": _("Seen in person, nothing more")}
    return [
        Told(_("How we know that it is you"), str(methods.get(proof.get("method", ""), proof.get("method", "")))),
        Told(_("How strong that is"), str(strengths.get(proof.get("strength", ""), ""))),
        Told(_("When you showed it"), _moment(proof.get("at"))),
        Told(_("Number of that event"), proof.get("event", ""), is_code=True),
        Told(_("Check sum of the session (SHA-256)"), evidence.get("session_sha256") or "", is_code=True),
        Told(
            _("In a room with us, on our device"),
            "" if in_person is None else _("Yes") if in_person else _("No"),
        ),
        *(
            [Told(_("Who handed you the device"), str(evidence["staff_id"]), is_code=True)]
            if evidence.get("staff_id")
            else []
        ),
    ]
