"""What higher rooms tell the access room; while nothing is registered, it refuses or says so."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse

StepUpCheck = Callable[[HttpRequest], HttpResponse | None]
# Given grants of one model that are open now or later, returns the primary keys of those it explains.
GrantSource = Callable[[Sequence[Any]], set[Any]]
# Returns findings as lines of ids, never names.
AccessCheck = Callable[[], Iterable[str]]

_step_up: list[StepUpCheck] = []
_sources: list[GrantSource] = []
_checks: dict[str, AccessCheck] = {}


def register_step_up(check: StepUpCheck) -> None:
    """Let ``check`` answer routes with ``step_up=True``: None when the proof is fresh, else where to get one."""
    _step_up[:] = [check]


def step_up(request: HttpRequest) -> HttpResponse | None:
    """Return None when the request carries a fresh proof, else the answer to send.

    Raises:
        LookupError: no room registered a check; the caller refuses.
    """
    if not _step_up:
        raise LookupError("No step-up is registered.")
    return _step_up[0](request)


def register_grant_source(source: GrantSource) -> None:
    """Let ``source`` explain grants; what no source explains is a finding of ``check_access``."""
    if source not in _sources:
        _sources.append(source)


def grant_sources() -> list[GrantSource]:
    """Return the registered sources."""
    return list(_sources)


def register_access_check(name: str, check: AccessCheck) -> None:
    """Add a check to ``manage.py check_access``: what it returns are findings."""
    _checks[name] = check


def access_checks() -> dict[str, AccessCheck]:
    """Return the added checks by name."""
    return dict(_checks)
