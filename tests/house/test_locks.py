"""No row that is never changed is locked: the restricted role of the application has no right to update its table.

PostgreSQL asks for that right for every SELECT FOR UPDATE, so such a lock works on SQLite and fails in a practice.
The source of all apps is read as a tree; a lock whose model cannot be told fails, too.
"""

import ast
import importlib
import inspect
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from groupcare.audit.models import AppendOnly
from tests.house.test_models import HOUSE, MUTABLE

ROOT = Path(__file__).resolve().parents[2]
# update_or_create locks the row that it finds.
LOCKS = frozenset({"select_for_update", "update_or_create"})


def sources() -> list[Path]:
    """Return every file of the house that runs in a practice."""
    tops = sorted({name.partition(".")[0] for name in HOUSE})
    return [path for top in tops for path in sorted((ROOT / top).rglob("*.py")) if "migrations" not in path.parts]


class Unknown(Exception):
    """The model that is locked cannot be told from the source."""


class Locks(ast.NodeVisitor):
    """Finds each lock of a file, and the models it is on."""

    def __init__(self, tree: ast.Module, module: types.ModuleType) -> None:
        self.tree, self.module = tree, module
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    def found(self) -> Iterator[tuple[int, list[type[models.Model]]]]:
        """Yield the line and the models of each lock."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LOCKS:
                model = self.model_of(node.func.value)
                yield node.lineno, [model, *self.joined(node, model)]

    def model_of(self, node: ast.expr) -> type[models.Model]:
        """Return the model of a query: the name at its beginning, a variable's, or what a function says it returns."""
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "apps.get_model":
            return apps.get_model(*[ast.literal_eval(one) for one in node.args])
        if isinstance(node, ast.Attribute):
            return self.model_of(node.value)
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name):
                return self.named(self.looked_up(node.func))
            return self.model_of(node.func)
        if isinstance(node, ast.Name):
            assigned = self.assigned(node)
            return self.model_of(assigned) if assigned is not None else self.named(self.looked_up(node))
        raise Unknown(ast.unparse(node))

    def looked_up(self, node: ast.Name) -> object:
        """Return what a name stands for: imported in the function around it, or known to the module."""
        for one in ast.walk(self.around(node)):
            if isinstance(one, ast.ImportFrom) and any((as_.asname or as_.name) == node.id for as_ in one.names):
                return getattr(importlib.import_module(str(one.module)), node.id)
        try:
            return getattr(self.module, node.id)
        except AttributeError as error:
            raise Unknown(node.id) from error

    def named(self, thing: object) -> type[models.Model]:
        """Return the model that a name is, or that a function says it returns rows or the table of."""
        for one in (thing, *promised(thing)):
            if isinstance(one, type) and issubclass(one, models.Model):
                return one
        raise Unknown(repr(thing))

    def around(self, node: ast.AST) -> ast.AST:
        """Return the function around a node, or the whole file."""
        while node in self.parents and not isinstance(node, ast.FunctionDef):
            node = self.parents[node]
        return node

    def assigned(self, node: ast.Name) -> ast.expr | None:
        """Return the first value that the variable got in the function around it."""
        for one in ast.walk(self.around(node)):
            targets = (
                one.targets if isinstance(one, ast.Assign) else [one.target] if isinstance(one, ast.AnnAssign) else []
            )
            if any(isinstance(target, ast.Name) and target.id == node.id for target in targets):
                return one.value
        return None

    def joined(self, lock: ast.Call, model: type[models.Model]) -> list[type[models.Model]]:
        """Return the models that select_related joins to the lock; none where it says ``of``."""
        if any(one.arg == "of" for one in lock.keywords):
            return []
        found, node = [], self.chain(lock)
        for call in ast.walk(node):
            is_joining = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
            if is_joining and call.func.attr == "select_related":
                for one in call.args:
                    found += related(model, ast.literal_eval(one))
        return found

    def chain(self, node: ast.AST) -> ast.AST:
        """Return the whole query of which a call is one link."""
        while isinstance(self.parents.get(node), ast.Attribute | ast.Call):
            above = self.parents[node]
            if isinstance(above, ast.Call) and above.func is not node:
                break
            node = above
        return node


def promised(thing: object) -> list[object]:
    """Return what the names in a function's return annotation stand for; a query set forgets its model at run time."""
    if not inspect.isfunction(thing):
        return []
    says = ast.parse(textwrap.dedent(inspect.getsource(thing))).body[0].returns
    names = [one.id for one in ast.walk(says) if isinstance(one, ast.Name)] if says is not None else []
    return [getattr(inspect.getmodule(thing), name, None) for name in names]


def related(model: type[models.Model], path: str) -> list[type[models.Model]]:
    found = []
    for name in path.split("__"):
        try:
            model = model._meta.get_field(name).related_model
        except FieldDoesNotExist as error:
            raise Unknown(path) from error
        found.append(model)
    return found


def tables(model: type[models.Model]) -> list[type[models.Model]]:
    """Return the model, or those made from it where it has no table itself."""
    return [one for one in apps.get_models() if issubclass(one, model)] if model._meta.abstract else [model]


def wrong_in(source: str, module: types.ModuleType, where: str) -> list[str]:
    """Return each lock on a model that is never changed, or that cannot be told."""
    wrong = []
    try:
        for line, locked in Locks(ast.parse(source), module).found():
            wrong += [
                f"{where}:{line} locks {one._meta.label}, which is never changed. Lock what it belongs to instead."
                for one in (table for model in locked for table in tables(model))
                if issubclass(one, AppendOnly) or (one.__module__.startswith(HOUSE) and one._meta.label not in MUTABLE)
            ]
    except Unknown as error:
        wrong.append(f"{where}: it cannot be told what is locked: {error}. Begin the query with the model.")
    return wrong


def locking() -> list[Path]:
    return [path for path in sources() if any(f".{name}(" in path.read_text() for name in LOCKS)]


def module_of(path: Path) -> types.ModuleType:
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    return importlib.import_module(name.removesuffix(".__init__"))


@pytest.mark.parametrize("path", locking(), ids=lambda path: str(path.relative_to(ROOT)))
def test_only_rows_that_may_change_are_locked(path):
    assert wrong_in(path.read_text(), module_of(path), str(path.relative_to(ROOT))) == []


def test_the_places_that_lock_are_found():
    found = {str(path.relative_to(ROOT)) for path in locking()}
    assert {"consent/services/ledger.py", "groups/services/people.py", "groupcare/outbox/services/delivery.py"} <= found
    assert len(found) > 30


@pytest.mark.parametrize("path", locking(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_lock_lets_rows_be_written_that_name_the_locked_row(path):
    """A plain FOR UPDATE makes each such row wait at its commit, when it holds the head of the trail: a deadlock."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    locks = [one for one in calls if isinstance(one.func, ast.Attribute) and one.func.attr == "select_for_update"]
    assert not [one.lineno for one in locks if "no_key" not in {word.arg for word in one.keywords}]


PLANTED = {
    "SpokenAgreement.objects.select_for_update().get(pk=1)": "consent.SpokenAgreement",
    "Act.objects.filter(pk=1).select_for_update().first()": "consent.Act",
    "rows = Act.objects.all()\n    rows.filter(pk=1).select_for_update().first()": "consent.Act",
    "open_follow_ups(by).select_for_update().first()": "consent.SpokenAgreement",
    "Requirement.objects.select_for_update().select_related('document__versions').get(pk=1)": "consent.DocumentVersion",
    "FollowUp.objects.update_or_create(pk=1)": "consent.FollowUp",
    "apps.get_model('consent', 'Act').objects.select_for_update().get(pk=1)": "consent.Act",
    "made_up(by).select_for_update().first()": "cannot be told",
    "by.select_for_update()": "cannot be told",
}


@pytest.mark.parametrize("planted", PLANTED, ids=range(len(PLANTED)))
def test_a_planted_lock_on_a_row_that_is_never_changed_is_found(planted):
    from consent import models as ours
    from consent.selectors.spoken import open_follow_ups

    module = types.ModuleType("planted")
    module.__dict__.update(vars(ours), open_follow_ups=open_follow_ups, apps=apps)
    (said,) = wrong_in(f"def f(by):\n    {planted}\n", module, "planted")
    assert PLANTED[planted] in said
    fine = "def f(by):\n    Document.objects.select_for_update().filter(pk=1).first()\n"
    assert wrong_in(fine, module, "planted") == []


def test_a_lock_that_says_of_itself_joins_what_it_likes():
    from consent import models as ours

    chain = "Requirement.objects.select_for_update({}).select_related('document__versions').get(pk=1)"
    assert wrong_in(f"def f():\n    {chain.format('')}\n", ours, "here") != []
    assert wrong_in("def f():\n    " + chain.format("of=('self',)") + "\n", ours, "here") == []
