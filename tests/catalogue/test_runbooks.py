"""Finding and reading runbooks: whose goes first, what in them is a command, what is said about broken ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc.catalogue.runbooks import Code, Runbook, Section, lint, load, names, parse, read
from noc.model.errors import ConfigError, Fault

WHOLE = """# The pool is full

Connections run out.
Soon nobody gets one.

## Immediate actions

1. Look:
   ```sh
   # who holds them
   mysql -e "SHOW PROCESSLIST;"
   mysql -e "SELECT id \\
     FROM a;"   \\
     | tail
   ```
2. End it with `KILL {process_id:integer};`, never `system user`,
   or with `KILL QUERY {process_id:integer};`

## Investigation

```promql
sum by (instance) (
  up{job="mysqld"})
```

~~~
## no heading
~~~

```json
{"user_id": 1}
```

    indented text

## Resolution

Wait.
"""

PIECES = (
    "# ",
    "## ",
    "\n",
    "```sh\n",
    "```",
    "`",
    "- ",
    "1. ",
    "> ",
    "\\\n",
    "    ",
    "a",
    "{a:integer}",
    "{a:b}",
    "{a}",
    "\r",
    "\x00",
)


def said(error: pytest.ExceptionInfo[ConfigError]) -> str:
    return str(error.value)


def write(directory: Path, name: str, text: str) -> Path:
    path = directory / f"{name}.md"
    path.write_text(text, "utf-8")
    return path


def test_a_runbook_is_read_whole() -> None:
    runbook = parse("pool", WHOLE, "pool.md")
    assert (runbook.name, runbook.title, runbook.summary) == (
        "pool",
        "The pool is full",
        "Connections run out. Soon nobody gets one.",
    )
    assert [(section.title, section.line) for section in runbook.sections] == [
        ("Immediate actions", 6),
        ("Investigation", 19),
        ("Resolution", 36),
    ]
    assert runbook.sections[2] == Section("Resolution", "Wait.", 36)
    assert (runbook.text, runbook.faults) == (WHOLE, ())


def test_commands_are_lines_of_shell_blocks_whole_queries_and_code_with_a_placeholder() -> None:
    assert parse("pool", WHOLE, "pool.md").codes == (
        Code('mysql -e "SHOW PROCESSLIST;"', "", "Immediate actions", 11),
        Code('mysql -e "SELECT id FROM a;" | tail', "", "Immediate actions", 12),
        Code("KILL {process_id:integer};", "", "Immediate actions", 16),
        Code("KILL QUERY {process_id:integer};", "", "Immediate actions", 17),
        Code('sum by (instance) ( up{job="mysqld"})', "promql", "Investigation", 22),
    )


def test_line_ends_of_other_systems_change_nothing() -> None:
    for ending in ("\r\n", "\r"):
        assert parse("pool", WHOLE.replace("\n", ending), "pool.md") == parse("pool", WHOLE, "pool.md")


def test_a_backslash_at_the_very_end_of_a_block_joins_nothing() -> None:
    assert parse("a", "# A\n```sh\nls \\\n```\n", "a.md").codes == (Code("ls", "", "", 3),)


def test_headings_in_lists_and_quotes_are_no_sections() -> None:
    assert parse("a", "# A\n- ## one\n> ## two\n", "a.md").sections == ()


def test_what_is_wrong_with_a_file_is_said_with_its_line_and_the_nearest_word() -> None:
    text = """## Immediate actions

`kill {process_id:integr}`

## Investigatoin

```sh
php artisan user:disable {user_id}
```
"""
    assert [str(fault) for fault in parse("mine", text, "mine.md").faults] == [
        "mine.md:0: warning: section '## Investigation' is missing",
        "mine.md:0: warning: section '## Resolution' is missing",
        "mine.md:1: a runbook begins with '# Title'",
        "mine.md:3: placeholder {process_id:integr}: unknown type 'integr', did you mean 'integer'?",
        "mine.md:8: placeholder {user_id} has no type: write {user_id:word}, "
        "or { user_id } for braces of the shell's own",
    ]


def test_a_broken_file_is_refused_with_every_fault_it_has(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", "# Mine\n\n## Resolution\n\n`kill {pid:number}`\n")
    with pytest.raises(ConfigError) as error:
        load("mine", [tmp_path])
    assert said(error) == (
        f"{path}:0: warning: section '## Immediate actions' is missing\n"
        f"{path}:0: warning: section '## Investigation' is missing\n"
        f"{path}:5: placeholder {{pid:number}}: unknown type 'number'; known: address, duration, integer, path, word"
    )


def test_a_broken_file_can_be_read_all_the_same_with_its_faults_beside_it(tmp_path: Path) -> None:
    path = write(tmp_path, "mine", WHOLE.replace("KILL {process_id:integer}", "KILL {process_id:number}"))
    runbook = read("mine", [tmp_path])
    assert (runbook.title, len(runbook.codes)) == ("The pool is full", 5)
    assert runbook.faults == (
        Fault(
            str(path),
            16,
            "placeholder {process_id:number}: unknown type 'number'; known: address, duration, integer, path, word",
        ),
    )


def test_a_users_runbook_in_another_shape_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, "mine", "# Mine\n\nCall Mara.\n")
    runbook = load("mine", [tmp_path])
    assert (runbook.title, runbook.summary, runbook.sections) == ("Mine", "Call Mara.", ())
    assert [fault.severity for fault in runbook.faults] == ["warning"] * 3


def test_a_users_runbook_goes_before_the_bundled_one_and_the_first_directory_before_the_second(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        write(tmp_path / name, "xss", f"# From {name}\n")
    write(tmp_path / "two", "mine", "# Mine\n")
    directories = [tmp_path / "missing", tmp_path / "one", tmp_path / "two"]
    assert load("xss", directories).title == "From one"
    assert load("mine", directories).title == "Mine"
    assert load("brute-force", directories).title == "Brute Force"
    assert load("xss").title == "XSS Attempts"


def test_names_are_those_of_the_user_and_of_the_bundled_files(tmp_path: Path) -> None:
    for name in ("mine", "README", "xss"):
        write(tmp_path, name, "# Mine\n")
    assert names([tmp_path, tmp_path / "missing"]) == sorted([*names(), "mine"])


@pytest.mark.parametrize("name", ["../xss", "/etc/passwd", "xss.md", "XSS", "", "-x", "a/b", "xss\n", "x" * 65])
def test_a_name_cannot_leave_the_directory(name: str, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    write(tmp_path, "xss", "# Outside\n")
    with pytest.raises(ConfigError) as error:
        read(name, [tmp_path / "own"])
    assert said(error) == f"runbook:0: {name!r} is no runbook's name: small letters, digits and dashes"


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(ConfigError) as error:
        load("cross-tennant-access")
    assert said(error) == ("runbook:0: there is no runbook 'cross-tennant-access', did you mean 'cross-tenant-access'?")


def test_a_file_that_is_no_text_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "mine.md"
    path.write_bytes(b"# \xff\xfe")
    with pytest.raises(ConfigError) as error:
        read("mine", [tmp_path])
    assert said(error) == f"{path}:0: is no UTF-8 text"


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "mine", "# Mine\n")

    def refuse(self: Path, encoding: str) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(ConfigError) as error:
        read("mine", [tmp_path])
    assert said(error) == f"{path}:0: cannot be read: Permission denied"


def test_the_lint_tells_every_fault_of_the_users_files(tmp_path: Path) -> None:
    sound = write(tmp_path, "sound", WHOLE)
    loud = write(tmp_path, "Loud", WHOLE)
    write(tmp_path, "README", "what stands here")
    (tmp_path / "bytes.md").write_bytes(b"\xff")
    broken = write(tmp_path, "broken", WHOLE.replace("# The pool is full", "The pool is full"))
    assert sound.exists()
    assert [str(fault) for fault in lint([tmp_path, tmp_path / "missing"])] == [
        f"{loud}:0: warning: is never found: a runbook's name has small letters, digits and dashes",
        f"{broken}:1: a runbook begins with '# Title'",
        f"{tmp_path / 'bytes.md'}:0: is no UTF-8 text",
        f"{tmp_path / 'missing'}:0: there is no such directory of runbooks",
    ]


@given(st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_text_is_read_and_no_command_is_more_than_a_line(text: str) -> None:
    runbook = parse("any", text, "any.md")
    assert isinstance(runbook, Runbook)
    assert [
        code
        for code in runbook.codes
        if "\n" in code.text or not 1 <= code.line <= text.count("\n") + text.count("\r") + 1
    ] == []
