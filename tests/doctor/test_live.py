"""Layouts and the contract against a server that is given as answers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from noc.catalogue.contract import Contract
from noc.catalogue.metrics import load
from noc.catalogue.resolve import resolve
from noc.config.document import parse_document
from noc.config.layout import Layout
from noc.config.loader import read_layout
from noc.doctor.live import LiveServer, LiveServers, check_contract, check_layout, families_of, selected
from noc.model.errors import BadQuery, Unreachable
from noc.model.ports import Metadata, Target
from noc.model.series import Answer, Series


class Inventory:
    """A server that has these families."""

    def __init__(self, families: Mapping[str, str]) -> None:
        self.families = families

    def names(self) -> tuple[str, ...]:
        return tuple(self.families)

    def label_values(self, label: str) -> tuple[str, ...]:
        return ("one", "two") if label == "site" else ()

    def metadata(self) -> Mapping[str, Metadata]:
        return {name: Metadata(kind) for name, kind in self.families.items()}

    def targets(self) -> tuple[Target, ...]:
        return ()


class Server(LiveServer):
    """Answers expressions with one series of the given labels; an exception is raised."""

    def __init__(
        self, answers: Mapping[str, Mapping[str, str] | Exception | Answer], families: Mapping[str, str]
    ) -> None:
        self.asked: list[str] = []
        super().__init__(Inventory(families), self._answer)
        self.answers = answers

    def _answer(self, expr: str) -> Answer:
        self.asked.append(expr)
        answer = self.answers.get(expr, Answer(()))
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, Answer) else Answer((Series.of(answer, [(0, 1)]),))


def said(
    tmp_path: Path, panels: str, server: Server, head: str = "", others: dict[str, LiveServer] | None = None
) -> list[str]:
    path = tmp_path / "x.yaml"
    path.write_text(f"{head}grid:\n  areas: [a]\npanels:\n{panels}")
    loaded = read_layout(path, "x.yaml")
    assert loaded.document is not None
    layout: Layout = resolve(loaded.required(), load())
    return [
        str(fault) for fault in check_layout(layout, loaded.document, LiveServers({"main": server, **(others or {})}))
    ]


def test_a_query_that_finds_something_is_no_fault(tmp_path: Path) -> None:
    assert said(tmp_path, "  a: {kind: stat, query: up}\n", Server({"up": {"job": "x"}}, {"up": "gauge"})) == []


def test_a_query_that_finds_nothing_names_the_series_that_is_not_there(tmp_path: Path) -> None:
    server = Server({}, {"node_load1": "gauge", "up": "gauge"})
    assert said(tmp_path, "  a:\n    kind: stat\n    query: sum(nod_load1) / up\n", server) == [
        "x.yaml:4: warning: panels.a.queries[1]: finds nothing: the server has no nod_load1, did you mean 'node_load1'?"
    ]
    assert said(tmp_path, "  a: {kind: stat, query: 'up{job=\"x\"}'}\n", server) == [
        "x.yaml:4: warning: panels.a.queries[1]: finds nothing; its series exist, so look at the labels"
    ]


def test_an_optional_panel_may_find_nothing(tmp_path: Path) -> None:
    assert said(tmp_path, "  a: {kind: stat, query: up, optional: true}\n", Server({}, {})) == []


def test_a_refused_query_is_an_error_in_the_servers_words(tmp_path: Path) -> None:
    server = Server({"up / up": BadQuery("many-to-many matching", status=422)}, {"up": "gauge"})
    assert said(tmp_path, "  a: {kind: stat, query: up / up}\n", server) == [
        "x.yaml:4: panels.a.queries[1]: the server refuses it: many-to-many matching"
    ]


def test_an_unreachable_server_ends_the_check(tmp_path: Path) -> None:
    with pytest.raises(Unreachable):
        said(tmp_path, "  a: {kind: stat, query: up}\n", Server({"up": Unreachable("refused")}, {"up": "gauge"}))


def test_variables_take_the_first_value_the_server_has(tmp_path: Path) -> None:
    head = (
        "variables:\n  site: {kind: query, query: label_values(site)}\n"
        "  node: {kind: query, query: 'label_values(up{site=\"$site\"}, instance)'}\n"
    )
    server = Server(
        {
            'group by (instance) (up{site="one"})': {"instance": "a:9100"},
            'rate(up{site="one", instance="a:9100"}[60s])': {},
        },
        {"up": "gauge"},
    )
    panel = '  a: {kind: stat, query: \'rate(up{site="$site", instance="$node"}[$__rate_interval])\'}\n'
    assert said(tmp_path, panel, server, head) == []


def test_a_variable_without_values_is_said(tmp_path: Path) -> None:
    head = "variables:\n  zone: {kind: query, query: label_values(zone)}\n"
    faults = said(tmp_path, "  a: {kind: stat, query: 'up{zone=\"$zone\"}', optional: true}\n", Server({}, {}), head)
    assert faults == ["x.yaml:2: warning: variables.zone: the server has no value for it"]


def test_a_layout_whose_needs_are_missing_is_not_asked_for(tmp_path: Path) -> None:
    server = Server({}, {"up": "gauge"})
    assert said(tmp_path, "  a: {kind: stat, query: up}\n", server, "needs: [node_load1]\n") == [
        "x.yaml:1: warning: needs: the server has no node_load1; this layout is of no use there"
    ]
    assert server.asked == []


def test_a_panel_is_asked_of_its_own_source(tmp_path: Path) -> None:
    main, other = Server({}, {"up": "gauge"}), Server({"up": {"job": "x"}}, {"up": "gauge"})
    panel = "  a: {kind: table, source: long, queries: [{query: up}, {query: up, source: main}]}\n"
    assert said(tmp_path, panel, main, others={"long": other}) == [
        "x.yaml:4: warning: panels.a.queries[2]: finds nothing; its series exist, so look at the labels"
    ]
    assert (main.asked, other.asked) == (["up"], ["up"])


def test_equal_questions_are_asked_once(tmp_path: Path) -> None:
    server = Server({"up": {"job": "x"}}, {"up": "gauge"})
    said(tmp_path, "  a: {kind: table, queries: [{query: up}, {query: up}]}\n", server)
    assert server.asked == ["up"]


CONTRACT = """\
jobs: {app: {exporter: app, interval: 15s, instances: ["a:1"]}}
endpoints: []
vocabulary: {}
series:
  app_total: {job: app, type: counter, help: h, labels: {code: ["200"]}}
  app_seconds: {job: app, type: histogram, help: h, labels: {}, buckets: [0.1, 1]}
  app_rare_total: {job: app, type: counter, help: h, labels: {}, sparse: true}
  app_open: {job: app, type: gauge, help: h, labels: {pool: [a]}}
"""
WIRE = {"app_total": "counter", "app_seconds_bucket": "", "app_seconds_sum": "", "app_seconds_count": ""}


def held(server: Server, *families: str) -> list[str]:
    document = parse_document(CONTRACT, "contract.yaml")
    contract = Contract.model_validate(document.data)
    return [str(fault) for fault in check_contract(contract, document, families or tuple(contract.series), server)]


def test_a_server_that_keeps_the_contract_has_no_fault() -> None:
    at = {"job": "app", "instance": "a:1"}
    server = Server(
        {
            "topk(3, app_total)": {**at, "code": "200"},
            "topk(3, app_seconds_bucket)": {**at, "le": "1"},
            "topk(3, app_open)": {**at, "pool": "a"},
            "topk(3, app_rare_total)": at,
        },
        {**WIRE, "app_rare_total": "counter", "app_open": "gauge"},
    )
    assert held(server) == []


def test_missing_series_wrong_types_and_missing_labels_are_said_at_the_contracts_lines() -> None:
    server = Server(
        {"topk(3, app_open)": {"job": "app", "instance": "a:1"}, "topk(3, app_total)": {"job": "app"}},
        {"app_total": "gauge", "app_seconds_sum": "", "app_open": "gauge"},
    )
    assert held(server) == [
        "contract.yaml:5: series.app_total: app_total has no label code, instance on the server",
        "contract.yaml:5: series.app_total: is a gauge on the server, not a counter",
        "contract.yaml:6: series.app_seconds: the server has no app_seconds_bucket, did you mean 'app_seconds_sum'?",
        "contract.yaml:7: warning: series.app_rare_total: the server has no app_rare_total; "
        "it is born with its first event",
        "contract.yaml:8: series.app_open: app_open has no label pool on the server",
    ]
    assert held(server, "app_seconds") == held(server)[2:3]


def test_only_the_families_an_expression_asks_for_are_looked_at() -> None:
    contract = Contract.model_validate(parse_document(CONTRACT, "contract.yaml").data)
    expressions = ["histogram_quantile(0.9, sum by (le) (rate(app_seconds_bucket[5m]))) / other", "no valid ("]
    assert families_of(contract, expressions) == {"app_seconds"}
    assert selected("a / on() (b or a)") == ("a", "b")
