"""From one thing to the next, by keys: an alert, a chart and a row to their lines, a line to its trace, and back again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from noc.catalogue import metrics
from noc.catalogue.loglinks import alert_lines
from noc.model.clock import FixedClock
from noc.model.logs import LogLine
from noc.ui.screens.deaf import Question
from noc.ui.screens.event import EventScreen
from noc.ui.screens.zoom import Zoom
from tests.alertgiven import MINUTE, NOW, alert
from tests.ui.alertfakes import FakeAlertmanager
from tests.ui.fakes import FakeSource
from tests.ui.logfakes import FakeLoki, Room, event, line, opened

LAYOUT = """
title: Security
range: 30m
grid:
  columns: [1fr, 1fr]
  rows: [8, 1fr, 1fr]
  areas: [chart alerts, feed feed, top levels]
panels:
  chart: {kind: timeseries, title: Logins, metric: auth.webhook.signature_failures}
  alerts: {kind: alerts, title: Firing, view: table, group_by: [alertname, endpoint]}
  feed: {kind: logs, title: Events, query: '{job="laravel"}'}
  top: {kind: top, title: Attackers, query: '{job="laravel"} | json'}
  levels: {kind: log-rate, title: Levels, query: '{job="laravel"}'}
"""
FAILURES = '{job="laravel", event_type="auth_failure"} | json | context_error_code=~"LOGIN_FAILED|TOKEN_INVALID"'
SIGNATURES = '{job="laravel", event_type="auth_failure"} | json | context_error_code="SIGNATURE_INVALID"'
ATTACKER, OTHER = "203.0.113.42", "198.51.100.7"
LOGIN = event("auth_failure", 30, "req_1", ip_address=ATTACKER, endpoint="/login", error_code="LOGIN_FAILED")
AGAIN = event("auth_failure", 25, "req_1", ip_address=ATTACKER, endpoint="/login", error_code="LOGIN_FAILED")
BREACH = event("tenant_violation", 20, "req_2", "critical", user_id=42, company_id=7, endpoint="/api/v2/bookings")
PLAIN = line("plain text \x1b[31mred", 10)
WEBHOOK = alert("WebhookSignatureFailures", "critical", since=5 * MINUTE, endpoint="/webhook")


@asynccontextmanager
async def room(
    *lines: LogLine, keys: tuple[str, ...] = (), size: tuple[int, int] = (190, 44), layout: str = LAYOUT, **more: object
) -> AsyncIterator[Room]:
    """A wall over these lines (three of them by default), a firing alert, two attackers and a chart of two endpoints."""
    loki, source = FakeLoki(*(lines or (LOGIN, AGAIN, BREACH, PLAIN))), FakeSource()
    rows: list[tuple[Mapping[str, str], float]] = [
        ({"context_ip_address": ATTACKER}, 12.0),
        ({"context_ip_address": OTHER}, 5.0),
    ]
    loki.reply_all("^topk", lambda expr, at: rows)
    loki.reply_all(r"by\(detected_level\)", lambda expr, at: [({"detected_level": "warn"}, 0.5)])
    source.reply_all(
        'type="webhook_signature"', lambda expr, at: [({"endpoint": "/a"}, 7.0), ({"endpoint": "/b"}, 1.0)]
    )
    member = FakeAlertmanager(FixedClock(NOW), WEBHOOK)
    async with opened(layout, loki=loki, source=source, member=member, keys=keys, size=size, **more) as found:
        yield found


async def focused(found: Room, panel: str) -> None:
    found.wall.actions.focus_panel(panel)
    await found.answered()


# -- `l`


async def test_l_on_an_alert_shows_its_lines_around_the_moment_it_fired() -> None:
    async with room() as found:
        await focused(found, "alerts")
        await found.press("j", "l")
        catalogue = metrics.load()
        query = alert_lines("WebhookSignatureFailures", WEBHOOK.labels, catalogue)
        assert query == f'{SIGNATURES} | context_endpoint="/webhook"'
        fired = NOW - 5 * MINUTE
        assert found.queries() == {"lines": (query, 120.0, fired + 30.0)}
        assert found.wall.board.view.mark == fired
        assert found.place == ("lines of WebhookSignatureFailures at 15:25:00", "lines")
        assert found.header.startswith(
            "PROD Security › lines of WebhookSignatureFailures at 15:25:00 HISTORY, not live 2m ⌖ 15:25:00 "
        )


async def test_l_without_a_focus_takes_the_most_urgent_alert() -> None:
    async with room(keys=("l",)) as found:
        assert found.place == ("lines of WebhookSignatureFailures at 15:25:00", "lines")


async def test_l_on_a_chart_shows_the_last_minute_of_what_its_series_share() -> None:
    async with room() as found:
        await focused(found, "chart")
        await found.press("l")
        now = found.clock.now() - 0.4
        assert found.queries() == {"lines": (f'{SIGNATURES} | context_endpoint="/a"', 60.0, pytest.approx(now))}
        assert found.place == ("lines of Logins at 15:30:00", "lines")


@pytest.mark.parametrize(("chosen", "filters"), [(", default: /b", ' | context_endpoint="/b"'), ("", "")])
async def test_l_on_a_panel_that_is_narrowed_shows_lines_of_what_it_is_narrowed_to(chosen: str, filters: str) -> None:
    layout = (
        "title: Security\ngrid: {areas: [total]}\n"
        f"variables: {{endpoint: {{kind: list, values: [/a, /b], all: true{chosen}}}}}\n"
        "panels: {total: {kind: stat, metric: auth.failure_spike, where: {endpoint: $endpoint}}}\n"
    )
    async with room(layout=layout) as found:
        await focused(found, "total")
        await found.press("l")
        assert [query for query, _, _ in found.queries().values()] == [f"{FAILURES}{filters}"]


async def test_l_in_the_zoom_takes_the_minute_under_the_cursor_and_the_chosen_series() -> None:
    async with room() as found:
        await focused(found, "chart")
        await found.press("enter", "left", *["left"] * 40, "down", "down")
        zoom = found.screen
        assert isinstance(zoom, Zoom) and zoom.cursor is not None
        at = zoom.cursor
        assert NOW - 1800 < at < NOW - 60
        await found.press("l")
        assert found.screen is found.wall
        assert found.queries() == {"lines": (f'{SIGNATURES} | context_endpoint="/b"', 60.0, at + 30.0)}
        await found.press("escape")
        assert (found.place, found.wall.board.view.mark) == (("Security", "chart"), at)


async def test_l_in_the_zoom_without_a_chosen_series_takes_what_all_of_them_share() -> None:
    async with room() as found:
        await focused(found, "chart")
        await found.press("enter", "left", "left", "l")
        assert [query for query, _, _ in found.queries().values()] == [SIGNATURES]


async def test_l_on_a_paused_wall_takes_the_minute_of_the_picture() -> None:
    async with room() as found:
        await focused(found, "chart")
        await found.press("space")
        paused = found.wall.board.view.paused_at
        found.clock.advance(120)
        await found.press("l")
        assert paused is not None
        assert [end for _, _, end in found.queries().values()] == [paused + 30.0]


async def test_l_on_a_line_shows_the_same_feed_around_it() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "l")
        now = found.clock.now() - 0.4  # half a minute after the line is not there yet
        assert found.queries() == {"lines": ('{job="laravel"}', 60.0, pytest.approx(now))}
        assert (found.place[0], found.wall.board.view.mark) == ("lines at 15:29:40", BREACH.seconds)


async def test_l_on_a_top_row_shows_the_lines_it_counts_over_the_same_range() -> None:
    async with room() as found:
        await focused(found, "top")
        await found.press("j", "j", "l")
        query = f'{{job="laravel"}} | json | context_ip_address="{OTHER}"'
        assert found.queries() == {"lines": (query, 1800.0, None)}
        assert found.header.startswith(f"PROD Security › lines of {OTHER} last 30m ▸ live ")


async def test_a_range_the_viewer_chose_goes_along_to_the_lines_of_a_row() -> None:
    own = LAYOUT.replace("title: Attackers,", "title: Attackers, range: 2h,")
    async with room(layout=own) as found:
        await focused(found, "top")
        await found.press("j", "l")
        assert found.queries()["lines"][1] == 7200.0
        await found.press("escape", "2", "l")
        assert found.queries()["lines"][1] == 21_600.0


async def test_l_on_a_panel_without_lines_says_so() -> None:
    async with room(layout="grid: {areas: [a]}\npanels: {a: {kind: text, text: hello}}\n", keys=("tab", "l")) as found:
        assert found.footer == "this panel has no log lines behind it"


# -- a line whole


async def test_enter_on_a_line_shows_its_fields_its_json_and_its_labels() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "enter")
        assert isinstance(found.screen, EventScreen)
        text = " ".join(found.text.split())
        assert text.startswith("tenant violation 2025-10-02 15:29:40.000 UTC 2 of 4 ✖ CRITICAL")
        for part in (
            "context.company_id 7 ",
            '"context": {',
            '"user_id": 42,',
            "trace_id req_2 ",
            "detected_level critical",
            "d trace . menu l that minute n p next, before y copy Esc",
        ):
            assert part in text


async def test_n_and_p_walk_the_lines_and_the_cursor_goes_along() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "enter", "n", "n", "n", "n", "p")
        screen = found.screen
        assert isinstance(screen, EventScreen) and screen.line == AGAIN
        assert "3 of 4" in found.text
        await found.press("escape")
        assert (found.screen is found.wall, found.cursor("feed")) == (True, AGAIN.key)


async def test_y_copies_a_line_harmless_from_the_list_and_indented_from_the_whole_view() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "y")
        assert found.copied == ["plain text ␛[31mred"]
        assert found.footer == "copied: plain text ␛[31mred"
        await found.press("j", "enter", "y")
        assert found.copied[1].split("\n")[:3] == ["{", '  "level": "critical",', '  "category": "security",']
        assert "copied as it stands" in found.text


async def test_d_on_a_line_shows_its_trace_over_all_streams_the_oldest_on_top() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "j", "d")
        assert found.place == ("trace req_1", "lines")
        (query, span, end) = found.queries()["lines"]
        assert (query, span, end) == ('{job=~".+"} |= "req_1"', 1800.0, pytest.approx(found.clock.now(), abs=1))
        assert [row.lstrip("▌")[:8] for row in found.card("lines")[1:3]] == ["15:29:30", "15:29:35"]


async def test_a_line_without_a_trace_says_so() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "d")
        assert (found.place[0], found.footer) == ("Security", "this line names no trace")


async def test_a_key_of_the_whole_view_acts_on_that_line_though_the_list_let_go_of_it() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "j", "enter")
        found.loki.add(event("auth_failure", -1, "req_9", ip_address=OTHER))
        await found.passed(130)
        assert found.cursor("feed") is None
        await found.press("d")
        assert found.place[0] == "trace req_1"


async def test_escape_leads_back_page_by_page_with_cursor_and_filter_as_they_were_left() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("slash")
        await found.type("/login")
        await found.press("enter", "j", "j")
        assert found.cursor("feed") == LOGIN.key
        await found.press("enter", "d", "l")
        assert found.wall.board.crumbs == ("Security", "trace req_1")
        assert found.header.startswith("PROD Security › trace req_1 › lines at 15:29:3")
        await found.press("escape")
        assert found.place == ("trace req_1", "lines")
        await found.press("escape")
        assert (found.place, found.cursor("feed"), found.data("feed").logs.typed) == (  # type: ignore[union-attr]
            ("Security", "feed"),
            LOGIN.key,
            "/login",
        )
        assert found.wall.board.view.mark is None
        await found.press("escape")
        assert (found.cursor("feed"), found.place[1]) == (None, "feed")
        await found.press("escape")
        assert found.place == ("Security", None)


# -- top lists


async def test_d_on_a_row_of_addresses_shows_its_endpoints_its_levels_and_its_lines() -> None:
    async with room() as found:
        await focused(found, "top")
        await found.press("j", "d")
        query = f'{{job="laravel"}} | json | context_ip_address="{ATTACKER}"'
        assert found.queries() == {"lines": (query, 1800.0, None)}
        assert sorted(found.wall.board.plans) == ["endpoints", "lines", "rate"]
        rows = f'topk(10, sum by (context_endpoint) (count_over_time({query} | context_endpoint!="" | __error__="" [30m])))'
        assert rows in found.loki.exprs("instant")
        assert found.header.startswith(f"PROD Security › address {ATTACKER} last 30m ▸ live ")


async def test_enter_on_a_row_shows_its_lines_and_y_copies_its_value() -> None:
    async with room() as found:
        await focused(found, "top")
        await found.press("j", "y")
        assert found.copied == [ATTACKER]
        await found.press("enter")
        assert found.place[0] == f"lines of {ATTACKER}"


# -- menus


async def test_the_menu_of_a_line_offers_what_stands_in_it() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "full_stop")
        assert isinstance(found.screen, Question)
        assert found.offered == ["the whole line   Enter", "the lines of that minute   l", "copy the line   y"]
        await found.press("escape", "j", "full_stop")
        assert found.offered == [
            "the whole line   Enter",
            "its trace req_2   d",
            "the lines of that minute   l",
            "copy the line   y",
            "tenant 7: its panels",
        ]
        await found.press("escape", "j", "full_stop")
        assert found.offered[-1] == f"address {ATTACKER}: endpoints, lines"


async def test_the_menu_of_a_row_offers_its_address() -> None:
    async with room() as found:
        await focused(found, "top")
        await found.press("j", "full_stop")
        assert found.offered == ["its lines   Enter", "its endpoints and lines   d", "copy the row   y"]
        await found.press("down", "enter")
        assert found.place == (f"address {ATTACKER}", "lines")


async def test_an_address_of_a_line_leads_to_all_lines_of_its_streams() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "j", "full_stop", "up", "enter")
        assert found.place == (f"address {ATTACKER}", "lines")
        assert found.queries()["lines"][0] == f'{{job="laravel"}} | json | context_ip_address="{ATTACKER}"'


async def test_the_menu_of_the_whole_view_is_that_lines() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "enter", "full_stop")
        assert "its trace req_2   d" in found.offered
        await found.press("down", "enter")
        assert found.place[0] == "trace req_2"


@pytest.mark.parametrize("key", ["full_stop", "y"])
async def test_a_key_on_an_empty_list_says_so_and_touches_no_other_list(key: str) -> None:
    async with room(event("x", 4000)) as found:
        await focused(found, "feed")
        await found.press(key)
        assert (found.footer, found.place[1], found.copied) == ("there are no lines here", "feed", [])


@pytest.mark.parametrize(
    ("steps", "said"), [(("full_stop", "up", "enter"), "parse error at line 1, col 27"), (("l",), "")]
)
async def test_lines_of_a_query_that_only_its_loki_can_read_are_worked_with_as_far_as_that_goes(
    steps: tuple[str, ...], said: str
) -> None:
    newer = LAYOUT.replace("Events, query: '{job=\"laravel\"}'", "Events, query: '{job=\"laravel\"} | brandnew'")
    async with room(LOGIN, layout=newer) as found:
        await focused(found, "feed")
        await found.press("j", *steps)
        assert said in found.footer
        assert found.place[0] == ("Security" if said else "lines at 15:29:30")
        assert len([row for row in found.card("feed" if said else "lines") if "203.0.113.42" in row]) == 1


async def test_a_tenant_of_a_line_leads_to_its_panels_and_escape_back() -> None:
    tenant = (
        "title: Tenant\ngrid: {areas: [a]}\nvariables: {company_id: {kind: text}}\npanels: {a: {kind: text, text: x}}\n"
    )
    async with room(others={"tenant": tenant}) as found:
        await focused(found, "feed")
        await found.press("j", "j", "full_stop", "up", "enter")
        assert (found.place, found.wall.board.values) == (("Tenant", None), {"company_id": ("7",)})
        await found.press("escape")
        assert (found.place, found.cursor("feed")) == (("Security", "feed"), BREACH.key)


async def test_a_tenant_without_a_layout_is_said() -> None:
    async with room() as found:
        await focused(found, "feed")
        await found.press("j", "j", "full_stop", "up", "enter")
        assert (found.place[0], found.footer) == ("Security", "tenant does not open: tenant:0: there is no such layout")
