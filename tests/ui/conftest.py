"""Walls under test go on as soon as they have nothing left to do."""

from __future__ import annotations

import pytest
import textual.app
import textual.pilot

from tests.ui.idle import idle


@pytest.fixture(autouse=True)
def prompt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(textual.pilot, "wait_for_idle", idle)
    monkeypatch.setattr(textual.app, "wait_for_idle", idle)
