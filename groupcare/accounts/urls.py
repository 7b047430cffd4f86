"""Routes of the accounts room; those of the sign-in library keep its names and get our policy.

Only the library's routes that are offered stand here: nobody signs up, and an address is changed by
our own way, which waits and writes to the old one. What it still reverses leads to the page for what
is not there.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from groupcare.access import Audience, policy
from groupcare.accounts.factors import own_passkey_only
from groupcare.accounts.stepup import before_change_of_factors
from groupcare.accounts.views import (
    invitations,
    kept,
    merges,
    mistakes,
    people,
    person,
    recoveries,
    recovery_links,
    sessions,
    step_up,
)
from groupcare.web.responses import absent


@policy(Audience.PUBLIC)
def not_offered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Answer for what the library knows and we do not offer."""
    return absent(request)


def _open(view: Callable[..., Any]) -> Callable[..., Any]:
    return policy(Audience.PUBLIC)(view)


def _own(view: Callable[..., Any]) -> Callable[..., Any]:
    return policy(Audience.SIGNED_IN)(view)


def _proven(view: Callable[..., Any]) -> Callable[..., Any]:
    return policy(Audience.SIGNED_IN)(before_change_of_factors(view))


_accounts = [
    path("invitation/<uuid:invitation_id>/<str:token>/", invitations.invitation_accept, name="invitation-accept"),
    path("step-up/", step_up.step_up, name="step-up"),
    path("step-up/code/", step_up.step_up_send, name="step-up-send"),
    path("profile/", people.profile, name="profile"),
    path("kept/", kept.kept_list, name="kept-list"),
    path("kept/discard/", kept.kept_discard, name="kept-discard"),
    path("sessions/", sessions.session_list, name="session-list"),
    path("sessions/end-others/", sessions.session_end_others, name="session-end-others"),
    path("sessions/<uuid:handle>/end/", sessions.session_end, name="session-end"),
    path("address/", recovery_links.address_change, name="address-change"),
    # What stands in a message names no kind of care, and no word that looks like one.
    path("address/<uuid:recovery_id>/<str:token>/", recovery_links.recovery_confirm, name="recovery-confirm"),
    path("change/<uuid:recovery_id>/<str:token>/", recovery_links.recovery_stop, name="recovery-stop"),
    path("change/<uuid:recovery_id>/", recovery_links.recovery_stop_own, name="recovery-stop-own"),
    path("recoveries/", recoveries.recovery_list, name="recovery-list"),
    path("recoveries/open/<slug:kind>/", recoveries.recovery_open, name="recovery-open"),
    path("recoveries/<uuid:recovery_id>/", recoveries.recovery_detail, name="recovery-detail"),
    path("people/", people.people_list, name="people-list"),
    path("people/invite/", people.person_invite, name="person-invite"),
    path("people/<uuid:person_id>/wrong-address/", mistakes.person_wrong_address, name="person-wrong-address"),
    path("people/<uuid:person_id>/", person.person_detail, name="person-detail"),
    path("people/<uuid:person_id>/merge/", merges.person_merge, name="person-merge"),
    path("people/<uuid:person_id>/merge/<uuid:other_id>/", merges.person_merge_with, name="person-merge-with"),
    path("people/merged/<uuid:merge_id>/", merges.person_merged, name="person-merged"),
    path("people/<uuid:person_id>/invite/", person.person_invite_again, name="person-invite-again"),
    path("people/<uuid:person_id>/role/", person.role_give, name="role-give"),
    path("people/<uuid:person_id>/role/<slug:role>/end/", person.role_end, name="role-end"),
    path("people/<uuid:person_id>/<slug:what>/", person.person_switch, name="person-switch"),
    path("people/invitation/<uuid:invitation_id>/reissue/", people.invitation_reissue, name="invitation-reissue"),
    path("people/invitation/<uuid:invitation_id>/revoke/", people.invitation_revoke, name="invitation-revoke"),
]

_sign_in = [
    path("login/", _open(account.login), name="account_login"),
    path("logout/", _open(account.logout), name="account_logout"),
    path("password/change/", _own(account.password_change), name="account_change_password"),
    path("password/reset/", _open(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", _open(account.password_reset_done), name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        _open(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _open(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("2fa/", _own(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", _open(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/totp/activate/", _proven(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", _proven(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", _proven(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/generate/", _proven(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", _proven(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("2fa/webauthn/", _own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/webauthn/add/", _proven(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/webauthn/login/", _open(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/webauthn/keys/<int:pk>/remove/",
        _proven(own_passkey_only(webauthn.remove_webauthn)),
        name="mfa_remove_webauthn",
    ),
    path(
        "2fa/webauthn/keys/<int:pk>/edit/", _proven(own_passkey_only(webauthn.edit_webauthn)), name="mfa_edit_webauthn"
    ),
]

_not_offered = [
    path(f"none/{name}/", not_offered, name=name)
    for name in (
        "account_signup",
        "account_email",
        "account_inactive",
        "account_reauthenticate",
        "account_set_password",
        "account_email_verification_sent",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
    )
]

urlpatterns = [path("", include((_accounts, "accounts"))), *_sign_in, *_not_offered]
