"""``python -m benchmarks [row ...] [--write FILE]``: measure, print the table, clean up."""

import argparse
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import scratch

if TYPE_CHECKING:
    from benchmarks.measure import Result

NAMES = (
    *("page-notes", "audit-tax", "field-crypto", "queries", "audit-append"),
    *("audit-verify", "sign", "renewal", "sweep", "roster", "list-auth", "list-flat"),
)
# Our choice: a row takes less than a minute; on a busy machine it may take longer, then it is stopped.
_LONGEST = 240
_TITLE = (
    "# Measured\n\nBy `make bench`. Ratios, measured side by side in one run; "
    "[benchmarks](../benchmarks/README.md) says what each row does."
)
_HEAD = ("Row", "What", "Measured", "Target", "")


class TooLong(BaseException):
    """A row ran out of its time; no page's own handler of errors may swallow it."""


def main() -> int:
    """Run the rows asked for, or all; return 1 when something is wrong, not when something is slow."""
    asked = _arguments()
    # A stop from outside leaves through the same door as the end: nothing stays behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with scratch.scratch():
        scratch.prepare()
        lines = _run(asked.rows or NAMES, smallest=asked.smallest)
        words = _words(lines)
        print(_table(words))
        if asked.write:
            before = asked.write.read_text(encoding="utf-8") if asked.write.exists() else ""
            asked.write.write_text(_document(words, before), encoding="utf-8")
    return 1 if any(line.wrong for line in lines) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Ratios measured side by side.")
    parser.add_argument("rows", nargs="*", choices=[[], *NAMES], metavar="row", help=", ".join(NAMES))
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the table, with date and commit")
    parser.add_argument("--smallest", action="store_true", help="only show that each row works; its ratios say nothing")
    return parser.parse_args()


def _run(names: Any, *, smallest: bool) -> list["Result"]:
    from django.db import connections

    from benchmarks.measure import FULL, SMALLEST, Result
    from benchmarks.rows import ROWS

    found: list[Result] = []
    for name in names:
        began = time.monotonic()
        print(f"{name} ...", end=" ", file=sys.stderr, flush=True)
        try:
            with _at_most(_LONGEST):
                found += ROWS[name](SMALLEST if smallest else FULL)
        except TooLong:
            found.append(Result(name, f"stopped after {_LONGEST} s", "-", f"< {_LONGEST} s", met=False))
        print(f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    connections.close_all()
    return found


@contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(*_: Any) -> None:
        raise TooLong

    signal.signal(signal.SIGALRM, stop)
    # Again and again: a clean-up on the way out may wait for what never comes.
    signal.setitimer(signal.ITIMER_REAL, seconds, 5)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _words(lines: list["Result"]) -> list[tuple[str, ...]]:
    verdict = {True: "met", False: "missed", None: ""}
    return [(line.row, line.what, line.measured, line.target, verdict[line.met]) for line in lines]


def _table(words: list[tuple[str, ...]]) -> str:
    widths = [max(len(row[n]) for row in (_HEAD, *words)) for n in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (_HEAD, *words)
    )


def _document(words: list[tuple[str, ...]], before: str) -> str:
    """Return the whole file: this database's part anew, the other's as it was."""
    from django.db import connection

    name = connection.display_name
    kept = [part for part in before.split("\n## ")[1:] if not part.startswith(f"{name}\n")]
    rows = "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in words)
    head = f"| {' | '.join(_HEAD)} |\n|{'---|' * len(_HEAD)}"
    day = datetime.now(UTC).date().isoformat()
    parts = [*kept, f"{name}\n\n{day}, commit {_commit()}.\n\n{head}\n{rows}"]
    return "\n\n## ".join([_TITLE, *(part.strip() for part in sorted(parts, reverse=True))]) + "\n"


def _commit() -> str:
    """Return the commit that was measured, or "unknown" outside of a checkout."""
    try:
        found = subprocess.run(
            ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True, timeout=10
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return found.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
