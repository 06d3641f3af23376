"""The comment of an acknowledgement: words for people in front, what walls need behind (alerts.md 3.2).

``ACK! looking at it [noc/1 fp=1a2b… since=2025-10-02T15:30:00Z sev=critical step=1 ext=3 stage=mitigating out=]``

karma, kthxbye and amtool read the first word; everything is at most 400 characters, so that amtool's list stays readable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum

from noc.model.alerts import PREFIXES, Silence, SilenceKind

LONGEST = 400
"""Characters of a whole comment."""


class Stage(StrEnum):
    """How far the work on an acknowledged alert is (specification 4.2, corrections 35); severity never changes."""

    ACKED = "acked"
    MITIGATING = "mitigating"
    FIXING = "fixing"
    MONITORING = "monitoring"

    @property
    def words(self) -> str:
        return "fix deploying" if self is Stage.FIXING else self.value

    @property
    def following(self) -> Stage | None:
        """The next stage; None after the last."""
        stages = list(Stage)
        at = stages.index(self) + 1
        return stages[at] if at < len(stages) else None


class Outcome(StrEnum):
    """What a person says of a resolved alert."""

    FIXED = "fixed"
    FALSE_POSITIVE = "false-positive"
    NOISE = "noise"

    @property
    def words(self) -> str:
        return self.value.replace("-", " ")


@dataclass(frozen=True, slots=True)
class Ack:
    """What an acknowledgement's comment says. ``fingerprint`` is empty where another program wrote it."""

    text: str
    fingerprint: str = ""
    since: str = ""
    """startsAt of the acknowledged firing, as Alertmanager wrote it."""
    severity: str = ""
    step: int = 1
    extended: int = 0
    """How often it was extended."""
    stage: Stage = Stage.ACKED

    @property
    def structured(self) -> bool:
        """Whether noc wrote it: only such an ack is kept and ended by walls."""
        return bool(self.fingerprint)

    def comment(self) -> str:
        """The whole comment; the words give way where it would grow too long."""
        machine = (
            f"[noc/1 fp={self.fingerprint} since={self.since} sev={self.severity} step={self.step} "
            f"ext={self.extended} stage={self.stage.value} out=]"
        )
        head = PREFIXES[SilenceKind.ACK]
        room = LONGEST - len(head) - len(machine) - 2
        words = " ".join(self.text.replace("[noc/", "[noc ").split())[: max(0, room)].rstrip()
        return f"{head} {words} {machine}" if words else f"{head} {machine}"

    def extended_once(self) -> Ack:
        return replace(self, extended=self.extended + 1)


_MACHINE = re.compile(r"\s*\[noc/1 ([^\[\]]*)\]\s*$")
_PREFIX = re.compile("(?:" + "|".join(map(re.escape, PREFIXES.values())) + r")\s*")


def parse_ack(silence: Silence) -> Ack | None:
    """What an acknowledging silence says; None when it is none. A machine part that is broken is not believed."""
    if silence.kind is not SilenceKind.ACK:
        return None
    text, found = free_text(silence.comment), _MACHINE.search(silence.comment)
    if found is None:
        return Ack(text)
    fields = dict(part.partition("=")[::2] for part in found[1].split())
    stage = fields.get("stage", "")
    if not re.fullmatch(r"[0-9a-f]{16}", fields.get("fp", "")):
        return Ack(text)
    return Ack(
        text,
        fields["fp"],
        fields.get("since", ""),
        fields.get("sev", ""),
        _count(fields.get("step", "1")),
        _count(fields.get("ext", "0")),
        Stage(stage) if stage in set(Stage) else Stage.ACKED,
    )


def free_text(comment: str) -> str:
    """The words for people: without a known first word, without the machine part."""
    return _MACHINE.sub("", _PREFIX.sub("", comment, count=1) if _PREFIX.match(comment) else comment).strip()


def _count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def record_comment(outcome: Outcome, fingerprint: str, since: str) -> str:
    """The comment of a silence that only keeps what a person said of a resolved alert."""
    return f"{PREFIXES[SilenceKind.RECORD]} {outcome.value} [noc/1 fp={fingerprint} since={since} out={outcome.value}]"


def parse_record(silence: Silence) -> tuple[str, str, Outcome] | None:
    """Fingerprint, startsAt as written, and the outcome that a recording silence keeps; None when it is none."""
    if silence.kind is not SilenceKind.RECORD:
        return None
    found = _MACHINE.search(silence.comment)
    fields = dict(part.partition("=")[::2] for part in found[1].split()) if found else {}
    if fields.get("out", "") not in set(Outcome) or not re.fullmatch(r"[0-9a-f]{16}", fields.get("fp", "")):
        return None
    return fields["fp"], fields.get("since", ""), Outcome(fields["out"])
