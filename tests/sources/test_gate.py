"""How requests pass the gate of one server: few at once, none while it asks for peace, one to try it again."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from noc.model.clock import FixedClock
from noc.model.errors import Auth, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.sources.gate import Gate


class Highest(random.Random):
    """Jitter at its ceiling."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Scene:
    """A gate and requests that end when told to."""

    def __init__(self) -> None:
        self.clock = FixedClock(1000.0)
        self.gate = Gate(self.clock, Highest())
        self.sent: list[str] = []
        self.waiting: dict[str, asyncio.Future[str]] = {}

    def ask(self, name: str) -> asyncio.Task[str]:
        async def send() -> str:
            self.sent.append(name)
            self.waiting[name] = asyncio.get_running_loop().create_future()
            return await self.waiting[name]

        return asyncio.create_task(self.gate.through(send))

    def answer(self, name: str) -> None:
        self.waiting[name].set_result(name)

    def fail(self, name: str, error: SourceError) -> None:
        self.waiting[name].set_exception(error)


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def raising(error: SourceError) -> Callable[[], Awaitable[None]]:
    async def send() -> None:
        raise error

    return send


async def refused(gate: Gate, error: SourceError) -> SourceError:
    """What comes out when the server answers so."""
    with pytest.raises(SourceError) as caught:
        await gate.through(raising(error))
    return caught.value


def overload(retry_after: float | None = None, status: int = 429) -> Overloaded:
    return Overloaded("too many outstanding requests", status=status, retry_after=retry_after)


async def test_three_are_under_way_at_most_and_the_others_follow_in_their_order() -> None:
    scene = Scene()
    tasks = {name: scene.ask(name) for name in "abcde"}
    await turns()
    assert scene.sent == ["a", "b", "c"]
    scene.answer("b")
    await turns()
    assert scene.sent == ["a", "b", "c", "d"]
    scene.answer("d")
    await turns()
    assert scene.sent == ["a", "b", "c", "d", "e"]
    for name in "ace":
        scene.answer(name)
    assert [await task for task in tasks.values()] == list("abcde")


async def test_after_a_429_nothing_is_sent_until_its_time_is_over() -> None:
    scene = Scene()
    first = await refused(scene.gate, overload())
    assert (first.cause, first.status, first.retry_after) == ("too many outstanding requests", 429, 2.0)
    scene.clock.advance(0.5)
    with pytest.raises(Overloaded) as caught:
        await scene.ask("a")
    assert (caught.value.cause, caught.value.status, caught.value.retry_after) == (first.cause, 429, 1.5)
    assert scene.sent == []
    assert scene.gate.resting == 1.5


async def test_those_who_wait_fail_as_soon_as_one_is_refused() -> None:
    scene = Scene()
    tasks = [scene.ask(name) for name in "abcde"]
    await turns()
    scene.fail("a", overload())
    await turns()
    assert [task.done() for task in tasks] == [True, False, False, True, True]
    assert [type(task.exception()) for task in tasks if task.done()] == [Overloaded] * 3
    assert scene.sent == ["a", "b", "c"]
    scene.answer("b")
    scene.answer("c")
    assert [await tasks[1], await tasks[2]] == ["b", "c"]


async def test_answers_that_were_under_way_do_not_end_the_rest() -> None:
    scene = Scene()
    tasks = [scene.ask(name) for name in "ab"]
    await turns()
    scene.fail("a", overload())
    scene.answer("b")
    await turns()
    assert await tasks[1] == "b"
    assert scene.gate.resting == 2.0
    assert isinstance(tasks[0].exception(), Overloaded)


async def test_one_probe_goes_first_and_the_others_follow_its_answer() -> None:
    scene = Scene()
    await refused(scene.gate, overload())
    scene.clock.advance(2.0)
    tasks = [scene.ask(name) for name in "abcd"]
    await turns()
    assert scene.sent == ["a"]
    scene.answer("a")
    await turns()
    assert sorted(scene.sent) == ["a", "b", "c", "d"]
    for name in "bcd":
        scene.answer(name)
    assert [await task for task in tasks] == list("abcd")


async def test_a_refused_probe_doubles_the_rest_and_turns_the_others_away() -> None:
    scene = Scene()
    await refused(scene.gate, overload())
    scene.clock.advance(2.0)
    tasks = [scene.ask(name) for name in "abcd"]
    await turns()
    scene.fail("a", overload())
    await turns()
    errors = [task.exception() for task in tasks]
    assert [getattr(error, "retry_after", None) for error in errors] == [4.0] * 4
    assert scene.sent == ["a"]


async def test_the_rest_grows_to_a_minute_and_a_good_answer_begins_anew() -> None:
    scene = Scene()
    rests = []
    for _ in range(7):
        await refused(scene.gate, overload())
        rests.append(scene.gate.resting)
        scene.clock.advance(scene.gate.resting)
    assert rests == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
    task = scene.ask("a")
    await turns()
    scene.answer("a")
    assert await task == "a"
    await refused(scene.gate, overload())
    assert scene.gate.resting == 2.0


async def test_jitter_is_full() -> None:
    rests = set()
    for seed in range(50):
        gate = Gate(FixedClock(0.0), random.Random(seed))
        await refused(gate, overload())
        rests.add(round(gate.resting, 6))
    assert len(rests) > 30
    assert min(rests) >= 0.25
    assert max(rests) <= 2.0


async def test_the_servers_own_wish_counts_whatever_the_status() -> None:
    scene = Scene()
    error = await refused(scene.gate, overload(30.0, status=503))
    assert (error.status, error.retry_after, scene.gate.resting) == (503, 30.0, 30.0)


@pytest.mark.parametrize(
    "error",
    [overload(status=503), overload(status=500), Unreachable("gone"), Timeout("slow"), BadQuery("no"), Auth("no")],
    ids=lambda error: type(error).__name__ + str(error.status or ""),
)
async def test_other_failures_keep_nobody_away(error: SourceError) -> None:
    scene = Scene()
    assert await refused(scene.gate, error) is error
    assert scene.gate.resting == 0.0


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (BadQuery("no", status=400), True),
        (Unreachable("gone"), False),
        (Timeout("slow"), False),
        (overload(status=500), False),
    ],
)
async def test_a_probe_ends_the_rest_by_any_answer_that_is_no_overload(error: SourceError, ends: bool) -> None:
    scene = Scene()
    await refused(scene.gate, overload())
    scene.clock.advance(2.0)
    assert await refused(scene.gate, error) is error
    tasks = [scene.ask(name) for name in "ab"]
    await turns()
    assert scene.sent == (["a", "b"] if ends else ["a"])
    for name in scene.sent[:]:
        scene.answer(name)
    await turns()
    if not ends:
        scene.answer("b")
    assert [await task for task in tasks] == ["a", "b"]


async def test_whoever_is_cancelled_frees_a_place_waiting_or_sending() -> None:
    scene = Scene()
    tasks = {name: scene.ask(name) for name in "abcde"}
    await turns()
    tasks["d"].cancel()
    tasks["a"].cancel()
    await turns()
    assert scene.sent == ["a", "b", "c", "e"]
    for name in "bce":
        scene.answer(name)
    done = await asyncio.gather(*tasks.values(), return_exceptions=True)
    assert [type(one).__name__ if isinstance(one, BaseException) else one for one in done] == [
        "CancelledError",
        "b",
        "c",
        "CancelledError",
        "e",
    ]


async def test_a_cancelled_probe_leaves_the_next_one_to_try() -> None:
    scene = Scene()
    await refused(scene.gate, overload())
    scene.clock.advance(2.0)
    tasks = [scene.ask(name) for name in "abc"]
    await turns()
    tasks[0].cancel()
    await turns()
    assert scene.sent == ["a", "b"]
    scene.answer("b")
    await turns()
    scene.answer("c")
    assert [await tasks[1], await tasks[2]] == ["b", "c"]


async def test_requests_refused_together_count_as_one() -> None:
    scene = Scene()
    tasks = [scene.ask(name) for name in "abc"]
    await turns()
    for name in "abc":
        scene.clock.advance(0.01)
        scene.fail(name, overload())
        await turns()
    assert all(isinstance(task.exception(), Overloaded) for task in tasks)
    assert scene.gate.resting == pytest.approx(1.98)
