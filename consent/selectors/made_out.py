"""Papers made out for one person: how each stands now, and which permissions to share are in force."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent import paper
from consent.kinds import Kind, WithdrawalEffect, load_kind
from consent.kinds.wording import particular
from consent.models import (
    Act,
    ActKind,
    Capacity,
    ConsentBasis,
    Document,
    DocumentVersion,
    GuardianLink,
    Particulars,
    SignersPolicy,
    Who,
)
from consent.permissions import DOCUMENT
from consent.selectors.lines import decides_for, guardian_links, wards_of
from consent.selectors.papers import in_force, kinds_of_guardians
from consent.standing import ActFact, Rule, Signed, Slot, Standing, State, fold, joined, lines, worst
from groupcare.access import Right
from groupcare.accounts.merge_models import as_one
from groupcare.accounts.models import Person
from groupcare.exceptions import Refused
from groupcare.vault import unlock
from groups.permissions import groups_with


@dataclass(frozen=True, slots=True)
class MadeOut:
    """One paper as it stands now: its newest version, what was filled in, and how the answers to it stand.

    ``standing`` is that of all answers; ``said`` is what its reader may see of them. The young person and each guardian
    see their own answer alone; whether the paper is in force everybody sees whom it is about.
    """

    document: Document
    version: DocumentVersion
    kind: Kind
    filled: dict[str, str]
    ends_on: date | None
    standing: Standing
    said: Standing
    # When the person said that they read a notice; None where they did not, or it is no notice.
    read_at: datetime | None

    @property
    def is_notice(self) -> bool:
        """Return whether it tells something and asks for nothing."""
        return self.kind.key == paper.NOTICE

    @property
    def has_ended(self) -> bool:
        """Return whether it was ended by hand."""
        return self.document.retired_at is not None

    @property
    def in_force(self) -> bool:
        """Return whether something may be done under it now."""
        return not self.has_ended and not self.is_notice and self.standing.cleared

    @property
    def shares(self) -> bool:
        """Return whether it lets something be shared."""
        return self.kind.withdrawal_effect == WithdrawalEffect.ENDS_SHARING

    @property
    def particulars(self) -> list[tuple[str, str]]:
        """Return label and words of what was filled in, in the order of the paper."""
        language = self.version.language
        return [
            (particular(self.kind.key, language, one.key)[0], self.filled[one.key])
            for one in self.kind.particulars
            if self.filled.get(one.key)
        ]


def papers_about(viewer: Person, person_id: UUID) -> list[MadeOut]:
    """Return the papers made out for a person, newest first; five queries, however many there are.

    The person sees their own, a guardian those of the young person that guardians answer, and those who write notes in
    a group the ones made out there; for anybody else there are none.
    """
    newest = in_force().filter(document=OuterRef("document")).values("number")[:1]
    versions = list(
        DocumentVersion.objects.filter(document__in=_documents(viewer, person_id), number=Subquery(newest))
        .select_related("document")
        .order_by("-document__created_at", "document")
    )
    if not versions:
        return []
    ids = [one.document_id for one in versions]
    filled = {(one.document_id, one.number): one for one in Particulars.objects.filter(document__in=ids)}
    acts: dict[UUID, list[Act]] = {}
    for act in (
        Act.objects.filter(document__in=ids)
        .select_related("version")
        .defer("evidence", "version__clauses", "version__summary")
    ):
        acts.setdefault(act.document_id, []).append(act)
    unlock(versions, list(filled.values()))
    decides, guardians = _deciders(person_id)
    found = []
    for version in versions:
        document = version.document
        kept, mine = filled[document.pk, version.number], acts.get(document.pk, [])
        kind = load_kind(document.kind)
        parts = _parts(mine, version, kind, person_id, decides, guardians)
        standing, said = worst(parts.all), parts.seen_by(viewer, person_id)
        read = [one.at for one in mine if one.act == ActKind.PRESENTED and one.version_id == version.pk]
        found.append(
            MadeOut(document, version, kind, dict(kept.filled), kept.ends_on, standing, said, min(read, default=None))
        )
    return found


def documents_about(viewer: Person) -> QuerySet[Document]:
    """Return the papers made out about the viewer, or about a young person they answer for."""
    return Document.objects.filter(_theirs(viewer))


def releases_in_force(viewer: Person, person: Person) -> list[MadeOut]:
    """Return the permissions to share about ``person`` that hold now, as far as the viewer may see them.

    Signed by everybody who must, under the newest words, neither run out nor taken back nor ended. Whoever shares asks
    here first, and shares what the paper names, with whom it names, and no more.
    """
    return [one for one in papers_about(viewer, person.pk) if one.shares and one.in_force]


def paper_to_change(viewer: Person, pk: UUID) -> Document:
    """Return a paper made out in a group that the viewer works with.

    Raises:
        Refused: absent, no paper for one person, or of a group that the viewer does not work with.
    """
    mine = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    found = Document.objects.filter(pk=pk, person__isnull=False, group__in=mine).select_related("person").first()
    if found is None:
        raise Refused("paper.change", DOCUMENT, pk)
    return found


def _documents(viewer: Person, person_id: UUID) -> QuerySet[Document]:
    run = groups_with(viewer, Right.WRITE_NOTES).values("pk")
    return Document.objects.filter(as_one("person", [person_id]) & (_theirs(viewer) | Q(group__in=run)))


def _theirs(viewer: Person) -> Q:
    """Return the condition that a paper is about the viewer, or one that they answer as a guardian."""
    return as_one("person", [viewer.pk]) | Q(person__in=wards_of(viewer), kind__in=kinds_of_guardians())


def _deciders(person_id: UUID) -> tuple[ConsentBasis | None, dict[UUID, bool]]:
    """Return who decides for a person, and their guardians where those do, with whether a court named each."""
    basis = decides_for([person_id]).get(person_id)
    if basis is None or basis.decides not in {ConsentBasis.Decides.GUARDIAN, ConsentBasis.Decides.BOTH}:
        return basis, {}
    links = guardian_links().filter(person=person_id).values_list("guardian_id", "authority")
    return basis, {guardian: authority == GuardianLink.Authority.COURT for guardian, authority in links}


@dataclass(frozen=True, slots=True)
class _Parts:
    """How the parts of the answers to one paper stand: the person's own, their guardians' together and each."""

    own: Standing | None = None
    permission: Standing | None = None
    guardians: tuple[Signed, ...] = ()

    @property
    def all(self) -> tuple[Standing, ...]:
        """Return the parts that are asked for."""
        return tuple(one for one in (self.own, self.permission) if one is not None)

    def seen_by(self, viewer: Person, person_id: UUID) -> Standing:
        """Return what the viewer may see: the person and each guardian their own answer, and others all of it."""
        if viewer.pk == person_id:
            return self.own or Standing(State.MISSING)
        mine = [one.standing for one in self.guardians if one.slot.signer_id == viewer.pk]
        return worst(mine or self.all)


def _parts(
    acts: list[Act],
    version: DocumentVersion,
    kind: Kind,
    person_id: UUID,
    basis: ConsentBasis | None,
    guardians: dict[UUID, bool],
) -> _Parts:
    """Return how the answers to a paper stand: the person's own, and their guardians' where those decide."""
    facts = [_fact(one) for one in acts if one.act != ActKind.PRESENTED]
    # Of several entries of one human all answers count as theirs.
    own = [one for one in facts if one.capacity == Capacity.SELF]
    found, now = _Parts(), timezone.now()
    if kind.signed_by(Who.MEMBER) is not None:
        signers = {one.signer_id for one in own} or {person_id}
        rule = _rule(version, kind, SignersPolicy.ANY_ONE)
        found = replace(found, own=fold(own, rule, now, [Slot(one) for one in sorted(signers, key=str)]))
    if kind.signed_by(Who.GUARDIAN) is not None and basis is not None and basis.decides != ConsentBasis.Decides.YOUNG:
        slots = [Slot(one, Capacity.GUARDIAN, by_order) for one, by_order in guardians.items()]
        if slots or basis.decides != ConsentBasis.Decides.ADULT:
            rule = _rule(version, kind, SignersPolicy(basis.guardians))
            signed = lines(facts, rule, now, slots)
            found = replace(found, permission=joined(signed, rule.signers), guardians=signed)
    return found


def _rule(version: DocumentVersion, kind: Kind, policy: SignersPolicy) -> Rule:
    group_id: UUID = version.group_id  # type: ignore[assignment] # a paper is made out in a group
    return Rule(
        requirement_id=version.document_id,
        document_id=version.document_id,
        group_id=group_id,
        kind=kind.key,
        number=version.number,
        published_at=version.published_at,
        signers=policy,
        notice_days=kind.notice_days,
        spoken_allowed=kind.spoken_allowed,
    )


def _fact(act: Act) -> ActFact:
    return ActFact(
        id=act.pk,
        act=ActKind(act.act),
        document_id=act.document_id,
        subject_id=act.subject_id,
        signer_id=act.signer_id,
        capacity=Capacity(act.capacity),
        number=act.version.number,
        at=act.at,
        valid_until=act.valid_until,
    )
