"""A view of a Board as it is kept under a name, and back. No Textual."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from noc.config.views import SavedView
from noc.model.timerange import format_duration
from noc.ui.logpages import MADE
from noc.ui.reloading import address
from noc.ui.state import View

if TYPE_CHECKING:
    from noc.ui.board import Board


def saved(board: Board) -> SavedView:
    """What is looked at now; of a page made on the spot: that of where it came from, without its cursors."""
    steps = [(board.page, board.view), *((one.page, one.view) for one in reversed(board.trail))]
    page, view = next((one for one in steps if not one[0].name.startswith(MADE)), steps[-1])
    here = page is board.page
    held = board.desk.held if here else {}
    return SavedView(
        layout=address(board, page),
        range=view.span,
        until=view.end if view.end is not None else view.paused_at,
        compare=view.compare or None,
        variables={name: values for name, values in view.values if name in page.layout.variables},
        filters={panel: one.typed for panel, one in sorted(held.items()) if one.typed},
        focus=view.focus if here else None,
    )


def view_of(one: SavedView, layout: str, now: float) -> View:
    """The view that a saved one opens, on a layout of that name; ``now`` in unix seconds. No wider than the keys go."""
    view = View(
        layout,
        end=one.until,
        values=tuple(sorted(one.variables.items())),
        compare=one.compare or 0.0,
        focus=one.focus,
    )
    view = view if one.range is None else view.ranged(one.range)
    return view if one.until is None else replace(view, left_live=now)


def opened(board: Board, one: SavedView, now: float) -> None:
    """Open a saved view on a board. ConfigError leaves all as it was; panels that are gone are no fault."""
    page = board.runtime.load(one.layout)
    panels = page.layout.panels
    view = view_of(one, page.name, now)
    known = tuple((name, values) for name, values in view.values if name in page.layout.variables)
    view = replace(view, values=known, focus=view.focus if view.focus in panels else None)
    board.enter(page, view, trail=False)
    for panel, typed in one.filters.items():
        if panel in panels:
            board.desk.of(panel).typed = typed


def told(one: SavedView) -> str:
    """A saved view in a few words: layout, range, variables."""
    parts = [one.layout]
    if one.range:
        parts.append(f"last {format_duration(one.range)}" if one.until is None else format_duration(one.range))
    if one.until is not None:
        parts.append("fixed")
    parts += [f"{name}={','.join(values)}" for name, values in one.variables.items()]
    if one.filters:
        parts.append(f"{len(one.filters)} filter{'' if len(one.filters) == 1 else 's'}")
    return "  ".join(parts).replace("$__all", "all")
