"""Mass assignment: every field of every model is sent along with what an owner may write, and changes nothing."""

import uuid
from collections import Counter
from typing import Any

import pytest
from django.apps import apps
from django.db import models, transaction
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from groupcare.accounts.models import Person, User
from groups.models import TherapyGroup
from tests.house import matrix
from tests.house.cast import Cast, _settled, _stage, cast_of_world  # noqa: F401
from tests.house.matrix import CELLS, POST, Cell
from tests.house.routes import all_routes, label
from tests.house.test_api_scope import GROUP, send

pytestmark = pytest.mark.django_db

HOUSE = ("groupcare.", "groups", "consent", "incidents")

LONG_AGO = "1999-12-31T23:59:59Z"
SMUGGLED = "smuggled-in-by-name"


def house_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(HOUSE)]


def everything(cast: Cast, own: set[str]) -> dict[str, Any]:
    """Return a value for every field of every model, by name and by column, but for the names in ``own``."""
    foreign_rows = {
        "accounts.Person": cast.world.zoe.pk,
        "accounts.User": cast.world.zoe.login.pk,
        "groups.TherapyGroup": cast.world.tuesday.pk,
        "groups.GroupSession": cast.world.session_of_tuesday.pk,
        "groups.Membership": cast.world.membership("zoe").pk,
        "consent.DocumentVersion": cast.world.version_of_tuesday.pk,
        "consent.Document": cast.world.version_of_tuesday.document_id,
    }
    values: dict[str, Any] = {}
    for model in house_models():
        for part in model._meta.concrete_fields:
            value = _smuggled(part, foreign_rows)
            values |= {name: value for name in (part.name, part.attname) if name not in own}
    return values


def _smuggled(part: Any, foreign_rows: dict[str, Any]) -> Any:
    if part.is_relation:
        return str(foreign_rows.get(part.related_model._meta.label, MARK))
    if isinstance(part, models.BooleanField):
        return True
    if isinstance(part, models.UUIDField):
        return str(MARK)
    if isinstance(part, models.DateTimeField):
        return LONG_AGO
    if isinstance(part, models.DateField):
        return LONG_AGO[:10]
    if isinstance(part, models.IntegerField):
        return NUMBER
    return part.choices[-1][0] if part.choices else SMUGGLED


NUMBER = 7777
MARK = uuid.UUID(int=NUMBER, version=4)


def facts(known: set[Any]) -> Counter[tuple[str, str, str]]:
    """Return every fact of every row that a caller could have chosen: table, column and value, counted.

    Left out are what is new each time (random ids, times of now, ciphertext, hashes, tokens) and the trail.
    """
    found: Counter[tuple[str, str, str]] = Counter()
    for model in house_models():
        if model._meta.app_label == "audit":
            continue
        rows = list(model._base_manager.all())
        for part in model._meta.concrete_fields:
            for row in rows:
                found[model._meta.label, part.name, _told(part, row, known)] += 1
    return found


def _told(part: Any, row: models.Model, known: set[Any]) -> str:
    """Return a value as far as a caller could have chosen it."""
    value = getattr(row, part.name if _is_sealed(part) else part.attname)
    if SMUGGLED in str(value) or value in (MARK, NUMBER, parse_datetime(LONG_AGO)):
        return "smuggled"
    if part.is_relation and part.related_model._meta.app_label != "auth":
        return _whose(part, value, known)
    return "set" if value is not None and _is_new_each_time(part, value) else str(value)


def _is_sealed(part: Any) -> bool:
    return type(part).__name__.startswith("Encrypted")


def _is_new_each_time(part: Any, value: Any) -> bool:
    """Return whether a value is made by the practice: ids, times, numbers, hashes, tokens and evidence."""
    made = (models.AutoField, models.BinaryField, models.UUIDField, models.DateTimeField)
    if isinstance(part, made) or (_is_sealed(part) and not isinstance(value, str)):
        return True
    long = isinstance(part, models.CharField) and (part.max_length or 0) >= 64 and not part.choices
    return not _is_sealed(part) and (long or (isinstance(part, models.CharField) and part.name == "number"))


def _whose(part: Any, value: Any, known: set[Any]) -> str:
    """Return whether a foreign key is set, and which one it is where the cast knows it."""
    return "none" if value is None else str(value) if value in known else "row"


def everybody_and_every_group() -> set[Any]:
    """Return the ids of the people, accounts and groups that stood before anything was sent."""
    return {pk for model in (Person, User, TherapyGroup) for pk in model._base_manager.values_list("pk", flat=True)}


CREATES = [
    (matrix.LEAD, "api-group-list", GROUP),
    (matrix.MEMBER, "api-concern-mine", {"what_happened": "A story", "named": [], "named_text": ""}),
    (
        matrix.MEMBER,
        "accounts:profile",
        {"used_name": "Ben T", "pronouns": "", "language": "en", "time_zone": "America/New_York"},
    ),
    (
        matrix.ADMIN,
        "accounts:person-invite",
        {
            "used_name": "Una",
            "email": "una@example.org",
            "role": "",
            "language": "en",
            "time_zone": "America/New_York",
        },
    ),
    (matrix.ADMIN, "practice:site-create", {"name": "Annex", "address_text": "", "place": "US-NY"}),
    (matrix.LEAD, "groups:group-create", {**GROUP, "site": ""}),
    (matrix.MEMBER, "incidents:concern-create", {"what_happened": "A story", "named_text": "", "named": []}),
]
WRITES = [
    cell
    for cell in CELLS
    if cell.method == POST and not cell.route.startswith("mfa_") and cell.route not in matrix.SEARCHES
]


def written(cast: Cast, role: str, url: str, data: dict[str, Any], extra: dict[str, Any], before: Any):
    """Send ``data`` and ``extra``, return the status and what it changed in the tables; then undo it."""
    mark = transaction.savepoint()
    if before is not None:
        before(cast.people[role])
    for file in data.values():
        if hasattr(file, "seek"):
            file.seek(0)
    known = everybody_and_every_group()
    old = facts(known)
    answer = send(cast.browser(role), url, {**extra, **data})
    new = facts(known)
    transaction.savepoint_rollback(mark)
    return answer.status_code, new - old, old - new


def check_smuggling(cast: Cast, role: str, url: str, data: dict[str, Any], before: Any = None) -> None:
    plain = written(cast, role, url, data, {}, before)
    smuggled = written(cast, role, url, data, everything(cast, set(data)), before)
    assert plain[0] in {200, 201, 204, 302}, (plain[0], url)
    assert plain[1] or plain[2], "nothing was written, so nothing is shown"
    assert smuggled[0] == plain[0]
    assert smuggled[1] - plain[1] == plain[1] - smuggled[1] == Counter()
    assert smuggled[2] == plain[2]


@pytest.mark.req("SEC-10")
@pytest.mark.parametrize("cell", WRITES, ids=lambda cell: cell.label)
def test_fields_of_the_models_that_are_sent_along_change_nothing(cell: Cell, cast: Cast):
    role = min(cell.allowed)
    check_smuggling(cast, role, cell.url(cast.objects), cell.data(cast.objects), cell.before)


@pytest.mark.req("SEC-10")
@pytest.mark.parametrize(("role", "route", "data"), CREATES, ids=lambda value: value if isinstance(value, str) else "")
def test_fields_of_the_models_that_are_sent_along_with_something_new_change_nothing(role, route, data, cast: Cast):
    check_smuggling(cast, role, reverse(route), data)


@pytest.mark.req("SEC-10")
def test_every_route_of_the_api_that_writes_is_tried_with_smuggled_fields():
    api = [route for route in all_routes() if route.pattern.startswith("api/")]
    tried = {cell.route for cell in WRITES} | {route for _, route, _ in CREATES}
    assert {label(route) for route in api if hasattr(route.view.cls, "post")} <= tried
