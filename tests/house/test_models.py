"""Every table of the house is either written once or named here as one that changes."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from groupcare.audit.models import AppendOnly
from groupcare.audit.triggers import declared_triggers, installed_triggers
from incidents import triggers as steps
from tests.house.routes import all_routes, label, view_of

HOUSE = ("groupcare.", "groups", "consent", "incidents")

# Why each of these may change. A new model fails the test until it is append-only or has a line here.
MUTABLE = {
    "access.RoleHolding": "its period is ended",
    "accounts.Invitation": "is accepted, sent again or taken back",
    "accounts.KeptText": "goes when it was sent, thrown away or a day old",
    "accounts.Person": "people change their names",
    "accounts.SessionRecord": "goes when its session ends",
    "accounts.StepUpCode": "its tries are counted, and it is used once",
    "accounts.UsedForm": "goes after a day",
    "accounts.UsedFactorStep": "steps that are over are cleared away",
    "accounts.User": "passwords change, accounts are switched off",
    "audit.ChainHead": "moves with every event",
    "consent.Document": "is retired",
    "consent.GuardianLink": "is ended",
    "consent.KioskHandover": "is ended",
    "consent.Requirement": "how long a promise lasts is a setting",
    "groups.Facilitation": "its period is ended",
    "groups.GroupGrant": "its period is ended",
    "groups.GroupSession": "is moved, cancelled or held",
    "groups.Membership": "a spell goes through its states",
    "groups.OverlapCheck": "is done",
    "groups.SessionGrant": "its period is ended",
    "groups.TherapyGroup": "is renamed, moved and closed",
    "outbox.Address": "is verified and ended",
    "outbox.Heartbeat": "beats",
    "outbox.Message": "is claimed, sent or dropped",
    "practice.Installation": "one row, made with the database",
    "practice.Practice": "settings",
    "practice.Site": "settings",
    "vault.DataKey": "is wrapped anew, or destroyed",
}


def house_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith(HOUSE)]


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_a_model_is_append_only_or_listed_as_one_that_changes(model):
    append_only = issubclass(model, AppendOnly)
    assert append_only != (model._meta.label in MUTABLE)
    assert append_only == bool(getattr(model, "append_only", False))


def test_no_line_of_the_list_is_left_over():
    assert set(MUTABLE) <= {model._meta.label for model in house_models()}


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_when_and_by_whom_come_together(model):
    """A step that is kept as a time and a person has both or neither, and the database says so."""
    names = {field.name: field for field in model._meta.concrete_fields}
    held = " ".join(repr(rule) for rule in model._meta.constraints if isinstance(rule, models.CheckConstraint))
    for name, field in names.items():
        stem, _, kind = name.rpartition("_")
        when = next((names[f"{stem}_{other}"] for other in ("at", "on") if f"{stem}_{other}" in names), None)
        if kind != "by" or when is None or not (field.null or when.null):
            continue
        # The system gives and makes without a person; who is named is then always named with the time.
        if field.null and not when.null:
            continue
        assert name in held, f"{model._meta.label}: no CheckConstraint pairs {name} with {when.name}"
        assert when.name in held, f"{model._meta.label}: no CheckConstraint pairs {name} with {when.name}"


@pytest.mark.django_db
@pytest.mark.req("SEC-55")
def test_every_declared_trigger_is_installed_on_every_append_only_table():
    assert set(declared_triggers()) == set(installed_triggers())
    guarded = " ".join(map(str, declared_triggers()))
    for model in house_models():
        if issubclass(model, AppendOnly):
            assert model._meta.db_table in guarded
    assert steps.is_installed()


@pytest.mark.req("SEC-4")
def test_no_model_is_in_an_admin_site():
    assert not apps.is_installed("django.contrib.admin")
    assert not [label(route) for route in all_routes() if view_of(route).__module__.startswith("django.contrib.admin")]


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


@pytest.mark.parametrize("model", house_models(), ids=lambda model: model._meta.label)
def test_ids_of_sensitive_rows_are_random(model):
    """Rows that the vault encrypts have a UUID made before the insert, which the ciphertext is bound to."""
    if any(type(field).__name__.startswith("Encrypted") for field in model._meta.concrete_fields):
        assert isinstance(model._meta.pk, models.UUIDField)
        assert model._meta.pk.has_default()
