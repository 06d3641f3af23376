"""The health checks of section 3.2 as blackbox_exporter shows them: success, status, duration, the certificate's end."""

from __future__ import annotations

import numpy as np

from noc.demo.figures.site import Site
from noc.demo.flows import Block, Moments
from noc.demo.levels import Level, Levels, Plain
from noc.demo.samples import Floats

_USUAL = {
    "/health": 0.034,
    "/health/detailed": 0.165,
    "/health/metrics": 0.052,
    "/health/calcom": 0.31,
    "/api/zeitinfo": 0.027,
}
_KNOBS = {
    "/health": ("probe.basic", 503.0),
    "/health/detailed": ("probe.detailed", 503.0),
    "/health/metrics": ("probe.metrics", 500.0),
    "/health/calcom": ("probe.calcom", 503.0),
    "/api/zeitinfo": ("probe.time", 500.0),
}
"""What makes an endpoint fail, and the status it then answers with."""

_TIMEOUT = 5.0  # seconds the gateway waits for Cal.com
_FAILS = 0.5  # how far the knob must be turned for a check to fail

_DAY = 86_400.0
_RENEWED, _LASTS, _SINCE = 60 * _DAY, 90 * _DAY, 1_757_322_000.0
"""Seconds between two certificates and that one lasts; when one began (unix seconds, 2025-09-08 09:00 UTC). So 30 to 90
days are left, as of an authority that renews itself."""


def blocks(site: Site) -> list[Block]:
    """Success, duration, status and certificate of one endpoint's probe."""
    path = site.target.instance.removeprefix("https://api.example.com")
    usual = _USUAL[path]
    slowed = Level(usual, usual * 0.1, usual * 0.35, site.push("probe.slow"), low=usual * 0.4, quantum=1e-6)
    duration = Levels(site.shapes, site.key, [(("probe_duration_seconds", {}), slowed)])
    knob, answered = _KNOBS[path]
    failing = site.push(knob)
    waits = _TIMEOUT if path == "/health/calcom" else 0.0

    def figures(moments: Moments) -> list[Floats | float]:
        turned = np.zeros_like(moments.times)
        for train, amount in failing:
            turned = turned + amount * moments.value(train)
        failed = turned > _FAILS
        took = duration.at(moments)[0]
        seconds = np.where(failed & (waits > 0), waits + took / 10, took)
        ends = _SINCE + np.floor((moments.times - _SINCE) / _RENEWED) * _RENEWED + _LASTS
        return [np.where(failed, 0.0, 1.0), seconds, np.where(failed, answered, 200.0), ends]

    names = (
        "probe_success",
        "probe_duration_seconds",
        "probe_http_status_code",
        "probe_ssl_earliest_cert_expiry",
    )
    return [Plain([(name, {}) for name in names], figures)]
