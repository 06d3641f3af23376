"""Alerts, silences and books as tests write them: short, with a fixed moment, fingerprints as Alertmanager makes them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from noc.engine.book import Book, Entry, Finding, MemberView
from noc.model.acks import Ack, Stage
from noc.model.alerts import (
    Alert,
    AlertAnswer,
    AlertState,
    ClusterStatus,
    Matcher,
    Phase,
    Silence,
    SilenceState,
    fingerprint,
)
from noc.model.series import labels_of

NOW = datetime(2025, 10, 2, 15, 30, tzinfo=UTC).timestamp()
MINUTE = 60.0


def text_of(at: float) -> str:
    """A moment as Alertmanager writes it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def alert(
    name: str = "DatabaseDeadlocks",
    severity: str = "high",
    *,
    since: float = 5 * MINUTE,
    annotations: dict[str, str] | None = None,
    silenced_by: Sequence[str] = (),
    inhibited_by: Sequence[str] = (),
    muted_by: Sequence[str] = (),
    **labels: str,
) -> Alert:
    """An alert that began ``since`` seconds before NOW; an empty severity leaves the label out."""
    full = {"alertname": name, **({"severity": severity} if severity else {}), **labels}
    return Alert(
        fingerprint=fingerprint(full),
        labels=labels_of(full),
        starts_at=NOW - since,
        annotations=labels_of(annotations or {"summary": f"{name} happened"}),
        ends_at=NOW + 4 * MINUTE,
        updated_at=NOW,
        silenced_by=tuple(silenced_by),
        inhibited_by=tuple(inhibited_by),
        muted_by=tuple(muted_by),
        receivers=("noc",),
        generator_url="http://prometheus:9090/graph?g0.expr=up",
        since_text=text_of(NOW - since),
        suppressed=bool(silenced_by or inhibited_by or muted_by),
    )


def silence(
    *matchers: Matcher,
    by: str = "mara",
    comment: str = "planned",
    since: float = 2 * MINUTE,
    left: float = 13 * MINUTE,
    state: SilenceState = SilenceState.ACTIVE,
    id: str = "",
) -> Silence:
    """A silence that began ``since`` seconds before NOW and ends ``left`` seconds after it."""
    chosen = matchers or (Matcher("alertname", "DatabaseDeadlocks"),)
    made = id or str(uuid.uuid5(uuid.NAMESPACE_OID, f"{chosen}{by}{comment}{since}"))
    return Silence(made, tuple(chosen), NOW - since, NOW + left, by, comment, state, NOW - since, text_of(NOW - since))


def ack_of(
    one: Alert,
    by: str = "mara",
    words: str = "on it",
    *,
    since: float = 2 * MINUTE,
    left: float = 13 * MINUTE,
    stage: Stage = Stage.ACKED,
    extended: int = 0,
) -> Silence:
    """noc's own acknowledgement of an alert."""
    comment = Ack(words, one.fingerprint, one.since_text, one.severity.value, 1, extended, stage).comment()
    matchers = [Matcher(name, value) for name, value in one.labels]
    return silence(*matchers, by=by, comment=comment, since=since, left=left)


def entry(one: Alert, state: AlertState | None = None, phase: Phase = Phase.FIRING, **more: object) -> Entry:
    """A row of the book; the state follows from what hides the alert unless it is given."""
    hides: tuple[Silence, ...] = more.get("silences", ())  # type: ignore[assignment]
    if state is None:
        state = AlertState.ACTIVE
        if one.silenced_by:
            acked = more.get("ack") or any(each.comment.startswith("ACK!") for each in hides)
            state = AlertState.ACKED if acked else AlertState.SILENCED
        elif one.inhibited_by:
            state = AlertState.INHIBITED
        elif one.muted_by:
            state = AlertState.MUTED
    more.setdefault("members", ("alertmanager",))
    more.setdefault("active_since", one.starts_at)
    return Entry(one, state, phase, **more)  # type: ignore[arg-type]


def acked(one: Alert, by: str = "mara", words: str = "on it", **more: object) -> Entry:
    """The same alert acknowledged by somebody; ``more`` goes to :func:`ack_of`."""
    own = ack_of(one, by, words, **more)  # type: ignore[arg-type]
    hidden = Alert(
        **{**{name: getattr(one, name) for name in one.__slots__}, "silenced_by": (own.id,), "suppressed": True}
    )
    return entry(hidden, AlertState.ACKED, ack=own, silences=(own,))


def book(
    *entries: Entry,
    pending: Iterable[Entry] = (),
    resolved: Iterable[Entry] = (),
    silences: Iterable[Silence] = (),
    findings: Iterable[Finding] = (),
    members: Sequence[MemberView] | None = None,
    **more: object,
) -> Book:
    """A book of one answering member; silences of the entries are in it by themselves."""
    ordered = sorted(entries, key=lambda one: (one.state.order, -one.severity.rank, one.alert.starts_at))
    pending, resolved = tuple(pending), tuple(resolved)
    known = {each.id: each for one in entries for each in one.silences} | {each.id: each for each in silences}
    if members is None:
        answer = AlertAnswer(
            tuple(one.alert for one in entries), tuple(known.values()), ClusterStatus("0.25.0", "ready", 1, NOW - 86400)
        )
        members = (MemberView("alertmanager", answer, NOW - 2, asked=True),)
    return Book(
        at=NOW,
        version=1,
        entries=tuple(ordered),
        pending=pending,
        resolved=resolved,
        silences=tuple(known.values()),
        members=tuple(members),
        findings=tuple(findings),
        by_key={one.key: one for one in (*ordered, *pending, *resolved)},
        **more,  # type: ignore[arg-type]
    )
