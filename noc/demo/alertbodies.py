"""Bodies of the Alertmanager API: silences and alerts out of JSON, checked in the server's order, and back into it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from noc.demo import gojson, gotime
from noc.demo.received import ReceivedAlert
from noc.demo.silences import StoredSilence
from noc.model.alerts import Matcher
from noc.model.series import labels_of

REQUIRED, TOO_FEW, WRONG_FORMAT = 602, 612, 601
"""Codes in the body of a 422."""

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*", re.ASCII)
_URI = re.compile(r"(?:/|[a-zA-Z][a-zA-Z0-9+.-]*:)[^\x00-\x20\x7f]*", re.ASCII)


_MATCHER: Mapping[str, gojson.Check] = {
    "name": gojson.text("Matcher.matchers.name"),
    "value": gojson.text("Matcher.matchers.value"),
    "isRegex": gojson.truth("Matcher.matchers.isRegex"),
    "isEqual": gojson.truth("Matcher.matchers.isEqual"),
}
_SILENCE: Mapping[str, gojson.Check] = {
    "id": gojson.text(".id"),
    "comment": gojson.text("Silence.comment"),
    "createdBy": gojson.text("Silence.createdBy"),
    "startsAt": gojson.moment("Silence.startsAt"),
    "endsAt": gojson.moment("Silence.endsAt"),
    "matchers": gojson.objects("Silence.matchers", "models.Matchers", "models.Matcher", _MATCHER),
}
_ALERT: Mapping[str, gojson.Check] = {
    "labels": gojson.texts("Alert.labels"),
    "annotations": gojson.texts(".annotations"),
    "startsAt": gojson.moment(".startsAt"),
    "endsAt": gojson.moment(".endsAt"),
    "generatorURL": gojson.text("Alert.generatorURL"),
}


class RefusedBody(ValueError):
    """A body the server does not take: HTTP status, code and message of its answer."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def silence_of(body: bytes, now: datetime) -> StoredSilence:
    """The silence of POST /silences, not yet checked against the store. RefusedBody."""
    raw = _typed(_read(body, "silence"), "silence", "models.PostableSilence", _SILENCE)
    for key in ("comment", "createdBy", "endsAt", "matchers", "startsAt"):
        if raw.get(key) is None:
            raise RefusedBody(422, REQUIRED, f"{key} in body is required")
        if key == "matchers" and not raw[key]:
            raise RefusedBody(422, TOO_FEW, "matchers in body should have at least 1 items")
        for number, one in enumerate(raw["matchers"] if key == "matchers" else ()):
            for name in ("isRegex", "name", "value"):
                if (one or {}).get(name) is None:
                    raise RefusedBody(422, REQUIRED, f"matchers.{number}.{name} in body is required")
    matchers = tuple(
        Matcher(one["name"], one["value"], one["isRegex"], one.get("isEqual") is not False) for one in raw["matchers"]
    )
    starts, ends = gotime.parsed(raw["startsAt"]), gotime.parsed(raw["endsAt"])
    return StoredSilence(raw.get("id") or "", matchers, starts, ends, raw["createdBy"], raw["comment"], now)


def alerts_of(body: bytes, now: datetime, resolve_timeout: float) -> tuple[list[ReceivedAlert], list[str]]:
    """The good alerts of POST /alerts, and what is wrong with the others. RefusedBody when it cannot be read at all."""
    listed = _read(body, "alerts")
    if listed is not None and not isinstance(listed, list):
        raise _unread("alerts", gojson.mismatch(listed, "value", "models.PostableAlerts"))
    objects = [_typed(one, "alerts", "models.PostableAlert", _ALERT) for one in listed or ()]
    for number, raw in enumerate(objects):
        url = raw.get("generatorURL")
        if url and not _URI.fullmatch(url):
            message = f"{number}.generatorURL in body must be of type uri: {json.dumps(url, ensure_ascii=False)}"
            raise RefusedBody(422, WRONG_FORMAT, message)
        if raw.get("labels") is None:
            raise RefusedBody(422, REQUIRED, f"{number}.labels in body is required")
    found, faults = [], []
    for raw in objects:
        alert = _alert(raw, now, resolve_timeout)
        fault = _fault(alert)
        if fault:
            faults.append(fault)
        else:
            found.append(alert)
    return found, faults


def _alert(raw: Mapping[str, Any], now: datetime, resolve_timeout: float) -> ReceivedAlert:
    starts = gotime.parsed(raw.get("startsAt") or "")
    ends = gotime.parsed(raw.get("endsAt") or "")
    if starts == gotime.ZERO:
        starts = now if ends == gotime.ZERO else ends
    timeout = ends == gotime.ZERO
    return ReceivedAlert(
        labels_of({name: value for name, value in raw["labels"].items() if value}),
        starts,
        now + timedelta(seconds=resolve_timeout) if timeout else ends,
        now,
        labels_of({name: value or "" for name, value in (raw.get("annotations") or {}).items()}),
        raw.get("generatorURL") or "",
        timeout,
    )


def _fault(alert: ReceivedAlert) -> str:
    if alert.ends_at < alert.starts_at:
        return "start time must be before end time"
    for what, pairs in (("label set", alert.labels), ("annotations", alert.annotations)):
        for name, _ in pairs:
            if not _LABEL.fullmatch(name):
                return f"invalid {what}: invalid name {json.dumps(name, ensure_ascii=False)}"
        if what == "label set" and not pairs:
            return "at least one label pair required"
    return ""


def _read(body: bytes, what: str) -> object:
    if not body:
        raise RefusedBody(422, REQUIRED, f"{what} in body is required")
    try:
        return gojson.document(body)
    except ValueError as fault:
        raise _unread(what, str(fault)) from None


def _typed(value: object, what: str, kind: str, known: Mapping[str, gojson.Check]) -> Mapping[str, Any]:
    try:
        return gojson.fields(value, kind, known)
    except ValueError as fault:
        raise _unread(what, str(fault)) from None


def _unread(what: str, words: str) -> RefusedBody:
    return RefusedBody(400, 400, f'parsing {what} body from "" failed, because {words}')


def silence_json(silence: StoredSilence, now: datetime) -> dict[str, object]:
    return {
        "id": silence.id,
        "status": {"state": silence.state(now).value},
        "updatedAt": gotime.written(silence.updated_at),
        "comment": silence.comment,
        "createdBy": silence.created_by,
        "endsAt": gotime.written(silence.ends_at),
        "matchers": [
            {"isEqual": one.equal, "isRegex": one.regex, "name": one.name, "value": one.value}
            for one in silence.matchers
        ],
        "startsAt": gotime.written(silence.starts_at),
    }


def alert_json(alert: ReceivedAlert, status: Mapping[str, object], receivers: Iterable[str]) -> dict[str, object]:
    """One alert; ``generatorURL`` only where there is one."""
    url = {"generatorURL": alert.generator_url} if alert.generator_url else {}
    return {
        "annotations": dict(alert.annotations),
        "endsAt": gotime.written(alert.ends_at),
        "fingerprint": alert.fingerprint,
        "receivers": [{"name": name} for name in receivers],
        "startsAt": gotime.written(alert.starts_at),
        "status": dict(status),
        "updatedAt": gotime.written(alert.updated_at),
        **url,
        "labels": dict(alert.labels),
    }


def status_json(silenced: Sequence[str], inhibited: Sequence[str]) -> dict[str, object]:
    """``status`` of an alert as 0.25 has it."""
    state = "suppressed" if silenced or inhibited else "active"
    return {"inhibitedBy": list(inhibited), "silencedBy": list(silenced), "state": state}
