"""The bundled catalogue and contract, read once, and expressions without the wall's variables."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from noc.catalogue import contract, metrics
from noc.catalogue.contract import Contract
from noc.catalogue.expressions import Expression
from noc.catalogue.metrics import Catalogue


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return metrics.load()


@pytest.fixture(scope="session")
def series() -> Contract:
    return contract.load()


@pytest.fixture(scope="session")
def expression() -> Callable[[str], Expression]:
    """Parses a query as the wall would send it."""

    def parse(query: str) -> Expression:
        query = query.replace("$__rate_interval", "1m").replace("$__range", "1h").replace("$__interval", "1m")
        return Expression(re.sub(r"\$[a-z]\w*", "value", query))

    return parse
