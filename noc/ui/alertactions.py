"""What the keys of alert work do: ask, carry out, take back. Apart from ``actions`` because it writes.

A key acts on what stood under the cursor when it was pressed: the entries are taken then, and dialogs repeat them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from noc.actions import ack, outcome, silence
from noc.actions.intent import Intent
from noc.config.alertpanels import AlertPanel
from noc.engine.book import Entry
from noc.model.acks import Outcome
from noc.model.alerts import Phase, SilenceState
from noc.model.errors import ActionError, Refused
from noc.model.text import clean
from noc.model.timerange import format_duration
from noc.ui import alertforms, pointing
from noc.ui.alertreading import AlertReading
from noc.ui.screens.ackline import AckLine
from noc.ui.screens.ask import Ask
from noc.ui.screens.deaf import Question
from noc.ui.screens.form import Form
from noc.ui.screens.picker import Choice, Picker

if TYPE_CHECKING:
    pass


class AlertActions(AlertReading):
    """The wall's half that works with alerts; mixed into ``Actions``."""

    # -- who acts, and carrying out

    def _named(self, then: Callable[[str], None]) -> None:
        """With the author's name; a generic one is asked for once."""
        desk = self._alerting
        if desk is None:
            return
        author = desk.runner.author
        if author and not silence.generic(author, desk.settings):
            then(author)
            return

        def check(text: str) -> str:
            name = text.strip()
            if silence.generic(name, desk.settings):
                raise ValueError(f"{name} does not say who you are")
            if len(name) > 40 or not name.isprintable():
                raise ValueError("40 printable characters at most")
            return f"acting as {clean(name, 40)} until this wall ends"

        def take(text: str | None) -> None:
            if text:
                desk.runner.author = text.strip()
                then(desk.runner.author)

        self._push(Ask("Who are you?", check, hint="the next one on call reads it; author: in the settings"), take)

    def carry_out(self, intent: Intent | None, failed: Callable[[ActionError], None] | None = None) -> None:
        """Hand an intent to the one gate, and say how it ended; ``failed`` hears why it did not."""
        if intent is not None and self.runtime.alerting is not None:
            self.wall.run_worker(self._carried(intent, failed), group="actions", exit_on_error=True)

    async def _carried(self, intent: Intent, failed: Callable[[ActionError], None] | None) -> None:
        desk = self.runtime.alerting
        assert desk is not None
        self.wall.say(f"{intent.summary} …")
        done = await desk.runner.run(intent)
        self.board.desk.remember(done)
        self.wall.say(done.message if done.ok else f"✖ {done.message}")
        if done.error is not None:
            self.wall.app.bell()
            if failed is not None:
                failed(done.error)
        self.wall.redraw()

    def _forms(self) -> alertforms.Desk:
        desk = self.runtime.alerting
        assert desk is not None
        return alertforms.Desk(
            lambda: desk.poller.book,
            self.runtime.clock.now,
            desk.settings,
            desk.runner.author,
            self.board.look.tz,
            self.runtime.environment.name,
        )

    def _form(self, spec: alertforms.FormSpec) -> None:
        """A form; what the server refuses opens it again as it was, with the server's words at the field they are about."""
        form = Form(spec, self.runtime.environment, self.board.look.palette, self.runtime.clock.monotonic)

        def again(error: ActionError) -> None:
            if error.field:
                self._form(spec.again(form.sent, error))

        def sent(intent: object) -> None:
            if isinstance(intent, Intent):
                self.carry_out(intent, again)

        self._push(form, sent)

    def _proposed(self, make: Callable[[], Intent]) -> None:
        """Carry out what needs no dialog; a refusal is said."""
        try:
            intent = make()
        except Refused as error:
            self.wall.say(str(error))
            return
        self.carry_out(intent)

    # -- keys that write

    def do_alert_ack(self) -> None:
        desk = self._alerting
        if desk is None:
            return
        key = self.chosen_key()
        if key is not None and key.startswith("finding:"):
            desk.bell.hush_finding(key, self.runtime.clock.now())
            self.wall.say("its bell is off here for 30 minutes; the mark stays")
            return
        entries = self.chosen() if key is not None else ()
        if not entries:
            return

        def ask(author: str) -> None:
            settings = desk.settings

            def send(words: str | None) -> None:
                if words is not None:
                    now = self.runtime.clock.now()
                    self._proposed(lambda: ack.propose(entries, desk.poller.book, settings, author, words, now))

            try:  # what cannot be acknowledged is said before anything is typed
                ack.propose(entries, desk.poller.book, settings, author, "", self.runtime.clock.now())
            except Refused as error:
                self.wall.say(str(error))
                return
            lasts = format_duration(settings.ack.duration)
            self._push(AckLine(ack.listed(entries), settings.ack.comment, author, lasts), send)

        self._named(ask)

    def do_alert_undo(self) -> None:
        desk = self.board.desk
        intent = desk.undoable()
        if intent is None:
            self.wall.say("nothing to undo")
            return
        last = desk.done.pop()
        self.carry_out(intent, lambda error: desk.remember(last))

    def do_alert_silence(self) -> None:
        if self._alerting is None:
            return
        entries = self.chosen()
        matchers = silence.prefilled(entries, self._alerting.settings) if entries else ()
        templates = self._alerting.settings.templates

        def open_form(author: str) -> None:
            if not templates:
                self._form(alertforms.silence_form(self._forms(), matchers))
                return
            choices = [Choice("", "this row" if entries else "from scratch")]
            choices += [Choice(name, name, " ".join(one.matchers)) for name, one in templates.items()]

            def pick(found: tuple[str, ...] | None) -> None:
                if found is None:
                    return
                name = found[0]
                forms = self._forms()
                self._form(
                    alertforms.templated(forms, templates[name]) if name else alertforms.silence_form(forms, matchers)
                )

            self._push(Picker("Silence what?", choices), pick)

        self._named(open_form)

    def do_alert_extend(self) -> None:
        if self._alerting is not None:
            self._with_silence("Extend", lambda id: self._form(alertforms.extend_form(self._forms(), id)))

    def do_alert_expire(self) -> None:
        if self._alerting is not None:
            self._with_silence("Expire", lambda id: self._form(alertforms.expire_form(self._forms(), [id])))

    def _with_silence(self, verb: str, then: Callable[[str], None]) -> None:
        """One of the silences under the cursor; of all that run where none hides that row."""
        found = self._chosen_silences()
        desk = self.runtime.alerting
        if not found and desk is not None:
            found = [one for one in desk.poller.book.silences if one.state is not SilenceState.EXPIRED]
        if not found:
            self.wall.say("no silence is active")
        elif len(found) == 1:
            self._named(lambda author: then(found[0].id))
        else:
            choices = [Choice(one.id, f"{one.kind.value} {alertforms.silence_line(one)}") for one in found]

            def pick(taken: tuple[str, ...] | None) -> None:
                if taken:
                    self._named(lambda author: then(taken[0]))

            self._push(Picker(f"{verb} which silence?", choices), pick)

    def do_alert_window(self) -> None:
        desk = self._alerting
        if desk is None:
            return
        choices = [Choice(name, one.title, " ".join(one.matchers)) for name, one in desk.settings.windows.items()]

        def pick(found: tuple[str, ...] | None) -> None:
            if found:
                self._named(lambda author: self._form(alertforms.window_form(self._forms(), found[0])))

        self._push(Picker("Maintenance window", choices), pick)

    def do_alert_emergency(self) -> None:
        if self._alerting is not None:
            self._named(lambda author: self._form(alertforms.emergency_form(self._forms())))

    def do_alert_stage(self) -> None:
        if self._alerting is None:
            return
        held = self._held_key()
        entries = self.chosen()
        if held is None and entries:  # it is carried out at once: the row must have been seen under the cursor
            self.wall.say("the cursor stands on this row now; the key again moves it to its next stage")
        elif len(entries) > 1:
            self.wall.say("choose one alert: a stage belongs to one")
        elif entries:
            self._named(lambda author: self._proposed(lambda: ack.staged(entries[0])))

    def opened_row(self) -> bool:
        """Enter on a row: fold a group, ask a resolved alert's outcome, else show the alert whole."""
        board = self.board
        focus = board.view.focus
        if focus is None or not isinstance(board.page.layout.panels[focus], AlertPanel):
            return False
        key = board.desk.of(focus).cursor
        if key is None:
            return False
        if key.startswith("/"):
            board.desk.folded(focus, key)
            pointing.freeze(board)
            self.wall.redraw()
            return True
        entries = self._entries(focus, key)
        if len(entries) != 1:
            return bool(entries) or key.startswith(("silence:", "finding:"))
        if entries[0].phase is Phase.RESOLVED and not entries[0].outcome:
            self.ask_outcome(entries[0])
        else:
            self.show_detail(focus, entries[0])
        return True

    def ask_outcome(self, entry: Entry) -> None:
        """A resolved row: what was it?"""
        desk = self._alerting
        if desk is None or self.runtime.read_only:
            self.wall.say("read-only: nothing is written from here")
            return
        choices = [Choice(one.value, one.words) for one in (Outcome.FIXED, Outcome.FALSE_POSITIVE, Outcome.NOISE)]

        def take(found: tuple[str, ...] | None) -> None:
            if found:
                said, now = Outcome(found[0]), self.runtime.clock.now()
                self._named(
                    lambda author: self._proposed(lambda: outcome.propose(entry, said, desk.poller.book, author, now))
                )

        title = f"{clean(entry.alert.name, 60)} resolved. What was it?"
        self._push(Question(title, choices, self.runtime.clock.monotonic), take)
