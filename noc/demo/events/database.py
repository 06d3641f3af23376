"""Lines of the database: slow queries as the application reports them, and as MySQL's slow log does.

They are told from mysql_global_status_slow_queries, not from the histogram of CompanyScope: that counter is what the
wall shows as "slow log rate", and in an incident the histogram has dozens of queries a second above one second.
"""

from __future__ import annotations

from collections.abc import Iterator

from noc.demo.events import people
from noc.demo.events.dice import pick
from noc.demo.events.line import Told, application, json_line, plain, text_line, trace_of
from noc.demo.events.occurrences import MICROS, Occurrence
from noc.demo.events.scene import Scene, Telling
from noc.model.logs import LogLine

SLOW = application("performance", "slow_query", "warning")
SLOW_LOG = plain("mysql", "unknown")

THRESHOLD = 1000  # milliseconds: MySQL's long_query_time
_MODELS = (("Appointment", 0.5), ("Customer", 0.22), ("Call", 0.13), ("Service", 0.09), ("Invoice", 0.06))
_QUERIES = {
    "Appointment": "SELECT * FROM appointments WHERE company_id = ? ORDER BY created_at DESC",
    "Customer": "SELECT * FROM customers WHERE company_id = ? AND name LIKE ? LIMIT ?",
    "Call": "SELECT COUNT(*) FROM calls WHERE company_id = ? AND started_at BETWEEN ? AND ?",
    "Service": "SELECT services.* FROM services JOIN branches ON branches.id = services.branch_id WHERE services.company_id = ?",
    "Invoice": "SELECT SUM(total) FROM invoices WHERE company_id = ? AND paid_at IS NULL",
}


def _slow(_scene: Scene, event: Occurrence, _before: Occurrence | None) -> Iterator[LogLine]:
    bits = event.second
    model = pick(event.first >> 32 & 0xFFFF, _MODELS)
    reach = 3200 if event.pushed else 900
    took = THRESHOLD + 40 + (bits >> 8) % reach * ((bits >> 24) % 100) // 100
    rows = 20 + (bits >> 30) % (9000 if event.pushed else 1800)
    context = {
        "query_time_ms": took,
        "threshold_ms": THRESHOLD,
        "model": model,
        "scopes": ["CompanyScope"],
        "company_id": people.company_of(event.first),
        "query_type": "select",
        "affected_rows": rows,
        "sql_fingerprint": _QUERIES[model],
    }
    told = Told("company_scope", "medium", context, "Slow query", span=False)
    yield json_line(SLOW, event.at, trace_of(event), bits, told)
    yield text_line(
        SLOW_LOG,
        event.at + 150,
        f"# User@Host: gateway[gateway] @ [10.0.0.11]  Query_time: {took / 1000:.6f}  Lock_time: 0.000{bits % 1000:03d}  "
        f"Rows_sent: 20  Rows_examined: {rows}  SET timestamp={event.at // MICROS}; {_QUERIES[model]};",
    )


TELLINGS = (Telling("slow_query", "mysql_global_status_slow_queries", (SLOW, SLOW_LOG), _slow, trail=0.001),)
