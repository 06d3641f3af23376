"""``python -m tests.benchmarks [NAME...]``: run the benchmarks, print tables or JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from functools import partial

from tests.benchmarks import alertbook, alertpoll, bytes, draw, fetch, figures, keys, lint, logfeed, logkeys, soak, wall

NAMES = ("fetch", "draw", "lint", "wall", "keys", "alertbook", "alertpoll", "logfeed", "logkeys", "bytes", "soak")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of: {', '.join(NAMES)}; by default all")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.add_argument("--fetch-seconds", type=float, default=300.0, help="real time of the fetch benchmark")
    parser.add_argument("--wall-seconds", type=float, default=60.0, help="how long the warm walls are watched")
    parser.add_argument("--feed-seconds", type=float, default=60.0, help="how long a feed is flooded")
    parser.add_argument("--presses", type=int, default=keys.PRESSES, help="keys pressed by the keys benchmark")
    parser.add_argument("--soak-hours", type=float, default=24.0, help="wall time of the soak")
    parser.add_argument("--soak-speed", type=float, default=24.0, help="how many times as fast the soak's clocks run")
    asked = parser.parse_intermixed_args()
    unknown = [name for name in asked.names if name not in NAMES]
    if unknown:
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    runs: dict[str, Callable[[], figures.Report]] = {
        "fetch": partial(fetch.run, asked.fetch_seconds),
        "draw": draw.run,
        "lint": lint.run,
        "wall": partial(wall.run, asked.wall_seconds),
        "keys": partial(keys.run, asked.presses),
        "alertbook": alertbook.run,
        "alertpoll": alertpoll.run,
        "logfeed": partial(logfeed.run, asked.feed_seconds),
        "logkeys": partial(logkeys.run, asked.presses),
        "bytes": partial(bytes.run, asked.wall_seconds),
        "soak": partial(soak.run, asked.soak_hours, asked.soak_speed),
    }
    begun = figures.machine()
    if not asked.json:
        print(_said(begun), flush=True)
    reports = []
    for name in asked.names or NAMES:
        report = runs[name]()
        reports.append(report)
        if not asked.json:
            print(f"\n{report.text()}", flush=True)
    if asked.json:
        document = {
            "machine": begun,
            "load_after": figures.machine()["load"],
            "reports": [one.json() for one in reports],
        }
        print(json.dumps(document, indent=1))
    else:
        print(f"\nload average afterwards: {figures.machine()['load']}")
    sys.exit(0 if all(figure.reached is not False for report in reports for figure in report.figures) else 1)


def _said(machine: dict[str, object]) -> str:
    return (
        f"{machine['cpus']} processors, load average {machine['load']}, Python {machine['python']}, {machine['system']}"
    )


if __name__ == "__main__":
    main()
