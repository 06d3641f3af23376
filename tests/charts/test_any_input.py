"""Whatever a server sends and however small a panel gets: every chart draws, and has the size it was asked for."""

from __future__ import annotations

from datetime import UTC, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from noc.charts.bars import Bar, draw_bars
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import ASCII, UNICODE
from noc.charts.digits import draw_digits
from noc.charts.gauge import GaugeValue, draw_gauge
from noc.charts.line import Graph, Line, Span, draw_graph
from noc.charts.markdown import draw_markdown
from noc.charts.spark import draw_spark
from noc.charts.status import draw_message, draw_skeleton
from noc.charts.table import Cell, TableColumn, draw_table
from noc.model.palette import Palette
from noc.model.series import Series
from noc.model.severity import Severity
from noc.model.thresholds import Threshold

widths, heights = st.integers(0, 80), st.integers(0, 30)
charsets = st.sampled_from([UNICODE, ASCII])
numbers = st.floats()
bounds = st.none() | st.floats()
texts = st.text(max_size=30) | st.sampled_from(
    ["", "db-1", "日本語のホスト名", "e\u0301te\u0301", "\x1b[31m", "👨‍👩‍👧"]
)
thresholds = st.lists(
    st.builds(Threshold, numbers, st.sampled_from(Severity), st.booleans(), st.sampled_from(["", "limit"])), max_size=3
)
units = st.sampled_from(["short", "s", "bytes", "percentunit", "reqps", "dateTimeAsIso", "bool_yes_no", "furlongs"])


@st.composite
def series(draw: st.DrawFn) -> Series:
    times = sorted(set(draw(st.lists(st.floats(0, 4e9), max_size=40))))
    return Series.of({}, [(time, draw(numbers)) for time in times])


def test_a_graph_of_anything_has_its_size(palette: Palette) -> None:
    lines = st.builds(Line, texts, series(), st.sampled_from(palette.series), st.booleans())

    @settings(max_examples=150, deadline=None)
    @given(st.data(), widths, heights, charsets)
    def check(data: st.DataObject, width: int, height: int, charset: object) -> None:
        start = data.draw(st.floats(-1e6, 4e9))
        end = start + data.draw(st.floats(-10, 1e8))
        graph = Graph(
            tuple(data.draw(st.lists(lines, max_size=4))),
            start,
            end,
            data.draw(st.sampled_from([0.0, 1.0, 15.0, 86400.0])),
            unit=data.draw(units),
            low=data.draw(bounds),
            high=data.draw(bounds),
            thresholds=tuple(data.draw(thresholds)),
            style=data.draw(st.sampled_from(["lines", "area", "stacked", "points"])),
            log=data.draw(st.booleans()),
            show=("last", "min", "max", "mean"),
            tz=data.draw(st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))])),
            cursor=data.draw(st.none() | st.floats(start - 10, max(start, end) + 10)),
            hidden=frozenset(data.draw(st.lists(texts, max_size=1))),
            more=data.draw(st.integers(0, 3)),
            spans=(Span(data.draw(numbers), data.draw(numbers), palette.high),),
        )
        whole(draw_graph(graph, width, height, palette, charset, table=data.draw(st.booleans())), width, height)

    check()


def test_bars_and_gauges_of_anything_have_their_size(palette: Palette) -> None:
    bars = st.lists(st.builds(Bar, texts, numbers, texts, st.just(palette.ok), texts), max_size=8)
    values = st.lists(st.builds(GaugeValue, texts, st.none() | numbers, texts), max_size=4)

    @settings(max_examples=100, deadline=None)
    @given(bars, values, thresholds, bounds, bounds, widths, heights, charsets, units, st.data())
    def check(bars, values, limits, low, high, width, height, charset, unit, data) -> None:  # type: ignore[no-untyped-def]
        direction = data.draw(st.sampled_from(["horizontal", "vertical"]))
        bar_chart = draw_bars(
            bars, width, height, palette, charset, direction=direction, low=low, high=high, thresholds=limits, more=2
        )
        whole(bar_chart, width, height)
        style = data.draw(st.sampled_from(["auto", "arc", "bar"]))
        ends = (low if low is not None else 0.0, high if high is not None else 1.0)
        gauge = draw_gauge(values, *ends, limits, width, height, palette, charset, style=style, unit=unit)
        whole(gauge, width, height)

    check()


def test_tables_sparks_texts_and_messages_of_anything_have_their_size(palette: Palette) -> None:
    cells = st.builds(Cell, texts, st.none(), st.none() | st.lists(numbers, max_size=20))
    columns = st.builds(
        TableColumn,
        texts,
        st.lists(cells, max_size=5),
        st.sampled_from(["left", "right"]),
        st.integers(-2, 2),
        st.sampled_from(["end", "middle"]),
    )

    @settings(max_examples=100, deadline=None)
    @given(
        st.lists(columns, max_size=5),
        texts,
        st.lists(numbers, max_size=99),
        widths,
        heights,
        charsets,
        st.integers(0, 9),
    )
    def check(columns, text, values, width, height, charset, cursor) -> None:  # type: ignore[no-untyped-def]
        table = draw_table(columns, width, height, palette, charset, cursor=cursor, offset=cursor // 2, more=cursor)
        whole(table, width, height)
        whole(draw_spark(values, width, height, palette.ok, charset), width, height)
        whole(
            draw_markdown(f"# {text}\n- a\n  1. {text} *b* `c`\n> {text}\n", width, height, palette, charset),
            width,
            height,
        )
        whole(draw_message("✖", text, text * 5, width, height, palette, charset), width, height)
        whole(draw_skeleton(width, height, palette, charset), width, height)
        digits = draw_digits(text, text, Ink(), charset, width=width)
        assert digits is None or digits.width <= width

    check()


def whole(canvas: Canvas, width: int, height: int) -> None:
    """Every row fills the width exactly, wide characters included."""
    assert (canvas.width, canvas.height) == (width, height)
    for row in canvas.chars:
        assert len(row) == width
        assert cell_len("".join(row)) == width
    for y in range(height):
        assert sum(cell_len(text) for text, _ in canvas.runs(y)) == width
