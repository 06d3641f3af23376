"""What the dialog of blocking an address asks and what it would do, as a pure function of what is typed. No Textual."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo

from noc.actions import block
from noc.actions.block import Block, Collateral
from noc.config.blocking import Blocking
from noc.model.errors import Refused
from noc.model.text import clean
from noc.model.timerange import format_duration, parse_duration
from noc.ui.alertforms import Examined, FieldSpec, FormSpec, Values


@dataclass(slots=True)
class BlockQuestion:
    """One address that somebody thinks of blocking. ``collateral`` is filled in when the log has answered."""

    address: str
    settings: Blocking
    blocks: tuple[Block, ...]
    author: str
    generic: Callable[[str], bool]
    """Whether a name says nothing about who acts."""
    host: str
    now: Callable[[], float]
    tz: tzinfo
    collateral: Collateral = field(default_factory=Collateral)
    counting: bool = True


def block_form(question: BlockQuestion) -> FormSpec:
    """Reason, duration and, where the account does not say it, who; the address must be typed whole."""
    author = "" if question.generic(question.author) else question.author
    fields = [
        FieldSpec("reason", "reason", hint="what it did; the next one on call reads it"),
        FieldSpec("expires", "for", format_duration(question.settings.expires)),
        FieldSpec("author", "who", author, hint="your name"),
    ]
    return FormSpec(f"Block {question.address}", tuple(fields), lambda values: _examined(question, values))


def _examined(question: BlockQuestion, values: Values) -> Examined:
    title, now = f"Block {question.address}", question.now()
    try:
        expires = _expires(values.get("expires", ""))
        preview = block.preview(
            question.address,
            question.settings,
            question.blocks,
            now,
            collateral=question.collateral,
            expires=expires,
        )
    except Refused as error:
        return Examined(title, ((str(error), "warn"),), problem=str(error), field=error.field)
    lines = [(line, _role(line, question)) for line in preview.lines(question.tz, now)]
    if question.counting:
        lines.append(("counting in the log whom it would hit ...", "quiet"))
    confirm = f"Block {preview.address} for {format_duration(round(expires))}"
    try:
        author = values.get("author", "").strip()
        if question.generic(author):
            raise Refused("say who you are", "author")
        intent = block.propose(
            question.address,
            question.settings,
            question.blocks,
            author,
            clean(values.get("reason", ""), block.REASON),
            now,
            question.host,
            collateral=question.collateral,
            expires=expires,
        )
    except Refused as error:
        return Examined(title, tuple(lines), confirm, (preview.address,), str(error), error.field)
    return Examined(title, tuple(lines), confirm, (preview.address,), intent=intent)


def _role(line: str, question: BlockQuestion) -> str:
    """What it hits is the point of the preview."""
    if line.startswith("hits:"):
        good = question.collateral.good_requests
        return "quiet" if question.counting else "good" if good == 0 else "warn"
    return "plain" if line.startswith(("block", "stops")) else "quiet"


def _expires(text: str) -> float:
    try:
        return parse_duration(text.strip())
    except ValueError as error:
        raise Refused(str(error), "expires") from None
