"""Answers of the Alertmanager API v2 and of Prometheus's rules as alerts, silences and rules; parsed tolerantly.

Versions differ: ``mutedBy`` is missing before 0.28, ``generatorURL`` may be missing, ``isEqual`` before 0.22, silences of
several matcher sets exist from 0.32 on (alerts.md 4). What cannot be read is counted, never fatal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import orjson

from noc.model.alerts import (
    NEVER,
    Alert,
    ClusterStatus,
    Matcher,
    Rule,
    RuleAlert,
    Silence,
    SilenceState,
)
from noc.model.errors import BadAnswer
from noc.model.series import Labels, labels_of

PIECE = 200_000
"""Bytes of JSON that are parsed at once: parsing holds the interpreter's lock, and the event loop draws frames."""

_BETWEEN = b'},{"alerts":['  # as Go writes two groups after one another

KEPT = 120 * 3600.0
"""Seconds after which an expired silence is of no use to anybody (Alertmanager's own retention)."""


def moment(text: object) -> float:
    """Unix seconds of an RFC 3339 time with any offset and up to nine decimals; the zero time is NEVER. ValueError."""
    if not isinstance(text, str):
        raise ValueError("no time")
    if text.startswith("0001-01-01"):
        return NEVER
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.timestamp()


def document(body: bytes) -> object:
    """The JSON of a body. BadAnswer."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadAnswer("an answer that is no JSON: cut off?") from None


def alerts(body: bytes, known: Mapping[str, Alert] | None = None) -> tuple[tuple[Alert, ...], int]:
    """Alerts of ``/api/v2/alerts/groups``, each once though several receivers get it; and how many are unreadable.

    An alert that one of its groups mutes is muted. ``known``: alerts of the answer before, by fingerprint, which are taken
    over where nothing of them changed. BadAnswer.
    """
    try:
        return _alerts(map(orjson.loads, _pieces(body)), known or {})
    except orjson.JSONDecodeError:
        return _alerts([document(body)], known or {})


def _alerts(lists: Iterable[object], known: Mapping[str, Alert]) -> tuple[tuple[Alert, ...], int]:
    found: dict[str, Alert] = {}
    unreadable = 0
    for raw in _members(lists):
        try:
            id = raw["fingerprint"]
            there = found.get(id)
            if there is None or len(raw["status"].get("mutedBy") or ()) > len(there.muted_by):
                one, before = alert(raw), known.get(id)
                found[id] = before if before is not None and before == one else one
        except (KeyError, TypeError, ValueError, AttributeError):
            unreadable += 1
    return tuple(found.values()), unreadable


def _members(lists: Iterable[object]) -> Iterator[Any]:
    """What the groups of these lists hold."""
    for groups in lists:
        if not isinstance(groups, list):
            raise BadAnswer("an answer of unknown shape: alerts/groups is no list")
        for group in groups:
            listed = group.get("alerts") if isinstance(group, dict) else None
            yield from listed if isinstance(listed, list) else ()


def _pieces(body: bytes) -> Iterator[bytes]:
    """A list of groups as several shorter lists. Quotes within a JSON string are escaped, so that the mark between two
    groups stands nowhere else; where a server writes its groups in another way, the body stays whole."""
    begin, at = 0, body.find(_BETWEEN, PIECE)
    while at >= 0:
        yield (b"[" if begin else b"") + body[begin : at + 1] + b"]"
        begin = at + 2
        at = body.find(_BETWEEN, begin + PIECE)
    yield b"[" + body[begin:] if begin else body


def alert(raw: Mapping[str, Any]) -> Alert:
    """One alert; KeyError, TypeError or ValueError where it is none."""
    status = raw["status"]
    since = raw["startsAt"]
    return Alert(
        fingerprint=str(raw["fingerprint"]),
        labels=_labels(raw["labels"]),
        starts_at=moment(since),
        annotations=_labels(raw.get("annotations") or {}),
        ends_at=moment(raw["endsAt"]) if raw.get("endsAt") else NEVER,
        updated_at=moment(raw["updatedAt"]) if raw.get("updatedAt") else 0.0,
        silenced_by=_words(status.get("silencedBy")),
        inhibited_by=_words(status.get("inhibitedBy")),
        muted_by=_words(status.get("mutedBy")),
        receivers=tuple(str(one.get("name", "")) for one in raw.get("receivers") or ()),
        generator_url=str(raw.get("generatorURL") or ""),
        since_text=since,
        suppressed=status.get("state") == "suppressed",
    )


def silences(listed: object, now: float) -> tuple[tuple[Silence, ...], int]:
    """Silences of ``/api/v2/silences``, long expired ones left out; and how many are unreadable. ``now``: server's time.

    Active ones first, then pending, then expired, each by their end: a server's own order changes with every answer.
    """
    if not isinstance(listed, list):
        raise BadAnswer("an answer of unknown shape: silences is no list")
    found = []
    unreadable = 0
    for raw in listed:
        try:
            one = silence(raw)
        except (KeyError, TypeError, ValueError, AttributeError):
            unreadable += 1
            continue
        if one.state is not SilenceState.EXPIRED or one.ends_at > now - KEPT:
            found.append(one)
    return tuple(sorted(found, key=lambda one: (_ORDER[one.state], one.ends_at, one.id))), unreadable


_ORDER = {SilenceState.ACTIVE: 0, SilenceState.PENDING: 1, SilenceState.EXPIRED: 2}


def silence(raw: Mapping[str, Any]) -> Silence:
    """One silence; KeyError, TypeError or ValueError where it is none."""
    matchers = tuple(
        Matcher(str(one["name"]), str(one["value"]), bool(one.get("isRegex")), one.get("isEqual") is not False)
        for one in raw["matchers"]
    )
    if not matchers:
        raise ValueError("a silence without matchers")
    return Silence(
        id=str(raw["id"]),
        matchers=matchers,
        starts_at=moment(raw["startsAt"]),
        ends_at=moment(raw["endsAt"]),
        created_by=str(raw.get("createdBy") or ""),
        comment=str(raw.get("comment") or ""),
        state=SilenceState(raw["status"]["state"]),
        updated_at=moment(raw["updatedAt"]) if raw.get("updatedAt") else 0.0,
        starts_text=raw["startsAt"],
    )


def status(raw: object) -> ClusterStatus:
    """What ``/api/v2/status`` says; its ``config`` holds secrets and is not looked at."""
    if not isinstance(raw, dict):
        raise BadAnswer("an answer of unknown shape: status is no object")
    cluster, version = (
        found if isinstance(found := raw.get(name), dict) else {} for name in ("cluster", "versionInfo")
    )
    peers = cluster.get("peers")
    return ClusterStatus(
        str(version.get("version") or ""),
        str(cluster.get("status") or ""),
        len(peers) if isinstance(peers, list) else 0,
        _when(raw.get("uptime")),
    )


def rules(groups: Iterable[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Every rule of ``/api/v1/rules``, in the files' order. BadAnswer where it is none."""
    try:
        return tuple(_rule(raw, group) for group in groups for raw in group.get("rules") or ())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer(f"a rule of unknown shape ({error})") from None


def _rule(raw: Mapping[str, Any], group: Mapping[str, Any]) -> Rule:
    return Rule(
        name=str(raw["name"]),
        group=str(group.get("name") or ""),
        alerting=raw.get("type") == "alerting",
        expr=str(raw.get("query") or ""),
        health=str(raw.get("health") or "unknown"),
        error=str(raw.get("lastError") or ""),
        hold=float(raw.get("duration") or 0.0),
        keep_firing_for=float(raw.get("keepFiringFor") or 0.0),
        interval=float(group.get("interval") or 0.0),
        labels=_labels(raw.get("labels") or {}),
        annotations=_labels(raw.get("annotations") or {}),
        alerts=tuple(_rule_alert(one) for one in raw.get("alerts") or ()),
        evaluated_at=_when(raw.get("lastEvaluation")),
    )


def _rule_alert(raw: Mapping[str, Any]) -> RuleAlert:
    kept = raw.get("keepFiringSince")
    return RuleAlert(
        labels=_labels(raw["labels"]),
        state=str(raw["state"]),
        active_at=moment(raw["activeAt"]),
        value=float(raw.get("value") or "nan"),
        annotations=_labels(raw.get("annotations") or {}),
        keep_firing_since=moment(kept) if kept else None,
    )


def _when(text: object) -> float:
    """A moment that may be missing; 0 then."""
    try:
        at = moment(text)
    except ValueError:
        return 0.0
    return 0.0 if at == NEVER else at


def _labels(raw: Mapping[str, Any]) -> Labels:
    return labels_of({str(name): str(value) for name, value in raw.items()})


def _words(raw: object) -> tuple[str, ...]:
    return tuple(str(one) for one in raw) if isinstance(raw, list) else ()
