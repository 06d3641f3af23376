"""The programme of a TV: the one that is configured, or the named layouts in turn. Apart from ``wiring``, which uses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from noc.config.loader import load_programme
from noc.config.paths import Places
from noc.config.programme import Programme, ProgrammePage
from noc.config.settings import Settings
from noc.model.errors import ConfigError
from noc.runtime import Page

ALONE = 60.0
"""Seconds after which the picture of a page that stands alone is moved, and between two pages of an alert."""


def programme_of(
    settings: Settings, places: Places, named: Sequence[str], *, alerted: bool = False, shown: str = ""
) -> tuple[Programme | None, Path | None]:
    """What a TV walks through and the file it comes from: the configured programme, else the layouts that somebody named.

    A single one (``shown``, where nobody named any) is a programme of one page where there are alerts to give way to
    (``alerted``); None for a wall that people use. ConfigError.
    """
    if not settings.tv:
        return None, None
    if settings.programme is not None:
        file = places.find_programme(settings.programme)
        return load_programme(file), file
    if len(named) > 1 and not set(named) >= places.available_layouts().keys():  # all of them is nobody's choice
        return Programme(pages=tuple(ProgrammePage(layout=name) for name in named)), None
    alone = named[0] if len(named) == 1 else shown
    if alerted and alone:
        return Programme(pages=(ProgrammePage(layout=alone, dwell=ALONE),)), None
    return None, None


def first_page(programme: Programme | None, names: Sequence[str], load: Callable[[str], Page]) -> Page:
    """The page a wall opens on: the first of the programme that can be read. ConfigError of the first where none can."""
    names = [page.layout for page in programme.pages] if programme is not None else names[:1]
    failure: ConfigError | None = None
    for name in names:
        try:
            return load(name)
        except ConfigError as error:
            failure = failure or error
    assert failure is not None
    raise failure
