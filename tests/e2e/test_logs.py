"""Log lines on a wall in a real terminal: a Loki alone, feeds over a server that dies, every failure, a flood, one-shot commands."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from noc.model.clock import SystemClock
from tests.e2e.logsite import LogSite, logsite
from tests.e2e.misbehaving import Answer, Reply, Request, always, as_json, serving, vector
from tests.e2e.terminal import run, terminal, wall
from tests.engine.lokiflood import flood
from tests.servers import free_port

SECURITY = '{job="laravel", category="security"}'

FOLLOWED = """\
title: Followed
range: 5m
grid: {{areas: [feed]}}
panels:
  feed: {{kind: logs, title: Feed, follow: {follow}, refresh: 2s, query: '{query}'}}
"""


@pytest.fixture(scope="module")
def calm() -> Iterator[LogSite]:
    """Servers of an ordinary day."""
    with logsite("calm", ago=3600.0) as found:
        yield found


def clock(nanoseconds: int) -> str:
    """A line's moment as a feed writes it, in UTC."""
    seconds = nanoseconds // 1_000_000_000 % 86400
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def shown(text: str) -> list[str]:
    """The clock times of the lines on the glass, from top to bottom."""
    return re.findall(r"^[ ▌](\d\d:\d\d:\d\d) [✖▲◆●·]", text, re.MULTILINE)


def told(site: LogSite, query: str, until: str) -> list[str]:
    """The clock times of the server's lines of the last minutes, newest first, from ``until`` on."""
    now = SystemClock().now()
    found = [clock(at) for at, _ in reversed(site.lines(query, now - 300, now + 5))]
    return found[found.index(until) :] if until in found else []


def agrees(site: LogSite, query: str, text: str) -> bool:
    """Whether the feed on the glass is the server's log: every line once, none left out, the newest on top."""
    seen = shown(text)
    return bool(seen) and seen == told(site, query, seen[0])[: len(seen)]


# -- a Loki alone


def test_a_loki_alone_makes_a_wall_of_log_lines(calm: LogSite, environ: dict[str, str]) -> None:
    with terminal(wall("--loki", calm.loki), size=(140, 40), environ=environ) as tty:
        text = tty.wait_for(
            lambda text: text.startswith(" Logs ") and "job=laravel" in text and len(shown(text)) > 10 and "1  " in text
        )
        header = text.split("\n")[0]
        assert "loki ✔" in header
        assert "prometheus" not in header and "alertmanager" not in header
        tty.press("Y")
        tty.wait_for(f"noc wall --loki {calm.loki} logs")
        tty.press("q")
        tty.end(0)


def test_without_a_terminal_a_wall_of_log_lines_prints_one_frame(calm: LogSite, environ: dict[str, str]) -> None:
    done = run(wall("wall", "logs", "--loki", calm.loki), {**environ, "COLUMNS": "120", "LINES": "40"})
    assert (done.returncode, done.stderr) == (0, "")
    assert len(shown(done.stdout)) > 5
    assert "\x1b" not in done.stdout


# -- following


@pytest.mark.parametrize("follow", ["poll", "tail"])
def test_a_server_that_was_killed_and_came_back_leaves_neither_gap_nor_double_in_the_feed(
    follow: str, home: Path, environ: dict[str, str]
) -> None:
    layout = home / "followed.yaml"
    layout.write_text(FOLLOWED.format(follow=follow, query=SECURITY))
    with (
        logsite() as site,
        terminal(wall("--loki", site.loki, str(layout)), size=(120, 40), environ=environ) as tty,
    ):
        tty.wait_for(lambda text: len(shown(text)) > 30)
        site.kill()
        tty.wait_for(lambda text: "✖" in text.split("\n")[0] and "refused" in text)
        assert len(shown(tty.screen_text())) > 30, "lines stay on the glass while their server is gone"
        last = shown(tty.screen_text())[0]
        site.start()
        tty.press("r")
        tty.wait_for(lambda text: "loki ✔" in text and shown(text)[0] > last)
        tty.wait_for(lambda text: last in shown(text)[3:] and agrees(site, SECURITY, text))
        tty.press("q")
        tty.end(0)


# -- every failure has its picture

FAILING = """\
title: Failing
refresh: 2s
range: 10m
grid: {columns: [1fr, 1fr, 1fr], areas: [up down auth, busy html wrong, empty rate top]}
panels:
  up: {kind: stat, title: Up, query: up, spark: false, delta: false}
  down: {kind: logs, title: Down, source: down, query: '{job="x"}'}
  auth: {kind: logs, title: Auth, source: auth, query: '{job="x"}'}
  busy: {kind: logs, title: Busy, source: busy, query: '{job="x"}'}
  html: {kind: logs, title: Html, source: html, query: '{job="x"}'}
  wrong: {kind: logs, title: Wrong, source: wrong, query: '{job="x"} |= "a" | bogus'}
  empty: {kind: logs, title: Empty, source: empty, query: '{job="x"}'}
  rate: {kind: log-rate, title: Rate, source: html, query: '{job="x"}'}
  top: {kind: top, title: Top, source: auth, query: '{job="x"}'}
"""


def plain(status: int, words: str, **headers: str) -> Answer:
    """Every question is answered with these words, as Loki does it: as text."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return always(Reply(status, words.encode(), "text/plain; charset=utf-8", told))


FAILURES: dict[str, Answer] = {
    "auth": plain(401, "no org id\n"),
    "busy": plain(429, "too many outstanding requests", Retry_After="7"),
    "html": always(Reply(200, b"<html><body>Please sign in</body></html>", "text/html")),
    "wrong": plain(400, "parse error at line 1, col 20: syntax error: unexpected IDENTIFIER"),
    "empty": always(as_json({"status": "success", "data": {"resultType": "streams", "result": [], "stats": {}}})),
}


@contextmanager
def failing(home: Path) -> Iterator[tuple[list[str], dict[str, list[float]]]]:
    """A wall whose Lokis fail in every way beside a Prometheus that does not: its command line, and when each was asked."""
    asked: dict[str, list[float]] = {name: [] for name in FAILURES}
    monotonic = SystemClock().monotonic

    def noted(name: str, answer: Answer) -> Answer:
        def answered(request: Request) -> Reply:
            asked[name].append(monotonic())
            return answer(request)

        return answered

    with ExitStack() as stack:
        lokis = {name: stack.enter_context(serving(noted(name, one))).url for name, one in FAILURES.items()}
        lokis = {"down": f"http://127.0.0.1:{free_port()}", **lokis}
        metrics = stack.enter_context(serving(vector(({"job": "x"}, "1")))).url
        servers = {
            "prometheus": {"metrics": {"url": metrics}},
            "loki": {name: {"url": url} for name, url in lokis.items()},
        }
        (home / "config.yaml").write_text(json.dumps({"environments": {"p": servers}}))  # JSON is YAML
        (home / "failing.yaml").write_text(FAILING)
        yield wall("wall", "--config", str(home / "config.yaml"), str(home / "failing.yaml")), asked


def cards(text: str, rows: int = 3, columns: int = 3) -> list[str]:
    """What stands in each card of a grid, as running text, row by row."""
    lines = text.split("\n")[1:-1]
    high, wide = len(lines) / rows, len(lines[0]) / columns
    return [
        " ".join(
            " ".join(
                line[round(x * wide) : round((x + 1) * wide)] for line in lines[round(y * high) : round((y + 1) * high)]
            ).split()
        )
        for y in range(rows)
        for x in range(columns)
    ]


def test_every_failure_of_a_loki_has_its_own_picture_and_leaves_the_metrics_alone(
    home: Path, environ: dict[str, str]
) -> None:
    with failing(home) as (command, asked), terminal(command, size=(141, 41), environ=environ) as tty:
        text = tty.wait_for(lambda text: text.count("next try in") >= 5 and "quiet: no lines" in text and "██" in text)
        up, down, auth, busy, html, wrong, empty, rate, top = cards(text)
        assert up.startswith("Up ████") and "✖" not in up
        assert re.search(r"✖ connection refused by http://127.0.0.1:\d+; is it running\?", down)
        assert re.search(r"✖ 401 from http://127.0.0.1:\d+: no org id; name one as tenant: NAME", auth)
        assert re.search(r"✖ 429 from http://127.0.0.1:\d+: too many outstanding requests", busy)
        assert re.search(r"✖ http://127.0.0.1:\d+ answered HTML, not Loki: login page or wrong URL\?", html)
        assert "✖ parse error at line 1, col 20: syntax error: unexpected IDENTIFIER" in wrong
        assert 'quiet: no lines in 10m {job="x"}' in empty
        assert "answered HTML, not Loki" in rate
        assert "401 from" in top
        caret(text)

        tty.wait_for(lambda _: len(asked["busy"]) > 1)
        first, second = asked["busy"][:2]
        assert second - first >= 6.9, "Retry-After is a promise"
        assert len(asked["wrong"]) == 1, "what was refused is not asked again"
        tty.press("q")
        tty.end(0)


def caret(text: str) -> None:
    """Under a refused query a caret points at the column that the server named."""
    lines = text.split("\n")
    y = next(y for y, line in enumerate(lines) if '|= "a" | bogus' in line)
    begin = lines[y].index('{job="x"}')
    assert lines[y + 1][begin : begin + 30].rstrip() == " " * 19 + "^"


# -- a flood


def numbers(text: str) -> list[int]:
    """The numbers of the flood's lines on the glass, from top to bottom."""
    return [int(number) for number in re.findall(r" line (\d+) checkout", text)]


def test_keys_are_obeyed_while_five_thousand_lines_a_second_arrive(home: Path, environ: dict[str, str]) -> None:
    layout = home / "flood.yaml"
    layout.write_text(FOLLOWED.format(follow="tail", query='{app="shop"}'))
    port = free_port()
    with (
        flood(port, 5000, 5000 * 600, 3600.0) as begin,
        terminal(wall("--loki", f"http://127.0.0.1:{port}", str(layout)), size=(120, 40), environ=environ) as tty,
    ):
        tty.wait_for("quiet: no lines")
        begin()
        tty.wait_for(lambda text: len(shown(text)) > 30 and re.search(r"\d\.?\d*k/s|\d{3,}/s", text))
        tty.press("tab")
        tty.wait_for("▌Feed")
        tty.press("down")
        tty.wait_for("stands still")
        tty.press("/")
        tty.wait_for("Filter lines")
        tty.press("escape")
        stands = numbers(tty.wait_for(lambda text: "Filter lines" not in text and "new ↑" in text))
        tty.press("?")
        tty.wait_for("panel to the left")
        tty.press("escape")
        tty.wait_for(lambda text: "stands still" in text and numbers(text)[:10] == stands[:10])
        tty.press("escape")
        tty.wait_for(lambda text: "stands still" not in text and numbers(text)[0] > stands[0] + 5000)
        tty.press("q")
        tty.end(0)


# -- one-shot commands


def test_a_snapshot_of_log_panels_needs_no_prometheus(calm: LogSite, home: Path, environ: dict[str, str]) -> None:
    frame = home / "logs.json"
    done = run(
        wall("snapshot", "logs", "--loki", calm.loki, "-o", str(frame), "--size", "160x50", "--range", "15m"), environ
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    report = json.loads(frame.read_text())
    panels = report["panels"]
    assert {name: panel["kind"] for name, panel in panels.items()} == {
        "rate": "log-rate",
        "feed": "logs",
        "top": "top",
        "slow": "table",
    }
    assert (panels["rate"]["state"], panels["feed"]["state"]) == ("fresh", "fresh")
    assert len(shown(panels["feed"]["text"])) > 5


def test_plot_draws_logql_and_prints_lines_from_a_loki(calm: LogSite, environ: dict[str, str]) -> None:
    query = 'sum by (detected_level) (rate({job="laravel"}[$__interval]))'
    done = run(wall("plot", query, "--loki", calm.loki, "--range", "15m"), environ)
    assert (done.returncode, done.stderr) == (0, "")
    assert "  last " in done.stdout and "info" in done.stdout

    done = run(
        wall("plot", '{job="laravel"}', "--loki", calm.loki, "--range", "15m", "--limit", "5", "--json"), environ
    )
    found = json.loads(done.stdout)["lines"]
    now = SystemClock().now()
    known = {(str(at), text) for at, text in calm.lines('{job="laravel"}', now - 300, now + 1)}
    assert len(found) == 5
    assert {(one["at"], one["text"]) for one in found} <= known

    done = run(wall("plot", "sum(rate({job=}[5m]))", "--loki", calm.loki), environ)
    assert (done.returncode, done.stdout) == (3, "")
    assert "parse error at line 1, col " in done.stderr


WRONG = """\
title: Wrong
grid: {areas: [feed rate, top up]}
panels:
  feed:
    kind: logs
    query: '{job="x"} |= "a" | bogus'
  rate:
    kind: log-rate
    query: 'rate({job="x"}[5m])'
  top: {kind: top, query: '{job="x"'}
  up: {kind: stat, query: up}
"""


def test_check_names_the_file_and_the_line_of_every_wrong_logql(home: Path, environ: dict[str, str]) -> None:
    (home / "wrong.yaml").write_text(WRONG)
    done = run(wall("check", "./wrong.yaml", "--json"), environ, cwd=home)
    faults = [(one["file"], one["line"], one["severity"]) for one in json.loads(done.stdout)["faults"]]
    assert done.returncode == 1
    assert faults == [("wrong.yaml", 6, "error"), ("wrong.yaml", 9, "error"), ("wrong.yaml", 10, "error")]
    done = run(wall("check", "./wrong.yaml"), environ, cwd=home)
    assert [line.split(": ")[0] for line in done.stdout.splitlines()] == [f"wrong.yaml:{n}" for n in (6, 9, 10)]
