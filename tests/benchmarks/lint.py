"""Lint: each bundled layout read and judged as a reload does it, against ruamel.yaml reading the same file with line numbers.

Reading alone is the baseline: what the judging of names, references and queries adds is what an author waits for.
"""

from __future__ import annotations

import time
from pathlib import Path

from ruamel.yaml import YAML

from noc.catalogue.metrics import load
from noc.config.paths import Places
from noc.doctor.lint import lint_layout
from noc.doctor.remark import Known
from tests.benchmarks.figures import Baseline, Figure, Report, Spread

REPEATS = 9
AIM = 150.0
"""Milliseconds: what a person who saves a file takes for at once, with room for a smaller machine."""


def run() -> Report:
    places = Places.of({}, Path("/nonexistent"))
    known = Known(load(), frozenset(places.available_layouts()), frozenset(places.available_themes()))
    figures = []
    for name in sorted(places.available_layouts()):
        path = places.find_layout(name)
        pairs = [_both(path, known) for _ in range(REPEATS + 1)][1:]  # in turn: a busy machine is busy for both
        judged, read = (Spread.of(side).scaled(1000) for side in zip(*pairs, strict=True))
        baseline = Baseline("ruamel.yaml", read.middle)
        figures.append(Figure(name, judged.middle, "ms", aim=AIM, baseline=baseline, spread=judged))
    return Report("lint", "processor time to read and judge a bundled layout", tuple(figures))


def _both(path: Path, known: Known) -> tuple[float, float]:
    """Processor seconds of a lint, and of reading the file alone."""
    began = time.process_time()
    faults = lint_layout(path, known)
    judged = time.process_time()
    YAML(typ="rt").load(path)
    read = time.process_time()
    assert faults == []
    return judged - began, read - judged
