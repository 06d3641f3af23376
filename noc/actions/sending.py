"""One request to one member, and what became of it when no answer came: never two silences where one was meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from noc.actions.rebasing import rebased
from noc.actions.silence import field_of
from noc.model.alerts import Silence, SilenceDraft, SilenceState
from noc.model.errors import Auth, BadQuery, Refused, Rejected, SourceError, Unreachable, Unsettled
from noc.model.ports import AlertSink, AlertSource

SAME = 2.0
"""Seconds two ends may differ and still be the same silence: a server may keep milliseconds only."""


class Sender:
    """Writes to a cluster: to the first member that can be reached; silences are gossiped to the others."""

    def __init__(self, sinks: Mapping[str, AlertSink], sources: Mapping[str, AlertSource]) -> None:
        self._sinks = sinks
        self._sources = sources

    async def create(self, draft: SilenceDraft, order: Sequence[str], *, again: bool = False) -> str:
        """Create a silence; its id. ``again``: an earlier try ended without an answer, so look first whether it is there.

        Rejected: nothing was done. Unsettled: nobody knows. Refused: no member can be reached.
        """
        if again and (twin := await self._twin(draft, any_end=True)) is not None:
            return twin.id
        why: SourceError | None = None
        for name in order:
            try:
                return await self._sinks[name].create_silence(draft)
            except SourceError as error:
                if error.unsent:
                    why = error
                    continue
                return await self._aftermath(draft, error)
        raise Refused(f"nothing was sent: {why.cause if why else 'no Alertmanager is configured'}")

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
        why: SourceError | None = None
        for name in order:
            try:
                return await self._sinks[name].create_silence(draft)
            except SourceError as error:
                if error.unsent:
                    why = error
                    continue
                if isinstance(error, (BadQuery, Auth)):
                    raise Rejected(error.cause, field_of(error.cause)) from None
                now = await self._now(draft.id, order)
                if now is not None and abs(now.ends_at - draft.ends_at) < SAME and now.comment == draft.comment:
                    return draft.id
                raise Unsettled(
                    f"no usable answer ({error.cause}); the silence is unchanged as far as is known"
                ) from None
        raise Refused(f"nothing was sent: {why.cause if why else 'no Alertmanager is configured'}")

    async def expire(self, id: str, order: Sequence[str]) -> None:
        """End a silence; harmless to repeat. Rejected or Unsettled as :meth:`create`."""
        why: SourceError | None = None
        for name in order:
            try:
                await self._sinks[name].expire_silence(id)
            except SourceError as error:
                if error.unsent:
                    why = error
                    continue
                if isinstance(error, (BadQuery, Auth)):
                    raise Rejected(error.cause) from None
                now = await self._now(id, order)
                if now is not None and now.state is SilenceState.EXPIRED:
                    return
                raise Unsettled(f"no usable answer ({error.cause}); it may still be active") from None
            else:
                return
        raise Refused(f"nothing was sent: {why.cause if why else 'no Alertmanager is configured'}")

    async def _aftermath(self, draft: SilenceDraft, error: SourceError) -> str:
        """What became of a creation that was not answered well."""
        if isinstance(error, (BadQuery, Auth)):
            raise Rejected(error.cause, field_of(error.cause)) from None
        twin = await self._twin(draft)
        if twin is not None:
            return twin.id
        raise Unsettled(f"no usable answer ({error.cause}); it is not there as far as is known, press again") from None

    async def _twin(self, draft: SilenceDraft, *, any_end: bool = False) -> Silence | None:
        """The silence that a lost answer left behind, looked for at every member."""
        for source in self._sources.values():
            try:
                answer = await source.poll()
            except SourceError:
                continue  # said already: it is the member that did not answer
            for one in answer.silences:
                same = (one.matchers, one.created_by, one.comment) == (draft.matchers, draft.created_by, draft.comment)
                ends = any_end or abs(one.ends_at - draft.ends_at) < SAME
                if same and ends and one.state is not SilenceState.EXPIRED:
                    return one
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
