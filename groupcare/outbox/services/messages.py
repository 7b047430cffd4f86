"""Putting messages into the outbox, and taking out what came too late."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils import timezone

from groupcare.audit import record, unit_of_work
from groupcare.outbox.models import WITHOUT_SECRET, Address, Message, State
from groupcare.outbox.ports import Link
from groupcare.outbox.texts import kinds

if TYPE_CHECKING:
    from groupcare.accounts.models import Person

#: Messages in one INSERT and one flush of the trail. Source: foundation F1 (at most 500 a batch).
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One of many messages to queue. It has no secret: a vaulted one is queued alone, under a key of its own."""

    recipient_id: UUID
    kind: str
    key: str
    due_at: datetime | None = None
    expires_at: datetime | None = None
    when: datetime | None = None
    link: Link | None = None


@unit_of_work()
def queue(  # noqa: PLR0913 - a message is this many facts; all but three have a default
    *,
    recipient: "Person",
    kind: str,
    key: str,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    when: datetime | None = None,
    link: Link | None = None,
    secret: str | None = None,
    to: Address | None = None,
) -> Message:
    """Return the message with this key, queued now unless it was queued before.

    Args:
        recipient: the one person it goes to.
        kind: a name in ``groupcare/outbox/messages``.
        key: names the occasion, with ids only; the same key never gives a second message.
        due_at: not before; now when not given.
        expires_at: not after: then it is dropped and its secret destroyed.
        when: the time that the text names.
        link: what the text links to.
        secret: a code or an address with a token; kept vaulted, destroyed on delivery or expiry.
        to: an address other than the recipient's current one.

    Raises:
        ValueError: the kind does not exist, the address is another person's, or the key belongs to
            a message of another recipient or kind.
    """
    if kind not in kinds():
        raise ValueError(f"There is no message kind {kind!r}.")
    if to is not None and to.person_id != recipient.pk:
        raise ValueError("The address belongs to another person.")
    message, is_new = Message.objects.get_or_create(
        idempotence_key=key,
        defaults={
            "recipient": recipient,
            "kind": kind,
            "klass": kinds()[kind].klass,
            "address": to,
            **_linked(link),
            "secret": secret,
            "holds_secret": secret is not None,
            "when": when,
            "due_at": due_at or timezone.now(),
            "expires_at": expires_at,
        },
    )
    if (message.recipient_id, message.kind) != (recipient.pk, kind):
        raise ValueError("This key belongs to another message.")
    if is_new:
        record("message.queue", object_type="outbox.message", object_id=message.pk)
    return message


def queue_many(drafts: Sequence[Draft]) -> int:
    """Queue messages without secrets, at most 500 in one statement; return how many were not queued before.

    As ``queue`` for each of them, and as idempotent: a key that exists is left as it is, also when
    somebody else queues it in the same moment. Inside of a unit of work all of it joins; outside of
    one each batch is a unit, flushed once.

    Raises:
        ValueError: a kind does not exist, or a key belongs to a message of another recipient or kind.
    """
    unknown = {draft.kind for draft in drafts} - set(kinds())
    if unknown:
        raise ValueError(f"There is no message kind {min(unknown)!r}.")
    return sum(_queue_batch(drafts[start : start + BATCH]) for start in range(0, len(drafts), BATCH))


@unit_of_work()
def _queue_batch(drafts: Sequence[Draft]) -> int:
    """Insert what is new of one batch, record it, and return how many that were."""
    now = timezone.now()
    # Encrypted fields are sealed on this way too: bulk_create asks each field's pre_save as save does.
    made = Message.objects.bulk_create([_message(draft, now) for draft in drafts], ignore_conflicts=True)
    found = Message.objects.filter(idempotence_key__in=[draft.key for draft in drafts])
    kept = {key: facts for key, *facts in found.values_list("idempotence_key", "pk", "recipient_id", "kind")}
    if any(kept[draft.key][1:] != [draft.recipient_id, draft.kind] for draft in drafts):
        raise ValueError("This key belongs to another message.")
    # A conflict keeps the row that was there, whose id is not the one made here.
    new = [message for message in made if kept[message.idempotence_key][0] == message.pk]
    for message in new:
        record("message.queue", object_type="outbox.message", object_id=message.pk)
    return len(new)


def _message(draft: Draft, now: datetime) -> Message:
    return Message(
        recipient_id=draft.recipient_id,
        kind=draft.kind,
        klass=kinds()[draft.kind].klass,
        idempotence_key=draft.key,
        when=draft.when,
        due_at=draft.due_at or now,
        expires_at=draft.expires_at,
        **_linked(draft.link),
    )


def _linked(link: Link | None) -> dict[str, Any]:
    """Return the columns that say what a message links to."""
    return {
        "link_kind": link.kind if link else "",
        "link_object": link.object_id if link else None,
        "link_issue": link.issue if link else 0,
    }


@unit_of_work()
def drop_expired() -> int:
    """Return how many waiting messages were dropped because their time has passed.

    The secret of every expired message is destroyed, whatever its state.
    """
    expired = Message.objects.filter(expires_at__lte=timezone.now())
    dropped = 0
    for message_id in expired.filter(state=State.QUEUED).order_by("pk").values_list("pk", flat=True):
        # Conditional, so that a message claimed in between stays with its worker.
        if Message.objects.filter(pk=message_id, state=State.QUEUED).update(
            state=State.DROPPED, reason="expired", **WITHOUT_SECRET
        ):
            dropped += 1
            record("message.drop", object_type="outbox.message", object_id=message_id)
    expired.exclude(state__in=(State.QUEUED, State.CLAIMED)).filter(holds_secret=True).update(**WITHOUT_SECRET)
    return dropped


@unit_of_work()
def drop_overtaken(*, object_ids: Iterable[UUID], kinds: Collection[str]) -> list[Message]:
    """Return the waiting messages of some kinds about these objects, dropped because what they say is overtaken.

    Who may is checked by the calling service. What is being sent at this moment stays with its worker.
    """
    waiting = Message.objects.filter(state=State.QUEUED, link_object__in=list(object_ids), kind__in=list(kinds))
    dropped = []
    for message in waiting.defer("secret").order_by("pk"):
        if Message.objects.filter(pk=message.pk, state=State.QUEUED).update(
            state=State.DROPPED, reason="overtaken", **WITHOUT_SECRET
        ):
            dropped.append(message)
            record("message.drop", object_type="outbox.message", object_id=message.pk)
    return dropped


@unit_of_work()
def drop_waiting(*, person: "Person", by: "Person", reason: str, link: Link | None = None) -> int:
    """Return how many waiting messages to a person were dropped, because they must not be written to any more.

    Who may is checked by the calling service. What is being sent at this moment stays with its worker.

    Args:
        person: the recipient.
        by: who asks for it.
        reason: a key word, kept with each message.
        link: only messages that lead to this object, whatever their issue; all if not given.
    """
    del by  # the trail names whoever is at work
    dropped = 0
    waiting = Message.objects.filter(recipient=person, state=State.QUEUED).order_by("pk")
    if link is not None:
        waiting = waiting.filter(link_kind=link.kind, link_object=link.object_id)
    for message_id in waiting.values_list("pk", flat=True):
        if Message.objects.filter(pk=message_id, state=State.QUEUED).update(
            state=State.DROPPED, reason=reason, **WITHOUT_SECRET
        ):
            dropped += 1
            record("message.drop", object_type="outbox.message", object_id=message_id)
    return dropped
