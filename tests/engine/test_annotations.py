"""Annotations ask with the panels' own queries, and what fails of them never reaches a chart."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from noc.config.annotations import Annotation
from noc.config.server import Server
from noc.engine import markfile
from noc.engine.annotations import Annotations
from noc.engine.feeds import Feeds
from noc.engine.markfile import MarkFile
from noc.engine.store import Store
from noc.model.errors import BadQuery
from noc.model.logs import SECOND, Feed, FeedQuery, Follow, LogLine
from noc.model.markers import Marker
from noc.model.query import Demand, Query, QueryKind
from noc.model.series import Answer, Series
from noc.model.timerange import TimeWindow

SERVER = {"prometheus": Server(url="http://prometheus.example:9090")}
LOKI = {"loki": Server(url="http://loki.example:3100")}
HOUR = TimeWindow(3600.0, 36_000.0)


def annotation(**written: Any) -> Annotation:
    found: Annotation = TypeAdapter(Annotation).validate_python(written, context={"base": Path("/")})
    return found


BUILD = annotation(kind="series", query='group by (version) (app_build_info{job="$job"})')
DEPLOYS = annotation(kind="lines", query='{job="ci"}', text="{{version}}", limit=20)
QUERY = Query("prometheus", 'group by (version) (app_build_info{job="api"})', QueryKind.RANGE, 15.0, 3600.0, 36_000.0)


class FakeFeeds(Feeds):
    """Feeds that a test writes."""

    def __init__(self, *feeds: Feed) -> None:
        self._given = {feed.query: feed for feed in feeds}

    def feed(self, query: FeedQuery) -> Feed:
        return self._given.get(query, Feed(query))


def answered(store: Store, query: Query, *series: Series) -> None:
    store.demand([Demand(query, 30.0)])
    store.accept(store.ask(query, 36_000.0), Answer(tuple(series)), 36_000.0)


def aimed(
    store: Store, *specs: Annotation, feeds: Feeds | None = None, always: Sequence[Annotation] = ()
) -> Annotations:
    annotations = Annotations(store, SERVER, LOKI, feeds, always)
    annotations.aim(specs, {"job": ("api",)}, HOUR)
    return annotations


def builds(*pairs: tuple[str, int, int]) -> list[Series]:
    return [
        Series.of({"version": version}, [(float(at), 1.0) for at in range(first, last + 1, 15)])
        for version, first, last in pairs
    ]


def test_what_is_asked_has_the_layouts_variables_in_it_and_the_window_of_its_charts() -> None:
    found = aimed(Store(), BUILD, DEPLOYS)
    assert found.demands == frozenset({Demand(QUERY, 30.0)})
    assert found.followed == frozenset({FeedQuery("loki", '{job="ci"}', 3600.0, 36_000.0, 20, Follow.POLL, 30.0)})


def test_a_build_that_appears_is_marked_on_the_charts_of_its_window() -> None:
    store = Store()
    answered(store, QUERY, *builds(("v1", 32_400, 34_500), ("v2", 34_515, 36_000)))
    found = aimed(store, BUILD)
    assert found.markers(32_400.0, 36_000.0) == (Marker(34_515.0, None, "deploy", "v2"),)
    assert found.markers(35_000.0, 36_000.0) == ()


def test_values_above_a_number_are_stretches() -> None:
    query = Query("prometheus", "load", QueryKind.RANGE, 15.0, 3600.0, 36_000.0)
    store = Store()
    answered(store, query, Series.of({}, [(33_000.0, 9.0), (33_015.0, 9.0), (33_030.0, 1.0)]))
    spec = annotation(kind="series", query="load", above=5, mark="incident", text="load {{value}}")
    assert aimed(store, spec).markers(32_400.0, 36_000.0) == (Marker(32_985.0, 33_015.0, "incident", "load 9"),)


def test_each_line_of_a_feed_is_a_mark() -> None:
    query = FeedQuery("loki", '{job="ci"}', 3600.0, 36_000.0, 20, Follow.POLL, 30.0)
    line = LogLine(35_000 * SECOND, json.dumps({"event_type": "deploy", "version": "v7"}))
    found = aimed(Store(), DEPLOYS, feeds=FakeFeeds(Feed(query, 1, (line,))))
    assert found.markers(32_400.0, 36_000.0) == (Marker(35_000.0, None, "deploy", "v7"),)


def test_those_of_the_settings_stand_on_every_layout_and_equal_ones_are_asked_once() -> None:
    assert aimed(Store(), BUILD, always=[BUILD]).demands == frozenset({Demand(QUERY, 30.0)})
    assert aimed(Store(), always=[DEPLOYS]).followed != frozenset()


def test_a_failure_is_said_and_hurts_nothing() -> None:
    store = Store()
    store.demand([Demand(QUERY, 30.0)])
    store.fail(QUERY, BadQuery("parse error: unexpected )"), ticket=store.ask(QUERY, 36_000.0))
    found = aimed(store, BUILD)
    assert (found.markers(0.0, 36_000.0), found.notice) == ((), "marks: parse error: unexpected )")


def test_an_annotation_that_cannot_be_asked_is_said_and_the_others_are_asked() -> None:
    strange = annotation(kind="series", query='x{a="$nobody"}')
    elsewhere = annotation(kind="series", query="x", source="gone")
    found = aimed(Store(), strange, BUILD)
    assert (found.demands, found.notice) == (frozenset({Demand(QUERY, 30.0)}), "marks: unknown variable $nobody")
    assert aimed(Store(), elsewhere).notice == "marks: no Prometheus named gone; configured: prometheus"
    bare = Annotations(Store(), {}, {})
    bare.aim([BUILD, DEPLOYS], {"job": ("api",)}, HOUR)
    assert bare.notice == "marks: no Prometheus is configured"


def test_nothing_is_asked_without_annotations() -> None:
    found = aimed(Store())
    assert (found.demands, found.followed, found.markers(0.0, 1e9), found.notice, found.look()) == (
        frozenset(),
        frozenset(),
        (),
        "",
        False,
    )


def written(path: Path, text: str, age: int) -> None:
    path.write_text(text)
    os.utime(path, (1_000_000 + age, 1_000_000 + age))


def test_a_file_is_read_again_when_it_changes(tmp_path: Path) -> None:
    path = tmp_path / "deploys.jsonl"
    found = aimed(Store(), annotation(kind="file", path=str(path)))
    assert (found.markers(0.0, 1e9), found.notice, found.look()) == ((), "", False)
    written(path, '{"at": 35000, "text": "v1"}\n', 0)
    assert (found.look(), found.markers(32_400.0, 36_000.0)) == (True, (Marker(35_000.0, None, "deploy", "v1"),))
    assert found.look() is False
    written(path, '{"at": 35000, "text": "v1"}\nbroken\n{"at": 35900, "mark": "note", "text": "n"}\n', 1)
    assert found.look()
    assert [one.text for one in found.markers(32_400.0, 36_000.0)] == ["v1", "n"]
    assert found.notice == "marks: deploys.jsonl: line 2 is no mark: no JSON"
    path.unlink()
    assert (found.look(), found.markers(0.0, 1e9)) == (True, ())


def test_a_last_line_without_its_end_is_left_for_the_next_look(tmp_path: Path) -> None:
    path = tmp_path / "marks.jsonl"
    written(path, '{"at": 1, "text": "a"}\n{"at": 2, "te', 0)
    file = MarkFile(path, "note")
    file.look()
    assert (file.markers, file.notice) == ((Marker(1.0, None, "note", "a"),), "")
    written(path, '{"at": 1, "text": "a"}\n{"at": 2, "text": "b"}', 1)
    file.look()
    assert file.markers == (Marker(1.0, None, "note", "a"), Marker(2.0, None, "note", "b"))


def test_of_a_long_file_only_the_end_is_read(tmp_path: Path) -> None:
    path = tmp_path / "long.jsonl"
    written(path, "".join(f'{{"at": {n}, "text": "{n}"}}\n' for n in range(1, 3001)), 0)
    file = MarkFile(path, "note")
    file.look()
    assert (len(file.markers), file.markers[0].at, file.markers[-1].at) == (markfile.LINES, 2001.0, 3000.0)
    written(path, f'{{"at": 1, "text": "{"x" * markfile.BYTES}"}}\n{{"at": 2}}\n', 1)
    file.look()
    assert (file.markers, file.notice) == ((Marker(2.0, None, "note", ""),), "")


def test_a_file_that_cannot_be_read_keeps_its_marks_and_is_said(tmp_path: Path) -> None:
    path = tmp_path / "marks.jsonl"
    written(path, '{"at": 1, "text": "a"}\n', 0)
    file = MarkFile(path, "note")
    file.look()
    path.unlink()
    path.mkdir()
    assert file.look()
    assert (file.markers, file.notice) == ((Marker(1.0, None, "note", "a"),), "marks.jsonl: Is a directory")


def test_bytes_that_are_no_text_are_a_broken_line(tmp_path: Path) -> None:
    path = tmp_path / "marks.jsonl"
    path.write_bytes(b'\xff\xfe\x00\n{"at": 3, "text": "\xff"}\n')
    file = MarkFile(path, "note")
    file.look()
    assert (file.markers, file.notice) == (
        (Marker(3.0, None, "note", "\ufffd"),),
        "marks.jsonl: line 1 is no mark: no JSON",
    )
