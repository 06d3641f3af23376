"""The world's log answers the same whatever is asked before, in order, and keeps only so much."""

from __future__ import annotations

import itertools
import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from noc.demo.events import TELLINGS, Journal
from noc.demo.events.journal import EVENTS_KEPT, Bounded
from noc.demo.events.people import SHARED
from noc.demo.events.security import AUTH, NGINX_TEXT, VIOLATION
from noc.demo.samples import LabelMatcher, selected
from noc.demo.world import HISTORY, World
from noc.model.logs import SECOND, LogLine
from noc.model.series import Labels

ZERO = 1_794_960_000.0
HOUR = 3600.0
EVERYTHING = [LabelMatcher("job", "=~", ".+")]


@pytest.fixture(scope="module")
def storm() -> Journal:
    return Journal(World(5, "alert-storm", ZERO))


def asked(journal: Journal, start: float, end: float, *matchers: LabelMatcher) -> list[LogLine]:
    return list(journal.lines(matchers or EVERYTHING, round(start * SECOND), round(end * SECOND)))


def whole(lines: list[LogLine]) -> list[tuple[int, str, Labels, Labels]]:
    """Lines with everything that is in them: their own equality leaves the metadata out."""
    return [(line.at, line.text, line.labels, line.metadata) for line in lines]


def test_equal_seeds_write_equal_logs(storm: Journal) -> None:
    again = Journal(World(5, "alert-storm", ZERO))
    asked(again, ZERO - HOUR, ZERO - HOUR + 60)
    assert whole(asked(storm, ZERO + 600, ZERO + 900)) == whole(asked(again, ZERO + 600, ZERO + 900))


def test_another_seed_writes_another(storm: Journal) -> None:
    other = Journal(World(6, "alert-storm", ZERO))
    assert whole(asked(storm, ZERO + 600, ZERO + 660)) != whole(asked(other, ZERO + 600, ZERO + 660))


def test_overlapping_windows_agree_line_for_line(storm: Journal) -> None:
    rng = random.Random(3)
    long = whole(asked(storm, ZERO + 1500, ZERO + 2700))
    for number in range(20):
        journal = Journal(World(5, "alert-storm", ZERO)) if number < 3 else storm
        start = round(ZERO + rng.uniform(1500, 2600), rng.choice((0, 3, 6)))
        end = round(start + rng.uniform(0.5, 90), 3)
        first, last = round(start * SECOND), round(end * SECOND)
        assert whole(asked(journal, start, end)) == [line for line in long if first <= line[0] < last]


def test_windows_side_by_side_lose_and_double_nothing(storm: Journal) -> None:
    edges = [ZERO + 1700, ZERO + 1793.5, ZERO + 1800, ZERO + 1800.000001, ZERO + 2100, ZERO + 2133.333]
    parts = [line for start, end in itertools.pairwise(edges) for line in asked(storm, start, end)]
    assert whole(parts) == whole(asked(storm, edges[0], edges[-1]))


def test_the_end_is_exclusive_and_the_start_is_not(storm: Journal) -> None:
    lines = asked(storm, ZERO + 900, ZERO + 960)
    first, last = lines[0].at, lines[-1].at
    assert whole(list(storm.lines(EVERYTHING, first, last))) == whole([line for line in lines if line.at < last])
    assert whole(list(storm.lines(EVERYTHING, last, last + 1))) == whole([line for line in lines if line.at == last])
    assert list(storm.lines(EVERYTHING, last, last)) == []


def test_lines_come_oldest_first(storm: Journal) -> None:
    times = [line.at for line in asked(storm, ZERO - 600, ZERO + 3000)]
    assert times == sorted(times)
    assert len(times) > 5000


def test_no_two_lines_are_the_same(storm: Journal) -> None:
    """Loki would keep one of them only."""
    lines = asked(storm, ZERO + 600, ZERO + 1500)
    assert len({(line.at, line.text, line.labels) for line in lines}) == len(lines)


@pytest.mark.parametrize(
    "matchers",
    [
        [LabelMatcher("event_type", "=", "auth_failure")],
        [LabelMatcher("job", "=", "laravel"), LabelMatcher("category", "=", "security")],
        [LabelMatcher("job", "=", "laravel"), LabelMatcher("category", "=", "")],
        [LabelMatcher("level", "=~", "error|critical"), LabelMatcher("event_type", "!=", "request")],
        [LabelMatcher("job", "!~", "laravel|mysql")],
        [LabelMatcher("job", "=", "nothing")],
    ],
)
def test_a_selector_leaves_out_exactly_the_streams_that_do_not_match(
    storm: Journal, matchers: list[LabelMatcher]
) -> None:
    every = asked(storm, ZERO + 1000, ZERO + 1400)
    kept = [line for line in every if selected(line.labels, matchers)]
    assert whole(asked(storm, ZERO + 1000, ZERO + 1400, *matchers)) == whole(kept)
    streams = storm.streams(matchers, round((ZERO + 1000) * SECOND), round((ZERO + 1400) * SECOND))
    assert streams == sorted({line.labels for line in kept})


def test_every_stream_that_a_telling_names_is_written_to_in_a_storm(storm: Journal) -> None:
    named = {stream.labels for telling in TELLINGS for stream in telling.streams}
    assert {line.labels for line in asked(storm, ZERO, ZERO + 2 * HOUR)} == named


def test_the_log_begins_with_the_world_and_reaches_into_the_future(storm: Journal) -> None:
    begin = ZERO - HISTORY
    assert asked(storm, begin - HOUR, begin) == []
    early = asked(storm, begin - HOUR, begin + 300)
    assert early
    assert early[0].at >= begin * SECOND
    assert asked(storm, ZERO + 40 * 24 * HOUR, ZERO + 40 * 24 * HOUR + 60)


def test_an_empty_or_reversed_window_has_no_lines(storm: Journal) -> None:
    assert asked(storm, ZERO, ZERO) == []
    assert asked(storm, ZERO + 1, ZERO) == []
    assert storm.streams(EVERYTHING, round(ZERO * SECOND), round(ZERO * SECOND)) == []


def test_threads_see_the_same_log() -> None:
    journal = Journal(World(5, "webhook-attack", ZERO))
    windows = [(ZERO + 60 * number, ZERO + 60 * number + 400) for number in range(12)]
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda window: whole(asked(journal, *window)), windows * 2))
    alone = Journal(World(5, "webhook-attack", ZERO))
    assert found == [whole(asked(alone, *window)) for window in windows] * 2


def test_memory_is_bounded_however_much_is_asked() -> None:
    journal = Journal(World(5, "calm", ZERO), keep=1500)
    seen = sum(len(asked(journal, ZERO - 1200 * number - 600, ZERO - 1200 * number)) for number in range(10))
    lines, events = journal.kept
    assert seen > 5000
    assert 1000 < lines <= 1500
    assert 0 < events <= EVENTS_KEPT


def test_what_is_kept_longest_unused_goes_first() -> None:
    kept: Bounded[str, str] = Bounded(6, len)
    computed: list[str] = []

    def compute(key: str, size: int) -> None:
        def value() -> str:
            computed.append(key)
            return key * size

        kept.get(key, value)

    compute("a", 3)
    compute("b", 3)
    compute("a", 3)
    compute("c", 2)
    assert kept.size == 5
    compute("a", 3)
    compute("b", 3)
    assert computed == ["a", "b", "c", "b"]
    assert kept.size == 6


def test_one_larger_than_everything_is_kept_alone() -> None:
    kept: Bounded[int, str] = Bounded(4, len)
    assert kept.get(1, lambda: "ab") == "ab"
    assert kept.get(2, lambda: "abcdefgh") == "abcdefgh"
    assert kept.size == 8
    assert kept.get(3, lambda: "abc") == "abc"
    assert kept.size == 3


def test_a_stream_is_told_by_one_telling_only() -> None:
    """A denial is a 403, too: the counters share the event, the log does not say it twice as a request of its own."""
    journal = Journal(World(5, "calm", ZERO))
    told: dict[tuple[int, int], str] = {}
    for telling in TELLINGS:
        for source in journal.sources(telling.name):
            for stream in source.streams:
                key = (id(source.counters), stream)
                assert key not in told, (told.get(key), telling.name)
                told[key] = telling.name
    assert len(told) > 200


def test_lines_written_around_an_event_stand_in_the_window_they_fall_into(storm: Journal) -> None:
    """The requests before a breach are up to seconds older: a window between them shows the requests alone."""
    violation = asked(storm, ZERO + 600, ZERO + 1200, *exactly(VIOLATION.labels))[3]
    trace = dict(violation.metadata)["trace_id"]
    before = [
        line
        for line in asked(storm, violation.seconds - 6, violation.seconds - 0.5)
        if dict(line.metadata).get("trace_id") == trace
    ]
    assert len(before) >= 2
    alone = Journal(World(5, "alert-storm", ZERO))
    start, end = before[0].at, before[0].at + 1
    assert before[0] in list(alone.lines(EVERYTHING, start, end))


def exactly(labels: Labels) -> list[LabelMatcher]:
    return [LabelMatcher(name, "=", value) for name, value in labels]


def test_what_nginx_limits_and_what_the_gateway_says_of_it_name_the_same_address(storm: Journal) -> None:
    plain = asked(storm, ZERO + 600, ZERO + 900, *exactly(NGINX_TEXT.labels))
    limited = [line for line in plain if "limiting requests" in line.text]
    told = asked(storm, ZERO + 599, ZERO + 901, LabelMatcher("event_type", "=", "rate_limit"))
    assert limited
    for line in limited:
        address = line.text.partition("client: ")[2].partition(",")[0]
        assert any(address in other.text for other in told if 0 <= other.at - line.at < 2_000_000)


def test_the_shared_address_is_one_of_the_attackers(storm: Journal) -> None:
    assert any(SHARED in line.text for line in asked(storm, ZERO + 600, ZERO + 1200, *exactly(AUTH.labels)))
