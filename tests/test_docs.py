"""Lists that people read in two places have one source."""

from __future__ import annotations

import re
from pathlib import Path

from noc.cli.exits import Exit
from noc.cli.main import COMMANDS
from noc.config.kinds import KINDS as SPECS
from noc.ui.bindings import KEYS, spelled
from noc.ui.panels import KINDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def test_the_readme_lists_every_key_as_the_table_has_it() -> None:
    rows = [f"| {' '.join(f'`{spelled(name)}`' for name in key.keys)} | {key.words} | {key.id} |" for key in KEYS]
    begin, end = README.index("<!-- keys -->"), README.index("<!-- /keys -->")
    assert README[begin:end].strip().split("\n")[3:] == rows, "run: python tools/readme_keys.py"


def test_every_panel_kind_has_a_spec_a_drawing_and_a_docstring() -> None:
    assert set(KINDS) == set(SPECS)
    assert [kind for kind, spec in SPECS.items() if not spec.__doc__] == []


def test_the_readme_names_every_command_and_exit_code() -> None:
    assert [name for name in COMMANDS if f"noc {name}" not in README and name != "wall"] == []
    assert [code.value for code in Exit if code.value < 100 and f"{code.value} " not in README] == []


def test_the_two_commands_of_the_readme_are_whole_and_alike() -> None:
    commands = re.findall(r"^python3 -m venv .*$", README, re.MULTILINE)
    start = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e '.[test]' && "
    assert commands == [start + ".venv/bin/noc demo", start + ".venv/bin/pytest"]


def test_no_clock_is_read_outside_its_module() -> None:
    pattern = re.compile(r"time\.time\(|datetime\.(?:now|utcnow)\(|date\.today\(")
    found = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "noc").rglob("*.py")
        if path.name != "clock.py" and pattern.search(path.read_text())
    ]
    assert found == []


def test_no_committed_file_names_a_package_index() -> None:
    words = ("index-" + "url", "https?://[a-z0-9.-]+/" + "simple", "registry *= *" + '"https?://')
    pattern = re.compile("|".join(words))
    files = [path for path in ROOT.iterdir() if path.is_file()] + list((ROOT / "noc").rglob("*.py"))
    assert [
        str(path) for path in files if path.suffix != ".png" and pattern.search(path.read_text(errors="replace"))
    ] == []
