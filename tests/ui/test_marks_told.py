"""A zoomed chart tells what happened in its window; a board asks for it, and a failure hurts no chart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from noc.model.markers import Marker
from noc.model.query import QueryKind
from noc.ui.board import Board
from noc.ui.panels.data import Look
from noc.ui.screens.zoom import marks_told
from noc.ui.state import View
from tests.palettes import DARK
from tests.ui.fakes import NOW, FakeSource, make_runtime
from tests.ui.given import NOW as AT
from tests.ui.given import panel

LAYOUT = """\
variables: {job: {kind: text, default: api}}
annotations:
  - {kind: series, query: 'group by (version) (build{job="$job"})'}
  - {kind: file, path: MARKS}
grid: {areas: [a, b, c]}
panels:
  a: {kind: timeseries, query: x}
  b: {kind: stat, query: x, spark: false, delta: false}
  c: {kind: state-timeline, query: x}
"""


def test_marks_are_told_with_their_times_the_newest_first() -> None:
    marks = tuple(Marker(AT - 60 * n, None, "deploy", f"v{n}") for n in (4, 3, 2, 1))
    data = replace(panel({"kind": "timeseries", "query": "x"}), markers=marks)
    assert marks_told(data) == [
        "15:29:00 deploy v1",
        "15:28:00 deploy v2",
        "15:27:00 deploy v3",
        "+1 earlier; the cursor names each",
    ]
    stretch = replace(data, markers=(Marker(AT - 600, AT - 300, "incident", "db\x1b[2J"),))
    assert marks_told(stretch) == ["15:20:00-15:25:00 incident db␛[2J"]


def test_a_board_asks_for_its_annotations_and_marks_only_charts_with_a_time_axis(tmp_path: Path) -> None:
    path = tmp_path / "marks.jsonl"
    path.write_text(f'{{"at": {NOW - 60}, "text": "v9"}}\n')
    runtime = make_runtime(LAYOUT.replace("MARKS", str(path)), FakeSource())
    board = Board(runtime, View("test"), Look(DARK))
    board.arrange(100, 30)
    ranged = [one.query for one in board.demands() if one.query.kind is QueryKind.RANGE]
    assert 'group by (version) (build{job="api"})' in [query.expr for query in ranged]
    assert board.data("a").markers == (Marker(NOW - 60, None, "deploy", "v9"),)
    assert board.data("b").markers == ()
    assert board.data("c").markers == board.data("a").markers
