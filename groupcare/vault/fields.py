"""Encrypted model fields (foundation F7): sealed before they reach SQL, opened on first access.

A row keeps the envelope until somebody reads the attribute. The field encrypts in ``pre_save``; its
column takes envelopes only, so ``update()``, ``bulk_update()`` and expressions raise instead of writing
plain text. Paths through the field (``filter``, ``values``, ``order_by``, ``F``) raise as well.
"""

import json
import logging
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from uuid import UUID

from django import forms
from django.core import checks
from django.core.exceptions import FieldError, ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from groupcare.vault.envelope import DecryptionError, Envelope, KeyDestroyed, seal, unseal
from groupcare.vault.kinds import Owner, Purpose
from groupcare.vault.sealed import LazyValue, Sealed

logger = logging.getLogger("groupcare.vault")

_ST = TypeVar("_ST", contravariant=True)
_GT = TypeVar("_GT", covariant=True)
_LABEL = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+){2,}")

if TYPE_CHECKING:
    _Field = models.Field
else:

    class _Field(models.Field):
        """Takes the type arguments that only a type checker reads."""

        def __class_getitem__(cls, item: Any) -> type:
            return cls


class EncryptedField(_Field[_ST, _GT]):
    """Base of the encrypted fields; the column holds an envelope."""

    descriptor_class = LazyValue

    def __init__(
        self,
        verbose_name: Any = None,
        *,
        bound_as: str,
        owner: Owner | str,
        owner_from: str,
        purpose: Purpose | str,
        max_length: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Bind the field.

        Args:
            verbose_name: as for every field.
            bound_as: the frozen label in every ciphertext's associated data; it never changes, even
                when the model or field is renamed.
            owner: whose key encrypts it.
            owner_from: the column of the same row that holds the owner's UUID, or a property made of columns.
            purpose: which of the owner's keys.
            max_length: longest plain text, in characters.
            **kwargs: as for every field.
        """
        self.bound_as, self.owner_from = bound_as, owner_from
        self.owner, self.purpose = Owner(owner), Purpose(purpose)
        super().__init__(verbose_name, max_length=max_length, **kwargs)
        if max_length is not None:
            self.validators.append(MaxLengthValidator(max_length))

    def dumped(self, value: Any) -> str:
        """Return the value as the text that is encrypted. Raises: TypeError for another type."""
        raise NotImplementedError

    def parsed(self, text: str) -> Any:
        """Return the value of such a text."""
        raise NotImplementedError

    # --- row -> memory --------------------------------------------------------------------------

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        """Return the envelope unopened."""
        return None if value is None else Sealed(Envelope(value))

    def opened(self, instance: models.Model, sealed: Sealed) -> Any:
        """Return the plain value of an envelope, opened once.

        Raises:
            DecryptionError: it was changed or moved; the log carries an alert.
        """
        if not sealed.opened:
            text = self._open(sealed, instance.pk if sealed.row is None else sealed.row)
            sealed.opened = [text, self.parsed(text)]
        return sealed.opened[1]

    def _open(self, sealed: Sealed, row: Any) -> str:
        from groupcare.vault import datakeys

        try:
            cipher = datakeys.for_reading(sealed.envelope.key_id).cipher
            return unseal(cipher, sealed.envelope, label=self.bound_as, row=row).decode()
        except KeyDestroyed:
            raise
        except DecryptionError:
            logger.critical("vault.decryption_failed", extra={"column": self.bound_as, "row": str(row)})
            raise

    # --- memory -> row --------------------------------------------------------------------------

    def pre_save(self, model_instance: models.Model, add: bool) -> Envelope | None:  # noqa: FBT001 - Django's own
        """Return the envelope to write; a value that nobody changed keeps its bytes.

        Raises:
            ValueError: the row has no primary key or no owner yet.
            TypeError: the value is of another type.
        """
        value = model_instance.__dict__.get(self.attname)
        if value is None:
            return None
        if isinstance(value, Sealed):
            if self._unchanged(model_instance, value):
                return value.envelope
            value = self.opened(model_instance, value)
        return self.sealed(model_instance, value)

    def _unchanged(self, instance: models.Model, value: Sealed) -> bool:
        if value.row != instance.pk:
            return False
        return not value.opened or self.dumped(value.opened[1]) == value.opened[0]

    def sealed(self, instance: models.Model, value: Any) -> Envelope:
        """Return a plain value encrypted for this row. Raises: as ``pre_save``."""
        from groupcare.vault import datakeys

        text = self.dumped(value)
        owner_id = getattr(instance, self.owner_from)
        if instance.pk is None or owner_id is None:
            raise ValueError(f"{self.bound_as} needs the row's primary key and {self.owner_from} before it is saved.")
        key = datakeys.for_writing(self.owner, UUID(str(owner_id)), self.purpose)
        return seal(key.cipher, key.id, text.encode(), label=self.bound_as, row=instance.pk)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Return an envelope for the database.

        Raises:
            TypeError: the value is no envelope. Plain text never reaches SQL.
        """
        if value is None:
            return None
        if not isinstance(value, Envelope):
            raise TypeError(f"{self.bound_as} is encrypted by save() and bulk_create() only; update() cannot write it.")
        return connection.Database.Binary(bytes(value))

    def get_placeholder(self, value: Any, compiler: Any, connection: Any) -> str:
        """Return the column's placeholder. Raises: TypeError for an SQL expression, which could hold plain text."""
        if hasattr(value, "as_sql"):
            raise TypeError(f"{self.bound_as} is encrypted: it takes no SQL expression.")
        placeholder: str = connection.ops.binary_placeholder_sql(value)
        return placeholder

    # --- what is refused ------------------------------------------------------------------------

    @property
    def path_infos(self) -> NoReturn:
        """Refuse every path through this field.

        Django asks each field for it when it resolves ``filter``, ``exclude``, ``order_by``, ``values``,
        ``values_list``, ``F`` and aggregates, and never when it loads whole rows.

        Raises:
            FieldError: always.
        """
        raise FieldError(f"{self.bound_as} is encrypted: it cannot be searched, sorted or selected as a value.")

    def get_lookup(self, lookup_name: str) -> NoReturn:
        """Refuse. Raises: FieldError."""
        raise FieldError(f"{self.bound_as} is encrypted: it has no lookups. Use a blind index.")

    def value_to_string(self, obj: models.Model) -> NoReturn:
        """Refuse serialisation. Raises: FieldError."""
        raise FieldError(f"{self.bound_as} is encrypted: it is not written to fixtures or dumps.")

    def get_internal_type(self) -> str:
        """Return the column's type: bytes."""
        return "BinaryField"

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        """Return what a migration needs to build the field again."""
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {
            "bound_as": self.bound_as,
            "owner": self.owner.value,
            "owner_from": self.owner_from,
            "purpose": self.purpose.value,
        }
        return name, path, args, kwargs

    def check(self, **kwargs: Any) -> list[checks.CheckMessage]:
        """Return what makes the field unsafe, with the rest of Django's checks."""
        return [*super().check(**kwargs), *self._check_binding()]

    def _check_binding(self) -> Iterator[checks.CheckMessage]:
        if not _LABEL.fullmatch(self.bound_as):
            yield checks.Error("bound_as is written <app>.<table>.<column>.", obj=self, id="vault.E010")
        if self.unique or self.primary_key or getattr(self, "db_index", False):
            yield checks.Error("An encrypted field cannot be unique or indexed.", obj=self, id="vault.E011")
        if self.has_default() and not self.null and self.default not in ("", dict, list):
            yield checks.Error("An encrypted field takes no default but an empty one.", obj=self, id="vault.E012")
        pk = self.model._meta.pk
        if not isinstance(pk, models.UUIDField) or pk.creation_counter > self.creation_counter:
            yield checks.Error("Its model needs a UUID primary key, declared first.", obj=self, id="vault.E013")
        columns = {field.attname for field in self.model._meta.concrete_fields}
        if self.owner_from not in columns and not isinstance(getattr(self.model, self.owner_from, None), property):
            yield checks.Error(
                f"owner_from names no column and no property: {self.owner_from}.", obj=self, id="vault.E014"
            )


class EncryptedTextField(EncryptedField[_ST, _GT]):
    """Text that only its row, column and key can open."""

    if TYPE_CHECKING:
        _pyi_private_set_type: str
        _pyi_private_get_type: str

    description = _("Encrypted text")

    def dumped(self, value: Any) -> str:
        """Return the text. Raises: TypeError for anything else."""
        if not isinstance(value, str):
            raise TypeError(f"{self.bound_as} takes text only.")
        return str(value)

    def parsed(self, text: str) -> str:
        """Return the text."""
        return text

    def to_python(self, value: Any) -> str | None:
        """Return text for validation. Raises: ValidationError for bytes."""
        if value is None or isinstance(value, str):
            return value
        if isinstance(value, bytes | memoryview):
            raise ValidationError(_("Write text."), code="invalid")
        return str(value)

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Return a text box, of one line when the field has a short limit."""
        widget = {} if self.max_length and self.max_length <= 255 else {"widget": forms.Textarea}
        defaults = {"form_class": forms.CharField, "max_length": self.max_length, **widget}
        if self.null:
            defaults["empty_value"] = None
        return super().formfield(**{**defaults, **kwargs})


class EncryptedJSONField(EncryptedField[_ST, _GT]):
    """A JSON object or list that only its row, column and key can open."""

    if TYPE_CHECKING:
        _pyi_private_set_type: Any
        _pyi_private_get_type: Any

    description = _("Encrypted JSON")
    empty_strings_allowed = False

    def dumped(self, value: Any) -> str:
        """Return compact JSON. Raises: TypeError for anything but an object or list."""
        if not isinstance(value, dict | list):
            raise TypeError(f"{self.bound_as} takes an object or a list only.")
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)

    def parsed(self, text: str) -> Any:
        """Return the object or list."""
        return json.loads(text)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        """Check that it can be kept. Raises: ValidationError."""
        super().validate(value, model_instance)
        try:
            if value is not None:
                self.dumped(value)
        except (TypeError, ValueError):
            raise ValidationError(_("This is no object or list."), code="invalid") from None

    def formfield(self, *args: Any, **kwargs: Any) -> Any:
        """Return a box for JSON."""
        return super().formfield(**{"form_class": forms.JSONField, **kwargs})


def sealed_values(row: models.Model) -> Iterator[Sealed]:
    """Yield the row's values that have not been opened yet."""
    for field in row._meta.concrete_fields:
        if isinstance(field, EncryptedField):
            value = row.__dict__.get(field.attname)
            if isinstance(value, Sealed) and not value.opened:
                yield value
