"""One process that runs several commands, as tests and scripts in Python do."""

from __future__ import annotations

import gc

import pytest

from noc.cli.main import run


def test_what_one_command_left_behind_is_not_kept_by_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["views", "--help"]) == 0
    frozen = gc.get_freeze_count()
    assert run(["views", "--help"]) == 0
    assert gc.get_freeze_count() == frozen
    assert capsys.readouterr().out.count("noc views") >= 2
