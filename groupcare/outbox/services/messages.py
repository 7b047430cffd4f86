"""Putting messages into the outbox, and taking out what came too late."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone

from groupcare.audit import record, unit_of_work
from groupcare.outbox.models import WITHOUT_SECRET, Address, Message, State
from groupcare.outbox.ports import Link
from groupcare.outbox.texts import kinds

if TYPE_CHECKING:
    from groupcare.accounts.models import Person


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
            "link_kind": link.kind if link else "",
            "link_object": link.object_id if link else None,
            "link_issue": link.issue if link else 0,
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
