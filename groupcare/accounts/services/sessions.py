"""Sessions: which are whose, and ending them (SEC-47)."""

from datetime import UTC, datetime
from uuid import UUID

from django.contrib.sessions.models import Session

from groupcare.accounts.models import Person, SessionRecord, User
from groupcare.audit import Actor, current_actor, record, unit_of_work
from groupcare.exceptions import Refused


def keep_record(*, user: User, session_key: str, started_at: float) -> None:
    """Note whose session this is; no trail event: the sign-in is one."""
    began = datetime.fromtimestamp(started_at, tz=UTC)
    if Session.objects.filter(pk=session_key).exists():
        SessionRecord.objects.get_or_create(session_id=session_key, defaults={"user": user, "started_at": began})


@unit_of_work()
def end_sessions(*, user: User, keep: str = "", reason: str) -> int:
    """End the account's sessions but ``keep`` (a session's key), and return how many there were.

    Args:
        user: whose sessions.
        keep: the key of the session that goes on, or empty.
        reason: what made it necessary, for the trail.
    """
    rows = Session.objects.filter(record__user=user).exclude(pk=keep)
    count = rows.count()
    if count:
        rows.delete()
        actor = current_actor() or Actor("system:sign_in")
        record("session.end_others", object_type="user", object_id=user.pk, purpose=reason, actor=actor)
    return count


@unit_of_work()
def end_session(*, handle: UUID, by: Person) -> None:
    """End one of one's own sessions.

    Raises:
        Refused: there is none of this handle that is theirs.
    """
    row = SessionRecord.objects.select_related("session").filter(handle=handle, user__person=by).first()
    if row is None:
        raise Refused("session.end", "session", handle)
    row.session.delete()
    record("session.end", object_type="session", object_id=handle)
