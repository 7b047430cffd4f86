"""Whose data a key protects, and for what: one data key each, so that each can be destroyed alone."""

from enum import StrEnum


class Owner(StrEnum):
    """Whose data it is (foundation F6)."""

    PERSON = "person"
    GROUP = "group"
    INCIDENT = "incident"


class Purpose(StrEnum):
    """What the data is kept for; erasure and retention destroy one purpose's key (foundation F6)."""

    IDENTITY = "identity"
    CONTACT = "contact"
    CLINICAL = "clinical"
    AGREEMENTS = "agreements"
    INCIDENTS = "incidents"
    SECRETS = "secrets"
