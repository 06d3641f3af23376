"""The gateway's own metrics, put together from its parts."""

from __future__ import annotations

from noc.demo.figures import latency, releases, requests, scope, tenants, webhooks
from noc.demo.figures.site import Site
from noc.demo.flows import Block


def blocks(site: Site) -> list[Block]:
    """All app_* series of one instance."""
    return [
        *requests.blocks(site),
        *latency.blocks(site),
        *webhooks.blocks(site),
        *scope.blocks(site),
        *tenants.blocks(site),
        releases.block(site),
    ]
