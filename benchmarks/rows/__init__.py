"""The rows: one function each, from a size to the lines it prints."""

from collections.abc import Callable

from benchmarks.measure import Result, Size
from benchmarks.rows import crypto, lists, pages, queries, renewal, roster, signing, sweep, trail

#: name -> what measures it, in the order in which they run (the small practice first, the mass last).
ROWS: dict[str, Callable[[Size], list[Result]]] = {
    "page-notes": pages.page_notes,
    "audit-tax": pages.audit_tax,
    "field-crypto": crypto.field_crypto,
    "queries": queries.queries,
    "audit-append": trail.audit_append,
    "audit-verify": trail.audit_verify,
    "sign": signing.sign,
    "renewal": renewal.renewal,
    "sweep": sweep.sweep,
    "roster": roster.roster,
    "list-auth": lists.list_auth,
    "list-flat": lists.list_flat,
}
