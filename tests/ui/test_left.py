"""What was left leaves nothing behind: a wall stands for months, and people open and close things on it."""

from __future__ import annotations

import gc
import weakref

from textual._styles_cache import StylesCache
from textual.color import Color

import noc.ui.compat  # noqa: F401  mends Textual


def test_the_rows_of_a_widget_go_with_it() -> None:
    cache = StylesCache()
    held = weakref.ref(cache)
    inner, outer = cache.get_inner_outer(Color(10, 20, 30), Color(40, 50, 60))
    assert (inner.background, outer.background) == (Color(40, 50, 60), Color(10, 20, 30))
    del cache
    gc.collect()
    assert held() is None
