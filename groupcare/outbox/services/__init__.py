"""What can be done with addresses and messages."""

from groupcare.outbox.ports import Link
from groupcare.outbox.services.addresses import end_address, set_address
from groupcare.outbox.services.delivery import Delivered, deliver_due
from groupcare.outbox.services.messages import Draft, drop_expired, queue, queue_many

__all__ = [
    "Delivered",
    "Draft",
    "Link",
    "deliver_due",
    "drop_expired",
    "end_address",
    "queue",
    "queue_many",
    "set_address",
]
