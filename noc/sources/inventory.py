"""Names, label values, metadata and targets of a Prometheus, for one-shot commands, on prometheus-api-client.

That library is built here so that it neither retries nor blocks: as it comes it repeats a failing request for six
seconds and waits for ever on a silent server (protocols.md 4). It is heavy, so only commands that end import this; the
wall polls with ``prometheus``.
"""

from __future__ import annotations

import ast
import re
import ssl
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from noc.config.server import Server
from noc.model.clock import Clock, SystemClock
from noc.model.errors import Auth, BadAnswer, ConfigError, SourceError, Timeout, Unreachable
from noc.model.ports import Metadata, Target
from noc.model.series import Answer, Series
from noc.model.text import clean
from noc.model.timerange import parse_duration
from noc.sources import decode
from noc.sources.http import Reply, refusal

if TYPE_CHECKING:
    from prometheus_api_client import PrometheusConnect
    from requests import Session

T = TypeVar("T")

SINCE = 3600.0
"""Seconds back in which names and label values are looked for; without a window a server searches all time."""

_REFUSED = re.compile(r"HTTP Status Code (\d{3}) \((b['\"].*)\)", re.DOTALL)
_SHORT = 200


class PrometheusInventory:
    """One server, asked synchronously. Every method raises a SourceError and nothing else.

    ``environ`` is where the server's secrets may stand, the process' environment by default.
    """

    def __init__(self, server: Server, clock: Clock | None = None, environ: Mapping[str, str] | None = None) -> None:
        self._server = server
        self._clock = clock or SystemClock()
        self._environ = environ
        self._connection: PrometheusConnect | None = None
        self._prefix: str | None = None

    def names(self) -> tuple[str, ...]:
        """Metric names of the last hour, sorted."""
        return self.label_values("__name__")

    def label_values(self, label: str) -> tuple[str, ...]:
        """Values of a label in the last hour, sorted."""
        window = self._window()
        values = self._ask(lambda connection: connection.get_label_values(label, params=dict(window)))
        if not isinstance(values, list):
            raise BadAnswer("an answer of unknown shape")
        return tuple(sorted(clean(str(value)) for value in values))

    def metadata(self) -> Mapping[str, Metadata]:
        """Type, help and unit by metric family; the first of several."""
        found: dict[str, Metadata] = {}
        for one in self._ask(lambda connection: connection.get_metric_metadata("")):
            entry = Metadata(type=str(one["type"]), help=clean(str(one["help"])), unit=clean(str(one["unit"])))
            found.setdefault(str(one["metric_name"]), entry)
        return found

    def targets(self) -> tuple[Target, ...]:
        """The active scrape targets."""
        active = self._ask(lambda connection: connection.get_targets(state="active")["activeTargets"])
        return tuple(_target(one) for one in active)

    def labels_of(self, selector: str, limit: int = 20) -> tuple[Mapping[str, str], ...]:
        """Label sets of up to ``limit`` series a selector matched in the last hour."""
        from datetime import UTC, datetime

        now = self._clock.now()
        start, end = datetime.fromtimestamp(now - SINCE, UTC), datetime.fromtimestamp(now, UTC)
        params = {"match[]": selector, "limit": limit}
        found = self._ask(lambda connection: connection.get_series(start, end, params=dict(params)))
        return tuple({str(key): str(value) for key, value in one.items()} for one in found[:limit])

    def query(self, expr: str) -> Answer:
        """Evaluate now. Warnings and statistics are lost: the library does not keep them."""
        params = {"time": f"{self._clock.now():.3f}"}
        result = self._ask(lambda connection: connection.custom_query(expr, params=dict(params)))
        try:
            return Answer(tuple(_series(result)))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise BadAnswer("an answer of unknown shape") from None

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _window(self) -> dict[str, str]:
        now = self._clock.now()
        return {"start": f"{now - SINCE:.3f}", "end": f"{now:.3f}"}

    def _ask(self, call: Callable[[PrometheusConnect], T]) -> T:
        """One request. When the API is not at the base URL, it is looked for once under ``/prometheus``."""
        if self._prefix is not None:
            return self._once(self._prefix, call)
        try:
            answer = self._once("", call)
            self._prefix = ""
        except SourceError as error:
            if error.status != 404:
                raise
            try:
                answer = self._once("/prometheus", call)
            except SourceError:
                self.close()
                raise error from None
            self._prefix = "/prometheus"
        return answer

    def _once(self, prefix: str, call: Callable[[PrometheusConnect], T]) -> T:
        from prometheus_api_client.exceptions import PrometheusApiClientException
        from requests.exceptions import RequestException

        where = self._server.url
        try:
            return call(self._connect(prefix))
        except ConfigError as error:
            raise Auth("; ".join(f"{fault.file}: {fault.message}" for fault in error.faults)) from None
        except PrometheusApiClientException as error:
            raise _refusal(str(error), where) from None
        except RequestException as error:
            raise _network_error(error, where, self._server.timeout) from None
        except OSError as error:  # a certificate file, which the library opens itself
            raise Auth(f"a certificate of {where} cannot be used: {clean(str(error), _SHORT)}") from None
        except (KeyError, TypeError, AttributeError, ValueError):
            raise BadAnswer(f"{where} answered something that is not Prometheus") from None

    def _connect(self, prefix: str) -> PrometheusConnect:
        """The library's connection without its retries; secrets are read here."""
        from prometheus_api_client import PrometheusConnect
        from urllib3.util import Retry

        url = self._server.url + prefix
        if self._connection is not None and self._connection.url == url:
            return self._connection
        self.close()
        self._connection = PrometheusConnect(
            url,
            headers={
                "Accept-Encoding": "gzip" if self._server.compression else "identity",
                **self._server.request_headers(self._environ),
            },
            retry=Retry(total=0, read=False),  # read=False: a timeout stays a timeout
            timeout=self._server.timeout,
            session=_session(self._server, url),
        )
        _ask_for_name(self._connection, self._server, url)
        return self._connection


def _session(server: Server, url: str) -> Session:
    """Certificates as ``http.client`` has them; no redirects (they would carry secrets away), no .netrc."""
    from requests import Session
    from requests.utils import get_environ_proxies

    session = Session()
    session.trust_env = False
    session.proxies.update(get_environ_proxies(url, no_proxy=None))
    session.max_redirects = 0
    system = ssl.get_default_verify_paths()
    session.verify = str(server.tls.ca or system.cafile or system.capath or "") or True
    if server.tls.insecure_skip_verify:
        import urllib3

        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
        session.verify = False
    if server.tls.cert is not None:
        session.cert = (str(server.tls.cert), str(server.tls.key or server.tls.cert))
    return session


def _ask_for_name(connection: PrometheusConnect, server: Server, url: str) -> None:
    """A certificate's other name; mounted deeper than the library's own adapter, so that it is the one used."""
    if server.tls.server_name is None:
        return
    from requests.adapters import HTTPAdapter

    class Named(HTTPAdapter):
        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            name = server.tls.server_name
            super().init_poolmanager(*args, **{**options, "server_hostname": name, "assert_hostname": name})

    connection._session.mount(f"{url}/", Named(max_retries=0))


def _refusal(text: str, where: str) -> SourceError:
    """The server's refusal out of the library's exception, which holds status and body as text."""
    match = _REFUSED.search(text)
    if match is None:
        return BadAnswer(clean(text, _SHORT))
    try:
        body = ast.literal_eval(match[2])
    except (ValueError, SyntaxError):
        body = b""
    status = int(match[1])
    if status not in (401, 403, 404):
        try:
            return decode.error_of(decode.document(body), status)
        except BadAnswer:
            pass  # no JSON: the status says it
    if status == 404:
        return BadAnswer(f"404 from {where}: no Prometheus API there; try {where}/prometheus", status=404)
    return refusal(Reply(status, {}, body, len(body)), where)


def _network_error(error: Exception, where: str, timeout: float) -> SourceError:
    """Why there was no usable answer. The library's texts hold queries and are not repeated."""
    from requests import exceptions

    host = urlsplit(where).hostname or where
    if isinstance(error, exceptions.Timeout):
        return Timeout(f"no answer from {where} within {timeout:g}s")
    if isinstance(error, exceptions.JSONDecodeError):
        if str(error.doc).lstrip()[:1] == "<":
            return BadAnswer(f"{where} answered HTML, not Prometheus: login page or wrong URL?")
        return BadAnswer(f"{where} answered no JSON: truncated, or not Prometheus")
    if isinstance(error, exceptions.TooManyRedirects):
        return Auth(f"{where} sends elsewhere; a login page or a missing prefix?")
    if isinstance(error, (exceptions.InvalidHeader, exceptions.InvalidURL)):
        return Auth(f"a header for {where} cannot be sent; look for line breaks in tenant, headers and secrets")
    for cause in _causes(error):
        kind = type(cause).__name__  # urllib3's own classes, not worth an import
        if isinstance(cause, ssl.SSLCertVerificationError) or kind == "CertificateError":
            return _mistrusted(cause, host)
        if isinstance(cause, ConnectionRefusedError):
            return Unreachable(f"connection refused by {where}; is it running?")
        if kind in ("gaierror", "NameResolutionError"):
            return Unreachable(f"unknown host {host}")
        if kind in ("RemoteDisconnected", "BadStatusLine", "ConnectionResetError"):
            return Unreachable(f"{where} closed the connection without an answer; is it https://?")
    if isinstance(error, exceptions.SSLError):
        return Unreachable(f"no TLS with {where}: no client certificate, or is it http://?")
    return Unreachable(f"no connection to {where}")


def _mistrusted(cause: BaseException, host: str) -> Unreachable:
    why = clean(str(getattr(cause, "verify_message", "") or cause), _SHORT).rstrip(".")
    if "match" in why:
        return Unreachable(f"certificate of {host} refused: {why}; give its name as tls: {{server_name: NAME}}")
    return Unreachable(f"certificate of {host} refused: {why}; give its authority as tls: {{ca: FILE}}")


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def _target(one: Mapping[str, Any]) -> Target:
    labels = one.get("labels") or {}
    try:
        interval = parse_duration(str(one.get("scrapeInterval") or ""))
    except ValueError:
        interval = 0.0
    return Target(
        job=clean(str(labels.get("job", ""))),
        instance=clean(str(labels.get("instance", ""))),
        health=clean(str(one.get("health", "unknown"))),
        error=clean(str(one.get("lastError") or "")),
        interval=interval,
    )


def _series(result: Any) -> Iterator[Series]:
    """Series of a vector or matrix; a scalar is a bare pair."""
    if result and not isinstance(result[0], Mapping):
        yield Series.of({}, [(float(result[0]), float(result[1]))])
        return
    for one in result:
        pairs = one["values"] if "values" in one else [one["value"]] if "value" in one else []
        yield Series.of(one["metric"], [(float(time), float(value)) for time, value in pairs])
