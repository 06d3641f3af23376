"""The health checks of section 3.2 as blackbox_exporter shows them."""

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
_TIMEOUT = 5.0  # seconds after which a probe gives up
_FAILS = 0.5  # how far the knob must be turned for a check to fail


def blocks(site: Site) -> list[Block]:
    """Success, status and duration of one endpoint's probe."""
    path = site.target.instance.removeprefix("https://api.example.com")
    usual = _USUAL[path]
    slowed = Level(usual, usual * 0.1, usual * 0.35, site.push("probe.slow"), low=usual * 0.4, quantum=1e-6)
    duration = Levels(site.shapes, site.key, [(("probe_duration_seconds", {}), slowed)])
    failing = site.push("probe.calcom") if path == "/health/calcom" else ()

    def figures(moments: Moments) -> list[Floats | float]:
        turned = np.zeros_like(moments.times)
        for train, amount in failing:
            turned = turned + amount * moments.value(train)
        failed = turned > _FAILS
        seconds = np.where(failed, _TIMEOUT + duration.at(moments)[0] / 10, duration.at(moments)[0])
        return [np.where(failed, 0.0, 1.0), seconds, np.where(failed, 503.0, 200.0)]

    names = ("probe_success", "probe_duration_seconds", "probe_http_status_code")
    return [Plain([(name, {}) for name in names], figures)]
