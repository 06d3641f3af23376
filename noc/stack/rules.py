"""Rule groups as a file Prometheus loads: ordered, readable, each rule as a person would write it."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import FoldedScalarString

from noc.catalogue.rules import SHORTEST, AlertRule, Rule, RuleGroup
from noc.model.timerange import format_duration

WIDE = 110
"""Characters above which an expression is folded."""

HEAD = """\
# Alert and recording rules, made by: noc stack rules{options}
# Prometheus 2.42 or newer (keep_firing_for). Prometheus must scrape every {scrape} or oftener: the shortest window is {window}.
"""


def document(groups: Sequence[RuleGroup], *, speed: float = 1.0) -> str:
    """The whole file as YAML text. ``speed`` is the groups' own, for the head's advice."""
    yaml = YAML()
    yaml.width = 10_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    out = StringIO()
    out.write(
        HEAD.format(
            options="" if speed == 1 else f" --speed {speed:g}",
            scrape=format_duration(SHORTEST / speed / 4),
            window=format_duration(SHORTEST / speed),
        )
    )
    yaml.dump({"groups": [_group(group) for group in groups]}, out)
    return out.getvalue()


def _group(group: RuleGroup) -> dict[str, Any]:
    return {
        "name": group.name,
        "interval": format_duration(group.interval),
        "rules": [_rule(rule) for rule in group.rules],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    expr: str = FoldedScalarString(rule.expr) if len(rule.expr) > WIDE else rule.expr
    if not isinstance(rule, AlertRule):
        out: dict[str, Any] = {"record": rule.record, "expr": expr}
        return {**out, "labels": dict(rule.labels)} if rule.labels else out
    out = {"alert": rule.alert, "expr": expr}
    if rule.for_:
        out["for"] = format_duration(rule.for_)
    if rule.keep_firing_for:
        out["keep_firing_for"] = format_duration(rule.keep_firing_for)
    out["labels"] = dict(rule.labels)
    out["annotations"] = dict(rule.annotations)
    return out
