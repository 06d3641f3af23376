"""The settings in force: flags over the environment over the file over what amtool and logcli know."""

from __future__ import annotations

from pathlib import Path

import pytest

from noc.config.merge import Flags, effective
from noc.config.settings import Settings
from noc.model.errors import ConfigError

FILE = Settings.model_validate(
    {
        "environments": {
            "prod": {
                "prometheus": {"main": {"url": "https://prom", "bearer_env": "TOKEN"}, "long": "https://thanos"},
                "loki": "https://loki",
            },
            "lab": {"prometheus": "http://lab:9090"},
        }
    }
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def urls(settings: Settings, kind: str) -> dict[str, str]:
    return {name: server.url for name, server in settings.active().servers(kind).items()}


def made(settings: Settings, flags: Flags, home: Path, environ: dict[str, str] | None = None) -> Settings:
    return effective(settings, flags, environ or {}, home=home, root=home / "root")


def test_a_url_is_enough_to_run_without_any_file(home: Path) -> None:
    settings = made(Settings(), Flags(prometheus=("http://localhost:9090",)), home)
    assert settings.environment == "default"
    assert urls(settings, "prometheus") == {"prometheus": "http://localhost:9090"}
    assert urls(settings, "loki") == {}


def test_a_plain_url_takes_the_place_of_the_configured_servers_of_its_kind(home: Path) -> None:
    settings = made(FILE, Flags(prometheus=("http://other:9090",)), home)
    assert urls(settings, "prometheus") == {"prometheus": "http://other:9090"}
    assert urls(settings, "loki") == {"loki": "https://loki"}


def test_a_named_url_stands_beside_the_configured_servers(home: Path) -> None:
    settings = made(FILE, Flags(prometheus=("edge=http://edge:9090/a=b",)), home)
    assert urls(settings, "prometheus") == {
        "main": "https://prom",
        "long": "https://thanos",
        "edge": "http://edge:9090/a=b",
    }


def test_repeated_alertmanagers_are_the_members_of_one_cluster(home: Path) -> None:
    settings = made(FILE, Flags(alertmanager=("http://am-1:9093", "http://am-2:9093")), home)
    assert urls(settings, "alertmanager") == {"am-1:9093": "http://am-1:9093", "am-2:9093": "http://am-2:9093"}


def test_a_configured_url_keeps_its_login_and_no_other_gets_it(home: Path) -> None:
    same = made(FILE, Flags(prometheus=("https://prom/",)), home).active().prometheus["prometheus"]
    other = made(FILE, Flags(prometheus=("main=https://prom.evil",)), home).active().prometheus["main"]
    assert same.bearer_env == "TOKEN"
    assert other.bearer_env is None


def test_the_flag_chooses_the_environment_before_the_variable_before_the_file(home: Path) -> None:
    assert made(FILE, Flags(), home).active().name == "prod"
    assert made(FILE, Flags(), home, {"NOC_ENV": "lab"}).active().name == "lab"
    assert made(FILE, Flags(env="prod"), home, {"NOC_ENV": "lab"}).active().name == "prod"


@pytest.mark.parametrize(
    ("flags", "environ", "message"),
    [
        (Flags(env="prdo"), {}, "--env:0: unknown environment 'prdo', did you mean 'prod'?"),
        (Flags(), {"NOC_ENV": "live"}, "$NOC_ENV:0: unknown environment 'live'; known: lab, prod"),
        (Flags(range="5q"), {}, "--range:0: '5q' is no duration; write 30s, 5m, 1h30m or 7d"),
        (Flags(loki=("ftp://loki",)), {}, "--loki:0: the URL must begin with http:// or https://"),
        (
            Flags(prometheus=("http://u:hunter2@p",)),
            {},
            "--prometheus:0: the URL holds a user name or password; "
            "write basic: {username: NAME, password_env: VARIABLE} beside it",
        ),
    ],
)
def test_a_bad_flag_is_named(flags: Flags, environ: dict[str, str], message: str, home: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        made(FILE, flags, home, environ)
    assert str(caught.value) == message


def test_the_other_flags_override_what_they_name(home: Path) -> None:
    flags = Flags(range="6h", tv=True, read_only=True, theme="paper", log_file=Path("noc.log"))
    settings = made(FILE, flags, home)
    assert (settings.range, settings.tv, settings.read_only, settings.theme) == (21600.0, True, True, "paper")
    assert settings.log_file == Path("noc.log")
    assert not settings.writable


def test_logclis_variables_are_the_loki_when_none_is_configured(home: Path) -> None:
    environ = {
        "LOKI_ADDR": "https://loki.example.net/",
        "LOKI_USERNAME": "noc",
        "LOKI_PASSWORD": "hunter2",
        "LOKI_ORG_ID": "ops",
        "LOKI_CA_CERT_PATH": "/etc/ca.pem",
        "LOKI_TLS_SKIP_VERIFY": "true",
    }
    loki = made(Settings(), Flags(), home, environ).active().loki["loki"]
    assert (loki.url, loki.tenant, loki.tls.ca) == ("https://loki.example.net", "ops", Path("/etc/ca.pem"))
    assert loki.tls.insecure_skip_verify
    assert loki.request_headers(environ)["Authorization"] == "Basic bm9jOmh1bnRlcjI="
    assert "hunter2" not in repr(loki)
    assert made(FILE, Flags(), home, environ).active().loki["loki"].url == "https://loki"


def test_a_bearer_token_of_logcli_is_read_when_it_is_used(home: Path) -> None:
    environ = {"LOKI_ADDR": "http://loki", "LOKI_BEARER_TOKEN": "abc"}
    loki = made(Settings(), Flags(), home, environ).active().loki["loki"]
    assert loki.request_headers({"LOKI_BEARER_TOKEN": "fresh"}) == {"Authorization": "Bearer fresh"}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_amtools_file_names_alertmanager_and_author(home: Path) -> None:
    write(
        home / ".config/amtool/config.yml",
        "alertmanager.url: http://am:9093\nauthor: mara\ncomment_required: false\noutput: extended\n",
    )
    settings = made(Settings(), Flags(), home)
    assert urls(settings, "alertmanager") == {"alertmanager": "http://am:9093"}
    assert settings.author == "mara"


def test_the_file_of_the_machine_counts_where_the_user_has_none(home: Path) -> None:
    write(home / "root/etc/prometheus/amtool.yml", "alertmanager.url: http://am:9093\nrequire-comment: true\n")
    assert urls(made(Settings(), Flags(), home), "alertmanager") == {"alertmanager": "http://am:9093"}


def test_a_password_in_amtools_url_stays_in_its_file_until_it_is_sent(home: Path) -> None:
    write(home / ".config/amtool/config.yml", "alertmanager.url: https://noc:hunter%32@am/prefix\n")
    server = made(Settings(), Flags(), home).active().alertmanager["alertmanager"]
    assert server.url == "https://am/prefix"
    assert "hunter" not in repr(server)
    assert server.request_headers({}) == {"Authorization": "Basic bm9jOmh1bnRlcjI="}


def test_amtools_http_configuration_gives_login_and_certificates(home: Path) -> None:
    directory = home / ".config/amtool"
    write(directory / "config.yml", "alertmanager.url: https://am\nhttp.config.file: http.yml\n")
    write(
        directory / "http.yml",
        "basic_auth: {username: noc, password: hunter2}\ntls_config: {ca_file: ca.pem, server_name: am.internal}\n",
    )
    server = made(Settings(), Flags(), home).active().alertmanager["alertmanager"]
    assert server.tls.ca == directory / "ca.pem"
    assert server.tls.server_name == "am.internal"
    assert server.request_headers({}) == {"Authorization": "Basic bm9jOmh1bnRlcjI="}
    assert "hunter2" not in repr(server)
    write(directory / "http.yml", "authorization: {credentials_file: token}\n")
    write(directory / "token", "abc\n")
    server = made(Settings(), Flags(), home).active().alertmanager["alertmanager"]
    assert server.request_headers({}) == {"Authorization": "Bearer abc"}
    write(directory / "http.yml", "bearer_token: inline\n")
    server = made(Settings(), Flags(), home).active().alertmanager["alertmanager"]
    assert server.request_headers({}) == {"Authorization": "Bearer inline"}


def test_a_faulty_amtool_file_is_named_only_when_it_is_needed(home: Path) -> None:
    write(home / ".config/amtool/config.yml", "- no\n- mapping\n")
    with pytest.raises(ConfigError, match=r"amtool/config\.yml:1: the file must be a mapping"):
        made(Settings(), Flags(), home)
    assert made(Settings(), Flags(alertmanager=("http://am",)), home).active().alertmanager
