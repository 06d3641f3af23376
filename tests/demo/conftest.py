"""What the demo's tests share: a real Prometheus and the demo's, both over the corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.demo.promql_corpus import samples
from tests.equality import Pair, paired


@pytest.fixture(scope="session")
def corpus_pair(history_factory: Callable[..., str]) -> Iterator[Pair]:
    """One a worker; the corpus is only read."""
    held = samples()
    with paired(history_factory(held), held) as both:
        yield both
