"""Host and prometheus layouts hold on a bare Prometheus with one node exporter: nothing but optional parts is empty."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx
import pytest

from noc.catalogue.metrics import Catalogue
from noc.catalogue.resolve import resolve
from noc.config.loader import load_layout
from noc.config.panels import QueryPanel
from noc.config.paths import bundled

pytestmark = pytest.mark.servers

DEADLINE = 30.0


class Bare:
    """A Prometheus without rules that scrapes another one and a machine; ``instances`` are the two by layout."""

    def __init__(self, url: str, instances: dict[str, str]) -> None:
        self.url = url
        self.instances = instances

    def ask(self, expr: str) -> list[str]:
        """The values of an instant query; a refusal fails the test."""
        answer = httpx.post(f"{self.url}/api/v1/query", data={"query": expr}, timeout=10).json()
        assert answer["status"] == "success", answer
        return [sample["value"][1] for sample in answer["data"]["result"]]

    def label_values(self, metric: str, label: str) -> list[str]:
        answer = httpx.get(f"{self.url}/api/v1/label/{label}/values", params={"match[]": metric}, timeout=10)
        values: list[str] = answer.json()["data"]
        return values

    def wait(self, expr: str) -> None:
        """Until the expression has an answer."""
        end = time.monotonic() + DEADLINE
        while not self.ask(expr):
            assert time.monotonic() < end, f"no answer to {expr}"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def bare(prometheus_factory: Callable[..., str], node_exporter: str) -> Bare:
    watched = prometheus_factory().removeprefix("http://")
    node = node_exporter.removeprefix("http://")
    server = Bare(prometheus_factory({"prometheus": [watched], "node": [node]}), {"prometheus": watched, "host": node})
    for metric in ("node_load1", "prometheus_ready"):
        server.wait(f"count_over_time({metric}[20s]) > 4")
    return server


@pytest.mark.parametrize("name", ["host", "prometheus"])
def test_no_panel_is_empty_on_a_bare_server(bare: Bare, catalogue: Catalogue, name: str) -> None:
    layout = resolve(load_layout(bundled("layouts") / f"{name}.yaml"), catalogue)
    for metric in layout.needs:
        assert bare.ask(metric)
    empty = []
    for panel_name, panel in layout.panels.items():
        assert isinstance(panel, QueryPanel)
        for item in panel.queries:
            assert item.query is not None
            expr = item.query.replace("$__rate_interval", "10s").replace("$instance", bare.instances[name])
            if not bare.ask(expr) and not panel.optional:
                empty.append(panel_name)
    assert empty == []


@pytest.mark.parametrize("name", ["host", "prometheus"])
def test_the_variable_offers_the_servers_targets(bare: Bare, name: str) -> None:
    variable = load_layout(bundled("layouts") / f"{name}.yaml").variables["instance"]
    assert variable.kind == "query"
    match = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable.query)
    assert match is not None
    assert bare.label_values(*match.groups()) == [bare.instances[name]]


def test_every_query_of_the_catalogue_is_accepted(bare: Bare, catalogue: Catalogue) -> None:
    """An empty answer is right here; a refusal (duplicate labels, many-to-many) never is."""
    for metric in catalogue.metrics.values():
        if metric.query is not None:
            bare.ask(re.sub(r"\$__(rate_interval|interval|range)", "1m", metric.panel_query))
        if metric.guard is not None:
            bare.ask(metric.guard)


def test_a_dead_application_is_not_zero_errors(bare: Bare, catalogue: Catalogue) -> None:
    """Without any laravel-api target the counters are unknown, and the services are down."""
    assert bare.ask(catalogue["tenant.isolation_violations"].panel_query) == []
    assert bare.ask(catalogue["service.down"].panel_query) == ["4"]
