"""What the assignment is asked: judges, nominations and how well they fit, with what people have said of pairs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from awards import fitness
from awards.fitness import Fitness, Key, Tongue
from awards.pairing import Pairs
from judging.assignment import Pair, Problem, Reader, Work
from judging.rules import Rules

ALTERNATES = 2
"""So many judges are named for each nomination who take over if one falls out."""
LEAST_SHARE, MOST_SHARE = Fraction(3, 5), Fraction(6, 5)
"""A judge reads at least and at most so many times the fair share."""
QUICK_FROM = 20_000
"""With so many pairs and more the worst-served is lifted by changes alone, as a page can't wait for a minute."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the assignment is asked for; None leaves it to what suits the panel, `per_region` 0 is no rule."""

    per_nomination: int | None = None
    per_region: int | None = None
    need_expert: bool | None = None


def of(
    pairs: Pairs,
    rules: Rules,
    wanted: Wanted,
    seed: str,
    fit: Fitness,
    stand_ins: Sequence[Key] = (),
) -> Problem:
    """What the assignment is asked. `per_nomination` None leaves it to the rules: everybody reads everything, while no
    judge has to read more than they allow. Then nothing is weighed, nor where all fit alike. `stand_ins` are to be
    made before others, as what was pinned is.
    """
    k = wanted.per_nomination or pairs.by_default(rules)
    tongues = _tongues(pairs)
    names = Names.of(pairs)
    named = names.all
    plain = Problem(
        nominations=tuple(Work(it.reference, it.category) for it in pairs.nominations.values()),
        judges=_readers(pairs, fit, weighed=k is not None),
        blocked=named(pairs.barred),
        unreadable=named(pair for pair, tongue in tongues.items() if tongue is Tongue.FOREIGN),
        issued=named(pairs.issued),
        forbidden=named(pair for pair in pairs.forbidden if pairs.is_here(pair)),
        pinned=named(pair for pair in (*pairs.pinned, *stand_ins) if pairs.is_here(pair)),
        per_nomination=k,
        quick=len(tongues) >= QUICK_FROM,
        alternates=ALTERNATES if k is not None else 0,
        seed=seed,
    )
    if k is None:
        return plain
    scores = fit.scores(pairs.judges, pairs.nominations, tongues, pairs.issued)
    cap, expert = region_cap(pairs, wanted, k, fit), _expert(pairs, wanted)
    if not expert and cap is None and len(set(scores.values())) < 2:
        return plain
    return replace(
        plain,
        scores={names.one(pair): score for pair, score in scores.items()},
        experts=named(_experts(pairs)),
        per_region=cap,
        need_expert=expert,
        least_share=LEAST_SHARE,
        most_share=MOST_SHARE,
    )


def most(pairs: Pairs, per_nomination: int) -> int:
    """The load that a judge is to have at most, by the fair share."""
    return ceil(MOST_SHARE * len(pairs.nominations) * per_nomination / max(1, len(pairs.judges)))


def region_cap(pairs: Pairs, wanted: Wanted, k: int, fit: Fitness) -> int | None:
    """How many judges of one region a panel has at most: by default half of it, or more where there are too few
    regions to fill it; None is no rule.
    """
    if wanted.per_region is not None:
        return wanted.per_region or None
    known = {fit.regions.get(row, "") for row in pairs.judges} - {""}
    cap = max(1, k // 2, -(-k // len(known))) if known else k
    return cap if cap < k else None


@dataclass(frozen=True, slots=True)
class Names:
    """Judges and nominations as the assignment names them: by address and by reference."""

    judges: Mapping[int, str]
    nominations: Mapping[int, str]

    @classmethod
    def of(cls, pairs: Pairs) -> Names:
        return cls(
            {row: it.account.email for row, it in pairs.judges.items()},
            {row: it.reference for row, it in pairs.nominations.items()},
        )

    def one(self, pair: Key) -> Pair:
        return self.judges[pair[0]], self.nominations[pair[1]]

    def all(self, pairs: Iterable[Key]) -> frozenset[Pair]:
        return frozenset(map(self.one, pairs))


def _tongues(pairs: Pairs) -> dict[Key, Tongue]:
    """How each judge reads each nomination; worked out once for all that are written alike."""
    alike: dict[tuple[str, frozenset[str]], list[int]] = {}
    for key in pairs.nominations:
        text = pairs.texts.get(key)
        written = (text.language.casefold() if text else "", pairs.translations.get(key, frozenset()))
        alike.setdefault(written, []).append(key)
    found: dict[Key, Tongue] = {}
    for row, judge in pairs.judges.items():
        for written, keys in alike.items():
            tongue = fitness.tongue(judge, *written)
            found.update(((row, key), tongue) for key in keys)
    return found


def _readers(pairs: Pairs, fit: Fitness, *, weighed: bool) -> tuple[Reader, ...]:
    return tuple(
        Reader(
            judge.account.email,
            frozenset(judge.categories) or None,
            judge.capacity,
            least=(judge.least or 0) if weighed else 0,
            region=fit.regions.get(row, "") if weighed else "",
        )
        for row, judge in sorted(pairs.judges.items(), key=lambda it: it[1].account.email)
    )


def _experts(pairs: Pairs) -> Iterable[Key]:
    of_category: dict[str, list[int]] = {}
    for key, it in pairs.nominations.items():
        of_category.setdefault(it.category, []).append(key)
    for row, judge in pairs.judges.items():
        for category, keys in of_category.items():
            if fitness.is_expert(judge, category):
                yield from ((row, key) for key in keys)


def _expert(pairs: Pairs, wanted: Wanted) -> bool:
    """Whether each panel is to have an expert: by default where anybody has said that they are one."""
    stated = any(fitness.EXPERT in judge.expertise.values() for judge in pairs.judges.values())
    return stated if wanted.need_expert is None else wanted.need_expert
