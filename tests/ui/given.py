"""Panels to draw in tests: a spec as an author writes it, and what the servers are said to have answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import TypeAdapter

from noc.charts.charset import UNICODE, Charset
from noc.config.alertpanels import AlertPanel
from noc.config.kinds import PanelSpec
from noc.config.panels import QueryItem, QueryPanel
from noc.engine.plan import PlannedQuery, Role
from noc.model.errors import SourceError
from noc.model.query import Query, QueryKind
from noc.model.results import Result
from noc.model.series import Series
from noc.ui.panels.data import Alerts, Asked, Look, PanelData
from tests import alertgiven
from tests.palettes import DARK as PALETTE

NOW = datetime(2025, 10, 2, 15, 30, tzinfo=UTC).timestamp()

Answers = Sequence[tuple[Mapping[str, str], Sequence[tuple[float, float]]]]


def spec_of(written: Mapping[str, object]) -> PanelSpec:
    """A panel as resolved: ``query`` moved into ``queries``."""
    spec: PanelSpec = TypeAdapter(PanelSpec).validate_python(dict(written))
    if isinstance(spec, QueryPanel) and not spec.queries:
        return spec.model_copy(update={"queries": (QueryItem(query=spec.query, legend=spec.legend),)})
    return spec


def values(*pairs: tuple[str, float]) -> Answers:
    """Instant answers of series that differ in ``instance``."""
    return [({"instance": name}, [(NOW, value)]) for name, value in pairs]


def panel(
    written: Mapping[str, object],
    answers: Mapping[str, Answers] | Answers = (),
    *,
    age: float | None = 2.0,
    error: SourceError | None = None,
    next_try: float | None = None,
    warnings: tuple[str, ...] = (),
    charset: Charset = UNICODE,
    span: float = 3600.0,
    step: float = 60.0,
    alerts: Alerts | None = None,
) -> PanelData:
    """The data of one card. ``answers`` by role, or those of the main query; ``age`` None: nothing came yet."""
    spec = spec_of(written)
    roles = answers if isinstance(answers, Mapping) else {"main": answers}
    asked = []
    if isinstance(spec, QueryPanel):
        for role, series in roles.items():
            ranged = role in ("trend", "ghost") or (
                role == "main"
                and spec.kind in ("timeseries", "sparkline", "alert-history", "log-rate", "state-timeline")
            )
            kind = QueryKind.RANGE if ranged else QueryKind.INSTANT
            query = Query(
                "prometheus",
                spec.queries[0].query or "",
                kind,
                step if ranged else 0.0,
                span if ranged else 0.0,
                shift=span if role == "delta" else 0.0,
            )
            result = Result(
                query=query,
                refresh=15.0,
                version=1,
                series=tuple(Series.of(labels, points) for labels, points in series),
                good_at=None if age is None else NOW - age,
                error=error,
                next_try=None if next_try is None else NOW + next_try,
                warnings=warnings,
            )
            asked.append(Asked(PlannedQuery(Role(role), 0, spec.legend, "", query, 15.0), result))
    return PanelData(
        id="panel",
        title=spec.title or "panel",
        spec=spec,
        asked=tuple(asked),
        now=NOW,
        start=NOW - span,
        end=NOW,
        look=Look(PALETTE, charset, UTC),
        alerts=(alerts or Alerts(alertgiven.book())) if isinstance(spec, AlertPanel) else None,
    )
