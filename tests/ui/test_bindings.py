"""The table of keys: complete, free of clashes, safe with Caps Lock, remappable."""

from __future__ import annotations

import pytest

from noc.model.errors import ConfigError
from noc.ui.actions import Actions, method
from noc.ui.bindings import IDS, KEYS, Key, remapped, spelled
from noc.ui.state import RANGES


def test_every_action_of_the_table_has_a_method_or_is_a_range() -> None:
    assert [key.id for key in KEYS if key.id not in RANGES and not hasattr(Actions, method(key.id))] == []


def test_every_method_stands_in_the_table() -> None:
    named = {method(id) for id in IDS}
    assert [name for name in vars(Actions) if name.startswith("do_") and name not in named] == []


def test_no_key_is_bound_twice() -> None:
    names = [name for key in KEYS for name in key.keys]
    assert sorted(names) == sorted(set(names))


def test_upper_and_lower_case_of_a_letter_never_pair_a_harmless_with_a_writing_action() -> None:
    writes = {name: key.writes for key in KEYS for name in key.keys}
    letters = [name for name in writes if len(name) == 1 and name.isalpha() and name.swapcase() in writes]
    assert [name for name in letters if writes[name] != writes[name.swapcase()]] == []


def test_a_key_is_remapped_by_id_and_by_the_sign_on_it() -> None:
    table = {key.id: key for key in remapped({"panel.zoom": "f", "find": "?", "help": "f1"})}
    assert table["panel.zoom"].keys == ("f",)
    assert table["find"].keys == ("question_mark",)
    assert table["find"].label == "?"


def test_an_unknown_action_and_a_clash_are_both_named() -> None:
    with pytest.raises(ConfigError) as caught:
        remapped({"panel.zoon": "f", "quit": "r"})
    assert str(caught.value) == (
        "settings:0: keys: 'r' is bound to refresh and quit\nsettings:0: keys: there is no action 'panel.zoon'"
    )


def test_an_emptied_key_is_unbound() -> None:
    assert {key.id: key for key in remapped({"picture": ""})}["picture"].label == "unbound"


def test_keys_are_spelled_as_people_write_them() -> None:
    assert [spelled(name) for name in ("left_square_bracket", "shift+left", "a", "colon")] == ["[", "Shift+←", "a", ":"]


def test_every_action_has_words_and_a_group() -> None:
    assert [key for key in KEYS if not (key.words and key.group)] == []
    assert isinstance(KEYS[0], Key)
