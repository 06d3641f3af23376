"""noc silence: look, ask, guard, send; each request counted, each refusal with its code."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from noc.cli import alerting
from noc.cli.exits import Exit
from noc.demo.encoding import Reply
from noc.demo.request import Request
from tests.alertgiven import NOW, text_of
from tests.cli.alertgiven_cli import Ran, Room, Shell, matcher
from tests.e2e.real import until
from tests.servers import free_port

SLOW = matcher("alertname", "SlowQueryRate")


@pytest.fixture
def three(room: Room) -> Room:
    """Three slow tenants among seven alerts, one of them CRITICAL."""
    for company in ("7", "8", "9"):
        room.fires("SlowQueryRate", "high", company_id=company)
    room.fires("DatabaseDeadlocks", "critical", instance="db-1")
    for name in ("QueueBacklog", "LowIndexUsage", "DiskFilling"):
        room.fires(name, "low")
    return room


def body(*matchers: dict[str, Any], comment: str = "index build", lasts: float = 7200) -> dict[str, Any]:
    """The one request that is expected."""
    return {
        "matchers": list(matchers),
        "startsAt": text_of(NOW - 300),
        "endsAt": text_of(NOW + lasts),
        "createdBy": "mara",
        "comment": comment,
    }


LOOK = (
    'silence {alertname="SlowQueryRate"}: hides 3 of 7 firing\n'
    "  ▲ SlowQueryRate{company_id=7}\n  ▲ SlowQueryRate{company_id=8}\n  ▲ SlowQueryRate{company_id=9}\n"
)


def test_a_silence_is_shown_sent_once_and_told_with_its_id_and_end(three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "index build", "--yes")
    (made,) = three.held()
    said = 'silence {alertname="SlowQueryRate"}: hides 3 of 7 firing until 17:30 UTC\n'
    assert (ran.code, ran.out) == (Exit.OK, made["id"] + "\n")
    assert sorted(ran.err.splitlines()) == sorted((LOOK + said).splitlines())
    assert three.written == [("POST", "/api/v2/silences", body(SLOW))]
    assert [line["event"] for line in noc.audit] == ["asked", "ended"]


def test_json_is_one_object_on_standard_output(three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "index build", "--yes", "--json")
    assert ran.json == {
        "ok": True,
        "message": 'silence {alertname="SlowQueryRate"}: hides 3 of 7 firing until 17:30 UTC',
        "ids": [three.held()[0]["id"]],
        "ends_at": text_of(NOW + 7200),
    }


@pytest.mark.parametrize("extra", [[], ["--read-only"]])
def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(extra: list[str], three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "company_id=~7|8", "-c", "index build", "-d", "1h", "--dry-run", *extra)
    words = 'silence {alertname="SlowQueryRate", company_id=~"7|8"}: hides 2 of 7 firing\n'
    assert (ran.code, three.written, noc.audit) == (Exit.OK, [], [])
    assert ran.err.startswith(words) and ran.err.endswith(f"nothing was sent; without --dry-run: {words}")
    assert ran.json == body(SLOW, matcher("company_id", "7|8", regex=True), lasts=3600)


def test_a_dry_run_as_json_is_one_object(three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "index build", "--dry-run", "--json")
    drafted = body(SLOW)
    assert ran.json == {
        "dry_run": True,
        "what": 'silence {alertname="SlowQueryRate"}: hides 3 of 7 firing',
        "create": [drafted],
        "expire": [],
    }


def test_without_a_terminal_and_without_yes_it_refuses_rather_than_hangs(three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "index build")
    assert (ran.code, ran.out, three.written) == (Exit.REFUSED, "", [])
    assert ran.err.splitlines()[-1] == "nobody to ask; give --yes"


@pytest.mark.parametrize("answer", ["yes\n", "y\n", " YES \n"])
def test_a_person_says_yes(answer: str, three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "index build", answer=answer)
    assert (ran.code, len(three.written)) == (Exit.OK, 1)
    assert "type yes to go on: " in ran.err
    assert ran.out == three.held()[0]["id"] + "\n"


@pytest.mark.parametrize("answer", ["no\n", "\n", "3\n", ""])
def test_any_other_answer_and_the_end_of_input_send_nothing(answer: str, three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "index build", answer=answer)
    assert (ran.code, ran.out, three.written) == (Exit.REFUSED, "", [])
    assert ran.err.endswith("nothing was sent\n")


BROAD = [
    (["alertname=~.+"], 7, "this matches everything"),
    (["severity!=none"], 7, "a negative matcher alone hides everything else"),
    (["severity=~high|low"], 6, "more than 50% of all that fires"),
]


@pytest.mark.parametrize(("matchers", "number", "why"), BROAD)
def test_above_the_guard_yes_is_no_answer_and_the_number_is(
    matchers: list[str], number: int, why: str, three: Room, noc: Shell
) -> None:
    for more in (["--yes"], [], ["--expect", str(number + 1)], ["--yes", "--expect", str(number - 1)]):
        ran = noc("silence", *matchers, "-c", "x", *more)
        assert (ran.code, ran.out, three.written) == (Exit.GUARD, "", [])
        assert f": hides {number} of 7 firing ({why})\n" in ran.err
    ran = noc("silence", *matchers, "-c", "x", "--yes")
    assert ran.err.splitlines()[-1] == f"--yes does not answer this; look first, then give --expect {number}"
    ran = noc("silence", *matchers, "-c", "x", "--expect", str(number))
    assert (ran.code, len(three.written)) == (Exit.OK, 1)


@pytest.mark.parametrize(("answer", "code"), [("7\n", 0), ("yes\n", 4), ("6\n", 4), ("\n", 4)])
def test_above_the_guard_a_person_types_the_number(answer: str, code: int, three: Room, noc: Shell) -> None:
    ran = noc("silence", "alertname=~.+", "-c", "x", answer=answer)
    assert (ran.code, len(three.written)) == (code, int(code == 0))
    assert "type 7 to go on: " in ran.err


def test_expect_holds_below_the_guard_too_and_is_an_answer(three: Room, noc: Shell) -> None:
    ran = noc("silence", "SlowQueryRate", "-c", "x", "--yes", "--expect", "2")
    assert (ran.code, ran.err.splitlines()[-1]) == (Exit.GUARD, "it is 3 now, not 2; nothing was sent")
    assert three.written == []
    assert noc("silence", "SlowQueryRate", "-c", "x", "--expect", "3").code == Exit.OK


def test_what_fires_while_a_person_types_the_number_stops_it(
    three: Room, noc: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(prompt: str) -> str:
        three.fires("Another", "critical")
        return "7"

    monkeypatch.setattr(alerting, "typed", slowly)
    ran = noc("silence", "alertname=~.+", "-c", "x", answer="")
    assert (ran.code, three.written) == (Exit.GUARD, [])
    assert ran.err.splitlines()[-1] == "it is 8 now, not 7; nothing was sent"


def test_a_silence_counts_from_the_answer_not_from_the_question(
    three: Room, noc: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    from noc.model.clock import SystemClock

    def slowly(prompt: str) -> str:
        monkeypatch.setattr(SystemClock, "now", lambda self: NOW + 600)
        three.clock.at = NOW + 600
        return "yes"

    monkeypatch.setattr(alerting, "typed", slowly)
    assert noc("silence", "SlowQueryRate", "-c", "x", "-d", "5m", answer="").code == Exit.OK
    assert three.held()[0]["endsAt"] == text_of(NOW + 900)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["SlowQueryRate"], "a comment is required: the next one on call reads it"),
        (["SlowQueryRate", "-c", "  "], "a comment is required: the next one on call reads it"),
        (["SlowQueryRate", "-c", "x", "-d", "25h"], "longer than 24 hours; say so (--long) if you mean it"),
        (["a=~.*", "-c", "x"], "every matcher is met by alerts without that label: Alertmanager refuses it"),
        (["a=1", "a=2", "-c", "x"], "a stands twice: no alert has both values"),
        (["--template", "nope", "-c", "x"], "there is no template 'nope'; there are none"),
        (["--window", "rate-limit-test", "-c", "x"], "company_id is needed"),
        (
            ["--window", "nope", "-c", "x"],
            "there is no class of windows 'nope'; there are deployment, database, rate-limit-test",
        ),
        (
            ["x=y", "-c", "x", "-a", "root"],
            "'root' does not say who you are; give --author NAME, or write author: NAME ",
        ),
        (
            ["x=y", "-c", "x", "-a", "OnCall"],
            "'OnCall' does not say who you are; give --author NAME, or write author: ",
        ),
        (["x=y", "-c", "x", "-a", " "], "say who you are; give --author NAME, or write author: NAME into the settings"),
    ],
)
def test_what_no_silence_may_be_is_refused_with_the_reason(
    args: list[str], words: str, three: Room, noc: Shell
) -> None:
    ran = noc("silence", *args, "--yes")
    assert (ran.code, ran.out, three.written, noc.audit) == (Exit.REFUSED, "", [], [])
    assert ran.err.startswith(words) and ran.err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ([], "give matchers, or --window CLASS, or --template NAME"),
        (["a=b", "--window", "database"], "give matchers, or --window CLASS, or --template NAME"),
        (["a=b", "-d", "1h", "--until", "18:00"], "give --duration or --until, not both"),
        (
            ["a=b", "-d", "soon"],
            "Invalid value for --duration: 'soon' is no time ahead; write 2h, 18:00, tomorrow 09:00",
        ),
        (["a=b", "--until", "2020-01-01 08:00"], "Invalid value for --until: that lies in the past"),
        (["a=b", "--start", "then"], "Invalid value for --start: 'then' is no time ahead"),
        (["--window", "rate-limit-test", "--set", "company_id"], "'company_id' answers nothing; write NAME=VALUE"),
        (["{"], "is no matcher; write name=value"),
        (["a=~("], "invalid regular expression '('"),
        (["a=b", "--expect", "-1"], "Invalid value for '--expect'"),
        (["a=\udce9"], "these bytes are no UTF-8 text"),
        (["a=b", "-c", "caf\udce9"], "these bytes are no UTF-8 text"),
    ],
)
def test_a_wrong_command_line_is_told_before_any_server_is_asked(
    args: list[str], words: str, room: Room, noc: Shell
) -> None:
    ran = noc("silence", *args, *(["-c", "x"] if "-c" not in args else []), "--yes")
    assert (ran.code, ran.out, room.asked) == (Exit.USAGE, "", [])
    assert words in ran.err


@pytest.mark.parametrize(
    ("command", "args"),
    [
        ("silence", ["a=b", "-c", "x", "--yes"]),
        ("ack", ["00"]),
        ("expire", ["00"]),
        ("emergency", ["-c", "x"]),
        ("acks", ["--keep"]),
    ],
)
@pytest.mark.parametrize("how", ["flag", "settings", "environment"])
def test_read_only_refuses_before_anything_is_asked_of_a_server(
    command: str, args: list[str], how: str, room: Room, noc: Shell
) -> None:
    if how == "settings":
        noc.settings["read_only"] = True
    if how == "environment":
        noc.settings["environments"]["prod"]["readonly"] = True
    ran = noc(command, *args, *(["--read-only"] if how == "flag" else []))
    assert ran == Ran(Exit.REFUSED, "", "read-only: nothing is written from here\n")
    assert (room.asked, noc.audit) == ([], [])


@pytest.mark.parametrize(
    ("command", "args"),
    [("silence", ["a=b", "-c", "x"]), ("ack", ["00"]), ("expire", ["00"]), ("emergency", ["-c", "x"])],
)
def test_a_shared_name_is_refused_before_anything_is_asked_of_a_server(
    command: str, args: list[str], room: Room, noc: Shell
) -> None:
    noc.settings["author"] = "oncall"
    ran = noc(command, *args)
    assert ran == Ran(
        Exit.REFUSED,
        "",
        "'oncall' does not say who you are; give --author NAME, or write author: NAME into the settings\n",
    )
    assert room.asked == []


def test_longer_than_a_day_is_meant_where_it_is_said(three: Room, noc: Shell) -> None:
    assert noc("silence", "SlowQueryRate", "-c", "x", "-d", "25h", "--long", "--yes").code == Exit.OK
    assert three.held()[0]["endsAt"] == text_of(NOW + 25 * 3600)


def test_until_and_start_are_times_of_the_settings_zone(three: Room, noc: Shell) -> None:
    noc.settings["timezone"] = "Europe/Zurich"
    ran = noc("silence", "SlowQueryRate", "-c", "x", "--start", "tomorrow 09:00", "-d", "1h", "--yes")
    (made,) = three.held()
    assert (made["startsAt"], made["endsAt"]) == ("2025-10-03T07:00:00.000Z", "2025-10-03T08:00:00.000Z")
    assert ran.err.endswith("until Fri 03 Oct 10:00 CEST\n")
    noc("silence", "SlowQueryRate", "company_id=7", "-c", "x", "--until", "18:00", "--yes")
    assert three.held()[0]["endsAt"] == "2025-10-02T16:00:00.000Z"


def test_a_window_of_a_class_takes_its_answers_its_title_and_its_duration(three: Room, noc: Shell) -> None:
    ran = noc("silence", "--window", "rate-limit-test", "--set", "company_id=7", "--yes")
    assert ran.code == Exit.OK
    expected = body(matcher("company_id", "7"), comment="MW! Rate limit test of a tenant", lasts=3600)
    assert three.written == [("POST", "/api/v2/silences", expected)]


def test_a_template_of_the_settings_fills_its_values_in_as_values(three: Room, noc: Shell) -> None:
    template = {"matchers": ['company_id="$tenant"'], "duration": "30m", "comment": "load test"}
    noc.settings["alerting"] = {"templates": {"load": template}}
    ran = noc("silence", "--template", "load", "--set", 'tenant=7",severity="critical', "--yes")
    assert ran.code == Exit.OK
    expected = body(matcher("company_id", '7",severity="critical'), comment="load test", lasts=1800)
    assert three.written == [("POST", "/api/v2/silences", expected)]


def refusing(status: int, kind: str, text: bytes) -> Any:
    """A server that takes no writes."""
    return lambda request: Reply(status, {"Content-Type": kind}, text) if request.method != "GET" else None


@pytest.mark.parametrize(
    ("instead", "code", "words", "field"),
    [
        (refusing(400, "application/json", b'"bad matcher \\u001b[2J"'), Exit.ERROR, "bad matcher ␛[2J", "matchers"),
        (
            refusing(422, "application/json", b'{"code":602,"message":"comment in body is required"}'),
            Exit.ERROR,
            "comment in body is required",
            "comment",
        ),
        (refusing(401, "text/plain", b""), Exit.ERROR, "401 from {url}: login needed or wrong", ""),
        (
            refusing(200, "text/html", b"<html>"),
            Exit.UNREACHABLE,
            "no usable answer ({url} answered HTML, not Alertmanager: login page or wrong URL?); "
            "it is not there as far as is known, try again",
            "",
        ),
        (
            refusing(502, "text/html", b"<html>"),
            Exit.UNREACHABLE,
            "no usable answer (502 from {url}: bad gateway); it is not there as far as is known, try again",
            "",
        ),
    ],
)
def test_a_write_that_is_not_taken_is_sent_once_and_told(
    instead: Any, code: int, words: str, field: str, three: Room, noc: Shell, alertmanager: str
) -> None:
    three.instead = instead
    why = words.format(url=alertmanager)
    ran = noc("silence", "SlowQueryRate", "-c", "x", "--yes")
    assert (ran.code, ran.out, len(three.written)) == (code, "", 1)
    assert ran.err.splitlines()[-1] == f'silence {{alertname="SlowQueryRate"}}: hides 3 of 7 firing: {why}'
    ran = noc("silence", "SlowQueryRate", "-c", "x", "--yes", "--json")
    assert (ran.json["ok"], ran.json["ids"], ran.json["error"], ran.json["field"]) == (False, [], why, field)


def test_a_dead_server_is_one_line_and_its_own_code(noc: Shell) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    ran = noc("silence", "a=b", "-c", "x", "--yes", "--alertmanager", url)
    assert ran == Ran(Exit.UNREACHABLE, "", f"connection refused by {url}; is it running?\n")


def test_what_cannot_be_recorded_is_not_done(three: Room, noc: Shell) -> None:
    noc.settings["alerting"] = {"audit": "/dev/null/audit.jsonl"}
    ran = noc("silence", "SlowQueryRate", "-c", "x", "--yes")
    assert (ran.code, ran.out, three.written) == (Exit.ERROR, "", [])
    assert ran.err.endswith("; nothing was sent\n")


HELP = {
    "alerts": (["--json", "--oneline", "--pending"], "noc alerts --oneline"),
    "alert": (["--json", "--text", "--read-only", "--theme"], "noc alert 48bae544 --text"),
    "acks": (["--keep", "--json", "--author", "--read-only"], "noc acks --keep --author mara"),
    "ack": (
        ["--comment", "--duration", "--author", "--hold", "--yes", "--dry-run", "--json", "--read-only"],
        "noc ack 48bae544 -c 'looking at it'",
    ),
    "silence": (
        [
            *("--comment", "--duration", "--until", "--start", "--window", "--template", "--set", "--author"),
            *("--yes", "--expect", "--long", "--dry-run", "--json", "--read-only"),
        ],
        "noc silence alertname=SlowQueryRate 'company_id=~\"7|9\"' -c 'index build' -d 2h",
    ),
    "expire": (["--author", "--yes", "--expect", "--dry-run", "--json", "--read-only"], "noc expire 762e340d"),
    "emergency": (
        ["--comment", "--minutes", "--author", "--expect", "--dry-run", "--json", "--read-only"],
        "noc emergency -c 'core switch replaced'",
    ),
}
SHARED = ["--config", "--env", "--prometheus", "--alertmanager", "--log-file", "--help"]


@pytest.mark.parametrize("command", HELP)
def test_the_help_names_every_option_once_and_shows_a_line_to_type(command: str, noc: Shell) -> None:
    ran = noc(command, "--help")
    own, example = HELP[command]
    listed = [word for line in ran.out.splitlines() if line.startswith("  -") for word in line.split()[:2]]
    assert sorted(word for word in listed if word.startswith("--")) == sorted([*own, *SHARED])
    assert f"\n  {example}\n" in ran.out


class Pressed:
    """The command at a real terminal: a person looks at the question, then presses a key."""

    def __init__(self, *args: str, home: Path) -> None:
        self._terminal, child = pty.openpty()
        environ = {"HOME": str(home), "PATH": os.environ["PATH"]}
        command = [sys.executable, "-c", "from noc.cli.main import main; main()", *args]
        self.process = subprocess.Popen(
            command, stdin=child, stdout=subprocess.PIPE, stderr=child, env=environ, start_new_session=True
        )
        os.close(child)
        self.seen = ""

    def press(self, after: str, key: bytes) -> None:
        end = time.monotonic() + 20
        while after not in self.seen:
            if not select.select([self._terminal], [], [], max(0.0, end - time.monotonic()))[0]:
                self.process.kill()
                raise AssertionError(f"{after!r} was never seen: {self.seen}")
            self.seen += os.read(self._terminal, 4096).decode()
        os.write(self._terminal, key)

    def interrupt(self, after: str) -> None:
        """Ctrl+C once it waits for the answer: a moment sooner it may be noticed only after the next key."""
        self.press(after, b"")
        until(lambda: self._state() == "S", "it never waited")
        self.process.send_signal(signal.SIGINT)

    def _state(self) -> str:
        """Of the process: R while it runs, S while it waits."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()[0]

    def end(self) -> tuple[int, str]:
        out, _ = self.process.communicate(timeout=20)
        os.close(self._terminal)
        return self.process.returncode, out.decode()


def test_at_a_terminal_the_question_is_seen_though_the_id_goes_into_a_variable(
    three: Room, alertmanager: str, tmp_path: Path
) -> None:
    three.clock.at = NOW
    shell = Pressed("silence", "SlowQueryRate", "-c", "x", "-a", "mara", "--alertmanager", alertmanager, home=tmp_path)
    shell.press("type yes to go on: ", b"yes\n")
    code, out = shell.end()
    assert (code, out) == (Exit.OK, three.held()[0]["id"] + "\n")


def test_one_ctrl_c_at_the_question_ends_the_command_and_nothing_is_sent(
    three: Room, alertmanager: str, tmp_path: Path
) -> None:
    shell = Pressed("silence", "SlowQueryRate", "-c", "x", "-a", "mara", "--alertmanager", alertmanager, home=tmp_path)
    shell.interrupt("type yes to go on: ")
    assert shell.end() == (Exit.INTERRUPTED, "")
    assert three.written == []


@pytest.mark.servers
def test_a_real_alertmanager_takes_the_silence_and_refuses_what_it_refuses(
    noc: Shell, alertmanager_factory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(noc.home))
    url = alertmanager_factory()
    noc.settings["environments"]["prod"]["alertmanager"] = url
    httpx.post(
        f"{url}/api/v2/alerts", json=[{"labels": {"alertname": "RealOne", "severity": "low"}}]
    ).raise_for_status()
    until(lambda: len(httpx.get(f"{url}/api/v2/alerts/groups").json()), "the alert never arrived")
    ran = noc("silence", "alertname=RealOne", "-c", "so that it is quiet", "--yes")
    made = httpx.get(f"{url}/api/v2/silence/{ran.out.strip()}").json()
    assert (ran.code, made["createdBy"], made["comment"], made["status"]) == (
        Exit.OK,
        "mara",
        "so that it is quiet",
        {"state": "active"},
    )
    assert made["matchers"] == [matcher("alertname", "RealOne")]
    ran = noc("silence", "alertname=RealOne", '"a.b"=c', "-c", "x", "--yes")
    assert (ran.code, ran.out) == (Exit.ERROR, "")
    assert "invalid label matcher" in ran.err
    ran = noc("expire", made["id"], "--yes", "--json")
    assert (ran.code, orjson.loads(ran.out)["ids"]) == (Exit.OK, [])
    assert httpx.get(f"{url}/api/v2/silence/{made['id']}").json()["status"] == {"state": "expired"}


def test_a_lost_answer_leaves_one_silence_and_its_id(three: Room, noc: Shell) -> None:
    def lost(request: Request) -> Reply | None:
        if request.method == "GET":
            return None
        three.api.answer(request)
        return Reply(504, {}, b"")

    three.instead = lost
    ran = noc("silence", "SlowQueryRate", "-c", "x", "--yes")
    assert (ran.code, ran.out, len(three.held())) == (Exit.OK, three.held()[0]["id"] + "\n", 1)
