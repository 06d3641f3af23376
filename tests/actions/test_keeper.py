"""What walls owe to acknowledgements: kept while they fire, never past the cap, ended the moment they resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from noc.actions.intent import Intent, Verb
from noc.actions.keeper import Seen, duties
from noc.config.alerting import Ack as AckSettings
from noc.config.alerting import Alerting
from noc.engine.book import Book, Entry, MemberView, RulesView
from noc.model.acks import Stage
from noc.model.alerts import (
    AlertAnswer,
    AlertState,
    ClusterStatus,
    Matcher,
    Phase,
    Rule,
    RuleAlert,
    RuleAnswer,
    Silence,
    SilenceDraft,
    SilenceState,
)
from noc.model.errors import Unreachable
from noc.model.series import labels_of
from tests.actions.given import SETTINGS
from tests.alertgiven import MINUTE, NOW, ack_of, acked, alert, book, entry, silence

DEADLOCKS = alert(instance="db-1", since=20 * MINUTE)
KEY = DEADLOCKS.fingerprint


def due(seen: Book, settings: Alerting = SETTINGS, *, me: str = "mara", memory: Seen | None = None) -> list[Intent]:
    return list(duties(seen, settings, NOW, me, memory or Seen()))


def held(left: float, by: str = "mara", since: float = 10 * MINUTE, **more: object) -> Entry:
    return acked(DEADLOCKS, by, left=left, since=since, **more)


def ends(intents: Sequence[Intent]) -> list[float]:
    return [intent.drafts[0].ends_at - NOW for intent in intents]


# --- keeping


def test_an_own_acknowledgement_is_prolonged_in_place_when_five_minutes_are_left() -> None:
    one = held(5 * MINUTE, extended=3, stage=Stage.FIXING)
    comment = f"ACK! on it [noc/1 fp={KEY} since=2025-10-02T15:10:00.000Z sev=high step=1 ext=4 stage=fixing out=]"
    assert one.ack is not None
    assert due(book(one)) == [
        Intent(
            Verb.KEEP,
            "keep the acknowledgement of DatabaseDeadlocks",
            (KEY,),
            (
                SilenceDraft(
                    one.ack.matchers,
                    one.ack.starts_at,
                    NOW + 15 * MINUTE,
                    "mara",
                    comment,
                    one.ack.id,
                    one.ack.starts_text,
                ),
            ),
            before=(one.ack,),
        )
    ]
    assert due(book(held(5 * MINUTE + 1))) == []


def test_other_walls_wait_a_minute_so_that_the_owner_goes_first() -> None:
    assert due(book(held(4 * MINUTE + 1, "leo"))) == []
    assert ends(due(book(held(4 * MINUTE, "leo")))) == [15 * MINUTE]


def test_where_another_program_prolongs_too_walls_wait_until_three_minutes_are_left() -> None:
    memory = Seen()
    assert due(book(held(7 * MINUTE)), memory=memory) == []
    longer = held(7 * MINUTE + 10)  # longer than it was, and noc's own count has not moved: kthxbye
    assert longer.ack is not None
    memory.ends[longer.ack.id] = (NOW + 7 * MINUTE, 0)
    assert due(book(longer), memory=memory) == []
    assert due(book(held(3 * MINUTE + 1)), memory=memory) == []
    assert ends(due(book(held(3 * MINUTE)), memory=memory)) == [15 * MINUTE]


def test_a_wall_that_prolonged_is_no_other_program() -> None:
    memory = Seen()
    due(book(held(6 * MINUTE)), memory=memory)
    due(book(held(14 * MINUTE, extended=1)), memory=memory)
    assert memory.foreign == set()


def test_nothing_is_kept_past_its_cap() -> None:
    hour = 60 * MINUTE
    settings = Alerting(ack=AckSettings(max={DEADLOCKS.severity: hour}))
    assert ends(due(book(held(MINUTE, since=50 * MINUTE)), settings)) == [10 * MINUTE]
    assert due(book(held(MINUTE, since=59 * MINUTE)), settings) == []  # it ends there anyway: it lapses


def test_the_cap_is_that_of_the_severity_it_was_acknowledged_with() -> None:
    critical = acked(alert("ServiceDown", "critical", since=3 * 3600), left=MINUTE, since=110 * MINUTE)
    assert ends(due(book(critical))) == [10 * MINUTE]


def test_a_short_duration_scales_the_lead() -> None:
    quick = Alerting(ack=AckSettings(duration=15.0))
    assert ends(due(book(held(5.0, since=10.0)), quick)) == [15.0]
    assert due(book(held(5.1, since=10.0)), quick) == []
    assert due(book(held(4.1, "leo", since=10.0)), quick) == []


def test_times_are_by_alertmanagers_clock() -> None:
    seen = book(held(4 * MINUTE))
    behind = replace(seen, members=(replace(seen.members[0], skew=-2 * MINUTE),))
    assert due(behind) == []  # six minutes are left there
    ahead = replace(seen, members=(replace(seen.members[0], skew=2 * MINUTE),))
    assert ends(due(ahead)) == [17 * MINUTE]


def test_acknowledgements_of_karma_and_kthxbye_are_theirs() -> None:
    theirs = silence(*ack_of(DEADLOCKS).matchers, comment="ACK! by karma", left=MINUTE)
    one = replace(held(MINUTE), ack=theirs, silences=(theirs,))
    assert due(book(one)) == []
    assert due(book(silences=(theirs,), resolved=[ended(since=MINUTE)])) == []


def test_a_broken_machine_part_is_not_believed() -> None:
    theirs = silence(*ack_of(DEADLOCKS).matchers, comment="ACK! x [noc/1 fp=zz since= sev= out=]", left=MINUTE)
    assert due(book(replace(held(MINUTE), ack=theirs, silences=(theirs,)))) == []


@pytest.mark.parametrize("kind", ["MW! upgrade", "EMERGENCY! x", "plain"])
def test_other_silences_are_not_kept(kind: str) -> None:
    other = silence(Matcher("instance", "db-1"), comment=kind, left=MINUTE)
    assert due(book(silences=(other,))) == []


def test_what_does_not_hide_its_alert_is_not_kept() -> None:
    one = replace(held(MINUTE), state=AlertState.ACTIVE)
    assert due(book(one)) == []


@pytest.mark.parametrize("state", [SilenceState.EXPIRED, SilenceState.PENDING])
def test_what_is_not_active_is_left_alone(state: SilenceState) -> None:
    assert due(book(silences=(replace(ack_of(DEADLOCKS), state=state),), resolved=[ended()])) == []


def test_whether_an_unknown_alert_still_fires_nobody_knows_so_its_acknowledgement_is_left_alone() -> None:
    assert due(book(replace(held(MINUTE), phase=Phase.UNKNOWN))) == []


def test_a_clearing_alert_is_kept_as_it_may_come_back() -> None:
    assert ends(due(book(replace(held(MINUTE), phase=Phase.CLEARING)))) == [15 * MINUTE]


def test_while_no_member_answers_nothing_is_due() -> None:
    gone = replace(book(held(MINUTE)).members[0], error=Unreachable("down"))
    assert due(book(held(MINUTE), members=[gone])) == []
    assert due(book(silences=(ack_of(DEADLOCKS),), resolved=[ended()], members=[gone])) == []


# --- ending


def ended(since: float = 0.0) -> Entry:
    """The alert, resolved so many seconds ago."""
    return entry(DEADLOCKS, AlertState.ACTIVE, Phase.RESOLVED, resolved_at=NOW - since, was_acked_by="mara")


def lifted(held: Silence, why: str) -> Intent:
    return Intent(
        Verb.LIFT,
        f"end the acknowledgement of DatabaseDeadlocks: {why}",
        (KEY,),
        expire=(held.id,),
        before=(held,),
    )


@pytest.mark.parametrize("by", ["mara", "leo"])
def test_when_an_alert_resolves_its_acknowledgement_is_ended_at_once_whoever_made_it(by: str) -> None:
    held = ack_of(DEADLOCKS, by)
    assert due(book(silences=(held,), resolved=[ended()])) == [lifted(held, "resolved")]


def test_the_latest_of_several_resolutions_counts() -> None:
    held, earlier = ack_of(DEADLOCKS, since=10 * MINUTE), ended(30 * MINUTE)
    assert due(book(silences=(held,), resolved=[ended(MINUTE), earlier])) == [lifted(held, "resolved")]
    assert due(book(silences=(held,), resolved=[earlier])) == []  # it was acknowledged after that


def test_an_acknowledgement_that_outlived_a_resolution_is_ended_when_the_alert_fires_anew() -> None:
    old = ack_of(DEADLOCKS, since=10 * MINUTE)
    again = alert(instance="db-1", since=MINUTE, silenced_by=[old.id])
    seen = book(entry(again, AlertState.ACKED, ack=old, silences=(old,)))
    assert due(seen) == [lifted(old, "it resolved and fired anew")]


def test_the_walls_clock_may_differ_from_alertmanagers() -> None:
    held = ack_of(DEADLOCKS, since=-90.0)  # begun 90 s ahead of us, by a clock that is two minutes fast
    seen = book(silences=(held,), resolved=[ended()])
    ahead = replace(seen, members=(replace(seen.members[0], skew=120.0),))
    assert due(ahead) == [lifted(held, "resolved")]


# --- of an alert this wall never saw firing


def running(*alerts: RuleAlert, name: str = "DatabaseDeadlocks", error: Unreachable | None = None) -> RulesView:
    answer = RuleAnswer((Rule(name, "noc", True, "up == 0", alerts=alerts),))
    return RulesView("prometheus", answer, NOW, error, asked=True)


def started(ago: float, error: Unreachable | None = None) -> MemberView:
    status = ClusterStatus("0.25.0", "ready", 1, NOW - ago)
    return MemberView("alertmanager", AlertAnswer((), (), status), NOW, error, asked=True)


def unseen(rules: Sequence[RulesView] = (), members: Sequence[MemberView] = (), *, since: float = MINUTE) -> Book:
    return book(silences=(ack_of(DEADLOCKS, since=since),), members=members or [started(3600)], rules=tuple(rules))


def test_it_is_ended_when_every_member_and_prometheus_say_that_it_is_gone() -> None:
    assert due(unseen([running()])) == [lifted(ack_of(DEADLOCKS, since=MINUTE), "resolved")]


def rule_alert(**labels: str) -> RuleAlert:
    return RuleAlert(labels_of({"alertname": "DatabaseDeadlocks", **labels}), "firing", NOW - MINUTE, 1.0)


def test_while_prometheus_has_it_firing_it_stays_external_labels_or_not() -> None:
    assert due(unseen([running(rule_alert(severity="high", instance="db-1"))])) == []
    assert due(unseen([running(rule_alert(instance="db-1"))])) == []
    assert len(due(unseen([running(rule_alert(instance="db-2"))]))) == 1


@pytest.mark.parametrize(
    "seen",
    [
        unseen(),
        unseen([running(error=Unreachable("down"))]),
        unseen([running()], [started(60)]),
        unseen([running()], [started(3600), started(3600, Unreachable("down"))]),
        unseen([running()], since=14.0),
    ],
    ids=["no prometheus", "prometheus down", "just restarted", "a member down", "just made"],
)
def test_without_everybodys_word_it_stays(seen: Book) -> None:
    assert due(seen) == []
