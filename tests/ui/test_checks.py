"""Health checks on a card: this wall's own and the exporter's, good, failing, old, never made, hostile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from noc.config.kinds import PanelSpec
from noc.engine.plan import PlannedQuery, Role
from noc.model.checks import CheckResult, CheckState, Finding
from noc.model.query import Query
from noc.model.results import Result, State
from noc.model.series import Series
from noc.model.severity import Severity
from noc.ui.cards import draw_card
from noc.ui.panels import KINDS, checks, severity, state
from noc.ui.panels.data import Asked, PanelData
from tests.ui.given import NOW, panel, spec_of

DAY = 86_400.0
SITE = "https://api.example.com"


def made(name: str, path: str, last: CheckResult | None, **more: Any) -> CheckState:
    settled: dict[str, Any] = {"since": NOW - 600, "history": (True,) * 12}
    return CheckState(name, path, SITE + path, 60.0, None, Severity.HIGH, last, **{**settled, **more})


OK = CheckResult(NOW - 10, 0.034, 200, (Finding("status 200"),))
BASIC = replace(made("basic", "/health", OK), within=0.1)
CALCOM = made(
    "calcom",
    "/health/calcom",
    CheckResult(
        NOW - 20,
        5.03,
        503,
        (Finding("status 200", "status 503"), Finding("calcom.reachable is true", "calcom.reachable is false")),
    ),
    since=NOW - 250,
    history=(True, True, False, False),
)
TIME = made("time", "/api/zeitinfo", replace(OK, drift=3.2, certificate=NOW + 9.5 * DAY))
REFUSED = made(
    "r", "/r", CheckResult(NOW - 5, 0.002, None, error="connection refused by x; is it running?"), history=(False,)
)
NEW = made("new", "/new", None, since=None, history=())


def own(*states: CheckState, **spec: Any) -> PanelData:
    written = {"kind": "checks", "title": "Health checks", **spec}
    return replace(panel(written, {}), checks=states)


def body(data: PanelData, columns: int, rows: int) -> list[str]:
    return [row.rstrip() for row in draw_card(data, columns, rows).text().split("\n")]


def test_own_checks_say_what_failed_since_when_and_what_is_near() -> None:
    assert body(own(BASIC, CALCOM, TIME, NEW), 120, 6) == [
        " Health checks" + " " * 99 + "▲ HIGH",
        "                                took            code        latest",
        " ✔ /health                     34 ms  of 100 ms  200  ●●●●●●●●●●●●",
        " ▲ /health/calcom             5.03 s             503          ●●○○"
        "  since 4 m · status 503 · calcom.reachable is false",
        " ◆ /api/zeitinfo               34 ms             200  ●●●●●●●●●●●●"
        "  certificate ends in 9 d · its clock is 3.20 s ahead",
        " · /new                                                             not probed yet",
    ]


def test_at_forty_columns_the_worst_words_stand_beneath() -> None:
    assert body(own(BASIC, CALCOM, TIME), 40, 6) == [
        " Health checks                   ▲ HIGH",
        " ✔ /health          34 ms  200  ●●●●●●●",
        " ▲ /health/calcom  5.03 s  503     ●●○○",
        "   since 4 m · status 503 · calcom.rea…",
        " ◆ /api/zeitinfo    34 ms  200  ●●●●●●●",
        "   certificate ends in 9 d · its clock…",
    ]


def test_a_small_card_keeps_the_worst_and_counts_the_rest() -> None:
    found = body(own(BASIC, TIME, CALCOM, REFUSED), 30, 4)
    assert found[1:] == [" ▲ /healt…calcom  5.03 s  503", " ▲ /r               2 ms    –", " +2 more"]


def test_no_answer_at_all_has_a_reason_and_no_code() -> None:
    (row,) = checks.rows_of(own(REFUSED))
    assert row.notes == ("since 10 m", "connection refused by x; is it running?")
    assert checks.lines_of(own(REFUSED), [row])[0].status == "–"


def test_a_check_that_is_not_probed_any_more_looks_old() -> None:
    old = replace(CALCOM, last=replace(CALCOM.last, at=NOW - 600))  # type: ignore[type-var]
    data = own(BASIC, old)
    assert [(row.stale, row.notes[:1]) for row in checks.rows_of(data)] == [(False, ()), (True, ("◷ 10 m old",))]
    assert state(data) is State.FRESH
    stale = own(old)
    assert state(stale) is State.STALE
    assert "◷ 10 m old" in body(stale, 60, 5)[0]


def test_a_panel_is_loading_until_the_first_result() -> None:
    assert state(own(NEW)) is State.LOADING
    assert state(own(NEW, BASIC)) is State.FRESH
    assert state(own()) is State.NODATA


@pytest.mark.parametrize(
    ("states", "level"),
    [
        ((BASIC, NEW), Severity.OK),
        ((BASIC, TIME), Severity.MEDIUM),
        ((TIME, CALCOM), Severity.HIGH),
        ((replace(CALCOM, severity=Severity.CRITICAL),), Severity.CRITICAL),
    ],
)
def test_the_worst_check_is_the_panels_severity(states: tuple[CheckState, ...], level: Severity) -> None:
    assert severity(own(*states)) is level


def test_a_panel_may_choose_its_checks() -> None:
    data = own(BASIC, CALCOM, TIME, checks=["time", "unknown", "basic"])
    assert [row.name for row in checks.rows_of(data)] == ["/api/zeitinfo", "/health"]
    assert severity(data) is Severity.MEDIUM


def test_a_panel_is_as_old_as_the_checks_it_shows() -> None:
    old = replace(CALCOM, last=replace(CALCOM.last, at=NOW - 600))  # type: ignore[type-var]
    data = own(BASIC, old, checks=["calcom"])
    assert "◷ 10 m old" in body(data, 60, 5)[0]


@pytest.mark.parametrize(
    ("since", "words"),
    [
        (NOW - 42, "since 42s"),
        (NOW - 3599, "since 59 m"),
        (NOW - 7200, "since 13:30"),
        (NOW - 3 * DAY, "since 29 Sep 15:30"),
    ],
)
def test_since_is_relative_up_to_an_hour(since: float, words: str) -> None:
    (row,) = checks.rows_of(own(replace(CALCOM, since=since)))
    assert row.notes[0] == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (45 * DAY, ()),
        (29.9 * DAY, ("certificate ends in 29 d",)),
        (23.5 * 3600, ("certificate ends in 23 h",)),
        (90, ("certificate ends in 1 m",)),
        (-5, ("certificate has ended",)),
    ],
)
def test_days_of_a_certificate_are_told_below_thirty(left: float, words: tuple[str, ...]) -> None:
    (row,) = checks.rows_of(own(replace(BASIC, last=replace(OK, certificate=NOW + left))))
    assert row.notes == words


@pytest.mark.parametrize(("took", "words"), [(0.1, ("its clock is 2.60 s behind",)), (5.0, ())])
def test_a_slow_answer_is_no_wrong_clock(took: float, words: tuple[str, ...]) -> None:
    (row,) = checks.rows_of(own(replace(BASIC, last=replace(OK, duration=took, drift=-2.6))))
    assert row.notes == words


def test_rows_can_be_walked_and_say_what_they_stand_for() -> None:
    data = own(BASIC, CALCOM)
    assert checks.keys(data, 40, 6) == ["check:basic", "check:calcom"]
    found = [checks.row_at(data, 40, 6, y) for y in range(6)]
    assert found == [None, "check:basic", None, "check:calcom", "check:calcom", None]
    assert checks.labels(data, "check:calcom") == {"instance": SITE + "/health/calcom", "check": "calcom"}
    assert checks.labels(data, "check:gone") == {}


def test_ages_move_the_picture_and_nothing_else_does() -> None:
    data = own(BASIC, CALCOM)
    assert checks.ticks(data) == checks.ticks(replace(data, now=NOW + 1))
    assert checks.ticks(data) != checks.ticks(replace(data, now=NOW + 60))


# -- the exporter's series


def exported(columns: dict[int, dict[str, float]], **spec: Any) -> PanelData:
    written: PanelSpec = spec_of({"kind": "checks", "title": "Health checks", **spec})
    thresholds = {
        0: [{"below": 1, "severity": "high"}],
        3: [{"below": 14 * DAY, "severity": "medium"}],
        4: [{"above": 0.1, "severity": "medium"}],
    }
    queries = [
        item.model_copy(update={"thresholds": spec_of({"kind": "stat", "query": "x", "thresholds": thresholds[index]}).thresholds})  # type: ignore[union-attr]
        if index in thresholds
        else item
        for index, item in enumerate(written.queries)  # type: ignore[union-attr]
    ]  # fmt: skip
    asked = []
    for index, values in columns.items():
        query = Query("prometheus", f"q{index}")
        series = tuple(Series.of({"instance": url}, [(NOW, value)]) for url, value in values.items())
        result = Result(query=query, refresh=15.0, version=1, series=series, good_at=NOW - 2)
        asked.append(Asked(PlannedQuery(Role.MAIN, index, None, "", query, 15.0), result))
    data = panel({"kind": "checks", "title": "Health checks"}, {})
    return replace(data, spec=written.model_copy(update={"queries": tuple(queries)}), asked=tuple(asked))


EXPORTED = {
    0: {f"{SITE}/health": 1.0, f"{SITE}/health/calcom": 0.0, f"{SITE}/api/zeitinfo": 1.0},
    1: {f"{SITE}/health": 0.034, f"{SITE}/health/calcom": 5.03, f"{SITE}/api/zeitinfo": 0.027},
    2: {f"{SITE}/health": 200.0, f"{SITE}/health/calcom": 503.0, f"{SITE}/api/zeitinfo": 200.0},
    3: {f"{SITE}/health": 40 * DAY, f"{SITE}/api/zeitinfo": 9.2 * DAY},
    4: {f"{SITE}/health": 0.034},
}


def test_the_exporters_series_are_joined_by_their_label() -> None:
    data = exported(EXPORTED)
    assert severity(data) is Severity.HIGH
    assert state(data) is State.FRESH
    assert body(data, 100, 5) == [
        " Health checks" + " " * 79 + "▲ HIGH",
        "                                 took            code",
        " ✔ /health                      34 ms  of 100 ms  200",
        " ▲ /health/calcom              5.03 s             503",
        " ◆ /api/zeitinfo                27 ms             200  certificate ends in 9 d",
    ]


@pytest.mark.parametrize(
    ("columns", "level", "notes"),
    [
        ({0: {"u": 1.0}, 1: {"u": 0.142}, 2: {"u": 200.0}, 4: {"u": 0.142}}, Severity.MEDIUM, ("over 100 ms",)),
        ({0: {"u": 0.0}, 1: {"u": 0.1}, 2: {"u": 0.0}}, Severity.HIGH, ("no answer",)),
        ({0: {"u": 0.0}, 1: {"u": 0.1}, 2: {"u": 200.0}}, Severity.HIGH, ("not the answer it should be",)),
        ({1: {"u": 0.1}}, Severity.OK, ("no result",)),
        ({0: {"u": float("nan")}, 1: {"u": float("inf")}}, Severity.OK, ("no result",)),
        ({0: {"u": 1.0}, 1: {"u": -1.0}, 2: {"u": 1e300}}, Severity.OK, ()),
    ],
)
def test_what_the_exporters_numbers_mean(
    columns: dict[int, dict[str, float]], level: Severity, notes: tuple[str, ...]
) -> None:
    (row,) = checks.rows_of(exported(columns))
    assert (row.severity, row.notes) == (level, notes)
    draw_card(exported(columns), 80, 10)


def test_several_hosts_keep_their_names() -> None:
    names = [
        row.name
        for row in checks.rows_of(exported({0: {"https://a/health": 1.0, "https://b/health": 1.0, "c:9": 1.0}}))
    ]
    assert names == ["https://a/health", "https://b/health", "c:9"]
    assert [row.name for row in checks.rows_of(exported({0: {"https://a": 1.0}}))] == ["a"]


def test_hundreds_of_endpoints_are_counted() -> None:
    data = exported({0: {f"{SITE}/{n}": float(n != 250) for n in range(300)}})
    found = body(data, 60, 8)
    assert found[1].split()[:2] == ["▲", "/250"]
    assert found[-1].strip() == "+294 more"
    assert len(checks.keys(data, 58, 7)) == 300
    assert checks.keys(data, 58, 7)[0] == checks.row_at(data, 58, 7, 0)


@pytest.mark.parametrize("size", [(20, 4), (30, 5), (40, 7), (60, 12), (100, 12), (100, 40)])
def test_every_size_is_filled_without_a_cut_number(size: tuple[int, int]) -> None:
    for data in (own(BASIC, CALCOM, TIME, NEW, REFUSED), exported(EXPORTED)):
        card = draw_card(data, *size)
        assert (card.width, card.height) == size


def test_the_kind_is_registered_with_all_it_can_do() -> None:
    kind = KINDS["checks"]
    assert None not in (kind.keys, kind.row_at, kind.labels, kind.severity, kind.state, kind.ticks)
