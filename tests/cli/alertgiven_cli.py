"""A room for the commands of alert work: an emulated Alertmanager on a port that notes all it is asked, and a shell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from noc.cli.main import run
from noc.demo import gotime
from noc.demo.alertmanager import AlertmanagerApi
from noc.demo.encoding import Reply
from noc.demo.received import ReceivedAlert
from noc.demo.request import Request
from noc.demo.silences import Silences
from noc.model.alerts import fingerprint
from noc.model.clock import FixedClock
from noc.model.series import labels_of
from tests.alertgiven import NOW, text_of

MINUTE = 60.0


class Room:
    """One member whose clock stands at NOW. ``asked`` is every request; ``instead`` answers in its place where it can."""

    def __init__(self) -> None:
        self.clock = FixedClock(NOW)
        self.api = AlertmanagerApi(self.clock, Silences(1), started=NOW - 86400)
        self.asked: list[Request] = []
        self.instead: Callable[[Request], Reply | None] = lambda request: None

    def answer(self, request: Request) -> Reply:
        self.asked.append(request)
        return self.instead(request) or self.api.answer(request)

    def fires(self, name: str, severity: str = "high", *, since: float = 5 * MINUTE, **labels: str) -> str:
        """An alert that began ``since`` seconds ago; its fingerprint. ``summary`` in its annotations says its name."""
        full = labels_of({"alertname": name, **({"severity": severity} if severity else {}), **labels})
        began, ends, now = (gotime.utc(at) for at in (NOW - since, NOW + 4 * MINUTE, NOW))
        notes = labels_of({"summary": f"{name} happened"})
        self.api.received.put([ReceivedAlert(full, began, ends, now, notes, "http://prometheus:9090/graph")], now)
        return fingerprint(dict(full))

    def resolves(self) -> None:
        """Nothing fires any more."""
        now = gotime.utc(NOW)
        self.api.received.put([replace(one, ends_at=now) for one in self.api.received.firing(now)], now)

    def silenced(
        self,
        *matchers: dict[str, Any],
        by: str = "mara",
        comment: str = "planned",
        since: float = 120.0,
        left: float = 900.0,
    ) -> str:
        """A silence that somebody made ``since`` seconds ago; its id."""
        self.clock.at = NOW - since
        body = {
            "matchers": [{"isRegex": False, "isEqual": True, **one} for one in matchers],
            "startsAt": text_of(NOW - since),
            "endsAt": text_of(NOW + left),
            "createdBy": by,
            "comment": comment,
        }
        headers = {"content-type": "application/json"}
        reply = self.api.answer(Request("POST", "/api/v2/silences", {}, headers, orjson.dumps(body)))
        self.clock.at = NOW
        assert reply.status == 200, reply.body
        return str(orjson.loads(reply.body)["silenceID"])

    def acked(self, name: str, severity: str = "high", by: str = "mara", **labels: str) -> str:
        """noc's own acknowledgement of an alert that fires for five minutes, two minutes old; its id."""
        full = {"alertname": name, "severity": severity, **labels}
        since = text_of(NOW - 5 * MINUTE)
        machine = f"[noc/1 fp={fingerprint(full)} since={since} sev={severity} step=1 ext=0 stage=acked out=]"
        matchers = [{"name": label, "value": value} for label, value in sorted(full.items())]
        return self.silenced(*matchers, by=by, comment=f"ACK! on it {machine}", left=13 * MINUTE)

    @property
    def written(self) -> list[tuple[str, str, Any]]:
        """Method, path and body of every request that changes something."""
        return [
            (one.method, one.path, orjson.loads(one.body) if one.body else None)
            for one in self.asked
            if one.method != "GET"
        ]

    def held(self) -> list[dict[str, Any]]:
        """The silences that run, as the API tells them."""
        found = orjson.loads(self.api.answer(Request("GET", "/api/v2/silences", {}, {}, b"")).body)
        return [one for one in found if one["status"]["state"] != "expired"]


class Front:
    """What stands behind the port: the room of the test that runs."""

    def __init__(self) -> None:
        self.room = Room()

    def answer(self, request: Request) -> Reply:
        return self.room.answer(request)


@dataclass(frozen=True)
class Ran:
    """How a command ended, and all it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return orjson.loads(self.out)


class Terminal(io.StringIO):
    """Standard input that is a terminal; who reads on after the last line is at its end."""

    def isatty(self) -> bool:
        return True


@dataclass
class Shell:
    """Runs commands in this process, in mara's home; ``answer`` is what she types at a terminal (None: there is none)."""

    home: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    settings: dict[str, Any] = field(default_factory=dict)

    def __call__(self, *args: str, answer: str | None = None) -> Ran:
        directory = self.home / ".config" / "noc"
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "config.yaml").write_bytes(orjson.dumps(self.settings))  # JSON is YAML
        self.monkeypatch.setattr("sys.stdin", io.StringIO() if answer is None else Terminal(answer))
        self.capsys.readouterr()
        code = run(list(args))
        return Ran(code, *self.capsys.readouterr())

    @property
    def audit(self) -> list[dict[str, Any]]:
        """The lines of the audit."""
        path = self.home / ".local" / "state" / "noc" / "audit.jsonl"
        return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def matcher(name: str, value: str, *, regex: bool = False, equal: bool = True) -> dict[str, Any]:
    """A matcher as the API writes it."""
    return {"name": name, "value": value, "isRegex": regex, "isEqual": equal}
