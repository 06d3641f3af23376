"""Files read as the wall would read them, with everything that is wrong said at once: ``noc check`` and hot reload."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from noc.catalogue.resolve import Key, resolve
from noc.config.document import KeyPath
from noc.config.layout import Layout, ListVariable, QueryVariable
from noc.config.loader import Loaded, read_layout, read_settings, read_theme
from noc.config.nearest import hint
from noc.config.paths import is_path
from noc.config.settings import Settings
from noc.doctor.areas import grid_remarks
from noc.doctor.checks import check_remarks
from noc.doctor.expressions import expression_remarks
from noc.doctor.panels import LOG_KINDS, panel_remarks
from noc.doctor.remark import Known, Remark, as_faults
from noc.engine.variables import used
from noc.model.errors import ConfigError, Fault


def lint_layout(path: Path, known: Known, *, file: str | None = None) -> list[Fault]:
    """Every fault of a layout file, in order of lines. ``file`` is what the faults call it, the path by default."""
    return layout_faults(read_layout(path, file), known)


def layout_faults(loaded: Loaded[Layout], known: Known) -> list[Fault]:
    """The faults of a layout that was read already: those of its schema and all that reading it as a whole shows."""
    faults = list(loaded.faults)
    layout, document = loaded.model, loaded.document
    if layout is None or document is None:
        return sorted(faults)
    remarks: list[Remark] = []
    if not any(path[0] == "grid" for path in loaded.refused):
        written = document.data.get("panels")
        remarks += grid_remarks(layout.grid, [str(name) for name in written] if isinstance(written, dict) else [])
    for name, panel in layout.panels.items():
        remarks += panel_remarks(name, panel, layout, known)
    remarks += _refused(loaded, layout, known)
    remarks += _variables(layout, str(document.data))
    faults += as_faults(remarks, document)
    if known.catalogue is not None:

        def locate(key: Key) -> tuple[str, int]:
            return document.file, document.line(key)

        try:
            resolve(layout, known.catalogue, locate)
        except ConfigError as error:
            faults += error.faults
    return sorted(set(faults))


def _refused(loaded: Loaded[Layout], layout: Layout, known: Known) -> Iterator[Remark]:
    """The expression of a panel that its schema refused already: whoever mends the one sees the other too."""
    assert loaded.document is not None
    panels = loaded.document.data.get("panels")
    for name, panel in panels.items() if isinstance(panels, dict) else ():
        if ("panels", name) in loaded.refused and isinstance(panel, dict) and panel.get("kind") not in LOG_KINDS:
            expr, source = panel.get("query"), panel.get("source")
            if isinstance(expr, str) and (source is None or isinstance(source, str)):
                interval, more = known.scrape_interval(source), known.metricsql(source)
                for message, severity in expression_remarks(expr, layout.variables, interval, more):
                    yield Remark(("panels", name, "query"), message, severity)


def _variables(layout: Layout, text: str) -> Iterator[Remark]:
    for name, variable in layout.variables.items():
        at = ("variables", name)
        if not re.search(rf"\$\{{?{re.escape(name)}\b", text):
            yield Remark(at, "this variable is used nowhere", "warning")
        if isinstance(variable, ListVariable):
            given = (variable.default,) if isinstance(variable.default, str) else variable.default or ()
            for value in given:
                if value not in variable.values:
                    yield Remark((*at, "default"), f"{value!r} is not one of the values{hint(value, variable.values)}")
        if isinstance(variable, QueryVariable):
            yield from _query_variable(name, variable, layout)


def _query_variable(name: str, variable: QueryVariable, layout: Layout) -> Iterator[Remark]:
    at = ("variables", name)
    if variable.parts is None:
        yield Remark((*at, "query"), "write label_values(SELECTOR, LABEL) or label_values(LABEL)")
    for other in used(variable.query):
        if other == name:
            yield Remark((*at, "query"), f"${name} asks for itself")
        elif other not in layout.variables:
            yield Remark((*at, "query"), f"unknown variable ${other}{hint(other, layout.variables)}")
    try:
        re.compile(variable.regex or "")
    except re.error as error:
        yield Remark((*at, "regex"), f"no regular expression: {error.msg}")


def lint_theme(path: Path, *, file: str | None = None) -> list[Fault]:
    """Every fault of a theme file."""
    return sorted(read_theme(path, file).faults)


def lint_settings(path: Path, known: Known, *, home: Path | None = None, file: str | None = None) -> list[Fault]:
    """Every fault of a settings file, and its words that name nothing: theme, layouts, environment, key bindings."""
    loaded = read_settings(path, home, file)
    if loaded.model is None or loaded.document is None:
        return sorted(loaded.faults)
    return sorted(
        [*loaded.faults, *as_faults(_settings(loaded.model, _names(loaded.document.data), known), loaded.document)]
    )


def _names(data: Mapping[str, object]) -> list[str]:
    """The environments of the file, refused ones included."""
    environments = data.get("environments")
    return [str(name) for name in environments] if isinstance(environments, dict) else []


def _settings(settings: Settings, environments: Collection[str], known: Known) -> Iterator[Remark]:
    if known.themes and settings.theme not in known.themes and not is_path(settings.theme):
        yield Remark(("theme",), f"unknown theme {settings.theme!r}{hint(settings.theme, known.themes)}")
    listed: list[tuple[KeyPath, str]] = [(("layout", index), name) for index, name in enumerate(settings.layout)]
    if isinstance(settings.layout, str):
        listed = [(("layout",), settings.layout)]
    for path, layout in listed:
        if known.layouts and layout not in known.layouts and not is_path(layout):
            yield Remark(path, f"unknown layout {layout!r}{hint(layout, known.layouts)}")
    programme = settings.programme
    if programme is not None and known.programmes and programme not in known.programmes and not is_path(programme):
        yield Remark(("programme",), f"unknown programme {programme!r}{hint(programme, known.programmes)}")
    if settings.environment is not None and settings.environment not in environments:
        message = f"unknown environment {settings.environment!r}{hint(settings.environment, environments)}"
        yield Remark(("environment",), message)
    taken: dict[str, str] = {}
    for binding, key in settings.keys.items():
        if known.bindings and binding not in known.bindings:
            yield Remark(("keys", binding), f"unknown binding {binding!r}{hint(binding, known.bindings)}")
        if key in taken:
            yield Remark(("keys", binding), f"the key {key!r} is given to {taken[key]!r} already")
        taken[key] = binding
    yield from check_remarks(settings)
    for name, environment in settings.environments.items():
        if environment.empty:
            yield Remark(("environments", name), "this environment has no servers", "warning")
