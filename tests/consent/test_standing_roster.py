"""The standing of a roster, against the page that explains it and against a slow definition written independently."""

import random
import uuid
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from consent.models import (
    Act,
    ActKind,
    Capacity,
    ConsentBasis,
    Document,
    DocumentVersion,
    GuardianLink,
    Requirement,
    SignersPolicy,
    Who,
)
from consent.selectors import standings
from consent.selectors.roster import BASIS, LINK, Row
from consent.selectors.standings import Facts, _standing, gathered
from consent.standing import PRECEDENCE, ActFact, Rule, State
from groupcare.access import acting_as_system
from groupcare.accounts.merge_models import PersonMerge, PersonMergeUndo
from groupcare.accounts.models import Person
from tests.consent import standing_table
from tests.consent.standing_table import CASES, FATHER, MOTHER, NOW, YOUNG
from tests.consent.standing_table import facts as one_answer

GROUP = uuid.UUID(int=50)


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_about_standing_says_what_the_code_does():
    assert standing_table.PAGE.read_text(encoding="utf-8") == standing_table.page()


def tables() -> list[dict[tuple[str, str], str]]:
    """Return the tables of the page, each by the names of its row and column."""
    found, head = [], []
    for line in standing_table.PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            head = []
        elif not head:
            head = cells
            found.append({})
        elif cells[0] != "---":
            found[-1] |= {(cells[0], name): cell for name, cell in zip(head[1:], cells[1:], strict=True)}
    return found


STORIES = st.fixed_dictionaries(
    {who: st.lists(st.sampled_from(sorted(CASES)), max_size=4) for who in ("member", "young", "mother", "father")}
)
SIGNERS = {
    "member": (YOUNG, "self", Who.MEMBER),
    "young": (YOUNG, "self", Who.YOUNG_MEMBER),
    "mother": (MOTHER, "guardian", Who.GUARDIAN),
    "father": (FATHER, "guardian", Who.GUARDIAN),
}
DOCUMENTS = {Who.MEMBER: uuid.UUID(int=60), Who.YOUNG_MEMBER: uuid.UUID(int=61), Who.GUARDIAN: uuid.UUID(int=62)}


def acts_of(story: dict[str, list[str]]) -> list[ActFact]:
    """Return every act of a story; of each signer the later ones follow by an hour and end as their case says."""
    found, numbers = [], count(1000)
    for name, cases in story.items():
        signer, capacity, who = SIGNERS[name]
        for hours, case in enumerate(cases):
            for fact in one_answer(case, signer, capacity):
                values = {field: getattr(fact, field) for field in ActFact.__slots__}
                changes = {"id": uuid.UUID(int=next(numbers)), "document_id": DOCUMENTS[who]}
                found.append(ActFact(**{**values, **changes, "at": fact.at + timedelta(hours=hours)}))
    return found


def rules_of() -> dict[uuid.UUID, Rule]:
    """Return one rule for the member, one for the young person's assent, one for the guardians' permission."""
    found = {}
    for who, document in DOCUMENTS.items():
        capacity = Capacity.GUARDIAN if who == Who.GUARDIAN else Capacity.SELF
        policy = SignersPolicy.ALL_REQUIRED
        found[document] = Rule(document, document, GROUP, "any", 2, NOW, policy, 30, True, who=who, capacity=capacity)
    return found


@given(STORIES, st.sampled_from(["all_required", "any_one", "court_order"]), st.randoms(use_true_random=False))
def test_any_order_of_acts_gives_the_state_that_the_page_says(story, policy, shuffle):
    _asked, alone, *two, pair = tables()
    acts = acts_of(story)
    shuffle.shuffle(acts)
    blank = dict.fromkeys(Row._fields)
    rows = [Row(**{**blank, "part": BASIS, "said": "guardian", "policy": policy, "subject_id": YOUNG, "at": NOW})]
    rows += [
        Row(**{**blank, "part": LINK, "said": said, "subject_id": YOUNG, "signer_id": guardian})
        for guardian, said in ((MOTHER, "court"), (FATHER, "parental"))
    ]
    facts: Facts = gathered(rows)
    facts.rules[GROUP] = rules_of()
    for act in acts:
        facts.acts.setdefault((act.document_id, act.subject_id), []).append(act)
    found = _standing(facts, GROUP, YOUNG, NOW)

    # "nothing" adds no act, so it leaves the answer before it as it was.
    last = {
        name: next((case for case in reversed(cases) if case != "nothing"), "nothing") for name, cases in story.items()
    }
    permission = dict(zip(["all_required", "any_one", "court_order"], two, strict=True))[policy][
        last["mother"], last["father"]
    ]
    member, assent = (alone[last[name], "state"] for name in ("member", "young"))
    together = pair[assent, permission]
    assert str(found.state) == min(member, together, key=[str(one) for one in PRECEDENCE].index)
    if together == "conflicting" and "conflicting" not in (assent, permission):
        by = {one.rule.who: one.standing.state for one in found.answers}
        assert by[Who.YOUNG_MEMBER] == by[Who.GUARDIAN] == State.CONFLICTING


# --- the slow definition ---------------------------------------------------------------------------------------

ORDER = [
    "conflicting",
    "invalidated",
    "withdrawn",
    "declined",
    "talk_first",
    "missing",
    "superseded",
    "expired",
    "due",
    "current",
]
ASKED_BY = {
    "adult": {"member", "adult_member"},
    "young": {"member", "adult_member", "young_member"},
    "guardian": {"member", "young_member", "guardian"},
    "both": {"member", "adult_member", "young_member", "guardian"},
}
YES, NO = {"superseded", "expired", "due", "current"}, {"withdrawn", "declined"}


class Slow:
    """What standing means, in plain loops over all rows; it shares no line with the product."""

    def __init__(self, now):
        self.now = now
        undone = {one.merge_id for one in PersonMergeUndo.objects.all()}
        self.kept = {one.duplicate_id: one.kept_id for one in PersonMerge.objects.all() if one.pk not in undone}
        self.acts = list(Act.objects.select_related("version").defer("evidence", "version__clauses"))
        self.bases = list(ConsentBasis.objects.defer("grounds"))
        self.links = list(GuardianLink.objects.defer("evidence"))
        self.rules = list(Requirement.objects.select_related("document"))
        self.versions = list(DocumentVersion.objects.defer("clauses", "summary"))
        self.by_subject = {}
        for act in self.acts:
            self.by_subject.setdefault(act.subject_id, []).append(act)

    def state(self, group, person):
        mine = {person, *(one for one, kept in self.kept.items() if kept == person)}
        bases = [one for one in self.bases if one.person_id in mine and one.decided_at <= self.now]
        basis = max(bases, key=lambda one: (one.decided_at, str(one.pk)), default=None)
        found = []
        for rule in self.rules:
            document = rule.document
            if document.group_id != group or document.retired_at or rule.gate != "session":
                continue
            if rule.who not in ASKED_BY[basis.decides if basis else "adult"]:
                continue
            numbers = [
                one.number
                for one in self.versions
                if one.document_id == document.pk
                and one.material
                and (one.effective_at is None or one.effective_at <= self.now)
            ]
            if numbers:
                found.append((rule, self.of_rule(rule, mine, person, max(numbers), basis)))
        young = [state for rule, state in found if rule.who == "young_member"]
        guardians = [state for rule, state in found if rule.who == "guardian"]
        states = [state for _rule, state in found] or ["missing"]
        if basis is not None and basis.decides in {"guardian", "both"} and not guardians:
            states.append("missing")
        for one, other in ((young, guardians), (guardians, young)):
            if YES & set(one) and NO & set(other):
                states.append("conflicting")
        return min(states, key=ORDER.index)

    def of_rule(self, rule, mine, person, newest, basis):
        policy, own = rule.signers, rule.who != "guardian"
        if own:
            signers = {person: False}
        else:
            policy, signers = (basis.guardians if basis else policy), {}
            for link in self.links:
                ended = link.ended_at is not None and link.ended_at <= self.now
                over = link.valid_until is not None and link.valid_until <= self.now
                if link.person_id in mine and link.valid_from <= self.now and not ended and not over:
                    guardian = self.kept.get(link.guardian_id, link.guardian_id)
                    signers[guardian] = signers.get(guardian, False) or link.authority == "court"
        if policy == "court_order":
            signers = {one: named for one, named in signers.items() if named}
        states = [self.of_signer(rule, mine, signer, own, newest) for signer in signers]
        if not states:
            return "missing"
        if YES & set(states) and NO & set(states):
            return "conflicting"
        chosen = [state for state in states if state in NO or state == "talk_first"]
        if policy == "any_one":
            return min(chosen, key=ORDER.index) if chosen else max(states, key=ORDER.index)
        return min(states, key=ORDER.index)

    def of_signer(self, rule, mine, signer, own, newest):
        last = self.last_answer(rule.document_id, mine, signer, own)
        if last is None:
            return "missing"
        if last.act in {"invalidated", "withdrawn", "declined", "talk_first"}:
            return last.act
        if last.version.number < newest:
            return "superseded"
        if last.valid_until is None or self.now < last.valid_until - timedelta(days=rule.notice_days):
            return "current"
        return "due" if self.now < last.valid_until else "expired"

    def last_answer(self, document_id, mine, signer, own):
        found = []
        for act in (act for subject in mine for act in self.by_subject.get(subject, ())):
            by = act.signer_id == act.subject_id if own else self.kept.get(act.signer_id, act.signer_id) == signer
            as_what = act.capacity == ("self" if own else "guardian")
            if act.document_id == document_id and act.act != "presented" and by and as_what:
                found.append(act)
        return max(found, key=lambda act: act.at, default=None)


class Histories:
    """Random rows about many people in two groups, written past the services: any history the tables can hold."""

    def __init__(self, world, seed):
        self.random, self.world, self.now = random.Random(seed), world, timezone.now()
        self.staff = world.ids["nadia"][1]
        self.groups = [world.ids["thursday"][1], world.ids["tuesday"][1]]
        self.clock = count(1)
        self.documents = []
        for group in self.groups:
            self._document(group)
        if seed % 2:
            self._permission_to_come(self.groups[1])

    def _document(self, group):
        document = Document.objects.get(group=group)
        # Those who lead were asked already, and who was asked stays in the table.
        asked = Requirement.objects.filter(document=document)
        asked.exclude(who=Who.FACILITATOR).delete()
        asked.update(signers="all_required")
        for who in (Who.MEMBER, Who.ADULT_MEMBER, Who.YOUNG_MEMBER, Who.GUARDIAN):
            Requirement.objects.create(document=document, who=who, signers="all_required")
        Requirement.objects.create(document=document, who=Who.MEMBER, gate="none")
        first = DocumentVersion.objects.filter(document=document, language="en").get()
        versions = [first]
        ahead = self.now + timedelta(days=400)
        for number, material, starts in ((2, True, None), (3, False, None), (4, True, ahead)):
            made = DocumentVersion(
                document=document, group_id=group, number=number, language="en", clauses=first.clauses,
                text_sha256=first.text_sha256, published_by_id=self.staff, material=material, effective_at=starts,
            )  # fmt: skip
            made.save()
            versions.append(made)
        self.documents.append((document, versions[:3]))

    def _permission_to_come(self, group):
        """Let the group ask guardians by a permission alone whose day has not come."""
        Requirement.objects.filter(document__group=group, who=Who.GUARDIAN).delete()
        document = Document.objects.create(kind="guardian_permission", group_id=group)
        Requirement.objects.create(document=document, who=Who.GUARDIAN, signers="all_required")
        DocumentVersion(
            document=document, group_id=group, number=1, language="en", clauses={}, text_sha256="0",
            published_by_id=self.staff, effective_at=self.now + timedelta(days=400),
        ).save()  # fmt: skip

    def make(self, number):
        """Return the ids of ``number`` new people with a history each."""
        people, guardians = (
            [Person(used_name="A", language="en", time_zone="UTC") for _ in range(n)] for n in (number, 40)
        )
        Person.objects.bulk_create([*people, *guardians])
        ids, others = [one.pk for one in people], [one.pk for one in guardians]
        rows = {model: [] for model in (ConsentBasis, GuardianLink, Act, PersonMerge)}
        self._merges(rows[PersonMerge], ids, others)
        for person in ids:
            self._history(rows, person, others)
        for model, found in rows.items():
            model.objects.bulk_create(found)
        for merge in rows[PersonMerge][::4]:
            PersonMergeUndo.objects.create(merge=merge, undone_by_id=self.staff)
        return ids

    def _merges(self, found, ids, others):
        for pool, many in ((ids, len(ids) // 10), (others, 8)):
            pairs = self.random.sample(pool, 2 * many)
            for duplicate, kept in zip(pairs[:many], pairs[many:], strict=True):
                found.append(PersonMerge(duplicate_id=duplicate, kept_id=kept, merged_by_id=self.staff))

    def _at(self, days=800):
        """Return a moment of the past that no other row has."""
        return self.now - timedelta(days=self.random.uniform(0, days), microseconds=next(self.clock))

    def _history(self, rows, person, others):
        pick = self.random.choice
        for _ in range(self.random.choice([0, 1, 1, 2])):
            decides, policy = pick(list(ASKED_BY)), pick(["any_one", "all_required", "court_order"])
            rows[ConsentBasis].append(
                ConsentBasis(person_id=person, decides=decides, guardians=policy, grounds="", decided_by_id=self.staff,
                             decided_at=self._at(400))
            )  # fmt: skip
        parents = self.random.sample(others, self.random.choice([0, 1, 2, 2, 3]))
        for guardian in parents:
            begun = self._at()
            ended = pick([None, None, None, self.now - timedelta(days=1), self.now + timedelta(days=1)])
            rows[GuardianLink].append(
                GuardianLink(person_id=person, guardian_id=guardian, relationship="parent", evidence="",
                             authority=pick(["parental", "court"]), checked_by_id=self.staff, valid_from=begun,
                             valid_until=pick([None, None, max(begun, self.now - timedelta(days=2))]),
                             ended_at=ended, ended_by_id=self.staff if ended else None)
            )  # fmt: skip
        for document, versions in self.documents:
            for signer, capacity in ((person, "self"), *((one, "guardian") for one in parents)):
                self._line(rows[Act], document, versions, person, signer, capacity)

    def _line(self, found, document, versions, person, signer, capacity):
        moments = sorted(self._at(500) for _ in range(self.random.choice([0, 1, 1, 2, 3])))
        before = None
        for at in moments:
            kind = self.random.choice([*ActKind.values, "signed", "signed", "signed"])
            version = self.random.choice(versions)
            promise = kind in {"signed", "agreed_aloud", "signed_on_paper"}
            paper = kind == "signed_on_paper"
            act = Act(
                act=kind, document=document, version=version, group_id=version.group_id, subject_id=person,
                signer_id=signer, capacity=capacity, meaning="agree" if promise else "", evidence={}, at=at,
                valid_until=at + timedelta(days=self.random.choice([200, 365, 365])) if promise and at.day % 5 else None,
                supersedes=None if kind == "presented" else before,
                route="paper" if paper else "screen", dated_on=at.date() if paper else None,
                recorded_by_id=self.staff if paper else None,
            )  # fmt: skip
            found.append(act)
            before = before if kind == "presented" else act


@pytest.mark.django_db
@pytest.mark.req("REQ-63")
@pytest.mark.parametrize("seed", range(2))
def test_the_roster_in_one_query_equals_the_slow_definition_on_a_thousand_histories(world, seed):
    made = Histories(world, seed)
    people = made.make(500)
    with acting_as_system("tests"), CaptureQueriesContext(connection) as seen:
        found = standings(None, made.groups, people, made.now)
    assert len(seen) == 1
    slow = Slow(made.now)
    assert any(one.lacks_permission for one in found.values()) == bool(seed % 2)
    wrong = {
        key: (str(one.state), slow.state(*key)) for key, one in found.items() if str(one.state) != slow.state(*key)
    }
    assert wrong == {}
    # The histories reach every state: a comparison of nothing but "missing" would say little.
    assert {str(one.state) for one in found.values()} == set(ORDER)
    assert len(found) == 1000
