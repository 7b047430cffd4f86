"""What the tests of the trail share: an actor, and threads that close their connections."""

import threading

import pytest
from django.db import connection

from groupcare.audit import Actor, acting
from groupcare.audit.events import GENESIS
from groupcare.audit.models import ChainHead, Checkpoint, TrailEvent
from tests.triggers import lifted


@pytest.fixture(autouse=True)
def empty_trail(request, settings, tmp_path):
    """Begin each test with an empty chain, whatever was built before it."""
    settings.DATA_DIR = tmp_path / "data"
    mark = request.node.get_closest_marker("django_db")
    if mark is None and "db" not in request.fixturenames:
        return
    request.getfixturevalue("transactional_db" if mark and mark.kwargs.get("transaction") else "db")
    with lifted():
        for model in (TrailEvent, Checkpoint):
            model.objects.all()._raw_delete(model.objects.db)
    ChainHead.objects.update(sequence=0, mac=GENESIS)


@pytest.fixture
def actor():
    with acting(Actor("system:test")) as who:
        yield who


@pytest.fixture
def in_threads():
    def run(*bodies):
        """Run the bodies side by side and return what they raised."""
        raised = []

        def guarded(body):
            try:
                body()
            except BaseException as problem:  # noqa: BLE001 - handed to the test
                raised.append(problem)
            finally:
                connection.close()

        threads = [threading.Thread(target=guarded, args=[body], daemon=True) for body in bodies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert not any(thread.is_alive() for thread in threads), "a thread is stuck"
        return raised

    return run
