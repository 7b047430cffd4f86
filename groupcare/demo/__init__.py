"""The demo practice: invented people in different standing, made through the services only.

Part of the composition root (docs/decisions/0001): it may import every app, nothing imports it.
"""
