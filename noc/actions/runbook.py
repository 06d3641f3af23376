"""Filling a runbook's commands from an alert's labels. Nothing is ever run; what is unfilled cannot be copied."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from noc.catalogue.runbooks import PLACEHOLDER, TYPES, Runbook
from noc.model.series import Labels
from noc.model.text import clean_lines

ALIASES: dict[str, tuple[str, ...]] = {
    "ip_address": ("ip_address", "context_ip_address", "remote_addr", "client_ip"),
    "user_id": ("user_id", "context_user_id"),
    "company_id": ("company_id", "context_company_id", "tenant"),
    "endpoint": ("endpoint", "path", "route"),
    "host": ("host", "instance", "nodename"),
}
"""Labels that may fill a placeholder, besides the one of its own name."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its placeholders filled; ``missing`` are the names of those that nothing fits."""

    text: str
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command of a runbook. ``copyable`` only when every placeholder is filled."""

    text: str
    section: str
    missing: tuple[str, ...]

    @property
    def copyable(self) -> bool:
        return not self.missing


def values_of(labels: Labels, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What may fill placeholders: the labels, under their aliases too; ``more`` (from log lines) goes behind them."""
    own = {**(more or {}), **dict(labels)}
    out = dict(own)
    for name, sources in ALIASES.items():
        found = next((own[source] for source in sources if own.get(source)), "")
        if found:
            out.setdefault(name, found)
    return out


def filled(text: str, values: Mapping[str, str]) -> Filled:
    """The text with each placeholder's value, or ``‹user_id?›`` where there is none that fits its type."""
    missing: list[str] = []

    def value(match: re.Match[str]) -> str:
        name, kind = match[1], match[2]
        found = values.get(name, "")
        if found and TYPES[kind](found):
            return found
        if name not in missing:
            missing.append(name)
        return f"‹{name}?›"

    return Filled(PLACEHOLDER.sub(value, text), tuple(missing))


_FENCE = re.compile(r"^\s*(?:```|~~~)")
_INLINE = re.compile(r"`([^`]+)`")


def commands(runbook: Runbook, values: Mapping[str, str]) -> tuple[Command, ...]:
    """Every command of the runbook in reading order: lines of fenced blocks, and code in the running text."""
    out: list[Command] = []
    for section in runbook.sections:
        fenced = False
        for line in section.text.splitlines():
            if _FENCE.match(line):
                fenced = not fenced
                continue
            texts = [line.strip()] if fenced else [match[1].strip() for match in _INLINE.finditer(line)]
            for text in texts:
                if text and not text.startswith("#") and _runs(text, fenced=fenced):
                    one = filled(text, values)
                    out.append(Command(one.text, section.title, one.missing))
    return tuple(out)


def _runs(text: str, *, fenced: bool) -> bool:
    """Whether code is a command: all of a fenced block; in running text what has a blank (names and paths have none)."""
    return fenced or " " in text


def markdown(runbook: Runbook, values: Mapping[str, str]) -> str:
    """The whole runbook, filled, harmless line by line."""
    return "\n".join(clean_lines(filled(runbook.text, values).text, limit=1000, max_lines=2000))
