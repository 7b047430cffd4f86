"""Rows of another table as one column of a query: a page that shows both asks the database once."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import JSONField, QuerySet, Subquery


class Rows(Subquery):
    """A column that holds a list: the one column ``line`` of every row of a subquery, in no order.

    The subquery's ``line`` is JSON, as ``JSONArray`` makes it. Dates come as text and keys as text, each as its database
    writes them. No row gives None.
    """

    output_field = JSONField()

    def __init__(self, queryset: QuerySet[Any]) -> None:
        """Take the rows of ``queryset.values("line")``."""
        super().__init__(queryset)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the statement of SQLite."""
        return self._joined("json_group_array(json(r.line))", compiler, connection, context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        """Return the statement of PostgreSQL."""
        return self._joined("jsonb_agg(r.line)", compiler, connection, context)

    def _joined(self, joined: str, compiler: Any, connection: Any, context: dict[str, Any]) -> Any:
        # The stubs do not know that a subquery takes a template.
        as_sql: Any = self.as_sql
        template = "(SELECT " + joined + " FROM (%(subquery)s) r)"  # noqa: S608 - one of the two functions above
        return as_sql(compiler, connection, template=template, **context)


def moment(text: str) -> datetime:
    """Return the moment that a database wrote into JSON; without a zone it is UTC."""
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
