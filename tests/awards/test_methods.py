"""Rankings counted by Schulze from the box to the record, and no ballot longer than that of whoever has most barred."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards.models import Ballot, Nomination, NominationState
from awards.tables import FileRefused, Reason
from judging.count import tally_of
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.awards.play import entry, judge
from tests.awards.test_records import counted, outcome, written

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

AROUND = (
    (address("ann"), "SV-1", "SV-2", "SV-3", "SV-4"),
    (address("ben"), "SV-1", "SV-2", "SV-3", "SV-4"),
    (address("cho"), "SV-2", "SV-3", "SV-1", "SV-4"),
    (address("dia"), "SV-3", "SV-1", "SV-2", "SV-4"),
)
"""SV-1 over SV-2 by 3, SV-2 over SV-3 by 3; SV-1 and SV-3 are even."""
SHORT = ((address("ann"), "SV-3", "SV-4"), *((address(it), "SV-1", "SV-2") for it in JUDGES[1:]))


def contest_of(
    session: scoped_session[Session],
    folder: Path,
    method: str = "schulze",
    *,
    publish: int = 4,
    portuguese: Sequence[str] = (),
) -> Contest:
    """Four judges vote; Ann is Portuguese, and so are some of the finalists."""
    entries = [entry(it, country="PT" if it in portuguese else "KR") for it in FINALISTS]
    panel = [judge("ann", country="PT"), *(judge(name) for name in JUDGES[1:])]
    rules = {"same_country": "block", "record": f'finalists"\nmin_publish = {publish} # "'}
    more = f'\n[vote]\nelectorate = "judges"\nmethod = "{method}"\n'
    return Contest(session, folder, rules, more, entries=entries, panel=panel).opened()


@pytest.mark.parametrize("publish", [4, 5], ids=["ballots", "the table instead"])
def test_a_vote_by_schulze_is_counted_and_recounts_from_its_record(
    session: scoped_session[Session], tmp_path: Path, publish: int
) -> None:
    contest = contest_of(session, tmp_path, publish=publish)
    contest.vote(*AROUND)
    contest.close()
    contest.sign()

    assert tally_of(contest.election().tally or {}).votes == {"SV-1": 3, "SV-2": 2, "SV-3": 1, "SV-4": 0}
    assert contest.prizes() == {"SV-1": "best", "SV-2": None, "SV-3": None, "SV-4": None}
    for public in (False, True):
        [result] = [it for it in counted(contest, public=public).categories if it.category == "services"]
        assert result.outcome is not None
        assert next(row.nomination for row in result.outcome.rows) == "SV-1"
    lines = list(written(contest, public=True)[1].lines("ballots.jsonl"))
    assert ["table" in it for it in lines] == ([True] if publish == 5 else [False] * 4)


@pytest.mark.parametrize("method", ["borda", "schulze"])
def test_nobody_ranks_more_than_whoever_has_most_barred(
    session: scoped_session[Session], tmp_path: Path, method: str
) -> None:
    """Ann may rank two of four. If others ranked all, the ballot of two would be hers."""
    contest = contest_of(session, tmp_path, method, portuguese=("SV-1", "SV-2"))

    assert contest.election().most_ranked == 2
    with pytest.raises(FileRefused) as refused:
        contest.vote(SHORT[0], (address("ben"), "SV-1", "SV-2", "SV-3"))
    assert [(it.row, it.column, it.reason) for it in refused.value.lines] == [
        (3, "third", Reason.TOO_MANY),
    ]
    contest.vote(*SHORT)
    contest.close()
    contest.sign()

    lengths = {len(it) for it in session.scalars(select(Ballot.choice))}
    assert lengths == {2}
    _, record = written(contest, public=True)
    [stated] = outcome(record)["categories"]["services"]["elections"]
    assert stated["most_ranked"] == 2
    counted(contest, public=True)


@pytest.mark.parametrize(
    ("method", "publish", "portuguese"),
    [
        ("borda", 4, ["SV-1"]),
        ("borda", 5, ["SV-1", "SV-2"]),
        ("approval", 4, ["SV-1", "SV-2"]),
        ("schulze", 4, FINALISTS),
    ],
    ids=["one is barred", "no ballot is published", "no ranking", "can only abstain"],
)
def test_all_may_be_ranked_where_no_ballot_would_tell(
    session: scoped_session[Session], tmp_path: Path, method: str, publish: int, portuguese: Sequence[str]
) -> None:
    contest = contest_of(session, tmp_path, method, publish=publish, portuguese=portuguese)

    assert contest.election().most_ranked is None
    assert session.scalars(select(Nomination).where(Nomination.state == NominationState.FINALIST)).first()
