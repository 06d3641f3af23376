"""The shapes a log line comes in, brought to one: 1.2's flat JSON, Monolog's nested JSON, Laravel's text line, logfmt, and
lines whose fields Loki's pipeline has moved into labels.

A shape becomes pairs of dotted paths and texts; :func:`told` sorts them into the incident's fields, placed as in 1.2, and
the envelope, which differs from writer to writer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noc.catalogue.eventjson import flat, parse_at, parse_object
from noc.model.logs import LogLine

_LEVELS = {
    "trace": "trace",
    "debug": "debug",
    **dict.fromkeys(("info", "information", "informational", "notice"), "info"),
    **dict.fromkeys(("warn", "warning"), "warn"),
    **dict.fromkeys(("err", "error"), "error"),
    **dict.fromkeys(("crit", "critical", "fatal", "panic", "alert", "emerg", "emergency"), "critical"),
}
"""Loki's, syslog's and Monolog's words for levels, in Loki's."""
_NUMBERS = {
    "100": "debug",
    "200": "info",
    "250": "notice",
    "300": "warning",
    "400": "error",
    "500": "critical",
    "550": "alert",
    "600": "emergency",
}
"""Monolog's."""

_LIFTED = ("event_type", "category", "subcategory", "severity", "trace_id", "span_id")
"""What stands at the top in 1.2 and in ``context`` or ``extra`` with Monolog."""
_ENVELOPE = frozenset(("message", "level_name", "channel", "datetime", "timestamp", "extra"))
_CATEGORIES = {"auth_failure": "security", "tenant_violation": "security", "slow_query": "performance"}
"""Monolog's lines have no category; the kinds of 1.2 imply it."""

_LARAVEL = re.compile(r"\[([^\]\n]{8,40})\] ([\w.-]{1,64})\.([A-Z]{4,9}): ")
_PAIR = re.compile(r"""([A-Za-z_][\w.@-]{0,127})=("(?:[^"\\\n]|\\.)*"|[^\s"]*)(?:[ \t]+|$)""")
_PAIRS = 100  # pairs of a logfmt line that are read
_ATTEMPTS = 8  # places of a text line where a JSON context may begin
_WORD = re.compile(
    r"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERR|ERROR|CRIT|CRITICAL|FATAL|PANIC|ALERT|EMERG|EMERGENCY)\b"
    r"|[\[<(](trace|debug|info|notice|warn|warning|err|error|crit|critical|fatal|panic|alert|emerg)[\]>)]"
)
_HEAD = 240  # characters of a text line in which its level is looked for


def known_level(word: str) -> str:
    """A level in Loki's words from a word or Monolog's number in any case; nothing when it is neither."""
    found = _LEVELS.get(word)
    if found is not None or not word or len(word) > 24:
        return found or ""
    lower = word.strip().lower()
    return _LEVELS.get(_NUMBERS.get(lower, lower), "")


def level_in_text(text: str) -> str:
    """The level a plain text line names near its beginning."""
    found = _WORD.search(text, 0, _HEAD)
    return known_level(found[1] or found[2]) if found else ""


def told(line: LogLine) -> tuple[dict[str, str], dict[str, str], bool]:
    """An incident's fields, the envelope, and whether the line itself held them (not its labels)."""
    members = parse_object(line.text)
    if members is not None:
        return *_sorted(dict(flat(members))), True
    pairs = dict(_laravel(line.text)) or dict(_logfmt(line.text))
    if pairs:
        return *_sorted(dict(_labelled(line)) | pairs), True
    fields, envelope = _sorted(dict(_labelled(line)))
    return fields, {"message": line.text, **envelope}, False


def _sorted(pairs: dict[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    fields: dict[str, str] = {}
    envelope: dict[str, str] = {}
    for written, text in pairs.items():
        path = _place(written, pairs)
        if path == "level" or path.partition(".")[0] in _ENVELOPE:
            envelope[path] = text
        elif path != "context" or text not in ("{}", "[]"):
            fields.setdefault(path, text)
    _level(fields, envelope)
    category = _CATEGORIES.get(fields.get("event_type", ""))
    if category:
        fields.setdefault("category", category)
    return fields, envelope


def _place(path: str, pairs: dict[str, str]) -> str:
    """Where 1.2 has what stands at a path; something else that stands there already keeps its place."""
    text = pairs[path]
    if path.startswith("context.context.") and pairs.get(inner := path.removeprefix("context."), text) == text:
        path = inner
    top, _, rest = path.partition(".")
    return rest if top in ("context", "extra") and rest in _LIFTED and pairs.get(rest, text) == text else path


def _level(fields: dict[str, str], envelope: dict[str, str]) -> None:
    """One word for the level, whoever wrote it; a number stays in the envelope."""
    written = envelope.get("level", "")
    number = _NUMBERS.get(written)
    if number is None:
        envelope.pop("level", None)
    word = envelope.get("level_name") or number or written
    if word:
        fields["level"] = word.lower() if known_level(word) else word
    if written and number is None and written != word and written.lower() != fields["level"]:
        envelope["level"] = written


def _labelled(line: LogLine) -> Iterator[tuple[str, str]]:
    """What a ``json`` stage has made of the line: ``context_ip_address``, and ``severity_extracted`` where the stream has a
    label of that name already. Other labels tell of the stream, not of the incident."""
    taken = {name for _, name, _ in _places(line) if name.endswith("_extracted")}
    for path, name, value in _places(line):
        if value and f"{name}_extracted" not in taken:
            yield path, value


def _places(line: LogLine) -> Iterator[tuple[str, str, str]]:
    """Path, label name and value of every label that can stem from the line."""
    for labels in (line.labels, line.metadata):
        for name, value in labels:
            base = name.removesuffix("_extracted")
            if base in _LIFTED or base in _ENVELOPE or base == "level":
                yield base, name, value
            elif base.startswith(("context_", "extra_")):
                yield base.replace("_", ".", 1), name, value


def _laravel(text: str) -> Iterator[tuple[str, str]]:
    """``[2025-10-02 15:30:45] production.WARNING: message {"context": …} {"extra": …}``, Monolog's line formatter."""
    head = _LARAVEL.match(text)
    if head is None:
        return
    yield from (("datetime", head[1]), ("channel", head[2]), ("level_name", head[3]))
    start = head.end()
    body = text.find(" {", start - 1)
    for _ in range(_ATTEMPTS):
        if body < 0:
            break
        context = parse_at(text, body + 1)
        if context is not None and _ends(text, context[1]):
            yield "message", text[start:body].rstrip() if body >= start else ""
            yield from flat(context[0], "context.")
            return
        body = text.find(" {", body + 1)
    yield "message", text[start:].rstrip("\r\n")


def _ends(text: str, at: int) -> bool:
    """Whether nothing but Monolog's extra follows."""
    rest = text[at:].strip()
    return rest in ("", "[]", "{}") or parse_object(rest) is not None


def _logfmt(text: str) -> Iterator[tuple[str, str]]:
    """``level=warn msg="no route" status=404``; the line has to begin so, and to go on so once at least."""
    at = len(text) - len(text.lstrip())
    pairs: list[tuple[str, str]] = []
    while len(pairs) < _PAIRS and (pair := _PAIR.match(text, at)):
        value = pair[2]
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        pairs.append((pair[1], value))
        at = pair.end()
    if len(pairs) > 1:
        yield from pairs
