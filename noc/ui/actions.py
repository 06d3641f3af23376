"""What each key of the table does on the wall: one short method per id, found by its name."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from textual.screen import Screen

from noc.config.alertpanels import AlertPanel
from noc.config.logpanels import LogsSpec, TopSpec
from noc.engine.alertfilter import parse as parse_filter
from noc.engine.variables import ALL
from noc.model.errors import ConfigError, NocError
from noc.model.timerange import format_duration
from noc.ui import pointing
from noc.ui.alertactions import AlertActions
from noc.ui.bindings import IDS, WRITING
from noc.ui.board import Board
from noc.ui.leadactions import LeadActions
from noc.ui.screens.ask import Ask
from noc.ui.screens.help import Help
from noc.ui.screens.picker import Choice, Picker
from noc.ui.state import RANGES, View
from noc.ui.timeactions import TimeActions
from noc.ui.viewactions import ViewActions

if TYPE_CHECKING:
    from noc.ui.screens.wall import Wall


Chosen = TypeVar("Chosen")


def method(id: str) -> str:
    """The name of the method that carries out an action: ``panel.zoom`` -> ``do_panel_zoom``."""
    return "do_" + id.replace(".", "_")


class Actions(LeadActions, ViewActions, TimeActions, AlertActions):
    """The wall's half that answers keys; a test walks the table and finds a method for each id."""

    def __init__(self, wall: Wall) -> None:
        self.wall = wall
        self.runtime = wall.runtime

    @property
    def board(self) -> Board:
        return self.wall.board

    def _push(self, screen: Screen[Chosen], then: Callable[[Chosen | None], None] | None = None) -> None:
        self.wall.app.push_screen(screen, then)

    def _again(self, _: object = None) -> None:
        """After something that lay over the wall."""
        self.wall.rearrange()

    def act(self, id: str) -> None:
        """Carry out an action of the table."""
        if self.runtime.read_only and id in WRITING:
            self.wall.say("read-only: nothing is written from here")
        elif id in RANGES:
            self._view(self.board.view.ranged(RANGES[id]))
        elif id in IDS:
            getattr(self, method(id))()

    def _view(self, view: View) -> None:
        """Take a new view and draw it at once."""
        self.board.change(view, plan=False)
        self.wall.rearrange()

    def focus_panel(self, panel: str) -> None:
        """Put the focus on a panel and turn to its page."""
        board = self.board
        page = board.placement.page_of(panel)
        turned = page != board.view.page
        board.change(replace(board.view, focus=panel, page=page), plan=turned)
        if turned:
            self.wall.rearrange()
        else:
            self.wall.redraw()

    # -- move

    def do_focus_next(self) -> None:
        self._step(1)

    def do_focus_previous(self) -> None:
        self._step(-1)

    def _step(self, by: int) -> None:
        order = self.board.order
        if not order:
            return
        focus = self.board.view.focus
        if focus not in order:
            self.focus_panel(order[0 if by > 0 else -1])
        else:
            self.focus_panel(order[(order.index(focus) + by) % len(order)])

    def do_focus_left(self) -> None:
        self._towards(-1, 0)

    def do_focus_right(self) -> None:
        self._towards(1, 0)

    def do_focus_up(self) -> None:
        if not pointing.row_moved(self.board, -1):
            self._towards(0, -1)
        self.wall.redraw()

    def do_focus_down(self) -> None:
        if not pointing.row_moved(self.board, 1):
            self._towards(0, 1)
        self.wall.redraw()

    def _towards(self, dx: int, dy: int) -> None:
        panel = self.board.neighbour(dx, dy)
        if panel:
            self.focus_panel(panel)

    def do_panel_open(self) -> None:
        if not self.opened_log_row() and not self.opened_row():
            self.do_panel_zoom()

    def do_panel_zoom(self) -> None:
        from noc.ui.screens.zoom import Zoom

        focus = self.board.view.focus or next(iter(self.board.order), None)
        if focus is None:
            return
        self.focus_panel(focus)
        if isinstance(self.board.page.layout.panels[focus], (LogsSpec, TopSpec)):  # a list is worked in, not measured
            self.zoom_list(focus)
        else:
            self._push(Zoom(self.wall, focus), self._again)

    def do_back(self) -> None:
        board = self.board
        if board.trail:
            board.back()
            self.wall.rearrange()
        elif board.view.mark is not None:
            self._view(board.view.marked(None))
        elif board.desk.release_all():
            self.wall.redraw()
        elif board.view.focus is not None:
            board.change(replace(board.view, focus=None), plan=False)
            self.wall.redraw()

    def do_panel_drill(self) -> None:
        if self.followed_log_row():
            return
        self.followed_lead()

    def do_find(self) -> None:
        board = self.board
        focus = board.view.focus
        spec = board.page.layout.panels[focus] if focus is not None else None
        if focus is not None and isinstance(spec, LogsSpec):
            self.filter_feed(focus)
            return
        if focus is not None and isinstance(spec, AlertPanel) and pointing.row_keys(board, focus) is not None:
            self._filter(focus)
            return
        choices = [
            Choice(panel, board.panel_title(panel), f"{panel}, {board.page.layout.panels[panel].kind}")
            for panel in board.order
        ]
        self._push(Picker("Find a panel", choices), self._found)

    def _filter(self, panel: str) -> None:
        """Filter the focused list; an empty text shows everything again."""

        def check(text: str) -> str:
            parse_filter(text)
            return "Enter filters; an emptied line shows everything"

        def take(text: str | None) -> None:
            if text is not None:
                self.board.desk.of(panel).typed = "" if text.strip() == "*" else text.strip()
                self.board.desk.release(panel)
                self.wall.redraw()

        typed = self.board.desk.of(panel).typed
        hint = 'company_id="7" @state=active @age<1h @ack_by=mara word      * shows everything'
        self._push(Ask("Filter", check, value=typed, hint=hint), take)

    def _found(self, chosen: tuple[str, ...] | None) -> None:
        if chosen:
            self.focus_panel(chosen[0])

    def do_page_next(self) -> None:
        self._turn(1)

    def do_page_previous(self) -> None:
        self._turn(-1)

    def _turn(self, by: int) -> None:
        pages = len(self.board.placement.pages)
        if pages > 1:
            self._view(replace(self.board.view, page=(self.board.view.page + by) % pages, focus=None))

    # -- layouts

    def do_layout_next(self) -> None:
        self._neighbour_layout(1)

    def do_layout_previous(self) -> None:
        self._neighbour_layout(-1)

    def _neighbour_layout(self, by: int) -> None:
        names = self.board.layout_names()
        at = names.index(self.board.page.name) if self.board.page.name in names else 0
        self.open_layout(names[(at + by) % len(names)])

    def do_layout_go(self) -> None:
        here = self.board.page.name
        choices = [Choice(name, name, marked=name == here) for name in self.board.layout_names()]

        def go(chosen: tuple[str, ...] | None) -> None:
            if chosen:
                self.open_layout(chosen[0])

        self._push(Picker("Go to a layout", choices), go)

    def open_layout(self, name: str, *, values: dict[str, str] | None = None, trail: bool = False) -> bool:
        """Open a layout; what is wrong with it is said, and the wall stays: False."""
        try:
            self.board.open(name, values=values, trail=trail)
        except ConfigError as error:
            self.wall.say(f"{name} does not open: {error.faults[0] if error.faults else error}")
            return False
        except NocError as error:
            self.wall.say(f"{name} does not open: {error}")
            return False
        self.wall.rearrange()
        self.wall.run_worker(self.load_variables(), exclusive=True, group="variables")
        return True

    async def load_variables(self) -> None:
        """Ask the servers for the values of query variables; what fails is said, and the wall stays."""
        try:
            await self.board.load_variables()
        except NocError as error:
            self.wall.say(f"variables: {error}")
        self.wall.rearrange()

    async def load_wanting(self) -> None:
        """Ask again for variables without a value: their server was away, or its metrics had not been scraped yet."""
        wanting = self.board.wanting
        with suppress(NocError):  # said when it was first asked; the header tells how the server does
            await self.board.load_variables(wanting=True)
        if self.board.wanting != wanting:
            self.wall.rearrange()

    def do_variables(self) -> None:
        names = list(self.board.page.layout.variables)
        if not names:
            self.wall.say("this layout has no variables")
        elif len(names) == 1:
            self._pick_values(names[0])
        else:
            choices = [Choice(name, name, self.board.value_text(name)) for name in names]
            self._push(Picker("Variables", choices), lambda chosen: self._pick_values(chosen[0]) if chosen else None)

    def _pick_values(self, name: str) -> None:
        options = self.board.options(name)
        variable = self.board.page.layout.variables[name]

        def take(chosen: tuple[str, ...] | None) -> None:
            if chosen:
                self._view(self.board.view.valued(name, chosen))

        if options is None:
            ask = Ask(f"{name}", lambda text: f"${name} = {text}", value=self.board.value_text(name))
            self._push(ask, lambda text: take((text,)) if text else None)
            return
        current = self.board.values.get(name, ())
        choices = [Choice(value, text, marked=value in current, alone=value == ALL) for value, text in options]
        self._push(Picker(name, choices, multi=getattr(variable, "multi", False)), take)

    # -- ask

    def do_query(self) -> None:
        from noc.ui.screens.query import QueryLine
        from noc.ui.screens.zoom import Zoom

        over = self.wall.app.screen
        text, source = (over.expression, over.source) if isinstance(over, Zoom) else ("", None)
        self._push(QueryLine(self.wall, text, source=source), self._again)

    def do_changed(self) -> None:
        from noc.ui.screens.changed import Changed

        focus = self.board.view.focus
        if focus is None:
            self.wall.say("focus a panel first (Tab)")
        else:
            self._push(Changed(self.wall, focus), self._again)

    def do_compare(self) -> None:
        view = self.board.view.compared()
        self._view(view)
        self.wall.say(f"compared with {format_duration(view.compare)} ago" if view.compare else "no comparison")

    # -- take away

    def do_copy_view(self) -> None:
        command = self.named_command() or self.board.command()
        self.wall.app.copy_to_clipboard(command)
        self.wall.say(f"copied: {command}")

    def do_picture(self) -> None:
        from noc.ui.pictures import save

        try:
            path = save(self.wall.app, self.board)
        except OSError as error:
            self.wall.say(f"no picture: {error.strerror or error}")
        else:
            self.wall.say(f"picture in {path}")

    # -- the wall

    def do_themes(self) -> None:
        before = self.board.look.palette.name

        def wear(name: str | None) -> None:
            self.wear(name or before)

        choices = [
            Choice(name, name, "dark" if palette.dark else "light", marked=name == before)
            for name, palette in sorted(self.runtime.palettes.items())
        ]
        self._push(Picker("Themes", choices, preview=wear), lambda chosen: wear(chosen[0] if chosen else None))

    def wear(self, name: str) -> None:
        """Put on a theme."""
        self.wall.app.theme = name
        self.board.look = replace(self.board.look, palette=self.runtime.palettes[name])
        self.wall.rearrange()

    def do_help(self) -> None:
        self._push(Help(self.wall.keys, self.board.look.palette))

    def do_palette(self) -> None:
        choices = [
            Choice(key.id, key.words, f"{key.label}   {key.group}") for key in self.wall.keys if key.id != "palette"
        ]
        self._push(Picker("What to do", choices), lambda chosen: self.act(chosen[0]) if chosen else None)

    def do_quit(self) -> None:
        held = self.wall.own_acks()
        if not self.runtime.tv and not held:
            self.wall.app.exit()
            return
        hint = "the room will be dark" if self.runtime.tv else ""
        if held:
            many = f"{len(held)} alerts you acknowledged" if len(held) > 1 else "the alert you acknowledged"
            hint = f"{many} stay quiet for an hour at most, then ring again"
        choices = [Choice("stay", "stay"), Choice("quit", "quit", hint)]
        self._push(
            Picker("Quit the wall?", choices), lambda chosen: self.wall.app.exit() if chosen == ("quit",) else None
        )
