"""Concerns: what was said, whom it names, and the steps taken on it. Every table only grows.

Nothing here is updated in place. The state of a concern is the last of its entries, so "closed is
read-only" needs no discipline: the tables take no UPDATE and no DELETE, and after the closing entry
no constraint lets another one in.
"""

import secrets
import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Value, When

from groupcare.audit.models import AppendOnly
from groupcare.vault import EncryptedTextField, Owner, Purpose
from incidents.states import INITIAL, Outcome, State, pairs

# Five of twenty consonants: 3.2 million numbers, and no word can be spelled. Source: foundation F5.
CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
NUMBER_LENGTH = 5
# Our choice, because a page of close writing is 4,000 characters and a story may need five.
STORY_LENGTH = 20_000
# Our choice, because it holds several full names and no second story.
NAMED_LENGTH = 300


def random_number() -> str:
    """Return a new random concern number such as C-TRMVK; it says nothing about how many there are."""
    return "C-" + "".join(secrets.choice(CONSONANTS) for _ in range(NUMBER_LENGTH))


class ConcernQuerySet(models.QuerySet["Concern"]):
    """Reads shared by the selectors."""

    def with_state(self) -> "ConcernQuerySet":
        """Return the same concerns, each with its current ``state``, computed from its entries."""
        reached = [
            When(
                Exists(ConcernEntry.objects.filter(concern=OuterRef("pk"), to_state=state.value)),
                then=Value(state.value),
            )
            for state in reversed(State)
            if state is not INITIAL
        ]
        computed = {"state": Case(*reached, default=Value(INITIAL.value), output_field=models.CharField())}
        return self.annotate(**computed)


class Concern(AppendOnly):
    """What somebody told us, as it came in. ``received_on`` is a date: the hour could give the reporter away."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(
        max_length=7, unique=True, default=random_number, validators=[RegexValidator(r"^C-[B-Z]{5}$")]
    )
    reporter = EncryptedTextField(
        bound_as="incidents.concern.reporter", owner=Owner.INCIDENT, owner_from="id", purpose=Purpose.INCIDENTS
    )
    reporter_index = models.CharField(max_length=64, db_index=True)
    what_happened = EncryptedTextField(
        bound_as="incidents.concern.what_happened",
        owner=Owner.INCIDENT,
        owner_from="id",
        purpose=Purpose.INCIDENTS,
        max_length=STORY_LENGTH,
    )
    named_text = EncryptedTextField(
        bound_as="incidents.concern.named_text",
        owner=Owner.INCIDENT,
        owner_from="id",
        purpose=Purpose.INCIDENTS,
        blank=True,
        max_length=NAMED_LENGTH,
    )
    received_on = models.DateField()

    objects = ConcernQuerySet.as_manager()

    # Set by ConcernQuerySet.with_state().
    state: str
    # Set by selectors.my_concerns(): who may read it.
    inside: bool
    outside: bool
    # Set by selectors.read_concern() where the concern names somebody.
    naming: "ConcernSubject"

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        """Return the id only: the number is for the reporter and the readers."""
        return str(self.id)


class ConcernSubject(AppendOnly):
    """A person named in a concern: for them it does not exist."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="subjects")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["concern", "person"], name="concern_names_a_person_once")]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.id)


class ConcernConflict(AppendOnly):
    """A reader who stepped aside from one concern; it is gone from their lists for good."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="conflicts")
    person = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")
    declared_on = models.DateField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["concern", "person"], name="concern_conflict_declared_once")]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.id)


class ConcernEntry(AppendOnly):
    """One step of a concern: where it led, by whom, and what was written about it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="entries")
    from_state = models.CharField(max_length=16, choices=State.choices)
    to_state = models.CharField(max_length=16, choices=State.choices)
    body = EncryptedTextField(
        bound_as="incidents.concern_entry.body",
        owner=Owner.INCIDENT,
        owner_from="concern_id",
        purpose=Purpose.INCIDENTS,
        blank=True,
        max_length=STORY_LENGTH,
    )
    outcome = models.CharField(max_length=24, choices=Outcome.choices, blank=True)
    told_reporter = EncryptedTextField(
        bound_as="incidents.concern_entry.told_reporter",
        owner=Owner.INCIDENT,
        owner_from="concern_id",
        purpose=Purpose.INCIDENTS,
        blank=True,
        max_length=STORY_LENGTH,
    )
    taken_on = models.DateField()
    taken_by = models.ForeignKey("accounts.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        default_permissions = ()
        constraints = [
            # Of two people who take the same step at once, the second meets these.
            models.UniqueConstraint(fields=["concern", "from_state"], name="concern_leaves_a_state_once"),
            models.UniqueConstraint(fields=["concern", "to_state"], name="concern_enters_a_state_once"),
            models.CheckConstraint(
                condition=Q(*[Q(from_state=origin, to_state=goal) for origin, goal in pairs()], _connector=Q.OR),
                name="concern_step_is_in_the_table",
            ),
            models.CheckConstraint(
                condition=Q(to_state=State.CLOSED.value, outcome__in=Outcome.values)
                | (~Q(to_state=State.CLOSED.value) & Q(outcome="")),
                name="concern_outcome_comes_with_closing",
            ),
        ]

    def __str__(self) -> str:
        """Return the id only."""
        return str(self.id)
