"""What the people of the demo promise: they sign, talk first, decline, ask, take back, on a screen and on paper."""

from datetime import timedelta
from functools import partial
from typing import Any

from consent.kinds import GROUP_AGREEMENT, Kind, load_kind
from consent.models import ActKind, DocumentVersion, Who
from consent.selectors import asked_back, device_codes, my_duties, newest_versions, own_and_wards
from consent.services import (
    FOLLOW_UP_DAYS,
    NewGuardian,
    Paper,
    Spoken,
    Terms,
    Wording,
    agree_to_screen,
    ask_about,
    ask_to_talk,
    decide_who_decides,
    decline,
    make_out,
    name_guardian,
    prefer_paper,
    present,
    publish_version,
    record_aloud,
    record_paper,
    reply_to,
    say_back,
    sign,
    withdraw,
)
from groupcare.access import acting_as
from groupcare.accounts.models import Person
from groupcare.audit import recording
from groupcare.demo.stage import Stage, Step
from groups.models import Membership
from groups.services import NewMember, add_member, invite_member

# What stands for the scan of a paper: an empty page, as small as a PDF can be that readers open.
_BLANK_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


class Promises(Stage):
    """The part of the story that is about promises."""

    def promise_steps(self) -> list[Step]:
        """Return everything that happens about promises, each with its moment."""
        steps = [*self._again_steps(), *self._staff_steps(), *self._member_steps(), *self._guardian_steps()]
        return [*steps, *self._paper_steps(), *self._question_steps(), *self._made_out_steps()]

    # --- texts that are published once more -------------------------------------------------------------------
    def _again_steps(self) -> list[Step]:
        return [(self._before(entry["ago"]), partial(self._publish_again, entry)) for entry in self.script["again"]]

    def _publish_again(self, entry: dict[str, Any]) -> None:
        """Publish a text whose words are the same and whose dates moved on: nobody is asked to sign again."""
        lead, terms = self._lead(entry["group"]), Terms(summary=entry["summary"], material=False)
        with acting_as(lead), recording():
            self.versions[entry["group"], entry["document"]] = publish_version(
                group_id=self.groups[entry["group"]].pk, kind_key=entry["document"], terms=terms, by=lead
            )

    # --- those who work here, and members ------------------------------------------------------------------
    def _staff_steps(self) -> list[Step]:
        return [
            (self._before(entry["signed"]), partial(self._sign_all, entry))
            for entry in self.script["staff"]
            if "signed" in entry
        ]

    def _member_steps(self) -> list[Step]:
        steps: list[Step] = []
        for number, entry in enumerate(self.script["members"]):
            answered = entry.get("signed", 6)
            later = number / 1000  # one after the other, never at the same moment
            steps.append((self._before(answered + 3 - later), partial(self._join, entry)))
            if "signed" in entry:
                steps.append((self._before(answered - later), partial(self._sign_all, entry)))
            if "act" in entry:
                steps.append((self._before(3 - later), partial(self._answer, entry)))
            if entry.get("then") == "withdraw":
                steps.append((self._before(4 - later), partial(self._withdraw, entry)))
            if entry.get("then") == "paper":
                steps.append((self._before(4 - later), partial(self._prefer_paper, entry)))
        return steps

    def _join(self, entry: dict[str, Any]) -> None:
        group, lead = self.groups[entry["group"]], self._lead(entry["group"])
        with acting_as(lead), recording():
            place = invite_member(
                group=group,
                used_name=entry["name"],
                email=self._email(entry["key"]),
                by=lead,
                language=entry.get("language", "en"),
            )
        self._account(entry["key"], place.person.invitations.get())

    def _version(self, entry: dict[str, Any], kind: str = "") -> DocumentVersion:
        """Return the text of a kind in the group of this member, in their language; of the agreement if none is named."""
        wanted = entry.get("language", "en")
        kind = kind or entry.get("document", GROUP_AGREEMENT)
        return next(one for one in self.versions[entry["group"], kind] if one.language == wanted)

    def _sign_all(self, entry: dict[str, Any]) -> None:
        """Sign what is asked of this person: for themselves, for a young person, and because they work here."""
        person = self.people[entry["key"]]
        with acting_as(person), recording():
            lines, wards = own_and_wards(person)
            asked = [(one.rule, person) for line in lines for one in line.own_answers]
            asked += [(one.answer.rule, one.ward) for one in wards]
            asked += [(one.rule, person) for one, _title in my_duties(person)]
            for rule, subject in asked:
                if rule.kind not in entry.get("later", []):
                    versions = newest_versions(person, rule.document_id)
                    mine = next((one for one in versions if one.language == person.language), versions[0])
                    self._sign(mine, entry["name"], subject, by=person)

    def _sign(self, version: DocumentVersion, name: str, subject: Person, *, by: Person) -> None:
        agree_to_screen(code=device_codes(by)[0], language=version.language, by=by)
        present(version_id=version.pk, by=by, subject_id=subject.pk)
        right = {one.key: one.right for one in asked_back(version)}
        say_back(version_id=version.pk, chosen=right, by=by, subject_id=subject.pk)
        sign(version_id=version.pk, typed_name=name, meant=True, step_up=self._proof(), by=by, subject_id=subject.pk)

    def _answer(self, entry: dict[str, Any]) -> None:
        person, version = self.people[entry["key"]], self._version(entry)
        with acting_as(person), recording():
            present(version_id=version.pk, by=person)
            (ask_to_talk if entry["act"] == "talk_first" else decline)(version_id=version.pk, by=person)

    def _withdraw(self, entry: dict[str, Any]) -> None:
        person, version = self.people[entry["key"]], self._version(entry)
        with acting_as(person), recording():
            act = version.acts.get(act=ActKind.SIGNED, signer=person)
            withdraw(act_id=act.pk, by=person)

    def _prefer_paper(self, entry: dict[str, Any]) -> None:
        person = self.people[entry["key"]]
        with acting_as(person), recording():
            prefer_paper(language=person.language, by=person)

    # --- young people and their guardians ---------------------------------------------------------------------
    def _guardian_steps(self) -> list[Step]:
        """Name each guardian right after the young person came; those without an account sign on paper."""
        steps: list[Step] = []
        for number, entry in enumerate(self.script["guardians"]):
            ward = self._member(entry["of"])
            answered = ward.get("signed", 6) - number / 1000
            steps.append((self._before(answered + 2), partial(self._name_guardian, entry, ward)))
            if entry.get("signed", True):
                way = self._sign_all if "key" in entry else self._guardian_on_paper
                steps.append((self._before(answered + 1), partial(way, entry)))
        return steps

    def _name_guardian(self, entry: dict[str, Any], ward: dict[str, Any]) -> None:
        place, lead = self._place(entry["of"]), self._lead(ward["group"])
        guardian = NewGuardian(
            used_name=entry["name"],
            relationship=entry["relationship"],
            authority="parental",
            evidence=entry["evidence"],
            email=self._email(entry["key"]) if "key" in entry else "",
        )
        where = {"group_id": place.group_id, "membership_id": place.pk}
        with acting_as(lead), recording():
            decide_who_decides(
                **where, decides="guardian", guardians="any_one", grounds=self.script["young_grounds"], by=lead
            )
            link = name_guardian(**where, guardian=guardian, by=lead)
        if "key" in entry:
            self._account(entry["key"], link.guardian.invitations.get())
        else:
            self.people[entry["name"]] = link.guardian

    def _guardian_on_paper(self, entry: dict[str, Any]) -> None:
        ward = self._member(entry["of"])
        with acting_as(self._lead(ward["group"])), recording():
            self._keep_paper(ward, self._place(entry["of"]), "guardian_permission", signer=self.people[entry["name"]])

    # --- people on paper ----------------------------------------------------------------------------------
    def _paper_steps(self) -> list[Step]:
        """Enter those who do not sign in, and keep the papers of those who signed, and what one said aloud."""
        return [
            (self._before(entry.get("signed", entry.get("aloud", 6)) - number / 1000), partial(self._on_paper, entry))
            for number, entry in enumerate(self.script["on_paper"])
        ]

    def _on_paper(self, entry: dict[str, Any]) -> None:
        group, lead = self.groups[entry["group"]], self._lead(entry["group"])
        with acting_as(lead), recording():
            place = add_member(
                group=group, member=NewMember(entry["name"], self._today() - timedelta(days=30)), by=lead
            )
            if "aloud" in entry:
                self._keep_spoken(entry, place, by=lead)
            if "signed" in entry:
                for kind in self._asked_of_adults(entry["group"]):
                    self._keep_paper(entry, place, kind)

    def _asked_of_adults(self, group: str) -> list[str]:
        kinds: list[Kind] = [load_kind(kind) for label, kind in self.versions if label == group]
        return [one.key for one in kinds if one.signed_by(Who.MEMBER) or one.signed_by(Who.ADULT_MEMBER)]

    def _keep_paper(self, entry: dict[str, Any], place: Membership, kind: str, signer: Person | None = None) -> None:
        record_paper(
            group_id=place.group_id,
            membership_id=place.pk,
            version_id=self._version(entry, kind).pk,
            paper=Paper(signed_on=self._today(), wording=Wording.PRINTED, scan=_BLANK_PAGE, compared=True),
            by=self._lead(entry["group"]),
            signer_id=signer.pk if signer is not None else None,
        )

    def _keep_spoken(self, entry: dict[str, Any], place: Membership, *, by: Person) -> None:
        spoken = Spoken(
            said_on=self._today(),
            witness=entry["witness"],
            why=entry["why"],
            read_aloud=True,
            own_words=entry["own_words"],
            typed_name=by.used_name,
            attested=True,
            follow_up_on=self._today() + timedelta(days=FOLLOW_UP_DAYS),
        )
        version = self._version(entry)
        record_aloud(
            group_id=place.group_id,
            membership_id=place.pk,
            version_id=version.pk,
            text_sha256=version.text_sha256,
            spoken=spoken,
            step_up=self._proof(),
            by=by,
        )

    # --- questions about a text, and papers made out for one -----------------------------------------------------
    def _question_steps(self) -> list[Step]:
        return [
            (self._before(entry["asked"] - number / 1000), partial(self._ask, entry))
            for number, entry in enumerate(self.script["questions"])
        ]

    def _ask(self, entry: dict[str, Any]) -> None:
        member = self._member(entry["by"])
        person, lead, version = self.people[entry["by"]], self._lead(member["group"]), self._version(member)
        with acting_as(person), recording():
            asked = ask_about(version_id=version.pk, clause=entry["clause"], words=entry["words"], by=person)
        if "reply" in entry:
            with acting_as(lead), recording():
                reply_to(group_id=self.groups[member["group"]].pk, question_id=asked.pk, words=entry["reply"], by=lead)

    def _made_out_steps(self) -> list[Step]:
        return [(self._before(entry["made"]), partial(self._make_out, entry)) for entry in self.script["papers"]]

    def _make_out(self, entry: dict[str, Any]) -> None:
        place, lead = self._place(entry["member"]), self._lead(self._member(entry["member"])["group"])
        typed = {**entry["filled"], "ends_on": self._today() + timedelta(days=entry["ends_in"])}
        with acting_as(lead), recording():
            make_out(group_id=place.group_id, membership_id=place.pk, kind_key=entry["kind"], typed=typed, by=lead)
