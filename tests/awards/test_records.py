"""Records: what they hold at each stage, whom they name, and that a stranger counts the same from them."""

import json
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session, scoped_session

from awards import conflicts, panels, prizes, publishing, records, rounds, shortlists
from awards.counts import EvidenceDiffers
from awards.models import (
    Assignment,
    AssignmentKind,
    Conflict,
    ConflictSource,
    FrozenStanding,
    Judge,
    Nomination,
    NominationState,
    RecordLabel,
)
from awards.records import Written
from judging.record import Record, read_bytes
from judging.recount import Recount, recount
from tests.awards.contest import JUDGES, Contest, address
from tests.awards.play import entry, statements

PUBLIC = '\n[vote]\nelectorate = "public"\nmethod = "{method}"\napprove_up_to = 2\n'
RUNOFF = '\n[result]\nladder = ["runoff", "lot"]\n'
MENTION = '\n[[prizes]]\nkey = "mention"\nname.en = "Special mention"\nby_decision = true\ncount = 1\n'
SIX = ("SV-1", "SV-2", "SV-3", "SV-4", "SV-5", "SV-6")
LEVEL = {"SV-1": 9, "SV-2": 8, "SV-3": 8, "SV-4": 8, "SV-5": 5, "SV-6": 4}
"""Of the six, three are level where two advance."""


def written(contest: Contest, *, public: bool) -> tuple[Written, Record]:
    target = BytesIO()
    found = records.write(contest.session, contest.edition, target, public=public)
    return found, read_bytes(target.getvalue(), manifest_sha256=found.manifest_sha256)


def counted(contest: Contest, *, public: bool) -> Recount:
    found = recount(written(contest, public=public)[1])
    assert found.differences == ()
    return found


def everything(record: Record) -> str:
    """All that a record says, as text."""
    names = [info.filename for info in record.archive.infolist()]
    return "\n".join(record.archive.read(name).decode() for name in names)


def outcome(record: Record) -> Mapping[str, Any]:
    found = record.document("outcome.json")
    assert isinstance(found, dict)
    return found


def play(
    session: scoped_session[Session],
    folder: Path,
    more: str = "",
    marks: Mapping[str, int] = LEVEL,
    **rules: object,
) -> Contest:
    entries = [entry(name) for name in marks]
    places = {"places": 2, "ladder": '"lot"'}
    return Contest(session, folder, places | rules, more, marks=marks, entries=entries)


def decided(contest: Contest) -> Contest:
    """A vote of the four judges on the finalists, counted and signed."""
    contest.opened()
    slate = contest.election().slate
    contest.vote(*((address(name), *slate[n % 2 :]) for n, name in enumerate(JUDGES)))
    contest.close()
    contest.sign()
    return contest


@pytest.mark.parametrize("public", [False, True])
def test_a_finished_edition_recounts_from_either_record(
    session: scoped_session[Session], tmp_path: Path, public: bool
) -> None:
    contest = decided(play(session, tmp_path))

    found = counted(contest, public=public)

    (category,) = found.categories
    assert category.outcome is not None
    assert {row.nomination for row in category.outcome.rows} == set(contest.election().slate)
    assert len(category.standing.rows if category.standing else ()) == 6
    assert found.lacks == ()


@pytest.mark.parametrize("public", [False, True])
@pytest.mark.parametrize("second_round", ["none", "panel"])
def test_without_a_vote_the_sheets_recount(
    session: scoped_session[Session], tmp_path: Path, second_round: str, public: bool
) -> None:
    contest = play(session, tmp_path, second_round=second_round).judged()
    contest.shortlist()
    if second_round == "panel":
        contest.open()
        panels.assign(contest.session, contest.edition, actor=contest.actor, now=contest.now)
        contest.mark()
        contest.close()
    contest.sign()

    found = counted(contest, public=public)

    assert found.categories[0].outcome is not None


@pytest.mark.parametrize("public", [False, True])
def test_a_run_off_recounts(session: scoped_session[Session], tmp_path: Path, public: bool) -> None:
    contest = play(session, tmp_path, RUNOFF).opened()
    one, other = contest.election().slate
    contest.vote((address("ann"), one), (address("ben"), other))
    contest.close()
    contest.vote((address("cho"), other))
    contest.close()
    contest.sign()

    found = counted(contest, public=public)

    assert found.categories[0].outcome is not None
    assert found.categories[0].outcome.rows[0].nomination == other


@pytest.mark.parametrize("method", ["one_choice", "approval"])
@pytest.mark.parametrize("electors", [4, 12])
def test_few_ballots_are_a_table_and_many_are_shown(
    session: scoped_session[Session], tmp_path: Path, method: str, electors: int
) -> None:
    contest = play(session, tmp_path, PUBLIC.format(method=method))
    contest.enrol(*((f"elector {n}", "", "", "") for n in range(electors)))
    contest.opened()
    slate = contest.election().slate
    contest.vote(*((f"elector {n}", slate[n % 3 % 2]) for n in range(electors)))
    contest.close()
    contest.sign()

    record = written(contest, public=True)[1]
    lines = list(record.lines("ballots.jsonl"))

    assert recount(record).differences == ()
    assert len(list(record.lines("commitments.jsonl"))) == electors
    assert [("choice" in line, "table" in line) for line in lines] == (
        [(True, False)] * 12 if electors == 12 else [(False, True)]
    )


def test_ballots_that_name_a_number_are_a_table_without_commitments(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = play(session, tmp_path, PUBLIC.format(method="one_choice"), slate="eligible")
    contest.enrol(*((f"elector {n}", "", "", "") for n in range(12)))
    contest.opened()
    contest.vote(*((f"elector {n}", SIX[n % 6]) for n in range(11)))
    contest.close()
    contest.sign()

    record = written(contest, public=True)[1]

    assert recount(record).differences == ()
    assert list(record.lines("commitments.jsonl")) == []
    assert ["table" in line for line in record.lines("ballots.jsonl")] == [True]
    counted(contest, public=False)


def test_the_public_record_names_finalists_and_winners_only(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = decided(play(session, tmp_path, MENTION))
    loser = next(name for name in SIX if name not in contest.election().slate)
    mention(contest, loser)

    record = written(contest, public=True)[1]
    said = everything(record)

    named = {loser, *contest.election().slate}
    for name in SIX:
        for words in (name, f"Project {name}", f"Town of {name}"):
            assert (words in said) == (name in named), words
    for judge in JUDGES:
        assert judge not in said.casefold().replace("standing", "")
    assert "@" not in said
    assert "tester" not in said
    counted(contest, public=True)


def mention(contest: Contest, reference: str) -> None:
    prizes.give(
        contest.session,
        contest.edition,
        reference,
        "mention",
        reason=f"{reference} shows courage.",
        actor=contest.actor,
        now=contest.now,
    )


@pytest.mark.parametrize(("scope", "named"), [("numbers", 0), ("all", 6)])
def test_the_rules_may_name_nobody_or_everybody(
    session: scoped_session[Session], tmp_path: Path, scope: str, named: int
) -> None:
    contest = play(session, tmp_path, record=scope)
    decided(contest)

    record = written(contest, public=True)[1]

    assert recount(record).differences == ()
    assert sum("title" in line for line in record.lines("nominations.jsonl")) == named


def test_numbers_are_drawn_once_and_judges_anew_in_each_category(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = decided(play(session, tmp_path))

    first, again = written(contest, public=True)[0], written(contest, public=True)[0]
    labels = contest.session.scalars(select(RecordLabel.label)).all()

    assert first == again
    assert len({label for label in labels if label.startswith("no-")}) == 4
    assert {label for label in labels if "judge" in label} == {f"services/judge-{n}" for n in (1, 2, 3, 4)}


def test_a_lot_among_numbers_is_taken_as_it_fell(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = decided(play(session, tmp_path))

    record = written(contest, public=True)[1]
    stated = record.document("decisions.json")

    assert isinstance(stated, list)
    lots = [it for it in stated if isinstance(it, dict) and it["kind"] == "lot"]
    assert len(lots) == 1


def test_no_time_in_the_public_record_is_finer_than_a_day(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = decided(play(session, tmp_path))

    assert "09:30" in everything(written(contest, public=False)[1])
    assert "09:30" not in everything(written(contest, public=True)[1])


def test_comments_stand_in_the_full_record_only(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = play(session, tmp_path).judged()
    shown = {public: everything(written(contest, public=public)[1]) for public in (False, True)}

    assert '"comment"' in shown[False]
    assert '"comment"' not in shown[True]


def test_until_the_close_a_record_holds_no_mark(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = play(session, tmp_path)
    contest.marked()

    record = written(contest, public=False)[1]

    assert list(record.lines("sheets.jsonl")) == []
    assert recount(record).lacks == ("standing of services",)


def test_an_unfinished_record_recounts_what_it_has(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = play(session, tmp_path).opened()
    found = [counted(contest, public=public) for public in (False, True)]

    assert [it.lacks for it in found] == [("result of services",)] * 2
    assert [it.categories[0].outcome for it in found] == [None, None]


def test_the_seed_stays_secret_until_it_has_been_used(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    marks = {"SV-1": 9, "SV-2": 8, "SV-3": 7}
    contest = play(session, tmp_path, marks=marks).opened()
    before = outcome(written(contest, public=False)[1])["seed"]
    contest.vote((address("ann"), "SV-1", "SV-2"))
    contest.close()
    contest.sign()

    after = outcome(written(contest, public=True)[1])["seed"]

    assert (before, after) == (None, contest.edition.seed)


def test_evidence_that_gives_another_result_writes_no_record(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = play(session, tmp_path).judged()
    table = " ON frozen_standing" if contest.session.get_bind().dialect.name == "postgresql" else ""
    contest.session.execute(text(f"DROP TRIGGER guard_frozen_standing_update{table}"))
    frozen = contest.session.scalars(select(FrozenStanding)).one()
    document = json.loads(json.dumps(frozen.document))
    document["rows"][0]["total"] = "10"
    frozen.document = document
    contest.session.flush()

    with pytest.raises(EvidenceDiffers, match="services"):
        written(contest, public=False)


def test_the_published_record_is_kept_as_it_was(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = decided(play(session, tmp_path))
    files = tmp_path / "files"
    before = records.kept(contest.session, contest.edition, folder=files, public=True)

    released = publishing.release(
        contest.session, contest.edition, folder=files, actor=contest.actor, now=contest.now
    )

    assert before is None
    assert released.record is not None
    kept = {
        public: records.kept(contest.session, contest.edition, folder=files, public=public)
        for public in (False, True)
    }
    assert kept[True] is not None
    assert kept[False] is not None
    for found, content in (kept[True], kept[False]):
        assert recount(read_bytes(content, manifest_sha256=found.manifest_sha256)).differences == ()
    assert outcome(read_bytes(kept[True][1]))["full_record"] == kept[False][0].manifest_sha256


def test_a_signed_result_is_what_the_chair_ordered(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = play(session, tmp_path, ladder='"chair", "lot"').judged()
    shortlists.order_level(
        contest.session,
        contest.edition,
        "services",
        ["SV-4"],
        reason="It is the most useful.",
        actor=contest.actor,
        now=contest.now,
    )
    contest.shortlist()

    found = [counted(contest, public=public) for public in (False, True)]

    assert {it.categories[0].standing.finalists for it in found if it.categories[0].standing} == {
        ("SV-1", "SV-4")
    }


def test_a_recusal_is_a_count_in_public_and_its_sheet_stands_uncounted_in_the_full_record(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = play(session, tmp_path)
    contest.marked()
    judge = contest.session.scalars(select(Judge)).first()
    assert judge is not None
    contest.session.add(
        Conflict(
            judge_id=judge.id,
            nomination_id=contest.nomination("SV-1").id,
            source=ConflictSource.DECLARED,
            found_at=contest.now,
        )
    )
    conflicts.find(contest.session, contest.edition, actor=contest.actor, now=contest.now)
    rounds.close_first(contest.session, contest.edition, actor=contest.actor, now=contest.now)

    full, public = (written(contest, public=public)[1] for public in (False, True))

    for record in (full, public):
        assert recount(record).differences == ()
        assert outcome(record)["counts"]["recusals"] == 1
    assert [line["counted"] for line in full.lines("sheets.jsonl")].count(False) == 1
    assert len(list(public.lines("sheets.jsonl"))) == 6 * 4 - 1
    assert len(list(public.lines("assignments.jsonl"))) == 6 * 4 - 1


def test_a_draft_is_in_no_record(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = decided(play(session, tmp_path))
    extra = Nomination(
        edition_id=contest.edition.id,
        reference="SV-99",
        state=NominationState.DRAFT,
        category="services",
        created_at=contest.now,
    )
    contest.session.add(extra)
    contest.session.flush()

    record = written(contest, public=True)[1]

    assert outcome(record)["counts"]["nominations"] == 6
    assert "SV-99" not in everything(record)


def test_an_unsigned_result_says_so(session: scoped_session[Session], tmp_path: Path) -> None:
    contest = play(session, tmp_path).opened()
    contest.vote((address("ann"), *contest.election().slate))
    contest.close()

    assert counted(contest, public=False).lacks == ("signature under services",)


def test_what_was_marked_for_practice_is_no_evidence(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    contest = play(session, tmp_path)
    contest.marked()
    assignment = contest.session.scalars(select(Assignment)).first()
    assert assignment is not None
    assignment.kind = AssignmentKind.PRACTICE
    contest.session.flush()
    rounds.close_first(contest.session, contest.edition, actor=contest.actor, now=contest.now)

    for public in (False, True):
        assert len(list(written(contest, public=public)[1].lines("sheets.jsonl"))) == 6 * 4 - 1
    assert len(list(written(contest, public=True)[1].lines("assignments.jsonl"))) == 6 * 4 - 1


def test_the_number_of_statements_of_a_record_does_not_grow_with_the_nominations(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    counts = []
    for number in (4, 12):
        contest = play(session, tmp_path, marks={f"SV-{n:02}": 8 for n in range(number)}).judged()
        contest.session.flush()
        contest.session.expire_all()
        with statements(session) as run:
            written(contest, public=False)
        counts.append(len(run))
        session.rollback()

    assert counts[0] == counts[1]
