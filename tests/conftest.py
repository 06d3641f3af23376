"""Fixtures shared by all tests: real servers, started when first asked for, one of each kind a worker."""

from __future__ import annotations

import ctypes
import functools
import gc
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from hypothesis import settings

from tests import servers

CACHE = type(functools.cache(int))

# No property is timed: the machines are noisy. CI tries the same examples every time; a developer's run explores.
settings.register_profile("explore", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "explore")


def pytest_collection_finish() -> None:
    """Twelve thousand collected tests live as long as the run: the garbage collector need not look at them again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a module of tests remembers for its next test goes with its last one: a demo's world is up to 80 MB."""
    module = item.getparent(pytest.Module)
    if module is None or (nextitem is not None and nextitem.getparent(pytest.Module) is module):
        return
    caches = [
        one for one in vars(module.obj).values() if isinstance(one, CACHE) and one.__module__ == module.obj.__name__
    ]
    for cache in caches:
        cache.cache_clear()
    if caches and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):  # glibc keeps it all for small blocks in between
        gc.collect()
        libc.malloc_trim(0)


@pytest.fixture(scope="session")
def prometheus_factory() -> Iterator[Callable[..., str]]:
    """``prometheus_factory(scrape, ...)`` starts a real Prometheus (see tests.servers.prometheus), returns its URL."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(servers.prometheus(*args, **options))


@pytest.fixture(scope="session")
def history_factory() -> Iterator[Callable[..., str]]:
    """``history_factory(samples)`` starts a real Prometheus that holds these samples, returns its URL."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(servers.prometheus_with_history(*args, **options))


@pytest.fixture(scope="session")
def node_exporter() -> Iterator[str]:
    """The URL of a real node exporter."""
    with servers.node_exporter() as url:
        yield url


@pytest.fixture(scope="session")
def alertmanager_factory() -> Iterator[Callable[..., str]]:
    """``alertmanager_factory(config_yaml, ...)`` starts a real Alertmanager that stands alone, returns its URL."""
    with ExitStack() as stack:
        yield lambda *args, **options: stack.enter_context(servers.alertmanager(*args, **options))


@pytest.fixture
def alertmanager_cluster() -> Iterator[list[servers.Alertmanager]]:
    """Two real members of one cluster, for one test: it may stop them."""
    with servers.alertmanager_cluster(2) as members:
        yield members
