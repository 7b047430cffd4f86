"""Wiring of the demo: it offers one management command and registers nothing."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demo practice."""

    name = "groupcare.demo"
    label = "demo"
