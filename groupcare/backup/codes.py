"""The recovery code: random, easy to copy by hand, and it notices a slip of the pen."""

import hashlib
import secrets

from groupcare.backup.errors import BackupError

# Crockford's base 32: no I, L, O, U. Source: Douglas Crockford, "Base 32".
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})
# 26 letters of 5 bits are 130 bits. Source: NIST SP 800-57 part 1, 128 bits of strength and more.
_RANDOM = 26
# Two letters of a check sum: one slip in 1,024 passes. Our choice, because the code itself is checked after it.
_CHECK = 2
_GROUP = 4


def new_code() -> str:
    """Return a fresh code as it is printed: seven groups of four."""
    random = "".join(secrets.choice(_LETTERS) for _ in range(_RANDOM))
    whole = random + _check(random)
    return "-".join(whole[start : start + _GROUP] for start in range(0, len(whole), _GROUP))


def normal(typed: str) -> str:
    """Return a typed code in its one form, whatever its case, spaces and dashes.

    Raises:
        BackupError: a letter is missing, too many, or wrong.
    """
    found = "".join(typed.upper().split()).replace("-", "").translate(_READ_AS)
    if len(found) != _RANDOM + _CHECK:
        raise BackupError(f"A recovery code has {_RANDOM + _CHECK} letters and digits; this one has {len(found)}.")
    if not set(found) <= set(_LETTERS) or _check(found[:_RANDOM]) != found[_RANDOM:]:
        raise BackupError("This is no recovery code: a letter is wrong. Compare it with the sheet, group by group.")
    return found


def _check(random: str) -> str:
    digest = int.from_bytes(hashlib.sha256(random.encode()).digest(), "big")
    return _LETTERS[digest % 32] + _LETTERS[digest // 32 % 32]
