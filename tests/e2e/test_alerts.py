"""An alert from the first bell to the resolved line: the wall in a terminal, a real Prometheus, two Alertmanagers.

The stories are told on real Alertmanagers. That the emulated ones answer alike is proven by their contract and by the
commands' own tests; here one story of amtool and the wall shows that a real Prometheus takes them for real.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from noc.ui.screens.deaf import DEAF
from tests.e2e.alertsite import ALERT, Site, settings, site
from tests.e2e.real import until
from tests.e2e.terminal import Terminal, run, terminal, wall

pytestmark = pytest.mark.servers

SIZE = (160, 50)
NEGATIVE = "a negative matcher alone hides everything else"


@pytest.fixture
def where(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Real Alertmanagers, unless a test asks for emulated ones."""
    with site(getattr(request, "param", "real")) as found:
        yield found


def row(text: str, name: str) -> str:
    """The row of an alert in the list at the left; empty while there is none."""
    found = re.search(rf"^.{{0,12}}{name}.*$", text, re.MULTILINE)
    return found[0][: SIZE[0] * 3 // 5] if found else ""


def says(name: str, *words: str) -> Callable[[str], bool]:
    """Whether an alert's row holds all these words."""
    return lambda text: all(word in row(text, name) for word in words)


def tiles(text: str) -> str:
    """The rows of the tiles."""
    return "\n".join(text.split("\n")[1:10])


def acks(where: Site) -> list[dict[str, object]]:
    return [one for one in where.silences() if str(one["comment"]).startswith("ACK!")]


def on_the_wall(home: Path, environ: dict[str, str], where: Site) -> list[str]:
    return wall("wall", "--config", str(settings(home, where)), "alerts")


def test_an_alert_is_worked_from_the_first_bell_to_the_next_firing(
    where: Site, home: Path, environ: dict[str, str]
) -> None:
    with terminal(on_the_wall(home, environ, where), size=SIZE, environ=environ) as tty:
        tty.wait_for(says(ALERT, "backup"))  # the policy counts down
        assert "\a" in tty.sent  # and the bell has rung
        assert "✖" in tty.title

        # another arrives between look and key: it waits, and the key acts on what was looked at
        point(tty, ALERT)
        where.amtool("alert", "add", "alertname=Another", "severity=critical")
        tty.wait_for(lambda text: re.search(r"\d new ↑", text) and "Another" in text)

        # one key and Enter acknowledge; amtool sees whose it is
        tty.press("a")
        tty.wait_for(f"ack {ALERT}")
        tty.press("enter")
        tty.wait_for(says(ALERT, "acked by mara"))
        (silence,) = acks(where)
        fingerprint = where.firing(ALERT)[0]["fingerprint"]
        assert silence["createdBy"] == "mara"
        assert re.fullmatch(
            rf"ACK! on it \[noc/1 fp={fingerprint} since=\S+ sev=critical step=1 ext=0 stage=acked out=\]",
            str(silence["comment"]),
        )

        # one member less: said, and nothing disappears
        where.stop(1)
        text = tty.wait_for("1 of 2")
        assert "acked by mara" in row(text, ALERT)

        # it resolves, and its acknowledgement is gone at once
        tty.wait_for(says(ALERT, "resolved", "outcome?"))
        until(lambda: not acks(where), "the acknowledgement outlived its alert", 10)
        where.start(1)

        # the answer is given late and hides nothing
        point(tty, ALERT)
        tty.press("enter")
        heard(tty, "What was it?")
        tty.press("enter")
        tty.wait_for(says(ALERT, "fixed"))
        tty.press("escape")

        # it fires anew: announced, nobody's
        tty.wait_for(says(ALERT, "backup"))
        (again,) = where.firing(ALERT)
        assert again["status"] == {"inhibitedBy": [], "silencedBy": [], "state": "active"}
        tty.press("q")
        tty.end(0)


def heard(tty: Terminal, words: str) -> None:
    """Wait for a dialog, and for the moment to pass in which it hears nothing (keys.md)."""
    tty.wait_for(words)
    threading.Event().wait(DEAF + 0.1)


def point(tty: Terminal, name: str) -> None:
    """Click on the row of an alert: it gets the cursor, and nothing else happens."""
    click(tty, rf"^.{{0,12}}({name})")


def fill(tty: Terminal, field: str, words: str) -> None:
    """Type into a field of a form that moves while more alerts join: one letter first, to see that it has the focus."""
    for _ in range(20):
        click(tty, rf"{field} +(\S)")
        tty.press("#")
        try:
            tty.wait_for(lambda text: re.search(rf"{field} +#", text), deadline=2)
        except AssertionError:
            tty.press("backspace")  # where it went instead
        else:
            break
    tty.press("backspace")
    tty.wait_for(lambda text: not re.search(rf"{field} +#", text))
    tty.press(words)
    tty.wait_for(lambda text: re.search(rf"{field} +{words}", text))


def refused(tty: Terminal) -> bool:
    """Click on the button that sends, which only gives it the focus, and press Enter; whether the form says what is missing.
    The form moves while more alerts join: a click that came too late is made again."""
    if re.search(r"Silence \d+ alerts in PROD", tty.screen_text()):
        click(tty, r"Silence \d+ alerts in PROD")
        tty.press("enter")
    threading.Event().wait(0.5)
    return re.search(r"type \d+ to go on", tty.screen_text()) is not None


def click(tty: Terminal, pattern: str) -> None:
    """Click on the first words that a pattern finds in a row of the screen; on its group, if it has one."""
    y, hit = next((y, hit) for y, line in enumerate(tty.lines) if (hit := re.search(pattern, line)))
    x = hit.start(hit.re.groups)
    tty.press(f"\x1b[<0;{x + 1};{y + 1}M", f"\x1b[<0;{x + 1};{y + 1}m")


@pytest.mark.parametrize("where", ["real", "emulated"], indirect=True)
def test_a_silence_of_amtool_appears_and_a_broad_one_is_stopped_by_the_guard(
    where: Site, home: Path, environ: dict[str, str]
) -> None:
    with terminal(on_the_wall(home, environ, where), size=SIZE, environ=environ) as tty:
        tty.wait_for(says(ALERT, "backup"))
        where.amtool("silence", "add", f"alertname={ALERT}", "-a", "jo", "-c", "scanner", "-d", "1h")
        tty.wait_for(says(ALERT, "silenced by jo"))

        point(tty, ALERT)
        tty.press("s")
        tty.wait_for("hides 1 of")
        heard(tty, "Cancel")
        before = len(where.silences())
        tty.press("tab", "tab", "\x15")  # one matcher instead of the alert's own
        tty.wait_for(lambda text: not re.search(r"matcher +\w+=", text))
        tty.press('severity!="none"', "tab", "\x15")
        tty.wait_for(lambda text: 'severity!="none"' in text and NEGATIVE in text)
        fill(tty, "comment", "everything")
        tty.wait_for("everything ")
        tty.wait_for(lambda text: re.search(r"type \d+", text))
        until(lambda: refused(tty), "the button never said what is missing")
        assert len(where.silences()) == before
        tty.press("escape")
        tty.wait_for(lambda text: "Cancel" not in text)
        tty.press("q")
        tty.end(0)


def test_scripts_acknowledge_silence_and_expire(where: Site, home: Path, environ: dict[str, str]) -> None:
    config = str(settings(home, where))

    def noc(*words: str) -> tuple[int, str, str]:
        done = run(wall(words[0], "--config", config, *words[1:]), environ)
        return done.returncode, done.stdout, done.stderr

    until(lambda: where.firing(ALERT), f"{ALERT} never fired")
    code, line, _ = noc("alerts", "--oneline")
    assert code == 13 and re.fullmatch(r"✖\d( ▲\d+)? PROD\n", line), line
    fingerprint = where.firing(ALERT)[0]["fingerprint"]
    with terminal(wall("alert", "--config", config, fingerprint[:8]), size=SIZE, environ=environ) as tty:
        tty.wait_for(fingerprint)  # whole, over the wall
        tty.press("escape")
        tty.wait_for(lambda text: fingerprint not in text and says(ALERT, "backup")(text))
        tty.press("q")
        tty.end(0)
    code, id, said = noc("ack", fingerprint[:8], "-c", "looking")
    assert (code, id.strip()) == (0, acks(where)[0]["id"]) and "RESOLVED may be swallowed" in said
    assert noc("ack", fingerprint)[0] == 4  # it has been
    assert fingerprint not in noc("alerts", "@state=active", "--json")[1]
    assert noc("silence", 'severity!="none"', "-c", "x", "--yes")[0] == 5
    assert noc("silence", "severity=high", "-c", "x", "--yes", "--read-only")[0] == 4
    assert noc("expire", id.strip(), "--author", "jo", "--yes")[0] == 5
    until(lambda: where.firing(ALERT), f"{ALERT} lapsed")  # as it may for a moment on a machine out of breath
    assert noc("expire", id.strip(), "--author", "jo", "--expect", "1")[0] == 0
    assert acks(where) == []
