"""What is shown on one database because it is the same on both."""

import os

import pytest

# Whole modules that ask the database nothing which the role matrix and the tests of the rooms do not ask it too.
SAME_ON_BOTH = {
    "tests/consent/texts/": "words, which lie in files",
    "tests/house/test_api_scope.py": "the matrix asks the API too, and lists are the selectors of the pages",
    "tests/house/test_canary.py": "what stands outside of the vault is written by the same fields",
    "tests/house/test_gets.py": "the same pages as the matrix; that they change nothing is shown on SQLite",
    "tests/house/test_languages.py": "the same pages as the matrix, in another language",
    "tests/house/test_open_sessions.py": "the same pages as the matrix; what ends is folded by the same queries",
    "tests/house/test_sent_twice.py": "the same forms as the matrix, sent twice",
    "tests/house/test_smuggling.py": "the same forms as the matrix, with more fields",
    "tests/consent/test_sources.py": "words, which lie in files",
    "tests/practice/test_law_sentences.py": "words, which lie in files",
    "tests/practice/test_packs.py": "values, which lie in files",
    "tests/runtime/test_run.py": "it starts on an SQLite of its own, whatever the suite runs on",
}


def same_on_both(path: str) -> str:
    """Return why a module below ``tests/`` is left out on PostgreSQL, or "" where it is not."""
    return next((reason for start, reason in SAME_ON_BOTH.items() if path.startswith(start)), "")


def on_sqlite(reason: str) -> pytest.MarkDecorator:
    """Return a mark that leaves a slow test out on PostgreSQL; ``make deep`` runs it there too."""
    return pytest.mark.skipif(is_second(), reason=reason)


def is_second() -> bool:
    """Return whether this is the run on PostgreSQL beside the one on SQLite, and not that of ``make deep``."""
    return os.environ.get("DATABASE_URL", "").startswith("postgres") and not os.environ.get("GROUPCARE_DEEP")
