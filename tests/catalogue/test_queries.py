"""Every query of the catalogue and of the bundled layouts is PromQL over series the contract has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.contract import Contract
from noc.catalogue.expressions import Expression, Matcher
from noc.catalogue.metrics import Catalogue
from noc.catalogue.resolve import resolve
from noc.config.annotations import SeriesAnnotation
from noc.config.loader import load_layout
from noc.config.logpanels import LogPanel
from noc.config.panels import QueryPanel
from noc.config.paths import bundled

BUILT_IN = {"ALERTS": {"alertname", "alertstate", "severity"}}
ALTERNATIVES = {"mysql_slave_status_seconds_behind_master": {"job", "instance"}}
"""What an installation may offer instead of the contract's name."""

Parse = Callable[[str], Expression]
LEGEND = re.compile(r"\{\{\s*(\w+)\s*}}")


def asked() -> Iterator[tuple[str, str, str]]:
    """(what asks, expression, legend) of the catalogue, its guards and the layouts."""
    catalogue = metrics.load()
    for name, metric in catalogue.metrics.items():
        if metric.query is not None:
            yield name, metric.query, metric.legend or ""
            yield f"{name} on a panel", metric.panel_query, metric.legend or ""
        if metric.guard is not None:
            yield f"{name} guard", metric.guard, ""
    for path in sorted(bundled("layouts").glob("*.yaml")):
        for mark in load_layout(path).annotations:
            if isinstance(mark, SeriesAnnotation):
                yield f"{path.stem} marks", mark.query, mark.text
        for panel_name, panel in resolve(load_layout(path), catalogue).panels.items():
            if isinstance(panel, QueryPanel):
                for index, item in enumerate(panel.queries):
                    assert item.query is not None
                    if item.language == "logql" or isinstance(panel, LogPanel):
                        continue  # tests/demo/test_loki_asked.py
                    yield f"{path.stem}.{panel_name}.{index}", item.query, item.legend or ""


ASKED = list(asked())
every_query = pytest.mark.parametrize(("who", "query", "legend"), ASKED, ids=[who for who, _, _ in ASKED])


@pytest.fixture(scope="session")
def known(series: Contract) -> dict[str, set[str]]:
    return {name: set(labels) for name, labels in series.exposed().items()} | BUILT_IN | ALTERNATIVES


@every_query
def test_the_query_parses_and_its_series_are_in_the_contract(
    who: str, query: str, legend: str, known: dict[str, set[str]], expression: Parse
) -> None:
    names = {selector.name for selector in expression(query).selectors}
    assert names - known.keys() == set()


@every_query
def test_the_labels_it_matches_groups_and_shows_exist(
    who: str, query: str, legend: str, known: dict[str, set[str]], expression: Parse
) -> None:
    parsed = expression(query)
    for selector in parsed.selectors:
        assert {matcher.label for matcher in selector.matchers} - known[selector.name] == set()
    have = set.union(set(), *(known[selector.name] for selector in parsed.selectors)) | parsed.made_labels
    assert parsed.used_labels - have == set()
    assert set(LEGEND.findall(legend)) - have == set()


@every_query
def test_the_values_it_matches_occur(who: str, query: str, legend: str, series: Contract, expression: Parse) -> None:
    for selector in expression(query).selectors:
        for matcher in selector.matchers:
            values = values_of(series, selector.name, matcher.label)
            if values and matcher.value != "value":
                assert any(hits(matcher, value) for value in values), f"{selector.name}: {matcher}"


def values_of(series: Contract, name: str, label: str) -> tuple[str, ...]:
    """Every value of a label, or nothing where the contract gives examples only."""
    if label == "job":
        return tuple(series.jobs)
    family = next((spec for family, spec in series.series.items() if name in spec.exposed(family)), None)
    if label == "endpoint" and family is not None:
        return tuple(endpoint.path for endpoint in series.endpoints)
    if family is None or label not in family.labels:
        return ()
    spec = family.labels[label]
    return spec.values if len(spec.values) == spec.cardinality else ()


def hits(matcher: Matcher, value: str) -> bool:
    found = value == matcher.value if len(matcher.op) == 1 or matcher.op == "!=" else re.fullmatch(matcher.value, value)
    return bool(found) != matcher.op.startswith("!")


def test_windows_that_rules_compare_are_fixed(catalogue: Catalogue) -> None:
    free = [name for name, metric in catalogue.rules() if "$" in (metric.query or "") + (metric.guard or "")]
    assert free == []


def test_every_rate_looks_back_at_least_four_scrapes(series: Contract) -> None:
    """$__rate_interval is four scrapes or more by itself; a fixed window must be."""
    unquoted = [re.sub(r'"[^"]*"', "", query) for _, query, _ in ASKED]
    windows = {window for query in unquoted for window in re.findall(r"rate\([^\[]*\[([^]]+)]", query)}
    assert windows == {"5m", "$__rate_interval"}
    assert 4 * max(job.interval for name, job in series.jobs.items() if name != "blackbox") <= 300


def test_log_queries_are_marked_and_not_promql(catalogue: Catalogue) -> None:
    assert {name: metric.query for name, metric in catalogue.metrics.items() if metric.logql} == {
        "security.failures_by_address": None,
        "security.events": None,
        "security.attack_lines": None,
        "log.slow_queries": None,
        "log.slow_queries_count": None,
        "scope.company.slow_companies": None,
    }


def test_every_series_of_the_application_is_asked_for(series: Contract, expression: Parse) -> None:
    """The contract asks nobody for a series nothing shows."""
    used = {selector.name for _, query, _ in ASKED for selector in expression(query).selectors}
    unused = [
        name
        for name, spec in series.series.items()
        if spec.job in ("laravel-api", "mysqld", "redis", "blackbox") and not used & set(spec.exposed(name))
    ]
    assert unused == []


def test_the_contract_covers_buckets_for_every_latency_threshold(catalogue: Catalogue, series: Contract) -> None:
    """A quantile is capped at the last finite bound, so a threshold must lie below it."""
    for name, metric in catalogue.metrics.items():
        for family, spec in series.series.items():
            if f"{family}_bucket" in (metric.query or "") and metric.unit == "s":
                highest = max((level.above or 0 for level in metric.thresholds), default=0)
                assert highest < spec.buckets[-1], name


def test_contract_loads_its_intervals_in_seconds() -> None:
    blackbox = contract.load().jobs["blackbox"]
    assert blackbox.interval_of("https://api.example.com/health") == 30
    assert blackbox.interval_of("https://api.example.com/health/calcom") == 300
