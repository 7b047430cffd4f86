"""Where the accounts room stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from groupcare.access import Role
from groupcare.web import nav


def register() -> None:
    """Add the people list for administrators."""
    nav.register(
        nav.NavItem(
            key="people",
            label=_("People"),
            icon="users",
            url_name="accounts:people-list",
            shown_to=frozenset({str(Role.ADMINISTRATOR)}),
            order=60,
            badge=None,
        )
    )
