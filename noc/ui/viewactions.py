"""Named views at the keys: save what is looked at, open one again, delete one. Nothing of it reaches a server."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from noc.config.views import SavedView, delete_view, load_views, save_view
from noc.model.errors import ConfigError, NocError
from noc.model.text import clean
from noc.runtime import Runtime
from noc.ui import views
from noc.ui.screens.ask import Ask
from noc.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    from noc.ui.board import Board
    from noc.ui.screens.wall import Wall

SAVE = "\x00save"
"""The picker's row that saves instead of opening: no name of a view holds such a character."""


class ViewActions:
    """Mixed into the wall's actions."""

    wall: Wall
    runtime: Runtime

    @property
    def board(self) -> Board:
        raise NotImplementedError  # Actions has it

    def _push(self, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
        raise NotImplementedError

    def do_views(self) -> None:
        path = self._file()
        found = self._views()
        if path is None or found is None:
            return
        choices = [Choice(name, clean(name, 60), clean(views.told(one), 100)) for name, one in found.items()]
        if not self.runtime.tv:
            choices.insert(0, Choice(SAVE, "save this view ...", clean(views.told(views.saved(self.board)), 100)))
        if not choices:
            self.wall.say("no view was saved yet")
            return

        def take(chosen: tuple[str, ...] | None) -> None:
            if chosen == (SAVE,):
                self.do_view_save()
            elif chosen:
                self.open_view(found[chosen[0]], chosen[0])

        self._push(Picker("Views", choices), take)

    def open_view(self, one: SavedView, name: str) -> None:
        """Open a saved view; what is wrong with it is said, and the wall stays."""
        try:
            views.opened(self.board, one, self.runtime.clock.now())
        except ConfigError as error:
            self.wall.say(f"{clean(name, 60)} does not open: {error.faults[0] if error.faults else error}")
            return
        except NocError as error:
            self.wall.say(f"{clean(name, 60)} does not open: {error}")
            return
        self.wall.rearrange()
        self.wall.run_worker(self.wall.actions.load_variables(), exclusive=True, group="variables")

    def do_view_save(self) -> None:
        path = self._file()
        if path is None:
            return
        if self.runtime.tv:
            self.wall.say("a TV saves no views")
            return
        known = self._views()
        if known is None:
            return
        view = views.saved(self.board)

        def check(text: str) -> str:
            name = text.strip()
            if not name or clean(name, 60) != name:
                raise ValueError("a name of up to 60 characters")
            return f"Enter writes over the view {name}" if name in known else f"Enter saves: {views.told(view)}"

        def take(text: str | None) -> None:
            if text is not None and text.strip():
                self._written(lambda: save_view(path, text.strip(), view), f"saved as {text.strip()}; V opens it")

        self._push(Ask("Save this view as", check, hint=f"in {path}"), take)

    def do_view_delete(self) -> None:
        path, found = self._file(), self._views()
        if path is None or not found:
            self.wall.say("no view was saved yet")
            return
        if self.runtime.tv:
            self.wall.say("a TV deletes no views")
            return

        def take(chosen: tuple[str, ...] | None) -> None:
            if chosen:
                self._written(lambda: delete_view(path, chosen[0]), f"deleted the view {clean(chosen[0], 60)}")

        choices = [Choice(name, clean(name, 60), clean(views.told(one), 100)) for name, one in found.items()]
        self._push(Picker("Delete a view", choices), take)

    def named_command(self) -> str:
        """The command line that opens the saved view that is open as it was saved; empty where it is none."""
        path = self.runtime.views
        if path is None or self.runtime.reopen[1:2] not in ((), ("wall",)):  # other commands open no views
            return ""
        here = views.saved(self.board)
        try:
            same = [name for name, one in load_views(path).items() if one == here]
        except ConfigError:  # said when views are listed; the long command is as good
            return ""
        return shlex.join([*self.runtime.reopen, "--view", same[0]]) if same else ""

    def _file(self) -> Path | None:
        if self.runtime.views is None:
            self.wall.say("this wall has no file of views")
        return self.runtime.views

    def _views(self) -> dict[str, SavedView] | None:
        """The saved views; a broken file is said with its line."""
        path = self.runtime.views
        try:
            return {} if path is None else load_views(path)
        except ConfigError as error:
            self.wall.say(str(error.faults[0] if error.faults else error))
            return None

    def _written(self, write: Callable[[], None], done: str) -> None:
        try:
            write()
        except ConfigError as error:
            self.wall.say(str(error.faults[0] if error.faults else error))
        except OSError as error:
            self.wall.say(f"not written: {error.strerror or error}")
        else:
            self.wall.say(done)
