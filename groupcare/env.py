"""Typed readers of the environment that raise with the fix in the message."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


def text(name: str, default: str | None = None) -> str:
    """Return the variable, or ``default``.

    Raises:
        ImproperlyConfigured: neither is there.
    """
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. Set {name} in the environment and start again.")
    return value


def flag(name: str, default: bool) -> bool:  # noqa: FBT001 - reads like the setting it returns
    """Return the variable as a truth value.

    Raises:
        ImproperlyConfigured: the value is none of 1, true, yes, on, 0, false, no, off.
    """
    value = os.environ.get(name)
    if value is None or value == "":
        return default
    if value.lower() in _TRUE:
        return True
    if value.lower() in _FALSE:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write 1 or 0.")


def number(name: str, default: int, *, least: int = 0) -> int:
    """Return the variable as a whole number of at least ``least``.

    Raises:
        ImproperlyConfigured: it is no whole number, or too small.
    """
    value = os.environ.get(name, str(default))
    try:
        found = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number, for example {default}.") from None
    if found < least:
        raise ImproperlyConfigured(f"{name} is {found}. Write a whole number of at least {least}.")
    return found


def words(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return [part.strip() for part in os.environ.get(name, default).split(",") if part.strip()]


def one_of(name: str, choices: tuple[str, ...], default: str) -> str:
    """Return the variable, which must be one of ``choices``.

    Raises:
        ImproperlyConfigured: it is something else.
    """
    value = os.environ.get(name, default)
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write one of: {', '.join(choices)}.")
    return value


def secret(name: str) -> str:
    """Return a secret from ``name`` or from the file that ``name_FILE`` points to; there is no default.

    Raises:
        ImproperlyConfigured: neither is given, the file cannot be read, or it is empty.
    """
    path = os.environ.get(f"{name}_FILE")
    if path:
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read. Check the path and its rights.") from None
    else:
        value = os.environ.get(name, "")
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. Set {name}, or {name}_FILE to a file that holds it.")
    return value
