"""`python -m judging.assignment PROBLEM.json`: what strangers ask and are told, and what is refused, and where."""

import json
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from judging.assignment.__main__ import main

DOCS = Path(__file__).parents[2] / "docs" / "assignment.md"

SMALL: dict[str, Any] = {
    "nominations": ["A", "B"],
    "judges": ["ada", "ben", "chi"],
    "k": 2,
    "scores": [[0.9, 0.5, 0.1], [0.25, None, 0.7]],
}


def ask(folder: Path, problem: object, capsys: pytest.CaptureFixture[str]) -> tuple[int, Any, str]:
    """The exit status, the answer and what was said on standard error."""
    file = folder / "problem.json"
    file.write_bytes(problem if isinstance(problem, bytes) else json.dumps(problem).encode())
    status = main([str(file)])
    out, err = capsys.readouterr()
    return status, json.loads(out) if out else None, err


def test_the_example_of_the_documentation_gives_the_answer_printed_there(tmp_path: Path) -> None:
    problem, answer = (
        json.loads(block) for block in re.findall(r"```json\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    )
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem), "utf-8")

    told = subprocess.run(
        [sys.executable, "-m", "judging.assignment", str(file)],
        capture_output=True,
        check=True,
        text=True,
        cwd=DOCS.parents[1],
    )
    found = json.loads(told.stdout)

    del found["certificate"]["solver"], answer["certificate"]["solver"]
    assert found == answer
    assert told.stderr == ""


@pytest.mark.parametrize(
    "change",
    [
        {"nominations": {"A": {}, "B": {}}},
        {"nominations": [{"id": "A"}, {"name": "B"}]},
        {"scores": [[0.9, 0.25], ["0.5", None], [0.1, 0.7]]},
        {
            "scores": {
                "A": {"ada": 0.9, "ben": 0.5, "chi": 0.1},
                "ada": {"B": 0.25},
                "B": {"chi": 0.7, "ben": None},
            }
        },
        {
            "scores": [
                ["ada", "A", 0.9],
                ["A", "ben", 0.5],
                ["chi", "A", 0.1],
                ["ada", "B", 0.25],
                ["B", "chi", 0.7],
            ],
            "conflicts": [["B", "ben"]],
        },
        {"scores": [[90, 50, 10], [25, 1000, 70]], "conflicts": {"ben": ["B"]}},
        {"loads": 2, "regions": ["asia", None, "europe"], "comment": "nothing to us"},
        {"loads": None, "seed": None, "alternates": None, "need_expert": None, "conflicts": None},
    ],
)
def test_a_problem_may_be_told_in_several_ways(
    change: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answer, _err = ask(tmp_path, SMALL | change, capsys)

    assert status == 0
    assert answer["pairs"] == [["ada", "A"], ["ada", "B"], ["ben", "A"], ["chi", "B"]]
    assert answer["total"] == answer["optimum"] in {2.35, 235}
    assert answer["ignored"] == [key for key in change if key == "comment"]


def test_a_table_alone_is_a_problem_and_scores_of_any_length_are_counted_as_they_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answer, _err = ask(
        tmp_path, {"k": 1, "scores": [[0.123456789, 0.1], [0.9, 0.123456788]], "loads": [1, 1]}, capsys
    )

    assert (status, answer["pairs"], answer["exact"]) == (0, [[1, 1], [2, 2]], True)
    assert (answer["optimum"], answer["total"], answer["loss"]) == (1.0, 0.246913577, 0.753086423)
    assert answer["worst"] == {"nomination": 2, "sum": 0.123456788, "bound": 0.123456789}


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (b"\xff", "byte 0: This is not UTF-8."),
        (b"{", "line 1 column 2: This is not JSON"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"k": ' + b"9" * 5_000 + b"}", "too many digits"),
        (b'{"k": NaN}', "NaN is no number of JSON."),
        (
            b'{"k": 1e999999999999999999999}',
            "1e999999999999999999999 is no number that anybody can count with.",
        ),
        (b'{"conflicts": [["ada", "A"]], "conflicts": []}', "'conflicts' is there twice in one object."),
        ({"nominations": 20_001, "judges": 20_000, "k": 1}, "These are more than 400,000,000 pairs"),
        ([], "one JSON object"),
        ({}, "nominations: They are missing"),
        (SMALL | {"k": 0}, "k: This is to be a whole number from 1"),
        (SMALL | {"k": True}, "k: This is to be a whole number from 1"),
        ({key: it for key, it in SMALL.items() if key != "k"}, "k: How many judges"),
        (SMALL | {"judges": ["ada", "ada", "chi"]}, "judges[1]: 'ada' is there twice."),
        (SMALL | {"judges": ["ada", None, "chi"]}, "judges[1]: A name is"),
        (SMALL | {"judges": ["ada", "\ud800", "chi"]}, "judges[1]: Half of a character"),
        (SMALL | {"judges": 7.5}, "judges: This is to be a list"),
        (SMALL | {"scores": [[0.9, 0.5, 0.1]]}, "scores: There are 1 rows for 2 nominations."),
        (SMALL | {"scores": [[0.9, 0.5, 0.1], [1]]}, "scores[1]: There are 1 scores, and 3 are wanted."),
        (SMALL | {"scores": [[0.9, -0.5, 0.1], [1, 1, 1]]}, "scores[0][1]: A score is from 0"),
        (SMALL | {"scores": [[0.9, "much", 0.1], [1, 1, 1]]}, "scores[0][1]: 'much' is no number."),
        (
            SMALL | {"scores": {"ada": {"C": 1}}},
            "scores['ada']['C']: 'C' is neither a judge nor a nomination",
        ),
        (
            SMALL | {"scores": {"ada": {"A": 1}, "A": {"ada": 2}}},
            "scores['A']['ada']: The pair ada, A has a score",
        ),
        (SMALL | {"conflicts": [["ada"]]}, "conflicts[0]: This is to be a pair"),
        (SMALL | {"conflicts": "ada"}, "conflicts: This is to be a list of pairs"),
        (SMALL | {"conflicts": [["zoe", "A"]]}, "conflicts[0]: 'zoe' is neither"),
        (SMALL | {"loads": {"zoe": 3}}, "loads['zoe']: 'zoe' is no judge."),
        (SMALL | {"loads": [4, 2, 1, 1]}, "loads: There are 4 for 3 judges."),
        (SMALL | {"loads": [4, 2]}, "loads: The least, 4, is more than the most, 2."),
        (SMALL | {"loads": {"most": -1}}, "loads: This is to be a whole number"),
        (SMALL | {"regions": 3}, "regions: This is to be a list"),
        (SMALL | {"per_region": 0}, "per_region: This is to be a whole number from 1"),
        (SMALL | {"need_expert": 1}, "need_expert: This is to be true or false."),
        (SMALL | {"seed": []}, "seed: A seed is a text"),
        (SMALL | {"judges": ["ada", "ben", {"key": "chi", "languages": "en"}]}, "judges chi languages"),
    ],
)
def test_what_cannot_be_used_is_refused_with_a_sentence_that_names_the_place(
    problem: object, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answer, err = ask(tmp_path, problem, capsys)

    assert (status, answer) == (2, None)
    assert said in err
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "nothing.json")]) == main([str(tmp_path)]) == main(["\0"]) == 2
    assert "The file can't be read: No such file or directory." in capsys.readouterr().err


def test_nothing_that_is_put_in_place_of_a_value_breaks_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, odd = (
        Random(1),
        [None, True, -1, 0, 1e308, "", "ada", "\0", [], {}, [[]], [{}], {"ada": []}, 10**30],
    )
    whole = SMALL | {
        "conflicts": [["ada", "A"]],
        "loads": {"least": 1, "most": 2, "judges": {"ada": 3}},
        "regions": {"ada": "asia"},
        "per_region": 1,
        "alternates": 1,
        "issued": {"ada": ["B"]},
        "experts": [{"judge": "ada", "nomination": "A"}],
        "seed": "x",
    }
    for _ in range(400):
        problem = json.loads(json.dumps(whole))
        key = chance.choice(list(problem))
        inner, value = problem[key], chance.choice(odd)
        if isinstance(inner, list) and chance.random() < 0.5:
            inner[chance.randrange(len(inner))] = value
        elif isinstance(inner, dict) and chance.random() < 0.5:
            inner[chance.choice([*inner, "new"])] = value
        else:
            problem[key] = value

        status, answer, err = ask(tmp_path, problem, capsys)

        assert (status, answer is None, bool(err)) in [(0, False, False), (2, True, True)], problem
