"""A branch of laurel as curves: a bent stem and leaves in pairs that shorten towards the tip."""

from dataclasses import dataclass
from functools import cache
from math import atan2, cos, radians, sin
from typing import Self

Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A cubic Bézier curve."""

    start: Point
    pull: Point
    push: Point
    end: Point

    def at(self, t: float) -> Point:
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        points = (self.start, self.pull, self.push, self.end)
        return (
            sum(w * p[0] for w, p in zip(weights, points, strict=True)),
            sum(w * p[1] for w, p in zip(weights, points, strict=True)),
        )

    def bearing(self, t: float) -> float:
        """Direction of travel in radians."""
        (x0, y0), (x1, y1) = self.at(max(0.0, t - 0.01)), self.at(min(1.0, t + 0.01))
        return atan2(y1 - y0, x1 - x0)


@dataclass(frozen=True)
class Leaf:
    """Two edges from foot to tip; `left` is the edge on the left of who looks from foot to tip."""

    left: Curve
    right: Curve

    @classmethod
    def grown(cls, foot: Point, bearing: float, length: float, bend: float) -> Self:
        """`bend` moves the middle sideways, in parts of the length, so that the leaf curls."""

        def placed(along: float, across: float) -> Point:
            x, y = along * length, (across + bend * 4 * along * (1 - along)) * length
            return foot[0] + x * cos(bearing) - y * sin(bearing), foot[1] + x * sin(bearing) + y * cos(
                bearing
            )

        tip = placed(1, 0)
        return cls(
            Curve(foot, placed(0.28, 0.185), placed(0.66, 0.155), tip),
            Curve(foot, placed(0.28, -0.185), placed(0.66, -0.155), tip),
        )


@dataclass(frozen=True)
class Branch:
    stem: Curve
    leaves: tuple[Leaf, ...]


STEM = Curve((74, 0), (14, 34), (-26, 150), (36, 262))
NODES = 11


@cache
def grow() -> Branch:
    """The left-hand branch of the pair, about 110 points wide and 290 high, its foot at the lower right."""
    leaves: list[Leaf] = []
    for node in range(NODES):
        t = 0.10 + 0.82 * (1 - (1 - node / (NODES - 1)) ** 1.25)
        length = 47 - 17 * t
        spread = radians(44 - 14 * t)
        outer, inner = STEM.at(t), STEM.at(t + 0.03)
        leaves.append(Leaf.grown(inner, STEM.bearing(t + 0.03) - spread, length * 0.9, 0.05))
        leaves.append(Leaf.grown(outer, STEM.bearing(t) + spread, length, -0.05))
    leaves.append(Leaf.grown(STEM.at(0.985), STEM.bearing(0.97), 31, 0.02))
    return Branch(STEM, tuple(leaves))
