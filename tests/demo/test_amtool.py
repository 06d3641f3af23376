"""amtool does its work on the demo's Alertmanager as on a real one: command by command, with the same words."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from noc.demo import routing
from noc.demo.alertmanager import AlertmanagerApi, cluster
from noc.demo.corrected import CONFIG
from noc.demo.server import DemoServer, HandlerApp
from noc.model.clock import SystemClock
from tests.e2e.real import until
from tests.servers import Alertmanager, require

pytestmark = pytest.mark.servers

UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?: UTC|Z)")
FAR = "2126-01-01T00:00:00Z"


@dataclass
class Amtool:
    """amtool on one server. What it says is told with names for ids, in the order they appear, and without moments."""

    url: str
    home: Path
    ids: list[str] = field(default_factory=list)

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Exit status, output and errors of a command; ``{0}`` stands for the first id that this server gave."""
        command = [require("amtool"), f"--alertmanager.url={self.url}", *(self._named(word) for word in words)]
        # amtool reads the user's own configuration
        environment = {"HOME": str(self.home), "USER": "mara", "TZ": "UTC", "PATH": "/usr/bin"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=20)
        return done.returncode, self._told(done.stdout), self._told(done.stderr)

    def _named(self, word: str) -> str:
        return re.sub(r"\{(\d)\}", lambda found: self.ids[int(found[1])], word)

    def _told(self, text: str) -> str:
        for id in UUID.findall(text):
            if id not in self.ids:
                self.ids.append(id)
        text = UUID.sub(lambda found: f"<id {self.ids.index(found[0])}>", text)
        text = text.replace(self.url.removeprefix("http://"), "<host>")
        lines = [line.rstrip() for line in MOMENT.sub("<moment>", text).splitlines()]
        return "\n".join(re.sub(r"  +", "  ", line) for line in lines)  # columns are as wide as their moments


Both = tuple[Amtool, Amtool]


@pytest.fixture(scope="module")
def real_url(alertmanager_factory: Callable[..., str]) -> str:
    return alertmanager_factory(routing.document(CONFIG))


@pytest.fixture
def both(real_url: str, tmp_path: Path) -> Iterator[Both]:
    clock = SystemClock()
    api = AlertmanagerApi(clock, started=clock.now())
    with DemoServer({"alertmanager": HandlerApp(api)}) as server:
        yield Amtool(real_url, tmp_path), Amtool(server.urls["alertmanager"], tmp_path)


def alike(both: Both, *words: str, code: int = 0) -> str:
    """What both servers make amtool say, errors included; they must not differ."""
    real, ours = (tool(*words) for tool in both)
    assert ours == real, words
    assert real[0] == code, real
    return real[1] or real[2]


def settled(both: Both, count: int, *words: str) -> None:
    """Wait until the real server tells of so many alerts: it takes them up a moment after it was told."""
    real, _ = both
    until(
        lambda: len(json.loads(real("alert", "query", "-o", "json", *words)[1])) == count,
        "alerts are not taken up",
        deadline=20,
    )


def test_alerts_are_added_queried_and_ended(both: Both) -> None:
    disk = ("alertname=Disk", "severity=high", "instance=a", "case=alerts")
    alike(both, "alert", "add", *disk, "--annotation=summary=full", "--generator-url=http://p/x", f"--end={FAR}")
    alike(
        both, "alert", "add", "Cpu", "severity=critical", "case=alerts", "--start=2026-01-01T00:00:00Z", f"--end={FAR}"
    )
    settled(both, 2, "case=alerts")
    assert alike(both, "alert", "query", "case=alerts") == (
        "Alertname  Starts At  Summary  State\nCpu  <moment>  active\nDisk  <moment>  full  active"
    )
    for query in (
        ("alert", "query", "case=alerts", "-o", "extended"),
        ("alert", "query", "case=alerts", "-o", "json"),
        ("alert", "query", "Disk", "case=alerts"),
        ("alert", "query", "severity=~high|low", "case=alerts"),
        ("alert", "query", "severity!=high", "case=alerts"),
        ("alert", "query", "case=alerts", "--receiver=slack.*"),
        ("alert", "query", "case=alerts", "--receiver=slack"),
        ("alert", "query", "case=alerts", "--active"),
        ("alert", "query", "case=alerts", "--silenced"),
        ("alert", "query", "case=alerts", "--unprocessed"),
    ):
        alike(both, *query)
    alike(both, "alert", "query", "case=alerts", "a=~(", code=1)
    alike(both, "alert", "add", "--end=2020-01-01T00:00:00Z", "--start=2021-01-01T00:00:00Z", "Bad", code=1)
    alike(both, "alert", "add", *disk, "--start=2020-01-01T00:00:00Z", "--end=2020-01-01T00:01:00Z")
    settled(both, 1, "case=alerts")  # what does not overlap takes its place
    alike(both, "alert", "query", "case=alerts")


def test_an_inhibited_and_silenced_alert_shows_as_suppressed(both: Both) -> None:
    for severity in ("critical", "high"):
        alike(both, "alert", "add", "Both", f"severity={severity}", "company_id=1", "case=hidden", f"--end={FAR}")
    settled(both, 1, "case=hidden", "severity=critical")
    settled(both, 1, "case=hidden", "--inhibited")
    alike(both, "alert", "query", "case=hidden", "--inhibited", "-o", "json")
    alike(both, "silence", "add", "case=hidden", "severity=critical", "-c", "known", "-a", "mara")
    assert alike(both, "alert", "query", "case=hidden", "--silenced", "-o", "extended") == (
        "Labels  Annotations  Starts At  Ends At  Generator URL  State\n"
        'alertname="Both" case="hidden" company_id="1" severity="critical"  <moment>  <moment>  suppressed'
    )
    alike(both, "alert", "query", "case=hidden", "--active")
    alike(both, "silence", "expire", "{0}")


def test_silences_are_added_queried_updated_and_expired(both: Both) -> None:
    assert alike(both, "silence", "add", "Disk", "case=life", "-c", "planned", "-a", "mara", "-d", "2h") == "<id 0>"
    alike(
        both, "silence", "add", "case=life", "alertname=~D.*", "severity!=low", "-c", "ACK! mine [noc/1]", "-a", "ben"
    )
    alike(
        both, "silence", "add", "case=life", "-c", "later", "-a", "ben", "--start=2100-01-01T00:00:00Z", f"--end={FAR}"
    )
    assert alike(both, "silence", "query", "case=life") == (
        "ID  Matchers  Ends At  Created By  Comment\n"
        '<id 1>  case="life" alertname=~"D.*" severity!="low"  <moment>  ben  ACK! mine [noc/1]\n'
        '<id 0>  alertname="Disk" case="life"  <moment>  mara  planned\n'
        '<id 2>  case="life"  <moment>  ben  later'
    )
    for query in (
        ("silence", "query", "case=life", "-o", "extended"),
        ("silence", "query", "case=life", "-o", "json"),
        ("silence", "query", "case=life", "-q"),
        ("silence", "query", "case=life", "alertname=Disk"),
        ("silence", "query", "case=life", "--created-by=mara"),
        ("silence", "query", "case=life", "--within=90m"),
    ):
        alike(both, *query)
    updated = ("silence", "update", "{0}", "-d", "30m", "-c", "ACK! longer", "-o", "extended")
    assert "<id 0>" in alike(both, *updated)  # in place
    alike(both, "silence", "expire", "{0}", "{2}")
    assert alike(both, "silence", "query", "case=life", "-q") == "<id 1>"
    alike(both, "silence", "query", "case=life", "--expired", "-o", "json")
    alike(both, "silence", "update", "{0}", "-d", "30m")  # a new one, active
    assert alike(both, "silence", "query", "case=life", "-q") == "<id 3>\n<id 1>"
    for number in (1, 3):
        alike(both, "silence", "expire", f"{{{number}}}")


def test_what_a_server_refuses_is_refused_in_its_words(both: Both) -> None:
    unknown = "524f641e-0000-4000-8000-000000000000"
    for words in (
        ("silence", "add", "-c", "x", "severity=~.*"),
        ("silence", "add", "case=refused", "a=~(", "-c", "x"),
        ("silence", "add", "-c", "x", "case=refused", f"--start={FAR}", "--end=2100-01-01T00:00:00Z"),
        ("silence", "expire", unknown),
        ("silence", "expire", "x"),
        ("silence", "update", "-d", "30m", unknown),
    ):
        alike(both, *words, code=1)
    assert alike(both, "silence", "expire", unknown, code=1) == (
        "amtool: error: [DELETE /silence/{silenceID}][500] deleteSilenceInternalServerError  silence not found\n"
    )


def test_exported_silences_are_imported_again(both: Both, tmp_path: Path) -> None:
    alike(both, "silence", "add", "case=import", "-c", "planned", "-a", "mara", "-d", "2h")
    for number, tool in enumerate(both):
        exported = subprocess.run(
            ["amtool", f"--alertmanager.url={tool.url}", "silence", "query", "case=import", "-o", "json"],
            capture_output=True,
            check=True,
            timeout=20,
        ).stdout
        (tmp_path / f"{number}.json").write_bytes(exported)
    alike(both, "silence", "expire", "{0}")
    told = [tool("silence", "import", str(tmp_path / f"{number}.json")) for number, tool in enumerate(both)]
    assert told[0] == told[1]
    assert told[0][0] == 0
    assert "<id 1>" in alike(both, "silence", "query", "case=import")
    alike(both, "silence", "query", "case=import", "--expired", "-o", "json")
    alike(both, "silence", "expire", "{1}")


def test_the_configuration_and_its_routes_are_shown(both: Both, tmp_path: Path) -> None:
    shown = alike(both, "config", "show")
    assert shown.startswith("global:\n  resolve_timeout: 5m\n")
    alike(both, "config", "routes", "show")
    assert alike(both, "config", "routes", "test", "severity=critical", "category=security") == (
        "noc,pd-critical-security,slack-critical"
    )
    file = tmp_path / "alertmanager.yml"
    file.write_text(routing.document(CONFIG))
    done = subprocess.run(
        ["amtool", "check-config", str(file)], capture_output=True, text=True, check=False, timeout=20
    )
    assert (done.returncode, "SUCCESS" in done.stdout) == (0, True), done.stdout + done.stderr


def test_a_server_alone_is_no_cluster(both: Both) -> None:
    assert alike(both, "cluster", "show") == "Cluster Status:  disabled\nNode Name:"


def test_a_cluster_shows_its_members(alertmanager_cluster: list[Alertmanager], tmp_path: Path) -> None:
    """Names and addresses are a member's own."""
    members = cluster(2, SystemClock())
    with DemoServer({member.name: HandlerApp(member) for member in members}) as server:
        urls = [alertmanager_cluster[0].url, server.urls[members[0].name]]
        real, ours = (Amtool(url, tmp_path)("cluster", "show", "-o", "extended")[1] for url in urls)

    def anonymous(text: str) -> str:
        return re.sub(r"127\.0\.0\.1:\d+", "<address>", re.sub(r"\b(?:[0-9A-Z]{26}|demo-\d)\b", "<name>", text))

    assert anonymous(ours) == anonymous(real)
    assert anonymous(real).count("<name>") == 3


def test_members_of_a_cluster_tell_amtool_the_same_silences_and_each_its_own_alerts(tmp_path: Path) -> None:
    members = cluster(2, SystemClock())
    with DemoServer({member.name: HandlerApp(member) for member in members}) as server:
        one, other = (Amtool(server.urls[member.name], tmp_path) for member in members)
        one("silence", "add", "Disk", "-c", "known", "-a", "mara")
        one("alert", "add", "Disk", f"--end={FAR}")
        assert one("silence", "query", "-o", "json") == other("silence", "query", "-o", "json")
        assert [
            json.loads(tool("alert", "query", "--silenced", "-o", "json")[1])[:1] != [] for tool in (one, other)
        ] == [
            True,
            False,
        ]
        other("silence", "expire", "{0}")
        assert one("silence", "query", "-q") == (0, "", "")
