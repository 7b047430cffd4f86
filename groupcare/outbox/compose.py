"""Making the mail at the moment of delivery: text, link, and one recipient."""

import hashlib
import hmac
import logging

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from groupcare.outbox import ports
from groupcare.outbox.models import SENT_AGAIN, Address, Message
from groupcare.outbox.selectors import current_address, in_trouble
from groupcare.outbox.texts import TextIncomplete, kinds, render, spell
from groupcare.vault import DecryptionError, KeyDestroyed

logger = logging.getLogger(__name__)


class Unsendable(Exception):
    """This message cannot be made now.

    ``reason`` is an id; ``final`` means that trying again cannot help.
    """

    def __init__(self, reason: str, *, final: bool) -> None:
        """Keep why, and whether it is for good."""
        super().__init__(reason)
        self.reason = reason
        self.final = final


def message_id(message: Message) -> str:
    """Return the Message-ID: the same at every try, and telling a mail server nothing.

    It is derived from the idempotence key, under the row's random id, because the key names ids of
    ours and the vault's keys may be rotated between two tries.
    """
    digest = hmac.new(message.pk.bytes, message.idempotence_key.encode(), hashlib.sha256).hexdigest()
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return f"<{digest[:40]}@{domain}>"


def compose(message: Message, connection: BaseEmailBackend) -> EmailMessage:
    """Return the mail for this message, to exactly one address.

    Raises:
        Unsendable: there is no safe address, no room builds its link, the text lacks a value, or the
            person's keys were destroyed.
    """
    try:
        to, secret = _address(message).value, message.secret or ""
    except KeyDestroyed:
        raise Unsendable("erased", final=True) from None
    except DecryptionError:
        logger.exception("message.unreadable", extra={"message_id": message.pk})
        raise Unsendable("unreadable", final=False) from None
    person = message.recipient
    values = {"practice": ports.practice_name(), "link": _link(message), "secret": secret}
    if message.when is not None:
        form = kinds()[message.kind].text(person.language).when
        values["when"] = spell(message.when, form=form, language=person.language, zone=person.time_zone)
    try:
        subject, body = render(message.kind, language=person.language, values=values)
    except TextIncomplete as exc:
        raise Unsendable(f"no_{exc}", final=True) from None
    return EmailMessage(
        subject,
        body,
        settings.DEFAULT_FROM_EMAIL,
        [to],
        connection=connection,
        # Auto-Submitted keeps absence notes away. Source: RFC 3834 section 5.
        headers={"Message-ID": message_id(message), "Auto-Submitted": "auto-generated"},
    )


def _address(message: Message) -> Address:
    address = message.address or current_address(message.recipient)
    if address is None or address.ended_at is not None:
        raise Unsendable("no_address", final=True)
    if not address.is_safe:
        raise Unsendable("address_not_safe", final=True)
    # What must arrive is tried all the same: the mailbox may be there again.
    if message.klass not in SENT_AGAIN and in_trouble(address):
        raise Unsendable("address_in_trouble", final=True)
    return address


def _link(message: Message) -> str:
    """Return the absolute address of the message's link, or an empty text when it has none."""
    if not message.link_kind or message.link_object is None:
        return ""
    try:
        path = ports.build_link(message.link_kind, message.link_object, message.link_issue)
    except ports.LinkUnknown:
        raise Unsendable("no_link", final=False) from None
    return settings.PUBLIC_URL.rstrip("/") + path
