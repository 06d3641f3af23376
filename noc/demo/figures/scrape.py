"""What a scrape itself leaves behind: ``up`` and its companions, present even while the target is away."""

from __future__ import annotations

import numpy as np

from noc.demo.figures.site import Site
from noc.demo.flows import Moments
from noc.demo.levels import Plain
from noc.demo.samples import Floats

_NAMES = (
    "up",
    "scrape_duration_seconds",
    "scrape_samples_scraped",
    "scrape_samples_post_metric_relabeling",
    "scrape_series_added",
)


def block(site: Site, exposed: int) -> Plain:
    """``exposed``: how many series the target shows."""
    target, ripple = site.target, site.shapes.ripples[len(site.key) % len(site.shapes.ripples)]
    usual = 0.004 + exposed * 2.2e-5

    def figures(moments: Moments) -> list[Floats | float]:
        alive = target.alive(moments.times).astype(np.float64)
        seconds = np.round(usual * (1 + 0.3 * moments.value(ripple)), 9)
        shown = alive * exposed
        young = (moments.times - moments.since < target.interval) & (alive > 0)
        return [alive, np.where(alive > 0, seconds, 0.0012), shown, shown, np.where(young, float(exposed), 0.0)]

    return Plain([(name, {}) for name in _NAMES], figures)
