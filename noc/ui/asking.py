"""The query line's judgement: of the text before it is asked, and of the answer in one line. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import promql_parser as grammar

from noc.catalogue import logql
from noc.engine.logplan import loki_key
from noc.engine.syntax import Complaint, complaint, is_logql, parse
from noc.engine.variables import builtins, interpolate
from noc.model.errors import QueryError
from noc.model.text import clean
from noc.model.timerange import format_duration
from noc.ui.board import Board
from noc.ui.panels.data import PanelData

NO_SCRAPE = 15.0  # seconds, where no server says how often it scrapes


@dataclass(frozen=True, slots=True)
class Verdict:
    """``complaint`` is what seems wrong; ``askable`` whether a server may be asked all the same; ``said`` is an answer
    that needs no server."""

    complaint: Complaint | None = None
    askable: bool = True
    said: str = ""


def judged(text: str, board: Board, source: str) -> Verdict:
    """The verdict on a typed expression; the wall's variables and the built-in ones may stand in it."""
    if not text.strip():
        return Verdict(None, askable=False)
    if in_logql(text, board, source):
        return _judged_logql(text, board)
    server = board.runtime.servers.get(source)
    scrape = server.scrape_interval if server is not None else NO_SCRAPE
    try:
        values = {**board.values, **builtins(step=scrape, span=board.span, scrape_interval=scrape)}
        filled = interpolate(text, values)
    except QueryError as error:
        return Verdict(Complaint(str(error)), askable=False)
    found = complaint(filled)
    if found is not None:
        return Verdict(found)
    tree = parse(filled)
    if isinstance(tree, grammar.StringLiteral):
        return Verdict(said=clean(tree.val, 400), askable=False)
    if isinstance(tree, grammar.MatrixSelector | grammar.SubqueryExpr):
        return Verdict(Complaint("samples, not a value", f"rate({clean(text.strip(), 60)})"), askable=False)
    return Verdict()


def in_logql(text: str, board: Board, source: str) -> bool:
    """Whether a text is for Loki: that server was chosen, or nothing else could read it."""
    runtime = board.runtime
    lokis = {loki_key(name, runtime.servers) for name in runtime.log_servers}
    return source in lokis or (source not in lokis and is_logql(text))


def _judged_logql(text: str, board: Board) -> Verdict:
    if not board.runtime.log_servers:
        return Verdict(Complaint("this is LogQL", "no Loki is configured (--loki URL)"), askable=False)
    try:
        filled = board.filled(text)
    except QueryError as error:
        return Verdict(Complaint(clean(str(error), 300)), askable=False)
    try:
        logql.parse(filled)
    except QueryError as error:
        return Verdict(Complaint(clean(str(error), 300)))
    return Verdict()


def lines_answered(data: PanelData) -> tuple[str, bool]:
    """What came back of a log query in one line, and whether it needs attention."""
    feed = data.logs.feed if data.logs is not None else None
    if feed is None:
        return clean(data.fault, 300), True
    if feed.error is not None:
        return f"✖ {clean(feed.error.cause, 400)}", True
    if feed.good_at is None:
        return "asking", False
    full = ", the newest" if len(feed.lines) >= feed.query.limit else ""
    lines = "1 line" if len(feed.lines) == 1 else f"{len(feed.lines)} lines"
    return f"{lines}{full}   last {format_duration(data.end - data.start)}", False


def answered(data: PanelData, *, table: bool) -> tuple[str, bool]:
    """What came back in one line, and whether it needs attention."""
    asked = data.role("main")
    if data.fault or not asked:
        return clean(data.fault, 300), True
    result = asked[0].result
    if result.error is not None:
        return f"✖ {clean(result.error.cause, 400)}", True
    if result.good_at is None:
        return "asking", False
    count = len(result.series)
    parts = [f"{count} series" + (f", {result.dropped} more than the wall keeps" if result.dropped else "")]
    if not table:
        parts.append(f"last {format_duration(data.end - data.start)} every {format_duration(result.query.step)}")
    notes = [clean(word, 300) for word in (*result.warnings, *result.infos)]
    return "   ".join([*parts, *notes]), bool(result.warnings)
