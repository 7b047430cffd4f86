"""Walks the URL configuration, and knows for each route an object that exists in the world."""

from typing import Any

from django.urls import NoReverseMatch, reverse

from groupcare.access.policies import Route, routes

# Third-party packages' routes; they have tests of their own.
FOREIGN = ("allauth.", "django.", "drf_spectacular.")


def all_routes() -> list[Route]:
    """Return every route of the project."""
    return list(routes())


def label(route: Route) -> str:
    """Return how a route is called in the output of the tests."""
    return route.name or route.pattern


def view_of(route: Route) -> Any:
    """Return the class or function behind a route."""
    return getattr(route.view, "cls", None) or getattr(route.view, "view_class", None) or route.view


def is_ours(route: Route) -> bool:
    """Return whether the view behind the route is written in this house."""
    return not view_of(route).__module__.startswith(FOREIGN)


def url_of(route: Route, arguments: dict[str, Any]) -> str:
    """Return the address of a named route for an existing object.

    Args:
        route: The route; it must have a name.
        arguments: What each parameter stands for, see ``tests.house.conftest``.

    Raises:
        LookupError: nobody said which object to use; add it to the table.
    """
    chosen = {}
    for before, name in segments(route):
        if (before, name) not in arguments and ("*", name) not in arguments:
            raise LookupError(f"Say in tests/house/conftest.py which {name} to use for {route.name}.")
        chosen[name] = arguments.get((before, name), arguments.get(("*", name)))
    try:
        return reverse(route.name, kwargs=chosen)
    except NoReverseMatch as error:
        raise LookupError(str(error)) from None


def parameters(route: Route) -> dict[str, str]:
    """Return the converters of a route's parameters, by name."""
    found: dict[str, str] = {}
    for part in route.pattern.split("<")[1:]:
        kind, _, name = part.split(">")[0].rpartition(":")
        found[name] = kind or "str"
    return found


def segments(route: Route) -> list[tuple[str, str]]:
    """Return each parameter with the segment before it: ("groups", "pk") for groups/<uuid:pk>/."""
    parts = route.pattern.split("<")
    before = [part.rpartition(">")[2].strip("/(?P-").rpartition("/")[2] for part in parts[:-1]]
    return list(zip(before, parameters(route), strict=True))
