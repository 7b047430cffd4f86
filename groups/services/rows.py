"""One step of a sweep for many rows: one that fails does not keep the others waiting."""

import logging
from collections.abc import Callable, Iterable
from uuid import UUID

log = logging.getLogger(__name__)


class RowsFailed(RuntimeError):
    """Some rows of a sweep failed; the others are done. The argument says how many."""


def each_row(rows: Iterable[UUID], do: Callable[[UUID], int]) -> int:
    """Return how much came of all rows, each in a unit of work of its own; only ids and kinds of errors are logged.

    Args:
        rows: the ids of the rows that are due.
        do: does one and returns what counts.

    Raises:
        RowsFailed: once every row was tried, if one of them failed.
    """
    done = failed = 0
    for pk in rows:
        try:
            done += do(pk)
        except Exception as problem:  # noqa: BLE001 - whatever breaks one row, the next ones are due too
            failed += 1
            log.error("row %s failed: %s", pk, type(problem).__name__)
    if failed:
        raise RowsFailed(failed)
    return done
