"""A real Prometheus that scrapes itself and a real node exporter, and already holds their past.

The past is made of the programs' own expositions: every series gets samples back in time, counters rising to today's
value, gauges swinging about it, written as blocks by promtool before the server starts. Scrapes go on from there.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests import servers

SCRAPE = 5  # seconds
JOBS = {"prometheus": "prometheus:9090", "node": "node:9100"}
"""Jobs and the instances they are called, so that past and present have the same labels whatever the ports."""

_LINE = re.compile(r"(?P<name>[a-zA-Z_:][\w:]*)(?:\{(?P<labels>.*)\})? (?P<value>\S+)")
_RISING = ("_total", "_bucket", "_count", "_sum")


@contextmanager
def prometheus(metrics: str, *, hours: float, step: float) -> Iterator[str]:
    """Yields the URL. ``metrics`` is a regular expression of the names that get a past of so many hours, a sample every
    ``step`` seconds; all others begin now."""
    program, promtool = servers.require("prometheus"), servers.require("promtool")
    with servers.node_exporter() as exporter, tempfile.TemporaryDirectory(prefix="noc-bench-") as name:
        directory = Path(name)

        def command(port: int) -> list[str]:
            targets = {"prometheus": f"127.0.0.1:{port}", "node": exporter.removeprefix("http://")}
            jobs = [
                {"job_name": job, "static_configs": [{"targets": [targets[job]], "labels": {"instance": instance}}]}
                for job, instance in JOBS.items()
            ]
            scrape = {"scrape_interval": f"{SCRAPE}s", "scrape_timeout": f"{SCRAPE}s"}
            (directory / "prometheus.yml").write_text(json.dumps({"global": scrape, "scrape_configs": jobs}))
            return [
                program,
                f"--config.file={directory / 'prometheus.yml'}",
                f"--storage.tsdb.path={directory / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
                "--log.level=warn",
            ]

        with servers.running(command, "/-/ready", directory) as url:
            expositions = {"prometheus": _own(url), "node": httpx.get(f"{exporter}/metrics").text}
        past = directory / "past.txt"
        past.write_text(_past(expositions, re.compile(metrics), hours * 3600, step))
        create = ["tsdb", "create-blocks-from", "openmetrics", str(past), str(directory / "data")]
        subprocess.run([promtool, *create], check=True, capture_output=True)
        past.unlink()
        with servers.running(command, "/-/ready", directory) as url:
            yield url


def _own(url: str) -> str:
    """The server's exposition once it has answered something, so that its request series exist."""
    for path in ("/api/v1/query?query=up", "/api/v1/query_range?query=up&start=1&end=2&step=1", "/metrics"):
        httpx.get(url + path)
    return httpx.get(f"{url}/metrics").text


def _past(expositions: dict[str, str], wanted: re.Pattern[str], span: float, step: float) -> str:
    """OpenMetrics text of all samples from ``span`` seconds ago until now."""
    end = math.floor(time.time())
    ages = [span - point * step for point in range(int(span / step) + 1)]
    lines = []
    for job, text in expositions.items():
        for line in text.splitlines():
            found = _LINE.fullmatch(line)
            if found is None or not wanted.fullmatch(found["name"]):
                continue
            labels = ",".join([*filter(None, [found["labels"]]), f'instance="{JOBS[job]}",job="{job}"'])
            value, phase = float(found["value"]), zlib.crc32(line.encode())
            course = _rising if found["name"].endswith(_RISING) else _swinging
            for age in ages:
                lines.append(f"{found['name']}{{{labels}}} {value * course(age, span, phase):.6g} {end - age:.0f}\n")
    return "".join([*lines, "# EOF\n"])


def _rising(age: float, span: float, phase: int) -> float:
    """A counter's share of today's value: growing all the time, at a rate that swings with two periods."""
    return 1 - (age + 180 * math.sin(age / 300 + phase) + 8 * math.sin(age / 37 + 3 * phase)) / (2 * span + 400)


def _swinging(age: float, span: float, phase: int) -> float:
    """A gauge's share of today's value."""
    return 1 + 0.2 * math.sin(age / 600 + phase) + 0.03 * math.sin(age * 7.3 + phase)
