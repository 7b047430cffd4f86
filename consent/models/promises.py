"""What is promised and by whom: documents, their versions, what a gate requires, and the ledger of acts.

Nothing here stores a standing. It is computed by :mod:`consent.standing` from the ledger (foundation F12).
"""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedJSONField, EncryptedTextField, Owner, Purpose

# Our choice, because "practice (C)" is the only basis of a yearly re-consent.
# Source: domain reference, section 5, row "Yearly"; no professional code read there sets an interval.
DEFAULT_VALIDITY_DAYS = 365
# Our choice, because a month leaves several weekly sessions to read, ask and sign.
DEFAULT_NOTICE_DAYS = 30


class Gate(models.TextChoices):
    """What stays shut until the promise is in order."""

    SESSION = "session", _("Coming to a session")
    NONE = "none", _("Nothing: it is kept and shown")


class SignersPolicy(models.TextChoices):
    """How the answers of several signers for one subject are joined. Source: foundation F12."""

    ANY_ONE = "any_one", _("Any one of them")
    ALL_REQUIRED = "all_required", _("All of them")
    COURT_ORDER = "court_order", _("The one named by a court order")


class Capacity(models.TextChoices):
    """As whom a person signs."""

    SELF = "self", _("For yourself")
    GUARDIAN = "guardian", _("As a guardian")
    REPRESENTATIVE = "representative", _("As a representative")
    FACILITATOR = "facilitator", _("As one who leads")
    OBSERVER = "observer", _("As one who watches or learns")
    INTERPRETER = "interpreter", _("As an interpreter")
    STAFF = "staff", _("As one who works here")
    DELEGATE = "delegate", _("As the one named in a will")
    PRACTICE = "practice", _("For the practice")


class Who(models.TextChoices):
    """Who is asked for a promise. Source: REQ-3, REQ-29 (everyone signs); domain reference, section 2.8."""

    MEMBER = "member", _("Every member")
    ADULT_MEMBER = "adult_member", _("Members who decide for themselves")
    YOUNG_MEMBER = "young_member", _("Young people")
    GUARDIAN = "guardian", _("Guardians of young people")
    FACILITATOR = "facilitator", _("Those who lead")
    OBSERVER = "observer", _("Those who watch or learn")
    INTERPRETER = "interpreter", _("Interpreters")
    STAFF = "staff", _("Everybody who works here")
    DELEGATE = "delegate", _("The one named in a will")
    PRACTICE = "practice", _("The practice")


class ActKind(models.TextChoices):
    """What a person did about a document. Source: foundation F6."""

    PRESENTED = "presented", _("Read")
    SIGNED = "signed", _("Signed")
    DECLINED = "declined", _("Declined")
    TALK_FIRST = "talk_first", _("Asked to talk first")
    WITHDRAWN = "withdrawn", _("Taken back")
    INVALIDATED = "invalidated", _("Not valid")
    AGREED_ALOUD = "agreed_aloud", _("Agreed aloud")
    SIGNED_ON_PAPER = "signed_on_paper", _("Signed on paper")


#: Acts by which somebody promises; only these run out.
PROMISES = (ActKind.SIGNED, ActKind.AGREED_ALOUD, ActKind.SIGNED_ON_PAPER)


class Route(models.TextChoices):
    """How an answer came to us."""

    SCREEN = "screen", _("Here, by the person")
    PAPER = "paper", _("On paper")
    VOICE = "voice", _("By voice")


class Trigger(models.TextChoices):
    """Why a person was asked. Source: domain reference, section 5."""

    INITIAL = "initial", _("First time")
    NEW_VERSION = "new_version", _("New version")
    PERIOD = "period", _("The time was over")
    NEW_MEMBER = "new_member", _("Somebody new came")
    NEW_CYCLE = "new_cycle", _("A new cycle began")
    BREACH = "breach", _("Something was told outside")
    TURNED_18 = "turned_18", _("Of age now")
    LANGUAGE = "language", _("Another language")


class Document(models.Model):
    """One kind of promise, in one group or in the whole practice, or a paper made out for one person.

    Its words are in its versions. Scope ``group`` has a group, ``practice`` neither, ``person`` a person, and the
    group in which the paper was made out, if it was made out in one. A document that is retired asks nobody any more;
    what was promised under it stays.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=64)
    group = models.ForeignKey(
        "groups.TherapyGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    retired_at = models.DateTimeField(null=True, blank=True)
    retired_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "group"], condition=Q(person__isnull=True), name="consent_one_document_per_kind"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(person__isnull=True, group__isnull=True),
                name="consent_one_document_for_the_practice",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="consent_document_retired_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class DocumentVersion(AppendOnly, models.Model):
    """The words of a document in one language; never changed after it is published.

    All languages of one publication share ``number``, and a signature under any of them counts. It asks for nothing
    before ``effective_at`` (empty: since it was published). A version that is not ``material`` asks nobody to sign
    again: an answer to the last material one before it counts. A paper for one person keeps its blanks open here;
    what fills them lies in ``Particulars``, under that person's key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    group = models.ForeignKey("groups.TherapyGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    clauses = EncryptedJSONField(
        bound_as="consent.document_version.clauses",
        owner=Owner.GROUP,
        owner_from="circle_id",
        purpose=Purpose.AGREEMENTS,
    )
    summary = EncryptedTextField(
        bound_as="consent.document_version.summary",
        owner=Owner.GROUP,
        owner_from="circle_id",
        purpose=Purpose.AGREEMENTS,
        blank=True,
    )
    text_sha256 = models.CharField(max_length=64)
    valid_days = models.PositiveIntegerField(default=DEFAULT_VALIDITY_DAYS)
    published_at = models.DateTimeField(default=timezone.now)
    published_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    # Who read the words and said that they may be published; empty in what was published before this was asked.
    approved_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    effective_at = models.DateTimeField(null=True, blank=True)
    material = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "number", "language"], name="consent_one_text_per_number_and_language"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="consent_version_numbers_start_at_one"),
            models.CheckConstraint(
                condition=Q(effective_at__isnull=True) | Q(effective_at__gte=F("published_at")),
                name="consent_version_counts_after_it_is_published",
            ),
            models.CheckConstraint(
                condition=Q(material=True) | Q(number__gt=1), name="consent_first_version_is_material"
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)

    @property
    def circle_id(self) -> uuid.UUID:
        """Return whose key the words lie under: the group's, or for the whole practice the document's own."""
        return self.group_id or self.document_id


class Particulars(AppendOnly, models.Model):
    """What fills the blanks of a paper for one person, under that person's key; one row for each published number."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="particulars")
    number = models.PositiveIntegerField()
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    filled = EncryptedJSONField(
        bound_as="consent.particulars.filled",
        owner=Owner.PERSON,
        owner_from="person_id",
        purpose=Purpose.AGREEMENTS,
    )
    # The day on which the paper itself says that it ends; empty where it names an event, or none.
    ends_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "number"], name="consent_one_set_of_particulars_per_number"),
            models.CheckConstraint(condition=Q(number__gte=1), name="consent_particulars_numbers_start_at_one"),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class Requirement(models.Model):
    """What is asked of whom: a current answer to the newest version of ``document``, before ``gate`` opens."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="requirements")
    gate = models.CharField(max_length=16, choices=Gate.choices, default=Gate.SESSION)
    who = models.CharField(max_length=16, choices=Who.choices, default=Who.MEMBER)
    signers = models.CharField(max_length=16, choices=SignersPolicy.choices, default=SignersPolicy.ALL_REQUIRED)
    validity_days = models.PositiveIntegerField(default=DEFAULT_VALIDITY_DAYS)
    notice_days = models.PositiveIntegerField(default=DEFAULT_NOTICE_DAYS)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["document", "gate", "who"], name="consent_one_requirement_per_gate"),
            models.CheckConstraint(
                condition=Q(validity_days=0) | Q(notice_days__lt=F("validity_days")),
                name="consent_notice_is_shorter_than_validity",
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)


class Act(AppendOnly, models.Model):
    """One row of the ledger: what one signer did about one version, for one subject (foundation F6).

    The answers of a signer form one line: each names the answer before it in ``supersedes``, no answer is
    followed twice and only one starts the line. ``presented`` is no answer and stands outside that line.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    act = models.CharField(max_length=16, choices=ActKind.choices)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="acts")
    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="acts")
    group = models.ForeignKey("groups.TherapyGroup", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    subject = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    signer = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=16, choices=Capacity.choices, default=Capacity.SELF)
    meaning = models.CharField(max_length=32, blank=True)
    trigger = models.CharField(max_length=16, choices=Trigger.choices, default=Trigger.INITIAL)
    evidence = EncryptedJSONField(
        bound_as="consent.act.evidence",
        owner=Owner.PERSON,
        owner_from="subject_id",
        purpose=Purpose.AGREEMENTS,
    )
    at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateTimeField(null=True, blank=True)
    # An answer on paper or by voice: the day it was given, and who wrote it down here. ``at`` is when they did.
    route = models.CharField(max_length=8, choices=Route.choices, default=Route.SCREEN)
    dated_on = models.DateField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        "accounts.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="superseded_by"
    )

    class Meta:
        indexes: ClassVar = [
            models.Index(
                fields=["group", "document", "subject", "signer", "capacity", "-at"], name="consent_latest_act"
            ),
            models.Index(fields=["subject", "-at"], name="consent_acts_of_subject"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["document", "subject", "signer", "capacity"],
                condition=Q(supersedes__isnull=True) & ~Q(act=ActKind.PRESENTED),
                name="consent_one_first_answer",
            ),
            models.CheckConstraint(
                condition=~Q(act=ActKind.PRESENTED) | Q(supersedes__isnull=True),
                name="consent_presented_supersedes_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(act__in=[ActKind.SIGNED, ActKind.SIGNED_ON_PAPER]) | ~Q(meaning=""),
                name="consent_signed_says_what_it_means",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(act__in=PROMISES),
                name="consent_only_promises_run_out",
            ),
            models.CheckConstraint(
                condition=Q(route=Route.SCREEN, recorded_by__isnull=True, dated_on__isnull=True)
                | (~Q(route=Route.SCREEN) & Q(recorded_by__isnull=False, dated_on__isnull=False)),
                name="consent_recorded_by_whom_and_of_when",
            ),
            models.CheckConstraint(
                condition=~Q(act=ActKind.SIGNED_ON_PAPER) | Q(route=Route.PAPER),
                name="consent_paper_is_on_paper",
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)

    @property
    def is_promise(self) -> bool:
        """Return whether somebody promised by it."""
        return self.act in PROMISES


class ReconsentPrompt(AppendOnly, models.Model):
    """A person was asked once for one version number and one date; the row keeps it from happening twice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="prompts")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    due_on = models.DateField()
    trigger = models.CharField(max_length=16, choices=Trigger.choices)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["requirement", "person", "number", "due_on"], name="consent_prompted_once_per_date"
            ),
        ]

    def __str__(self) -> str:
        """Return the id only, so that a log line names nobody."""
        return str(self.id)
