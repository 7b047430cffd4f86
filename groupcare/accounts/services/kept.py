"""Text that was typed and not sent when a session ended: kept sealed for a day, for its author alone (SEC-46).

No trail event: nothing of anybody's record was read or changed, and the trail is for good while this is for a day.
"""

from datetime import timedelta

from django.utils import timezone

from groupcare.access import Person as Actor
from groupcare.accounts.models import KeptText, Person, UsedForm
from groupcare.accounts.selectors import kept_text_index
from groupcare.audit import unit_of_work

# Source: SEC-46.
KEPT_FOR = timedelta(hours=24)
# Forms of one person at a time. Our choice, because nobody has more of them open in earnest.
AT_MOST = 5


@unit_of_work()
def keep_text(*, path: str, data: dict[str, list[str]], by: Person) -> KeptText:
    """Keep what ``by`` had typed at ``path``; it takes the place of what was kept there before.

    ``by`` is the person of the session that has just ended. Of more than five forms the oldest goes.
    """
    KeptText.objects.filter(path_index=kept_text_index(by, path)).delete()
    row = KeptText(
        person=by,
        path_index=kept_text_index(by, path),
        content={"path": path, "data": data},
        expires_at=timezone.now() + KEPT_FOR,
    )
    row.full_clean()
    row.save()
    older = KeptText.objects.filter(person=by).values_list("pk", flat=True)[AT_MOST:]
    KeptText.objects.filter(pk__in=list(older)).delete()
    return row


@unit_of_work()
def discard_text(*, path: str, by: Person) -> int:
    """Wipe what is kept for ``by`` at ``path``; somebody else's has another index and is never met."""
    return KeptText.objects.filter(person=by, path_index=kept_text_index(by, path)).delete()[0]


@unit_of_work()
def wipe_kept_text(*, by: Actor) -> int:
    """Wipe whatever is past its day, whoever's it is, and return how many texts; asked by the sweep.

    The marks of forms that were taken in go with them.
    """
    del by
    now = timezone.now()
    # A form older than a day cannot be sent again: its session, and with it its token, is over.
    UsedForm.objects.filter(used_at__lte=now - KEPT_FOR).delete()
    return KeptText.objects.filter(expires_at__lte=now).delete()[0]
