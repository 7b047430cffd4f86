"""What the outbox needs from higher rooms: how a link is built, and how the practice is named.

Nothing registered means nothing is sent with a link: the message waits, visibly.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

LinkBuilder = Callable[[UUID, int], str]
_links: dict[str, LinkBuilder] = {}
_practice_name: list[Callable[[], str]] = []


@dataclass(frozen=True, slots=True)
class Link:
    """What a message's link leads to. It holds no token: the path is made again at every delivery."""

    kind: str
    object_id: UUID
    issue: int = 1


class LinkUnknown(LookupError):
    """No room has said how this kind of link is built."""


def register_link(kind: str, build: LinkBuilder) -> None:
    """Keep how a link of this kind is built: from the object's id and issue number to a path.

    A path carries no care word either: it stands in the mail.

    Raises:
        ValueError: another builder is registered for this kind.
    """
    if _links.get(kind, build) is not build:
        raise ValueError(f"The link kind {kind!r} is registered twice.")
    _links[kind] = build


def build_link(kind: str, object_id: UUID, issue: int) -> str:
    """Return the path of the link.

    Raises:
        LinkUnknown: nothing is registered for this kind.
    """
    try:
        build = _links[kind]
    except KeyError:
        raise LinkUnknown(kind) from None
    return build(object_id, issue)


def link_kinds() -> frozenset[str]:
    """Return the kinds that can be built."""
    return frozenset(_links)


def register_practice_name(name: Callable[[], str]) -> None:
    """Keep how the practice's neutral public name is read; the last one registered counts."""
    _practice_name[:] = [name]


def practice_name() -> str:
    """Return the practice's neutral public name, or an empty text while there is none."""
    return _practice_name[0]() if _practice_name else ""
