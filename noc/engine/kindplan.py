"""What the kinds ask that need more than a value or a course: burn rates, whole distributions, cells of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from noc.config.panels import QueryPanel
from noc.config.sharepanels import CounterSpec, HeatmapSpec, HistogramSpec
from noc.config.statepanels import SloSpec, StateTimelineSpec
from noc.model.query import Query
from noc.model.timerange import format_duration, nice_step

SLO_REFRESH = 300.0
"""Seconds between two questions for a promise's whole window, at most: a month moves slowly and is read whole."""

Filled = Callable[[float, float], str]
"""The expression for an interval (0: the scrape interval) and a range, both in seconds."""


def heat_step(spec: HeatmapSpec, span: float, columns: int, scrape_interval: float) -> float:
    """Seconds of a heatmap's column: so that its cells, or as many as fit, span the range."""
    return nice_step(span, spec.cells or max(1, columns), scrape_interval)


def asked_by_kind(spec: QueryPanel, filled: Filled, course: Query, moment: Query) -> list[tuple[str, Query]] | None:
    """(role, query) pairs of a kind that asks in its own way; None for all others.

    ``course`` and ``moment`` are the queries as any panel would ask them, with their step and span.
    """
    if isinstance(spec, HistogramSpec):  # the whole range's distribution, not the last minute's
        return [("main", replace(moment, expr=filled(course.span, course.span)))]
    if isinstance(spec, HeatmapSpec):
        return [("main", course if spec.x is None else moment)]
    if isinstance(spec, StateTimelineSpec):
        return [("main", course)]
    if isinstance(spec, SloSpec):
        windows = [("main", spec.window), *(("burn", window) for window in spec.burn)]
        asked = [(role, replace(moment, expr=filled(0.0, window))) for role, window in windows]
        longest = max(spec.burn)
        if longest < spec.window:  # the window's beginning: nothing there means that less was measured than promised
            asked.append(("delta", replace(moment, expr=filled(0.0, longest), shift=spec.window - longest)))
        return asked
    if isinstance(spec, CounterSpec):
        asked = [("main", moment)]
        if spec.earlier is not None:
            asked.append(("delta", replace(moment, shift=spec.earlier)))
        if spec.spark:
            asked.append(("trend", course))
        return asked
    return None


def burn_titles(spec: SloSpec) -> tuple[str, ...]:
    """The burn windows as words, in the order of their queries."""
    return tuple(format_duration(window) for window in spec.burn)


def unhurried_kind(spec: QueryPanel, role: str, query: Query, refresh: float) -> float:
    """Seconds between two questions: what changes slowly, or costs much, is asked seldom."""
    if role == "delta":
        return max(refresh, query.shift / 60)
    if isinstance(spec, SloSpec) and role == "main":
        return max(refresh, min(SLO_REFRESH, spec.window / 1000))
    return refresh
