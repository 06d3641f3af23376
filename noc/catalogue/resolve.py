"""A layout and the catalogue make complete panels: what an author left out, the named metric fills in.

Afterwards every panel that asks anything has ``queries`` with expressions; nothing above this looks names up again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from noc.catalogue.metrics import Catalogue, Metric
from noc.config.kinds import PanelSpec
from noc.config.layout import Layout
from noc.config.logpanels import LogPanel, LogsSpec
from noc.config.panels import PanelBase, QueryItem, QueryPanel, TimeseriesSpec
from noc.config.wording import dotted
from noc.model.errors import ConfigError, Fault, QueryError

P = TypeVar("P", bound=QueryPanel)
Key = tuple[str | int, ...]
Locate = Callable[[Key], tuple[str, int]]
"""Where a key of the layout stands: file and 1-based line."""

INHERITED = ("unit", "decimals", "min", "max", "thresholds", "mappings", "runbook", "description", "optional", "title")

SHARED = ("decimals", "min", "max")
"""What a panel of several metrics takes only when all of them say it."""


def resolve(layout: Layout, catalogue: Catalogue, locate: Locate | None = None) -> Layout:
    """The layout with every panel complete; what an author wrote stands.

    Raises ConfigError with one fault for each unknown metric (and its nearest name), log query that a panel cannot ask,
    or question that cannot be narrowed. ``locate`` gives faults their place; without it they name the layout's title and the key.
    """
    faults: list[Fault] = []
    panels: dict[str, PanelSpec] = {}
    for name, panel in layout.panels.items():
        refused = [(key, _refusal(metric, panel, catalogue)) for key, metric in _metric_names(panel)]
        faults += [_fault(layout, ("panels", name, *key), text, locate) for key, text in refused if text]
        panels[name] = panel
        if any(text for _, text in refused):
            continue
        try:
            if isinstance(panel, QueryPanel):
                panels[name] = complete(panel, catalogue)
            elif isinstance(panel, LogsSpec):
                panels[name] = fed(panel, catalogue)
        except QueryError as error:
            faults.append(_fault(layout, ("panels", name, "where"), str(error), locate))
    if faults:
        raise ConfigError(faults)
    return layout.model_copy(update={"panels": panels})


def names_metrics(layout: Layout) -> bool:
    """Whether any panel needs the catalogue."""
    return any(_metric_names(panel) for panel in layout.panels.values())


def fed(panel: LogsSpec, catalogue: Catalogue) -> LogsSpec:
    """A panel of lines with its query, title and description."""
    if panel.metric is None:
        return panel
    metric = catalogue[panel.metric]
    update: dict[str, Any] = {"query": metric.asked(panel.where)}
    for field in ("title", "description"):
        if field not in panel.model_fields_set:
            update[field] = getattr(metric, field)
    return panel.model_copy(update=update)


def complete(panel: P, catalogue: Catalogue) -> P:
    """One panel whose metrics are all known, with its queries filled and everything inherited."""
    if panel.metric is not None:
        metric = catalogue[panel.metric]
        legend = _either(panel.legend, metric.legend)
        query = metric.asked(panel.where)
        item = QueryItem(metric=panel.metric, query=query, legend=legend, language=metric.language)
        update: dict[str, Any] = {"queries": (item,), **_from_metrics(panel, [metric])}
    elif panel.query is not None:
        update = {"queries": (QueryItem(query=panel.query, legend=panel.legend),), "query": None}
    else:
        items = tuple(_complete_item(item, panel, catalogue) for item in panel.queries)
        metrics = [catalogue[item.metric] for item in panel.queries if item.metric is not None]
        update = {"queries": items}
        if len(metrics) == len(items):
            update |= _from_metrics(panel, metrics)
    if isinstance(panel, TimeseriesSpec) and panel.firing is True:
        named = [panel.metric, *(item.metric for item in panel.queries)]
        update["firing"] = tuple(dict.fromkeys(alert for name in named if name and (alert := catalogue[name].alert)))
    return panel.model_copy(update=update)


def _complete_item(item: QueryItem, panel: QueryPanel, catalogue: Catalogue) -> QueryItem:
    if item.metric is None:
        return item.model_copy(update={"legend": _either(item.legend, panel.legend)})
    metric = catalogue[item.metric]
    several = len(panel.queries) > 1
    name = item.title or metric.title
    update: dict[str, Any] = {
        "query": metric.asked(panel.where),
        "language": metric.language,
        "title": name,
        "legend": _either(item.legend, panel.legend, metric.legend, name if several else None),
    }
    if item.unit is None and panel.unit is None:
        update["unit"] = metric.unit
    if item.decimals is None and panel.decimals is None:
        update["decimals"] = metric.decimals
    if item.thresholds is None and panel.thresholds is None:
        update["thresholds"] = metric.thresholds
    return item.model_copy(update=update)


def _from_metrics(panel: QueryPanel, metrics: Sequence[Metric]) -> dict[str, Any]:
    """What the panel takes from its metrics: each field they agree on and its author left out."""
    update: dict[str, Any] = {}
    for field in INHERITED:
        values = {repr(value): value for metric in metrics if (value := getattr(metric, field)) is not None}
        if field in SHARED and any(getattr(metric, field) is None for metric in metrics):
            continue  # whole numbers of one metric would round away the shares of another
        if field not in panel.model_fields_set and len(values) == 1 and (field != "title" or len(metrics) == 1):
            update[field] = next(iter(values.values()))
    return update


def _metric_names(panel: PanelBase) -> list[tuple[Key, str]]:
    if not isinstance(panel, (QueryPanel, LogsSpec)):
        return []
    names: list[tuple[Key, str]] = [] if panel.metric is None else [(("metric",), panel.metric)]
    if isinstance(panel, QueryPanel):
        for index, item in enumerate(panel.queries):
            if item.metric is not None:
                names.append((("queries", index, "metric"), item.metric))
    return names


def _refusal(name: str, panel: PanelBase, catalogue: Catalogue) -> str:
    """Why a panel cannot ask this metric; empty when it can."""
    if name not in catalogue:
        return catalogue.unknown(name)
    kind, metric = panel.kind, catalogue[name]  # type: ignore[attr-defined]
    lines = metric.lines
    if isinstance(panel, (LogsSpec, LogPanel)):
        if lines:
            return ""
        what = "counts lines" if metric.logql else "is a PromQL query"
        return f"metric {name!r} {what}, and a {kind} panel asks a log query"
    return f"metric {name!r} is a log query, which a {kind} panel cannot ask" if lines else ""


def _fault(layout: Layout, key: Key, text: str, locate: Locate | None) -> Fault:
    file, line = locate(key) if locate is not None else (layout.title or "layout", 0)
    return Fault(file, line, f"{dotted(key)}: {text}")


def _either(*values: str | None) -> str | None:
    return next((value for value in values if value is not None), None)
