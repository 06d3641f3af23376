"""A feed stands still while somebody works in it or has paused it, and what a key acts on is what was seen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from noc.config.panels import Drill
from noc.engine.grid import Rect
from noc.model.errors import Unreachable
from noc.model.logs import SECOND, Feed, LogLine
from noc.ui import pointing
from noc.ui.desk import Desk
from noc.ui.panels.data import Logs, PanelData
from noc.ui.panels.logwords import line_of
from noc.ui.panels.top import row_key
from tests.ui.given import NOW, panel, spec_of
from tests.ui.loggiven import QUERY, failure, feed, line

FIRST = [line(f"line {number}", 30 - number) for number in range(10)]
PANEL = "events"


def grown(before: Feed, count: int = 1) -> Feed:
    """The feed a moment later: so many more lines, as many old ones gone."""
    new = tuple(line(f"later {before.total + number}", -1 - number) for number in range(count))
    return replace(
        before, version=before.version + 1, lines=(*before.lines, *new)[count:], total=before.total + count, good_at=NOW
    )


@pytest.fixture
def desk() -> Desk:
    return Desk(None)


def test_a_feed_runs_on_while_nobody_works_in_it(desk: Desk) -> None:
    first = feed(FIRST)
    assert desk.logs(PANEL, first, focused=False) == Logs(first)
    assert desk.logs(PANEL, grown(first), focused=True) == Logs(grown(first))
    assert desk.held == {}  # nothing is remembered of it


def test_a_cursor_holds_the_lines_while_the_panel_has_the_focus(desk: Desk) -> None:
    first = feed(FIRST)
    desk.choose(PANEL, FIRST[4].key)
    desk.logs(PANEL, first, focused=True)
    later = grown(grown(first), 3)
    held = desk.logs(PANEL, later, focused=True)
    assert held == Logs(replace(later, lines=first.lines), standing=True, waiting=4, cursor=FIRST[4].key)
    assert desk.logs(PANEL, later, focused=False) == Logs(later)
    assert desk.logs(PANEL, later, focused=True).waiting == 0  # it ran on meanwhile


def test_a_line_under_the_cursor_is_there_though_its_feed_has_long_lost_it(desk: Desk) -> None:
    first = feed(FIRST)
    desk.hold(PANEL, first)
    desk.choose(PANEL, FIRST[0].key)
    later = first
    for _ in range(20):
        later = grown(later, 10)
    shown = replace(panel({"kind": "logs", "query": QUERY}), logs=desk.logs(PANEL, later, focused=True))
    assert FIRST[0] not in later.lines
    assert line_of(shown, FIRST[0].key) is FIRST[0]
    assert len(shown.logs.feed.lines) == 10  # type: ignore[union-attr]


def test_what_stands_still_is_what_was_seen_when_the_key_came(desk: Desk) -> None:
    first = feed(FIRST)
    desk.hold(PANEL, first)
    desk.hold(PANEL, grown(first))
    desk.choose(PANEL, FIRST[4].key)
    assert desk.logs(PANEL, grown(first), focused=True).feed.lines == first.lines


def test_failures_and_age_are_those_of_now_though_the_lines_stand(desk: Desk) -> None:
    first = feed(FIRST)
    desk.choose(PANEL, FIRST[4].key)
    desk.logs(PANEL, first, focused=True)
    failing = replace(grown(first), error=Unreachable("refused"), next_try=NOW + 8, skipped=3, rate=9.0)
    held = desk.logs(PANEL, failing, focused=True).feed
    assert (held.lines, held.error, held.next_try, held.skipped, held.rate) == (
        first.lines,
        failing.error,
        NOW + 8,
        3,
        9.0,
    )
    assert held.version == failing.version  # the picture is drawn anew


def test_a_paused_feed_stands_without_the_focus_until_it_is_asked_to_run(desk: Desk) -> None:
    first = feed(FIRST)
    assert desk.pause_feed(PANEL) is True
    assert desk.logs(PANEL, first, focused=True) == Logs(first, standing=True, paused=True)
    later = grown(first, 2)
    assert desk.logs(PANEL, later, focused=False) == Logs(
        replace(later, lines=first.lines), standing=True, paused=True, waiting=2
    )
    desk.release(PANEL)  # the focus went elsewhere
    assert desk.logs(PANEL, later, focused=False).waiting == 2
    assert desk.pause_feed(PANEL) is False
    assert desk.logs(PANEL, later, focused=False) == Logs(later)


def test_releasing_all_lets_paused_feeds_run_too(desk: Desk) -> None:
    assert desk.release_all() is False
    desk.pause_feed(PANEL)
    assert desk.release_all() is True
    assert desk.logs(PANEL, feed(FIRST), focused=False).paused is False
    desk.choose(PANEL, "line:1")
    assert desk.release_all() is True
    assert desk.release_all() is False


def test_another_query_is_another_feed_and_takes_the_place_of_the_one_held(desk: Desk) -> None:
    desk.pause_feed(PANEL)
    desk.logs(PANEL, feed(FIRST), focused=True)
    other = feed(FIRST[:2], limit=77)
    assert desk.logs(PANEL, other, focused=True) == Logs(other, standing=True, paused=True)


def test_a_feed_that_begins_anew_does_not_count_backwards(desk: Desk) -> None:
    desk.pause_feed(PANEL)
    desk.logs(PANEL, feed(FIRST), focused=True)
    assert desk.logs(PANEL, feed(FIRST[:2]), focused=True).waiting == 0


def test_wrapping_and_a_typed_filter_are_the_panels_own(desk: Desk) -> None:
    desk.wrap_feed(PANEL)
    desk.of(PANEL).typed = "word"
    own = desk.logs(PANEL, feed(FIRST), focused=False)
    assert (own.wrap, own.typed) == (True, "word")
    other = desk.logs("other", feed(FIRST), focused=False)
    assert (other.wrap, other.typed) == (False, "")
    desk.wrap_feed(PANEL)
    assert desk.logs(PANEL, feed(FIRST), focused=False).wrap is False


def test_a_list_drawn_from_series_has_its_cursor_while_it_has_the_focus(desk: Desk) -> None:
    assert desk.chosen(PANEL, focused=True) is None
    desk.choose(PANEL, 'top:["a"]')
    assert desk.chosen(PANEL, focused=True) == 'top:["a"]'
    assert desk.chosen(PANEL, focused=False) is None


# -- pointing


@dataclass
class Wall:
    """As much of a Board as pointing asks: one panel on a rectangle, its feed or its rows, the focus."""

    spec: Any
    feed: Feed | None = None
    rows: Any = ()
    desk: Desk = field(default_factory=lambda: Desk(None))
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.page = SimpleNamespace(layout=SimpleNamespace(panels={PANEL: self.spec}))
        self.rectangles = {PANEL: Rect(0, 2, 80, 8)}
        self.view = SimpleNamespace(focus=PANEL)

    def data(self, name: str) -> PanelData:
        data = panel(self.spec.model_dump(exclude_unset=True, exclude={"queries"}), self.rows)
        if self.feed is not None:
            return replace(data, logs=self.desk.logs(name, self.feed, focused=True))
        return replace(data, chosen=self.desk.chosen(name, focused=True))


def logs_wall(lines: list[LogLine] | None = None) -> Any:
    return Wall(spec_of({"kind": "logs", "query": QUERY}), feed(lines if lines is not None else FIRST))


def test_the_focus_alone_does_not_hold_a_feed() -> None:
    wall = logs_wall()
    pointing.freeze(wall)
    wall.feed = grown(wall.feed)
    assert wall.data(PANEL).logs == Logs(wall.feed)


def test_moving_down_begins_at_the_newest_line_and_holds_it() -> None:
    wall = logs_wall()
    assert pointing.row_moved(wall, 1)
    wall.feed = grown(wall.feed, 4)
    assert pointing.row_moved(wall, 1)
    logs = wall.data(PANEL).logs
    assert (logs.cursor, logs.waiting, logs.standing) == (FIRST[8].key, 4, True)


def test_moving_up_from_the_newest_line_lets_the_feed_run() -> None:
    wall = logs_wall()
    pointing.row_moved(wall, 1)
    wall.feed = grown(wall.feed, 4)
    assert pointing.row_moved(wall, -1) is False
    assert wall.data(PANEL).logs == Logs(wall.feed)


def test_a_feed_without_lines_has_no_cursor() -> None:
    wall = logs_wall([])
    assert pointing.row_moved(wall, 1) is False
    assert wall.data(PANEL).logs == Logs(wall.feed)


def test_a_click_puts_the_cursor_on_the_line_beneath_it_and_on_nothing_else() -> None:
    wall = logs_wall()
    pointing.point(wall, PANEL, 2)  # the title row
    assert wall.data(PANEL).logs.cursor is None
    pointing.point(wall, PANEL, 5)
    assert wall.data(PANEL).logs.cursor == FIRST[7].key


def test_a_top_lists_cursor_is_a_value_and_its_drill_link_takes_its_labels() -> None:
    spec = spec_of(
        {
            "kind": "top",
            "query": "x",
            "by": "ip",
            "drill": Drill.model_validate({"layout": "address", "variables": {"ip": "$ip", "who": "all"}}),
        }
    )
    rows = [({"ip": name}, [(NOW, count)]) for name, count in (("10.0.0.1", 5.0), ("10.0.0.2", 3.0))]
    wall: Any = Wall(spec, None, rows)
    pointing.freeze(wall)
    assert pointing.row_moved(wall, 1)
    assert pointing.row_moved(wall, 1)
    assert wall.data(PANEL).chosen == row_key(["10.0.0.2"])
    assert pointing.drill(wall) == ("address", {"ip": "10.0.0.2", "who": "all"})
    pointing.point(wall, PANEL, 4)
    assert wall.data(PANEL).chosen == row_key(["10.0.0.1"])
    assert pointing.row_moved(wall, -1) is False


def test_lines_of_one_moment_have_keys_of_their_own() -> None:
    same = [LogLine(NOW_NS, "a"), LogLine(NOW_NS, "b"), LogLine(NOW_NS, "a", (("job", "x"),)), failure(0)]
    assert len({one.key for one in same}) == 4


NOW_NS = round(NOW) * SECOND
