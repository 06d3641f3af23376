"""What every AlertSource that is an AlertSink too has to do, as one list of checks that each implementation passes.

Servers are shared by the checks: each uses alerts and silences of its own, told apart by the label ``story``. To test
another implementation, put a fixture that yields a Subject into ``test_alert_contract``.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Protocol

import pytest

from noc.model.alerts import (
    Alert,
    AlertAnswer,
    Matcher,
    Silence,
    SilenceDraft,
    SilenceState,
    fingerprint,
    redraft,
)
from noc.model.clock import Clock
from noc.model.errors import BadQuery, Unreachable
from noc.model.ports import AlertSink, AlertSource
from noc.model.series import labels_of

DEADLINE = 20.0
HOUR = 3600.0
UNKNOWN = "524f641e-0000-4000-8000-000000000000"
_STORIES = itertools.count()


class Member(AlertSource, AlertSink, Protocol):
    """Both ports of one member."""


@dataclass(frozen=True)
class Subject:
    """A member with the corrected routes, and how a Prometheus posts alerts to it (JSON objects)."""

    member: Member
    post: Callable[[list[dict[str, object]]], Awaitable[None]]
    clock: Clock
    story: str = field(default_factory=lambda: f"s{next(_STORIES)}-{time.monotonic_ns()}")

    def labels(self, name: str, **labels: str) -> dict[str, str]:
        return {"alertname": f"{name}-{self.story}", "story": self.story, **labels}

    async def fire(self, *alerts: dict[str, str], **more: object) -> None:
        """Have alerts fire with these labels for an hour."""
        span = {"endsAt": written(self.clock.now() + HOUR)}
        await self.post([{"labels": labels, **span, **more} for labels in alerts])

    def draft(self, *matchers: Matcher, **changes: object) -> SilenceDraft:
        """A silence from five minutes ago, as acknowledgements are drafted, to an hour from now."""
        now = round(self.clock.now(), 3)
        chosen = (*matchers, Matcher("story", self.story))
        return replace(SilenceDraft(chosen, now - 300, now + HOUR, "mara", "planned"), **changes)  # type: ignore[arg-type]

    async def alerts(self) -> dict[str, Alert]:
        """The alerts of this story now, by name without the story; by fingerprint where two
        have one name."""
        return self.mine(await self.member.poll())

    def mine(self, answer: AlertAnswer) -> dict[str, Alert]:
        own = [one for one in answer.alerts if one.label("story") == self.story]
        assert len({one.fingerprint for one in own}) == len(own), "an alert twice"
        found = {one.name.removesuffix(f"-{self.story}"): one for one in own}
        return found if len(found) == len(own) else {one.fingerprint: one for one in own}

    async def silences(self) -> dict[str, Silence]:
        """The silences of this story now, by id."""
        listed = (await self.member.poll()).silences
        return {one.id: one for one in listed if Matcher("story", self.story) in one.matchers}

    async def eventually(self, true: Callable[[dict[str, Alert]], bool]) -> dict[str, Alert]:
        """The alerts once they are so: a real server makes its groups a moment after it took the alerts."""
        end = time.monotonic() + DEADLINE
        while not true(found := await self.alerts()):
            assert time.monotonic() < end, found
            await asyncio.sleep(0.02)
        return found


Check = Callable[[Subject], Awaitable[None]]
CHECKS: list[Check] = []


def check(function: Check) -> Check:
    CHECKS.append(function)
    return function


def written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@check
async def a_firing_alert_is_read_whole_and_once_though_several_receivers_get_it(subject: Subject) -> None:
    since, until = round(subject.clock.now() - 60, 3), round(subject.clock.now() + HOUR, 3)
    labels = subject.labels("Api", severity="critical", category="security", path='/a"b\\ü')
    body = {
        "labels": {**labels, "nothing": ""},
        "annotations": {"summary": "it fires"},
        "startsAt": written(since),
        "endsAt": written(until),
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
    }
    await subject.post([body])
    found = (await subject.eventually(lambda own: len(own) == 1))["Api"]
    assert found.updated_at == pytest.approx(subject.clock.now(), abs=DEADLINE)
    assert found == Alert(
        fingerprint=fingerprint(labels),
        labels=labels_of(labels),
        starts_at=since,
        annotations=(("summary", "it fires"),),
        ends_at=until,
        updated_at=found.updated_at,
        receivers=("noc", "pd-critical-security", "slack-critical"),
        generator_url="http://prometheus:9090/graph?g0.expr=up",
        since_text=written(since),
    )


@check
async def an_alert_with_labels_only_is_read_too(subject: Subject) -> None:
    await subject.post([{"labels": subject.labels("Bare")}])
    found = (await subject.eventually(lambda own: len(own) == 1))["Bare"]
    assert (found.annotations, found.generator_url, found.receivers) == ((), "", ("noc",))
    assert found.starts_at == pytest.approx(subject.clock.now(), abs=DEADLINE)


@check
async def an_alert_that_is_sent_again_keeps_its_earliest_start(subject: Subject) -> None:
    labels = subject.labels("Again")
    first = round(subject.clock.now() - 600, 3)
    await subject.fire(labels, startsAt=written(first))
    await subject.fire(labels, startsAt=written(first + 300), annotations={"n": "2"})
    found = await subject.eventually(lambda own: [one.annotation("n") for one in own.values()] == ["2"])
    assert (found["Again"].starts_at, found["Again"].since_text) == (first, written(first))


@check
async def a_resolved_alert_is_gone_at_once_and_begins_anew(subject: Subject) -> None:
    labels, other = subject.labels("Over"), subject.labels("Stays")
    now = subject.clock.now()
    await subject.fire(labels, other, startsAt=written(now - 600))
    await subject.eventually(lambda own: len(own) == 2)
    await subject.fire(labels, startsAt=written(now - 600), endsAt=written(now - 1))
    await subject.eventually(lambda own: list(own) == ["Stays"])
    await subject.fire(labels, startsAt=written(round(now, 3)))
    found = await subject.eventually(lambda own: len(own) == 2)
    assert found["Over"].starts_at == round(now, 3)


@check
async def a_critical_alert_inhibits_the_lesser_one_of_the_same_name_and_company(subject: Subject) -> None:
    loud = subject.labels("Both", severity="critical", company_id="1")
    quiet, other = {**loud, "severity": "high"}, {**loud, "severity": "high", "company_id": "2"}
    await subject.fire(loud, quiet, other)
    found = await subject.eventually(lambda own: len(own) == 3)
    hidden = {
        (one.label("severity"), one.label("company_id")): (one.inhibited_by, one.suppressed) for one in found.values()
    }
    assert hidden == {
        ("critical", "1"): ((), False),
        ("high", "1"): ((fingerprint(loud),), True),
        ("high", "2"): ((), False),
    }


@check
async def a_silence_is_read_back_as_it_was_drafted_and_hides_what_it_matches(subject: Subject) -> None:
    await subject.fire(subject.labels("Hidden", severity="high"), subject.labels("Seen", severity="low"))
    await subject.eventually(lambda own: len(own) == 2)
    matchers = (
        Matcher("severity", "hi.+|x", regex=True),
        Matcher("nothing", "Ü", equal=False),
        Matcher("nothing", "[a-z]+", regex=True, equal=False),
    )
    draft = subject.draft(*matchers, comment='ACK! "it" is\\mine: ü', created_by="jo")
    id = await subject.member.create_silence(draft)
    found = await subject.member.silence(id)
    assert found is not None
    assert found.starts_at == pytest.approx(subject.clock.now(), abs=DEADLINE)
    assert found == Silence(
        id=id,
        matchers=draft.matchers,
        starts_at=found.starts_at,
        ends_at=draft.ends_at,
        created_by="jo",
        comment='ACK! "it" is\\mine: ü',
        state=SilenceState.ACTIVE,
        updated_at=found.starts_at,
        starts_text=written(found.starts_at),
    )
    alerts = await subject.alerts()
    assert {name: (one.silenced_by, one.suppressed) for name, one in alerts.items()} == {
        "Hidden": ((id,), True),
        "Seen": ((), False),
    }
    assert await subject.silences() == {id: found}


@check
async def a_silence_to_come_is_pending_and_hides_nothing_yet(subject: Subject) -> None:
    await subject.fire(subject.labels("Later"))
    start = round(subject.clock.now() + 600, 3)
    id = await subject.member.create_silence(subject.draft(starts_at=start))
    found = await subject.eventually(lambda own: len(own) == 1)
    assert (found["Later"].silenced_by, found["Later"].suppressed) == ((), False)
    listed = await subject.silences()
    assert [(one.id, one.state, one.starts_at) for one in listed.values()] == [(id, SilenceState.PENDING, start)]


@check
async def an_update_of_end_and_comment_keeps_the_id_and_the_start(subject: Subject) -> None:
    id = await subject.member.create_silence(subject.draft(Matcher("b", "1"), Matcher("a", "2")))
    before = await subject.member.silence(id)
    assert before is not None
    later = before.ends_at + 900
    assert await subject.member.create_silence(redraft(before, ends_at=later, comment="longer")) == id
    after = await subject.member.silence(id)
    assert after is not None
    assert after == replace(before, ends_at=later, comment="longer", updated_at=after.updated_at)
    assert list(await subject.silences()) == [id]


@check
async def an_update_with_its_matchers_in_another_order_is_another_silence(subject: Subject) -> None:
    id = await subject.member.create_silence(subject.draft(Matcher("b", "1")))
    before = await subject.member.silence(id)
    assert before is not None
    other = await subject.member.create_silence(replace(redraft(before), matchers=before.matchers[::-1]))
    assert other != id
    states = {one.id: one.state for one in (await subject.silences()).values()}
    assert states == {other: SilenceState.ACTIVE, id: SilenceState.EXPIRED}


@check
async def an_update_of_an_ended_silence_makes_a_new_one(subject: Subject) -> None:
    id = await subject.member.create_silence(subject.draft())
    before = await subject.member.silence(id)
    assert before is not None
    await subject.member.expire_silence(id)
    other = await subject.member.create_silence(redraft(before, comment="too late"))
    states = {one.id: one.state for one in (await subject.silences()).values()}
    assert other != id
    assert states == {other: SilenceState.ACTIVE, id: SilenceState.EXPIRED}


@check
async def an_update_of_a_silence_nobody_knows_is_refused(subject: Subject) -> None:
    with pytest.raises(BadQuery) as caught:
        await subject.member.create_silence(subject.draft(id=UNKNOWN))
    assert (caught.value.cause, caught.value.status) == ("silence not found", 404)
    assert await subject.silences() == {}


@check
async def a_silence_can_be_ended_twice_and_wakes_what_it_hid(subject: Subject) -> None:
    await subject.fire(subject.labels("Woken"))
    id = await subject.member.create_silence(subject.draft())
    await subject.eventually(lambda own: [one.silenced_by for one in own.values()] == [(id,)])
    await subject.member.expire_silence(id)
    ended = await subject.member.silence(id)
    await subject.member.expire_silence(id)
    assert ended is not None
    assert (ended.state, ended.ends_at) == (SilenceState.EXPIRED, pytest.approx(subject.clock.now(), abs=DEADLINE))
    assert await subject.member.silence(id) == ended
    found = await subject.alerts()
    assert (found["Woken"].silenced_by, found["Woken"].suppressed) == ((), False)


@check
async def ending_a_silence_nobody_knows_is_refused(subject: Subject) -> None:
    for id, status in ((UNKNOWN, 404), ("524f641e", 422), ("no id/../silences", 422)):
        with pytest.raises(BadQuery) as caught:
            await subject.member.expire_silence(id)
        assert caught.value.status == status, id


@check
async def a_silence_nobody_knows_is_none(subject: Subject) -> None:
    for id in (UNKNOWN, "524f641e", "no id/../silences", ""):
        assert await subject.member.silence(id) is None, id


@check
async def a_silence_the_server_will_not_have_is_refused_in_its_own_words(subject: Subject) -> None:
    now = subject.clock.now()
    for draft, status, words in (
        (subject.draft(matchers=(Matcher("severity", ".*", regex=True),)), 400, "must not match the empty string"),
        (subject.draft(Matcher("a", "(", regex=True)), 400, "error parsing regexp: missing closing )"),
        (subject.draft(Matcher("a.b c", "x")), 400, 'invalid label name "a.b c"'),
        (subject.draft(starts_at=now - 900, ends_at=now - 600), 400, "end time can't be in the past"),
        (subject.draft(starts_at=now + 900, ends_at=now + 600), 400, "start time must be before end time"),
        (subject.draft(matchers=()), 422, "matchers in body should have at least 1 items"),
    ):
        with pytest.raises(BadQuery) as caught:
            await subject.member.create_silence(draft)
        assert words in caught.value.cause
        assert (caught.value.status, caught.value.retryable) == (status, False)
    assert await subject.silences() == {}


@check
async def an_answer_like_the_one_before_is_the_same_objects(subject: Subject) -> None:
    await subject.fire(subject.labels("Same"))
    await subject.eventually(lambda own: len(own) == 1)
    first, second = await subject.member.poll(), await subject.member.poll()
    assert (second.changed, second.alerts is first.alerts, second.silences is first.silences) == (False, True, True)
    await subject.member.create_silence(subject.draft(Matcher("alertname", "Other")))
    third = await subject.member.poll()
    assert (third.changed, third.alerts is first.alerts, third.silences is first.silences) == (True, True, False)


@check
async def a_member_says_its_version_its_clock_and_since_when_it_runs(subject: Subject) -> None:
    answer = await subject.member.poll()
    now = subject.clock.now()
    assert (answer.status.cluster, answer.status.peers) == ("disabled", 0)
    assert answer.status.version.startswith("0.2")
    assert now - HOUR < answer.status.started_at <= now
    assert answer.server_time == pytest.approx(now, abs=2)
    assert (answer.unreadable, answer.size > 0) == (0, True)


@check
async def a_closed_member_is_unreachable_and_surely_was_not_asked(subject: Subject) -> None:
    await subject.member.aclose()
    for ask in (
        subject.member.poll(),
        subject.member.silence(UNKNOWN),
        subject.member.create_silence(subject.draft()),
        subject.member.expire_silence(UNKNOWN),
    ):
        with pytest.raises(Unreachable) as caught:
            await ask
        assert caught.value.unsent
