"""MySQL as mysqld_exporter shows it (db-1 writes, db-2 replicates it), and Redis."""

from __future__ import annotations

from noc.demo.figures.site import Site
from noc.demo.flows import Block, Counters, Flow, Row
from noc.demo.levels import Level, Levels, constants

_ALLOWED = 200  # max_connections
_FULL = 194.0  # what stays connected when the pool is exhausted: the rest is reserved for administrators


def mysql(site: Site) -> list[Block]:
    """One server; the replica has a share of the reads, and a lag."""
    primary = site.host == "db-1"
    load = 1.0 if primary else 0.45
    pressed = site.push("pool.connections") if primary else ()
    running = site.push("pool.connections", 0.35) if primary else ()
    levels: list[tuple[Row, Level]] = [
        (
            ("mysql_global_status_threads_connected", {}),
            Level(72 * load, 22 * load, 7 * load, pressed, high=_FULL, ragged=6.0),
        ),
        (
            ("mysql_global_status_threads_running", {}),
            Level(8 * load, 5 * load, 4 * load, running, low=1.0, high=120.0),
        ),
    ]
    if not primary:
        lag = Level(0.15, 0.05, 0.6, site.push("replica.lag"))
        levels.append((("mysql_slave_status_seconds_behind_source", {}), lag))
    return [
        Levels(site.shapes, site.key + " levels", levels),
        constants({"mysql_up": 1.0, "mysql_global_variables_max_connections": float(_ALLOWED)}),
        _statements(site, load, primary),
    ]


def _statements(site: Site, load: float, primary: bool) -> Counters:
    slow = site.push("db.slow") if primary else ()
    deadlocks = site.push("db.deadlocks") if primary else ()
    streams = {
        "mysql_global_status_queries": Flow(1850.0 * load),
        "mysql_global_status_slow_queries": Flow(0.0075 * load, gust=0.3, effects=slow),
        "mysql_info_schema_innodb_metrics_lock_lock_deadlocks_total": Flow(
            2.8e-5 if primary else 0.0, "machines", 0.0, deadlocks
        ),
        "mysql_global_status_innodb_buffer_pool_read_requests": Flow(61000.0 * load),
        "mysql_global_status_innodb_buffer_pool_reads": Flow(140.0 * load, gust=0.35),
    }
    rows: list[tuple[Row, list[str]]] = [((name, {}), [name]) for name in streams]
    even = frozenset(name for name in streams if "deadlocks" in name)
    return Counters(site.shapes, site.key + " statements", streams, rows, even=even)


def redis(site: Site) -> list[Block]:
    """One cache server."""
    missed = site.share("scope.misses", 300.0)
    streams = {
        "redis_keyspace_hits_total": Flow(1250.0, effects=tuple((train, -amount) for train, amount in missed)),
        "redis_keyspace_misses_total": Flow(62.0, gust=0.3, effects=missed),
    }
    rows: list[tuple[Row, list[str]]] = [((name, {}), [name]) for name in streams]
    levels: list[tuple[Row, Level]] = [
        (("redis_connected_clients", {}), Level(58, 16, 5, site.push("pool.waiting", 0.4))),
        (
            ("redis_memory_used_bytes", {}),
            Level(1.34e9, 0.16e9, 0.03e9, site.push("queue.backlog", 2.1e4), quantum=8.0),
        ),
    ]
    return [
        Counters(site.shapes, site.key, streams, rows),
        Levels(site.shapes, site.key, levels),
        constants({"redis_up": 1.0}),
    ]
