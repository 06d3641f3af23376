"""One member of an Alertmanager cluster, read and written through its API v2 (alerts.md 4).

Reading asks the groups, because only they say which alerts a time interval mutes. Writing is one request each and is
never repeated here: what becomes of a lost answer is the runner's business.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b

import httpx
import orjson

from noc.config.server import Server
from noc.model.alerts import AlertAnswer, ClusterStatus, Silence, SilenceDraft
from noc.model.clock import Clock
from noc.model.errors import Auth, BadAnswer, BadQuery, SourceError, Timeout
from noc.model.text import clean
from noc.sources import alertdecode
from noc.sources.http import HungUp, Reply, exchange, refusal

IN_THREAD = 100_000
"""Bytes of a body above which it is read in a thread: the event loop draws frames."""

_ID = re.compile(r"[0-9A-Za-z-]{1,64}")  # of a silence, as one part of a path
_JSON = {"Content-Type": "application/json"}
_NEGATIVE_SINCE = (0, 22)  # older servers ignore isEqual and silence the opposite


class AlertmanagerSource:
    """AlertSource and AlertSink over one member."""

    def __init__(self, server: Server, client: httpx.AsyncClient, clock: Clock) -> None:
        self._server = server
        self._client = client
        self._clock = clock
        self._last: _Read | None = None
        self._answered = False

    async def poll(self) -> AlertAnswer:
        """Alerts, silences and status, asked at once within one deadline. SourceError."""
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(self._caught(path)) for path in ("alerts/groups", "silences", "status")]
        found = [task.result() for task in asked]
        groups, silences = (self._good(one) for one in found[:2])
        said = self._said(found[2])
        now = groups.date or self._clock.now()
        if len(groups.body) + len(silences.body) > IN_THREAD:
            read = await asyncio.to_thread(_read, groups.body, silences.body, now, self._last)
        else:
            read = _read(groups.body, silences.body, now, self._last)
        self._last = replace(read, answer=replace(read.answer, status=said, server_time=groups.date))
        return self._last.answer

    async def silence(self, id: str) -> Silence | None:
        """One silence as the server has it now; None when it knows none of that id. SourceError."""
        if not _ID.fullmatch(id):
            return None
        reply = await self._asked(f"silence/{id}")
        if reply.status == 422 or (reply.status == 404 and not _foreign(reply)):
            return None
        raw = alertdecode.document(self._good(reply).body)
        try:
            return alertdecode.silence(raw)  # type: ignore[arg-type]
        except (KeyError, TypeError, ValueError, AttributeError):
            raise BadAnswer("a silence of unknown shape") from None

    async def create_silence(self, draft: SilenceDraft) -> str:
        """One POST. BadQuery with the server's words when it refuses; returns the id it gave."""
        version = self._last.answer.status.version if self._last else ""
        if any(not matcher.equal for matcher in draft.matchers) and _older(version, _NEGATIVE_SINCE):
            raise BadQuery(f"Alertmanager {clean(version, 20)} ignores != and !~ and would silence the opposite")
        reply = await self._sent("POST", "silences", body=body_of(draft))
        if reply.status == 404 and reply.is_json:  # an update of a silence it does not know
            raise BadQuery(words_of(reply), status=404)
        raw = alertdecode.document(self._good(reply).body)
        id = raw.get("silenceID") if isinstance(raw, dict) else None
        if not isinstance(id, str) or not id:
            raise BadAnswer(f"{self._server.url} took the silence and gave no id")
        return id

    async def expire_silence(self, id: str) -> None:
        """One DELETE; ending an ended silence is fine, an unknown id is BadQuery."""
        if not _ID.fullmatch(id):
            raise BadQuery(f"{clean(id, 40)!r} is no silence's id", status=422)
        reply = await self._sent("DELETE", f"silence/{id}")
        unknown = reply.status == 404 and not _foreign(reply)
        if unknown or (reply.status == 500 and b"not found" in reply.body):
            raise BadQuery(f"there is no silence {clean(id, 40)}", status=404)
        self._good(reply, empty=True)

    async def aclose(self) -> None:
        """Close connections; later calls raise Unreachable."""
        await self._client.aclose()

    async def _caught(self, path: str) -> Reply | SourceError:
        """An answer or why there is none: a failing question must not cancel its neighbours with a group of errors."""
        try:
            return await self._asked(path)
        except SourceError as error:
            return error

    async def _asked(self, path: str) -> Reply:
        """A question. A kept connection may be given up by the server in the moment it is used again; one that has
        answered before is then asked once more at once, as questions change nothing."""
        try:
            async with asyncio.timeout(self._server.timeout):
                try:
                    reply = await self._sent("GET", path)
                except HungUp:
                    if not self._answered:
                        raise
                    reply = await self._sent("GET", path)
        except TimeoutError:
            raise Timeout(f"no answer from {self._server.url} within {self._server.timeout:g}s") from None
        self._answered = True
        return reply

    async def _sent(self, method: str, path: str, body: bytes | None = None) -> Reply:
        """One request, sent once."""
        return await exchange(
            self._client,
            method,
            f"/api/v2/{path}",
            deadline=self._server.timeout,
            content=body,
            headers=_JSON if body is not None else None,
        )

    def _said(self, status: Reply | SourceError) -> ClusterStatus:
        """What the member says of itself; nothing where something in between keeps ``/status`` to itself, because it
        shows the configuration with its addresses (alerts.md 2)."""
        try:
            return alertdecode.status(alertdecode.document(self._good(status).body))
        except (Auth, BadAnswer, BadQuery):
            return ClusterStatus()

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


@dataclass(frozen=True, slots=True)
class _Read:
    """An answer as it was read. ``digest`` is of the groups' body, ``lost`` counts what of it is unreadable."""

    answer: AlertAnswer
    digest: bytes
    lost: int


def _read(groups: bytes, silences: bytes, now: float, before: _Read | None) -> _Read:
    """Alerts and silences of two bodies; objects of the answer before are kept where the server says the same of them."""
    digest = blake2b(groups, digest_size=16).digest()
    last = before.answer if before else AlertAnswer((), ())
    if before is not None and digest == before.digest:
        alerts, lost = last.alerts, before.lost
    else:
        alerts, lost = alertdecode.alerts(groups, {one.fingerprint: one for one in last.alerts})
    found, more = alertdecode.silences(alertdecode.document(silences), now)
    alerts = last.alerts if alerts == last.alerts else alerts
    found = last.silences if found == last.silences else found
    changed = before is None or alerts is not last.alerts or found is not last.silences
    size = len(groups) + len(silences)
    return _Read(AlertAnswer(alerts, found, unreadable=lost + more, size=size, changed=changed), digest, lost)


def _older(version: str, than: tuple[int, int]) -> bool:
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) < than


def _foreign(reply: Reply) -> bool:
    """Whether a 404 speaks of the address rather than of a silence: a web server's page, where Alertmanager sends JSON or
    nothing."""
    return bool(reply.body.strip()) and not reply.is_json
