"""Models whose rows are written once (foundation F2); the triggers are in ``groupcare.audit.triggers``."""

from typing import Any, ClassVar, NoReturn

from django.db import models


class AppendOnlyError(RuntimeError):
    """Code tried to change or delete a row that is written once."""


class AppendOnly(models.Model):
    """Rows are inserted and read, never changed or deleted; the database holds it with triggers."""

    append_only: ClassVar[bool] = True

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Insert the row.

        Raises:
            AppendOnlyError: the row is in the database already.
        """
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.label} is append-only: write a new row instead.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse. Raises: AppendOnlyError."""
        raise AppendOnlyError(f"{self._meta.label} is append-only: its rows stay.")
