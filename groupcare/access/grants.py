"""Rights on objects: one predicate answers lists, objects and writes (foundation F4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeVar

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext as _
from guardian.shortcuts import get_objects_for_user
from guardian.utils import get_user_obj_perms_model

from groupcare.access import acting
from groupcare.access.models import Right, TimedGrant
from groupcare.access.people import Person

M = TypeVar("M", bound=Model)


def grant_model(model: type[Model]) -> type[TimedGrant]:
    """Return the table of timed grants for ``model``.

    Raises:
        LookupError: it has none; guardian would fall back to its generic table, which has no period.
    """
    found: type[TimedGrant] = get_user_obj_perms_model(model)
    if not issubclass(found, TimedGrant):
        raise LookupError(f"{model._meta.label} has no TimedGrant table.")
    return found


def grant_models() -> list[type[TimedGrant]]:
    """Return every table of timed grants, in the order of the apps."""
    return [found for found in apps.get_models() if issubclass(found, TimedGrant)]


def visible(person: Person, right: Right, model: type[M]) -> QuerySet[M]:
    """Return the objects of ``model`` on which ``person`` has ``right`` now.

    Superusers, Django's global permissions and auth groups count for nothing. A person without an
    active login sees none.

    Raises:
        RuntimeError: nobody is at work, or another person is.
        LookupError: ``model`` has no table of timed grants.
    """
    acting.require(person, system_may_ask=False)
    grant_model(model)
    login = person.login
    if login is None or not login.is_active:
        return model._default_manager.none()
    found: QuerySet[M] = get_objects_for_user(
        login, str(right), klass=model, use_groups=False, with_superuser=False, accept_global_perms=False
    )
    return found


def may(person: Person, right: Right, obj: Model) -> bool:
    """Return whether ``person`` has ``right`` on ``obj`` now: the list's own predicate, narrowed to one row.

    Raises:
        RuntimeError: nobody is at work, or another person is.
    """
    return visible(person, right, type(obj)._meta.concrete_model or type(obj)).filter(pk=obj.pk).exists()


def grant(
    *, person: Person, right: Right, obj: Model, valid_from: datetime, valid_until: datetime | None = None
) -> TimedGrant:
    """Give ``person`` ``right`` on ``obj`` for a period; the same start again changes its end.

    The calling service has checked who may give it, and records it.

    Args:
        person: who gets it.
        right: the right.
        obj: the object.
        valid_from: first moment, aware.
        valid_until: first moment outside of the period; None leaves it open.

    Raises:
        ValidationError: the person has no login yet, or the end lies before the start.
        LookupError: the object's model has no table of timed grants, or no such right.
    """
    if person.login is None:
        raise ValidationError({"person": _("This person has not accepted their invitation yet. Add them afterwards.")})
    if valid_until is not None and valid_until < valid_from:
        raise ValidationError({"valid_until": _("Choose an end that is later than the start.")})
    spell: TimedGrant
    spell, _made = grant_model(type(obj)).spells.update_or_create(
        user=person.login,
        permission=_permission(right, type(obj)),
        content_object=obj,
        valid_from=valid_from,
        defaults={"valid_until": valid_until},
    )
    return spell


def end_grants(*, person: Person, obj: Model, at: datetime, rights: Iterable[Right] | None = None) -> int:
    """End the rights of ``person`` on ``obj`` at ``at``; returns how many spells were cut short.

    A spell that has not begun by then is kept for history with an empty period. The calling service
    has checked who may end it, and records it.

    Args:
        person: whose rights.
        obj: the object.
        at: first moment without them.
        rights: only these; None means all.
    """
    if person.login is None:
        return 0
    spells = grant_model(type(obj)).spells.filter(user=person.login, content_object=obj)  # type: ignore[misc]
    if rights is not None:
        spells = spells.filter(permission__codename__in=[str(right) for right in rights])
    open_then = spells.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at))
    later = open_then.filter(valid_from__gt=at).update(valid_until=F("valid_from"))
    return int(later + open_then.filter(valid_from__lte=at).update(valid_until=at))


def _permission(right: Right, model: type[Model]) -> Any:
    """Return the row of Django's permission table that carries ``right`` on ``model``."""
    content_type = ContentType.objects.get_for_model(model)
    try:
        return Permission.objects.get(content_type=content_type, codename=str(right))
    except Permission.DoesNotExist:
        raise LookupError(f"{model._meta.label} has no right {right}. Add it to Meta.permissions.") from None
