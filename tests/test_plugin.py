"""The pytest plugin, as its users run it: another pytest in another process."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LAYOUT = """
grid: {areas: [cpu words]}
variables: {words: {kind: text, default: one}}
panels:
  cpu: {kind: stat, title: CPU, query: '1 - avg(rate(node_cpu_seconds_total{mode="idle"}[5m]))', delta: false}
  words: {kind: text, title: Words, text: as written}
"""


class Site:
    """A project with layouts and tests of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "walls").mkdir()
        (folder / "pyproject.toml").write_text('[tool.pytest.ini_options]\nfilterwarnings = ["error"]\n')
        self.layout()

    def layout(self, words: str = "as written") -> None:
        (self.folder / "walls" / "mine.yaml").write_text(LAYOUT.replace("as written", words))

    def test(self, body: str, name: str = "test_walls.py") -> None:
        (self.folder / name).write_text(body)

    def pytest(self, *args: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pytest", "-p", "noc.testing", "-p", "no:cacheprovider", "-q", *args]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    @property
    def pictures(self) -> list[str]:
        found = (self.folder / "__noc_snapshots__").rglob("*.*")
        return sorted(str(path.relative_to(self.folder / "__noc_snapshots__")) for path in found)


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


PLAIN = """
def test_wall(noc_snapshot):
    noc_snapshot("walls/mine.yaml", "60x8")
"""


def test_a_picture_is_missing_then_written_then_differs(site: Site) -> None:
    site.test(PLAIN)
    code, said = site.pytest()
    assert code == 1
    assert "test_wall-1.svg: there is no such picture yet; pytest --noc-update writes it" in said
    assert site.pictures == []

    assert site.pytest("--noc-update")[0] == 0
    assert site.pictures == ["test_walls/test_wall-1.svg"]

    site.layout("as Written")
    code, said = site.pytest()
    assert code == 1
    assert "test_wall-1.svg: 1 cell differs in 1 row: words" in said
    assert "(words): -'w' +'W'" in said
    assert "both pictures, what differs marked:" in said
    assert "Traceback" not in said
    assert site.pictures == ["test_walls/test_wall-1.diff.png", "test_walls/test_wall-1.svg"]

    assert site.pytest("--noc-update")[0] == 0
    assert site.pictures == ["test_walls/test_wall-1.svg"]


def test_calls_parameters_classes_loops_and_files_have_pictures_of_their_own_on_every_worker(site: Site) -> None:
    body = """
import asyncio
import pytest

@pytest.mark.parametrize("size", ["40x8", "60x8"])
def test_sizes(noc_snapshot, size):
    noc_snapshot("walls/mine.yaml", size, format="txt")

class TestWall:
    def test_twice(self, noc_snapshot):
        noc_snapshot("mine.yaml" if __file__.endswith("walls/test_walls.py") else "walls/mine.yaml", "40x8", format="txt")
        noc_snapshot("walls/mine.yaml", "40x8", theme="paper", seed=2, variables={"words": "two"}, format="json")

def test_in_a_running_loop(noc_snapshot):
    async def wall():
        noc_snapshot("walls/mine.yaml", "40x8", "2025-10-03T00:00:00Z", "calm", format="txt")
    asyncio.run(wall())
"""
    site.test(body)
    code, said = site.pytest("-n", "2", "--noc-update")
    assert code == 0, said
    assert site.pictures == [
        "test_walls/TestWall.test_twice-1.txt",
        "test_walls/TestWall.test_twice-2.json",
        "test_walls/test_in_a_running_loop-1.txt",
        "test_walls/test_sizes-40x8-1.txt",
        "test_walls/test_sizes-60x8-1.txt",
    ]
    code, said = site.pytest("-n", "2")
    assert (code, "4 passed" in said) == (0, True), said


def test_tests_whose_names_differ_in_what_no_file_name_holds_have_pictures_of_their_own(site: Site) -> None:
    site.test("""
import pytest

@pytest.mark.parametrize("size", ["30x8", "40x8", "50x8"], ids=["a b", "a/b", "a-b"])
def test_wall(noc_snapshot, size):
    noc_snapshot("walls/mine.yaml", size, format="txt")
""")
    assert site.pytest("--noc-update")[0] == 0
    assert len(site.pictures) == 3
    assert "test_walls/test_wall-a-b-1.txt" in site.pictures
    assert site.pytest()[0] == 0


def test_what_cannot_be_drawn_says_why(site: Site) -> None:
    site.test("""
import pytest

@pytest.mark.parametrize("kw, words", [
    ({"layout": "operatoins"}, "unknown layout 'operatoins'"),
    ({"layout": "walls/none.yaml"}, "does not exist"),
    ({"layout": "walls/mine.yaml", "size": "big"}, "'big' is no size"),
    ({"layout": "walls/mine.yaml", "at": "noon"}, "'noon' is no time"),
    ({"layout": "walls/mine.yaml", "scenario": "calmer"}, "unknown scenario 'calmer'"),
    ({"layout": "walls/mine.yaml", "theme": "pepar"}, "unknown theme 'pepar'"),
    ({"layout": "walls/mine.yaml", "variables": {"wards": "x"}}, "no variable 'wards'"),
    ({"layout": "walls/mine.yaml", "format": "gif"}, "format must be one of svg, png, txt, json, not 'gif'"),
])
def test_refused(noc_snapshot, kw, words):
    with pytest.raises(ValueError) as found:
        noc_snapshot(**kw)
    assert words in str(found.value)
""")
    code, said = site.pytest()
    assert code == 0, said
    assert site.pictures == []


def test_pytest_starts_without_the_rest_of_noc() -> None:
    program = "import sys, noc.testing; print(sorted(n for n in sys.modules if n.split('.')[0] in WORDS))"
    words = "('noc', 'textual', 'pydantic', 'typer', 'httpx', 'rich', 'ruamel')"
    done = subprocess.run(
        [sys.executable, "-c", f"import pytest; WORDS = {words}; {program}"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    assert done.stdout.strip() == "['noc', 'noc.testing']"


def test_the_package_names_the_plugin_to_pytest_by_its_module() -> None:
    """By the module's own name, so that ``-p noc.testing`` and an installed noc are one plugin, not two."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {"noc.testing": "noc.testing"}
