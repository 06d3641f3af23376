"""What an Alertmanager answers, as one list of requests that a real 0.25 and the demo's pass alike.

A step is a request, the status it must have, and often what its body must say. Answers are told without what differs from
run to run: ids become names in the order they appear, moments become seconds from now.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

Body = object
Memory = dict[str, Any]
"""Bodies of earlier answers by the name under which a step saved them."""

UNKNOWN = "524f641e-0000-4000-8000-000000000000"
FAR = "2126-01-01T00:00:00.000Z"


@dataclass(frozen=True)
class In:
    """A moment so many seconds from when the request is sent, as UTC text."""

    seconds: float

    def text(self) -> str:
        at = datetime.now(UTC) + timedelta(seconds=self.seconds)
        return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Step:
    """One request. ``path`` may hold ``{name}`` of a saved silence; ``says`` is the whole told body."""

    what: str
    method: str
    path: str
    status: int = 200
    says: object = ...
    body: Body | Callable[[Memory], Body] = ...
    params: Mapping[str, object] | None = None
    headers: Mapping[str, str | None] = field(default_factory=dict)
    save: str = ""
    loose: bool = False
    """Whether the words differ from run to run: only the status counts."""


@dataclass(frozen=True)
class Told:
    """An answer without what differs from run to run."""

    what: str
    status: int
    kind: str
    body: object


def m(name: str, value: str, regex: bool = False, equal: bool = True) -> dict[str, object]:
    return {"name": name, "value": value, "isRegex": regex, "isEqual": equal}


def silence(*matchers: object, **changes: object) -> dict[str, object]:
    """The body of a good silence; a change to ``...`` leaves its key out."""
    body: dict[str, object] = {
        "matchers": list(matchers) or [m("story", "create")],
        "startsAt": In(-60),
        "endsAt": In(3600),
        "createdBy": "me",
        "comment": "c",
    }
    return {key: value for key, value in {**body, **changes}.items() if value is not ...}


def told_silence(state: str, start: str = "now", end: str = "now+3600s", **changes: object) -> dict[str, object]:
    """A silence as GET tells it."""
    return {
        "id": "id",
        "status": {"state": state},
        "updatedAt": "now",
        "comment": "c",
        "createdBy": "me",
        "startsAt": start,
        "endsAt": end,
        "matchers": [m("story", "create")],
        **changes,
    }


def fault(code: int, message: str) -> dict[str, object]:
    return {"code": code, "message": message}


def unread(what: str, words: str) -> dict[str, object]:
    return fault(400, f'parsing {what} body from "" failed, because {words}')


def post(what: str, body: object, status: int = 200, says: object = ..., **more: Any) -> Step:
    return Step(what, "POST", "/api/v2/silences", status, says, body, **more)


def get(what: str, path: str, status: int = 200, says: object = ..., **more: Any) -> Step:
    return Step(what, "GET", path, status, says, **more)


def routes() -> Iterator[Step]:
    """What lies where, and with which methods."""
    yield get("ready", "/-/ready", 200, "OK")
    yield get("healthy", "/-/healthy", 200, "OK")
    yield Step("probes take no POST", "POST", "/-/ready", 405, "Method Not Allowed\n")
    yield get("elsewhere", "/nope", 404, "404 page not found\n")
    for path in ("", "nope", "silence", "silence/", "silence/a/b", "alerts/nope", "status/x"):
        yield get(f"no {path}", f"/api/v2/{path}", 404, fault(404, f"path /api/v2/{path} was not found"))
    for path in ("silences/", "alerts/", "status/", "alerts/groups/", "receivers/"):
        yield get(f"a slash at the end: {path}", f"/api/v2/{path}")
    for path in ("silences", "alerts", "silence/x"):
        for method in ("PUT", "PATCH"):  # the two that are allowed are named in any order
            yield Step(f"{method} {path}", method, f"/api/v2/{path}", 405, loose=True)
    for path in ("status", "alerts/groups", "receivers"):
        for method in ("POST", "DELETE"):
            words = f"method {method} is not allowed, but [GET] are"
            yield Step(f"{method} {path}", method, f"/api/v2/{path}", 405, fault(405, words))
    yield get("only JSON is answered", "/api/v2/silences", 406, headers={"accept": "text/html"})
    yield get(
        "JSON among others is answered", "/api/v2/silences", headers={"accept": "text/html, application/json;q=0.5"}
    )
    yield get("receivers", "/api/v2/receivers")
    yield get("status", "/api/v2/status")


def created() -> Iterator[Step]:
    """What a silence must have, and how it is read back."""
    yield post("a silence", silence(), says={"silenceID": "id"}, save="one")
    yield get("by its id", "/api/v2/silence/{one}", 200, told_silence("active"))
    yield get("in the list", "/api/v2/silences", 200, [told_silence("active")], params={"filter": 'story="create"'})
    yield get("no such id", f"/api/v2/silence/{UNKNOWN}", 404, "")
    for id in ("x", "524f641e", "{" + UNKNOWN + "}", UNKNOWN + "1"):
        words = f'silenceID in path must be of type uuid: "{id}"'
        yield get(
            f"no id: {id}", f"/api/v2/silence/{id.replace('{', '%7B').replace('}', '%7D')}", 422, fault(601, words)
        )
    for id in (UNKNOWN.replace("-", ""), UNKNOWN.upper()):
        yield get(f"an id in another shape: {id}", f"/api/v2/silence/{id}", 404, "")
    for key in ("matchers", "startsAt", "endsAt", "createdBy", "comment"):
        missing = fault(602, f"{key} in body is required")
        yield post(f"without {key}", silence(**{key: ...}), 422, missing)
        yield post(f"{key} null", silence(**{key: None}), 422, missing)
    yield post("without two", silence(createdBy=..., comment=...), 422, fault(602, "comment in body is required"))
    yield post("an empty object", {}, 422, fault(602, "comment in body is required"))
    yield post("null", b"null", 422, fault(602, "comment in body is required"))
    yield post("no body", b"", 422, fault(602, "silence in body is required"))
    yield post("half a body", b"{", 400, unread("silence", "unexpected EOF"))
    yield post("more than one value", b"{} x", 422, fault(602, "comment in body is required"))
    for name, body in (("array", b"[]"), ("string", b'"x"'), ("number", b"5"), ("bool", b"true")):
        yield post(f"a {name}", body, 400)
    yield post("comment a number", silence(comment=5), 400)
    yield post("author a list", silence(createdBy=[]), 400)
    yield post("end a number", silence(endsAt=5), 400)
    yield post("id a number", silence(id=5), 400)
    yield post("empty comment and author are fine", silence(m("story", "empty"), comment="", createdBy=""))
    yield post("unknown keys are dropped", silence(m("story", "extra"), annotations={"x": "y"}, foo=1), save="extra")
    yield get("they are gone", "/api/v2/silence/{extra}", 200, told_silence("active", matchers=[m("story", "extra")]))
    yield post("a long comment", silence(m("story", "long"), comment="x" * 200_000))


def media() -> Iterator[Step]:
    """Content types."""
    for kind in ("application/json", "application/json; charset=utf-8", "Application/JSON"):
        yield post(f"content type {kind}", silence(m("story", "media")), headers={"content-type": kind})
    for kind in (None, "text/plain", "application/x-www-form-urlencoded", "json", "application/vnd.api+json", ""):
        shown = kind or "application/octet-stream"
        words = f'unsupported media type "{shown}", only [application/json] are allowed'
        yield post(f"content type {kind}", silence(), 415, fault(415, words), headers={"content-type": kind})


def matchers() -> Iterator[Step]:
    """What a silence may consist of."""
    invalid = "silence invalid: "
    yield post("none", silence(matchers=[]), 422, fault(612, "matchers in body should have at least 1 items"))
    yield post("an object", silence(matchers={}), 400)
    yield post("a text in the list", silence(matchers=["a"]), 400)
    for key in ("name", "value", "isRegex"):
        whole = {"name": "a", "value": "b", "isRegex": False}
        words = fault(602, f"matchers.1.{key} in body is required")
        yield post(f"without {key}", silence(m("a", "b"), {k: v for k, v in whole.items() if k != key}), 422, words)
        yield post(f"{key} null", silence(m("a", "b"), {**whole, key: None}), 422, words)
        yield post(f"{key} of another type", silence({**whole, key: 5}), 400)
    yield post("isEqual null is true", silence({**m("story", "m"), "isEqual": None}), save="m")
    yield get("isEqual true", "/api/v2/silence/{m}", 200, told_silence("active", matchers=[m("story", "m")]))
    for name in ("", "foo.bar", "9a", "a:b", "ä"):
        words = f'{invalid}invalid label matcher 1: invalid label name "{name}"'
        yield post(f"name {name!r}", silence(m("a", "b"), m(name, "b")), 400, words)
    empty = f"{invalid}at least one matcher must not match the empty string"
    yield post("an empty value", silence(m("a", "")), 400, empty)
    yield post("two that take anything", silence(m("a", ""), m("b", ".*", True)), 400, empty)
    yield post("one of two is enough", silence(m("story", "n"), m("b", ".*", True)))
    for one in (m("nolabel", "b", equal=False), m("nolabel", ".+", True, False), m("nolabel", "", equal=False)):
        yield post(f"a lone negative one: {one['value']}", silence(one, endsAt=In(61)), save="wide")
        yield Step("ended again", "DELETE", "/api/v2/silence/{wide}")
    yield post("the same name twice", silence(m("story", "a"), m("story", "b")))
    yield post("signs of all kinds", silence(m("story", 'ü"\\\n\t{}')), save="signs")
    yield get("kept", "/api/v2/silence/{signs}", 200, told_silence("active", matchers=[m("story", 'ü"\\\n\t{}')]))
    for regex in (".+", "(?i)x", "(?P<n>x)", "a|b", r"\d+\.\d", "[^a-z]"):
        yield post(f"regex {regex}", silence(m("re", regex, True)))
    yield post("not a regex", silence(m("story", "b"), m("x", "(", equal=False)))
    broken = (r"\1", "(", "[", ")", "*", "a**", "a++", "x{2000}", "\\", "[z-a]", r"\k", "a{2,1}", "x|*")
    perl = ("(?!x)", "(?=x)", "(?<=x)", "(?<n>x)", "(?z)x", "(?P<n", "(?P=n)", "[[:foo:]]", r"\8")
    for regex in (*broken, *perl):
        yield post(f"regex {regex}", silence(m("re", regex, True)), 400)


def times() -> Iterator[Step]:
    """Moments in and out."""
    for text, shown in (
        ("2126-01-01T00:00:00Z", FAR),
        ("2126-01-01T00:00:00.123456789Z", "2126-01-01T00:00:00.123Z"),
        ("2126-01-01T00:00:00.123456+02:00", "2126-01-01T00:00:00.123+02:00"),
        ("2126-01-01T00:00:00.1-07:00", "2126-01-01T00:00:00.100-07:00"),
        ("2126-01-01T00:00:00.999+00:00", "2126-01-01T00:00:00.999Z"),
        ("2126-01-01T00:00:00.123+0200", "2126-01-01T00:00:00.123+02:00"),
        ("2126-01-01T00:00:00", FAR),
        ("2126-01-01T00:00:00.5", "2126-01-01T00:00:00.500Z"),
        ("2126-01-01T00:00:00,5Z", "2126-01-01T00:00:00.500Z"),
        ("2126-01-01T00:00Z", FAR),
        ("2126-01-01T00:00", FAR),
        ("2126-01-01 00:00:00", FAR),
    ):
        yield post(f"end {text}", silence(m("story", "times"), endsAt=text), save="timed")
        shape = told_silence("active", end=shown, matchers=[m("story", "times")])
        yield get(f"end {text} as told", "/api/v2/silence/{timed}", 200, shape)
    for text in (
        *("2126-01-01 00:00:00Z", "2126-01-01 00:00:00+00:00", "2126-01-01T00:00:00+0200", "2126-01-01", "never"),
        *("2126-01-01t00:00:00z", "2126-13-01T00:00:00Z", "2126-02-30T00:00:00Z", "2126-02-30 00:00:00"),
        *("2126-01-01T24:00:00Z", "2126-01-01 25:00:00", "2126-01-01T00:00:60Z", " 2126-01-01T00:00:00Z"),
        *("2126-1-1T0:0:0Z", "2126-01-01T00:00:00.Z", "2126-01-01T00:00:00Zx", "10000-01-01T00:00:00Z"),
    ):
        yield post(f"end {text}", silence(endsAt=text), 400)
    order = "Failed to create silence: start time must be before end time"
    past = "Failed to create silence: end time can't be in the past"
    yield post("no end", silence(endsAt=""), 400, order)
    yield post("the end is the start", silence(startsAt=FAR, endsAt=FAR), 400, order)
    yield post("an end before the start", silence(startsAt=In(600), endsAt=In(300)), 400, order)
    yield post("an end in the past", silence(startsAt=In(-600), endsAt=In(-300)), 400, past)
    yield post("no start is now", silence(m("story", "start"), startsAt=""), save="start")
    began = told_silence("active", matchers=[m("story", "start")])
    yield get("it began now", "/api/v2/silence/{start}", 200, began)
    yield post(
        "a start long ago is now", silence(m("story", "start"), startsAt="2001-01-01T00:00:00+02:00"), save="start"
    )
    yield get("it began now too", "/api/v2/silence/{start}", 200, began)
    later = silence(m("story", "start"), startsAt="2125-01-01T02:00:00+02:00", endsAt=FAR)
    yield post("a start to come", later, save="start")
    pending = told_silence("pending", "2125-01-01T02:00:00.000+02:00", FAR, matchers=[m("story", "start")])
    yield get("it is pending", "/api/v2/silence/{start}", 200, pending)


def again(name: str, **changes: object) -> Callable[[Memory], Body]:
    """A silence as it was read, changed and sent back; a change may be a function of what was read."""

    def made(memory: Memory) -> Body:
        read = memory[name]
        return {**read, **{key: change(read) if callable(change) else change for key, change in changes.items()}}

    return made


def moved(seconds: float) -> Callable[[Mapping[str, Any]], str]:
    return lambda read: (datetime.fromisoformat(read["startsAt"]) + timedelta(seconds=seconds)).isoformat()


def same_second(read: Mapping[str, Any]) -> str:
    return str(read["startsAt"])[:19] + "Z"


def reversed_matchers(read: Mapping[str, Any]) -> object:
    return read["matchers"][::-1]


def other_zone(read: Mapping[str, Any]) -> str:
    return datetime.fromisoformat(read["startsAt"]).astimezone(_TOKYO).isoformat(timespec="milliseconds")


_TOKYO = datetime.strptime("+0900", "%z").tzinfo


def updated() -> Iterator[Step]:
    """When an id is kept, when another is given, and what becomes of the old silence."""
    pair = (m("story", "update"), m("x", "y"))
    wide, broken = [m("a", "")], [m("a", "(", True)]
    kept: Sequence[tuple[str, dict[str, object]]] = (
        ("verbatim", {}),
        ("comment and author", {"comment": "new", "createdBy": "you"}),
        ("a later end", {"endsAt": In(7200)}),
        ("a sooner end", {"endsAt": In(600)}),
        ("the start's second", {"startsAt": same_second}),
        ("the start in another zone", {"startsAt": other_zone}),
        ("isEqual left out", {"matchers": [{k: v for k, v in one.items() if k != "isEqual"} for one in pair]}),
    )
    made: Sequence[tuple[str, dict[str, object]]] = (
        ("matchers in another order", {"matchers": reversed_matchers}),
        ("the start a second before", {"startsAt": moved(-1)}),
        ("the start a minute later", {"startsAt": moved(60)}),
        ("fewer matchers", {"matchers": list(pair[:1])}),
        ("another operator", {"matchers": [pair[0], m("x", "y", True)]}),
    )
    refused: Sequence[tuple[str, dict[str, object]]] = (
        ("matchers that take anything", {"matchers": wide}),
        ("a broken expression", {"matchers": broken}),
        ("an end before the start", {"endsAt": In(-600)}),
        ("an end in the past", {"startsAt": In(-900), "endsAt": In(-600)}),
    )
    pending = {"startsAt": In(600), "endsAt": In(1200)}
    cases = [(what, {}, changes, 200) for what, changes in (*kept, *made)]
    cases += [(what, {}, changes, 400) for what, changes in refused]
    cases += [
        ("pending, verbatim", pending, {}, 200),
        ("pending, later", pending, {"startsAt": In(900)}, 200),
        ("pending, sooner", pending, {"startsAt": In(300)}, 200),
        ("pending, at once", pending, {"startsAt": In(-60)}, 200),
        ("pending, other matchers", pending, {"matchers": list(pair[:1])}, 200),
        ("pending, an end in the past", pending, {"endsAt": In(-60)}, 400),
    ]
    for what, before, changes, status in cases:
        yield post(f"before: {what}", silence(*pair, **before), save="old")
        yield get(f"read: {what}", "/api/v2/silence/{old}", save="read")
        yield post(what, again("read", **changes), status, save="new" if status == 200 else "")
        yield get(f"the old one: {what}", "/api/v2/silence/{old}")
        if status == 200:
            yield get(f"the new one: {what}", "/api/v2/silence/{new}")
    for id in ("x", UNKNOWN):
        yield post(f"an unknown id: {id}", silence(id=id), 404, "silence not found")
    for id in ("", None):
        yield post(f"no id: {id}", silence(m("story", "noid"), id=id), 200, {"silenceID": "id"})


def ended() -> Iterator[Step]:
    """DELETE ends; what is ended stays so."""
    yield Step("an unknown id", "DELETE", f"/api/v2/silence/{UNKNOWN}", 500, "silence not found")
    words = fault(601, 'silenceID in path must be of type uuid: "x"')
    yield Step("no id", "DELETE", "/api/v2/silence/x", 422, words)
    for what, times in (("active", {}), ("pending", {"startsAt": In(600), "endsAt": In(1200)})):
        yield post(what, silence(m("story", "ended"), **times), save="old")
        yield Step(f"ended: {what}", "DELETE", "/api/v2/silence/{old}", 200, "")
        shape = told_silence("expired", "now", "now", matchers=[m("story", "ended")])
        yield get(f"read: {what}", "/api/v2/silence/{old}", 200, shape, save="read")
        yield Step(f"ended twice: {what}", "DELETE", "/api/v2/silence/{old}", 200, "")
        yield post(f"back verbatim: {what}", again("read"), 400, loose=True)
        yield post(f"back with an end: {what}", again("read", endsAt=In(600)), save="new")
        yield get(f"a new and active one: {what}", "/api/v2/silence/{new}")
        yield get(f"the old one: {what}", "/api/v2/silence/{old}", 200, shape)


def listed() -> Iterator[Step]:
    """The list's order, and its filter, which compares texts."""
    tag = m("story", "list")
    for what, changes in (
        ("long", {}),
        ("short", {"endsAt": In(600)}),
        ("soon", {"startsAt": In(300), "endsAt": In(9000)}),
        ("later", {"startsAt": In(600), "endsAt": In(8000)}),
        ("over", {"endsAt": In(1200)}),
        ("over later", {"endsAt": In(1200)}),
    ):
        yield post(
            what, silence(tag, m("x", "y", what == "short"), comment=what, **changes), save=what.replace(" ", "")
        )
    yield Step("end one", "DELETE", "/api/v2/silence/{over}")
    yield Step("end another", "DELETE", "/api/v2/silence/{overlater}")
    yield get("the order", "/api/v2/silences", params={"filter": 'story="list"'})
    for text in (
        *('x="y"', "x=y", 'x=~"y"', "x=~y", 'x!="y"', 'x="z"', 'nolabel=""', 'x=~".*"', " x = y ", 'x=" y"', "x='y'"),
        *("x=", "x=~", "x==y", "x=!y", 'x:y="z"', r'x="\x"', r'x="a\"b"', "x=a b"),
    ):
        yield get(f"filter {text}", "/api/v2/silences", params={"filter": ['story="list"', text]})
    for text in (
        *('{x="y"}', 'x="y",z="a"', "x", "", '"x"="y"', "=y", 'x="y', 'x=y"', 'x="y"z"', 'ä="y"', '9x="y"', 'x.y="z"'),
        *('x=~"("', 'x=~"(?!y)"'),
    ):
        for path in ("silences", "alerts", "alerts/groups"):
            yield get(f"filter of {path}: {text}", f"/api/v2/{path}", 400, params={"filter": text})
    yield get("expired are listed anyway", "/api/v2/silences", params={"filter": 'story="list"', "expired": "false"})


def alert(name: str, severity: str = "", **labels: str) -> dict[str, object]:
    full = {"alertname": name, "story": "alerts", **({"severity": severity} if severity else {}), **labels}
    return {"labels": full}


def put(what: str, *alerts: object, status: int = 200, says: object = ...) -> Step:
    return Step(what, "POST", "/api/v2/alerts", status, says, list(alerts))


def alerts() -> Iterator[Step]:
    """What an alert must have, how two sendings become one, and when it is gone."""
    for what, one, status in (
        ("no labels", {"labels": {}}, 400),
        ("no labels key", {}, 422),
        ("labels null", {"labels": None}, 422),
        ("only an empty label", {"labels": {"a": ""}}, 400),
        ("a bad name", {"labels": {"a.b": "x"}}, 400),
        ("a number", {"labels": {"a": 1}}, 400),
        ("labels a list", {"labels": []}, 400),
        ("a bad annotation", {**alert("Bad"), "annotations": {"a.b": "x"}}, 400),
        ("an annotation a number", {**alert("Bad"), "annotations": {"a": 1}}, 400),
        ("no URL", {**alert("Bad"), "generatorURL": "not a url"}, 422),
        ("a broken start", {**alert("Bad"), "startsAt": "x"}, 400),
        ("a start that is a number", {**alert("Bad"), "startsAt": 5}, 400),
        ("an end before the start", {**alert("Bad"), "startsAt": In(600), "endsAt": In(300)}, 400),
    ):
        yield put(what, one, status=status)
    words = 'invalid label set: invalid name "a.b"; at least one label pair required'
    yield put(
        "two bad ones and a good one", {"labels": {"a.b": "x"}}, {"labels": {}}, alert("Good"), status=400, says=words
    )
    for what, body, status in (
        ("an object", {}, 400),
        ("a text", b'"x"', 400),
        ("null", b"null", 200),
        ("nothing", b"", 422),
    ):
        yield Step(f"alerts: {what}", "POST", "/api/v2/alerts", status, body=body)
    yield put("none at all")
    yield put("only labels", alert("Plain"))
    yield put("empty values are dropped", {"labels": {"alertname": "Empty", "story": "alerts", "x": "", "y": None}})
    yield put("no name is fine", {"labels": {"story": "alerts", "x": "y"}})
    yield put(
        "annotations and URL", {**alert("Url"), "annotations": {"a": "b", "c": ""}, "generatorURL": "http://x/y?z=1"}
    )
    yield put("a path for a URL", {**alert("Path"), "generatorURL": "/graph"})
    yield put(
        "zones are kept",
        {**alert("Zone"), "startsAt": "2026-01-01T00:00:00+02:00", "endsAt": "2126-01-01T00:00:00.1234+02:00"},
    )
    yield put("a start to come", {**alert("Later"), "startsAt": In(600), "endsAt": In(1200)})
    yield put("an end, no start", {**alert("End"), "endsAt": In(600)})
    yield put("over already", {**alert("Over"), "endsAt": In(-600)})
    yield get("all of them", "/api/v2/alerts", params={"filter": 'story="alerts"'})
    for what, times in (
        ("first", {"startsAt": In(-600), "endsAt": In(1800), "annotations": {"v": "1"}, "generatorURL": "http://a/"}),
        ("later start", {"startsAt": In(-300), "endsAt": In(2400), "annotations": {"v": "2"}}),
        ("earlier start", {"startsAt": In(-1200), "endsAt": In(1200)}),
        ("no end", {"startsAt": In(-60)}),
        ("no times", {}),
        ("a sooner end", {"startsAt": In(-60), "endsAt": In(120)}),
        ("resolved", {"startsAt": In(-60), "endsAt": In(-30)}),
        ("resolved, no start", {"endsAt": In(-30)}),
        ("again", {"startsAt": In(-20), "endsAt": In(300)}),
        ("resolved again", {"startsAt": In(-20), "endsAt": In(-10)}),
        ("again without times", {}),
        ("resolved a third time", {"endsAt": In(-120)}),
        ("from before it was resolved", {"startsAt": In(-900), "endsAt": In(300)}),
    ):
        yield put(what, {"labels": {"alertname": "Twice", "story": "twice"}, **times})
        yield get(f"after: {what}", "/api/v2/alerts", params={"filter": 'story="twice"'})


STATES = (
    ("A", "critical", {"company_id": "1"}),
    ("A", "high", {"company_id": "1"}),
    ("A", "medium", {"company_id": "2"}),
    ("B", "low", {}),
    ("B", "critical", {"category": "security"}),
    ("B", "critical", {"instance": "y", "job": "z", "company_id": "3"}),
    ("B", "critical", {"instance": "x", "job": "z", "company_id": "3"}),
    ("C", "CRITICAL", {}),
    ("C", "low", {}),
    ("D", "", {}),
    ("Watchdog", "none", {}),
)


def states() -> Iterator[Step]:
    """Silenced, inhibited, grouped, filtered."""
    mine = {"filter": 'story="states"'}
    yield put("many", *(alert(name, severity, **{**labels, "story": "states"}) for name, severity, labels in STATES))
    hidden = (m("story", "states"), m("alertname", "B"))
    yield post("silence B", silence(*hidden), save="b")
    yield post("silence B once more", silence(*hidden, m("severity", "l.w", True)))
    yield post("silence B later", silence(*hidden, startsAt=In(600)))
    yield get("alerts", "/api/v2/alerts", params=mine)
    yield get("groups", "/api/v2/alerts/groups", params=mine)
    for name in ("active", "silenced", "inhibited", "unprocessed"):
        for value in ("false", "true", "TRUE", "1", "0", "yes", "no", "", "maybe"):
            yield get(f"{name}={value}", "/api/v2/alerts", params={**mine, name: value})
            yield get(f"groups {name}={value}", "/api/v2/alerts/groups", params={**mine, name: value})
    yield get("the last word counts", "/api/v2/alerts", params={**mine, "active": ["true", "false"]})
    for receiver in ("sl", "slack.*", "noc", "noc|deadman", "", "(", "(?!a)"):
        status = 400 if receiver.startswith("(") else 200
        yield get(f"receiver {receiver}", "/api/v2/alerts", status, params={**mine, "receiver": receiver})
        yield get(
            f"groups of receiver {receiver}", "/api/v2/alerts/groups", status, params={**mine, "receiver": receiver}
        )
    for texts in (
        ['company_id=""'],
        ['company_id!=""'],
        ['company_id=~"1|2"'],
        ['company_id!~"1|2"'],
        ['nolabel=~".*"'],
        ['alertname=~"A|B"', 'severity!~"high|low"'],
        ["alertname=~A"],
        ["severity=critical", "company_id=3"],
    ):
        yield get(f"filter {texts}", "/api/v2/alerts", params={"filter": ['story="states"', *texts]})
        yield get(f"groups filter {texts}", "/api/v2/alerts/groups", params={"filter": ['story="states"', *texts]})
    yield Step("B sounds again", "DELETE", "/api/v2/silence/{b}")
    yield get("after that", "/api/v2/alerts", params=mine)


STORIES: tuple[Callable[[], Iterator[Step]], ...] = (
    routes,
    created,
    media,
    matchers,
    times,
    updated,
    ended,
    listed,
    alerts,
    states,
)

# --- asking and telling ----------------------------------------------------------------------------------------

_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")
_STRUCT = re.compile(r"of type (?:struct \{.*\}|models\.PostableSilence)", re.DOTALL)
_INSIDE = frozenset(("branch", "buildDate", "buildUser", "goVersion", "revision"))
NEAR, ROUGHLY = 5 * 365 * 86400, 30
"""Seconds: moments nearer than this are told from now; they are rounded as coarsely as this."""


def ask(client: httpx.Client, story: Callable[[], Iterator[Step]]) -> list[tuple[Step, Told]]:
    """All of a story's requests, one after another."""
    memory: Memory = {}
    out = []
    for step in story():
        reply = _send(client, step, memory)
        if step.save and reply.status_code == 200:
            memory[step.save] = reply.json()
        answer = told(step.what, reply)
        out.append((step, replace(answer, body="...") if step.loose else answer))
    return out


def _send(client: httpx.Client, step: Step, memory: Memory) -> httpx.Response:
    names = {name: body["silenceID"] for name, body in memory.items() if isinstance(body, dict) and "silenceID" in body}
    path = re.sub(r"\{(\w+)\}", lambda found: names[found[1]], step.path)
    headers = {"content-type": "application/json"} if step.body is not ... else {}
    headers |= {name: value for name, value in step.headers.items() if value is not None}
    if step.headers.get("content-type", "") is None:
        del headers["content-type"]
    content = None
    if step.body is not ...:
        body = step.body(memory) if callable(step.body) else step.body
        content = body if isinstance(body, bytes) else _json(body)
    return client.request(step.method, path, params=step.params, content=content, headers=headers)  # type: ignore[arg-type]


def _json(body: object) -> bytes:
    def resolved(value: object) -> object:
        if isinstance(value, In):
            return value.text()
        if isinstance(value, Mapping):
            return {key: resolved(one) for key, one in value.items()}
        return [resolved(one) for one in value] if isinstance(value, list) else value

    return httpx.Request("POST", "http://x", json=resolved(body)).read()


def told(what: str, reply: httpx.Response) -> Told:
    """An answer without what differs from run to run."""
    kind = reply.headers.get("content-type", "")
    body: object = reply.text
    if kind == "application/json" and reply.content:
        body = _told(reply.json(), datetime.now(UTC))
    return Told(what, reply.status_code, kind, body)


def _told(value: object, now: datetime) -> object:
    if isinstance(value, dict):
        return {key: "..." if key in _INSIDE else _told(one, now) for key, one in value.items()}
    if isinstance(value, list):
        return [_told(one, now) for one in value]
    if not isinstance(value, str):
        return value
    if _ID.fullmatch(value) and value != UNKNOWN:
        return "id"
    if _MOMENT.fullmatch(value):
        return _from_now(value, now)
    return _STRUCT.sub("of type it", value)


def _from_now(text: str, now: datetime) -> str:
    at = datetime.fromisoformat(text)
    seconds = (at - now).total_seconds()
    if abs(seconds) > NEAR or text.startswith("2026-01-01"):
        return text
    rounded = round(seconds / ROUGHLY) * ROUGHLY
    zone = text[23:].replace("Z", "")
    return (f"now{rounded:+}s" if rounded else "now") + (f" {zone}" if zone else "")
