"""Chance as a function: every event throws the same dice whenever it is asked, whatever was asked before."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Draws = NDArray[np.uint64]
"""64 random bits each."""

_STEP = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def seed_of(*words: object) -> int:
    """64 bits that stand for these words."""
    return int.from_bytes(blake2b("\x00".join(map(str, words)).encode(), digest_size=8).digest(), "big")


def throws(seed: Draws, number: NDArray[np.int64]) -> Draws:
    """The dice of each numbered event of a stream (SplitMix64, a public domain generator by Sebastiano Vigna)."""
    bits = seed + number.astype(np.uint64) * _STEP
    bits = (bits ^ (bits >> np.uint64(30))) * _FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * _SECOND
    return np.asarray(bits ^ (bits >> np.uint64(31)))


def pick(draw: int, weights: tuple[tuple[str, float], ...]) -> str:
    """One of the words, as often as its weight says (weights add up to 1). ``draw`` has 16 random bits."""
    left = draw / 65536
    for word, weight in weights:
        left -= weight
        if left < 0:
            return word
    return weights[-1][0]
