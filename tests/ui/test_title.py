"""The terminal's own title and the header's words say how it stands where the wall is not in sight."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from noc.model.errors import Unreachable
from noc.model.results import ServerHealth
from noc.ui.compat import title_of
from noc.ui.header import HeaderData, cluster_words, draw_header
from noc.ui.panels.data import Look
from noc.ui.state import View
from tests.ui.given import NOW, PALETTE

REFUSED = Unreachable("connection refused")


@dataclass
class Terminal:
    written: list[str] = field(default_factory=list)

    def write(self, text: str) -> None:
        self.written.append(text)


def test_the_title_is_written_as_a_terminal_takes_it_and_nothing_in_it_is_obeyed() -> None:
    terminal = Terminal()
    title_of(SimpleNamespace(_driver=terminal, is_headless=False), "✖1 ▲2 prod noc")  # type: ignore[arg-type]
    title_of(SimpleNamespace(_driver=terminal, is_headless=False), "✖1 \x07\x1b]2;owned noc")  # type: ignore[arg-type]
    assert terminal.written == ["\x1b]2;✖1 ▲2 prod noc\x07", "\x1b]2;✖1 ␇␛]2;owned noc\x07"]


def test_without_a_terminal_there_is_no_title() -> None:
    terminal = Terminal()
    title_of(SimpleNamespace(_driver=terminal, is_headless=True), "✔ noc")  # type: ignore[arg-type]
    title_of(SimpleNamespace(_driver=None, is_headless=False), "✔ noc")  # type: ignore[arg-type]
    assert terminal.written == []


def member(name: str, age: float | None = 2.0, error: Unreachable | None = None) -> ServerHealth:
    return ServerHealth(name, "alertmanager", True, None if age is None else NOW - age, error)


@pytest.mark.parametrize(
    ("members", "long", "middle", "short"),
    [
        ([member("a"), member("b", 4)], "alertmanager ✔ 4s", "alertmanager ✔ 4s", "✔ 4s"),
        (
            [member("a"), member("b", 240, REFUSED)],
            "alertmanager ▲ 1 of 2 members",
            "alertmanager ▲ 1 of 2",
            "▲ 1 of 2",
        ),
        (
            [member("a", 90, REFUSED), member("b", 240, REFUSED)],
            "alertmanager ✖ last answer 1 m ago, connection refused",
            "alertmanager ✖ 1 m, connection refused",
            "✖ 1 m",
        ),
        (
            [member("a", None, REFUSED), member("b", None, REFUSED)],
            "alertmanager ✖ connection refused",
            "alertmanager ✖ connection refused",
            "✖",
        ),
    ],
)
def test_members_of_a_cluster_share_their_words(
    members: list[ServerHealth], long: str, middle: str, short: str
) -> None:
    found = [cluster_words(members, NOW, PALETTE, level)[0] for level in range(3)]
    assert found == [long, middle, short]


def header(*servers: ServerHealth, columns: int = 120) -> str:
    data = HeaderData("prod", "", "Alerts", View("alerts"), 3600.0, NOW, "UTC", servers)
    return draw_header(data, columns, Look(PALETTE)).text()


def test_the_header_says_how_many_members_answer_and_gives_way_where_it_is_narrow() -> None:
    prometheus = ServerHealth("prometheus", "prometheus", True, NOW - 2)
    servers = (prometheus, member("a"), member("b", 20, REFUSED))
    assert header(*servers).endswith("15:30:00 UTC   prometheus ✔ 2s   alertmanager ▲ 1 of 2 members")
    assert header(*servers, columns=75).endswith("15:30:00 UTC   prometheus ✔ 2s   alertmanager ▲ 1 of 2")
    assert header(*servers, columns=50).endswith("15:30:00 UTC   ✔ 2s   ▲ 1 of 2")


def test_one_alertmanager_is_named_as_any_server() -> None:
    assert header(member("alertmanager")).endswith("15:30:00 UTC   alertmanager ✔ 2s")
