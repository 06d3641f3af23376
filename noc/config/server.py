"""One server of an environment: its address, how to log in, and what it is like. Serves all three protocols."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, ConfigDict, Field, PrivateAttr, model_validator

from noc.config.base import Duration, Model
from noc.config.credentials import Basic, ConfigPath, EnvName, Secret, Tls

Flavour = Literal["auto", "prometheus", "thanos", "mimir", "victoriametrics"]

SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "x-auth-token"})

_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*://")
_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_API_TAIL = re.compile(r"/(api/v[12]|loki/api/v1|graph|query|#)(/.*)?$")


def base_url(text: str) -> str:
    """A server's base URL without the slash at the end; ``host:9090`` means http. ValueError otherwise.

    The messages never repeat the URL: it may hold a password.
    """
    url = plain_url(text)
    if tail := _API_TAIL.search(urlsplit(url).path):
        raise ValueError(f"give the base URL, without {tail[0]!r}")
    return url


def plain_url(text: str) -> str:
    """Any http or https URL without credentials, query and fragment, and without the slash at the end."""
    text = text.strip()
    if not _SCHEME.match(text):
        text = f"http://{text}"
    try:
        parts = urlsplit(text)
        port_is_valid = parts.port is None or parts.port > 0
    except ValueError:
        raise ValueError("this is no URL; write http://host:port or https://host/prefix") from None
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "the URL holds a user name or password; write basic: {username: NAME, password_env: VARIABLE} beside it"
        )
    if parts.scheme.lower() not in ("http", "https"):
        raise ValueError("the URL must begin with http:// or https://")
    if not parts.hostname or not port_is_valid or any(c.isspace() or not c.isprintable() for c in text):
        raise ValueError("this is no URL; write http://host:port or https://host/prefix")
    if parts.query or (parts.fragment and not parts.fragment.startswith("/")):
        raise ValueError("a base URL has no '?' and no '#'; put tenants and headers into their own keys")
    return f"{parts.scheme.lower()}://{parts.netloc}{parts.path}".rstrip("/")


class Server(Model):
    """A server by its URL and how to talk to it. A plain URL is short for ``{url: URL}``."""

    model_config = ConfigDict(hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(base_url)]
    """Base URL with any path prefix, without credentials: ``https://example.net/prometheus``."""
    flavour: Flavour = "auto"
    """What stands behind a Prometheus URL; asked of the server by default."""
    basic: Basic | None = None
    """Log in with user name and password."""
    bearer_env: EnvName | None = None
    """Environment variable that holds a bearer token."""
    bearer_file: ConfigPath | None = None
    """File that holds a bearer token; read again for each connection, so that it may rotate."""
    tls: Tls = Tls()
    """Certificates."""
    headers: dict[str, str] = Field(default_factory=dict)
    """Further request headers, in the clear."""
    headers_env: dict[str, EnvName] = Field(default_factory=dict)
    """Further request headers whose values are secret: header to environment variable."""
    tenant: str | None = None
    """Tenant, for Mimir, Loki or Thanos with several; ``a|b`` where the server federates."""
    tenant_header: str = "X-Scope-OrgID"
    """Header that carries the tenant."""
    timeout: Duration = 10.0
    """Total deadline of one request."""
    compression: bool = True
    """Ask for gzip: less traffic over a slow line, a little more work on a fast one."""
    scrape_interval: Duration = 15.0
    """How often the server scrapes; the floor of every step, a quarter of the least rate window."""
    ingest_delay: Duration | None = None
    """How late samples may land (remote write, agents that batch); 30 s at least is assumed, 60 s for Mimir."""
    max_series: int = Field(default=200, ge=1, le=10_000)
    """Series kept of one answer; the rest is counted and said."""

    _secret: Secret | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _sane(self) -> Server:
        given = [name for name in ("basic", "bearer_env", "bearer_file") if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"log in one way, not by {' and '.join(given)}")
        for name in (*self.headers, *self.headers_env, self.tenant_header):
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is no header name")
        for name, value in self.headers.items():
            if name.lower() in SECRET_HEADERS:
                raise ValueError(f"the header {name!r} is a secret; use basic, bearer_env, bearer_file or headers_env")
            if any(ord(c) < 32 for c in value):
                raise ValueError(f"the header {name!r} holds a control character")
        return self

    def login(self) -> Secret | None:
        """The password's or the token's place, or None for a server without login."""
        if self._secret is not None:
            return self._secret
        what = f"{'password' if self.basic else 'token'} of {self.url}"
        if self.basic is not None:
            return Secret(what, env=self.basic.password_env, file=self.basic.password_file)
        if self.bearer_env is not None or self.bearer_file is not None:
            return Secret(what, env=self.bearer_env, file=self.bearer_file)
        return None

    def with_secret(self, secret: Secret) -> Server:
        """The same server whose password or token stands elsewhere: in another program's configuration."""
        server = self.model_copy()
        server._secret = secret
        return server

    def request_headers(self, environ: Mapping[str, str] | None = None) -> dict[str, str]:
        """Login, tenant and further headers of one request; secrets are read now. ConfigError when one is missing."""
        headers = dict(self.headers)
        for name, variable in self.headers_env.items():
            headers[name] = Secret(f"header {name} of {self.url}", env=variable).read(environ)
        if self.tenant:
            headers[self.tenant_header] = self.tenant
        secret = self.login()
        if secret is not None and self.basic is not None:
            pair = f"{self.basic.username}:{secret.read(environ)}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        elif secret is not None:
            headers["Authorization"] = f"Bearer {secret.read(environ)}"
        return headers
