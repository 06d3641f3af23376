"""What may fill a runbook's placeholders: the values that stand most often in the log lines behind its alert.

Users and addresses are no labels (corrections 21, 33): they are offered from the lines, and a person chooses. What does
not fit a placeholder's type is never offered.
"""

from __future__ import annotations

from dataclasses import dataclass

from noc.catalogue.loglinks import alert_lines, field_of
from noc.catalogue.logql import counted, filtered
from noc.catalogue.placeholders import PLACEHOLDER, fits
from noc.catalogue.runbooks import Runbook
from noc.engine.logplan import loki_key
from noc.model.errors import SourceError
from noc.model.series import Labels
from noc.runtime import Runtime

WINDOW = 900
"""Seconds of lines before the end of the alert's first minutes, or before now, in which values are looked for."""

AFTER = 300.0
"""Seconds after an alert fired whose lines still count."""

OFFERED = 8


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that fits, and in how many lines it stands."""

    value: str
    lines: int


def wanted(runbook: Runbook, values: dict[str, str]) -> dict[str, str]:
    """Placeholders without a value that fits: name to type, in reading order."""
    found = {match[1]: match[2] for code in runbook.codes for match in PLACEHOLDER.finditer(code.text)}
    found |= {match[1]: match[2] for match in PLACEHOLDER.finditer(runbook.text) if match[1] not in found}
    return {name: kind for name, kind in found.items() if not fits(kind, values.get(name, ""))}


async def offers(
    runtime: Runtime, alert: str, labels: Labels, at: float, names: dict[str, str]
) -> dict[str, list[Offer]]:
    """Offers by placeholder, the most frequent first; none where no Loki is configured or no lines are known.

    ``at`` is when the alert fired (unix seconds). Raises the last SourceError when nothing at all could be asked.
    """
    server = next(iter(runtime.log_servers), None)
    query = alert_lines(alert, labels, runtime.catalogue()) if server is not None else ""
    source = runtime.sources.get(loki_key(server, runtime.servers)) if server is not None else None
    if not query or source is None:
        return {}
    found: dict[str, list[Offer]] = {}
    failure: SourceError | None = None
    moment = min(at + AFTER, runtime.clock.now())
    for name, kind in names.items():
        field = field_of(name, runtime.catalogue())
        own = filtered(query, f'{field}!=""')
        expr = f"topk({4 * OFFERED}, {counted(own, f'{WINDOW}s', (field,))})"
        try:
            answer = await source.instant(expr, moment)
        except SourceError as error:
            failure = error
            continue
        ranked = sorted(answer.series, key=lambda one: -(one.last or 0.0))
        fitting = [Offer(one.label(field), int(one.last or 0)) for one in ranked if fits(kind, one.label(field))]
        if fitting:
            found[name] = fitting[:OFFERED]
    if failure is not None and not found:
        raise failure
    return found
