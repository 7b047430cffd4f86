"""What stands in a group's agreement, part by part, for reading aloud in a session."""

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db.models import Model

from consent.kinds import GROUP_AGREEMENT
from consent.kinds.wording import from_json
from consent.selectors.papers import in_force
from groupcare.vault import unlock
from groups.ports import Clause


def clauses(group_id: UUID, language: str, also: Sequence[Model] = ()) -> Sequence[Clause]:
    """Return the parts of the group's agreement that is in force, in ``language`` or the first it has.

    The caller has checked that the reader runs the group, or one session of it. The rows in ``also`` are unlocked with
    the agreement.
    """
    rows = list(
        in_force().filter(document__group=group_id, document__kind=GROUP_AGREEMENT, document__retired_at__isnull=True)[
            : len(settings.LANGUAGES)
        ]
    )
    newest = [one for one in rows if one.number == rows[0].number]
    code = language.split("-")[0]
    newest.sort(key=lambda one: (one.language != code, one.language))
    unlock(newest[:1], also)
    return [
        Clause(one.key, one.title, tuple(line for _kind, lines in one.blocks() for line in lines), version.language)
        for version in newest[:1]
        for one in from_json(version.clauses).clauses
    ]
