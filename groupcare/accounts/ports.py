"""What higher rooms tell the accounts room; while nothing is registered, the stricter answer counts."""

from collections.abc import Callable

_demo: list[Callable[[], bool]] = []


def register_demo(check: Callable[[], bool]) -> None:
    """Let ``check`` say whether the database was made as a demo (foundation F11); the last one counts."""
    _demo[:] = [check]


def is_demo() -> bool:
    """Return whether the database is a demo; False while nobody knows."""
    return bool(_demo) and _demo[0]()
