"""The sign-in library's forms in our words: labels, hints and errors; what they do stays the library's.

Exceptions, each for a requirement: a code of the app counts once, and a forgotten password gets one answer.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from groupcare.accounts import services
from groupcare.accounts.factors import matching_code
from groupcare.web.forms import PlainForm

_PASSWORD = _("Password")
_ADDRESS = _("E-mail address")
_NEW_PASSWORD = {"password1": _("New password"), "password2": _("New password, once more")}
_NO_ANSWER = _("The passkey gave no answer that fits. Try again.")


class LibraryForm(PlainForm):
    """Base of the library's forms here: our labels, our hints or none, and no text inside a field."""

    labels: ClassVar[Mapping[str, Any]] = {}
    hints: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Build the library's form and put our words over its own."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.JSONField):
                field.error_messages.update(required=_NO_ANSWER, invalid=_NO_ANSWER)


class TwiceForm(LibraryForm):
    """Base of the forms that ask for a new password twice."""

    def clean(self) -> dict[str, Any]:
        """Return what was typed; two different passwords are an error in our words, not the library's."""
        data = forms.Form.clean(self) or {}
        if data.get("password1") and data.get("password2") and data["password1"] != data["password2"]:
            self.add_error("password2", _("The two are different. Write the same password twice."))
        return data


class LoginForm(LibraryForm, account.LoginForm):  # type: ignore[misc]
    """Address and password. The way to a new password stands beside the button, once."""

    labels = {"login": _ADDRESS, "password": _PASSWORD}


class ReauthenticateForm(LibraryForm, account.ReauthenticateForm):  # type: ignore[misc]
    """The password, once more."""

    labels = {"password": _("Your password")}


class ResetPasswordForm(LibraryForm, account.ResetPasswordForm):  # type: ignore[misc]
    """A forgotten password: the same answer, after the same time, for every address (SEC-50)."""

    labels = {"email": _ADDRESS}

    def clean_email(self) -> str:
        """Return the address; whether it is known is not looked up here."""
        email: str = self.cleaned_data["email"].lower()
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        """Send a link to the owner, if there is one, and return the address."""
        email: str = self.cleaned_data["email"]
        services.ask_password_reset(email=email)
        return email


class ResetPasswordKeyForm(TwiceForm, account.ResetPasswordKeyForm):  # type: ignore[misc]
    """A new password, by the link of a mail."""

    labels = _NEW_PASSWORD


class ChangePasswordForm(TwiceForm, account.ChangePasswordForm):  # type: ignore[misc]
    """A new password, by the one in use."""

    labels = {**_NEW_PASSWORD, "oldpassword": _("The password you use now")}


class CodeForm(LibraryForm):
    """Base of the forms that ask for a code."""

    labels = {"code": _("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Build the form; an empty field says what to write."""
        super().__init__(*args, **kwargs)
        self.fields["code"].error_messages["required"] = _("Write the code.")


class AuthenticateForm(CodeForm, mfa.AuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in: a code counts once, by a row of the database (SEC-44)."""

    def clean_code(self) -> str:
        """Return the code if it is this account's and new.

        Raises:
            ValidationError: it is not, or there were too many tries.
        """
        clear = check_rate_limit(self.user)
        code: str = self.cleaned_data["code"]
        self.authenticator = matching_code(self.user, code)
        if self.authenticator is None:
            raise forms.ValidationError(_("This code does not fit. Wait for the next one and try again."))
        clear()
        return code


class SecondReauthenticateForm(CodeForm, mfa.ReauthenticateForm):  # type: ignore[misc]
    """The second factor, once more."""


class ActivateAppForm(CodeForm, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, which shows that it is set up."""

    labels = {"code": _("Code that the app shows")}


@contextmanager
def _no_code_to_wait_for() -> Iterator[None]:
    """Say of a passkey that does not fit what to do; the library would speak of a code."""
    try:
        yield
    except forms.ValidationError as error:
        if error.code == "incorrect_code":
            raise forms.ValidationError(_NO_ANSWER) from error
        raise


class _PasskeyForm(LibraryForm):
    """Base of the forms that a passkey fills in."""

    def clean_credential(self) -> Any:
        """Return the passkey that answered.

        Raises:
            ValidationError: none of this account's did, or there were too many tries.
        """
        with _no_code_to_wait_for():
            return super().clean_credential()  # type: ignore[misc]


class AuthenticatePasskeyForm(_PasskeyForm, webauthn.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second factor."""


class LoginPasskeyForm(_PasskeyForm, webauthn.LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey alone."""


class AddPasskeyForm(LibraryForm, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey and its name."""

    labels = {"name": _("Name of this passkey"), "passwordless": _("It opens my account without a password too")}
    hints = {"passwordless": _("Your device then asks for your finger, face or code each time.")}

    def clean(self) -> dict[str, Any]:
        """Return what the device answered.

        Raises:
            ValidationError: it does not fit what was asked.
        """
        with _no_code_to_wait_for():
            return super().clean() or {}


class RenamePasskeyForm(LibraryForm, webauthn.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    labels = {"name": _("Name of this passkey")}
