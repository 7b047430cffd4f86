"""People and messages for the tests of the outbox."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from groupcare.accounts.models import Person
from groupcare.audit import Actor, acting
from groupcare.outbox import ports
from groupcare.outbox.models import Message
from groupcare.outbox.services import queue, set_address
from tests.factories import make_person


@pytest.fixture(autouse=True)
def _somebody_acts() -> Iterator[None]:
    with acting(Actor("system:test")):
        yield


@pytest.fixture
def tray_dir(settings, tmp_path: Path) -> Path:
    """The tray as the configured backend, in a folder of this test."""
    settings.EMAIL_BACKEND = "groupcare.outbox.tray.TrayBackend"
    settings.MAIL_TRAY_DIR = tmp_path / "mail"
    return settings.MAIL_TRAY_DIR


@pytest.fixture
def ben(db) -> Person:
    """A person with an address, in New York."""
    person = make_person("Ben")
    set_address(person=person, value="ben@example.org", by=person)
    return person


@pytest.fixture
def lucia(db) -> Person:
    """A person who reads Spanish, in Madrid."""
    person = make_person("Lucia", language="es", zone="Europe/Madrid")
    set_address(person=person, value="lucia@example.org", by=person)
    return person


@pytest.fixture
def links() -> Iterator[None]:
    """A room that builds links, for this test only."""
    known = dict(ports._links)
    ports._links["test"] = lambda object_id, issue: f"/x/{object_id}/{issue}/"
    yield
    ports._links.clear()
    ports._links.update(known)


@pytest.fixture
def message(ben: Person, links: None) -> Callable[..., Message]:
    """Queue a message for Ben: by default a safety message without link or secret."""

    def make(kind: str = "account_changed", **facts) -> Message:
        facts = {"key": f"test:{uuid4()}", "recipient": ben, **facts}
        return queue(kind=kind, **facts)

    return make
