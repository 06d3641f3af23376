"""The audit: one line of JSON for each thing asked and each outcome, appended whole, readable by its owner alone.

What cannot be recorded is not done.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from noc.actions.intent import Done, Intent
from noc.engine.book import Book
from noc.model.alerts import Silence, SilenceDraft, spelled
from noc.model.clock import Clock
from noc.model.errors import ActionError


class Audit:
    """Appends to ``path``; None records nothing (snapshots, tests). ``environment`` stands in every line."""

    def __init__(self, path: Path | None, clock: Clock, environment: str = "") -> None:
        self.path = path
        self._clock = clock
        self._environment = environment

    def asked(self, intent: Intent, who: str, book: Book) -> None:
        """Before anything is sent. ActionError where it cannot be recorded."""
        alerts = [
            {"fingerprint": entry.alert.fingerprint, "labels": dict(entry.alert.labels)}
            for key in intent.keys
            if (entry := book.by_key.get(key)) is not None
        ]
        try:
            self.write("asked", who, intent, {"alerts": alerts, "after": [_drafted(draft) for draft in intent.drafts]})
        except ActionError as error:
            raise ActionError(f"{error}; nothing was sent") from None

    def ended(self, done: Done, who: str) -> None:
        """How it ended."""
        more: dict[str, Any] = {"result": "done" if done.ok else "failed", "ids": list(done.ids)}
        if done.error is not None:
            more["error"] = str(done.error)
        self.write("ended", who, done.intent, more)

    def opened_runbook(self, name: str, key: str, who: str) -> None:
        """That somebody read a runbook for an alert."""
        self._append({"event": "runbook", "who": who, "runbook": name, "key": key})

    def write(self, event: str, who: str, intent: Intent, more: Mapping[str, Any]) -> None:
        """One line about an intent."""
        line = {
            "event": event,
            "who": who,
            "verb": intent.verb.value,
            "what": intent.summary,
            "keys": list(intent.keys),
            "before": [_silence(one) for one in intent.before],
            "expire": list(intent.expire),
            **intent.detail,
            **more,
        }
        self._append(line)

    def _append(self, line: Mapping[str, Any]) -> None:
        if self.path is None:
            return
        at = datetime.fromtimestamp(self._clock.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        head = {"at": at, "environment": self._environment, "host": os.uname().nodename}
        data = json.dumps({**head, **line}, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if os.write(handle, data) != len(data):
                    raise OSError(28, "the disk is full")
                os.fsync(handle)
            finally:
                os.close(handle)
        except OSError as error:
            raise ActionError(f"{self.path} cannot record this ({error.strerror})") from None


def _drafted(draft: SilenceDraft) -> dict[str, Any]:
    return {
        "id": draft.id,
        "matchers": spelled(draft.matchers),
        "starts_at": _written(draft.starts_at),
        "ends_at": _written(draft.ends_at),
        "created_by": draft.created_by,
        "comment": draft.comment,
    }


def _silence(silence: Silence) -> dict[str, Any]:
    return {
        "id": silence.id,
        "matchers": spelled(silence.matchers),
        "starts_at": _written(silence.starts_at),
        "ends_at": _written(silence.ends_at),
        "created_by": silence.created_by,
        "comment": silence.comment,
        "state": silence.state.value,
    }


def _written(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def entries(path: Path) -> Sequence[Mapping[str, Any]]:
    """The lines of an audit file as they were written; what is no JSON object is left out."""
    out = []
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            found = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(found, dict):
            out.append(found)
    return out
