"""Whatever strangers write, nothing but text and colour happens: every panel kind and every page of text, drawn as the wall
draws it, sent as the wall sends it, into an emulator that takes nothing else and shows the picture cell by cell.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import pytest
from rich.console import Console
from textual.geometry import Region

from noc.catalogue.events import pretty, read, words
from noc.charts.canvas import Canvas, Ink
from noc.charts.charset import ASCII, UNICODE, Charset
from noc.charts.markdown import draw_markdown
from noc.engine.book import Finding, FindingKind, MemberView
from noc.engine.completion import Candidate
from noc.engine.origin import Origin
from noc.model.checks import CheckResult, CheckState
from noc.model.checks import Finding as CheckFinding
from noc.model.errors import BadQuery, Unreachable
from noc.model.logs import LogLine
from noc.model.results import ServerHealth
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.timerange import parse_duration
from noc.ui.alertdetail import draw_detail
from noc.ui.banner import Banner, draw_banners
from noc.ui.cards import draw_card
from noc.ui.compat import TightUpdate, WholeUpdate, changed_spans, strip_of
from noc.ui.header import HeaderData, draw_footer, draw_header
from noc.ui.panels import KINDS
from noc.ui.panels.data import Alerts, PanelData, names
from noc.ui.popup import draw_popup
from noc.ui.screens.event import draw_event
from noc.ui.screens.sheets import text_canvas
from noc.ui.state import View
from tests import alertgiven, hostile
from tests.emulator import SEQUENCE, Emulator, check_shows
from tests.palettes import DARK
from tests.ui import loggiven
from tests.ui.given import NOW, panel

SEEDS = range(3)
SIZES = [(100, 16), (40, 10), (24, 6), (12, 3)]
CONSOLE = Console(color_system="truecolor")
HOUR = parse_duration("1h")


@dataclass
class Texts:
    """Texts one after another, for ever the same for the same seed."""

    made: Iterator[str]

    def __call__(self) -> str:
        return next(self.made)

    @property
    def decoded(self) -> Texts:
        """The same as a JSON decoder lets them through: without halves of characters."""
        return Texts(one.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for one in self.made)

    def labels(self, *known: str) -> dict[str, str]:
        """Labels of a series: the known names and two more, all values hostile, and one name too."""
        return {name: self() for name in (*known, "__name__", "instance", self()[:80])}


def texts(seed: int) -> Texts:
    def endless() -> Iterator[str]:
        yield from hostile.corpus()[seed :: len(SEEDS)]
        for more in count(seed + 1000, 1000):
            yield from hostile.made(more, 200)

    return Texts(endless())


# -- hostile data for each kind


def queried(kind: str, *labels: str, **written: object) -> Callable[[Texts], list[PanelData]]:
    """Panels of a kind that asks: with data and warnings, old, failed, refused, empty, unanswerable."""

    def build(text: Texts) -> list[PanelData]:
        def spec() -> dict[str, object]:
            more: dict[str, object] = {"legend": text()[:200] + "{{instance}} {{" + text()[:40] + "}}"}
            return {
                "kind": kind,
                "title": text(),
                "query": text() or "up",
                "unit": text()[:30] or "s",
                **more,
                **written,
            }

        def rows(many: int = 9) -> list[tuple[dict[str, str], list[tuple[float, float]]]]:
            times = [NOW - 60.0 * ago for ago in range(30, -1, -3)]
            return [(text.labels(*labels), [(at, number * 7.5 + 1) for at in times]) for number in range(many)]

        every = {role: rows(4) for role in ("trend", "delta", "ghost", "firing", "new", "touched")}
        main = rows()
        told = [{**dict(named), **{label: dict(main[0][0])[label] for label in labels}} for named, _ in every["new"]]
        every["new"] = [(named, points) for named, (_, points) in zip(told, every["new"], strict=True)]
        shown = panel(spec(), {"main": main, **every}, warnings=(text(), text()))
        plain = panel({name: value for name, value in spec().items() if name != "legend"}, rows())
        return [
            shown,
            replace(shown, table=True, cursor=NOW - 300, row=2, hidden=frozenset(names([], [], ""))),
            plain,
            panel(spec(), rows(), age=900.0, error=Unreachable(text()), next_try=9.0),
            panel(spec(), age=None, error=BadQuery(text()), next_try=9.0),
            panel(spec()),
            replace(panel(spec()), fault=text() or "fault"),
        ]

    return build


def alerting(kind: str, **written: object) -> Callable[[Texts], list[PanelData]]:
    """Panels of a book in which everything is hostile."""

    def build(text: Texts) -> list[PanelData]:
        text = text.decoded
        alerts = [
            alertgiven.alert(
                text() or "A",
                level,
                annotations={
                    "summary": text(),
                    "description": text(),
                    "runbook_url": text(),
                    text()[:40] or "x": text(),
                },
                company_id=text(),
                **{text()[:40] or "y": text()},  # type: ignore[arg-type]
            )
            for level in ("critical", "high", "medium", "low", "", text()[:40])
        ]
        entries = [alertgiven.entry(one, members=(text(), text())) for one in alerts[:4]]
        entries += [alertgiven.acked(one, by=text() or "x", words=text()) for one in alerts[4:]]
        book = alertgiven.book(
            *entries,
            silences=[alertgiven.silence(by=text(), comment=text(), left=300.0)],
            findings=[Finding(kind_, "Watchdog missing", text(), NOW - 60) for kind_ in FindingKind],
        )
        failed = alertgiven.book(members=[MemberView(text(), error=Unreachable(text()), next_try=NOW + 5)])
        stale = replace(book, members=tuple(replace(one, good_at=NOW - 900) for one in book.members))
        spec = {"kind": kind, "title": text(), **written}
        return [panel(spec, alerts=Alerts(one, me=text(), cursor=cursor)) for one, cursor in (
            (book, None),
            (book, book.entries[0].key),
            (stale, None),
            (failed, None),
        )]  # fmt: skip

    return build


def lines_of(text: Texts) -> list[LogLine]:
    """Lines in every shape, with hostile values in every place."""
    context = {"ip_address": text(), "endpoint": text(), "error_code": text(), "user_id": text(), "model": text()}
    kinds = ("auth_failure", "tenant_violation", "slow_query", text())
    events = [loggiven.event(kind, 3.0 * at, text()[:20], text(), **context) for at, kind in enumerate(kinds)]
    plain = [loggiven.line(text(), 20.0 + at, level, stream=text()) for at, level in enumerate(("error", "", text()))]
    logfmt = loggiven.line(f'level=error msg="{text()}" {text()}={text()}', 40.0)
    laravel = loggiven.line(f'[2025-10-02 15:30:45] {text()[:9]}.ERROR: {text()} {{"a": 1}}', 41.0)
    labelled = LogLine(
        int(NOW * 1e9), text(), (("job", text()), (text() or "z", text())), (("context_ip_address", text()),)
    )
    return [*events, *plain, logfmt, laravel, labelled]


def logged(text: Texts) -> list[PanelData]:
    lines = lines_of(text)
    feed = loggiven.feed(lines, rate=2.0, skipped=7, dropped=3, note=text(), uncounted=True)
    spec: dict[str, object] = {"title": text(), "query": text() or "{}", "highlight": ["o"]}
    templates = {"auth_failure": text()[:300] + "{{context.ip_address}}", "*": "{{message}} {{" + text()[:40] + "}}"}
    return [
        loggiven.logs(feed, spec),
        loggiven.logs(feed, {**spec, "templates": templates}, wrap=True),
        loggiven.logs(feed, {**spec, "filter": "-nothing"}, standing=True, paused=True, waiting=3, cursor=lines[1].key),
        loggiven.logs(feed, spec, typed=text()),
        loggiven.logs(replace(feed, good_at=NOW - 900, error=Unreachable(text()), next_try=NOW + 9), spec),
        loggiven.failed(BadQuery(text())),
        loggiven.failed(Unreachable(text()), next_try=NOW + 9),
        loggiven.logs(loggiven.feed(), spec),
    ]


def probed(text: Texts) -> list[PanelData]:
    """Health checks of this wall, each of whose words an endpoint wrote."""
    text = text.decoded
    bad = CheckResult(NOW - 5, 0.2, 503, (CheckFinding(text(), text() or "x"),), services=((text(), text()),))
    results = (bad, CheckResult(NOW - 900, 5.0, error=text() or "x"), CheckResult(NOW - 5, 0.1, 200), None)
    states = tuple(
        CheckState(text() or str(at), text(), text(), 30.0, 0.1, Severity.HIGH, last, NOW - 60, (True, False))
        for at, last in enumerate(results)
    )
    data = panel({"kind": "checks", "title": text()}, {})
    return [replace(data, checks=states, chosen=f"check:{states[at].name}") for at in range(len(states))]


def written(text: Texts) -> list[PanelData]:
    return [panel({"kind": "text", "title": text(), "text": text() + "\n\n" + text()}) for _ in range(6)]


def abroad(data: PanelData, text: Texts) -> PanelData:
    """Whatever an address is, it comes from Germany, by a name that a database made up."""
    return replace(data, look=replace(data.look, origin=lambda address: Origin("DE", text())))


TRENDING: dict[str, object] = {"spark": True, "delta": True}
BUILDERS: dict[str, Callable[[Texts], list[PanelData]]] = {
    "stat": queried("stat", mappings=[{"value": 1.0, "text": "\x1b]0;owned\x07 [red]"}], **TRENDING),
    "gauge": queried("gauge"),
    "sparkline": queried("sparkline"),
    "timeseries": queried("timeseries", show=["last", "max"]),
    "bar": lambda text: [
        *queried("bar")(text),
        *queried("bar", "provider", mode="stacked", group="provider")(text),
        *queried("bar", "provider", mode="grouped", direction="vertical", group="provider")(text),
    ],
    "table": queried("table"),
    "text": written,
    "status": alerting("status"),
    "alert-tiles": alerting("alert-tiles"),
    "alerts": lambda text: [*alerting("alerts", silences=True)(text), *alerting("alerts", view="table")(text)],
    "incidents": alerting("incidents"),
    "alert-history": queried("alert-history", "alertname", "severity"),
    "logs": logged,
    "log-rate": queried("log-rate", "detected_level"),
    "status-grid": queried(
        "status-grid", mappings=[{"value": 1.0, "text": "\x1b]0;owned\x07 [red]", "severity": "high"}]
    ),
    "state-timeline": queried(
        "state-timeline", mappings=[{"value": 8.5, "text": "\x1b]0;owned\x07", "severity": "low"}]
    ),
    "slo": queried("slo"),
    "counter": queried("counter"),
    "clock": lambda text: [panel({"kind": "clock", "title": text(), "zones": ["Asia/Tokyo"]}) for _ in range(6)],
    "checks": lambda text: [*queried("checks", "instance")(text), *probed(text)],
    "top": lambda text: [
        *queried("top", "context_ip_address")(text),
        *queried("top", "context_ip_address", "context_endpoint", by=["context_ip_address", "context_endpoint"])(text),
    ],
    "histogram": lambda text: [*queried("histogram")(text), *queried("histogram", "le")(text)],
    "pie": queried("pie", target={"slice": "\x1b[31m\u202e", "above": 0.9}),
    "heatmap": lambda text: [
        *queried("heatmap")(text),
        *queried("heatmap", "path", y="path")(text),
        *queried("heatmap", "path", "from", x="from", y="path")(text),
    ],
    "geo": lambda text: [
        *queried("geo", "context_ip_address")(text),
        *(abroad(data, text) for data in queried("geo", "context_ip_address")(text)[:3]),
    ],
}
"""One for each kind of the registry."""


# -- from canvas to terminal


def sent(canvas: Canvas, before: Canvas | None = None) -> str:
    """What the wall writes to the terminal for a canvas: all of it, or what differs from the one that is there."""
    strips = [strip_of(canvas, y, DARK.text, DARK.background) for y in range(canvas.height)]
    if before is None:
        return WholeUpdate([[strip] for strip in strips], Region(0, 0, canvas.width, canvas.height)).render_segments(
            CONSOLE
        )
    spans = [(span.y, span.x, span.right) for span in changed_spans(before, canvas, 0, 0)]
    ends = [[canvas.width]] * canvas.height
    return TightUpdate([{0: strip} for strip in strips], spans, ends).render_segments(CONSOLE)


def framed(canvas: Canvas) -> Canvas:
    """The canvas with a frame around it that nothing in it may move."""
    columns, rows = canvas.width + 2, canvas.height + 2
    whole = Canvas(columns, rows, Ink(DARK.text, DARK.background))
    whole.fill(0, 0, columns, rows, "#", Ink(DARK.text, DARK.background))
    whole.blit(1, 1, canvas)
    return whole


def check_harmless(pictures: Sequence[Canvas]) -> None:
    """Pictures one over the other, and some of them whole, leave the terminal as it was and show what they hold."""
    emulator, shown = Emulator(0, 0), Canvas(0, 0)
    for number, canvas in enumerate(pictures):
        same = (shown.width, shown.height) == (canvas.width, canvas.height)
        if not same or number % 4 == 0:
            emulator = Emulator(canvas.width, canvas.height)
        before = emulator.standing
        emulator.feed(sent(canvas, shown if same and number % 4 else None))
        check_shows(emulator, canvas)
        assert emulator.standing == before
        shown = canvas


def test_every_kind_has_hostile_data() -> None:
    assert set(BUILDERS) == set(KINDS)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("kind", BUILDERS)
def test_a_panel_of_hostile_texts_is_text_and_colour(kind: str, seed: int) -> None:
    pictures = []
    for size in SIZES:
        for data in BUILDERS[kind](texts(seed)):
            charset = ASCII if seed == 2 else UNICODE
            pictures.append(framed(draw_card(with_charset(data, charset), *size, focused=seed % 2 == 0)))
    check_harmless(pictures)


def with_charset(data: PanelData, charset: Charset) -> PanelData:
    return replace(data, look=replace(data.look, charset=charset))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_of_hostile_texts_is_text_and_colour(seed: int) -> None:
    text = texts(seed)
    pictures: list[Canvas] = []
    for columns in (120, 36):
        for line in lines_of(text):
            pictures.append(framed(draw_event(line, columns, DARK, lambda address: text())))
        data = alerting("alerts")(text)[0]
        assert data.alerts is not None
        for entry in data.alerts.book.entries:
            pictures.append(framed(draw_detail(entry, data, columns, text() + "\n\n```sh\n" + text() + "\n```")))
        servers = [ServerHealth(text()[:200], kind, True, NOW - 2, None) for kind in ("prometheus", "alertmanager")]
        servers.append(ServerHealth(text()[:200], "loki", False, None, Unreachable(text())))
        head = HeaderData(text(), "", text(), View("one"), HOUR, NOW, "UTC", tuple(servers), text(), text())
        pictures.append(framed(draw_header(head, columns, data.look)))
        pictures.append(framed(draw_footer([], text(), text(), columns, DARK)))
        pictures.append(framed(draw_banners([Banner(clean(text(), 300))], columns, DARK)))
        pictures.append(framed(draw_markdown(text() + "\n\n" + text(), columns, 20, DARK)))
        pictures.append(framed(draw_popup([Candidate(text(), "label", text()) for _ in range(4)], 1, columns, 8, DARK)))
        pictures.append(framed(text_canvas(text() + "\n" + text())(columns, DARK)))
    check_harmless(pictures)


@pytest.mark.parametrize("text", hostile.corpus(), ids=lambda text: ascii(text[:16]))
def test_each_attack_alone_is_text_and_colour(text: str) -> None:
    """In a line of its own, so that nothing before it can take its sting."""
    line = loggiven.line(text, 1.0, text)
    shown = Canvas(100, 6)
    for y, part in enumerate((text, *vars_of(line))):
        shown.put(0, y, clean(part, 100))
    check_harmless([framed(shown), framed(draw_card(loggiven.logs([line]), 60, 6))])


def vars_of(line: LogLine) -> list[str]:
    """What is said of a line: who, what, where, and the first line of its pretty form."""
    said = words(read(line))
    return [said.who, said.what, said.where, pretty(read(line))[0] if line.text else ""]


def test_the_emulator_tells_on_every_attack() -> None:
    """A guard that never barks is no guard: raw, each attack that holds what is no text is caught; colour is allowed."""
    for text in hostile.ATTACKS.values():
        if SEQUENCE.sub("", text).isprintable():
            continue
        with pytest.raises(AssertionError):
            Emulator(80, 24).feed(text)


def test_the_emulator_hears_what_happens() -> None:
    emulator = Emulator(4, 2)
    emulator.draw("four")
    assert emulator.happened == []
    emulator.draw("!")  # a row that is too long by one
    emulator._stream.feed("\x07\x1b]0;t\x07")
    assert emulator.happened == ["carriage_return", "linefeed", "bell", "set_icon_name", "set_title"]


def test_the_same_seed_gives_the_same_texts() -> None:
    assert hostile.made(7, 50) == hostile.made(7, 50) != hostile.made(8, 50)
    assert random.Random(7).random() == random.Random(7).random()
