"""The settings of blocking: lists of arguments, networks, off until all is said; each fault with its file and line."""

from __future__ import annotations

import ast
import inspect
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from noc.config import blocking
from noc.config.blocking import Blocking, filled
from noc.config.loader import load_settings
from noc.config.settings import Settings
from noc.model.errors import ConfigError

UFW = ["ufw", "prepend", "deny", "from", "{ip}"]
UNDO = ["ufw", "delete", "deny", "from", "{ip}"]
NEVER = ["198.51.100.0/24"]

FULL = """
author: mara
geo_database: GeoLite2-Country.mmdb
blocking:
  command: [ssh, -o, BatchMode=yes, fw1, sudo, -n, ufw, prepend, deny, from, '{ip}']
  undo: [ssh, -o, BatchMode=yes, fw1, sudo, -n, ufw, delete, deny, from, '{ip}']
  timeout: 10s
  expires: 2h
  never:
  - 104.16.0.0/13      # the CDN
  - 2001:db8:7::/48
  - 192.0.2.10         # the proxy
  - ::ffff:10.0.0.0/104
"""


def loaded(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return load_settings(path, home=tmp_path)


def faults(tmp_path: Path, text: str) -> list[str]:
    """What the loader says of these settings, each with its line."""
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    return [f"{fault.line}: {fault.message}" for fault in caught.value.faults]


def test_blocking_is_read_whole(tmp_path: Path) -> None:
    settings = loaded(tmp_path, FULL)
    assert settings.geo_database == tmp_path / "GeoLite2-Country.mmdb"
    head = ("ssh", "-o", "BatchMode=yes", "fw1", "sudo", "-n", "ufw")
    assert settings.blocking == Blocking(
        command=(*head, "prepend", "deny", "from", "{ip}"),
        undo=(*head, "delete", "deny", "from", "{ip}"),
        timeout=10.0,
        expires=7200.0,
        never=tuple(map(ip_network, ("104.16.0.0/13", "2001:db8:7::/48", "192.0.2.10/32", "10.0.0.0/8"))),
    )
    assert settings.blocking.on


def test_it_is_off_by_default_a_block_lasts_a_day_and_a_command_twenty_seconds() -> None:
    made = Settings().blocking
    assert (made.on, made.command, made.undo, made.never) == (False, (), (), ())
    assert (made.timeout, made.expires) == (20.0, 86400.0)


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({}, "blocking is not configured; blocking: in the settings needs command, undo and never"),
        ({"command": UFW}, "blocking is off until blocking: in the settings has undo and never too"),
        ({"command": UFW, "undo": UNDO}, "blocking is off until blocking: in the settings has never too"),
        (
            {"command": UFW, "undo": UNDO, "never": []},
            "blocking is off until blocking: in the settings has never too",
        ),
        ({"undo": UNDO, "never": NEVER}, "blocking is off until blocking: in the settings has command too"),
        ({"command": UFW, "undo": UNDO, "never": NEVER}, ""),
    ],
)
def test_it_is_off_until_command_undo_and_never_are_given_and_says_what_is_missing(
    given: dict[str, Any], because: str
) -> None:
    made = Blocking.model_validate(given)
    assert (made.on, made.off_because) == (not because, because)


EXAMPLE = "[ufw, prepend, deny, from, '{ip}']"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (
            "ufw deny from {ip}",
            f"is a line for a shell, and noc runs none; write a list of arguments: {EXAMPLE}",
        ),
        ("[ufw, from, {ip}]", f"YAML reads {{ip}} without quotes as a mapping; put it in quotes: {EXAMPLE}"),
        ("['']", "the program is missing"),
        ("['{ip}']", "{ip} stands where the program is named"),
        (
            "[ufw, deny]",
            f"holds no {{ip}}: it would do the same for every address; write {EXAMPLE}",
        ),
        ("[ufw, '{ip}', '{port}']", "holds a brace; only {ip} is filled in"),
        ("[ufw, '{{ip}}']", "holds a brace; only {ip} is filled in"),
        ("[ufw, '{ip']", f"holds no {{ip}}: it would do the same for every address; write {EXAMPLE}"),
        ('[ufw, "{ip}\\n"]', "holds a control character"),
        ('[ufw, "{ip}\\0"]', "holds a control character"),
    ],
)
def test_what_is_no_list_of_arguments_is_refused_with_file_line_and_what_to_write(
    tmp_path: Path, written: str, message: str
) -> None:
    for key in ("command", "undo"):
        text = f"author: mara\nblocking:\n  {key}: {written if written.startswith('[') else repr(written)}\n"
        assert faults(tmp_path, text) == [f"3: blocking.{key}: {message}"]


def test_a_number_among_the_arguments_is_wanted_as_text(tmp_path: Path) -> None:
    text = "blocking:\n  command: [block, '{ip}', 22]\n"
    assert faults(tmp_path, text) == ["2: blocking.command[3]: must be text; put it in quotes: '22'"]


@pytest.mark.parametrize(
    "command",
    [
        ["sh", "-c", "ufw deny from {ip}"],
        ["/bin/bash", "-ec", "ufw deny from {ip}"],
        ["bash", "-l", "-c", "ufw deny from {ip}"],
        ["env", "A=b", "dash", "-c", "{ip}"],
        ["sudo", "-n", "zsh", "-c", "{ip}"],
        ["su", "root", "--command=ufw deny from {ip}"],
        ["ssh", "fw1", "bash -c 'ufw deny from {ip}'"],
    ],
)
def test_a_line_given_to_a_shell_is_refused_wherever_the_shell_stands(command: list[str]) -> None:
    with pytest.raises(ValueError, match=r"gives a line to a shell \(.+ -c\); name the program and its arguments"):
        Blocking.model_validate({"command": command})


@pytest.mark.parametrize(
    "command",
    [
        UFW,
        ["/usr/local/sbin/block-address", "--address={ip}", "--again={ip}"],
        [
            "ssh",
            "-o",
            "BatchMode=yes",
            "-c",
            "aes128-gcm@openssh.com",
            "fw1",
            "sudo",
            "-n",
            "ufw",
            "deny",
            "from",
            "{ip}",
        ],
        ["ssh", "fw1", "sudo -n ufw prepend deny from {ip}"],
        ["sh", "/usr/local/sbin/block.sh", "{ip}"],
        ["nft", "add", "element", "inet", "filter", "blocked", "{ip}"],
    ],
)
def test_commands_as_people_write_them_are_taken(command: list[str]) -> None:
    assert Blocking.model_validate({"command": command}).command == tuple(command)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("10.0.0.1/8", "'10.0.0.1/8' has bits set behind its prefix; write '10.0.0.0/8'"),
        (
            "cdn.example.net",
            "'cdn.example.net' is no address and no network; write '198.51.100.0/24' or '2001:db8::/32'",
        ),
        ("''", "'' is no address and no network; write '198.51.100.0/24' or '2001:db8::/32'"),
        ("0.0.0.0/0", "'0.0.0.0/0' holds every address: nothing could ever be blocked"),
        ("'::/0'", "'::/0' holds every address: nothing could ever be blocked"),
        ("'::ffff:0:0/96'", "'::ffff:0:0/96' holds every address: nothing could ever be blocked"),
    ],
)
def test_a_network_that_is_none_is_refused_with_its_line(tmp_path: Path, written: str, message: str) -> None:
    text = f"blocking:\n  never:\n  - 192.0.2.0/24\n  - {written}\n"
    assert faults(tmp_path, text) == [f"4: blocking.never[2]: {message}"]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("timeout: 0", "2: blocking.timeout: must be above 0, not 0"),
        ("timeout: 1h", "2: blocking.timeout: must be at most 300, not 3600.0"),
        ("expires: -5", "2: blocking.expires: must be above 0, not -5"),
        ("expires: soon", "2: blocking.expires: 'soon' is no duration; write 30s, 5m, 1h30m or 7d"),
        ("comand: [ufw]", "2: blocking: unknown key 'comand', did you mean 'command'?"),
    ],
)
def test_other_faults_are_told_like_those_of_any_setting(tmp_path: Path, written: str, message: str) -> None:
    assert faults(tmp_path, f"blocking:\n  {written}\n") == [message]


def test_the_address_is_put_in_at_every_place_and_nothing_else_is_touched() -> None:
    command = ("block", "--a={ip}", "{ip}", "$HOME", "%s")
    assert filled(command, "2a00::1") == ("block", "--a=2a00::1", "2a00::1", "$HOME", "%s")


def test_every_field_has_a_docstring() -> None:
    (body,) = (
        node.body
        for node in ast.parse(inspect.getsource(blocking)).body
        if isinstance(node, ast.ClassDef) and node.name == "Blocking"
    )
    fields = [at for at, node in enumerate(body) if isinstance(node, ast.AnnAssign)]
    assert [ast.unparse(body[at]) for at in fields if not isinstance(body[at + 1], ast.Expr)] == []
