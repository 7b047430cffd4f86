"""The kill points: known by name, and harmless unless a demo or test process arms itself."""

import os
import signal

import pytest

from groupcare.outbox import points


def in_child(work) -> int:
    """Return how a forked process ended: the signal's number, or 0."""
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    _, status = os.waitpid(pid, 0)
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def test_an_unknown_point_is_an_error():
    with pytest.raises(ValueError, match="no kill point"):
        points.reach("somewhere")


def test_an_armed_point_ends_its_own_process_at_the_given_pass(settings, monkeypatch):
    settings.DEMO = True
    monkeypatch.setenv(points.VARIABLE, "after-send:3")

    def passes(times):
        for _ in range(times):
            points.reach("after-send")
            points.reach("before-send")

    assert in_child(lambda: passes(2)) == 0
    assert in_child(lambda: passes(3)) == signal.SIGKILL


def test_outside_a_demo_nothing_happens(settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setenv(points.VARIABLE, "after-send")
    assert in_child(lambda: points.reach("after-send")) == 0
