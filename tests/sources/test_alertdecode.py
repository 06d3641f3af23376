"""Alerts, silences, status and rules out of JSON of every version, with whatever is missing or new in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.alerts import (
    NEVER,
    Alert,
    ClusterStatus,
    Matcher,
    Rule,
    RuleAlert,
    Silence,
    SilenceState,
)
from noc.model.errors import BadAnswer
from noc.sources import alertdecode

AT = datetime(2026, 11, 23, 3, 40, 33, tzinfo=UTC).timestamp()
ALERT: Mapping[str, Any] = {
    "annotations": {"summary": "s"},
    "endsAt": "2026-11-23T03:44:33.287Z",
    "fingerprint": "38ca400155ad2a8c",
    "receivers": [{"name": "noc"}, {"name": "slack"}],
    "startsAt": "2026-11-23T03:40:33.000Z",
    "status": {"inhibitedBy": ["f1"], "silencedBy": ["s2", "s1"], "mutedBy": ["weekly"], "state": "suppressed"},
    "updatedAt": "2026-11-23T03:40:34.500Z",
    "generatorURL": "http://prometheus:9090/graph",
    "labels": {"severity": "high", "alertname": "Api"},
}
READ = Alert(
    fingerprint="38ca400155ad2a8c",
    labels=(("alertname", "Api"), ("severity", "high")),
    starts_at=AT,
    annotations=(("summary", "s"),),
    ends_at=AT + 240.287,
    updated_at=AT + 1.5,
    silenced_by=("s2", "s1"),
    inhibited_by=("f1",),
    muted_by=("weekly",),
    receivers=("noc", "slack"),
    generator_url="http://prometheus:9090/graph",
    since_text="2026-11-23T03:40:33.000Z",
    suppressed=True,
)
SILENCE: Mapping[str, Any] = {
    "id": "524f641e",
    "status": {"state": "active"},
    "updatedAt": "2026-11-23T03:40:34.500Z",
    "comment": "ACK! on it",
    "createdBy": "mara",
    "endsAt": "2026-11-23T04:40:33Z",
    "matchers": [
        {"isEqual": False, "isRegex": True, "name": "b", "value": "x|y"},
        {"isEqual": True, "isRegex": False, "name": "a", "value": "z"},
    ],
    "startsAt": "2026-11-23T05:40:33.123+02:00",
}
HELD = Silence(
    id="524f641e",
    matchers=(Matcher("b", "x|y", regex=True, equal=False), Matcher("a", "z")),
    starts_at=AT + 0.123,
    ends_at=AT + 3600,
    created_by="mara",
    comment="ACK! on it",
    state=SilenceState.ACTIVE,
    updated_at=AT + 1.5,
    starts_text="2026-11-23T05:40:33.123+02:00",
)


def without(raw: Mapping[str, Any], *keys: str, **changes: object) -> dict[str, Any]:
    return {key: value for key, value in {**raw, **changes}.items() if key not in keys}


def groups(*listed: object) -> bytes:
    return orjson.dumps([{"alerts": list(alerts), "labels": {}, "receiver": {}} for alerts in listed])  # type: ignore[call-overload]


# -- moments


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-11-23T03:40:33Z", AT),
        ("2026-11-23T03:40:33.287Z", AT + 0.287),
        ("2026-11-23T03:40:33.123456Z", AT + 0.123456),
        ("2026-11-23T03:40:33.123456789Z", AT + 0.123456),
        ("2026-11-23T05:40:33+02:00", AT),
        ("2026-11-22T20:10:33.5-07:30", AT + 0.5),
        ("0001-01-01T00:00:00Z", NEVER),
        ("0001-01-01T00:00:00.000Z", NEVER),
    ],
)
def test_a_moment_has_any_offset_and_up_to_nine_decimals(text: str, at: float) -> None:
    assert alertdecode.moment(text) == pytest.approx(at, abs=1e-6)


@pytest.mark.parametrize("text", ["", "never", "2026-11-23T03:40:33", "2026-13-01T00:00:00Z", None, 5, 1.5, []])
def test_what_is_no_moment_is_no_number_either(text: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        alertdecode.moment(text)


# -- alerts


def test_an_alert_is_read_whole() -> None:
    assert alertdecode.alerts(groups([ALERT])) == ((READ,), 0)


def test_what_older_and_lazier_servers_leave_out_is_empty() -> None:
    raw = without(ALERT, "annotations", "endsAt", "updatedAt", "receivers", "generatorURL")
    raw["status"] = {"state": "active"}
    expected = Alert(READ.fingerprint, READ.labels, AT, since_text=READ.since_text)
    assert alertdecode.alert(raw) == expected
    nulls = dict.fromkeys(("annotations", "endsAt", "updatedAt", "receivers", "generatorURL"))
    assert alertdecode.alert({**raw, **nulls, "status": dict.fromkeys(("silencedBy", "inhibitedBy"))}) == expected


def test_an_end_at_gos_zero_time_is_never() -> None:
    assert alertdecode.alert({**ALERT, "endsAt": "0001-01-01T00:00:00Z"}).ends_at == NEVER


def test_keys_of_the_future_are_left_alone() -> None:
    raw = {**ALERT, "status": {**ALERT["status"], "newer": {}}, "newest": [1]}
    assert alertdecode.alert(raw) == READ


def test_an_alert_of_several_groups_is_one_and_muted_where_one_of_them_mutes_it() -> None:
    loud = {**ALERT, "status": {"inhibitedBy": [], "silencedBy": [], "mutedBy": [], "state": "active"}}
    muted = {**loud, "status": {**loud["status"], "mutedBy": ["weekly"], "state": "suppressed"}}
    other = {**loud, "fingerprint": "00"}
    expected = replace(READ, silenced_by=(), inhibited_by=(), muted_by=("weekly",), suppressed=True)
    plain = replace(expected, fingerprint="00", muted_by=(), suppressed=False)
    assert alertdecode.alerts(groups([loud, other], [muted])) == ((expected, plain), 0)
    assert alertdecode.alerts(groups([muted], [loud, other])) == ((expected, plain), 0)


def test_an_alert_of_the_answer_before_is_taken_over_where_nothing_of_it_changed() -> None:
    (before,), _ = alertdecode.alerts(groups([ALERT]))
    known = {before.fingerprint: before}
    (same,), _ = alertdecode.alerts(groups([ALERT]), known)
    (moved,), _ = alertdecode.alerts(groups([{**ALERT, "endsAt": "2026-11-23T03:45:33Z"}]), known)
    assert same is before
    assert moved == replace(READ, ends_at=AT + 300)


@pytest.mark.parametrize(
    "broken",
    [
        None,
        5,
        "x",
        [],
        {},
        without(ALERT, "fingerprint"),
        without(ALERT, "labels"),
        without(ALERT, "startsAt"),
        without(ALERT, "status"),
        {**ALERT, "labels": []},
        {**ALERT, "status": "active"},
        {**ALERT, "startsAt": "soon"},
        {**ALERT, "startsAt": 5},
        {**ALERT, "endsAt": "later"},
        {**ALERT, "receivers": [5]},
        {**ALERT, "fingerprint": []},
    ],
)
def test_an_alert_nobody_can_read_is_counted_and_costs_nobody_the_others(broken: object) -> None:
    other = {**ALERT, "fingerprint": "ok"}
    assert alertdecode.alerts(groups([broken, other])) == ((replace(READ, fingerprint="ok"),), 1)


def test_groups_without_alerts_are_empty() -> None:
    raw = [{"alerts": [], "labels": {}}, {"alerts": None}, {}, None, {"alerts": [ALERT]}]
    assert alertdecode.alerts(orjson.dumps(raw)) == ((READ,), 0)
    assert alertdecode.alerts(b"[]") == ((), 0)


@pytest.mark.parametrize("body", [b"{}", b"null", b"5", b'"x"'])
def test_what_is_no_list_of_groups_is_no_answer(body: bytes) -> None:
    with pytest.raises(BadAnswer, match="alerts/groups is no list"):
        alertdecode.alerts(body)


@pytest.mark.parametrize("cut", [0, 1, 400, 900, -1])
def test_a_body_that_is_cut_off_is_no_answer(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alertdecode, "PIECE", 300)
    body = groups([ALERT], [{**ALERT, "fingerprint": "1"}], [{**ALERT, "fingerprint": "2"}])
    with pytest.raises(BadAnswer, match="cut off"):
        alertdecode.alerts(body[:cut])


TRICKY = st.sampled_from(['},{"alerts":[', '"},{\\"alerts\\":[', "},{", "a", "\\", '"', "ü"])


@given(texts=st.lists(st.lists(TRICKY, max_size=3).map("".join), min_size=1, max_size=12), piece=st.integers(1, 2000))
def test_a_body_read_in_pieces_says_what_the_whole_one_says(texts: list[str], piece: int) -> None:
    """Wherever it is cut, and whatever stands in the annotations."""
    listed = [[{**ALERT, "fingerprint": str(number), "annotations": {"x": text}}] for number, text in enumerate(texts)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alertdecode, "PIECE", piece)
        found, unreadable = alertdecode.alerts(groups(*listed))
    assert unreadable == 0
    assert [(one.fingerprint, one.annotation("x")) for one in found] == [(str(n), text) for n, text in enumerate(texts)]


def test_large_bodies_are_indeed_read_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parsing holds the interpreter's lock: the event loop draws frames in between."""
    sizes: list[int] = []
    parse = orjson.loads

    def noted(body: bytes) -> object:
        sizes.append(len(body))
        return parse(body)

    body = groups(*([{**ALERT, "fingerprint": str(n)}] for n in range(3000)))
    monkeypatch.setattr(orjson, "loads", noted)
    found, _ = alertdecode.alerts(body)
    assert len(found) == 3000
    assert len(body) > 5 * alertdecode.PIECE
    assert max(sizes) < alertdecode.PIECE + 2000


# -- silences


def test_a_silence_keeps_the_order_of_its_matchers_and_the_text_of_its_start() -> None:
    assert alertdecode.silence(SILENCE) == HELD


def test_before_0_22_no_matcher_says_that_it_is_equal() -> None:
    raw = {**SILENCE, "matchers": [{"isRegex": False, "name": "a", "value": "b"}, {"name": "c", "value": "d"}]}
    assert alertdecode.silence(raw).matchers == (Matcher("a", "b"), Matcher("c", "d"))


def test_a_silence_may_lack_author_comment_and_update() -> None:
    expected = replace(HELD, created_by="", comment="", updated_at=0.0)
    assert alertdecode.silence(without(SILENCE, "createdBy", "comment", "updatedAt")) == expected
    assert alertdecode.silence({**SILENCE, **dict.fromkeys(("createdBy", "comment", "updatedAt"))}) == expected


SETS = without(SILENCE, "matchers", matcherSets=[SILENCE["matchers"], SILENCE["matchers"]])
"""A silence of several matcher sets, as 0.32 and later keep it."""


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "x",
        SETS,
        {**SILENCE, "matchers": []},
        {**SILENCE, "matchers": [{"name": "a"}]},
        {**SILENCE, "matchers": ["a"]},
        {**SILENCE, "status": {"state": "sleeping"}},
        without(SILENCE, "id"),
        {**SILENCE, "endsAt": "later"},
        {**SILENCE, "startsAt": None},
    ],
)
def test_a_silence_nobody_can_read_is_counted_and_costs_nobody_the_others(broken: object) -> None:
    assert alertdecode.silences([broken, SILENCE], AT) == ((HELD,), 1)


def test_silences_come_in_an_order_of_their_own() -> None:
    """A server sorts ended ones as it likes: an unchanged list must not look like news."""
    listed = [
        {**SILENCE, "id": id, "status": {"state": state}, "endsAt": f"2026-11-23T{hour:02}:00:00Z"}
        for id, state, hour in (
            ("e2", "expired", 3),
            ("p1", "pending", 9),
            ("b", "active", 8),
            ("a", "active", 8),
            ("e1", "expired", 2),
            ("c", "active", 7),
        )
    ]
    for each in (listed, listed[::-1]):
        found, unreadable = alertdecode.silences(each, AT)
        assert ([one.id for one in found], unreadable) == (["c", "a", "b", "p1", "e1", "e2"], 0)


def test_a_silence_is_kept_for_120_hours_after_its_end() -> None:
    ended = {**SILENCE, "status": {"state": "expired"}}
    assert len(alertdecode.silences([ended], HELD.ends_at + 120 * 3600 - 1)[0]) == 1
    assert alertdecode.silences([ended], HELD.ends_at + 120 * 3600) == ((), 0)


@pytest.mark.parametrize("listed", [None, {}, "x", 5])
def test_what_is_no_list_of_silences_is_no_answer(listed: object) -> None:
    with pytest.raises(BadAnswer, match="silences is no list"):
        alertdecode.silences(listed, AT)


# -- status


def test_a_member_alone_has_no_peers() -> None:
    raw = {"cluster": {"peers": [], "status": "disabled"}, "uptime": "2026-11-23T03:40:33Z", "versionInfo": {}}
    assert alertdecode.status(raw) == ClusterStatus("", "disabled", 0, AT)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"cluster": None, "versionInfo": None, "uptime": None},
        {"cluster": [], "versionInfo": "0.25", "uptime": "long"},
        {"cluster": {"peers": None, "status": None}, "uptime": "0001-01-01T00:00:00Z"},
    ],
)
def test_a_status_that_says_nothing_is_no_failure(raw: object) -> None:
    assert alertdecode.status(raw) == ClusterStatus()


def test_a_status_that_is_no_object_is_no_answer() -> None:
    with pytest.raises(BadAnswer, match="status is no object"):
        alertdecode.status([])


# -- rules

ALERTING: Mapping[str, Any] = {
    "state": "firing",
    "name": "Api",
    "query": "up == 0",
    "duration": 60,
    "keepFiringFor": 600,
    "labels": {"severity": "high"},
    "annotations": {"summary": "{{ $value }}"},
    "alerts": [
        {
            "labels": {"alertname": "Api", "severity": "high"},
            "annotations": {"summary": "1"},
            "state": "firing",
            "activeAt": "2026-11-23T03:40:33.287654321Z",
            "keepFiringSince": "2026-11-23T03:41:33Z",
            "value": "1e+00",
        },
        {"labels": {}, "state": "pending", "activeAt": "2026-11-23T03:40:33Z", "value": "-Inf"},
        {"labels": {}, "state": "pending", "activeAt": "2026-11-23T03:40:33Z"},
    ],
    "health": "err",
    "lastError": "many-to-many matching not allowed",
    "evaluationTime": 0.001,
    "lastEvaluation": "2026-11-23T03:42:33.1Z",
    "type": "alerting",
}
RECORDING: Mapping[str, Any] = {"name": "job:up", "query": "sum(up)", "health": "ok", "type": "recording"}


def test_rules_are_read_in_the_files_order_with_their_alerts() -> None:
    found = alertdecode.rules([{"name": "g", "interval": 30, "rules": [ALERTING, RECORDING]}, {"name": "none"}])
    alerts = found[0].alerts
    assert found == (
        Rule(
            name="Api",
            group="g",
            alerting=True,
            expr="up == 0",
            health="err",
            error="many-to-many matching not allowed",
            hold=60.0,
            keep_firing_for=600.0,
            interval=30.0,
            labels=(("severity", "high"),),
            annotations=(("summary", "{{ $value }}"),),
            alerts=alerts,
            evaluated_at=pytest.approx(AT + 120.1),
        ),
        Rule("job:up", "g", False, "sum(up)", interval=30.0),
    )
    assert alerts[:2] == (
        RuleAlert(
            labels=(("alertname", "Api"), ("severity", "high")),
            state="firing",
            active_at=pytest.approx(AT + 0.287654),
            value=1.0,
            annotations=(("summary", "1"),),
            keep_firing_since=AT + 60,
        ),
        RuleAlert((), "pending", AT, float("-inf")),
    )
    assert str(alerts[2].value) == "nan"


def test_a_rule_that_was_never_evaluated_says_so() -> None:
    (found,) = alertdecode.rules([{"rules": [{**RECORDING, "lastEvaluation": "0001-01-01T00:00:00Z"}]}])
    assert (found.evaluated_at, found.group, found.interval) == (0.0, "", 0.0)
    (found,) = alertdecode.rules([{"rules": [without(RECORDING, "health")]}])
    assert (found.evaluated_at, found.health) == (0.0, "unknown")


@pytest.mark.parametrize(
    "broken", [{}, None, {"name": "x", "alerts": [{}]}, {**ALERTING, "duration": "soon"}, {**ALERTING, "labels": ["x"]}]
)
def test_a_rule_of_another_shape_is_no_answer(broken: object) -> None:
    with pytest.raises(BadAnswer, match="a rule of unknown shape"):
        alertdecode.rules([{"name": "g", "rules": [broken]}])
