"""What other programs of the trade already know about the servers: amtool's configuration, logcli's environment.

Read as defaults when nothing of the kind is configured here, so that a machine set up for them needs no file of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from noc.config.credentials import Secret
from noc.config.document import Document, read_document
from noc.config.server import Server
from noc.config.wording import faults_of
from noc.model.errors import ConfigError, Fault

AMTOOL = (".config/amtool/config.yml", ".config/prometheus/amtool.yml")
"""Beneath the home directory: upstream's place and Debian's."""
AMTOOL_SYSTEM = ("etc/amtool/config.yml", "etc/prometheus/amtool.yml")
TRUE = frozenset({"1", "t", "true"})


@dataclass(frozen=True, slots=True)
class Amtool:
    """What amtool's file says."""

    server: Server | None = None
    author: str | None = None


def amtool(home: Path, root: Path = Path("/")) -> Amtool:
    """The first amtool configuration there is. ConfigError when it, or the HTTP file it names, cannot be used."""
    for path in (*(home / name for name in AMTOOL), *(root / name for name in AMTOOL_SYSTEM)):
        if path.is_file():
            return _amtool(_mapping(path))
    return Amtool()


def logcli(environ: Mapping[str, str]) -> Server | None:
    """The Loki of logcli's environment variables (LOKI_ADDR and friends); None without LOKI_ADDR."""
    if not environ.get("LOKI_ADDR"):
        return None
    tls = {
        "ca": environ.get("LOKI_CA_CERT_PATH"),
        "cert": environ.get("LOKI_CLIENT_CERT_PATH"),
        "key": environ.get("LOKI_CLIENT_KEY_PATH"),
        "insecure_skip_verify": environ.get("LOKI_TLS_SKIP_VERIFY", "").lower() in TRUE,
    }
    data: dict[str, Any] = {
        "url": environ["LOKI_ADDR"],
        "tenant": environ.get("LOKI_ORG_ID"),
        "tls": {key: value for key, value in tls.items() if value},
    }
    if environ.get("LOKI_USERNAME"):
        place = "password_env" if environ.get("LOKI_PASSWORD") else "password_file"
        value = "LOKI_PASSWORD" if place == "password_env" else environ.get("LOKI_PASSWORD_FILE")
        data["basic"] = {"username": environ["LOKI_USERNAME"], place: value}
    elif environ.get("LOKI_BEARER_TOKEN"):
        data["bearer_env"] = "LOKI_BEARER_TOKEN"
    elif environ.get("LOKI_BEARER_TOKEN_FILE"):
        data["bearer_file"] = environ["LOKI_BEARER_TOKEN_FILE"]
    return _server(data, Document("$LOKI_ADDR", data))


def _mapping(path: Path) -> Document:
    document = read_document(path)
    if document.data is None:
        document.data = {}
    if not isinstance(document.data, dict):
        raise ConfigError([Fault(str(path), 1, "the file must be a mapping (key: value)")])
    return document


def _server(data: dict[str, Any], document: Document, base: Path = Path()) -> Server:
    try:
        return Server.model_validate(data, context={"base": base})
    except ValidationError as error:
        raise ConfigError(faults_of(error.errors(include_url=False), Server, document)) from None


def _amtool(document: Document) -> Amtool:
    data = document.data
    server = None
    if data.get("alertmanager.url"):
        server = _alertmanager(document)
    return Amtool(server, data.get("author"))


def _alertmanager(document: Document) -> Server:
    """Its URL may carry user and password, as amtool allows; the password stays in the file until it is sent."""
    path = Path(document.file)
    url = str(document.data["alertmanager.url"])
    parts = urlsplit(url)
    if parts.username is None:
        return _http(document, url)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    basic = {"username": unquote(parts.username), "password_file": path}
    server = _server({"url": bare, "basic": basic}, document)
    return server.with_secret(Secret(f"password of {server.url}", file=path, key=("alertmanager.url",), from_url=True))


def _http(document: Document, url: str) -> Server:
    """A server with the HTTP client configuration file, if amtool's names one (Prometheus' http_config)."""
    insecure = str(document.data.get("tls.insecure.skip.verify", "")).lower() in TRUE
    if not document.data.get("http.config.file"):
        return _server({"url": url, "tls": {"insecure_skip_verify": insecure}}, document)
    path = Path(document.file).parent / str(document.data["http.config.file"])
    http = _mapping(path)
    tls = _section(http, "tls_config")
    names = {"ca": "ca_file", "cert": "cert_file", "key": "key_file"}
    data: dict[str, Any] = {
        "url": url,
        "tls": {
            **{ours: tls[theirs] for ours, theirs in names.items() if tls.get(theirs)},
            "server_name": tls.get("server_name"),
            "insecure_skip_verify": bool(tls.get("insecure_skip_verify", insecure)),
        },
    }
    login, secret = _login(http, path)
    server = _server({**data, **login}, http, path.parent)
    return server.with_secret(secret) if secret else server


def _section(document: Document, key: str) -> dict[str, Any]:
    value = document.data.get(key)
    return value if isinstance(value, dict) else {}


def _login(http: Document, path: Path) -> tuple[dict[str, Any], Secret | None]:
    """The login of an http_config: file references as they are, words written into it by their place."""
    basic, bearer = _section(http, "basic_auth"), _section(http, "authorization")
    if basic.get("username"):
        file = basic.get("password_file")
        login = {"basic": {"username": str(basic["username"]), "password_file": str(file or path.resolve())}}
        return login, None if file else Secret(f"password in {path}", file=path, key=("basic_auth", "password"))
    for file, key in (
        (bearer.get("credentials_file"), ("authorization", "credentials")),
        (http.data.get("bearer_token_file"), ("bearer_token",)),
    ):
        if file:
            return {"bearer_file": str(file)}, None
        section = http.data.get(key[0])
        if section if len(key) == 1 else isinstance(section, dict) and section.get(key[-1]):
            return {"bearer_file": str(path.resolve())}, Secret(f"token in {path}", file=path, key=key)
    return {}, None
