"""What travels to an Alertmanager, byte by byte, and what its odd answers and its proxies look like on the glass."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import httpx
import orjson
import pytest

from noc.config.server import Server
from noc.model.alerts import ClusterStatus, Matcher, SilenceDraft
from noc.model.clock import FixedClock
from noc.model.errors import Auth, BadAnswer, BadQuery, Overloaded, SourceError, Timeout, Unreachable
from noc.sources import alertdecode, alertmanager
from noc.sources.alertmanager import AlertmanagerSource
from noc.sources.http import HungUp, client
from tests.alertgiven import NOW, text_of

ID = "524f641e-0000-4000-8000-000000000000"
SECRET = "https://hooks.slack.example/T000/very-secret"
DRAFT = SilenceDraft((Matcher("alertname", "Api"),), NOW - 300, NOW + 900, "mara", "ACK! on it")
STATUS = {
    "cluster": {"name": "01", "status": "ready", "peers": [{"name": "01"}, {"name": "02"}]},
    "config": {"original": f"receivers:\n- slack_configs:\n  - api_url: {SECRET}\n"},
    "uptime": text_of(NOW - 3600),
    "versionInfo": {"version": "0.25.0"},
}
Answer = object
"""JSON to be answered with 200, a whole response, an exception, or a function of the request."""


def alert(name: str, **changes: object) -> dict[str, object]:
    return {
        "annotations": {},
        "endsAt": text_of(NOW + 240),
        "fingerprint": f"{name:0>16}",
        "receivers": [{"name": "noc"}],
        "startsAt": text_of(NOW - 60),
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": text_of(NOW),
        "labels": {"alertname": name},
        **changes,
    }


def group(*alerts: dict[str, object]) -> dict[str, object]:
    return {"alerts": list(alerts), "labels": {}, "receiver": {"name": "noc"}}


def silence(id: str = ID, **changes: object) -> dict[str, object]:
    return {
        "id": id,
        "status": {"state": "active"},
        "updatedAt": text_of(NOW),
        "comment": "c",
        "createdBy": "me",
        "endsAt": text_of(NOW + 900),
        "matchers": [{"isEqual": True, "isRegex": False, "name": "a", "value": "b"}],
        "startsAt": text_of(NOW - 60),
        **changes,
    }


class Stub:
    """A member whose answers are set by ``METHOD path``; whatever is not set answers as an idle one does."""

    def __init__(self, url: str = "http://am:9093", **server: object) -> None:
        self.answers: dict[str, Answer] = {
            "GET alerts/groups": [group(alert("a"))],
            "GET silences": [],
            "GET status": STATUS,
            "POST silences": {"silenceID": ID},
            f"DELETE silence/{ID}": httpx.Response(200),
        }
        self.requests: list[httpx.Request] = []
        self.server = Server.model_validate({"url": url, **server})
        transport = httpx.MockTransport(self._handle)
        self.source = AlertmanagerSource(self.server, client(self.server, transport), FixedClock(NOW))

    async def _handle(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        found = self.answers[f"{request.method} {request.url.path.partition('/api/v2/')[2]}"]
        if callable(found):
            found = await found(request)
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, httpx.Response) else httpx.Response(200, json=found)

    def everything(self, answer: Answer) -> Stub:
        self.answers = dict.fromkeys(self.answers, answer) | {f"GET silence/{ID}": answer}
        return self

    @property
    def asked(self) -> list[str]:
        return [f"{one.method} {one.url.path}" for one in self.requests]


async def failure(asking: Awaitable[object]) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await asking
    return caught.value


def text(status: int, body: str, kind: str = "text/plain", **headers: str) -> httpx.Response:
    return httpx.Response(status, content=body.encode(), headers={"content-type": kind, **headers})


# -- what is asked


async def test_a_poll_asks_groups_silences_and_status_at_once_below_the_prefix_as_the_tenant() -> None:
    stub = Stub("http://mimir/alertmanager", tenant="team-a")
    all_three = asyncio.Barrier(3)

    async def together(request: httpx.Request) -> httpx.Response:
        await all_three.wait()
        return httpx.Response(200, json=STATUS if request.url.path.endswith("status") else [])

    stub.everything(together)
    answer = await stub.source.poll()
    assert (answer.alerts, answer.silences) == ((), ())
    assert sorted(stub.asked) == [
        "GET /alertmanager/api/v2/alerts/groups",
        "GET /alertmanager/api/v2/silences",
        "GET /alertmanager/api/v2/status",
    ]
    assert {one.headers["X-Scope-OrgID"] for one in stub.requests} == {"team-a"}


async def test_a_new_silence_is_one_post_with_every_key_of_its_matchers() -> None:
    stub = Stub()
    matchers = (Matcher("b", "1|2", regex=True, equal=False), Matcher("a", 'x"ü'))
    id = await stub.source.create_silence(SilenceDraft(matchers, NOW - 300.0004, NOW + 900, "mara", "ACK! on it"))
    assert id == ID
    (request,) = stub.requests
    assert (request.method, request.url.path) == ("POST", "/api/v2/silences")
    assert request.headers["content-type"] == "application/json"
    assert orjson.loads(request.content) == {
        "matchers": [
            {"name": "b", "value": "1|2", "isRegex": True, "isEqual": False},
            {"name": "a", "value": 'x"ü', "isRegex": False, "isEqual": True},
        ],
        "startsAt": "2025-10-02T15:24:59.999Z",
        "endsAt": "2025-10-02T15:45:00.000Z",
        "createdBy": "mara",
        "comment": "ACK! on it",
    }


async def test_an_update_repeats_the_servers_own_start_letter_by_letter() -> None:
    stub = Stub()
    own = "2025-10-02T17:24:59.123456789+02:00"
    await stub.source.create_silence(SilenceDraft(DRAFT.matchers, NOW - 300, NOW + 900, "mara", "c", ID, own))
    body = orjson.loads(stub.requests[0].content)
    assert (body["id"], body["startsAt"], body["endsAt"]) == (ID, own, "2025-10-02T15:45:00.000Z")


async def test_ending_a_silence_is_one_delete_without_a_body() -> None:
    stub = Stub("http://am:9093/am")
    await stub.source.expire_silence(ID)
    assert stub.asked == [f"DELETE /am/api/v2/silence/{ID}"]
    assert stub.requests[0].content == b""


async def test_an_id_that_could_leave_its_path_is_never_sent() -> None:
    stub = Stub()
    for id in ("../status", "a b", "", "x" * 65, "%2e%2e"):
        assert await stub.source.silence(id) is None
        found = await failure(stub.source.expire_silence(id))
        assert (type(found), found.status) == (BadQuery, 422)
        assert found.cause.endswith("is no silence's id")
    assert stub.requests == []


@pytest.mark.parametrize(
    ("version", "taken"), [("0.21.0", False), ("v0.20.1", False), ("0.22.0", True), ("1.0", True), ("", True)]
)
async def test_a_version_that_would_silence_the_opposite_gets_no_negative_matcher(version: str, taken: bool) -> None:
    stub = Stub()
    stub.answers["GET status"] = {**STATUS, "versionInfo": {"version": version}}
    await stub.source.poll()
    stub.requests.clear()
    negative = SilenceDraft((Matcher("a", "b"), Matcher("c", "d", equal=False)), NOW, NOW + 60, "me", "c")
    if taken:
        assert await stub.source.create_silence(negative) == ID
        return
    found = await failure(stub.source.create_silence(negative))
    assert isinstance(found, BadQuery)
    assert found.cause == f"Alertmanager {version} ignores != and !~ and would silence the opposite"
    assert stub.requests == []
    assert await stub.source.create_silence(DRAFT) == ID


# -- what the answers hold


async def test_the_status_is_read_without_the_configuration_and_its_secrets() -> None:
    stub = Stub()
    answer = await stub.source.poll()
    assert answer.status == ClusterStatus("0.25.0", "ready", 2, NOW - 3600)
    assert SECRET not in repr(answer)
    assert SECRET not in repr(vars(stub.source))


@pytest.mark.parametrize("status", [401, 403, 404, 405])
async def test_a_proxy_that_keeps_the_status_to_itself_hides_no_alerts(status: int) -> None:
    stub = Stub()
    stub.answers["GET status"] = text(status, "<html>no</html>", "text/html")
    answer = await stub.source.poll()
    assert ([one.name for one in answer.alerts], answer.status) == (["a"], ClusterStatus())


async def test_the_servers_clock_is_that_of_its_date_header() -> None:
    stub = Stub()
    date = {"date": "Thu, 02 Oct 2025 15:32:00 GMT"}
    stub.answers["GET alerts/groups"] = httpx.Response(200, json=[], headers=date)
    assert (await stub.source.poll()).server_time == NOW + 120
    stub.answers["GET alerts/groups"] = []
    assert (await stub.source.poll()).server_time is None


async def test_long_ended_silences_are_left_out_by_the_servers_clock() -> None:
    stub = Stub()
    ended = {"state": "expired"}
    stub.answers["GET silences"] = [
        silence("kept", status=ended, endsAt=text_of(NOW - 119 * 3600)),
        silence("old", status=ended, endsAt=text_of(NOW - 121 * 3600)),
    ]
    assert [one.id for one in (await stub.source.poll()).silences] == ["kept"]
    later = {"date": "Thu, 02 Oct 2025 17:30:00 GMT"}
    stub.answers["GET alerts/groups"] = httpx.Response(200, json=[], headers=later)
    assert [one.id for one in (await stub.source.poll()).silences] == []


async def test_silences_noc_cannot_read_are_counted_and_cost_nobody_the_others() -> None:
    stub = Stub()
    sets = {"matcherSets": [[{"name": "a", "value": "b"}], [{"name": "c", "value": "d"}]]}
    several = {key: value for key, value in silence("several").items() if key != "matchers"} | sets
    stub.answers["GET silences"] = [several, silence("none", matchers=[]), silence("good"), 5, silence("x", endsAt="?")]
    stub.answers["GET alerts/groups"] = [group(alert("a"), {"labels": {}}, alert("b", startsAt="soon")), None]
    answer = await stub.source.poll()
    assert ([one.id for one in answer.silences], [one.name for one in answer.alerts]) == (["good"], ["a"])
    assert answer.unreadable == 6
    assert (await stub.source.poll()).unreadable == 6


async def test_only_what_changed_is_made_anew() -> None:
    stub = Stub()
    stub.answers["GET alerts/groups"] = [group(alert("a"), alert("b"))]
    first = await stub.source.poll()
    stub.answers["GET alerts/groups"] = [group(alert("a"), alert("b", endsAt=text_of(NOW + 300)))]
    second = await stub.source.poll()
    assert second.changed
    assert [after is before for before, after in zip(first.alerts, second.alerts, strict=True)] == [True, False]
    third = await stub.source.poll()
    assert (third.changed, third.alerts is second.alerts) == (False, True)
    stub.answers["GET silences"] = [silence("a", endsAt=text_of(NOW + 600)), silence("b")]
    fourth = await stub.source.poll()
    assert (fourth.changed, fourth.alerts is second.alerts) == (True, True)
    stub.answers["GET silences"] = [silence("b"), silence("a", endsAt=text_of(NOW + 600))]
    fifth = await stub.source.poll()
    assert (fifth.changed, fifth.silences is fourth.silences) == (False, True)


async def test_the_same_alerts_in_another_spelling_are_no_change() -> None:
    stub = Stub()
    first = await stub.source.poll()
    stub.answers["GET alerts/groups"] = text(200, orjson.dumps([group(alert("a"))]).decode() + "\n", "application/json")
    again = await stub.source.poll()
    assert (again.changed, again.alerts is first.alerts) == (False, True)


async def test_a_failure_in_between_forgets_nothing_of_what_was_read() -> None:
    stub = Stub()
    first = await stub.source.poll()
    good = stub.answers["GET alerts/groups"]
    stub.answers["GET alerts/groups"] = text(503, "starting")
    assert isinstance(await failure(stub.source.poll()), Overloaded)
    stub.answers["GET alerts/groups"] = good
    again = await stub.source.poll()
    assert (again.changed, again.alerts is first.alerts) == (False, True)


@pytest.mark.parametrize("many", [False, True])
async def test_large_answers_are_read_in_a_thread(monkeypatch: pytest.MonkeyPatch, many: bool) -> None:
    threads = []
    read = alertdecode.alerts

    def noted(*arguments: object) -> object:
        threads.append(threading.current_thread() is threading.main_thread())
        return read(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(alertdecode, "alerts", noted)
    monkeypatch.setattr(alertmanager, "IN_THREAD", 1000)
    stub = Stub()
    stub.answers["GET alerts/groups"] = [group(*(alert(f"{n}") for n in range(100 if many else 1)))]
    assert len((await stub.source.poll()).alerts) == (100 if many else 1)
    assert threads == [not many]


# -- what goes wrong


def every_call(stub: Stub) -> list[Callable[[], Awaitable[object]]]:
    source = stub.source
    return [
        source.poll,
        lambda: source.silence(ID),
        lambda: source.create_silence(DRAFT),
        lambda: source.expire_silence(ID),
    ]


@pytest.mark.parametrize(
    ("reply", "kind", "cause"),
    [
        (text(401, "Unauthorized"), Auth, "401 from http://am:9093: login needed or wrong (Unauthorized)"),
        (text(403, "<html>no</html>", "text/html"), Auth, "403 from http://am:9093: access denied"),
        (
            httpx.Response(302, headers={"location": "https://login.example/?token=abc"}),
            Auth,
            "http://am:9093 sends to login.example; a login page?",
        ),
        (
            text(404, "404 page not found"),
            BadAnswer,
            "404 from http://am:9093: no Alertmanager API there; try http://am:9093/alertmanager",
        ),
        (
            text(404, "<!DOCTYPE html>", "text/html"),
            BadAnswer,
            "404 from http://am:9093: no Alertmanager API there; try http://am:9093/alertmanager",
        ),
        (
            text(200, "<!DOCTYPE html><html>", "text/html"),
            BadAnswer,
            "http://am:9093 answered HTML, not Alertmanager: login page or wrong URL?",
        ),
        (
            text(200, "  <html><body>", "text/plain"),
            BadAnswer,
            "http://am:9093 answered HTML, not Alertmanager: login page or wrong URL?",
        ),
        (text(200, "OK"), BadAnswer, "http://am:9093 answered text/plain, not Alertmanager"),
        (text(502, "<html>bad</html>", "text/html"), Overloaded, "502 from http://am:9093: bad gateway"),
        (text(503, "starting up"), Overloaded, "503 from http://am:9093: starting up"),
        (text(500, '"context deadline"', "application/json"), Overloaded, "500 from http://am:9093: context deadline"),
        (text(429, ""), Overloaded, "429 from http://am:9093: too many requests"),
        (
            text(422, '{"code":602,"message":"comment in body\\n\\u001b[31m is required"}', "application/json"),
            BadQuery,
            "comment in body ␛[31m is required",
        ),
        (text(400, '"bad matcher format: \\u202ex"', "application/json"), BadQuery, "bad matcher format: ‹U+202E›x"),
        (text(415, '{"code":415,"message":"unsupported"}', "application/json"), BadQuery, "unsupported"),
        (text(400, ""), BadQuery, "400 from http://am:9093"),
    ],
)
async def test_every_call_says_what_is_wrong_in_one_line(
    reply: httpx.Response, kind: type[SourceError], cause: str
) -> None:
    for number in range(4):
        stub = Stub().everything(reply)
        if reply.status_code == 422 and number == 1:
            assert await stub.source.silence(ID) is None
            continue
        found = await failure(every_call(stub)[number]())
        assert (type(found), found.cause) == (kind, cause), number


async def test_where_the_prefix_is_given_already_nobody_is_sent_to_it() -> None:
    stub = Stub("http://mimir/alertmanager").everything(text(404, "404 page not found"))
    found = await failure(stub.source.poll())
    assert found.cause == "404 from http://mimir/alertmanager: no Alertmanager API there; try the base URL"


async def test_a_server_that_asks_for_time_is_given_it() -> None:
    stub = Stub().everything(text(503, "", **{"retry-after": "30"}))
    assert (await failure(stub.source.poll())).retry_after == 30


@pytest.mark.parametrize("body", [b"", b"[", b"[{]", b"not json"])
async def test_a_body_that_is_cut_off_is_no_empty_list(body: bytes) -> None:
    reply = httpx.Response(200, content=body, headers={"content-type": "application/json"})
    for path in ("alerts/groups", "silences"):
        stub = Stub()
        stub.answers[f"GET {path}"] = reply
        found = await failure(stub.source.poll())
        assert (type(found), found.cause) == (BadAnswer, "an answer that is no JSON: cut off?")


@pytest.mark.parametrize("body", [{}, None, "x", 5])
async def test_an_answer_of_another_shape_is_no_empty_list(body: object) -> None:
    for path, what in (("alerts/groups", "alerts/groups is no list"), ("silences", "silences is no list")):
        stub = Stub()
        stub.answers[f"GET {path}"] = text(200, orjson.dumps(body).decode(), "application/json")
        found = await failure(stub.source.poll())
        assert (type(found), found.cause) == (BadAnswer, f"an answer of unknown shape: {what}")


@pytest.mark.parametrize("body", [{}, {"silenceID": ""}, {"silenceID": 5}, [], None])
async def test_a_silence_without_an_id_is_not_taken_for_done(body: object) -> None:
    stub = Stub()
    stub.answers["POST silences"] = text(200, orjson.dumps(body).decode(), "application/json")
    found = await failure(stub.source.create_silence(DRAFT))
    assert (type(found), found.cause) == (BadAnswer, "http://am:9093 took the silence and gave no id")


async def test_an_update_of_a_silence_nobody_knows_is_a_refusal() -> None:
    stub = Stub()
    stub.answers["POST silences"] = text(404, '"silence not found"', "application/json")
    found = await failure(stub.source.create_silence(DRAFT))
    assert (type(found), found.cause, found.status) == (BadQuery, "silence not found", 404)


@pytest.mark.parametrize(
    "reply",
    [
        text(500, '"silence not found"', "application/json"),
        text(404, '"silence not found"', "application/json"),
        httpx.Response(404),
    ],
    ids=["0.25", "newer", "empty"],
)
async def test_ending_what_is_not_there_is_a_refusal_in_every_version(reply: httpx.Response) -> None:
    stub = Stub()
    stub.answers[f"DELETE silence/{ID}"] = reply
    found = await failure(stub.source.expire_silence(ID))
    assert (type(found), found.cause, found.status) == (BadQuery, f"there is no silence {ID}", 404)


@pytest.mark.parametrize("body", [[], {}, {"id": ID}, "x", silence(matchers=[{}])])
async def test_one_silence_of_another_shape_is_no_silence_at_all(body: object) -> None:
    stub = Stub()
    stub.answers[f"GET silence/{ID}"] = httpx.Response(200, json=body)
    found = await failure(stub.source.silence(ID))
    assert (type(found), found.cause) == (BadAnswer, "a silence of unknown shape")


GONE = httpx.RemoteProtocolError("Server disconnected without sending a response.")
LOST: list[tuple[Exception, type[SourceError], bool]] = [
    (GONE, HungUp, False),
    (httpx.ReadError("reset"), Unreachable, False),
    (httpx.ReadTimeout("slow"), Timeout, False),
    (httpx.ConnectError("refused"), Unreachable, True),
    (httpx.ConnectTimeout("slow"), Timeout, True),
]


@pytest.mark.parametrize(("fault", "kind", "unsent"), LOST, ids=lambda one: type(one).__name__)
async def test_a_lost_answer_to_a_write_is_told_and_never_asked_for_again(
    fault: Exception, kind: type[SourceError], unsent: bool
) -> None:
    """Also on a connection that has answered before: what was sent may have been done."""
    stub = Stub()
    await stub.source.poll()
    stub.requests.clear()
    stub.answers |= {"POST silences": fault, f"DELETE silence/{ID}": fault}
    for write in (stub.source.create_silence(DRAFT), stub.source.expire_silence(ID)):
        found = await failure(write)
        assert (type(found), found.unsent) == (kind, unsent)
    assert stub.asked == ["POST /api/v2/silences", f"DELETE /api/v2/silence/{ID}"]


async def test_a_question_on_a_connection_just_given_up_is_asked_once_more() -> None:
    stub = Stub()
    await stub.source.poll()
    stub.requests.clear()
    replies = iter([GONE, []])

    async def first_gone(_: httpx.Request) -> httpx.Response:
        found = next(replies)
        if isinstance(found, Exception):
            raise found
        return httpx.Response(200, json=found)

    stub.answers["GET silences"] = first_gone
    assert (await stub.source.poll()).silences == ()
    assert stub.asked.count("GET /api/v2/silences") == 2


async def test_a_server_that_never_answered_is_not_asked_twice() -> None:
    stub = Stub().everything(GONE)
    found = await failure(stub.source.poll())
    assert found.cause == "http://am:9093 hung up without an HTTP answer; wrong port?"
    assert sorted(stub.asked) == ["GET /api/v2/alerts/groups", "GET /api/v2/silences", "GET /api/v2/status"]


async def test_a_poll_that_hangs_ends_with_its_deadline() -> None:
    async def hanging(_: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    stub = Stub(timeout=0.1)
    stub.answers["GET silences"] = hanging
    found = await failure(stub.source.poll())
    assert (type(found), found.cause) == (Timeout, "no answer from http://am:9093 within 0.1s")


async def test_a_cancelled_poll_cancels_its_three_questions() -> None:
    begun, cancelled = asyncio.Semaphore(0), []

    async def hanging(request: httpx.Request) -> httpx.Response:
        begun.release()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.append(request.url.path)
        raise AssertionError

    stub = Stub().everything(hanging)
    task = asyncio.create_task(stub.source.poll())
    for _ in range(3):
        await begun.acquire()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sorted(cancelled) == ["/api/v2/alerts/groups", "/api/v2/silences", "/api/v2/status"]
