"""The alert book between polls: what is united, what resolved, what is only gone, and what is news."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from noc.config.alerting import Alerting
from noc.engine.alertbook import AlertBook, stale_ack
from noc.engine.book import Book, Entry, EventKind, FindingKind, MemberView, Observation, RulesView
from noc.model.acks import Ack, Outcome, Stage, record_comment
from noc.model.alerts import (
    Alert,
    AlertAnswer,
    AlertState,
    ClusterStatus,
    Matcher,
    Phase,
    Rule,
    RuleAlert,
    RuleAnswer,
    Silence,
    SilenceState,
    fingerprint,
)
from noc.model.errors import SourceError, Unreachable
from noc.model.series import labels_of
from tests.alertgiven import MINUTE, NOW, ack_of, alert, silence, text_of

DOWN = Unreachable("connection refused")
LONG_AGO = NOW - 86400


class Room:
    """A book and the servers that it hears; each :meth:`poll` is five seconds later."""

    def __init__(self, *names: str, settings: Alerting | None = None) -> None:
        self.book = AlertBook(settings or Alerting())
        self.now = NOW
        self.members: dict[str, MemberView] = {name: MemberView(name) for name in names or ("am",)}
        self.servers: dict[str, RulesView] = {}

    def says(self, *alerts: Alert, silences: Sequence[Silence] = (), of: str = "", started: float = LONG_AGO) -> None:
        """What a member answers from now on; all members unless one is named."""
        answer = AlertAnswer(alerts, tuple(silences), ClusterStatus("0.25.0", "ready", 1, started))
        for name in [of] if of else list(self.members):
            self.members[name] = replace(self.members[name], answer=answer, error=None, asked=True)

    def fails(self, name: str = "am", error: SourceError = DOWN) -> None:
        self.members[name] = replace(self.members[name], error=error, asked=True)

    def evaluates(self, *rules: Rule, server: str = "prometheus", clock: float | None = None) -> None:
        """What a Prometheus answers from now on."""
        self.servers[server] = RulesView(server, RuleAnswer(rules, server_time=clock), asked=True)

    def stops(self, server: str = "prometheus") -> None:
        self.servers[server] = replace(self.servers[server], error=DOWN)

    def poll(self, after: float = 5.0) -> Book:
        self.now += after
        for name, one in self.members.items():
            if one.error is None and one.answer is not None:
                self.members[name] = replace(one, good_at=self.now)
        for name, view in self.servers.items():
            if view.error is None and view.answer is not None:
                self.servers[name] = replace(view, good_at=self.now)
        return self.book.observe(Observation(self.now, tuple(self.members.values()), tuple(self.servers.values())))


def running(one: Alert, state: str = "firing", value: float = 0.9, **more: float) -> RuleAlert:
    """A rule's alert behind one of Alertmanager's; it lacks the external label ``environment``."""
    labels = tuple(pair for pair in one.labels if pair[0] != "environment")
    return RuleAlert(labels, state, more.pop("active_at", one.starts_at - MINUTE), value, **more)  # type: ignore[arg-type]


def rule(name: str, *alerts: RuleAlert, health: str = "ok", **more: float) -> Rule:
    return Rule(name, "noc", True, "up == 0", health, "" if health == "ok" else "boom", alerts=alerts, **more)  # type: ignore[arg-type]


def later(one: Alert, seconds: float) -> Alert:
    """The same alert, fired anew so many seconds after it did."""
    at = one.starts_at + seconds
    return replace(one, starts_at=at, since_text=text_of(at))


def hidden(one: Alert, *silences: Silence) -> Alert:
    return replace(one, silenced_by=tuple(each.id for each in silences), suppressed=bool(silences))


def told(book: Book) -> list[tuple[str, str, str, str]]:
    return [(event.kind.value, event.name, event.who, event.words) for event in book.events]


def phases(book: Book) -> dict[str, str]:
    return {one.alert.name: one.phase.value for one in (*book.entries, *book.pending, *book.resolved)}


SLOW = alert("Slow", "high", environment="prod", instance="a")
DEAD = alert("Dead", "critical", environment="prod")
DOG = alert("Watchdog", "none")

# -- entries


def test_an_entry_says_all_that_the_servers_know_of_an_alert() -> None:
    room = Room()
    own = ack_of(SLOW)
    acked = hidden(SLOW, own)
    quiet = replace(alert("Slow", "low", instance="a"), inhibited_by=(SLOW.fingerprint,), suppressed=True)
    room.says(acked, quiet, silences=[own])
    room.evaluates(rule("Slow", running(SLOW, value=2.5, keep_firing_since=NOW - 60), keep_firing_for=600.0))
    book = room.poll()
    assert book.entries == (
        Entry(
            acked,
            AlertState.ACKED,
            Phase.CLEARING,
            ("am",),
            ack=own,
            silences=(own,),
            inhibits=1,
            value=2.5,
            clears_at=NOW + 540,
            active_since=SLOW.starts_at,
        ),
        Entry(quiet, AlertState.INHIBITED, members=("am",), active_since=quiet.starts_at),
    )
    assert book.by_key == {one.alert.fingerprint: one for one in book.entries}
    assert (book.silences, book.watchdog, book.events, book.fired_hour) == ((own,), None, (), 2)


def test_the_most_urgent_stands_first_by_state_severity_and_age() -> None:
    own = silence()
    old = alert("Old", "high", since=600)
    young = alert("Young", "high", since=60)
    taken = hidden(alert("Taken", "critical"), ack_of(alert("Taken", "critical")))
    window = hidden(alert("Window", "critical"), own)
    room = Room()
    room.says(window, young, taken, old, DEAD, silences=[own, ack_of(alert("Taken", "critical"))])
    assert [one.alert.name for one in room.poll().entries] == ["Dead", "Old", "Young", "Taken", "Window"]


def test_the_watchdog_is_no_entry() -> None:
    room = Room()
    room.says(DOG, SLOW)
    book = room.poll()
    assert (phases(book), book.watchdog, book.fired_hour) == ({"Slow": "firing"}, DOG, 1)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, AlertState.ACTIVE),
        ({"silenced_by": ("ack",)}, AlertState.ACKED),
        ({"silenced_by": ("window",)}, AlertState.SILENCED),
        ({"silenced_by": ("unknown",)}, AlertState.SILENCED),
        ({"silenced_by": ("window", "ack")}, AlertState.ACKED),
        ({"inhibited_by": ("x",)}, AlertState.INHIBITED),
        ({"muted_by": ("nights",)}, AlertState.MUTED),
        ({"silenced_by": ("ack",), "inhibited_by": ("x",)}, AlertState.ACKED),
        ({"silenced_by": ("window",), "inhibited_by": ("x",)}, AlertState.INHIBITED),
        ({"muted_by": ("nights",), "inhibited_by": ("x",)}, AlertState.INHIBITED),
        ({"silenced_by": ("window",), "muted_by": ("nights",)}, AlertState.MUTED),
        ({"suppressed": True}, AlertState.MUTED),
    ],
)
def test_the_state_is_the_most_urgent_of_what_hides_an_alert(changes: dict[str, object], state: AlertState) -> None:
    one = replace(SLOW, **{"suppressed": bool(changes), **changes})  # type: ignore[arg-type]
    room = Room()
    room.says(one, silences=[silence(id="window"), silence(id="ack", comment="ACK! on it")])
    assert [entry.state for entry in room.poll().entries] == [state]


def test_the_ack_that_lasts_longest_is_the_owners() -> None:
    short, long = silence(id="1", comment="ACK! x", left=60), silence(id="2", by="jo", comment="ACK! y", left=600)
    room = Room()
    room.says(hidden(SLOW, long, short), silences=[short, long])
    (entry,) = room.poll().entries
    assert (entry.ack, entry.silences) == (long, (long, short))


def test_a_value_that_is_no_number_is_no_change_from_poll_to_poll() -> None:
    room = Room()
    room.says(SLOW, DOG)
    room.evaluates(rule("Slow", running(SLOW, value=float("nan"))))
    first = room.poll()
    room.evaluates(rule("Slow", running(SLOW, value=float("nan"))))
    again = room.poll()
    assert again.version == first.version
    assert again.entries[0].value is not None and math.isnan(again.entries[0].value)


# -- members


def test_members_are_united_by_fingerprint_with_the_earliest_start_and_the_worst_state() -> None:
    own = ack_of(SLOW)
    room = Room("a", "b")
    room.says(hidden(later(SLOW, 30), own), DEAD, silences=[own], of="a")
    room.says(SLOW, silences=[], of="b")
    assert room.poll().entries == (
        Entry(DEAD, AlertState.ACTIVE, members=("a",), active_since=DEAD.starts_at),
        Entry(SLOW, AlertState.ACTIVE, members=("a", "b"), active_since=SLOW.starts_at),
    )


def test_a_member_that_does_not_hide_an_alert_lends_its_state_and_the_other_its_earlier_start() -> None:
    own = ack_of(SLOW)
    room = Room("a", "b")
    room.says(hidden(SLOW, own), silences=[own], of="a")
    room.says(later(SLOW, 30), silences=[], of="b")
    (entry,) = room.poll().entries
    expected = replace(later(SLOW, 30), starts_at=SLOW.starts_at, since_text=SLOW.since_text)
    assert entry == Entry(expected, AlertState.ACTIVE, members=("a", "b"), active_since=SLOW.starts_at)


def test_what_both_hide_is_hidden_by_all_that_either_names() -> None:
    own, window = ack_of(SLOW), silence(id="window")
    room = Room("a", "b")
    room.says(hidden(SLOW, own), silences=[own], of="a")
    room.says(replace(hidden(SLOW, window), inhibited_by=("x",)), silences=[window], of="b")
    (entry,) = room.poll().entries
    assert (entry.state, entry.ack, entry.silences) == (AlertState.ACKED, own, (own, window))
    assert (entry.alert.silenced_by, entry.alert.inhibited_by) == ((own.id, window.id), ("x",))


def test_silences_are_united_by_id_and_the_latest_word_counts() -> None:
    first = silence(id="1", comment="ACK! first")
    changed = replace(first, comment="ACK! changed", updated_at=first.updated_at + 5)
    alone = silence(id="2")
    room = Room("a", "b")
    room.says(silences=[changed], of="a")
    room.says(silences=[first, alone], of="b")
    assert room.poll().silences == (changed, alone)


def test_a_member_that_fails_keeps_its_alerts_and_they_are_stale_if_nobody_else_has_them() -> None:
    room = Room("a", "b")
    room.says(SLOW, DEAD, of="a")
    room.says(DEAD, of="b")
    before = room.poll()
    room.fails("a")
    book = room.poll()
    assert [(one.alert.name, one.members, one.stale, one.phase) for one in book.entries] == [
        ("Dead", ("b",), False, Phase.FIRING),
        ("Slow", ("a",), True, Phase.FIRING),
    ]
    assert (book.events, book.version) == ((), before.version + 1)


def test_nothing_disappears_while_the_only_member_is_down() -> None:
    room = Room()
    room.says(SLOW, DOG)
    room.evaluates(rule("Slow"))
    room.poll()
    room.fails()
    for _ in range(30):
        book = room.poll()
    assert [(one.phase, one.stale) for one in book.entries] == [(Phase.FIRING, True)]
    assert [one.kind for one in book.findings] == [FindingKind.ALERTMANAGER]
    room.says(SLOW, DOG)
    back = room.poll()
    assert [(one.phase, one.stale) for one in back.entries] == [(Phase.FIRING, False)]
    assert told(back) == [("mended", "Alertmanager unreachable", "", "")]


def test_a_member_that_returns_with_an_earlier_start_or_leaves_with_it_makes_no_new_firing() -> None:
    room = Room("a", "b")
    room.says(SLOW, of="a")
    room.says(later(SLOW, 30), of="b")
    room.poll()
    room.fails("a")
    gone = room.poll()
    room.says(SLOW, of="a")
    back = room.poll()
    assert (told(gone), told(back)) == ([], [])
    assert [one.alert.starts_at for one in (*gone.entries, *back.entries)] == [SLOW.starts_at + 30, SLOW.starts_at]
    assert not back.resolved


def test_what_a_member_has_that_answers_for_the_first_time_is_no_news() -> None:
    room = Room("a", "b")
    room.says(SLOW, of="a")
    assert told(room.poll()) == []
    room.says(SLOW, DEAD, of="b")
    assert told(room.poll()) == []
    room.says(SLOW, DEAD, alert("New", "low"), of="b")
    assert told(room.poll()) == [("fired", "New", "", "")]


# -- gone is not resolved


def resolved(book: Book) -> list[tuple[str, float | None, str]]:
    return [(one.alert.name, one.resolved_at, one.was_acked_by) for one in book.resolved]


def test_an_alert_resolves_at_the_first_poll_after_it_vanished_if_its_rule_is_inactive() -> None:
    room = Room()
    own = ack_of(SLOW)
    room.says(hidden(SLOW, own), silences=[own])
    room.evaluates(rule("Slow", running(SLOW)))
    room.poll()
    room.says(silences=[own])
    room.evaluates(rule("Slow"))
    unsure = room.poll()
    assert [(one.phase, one.state, one.ack) for one in unsure.entries] == [(Phase.UNKNOWN, AlertState.ACKED, own)]
    assert (unsure.resolved, unsure.events) == ((), ())
    book = room.poll()
    (over,) = book.resolved
    assert over == Entry(
        hidden(SLOW, own),
        AlertState.ACTIVE,
        Phase.RESOLVED,
        ("am",),
        ack=own,
        silences=(own,),
        value=0.9,
        resolved_at=room.now,
        active_since=SLOW.starts_at,
        was_acked_by="mara",
    )
    assert (book.entries, told(book)) == ((), [("resolved", "Slow", "mara", "")])
    assert book.by_key == {over.key: over} and over.key == f"{SLOW.fingerprint}@{SLOW.starts_at:.0f}"


def test_an_alert_that_prometheus_still_fires_is_unknown_however_long_it_is_gone() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow", running(SLOW)))
    room.poll()
    room.says()
    for _ in range(60):
        book = room.poll()
    assert (phases(book), [one.loud for one in book.entries]) == ({"Slow": "unknown"}, [True])


def test_a_rule_that_fails_or_has_not_been_asked_again_confirms_nothing() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow", running(SLOW)))
    room.poll()
    room.says()
    room.evaluates(rule("Slow", health="err"))
    for _ in range(30):
        book = room.poll()
    assert phases(book) == {"Slow": "unknown"}
    room.evaluates(rule("Slow", health="unknown"))
    assert phases(room.poll()) == {"Slow": "unknown"}
    room.evaluates(rule("Slow"))
    assert phases(room.poll()) == {"Slow": "resolved"}


def test_without_a_word_of_its_rule_an_alert_must_be_gone_for_a_minute() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Other"))
    room.poll()
    room.says()
    phase = [phases(room.poll())["Slow"] for _ in range(14)]
    assert phase == ["unknown"] * 12 + ["resolved"] * 2


def test_where_no_prometheus_is_configured_alertmanager_alone_decides() -> None:
    room = Room()
    room.says(SLOW)
    room.poll()
    room.says()
    phase = [phases(room.poll())["Slow"] for _ in range(14)]
    assert phase == ["unknown"] * 12 + ["resolved"] * 2


def test_where_prometheus_is_configured_and_silent_nothing_resolves() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow"))
    room.poll()
    room.says()
    room.stops()
    for _ in range(60):
        book = room.poll()
    assert phases(book) == {"Slow": "unknown"}


def test_a_dead_prometheus_that_fired_it_last_outweighs_a_living_one_that_does_not() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow", running(SLOW)), server="one")
    room.evaluates(rule("Slow"), server="two")
    room.poll()
    room.stops("one")
    room.says()
    for _ in range(30):
        book = room.poll()
    assert phases(book) == {"Slow": "unknown"}


def test_alerts_that_an_alertmanager_forgot_at_its_restart_are_unknown_until_they_return() -> None:
    room = Room()
    room.says(SLOW, DOG)
    room.poll()
    room.says(started=room.now + 4)
    unsure = [phases(room.poll()) for _ in range(20)]
    assert unsure == [{"Slow": "unknown"}] * 20
    room.says(SLOW, DOG, started=NOW + 9)
    back = room.poll()
    assert (phases(back), told(back), back.resolved) == ({"Slow": "firing"}, [], ())


def test_what_does_not_return_after_a_restart_resolves_two_minutes_after_it() -> None:
    room = Room()
    room.says(SLOW)
    room.poll()
    room.says(started=room.now)
    seen = [phases(room.poll())["Slow"] for _ in range(30)]
    assert seen.index("resolved") == 23  # the 24th poll is 120 s after the start


def test_a_restart_is_known_by_the_members_own_clock() -> None:
    room = Room()
    room.members["am"] = replace(room.members["am"], skew=300.0)
    room.says(SLOW)
    room.poll()
    room.says(started=room.now + 300)
    seen = [phases(room.poll())["Slow"] for _ in range(30)]
    assert seen.index("resolved") == 23


def test_after_a_restart_an_inactive_rule_confirms_at_once_but_a_pending_one_may_have_been_restarted_too() -> None:
    room = Room()
    room.says(SLOW, DEAD)
    room.evaluates(rule("Slow", running(SLOW)), rule("Dead", running(DEAD)))
    room.poll()
    room.says(started=room.now)
    room.evaluates(rule("Slow", running(SLOW, "pending", active_at=room.now)), rule("Dead"))
    room.poll()
    assert phases(room.poll()) == {"Dead": "resolved", "Slow": "unknown"}


def test_a_rule_that_counts_down_anew_has_resolved() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow", running(SLOW)))
    room.poll()
    room.says()
    room.evaluates(rule("Slow", running(SLOW, "pending", active_at=room.now), hold=300.0))
    room.poll()
    book = room.poll()
    assert [one.phase for one in (*book.pending, *book.resolved)] == [Phase.PENDING, Phase.RESOLVED]


def test_what_alert_relabelling_hides_from_the_wall_is_confirmed_by_a_rule_only_if_that_fires_nothing() -> None:
    renamed = alert("Slow", "high", cluster="x")
    as_fired = RuleAlert(labels_of({"alertname": "Slow", "severity": "high", "zone": "x"}), "firing", NOW - 60, 1.0)
    room = Room()
    room.says(renamed)
    room.evaluates(rule("Slow", as_fired))
    room.poll()
    room.says(started=room.now)
    seen = [phases(room.poll())["Slow"] for _ in range(20)]
    assert seen == ["unknown"] * 20
    room.evaluates(rule("Slow"))
    assert phases(room.poll())["Slow"] == "resolved"


def test_an_alert_of_a_stopped_member_alone_is_kept_until_its_rule_says_that_it_is_over() -> None:
    room = Room("a", "b")
    room.says(SLOW, DEAD)
    room.evaluates(rule("Slow", running(SLOW)))
    room.poll()
    room.fails("b")
    room.says(of="a")
    for _ in range(30):
        book = room.poll()
    assert [(one.alert.name, one.stale, one.phase.value) for one in book.entries] == [
        ("Dead", True, "firing"),
        ("Slow", True, "firing"),
    ]
    room.evaluates(rule("Slow"))
    over = room.poll()
    assert ([one.alert.name for one in over.entries], resolved(over)) == (["Dead"], [("Slow", room.now, "")])
    assert told(over) == [("resolved", "Slow", "", "")]


def test_a_member_that_was_cut_off_brings_no_firing_back_that_is_over() -> None:
    room = Room("a", "b")
    room.says(SLOW)
    room.evaluates(rule("Slow", running(SLOW)))
    room.poll()
    room.fails("b")
    room.says(of="a")
    room.evaluates(rule("Slow"))
    room.poll()
    assert phases(room.poll()) == {"Slow": "resolved"}
    room.says(SLOW, of="b")
    again = room.poll()
    assert (phases(again), told(again)) == ({"Slow": "resolved"}, [])
    room.says(later(SLOW, 400), of="b")
    anew = room.poll()
    assert told(anew) == [("fired", "Slow", "", "")]
    assert [one.alert.starts_at for one in anew.entries] == [SLOW.starts_at + 400]


def test_a_firing_that_goes_on_after_all_is_resolved_no_more() -> None:
    room = Room()
    room.says(SLOW)
    room.poll()
    room.says()
    for _ in range(14):
        room.poll()
    room.says(SLOW)
    book = room.poll()
    assert (phases(book), book.resolved) == ({"Slow": "firing"}, ())


def test_an_alert_that_ended_and_began_again_between_two_polls_is_both() -> None:
    room = Room()
    own = ack_of(SLOW)
    room.says(hidden(SLOW, own), silences=[own])
    room.poll()
    room.says(later(SLOW, 302))
    book = room.poll()
    assert told(book) == [("resolved", "Slow", "mara", ""), ("fired", "Slow", "", ""), ("unacked", "Slow", "", "")]
    assert [(one.alert.starts_at, one.flaps) for one in book.entries] == [(SLOW.starts_at + 302, 2)]
    assert resolved(book) == [("Slow", room.now, "mara")]


def test_an_unknown_alert_that_returns_with_a_later_start_had_resolved() -> None:
    room = Room()
    room.says(SLOW)
    room.poll()
    room.says()
    room.poll()
    room.says(later(SLOW, 305))
    book = room.poll()
    assert told(book) == [("resolved", "Slow", "", ""), ("fired", "Slow", "", "")]


def test_a_start_that_differs_by_rounding_is_the_same_firing() -> None:
    room = Room()
    room.says(SLOW)
    room.poll()
    room.says(later(SLOW, 0.4))
    book = room.poll()
    assert (told(book), book.resolved) == ([], ())


def test_resolved_rows_stay_an_hour() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow"))
    room.poll()
    room.says()
    room.poll()
    first = room.poll()
    assert resolved(room.poll(3594)) == resolved(first)
    assert resolved(room.poll(31)) == []


def test_an_outcome_is_read_off_the_recording_silence_of_that_very_firing() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow"))
    room.poll()
    room.says()
    room.poll()
    room.poll()

    def record(since: str) -> Silence:
        comment = record_comment(Outcome.NOISE, SLOW.fingerprint, since)
        return silence(Matcher("noc_record", SLOW.fingerprint), comment=comment)

    room.says(silences=[record(text_of(NOW))])
    assert [one.outcome for one in room.poll().resolved] == [""]
    room.says(silences=[record(SLOW.since_text)])
    assert [one.outcome for one in room.poll().resolved] == ["noise"]
    room.says()
    assert [one.outcome for one in room.poll().resolved] == ["noise"]


# -- acknowledgements


def expired(one: Silence, ended: float) -> Silence:
    return replace(one, ends_at=ended, state=SilenceState.EXPIRED)


def test_after_an_ack_lapsed_or_was_taken_back_an_alert_is_active_since_then() -> None:
    room = Room()
    own = ack_of(SLOW)
    room.says(hidden(SLOW, own), silences=[own])
    assert [one.active_since for one in room.poll().entries] == [SLOW.starts_at]
    room.says(SLOW, silences=[expired(own, NOW + 7)])
    book = room.poll()
    assert [(one.state, one.active_since) for one in book.entries] == [(AlertState.ACTIVE, NOW + 7)]
    assert told(book) == [("unacked", "Slow", "", "")]


def test_an_ack_of_an_earlier_firing_moves_nothing() -> None:
    room = Room()
    room.says(SLOW, silences=[expired(ack_of(SLOW), SLOW.starts_at - 600)])
    assert [one.active_since for one in room.poll().entries] == [SLOW.starts_at]


@pytest.mark.parametrize(
    ("matchers", "since"),
    [
        ((Matcher("alertname", "Slow"), Matcher("instance", "a|b", regex=True)), NOW - 60),
        ((Matcher("instance", "a"),), NOW - 60),
        ((Matcher("alertname", "Slow"), Matcher("instance", "b")), SLOW.starts_at),
        ((Matcher("alertname", "Other"),), SLOW.starts_at),
        ((Matcher("alertname", "Slow"), Matcher("instance", r"\pL", regex=True)), SLOW.starts_at),
    ],
)
def test_a_lapsed_ack_of_another_program_counts_for_what_its_matchers_mean(
    matchers: tuple[Matcher, ...], since: float
) -> None:
    room = Room()
    karma = silence(*matchers, comment="ACK! This alert was acknowledged using karma")
    room.says(SLOW, silences=[expired(karma, NOW - 60)])
    assert [one.active_since for one in room.poll().entries] == [since]


def test_a_window_that_ended_does_not_restart_the_clock() -> None:
    room = Room()
    room.says(SLOW, silences=[expired(silence(Matcher("alertname", "Slow"), comment="MW! x"), NOW - 60)])
    assert [one.active_since for one in room.poll().entries] == [SLOW.starts_at]


def test_an_ack_is_stale_if_its_alert_began_after_it_was_made() -> None:
    own = ack_of(SLOW)
    room = Room()
    room.says(hidden(later(SLOW, 240), own), silences=[own])
    (entry,) = room.poll().entries
    assert stale_ack(entry, own)


def test_an_ack_is_not_stale_for_its_own_firing_nor_if_it_is_another_programs_nor_if_only_the_start_was_written_anew() -> (
    None
):
    own = ack_of(SLOW)
    (entry,) = (Entry(hidden(SLOW, own), AlertState.ACKED),)
    rewritten = replace(entry, alert=replace(entry.alert, since_text="2025-10-02T17:25:00+02:00"))
    karma = replace(own, comment="ACK! on it", starts_at=SLOW.starts_at - 600)
    assert [stale_ack(entry, own), stale_ack(rewritten, own), stale_ack(entry, karma)] == [False, False, False]


# -- flapping


def test_firings_within_the_window_are_counted_and_the_third_is_flapping() -> None:
    room = Room()
    room.says(SLOW)
    room.poll()
    seen = []
    for seconds in (302, 304):
        room.says(later(SLOW, seconds))
        book = room.poll()
        seen.append((book.entries[0].flaps, [event[0] for event in told(book)], book.events[-1].words))
    assert seen == [(2, ["resolved", "fired"], ""), (3, ["resolved", "fired", "flapping"], "3 times")]
    assert [room.poll(span).entries[0].flaps for span in (27 * MINUTE, 4 * MINUTE)] == [2, 1]


# -- pending and clearing


def test_pending_alerts_say_when_they_fire_and_the_soonest_stands_first() -> None:
    room = Room()
    room.says()
    slow, dead = running(SLOW, "pending", active_at=NOW), running(DEAD, "pending", active_at=NOW)
    room.evaluates(rule("Slow", slow, hold=300.0), rule("Dead", dead, hold=60.0))
    book = room.poll()
    assert [(one.alert.name, one.fires_at, one.active_since, one.value, one.phase) for one in book.pending] == [
        ("Dead", NOW + 60, NOW, 0.9, Phase.PENDING),
        ("Slow", NOW + 300, NOW, 0.9, Phase.PENDING),
    ]
    assert book.pending[0].alert.fingerprint == fingerprint(dict(dead.labels))
    assert (book.entries, book.fired_hour) == ((), 0)


def test_times_of_a_server_whose_clock_is_off_are_told_by_the_walls() -> None:
    room = Room()
    room.says(DEAD)
    room.evaluates(
        rule("Slow", running(SLOW, "pending", active_at=NOW + 120), hold=300.0),
        rule("Dead", running(DEAD, keep_firing_since=NOW + 120), keep_firing_for=600.0),
        clock=NOW + 125,  # whole seconds: half a second is what it has behind the point on average
    )
    book = room.poll()
    assert [one.fires_at for one in book.pending] == [NOW + 300 - 0.5]
    assert [one.clears_at for one in book.entries] == [NOW + 600 - 0.5]


def test_what_fires_is_not_pending_too() -> None:
    room = Room()
    room.says(SLOW, DEAD)
    room.evaluates(
        rule("Slow", running(SLOW, "pending", active_at=NOW), hold=300.0),  # this Prometheus was restarted
        rule("Dead", running(DEAD)),
        server="one",
    )
    room.evaluates(rule("Dead", running(DEAD, "pending", active_at=NOW), hold=60.0), server="two")
    book = room.poll()
    assert (phases(book), book.pending) == ({"Slow": "firing", "Dead": "firing"}, ())


def test_a_pending_watchdog_is_no_row() -> None:
    room = Room()
    room.says()
    room.evaluates(rule("Watchdog", running(DOG, "pending", active_at=NOW), hold=60.0))
    assert room.poll().pending == ()


def test_a_dead_prometheus_keeps_its_pending_alerts_until_they_were_to_fire() -> None:
    room = Room()
    room.says()
    room.evaluates(rule("Slow", running(SLOW, "pending", active_at=NOW), hold=60.0))
    room.poll()
    room.stops()
    assert [phases(room.poll()), phases(room.poll(60))] == [{"Slow": "pending"}, {}]


def test_who_answers_has_the_last_word_on_a_value() -> None:
    room = Room()
    room.says(SLOW)
    room.evaluates(rule("Slow", running(SLOW, value=1.0)), server="a")
    room.evaluates(rule("Slow", running(SLOW, value=2.0)), server="b")
    room.poll()
    room.stops("b")
    assert [one.value for one in room.poll().entries] == [1.0]


# -- events and versions


def test_a_wall_that_opens_hears_of_nothing_and_afterwards_of_everything() -> None:
    room = Room()
    room.says(SLOW)
    assert told(room.poll()) == []
    room.says(SLOW, DEAD)
    assert told(room.poll()) == [("fired", "Dead", "", "")]
    own = ack_of(DEAD)
    room.says(SLOW, hidden(DEAD, own), silences=[own])
    assert told(room.poll()) == [("acked", "Dead", "mara", "on it")]
    window = silence(Matcher("severity", "high"), by="jo", comment="MW! deploying")
    room.says(hidden(SLOW, window), DEAD, silences=[window])
    book = room.poll()
    assert told(book) == [("silenced", "Slow", "jo", "deploying"), ("unacked", "Dead", "", "")]
    assert [event.kind for event in book.log] == [
        EventKind.FIRED,
        EventKind.ACKED,
        EventKind.SILENCED,
        EventKind.UNACKED,
    ]
    assert book.log[-1].at == room.now
    assert room.poll().log == book.log


def test_the_version_moves_with_what_is_drawn_and_not_with_the_time() -> None:
    room = Room()
    room.says(SLOW, DOG)
    versions = [room.poll().version]
    versions.append(room.poll().version)
    again = replace(SLOW, ends_at=NOW + 600, updated_at=NOW + 60), replace(DOG, ends_at=NOW + 600)
    room.says(*again)  # only sent again
    sent = room.poll()
    versions.append(sent.version)
    room.says(replace(SLOW, annotations=labels_of({"summary": "worse"})), DOG)
    versions.append(room.poll().version)
    room.fails()
    versions.append(room.poll().version)
    room.fails(error=Unreachable("no route to host"))
    versions.append(room.poll().version)
    assert versions == [1, 1, 1, 2, 3, 4]
    assert sent.entries[0].alert.ends_at == NOW + 600
    assert sent.by_key[SLOW.fingerprint] is sent.entries[0]


def test_an_unchanged_poll_returns_the_same_rows_at_a_new_moment() -> None:
    room = Room()
    room.says(SLOW, DEAD, DOG)
    first = room.poll()
    again = room.poll()
    assert (again.at, again.version, again.entries is first.entries) == (room.now, first.version, True)
    assert again.members == tuple(room.members.values())


def test_entries_of_which_nothing_changed_keep_their_objects() -> None:
    room = Room()
    room.says(SLOW, DEAD)
    first = room.poll()
    own = ack_of(SLOW)
    room.says(hidden(SLOW, own), DEAD, silences=[own])
    again = room.poll()
    assert again.by_key[DEAD.fingerprint] is first.by_key[DEAD.fingerprint]
    assert again.by_key[SLOW.fingerprint].state is AlertState.ACKED


def test_an_extended_ack_and_a_later_stage_are_seen_though_the_alert_is_the_same() -> None:
    room = Room()
    own = ack_of(SLOW)
    acked = hidden(SLOW, own)
    room.says(acked, silences=[own])
    first = room.poll()
    comment = Ack("on it", SLOW.fingerprint, SLOW.since_text, "high", stage=Stage.MITIGATING).comment()
    longer = replace(own, ends_at=own.ends_at + 600, comment=comment)
    room.says(acked, silences=[longer])
    book = room.poll()
    assert ([one.ack for one in book.entries], book.version) == ([longer], first.version + 1)
    assert told(book) == [("stage", "Slow", "mara", "mitigating")]


def test_firings_of_the_hour_are_counted_resolved_ones_too() -> None:
    room = Room()
    room.says(SLOW, alert("Old", "low", since=61 * MINUTE), alert("Ageing", "low", since=59 * MINUTE))
    room.evaluates(rule("Slow"))
    first = room.poll()
    room.says(alert("Old", "low", since=61 * MINUTE), alert("Ageing", "low", since=59 * MINUTE))
    room.poll()
    over = room.poll()
    assert (first.fired_hour, over.fired_hour, phases(over)["Slow"]) == (2, 2, "resolved")
    aged = room.poll(60)
    assert (aged.fired_hour, aged.version) == (1, over.version + 1)


def test_the_log_forgets_after_nine_hours() -> None:
    room = Room()
    room.says()
    room.poll()
    room.says(SLOW)
    room.poll()
    room.poll(9 * 3600)
    room.says(SLOW, DEAD)
    assert [(event.kind, event.name) for event in room.poll().log] == [(EventKind.FIRED, "Dead")]


def test_a_finding_that_begins_or_ends_is_an_event() -> None:
    room = Room()
    room.says(DOG)
    room.poll()
    room.says()
    room.poll()
    found = room.poll()
    room.says(DOG)
    assert (told(found), told(room.poll())) == (
        [("found", "Watchdog missing", "", "")],
        [("mended", "Watchdog missing", "", "")],
    )


def test_an_empty_wall_is_known_and_configured_as_it_is() -> None:
    room = Room()
    empty = room.book.observe(Observation(NOW, ()))
    unasked = room.poll()
    room.says()
    assert [(one.configured, one.known) for one in (empty, unasked, room.poll())] == [
        (False, False),
        (True, False),
        (True, True),
    ]
