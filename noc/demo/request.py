"""A whole HTTP request, for handlers that read more than parameters: bodies in JSON, content types, accepted answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from noc.demo.parameters import Params


@dataclass(frozen=True, slots=True)
class Request:
    """``path`` is decoded, ``params`` are those of the URL, names of ``headers`` are in lower case."""

    method: str
    path: str
    params: Params = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
