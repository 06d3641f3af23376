"""Remote write by hand: the only way to give a real Prometheus past samples with their stale markers.

Three layers: the protobuf messages WriteRequest, TimeSeries, Label and Sample; snappy's block format, of which a single
literal is a valid stream; slices of time, for a database takes nothing that is an hour older than its newest sample.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import httpx
import numpy as np

from noc.demo.samples import Samples

SLICE = 1800.0
"""Seconds of samples in one request."""


def write(url: str, samples: Sequence[Samples]) -> None:
    """Store the samples, oldest first; fails on the first refusal."""
    ordered = sorted((series for series in samples if len(series.times)), key=lambda series: series.labels)
    headers = {
        "Content-Encoding": "snappy",
        "Content-Type": "application/x-protobuf",
        "X-Prometheus-Remote-Write-Version": "0.1.0",
    }
    with httpx.Client(headers=headers, timeout=60) as client:
        for request in _requests(ordered):
            answer = client.post(f"{url}/api/v1/write", content=_snappy(request))
            assert answer.status_code == 204, answer.text


def _requests(samples: Sequence[Samples]) -> Iterator[bytes]:
    start = min(float(series.times[0]) for series in samples)
    end = max(float(series.times[-1]) for series in samples)
    for edge in np.arange(start, end + 1, SLICE):
        parts = []
        for series in samples:
            low, high = np.searchsorted(series.times, [edge, edge + SLICE], "left")
            if low < high:
                labels = b"".join(_field(1, _label(name, value)) for name, value in series.labels)
                points = _points(series.times[low:high], series.values[low:high])
                parts.append(_field(1, labels + points))
        if parts:
            yield b"".join(parts)


def _label(name: str, value: str) -> bytes:
    return _field(1, name.encode()) + _field(2, value.encode())


def _points(times: np.ndarray, values: np.ndarray) -> bytes:
    """Repeated Sample messages; all times have a varint of the same length (any date between 1971 and 2109)."""
    milliseconds = np.rint(times * 1000).astype(np.int64)
    assert milliseconds[0] >= 1 << 35
    assert milliseconds[-1] < 1 << 42
    rows = np.empty((len(times), 18), dtype=np.uint8)
    rows[:, 0], rows[:, 1] = 0x12, 16  # field 2 of TimeSeries, 16 bytes
    rows[:, 2] = 0x09  # field 1 of Sample, a double
    rows[:, 3:11] = np.ascontiguousarray(values, dtype="<f8").view(np.uint8).reshape(-1, 8)
    rows[:, 11] = 0x10  # field 2 of Sample, a varint
    for position in range(6):
        rows[:, 12 + position] = (milliseconds >> (7 * position)) & 0x7F | (0x80 if position < 5 else 0)
    return rows.tobytes()


def _field(number: int, content: bytes) -> bytes:
    return bytes([number << 3 | 2]) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _snappy(content: bytes) -> bytes:
    return _varint(len(content)) + bytes([63 << 2]) + (len(content) - 1).to_bytes(4, "little") + content
