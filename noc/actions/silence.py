"""Silencing: what the form starts with, what it refuses, what it would send. Previews stand in ``guard``."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo

from noc.actions.ack import EARLIER
from noc.actions.guard import preview
from noc.actions.intent import Intent, Verb
from noc.config.alerting import Alerting, Template
from noc.engine.alertfilter import parse_matcher
from noc.engine.book import Book, Entry
from noc.model.alerts import Matcher, SilenceDraft, spelled
from noc.model.coming import parse_coming
from noc.model.errors import Refused
from noc.model.text import clean

DURATIONS = ("15m", "1h", "2h", "4h", "8h", "24h")
LONG = 24 * 3600.0
"""Seconds above which a silence must be meant: people forget what they silenced on Friday."""

VOLATILE = frozenset({"severity", "category"})
"""Labels a prefilled silence leaves out: the same trouble at another level is still the same trouble."""

__all__ = ["DURATIONS", "LONG", "ends", "field_of", "generic", "prefilled", "preview", "propose", "templated"]


def prefilled(entries: Sequence[Entry], settings: Alerting) -> tuple[Matcher, ...]:
    """The matchers a form starts with: the labels all the alerts share, without what is volatile.

    Labels that differ are left out rather than joined: built from several alerts they would match combinations nobody
    has, or nothing (karma#1601).
    """
    shared: dict[str, str] | None = None
    for entry in entries:
        own = dict(entry.alert.labels)
        shared = own if shared is None else {name: value for name, value in shared.items() if own.get(name) == value}
    left = VOLATILE | set(settings.ack.ignore_labels)
    kept = {name: value for name, value in (shared or {}).items() if name not in left and value}
    ordered = sorted(kept, key=lambda name: (name != "alertname", name))
    if not kept and shared:
        return tuple(Matcher(name, value) for name, value in sorted(shared.items()) if value)
    return tuple(Matcher(name, kept[name]) for name in ordered)


def propose(
    matchers: Sequence[Matcher],
    book: Book,
    settings: Alerting,
    author: str,
    comment: str,
    ends_at: float,
    now: float,
    *,
    starts_at: float | None = None,
    long: bool = False,
    verb: Verb = Verb.SILENCE,
    keys: tuple[str, ...] | None = None,
) -> Intent:
    """A new silence from now on, or planned. Times are the wall's; Refused with the field that is to blame.

    A breadth that Alertmanager would refuse is refused here; whether a number was typed is the caller's business.
    """
    _checked(matchers, author, comment, settings)
    begins = now if starts_at is None else starts_at
    if ends_at <= max(now, begins):
        raise Refused("the end must come after the start and after now", "ends")
    if ends_at - begins > LONG and not long:
        raise Refused("longer than 24 hours; say so (--long) if you mean it", "ends")
    found = preview(matchers, book, settings.guard)
    if found.breadth.value == "forbidden":
        raise Refused(found.why, "matchers")
    skew = book.server_now(now) - now
    draft = SilenceDraft(
        tuple(matchers),
        (now + skew - EARLIER) if starts_at is None else starts_at + skew,
        ends_at + skew,
        author.strip(),
        comment.strip(),
    )
    hidden = tuple(entry.key for entry in found.hides) if keys is None else keys
    what = f"silence {clean(spelled(matchers), 160)}: {found.words}"
    return Intent(verb, what, hidden if starts_at is None else (), (draft,), detail={"hides": str(found.number)})


def _checked(matchers: Sequence[Matcher], author: str, comment: str, settings: Alerting) -> None:
    if not matchers:
        raise Refused("a silence needs a matcher", "matchers")
    names = [(one.name, one.op) for one in matchers]
    twice = next((name for name in names if names.count(name) > 1 and name[1] == "="), None)
    if twice is not None:
        raise Refused(f"{clean(twice[0], 40)} stands twice: no alert has both values", "matchers")
    if not author.strip():
        raise Refused("say who you are", "author")
    if generic(author, settings):
        raise Refused(f"{clean(author, 40)!r} does not say who you are; give your name", "author")
    if not comment.strip():
        raise Refused("a comment is required: the next one on call reads it", "comment")


def generic(author: str, settings: Alerting) -> bool:
    """Whether a name is one that several people share."""
    return author.strip().lower() in {name.lower() for name in settings.generic_authors}


def ends(text: str, now: float, tz: tzinfo) -> float:
    """Unix seconds of an end as typed: a duration or a time ahead. Refused with the field."""
    try:
        return parse_coming(text, now, tz)
    except ValueError as error:
        raise Refused(str(error), "ends") from None


_NAME = re.compile(r"\$([A-Za-z_]\w*)", re.ASCII)


def templated(template: Template, values: Mapping[str, str] | None = None) -> tuple[Matcher, ...]:
    """A template's matchers, ``$name`` filled in. Refused for a matcher that is none or a value that is missing."""
    return filled(template.matchers, values or {})


def filled(texts: Sequence[str], values: Mapping[str, str]) -> tuple[Matcher, ...]:
    """Matchers from their texts, ``$name`` in a value filled in, as itself in an expression.

    The text is read first: no value can become a second matcher.
    """
    out = []
    for text in texts:
        try:
            matcher = parse_matcher(text)
        except ValueError as error:
            raise Refused(str(error), "matchers") from None
        out.append(_with(matcher, values))
    return tuple(out)


def _with(matcher: Matcher, values: Mapping[str, str]) -> Matcher:
    def given(found: re.Match[str]) -> str:
        value = values.get(found[1], "").strip()
        if not value:
            raise Refused(f"{found[1]} is needed", found[1])
        return re.escape(value) if matcher.regex else value

    return replace(matcher, value=_NAME.sub(given, matcher.value))


def wanted(texts: Sequence[str]) -> tuple[str, ...]:
    """The names that a template or a class of windows asks for."""
    found = _NAME.findall(" ".join(texts))
    return tuple(dict.fromkeys(found))


_FIELDS = (
    ("comment", "comment"),
    ("createdBy", "author"),
    ("created by", "author"),
    ("end time", "ends"),
    ("endsAt", "ends"),
    ("start time", "starts"),
    ("startsAt", "starts"),
    ("matcher", "matchers"),
    ("label", "matchers"),
    ("regex", "matchers"),
    ("error parsing regexp", "matchers"),
)


def field_of(text: str) -> str:
    """The form's field that a server's refusal is about; empty where it names none."""
    return next((field for words, field in _FIELDS if words.lower() in text.lower()), "")
