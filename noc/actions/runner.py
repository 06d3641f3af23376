"""The one gate: read-only, audit, one request each, outcome, undo. Everything that writes passes here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo

from noc.actions.ack import EARLIER
from noc.actions.audit import Audit
from noc.actions.intent import Done, Intent, Pending, Verb
from noc.actions.sending import Sender
from noc.engine.book import Book
from noc.model.alerts import NEVER, Phase, Silence, SilenceDraft, SilenceState, redraft
from noc.model.clock import Clock
from noc.model.errors import ActionError, Refused, Unsettled
from noc.model.ports import AlertSink, AlertSource
from noc.model.text import clean

TWICE = 5.0
"""Seconds in which the same thing asked again is a slip of the finger."""

UNCONFIRMED = 60.0
"""Seconds after which a row stops saying "asked" though Alertmanager never agreed."""

OWN = frozenset({Verb.KEEP, Verb.LIFT})
"""What walls do by themselves: not shown on rows, not undone."""


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the book must show before a row stops saying "asked"."""

    present: tuple[str, ...]
    gone: tuple[str, ...]


@dataclass(slots=True)
class _Sent:
    """What became of the requests of an intent; ``made`` and ``failed`` by the place of the draft."""

    made: dict[int, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)
    failed: dict[int, ActionError] = field(default_factory=dict)
    unended: list[ActionError] = field(default_factory=list)

    @property
    def errors(self) -> list[ActionError]:
        return [*self.failed.values(), *self.unended]


class Runner:
    """Carries intents out, one gate for keys, scripts and keepers. ``pending`` is what rows say until the book agrees."""

    def __init__(
        self,
        sinks: Mapping[str, AlertSink],
        sources: Mapping[str, AlertSource],
        audit: Audit,
        clock: Clock,
        *,
        author: str,
        read_only: bool,
        zone: tzinfo,
        book: Callable[[], Book],
        refresh: Callable[[], Awaitable[object]],
    ) -> None:
        self.author = author
        self.read_only = read_only
        self.pending: dict[str, Pending] = {}
        self._names = tuple(sinks)
        self._sender = Sender(sinks, sources)
        self._audit = audit
        self._clock = clock
        self._zone = zone
        self._book = book
        self._refresh = refresh
        self._expected: dict[str, _Expected] = {}
        self._under_way: set[object] = set()
        self._last: tuple[object, float] = (None, 0.0)
        self._unsettled: dict[object, SilenceDraft] = {}

    async def run(self, intent: Intent) -> Done:
        """Carry it out. Never raises: what went wrong is in the answer."""
        mark = _mark(intent)
        try:
            self._admitted(intent, mark)
            self._audit.asked(intent, self.author, self._book())
        except ActionError as error:
            return Done(intent, str(error), error)
        self._under_way.add(mark)
        if intent.verb not in OWN:
            for key in intent.keys:
                self.pending[key] = Pending(intent.verb, self._clock.now())
        try:
            sent = await self._sent(intent)
        except BaseException:
            for key in intent.keys:
                self.pending.pop(key, None)  # cancelled: no book will ever agree
            raise
        finally:
            self._under_way.discard(mark)
        done = self._done(intent, sent)
        self._note(done, sent, mark)
        try:
            self._audit.ended(done, self.author)
        except ActionError as error:
            done = replace(done, message=f"{done.message}; but the audit failed: {error}")
        await self._refresh()
        self.settle(self._book())
        return done

    def settle(self, book: Book) -> None:
        """Rows stop saying "asked" once the book agrees; a failure stays until the row is asked again."""
        known = {one.id: one for one in book.silences}
        now = self._clock.now()
        for key, expected in list(self._expected.items()):
            there = all(id in known and known[id].state is not SilenceState.EXPIRED for id in expected.present)
            gone = all(id not in known or known[id].state is SilenceState.EXPIRED for id in expected.gone)
            asked = self.pending.get(key)
            acking = asked is not None and asked.verb is Verb.ACK
            if there and gone and (not acking or _hidden(book, key, expected.present)):
                del self._expected[key]
                self.pending.pop(key, None)
            elif asked is not None and now - asked.at > UNCONFIRMED:
                del self._expected[key]
                self.pending[key] = replace(asked, failed="Alertmanager never confirmed it")
        for key, asked in list(self.pending.items()):
            if asked.failed and (now - asked.at > 10 * UNCONFIRMED or key not in book.by_key):
                del self.pending[key]

    def _admitted(self, intent: Intent, mark: object) -> None:
        if self.read_only:
            raise Refused("read-only: nothing is written from here")
        if mark in self._under_way or (intent.verb is Verb.ACK and any(map(self._acking, intent.keys))):
            raise Refused("already asked; wait for the answer")
        last, at = self._last
        if mark == last and self._clock.monotonic() - at < TWICE and intent.verb not in OWN:
            raise Refused("that was done a moment ago")

    def _acking(self, key: str) -> bool:
        """Whether an alert is being acknowledged: until the book agrees another one would be a second silence."""
        asked = self.pending.get(key)
        return asked is not None and asked.verb is Verb.ACK and not asked.failed

    async def _sent(self, intent: Intent) -> _Sent:
        """One request for each draft and each silence to end; what fails holds up nothing else."""
        order, sent = self._order(), _Sent()
        before = {one.id: one for one in intent.before}
        for place, draft in enumerate(intent.drafts):
            try:
                if draft.id:
                    sent.made[place] = await self._sender.update(draft, order, before.get(draft.id))
                else:
                    sent.made[place] = await self._sender.create(draft, order, lost=self._unsettled.get(_like(draft)))
            except ActionError as error:
                sent.failed[place] = error
                if isinstance(error, Unsettled):
                    self._unsettled.setdefault(_like(draft), draft)
            else:
                self._unsettled.pop(_like(draft), None)
        for id in intent.expire:
            try:
                await self._sender.expire(id, order)
                sent.ended.append(id)
            except ActionError as error:
                sent.unended.append(error)
        return sent

    def _done(self, intent: Intent, sent: _Sent) -> Done:
        ids, undo = tuple(sent.made.values()), self._undo(intent, sent)
        if not sent.errors:
            return Done(intent, self._said(intent), None, ids, undo)
        total = len(intent.drafts) + len(intent.expire)
        some = f"{total - len(sent.errors)} of {total} done; " if total > 1 else ""
        return Done(intent, f"{intent.summary}: {some}{sent.errors[0]}", sent.errors[0], ids, undo)

    def _note(self, done: Done, sent: _Sent, mark: object) -> None:
        if done.intent.verb in OWN:
            return
        if not sent.errors:
            self._last = (mark, self._clock.monotonic())
        paired = len(done.intent.keys) == len(done.intent.drafts) and not done.intent.expire
        for place, key in enumerate(done.intent.keys):
            error = sent.failed.get(place) if paired else done.error
            if error is not None:
                self.pending[key] = Pending(done.intent.verb, self._clock.now(), clean(str(error), 200))
                self._expected.pop(key, None)
            else:
                gone = tuple(id for id in done.intent.expire if id not in done.ids)
                self._expected[key] = _Expected((sent.made[place],) if paired else done.ids, gone)

    def _order(self) -> list[str]:
        """Members that answered last first."""
        answering = {one.name for one in self._book().members if one.error is None and one.answer is not None}
        return sorted(self._names, key=lambda name: name not in answering)

    def _said(self, intent: Intent) -> str:
        """The notice: what is so now, and until when."""
        ends = [draft.ends_at for draft in intent.drafts]
        skew = self._book().server_now(0.0)
        until = f" until {self._clocked(max(ends) - skew)}" if ends and intent.verb not in _TIMELESS else ""
        return f"{intent.summary}{until}"

    def _clocked(self, at: float) -> str:
        if at >= NEVER:
            return "ever"
        here, now = datetime.fromtimestamp(at, self._zone), datetime.fromtimestamp(self._clock.now(), self._zone)
        form = "%H:%M %Z" if here.date() == now.date() else "%a %d %b %H:%M %Z"
        return here.strftime(form)

    def _undo(self, intent: Intent, sent: _Sent) -> Intent | None:
        """What takes back what was done: made things are ended, ended ones made anew, changed ones changed back."""
        if intent.verb in OWN or intent.verb is Verb.OUTCOME:
            return None
        before = {one.id: one for one in intent.before}
        written = [intent.drafts[place] for place in sent.made]
        made = tuple(id for place, id in sent.made.items() if not intent.drafts[place].id)
        changed = [(before[draft.id], draft) for draft in written if draft.id in before]
        now = self._book().server_now(self._clock.now())
        anew = tuple(_anew(before[id], now) for id in sent.ended if id in before and before[id].ends_at > now)
        if not (made or changed or anew):
            return None
        return Intent(
            Verb.EXPIRE if made else Verb.SILENCE if anew else intent.verb,
            f"undo: {intent.summary}",
            intent.keys,
            (*(redraft(was) for was, _ in changed), *anew),
            made,
            before=tuple(replace(was, ends_at=draft.ends_at, comment=draft.comment) for was, draft in changed),
            detail={"undo": intent.verb.value},
        )


_TIMELESS = (Verb.UNACK, Verb.EXPIRE, Verb.STAGE, Verb.OUTCOME, Verb.LIFT)


def _hidden(book: Book, key: str, by: Collection[str]) -> bool:
    """Whether every member that has an alert hides it by one of these silences; one that fires no more needs none."""
    entry = book.by_key.get(key)
    return entry is None or entry.phase is Phase.RESOLVED or not set(by).isdisjoint(entry.alert.silenced_by)


def _anew(silence: Silence, now: float) -> SilenceDraft:
    """An ended silence made again: an ended one cannot be revived, its like gets a new id. A planned one stays planned."""
    starts_at = max(now - EARLIER, silence.starts_at if silence.starts_at > now else 0.0)
    return SilenceDraft(silence.matchers, starts_at, silence.ends_at, silence.created_by, silence.comment)


def _mark(intent: Intent) -> object:
    """Equal for the same thing asked twice; moments of two key presses differ and do not count. An undo is another thing."""
    return (
        intent.verb,
        "undo" in intent.detail,
        tuple((draft.id, _like(draft)) for draft in intent.drafts),
        intent.expire,
    )


def _like(draft: SilenceDraft) -> object:
    """Equal for drafts of the same silence, whenever they were made."""
    return (draft.matchers, draft.created_by, draft.comment)
