"""The moment at which a statement is sent, so that a query can be built once and sent again and again."""

from datetime import timedelta
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, Expression
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone


class RightNow(Expression):
    """Our clock when the statement is sent, plus ``after``; a parameter like any other moment.

    ``timezone.now()`` in its place would be the moment at which the query was built. The clock of the database is
    not asked: what holds now must be the same in a statement and in the code beside it.
    """

    def __init__(self, after: timedelta = timedelta()) -> None:
        """Keep the distance; negative for a moment before now."""
        super().__init__(output_field=DateTimeField())
        self.after = after

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Return a placeholder, and the moment as the database takes it."""
        del compiler
        return "%s", [self.output_field.get_db_prep_value(timezone.now() + self.after, connection=connection)]
