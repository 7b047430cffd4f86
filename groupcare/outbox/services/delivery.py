"""Delivery: claim (commit), send one by one, record each (foundation F10).

Nothing is sent inside a transaction. A worker may die anywhere: the row says how far it came.
``claimed`` without ``sending_at`` was surely not sent and waits again; with it, it may have been.
"""

import logging
import time
import uuid
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from groupcare.audit import Actor, acting, record, unit_of_work
from groupcare.outbox.compose import Unsendable, compose
from groupcare.outbox.models import SENT_AGAIN, WITHOUT_SECRET, Klass, Message, MessageQuerySet, State
from groupcare.outbox.points import reach
from groupcare.outbox.services.messages import drop_expired
from groupcare.outbox.services.troubles import note_refusal
from groupcare.outbox.transport import NotSent, Transport, Unclear

logger = logging.getLogger(__name__)

ACTOR = Actor("system:outbox.deliver_due")
# Our choice, because a mail server that has not answered in a minute will be asked again anyway.
CLAIM_HOLDS = timedelta(seconds=60)
# Our choice: with the pauses below the last of eight tries comes after about thirteen hours.
MOST_ATTEMPTS = 8
# A worker gives back what it could not send in this time, so that a slow server blocks no sweep.
SECONDS_PER_BATCH = 120.0


@dataclass
class Delivered:
    """What one run did, in messages."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    dropped: int = 0
    unclear: int = 0
    freed: int = 0

    def __bool__(self) -> bool:
        """Return whether anything happened."""
        return any(getattr(self, item.name) for item in fields(self))


def pause(klass: str, attempts: int) -> timedelta:
    """Return how long to wait after that many failed tries.

    Our choice: a code is wanted now (10 s, 20 s, 40 s ...); all else 1, 4, 16, 64 minutes, at most 4 hours.
    """
    tries = max(attempts, 1) - 1
    if klass == Klass.CODE:
        return timedelta(seconds=10 * 2 ** min(tries, 6))
    return timedelta(minutes=min(4 ** min(tries, 6), 240))


def deliver_due(*, limit: int = 100, abandoned_after: timedelta = CLAIM_HOLDS) -> Delivered:
    """Send at most ``limit`` due messages and return what became of them.

    Safe to run twice, late, beside itself, and to be killed at any point: a code or safety message
    goes at least once, a reminder or notice at most once, and nothing is lost without being shown.

    Args:
        limit: messages claimed together.
        abandoned_after: age at which a claim without a result is taken from its worker.
    """
    done = Delivered()
    with acting(ACTOR):
        settle_abandoned(done, older_than=abandoned_after)
        _empty(done, limit)
    return done


def _empty(done: Delivered, limit: int) -> None:
    """Drop what came too late, then claim and send one batch."""
    if Message.objects.filter(state=State.QUEUED, expires_at__lte=timezone.now()).exists():
        done.dropped = drop_expired()
    if not Message.objects.due().exists():
        return
    claim, message_ids = _claim(limit)
    deadline = time.monotonic() + SECONDS_PER_BATCH
    with Transport() as transport:
        for message_id in message_ids:
            if time.monotonic() > deadline:
                break
            _deliver(message_id, claim, transport, done)
    _give_back(claim)


def _claim(limit: int) -> tuple[UUID, list[UUID]]:
    """Return a new claim and the messages it now holds, committed."""
    reach("before-claim")
    claim = uuid.uuid4()
    with transaction.atomic(durable=True):
        due = Message.objects.due()
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True, no_key=True)
        message_ids = list(due.values_list("pk", flat=True)[:limit])
        Message.objects.filter(pk__in=message_ids).update(
            state=State.CLAIMED, claim=claim, claimed_at=timezone.now(), sending_at=None
        )
        reach("after-claim")
    reach("after-claim-commit")
    return claim, message_ids


def _deliver(message_id: UUID, claim: UUID, transport: Transport, done: Delivered) -> None:
    """Send one claimed message and record the result; skip it when the claim was lost meanwhile."""
    message = Message.objects.filter(pk=message_id, claim=claim, state=State.CLAIMED)
    found = message.select_related("recipient", "address").first()
    if found is None:
        return
    try:
        mail = compose(found, transport.connection)
        transport.open()
        if not _mark_sending(found, claim):
            return
        reach("before-send")
        transport.send(mail)
    except (Unsendable, NotSent) as exc:
        _record_not_sent(found, claim, done, exc)
    except Unclear:
        _record_unclear(found, claim, done)
    else:
        reach("after-send")
        _record_sent(found, claim)
        done.sent += 1
        reach("after-commit")


def _mark_sending(message: Message, claim: UUID) -> bool:
    """Commit that this message is about to be handed over; return False when the claim was lost or it expired."""
    now = timezone.now()
    with transaction.atomic(durable=True):
        return bool(
            Message.objects.filter(pk=message.pk, claim=claim, state=State.CLAIMED)
            .exclude(expires_at__lte=now)
            .update(sending_at=now, claimed_at=now, attempts=message.attempts + 1)
        )


@unit_of_work()
def _record_sent(message: Message, claim: UUID) -> None:
    """Keep that the message was taken, and destroy its secret. A late answer settles a doubt."""
    reach("before-record")
    Message.objects.filter(pk=message.pk, claim=claim, state__in=(State.CLAIMED, State.MAY_HAVE_BEEN_SENT)).update(
        state=State.SENT, sent_at=timezone.now(), reason="", answer="", **WITHOUT_SECRET
    )
    record("message.send", object_type="outbox.message", object_id=message.pk)
    reach("after-record")


@unit_of_work()
def _record_not_sent(message: Message, claim: UUID, done: Delivered, exc: Unsendable | NotSent) -> None:
    """Put the message back with a pause, or give it up visibly; a refusal for good is kept with the address."""
    attempts, reason, final = message.attempts + 1, exc.reason, exc.final
    answer = str(exc.answer or "") if isinstance(exc, NotSent) else ""
    held = Message.objects.filter(pk=message.pk, claim=claim, state=State.CLAIMED)
    logger.warning("message.not_sent", extra={"message_id": message.pk, "reason": reason, "attempts": attempts})
    if final or attempts >= MOST_ATTEMPTS:
        gone = held.update(state=State.FAILED, reason=reason, answer=answer, attempts=attempts, **WITHOUT_SECRET)
        if gone and final and reason == "address_refused":
            note_refusal(message=message, code=answer)
        record("message.send", object_type="outbox.message", object_id=message.pk, result="failed")
        done.failed += 1
        return
    held.update(
        state=State.QUEUED,
        reason=reason,
        answer=answer,
        attempts=attempts,
        due_at=timezone.now() + pause(message.klass, attempts),
        claim=None,
        claimed_at=None,
        sending_at=None,
    )
    done.retried += 1


@unit_of_work()
def _record_unclear(message: Message, claim: UUID, done: Delivered) -> None:
    """The line broke while sending: try again what must arrive, show the rest as in doubt."""
    held = Message.objects.filter(pk=message.pk, claim=claim, state=State.CLAIMED)
    _settle_doubt(held, done, again_at=timezone.now() + pause(message.klass, message.attempts + 1))


def settle_abandoned(done: Delivered, *, older_than: timedelta = CLAIM_HOLDS) -> None:
    """Take back the claims of workers that died, and count them in ``done``.

    Args:
        done: the counts of this run.
        older_than: age of a claim without a result.
    """
    stale = Message.objects.filter(state=State.CLAIMED, claimed_at__lte=timezone.now() - older_than)
    if stale.exists():
        _take_back(stale, done)


@unit_of_work()
def _take_back(stale: MessageQuerySet, done: Delivered) -> None:
    """Free what was surely not sent, and settle what may have been."""
    done.freed += stale.filter(sending_at__isnull=True).update(state=State.QUEUED, claim=None, claimed_at=None)
    _settle_doubt(stale.filter(sending_at__isnull=False), done, again_at=timezone.now())


def _settle_doubt(messages: MessageQuerySet, done: Delivered, *, again_at: datetime) -> None:
    """Queue codes and safety messages again under the same Message-ID; show the others as in doubt."""
    for message_id, klass, attempts in list(messages.values_list("pk", "klass", "attempts")):
        row = messages.filter(pk=message_id)
        logger.warning("message.in_doubt", extra={"message_id": message_id, "klass": klass})
        if klass in SENT_AGAIN and attempts < MOST_ATTEMPTS:
            done.retried += row.update(
                state=State.QUEUED, reason="no_answer", due_at=again_at, claim=None, claimed_at=None, sending_at=None
            )
        else:
            # The claim stays, so that a slow worker's late answer can still settle it.
            done.unclear += row.update(state=State.MAY_HAVE_BEEN_SENT, reason="no_answer", **WITHOUT_SECRET)
        record("message.send", object_type="outbox.message", object_id=message_id, result="unclear")


def _give_back(claim: UUID) -> None:
    """Let others send what this run claimed and did not come to."""
    held = Message.objects.filter(claim=claim, state=State.CLAIMED, sending_at__isnull=True)
    if held.exists():
        held.update(state=State.QUEUED, claim=None, claimed_at=None)
