"""``noc check``: everything wrong with layouts, themes, programmes and the configuration, in one run."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from noc.catalogue import contract as contracts
from noc.catalogue import metrics
from noc.catalogue.resolve import resolve
from noc.cli import options
from noc.cli.exits import Exit
from noc.config.document import parse_document, read_document
from noc.config.layout import Layout
from noc.config.loader import Loaded, read_layout, read_settings
from noc.config.merge import Flags, effective
from noc.config.panels import QueryPanel
from noc.config.paths import Places, files, is_path
from noc.config.server import Server
from noc.config.settings import Environment, Settings
from noc.doctor.lint import layout_faults, lint_settings, lint_theme
from noc.doctor.live import LiveLogs, LiveServer, LiveServers, check_contract, check_layout, families_of
from noc.doctor.programmes import lint_programme
from noc.doctor.remark import Known
from noc.model.clock import SystemClock
from noc.model.errors import ConfigError, Fault, SourceError
from noc.model.text import clean

if TYPE_CHECKING:
    from noc.sources.loki import LokiSource

T = TypeVar("T")


@dataclass(slots=True)
class Report:
    """What one run looked at and found."""

    faults: set[Fault] = field(default_factory=set)
    layouts: list[Loaded[Layout]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, what: str, faults: Iterable[Fault]) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1
        self.faults.update(faults)

    def number(self, severity: str) -> int:
        return sum(fault.severity == severity for fault in self.faults)


def command(
    layout: Annotated[
        list[str] | None,
        typer.Argument(metavar="[LAYOUT]...", help="Names or paths, of programmes too; all by default."),
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Also ask the server: does each query run and find something?")
    ] = False,
    config: options.Config = None,
    env: options.Env = None,
    prometheus: options.Prometheus = None,
    loki: options.Loki = None,
    as_json: options.Json = False,
) -> None:
    """Check layouts, themes, programmes and the configuration; every fault as FILE:LINE: message."""
    home = Path.home()
    flags = Flags(env=env, prometheus=tuple(prometheus or ()), loki=tuple(loki or ()))
    report, known = check(layout or [], config=config, flags=flags, environ=os.environ, home=home)
    unreachable = _live(report, known) if live else None
    _print(report, as_json)
    if unreachable is not None:
        options.narrate(unreachable.cause)
    failed = Exit.OK if unreachable is None else Exit.UNREACHABLE
    raise typer.Exit(Exit.ERROR if report.number("error") else failed)


def check(
    names: list[str], *, config: Path | None, flags: Flags, environ: Mapping[str, str], home: Path
) -> tuple[Report, Known]:
    """Look at the named layouts, or at everything there is. ConfigError for a flag or a name that means nothing."""
    report = Report()
    file = config or Places.of(environ, home).config_file
    settings, configured = Settings(), bool(config) or file.is_file()
    if configured:
        settings = read_settings(file, home).model or settings
    places = Places.of(environ, home, layouts=settings.layouts, themes=settings.themes, programmes=settings.programmes)
    known = replace(_known(places, _environment(settings, flags, environ, home)), checks=frozenset(settings.checks))
    if configured and (config or not names):
        report.add("configuration", lint_settings(file, known, home=home, file=shown(file)))
    layouts, programmes = _chosen(places, names) if names else (_all(places.layouts), _all(places.programmes))
    for path in layouts:
        loaded = read_layout(path, shown(path))
        report.layouts.append(loaded)
        report.add("layout", layout_faults(loaded, known))
    for path in [] if names else _all(places.themes):
        report.add("theme", lint_theme(path, file=shown(path)))
    for path in programmes:
        report.add("programme", lint_programme(path, known, file=shown(path), layout_of=_reader(places)))
    return report, known


def _chosen(places: Places, names: list[str]) -> tuple[list[Path], list[Path]]:
    """The layouts and the programmes that are named. ConfigError for a name that means nothing."""
    found = [(name, _programme(places, name)) for name in names]
    return [places.find_layout(name) for name, path in found if path is None], [path for _, path in found if path]


def _programme(places: Places, name: str) -> Path | None:
    """The file of a programme, where the name or path means one: a layout of that name goes before, a path tells by its
    folder or by its pages."""
    if not is_path(name):
        return None if name in places.available_layouts() else places.available_programmes().get(name)
    path = Path(name)
    if not path.is_file():
        return None
    try:
        data = read_document(path).data
    except ConfigError:
        data = None
    pages = isinstance(data, dict) and "pages" in data and "panels" not in data
    return path if pages or path.resolve().parent.name == "programmes" else None


def _reader(places: Places) -> Callable[[str], Layout | None]:
    """Layouts by name or path as far as they can be read."""

    def read(name: str) -> Layout | None:
        try:
            return read_layout(places.find_layout(name)).model
        except ConfigError:
            return None

    return cache(read)


def shown(path: Path) -> str:
    """A path as people would write it here: relative where it is below the working directory."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _environment(settings: Settings, flags: Flags, environ: Mapping[str, str], home: Path) -> Environment:
    """The servers in force. A configured environment that does not exist is the lint's to report, a flag's is not."""
    if settings.environment not in settings.environments:
        settings = settings.model_copy(update={"environment": None})
    return effective(settings, flags, environ, home=home).active()


def _known(places: Places, environment: Environment) -> Known:
    from noc.ui.bindings import KEYS

    return Known(
        catalogue=metrics.load(),
        layouts=frozenset(places.available_layouts()),
        themes=frozenset(places.available_themes()),
        programmes=frozenset(places.available_programmes()),
        bindings=frozenset(key.id for key in KEYS),
        prometheus=environment.prometheus,
        loki=environment.loki,
    )


def _all(directories: Iterable[Path]) -> list[Path]:
    """Every YAML file, those hidden by one of the same name in an earlier directory included."""
    return [path for directory in directories for path in files(directory)]


def _live(report: Report, known: Known) -> SourceError | None:
    """Ask the servers too; what they say joins the report. A server that gives no answer ends it and is returned."""
    from noc.sources.inventory import PrometheusInventory

    if not known.prometheus and not known.loki:
        raise ConfigError([Fault("--live", 0, "no server is configured; give --prometheus URL or --loki URL")])
    inventories = {name: PrometheusInventory(server) for name, server in known.prometheus.items()}
    servers = LiveServers(
        {name: LiveServer(one, one.query, known.scrape_interval(name)) for name, one in inventories.items()},
        {name: _logs(server) for name, server in known.loki.items()},
    )
    try:
        _ask(report, known, servers)
    except SourceError as error:
        return error
    finally:
        for inventory in inventories.values():
            inventory.close()
    return None


def _ask(report: Report, known: Known, servers: LiveServers) -> None:
    assert known.catalogue is not None
    asked: list[str] = []
    for loaded in report.layouts:
        if loaded.model is None or loaded.document is None:
            continue
        try:
            layout = resolve(loaded.model, known.catalogue)
        except ConfigError:
            continue  # the lint has said so
        report.faults.update(check_layout(layout, loaded.document, servers))
        if servers.by_name and all(name in servers.of().names() for name in layout.needs):
            asked += _catalogue_queries(layout)
    if servers.by_name:
        report.faults.update(_contract(asked, servers.of()))


def _logs(server: Server) -> LiveLogs:
    """A log server asked one thing at a time: a check is no wall."""
    from noc.sources.http import client
    from noc.sources.loki import LokiSource

    clock = SystemClock()

    async def once(ask: Callable[[LokiSource], Awaitable[T]]) -> T:
        source = LokiSource(server, client(server), clock)
        try:
            return await ask(source)
        finally:
            await source.aclose()

    return LiveLogs(
        lambda expr: asyncio.run(once(lambda source: source.instant(expr, clock.now()))),
        lambda label, match: asyncio.run(once(lambda source: source.label_values(label, match))),
    )


def _catalogue_queries(layout: Layout) -> list[str]:
    panels = [panel for panel in layout.panels.values() if isinstance(panel, QueryPanel) and not panel.optional]
    items = [item for panel in panels for item in panel.queries if item.language != "logql"]
    return [item.query for item in items if item.metric and item.query]


def _contract(expressions: list[str], server: LiveServer) -> list[Fault]:
    contract = contracts.load()
    text = resources.files("noc.catalogue").joinpath(contracts.FILE).read_text("utf-8")
    families = families_of(contract, [expr.replace("$__rate_interval", "5m") for expr in expressions])
    return check_contract(contract, parse_document(text, contracts.FILE), families, server) if families else []


def _print(report: Report, as_json: bool) -> None:
    faults = sorted(report.faults)
    if as_json:
        print(json.dumps({"faults": [asdict(fault) for fault in faults], "checked": report.counts}, indent=2))
    else:
        for fault in faults:
            print(clean(str(fault)))
    seen = ", ".join(_count(number, what) for what, number in report.counts.items()) or "nothing"
    found = f"{_count(report.number('error'), 'error')}, {_count(report.number('warning'), 'warning')}"
    options.narrate(f"checked {seen}: {found}")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 or what == "configuration" else f"{number} {what}s"
