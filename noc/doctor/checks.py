"""Health checks that cannot mean what they say, and panels that name none of them."""

from __future__ import annotations

from collections.abc import Iterator

from noc.config.checks import Check
from noc.config.document import KeyPath
from noc.config.nearest import hint
from noc.config.panels import PanelBase
from noc.config.settings import Settings
from noc.config.statepanels import ChecksSpec, StatusGridSpec
from noc.doctor.remark import Known, Remark
from noc.model.timerange import format_duration


def check_remarks(settings: Settings) -> Iterator[Remark]:
    """What is wrong with the settings' checks beyond their schema."""
    for name, check in settings.checks.items():
        yield from _one(("checks", name), check)
    if settings.probe and not settings.checks:
        yield Remark(("probe",), "there are no checks to make; write them under checks", "warning")


def _one(at: KeyPath, check: Check) -> Iterator[Remark]:
    timeout = check.target.timeout
    if check.within is not None and check.within >= timeout:
        message = f"{format_duration(check.within)} is never exceeded: the target is given up after {format_duration(timeout)}"
        yield Remark((*at, "within"), message)
    if timeout > check.interval:
        message = (
            f"a probe may last {format_duration(timeout)}, longer than the interval of {format_duration(check.interval)};"
            " give the target a shorter timeout"
        )
        yield Remark((*at, "interval"), message, "warning")
    if check.target.url.startswith("https://") and check.target.tls.insecure_skip_verify:
        yield Remark((*at, "target"), "the certificate is not verified, so nobody knows when it ends", "warning")
    for index, assertion in enumerate(check.body):
        if assertion.recent is not None and assertion.recent < 1:
            message = f"clocks of two machines may differ by more than {format_duration(assertion.recent)}"
            yield Remark((*at, "body", index, "recent"), message, "warning")


def chosen_remarks(at: KeyPath, panel: PanelBase, known: Known) -> Iterator[Remark]:
    """Checks that a panel names and the settings do not have."""
    named: list[tuple[KeyPath, str]] = []
    if isinstance(panel, ChecksSpec):
        named = [((*at, "checks", index), name) for index, name in enumerate(panel.checks)]
    elif isinstance(panel, StatusGridSpec) and panel.check is not None:
        named = [((*at, "check"), panel.check)]
    for path, name in named:
        if known.checks and name not in known.checks:
            yield Remark(path, f"unknown check {name!r}{hint(name, known.checks)}")
