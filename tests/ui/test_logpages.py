"""Pages made on the spot: what they ask, what has the focus when they open."""

from __future__ import annotations

import pytest

from noc.model.logs import SECOND, LogLine
from noc.ui import logpages
from noc.ui.state import View

NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("query", "streams"),
    [
        ('{job="laravel"}', '{job="laravel"}'),
        ('{job=~".+"} |= "req_1"', '{job=~".+"}'),
        ('{job="a", level!="debug"} | json | x="1" | line_format "{{.x}}"', '{job="a", level!="debug"}'),
        ('sum(rate({job="a"}[5m]))', 'sum(rate({job="a"}[5m]))'),
        ("{job=", "{job="),
    ],
)
def test_all_lines_of_a_querys_streams_are_its_selector_alone(query: str, streams: str) -> None:
    assert logpages.streams(query) == streams


def test_a_page_of_lines_opens_with_its_lines_in_focus_whether_it_stands_or_goes_on() -> None:
    view = View("room", focus="alerts")
    pages = (
        logpages.lines_page("lines", '{job="a"}', None),
        logpages.trace_page("req_1", '{job="a"}', None),
        logpages.address_page("198.51.100.7", '{job="a"}', "ip", "endpoint", None),
    )
    for page in pages:
        assert page.layout.panels[logpages.LINES].kind == "logs"
        assert logpages.around(view, page, NOW - 60, 30, 30, NOW).focus == logpages.LINES
        assert logpages.live(view, page).focus == logpages.LINES


def test_the_window_around_a_moment_keeps_its_width_and_never_reaches_into_the_future() -> None:
    page = logpages.lines_page("lines", '{job="a"}', None)
    past = logpages.around(View("room"), page, NOW - 600, 90, 30, NOW)
    assert (past.span, past.end, past.mark) == (120, NOW - 570, NOW - 600)
    fresh = logpages.around(View("room"), page, NOW - 10, 90, 30, NOW)
    assert (fresh.span, fresh.end, fresh.mark) == (120, NOW, NOW - 10)


def test_a_trace_is_looked_for_in_every_stream_that_has_the_lines_first_label() -> None:
    line = LogLine(round(NOW) * SECOND, "x", (("app", "shop"), ("host", "a")))
    assert logpages.trace_query(line, 'a"b') == '{app=~".+"} |= "a\\"b"'
