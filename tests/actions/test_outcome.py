"""What a person says of a resolved alert is kept beside it, never in the silence that ended with it."""

from __future__ import annotations

import pytest

from noc.actions import outcome
from noc.actions.intent import Intent, Verb
from noc.model.acks import Outcome, parse_record
from noc.model.alerts import Matcher, Phase, SilenceDraft, SilenceKind
from tests.actions.given import refused
from tests.alertgiven import MINUTE, NOW, acked, alert, book, entry, silence

DEADLOCKS = alert(instance="db-1")
RESOLVED = entry(DEADLOCKS, phase=Phase.RESOLVED, resolved_at=NOW - MINUTE)


@pytest.mark.parametrize("said", Outcome)
def test_an_outcome_is_a_one_minute_silence_on_a_label_that_no_alert_has(said: Outcome) -> None:
    fp = DEADLOCKS.fingerprint
    comment = f"RECORD! {said.value} [noc/1 fp={fp} since=2025-10-02T15:25:00.000Z out={said.value}]"
    assert outcome.propose(RESOLVED, said, book(), "mara", NOW) == Intent(
        Verb.OUTCOME,
        f"DatabaseDeadlocks: {said.value.replace('-', ' ')}",
        (f"{fp}@{NOW - 5 * MINUTE:.0f}",),
        (SilenceDraft((Matcher("noc_record", fp),), NOW - 300, NOW + 60, "mara", comment),),
        detail={"outcome": said.value},
    )


def test_it_is_read_back_and_never_taken_for_an_acknowledgement() -> None:
    draft = outcome.propose(RESOLVED, Outcome.NOISE, book(), "mara", NOW).drafts[0]
    made = silence(*draft.matchers, comment=draft.comment)
    assert made.kind is SilenceKind.RECORD
    assert parse_record(made) == (DEADLOCKS.fingerprint, "2025-10-02T15:25:00.000Z", Outcome.NOISE)


def test_it_hides_no_alert_not_even_its_own() -> None:
    draft = outcome.propose(RESOLVED, Outcome.FIXED, book(), "mara", NOW).drafts[0]
    assert not silence(*draft.matchers).matches(dict(DEADLOCKS.labels))


@pytest.mark.parametrize("one", [entry(DEADLOCKS), acked(DEADLOCKS), entry(DEADLOCKS, phase=Phase.UNKNOWN)])
def test_what_has_not_resolved_has_no_outcome(one: object) -> None:
    with refused("DatabaseDeadlocks has not resolved yet"):
        outcome.propose(one, Outcome.FIXED, book(), "mara", NOW)  # type: ignore[arg-type]
