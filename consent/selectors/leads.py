"""Whether those who lead a group have promised what they ask their members to promise."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from consent.kinds import load_kind
from consent.models import PROMISES, Act, ActKind, Capacity, DocumentVersion, Who
from consent.selectors.lines import LEADS, running
from groups.models import Facilitation


def with_leads(versions: QuerySet[DocumentVersion]) -> QuerySet[DocumentVersion]:
    """Return versions that know whether anybody leads the group of each, and holds no promise under its document.

    They are what ``leads_have_signed`` reads, in the same query.
    """
    return versions.annotate(has_leads=Exists(_leads()), has_unsigned_lead=Exists(_unsigned()))


def leads_have_signed(version: DocumentVersion) -> bool | None:
    """Return whether everybody who leads the group holds a promise under this document; None where none is asked.

    Nobody is named: it is one answer for all of them, and it is said to everybody who may read the text (REQ-29).

    Args:
        version: one that ``open_version`` returned to its viewer.
    """
    asked = version.group_id is not None and load_kind(version.document.kind).signed_by(Who.FACILITATOR) is not None
    if not asked or not version.has_leads:  # type: ignore[attr-defined]
        return None
    return not version.has_unsigned_lead  # type: ignore[attr-defined]


def _leads() -> QuerySet[Facilitation]:
    return running(timezone.now()).filter(group=OuterRef("group"), role__in=LEADS)


def _unsigned() -> QuerySet[Facilitation]:
    """Return those who lead the group of a version outside and hold no promise: none, one that ended, or an older one."""
    document = OuterRef(OuterRef("document"))
    last = (
        Act.objects.filter(
            document=document,
            subject=OuterRef("person"),
            signer=OuterRef("person"),
            capacity=Capacity.FACILITATOR,
        )
        .exclude(act=ActKind.PRESENTED)
        .order_by("-at", "-pk")
    )
    newer = DocumentVersion.objects.filter(
        document=document, material=True, number__gt=OuterRef("signed"), number__lte=OuterRef(OuterRef("number"))
    )
    found = _leads().annotate(
        act=Subquery(last.values("act")[:1]),
        until=Subquery(last.values("valid_until")[:1]),
        signed=Subquery(last.values("version__number")[:1]),
    )
    unsigned = Q(act__isnull=True) | ~Q(act__in=PROMISES) | Q(until__lte=timezone.now()) | Q(Exists(newer))
    return found.filter(unsigned)
