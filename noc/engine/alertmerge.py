"""What the members of a cluster say, united: one entry an alert. Pure.

Alerts are not gossiped between members, silences are; so every member is asked and alerts are united by fingerprint, with
the earliest startsAt and the worst state (alerts.md 4).
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from operator import attrgetter

from noc.engine.alertrules import RuleIndex
from noc.engine.book import Entry, MemberView
from noc.model.acks import Ack, parse_ack
from noc.model.alerts import Alert, AlertState, Phase, Silence, SilenceKind, SilenceState
from noc.model.errors import QueryError

FEW = 8
"""One in so many entries may have moved for these alone to be sorted in."""


@dataclass(frozen=True, slots=True)
class United:
    """One alert of the cluster, who has it, and whether anybody who answers has it."""

    alert: Alert
    members: tuple[str, ...]
    live: bool


@lru_cache(maxsize=8192)
def ack_in(silence: Silence) -> Ack | None:
    """What an acknowledging silence says; a thousand silences are read at every poll."""
    return parse_ack(silence)


def united(members: Sequence[MemberView]) -> dict[str, United]:
    """Alerts by fingerprint. A member that fails keeps its last answer; it counts only where nobody else has the alert."""
    out: dict[str, United] = {}
    for live in (True, False):
        for member in members:
            if member.answer is None or (member.error is None) is not live:
                continue
            alone = (member.name,)
            for alert in member.answer.alerts:
                known = out.get(alert.fingerprint)
                if known is None:
                    out[alert.fingerprint] = United(alert, alone, live)
                elif known.live is live:
                    out[alert.fingerprint] = United(_worse(known.alert, alert), known.members + alone, live)
    return out


_hiders = attrgetter("silenced_by", "inhibited_by", "muted_by")


def _worse(one: Alert, other: Alert) -> Alert:
    """Two members' words on one alert: the earliest startsAt; hidden only where both hide it."""
    first, second = (one, other) if one.starts_at <= other.starts_at else (other, one)
    if not first.suppressed:
        return first
    if not second.suppressed:
        return replace(second, starts_at=first.starts_at, since_text=first.since_text)
    if _hiders(first) == _hiders(second):
        return first
    return replace(
        first,
        silenced_by=tuple(dict.fromkeys((*first.silenced_by, *second.silenced_by))),
        inhibited_by=tuple(dict.fromkeys((*first.inhibited_by, *second.inhibited_by))),
        muted_by=tuple(dict.fromkeys((*first.muted_by, *second.muted_by))),
    )


def silences_of(members: Sequence[MemberView]) -> dict[str, Silence]:
    """Silences of the cluster by id, the latest word on each; a member that answers goes before one that does not."""
    out: dict[str, Silence] = {}
    for live in (False, True):
        for member in members:
            if member.answer is None or (member.error is None) is not live:
                continue
            for silence in member.answer.silences:
                known = out.get(silence.id)
                if known is None or silence.updated_at >= known.updated_at:
                    out[silence.id] = silence
    return out


def state_of(alert: Alert, hiding: Iterable[Silence]) -> AlertState:
    """The state as derived from what hides it (alerts.md 3.1); what several things hide has the more urgent state."""
    if not alert.suppressed and not (alert.silenced_by or alert.inhibited_by or alert.muted_by):
        return AlertState.ACTIVE
    found = []
    if alert.silenced_by:
        acked = any(one.kind is SilenceKind.ACK for one in hiding)
        found.append(AlertState.ACKED if acked else AlertState.SILENCED)
    if alert.inhibited_by:
        found.append(AlertState.INHIBITED)
    if alert.muted_by:
        found.append(AlertState.MUTED)
    return min(found, key=lambda state: state.order, default=AlertState.MUTED)


class Lapsed:
    """When acknowledgements ended, by whatever means: an alert's escalation starts anew from there.

    noc's own name their alert; those of other programs are held against its labels.
    """

    def __init__(self, silences: Iterable[Silence] = ()) -> None:
        self._ends: dict[str, float] = {}
        self._foreign: dict[str, list[Silence]] = {}
        for silence in silences:
            if silence.state is not SilenceState.EXPIRED or silence.kind is not SilenceKind.ACK:
                continue
            ack = ack_in(silence)
            if ack is not None and ack.structured:
                self._ends[ack.fingerprint] = max(silence.ends_at, self._ends.get(ack.fingerprint, 0.0))
            else:
                self._foreign.setdefault(_named(silence), []).append(silence)

    def active_since(self, alert: Alert) -> float:
        """Since when an alert is unacknowledged: startsAt, or the end of the last acknowledgement of this firing."""
        since = max(alert.starts_at, self._ends.get(alert.fingerprint, 0.0))
        if self._foreign:
            for silence in (*self._foreign.get(alert.name, ()), *self._foreign.get("", ())):
                if silence.ends_at > since and _matches(silence, alert):
                    since = silence.ends_at
        return since


def _named(silence: Silence) -> str:
    """The name a silence demands of an alert; empty where it may have any."""
    names = (one.value for one in silence.matchers if one.name == "alertname" and one.equal and not one.regex)
    return next(names, "")


def _matches(silence: Silence, alert: Alert) -> bool:
    try:
        return silence.matches(dict(alert.labels))
    except QueryError:
        return False


_INPUTS = ("members", "stale", "silences", "inhibits", "value", "clears_at", "active_since", "flaps")
_inputs = attrgetter(*_INPUTS)
_drawn = attrgetter("state", "phase", "ack", *_INPUTS)
_shown = attrgetter(
    "starts_at",
    "silenced_by",
    "inhibited_by",
    "muted_by",
    "suppressed",
    "annotations",
    "receivers",
    "generator_url",
    "since_text",
)


def entries(
    found: Mapping[str, United],
    silences: Mapping[str, Silence],
    index: RuleIndex,
    lapsed: Lapsed,
    flaps: Mapping[str, int],
    before: Mapping[str, Entry],
) -> dict[str, Entry]:
    """An entry for each united alert, by fingerprint. ``flaps``: firings within the window.

    ``before``: the entries of the book before. One of which nothing changed is taken over, and so is what was concluded
    of an alert that was only sent again: of five thousand alerts few change from poll to poll.
    """
    inhibits: dict[str, int] = {}
    for one in found.values():
        for source in one.alert.inhibited_by:
            inhibits[source] = inhibits.get(source, 0) + 1
    out = {}
    for fp, one in found.items():
        alert, was = one.alert, before.get(fp)
        running = index.of(alert)
        inputs = (
            one.members,
            not one.live,
            tuple([silences[id] for id in alert.silenced_by if id in silences]) if alert.silenced_by else (),
            inhibits.get(fp, 0),
            running.value if running else None,
            running.clears_at if running else None,
            lapsed.active_since(alert),
            flaps.get(fp, 1),
        )
        if was is None or was.phase is Phase.UNKNOWN or _inputs(was) != inputs:
            out[fp] = _entry(alert, inputs)
        elif was.alert is alert:
            out[fp] = was
        elif _shown(was.alert) == _shown(alert):
            out[fp] = _entry(alert, inputs, was)
        else:
            out[fp] = _entry(alert, inputs)
    return out


_Inputs = tuple[tuple[str, ...], bool, tuple[Silence, ...], int, float | None, float | None, float, int]


def _entry(alert: Alert, inputs: _Inputs, was: Entry | None = None) -> Entry:
    """The entry of an alert. ``was``: an entry of equal inputs, whose conclusions hold."""
    members, stale, hiding, inhibits, value, clears, since, flaps = inputs
    acks = [one for one in hiding if one.kind is SilenceKind.ACK] if was is None else ()
    return Entry(
        alert,
        was.state if was else state_of(alert, hiding),
        Phase.FIRING if clears is None else Phase.CLEARING,
        members,
        stale,
        was.ack if was else max(acks, key=lambda one: one.ends_at, default=None),
        hiding,
        inhibits,
        value,
        clears_at=clears,
        active_since=since,
        flaps=flaps,
    )


def alike(one: Sequence[Entry], other: Sequence[Entry]) -> bool:
    """Whether two lists of entries look the same. That an alert was sent again, and ends later, nobody draws."""
    return len(one) == len(other) and all(
        a is b
        or (
            a.alert.fingerprint == b.alert.fingerprint
            and _drawn(a) == _drawn(b)
            and (a.alert is b.alert or _shown(a.alert) == _shown(b.alert))
        )
        for a, b in zip(one, other, strict=True)
    )


def urgency(entry: Entry) -> tuple[int, int, float, str]:
    """Most urgent first: state, severity, then the oldest."""
    return (entry.state.order, -entry.severity.rank, entry.alert.starts_at, entry.alert.fingerprint)


def ordered(current: Mapping[str, Entry], before: Sequence[Entry]) -> tuple[Entry, ...]:
    """Entries by fingerprint, the most urgent first. From poll to poll most keep their place: only the others are sorted."""
    kept, placed = [], set()
    for was in before:
        fp = was.alert.fingerprint
        now = current.get(fp)
        if now is None:
            continue
        if now is was or (now.state is was.state and now.alert.starts_at == was.alert.starts_at):
            kept.append(now)
            placed.add(fp)
    others = [entry for fp, entry in current.items() if fp not in placed]
    if len(others) * FEW > len(kept):
        return tuple(sorted(current.values(), key=urgency))
    for entry in others:
        insort(kept, entry, key=urgency)
    return tuple(kept)
