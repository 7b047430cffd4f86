"""Signed checkpoints: how far the chain reached, in the database and in a file beside it (SEC-57, SEC-58).

Whoever rewrites the whole trail with the database's password cannot rewrite the files. Copy
``DATA_DIR/checkpoints`` to a system that the practice's server cannot write to.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from groupcare.audit import keys
from groupcare.audit.events import canonical
from groupcare.audit.models import ChainHead, Checkpoint
from groupcare.audit.recording import TrailError, unit_of_work


@dataclass(frozen=True)
class Statement:
    """What a checkpoint says: at ``at`` the chain ended with ``mac`` at ``sequence``."""

    sequence: int
    mac: str
    at: str
    public_key: str
    signature: str

    def signed_bytes(self) -> bytes:
        """Return what the signature covers."""
        return canonical("groupcare checkpoint 1", str(self.sequence), self.mac, self.at)

    def is_genuine(self, public_key: str) -> bool:
        """Return whether the key of this installation signed it."""
        if self.public_key != public_key:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_key)).verify(
                bytes.fromhex(self.signature), self.signed_bytes()
            )
        except (InvalidSignature, ValueError):
            return False
        return True


def write_checkpoint() -> Statement:
    """Sign the head of the chain, keep it as a row and, once that is committed, as a file.

    Raises:
        TrailError: the head is missing.
        ImproperlyConfigured: the signing key is missing.
    """
    with unit_of_work():
        head = ChainHead.objects.first()
        if head is None:
            raise TrailError("The trail has no head, so there is nothing to sign.")
        at = timezone.now().astimezone(UTC)
        statement = _signed(head.sequence, head.mac, at)
        Checkpoint.objects.create(
            sequence=head.sequence,
            mac=head.mac,
            at=at,
            public_key=statement.public_key,
            signature=statement.signature,
        )
        transaction.on_commit(lambda: _write_file(statement, at))
    return statement


def public_key() -> str:
    """Return the hex of the key that proves this installation's checkpoints."""
    return keys.checkpoint_key().public_key().public_bytes_raw().hex()


def folder() -> Path:
    """Return where the copies lie."""
    return Path(settings.DATA_DIR) / "checkpoints"


def from_rows() -> Iterator[tuple[str, Statement]]:
    """Yield every checkpoint of the database with a name for it."""
    for row in Checkpoint.objects.order_by("id").iterator():
        at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
        yield f"checkpoint {row.id}", Statement(row.sequence, row.mac, at, row.public_key, row.signature)


def from_files() -> Iterator[tuple[str, Statement | None]]:
    """Yield every checkpoint file with its name; None for one that cannot be read."""
    for file in sorted(folder().glob("*.json")):
        try:
            yield f"checkpoint file {file.name}", Statement(**json.loads(file.read_text(encoding="utf-8")))
        except (ValueError, TypeError):
            yield f"checkpoint file {file.name}", None


def _signed(sequence: int, mac: str, at: datetime) -> Statement:
    bare = Statement(sequence, mac, at.isoformat(timespec="microseconds"), public_key(), "")
    signature = keys.checkpoint_key().sign(bare.signed_bytes()).hex()
    return Statement(**{**asdict(bare), "signature": signature})


def _write_file(statement: Statement, at: datetime) -> None:
    name = f"{at:%Y%m%dT%H%M%S%f}-{statement.sequence}.json"
    keys.write_once(folder() / name, json.dumps(asdict(statement)))
