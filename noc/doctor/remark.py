"""What a check says about one key of a file, before file and line are put to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from noc.catalogue.metrics import Catalogue
from noc.config.document import Document, KeyPath
from noc.config.server import Server
from noc.config.wording import dotted
from noc.model.errors import Fault

SCRAPE_INTERVAL = 15.0  # seconds, where no server says otherwise


class Remark(NamedTuple):
    """``path`` is the key it stands at."""

    path: KeyPath
    message: str
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Known:
    """The words a file may use. An empty collection is 'not known here', and nothing is held against it."""

    catalogue: Catalogue | None = None
    layouts: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    programmes: frozenset[str] = frozenset()
    bindings: frozenset[str] = frozenset()
    """Ids of key bindings."""
    checks: frozenset[str] = frozenset()
    """Health checks of the settings."""
    prometheus: Mapping[str, Server] = field(default_factory=dict)
    """Metric servers by name, the default one first."""
    loki: Mapping[str, Server] = field(default_factory=dict)

    def scrape_interval(self, source: str | None) -> float:
        """Seconds between two scrapes of a panel's server."""
        servers = self.prometheus
        server = servers.get(source) if source else next(iter(servers.values()), None)
        return server.scrape_interval if server else SCRAPE_INTERVAL

    def metricsql(self, source: str | None) -> bool:
        """Whether a panel's server understands more than PromQL."""
        server = self.prometheus.get(source) if source else next(iter(self.prometheus.values()), None)
        return server is not None and server.flavour == "victoriametrics"


def as_faults(remarks: Iterable[Remark], document: Document) -> list[Fault]:
    """The remarks as faults of a file: the key in front of each message."""
    return [document.fault(path, f"{dotted(path)}: {message}", severity) for path, message, severity in remarks]
