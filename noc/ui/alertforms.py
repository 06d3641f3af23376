"""What the forms of alert work ask and what they would do, as pure functions: fields in, consequence out. No Textual.

``examine`` is called with what is typed, again and again: it says what would happen now, what must be typed before it may,
and what is wrong. The form shows that and sends what it returns, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from noc.actions import ack, emergency, expire, guard, silence, window
from noc.actions.block import BlockIntent
from noc.actions.intent import Breadth, Intent, Preview
from noc.config.alerting import Alerting, Template
from noc.engine.alertfilter import parse_matcher
from noc.engine.book import Book, Entry
from noc.engine.digest import named
from noc.engine.escalation import countdown
from noc.model.acks import free_text
from noc.model.alerts import Matcher, Silence, SilenceKind, spelled
from noc.model.errors import ActionError, Refused
from noc.model.text import clean
from noc.model.timerange import format_duration

LISTED = 6
"""Alerts of a preview that are named; the rest is counted."""

MATCHERS = 10
"""Lines for matchers at most."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One line to type. ``words`` stands in front of it, ``hint`` in it while it is empty."""

    id: str
    words: str
    value: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Examined:
    """What would happen now. ``lines`` are (text, role): plain, quiet, good, warn or an alert's severity."""

    title: str
    lines: tuple[tuple[str, str], ...] = ()
    confirm: str = ""
    wanted: tuple[str, ...] = ()
    """Words and numbers that must be typed, in this order, blanks between them; none: nothing."""
    problem: str = ""
    field: str = ""
    intent: Intent | BlockIntent | None = None


Values = Mapping[str, str]
Examine = Callable[[Values], Examined]


@dataclass(frozen=True, slots=True)
class FormSpec:
    """A form whole."""

    title: str
    fields: tuple[FieldSpec, ...]
    examine: Examine
    problem: ActionError | None = None
    """Why the server refused what was typed: said at its field when the form opens again."""

    def again(self, values: Values, problem: ActionError) -> FormSpec:
        """The form as it was sent, with what was wrong."""
        fields = tuple(replace(one, value=values.get(one.id, one.value)) for one in self.fields)
        return replace(self, fields=fields, problem=problem)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every form needs of the wall: the book as it is now, the clock, who acts and where."""

    book: Callable[[], Book]
    now: Callable[[], float]
    settings: Alerting
    author: str
    tz: tzinfo
    environment: str = ""

    def verb(self, words: str, count: int) -> str:
        """What stands on the button: the verb and its consequence, ``Silence 7 alerts in PROD``."""
        return f"{words} {many(count)}" + (f" in {clean(self.environment, 30)}" if self.environment else "")


# -- words


def moment_words(at: float, now: float, tz: tzinfo) -> str:
    """A moment as duration, local and UTC: ``in 2:00:00, Thu 16:00 CEST (14:00 UTC)``."""
    here, utc = datetime.fromtimestamp(at, tz), datetime.fromtimestamp(at, UTC)
    zone = "" if here.utcoffset() == utc.utcoffset() else f" ({utc:%H:%M} UTC)"
    return f"in {countdown(at - now)}, {here:%a %d %b %H:%M} {here.tzname() or ''}{zone}"


def entry_lines(entries: Sequence[Entry], *, listed: int = LISTED) -> list[tuple[str, str]]:
    """The alerts of a preview, the most severe first."""
    ordered = sorted(entries, key=lambda one: (-one.severity.rank, one.alert.name))
    out = [(f"  {one.severity.glyph} {named(one, 100)}", one.severity.value) for one in ordered[:listed]]
    if len(ordered) > listed:
        out.append((f"  and {len(ordered) - listed} more", "quiet"))
    return out


def preview_lines(found: Preview) -> list[tuple[str, str]]:
    role = "warn" if found.breadth is not Breadth.NARROW else "plain"
    words = found.words
    if found.hidden_already:
        words += f", {found.hidden_already} of them hidden already"
    out = [(words, role), *entry_lines(found.hides)]
    if found.why:
        out.append((found.why, "warn"))
    if not found.hides and found.breadth is Breadth.NARROW:
        out.append(("  nothing that fires now; what fires later and matches is hidden", "quiet"))
    return out


def wanted_of(found: Preview, span: float) -> tuple[str, ...]:
    """What must be typed: the number where it is broad, ``long`` beyond a day."""
    out = [str(found.number)] if found.breadth is Breadth.BROAD else []
    return tuple([*out, "long"] if span > silence.LONG else out)


def many(count: int) -> str:
    return f"{count} alert" + ("" if count == 1 else "s")


# -- the forms


def _common(desk: Desk, comment: str = "") -> tuple[FieldSpec, ...]:
    author = "" if silence.generic(desk.author, desk.settings) else desk.author
    return (
        FieldSpec("author", "author", author, "your name"),
        FieldSpec("comment", "comment", comment, "why; the next one on call reads it"),
    )


def silence_form(desk: Desk, matchers: Sequence[Matcher], *, comment: str = "", ends: str = "2h") -> FormSpec:
    """A new silence. Each matcher is a line of its own; an emptied line is gone.

    A value that a terminal would obey is shown cleaned, and is meant as it was while nobody edits its line.
    """
    known = {clean(str(one)): one for one in matchers[:MATCHERS]}
    lines = list(known)
    spare = max(1, min(2, MATCHERS - len(lines)))
    fields = (
        *(FieldSpec(f"matcher{index}", "matcher" if not index else "", text) for index, text in enumerate(lines)),
        *(
            FieldSpec(f"matcher{index}", "" if lines else "matcher", "", 'name="value", name=~"a|b", name!="c"')
            for index in range(len(lines), len(lines) + spare)
        ),
        FieldSpec("ends", "ends", ends, "15m 1h 2h 4h 8h 24h, 18:00, tomorrow 09:00"),
        FieldSpec("starts", "starts", "now", "now, or a time ahead"),
        *_common(desk, comment),
    )

    def examine(values: Values) -> Examined:
        book, now = desk.book(), desk.now()
        found = []
        for key, text in values.items():
            if not key.startswith("matcher") or not text.strip():
                continue
            try:
                found.append(known.get(text) or parse_matcher(text))
            except ValueError as error:
                return Examined("Silence", ((str(error), "warn"),), problem=str(error), field=key)
        preview = guard.preview(found, book, desk.settings.guard)
        refused, ends_at, starts_at = None, now, None
        try:
            starts_at = _begins(values["starts"], now, desk.tz)
            ends_at = silence.ends(values["ends"], starts_at or now, desk.tz)
            intent = silence.propose(
                found,
                book,
                desk.settings,
                values["author"],
                values["comment"],
                ends_at,
                now,
                starts_at=starts_at,
                long=True,
            )
        except Refused as error:
            refused, intent = error, None
        lines = preview_lines(preview)
        if ends_at > now:
            lines.append((f"ends {moment_words(ends_at, now, desk.tz)}", "quiet"))
        if starts_at:
            lines.append((f"begins {moment_words(starts_at, now, desk.tz)}", "quiet"))
        return Examined(
            f"Silence {preview.number} of {many(preview.total)}",
            tuple(lines),
            desk.verb("Silence", preview.number),
            wanted_of(preview, ends_at - (starts_at or now)) if preview.breadth is not Breadth.FORBIDDEN else (),
            str(refused) if refused else "",
            refused.field if refused else "",
            intent,
        )

    return FormSpec("Silence", fields, examine)


def _begins(text: str, now: float, tz: tzinfo) -> float | None:
    """A planned start as typed; None for now. Refused with the field."""
    if text.strip() in ("", "now"):
        return None
    try:
        return silence.ends(text, now, tz)
    except Refused as error:
        raise Refused(str(error), "starts") from None


def templated(desk: Desk, template: Template) -> FormSpec:
    """A silence from a template of the settings."""
    return silence_form(
        desk,
        tuple(parse_matcher(text) for text in template.matchers),
        comment=template.comment,
        ends=format_duration(template.duration),
    )


def window_form(desk: Desk, name: str) -> FormSpec:
    """A maintenance window of a class: its questions, when, why."""
    chosen = desk.settings.windows[name]
    fields = (
        *(FieldSpec(asked, asked.replace("_", " "), "", "the label's value") for asked in window.asks(chosen)),
        FieldSpec("starts", "starts", "now", "now, or a time ahead: 22:00, sat 02:00"),
        FieldSpec("ends", "lasts", format_duration(chosen.duration), "2h, or a time ahead"),
        *_common(desk, chosen.title),
    )

    def examine(values: Values) -> Examined:
        book, now = desk.book(), desk.now()
        ends_at, starts_at, preview = now, None, None
        refused: Refused | None = None
        intent = None
        try:
            matchers = window.matchers_of(chosen, values, book)
            preview = guard.preview(matchers, book, desk.settings.guard)
            starts_at = _begins(values["starts"], now, desk.tz)
            ends_at = silence.ends(values["ends"], starts_at or now, desk.tz)
            intent = window.propose(
                name,
                values,
                book,
                desk.settings,
                values["author"],
                values["comment"],
                ends_at,
                now,
                starts_at=starts_at,
                long=True,
            )
            lines = [(clean(spelled(matchers), 200), "plain"), *preview_lines(preview)]
        except Refused as error:
            refused, lines = error, [(clean(" ".join(chosen.matchers), 200), "quiet")]
            lines += preview_lines(preview) if preview else []
        if ends_at > now:
            begins = moment_words(starts_at, now, desk.tz) if starts_at else "now"
            lines.append((f"begins {begins}, ends {moment_words(ends_at, now, desk.tz)}", "quiet"))
        count = preview.number if preview else 0
        return Examined(
            f"Maintenance: {chosen.title}",
            tuple(lines),
            desk.verb("Silence", count) if not starts_at else "Plan the window",
            wanted_of(preview, ends_at - (starts_at or now)) if preview else (),
            str(refused) if refused else "",
            refused.field if refused else "",
            intent,
        )

    return FormSpec(f"Maintenance: {chosen.title}", fields, examine)


def emergency_form(desk: Desk) -> FormSpec:
    """Everything but the Watchdog: the number must always be typed."""
    fields = (FieldSpec("minutes", "minutes", "30", "30 at most"), *_common(desk))

    def examine(values: Values) -> Examined:
        book, now = desk.book(), desk.now()
        preview = emergency.preview(book, desk.settings)
        refused: Refused | None = None
        intent = None
        text = values["minutes"].strip()
        minutes = float(text) if text.replace(".", "", 1).isdigit() else 0.0
        try:
            intent = emergency.propose(book, desk.settings, values["author"], values["comment"], minutes * 60, now)
        except Refused as error:
            refused = error if error.field != "ends" else Refused(str(error), "minutes")
        lines = [("every wall shows a red banner until it ends; the Watchdog stays", "warn"), *preview_lines(preview)]
        if minutes > 0:
            lines.append((f"ends {moment_words(now + minutes * 60, now, desk.tz)}", "quiet"))
        return Examined(
            "Silence EVERYTHING but the Watchdog",
            tuple(lines),
            desk.verb("Silence", preview.number),
            (str(preview.number),),
            str(refused) if refused else "",
            refused.field if refused else "",
            intent,
        )

    return FormSpec("Silence EVERYTHING but the Watchdog", fields, examine)


def expire_form(desk: Desk, ids: Sequence[str]) -> FormSpec:
    """End silences: what wakes."""

    def examine(values: Values) -> Examined:
        book = desk.book()
        found = [one for id in ids if (one := book.silence(id)) is not None]
        if not found:
            return Examined("Expire", (("these silences are gone", "quiet"),), problem="there is nothing left to end")
        waking = expire.preview(found, book, desk.author)
        lines = [(clean(expire.words(waking), 200), "warn" if waking.guarded else "plain")]
        lines += [(f"  {silence_line(one)}", "quiet") for one in found[:3]]
        lines += entry_lines(waking.wakes)
        if waking.why:
            lines.append((waking.why, "warn"))
        try:
            intent, refused = expire.propose(waking), None
        except Refused as error:
            intent, refused = None, error
        word = "End the acknowledgement" if all(one.kind is SilenceKind.ACK for one in found) else "End the silence"
        return Examined(
            word if len(found) == 1 else f"End {len(found)} silences",
            tuple(lines),
            f"{word}: {many(waking.number)} wake" + ("s" if waking.number == 1 else ""),
            (str(waking.number),) if waking.guarded else (),
            str(refused) if refused else "",
            "",
            intent,
        )

    return FormSpec("Expire", (), examine)


def silence_line(one: Silence) -> str:
    words = free_text(one.comment)
    return clean(f"{spelled(one.matchers)} by {one.created_by}" + (f": {words}" if words else ""), 200)


def extend_form(desk: Desk, id: str) -> FormSpec:
    """A later end, in place."""
    fields = (FieldSpec("ends", "ends", "1h", "from now: 30m, 2h; or a time: 18:00, tomorrow 09:00"),)

    def examine(values: Values) -> Examined:
        book, now = desk.book(), desk.now()
        found = book.silence(id)
        if found is None:
            return Examined("Extend", (("this silence is gone", "quiet"),), problem="there is nothing left to extend")
        skew = book.server_now(now) - now
        lines = [
            (silence_line(found), "plain"),
            (f"ends now {moment_words(found.ends_at - skew, now, desk.tz)}", "quiet"),
        ]
        ends_at = now
        try:
            ends_at = silence.ends(values["ends"], now, desk.tz)
            intent, refused = ack.extended(found, ends_at + skew), None
        except Refused as error:
            intent, refused = None, error
        if ends_at > now:
            word = "then" if ends_at >= found.ends_at - skew else "SOONER, then"
            lines.append((f"{word} {moment_words(ends_at, now, desk.tz)}", "plain"))
        span = ends_at - found.starts_at + skew
        return Examined(
            f"Extend {clean(found.created_by, 30)}'s {found.kind.value}",
            tuple(lines),
            "Change the end",
            ("long",) if span > silence.LONG else (),
            str(refused) if refused else "",
            refused.field if refused else "",
            intent,
        )

    return FormSpec("Extend", fields, examine)
