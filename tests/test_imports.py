"""The layers hold at run time too: what a package does not need is not loaded with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOWER = (
    "noc.model",
    "noc.config",
    "noc.catalogue",
    "noc.sources",
    "noc.engine",
    "noc.charts",
    "noc.demo",
    "noc.doctor",
    "noc.picture",
)
NETWORK = {"httpx", "requests", "websockets", "uvicorn", "starlette", "prometheus_api_client"}

LOAD = """
import importlib, pkgutil, sys
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
print("\\n".join(sorted({{name.split(".")[0] for name in sys.modules}} | {{name for name in sys.modules if name.startswith("noc.")}})))
"""


def loaded(package: str) -> set[str]:
    """Top-level modules, and noc's own, after every module of a package was imported in a fresh interpreter."""
    done = subprocess.run(
        [sys.executable, "-c", LOAD.format(package=package)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("package", LOWER)
def test_nothing_below_the_wall_loads_textual(package: str) -> None:
    assert "textual" not in loaded(package)


@pytest.mark.parametrize(
    "package", ["noc.model", "noc.config", "noc.catalogue", "noc.engine", "noc.charts", "noc.picture"]
)
def test_only_sources_and_the_demo_load_network_libraries(package: str) -> None:
    assert loaded(package) & NETWORK == set()


def test_the_wall_loads_neither_the_demo_nor_what_the_demo_needs() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import noc.cli.wall, sys; print(' '.join(sys.modules))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    names = set(done.stdout.split())
    assert (
        names & {"numpy", "uvicorn", "starlette", "plotext", "prometheus_api_client", "requests", "resvg_py"} == set()
    )
    assert not any(name.startswith("noc.demo") for name in names)


def test_the_checkout_runs_without_being_installed(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "noc", "check", "host"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"HOME": str(tmp_path), "PATH": "", "PYTHONPATH": str(ROOT)},
    )
    assert (done.returncode, done.stdout) == (0, "")
