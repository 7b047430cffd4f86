"""Where the accounts room stands in the navigation."""

from django.utils.translation import gettext_lazy as _

from groupcare.access import Role
from groupcare.web import nav


def register() -> None:
    """Add the people list for administrators, and help with signing in for whoever may ask for it."""
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
    nav.register(
        nav.NavItem(
            key="recoveries",
            label=_("Help with signing in"),
            icon="key-round",
            url_name="accounts:recovery-list",
            shown_to=frozenset(map(str, (Role.ADMINISTRATOR, Role.PRIVACY_OFFICER, Role.EXTERNAL_REVIEWER))),
            order=65,
            place="foot",
        )
    )
