"""The public log of a record: what does not fit it is found, and a receipt leads to a ballot with its proof."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from judging import ledger, receipts
from judging import recount as again
from judging.__main__ import main
from judging.ballot import commitment
from judging.receipt_words import WORDS, words
from judging.record import read_bytes
from judging.recount import Check
from tests.builders import rules
from tests.judging.cases import counted, is_no_record
from tests.judging.records import Case, Parts, root_of

VOTE = {"electorate": "public", "method": "one_choice"}
TEN = (("A",), ("A",), ("A",), ("A",), ("B",), ("B",), ("B",), ("C",), ("C",), ())


def parts() -> Parts:
    return Case(rules(vote=VOTE), ballots=TEN, logged=True).parts()


def election(found: Parts) -> Any:
    return found.category["elections"][0]


def test_a_record_with_a_log_agrees_and_one_from_before_there_was_one_too() -> None:
    assert counted(parts().written()).differences == ()
    assert counted(Case(rules(vote=VOTE), ballots=TEN).written()).differences == ()


def dropped(found: Parts) -> None:
    del found.lines["log.jsonl"][4]


def changed(found: Parts) -> None:
    found.lines["log.jsonl"][4]["fingerprint"] = "ab" * 32


def added(found: Parts) -> None:
    found.lines["log.jsonl"].append(found.lines["log.jsonl"][0] | {"fingerprint": "ab" * 32})


def swapped(found: Parts) -> None:
    lines = found.lines["log.jsonl"]
    lines[4], lines[5] = lines[5], lines[4]


def root_replaced(found: Parts) -> None:
    election(found)["log"][0]["root"] = "ab" * 32


def head_beyond(found: Parts) -> None:
    election(found)["log"].append({"size": 40, "root": "ab" * 32})


def left_out(found: Parts) -> None:
    del found.lines["log.jsonl"]


def struck_afterwards(found: Parts) -> None:
    found.lines["log.jsonl"][5]["struck"] = "fraud"


def ballot_changed_with_its_commitment(found: Parts) -> None:
    """All that follows from it too: only the root that was published at the opening tells."""
    line = found.lines["ballots.jsonl"][0]
    before = commitment(line["election"], tuple(line["choice"]), line["nonce"])
    line["nonce"] = "f" * 32
    after = commitment(line["election"], tuple(line["choice"]), line["nonce"])
    mine = found.lines["commitments.jsonl"]
    next(it for it in mine if it["commitment"] == before)["commitment"] = after
    mine.sort(key=lambda it: it["commitment"])


def commitments_in_another_order(found: Parts) -> None:
    found.lines["commitments.jsonl"].reverse()


def commitments_root_replaced(found: Parts) -> None:
    election(found)["commitments_root"] = "ab" * 32


TAMPERED: tuple[tuple[Callable[[Parts], None], str], ...] = (
    (dropped, "root over 11 envelopes"),
    (changed, "root over 11 envelopes"),
    (added, "last root"),
    (swapped, "root over 11 envelopes"),
    (root_replaced, "root over 2 envelopes"),
    (head_beyond, "root over 40 envelopes"),
    (left_out, "root over 2 envelopes"),
    (struck_afterwards, "envelopes that count"),
    (ballot_changed_with_its_commitment, "root of the commitments"),
    (commitments_in_another_order, "commitments"),
    (commitments_root_replaced, "root of the commitments"),
)


@pytest.mark.parametrize(("tamper", "place"), TAMPERED)
def test_what_does_not_fit_the_log_is_found_and_by_nothing_else(
    tamper: Callable[[Parts], None], place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = parts()
    tamper(found)

    differences = counted(found.written()).differences

    assert {it.check for it in differences} == {Check.LOG}
    assert f"{place} of " in differences[0].place
    for part in (ledger.Ledger, ledger.Sorted):
        monkeypatch.setattr(part, "misfits", lambda *_: ())
    monkeypatch.setattr(again._Recount, "_check_aside", lambda *_: None)
    assert counted(found.written()).differences == ()


def test_nothing_is_set_aside_without_a_decision(monkeypatch: pytest.MonkeyPatch) -> None:
    """A ballot may be dropped and its envelope called struck: log and box then agree with each other."""
    found = parts()
    found.decisions[:] = [it for it in found.decisions if it["kind"] != "struck"]

    (difference,) = counted(found.written()).differences

    assert (difference.check, difference.place) == (Check.LOG, "envelopes set aside, fraud")
    monkeypatch.setattr(again._Recount, "_check_aside", lambda *_: None)
    assert counted(found.written()).differences == ()


def test_a_fingerprint_that_stands_twice_and_a_log_of_no_election_are_no_record() -> None:
    twice, foreign = parts(), parts()
    twice.lines["log.jsonl"][1]["fingerprint"] = twice.lines["log.jsonl"][0]["fingerprint"]
    foreign.lines["log.jsonl"][1]["election"] = "another"

    assert is_no_record(twice)
    assert is_no_record(foreign)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "record.zip"
    path.write_bytes(parts().written())
    return path


def ballot_line(found: Parts, number: int) -> str:
    line = found.lines["ballots.jsonl"][number]
    return commitment(line["election"], tuple(line["choice"]), line["nonce"])


def test_a_code_in_either_language_shows_one_ballot_and_its_proof(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = ballot_line(parts(), 4)
    codes = {it: words(value, it) for it in WORDS}

    for typed in (*codes.values(), ["".join(codes["ko"])], ["-".join(codes["en"]).upper()], [value[:16]]):
        assert main(["receipt", str(file), *typed]) == 0
        shown = capsys.readouterr().out
        assert f"ballot    {value}" in shown
        assert "choice    B\n" in shown
        assert f"code      {' '.join(codes['ko'])}" in shown
        assert f"root      {election(parts())['commitments_root']}" in shown
        assert shown.rstrip().endswith("holds")
    assert main(["receipt", str(file), ballot_line(parts(), 9)]) == 0
    assert "choice    abstention" in capsys.readouterr().out


def test_an_envelope_is_proved_under_the_last_root_and_a_struck_one_says_why(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaves = [it["fingerprint"] for it in parts().lines["log.jsonl"]]

    assert main(["receipt", str(file), leaves[1]]) == 0

    shown = capsys.readouterr().out
    assert "place     2 of 11" in shown
    assert "struck    fraud: it was not opened" in shown
    assert f"root      {root_of(leaves)}" in shown


def test_what_is_not_there_or_does_not_hold_is_said(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = {
        "00" * 32: "no such ballot",
        "ab12": "at least the first 16 digits",
        "acorn adlut": "'adlut' is none of the words",
        "acorn": "1 words, and not 8",
    }
    for typed, said in wrong.items():
        assert main(["receipt", str(file), typed]) == 1
        assert said in capsys.readouterr().err
    found = parts()
    ballot_changed_with_its_commitment(found)
    value = ballot_line(found, 0)
    file.write_bytes(found.written())
    assert main(["receipt", str(file), value]) == 1
    assert "DOES NOT HOLD" in capsys.readouterr().out
    found.lines["ballots.jsonl"][0]["choice"] = 3
    file.write_bytes(found.written())
    assert main(["receipt", str(file), value]) == 2


def test_a_table_shows_no_choice_and_an_old_record_no_proof(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = Case(rules(vote=VOTE), ballots=TEN, logged=True, as_table=True).parts()
    old = Case(rules(vote=VOTE), ballots=TEN).parts()

    (shown,) = receipts.find(read_bytes(table.written()), table.lines["commitments.jsonl"][0]["commitment"])
    (unproved,) = receipts.find(read_bytes(old.written()), ballot_line(old, 0)[:20])

    assert (shown.choice, shown.holds) == (None, True)
    file.write_bytes(table.written())
    assert main(["receipt", str(file), table.lines["commitments.jsonl"][0]["commitment"]]) == 0
    assert "has a table of this election instead of ballots" in capsys.readouterr().out
    assert (unproved.choice, unproved.holds, unproved.root) == (("A",), False, "")


def test_a_log_without_a_root_of_its_own_is_found_in_no_old_record(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = parts()
    del election(found)["log"]
    del election(found)["commitments_root"]
    leaf = found.lines["log.jsonl"][3]["fingerprint"]
    file.write_bytes(found.written())

    assert main(["receipt", str(file), leaf]) == 1
    assert "states no root" in capsys.readouterr().out


def test_words_are_256_of_each_language_and_none_in_two() -> None:
    every = [word for it in WORDS.values() for word in it]

    assert {len(it) for it in WORDS.values()} == {256}
    assert len(set(every)) == len(every)
    assert words("00" * 32, "fr") == words("00" * 32, "en")
