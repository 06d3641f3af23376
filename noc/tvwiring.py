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


def programme_of(settings: Settings, places: Places, named: Sequence[str]) -> tuple[Programme | None, Path | None]:
    """What a TV walks through and the file it comes from: the configured programme, else the layouts that somebody named,
    if there are several; None for a wall that people use. ConfigError."""
    if not settings.tv:
        return None, None
    if settings.programme is not None:
        file = places.find_programme(settings.programme)
        return load_programme(file), file
    if len(named) > 1 and not set(named) >= places.available_layouts().keys():  # all of them is nobody's choice
        return Programme(pages=tuple(ProgrammePage(layout=name) for name in named)), None
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
