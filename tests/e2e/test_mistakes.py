"""A newcomer's mistakes: each ends in a clear message or picture, none in a traceback, and no secret is repeated."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from noc.cli.main import run
from tests.e2e import misbehaving
from tests.e2e.misbehaving import Reply, always, listening, refusing, serving, vector
from tests.servers import free_port

LAYOUT = """\
title: One
refresh: 2s
grid: {areas: [number course]}
panels:
  number: {kind: stat, title: Number, query: up, spark: false, delta: false}
  course: {kind: timeseries, title: Course, query: up}
"""


@dataclass(frozen=True)
class Said:
    """What a command line left behind."""

    code: int
    out: str
    err: str

    @property
    def words(self) -> str:
        """Standard output as running text: a panel breaks its message into lines."""
        return " ".join(self.out.split())


class Newcomer:
    """Somebody with an empty home who types command lines."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys

    def types(self, *words: str) -> Said:
        """The outcome of ``noc WORDS`` with its output in a pipe: what is drawn is printed once."""
        code = run(list(words))
        said = self._capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert "\x1b" not in said.out + said.err
        return Said(int(code), said.out, said.err)

    def file(self, name: str, text: str) -> str:
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return str(path)

    def looks_at(self, url: str, layout: str = LAYOUT) -> Said:
        """Opens a layout on a server."""
        said = self.types(self.file("one.yaml", layout), "--prometheus", url)
        assert (said.code, said.err) == (0, "")
        return said


@pytest.fixture
def newcomer(
    home: Path, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Newcomer]:
    for name in ("LOKI_ADDR", "NOC_ENV", "NOC_CHARSET", "LC_ALL", "LC_CTYPE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**environ, "COLUMNS": "160", "LINES": "20"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(home)
    yield Newcomer(home, capsys)


def body(text: str) -> str:
    """What the panels say, without the header."""
    return text.split("\n", 1)[1]


# -- the command line


def test_no_server_at_all(newcomer: Newcomer) -> None:
    said = newcomer.types()
    assert (said.code, said.out) == (1, "")
    assert all(words in said.err for words in ("no server is configured", "--prometheus URL", "noc init", "noc demo"))


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("hosst",), 1, "hosst: unknown layout 'hosst', did you mean 'host'?\n"),
        (("./mine.yaml",), 1, "./mine.yaml: does not exist; a layout is a name or the path of a YAML file\n"),
        (("--theme", "midnite"), 1, "midnite: unknown theme 'midnite', did you mean 'midnight'?\n"),
        (("--env", "prod"), 1, "--env: unknown environment 'prod'; no configuration names any\n"),
        (("--range", "soon"), 1, "--range: 'soon' is no duration; write 30s, 5m, 1h30m or 7d\n"),
        (("--log-file", "no/such.log"), 1, "no/such.log: cannot be written: No such file or directory\n"),
        (("--config", "no.yaml"), 1, "no.yaml: cannot be read: No such file or directory\n"),
        (("snapshot", "host", "-o", "no/such.svg", "--deadline", "20s"), 1, "no/such.svg: cannot be written: "),
        (("--rnage", "1h"), 2, "No such option: --rnage"),
        (("snapshot", "host"), 2, "say where the frame goes"),
        (("snapshot", "host", "-o", "a.gif"), 2, "give --format svg, png, txt or json"),
        (("snapshot", "host", "-o", "a.svg", "--size", "big"), 2, "'big' is no size; write COLUMNSxROWS"),
        (("--until", "soon"), 2, "'soon' is no time; write 2025-10-02T15:30:00Z"),
        (("--var", "instance"), 2, "'instance' sets no variable; write NAME=VALUE"),
    ],
)
def test_a_word_that_means_nothing(newcomer: Newcomer, words: tuple[str, ...], code: int, complaint: str) -> None:
    given = words if "--config" in words else (*words, "--prometheus", f"http://127.0.0.1:{free_port()}")
    said = newcomer.types(*given)
    assert said.code == code, said
    assert said.out == ""
    assert complaint in said.err


def test_a_variable_the_layout_does_not_have(newcomer: Newcomer) -> None:
    said = newcomer.types("host", "--var", "instnce=a", "--prometheus", f"http://127.0.0.1:{free_port()}")
    assert said.code == 2
    assert "host has no variable 'instnce', did you mean 'instance'?" in said.err


@pytest.mark.parametrize("url", ["localhost:9090:9090", "http://", "http://127.0.0.1:99999", "ftp://a", "http://a b"])
def test_a_text_that_is_no_url(newcomer: Newcomer, url: str) -> None:
    said = newcomer.types("--prometheus", url)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("--prometheus: ")


def test_a_password_on_the_command_line_is_refused_and_not_repeated(newcomer: Newcomer) -> None:
    said = newcomer.types("--prometheus", "http://me:hunter2@prometheus.example:9090")
    assert (said.code, said.out) == (1, "")
    assert "password_env" in said.err
    assert "hunter2" not in said.err


# -- files


def test_yaml_that_does_not_parse(newcomer: Newcomer) -> None:
    path = newcomer.file("torn.yaml", "grid: {areas: [a]}\npanels:\n  a: {kind: stat, query: up\n")
    said = newcomer.types(path, "--prometheus", "http://127.0.0.1:1")
    assert said.code == 1
    assert re.match(rf"{re.escape(path)}:\d+: ", said.err)


def test_an_unknown_key_in_a_layout(newcomer: Newcomer) -> None:
    path = newcomer.file("key.yaml", "grid: {areas: [a]}\npanels:\n  a: {kind: stat, qeury: up}\n")
    said = newcomer.types(path, "--prometheus", "http://127.0.0.1:1")
    assert said.code == 1
    assert said.err.startswith(f"{path}:3: panels.a: unknown key 'qeury', did you mean 'query'?\n")


def test_a_broken_configuration_names_its_line_and_no_secret(newcomer: Newcomer) -> None:
    path = newcomer.file(
        "config/noc/config.yaml",
        "environments:\n  lab:\n    prometheus:\n      p: {url: 'http://p:9090', basic: {username: me, password: hunter2}}\n",
    )
    said = newcomer.types()
    assert said.code == 1
    assert said.err.startswith(f"{path}:4: ")
    assert "hunter2" not in said.err


def test_a_directory_where_the_configuration_should_be(newcomer: Newcomer) -> None:
    (newcomer.home / "conf").mkdir()
    said = newcomer.types("--config", "conf")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("conf: ")


# -- servers


def test_a_query_the_server_refuses_shows_the_servers_words(newcomer: Newcomer) -> None:
    with serving(refusing('invalid parameter "query": 1:4: parse error: unexpected end of input')) as server:
        said = newcomer.looks_at(server.url)
    assert "parse error: unexpected end of input" in said.words
    assert body(said.out).count("error") >= 2


def status_of(status: int, body: bytes = b"", kind: str = "text/plain", **headers: str) -> misbehaving.Answer:
    return always(Reply(status, body, kind, headers))


LOGIN = b"<!DOCTYPE html><html><title>Sign in</title><form action=/?session=hunter2></form></html>"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (status_of(404, b"404 page not found"), "no Prometheus API there"),
        (status_of(200, LOGIN, "text/html"), "answered HTML, not Prometheus: login page or wrong URL?"),
        (status_of(200, b"It works", "text/plain"), "answered text/plain, not Prometheus: It works"),
        (status_of(302, Location="https://sso.example/login?token=hunter2"), "sends to sso.example; a login page?"),
        (status_of(401, LOGIN, "text/html"), "login needed or wrong"),
        (status_of(403, b"no"), "access denied"),
        (status_of(429, b"slow down"), "slow down"),
        (status_of(502, LOGIN, "text/html"), "bad gateway"),
        (status_of(200, b'{"status": "success", "da', "application/json"), "JSON"),
        (status_of(200, b"[]", "application/json"), "unknown shape"),
    ],
)
def test_a_url_that_is_no_prometheus(newcomer: Newcomer, answer: misbehaving.Answer, words: str) -> None:
    with serving(answer) as server:
        said = newcomer.looks_at(server.url)
    assert words in said.words, said.out
    assert "hunter2" not in said.out
    assert said.out.splitlines()[0].startswith(" One"), "the wall stands"


def test_ports_that_do_not_speak_http(newcomer: Newcomer) -> None:
    with listening(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n") as url:
        assert "wrong port?" in newcomer.looks_at(url).words
    assert "connection refused" in newcomer.looks_at(f"http://127.0.0.1:{free_port()}").words


def test_a_name_no_dns_knows(newcomer: Newcomer) -> None:
    assert "unknown host prometheus.invalid" in newcomer.looks_at("http://prometheus.invalid:9090").words


def test_nothing_found_and_nothing_countable(newcomer: Newcomer) -> None:
    with serving(vector()) as server:
        assert "nothing matches up" in newcomer.looks_at(server.url).words
    for value in ("NaN", "+Inf", "-Inf"):
        with serving(vector(({"job": "a"}, value))) as server:
            said = newcomer.looks_at(server.url)
        assert "Course" in said.out
        assert "error" not in said.out


def test_ten_thousand_series_are_capped_and_counted(newcomer: Newcomer) -> None:
    with serving(vector(*[({"job": f"j{number:05}"}, str(number)) for number in range(10_000)])) as server:
        said = newcomer.looks_at(server.url, f"range: 1m\n{LAYOUT}")
    found = re.search(r"\+(\d+) more", said.words)
    assert found, said.out
    assert int(found[1]) > 9_000, f"{found[0]}: those the wall does not keep count too"


@pytest.mark.parametrize("size", [(40, 10), (19, 4), (3, 2), (1, 1)])
def test_a_terminal_too_small_for_anything(
    newcomer: Newcomer, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
    monkeypatch.setenv("COLUMNS", str(size[0]))
    monkeypatch.setenv("LINES", str(size[1]))
    with serving(vector(({"job": "a"}, "1"))) as server:
        lines = newcomer.looks_at(server.url).out.splitlines()
    assert len(lines) == size[1]
    assert max(map(len, lines)) <= size[0]


@pytest.mark.parametrize(
    ("variable", "complaint"),
    [
        ("query: 'label_values(up, job)', source: prod", "x: there is no Prometheus named 'prod'; known: prometheus"),
        ("query: 'label_values(up, job)', regex: '('", "x: '(' is no regular expression: missing )"),
        ("query: 'query_result(up)'", "x: write label_values(metric, label) or label_values(label)"),
    ],
)
def test_a_variable_that_cannot_be_asked(newcomer: Newcomer, variable: str, complaint: str) -> None:
    layout = LAYOUT.replace("query: up}", "query: 'up{job=\"$x\"}'}", 1)
    with serving(vector(({"job": "a"}, "1"))) as server:
        said = newcomer.looks_at(server.url, f"variables: {{x: {{kind: query, {variable}}}}}\n{layout}")
    assert complaint in said.words
    assert "$x has no value yet" in said.words
    assert "████" in said.out, "the panel beside it stands"


# -- commands that ask once


@pytest.mark.parametrize("words", [("plot", "up"), ("check", "--live", "host")])
def test_one_question_to_a_server_that_is_down(newcomer: Newcomer, words: tuple[str, ...]) -> None:
    said = newcomer.types(*words, "--prometheus", f"http://127.0.0.1:{free_port()}")
    assert said.code == 3
    assert "connection refused" in said.err


def test_a_plot_of_nonsense_is_refused_in_the_servers_words(newcomer: Newcomer) -> None:
    with serving(refusing("1:3: parse error: unclosed left brace")) as server:
        said = newcomer.types("plot", "up{", "--prometheus", server.url)
    assert said.code != 0
    assert said.err == "1:3: parse error: unclosed left brace\n"


def test_init_that_finds_nothing(newcomer: Newcomer) -> None:
    said = newcomer.types("init", f"http://127.0.0.1:{free_port()}")
    assert said.code == 3
    assert "no server answered" in said.err
    assert not (newcomer.home / "config").exists()
