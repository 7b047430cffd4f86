"""What can be done with addresses and messages."""

from groupcare.outbox.ports import Link
from groupcare.outbox.services.addresses import end_address, end_proposal, propose_address, set_address
from groupcare.outbox.services.delivery import Delivered, deliver_due
from groupcare.outbox.services.messages import Draft, drop_expired, drop_overtaken, drop_waiting, queue, queue_many
from groupcare.outbox.services.troubles import clear_trouble, note_refusal, read_bounce, send_again, settle_by_phone

__all__ = [
    "Delivered",
    "Draft",
    "Link",
    "clear_trouble",
    "deliver_due",
    "drop_expired",
    "drop_overtaken",
    "drop_waiting",
    "end_address",
    "end_proposal",
    "note_refusal",
    "propose_address",
    "queue",
    "queue_many",
    "read_bounce",
    "send_again",
    "set_address",
    "settle_by_phone",
]
