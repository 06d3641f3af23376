"""Pages made on the spot of a panel's own queries: each label set a line over the range. Variables stay the layout's.

A row that has the cursor narrows them to its labels, whatever the expression is (``and on``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from noc.catalogue.metrics import EMPTY, Metric
from noc.catalogue.resolve import resolve
from noc.config.layout import Grid, Layout
from noc.config.panels import QueryItem, QueryPanel, TimeseriesSpec
from noc.config.sharepanels import HistogramSpec
from noc.config.statepanels import SloSpec
from noc.model.text import clean
from noc.model.timerange import format_duration
from noc.runtime import Page
from noc.ui.logpages import MADE

LINES = 30
"""Series of such a chart at most."""

PARTS = 4
"""Charts of a page at most: queries of one unit share one."""

_RANGE = re.compile(r"\$__range\b|\$\{__range\}")


def series_page(page: Page, panel: str, labels: Mapping[str, str]) -> Page:
    """The queries of a panel over time; ``labels`` are those of the row to narrow them to, none for all."""
    spec = page.layout.panels[panel]
    assert isinstance(spec, QueryPanel)
    title = clean(spec.title or panel, 80)
    where = " ".join(clean(value, 40) for name, value in sorted(labels.items()) if name not in ("__name__", "job"))
    if isinstance(spec, HistogramSpec) or any(item.language == "logql" for item in spec.queries):
        where = ""  # these are shown whole
    panels: dict[str, TimeseriesSpec] = {}
    for unit, items in _by_unit(spec).items():
        name = panel if not panels else f"{panel}-{len(panels) + 1}"
        asked = tuple(_narrowed(one, spec, labels) for one in items)
        words = items[0].title if len(_by_unit(spec)) > 1 and items[0].title else title
        panels[name] = _chart(spec, unit, asked, f"{words}: {where}" if where else words, items)
    grid = Grid(areas=tuple((name,) for name in panels))
    heading = f"{title}: {where}" if where else f"{title} over time"
    layout = page.layout.model_copy(update={"title": heading, "grid": grid, "panels": panels})
    return Page(MADE + heading, layout)


def metric_page(metric: Metric) -> Page:
    """A catalogue metric over time: what an alert is about, where no layout shows it."""
    spec = {
        "kind": "timeseries",
        "title": metric.title,
        "unit": metric.unit,
        "queries": [{"query": metric.panel_query, "legend": metric.legend, "language": metric.language}],
        "limit": LINES,
    }
    chart = TimeseriesSpec.model_validate(spec).model_copy(update={"thresholds": metric.thresholds})
    layout = Layout(title=metric.title, grid=Grid(areas=(("series",),)), panels={"series": chart})
    return Page(MADE + metric.title, resolve(layout, EMPTY))


def alerts_page(name: str = "") -> Page:
    """How many alerts fired over time, by name, or one alone, as Prometheus recorded them."""
    chosen = f', alertname="{_quoted(name)}"' if name else ""
    title = f"{clean(name, 60)} over time" if name else "Alerts over time"
    query = f'sum by (alertname) (ALERTS{{alertstate="firing"{chosen}}})'
    spec = {"kind": "timeseries", "title": title, "query": query, "limit": LINES, "optional": True, "min": 0}
    layout = Layout.model_validate(
        {"title": title, "grid": {"areas": ["series"]}, "panels": {"series": {**spec, "legend": "{{alertname}}"}}}
    )
    return Page(MADE + title, resolve(layout, EMPTY))


def _chart(
    spec: QueryPanel, unit: str, asked: tuple[QueryItem, ...], title: str, items: tuple[QueryItem, ...]
) -> TimeseriesSpec:
    own = items[0].thresholds
    return TimeseriesSpec.model_validate(
        {"kind": "timeseries", "title": title, "queries": asked, "unit": unit, "limit": LINES}
    ).model_copy(
        update={
            "thresholds": spec.thresholds if own is None else own,
            "source": spec.source,
            "decimals": spec.decimals,
            "range": spec.range,
            "refresh": spec.refresh,
            "runbook": spec.runbook,
            "description": spec.description,
            "optional": spec.optional,
            "metric": spec.metric,
        }
    )


def _by_unit(spec: QueryPanel) -> dict[str, tuple[QueryItem, ...]]:
    """The panel's queries by their unit, in their order."""
    found: dict[str, list[QueryItem]] = {}
    for item in spec.queries or (QueryItem(query=spec.query, legend=spec.legend),):
        found.setdefault(item.unit or spec.unit or "short", []).append(item)
    return {unit: tuple(items) for unit, items in list(found.items())[:PARTS]}


def _narrowed(item: QueryItem, spec: QueryPanel, labels: Mapping[str, str]) -> QueryItem:
    query = item.query or ""
    legend = item.legend if item.legend is not None else spec.legend
    if isinstance(spec, SloSpec):  # a share over a month is asked as one over the first burn window
        query = _RANGE.sub(format_duration(spec.burn[0]), query)
    if isinstance(spec, HistogramSpec) and "_bucket" in query and item.language != "logql":
        closed = f"{query}\n" if "#" in query else query
        query = " or ".join(
            f'label_replace(histogram_quantile({mark}, {closed}), "quantile", "p{mark * 100:g}", "", "")'
            for mark in spec.marks
        )
        legend = "{{quantile}}"
    elif item.language != "logql":
        query = only_labels(query, labels)
    if len(spec.queries) > 1 and legend is None and item.title:
        legend = item.title
    return item.model_copy(update={"query": query, "legend": legend, "title": "", "unit": None})


def only_labels(query: str, labels: Mapping[str, str]) -> str:
    """A PromQL expression where its labels are these, on a line of its own where a comment ends it."""
    kept = {name: value for name, value in sorted(labels.items()) if name != "__name__" and value}
    if not kept:
        return query
    one = "vector(1)"
    for name, value in kept.items():  # a dollar is doubled for label_replace, and written so that no variable is seen
        text = json.dumps(value, ensure_ascii=False).replace("$", r"\x24\x24")
        one = f'label_replace({one}, "{name}", {text}, "", "")'
    closed = f"({query}\n)" if "#" in query else f"({query})"
    return f"{closed} and on ({', '.join(kept)}) {one}"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "")
