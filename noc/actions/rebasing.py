"""A change to a silence, decided on a book some seconds old, applied to the silence as it is now. Pure.

Walls, keepers and amtool change the same silences: a stage set a moment ago must survive a keeper's later end, and an end
that somebody chose must survive a stage.
"""

from __future__ import annotations

from dataclasses import replace

from noc.model.acks import Ack, parse_ack
from noc.model.alerts import Silence, SilenceDraft
from noc.model.errors import Refused
from noc.model.text import clean


def rebased(draft: SilenceDraft, before: Silence, current: Silence) -> SilenceDraft:
    """What ``draft`` changes of ``before``, on ``current``; a later end never shortens. Refused where both changed the
    same words: neither may be lost."""
    ends_at = draft.ends_at
    if draft.ends_at == before.ends_at:
        ends_at = current.ends_at
    elif draft.ends_at > before.ends_at:
        ends_at = max(draft.ends_at, current.ends_at)
    return replace(draft, ends_at=ends_at, comment=_comment(draft, before, current))


def _comment(draft: SilenceDraft, before: Silence, current: Silence) -> str:
    if draft.comment in (before.comment, current.comment):
        return current.comment
    if current.comment == before.comment:
        return draft.comment
    was, wanted, now = parse_ack(before), parse_ack(replace(before, comment=draft.comment)), parse_ack(current)
    merged = _ack(was, wanted, now) if was and wanted and now else None
    if merged is None:
        raise Refused(f"{clean(current.created_by, 40) or 'somebody'}'s silence was changed meanwhile; look again")
    return merged.comment()


def _ack(was: Ack, wanted: Ack, now: Ack) -> Ack | None:
    """Both changes to an acknowledgement; None where they are to the same part of it."""
    if not (was.structured and wanted.structured and now.structured):
        return None
    for name in ("stage", "text"):
        if len({getattr(one, name) for one in (was, wanted, now)}) == 3:
            return None
    return replace(
        now,
        stage=now.stage if wanted.stage is was.stage else wanted.stage,
        text=now.text if wanted.text == was.text else wanted.text,
        extended=max(0, now.extended + wanted.extended - was.extended),
    )
