"""Comments of acknowledgements: read by people, karma, kthxbye and amtool in front, by walls behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.model.acks import Ack, Outcome, Stage, free_text, parse_ack, parse_record, record_comment
from noc.model.alerts import Matcher, SilenceKind
from tests.alertgiven import silence

FP = "1a2b3c4d5e6f7081"
SINCE = "2025-10-02T15:25:00.000Z"
ACK = Ack("looking at it", FP, SINCE, "critical", 2, 3, Stage.MITIGATING)
COMMENT = f"ACK! looking at it [noc/1 fp={FP} since={SINCE} sev=critical step=2 ext=3 stage=mitigating out=]"


def parsed(comment: str) -> Ack | None:
    return parse_ack(silence(comment=comment))


def test_a_comment_has_its_words_in_front_and_what_walls_need_behind() -> None:
    assert ACK.comment() == COMMENT
    assert (
        Ack("", FP, SINCE, "high").comment()
        == f"ACK! [noc/1 fp={FP} since={SINCE} sev=high step=1 ext=0 stage=acked out=]"
    )


def test_a_comment_is_read_as_what_it_was_written_from() -> None:
    assert parsed(COMMENT) == ACK
    assert ACK.structured


@given(st.text(max_size=600), st.sampled_from(list(Stage)), st.integers(0, 99999), st.integers(0, 99999))
def test_whatever_the_words_a_comment_stays_short_and_keeps_its_machine_part(
    words: str, stage: Stage, step: int, extended: int
) -> None:
    made = Ack(words, FP, SINCE, "critical", step, extended, stage)
    comment = made.comment()
    read = parsed(comment)
    assert read is not None and len(comment) <= 400 and "\n" not in comment
    assert (read.fingerprint, read.since, read.step, read.extended, read.stage) == (FP, SINCE, step, extended, stage)
    assert read.comment() == comment


def test_words_that_look_like_a_machine_part_are_none() -> None:
    forged = Ack("x [noc/1 fp=0000000000000000 ext=9]", FP, SINCE, "low")
    assert parsed(forged.comment()) == Ack("x [noc 1 fp=0000000000000000 ext=9]", FP, SINCE, "low")


@pytest.mark.parametrize(
    ("comment", "ack"),
    [
        ("ACK! This alert was acknowledged using karma", Ack("This alert was acknowledged using karma")),
        ("ACK!", Ack("")),
        ("ACK! x [noc/1 fp=12]", Ack("x")),
        ("ACK! x [noc/1 nothing]", Ack("x")),
        (f"ACK! x [noc/2 fp={FP}]", Ack(f"x [noc/2 fp={FP}]")),
        (f"ACK! [noc/1 fp={FP}] more", Ack(f"[noc/1 fp={FP}] more")),
        (f"ACK! x [noc/1 fp={FP}]", Ack("x", FP)),
        (f"ACK! x [noc/1 fp={FP} step=²  ext=١ stage=done]", Ack("x", FP, step=0)),
        (f"ACK! x [noc/1 fp={FP} step=-1 ext=1234567]", Ack("x", FP, step=0)),
        (f"ACK! x [noc/1 fp={FP} stage=fixing later=word]  ", Ack("x", FP, stage=Stage.FIXING)),
    ],
)
def test_a_comment_of_another_program_or_of_a_broken_one_is_believed_as_far_as_it_goes(comment: str, ack: Ack) -> None:
    assert parsed(comment) == ack


@pytest.mark.parametrize("comment", ["ack! x", "MW! x", "on it", "", " ACK! x"])
def test_what_begins_otherwise_is_no_acknowledgement(comment: str) -> None:
    assert parsed(comment) is None


def test_an_acknowledgement_that_only_records_an_outcome_is_none() -> None:
    assert parse_ack(silence(Matcher("noc_record", FP), comment="ACK! x")) is None


@given(st.text(max_size=120))
def test_no_comment_that_anybody_can_write_breaks_the_reading(text: str) -> None:
    for comment in (text, f"ACK! {text}", f"ACK! x [noc/1 {text}]", f"ACK! x [noc/1 fp={FP} ext={text} step={text}]"):
        parsed(comment)
        parse_record(silence(Matcher("noc_record", FP), comment=comment))


def test_an_extension_is_counted() -> None:
    assert ACK.extended_once() == Ack("looking at it", FP, SINCE, "critical", 2, 4, Stage.MITIGATING)


def test_stages_follow_one_another_and_read_as_people_say_them() -> None:
    assert [(stage.words, stage.following) for stage in Stage] == [
        ("acked", Stage.MITIGATING),
        ("mitigating", Stage.FIXING),
        ("fix deploying", Stage.MONITORING),
        ("monitoring", None),
    ]


@pytest.mark.parametrize(
    ("comment", "text"),
    [
        (COMMENT, "looking at it"),
        ("MW! deploying 1.2", "deploying 1.2"),
        ("EMERGENCY!", ""),
        ("planned", "planned"),
        ("SNOOZE!noc", "noc"),
        ("see ACK! there", "see ACK! there"),
    ],
)
def test_the_words_of_a_comment_are_those_for_people(comment: str, text: str) -> None:
    assert free_text(comment) == text


# -- outcomes


@pytest.mark.parametrize("outcome", list(Outcome))
def test_an_outcome_is_read_off_a_recording_silence(outcome: Outcome) -> None:
    comment = record_comment(outcome, FP, SINCE)
    assert comment == f"RECORD! {outcome.value} [noc/1 fp={FP} since={SINCE} out={outcome.value}]"
    recorded = silence(Matcher("noc_record", FP), comment=comment)
    assert (recorded.kind, parse_record(recorded)) == (SilenceKind.RECORD, (FP, SINCE, outcome))
    assert parse_ack(recorded) is None


@pytest.mark.parametrize(
    "comment", ["RECORD! fixed", f"RECORD! [noc/1 fp={FP} out=great]", "RECORD! [noc/1 fp=x out=fixed]", ""]
)
def test_what_records_no_outcome_is_none(comment: str) -> None:
    assert parse_record(silence(Matcher("noc_record", FP), comment=comment)) is None
    assert parse_record(silence(comment=COMMENT)) is None


def test_outcomes_read_as_people_say_them() -> None:
    assert [one.words for one in Outcome] == ["fixed", "false positive", "noise"]
