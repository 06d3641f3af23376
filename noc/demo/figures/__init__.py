"""The world's figures by exporter: which blocks of series each target of the contract exposes."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

from noc.catalogue.contract import Contract
from noc.demo.figures import application, database, machine, monitor, probe, scrape
from noc.demo.figures.site import Site
from noc.demo.flows import Block
from noc.demo.scenarios import Scenario
from noc.demo.targets import ScrapeTarget
from noc.demo.traffic import DAY

__all__ = ["Site", "blocks", "scrape_block", "targets"]

scrape_block = scrape.block

_EXPORTERS: Mapping[str, Callable[[Site], list[Block]]] = {
    "application": application.blocks,
    "mysqld_exporter": database.mysql,
    "redis_exporter": database.redis,
    "blackbox_exporter": probe.blocks,
    "node_exporter": machine.blocks,
    "prometheus": monitor.blocks,
}


def blocks(site: Site) -> list[Block]:
    """All series of one target but those the scraping itself makes."""
    return _EXPORTERS[site.contract.jobs[site.target.job].exporter](site)


def targets(contract: Contract, scenario: Scenario, zero: float, stretch: float) -> list[ScrapeTarget]:
    """The contract's targets. Offsets and ages differ by instance; ``stretch`` scales the scrape intervals."""
    found = []
    for job, spec in contract.jobs.items():
        for instance in spec.instances:
            mark = zlib.crc32(f"{job} {instance}".encode())
            interval = spec.interval_of(instance) * stretch
            offset = round(mark % 10007 / 10007 * interval, 3)
            starts = [round(zero - (37 + mark % 29) * DAY - mark % 80000, 2)]
            gaps = []
            for restart in scenario.restarts:
                if (restart.job, restart.instance) == (job, instance):
                    starts.append(zero + restart.at + restart.down)
                    gaps.append((zero + restart.at, zero + restart.at + restart.down))
            found.append(ScrapeTarget(job, instance, interval, offset, tuple(starts), tuple(gaps)))
    return found
