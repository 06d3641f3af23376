"""What the demo's Prometheus shows, records and sends of its rules, on series small enough to be written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.rules import CONDITION, HISTORY, AlertRule, RecordingRule, RuleGroup, groups
from noc.demo.episodes import Chronicle, watched
from noc.demo.promql import evaluate_instant, evaluate_range
from noc.demo.received import ReceivedAlert
from noc.demo.rules import RuledSource, RunningRules, expanded
from noc.demo.samples import STALE_BITS, LabelMatcher, Samples, SampleTable
from noc.model.errors import QueryError
from noc.model.series import labels_of

BEGIN = 1_759_417_200.0
"""A full hour: the evaluations are at its multiples of 30 s."""
RECORD = RecordingRule(CONDITION, "load > 1", {"alertname": "Busy", "severity": "high"})
BUSY = AlertRule(
    "Busy",
    f'{CONDITION}{{alertname="Busy", severity="high"}}',
    60.0,
    90.0,
    {"severity": "high", "team": "noc"},
    {"says": '{{ $value | printf "%.1f" }} on {{ $labels.host }}{{ $labels.team }}'},
)
GROUP = RuleGroup("load", 30.0, (RECORD, BUSY, *HISTORY))
COURSE = [0.5] * 4 + [2.0] * 8 + [3.0] * 4 + [0.5] * 20
"""Every 15 s: the condition holds from BEGIN + 60 to BEGIN + 210, both evaluations included."""
SEEN = {"alertname": "Busy", "host": "a", "severity": "high"}
"""What a template knows of the alert: the record's labels, not those that the alert rule adds."""
NAMED = {**SEEN, "team": "noc"}


def source() -> RuledSource:
    times = np.array([BEGIN + 15.0 * number for number in range(len(COURSE))])
    table = SampleTable([Samples(labels_of({"__name__": "load", "host": "a"}), times, np.array(COURSE))])
    return RuledSource(table, RunningRules(Chronicle(table, [GROUP], BEGIN), "http://prometheus:9090"))


def samples(name: str, end: float = 540.0) -> dict[tuple[tuple[str, str], ...], list[tuple[float, float | None]]]:
    """The series of a name: (seconds from BEGIN, value) pairs, None for a stale marker."""
    out = {}
    for one in source().select([LabelMatcher("__name__", "=", name)], BEGIN, BEGIN + end):
        stale = one.values.view(np.uint64) == STALE_BITS
        pairs = zip((one.times - BEGIN).tolist(), one.values.tolist(), stale.tolist(), strict=True)
        out[one.labels] = [(at, None if ended else value) for at, value, ended in pairs]
    return out


def every(first: float, last: float, value: float) -> list[tuple[float, float | None]]:
    return [(at, value) for at in np.arange(first, last + 1, 30.0).tolist()]


def test_an_alert_is_a_series_while_it_pends_and_another_while_it_fires_each_ended_at_once() -> None:
    pending = labels_of({**NAMED, "__name__": "ALERTS", "alertstate": "pending"})
    firing = labels_of({**NAMED, "__name__": "ALERTS", "alertstate": "firing"})
    assert samples("ALERTS") == {
        pending: [*every(60, 90, 1.0), (120, None)],
        firing: [*every(120, 300, 1.0), (330, None)],  # away from 240 on, kept for 90 s
    }


def test_the_moment_an_alert_became_active_is_a_series_until_it_ends() -> None:
    assert samples("ALERTS_FOR_STATE") == {
        labels_of({**NAMED, "__name__": "ALERTS_FOR_STATE"}): [*every(60, 300, BEGIN + 60), (330, None)]
    }


def test_the_condition_is_recorded_with_its_value_while_it_holds() -> None:
    assert samples(CONDITION) == {
        labels_of({**SEEN, "__name__": CONDITION}): [*every(60, 150, 2.0), *every(180, 210, 3.0), (240, None)]
    }


def test_what_is_recorded_of_alerts_reads_what_rules_wrote() -> None:
    fired = labels_of({**NAMED, "__name__": "noc:alert_fired", "alertstate": "firing"})
    assert samples("noc:alert_fired") == {fired: [*every(120, 150, 1.0), (180, None)]}
    detect = labels_of({**NAMED, "__name__": "noc:alert_detect_seconds"})
    assert samples("noc:alert_detect_seconds") == {detect: [(120, 60.0), (150, 90.0), (180, None)]}


def test_nothing_is_written_after_the_moment_that_is_asked_for() -> None:
    (only,) = samples("ALERTS", end=100.0).values()
    assert only == every(60, 90, 1.0)


def test_the_world_and_what_its_rules_write_are_one_database() -> None:
    both = source()
    found = evaluate_instant('ALERTS{alertstate="firing"} * on (host) load', BEGIN + 195, both)
    assert [(one.labels, one.values.tolist()) for one in found.points] == [((("host", "a"),), [3.0])]
    counted = evaluate_range('count({__name__=~"load|ALERTS.*"})', BEGIN, BEGIN + 330, 30, both)
    assert [one.values.tolist() for one in counted.points] == [[1, 1, *[3] * 9, 1]]
    names = both.series([LabelMatcher("__name__", "=~", "noc:alert.*|load")], BEGIN, BEGIN + 540)
    assert sorted(dict(one)["__name__"] for one in names) == [
        "load",
        CONDITION,
        "noc:alert_detect_seconds",
        "noc:alert_fired",
    ]


def test_only_what_fires_is_sent_with_an_end_four_minutes_after_its_last_evaluation() -> None:
    told = source().rules
    assert [told.sent(BEGIN + after) for after in (59, 119, 330)] == [[], [], []]
    at = datetime.fromtimestamp(BEGIN, UTC)
    link = "http://prometheus:9090/graph?g0.expr=noc%3Aalert_condition%7Balertname%3D%22Busy%22%2C+severity%3D%22high%22%7D&g0.tab=1"
    for after, evaluated, says in ((120, 120, "2.0 on a"), (200, 180, "3.0 on a"), (329, 300, "3.0 on a")):
        last = at + timedelta(seconds=evaluated)
        assert told.sent(BEGIN + after) == [
            ReceivedAlert(
                labels_of(NAMED),
                at + timedelta(seconds=120),
                last + timedelta(minutes=4),
                last,
                (("says", says),),
                link,
            )
        ]


def test_a_firing_alert_that_is_kept_says_since_when_it_is() -> None:
    told = source().rules

    def shown(after: float) -> list[tuple[object, ...]]:
        keys = ("state", "activeAt", "value", "keepFiringSince")
        return [tuple(one.get(key) for key in keys) for one in told.alerts(BEGIN + after)]

    active = "2025-10-02T15:01:00Z"
    assert shown(59) == []
    assert shown(60) == [("pending", active, "2e+00", None)]
    assert shown(239) == [("firing", active, "3e+00", None)]
    assert shown(240) == [("firing", active, "3e+00", "2025-10-02T15:04:00Z")]
    assert shown(330) == []
    assert [one["annotations"] for one in told.alerts(BEGIN + 240)] == [{"says": "3.0 on a"}]
    states = [
        [rule.get("state") for rule in told.groups(BEGIN + after)[0]["rules"]]  # type: ignore[attr-defined]
        for after in (59, 60, 120, 330)
    ]
    assert [found[1] for found in states] == ["inactive", "pending", "firing", "inactive"]


@pytest.mark.parametrize(
    "text",
    [
        "{{ $externalLabels.cluster }}",
        "{{ $value | title }}",
        "{{ $labels.a | toUpper }}",
        "{{ query `up` }}",
        "{{ . }}",
    ],
)
def test_a_template_that_the_demo_does_not_fill_is_refused(text: str) -> None:
    with pytest.raises(QueryError, match="the demo does not fill the template"):
        expanded({"says": text}, (), 1.0)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.0, "0s"),
        (0.0014, "1.4ms"),
        (0.25, "250ms"),
        (59.4, "59.4s"),
        (-61.0, "-1m 1s"),
        (3661.0, "1h 1m 1s"),
        (90061.0, "1d 1h 1m 1s"),
        (float("inf"), "+Inf"),
    ],
)
def test_durations_are_humanized(value: float, said: str) -> None:
    assert expanded({"says": "{{ $value | humanizeDuration }}"}, (), value) == {"says": said}


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ $value }}", "+Inf"),
        ('{{ $value | printf "%.1f" }}', "+Inf"),
        ("{{ $value | humanizePercentage }}", "+Inf%"),
        ("{{$labels.a}}/{{ $labels.b }}", "1/"),
    ],
)
def test_what_is_not_finite_and_what_is_missing_is_said_as_go_says_it(template: str, said: str) -> None:
    assert expanded({"says": template}, (("a", "1"),), float("inf")) == {"says": said}


def test_the_catalogue_has_only_templates_that_the_demo_fills() -> None:
    made = groups(metrics.load(), contract.load())
    for rule in (rule for group in made for rule in group.rules if isinstance(rule, AlertRule)):
        assert expanded(rule.annotations, (), 0.5).keys() == rule.annotations.keys()


def test_no_alert_of_the_catalogue_reads_a_record_but_its_own_condition() -> None:
    """Conditions are evaluated over the world alone: what reads another record would never fire."""
    made = groups(metrics.load(), contract.load())
    records = {rule.record for group in made for rule in group.rules if isinstance(rule, RecordingRule)}
    reading = [
        rule.rule.alert for rule in watched(made) if any(name in rule.condition for name in (*records, "ALERTS"))
    ]
    assert reading == []
