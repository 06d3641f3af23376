"""From the bytes of a Prometheus query answer to Series: the envelope, the four result types, and a cap.

Also reads matrix and vector results of Loki, which are the same. Pure and free of the event loop, so that a large body
can be read in a thread. Samples are converted once, into float arrays.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

import orjson

from noc.model.errors import BadAnswer, BadQuery, Overloaded, SourceError, Timeout
from noc.model.series import Answer, Series, labels_of
from noc.model.text import clean

HISTOGRAMS = "native histograms cannot be drawn; use histogram_quantile() or histogram_count()"
INFO = "PromQL info"
REMARK = "PromQL warning"
"""How a warning begins that is about the expression: the data is whole."""

_SHORT = 300  # characters of a server's own text that are kept


def document(body: bytes) -> dict[str, Any]:
    """The JSON object of an answer. BadAnswer for an empty, truncated or other body."""
    if not body.strip():
        raise BadAnswer("an empty answer")
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadAnswer(f"truncated or broken JSON ({len(body)} bytes)") from None
    if not isinstance(found, dict):
        raise BadAnswer("an answer of unknown shape")
    return found


def answer(body: bytes, *, max_series: int) -> Answer:
    """Series of a query or query_range answer, at most ``max_series``; the server's order is kept.

    Raises what the envelope says when it is an error, BadAnswer when it is not the protocol's.
    """
    envelope = document(body)
    if envelope.get("status") != "success":
        raise error_of(envelope, 200)
    try:
        data = envelope["data"]
        kind, result = data["resultType"], data["result"]
        kept, histograms = _series(kind, result, max_series)
        dropped = max(0, len(result) - max_series) if kind in ("vector", "matrix") else 0
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        raise BadAnswer("an answer of unknown shape") from None
    said = _texts(envelope.get("warnings"))
    warnings = [text for text in said if not text.startswith(INFO)]  # Thanos mixes the two
    infos = [text for text in said if text.startswith(INFO)] + _texts(envelope.get("infos"))
    incomplete = envelope.get("isPartial") is True or any(not text.startswith(REMARK) for text in warnings)
    if envelope.get("isPartial") is True:
        warnings.append("partial answer: a part of the servers behind did not answer")
    if histograms:
        warnings.append(HISTOGRAMS)
    statistics = data.get("stats") or envelope.get("stats") or {}
    return Answer(
        series=kept,
        warnings=tuple(warnings),
        infos=tuple(infos),
        partial=incomplete or dropped > 0,
        dropped=dropped,
        samples=_samples(statistics),
        stats=statistics if isinstance(statistics, Mapping) else {},
    )


def error_of(envelope: Mapping[str, Any], status: int, retry_after: float | None = None) -> SourceError:
    """The exception of an error envelope (protocols.md 1.2); an unknown errorType is judged by the HTTP status.

    VictoriaMetrics writes the status as errorType.
    """
    kind = str(envelope.get("errorType") or "")
    text = clean(str(envelope.get("error") or envelope.get("message") or "an error without a text"), _SHORT)
    if kind.isdigit():
        status, kind = int(kind), ""
    if kind == "timeout":
        return Timeout(f"the query took too long on the server: {text}", status=status)
    if kind in ("canceled", "unavailable", "internal", "too_many_requests"):
        return Overloaded(text, status=status, retry_after=retry_after)
    if kind == "execution":
        return BadQuery(text, status=422)
    if kind in ("bad_data", "not_acceptable", "too_large_entry"):
        return BadQuery(text, status=status if status >= 400 else 400)
    if status == 429 or status >= 499:
        return Overloaded(text, status=status, retry_after=retry_after)
    return BadQuery(text, status=status) if 400 <= status < 499 else BadAnswer(text, status=status)


def _series(kind: str, result: Any, limit: int) -> tuple[tuple[Series, ...], bool]:
    """The series of a result, and whether there were native histograms among them, which have no plain values."""
    if kind == "scalar":
        return (Series.of({}, [_pair(result)]),), False
    if kind == "string":
        return (Series.of({"value": str(result[1])}, [(float(result[0]), float("nan"))]),), False
    if kind == "vector":
        plain = [one for one in result[:limit] if "value" in one]
        return tuple(Series.of(one["metric"], [_pair(one["value"])]) for one in plain), len(plain) < len(result[:limit])
    if kind == "matrix":
        histograms = any("histograms" in one for one in result[:limit])
        return tuple(_row(one) for one in result[:limit] if one.get("values")), histograms
    raise ValueError(kind)


def _row(one: Mapping[str, Any]) -> Series:
    pairs = one["values"]
    times = array("d", [pair[0] for pair in pairs])
    return Series(labels_of(one["metric"]), times, array("d", [float(pair[1]) for pair in pairs]))


def _pair(pair: Any) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])


def _texts(value: Any) -> list[str]:
    return [clean(str(text), _SHORT) for text in value] if isinstance(value, list) else []


def _samples(statistics: Any) -> int | None:
    samples = statistics.get("samples") if isinstance(statistics, Mapping) else None
    total = samples.get("totalQueryableSamples") if isinstance(samples, Mapping) else None
    return total if isinstance(total, int) else None
