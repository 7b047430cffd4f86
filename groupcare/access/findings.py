"""What is wrong with the rights that are stored: the substance of ``manage.py check_access``."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

from groupcare.access import ports
from groupcare.access.grants import grant_models
from groupcare.access.models import RoleHolding, TimedGrant

# Our choice, because explaining grants one by one would ask the database once for each.
BATCH = 500


def findings() -> list[str]:
    """Return one line for each finding, made of ids only; an empty list when all is well."""
    return [
        *_generic_grants(),
        *_django_permissions(),
        *_superusers(),
        *_grants_of_closed_logins(),
        *_unexplained_grants(),
        *_roles_without_login(),
        *(f"{name} {line}" for name, check in ports.access_checks().items() for line in check()),
    ]


def _generic_grants() -> Iterator[str]:
    """Yield rows of guardian's generic tables: they have no period and no foreign key to their object."""
    for model in (UserObjectPermission, GroupObjectPermission):
        for pk in model.objects.order_by("pk").values_list("pk", flat=True):
            yield f"orphaned_grant {model._meta.label} {pk}"


def _django_permissions() -> Iterator[str]:
    """Yield logins with Django's own permissions or groups, which GroupCare does not use."""
    holders = get_user_model()._default_manager.filter(Q(user_permissions__isnull=False) | Q(groups__isnull=False))
    for pk in holders.order_by("pk").values_list("pk", flat=True).distinct():
        yield f"django_permission {pk}"


def _superusers() -> Iterator[str]:
    """Yield superusers: they see nothing, but nobody here needs to be one."""
    for pk in get_user_model()._default_manager.filter(is_superuser=True).order_by("pk").values_list("pk", flat=True):
        yield f"superuser {pk}"


def _open(model: type[TimedGrant]) -> Any:
    """Return the grants of ``model`` that are open now or later."""
    return model.spells.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=timezone.now())).order_by("pk")


def _grants_of_closed_logins() -> Iterator[str]:
    """Yield open grants of logins that are switched off."""
    for model in grant_models():
        for pk in _open(model).filter(user__is_active=False).values_list("pk", flat=True):
            yield f"grant_of_closed_login {model._meta.label} {pk}"


def _unexplained_grants() -> Iterator[str]:
    """Yield open grants that no registered source explains: with no source, all of them."""
    for model in grant_models():
        batch: list[TimedGrant] = []
        for spell in _open(model).select_related("permission", "user").iterator(chunk_size=BATCH):
            batch.append(spell)
            if len(batch) == BATCH:
                yield from _unexplained(model, batch)
                batch = []
        yield from _unexplained(model, batch)


def _unexplained(model: type[TimedGrant], batch: list[TimedGrant]) -> Iterator[str]:
    explained: set[Any] = set()
    if batch:
        for source in ports.grant_sources():
            explained |= set(source(batch))
    for spell in batch:
        if spell.pk not in explained:
            yield f"unexplained_grant {model._meta.label} {spell.pk}"


def _roles_without_login() -> Iterator[str]:
    """Yield current roles of people whose login is switched off."""
    rows = RoleHolding.objects.current().filter(person__user__is_active=False).order_by("id")
    for pk in rows.values_list("id", flat=True):
        yield f"role_of_closed_login {pk}"
