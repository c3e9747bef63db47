"""docs/judging.md: every number of its example is counted again from the marks and ballots that stand there."""

import hashlib
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

from judging import ballot
from judging.count import first_round, scores, second_round
from judging.ladder import Verdicts, draw
from judging.rules import Rules
from judging.shortlist import Standing
from judging.values import Method, Step, rounded
from tests.builders import CATEGORY, SEED, Sheets, rules

TEXT = (Path(__file__).parents[2] / "docs" / "judging.md").read_text(encoding="utf-8")
WORDS = " ".join(TEXT.split())


def tables(first_heading: str) -> list[list[list[str]]]:
    """The tables whose first column has this heading: their rows, without the head."""
    parts = TEXT.split(f"\n| {first_heading} |")[1:]
    return [
        [
            [cell.strip() for cell in row.strip("|").split("|")]
            for row in part.split("\n\n")[0].splitlines()[2:]
        ]
        for part in parts
    ]


MARKS, RESULT = tables("nomination")
[BALLOTS] = tables("ballot")


def example() -> Rules:
    return rules()


def sheets() -> Sheets:
    return {
        row[0]: [dict(zip((CATEGORY, "value"), map(int, cell.split()), strict=True)) for cell in row[1:4]]
        for row in MARKS
    }


def standing() -> Standing:
    return first_round(example(), CATEGORY, sheets(), verdicts=Verdicts(), seed=SEED)


def choices() -> list[ballot.Choice]:
    return [tuple(row[0].split()) for row in BALLOTS[:-1]]


def test_the_rules_of_the_example_are_those_in_words() -> None:
    found = example()

    assert f"is `{'`, `'.join(found.shortlist_ladder)}`" in WORDS
    assert f"for prizes is `{'`, `'.join(found.result_ladder)}`" in WORDS
    assert (found.scale.lowest, found.scale.highest, found.category(CATEGORY).places) == (1, 10, 5)
    assert [prize.key for prize in found.prizes] == ["best", "outstanding"]


def test_the_standing_of_the_example() -> None:
    assert [
        [row.nomination, str(row.total), rounded(row.total), str(row.place), row.finalist.value]
        for row in standing().rows
    ] == [[row[0], *row[4:]] for row in MARKS]


def test_the_tie_of_the_example_at_the_fifth_place() -> None:
    [step] = standing().steps

    assert (step.step, step.level, step.numbers) == (Step.OWN_CRITERION, ("E", "F"), (6, Fraction(17, 3)))
    assert "E has 6, F has 17/3" in WORDS
    found = scores(example(), CATEGORY, sheets())
    assert (found["E"].median, found["F"].median) == (6, 6)
    assert (found["E"].lowest_share, found["F"].lowest_share) == (0, 0)
    assert "their medians would have been compared, both 6, then their shares of marks 1, both 0" in WORDS
    without = rules(shortlist={"ladder": ["median", "lowest_share", "extend", "lot"]})
    assert set("EF") <= set(
        first_round(without, CATEGORY, sheets(), verdicts=Verdicts(), seed=SEED).finalists
    )


def test_the_ballots_of_the_example() -> None:
    slate = standing().finalists
    for row, choice in zip(BALLOTS, choices(), strict=False):
        points = ballot.count(Method.BORDA, slate, {choice: 1}).votes
        assert row[1:] == [str(points[name]) for name in slate]

    votes = ballot.count(Method.BORDA, slate, Counter(choices())).votes
    assert BALLOTS[-1] == ["points", *(str(votes[name]) for name in slate)]
    assert sum(votes.values()) == 30


def test_the_prizes_of_the_example() -> None:
    slate = standing().finalists
    tally = ballot.count(Method.BORDA, slate, Counter(choices()))

    found = second_round(
        example(),
        CATEGORY,
        totals=standing().totals,
        slate=slate,
        tally=tally,
        verdicts=Verdicts(),
        seed=SEED,
    )

    assert [
        [row.nomination, str(row.place), str(row.value), row.prize or "", row.settled_by or ""]
        for row in found.rows
    ] == RESULT
    [step] = found.steps
    assert (step.step, step.level, step.numbers) == (Step.HEAD_TO_HEAD, ("B", "C"), (0, 1))
    assert (tally.pairwise["C", "B"], tally.pairwise["B", "C"]) == (2, 1)
    assert "C stands above B on 2 ballots and B above C on 1" in WORDS
    assert "numbers are 0 for B and 1 for C" in WORDS


def test_the_lot_of_the_document() -> None:
    [rows] = tables("reference")
    [seed] = re.findall(r"With the seed `([^`]+)`", TEXT)

    assert draw(seed, [row[0] for row in rows]) == tuple(row[0] for row in rows)
    for reference, beginning in rows:
        hashed = hashlib.sha256(f"{seed}:{reference}".encode()).hexdigest()
        assert hashed.startswith(beginning.strip("`"))


def test_every_step_is_described() -> None:
    [rows] = tables("step")

    assert {row[0].strip("`") for row in rows} == set(Step)
