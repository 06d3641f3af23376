"""noc alerts and noc alert: what fires, as text, as JSON and as one line; what they say when nobody answers."""

from __future__ import annotations

from typing import Any

import httpx
import orjson
import pytest

from noc.cli.exits import Exit
from noc.demo.encoding import Reply
from noc.demo.request import Request
from noc.model.alerts import fingerprint
from tests.alertgiven import NOW, text_of
from tests.cli.alertgiven_cli import Ran, Room, Shell, matcher
from tests.servers import free_port

HOSTILE = {"note": "a\u202eb\nc\x9b31m\x1b[2J", "zone": "Zürich"}


@pytest.fixture
def busy(room: Room) -> Room:
    """One of each: critical, high, an acked medium, a low one, a silenced one, one that a critical inhibits."""
    room.fires("DatabaseDeadlocks", "critical", instance="db-1")
    room.fires("DatabaseDeadlocks", "high", instance="db-2")
    room.fires("SlowQueryRate", "high", since=7200, company_id="7")
    room.fires("QueueBacklog", "medium")
    room.acked("QueueBacklog", "medium")
    room.fires("LowIndexUsage", "low", since=86400)
    room.silenced(matcher("alertname", "LowIndexUsage"), by="ines", left=3600)
    return room


def first(listed: str) -> list[str]:
    """Fingerprints in the order they stand."""
    return [line.split()[1] for line in listed.splitlines()]


def test_every_alert_is_a_row_the_most_urgent_first_with_who_has_it(busy: Room, noc: Shell) -> None:
    ids = [
        fingerprint({"alertname": name, "severity": severity, **more})
        for name, severity, more in (
            ("DatabaseDeadlocks", "critical", {"instance": "db-1"}),
            ("SlowQueryRate", "high", {"company_id": "7"}),
            ("QueueBacklog", "medium", {}),
            ("DatabaseDeadlocks", "high", {"instance": "db-2"}),
            ("LowIndexUsage", "low", {}),
        )
    ]
    assert noc("alerts") == Ran(
        Exit.OK,
        f"✖  {ids[0]}  active     5 m  DatabaseDeadlocks{{instance=db-1}}\n"
        f"▲  {ids[1]}  active     2 h  SlowQueryRate{{company_id=7}}\n"
        f"◆  {ids[2]}  acked      5 m  QueueBacklog                      acked by mara, 13 m left\n"
        f"▲  {ids[3]}  inhibited  5 m  DatabaseDeadlocks{{instance=db-2}}  inhibited\n"
        f"●  {ids[4]}  silenced   1 d  LowIndexUsage                     silenced by ines, 1 h left\n",
        "",
    )


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (["severity=critical"], ["DatabaseDeadlocks"]),
        (['company_id=~"7|9"'], ["SlowQueryRate"]),
        (["@state=acked"], ["QueueBacklog"]),
        (["@ack_by=mara"], ["QueueBacklog"]),
        (["@age<1h", "severity=high"], ["DatabaseDeadlocks"]),
        (["slow"], ["SlowQueryRate"]),
        (["@state=active", "severity!=critical"], ["SlowQueryRate"]),
    ],
)
def test_filters_must_all_hold(filters: list[str], names: list[str], busy: Room, noc: Shell) -> None:
    ran = noc("alerts", *filters, "--json")
    assert [one["labels"]["alertname"] for one in ran.json["alerts"]] == names
    assert len(first(noc("alerts", *filters).out)) == len(names)


def test_nothing_that_matches_and_nothing_that_fires_are_told_apart(busy: Room, noc: Shell, room: Room) -> None:
    assert noc("alerts", "alertname=Nope") == Ran(Exit.OK, "", "nothing matches the filter\n")
    room.resolves()
    assert noc("alerts") == Ran(Exit.OK, "", "no alert fires\n")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["@stat=acked"], "@stat"),
        (["severity=~("], "invalid regular expression"),
        (['a="b'], "a quote is not closed"),
        (["--json", "--oneline"], "give --json or --oneline, not both"),
    ],
)
def test_what_is_no_filter_is_a_usage_error_and_nobody_is_asked(
    args: list[str], words: str, room: Room, noc: Shell
) -> None:
    ran = noc("alerts", *args)
    assert (ran.code, ran.out, room.asked) == (Exit.USAGE, "", [])
    assert words in ran.err


def test_json_has_alertmanagers_names_and_what_noc_makes_of_it(busy: Room, noc: Shell) -> None:
    (silence,) = [one["id"] for one in busy.held() if one["createdBy"] == "mara"]
    assert noc("alerts", "@state=acked", "--json").json == {
        "alerts": [
            {
                "fingerprint": fingerprint({"alertname": "QueueBacklog", "severity": "medium"}),
                "labels": {"alertname": "QueueBacklog", "severity": "medium"},
                "annotations": {"summary": "QueueBacklog happened"},
                "startsAt": text_of(NOW - 300),
                "endsAt": text_of(NOW + 240),
                "updatedAt": text_of(NOW),
                "generatorURL": "http://prometheus:9090/graph",
                "receivers": [{"name": "noc"}, {"name": "slack-medium"}],
                "status": {"state": "suppressed", "silencedBy": [silence], "inhibitedBy": [], "mutedBy": []},
                "state": "acked",
                "phase": "firing",
                "severity": "medium",
                "value": None,
                "ackedBy": "mara",
                "ackedUntil": text_of(NOW + 780),
                "stale": False,
                "members": ["alertmanager"],
                "firesAt": None,
                "clearsAt": None,
            }
        ],
        "findings": [],
    }


def test_a_watchdog_is_no_row(room: Room, noc: Shell) -> None:
    room.fires("Watchdog", "none")
    assert noc("alerts").out == ""
    assert noc("alerts", "--oneline").out == "✔ prod\n"


@pytest.mark.parametrize(
    ("severities", "line", "code"),
    [
        ([], "✔ prod\n", 0),
        (["low"], "●1 prod\n", 10),
        (["medium"] * 4, "◆4 prod\n", 11),
        (["high", "low"], "▲1 ●1 prod\n", 12),
        (["critical", "high", "high", *["medium"] * 4], "✖1 ▲2 ◆4 prod\n", 13),
        (["strange"], "◆1 prod\n", 11),
    ],
)
def test_one_line_counts_by_severity_and_the_code_is_the_worst(
    severities: list[str], line: str, code: int, room: Room, noc: Shell
) -> None:
    for number, severity in enumerate(severities):
        room.fires(f"Alert{number}", severity)
    assert noc("alerts", "--oneline") == Ran(code, line, "")


def test_one_line_counts_what_nobody_has_only(room: Room, noc: Shell) -> None:
    room.fires("Taken", "critical")
    room.acked("Taken", "critical")
    room.fires("Open", "low")
    assert noc("alerts", "--oneline") == Ran(Exit.LOW, "●1 prod\n", "")


def test_one_line_keeps_to_the_filter(busy: Room, noc: Shell) -> None:
    assert noc("alerts", "--oneline", "company_id=7") == Ran(Exit.HIGH, "▲1 prod\n", "")


def test_one_line_without_a_named_environment_has_no_name(room: Room, noc: Shell, alertmanager: str) -> None:
    noc.settings = {}
    assert noc("alerts", "--oneline", "--alertmanager", alertmanager) == Ran(Exit.OK, "✔\n", "")


def test_a_prompt_never_looks_calm_because_nobody_answers(noc: Shell) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    ran = noc("alerts", "--oneline", "--alertmanager", url)
    assert ran == Ran(Exit.UNREACHABLE, "? prod\n", f"connection refused by {url}; is it running?\n")


def test_one_dead_member_hides_nothing_and_is_told(busy: Room, noc: Shell, alertmanager: str) -> None:
    dead = f"http://127.0.0.1:{free_port()}"
    noc.settings["environments"]["prod"]["alertmanager"] = {"a": alertmanager, "b": dead}
    cause = f"connection refused by {dead}; is it running?"
    whole = noc("alerts")
    assert (whole.code, len(first(whole.out)), whole.err) == (Exit.OK, 5, f"b: {cause}\n")
    found = noc("alerts", "--json").json["findings"]
    assert found == [
        {
            "kind": "member",
            "title": "b does not answer",
            "text": cause,
            "severity": "high",
            "since": None,
            "runbook": "alertmanager-down",
        }
    ]


def html(request: Request) -> Reply:
    return Reply(200, {"Content-Type": "text/html"}, b"<!doctype html><title>Sign in</title>")


def login(request: Request) -> Reply:
    return Reply(401, {"Content-Type": "text/plain"}, b"who are you")


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        (html, "{url} answered HTML, not Alertmanager: login page or wrong URL?\n"),
        (login, "401 from {url}: login needed or wrong (who are you)\n"),
        (lambda request: Reply(503, {}, b""), "503 from {url}: not ready\n"),
        (lambda request: Reply(200, {"Content-Type": "application/json"}, b'[{"gro'), "no JSON"),
    ],
)
@pytest.mark.parametrize(
    "args",
    [["alerts"], ["alert", "00"], ["acks"], ["ack", "00"], ["silence", "a=b", "-c", "x"], ["expire", "00"]],
    ids=lambda args: args[0],
)
def test_an_answer_that_is_none_is_one_line_and_its_own_code(
    args: list[str], instead: Any, words: str, room: Room, noc: Shell, alertmanager: str
) -> None:
    room.instead = instead
    ran = noc(*args)
    assert (ran.code, ran.out, ran.err.count("\n"), room.written) == (Exit.UNREACHABLE, "", 1, [])
    if words.endswith("\n"):
        assert ran.err == words.format(url=alertmanager)


def test_nobody_to_ask_says_how_to_name_one(noc: Shell) -> None:
    noc.settings = {}
    for command in (["alerts"], ["alert", "00"], ["acks"], ["ack", "00", "-a", "mara"]):
        ran = noc(*command)
        assert ran == Ran(
            Exit.ERROR,
            "",
            "noc: no Alertmanager is configured; give one with --alertmanager URL, or let noc init look for it\n",
        )


def test_hostile_labels_are_shown_in_text_and_escaped_in_json(room: Room, noc: Shell) -> None:
    id = room.fires("Evil\x1b]0;x\x07", "low", **HOSTILE)
    room.acked("Evil\x1b]0;x\x07", "low", by="mal\u202elory", **HOSTILE)
    shown = "Evil␛]0;x␇{note=a‹U+202E›b⏎c‹U+009B›31m␛[2J, zone=Zürich}"
    assert noc("alerts").out == f"●  {id}  acked  5 m  {shown}  acked by mal‹U+202E›lory, 13 m left\n"
    for command in (["alerts", "--json"], ["alert", id, "--json"], ["acks", "--json"]):
        ran = noc(*command)
        assert '"a\\u202eb\\nc\\u009b31m\\u001b[2J"' in ran.out
        assert '"zone": "Zürich"' in ran.out
        assert all(char.isprintable() or char == "\n" for char in ran.out)
        one = ran.json if command[0] == "alert" else ran.json[command[0]][0]
        assert one["labels"] == {"alertname": "Evil\x1b]0;x\x07", "severity": "low", **HOSTILE}
    for command in (
        ["alert", id],
        ["acks"],
        ["ack", id, "--dry-run"],
        ["silence", "severity=low", "-c", "x", "--dry-run"],
    ):
        ran = noc(*command)
        assert all(char.isprintable() or char == "\n" for char in ran.out + ran.err)


def test_an_alert_as_text_is_six_lines_its_notes_and_what_hides_it(busy: Room, noc: Shell) -> None:
    (own,) = [one for one in busy.held() if one["createdBy"] == "mara"]
    ran = noc("alert", fingerprint({"alertname": "QueueBacklog", "severity": "medium"})[:8].upper())
    assert ran == Ran(
        Exit.OK,
        "◆ MEDIUM QueueBacklog [prod]\n"
        "labels: none\n"
        "what: QueueBacklog happened\n"
        "since: Thu 02 Oct 15:25 UTC (5 m)\n"
        "state: acked by mara, 13 m left\n"
        "links: http://prometheus:9090/graph\n"
        "summary: QueueBacklog happened\n"
        f'ack {own["id"]} by mara: {{alertname="QueueBacklog", severity="medium"}}\n',
        "",
    )


def test_one_alert_as_json_is_what_the_list_says_of_it(busy: Room, noc: Shell) -> None:
    listed = noc("alerts", "severity=critical", "--json").json["alerts"]
    assert [noc("alert", listed[0]["fingerprint"][:8], "--json").json] == listed


def test_a_fingerprint_nobody_knows_is_refused(busy: Room, noc: Shell) -> None:
    for command in (["alert", "zz\x1b"], ["ack", "zz\x1b"]):
        assert noc(*command) == Ran(Exit.REFUSED, "", "there is no alert zz␛; noc alerts lists them\n")


def test_digits_that_begin_several_fingerprints_name_eight_of_them(room: Room, noc: Shell) -> None:
    ids = sorted(room.fires("Many", "low", number=str(number)) for number in range(200))
    prefix = max("0123456789abcdef", key=lambda digit: sum(id.startswith(digit) for id in ids))
    hits = [id for id in ids if id.startswith(prefix)]
    assert len(hits) > 9
    assert noc("ack", prefix) == Ran(
        Exit.REFUSED,
        "",
        f"{prefix} begins several fingerprints: {', '.join(hits[:8])} and {len(hits) - 8} more\n",
    )


def test_a_password_in_the_url_is_refused_and_not_repeated(noc: Shell) -> None:
    ran = noc("alerts", "--alertmanager", "http://mara:hunter2@127.0.0.1:1")
    assert (ran.code, ran.out) == (Exit.ERROR, "")
    assert "the URL holds a user name or password" in ran.err
    assert "hunter2" not in ran.err


def test_a_bearer_token_reaches_the_server_and_no_output(
    busy: Room, noc: Shell, alertmanager: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKEN", "s3cr3t-token")
    noc.settings["environments"]["prod"]["alertmanager"] = {"am": {"url": alertmanager, "bearer_env": "TOKEN"}}
    said = [noc("alerts"), noc("alerts", "--json"), noc("silence", "a=b", "-c", "x", "--yes"), noc("expire", "zz")]
    busy.instead = login
    said += [noc("alerts"), noc("alerts", "--oneline")]
    assert {one.headers["authorization"] for one in busy.asked} == {"Bearer s3cr3t-token"}
    assert "s3cr3t" not in "".join(one.out + one.err for one in said) + orjson.dumps(noc.audit).decode()


@pytest.mark.servers
def test_a_real_alertmanagers_alerts_are_listed_and_counted(noc: Shell, alertmanager_factory: Any) -> None:
    url = alertmanager_factory()
    labels = {"alertname": "DiskFull", "severity": "critical", "host": "a\u202eb"}
    httpx.post(f"{url}/api/v2/alerts", json=[{"labels": labels}]).raise_for_status()
    noc.settings["environments"]["prod"]["alertmanager"] = url
    (found,) = noc("alerts", "--json").json["alerts"]
    assert (found["fingerprint"], found["labels"], found["state"]) == (fingerprint(labels), labels, "active")
    assert noc("alerts", "--oneline") == Ran(Exit.CRITICAL, "✖1 prod\n", "")
