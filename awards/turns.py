"""In whose turn nominations are read: an order drawn for each judge from the edition's seed. Pure.

Whoever reads last is read by tired eyes, so every judge goes another way. The seed stays secret until the result: an
HMAC under it tells nothing of it, and nothing of another judge's order, to whoever sees the order.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping


def order(seed: str, judge: str, categories: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """References by category, as a judge is to go through them; the same whenever it is asked.

    A nomination that comes or goes leaves the others in their order.
    """
    return {
        category: sorted(categories[category], key=lambda it: _draw(seed, judge, "nomination", it))
        for category in sorted(categories, key=lambda it: _draw(seed, judge, "category", it))
    }


def _draw(seed: str, judge: str, *of: str) -> bytes:
    return hmac.digest(seed.encode(), "\0".join(("order", judge, *of)).encode(), "sha256")
