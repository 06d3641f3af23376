"""Alert work against servers that keep silences, real and emulated: whatever goes wrong, one silence at most is left.

The server is asked what it has; the wall's notice is asserted whole.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime

import httpx
import pytest

from noc.actions import ack, emergency, expire, outcome, silence, window
from noc.actions.intent import Intent, Verb
from noc.actions.keeper import duties
from noc.config.alerting import Ack as AckSettings
from noc.config.alerting import Alerting
from noc.demo import routing
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.corrected import CONFIG
from noc.demo.server import DemoServer, HandlerApp
from noc.engine.book import EventKind
from noc.model.acks import Outcome, Stage, parse_ack
from noc.model.alerts import AlertState, Matcher, Silence, SilenceDraft, SilenceState
from noc.model.clock import SystemClock
from noc.model.severity import Severity
from tests.actions.given import refused
from tests.actions.onserver import PATIENCE, Fault, Proxy, Shifted, Site, Wall, moment
from tests.servers import Alertmanager

NAME = "DatabaseDeadlocks"
HTML = "<!doctype html><title>Sign in</title>"


@pytest.fixture(scope="module")
def emulated() -> Iterator[str]:
    clock = SystemClock()
    api = AlertmanagerApi(clock, started=clock.now() - 3600)
    with DemoServer({"alertmanager": HandlerApp(api)}) as server:
        yield server.urls["alertmanager"]


@pytest.fixture(scope="module")
def real(alertmanager_factory: Callable[..., str]) -> str:
    return alertmanager_factory(routing.document(CONFIG))


@pytest.fixture(params=["emulated", pytest.param("real", marks=pytest.mark.servers)])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    url = request.getfixturevalue(request.param)
    with httpx.Client(base_url=url) as http:
        made = Site(url, http)
        made.fire(NAME, instance="db-1")
        yield made
        made.clear()


def comments(site: Site) -> list[str]:
    return [one["comment"].split(" [")[0] for one in site.silences()]


def running(wall: Wall) -> list[Silence]:
    """What the wall sees that has not ended."""
    return [one for one in wall.book.silences if one.state is not SilenceState.EXPIRED]


def until(said: str, ends_at: float) -> None:
    """A notice that ends with this end, give or take the seconds a Date header does not say."""
    near = [datetime.fromtimestamp(ends_at + off, UTC) for off in (-2.0, 2.0)]
    clocks = {moment.strftime(form) for moment in near for form in ("%H:%M UTC", "%a %d %b %H:%M UTC")}  # or tomorrow
    words, _, at = said.rpartition(" until ")
    assert words == "acknowledge DatabaseDeadlocks{instance=db-1}"
    assert at in clocks


# --- one silence at most


async def test_the_same_intent_run_twice_at_once_leaves_one_silence(site: Site) -> None:
    async with Wall(site) as wall:
        intent = wall.acking(NAME)
        first, second = await asyncio.gather(wall.runner.run(intent), wall.runner.run(intent))
        until(first.message, wall.clock.now() + 900)
        assert second.message == "already asked; wait for the answer"
        assert comments(site) == ["ACK! on it"]


async def test_the_same_key_pressed_twice_leaves_one_silence(site: Site) -> None:
    async with Wall(site) as wall:
        pressed = [wall.acking(NAME), wall.acking(NAME)]
        done = [await wall.runner.run(intent) for intent in pressed]
        assert [one.message for one in done[1:]] == ["that was done a moment ago"]
        assert comments(site) == ["ACK! on it"]
        with refused("already acknowledged by mara"):
            wall.acking(NAME)


@pytest.mark.parametrize("fault", ["drop", "hang", "carried"])
async def test_an_answer_lost_on_its_way_leaves_the_one_silence_that_was_made(site: Site, fault: Fault) -> None:
    async with Proxy(site.url) as proxy, Wall(site, proxy.url, timeout=PATIENCE) as wall:
        proxy.faults["POST"] = [fault]
        done = await wall.runner.run(wall.acking(NAME))
        until(done.message, wall.clock.now() + 900)
        assert (done.ids, proxy.seen) == ((site.silences()[0]["id"],), ["POST /api/v2/silences"])
        assert comments(site) == ["ACK! on it"]


async def test_pressed_again_when_nobody_could_tell_there_is_still_one_silence(site: Site) -> None:
    async with Proxy(site.url) as proxy, Wall(site, proxy.url, timeout=PATIENCE) as wall:
        proxy.faults["POST"], proxy.faults["GET"] = ["drop"], ["lose"] * 6
        done = await wall.runner.run(wall.acking(NAME))
        assert done.message == (
            "acknowledge DatabaseDeadlocks{instance=db-1}: no usable answer "
            f"({proxy.url} hung up without an HTTP answer; wrong port?); nobody can say whether it is there, try again"
        )
        proxy.faults["GET"] = []
        again = await wall.runner.run(done.intent)
        assert again.ok, again.message
        assert (again.ids, comments(site)) == ((site.silences()[0]["id"],), ["ACK! on it"])


async def test_an_end_whose_answer_was_lost_is_an_end(site: Site) -> None:
    async with Proxy(site.url) as proxy, Wall(site, proxy.url) as wall:
        await wall.acked(NAME)
        proxy.faults["DELETE"] = ["drop"]
        done = await wall.runner.run(ack.unack([wall.row(NAME)]))
        assert done.message == "take back the acknowledgement of DatabaseDeadlocks{instance=db-1}"
        assert (site.silences(), site.state(NAME)) == ([], "active")


async def test_a_stage_whose_answer_was_lost_is_set_once_in_the_same_silence(site: Site) -> None:
    async with Proxy(site.url) as proxy, Wall(site, proxy.url) as wall:
        made = await wall.acked(NAME)
        proxy.faults["POST"] = ["drop"]
        done = await wall.runner.run(ack.staged(wall.row(NAME)))
        assert done.message == "DatabaseDeadlocks: mitigating"
        assert [(one["id"], " stage=mitigating " in one["comment"]) for one in site.silences()] == [(made.ids[0], True)]


@pytest.mark.parametrize("corrected", [True, False], ids=["learned", "unknown"])
@pytest.mark.parametrize("fast", [120.0, -120.0], ids=["fast", "slow"])
async def test_a_clock_two_minutes_off_makes_one_silence_that_hides_at_once(
    site: Site, fast: float, corrected: bool
) -> None:
    async with Wall(site, clock=Shifted(fast), correct_clock=corrected) as wall:
        done = await wall.runner.run(wall.acking(NAME))
        until(done.message, wall.clock.now() + 900)
        (one,) = site.silences()
        lasts = moment(one["endsAt"]) - SystemClock().now()
        assert (one["status"]["state"], site.state(NAME)) == ("active", "suppressed")
        assert abs(lasts - (900 if corrected else 900 + fast)) < 5


@pytest.mark.parametrize(
    ("fault", "said", "field"),
    [
        ((401, "text/plain", "Unauthorized"), "401 from HERE: login needed or wrong (Unauthorized)", ""),
        ((403, "text/html", HTML), "403 from HERE: access denied", ""),
        (
            (422, "application/json", '{"code":602,"message":"comment in body is required"}'),
            "comment in body is required",
            "comment",
        ),
        ((400, "application/json", '"end time can\'t be in the past"'), "end time can't be in the past", "ends"),
        (
            (200, "text/html", HTML),
            "no usable answer (HERE answered HTML, not Alertmanager: login page or wrong URL?); "
            "it is not there as far as is known, try again",
            "",
        ),
        (
            (502, "text/html", "<html>Bad Gateway</html>"),
            "no usable answer (502 from HERE: bad gateway); it is not there as far as is known, try again",
            "",
        ),
        (
            "deaf",
            "no usable answer (no answer from HERE within 1s); it is not there as far as is known, try again",
            "",
        ),
        (
            "lose",
            "no usable answer (HERE hung up without an HTTP answer; wrong port?); "
            "it is not there as far as is known, try again",
            "",
        ),
    ],
    ids=["401", "403", "422", "400", "html", "502", "timeout", "hung up"],
)
async def test_what_stands_in_between_is_told_and_nothing_is_made_nor_sent_twice(
    site: Site, fault: Fault, said: str, field: str
) -> None:
    async with Proxy(site.url) as proxy, Wall(site, proxy.url, timeout=PATIENCE) as wall:
        proxy.faults["POST"] = [fault]
        done = await wall.runner.run(wall.acking(NAME))
        assert done.message == f"acknowledge DatabaseDeadlocks{{instance=db-1}}: {said.replace('HERE', proxy.url)}"
        assert done.error is not None
        assert (done.error.field, site.silences(), proxy.seen) == (field, [], ["POST /api/v2/silences"])
        assert wall.runner.pending[wall.row(NAME).key].failed == said.replace("HERE", proxy.url)[:200]
        assert (await wall.runner.run(wall.acking(NAME))).ok  # asked again, it is done, once
        assert comments(site) == ["ACK! on it"]


async def test_where_the_connection_is_refused_nothing_was_sent(site: Site) -> None:
    async with Proxy(site.url) as proxy, Wall(site, proxy.url) as wall:
        intent = wall.acking(NAME)
        await proxy.close()
        done = await wall.runner.run(intent)
        assert done.message == (
            "acknowledge DatabaseDeadlocks{instance=db-1}: "
            f"nothing was sent: connection refused by {proxy.url}; is it running?"
        )
        assert site.silences() == []


@pytest.mark.parametrize(
    ("matchers", "ends", "field"),
    [
        ((Matcher("alertname", NAME),), -60.0, "ends"),
        ((Matcher("alertname", ".*", regex=True),), 900.0, "matchers"),
        ((Matcher("alertname", "(", regex=True),), 900.0, "matchers"),
    ],
    ids=["end in the past", "match-all", "no expression"],
)
async def test_a_servers_own_refusal_reaches_its_field(
    site: Site, matchers: Sequence[Matcher], ends: float, field: str
) -> None:
    async with Wall(site) as wall:
        now = wall.clock.now()
        draft = SilenceDraft(tuple(matchers), now - 300, now + ends, "mara", "deploying")
        done = await wall.runner.run(Intent(Verb.SILENCE, "silence it", (), (draft,)))
        assert done.error is not None
        assert (done.error.field, site.silences()) == (field, [])
        assert re.match(r"silence it: .*(silence|matcher)", done.message), done.message


# --- keepers


async def held_twice(site: Site, wall: Wall, other: Wall) -> str:
    """An acknowledgement that both walls owe a later end; its id."""
    made = await wall.acked(NAME, duration=200.0)
    await other.fresh()
    assert [one.verb for one in duties(other.book, other.settings, other.clock.now(), "leo", other.keeping._seen)] == [
        Verb.KEEP
    ]
    return made.ids[0]


async def test_two_keepers_at_once_leave_one_silence_with_its_id_beginning_and_order(site: Site) -> None:
    async with Wall(site) as wall, Wall(site, author="leo") as other:
        id = await held_twice(site, wall, other)
        (before,) = site.silences()
        await asyncio.gather(wall.round(), other.round())
        assert [one.message for one in (*wall.told, *other.told) if not one.ok] == []
        (after,) = site.silences()
        kept = {name: after[name] for name in ("id", "startsAt", "matchers", "createdBy")}
        assert kept == {name: before[name] for name in kept}
        assert kept["id"] == id
        assert 895 < moment(after["endsAt"]) - wall.clock.now() <= 900.1
        assert after["comment"] == before["comment"].replace(" ext=0 ", " ext=1 ")


async def test_a_stage_set_while_a_keeper_prolongs_survives(site: Site) -> None:
    async with Wall(site) as wall, Wall(site, author="leo") as other:
        await held_twice(site, wall, other)
        stage = ack.staged(wall.row(NAME))
        await other.round()
        assert (await wall.runner.run(stage)).ok
        read = parse_ack(wall.row(NAME).ack or pytest.fail("no ack"))
        assert read is not None
        assert (read.stage, read.extended, len(site.silences())) == (Stage.MITIGATING, 1, 1)


async def test_a_keeper_never_passes_the_cap(site: Site) -> None:
    settings = Alerting(ack=AckSettings(max={Severity.HIGH: 210.0}))
    async with Wall(site, settings=settings) as wall:
        await wall.acked(NAME, duration=200.0)
        await wall.round()
        (one,) = site.silences()
        assert [done.ok for done in wall.told] == [True]
        assert moment(one["endsAt"]) - moment(one["startsAt"]) == pytest.approx(210.0, abs=0.01)
        wall.keeping._tried.clear()
        await wall.round()
        assert (site.silences(), len(wall.told)) == ([one], 1)


async def test_the_moment_an_alert_resolves_every_keeper_ends_its_acknowledgement_and_a_refire_is_heard(
    site: Site,
) -> None:
    async with Wall(site) as wall, Wall(site, author="leo") as other:
        await wall.acked(NAME)
        await other.fresh()
        site.resolve(NAME)
        await asyncio.gather(wall.resolved(NAME), other.resolved(NAME))
        await asyncio.gather(wall.round(), other.round())
        assert site.silences() == []
        for one in (*wall.told, *other.told):
            assert one.message == "end the acknowledgement of DatabaseDeadlocks: resolved"
        site.fire(NAME, instance="db-1")
        await wall.fresh()
        assert (site.state(NAME), wall.row(NAME).state) == ("active", AlertState.ACTIVE)
        assert [event.kind for event in wall.book.log if event.name == NAME][-1] is EventKind.FIRED


async def test_an_acknowledgement_that_outlived_its_firing_is_ended_when_the_alert_fires_anew(site: Site) -> None:
    """No wall looked when it resolved: the next one sees that the silence is of another firing."""
    async with Wall(site) as wall:
        await wall.acked(NAME)
    site.resolve(NAME)
    site.fire(NAME, instance="db-1")
    assert site.state(NAME) == "suppressed"
    async with Wall(site, author="leo") as later:
        await later.round()
        assert [one.message for one in later.told] == [
            "end the acknowledgement of DatabaseDeadlocks: it resolved and fired anew"
        ]
    assert (site.silences(), site.state(NAME)) == ([], "active")


async def test_a_late_outcome_is_kept_beside_the_alert_and_does_not_silence_its_next_firing(site: Site) -> None:
    async with Wall(site) as wall:
        await wall.acked(NAME)
        site.resolve(NAME)
        row = await wall.resolved(NAME)
        await wall.round()
        done = await wall.runner.run(outcome.propose(row, Outcome.FALSE_POSITIVE, wall.book, "mara", wall.clock.now()))
        assert done.message == "DatabaseDeadlocks: false positive"
        (one,) = site.silences()
        assert one["matchers"] == [
            {"isEqual": True, "isRegex": False, "name": "noc_record", "value": row.alert.fingerprint}
        ]
        assert moment(one["endsAt"]) - wall.clock.now() <= 60.1
        assert (await wall.resolved(NAME)).outcome == "false-positive"
        site.fire(NAME, instance="db-1")
        await wall.fresh()
        assert (site.state(NAME), wall.row(NAME).state) == ("active", AlertState.ACTIVE)


# --- leaving


async def parted(wall: Wall) -> list[float]:
    """Leave; seconds that own acknowledgements still last, as the server has them."""
    intent = ack.parting(await wall.fresh(), wall.author, wall.settings, wall.clock.now())
    if intent is not None:
        done = await wall.runner.run(intent)
        assert done.ok, done.message
    return [round(one.ends_at - wall.clock.now(), -1) for one in running(wall)]


async def test_whoever_leaves_prolongs_own_acknowledgements_once_by_an_hour_at_most(site: Site) -> None:
    async with Wall(site) as wall, Wall(site, author="leo") as other:
        made = await wall.acked(NAME)
        assert await parted(other) == [900.0]  # somebody else's is theirs
        assert await parted(wall) == [3600.0]
        assert [(one["id"], " ext=1 " in one["comment"]) for one in site.silences()] == [(made.ids[0], True)]


async def test_and_never_past_the_cap(site: Site) -> None:
    async with Wall(site, settings=Alerting(ack=AckSettings(max={Severity.HIGH: 1800.0}))) as wall:
        await wall.acked(NAME)
        assert await parted(wall) == [1800.0]
        assert ack.parting(await wall.fresh(), "mara", wall.settings, wall.clock.now()) is None


# --- silencing


async def test_ending_somebody_elses_asks_for_the_number_and_wakes_the_alert(site: Site) -> None:
    async with Wall(site) as wall, Wall(site, author="leo") as other:
        made = await other.runner.run(
            window.propose(
                "database", {}, other.book, other.settings, "leo", "upgrade", wall.clock.now() + 3600, wall.clock.now()
            )
        )
        assert made.ok, made.message
        await wall.fresh()
        waking = expire.preview(running(wall), wall.book, "mara")
        assert (waking.guarded, waking.why, waking.number) == (True, "these are leo's", 1)
        done = await wall.runner.run(expire.propose(waking))
        assert done.message == "expires leo's window; 1 becomes ACTIVE"
        assert (site.silences(), site.state(NAME)) == ([], "active")


async def test_a_planned_window_is_pending_and_hides_nothing_yet(site: Site) -> None:
    async with Wall(site) as wall:
        now = wall.clock.now()
        intent = window.propose(
            "database", {}, wall.book, wall.settings, "mara", "upgrade", now + 7200, now, starts_at=now + 3600
        )
        done = await wall.runner.run(intent)
        assert done.ok, done.message
        (one,) = site.silences()
        assert (one["status"]["state"], one["comment"], site.state(NAME)) == ("pending", "MW! upgrade", "active")
        assert abs(moment(one["startsAt"]) - now - 3600) < 2
        assert wall.runner.pending == {}


async def test_the_emergency_hides_everything_but_the_watchdog_for_half_an_hour_at_most(site: Site) -> None:
    site.fire("Watchdog", "none")
    site.fire("ApiErrors", "")  # without a severity
    async with Wall(site) as wall:
        now = wall.clock.now()
        with refused("an emergency silence lasts 30 minutes at most"):
            emergency.propose(wall.book, wall.settings, "mara", "fire drill", 1801.0, now)
        assert emergency.preview(wall.book, wall.settings).number == 2
        done = await wall.runner.run(emergency.propose(wall.book, wall.settings, "mara", "fire drill", 1800.0, now))
        assert done.ok, done.message
        (one,) = site.silences()
        states = {name: site.state(name) for name in (NAME, "ApiErrors", "Watchdog")}
        assert states == {NAME: "suppressed", "ApiErrors": "suppressed", "Watchdog": "active"}
        assert (one["comment"], moment(one["endsAt"]) - now <= 1802) == ("EMERGENCY! fire drill", True)


# --- a cluster


@pytest.mark.servers
async def test_in_a_cluster_one_silence_is_made_ended_and_made_again_whichever_member_is_asked(
    alertmanager_cluster: list[Alertmanager],
) -> None:
    one, two = alertmanager_cluster
    with httpx.Client(base_url=one.url) as first, httpx.Client(base_url=two.url) as second:
        site, mirror = Site(one.url, first), Site(two.url, second)
        site.fire(NAME, instance="db-1")
        mirror.fire(NAME, instance="db-1")
        async with Wall(site, one.url, two.url) as wall, Wall(site, two.url, one.url, author="leo") as other:
            made = await wall.acked(NAME)
            again = await wall.runner.run(wall.acking(NAME) if wall.row(NAME).ack is None else made.intent)
            assert not again.ok
            await other.until(lambda: mirror.state(NAME) == "suppressed")
            await other.fresh()
            await wall.fresh()
            wall.runner.settle(wall.book)
            assert (wall.row(NAME).state, wall.runner.pending) == (AlertState.ACKED, {})
            done = await other.runner.run(ack.unack([other.row(NAME)]))
            assert done.ok, done.message
            await wall.until(lambda: site.silences() == [])
            one.stop()
            await wall.fresh()
            kept = await wall.runner.run(
                silence.propose(
                    (Matcher("alertname", NAME),),
                    wall.book,
                    wall.settings,
                    "mara",
                    "deploying",
                    wall.clock.now() + 3600,
                    wall.clock.now(),
                )
            )
            assert kept.ok, kept.message
            assert [each["comment"] for each in mirror.silences()] == ["deploying"]
