"""Nobody outside of the access room asks Django or guardian for a right (foundation F4)."""

import ast
import re
from pathlib import Path

import pytest

from groupcare import access

ROOT = Path(access.__file__).parents[2]
BANNED = {"has_perm", "has_perms", "has_module_perms", "DjangoObjectPermissions", "DjangoModelPermissions"}
BANNED |= {"permission_required", "PermissionRequiredMixin", "get_objects_for_user", "user_permissions"}


def sources():
    for room in ("groupcare", "groups", "consent", "incidents"):
        for path in (ROOT / room).rglob("*.py"):
            if not path.is_relative_to(ROOT / "groupcare" / "access") and "migrations" not in path.parts:
                yield path


def forbidden(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in BANNED:
            yield node.attr
        elif isinstance(node, ast.Name) and node.id in BANNED:
            yield node.id
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            if (node.module or "").split(".")[0] == "guardian":
                yield node.module
            yield from names & BANNED
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "guardian")


def test_no_code_outside_of_access_asks_django_for_a_right():
    found = {}
    for path in sources():
        names = list(forbidden(ast.parse(path.read_text(encoding="utf-8"))))
        if names:
            found[str(path.relative_to(ROOT))] = names
    assert found == {}


def test_no_template_loads_the_tags_of_guardian_or_asks_for_permissions():
    pattern = re.compile(r"guardian_tags|get_obj_perms|\bperms\.")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "templates").rglob("*.html")
        if pattern.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "user.has_perm('x')",
        "from guardian.shortcuts import assign_perm",
        "import guardian",
        "from rest_framework.permissions import DjangoObjectPermissions",
        "@permission_required('x')\ndef view(request): ...",
    ],
)
def test_the_search_finds_what_it_looks_for(code):
    assert list(forbidden(ast.parse(code)))


@pytest.mark.req("SEC-4")
def test_no_sensitive_model_can_be_reached_through_an_admin_site():
    from django.conf import settings

    assert "django.contrib.admin" not in settings.INSTALLED_APPS


def test_the_public_names_of_the_room_are_all_there():
    for name in access.__all__:
        assert getattr(access, name) is not None
    with pytest.raises(AttributeError):
        access.no_such_name  # noqa: B018
