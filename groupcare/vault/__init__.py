"""The vault: fields and files encrypted under keys by owner and purpose (foundations F6 and F7).

Everything here may be imported before the app registry is ready; models are loaded on first use.
"""

from groupcare.vault.derived import blind_index, derive_key, open_text, seal_text
from groupcare.vault.envelope import DecryptionError, KeyDestroyed
from groupcare.vault.fields import EncryptedJSONField, EncryptedTextField
from groupcare.vault.kinds import Owner, Purpose
from groupcare.vault.services import destroy_key, rotate_keys
from groupcare.vault.storage import EncryptedStorage
from groupcare.vault.unlocking import unlock

__all__ = [
    "DecryptionError",
    "EncryptedJSONField",
    "EncryptedStorage",
    "EncryptedTextField",
    "KeyDestroyed",
    "Owner",
    "Purpose",
    "blind_index",
    "derive_key",
    "destroy_key",
    "open_text",
    "rotate_keys",
    "seal_text",
    "unlock",
]
