"""Fixtures that every test may use: the world of named people, their browsers, their mail."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone, translation
from pytest_django import DjangoDbBlocker

from groupcare.accounts.models import Person
from groupcare.audit import installation, keys
from groupcare.vault import ring
from tests import triggers
from tests.databases import on_sqlite, same_on_both
from tests.world import World, at_work, build

pytest_plugins: list[str] = []


def pytest_configure(config: pytest.Config) -> None:
    """Hash passwords cheaply, and look static files up when asked: what is tested is the cost of neither."""
    del config
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Otherwise every browser of every test would list all static files before its first page.
    django_settings.WHITENOISE_AUTOREFRESH = True
    # Not the command: it looks whether the database is in use, and there is none yet.
    keys.make_missing()
    ring.make_missing()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """One database for each test process."""


@pytest.fixture(scope="session", autouse=True)
def _flush_needs_its_triggers_off() -> Iterator[None]:
    """Let Django's flush after a transactional test pass the append-only triggers; nothing else may."""
    with triggers.dropped_around_flush():
        yield


@pytest.fixture(autouse=True)
def _nobodys_language() -> Iterator[None]:
    """Forget the language and the zone of the last reader: a page sets both for its thread and leaves them there."""
    yield
    translation.deactivate()
    timezone.deactivate()


class Population:
    """What is committed to this process's database between tests: the world, or nobody."""

    world: World | None = None

    def settle(self) -> None:
        """Build and commit the world, unless it stands already."""
        if self.world is None or not self.world.exists():
            self.world = build()

    def leave(self) -> None:
        """Empty the database again, for tests about first starts."""
        if self.world is not None:
            triggers.drop()
            call_command("flush", interactive=False, verbosity=0)
            installation.install()
            self.world = None


_population = Population()


def _wants_world(item: Any) -> bool:
    return "world" in item.fixturenames


#: Single tests that take minutes begin first, so that no process waits for them at the end.
_LONG = ("tests/house/test_queries.py", "tests/house/test_canary.py")


def _is_long(item: pytest.Item) -> bool:
    return item.path.as_posix().endswith(_LONG)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the tests that need the world together, so that it is built once and not in every test.

    What is the same on both databases is left out on PostgreSQL, with its reason; ``make deep`` runs it there too.
    """
    for item in items:
        if reason := same_on_both(item.path.relative_to(item.config.rootpath).as_posix()):
            item.add_marker(on_sqlite(reason))
    items.sort(key=lambda item: (_wants_world(item), not _is_long(item)))


@pytest.fixture
def _settled(request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """See to it, before the test's transaction begins, that the world stands if it is wanted, and only then."""
    del django_db_setup
    with django_db_blocker.unblock():
        if _wants_world(request.node):
            _population.settle()
        else:
            _population.leave()


@pytest.fixture
def _django_db_helper(_settled: None, _django_db_helper: None) -> None:
    """Put the settling before pytest-django's own transaction."""


@pytest.fixture
def world(db: None) -> World:
    """Return the practice of named people; whatever the test does to it is rolled back."""
    del db
    assert _population.world is not None
    return _population.world


@pytest.fixture
def acting() -> Callable[[Person], Any]:
    """Return the block in which a person is at work: ``with acting(world.nadia): ...``."""
    return at_work


def sign_in(client: Client, person: Person, *, stepped_up: bool = True) -> Client:
    """Sign ``person`` in as the pages would, with a proof of identity given just now unless told otherwise."""
    from groupcare.accounts import middleware, stepup

    client.force_login(person.login)
    session = client.session
    middleware.begin(session)
    if stepped_up:
        session[stepup.KEY] = {
            "method": stepup.PASSWORD,
            "at": timezone.now().timestamp(),
            "event": "00000000-0000-4000-8000-000000000002",
        }
    session.save()
    return client


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """Return a maker of signed-in browsers: ``client_for(world.nadia).get(...)``."""

    def make(person: Person, *, stepped_up: bool = True) -> Client:
        return sign_in(Client(), person, stepped_up=stepped_up)

    return make


@pytest.fixture
def queries() -> Callable[[Client, str], int]:
    """Return a counter of the queries of one page: ``queries(client, url)``."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(client: Client, url: str) -> int:
        client.get(url)  # the first visit notes the session and fills caches of the process
        with CaptureQueriesContext(connection) as seen:
            response = client.get(url)
        assert response.status_code == 200, response.status_code
        bookkeeping = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
        return sum(1 for q in seen.captured_queries if not q["sql"].startswith(bookkeeping))

    return count
