"""The equations of the model, solved by eliminating the more numerous of nominations and judges.

With loads l and weights w of sheets the mixed model equations are
    [ P  W ] [e]   [Z_e' w y]
    [ W' K ] [k] = [Z_k' w y]
where e are the effects eliminated (one a sheet, so P is diagonal) and k those kept: the general level, categories, and
the other side. What is factored is S = K - W' P^-1 W (Henderson; science: Searle, Casella, McCulloch, "Variance
components", 1992, chapter 7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from scipy.linalg import LinAlgError, cholesky, lapack, solve_triangular

from judging.calibration.panel import Panel, Real, Whole, summed

BLOCK = 2000
PINNED = 1e9


@dataclass(frozen=True, slots=True)
class Guess:
    """Numbers under which the equations are solved. `nomination`, `judge`, `category`, `noise`: variances;
    `spread`, `steadiness` (1 / relative variance of chance), `pinned` (severity is 0): one element a judge."""

    nomination: float
    judge: float
    category: float
    noise: float
    spread: Real
    steadiness: Real
    pinned: Real


@dataclass(frozen=True, slots=True)
class Moments:
    """Per sheet: the expected square of what chance gave, the nomination's worth, its expected square, and its
    covariance with all else that the sheet holds."""

    chance: Real
    worth: Real
    square: Real
    shared: Real


def _factored(dense: Real) -> Real:
    """The Cholesky factor; where rounding leaves no room for one, that of the matrix with hardly more on its diagonal:
    the search for variances passes through values under which the general level and all judges can't be told apart.
    """
    largest = float(np.abs(dense).max())
    for more in (0.0, 1e-14, 1e-12, 1e-10, 1e-8, 1e-6):
        tried = dense.copy()
        tried[np.diag_indices(len(tried))] += more * largest
        try:
            return np.asarray(cholesky(tried, lower=True, overwrite_a=True, check_finite=False), np.float64)
        except LinAlgError:
            continue
    raise ArithmeticError("these sheets can't be told apart by any variances")


class System:
    """The solved equations for a panel under a guess. Effects are in points."""

    def __init__(self, panel: Panel, guess: Guess) -> None:
        self.panel, self.guess = panel, guess
        self.level = float(panel.value.mean())
        y = panel.value - self.level
        self.weight: Real = guess.steadiness[panel.judge] / guess.noise
        spread = guess.spread[panel.judge]
        ones = np.ones(panel.size)
        judges, items = len(panel.judges), len(panel.items)
        several = len(panel.categories) > 1
        self.offset = 1 + (len(panel.categories) if several else 0)
        prior_judge = np.where(guess.pinned > 0, PINNED / guess.noise, 1 / guess.judge)
        prior_item = np.full(items, 1 / guess.nomination)
        self.items_out = items >= judges
        if self.items_out:
            self.out, self.out_load, out_prior = panel.item, spread, prior_item
            inside, self.in_load, in_prior = panel.judge, ones, prior_judge
        else:
            self.out, self.out_load, out_prior = panel.judge, ones, prior_judge
            inside, self.in_load, in_prior = panel.item, spread, prior_item
        self.inside: Whole = inside + self.offset
        self.category: Whole = 1 + panel.category[panel.item] if several else np.zeros(panel.size, np.int64)
        self.several = several
        prior = np.concatenate(([0.0], np.full(self.offset - 1, 1 / guess.category), in_prior))
        self._factor(prior, out_prior)
        self._solve(y)

    def _factor(self, prior: Real, out_prior: Real) -> None:
        size, count, outs = len(prior), self.panel.size, len(out_prior)
        rows = np.arange(count)
        columns = [np.zeros(count, np.int64), self.inside] + ([self.category] if self.several else [])
        loads = [np.ones(count), self.in_load] + ([np.ones(count)] if self.several else [])
        self.kept: Any = sparse.csr_array(
            (np.concatenate(loads), (np.tile(rows, len(columns)), np.concatenate(columns))), (count, size)
        )
        self.pivot: Real = out_prior + summed(self.out, self.weight * self.out_load**2, outs)
        gather = sparse.csr_array((self.weight * self.out_load, (self.out, rows)), (outs, count))
        self.cross: Any = gather @ self.kept
        self.scaled: Any = sparse.csr_array(sparse.diags_array(1 / self.pivot) @ self.cross)
        whole = self.kept.T @ sparse.diags_array(self.weight) @ self.kept - self.cross.T @ self.scaled
        dense = whole.toarray()
        dense[np.diag_indices(size)] += prior
        self.lower: Real = _factored(dense)
        self.prior, self.out_prior = prior, out_prior

    def _solve(self, y: Real) -> None:
        right_in = self.kept.T @ (self.weight * y)
        right_out = summed(self.out, self.weight * self.out_load * y, len(self.pivot))
        self.inner, self.outer = self.respond(right_in, right_out)
        self.fitted: Real = self.kept @ self.inner + self.out_load * self.outer[self.out]
        self.residual: Real = y - self.fitted
        self.explained = float(self.inner @ right_in + self.outer @ right_out)
        self.total = float(np.sum(self.weight * y**2))

    def respond(self, right_in: Real, right_out: Real) -> tuple[Real, Real]:
        """The effects that solve the equations for a right-hand side."""
        reduced = right_in - self.scaled.T @ right_out
        inner: Real = solve_triangular(self.lower, reduced, lower=True, check_finite=False)
        inner = solve_triangular(self.lower, inner, lower=True, trans="T", check_finite=False)
        return inner, (right_out - self.cross @ inner) / self.pivot

    def inverse(self) -> Real:
        """The inverse of what was factored: covariances of the effects kept."""
        found: Real = lapack.dpotri(self.lower, lower=1)[0]
        upper = np.triu_indices(len(found), 1)
        found[upper] = found.T[upper]
        return found

    def items(self) -> Real:
        """The worth of each item beyond the level of its category."""
        return self.outer if self.items_out else self.inner[self.offset :]

    def severities(self) -> Real:
        return self.inner[self.offset :] if self.items_out else self.outer

    def levels(self) -> Real:
        """The level of each category, on the scale of values."""
        beside = self.inner[1 : self.offset] if self.several else np.zeros(1)
        return np.asarray(self.level + self.inner[0] + beside)

    def fair(self) -> Real:
        """What an average judge would have given each item."""
        return self.levels()[self.panel.category] + self.items()

    def log_determinant(self) -> float:
        return float(2 * np.log(np.diag(self.lower)).sum() + np.log(self.pivot).sum())

    def outer_variances(self, inverse: Real) -> Real:
        """The variance of each effect that was eliminated."""
        found: Real = 1 / self.pivot
        for start in range(0, len(found), BLOCK):
            rows = self.scaled[start : start + BLOCK]
            found[start : start + BLOCK] += (rows @ inverse * rows.toarray()).sum(axis=1)
        return found

    def variances(self, inverse: Real) -> tuple[Real, Real]:
        """The variances of items' and of judges' effects."""
        inside, outside = np.diag(inverse)[self.offset :], self.outer_variances(inverse)
        return (outside, inside) if self.items_out else (inside, outside)

    def severity_errors(self, inverse: Real) -> Real:
        """The standard error of each judge's severity against the mean of all judges' severities."""
        if self.items_out:
            shared = inverse[self.offset :, self.offset :]
            found = np.diag(shared) - 2 * shared.mean(axis=1) + shared.mean()
        else:
            mean = np.asarray(self.scaled.mean(axis=0)).ravel()
            own, count = 1 / self.pivot, len(self.pivot)
            with_mean = self.scaled @ (inverse @ mean) + own / count
            found = self.outer_variances(inverse) - 2 * with_mean + mean @ inverse @ mean + own.mean() / count
        return np.asarray(np.sqrt(np.maximum(found, 0)))

    def moments(self, inverse: Real) -> Moments:
        """Expected squares and products under the posterior, which the ECM steps ask for."""
        outside = np.empty(len(self.pivot))
        own = np.zeros(self.panel.size)  # covariance of the eliminated effect with the inside one
        common = np.zeros(self.panel.size)  # the same, with general level and category
        order = np.argsort(self.out, kind="stable")
        edges = np.searchsorted(self.out[order], np.arange(0, len(self.pivot) + BLOCK, BLOCK))
        for block, start in enumerate(range(0, len(self.pivot), BLOCK)):
            rows = self.scaled[start : start + BLOCK]
            product = rows @ inverse
            outside[start : start + BLOCK] = 1 / self.pivot[start : start + BLOCK] + (
                product * rows.toarray()
            ).sum(axis=1)
            mine = order[edges[block] : edges[block + 1]]
            local = self.out[mine] - start
            own[mine] = -product[local, self.inside[mine]]
            common[mine] = -product[local, 0] - (product[local, self.category[mine]] if self.several else 0)
        inside = np.diag(inverse)[self.inside]
        beside = inverse[0, self.inside] + (inverse[self.category, self.inside] if self.several else 0)
        base = inverse[0, 0] + (
            inverse[self.category, self.category] + 2 * inverse[0, self.category] if self.several else 0
        )
        mine_out = outside[self.out]
        spread = (
            base + self.in_load**2 * inside + self.out_load**2 * mine_out
            + 2 * self.in_load * beside + 2 * self.out_load * common + 2 * self.in_load * self.out_load * own
        )  # fmt: skip
        worth = self.items()[self.panel.item]
        variance = mine_out if self.items_out else inside
        shared = own + (common if self.items_out else beside)
        return Moments(self.residual**2 + spread, worth, worth**2 + variance, shared)

    def deletion(self, rows: Whole, inverse: Real) -> Real:
        """The worth of items if these sheets, all of one judge, had not been written."""
        shared = self._seen(self.kept[rows], self.out[rows], self.out_load[rows], inverse)
        noise = np.diag(1 / self.weight[rows]) - shared
        pull = np.asarray(np.linalg.solve(noise, self.residual[rows]), dtype=np.float64)
        return self._moved(self.kept[rows], self.out[rows], self.out_load[rows], -pull)

    def addition(self, judge: int | None, item: int, value: float) -> Real:
        """The worth of items if a judge (by number, None for a stranger) had given an item this value."""
        known = judge is not None
        spread = float(self.guess.spread[judge]) if known else 1.0
        noise = self.guess.noise / float(self.guess.steadiness[judge]) if known else self.guess.noise
        noise += 0.0 if known else self.guess.judge
        columns, loads = [0], [1.0]
        if self.several:
            columns.append(1 + int(self.panel.category[item]))
            loads.append(1.0)
        out, out_load = (item, spread) if self.items_out else (judge or 0, float(known))
        if known or not self.items_out:
            columns.append(self.offset + (judge or 0 if self.items_out else item))
            loads.append(1.0 if self.items_out else spread)
        kept: Any = sparse.csr_array((loads, ([0] * len(loads), columns)), (1, len(self.prior)))
        right_in, right_out = kept.T @ np.ones(1), np.zeros(len(self.pivot))
        right_out[out] = out_load
        inner, outer = self.respond(right_in, right_out)
        shared = float((kept @ inner)[0] + out_load * outer[out])
        fitted = float((kept @ self.inner)[0] + out_load * self.outer[out])
        pull: Real = np.array([(value - self.level - fitted) / (noise + shared)], dtype=np.float64)
        return self._moved(kept, np.array([out]), np.full(1, out_load, np.float64), pull)

    def _seen(self, kept: Any, out: Whole, load: Real, inverse: Real) -> Real:
        reduced = kept - sparse.diags_array(load) @ self.scaled[out]
        shared: Real = (reduced @ inverse) @ reduced.T
        same = out[:, None] == out[None, :]
        shared += same * (load[:, None] * load[None, :] / self.pivot[out][:, None])
        return shared

    def _moved(self, kept: Any, out: Whole, load: Real, pull: Real) -> Real:
        right_out = summed(out, load * pull, len(self.pivot))
        inner, outer = self.respond(kept.T @ pull, right_out)
        return self.items() + (outer if self.items_out else inner[self.offset :])

    def levers(self, inverse: Real) -> Real:
        """The share of each sheet in its own fitted value."""
        moments = self.moments(inverse)
        return self.weight * (moments.chance - self.residual**2)
