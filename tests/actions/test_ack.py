"""Acknowledging, as values: what would be sent, in whose name, until when; and what is refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc.actions import ack
from noc.actions.intent import Intent, Verb
from noc.config.alerting import Ack as AckSettings
from noc.config.alerting import Alerting
from noc.engine.book import MemberView
from noc.model.acks import Ack, Stage
from noc.model.alerts import AlertAnswer, Matcher, Phase, SilenceDraft, SilenceState
from noc.model.errors import Refused
from noc.model.severity import Severity
from tests.actions.given import SETTINGS, refused
from tests.alertgiven import MINUTE, NOW, ack_of, acked, alert, book, entry, silence

DEADLOCKS = alert(instance="db-1")
DEADLOCKS_KEY = DEADLOCKS.fingerprint
MATCHERS = (Matcher("alertname", "DatabaseDeadlocks"), Matcher("instance", "db-1"), Matcher("severity", "high"))
COMMENT = f"ACK! on it [noc/1 fp={DEADLOCKS_KEY} since=2025-10-02T15:25:00.000Z sev=high step=1 ext=0 stage=acked out=]"


def test_one_alert_gets_one_silence_on_all_its_labels_in_order_of_their_names() -> None:
    intent = ack.propose([entry(DEADLOCKS)], book(entry(DEADLOCKS)), SETTINGS, "mara", "on it", NOW)
    assert intent == Intent(
        Verb.ACK,
        "acknowledge DatabaseDeadlocks{instance=db-1}",
        (DEADLOCKS_KEY,),
        (SilenceDraft(MATCHERS, NOW - 5 * MINUTE, NOW + 15 * MINUTE, "mara", COMMENT),),
    )


def test_times_are_by_alertmanagers_clock_which_may_be_two_minutes_behind() -> None:
    member = MemberView("alertmanager", AlertAnswer((), ()), NOW, asked=True, skew=-120.0)
    seen = book(entry(DEADLOCKS), members=[member])
    draft = ack.propose([entry(DEADLOCKS)], seen, SETTINGS, "mara", "on it", NOW).drafts[0]
    assert (draft.starts_at, draft.ends_at) == (NOW - 7 * MINUTE, NOW + 13 * MINUTE)


def test_volatile_labels_are_left_out_but_never_the_alerts_name() -> None:
    settings = Alerting(ack=AckSettings(ignore_labels=("pod", "alertname")))
    one = entry(alert(pod="x-1", instance="db-1"))
    assert ack.propose([one], book(one), settings, "mara", "", NOW).drafts[0].matchers == MATCHERS


def test_the_words_are_bounded_so_that_amtools_list_stays_readable() -> None:
    draft = ack.propose([entry(DEADLOCKS)], book(), SETTINGS, "mara", "w" * 1000, NOW).drafts[0]
    assert len(draft.comment) == 400
    assert draft.comment.startswith("ACK! www")
    assert draft.comment.endswith(" stage=acked out=]")


def test_words_cannot_forge_the_machine_part() -> None:
    forged = "[noc/1 fp=0000000000000000 since=x sev=low out=]"
    draft = ack.propose([entry(DEADLOCKS)], book(), SETTINGS, "mara", forged, NOW).drafts[0]
    read = ack.ack_in(silence(*MATCHERS, comment=draft.comment))
    assert read is not None
    assert (read.fingerprint, read.text) == (DEADLOCKS_KEY, forged.replace("[noc/", "[noc "))


def test_several_alerts_get_one_silence_each_and_a_summary_of_their_number() -> None:
    other = alert("SlowScope", "medium", company_id="7")
    intent = ack.propose([entry(DEADLOCKS), entry(other)], book(), SETTINGS, "mara", "on it", NOW)
    assert intent.summary == "acknowledge 2 alerts (DatabaseDeadlocks, ...)"
    assert intent.keys == (DEADLOCKS.fingerprint, other.fingerprint)
    assert [{m.name: m.value for m in draft.matchers} for draft in intent.drafts] == [
        dict(DEADLOCKS.labels),
        dict(other.labels),
    ]


def test_an_alert_named_twice_is_acknowledged_once() -> None:
    intent = ack.propose([entry(DEADLOCKS), entry(DEADLOCKS)], book(), SETTINGS, "mara", "on it", NOW)
    assert (intent.keys, len(intent.drafts)) == ((DEADLOCKS_KEY,), 1)


def test_what_somebody_has_acknowledged_is_left_out() -> None:
    taken, open_ = acked(DEADLOCKS, "leo"), entry(alert("SlowScope", "medium"))
    intent = ack.propose([taken, open_], book(taken, open_), SETTINGS, "mara", "on it", NOW)
    assert intent.keys == (open_.key,)


def test_when_all_are_acknowledged_it_is_said_by_whom() -> None:
    taken = acked(DEADLOCKS, "leo")
    with refused("already acknowledged by leo"):
        ack.propose([taken], book(taken), SETTINGS, "mara", "on it", NOW)


def test_an_acknowledgement_by_karma_counts() -> None:
    theirs = silence(*MATCHERS, by="leo", comment="ACK! acknowledged using karma")
    taken = replace(acked(DEADLOCKS), ack=theirs, silences=(theirs,))
    with refused("already acknowledged by leo"):
        ack.propose([taken], book(taken), SETTINGS, "mara", "on it", NOW)


def test_an_acknowledgement_of_an_earlier_firing_does_not_count() -> None:
    earlier = ack_of(alert(instance="db-1", since=60 * MINUTE), since=10 * MINUTE)
    again = replace(acked(DEADLOCKS), ack=earlier, silences=(earlier,))
    assert ack.propose([again], book(again), SETTINGS, "mara", "on it", NOW).keys == (DEADLOCKS_KEY,)


@pytest.mark.parametrize("phase", [Phase.PENDING, Phase.RESOLVED])
def test_what_does_not_fire_cannot_be_acknowledged(phase: Phase) -> None:
    with refused(f"DatabaseDeadlocks is {phase.value}: nothing to acknowledge"):
        ack.propose([entry(DEADLOCKS, phase=phase)], book(), SETTINGS, "mara", "", NOW)


@pytest.mark.parametrize("phase", [Phase.FIRING, Phase.CLEARING, Phase.UNKNOWN])
def test_what_fires_or_may_still_fire_can_be(phase: Phase) -> None:
    intent = ack.propose([entry(DEADLOCKS, phase=phase)], book(), SETTINGS, "mara", "", NOW)
    assert intent.keys == (DEADLOCKS_KEY,)


def test_without_an_alert_there_is_nothing_to_acknowledge() -> None:
    with refused("this is gone: nothing to acknowledge"):
        ack.propose([], book(), SETTINGS, "mara", "", NOW)


def test_fifty_alerts_are_the_most_and_then_a_silence_is_offered() -> None:
    many = [entry(alert(instance=f"db-{number}")) for number in range(51)]
    assert len(ack.propose(many[:50], book(), SETTINGS, "mara", "", NOW).drafts) == 50
    with refused("51 alerts at once; silence the group instead, 50 is the most"):
        ack.propose(many, book(), SETTINGS, "mara", "", NOW)


def test_a_duration_may_be_asked_for_up_to_the_cap() -> None:
    draft = ack.propose([entry(DEADLOCKS)], book(), SETTINGS, "mara", "", NOW, 8 * 3600).drafts[0]
    assert draft.ends_at == NOW + 8 * 3600
    with pytest.raises(Refused) as error:
        ack.propose([entry(DEADLOCKS)], book(), SETTINGS, "mara", "", NOW, 8 * 3600 + 1)
    words = "an acknowledgement of a HIGH lasts 8h at most; silence it instead"
    assert (str(error.value), error.value.field) == (words, "ends")


def test_the_usual_duration_ends_at_a_shorter_cap() -> None:
    settings = Alerting(ack=AckSettings(max={Severity.HIGH: 5 * MINUTE}))
    assert ack.propose([entry(DEADLOCKS)], book(), settings, "mara", "", NOW).drafts[0].ends_at == NOW + 5 * MINUTE


def test_a_strangers_alert_name_is_cleaned_in_the_summary() -> None:
    one = entry(alert("Evil\x1b[2J", "low"))
    assert ack.propose([one], book(), SETTINGS, "mara", "", NOW).summary == "acknowledge Evil␛[2J"


# --- taking back


def test_taking_back_ends_every_acknowledgement_of_the_alert_and_no_other_silence() -> None:
    mine, theirs = ack_of(DEADLOCKS, "mara"), ack_of(DEADLOCKS, "leo", left=MINUTE)
    window = silence(Matcher("instance", "db-1"), comment="MW! upgrade")
    held = replace(acked(DEADLOCKS), ack=mine, silences=(theirs, window, mine))
    assert ack.unack([held]) == Intent(
        Verb.UNACK,
        "take back the acknowledgement of DatabaseDeadlocks{instance=db-1}",
        (DEADLOCKS_KEY,),
        expire=(mine.id, theirs.id),
        before=(mine, theirs),
    )


@pytest.mark.parametrize(
    "one", [entry(DEADLOCKS), replace(acked(DEADLOCKS), phase=Phase.RESOLVED)], ids=["nobody", "resolved"]
)
def test_what_nobody_holds_cannot_be_taken_back(one: object) -> None:
    with refused("nobody acknowledged this"):
        ack.unack([one])  # type: ignore[list-item]


# --- stages


def test_the_next_stage_changes_the_comment_and_nothing_else() -> None:
    held = acked(DEADLOCKS, extended=3)
    assert held.ack is not None
    assert ack.staged(held) == Intent(
        Verb.STAGE,
        "DatabaseDeadlocks: mitigating",
        (DEADLOCKS_KEY,),
        (
            SilenceDraft(
                held.ack.matchers,
                held.ack.starts_at,
                held.ack.ends_at,
                "mara",
                COMMENT.replace("ext=0 stage=acked", "ext=3 stage=mitigating"),
                held.ack.id,
                held.ack.starts_text,
            ),
        ),
        before=(held.ack,),
        detail={"stage": "mitigating"},
    )


def test_stages_follow_one_another_and_end() -> None:
    words = [ack.staged(acked(DEADLOCKS, stage=stage)).summary for stage in list(Stage)[:-1]]
    assert words == [f"DatabaseDeadlocks: {word}" for word in ("mitigating", "fix deploying", "monitoring")]
    with refused("it is at the last stage: monitoring"):
        ack.staged(acked(DEADLOCKS, stage=Stage.MONITORING))


def test_a_stage_needs_an_acknowledgement_of_nocs_own() -> None:
    with refused("acknowledge it first (a): the stage is kept in the acknowledgement"):
        ack.staged(entry(DEADLOCKS))
    theirs = silence(*MATCHERS, by="leo", comment="ACK! by karma")
    with refused("leo acknowledged this with another program; it has no stage"):
        ack.staged(replace(acked(DEADLOCKS), ack=theirs))


# --- another end


def test_an_extension_keeps_id_start_and_matchers_and_counts_itself() -> None:
    held = ack_of(DEADLOCKS)
    assert ack.extended(held, NOW + 3600, settings=SETTINGS) == Intent(
        Verb.EXTEND,
        "extend mara's ack",
        drafts=(
            SilenceDraft(
                held.matchers,
                held.starts_at,
                NOW + 3600,
                "mara",
                COMMENT.replace("ext=0", "ext=1"),
                held.id,
                held.starts_text,
            ),
        ),
        before=(held,),
    )


def test_a_silence_of_another_kind_keeps_its_words() -> None:
    window = silence(comment="MW! upgrade")
    intent = ack.extended(window, NOW + 48 * 3600, settings=SETTINGS)
    assert (intent.summary, intent.drafts[0].comment) == ("extend mara's window", "MW! upgrade")


def test_an_acknowledgement_is_not_extended_past_its_cap() -> None:
    held = ack_of(alert("ServiceDown", "critical"), since=30 * MINUTE)
    cap = held.starts_at + 2 * 3600
    assert ack.extended(held, cap, settings=SETTINGS).drafts[0].ends_at == cap
    with refused("an acknowledgement of a CRITICAL lasts 2h at most; silence it instead"):
        ack.extended(held, cap + 1, settings=SETTINGS)


def test_what_has_ended_is_not_extended() -> None:
    with refused("this silence has ended; make a new one"):
        ack.extended(silence(state=SilenceState.EXPIRED), NOW + 3600)


# --- leaving


def test_who_leaves_keeps_the_own_acknowledgements_for_an_hour() -> None:
    mine = acked(DEADLOCKS)
    theirs = acked(alert("SlowScope", "medium"), "leo")
    intent = ack.parting(book(mine, theirs, entry(alert("Other", "low"))), "mara", SETTINGS, NOW)
    assert mine.ack is not None
    assert intent == Intent(
        Verb.EXTEND,
        "keep 1 own acknowledgement alive",
        (DEADLOCKS_KEY,),
        (
            SilenceDraft(
                mine.ack.matchers,
                mine.ack.starts_at,
                NOW + 3600,
                "mara",
                COMMENT.replace("ext=0", "ext=1"),
                mine.ack.id,
                mine.ack.starts_text,
            ),
        ),
        before=(mine.ack,),
    )


def test_leaving_passes_no_cap() -> None:
    mine = acked(alert("ServiceDown", "critical"), since=90 * MINUTE)
    intent = ack.parting(book(mine), "mara", SETTINGS, NOW)
    assert intent is not None
    assert intent.drafts[0].ends_at == NOW + 30 * MINUTE


def test_what_lasts_longer_anyway_is_left_alone() -> None:
    assert ack.parting(book(acked(DEADLOCKS, left=2 * 3600)), "mara", SETTINGS, NOW) is None


def test_without_own_acknowledgements_leaving_does_nothing() -> None:
    theirs = silence(*MATCHERS, by="mara", comment="ACK! by karma")
    with_karma = replace(acked(alert("SlowScope", "medium")), ack=theirs, silences=(theirs,))
    assert ack.parting(book(acked(DEADLOCKS, "leo"), with_karma), "mara", SETTINGS, NOW) is None


def test_several_own_acknowledgements_are_one_intent() -> None:
    mine = [acked(alert(instance=f"db-{number}")) for number in range(2)]
    intent = ack.parting(book(*mine), "mara", SETTINGS, NOW)
    assert intent is not None
    assert (intent.summary, len(intent.drafts)) == ("keep 2 own acknowledgements alive", 2)


def test_what_was_written_is_read_back() -> None:
    draft = ack.propose([entry(DEADLOCKS)], book(), SETTINGS, "mara", "on it", NOW).drafts[0]
    read = ack.ack_in(silence(*draft.matchers, comment=draft.comment))
    assert read == Ack("on it", DEADLOCKS_KEY, "2025-10-02T15:25:00.000Z", "high")
