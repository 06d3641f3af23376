"""What a request to the Alertmanager API asks to see: matchers, receivers, and which states (alerts.md 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from noc.demo.goregexp import complaint
from noc.demo.parameters import Params, first
from noc.model.alerts import Matcher, match_all
from noc.model.regex import compiled

_MATCHER = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*((?s:.*?))\s*", re.ASCII)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_TRUE = frozenset(("true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"))


class BadFilter(ValueError):
    """A parameter the server refuses with 400, in its words."""


def parsed_matchers(params: Params) -> tuple[Matcher, ...]:
    """The matchers of all ``filter`` parameters. BadFilter."""
    return tuple(matcher_of(text) for text in params.get("filter", ()))


def matcher_of(text: str) -> Matcher:
    """One matcher as 0.25 reads it: quotes are optional, escapes only where they mean something. BadFilter."""
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise BadFilter(f"bad matcher format: {text}")
    name, op, raw = found.groups()
    value = _unquoted(raw)
    if op in ("=~", "!~"):
        words = complaint(value, whole=True)
        if words:
            raise BadFilter(words)
    return Matcher(name, value, op in ("=~", "!~"), op in ("=", "=~"))


def _unquoted(raw: str) -> str:
    quoted = raw.startswith('"')
    rest = raw[1:] if quoted else raw
    out, at = [], 0
    while at < len(rest):
        sign = rest[at]
        if sign == "\\" and at + 1 < len(rest):
            following = rest[at + 1]
            out.append(_ESCAPES.get(following, sign + following))
            at += 2
            continue
        if sign == '"':
            if not quoted or at != len(rest) - 1:
                break
            return "".join(out)
        out.append(sign)
        at += 1
    if quoted or at < len(rest):
        raise BadFilter(f"matcher value contains unescaped double quote: {raw}")
    return "".join(out)


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """What of the alerts is wanted. ``receiver`` is a regular expression for a whole name."""

    matchers: tuple[Matcher, ...] = ()
    receiver: str | None = None
    active: bool = True
    silenced: bool = True
    inhibited: bool = True

    @classmethod
    def of(cls, params: Params) -> AlertFilter:
        """BadFilter for a broken matcher or receiver; any other word than a true one is false."""
        matchers, receiver = parsed_matchers(params), first(params, "receiver") or None
        words = complaint(receiver, whole=True) if receiver else ""
        if words:
            raise BadFilter(f"failed to parse receiver param: {words}")
        return cls(matchers, receiver, *(_truth(params, name) for name in ("active", "silenced", "inhibited")))

    def takes(self, labels: Mapping[str, str], silenced: Sequence[str], inhibited: Sequence[str]) -> bool:
        """Whether an alert in this state is wanted; silenced and inhibited at once must be wanted as both."""
        if not self.active and not silenced and not inhibited:
            return False
        if (silenced and not self.silenced) or (inhibited and not self.inhibited):
            return False
        return match_all(self.matchers, labels)

    def takes_receivers(self, receivers: Sequence[str]) -> bool:
        if self.receiver is None:
            return True
        pattern = compiled(self.receiver)
        return any(pattern.fullmatch(name) for name in receivers)


def _truth(params: Params, name: str) -> bool:
    values = params.get(name)
    return not values or not values[-1] or values[-1].lower() in _TRUE
