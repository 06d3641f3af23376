"""Settings: short forms, names, secrets that stay where they are, and a docstring under every field."""

from __future__ import annotations

import ast
import base64
import inspect
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ValidationError

from noc.config import credentials, server, settings, theme
from noc.config.credentials import Secret
from noc.config.loader import load_settings
from noc.config.server import Server, base_url
from noc.config.settings import Environment, Settings
from noc.model.errors import ConfigError

FULL = """
environment: prod
environments:
  prod:
    colour: high
    prometheus:
      main: https://prom.example.net/prometheus/
      long:
        url: https://thanos.example.net
        flavour: thanos
        basic: {username: noc, password_file: secrets/thanos}
        tls: {ca: ~/ca.pem}
        timeout: 1m
    loki: {url: 'http://loki:3100', tenant: ops}
    alertmanager: ['http://am-1:9093', {url: 'http://am-2:9093', timeout: 3s}]
  lab:
    prometheus: prom.lab:9090
"""


@pytest.fixture
def loaded(tmp_path: Path) -> Settings:
    path = tmp_path / "config.yaml"
    path.write_text(FULL)
    return load_settings(path, home=Path("/home/mara"))


def test_servers_are_named_by_their_keys_their_kind_or_their_hosts(loaded: Settings) -> None:
    prod = loaded.active()
    assert list(prod.prometheus) == ["main", "long"]
    assert list(prod.loki) == ["loki"]
    assert list(prod.alertmanager) == ["am-1:9093", "am-2:9093"]
    assert prod.alertmanager["am-2:9093"].timeout == 3.0
    assert list(loaded.environments["lab"].prometheus) == ["prometheus"]


def test_an_environment_is_called_by_its_key(loaded: Settings) -> None:
    assert [one.name for one in loaded.environments.values()] == ["prod", "lab"]


def test_the_first_environment_is_opened_unless_one_is_named(loaded: Settings) -> None:
    assert loaded.model_copy(update={"environment": None}).active().name == "prod"
    assert loaded.model_copy(update={"environment": "lab"}).active().name == "lab"
    assert Settings().active() == Environment(name="default")
    with pytest.raises(ConfigError, match="unknown environment 'live'; known: prod, lab"):
        loaded.model_copy(update={"environment": "live"}).active()


def test_urls_lose_their_last_slash_and_durations_are_seconds(loaded: Settings) -> None:
    main, long = loaded.active().prometheus.values()
    assert main.url == "https://prom.example.net/prometheus"
    assert (main.timeout, long.timeout) == (10.0, 60.0)


def test_paths_stand_beside_the_file_and_tilde_is_the_home_directory(loaded: Settings, tmp_path: Path) -> None:
    long = loaded.active().prometheus["long"]
    assert long.basic is not None
    assert long.basic.password_file == tmp_path / "secrets/thanos"
    assert long.tls.ca == Path("/home/mara/ca.pem")


def test_read_only_of_the_environment_or_of_all_makes_the_wall_unable_to_write(loaded: Settings) -> None:
    assert loaded.writable
    assert not loaded.model_copy(update={"read_only": True}).writable
    assert not Settings.model_validate({"environments": {"a": {"readonly": True}}}).writable


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("localhost:9090", "http://localhost:9090"),
        ("HTTPS://Prom.example.net//", "https://Prom.example.net"),
        ("http://[::1]:9090/select/0/prometheus/", "http://[::1]:9090/select/0/prometheus"),
        (" prom ", "http://prom"),
    ],
)
def test_an_address_becomes_a_base_url(written: str, url: str) -> None:
    assert base_url(written) == url


@pytest.mark.parametrize(
    "written",
    [
        "",
        "http://",
        "http://a b",
        "ftp://prom",
        "http://prom:99999",
        "http://prom?x=1",
        "http://prom/graph",
        "http://u@h",
    ],
)
def test_what_is_no_base_url_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"URL"):
        base_url(written)


def test_the_refusal_of_a_url_does_not_repeat_its_password() -> None:
    with pytest.raises(ValidationError) as caught:
        Server(url="http://noc:hunter2@prom")
    assert "hunter2" not in str(caught.value)


def test_login_tenant_and_headers_are_made_when_a_request_is(tmp_path: Path) -> None:
    (tmp_path / "word").write_text("s3cret\n")
    one = Server.model_validate(
        {
            "url": "http://prom",
            "basic": {"username": "noc", "password_file": tmp_path / "word"},
            "tenant": "ops",
            "headers": {"X-Team": "noc"},
            "headers_env": {"X-Api-Key": "KEY"},
        }
    )
    assert one.request_headers({"KEY": "k1"}) == {
        "X-Team": "noc",
        "X-Api-Key": "k1",
        "X-Scope-OrgID": "ops",
        "Authorization": f"Basic {base64.b64encode(b'noc:s3cret').decode()}",
    }
    (tmp_path / "word").write_text("rotated")
    assert one.request_headers({"KEY": "k1"})["Authorization"] == f"Basic {base64.b64encode(b'noc:rotated').decode()}"


def test_a_bearer_token_comes_from_the_environment() -> None:
    one = Server(url="http://prom", bearer_env="TOKEN")
    assert one.request_headers({"TOKEN": "abc"}) == {"Authorization": "Bearer abc"}


def test_neither_repr_nor_dump_of_a_server_holds_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "hunter2")
    one = Server(url="http://prom", bearer_env="TOKEN")
    assert one.request_headers() == {"Authorization": "Bearer hunter2"}
    assert "hunter2" not in f"{one!r} {one} {one.model_dump()} {one.login()!r}"


def test_a_missing_secret_is_named_by_its_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        Secret("token of http://prom", env="TOKEN").read({})
    assert str(caught.value) == "$TOKEN:0: this environment variable is not set (token of http://prom)"
    path = tmp_path / "token"
    cases = {"": "is empty", "a\nb": "holds more than one line", "x" * 70000: "is larger than 64 kB"}
    for text, problem in cases.items():
        path.write_text(text)
        with pytest.raises(ConfigError) as caught:
            Secret("token of http://prom", file=path).read()
        assert str(caught.value) == f"{path}:0: {problem} (token of http://prom)"
    path.unlink()
    with pytest.raises(ConfigError) as caught:
        Secret("token of http://prom", file=path).read()
    assert str(caught.value) == f"{path}:0: cannot be read: No such file or directory (token of http://prom)"


@pytest.mark.parametrize("module", [settings, server, credentials, theme])
def test_every_field_of_the_configuration_has_its_manual_beneath_it(module: ModuleType) -> None:
    undocumented = []
    for cls in ast.parse(inspect.getsource(module)).body:
        if not isinstance(cls, ast.ClassDef) or not any(getattr(base, "id", "") == "Model" for base in cls.bases):
            continue
        for statement, following in zip(cls.body, [*cls.body[1:], None], strict=True):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                private = statement.target.id.startswith("_")
                if not private and not isinstance(following, ast.Expr):
                    undocumented.append(f"{cls.name}.{statement.target.id}")
    assert undocumented == []
