"""A dark palette for the charts' tests, and series to draw."""

from __future__ import annotations

import pytest

from noc.model.palette import Palette
from tests.palettes import DARK


@pytest.fixture
def palette() -> Palette:
    return DARK
