"""Which release of the gateway runs: a new one every other day, and one whenever the scenario restarts it."""

from __future__ import annotations

import numpy as np

from noc.demo.figures.site import Site
from noc.demo.flows import Moments
from noc.demo.levels import Plain
from noc.demo.samples import Floats
from noc.demo.traffic import DAY

RELEASES = 40
_NOW = 20  # the release at the scenario's zero; those before reach back over the world's whole history
_EVERY = 1.9 * DAY
_BEFORE = 1200.0  # seconds before the zero that its release came


def block(site: Site) -> Plain:
    """app_build_info: 1 for the release that runs, nothing for all others."""
    zero = site.zero

    def figures(moments: Moments) -> Floats:
        regular = np.floor((moments.times - zero + _BEFORE) / _EVERY)
        running = np.clip(_NOW + regular + (moments.since >= zero), 0, RELEASES - 1)
        return np.asarray(running == np.arange(RELEASES)[:, None], float)

    return Plain([("app_build_info", {"version": f"v2.{number}"}) for number in range(RELEASES)], figures)
