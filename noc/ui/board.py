"""What stands on the glass: the open layout, its placement, its plans, and the data of each card. No Textual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from noc.charts.line import plot_columns
from noc.config.alertpanels import AlertHistorySpec, AlertPanel
from noc.config.layout import ListVariable, QueryVariable, TextVariable
from noc.config.logpanels import LogRateSpec, LogsSpec
from noc.config.panels import PanelBase, QueryPanel, TimeseriesSpec
from noc.config.sharepanels import HeatmapSpec
from noc.config.statepanels import ChecksSpec, StateTimelineSpec
from noc.engine.annotations import Annotations
from noc.engine.grid import Need, Placement, Rect, areas, nearest, place, touching
from noc.engine.plan import PanelPlan, PlacedPanel, demands, plan
from noc.engine.variables import ALL, builtins, interpolate
from noc.model.logs import Feed, FeedQuery
from noc.model.query import Demand, Query
from noc.model.results import Result
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.timerange import TimeWindow
from noc.runtime import Page, Runtime
from noc.ui import pointing, reloading
from noc.ui.cards import body_size
from noc.ui.desk import Desk, Held
from noc.ui.panels import KINDS, MINIMUM, severity
from noc.ui.panels.data import Asked, Logs, Look, PanelData
from noc.ui.picturekey import picture_key
from noc.ui.state import View
from noc.ui.titles import titled
from noc.ui.values import load as load_values

MARKED = (TimeseriesSpec, AlertHistorySpec, LogRateSpec, HeatmapSpec, StateTimelineSpec)
"""Kinds with a time axis, on which marks stand."""


@dataclass(frozen=True, slots=True)
class Crumb:
    """A page that led to the one at hand."""

    page: Page
    view: View
    held: dict[str, Held]
    known: dict[str, list[str]]
    """Values of its variables."""
    kept: Mapping[Query, Result]
    kept_feeds: Mapping[FeedQuery, Feed]
    """Of a paused page, what stood on the glass."""


class Board:
    """The wall without its glass: everything a test can ask without a terminal."""

    def __init__(self, runtime: Runtime, view: View, look: Look) -> None:
        self.runtime = runtime
        self.view = view
        self.look = look
        self.page: Page = runtime.page
        self.placement = Placement(({},))
        self.plans: dict[str, PanelPlan] = {}
        self.trail: list[Crumb] = []
        self.fault = ""
        self.rows: dict[str, int] = {}
        self.annotations = Annotations(
            runtime.store, runtime.servers, runtime.log_servers, runtime.feeds, runtime.annotations
        )
        self.desk = Desk(runtime.alerting, runtime.read_only)
        self._extra: dict[str, PanelPlan] = {}
        self._kept: Mapping[Query, Result] = {}
        self._kept_feeds: Mapping[FeedQuery, Feed] = {}
        self.known: dict[str, list[str]] = {}
        self._size = (0, 0)
        self._first: tuple[str, ...] = ()
        self.seen: dict[Path, float] = {}
        self.reloaded()

    # -- what is open

    @property
    def title(self) -> str:
        return clean(self.page.layout.title or self.page.name, 120)

    @property
    def span(self) -> float:
        return self.view.span or self.page.layout.range

    @property
    def paused(self) -> bool:
        return self.view.paused_at is not None

    def panel_title(self, panel: str) -> str:
        return clean(self.page.layout.panels[panel].title or panel, 120)

    @property
    def order(self) -> list[str]:
        """Panels in the order Tab walks: as placed, page by page."""
        return [panel for page in self.placement.pages for panel in page]

    @property
    def rectangles(self) -> Mapping[str, Rect]:
        """The panels of the page on the glass."""
        pages = self.placement.pages
        return pages[min(self.view.page, len(pages) - 1)]

    def layout_names(self) -> list[str]:
        return self.runtime.layouts()

    def open(self, name: str, *, values: Mapping[str, str] | None = None, trail: bool = False) -> None:
        """Open another layout; the range goes along, variables only by a drill link. ConfigError leaves all as it was."""
        page = self.runtime.load(name)
        chosen = {key: (value,) for key, value in (values or {}).items() if key in page.layout.variables}
        view = replace(self.view, layout=page.name, values=tuple(sorted(chosen.items())), focus=None, page=0)
        self.enter(page, view, trail=trail)

    def enter(self, page: Page, view: View, *, trail: bool = True) -> None:
        """Show a page in a view; ``trail`` lays a crumb that Escape leads back along."""
        if trail:
            self.trail.append(
                Crumb(self.page, self.view, dict(self.desk.held), self.known, self._kept, self._kept_feeds)
            )
        else:
            self.trail.clear()
        if view.paused_at is None:
            self._kept, self._kept_feeds = {}, {}
        alike = page.layout.variables == self.page.layout.variables  # a page made of the one at hand
        self._enter(page, view, self.known if alike else {})

    def back(self) -> None:
        """One step back along the trail: the page as it was left, cursors and filters too."""
        crumb = self.trail.pop()
        self._enter(crumb.page, crumb.view, crumb.known)
        self.desk.held.update(crumb.held)
        self._kept, self._kept_feeds = crumb.kept, crumb.kept_feeds

    @property
    def crumbs(self) -> tuple[str, ...]:
        """Titles of the pages that led here, the first one first."""
        return tuple(clean(page.layout.title or page.name, 120) for page in (crumb.page for crumb in self.trail))

    def _enter(self, page: Page, view: View, known: dict[str, list[str]]) -> None:
        self.page, self.view, self.known = page, view, dict(known)
        self.fault, self._first = "", ()
        self.rows.clear()
        self.desk.held.clear()
        self.seen.clear()
        self.reloaded()

    def reloaded(self) -> bool:
        """Look whether the layout's or theme's file changed; a broken one keeps the old wall and says what is wrong."""
        self.annotations.look()
        return reloading.reloaded(self)

    # -- where it stands

    def arrange(self, columns: int, rows: int) -> None:
        """Place the panels on so many cells and ask for what they show."""
        self._size = (columns, rows)
        panels = self.page.layout.panels
        listed = [name for name in areas(self.page.layout.grid) if name in panels]
        kinds = [(name, KINDS[panels[name].kind]) for name in listed]
        needs = [Need(name, kind.width, MINIMUM[1], kind.liked) for name, kind in kinds]
        self.placement = place(self.page.layout.grid, needs, columns, rows, self._first, self.look.scale)
        page = min(self.view.page, len(self.placement.pages) - 1)
        self.view = replace(self.view, page=page)
        if self.view.focus and self.view.focus not in self.order:
            self.view = replace(self.view, focus=None)
        self.replan()

    def reordered(self) -> bool:
        """On a tiled wall: bring the most severe panels to the front. True when the order changed."""
        if not self.placement.reflowed or len(self.placement.pages) < 2:
            return False
        ranks = {panel: severity(self.data(panel)).rank for panel in self.plans}
        written = list(self.page.layout.panels)  # among equals the layout's order: what its author put first
        first = tuple(
            sorted((one for one in ranks if ranks[one] > 1), key=lambda one: (-ranks[one], written.index(one)))
        )
        hidden = set(self.order) - set(self.placement.pages[0])
        if first == self._first or not (hidden & set(first) or set(self._first) - set(first)):
            return False
        self._first = first
        return True

    @property
    def page_text(self) -> str:
        """What the footer says of panels that are not on this page."""
        pages = self.placement.pages
        if len(pages) < 2:
            return ""
        return f"page {self.view.page + 1} of {len(pages)}, most severe first, PgDn"

    @property
    def dense(self) -> bool:
        """Whether cards stand on one another without a free row, so that their title rows have to part them."""
        return touching(self.rectangles.values())

    def at(self, x: int, y: int) -> str | None:
        """The panel under a cell of the grid."""
        return next((panel for panel, rect in self.rectangles.items() if rect.contains(x, y)), None)

    def neighbour(self, dx: int, dy: int) -> str | None:
        """The nearest panel in a direction; the first one when none has the focus."""
        focus = self.view.focus
        if focus is None or focus not in self.rectangles:
            return next(iter(self.rectangles), None)
        return nearest(self.rectangles, focus, dx, dy)

    # -- what is asked

    @property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The chosen values of every variable: the viewer's, else the layout's default, else the first known."""
        chosen = dict(self.view.values)
        out = {}
        for name, variable in self.page.layout.variables.items():
            default = variable.default
            fallback = (default,) if isinstance(default, str) else tuple(default or ())
            if not fallback and not isinstance(variable, TextVariable):
                known = self._known(name)
                fallback = (ALL,) if variable.all else tuple(known[:1])
            out[name] = chosen.get(name) or fallback
        return out

    def _known(self, name: str) -> list[str]:
        variable = self.page.layout.variables[name]
        return list(variable.values) if isinstance(variable, ListVariable) else self.known.get(name, [])

    def options(self, name: str) -> list[tuple[str, str]] | None:
        """(value, words) to choose from, or None for free text."""
        variable = self.page.layout.variables[name]
        if isinstance(variable, TextVariable):
            return None
        out = [(value, clean(value, 120)) for value in self._known(name)]
        return [(ALL, "all"), *out] if variable.all else out

    def value_text(self, name: str) -> str:
        """The chosen values as words."""
        return ", ".join("all" if value == ALL else clean(value, 60) for value in self.values.get(name, ())) or "none"

    @property
    def variables_text(self) -> str:
        return "  ".join(f"{name}={self.value_text(name)}" for name in self.page.layout.variables)

    @property
    def wanting(self) -> list[str]:
        """Query variables for which no server has named a value yet."""
        variables = self.page.layout.variables
        return [name for name in variables if isinstance(variables[name], QueryVariable) and not self.known.get(name)]

    async def load_variables(self, *, wanting: bool = False) -> None:
        """Ask for the values of all query variables, or only of those without any; then raise the first failure."""
        await load_values(self, self.wanting if wanting else list(self.page.layout.variables))

    def change(self, view: View, *, plan: bool = True) -> None:
        """Take a new view. A pause keeps what stands on the glass at that moment."""
        if view.paused_at != self.view.paused_at:
            self._kept = {} if view.paused_at is None else self._results()
            feeds = self.runtime.feeds if view.paused_at is not None else None
            self._kept_feeds = {query: feeds.feed(query) for query in self.followed()} if feeds else {}
        before, self.view = self.view.focus, view
        if plan:
            self.replan()
        if view.focus != before:  # while a list has the focus its order stands still (keys.md)
            for panel in (before, view.focus):
                if panel is not None:
                    self.desk.release(panel)
            pointing.freeze(self)

    def replan(self) -> None:
        """Plan what is visible, and on a tiled wall also what might have to come to the front."""
        if not self._size[0]:
            return
        visible = self.rectangles
        placed = []
        for panel in self.order:
            rect = visible.get(panel) or next(page[panel] for page in self.placement.pages if panel in page)
            spec = self._spec(panel)
            watched = panel in visible or isinstance(spec, AlertPanel) or (isinstance(spec, QueryPanel) and spec.judged)
            if isinstance(spec, ChecksSpec) and self.runtime.checkups is not None:
                continue  # a wall that probes knows it itself
            columns, _ = body_size(rect.width, rect.height)
            placed.append(PlacedPanel(panel, spec, rect.width, plot_columns(columns), watched))
        self.plans = self._planned(placed)
        self._watch()

    def _spec(self, panel: str) -> PanelBase:
        """The panel's spec; a range that the viewer chose goes before its own."""
        spec = self.page.layout.panels[panel]
        if self.view.span is not None and isinstance(spec, QueryPanel | LogsSpec) and spec.range is not None:
            return spec.model_copy(update={"range": None})
        return spec

    def _planned(self, placed: Sequence[PlacedPanel]) -> dict[str, PanelPlan]:
        return plan(
            placed,
            layout=self.page.layout,
            values=self.values,
            window=TimeWindow(self.span, self.view.end),
            servers=self.runtime.servers,
            logs=self.runtime.log_servers,
            compare=self.view.compare or None,
        )

    def filled(self, expr: str) -> str:
        """An expression with the wall's variables and its range in it, as a panel's are; QueryError."""
        own = builtins(step=60.0, span=self.span, scrape_interval=15.0)
        return interpolate(expr, {**self.values, **own})

    def plan_extra(self, name: str, spec: PanelBase, columns: int) -> PanelPlan:
        """Plan one more picture over the wall (a zoomed panel, the query line); it is asked until dropped."""
        placed = PlacedPanel(name, spec, columns, plot_columns(columns))
        self._extra[name] = self._planned([placed])[name]
        self._watch()
        return self._extra[name]

    def drop_extra(self, name: str) -> None:
        """The picture over the wall is gone."""
        if self._extra.pop(name, None) is not None:
            self._watch()

    def _watch(self) -> None:
        spans = [one.span for one in (*self.plans.values(), *self._extra.values())]
        widest = TimeWindow(max([self.span, *spans]), self.view.end)
        self.annotations.aim(self.page.layout.annotations, self.values, widest)
        self.runtime.poller.watch(self.demands())
        if self.runtime.feeds is not None:
            self.runtime.feeds.watch(self.followed())

    def followed(self) -> frozenset[FeedQuery]:
        """The feeds of what is shown now."""
        shown = [*self.plans.values(), *self._extra.values()]
        return frozenset(plan_.feed for plan_ in shown if plan_.feed is not None) | self.annotations.followed

    def demands(self) -> frozenset[Demand]:
        """All that is asked now."""
        return demands([*self.plans.values(), *self._extra.values()]) | self.annotations.demands

    # -- what it shows

    def _results(self) -> dict[Query, Result]:
        """What is known now of every query that is asked."""
        return {demand.query: self.runtime.store.result(demand.query) for demand in self.demands()}

    def data(self, panel: str, *, extra: str = "", spec: PanelBase | None = None) -> PanelData:
        """The data of one card; ``extra`` names a picture planned by :meth:`plan_extra` instead."""
        plan_ = self._extra[extra] if extra else self.plans.get(panel, PanelPlan(panel))
        store, chosen = self.runtime.store, spec or self._spec(panel)
        alerting, kind = isinstance(chosen, AlertPanel), KINDS[chosen.kind]  # type: ignore[attr-defined]
        # a pause holds pictures of metrics; alerts and their ages never pause (keys.md)
        now = self.runtime.clock.now() if alerting else self.view.paused_at or self.runtime.clock.now()
        asked = tuple(
            Asked(planned, self._kept.get(planned.query) or store.result(planned.query)) for planned in plan_.queries
        )
        span = plan_.span or self.span
        end = self.view.end or now
        focused = panel == self.view.focus
        return PanelData(
            id=panel,
            title=titled(chosen, panel, self.page.layout.variables, lambda: self.values),
            spec=chosen,
            asked=asked,
            now=now,
            start=end - span,
            end=end,
            look=self.look,
            row=self.rows.get(panel) if focused else None,
            fault=plan_.error,
            cursor=self.view.mark,
            alerts=self.desk.alerts(panel, focused=focused) if alerting else None,
            chosen=self.desk.chosen(panel, focused=focused) if kind.labels is not None else None,
            logs=self._logs(panel, plan_, extra, focused=focused),
            markers=self.annotations.markers(end - span, end) if isinstance(chosen, MARKED) else (),
            checks=self.runtime.checkups.states() if self.runtime.checkups is not None and kind.checked else None,
            fired=self.desk.fired if isinstance(chosen, AlertHistorySpec) and self.view.end is None else (),
        )

    def _logs(self, panel: str, plan_: PanelPlan, extra: str, *, focused: bool) -> Logs | None:
        """What a panel of log lines shows; a paused wall keeps its feeds as they were."""
        if plan_.feed is None or self.runtime.feeds is None:
            return None
        feed = self._kept_feeds.get(plan_.feed) or self.runtime.feeds.feed(plan_.feed)
        return self.desk.logs(panel, feed, focused=focused or bool(extra))

    def picture_key(self, data: PanelData) -> object:
        """Equal keys draw equal cards."""
        return picture_key(data)

    def critical(self, data: PanelData) -> bool:
        return severity(data) is Severity.CRITICAL

    def command(self) -> str:
        """The command line that opens this very view again; of a page made on the spot: that of where it came from."""
        return reloading.command(self)
