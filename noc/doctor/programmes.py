"""TV programmes read as the wall would read them: words that name nothing, pages that nobody will see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from noc.config.alertpanels import AlertsSpec, IncidentsSpec
from noc.config.document import KeyPath
from noc.config.layout import Layout
from noc.config.loader import beside, read_programme
from noc.config.nearest import hint
from noc.config.paths import is_path
from noc.config.programme import Programme, ProgrammePage
from noc.doctor.remark import Known, Remark, as_faults
from noc.model.errors import Fault
from noc.model.timerange import format_duration

SHORTEST = 3.0
"""Seconds a page stands at least for anybody to read it."""

NARROWEST = 60.0
"""Seconds a window spans at least (``ui.state``)."""

DAY = 86400


def _unknown(name: str) -> Layout | None:
    return None


def lint_programme(
    path: Path, known: Known, *, file: str | None = None, layout_of: Callable[[str], Layout | None] = _unknown
) -> list[Fault]:
    """Every fault of a programme's file, in order of lines. ``layout_of``: a layout by name or path, None where it cannot
    be read: that is said of its own file."""
    loaded = read_programme(path, file)
    if loaded.model is None or loaded.document is None:
        return sorted(loaded.faults)
    return sorted({*loaded.faults, *as_faults(_remarks(loaded.model, path, known, layout_of), loaded.document)})


def _remarks(
    programme: Programme, path: Path, known: Known, layout_of: Callable[[str], Layout | None]
) -> Iterator[Remark]:
    yield from _dwell(("dwell",), programme.dwell)
    for number, page in enumerate(programme.pages):
        at = ("pages", number)
        yield from _layout((*at, "layout"), page.layout, path, known)
        yield from _dwell((*at, "dwell"), page.dwell)
        if page.range is not None and page.range < NARROWEST:
            yield Remark((*at, "range"), f"{page.range:g}s is under 1m, the least a wall shows")
        yield from _variables(at, page, layout_of(beside(path, page.layout)))
        yield from _rare(at, page, programme)
    if programme.preempt is not None:
        where: KeyPath = ("preempt", "layout")
        yield from _layout(where, programme.preempt.layout, path, known)
        yield from _dwell(("preempt", "dwell"), programme.preempt.dwell)
        layout = layout_of(beside(path, programme.preempt.layout))
        if layout is not None and not any(
            isinstance(one, AlertsSpec | IncidentsSpec) for one in layout.panels.values()
        ):
            yield Remark(
                where, f"{programme.preempt.layout!r} lists no alerts: nothing will point at the one", "warning"
            )


def _layout(at: KeyPath, name: str, path: Path, known: Known) -> Iterator[Remark]:
    if is_path(name):
        if not Path(beside(path, name)).is_file():
            yield Remark(at, f"{name!r} does not exist")
    elif known.layouts and name not in known.layouts:
        yield Remark(at, f"unknown layout {name!r}{hint(name, known.layouts)}")


def _dwell(at: KeyPath, seconds: float | None) -> Iterator[Remark]:
    if seconds is not None and seconds < SHORTEST:
        yield Remark(at, f"{seconds:g}s is too short for anybody to read a page; {SHORTEST:g}s at least")


def _variables(at: KeyPath, page: ProgrammePage, layout: Layout | None) -> Iterator[Remark]:
    for name in page.variables if layout is not None else ():
        if layout is not None and name not in layout.variables:
            where = (*at, "variables", name)
            yield Remark(where, f"{page.layout!r} has no variable {name!r}{hint(name, layout.variables)}")


def _rare(at: KeyPath, page: ProgrammePage, programme: Programme) -> Iterator[Remark]:
    """A part of the day that may be over before the page's turn comes."""
    if page.between is None:
        return
    begin, end = page.between
    lasts = ((end - begin) % 1440) * 60 or DAY
    round_ = sum(one.dwell or programme.dwell for one in programme.pages)
    if lasts < round_:
        part, whole = format_duration(lasts), format_duration(round_)
        yield Remark((*at, "between"), f"lasts {part}, a round {whole}: the page may never be shown", "warning")
