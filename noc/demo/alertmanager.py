"""The demo's Alertmanager: the API v2 of version 0.25 as a function of request and clock (alerts.md 4).

What Prometheus sends it is asked for at every request, what others post is kept. ``noc.demo.server`` puts it on a port.
A newer ``version`` changes two things: from 0.26 on an unknown id is 404 to DELETE as well, from 0.28 on the groups say
which time interval mutes an alert (``mutedBy``), and only they.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import formatdate
from functools import cached_property

import orjson

from noc.demo import alertbodies, gotime, routing
from noc.demo.alertbodies import RefusedBody
from noc.demo.alertfilter import AlertFilter, BadFilter, parsed_matchers
from noc.demo.corrected import CONFIG
from noc.demo.encoding import Reply, text_reply
from noc.demo.failing import Failure, healthy, refusal
from noc.demo.inhibition import Inhibitor
from noc.demo.received import Received, ReceivedAlert, joined
from noc.demo.request import Request
from noc.demo.routing import Config
from noc.demo.silences import RefusedSilence, Silences, UnknownSilence
from noc.model.clock import Clock

Sent = Callable[[float], Sequence[ReceivedAlert]]
"""The alerts a Prometheus has sent by a moment (unix seconds), as they stand then."""

_UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}", re.ASCII)


def nothing(_now: float) -> Sequence[ReceivedAlert]:
    return ()


@dataclass(frozen=True)
class Peer:
    """A member of a cluster: its name and where others reach it."""

    name: str
    address: str


@dataclass(frozen=True)
class AlertmanagerApi:
    """One emulated member. ``prefix`` (``/alertmanager``) is where all it serves lies; ``started`` is unix seconds.

    Members of one cluster share ``silences``, have the same ``peers``, and each its own posted alerts.
    """

    clock: Clock
    silences: Silences = field(default_factory=Silences)
    config: Config = CONFIG
    sent: Sent = nothing
    prefix: str = ""
    version: str = "0.25.0"
    name: str = ""
    peers: tuple[Peer, ...] = ()
    started: float = 0.0
    fail: Callable[[float], Failure] = healthy
    received: Received = field(default_factory=Received)

    def answer(self, request: Request) -> Reply:
        """Answer one request; never raises for what a client can send."""
        now = self.clock.now()
        refused = refusal(self.fail(now), now)
        if refused is not None:
            return refused
        if not request.path.startswith(f"{self.prefix}/"):
            return text_reply(404, "404 page not found\n", now)
        path = request.path.removeprefix(self.prefix)
        if path in ("/-/ready", "/-/healthy"):
            return _probe(request.method, now)
        if not path.startswith("/api/v2/"):
            return text_reply(404, "404 page not found\n", now)
        return _Call(self, request, path.removeprefix("/api/v2/"), now).reply()

    @cached_property
    def release(self) -> tuple[int, ...]:
        return tuple(int(part) for part in self.version.split(".")[:2])

    def alerts(self, at: datetime) -> list[ReceivedAlert]:
        """Every firing alert, whoever sent it, by fingerprint."""
        found = {alert.fingerprint: alert for alert in self.received.firing(at)}
        for alert in self.sent(at.timestamp()):
            if alert.firing(at):
                posted = found.get(alert.fingerprint)
                found[alert.fingerprint] = alert if posted is None else joined(posted, alert, at)
        return sorted(found.values(), key=lambda alert: alert.fingerprint)


def cluster(
    n: int, clock: Clock, *, config: Config = CONFIG, sent: Sent = nothing, seed: int = 1, **options: object
) -> tuple[AlertmanagerApi, ...]:
    """``n`` members over one store of silences; ``options`` are AlertmanagerApi's. One alone is no cluster."""
    shared = Silences(seed)
    peers = tuple(Peer(f"demo-{number}", f"127.0.0.1:{9094 + number}") for number in range(n)) if n > 1 else ()
    return tuple(
        AlertmanagerApi(
            clock,
            shared,
            config,
            sent,
            name=peers[number].name if peers else "",
            peers=peers,
            **options,  # type: ignore[arg-type]
        )
        for number in range(n)
    )


@dataclass(frozen=True)
class _Call:
    """One request to the API; ``rest`` is the path behind ``/api/v2/``."""

    api: AlertmanagerApi
    request: Request
    rest: str
    now: float

    @cached_property
    def at(self) -> datetime:
        return gotime.utc(self.now)

    def reply(self) -> Reply:
        rest = self.rest.rstrip("/") if self.rest.rstrip("/") in _ENDPOINTS else self.rest
        id = rest.removeprefix("silence/")
        endpoints = _ENDPOINTS.get(rest)
        if endpoints is None and rest != id and id and "/" not in id:
            endpoints = _ONE_SILENCE
        if endpoints is None:
            return self.fault(404, 404, f"path /api/v2/{self.rest} was not found")
        handler = endpoints.get(self.request.method)
        if handler is None:
            listed = ",".join(endpoints)
            words = f"method {self.request.method} is not allowed, but [{listed}] are"
            return self.fault(405, 405, words, Allow=listed)
        refusal = self._media()
        if refusal is not None:
            return refusal
        if endpoints is _ONE_SILENCE and not _UUID.fullmatch(id):
            quoted = orjson.dumps(id).decode()
            return self.fault(422, alertbodies.WRONG_FORMAT, f"silenceID in path must be of type uuid: {quoted}")
        try:
            return handler(self)
        except RefusedBody as fault:
            return self.fault(fault.status, fault.code, fault.message)
        except BadFilter as fault:
            return self.json(str(fault), 400)

    def json(self, value: object, status: int = 200) -> Reply:
        return self._reply(status, orjson.dumps(value) + b"\n")

    def fault(self, status: int, code: int, message: str, **more: str) -> Reply:
        return self._reply(status, orjson.dumps({"code": code, "message": message}), **more)

    def empty(self, status: int = 200) -> Reply:
        return Reply(status, {"Date": formatdate(self.now, usegmt=True)}, b"")

    def _reply(self, status: int, body: bytes, **more: str) -> Reply:
        headers = {"Content-Type": "application/json", "Date": formatdate(self.now, usegmt=True), **more}
        return Reply(status, headers, body)

    def _media(self) -> Reply | None:
        """The refusal of a body that is not said to be JSON, or of a client that takes none."""
        headers = self.request.headers
        if self.request.body:
            kind = headers.get("content-type", "").partition(";")[0].strip().lower() or "application/octet-stream"
            if kind != "application/json":
                words = f'unsupported media type "{kind}", only [application/json] are allowed'
                return self.fault(415, 415, words)
        accepted = [part.partition(";")[0].strip() for part in headers.get("accept", "*/*").split(",")]
        if not {"*/*", "application/*", "application/json"} & set(accepted):
            words = "unsupported media type requested, only [application/json] are available"
            return self.fault(406, 406, words)
        return None

    # --- silences --------------------------------------------------------------------------------------------

    def silences(self) -> Reply:
        wanted = parsed_matchers(self.request.params)
        listed = self.api.silences.listed(self.at)
        kept = [one for one in listed if all(matcher in one.matchers for matcher in wanted)]
        return self.json([alertbodies.silence_json(one, self.at) for one in kept])

    def post_silence(self) -> Reply:
        wanted = alertbodies.silence_of(self.request.body, self.at)
        if wanted.starts_at >= wanted.ends_at:
            return self.json("Failed to create silence: start time must be before end time", 400)
        if wanted.ends_at < self.at:
            return self.json("Failed to create silence: end time can't be in the past", 400)
        try:
            return self.json({"silenceID": self.api.silences.set(wanted, self.at)})
        except UnknownSilence:
            return self.json("silence not found", 404)
        except RefusedSilence as fault:
            return self.json(str(fault), 400)

    def silence(self) -> Reply:
        found = self.api.silences.get(self.rest.removeprefix("silence/"), self.at)
        return self.empty(404) if found is None else self.json(alertbodies.silence_json(found, self.at))

    def delete_silence(self) -> Reply:
        try:
            self.api.silences.expire(self.rest.removeprefix("silence/"), self.at)
        except UnknownSilence:
            return self.empty(404) if self.api.release >= (0, 26) else self.json("silence not found", 500)
        return self.empty()

    # --- alerts ----------------------------------------------------------------------------------------------

    def alerts(self) -> Reply:
        wanted = AlertFilter.of(self.request.params)
        found = []
        for alert, status in self._judged(wanted):
            receivers = [route.receiver for route in routing.matching(self.api.config.route, dict(alert.labels))]
            if wanted.takes_receivers(receivers):
                found.append(alertbodies.alert_json(alert, self._versioned(status), receivers))
        return self.json(found)

    def post_alerts(self) -> Reply:
        config = self.api.config
        good, faults = alertbodies.alerts_of(self.request.body, self.at, config.resolve_timeout)
        self.api.received.put(good, self.at)
        return self.json("; ".join(faults), 400) if faults else self.empty()

    def groups(self) -> Reply:
        wanted = AlertFilter.of(self.request.params)
        judged = {alert.fingerprint: (alert, status) for alert, status in self._judged(wanted)}
        groups = routing.grouped(
            self.api.config,
            (alert for alert, _ in judged.values()),
            lambda route: wanted.takes_receivers([route.receiver]),
        )
        receivers: dict[str, list[str]] = {}
        for group in groups:
            for alert in group.alerts:
                receivers.setdefault(alert.fingerprint, []).append(group.route.receiver)
        return self.json(
            [
                {
                    "alerts": [
                        alertbodies.alert_json(
                            alert,
                            self._versioned(judged[alert.fingerprint][1], self.api.config.muting(group.route, self.at)),
                            sorted(receivers[alert.fingerprint]),
                        )
                        for alert in group.alerts
                    ],
                    "labels": dict(group.labels),
                    "receiver": {"name": group.route.receiver},
                }
                for group in groups
            ]
        )

    def _judged(self, wanted: AlertFilter) -> Iterable[tuple[ReceivedAlert, dict[str, object]]]:
        """The alerts a filter takes, with their status."""
        firing = self.api.alerts(self.at)
        inhibitor = Inhibitor(self.api.config.inhibitions, firing)
        for alert in firing:
            labels = dict(alert.labels)
            silenced = self.api.silences.silencing(alert.fingerprint, labels, self.at)
            inhibited = inhibitor.inhibiting(labels)
            if wanted.takes(labels, silenced, inhibited):
                yield alert, alertbodies.status_json(silenced, inhibited)

    def _versioned(self, status: Mapping[str, object], muted: Sequence[str] = ()) -> Mapping[str, object]:
        if self.api.release < (0, 28):
            return status
        return {**status, "mutedBy": list(muted), **({"state": "suppressed"} if muted else {})}

    # --- itself ----------------------------------------------------------------------------------------------

    def status(self) -> Reply:
        api = self.api
        cluster: dict[str, object] = {"peers": [], "status": "disabled"}
        if api.peers:
            peers = [{"address": one.address, "name": one.name} for one in api.peers]
            cluster = {"name": api.name, "peers": peers, "status": "ready"}
        information = {
            "branch": "HEAD",
            "buildDate": "20221222-00:00:00",
            "buildUser": "",
            "goVersion": "go1.19.4",
            "revision": "",
            "version": api.version,
        }
        return self.json(
            {
                "cluster": cluster,
                "config": {"original": routing.document(api.config)},
                "uptime": gotime.written(gotime.utc(api.started)),
                "versionInfo": information,
            }
        )

    def receivers(self) -> Reply:
        return self.json([{"name": name} for name in self.api.config.receivers])


_Endpoints = Mapping[str, Callable[[_Call], Reply]]
_ENDPOINTS: Mapping[str, _Endpoints] = {
    "status": {"GET": _Call.status},
    "receivers": {"GET": _Call.receivers},
    "alerts": {"POST": _Call.post_alerts, "GET": _Call.alerts},
    "alerts/groups": {"GET": _Call.groups},
    "silences": {"POST": _Call.post_silence, "GET": _Call.silences},
}
_ONE_SILENCE: _Endpoints = {"DELETE": _Call.delete_silence, "GET": _Call.silence}


def _probe(method: str, now: float) -> Reply:
    allowed = "GET, HEAD, OPTIONS"
    if method not in ("GET", "HEAD", "OPTIONS"):
        return text_reply(405, "Method Not Allowed\n", now, Allow=allowed)
    return text_reply(200, "OK" if method == "GET" else "", now)
