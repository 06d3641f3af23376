"""One request to one member, and what became of it when no answer came: never two silences where one was meant."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from noc.actions.rebasing import rebased
from noc.actions.silence import field_of
from noc.model.alerts import Silence, SilenceDraft, SilenceState, redraft
from noc.model.errors import Auth, BadQuery, Refused, Rejected, SourceError, Unreachable, Unsettled
from noc.model.ports import AlertSink, AlertSource

SAME = 2.0
"""Seconds two ends may differ and still be the same silence: a server may keep milliseconds only."""

T = TypeVar("T")


class Sender:
    """Writes to a cluster: to the first member that can be reached; silences are gossiped to the others."""

    def __init__(self, sinks: Mapping[str, AlertSink], sources: Mapping[str, AlertSource]) -> None:
        self._sinks = sinks
        self._sources = sources

    async def create(self, draft: SilenceDraft, order: Sequence[str], *, lost: SilenceDraft | None = None) -> str:
        """Create a silence; its id. ``lost`` was sent by an earlier try that ended without an answer: it is looked for
        first, and takes the end that is meant now.

        Rejected: nothing was done. Unsettled: nobody knows. Refused: nothing was sent.
        """
        if lost is not None:
            try:
                twin = await self._twin(lost)
            except SourceError as error:
                raise Refused(
                    f"nothing was sent: {error.cause}; nobody can say whether the last try was done"
                ) from None
            if twin is not None:
                return await self._again(draft, twin, order)
        try:
            return await self._first(order, lambda sink: sink.create_silence(draft))
        except SourceError as error:
            return await self._aftermath(draft, error)

    async def update(self, draft: SilenceDraft, order: Sequence[str], before: Silence | None = None) -> str:
        """Change a silence in place. One that ended meanwhile is left alone: a late write would make a new one (measured).

        ``before`` is the silence that the change was decided on; what others changed since is kept. Raises as :meth:`create`.
        """
        try:
            current = await self._current(draft.id, order)
        except SourceError as error:
            raise Refused(f"nothing was sent: {error.cause}") from None
        if current is None or current.state is SilenceState.EXPIRED:
            raise Refused("this silence has ended meanwhile; nothing was sent")
        if before is not None:
            draft = rebased(draft, before, current)
        id = await self._updated(draft, order)
        if id != draft.id:
            await self.expire(id, order)
            raise Rejected(
                "Alertmanager made a new silence instead of changing this one; the new one was ended at once"
            )
        return id

    async def _updated(self, draft: SilenceDraft, order: Sequence[str]) -> str:
        try:
            return await self._first(order, lambda sink: sink.create_silence(draft))
        except SourceError as error:
            if isinstance(error, (BadQuery, Auth)):
                raise Rejected(error.cause, field_of(error.cause)) from None
            now = await self._now(draft.id, order)
            if now is not None and abs(now.ends_at - draft.ends_at) < SAME and now.comment == draft.comment:
                return draft.id
            raise Unsettled(f"no usable answer ({error.cause}); the silence is unchanged as far as is known") from None

    async def expire(self, id: str, order: Sequence[str]) -> None:
        """End a silence; harmless to repeat. Rejected or Unsettled as :meth:`create`."""
        try:
            await self._first(order, lambda sink: sink.expire_silence(id))
        except SourceError as error:
            if isinstance(error, (BadQuery, Auth)):
                raise Rejected(error.cause) from None
            now = await self._now(id, order)
            if now is None or now.state is not SilenceState.EXPIRED:
                raise Unsettled(f"no usable answer ({error.cause}); it may still be active") from None

    async def _first(self, order: Sequence[str], ask: Callable[[AlertSink], Awaitable[T]]) -> T:
        """The answer of the first member that can be reached and, where an id is meant, knows it: what another has not
        heard of yet it cannot change. SourceError as that member has it; Refused where none can be reached."""
        why: SourceError = Unreachable("no Alertmanager is configured")
        for name in order:
            try:
                return await ask(self._sinks[name])
            except SourceError as error:
                unknown = isinstance(error, BadQuery) and error.status == 404
                if not (error.unsent or unknown):
                    raise
                why = error
        if isinstance(why, BadQuery):
            raise why
        raise Refused(f"nothing was sent: {why.cause}")

    async def _again(self, draft: SilenceDraft, twin: Silence, order: Sequence[str]) -> str:
        """The silence of a lost answer, as it is meant now. One that has begun keeps its beginning, or it would be another."""
        if twin.state is SilenceState.PENDING:
            return await self._updated(replace(draft, id=twin.id), order)
        if abs(twin.ends_at - draft.ends_at) < SAME:
            return twin.id
        return await self._updated(redraft(twin, ends_at=draft.ends_at), order)

    async def _aftermath(self, draft: SilenceDraft, error: SourceError) -> str:
        """What became of a creation that was not answered well."""
        if isinstance(error, (BadQuery, Auth)):
            raise Rejected(error.cause, field_of(error.cause)) from None
        try:
            twin = await self._twin(draft)
        except SourceError:
            known = "nobody can say whether it is there"
        else:
            if twin is not None:
                return twin.id
            known = "it is not there as far as is known"
        raise Unsettled(f"no usable answer ({error.cause}); {known}, try again") from None

    async def _twin(self, draft: SilenceDraft) -> Silence | None:
        """The silence that a lost answer left behind, looked for at every member. SourceError: nobody answers."""
        why: SourceError | None = Unreachable("no Alertmanager is configured")
        for source in self._sources.values():
            try:
                answer = await source.poll()
            except SourceError as error:
                why = error if why else None
                continue
            why = None
            for one in answer.silences:
                same = (one.matchers, one.created_by, one.comment) == (draft.matchers, draft.created_by, draft.comment)
                if same and abs(one.ends_at - draft.ends_at) < SAME and one.state is not SilenceState.EXPIRED:
                    return one
        if why is not None:
            raise why
        return None

    async def _current(self, id: str, order: Sequence[str]) -> Silence | None:
        """The silence as a member has it now; None where nobody who answers knows it. SourceError: nobody answers."""
        why: SourceError | None = Unreachable("no Alertmanager is configured")
        for name in order:
            try:
                found = await self._sources[name].silence(id)
            except SourceError as error:
                why = error if why else None
                continue
            if found is not None:
                return found
            why = None
        if why is not None:
            raise why
        return None

    async def _now(self, id: str, order: Sequence[str]) -> Silence | None:
        """The same after a lost answer; None also where nobody answers."""
        try:
            return await self._current(id, order)
        except SourceError:
            return None  # said already: it is the member that did not answer
