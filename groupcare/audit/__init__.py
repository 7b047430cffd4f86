"""The trail: who did what to which record, kept append-only and chained (foundations F1 to F3).

Everything here may be imported before the app registry is ready, except ``AppendOnly``, which is a
model and is therefore loaded on first use.
"""

from typing import TYPE_CHECKING, Any

from groupcare.audit.context import Actor, acting, current_actor
from groupcare.audit.recording import TrailError, discard, first_of_all, record, record_refusal, recording, unit_of_work

if TYPE_CHECKING:
    from groupcare.audit.append_only import AppendOnly, AppendOnlyError

__all__ = [
    "Actor",
    "AppendOnly",
    "AppendOnlyError",
    "TrailError",
    "acting",
    "current_actor",
    "discard",
    "first_of_all",
    "record",
    "record_refusal",
    "recording",
    "unit_of_work",
]


def __getattr__(name: str) -> Any:
    """Return the model mixin, loaded late because models need the app registry."""
    if name in {"AppendOnly", "AppendOnlyError"}:
        from groupcare.audit import append_only

        return getattr(append_only, name)
    raise AttributeError(name)
