"""Operations on label sets (sorted tuples of pairs): every PromQL rule about names and grouping ends here."""

from __future__ import annotations

from collections.abc import Collection

from noc.model.series import Labels

NAME = "__name__"
BUCKET = "le"


def value_of(labels: Labels, name: str) -> str:
    """The label's value; an absent label is the empty string."""
    for key, value in labels:
        if key == name:
            return value
    return ""


def without(labels: Labels, names: Collection[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] not in names)


def only(labels: Labels, names: Collection[str]) -> Labels:
    return tuple(pair for pair in labels if pair[0] in names)


def nameless(labels: Labels) -> Labels:
    """The label set without the metric name, as most functions leave it."""
    return without(labels, (NAME,))


def replaced(labels: Labels, name: str, value: str) -> Labels:
    """The label set with one label set; the empty value removes it."""
    rest = without(labels, (name,))
    return tuple(sorted((*rest, (name, value)))) if value else rest


def text(labels: Labels) -> str:
    """As Prometheus prints a label set in errors: ``{a="1", b="2"}``."""
    return "{" + ", ".join(f"{name}={quoted(value)}" for name, value in labels) + "}"


def quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
