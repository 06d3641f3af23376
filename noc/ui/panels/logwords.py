"""What a panel of log lines shows and says: which lines, in which order, and the words around them. Pure."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from itertools import takewhile

from noc.catalogue.events import read
from noc.catalogue.eventshapes import known_level
from noc.config.logpanels import LogsSpec
from noc.engine.logfilter import Condition, LogFilter, Mark, highlights, parse
from noc.model.logs import Feed, LogLine
from noc.model.severity import Severity
from noc.model.text import clean
from noc.model.units import format_value
from noc.ui.panels.data import PanelData

YOUNG = 60.0
"""Seconds for which a critical line is counted in the title row."""
REMEMBERED = 6
"""Sifted lists that are kept: two a feed, for as many feeds as a page has."""


def filters(data: PanelData) -> tuple[LogFilter, ...]:
    """The panel's level, its own filter and the typed one, as far as they can be read: one is typed just now."""
    spec = data.spec
    assert isinstance(spec, LogsSpec)
    texts = (f"level>={spec.level}" if spec.level else "", spec.filter, data.logs.typed if data.logs else "")
    return tuple(found for text in texts if text.strip() and (found := _readable(text)) is not None)


def _readable(text: str) -> LogFilter | None:
    try:
        return parse(text)
    except ValueError:
        return None


def marked(data: PanelData) -> tuple[Mark, ...]:
    """What is marked in the lines: the panel's highlights, and what the viewer typed."""
    spec = data.spec
    assert isinstance(spec, LogsSpec)
    typed = _readable(data.logs.typed) if data.logs is not None and data.logs.typed else None
    return (*highlights(spec.highlight), *(typed.marked if typed else ()))


_Held = tuple[Sequence[LogLine], dict[int, bool], tuple[LogLine, ...]]
_held: OrderedDict[object, _Held] = OrderedDict()


def _sifted(key: object, lines: tuple[LogLine, ...], conditions: Sequence[Condition]) -> tuple[LogLine, ...]:
    """The lines that meet every condition. Under equal keys a line is asked about once: what a feed adds is all that is
    read when it grows. Lines are known by identity, which holds while the list they were in is remembered."""
    before, known, found = _held.get(key, ((), {}, ()))
    if before is not lines:
        keeps = LogFilter("", tuple(conditions)).keeps
        verdicts = {
            id(line): verdict if (verdict := known.get(id(line))) is not None else keeps(line) for line in lines
        }
        found = tuple([line for line in lines if verdicts[id(line)]])
        _held[key] = (lines, verdicts, found)
        if len(_held) > REMEMBERED:
            _held.popitem(last=False)
    if key in _held:
        _held.move_to_end(key)
    return found


def kept(feed: Feed, wanted: tuple[LogFilter, ...]) -> tuple[LogLine, ...]:
    """The lines of a feed that pass every filter, oldest first."""
    if not wanted:
        return feed.lines
    return _sifted((feed.query, wanted), feed.lines, [condition for one in wanted for condition in one.conditions])


def listed(data: PanelData) -> tuple[LogLine, ...]:
    """The lines of a panel from top to bottom, seen or not."""
    spec = data.spec
    assert isinstance(spec, LogsSpec)
    if data.logs is None:
        return ()
    lines = kept(data.logs.feed, filters(data))
    return lines if spec.order == "oldest" else lines[::-1]


def line_of(data: PanelData, key: str) -> LogLine | None:
    """The line a row stands for; None when it is gone."""
    return next((line for line in listed(data) if line.key == key), None) if key.startswith("line:") else None


def young_criticals(data: PanelData) -> int:
    """Critical lines of the last minute among those the panel shows."""
    if data.logs is None or data.logs.feed.query.end is not None:
        return 0
    feed, wanted, since = data.logs.feed, filters(data), data.now - YOUNG
    criticals = _sifted((feed.query, Severity.CRITICAL), feed.lines, (_critical,))  # whatever is typed meanwhile
    young = takewhile(lambda line: line.seconds > since, reversed(criticals))
    return sum(all(one.keeps(line) for one in wanted) for line in young)


_SPELLED = ("crit", "fatal", "panic", "alert", "emerg", "500", "550", "600", "\\u")
"""How a text that makes its line critical must spell it: a level's word or Monolog's number, or what JSON may hide it in."""
_LEVELLED, _SEVERE = ("detected_level", "level"), ("severity", "severity_extracted")


def _critical(line: LogLine) -> bool:
    """Whether a row is drawn as critical; only a line that may be is read for it: a flood is asked line by line."""
    return _may_be_critical(line) and read(line).severity is Severity.CRITICAL


def _may_be_critical(line: LogLine) -> bool:
    word, text = Severity.CRITICAL.value, line.text.lower()
    return (
        any(spelled in text for spelled in _SPELLED)
        or any(known_level(line.label(name)) == word for name in _LEVELLED)
        or any(line.label(name).lower() == word for name in _SEVERE)
    )


def count(number: int) -> str:
    """``1,234``: what is lost is counted exactly."""
    return f"{number:,}"


def title_words(data: PanelData) -> str:
    """What stands at the right of the title row: that it stands still, and how fast lines come."""
    logs = data.logs
    if logs is None:
        return ""
    still = "paused" if logs.paused else "stands still" if logs.standing else ""
    rate = logs.feed.rate if logs.feed.query.end is None else None
    return "  ".join(filter(None, [still, f"{format_value(rate, decimals=1 if rate < 10 else 0)}/s" if rate else ""]))


def waiting_words(data: PanelData) -> str:
    """How many lines came since the list stands still."""
    waiting = data.logs.waiting if data.logs is not None else 0
    arrow = "↓" if isinstance(data.spec, LogsSpec) and data.spec.order == "oldest" else "↑"
    return f"{count(waiting)} new {arrow}   Esc lets them in" if waiting else ""


def lost_words(data: PanelData) -> list[str]:
    """What is not shown and why, and how the feed is followed when not as asked."""
    if data.logs is None:
        return []
    feed = data.logs.feed
    return [
        word
        for word in (
            f"{count(feed.dropped)} dropped by the server" if feed.dropped else "",
            f"{count(feed.skipped)} skipped" if feed.skipped else "",
            "more skipped, not counted" if feed.uncounted else "",
            clean(feed.note, 120),
        )
        if word
    ]


def filter_words(data: PanelData) -> str:
    """The typed filter and how much it leaves; the panel's own is its title's to say."""
    logs = data.logs
    if logs is None or not logs.typed.strip():
        return ""
    if _readable(logs.typed) is None:
        return f"filter {clean(logs.typed, 60)} is not understood"
    left, all_ = len(kept(logs.feed, filters(data))), len(logs.feed.lines)
    return f"{clean(logs.typed, 60)}   {count(left)} of {count(all_)} lines"
