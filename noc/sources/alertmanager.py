"""One member of an Alertmanager cluster, read and written through its API v2 (alerts.md 4).

Reading asks the groups, because only they say which alerts a time interval mutes. Writing is one request each and is
never repeated here: what becomes of a lost answer is the runner's business.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b

import httpx
import orjson

from noc.config.server import Server
from noc.model.alerts import AlertAnswer, Silence, SilenceDraft
from noc.model.clock import Clock
from noc.model.errors import BadAnswer, BadQuery, SourceError
from noc.model.text import clean
from noc.sources import alertdecode
from noc.sources.http import Reply, exchange, refusal

IN_THREAD = 100_000
"""Bytes of a body above which it is read in a thread: the event loop draws frames."""

_JSON = {"Content-Type": "application/json"}
_NEGATIVE_SINCE = (0, 22)  # older servers ignore isEqual and silence the opposite


class AlertmanagerSource:
    """AlertSource and AlertSink over one member."""

    def __init__(self, server: Server, client: httpx.AsyncClient, clock: Clock) -> None:
        self._server = server
        self._client = client
        self._clock = clock
        self._seen: bytes = b""
        self._last: AlertAnswer | None = None

    async def poll(self) -> AlertAnswer:
        """Alerts, silences and status, asked at once. SourceError."""
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._caught(path)) for path in ("alerts/groups", "silences", "status")]
        found = [task.result() for task in asked]
        groups, silences, status = (self._good(one) for one in found)
        digest = blake2b(groups.body + b"\0" + silences.body, digest_size=16).digest()
        now = groups.date or self._clock.now()
        said = alertdecode.status(_document(status.body))
        last = self._last
        if last is not None and digest == self._seen:
            self._last = replace(last, status=said, server_time=groups.date, changed=False)
            return self._last
        if len(groups.body) + len(silences.body) > IN_THREAD:
            answer = await asyncio.to_thread(_answer, groups.body, silences.body, now)
        else:
            answer = _answer(groups.body, silences.body, now)
        self._seen = digest
        self._last = replace(answer, status=said, server_time=groups.date)
        return self._last

    async def silence(self, id: str) -> Silence | None:
        """One silence as the server has it now; None when it knows none of that id."""
        reply = await self._sent("GET", f"silence/{_safe(id)}")
        if reply.status in (404, 422):
            return None
        raw = _document(self._good(reply).body)
        try:
            return alertdecode.silence(raw)  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadAnswer("a silence of unknown shape") from None

    async def create_silence(self, draft: SilenceDraft) -> str:
        """One POST. BadQuery with the server's words when it refuses; returns the id it gave."""
        version = self._last.status.version if self._last else ""
        if any(not matcher.equal for matcher in draft.matchers) and _older(version, _NEGATIVE_SINCE):
            raise BadQuery(f"Alertmanager {clean(version, 20)} ignores != and !~ and would silence the opposite")
        reply = await self._sent("POST", "silences", body=body_of(draft))
        raw = _document(self._good(reply).body)
        id = raw.get("silenceID") if isinstance(raw, dict) else None
        if not isinstance(id, str) or not id:
            raise BadAnswer(f"{self._server.url} took the silence and gave no id")
        return id

    async def expire_silence(self, id: str) -> None:
        """One DELETE; ending an ended silence is fine, an unknown id is BadQuery."""
        reply = await self._sent("DELETE", f"silence/{_safe(id)}")
        if reply.status == 404 or (reply.status == 500 and b"not found" in reply.body):
            raise BadQuery(f"there is no silence {clean(id, 40)}", status=404)
        self._good(reply, empty=True)

    async def aclose(self) -> None:
        """Close connections; later calls raise Unreachable."""
        await self._client.aclose()

    async def _caught(self, path: str) -> Reply | SourceError:
        """An answer or why there is none: a failing question must not cancel its neighbours with a group of errors."""
        try:
            return await self._sent("GET", path)
        except SourceError as error:
            return error

    async def _sent(self, method: str, path: str, body: bytes | None = None) -> Reply:
        return await exchange(
            self._client,
            method,
            f"/api/v2/{path}",
            deadline=self._server.timeout,
            content=body,
            headers=_JSON if body is not None else None,
        )

    def _good(self, reply: Reply | SourceError, *, empty: bool = False) -> Reply:
        """The reply if it is a good one, in JSON unless it may be empty."""
        if isinstance(reply, SourceError):
            raise reply
        where = self._server.url
        if not 200 <= reply.status < 300:
            if reply.status == 404:
                hint = f"{where}/alertmanager" if not where.endswith("/alertmanager") else "the base URL"
                raise BadAnswer(f"404 from {where}: no Alertmanager API there; try {hint}", status=404)
            if reply.status in (400, 409, 415, 422) and not reply.is_html:
                raise BadQuery(words_of(reply) or f"{reply.status} from {where}", status=reply.status)
            raise refusal(reply, where, words_of(reply) if reply.is_json else "")
        if empty and not reply.body.strip():
            return reply
        if reply.is_html:
            raise BadAnswer(f"{where} answered HTML, not Alertmanager: login page or wrong URL?", status=reply.status)
        if not reply.is_json:
            kind = reply.kind or "no content type"
            raise BadAnswer(f"{where} answered {clean(kind, 60)}, not Alertmanager", status=reply.status)
        return reply


def body_of(draft: SilenceDraft) -> bytes:
    """The body of POST /silences: matchers in the draft's order, a verbatim startsAt where there is one."""
    matchers = [
        {"name": one.name, "value": one.value, "isRegex": one.regex, "isEqual": one.equal} for one in draft.matchers
    ]
    body: dict[str, object] = {
        "matchers": matchers,
        "startsAt": draft.starts_text or written(draft.starts_at),
        "endsAt": written(draft.ends_at),
        "createdBy": draft.created_by,
        "comment": draft.comment,
    }
    return orjson.dumps({**body, "id": draft.id} if draft.id else body)


def written(at: float) -> str:
    """A moment as Alertmanager reads it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def words_of(reply: Reply) -> str:
    """The server's own explanation: a JSON string, or ``message`` of an object; one harmless line."""
    try:
        raw = orjson.loads(reply.body)
    except orjson.JSONDecodeError:
        return reply.text
    if isinstance(raw, dict):
        raw = raw.get("message") or raw.get("error") or ""
    return clean(" ".join(str(raw).split()), 200)


def _answer(groups: bytes, silences: bytes, now: float) -> AlertAnswer:
    alerts, lost = alertdecode.alerts(_document(groups))
    found, more = alertdecode.silences(_document(silences), now)
    return AlertAnswer(alerts, found, unreadable=lost + more, size=len(groups) + len(silences))


def _document(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadAnswer("an answer that is no JSON: cut off?") from None


def _older(version: str, than: tuple[int, int]) -> bool:
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) < than


def _safe(id: str) -> str:
    """An id as one part of a path; a broken one is refused before it is sent."""
    if not re.fullmatch(r"[0-9A-Za-z-]{1,64}", id):
        raise BadQuery(f"{clean(id, 40)!r} is no silence's id", status=422)
    return id
