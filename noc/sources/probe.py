"""Health checks over HTTP: one GET on a connection of its own, and what its answer is worth (specification 3.2).

A new connection each time, as blackbox_exporter does: the measured time holds name look-up, handshake and the whole body,
a renewed certificate is seen with the next probe, and no kept connection dies in between and looks like an outage.
Redirects are not followed: a login page is no health. Nothing is tried twice: a check is the measurement.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from noc.config.checks import Check
from noc.model.checks import CheckResult
from noc.model.clock import Clock
from noc.model.errors import ConfigError, SourceError, Timeout, Unreachable
from noc.model.text import clean
from noc.sources.http import connect_within, network_error, unreadable
from noc.sources.verdict import judge

LARGEST = 1024 * 1024
"""Bytes of an unpacked body that are read at most."""


@dataclass(slots=True)
class _Answer:
    """As much of an answer as came; ``whole`` once its body was read to the end."""

    status: int | None = None
    redirect: str = ""
    certificate: float | None = None
    body: bytes = b""
    whole: bool = False
    too_large: bool = False


class HttpProber:
    """A Prober of one check. ``client`` is that of ``check.target`` (noc.sources.http); it is closed with the prober.

    Durations are those of ``clock.monotonic``, times those of ``clock.now``.
    """

    def __init__(self, check: Check, client: httpx.AsyncClient, clock: Clock) -> None:
        self._check = check
        self._client = client
        self._clock = clock

    async def probe(self) -> CheckResult:
        """Ask once, within the target's timeout. Never raises but when cancelled."""
        began, sent = self._clock.now(), self._clock.monotonic()
        answer, error = _Answer(), ""
        try:
            await self._ask(answer)
        except SourceError as fault:
            error = fault.cause
        duration = self._clock.monotonic() - sent
        if error or answer.status is None:
            return CheckResult(began, duration, answer.status, error=error, certificate=answer.certificate)
        middle = (began + self._clock.now()) / 2
        body = None if answer.too_large else answer.body
        verdict = judge(self._check, answer.status, body, duration, middle, answer.redirect)
        return CheckResult(
            began,
            duration,
            answer.status,
            verdict.findings,
            certificate=answer.certificate,
            drift=verdict.drift,
            services=verdict.services,
            more_services=verdict.more_services,
        )

    async def aclose(self) -> None:
        """Close connections."""
        await self._client.aclose()

    async def _ask(self, answer: _Answer) -> None:
        """Fill ``answer`` as it comes; a SourceError when it does not come whole."""
        where, deadline = self._check.target.url, self._check.target.timeout
        if self._client.is_closed:
            raise Unreachable(f"the connection to {where} is closed")
        try:
            async with asyncio.timeout(deadline):
                request = self._client.build_request("GET", where, headers={"Connection": "close"})
                response = await self._client.send(request, stream=True)
                try:
                    await _read(response, answer)
                finally:
                    await response.aclose()
        except ConfigError as error:
            raise unreadable(error) from None
        except (TimeoutError, httpx.TimeoutException) as error:
            if isinstance(error, httpx.ConnectTimeout):
                raise Timeout(f"no connection to {where} within {connect_within(deadline):g}s") from None
            what = "no answer" if answer.status is None else "no whole answer"
            raise Timeout(f"{what} from {where} within {deadline:g}s") from None
        except httpx.HTTPError as error:
            raise network_error(error, where) from None


async def _read(response: httpx.Response, answer: _Answer) -> None:
    answer.status = response.status_code
    answer.certificate = _certificate(response)
    if response.has_redirect_location:
        answer.redirect = _target(response)
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST:
            answer.too_large = True
            return
    answer.body = bytes(body)


def _certificate(response: httpx.Response) -> float | None:
    """Unix seconds at which the connection's certificate ends. None without TLS, and where it is not verified: then Python
    does not read it."""
    stream = response.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    if not isinstance(tls, (ssl.SSLObject, ssl.SSLSocket)):
        return None
    end = (tls.getpeercert() or {}).get("notAfter")
    return float(ssl.cert_time_to_seconds(end)) if isinstance(end, str) else None


def _target(response: httpx.Response) -> str:
    """Where a redirect sends, in words; queries may hold tokens and are not repeated."""
    target = urlsplit(response.headers.get("location", ""))
    return f"sends to {clean(target.hostname or target.path, 60) or 'another address'}"
