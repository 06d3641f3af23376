"""A runbook beside an alert: which one it is, and its commands filled from labels. Nothing is ever run.

What a placeholder's type refuses is never inserted; what is unfilled shows ``‹user_id?›`` and cannot be copied.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from noc.catalogue.metrics import Catalogue
from noc.catalogue.placeholders import PLACEHOLDER, fits
from noc.catalogue.runbooks import Runbook
from noc.model.alerts import Alert
from noc.model.series import Labels
from noc.model.text import clean_lines

ALIASES: dict[str, tuple[str, ...]] = {
    "ip_address": ("remote_addr", "client_ip"),
    "endpoint": ("path", "route"),
    "company_id": ("tenant", "tenant_id"),
    "host": ("nodename",),
}
"""Labels and fields that may fill a placeholder, besides those of its own name."""

_CONTEXT = "context_"
"""What Loki's ``json`` puts before the fields of a log line's ``context`` (corrections 19)."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its placeholders filled; ``missing`` are the names of those that nothing fits, in reading order."""

    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a runbook, or a query (``language``: promql, logql, sql), on one line.

    ``section`` is the title above it, ``line`` its place in the file, from 1.
    """

    text: str
    section: str
    missing: tuple[str, ...]
    line: int = 0
    language: str = ""

    @property
    def copyable(self) -> bool:
        """Only when every placeholder is filled."""
        return not self.missing


def name_of(alert: Alert, catalogue: Catalogue, known: Collection[str]) -> str:
    """The runbook of an alert among the ``known`` names, or the empty string.

    Its annotation ``runbook``, else the last part of its ``runbook_url`` (a team's wiki may call it the same), else that
    of the catalogue's entry with the alert's name: rules that others wrote have no annotation.
    """
    url = _path(alert.annotation("runbook_url"))
    name = alert.label("alertname")
    listed = (metric.runbook or "" for metric in catalogue.metrics.values() if metric.alert == name)
    offered = (alert.annotation("runbook"), url.rstrip("/").rpartition("/")[2].removesuffix(".md"), *listed)
    return next((one for one in offered if one in known), "")


def _path(url: str) -> str:
    """The path of a URL; empty for what is none (an annotation may hold anything)."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def values_of(labels: Labels, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What may fill placeholders, by name: labels, under their aliases too, and behind them ``more``.

    Users and addresses are no labels (corrections 21, 33): ``more`` is what somebody chose from the alert's log lines.
    ``host`` is the instance without its port.
    """
    out = {name: value for name, value in {**(more or {}), **dict(labels)}.items() if value}
    for name in [name for name in out if name.startswith(_CONTEXT)]:
        out.setdefault(name.removeprefix(_CONTEXT), out[name])
    for name, others in ALIASES.items():
        for other in others:
            if other in out:
                out.setdefault(name, out[other])
    if "instance" in out:
        out.setdefault("host", _host(out["instance"]))
    return out


def _host(instance: str) -> str:
    match = re.fullmatch(r"\[([^\]]*)\](?::[0-9]+)?|([^:]*)(?::[0-9]+)?", instance)
    return (match[1] or match[2]) if match else instance


def filled(text: str, values: Mapping[str, str]) -> Filled:
    """The text with each placeholder's value, or ``‹user_id?›`` where there is none that fits its type."""
    missing: dict[str, None] = {}

    def value(match: re.Match[str]) -> str:
        name, kind = match[1], match[2]
        found = values.get(name, "")
        if fits(kind, found):
            return found
        missing[name] = None
        return f"‹{name}?›"

    return Filled(PLACEHOLDER.sub(value, text), tuple(missing))


def commands(runbook: Runbook, values: Mapping[str, str]) -> tuple[Command, ...]:
    """Every command and query of the runbook in reading order, filled."""
    out = []
    for code in runbook.codes:
        one = filled(code.text, values)
        out.append(Command(one.text, code.section, one.missing, code.line, code.language))
    return tuple(out)


def markdown(runbook: Runbook, values: Mapping[str, str]) -> str:
    """The whole runbook, filled, harmless line by line; its lines are those of the file."""
    return "\n".join(clean_lines(filled(runbook.text, values).text, limit=1000, max_lines=2000))
