"""Backups that lie apart, their restoring, and the drill that proves it.

Part of the composition root (docs/decisions/0005): it reads every table whoever owns it, nothing imports it.
"""
