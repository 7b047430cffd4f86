"""Wiring of the accounts room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Registers what the accounts room offers to the others."""

    name = "groupcare.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Register links, step-up, navigation and receivers, and point the limits to their cache."""
        from groupcare.access.ports import register_access_check, register_step_up
        from groupcare.accounts import limits, navigation, once, receivers, selectors, stepup, tokens
        from groupcare.outbox.ports import register_link

        register_link("invitation", tokens.invitation_link)
        register_link("recovery_stop", tokens.stop_link)
        register_link("recovery_confirm", tokens.confirm_link)
        register_step_up(stepup.check)
        register_access_check("second_factor", selectors.findings)
        limits.use_limits_cache()
        receivers.connect()
        once.register()
        navigation.register()
