"""How a server is logged into: where a secret lives, never the secret itself.

Models hold the name of an environment variable or the path of a file; the word is read when a request is built and
kept by nobody. So nothing here can leak through repr, logs or error messages.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, model_validator

from noc.config.base import Model
from noc.model.errors import ConfigError, Fault

MAX_SECRET = 65536  # bytes; a token file larger than this is the wrong file

_ENV_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def _path(value: Any, info: ValidationInfo) -> Any:
    """``~`` is the home directory; a relative path stands beside the file that names it."""
    if not isinstance(value, (str, Path)):
        return value
    context: Mapping[str, Any] = info.context or {}
    text = str(value)
    if text == "~" or text.startswith("~/"):
        return context.get("home", Path.home()) / text[2:]
    return context.get("base", Path()) / text


ConfigPath = Annotated[Path, BeforeValidator(_path)]
"""A path in a configuration file, relative to that file."""


def _env_name(value: str) -> str:
    if not _ENV_NAME.fullmatch(value):
        raise ValueError("this is no name of an environment variable; the secret itself stands elsewhere")
    return value


EnvName = Annotated[str, AfterValidator(_env_name)]
"""Name of an environment variable."""


@dataclass(frozen=True, slots=True)
class Secret:
    """Where a secret stands: an environment variable, a file, or one entry of another program's YAML file.

    ``what`` names it in errors ("password of http://…"). ``key`` is the path of the entry in a YAML ``file``;
    ``from_url`` takes the password out of a URL found there.
    """

    what: str
    env: str | None = None
    file: Path | None = None
    key: tuple[str, ...] = ()
    from_url: bool = False

    def read(self, environ: Mapping[str, str] | None = None) -> str:
        """The secret, read now. ConfigError names the place when it is missing, empty or unreadable."""
        if self.env is not None:
            value = (os.environ if environ is None else environ).get(self.env, "")
            if not value:
                raise ConfigError([Fault(f"${self.env}", 0, f"this environment variable is not set ({self.what})")])
            return value
        assert self.file is not None
        text = self._entry() if self.key else read_text(self.file, MAX_SECRET, self.what).strip()
        if not text or "\n" in text or "\r" in text:
            problem = "is empty" if not text else "holds more than one line"
            raise ConfigError([Fault(str(self.file), 0, f"{problem} ({self.what})")])
        return text

    def _entry(self) -> str:
        from noc.config.document import read_document

        assert self.file is not None
        value: Any = read_document(self.file).data
        for key in self.key:
            value = value.get(key, "") if isinstance(value, dict) else ""
        return unquote(urlsplit(str(value)).password or "") if self.from_url else str(value)


def read_text(path: Path, limit: int, what: str) -> str:
    """The text of a file of at most ``limit`` bytes; ConfigError says why not."""
    try:
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except OSError as error:
        raise ConfigError([Fault(str(path), 0, f"cannot be read: {error.strerror} ({what})")]) from None
    if len(data) > limit:
        raise ConfigError([Fault(str(path), 0, f"is larger than {limit // 1024} kB ({what})")])
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise ConfigError([Fault(str(path), 0, f"is no UTF-8 text ({what})")]) from None


class Basic(Model):
    """User name and password."""

    username: str
    """Sent as it stands."""
    password_env: EnvName | None = None
    """Environment variable that holds the password."""
    password_file: ConfigPath | None = None
    """File that holds the password, relative to this file."""

    @model_validator(mode="after")
    def _one_place(self) -> Basic:
        if (self.password_env is None) == (self.password_file is None):
            raise ValueError("give one of 'password_env' and 'password_file'")
        return self


class Tls(Model):
    """Certificates; the system's authorities by default."""

    ca: ConfigPath | None = None
    """PEM file of the authorities to trust instead of the system's."""
    cert: ConfigPath | None = None
    """PEM file of the client certificate, with its chain."""
    key: ConfigPath | None = None
    """PEM file of the client's private key; inside ``cert`` by default."""
    server_name: str | None = None
    """Name to ask for (SNI) and to check in the certificate, when it is not the URL's host."""
    insecure_skip_verify: bool = False
    """Accept any certificate. The wall says so in its header."""

    @model_validator(mode="after")
    def _pair(self) -> Tls:
        if self.key is not None and self.cert is None:
            raise ValueError("'key' without 'cert'")
        return self
