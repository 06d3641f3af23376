"""A site where alerts fire: the exporter at sixty times its pace, a real Prometheus with the rules, two Alertmanagers.

The Alertmanagers are a real cluster or the emulated one; amtool looks at both alike.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from noc.catalogue import contract, metrics
from noc.catalogue.rules import groups
from noc.demo.alertmanager import cluster
from noc.demo.exporter import ExporterApp
from noc.demo.scenarios import Bump, Scenario
from noc.demo.server import DemoServer, HandlerApp
from noc.demo.traffic import Pulse
from noc.demo.world import World
from noc.model.clock import ScaledClock, SystemClock
from noc.stack.rules import document
from tests import servers
from tests.servers import require

SPEED = 60.0
MINUTE = 60.0

ATTACK = Scenario(
    "short-attack",
    "forged Retell webhooks for some minutes, again and again",
    tell=5 * MINUTE,
    period=50 * MINUTE,
    bumps=(Bump("forged.retell", 0.6, Pulse(3 * MINUTE, MINUTE, 12 * MINUTE, MINUTE)),),
)
"""At sixty times its pace: fires within ten seconds, is over after thirty, comes back after fifty."""

ALERT = "WebhookSignatureFailures"


@dataclass
class Site:
    """What a test needs of it. ``stop`` and ``start`` take the number of a member."""

    prometheus: str
    members: Sequence[str]
    stop: Callable[[int], None]
    start: Callable[[int], None]

    def amtool(self, *words: str, member: int = 0) -> str:
        """What amtool prints; it must succeed."""
        command = [require("amtool"), f"--alertmanager.url={self.members[member]}", *words]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, env={"HOME": "/nonexistent"})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def silences(self, *, member: int = 0, expired: bool = False) -> list[dict[str, Any]]:
        """Silences as amtool reads them; without ``expired`` those that are active or pending."""
        words = ["silence", "query", "-o", "json", *(["--expired"] if expired else [])]
        return json.loads(self.amtool(*words, member=member)) or []

    def firing(self, name: str, *, member: int = 0) -> list[dict[str, Any]]:
        """Alerts of that name, hidden ones too."""
        words = ["alert", "query", "-o", "json", "-a", "-s", "-i", f"alertname={name}"]
        return json.loads(self.amtool(*words, member=member)) or []


@contextmanager
def site(kind: str, scenario: Scenario = ATTACK) -> Iterator[Site]:
    """``kind``: real or emulated Alertmanagers."""
    zero = SystemClock().now()
    with ExitStack() as stack:
        clock = ScaledClock(zero, SPEED)
        exporter = stack.enter_context(DemoServer({"exporter": ExporterApp(World(7, scenario, zero), clock)}))
        if kind == "real":
            found = stack.enter_context(servers.alertmanager_cluster(2))
            urls = [one.url for one in found]
            stop, start = (lambda number: found[number].stop()), (lambda number: found[number].start())
        else:
            urls, stop, start = _emulated(stack)
        rules = document(groups(metrics.load(), contract.load(), speed=SPEED), speed=SPEED)
        target = exporter.urls["exporter"].removeprefix("http://")
        prometheus = stack.enter_context(
            servers.prometheus(
                {"laravel-api": [target]},
                honor_labels=True,
                rules=[rules],
                alertmanagers=[url.removeprefix("http://") for url in urls],
                flags=["--rules.alert.resend-delay=2s"],
            )
        )
        yield Site(prometheus, urls, stop, start)


def _emulated(stack: ExitStack) -> tuple[list[str], Callable[[int], None], Callable[[int], None]]:
    clock = SystemClock()
    apps = [HandlerApp(one) for one in cluster(2, clock, started=clock.now() - 600)]
    running: dict[int, DemoServer] = {}
    ports: dict[int, int] = {}

    def start(number: int) -> None:
        wanted = {"alertmanager": ports[number]} if number in ports else {}
        running[number] = DemoServer({"alertmanager": apps[number]}, wanted).start()
        ports[number] = int(running[number].urls["alertmanager"].rpartition(":")[2])

    def stop(number: int) -> None:
        if number in running:
            running.pop(number).stop()

    for number in range(2):
        start(number)
        stack.callback(stop, number)
    return [f"http://127.0.0.1:{ports[number]}" for number in range(2)], stop, start


def settings(home: Path, where: Site, more: Mapping[str, Any] | None = None) -> Path:
    """A configuration that asks as often as it may, in the name of mara."""
    path = home / "config.yaml"
    alerting = {"refresh": 2, "rules_refresh": 2, **(more or {})}
    environment = {
        "prometheus": {"prometheus": {"url": where.prometheus, "scrape_interval": 1}},
        "alertmanager": {f"am-{number}": {"url": url} for number, url in enumerate(where.members)},
    }
    data = {"author": "mara", "environments": {"PROD": environment}, "alerting": alerting}
    path.write_text(json.dumps(data))  # JSON is YAML
    return path
