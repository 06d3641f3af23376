"""A change decided on an old book meets the silence as it is now: nobody's change is lost without a word."""

from __future__ import annotations

from dataclasses import replace

import pytest

from noc.actions.rebasing import rebased
from noc.model.acks import Ack, Stage
from noc.model.alerts import Silence, SilenceDraft, redraft
from noc.model.errors import Refused
from tests.actions.given import refused
from tests.alertgiven import MINUTE, NOW, ack_of, alert, silence

HELD = ack_of(alert(), extended=1)


def commented(**changes: object) -> str:
    one = Ack("on it", alert().fingerprint, alert().since_text, "high", extended=1)
    return replace(one, **changes).comment()  # type: ignore[arg-type]


def now(**changes: object) -> Silence:
    """The same silence as somebody left it meanwhile."""
    return replace(HELD, **changes)  # type: ignore[arg-type]


def kept(minutes: float = 15) -> SilenceDraft:
    return redraft(HELD, ends_at=NOW + minutes * MINUTE, comment=commented(extended=2))


def staged(stage: Stage = Stage.MITIGATING) -> SilenceDraft:
    return redraft(HELD, comment=commented(stage=stage))


def test_what_nobody_touched_is_changed_as_it_was_asked() -> None:
    assert rebased(kept(), HELD, HELD) == kept()
    assert rebased(staged(), HELD, HELD) == staged()


def test_a_stage_keeps_the_later_end_of_a_keeper() -> None:
    found = rebased(staged(), HELD, now(ends_at=NOW + 900, comment=commented(extended=2)))
    assert found == replace(staged(), ends_at=NOW + 900, comment=commented(extended=2, stage=Stage.MITIGATING))


def test_a_keeper_keeps_the_stage_that_somebody_set() -> None:
    found = rebased(kept(), HELD, now(comment=commented(stage=Stage.FIXING)))
    assert found == replace(kept(), comment=commented(extended=2, stage=Stage.FIXING))


def test_two_keepers_count_once() -> None:
    assert rebased(kept(), HELD, now(ends_at=NOW + 901, comment=commented(extended=2))) == replace(
        kept(), ends_at=NOW + 901
    )


def test_a_later_end_never_shortens_what_somebody_chose() -> None:
    assert rebased(kept(15), HELD, now(ends_at=NOW + 3600)).ends_at == NOW + 3600


def test_a_sooner_end_is_meant() -> None:
    assert rebased(redraft(HELD, ends_at=NOW + MINUTE), HELD, now(ends_at=NOW + 3600)).ends_at == NOW + MINUTE


def test_two_stages_at_once_are_refused() -> None:
    with refused("mara's silence was changed meanwhile; look again"):
        rebased(staged(), HELD, now(comment=commented(stage=Stage.MONITORING)))


def test_the_same_stage_twice_is_one() -> None:
    assert rebased(staged(), HELD, now(comment=staged().comment)) == staged()


def test_words_that_only_one_changed_are_kept() -> None:
    found = rebased(staged(), HELD, now(comment=commented(text="paged the DBA")))
    assert found.comment == commented(text="paged the DBA", stage=Stage.MITIGATING)


@pytest.mark.parametrize("comment", ["MW! other words", "ACK! taken over by karma"])
def test_a_comment_that_is_no_acknowledgement_of_nocs_is_never_overwritten(comment: str) -> None:
    with pytest.raises(Refused):
        rebased(kept(), HELD, now(comment=comment))


def test_a_window_whose_words_another_changed_keeps_them() -> None:
    window = silence(comment="MW! upgrade")
    later = redraft(window, ends_at=NOW + 7200)
    assert rebased(later, window, replace(window, comment="MW! upgrade, phase 2")).comment == "MW! upgrade, phase 2"


def test_taking_an_extension_back_keeps_the_stage_set_since() -> None:
    after = replace(HELD, ends_at=NOW + 3600, comment=commented(extended=2))
    current = replace(after, comment=commented(extended=3, stage=Stage.FIXING))
    found = rebased(redraft(HELD), after, current)
    assert (found.ends_at, found.comment) == (HELD.ends_at, commented(extended=2, stage=Stage.FIXING))
