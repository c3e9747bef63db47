"""Interests that judges declare: asked from titles alone, kept as said, binding at once, never taken back."""

from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from awards import conflicts, declarations, judges, panels, scoring
from awards.audit import Actor
from awards.models import (
    Assignment,
    AssignmentState,
    Conflict,
    ConflictSource,
    Declaration,
    Judge,
    ScoreSheet,
    ScoreSheetVersion,
)
from awards.tables import FileRefused, Reason
from tests.awards.play import NOW, Play, entry, judge, statements

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    made = Play(session(), tmp_path)
    made.nominate(entry("N1"), entry("N2"), entry("N3", city="Lyon", country="FR"), entry("O1", "openness"))
    made.seat(judge("ada", city="Lyon", country="FR", categories="services"), judge("ben"))
    return made


def seated(play: Play, name: str) -> Judge:
    return judges.find(play.session, play.edition, f"{name}@example.org")


def asked(play: Play, name: str) -> list[str]:
    found = declarations.missing(play.session, play.edition, seated(play, name))
    return [it.reference for it in found]


def say(
    play: Play, name: str, *references: str, seen: tuple[str, ...] | None = None
) -> declarations.Declared:
    who = seated(play, name)
    return declarations.declare(
        play.session,
        play.edition,
        who,
        {play.nomination(it).id: "A friend." for it in references},
        seen=None if seen is None else {play.nomination(it).id for it in seen},
        actor=Actor(who.account, who.account),
        now=NOW,
    )


@ON_SQLITE
def test_a_judge_is_asked_about_their_categories_but_for_what_is_found_already(play: Play) -> None:
    listed = declarations.listed(play.session, play.edition, seated(play, "ada"))

    assert asked(play, "ada") == ["N1", "N2"]
    assert [
        (it.nomination.reference, it.is_asked, [row.source.value for row in it.found]) for it in listed
    ] == [
        ("N1", True, []),
        ("N2", True, []),
        ("N3", False, ["same_city"]),
    ]
    assert asked(play, "ben") == ["N1", "N2", "N3", "O1"]


@ON_SQLITE
def test_what_was_said_is_not_asked_again_and_what_was_added_alone_is(play: Play) -> None:
    say(play, "ben", seen=("N1", "N2", "O1"))

    assert asked(play, "ben") == ["N3"]
    assert seated(play, "ben").declared_at == NOW


@ON_SQLITE
def test_once_issued_only_what_is_issued_is_asked(play: Play) -> None:
    play.assign(per_nomination=1)
    mine = {
        it.nomination.reference
        for it in play.session.scalars(
            select(Assignment).where(Assignment.judge_id == seated(play, "ben").id)
        )
    }

    assert mine
    assert set(asked(play, "ben")) == mine < {"N1", "N2", "N3", "O1"}


def test_an_interest_ends_the_assignment_and_keeps_what_was_written(play: Play) -> None:
    play.assign()
    play.mark(("ben@example.org", "N1", "8", "8"), ("ben@example.org", "N2", "7", "7"))

    done = say(play, "ben", "N1")

    row = play.session.scalars(select(Conflict).where(Conflict.source == ConflictSource.DECLARED)).one()
    sheets = {it.assignment.nomination.reference: it for it in play.session.scalars(select(ScoreSheet))}
    ended = sheets["N1"].assignment
    assert (done.answered, done.interests, done.ended) == (4, ("N1",), 1)
    assert (row.nomination.reference, row.detail) == ("N1", "A friend.")
    assert (ended.state, ended.ended_at) == (AssignmentState.RECUSED, NOW)
    assert (sheets["N1"].counted, sheets["N1"].reason, sheets["N2"].counted) == (False, "conflict", True)
    assert len(play.session.scalars(select(ScoreSheetVersion)).all()) == 2


@ON_SQLITE
def test_an_interest_is_never_taken_back(play: Play) -> None:
    say(play, "ben", "N1")

    again, nothing = say(play, "ben", "N1"), say(play, "ben")

    rows = play.session.scalars(select(Declaration).where(Declaration.interest)).all()
    assert [(again.interests, nothing.answered)] == [((), 0)]
    assert len(rows) == 1
    assert (
        len(play.session.scalars(select(Conflict).where(Conflict.source == ConflictSource.DECLARED)).all())
        == 1
    )


@ON_SQLITE
def test_an_interest_may_come_to_light_after_none_was_declared(play: Play) -> None:
    say(play, "ben")
    play.assign()
    who = seated(play, "ben")

    ended = [
        declarations.declare_one(
            play.session,
            play.edition,
            who,
            play.nomination("N2"),
            reason="",
            actor=Actor(who.account, who.account),
            now=NOW,
        )
        for _twice in range(2)
    ]

    assert ended == [1, 0]
    assert (who.id, play.nomination("N2").id) in conflicts.blocked(play.session, play.edition)


def test_a_declared_pair_is_not_issued_again_by_assignment_or_sql(play: Play) -> None:
    play.assign()
    say(play, "ben", "N1")

    panels.assign(play.session, play.edition, actor=play.actor, now=NOW)

    states = {
        it.nomination.reference: it.state
        for it in play.session.scalars(
            select(Assignment).where(Assignment.judge_id == seated(play, "ben").id)
        )
    }
    assert states["N1"] is AssignmentState.RECUSED
    with pytest.raises(DBAPIError, match="in conflict"):
        play.session.execute(text("UPDATE assignment SET state = 'issued'"))


@ON_SQLITE
def test_a_declared_pair_is_marked_by_no_form_and_no_file(play: Play) -> None:
    play.assign()
    who = seated(play, "ben")
    mine = Actor(who.account, who.account)
    assignment = play.session.scalars(
        select(Assignment).where(
            Assignment.judge_id == who.id, Assignment.nomination_id == play.nomination("N1").id
        )
    ).one()
    say(play, "ben", "N1")

    with pytest.raises(scoring.NotAssigned):
        scoring.save(
            play.session,
            play.edition,
            assignment,
            scoring.Content({"services": 8}),
            base=0,
            opened=None,
            actor=mine,
            now=NOW,
        )
    with pytest.raises(scoring.NotAssigned):
        scoring.submit(play.session, play.edition, assignment, opened=None, actor=mine, now=NOW)
    with pytest.raises(FileRefused) as refused:
        play.mark(("ben@example.org", "N1", "8", "8"))
    assert [it.reason for it in refused.value.lines] == [Reason.IN_CONFLICT]


@ON_SQLITE
def test_an_interest_counts_beside_what_the_system_found(play: Play) -> None:
    say(play, "ada", "N3")

    who, nomination = seated(play, "ada"), play.nomination("N3")
    sources = conflicts.blocked(play.session, play.edition)[who.id, nomination.id]
    assert sources == {ConflictSource.SAME_CITY, ConflictSource.DECLARED}


@ON_SQLITE
def test_after_the_close_an_interest_takes_its_sheet_out_until_the_announcement(play: Play) -> None:
    say(play, "ben")
    play.assign()
    play.mark(*[("ben@example.org", it, "8", "8") for it in ("N1", "N2", "N3")])
    play.mark(("ben@example.org", "O1", "", "8"))
    play.mark(*[("ada@example.org", it, "8", "8") for it in ("N1", "N2")])
    play.close()
    who = seated(play, "ben")

    ended = declarations.declare_one(
        play.session, play.edition, who, play.nomination("N1"), reason="", actor=play.actor, now=NOW
    )

    out = [it for it in play.session.scalars(select(ScoreSheet)) if not it.counted]
    assert ended == 1
    assert [it.assignment.nomination.reference for it in out] == ["N1"]
    assert asked(play, "ben") == []


@ON_SQLITE
def test_declaring_asks_the_database_as_often_for_many_as_for_few(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path)
    play.nominate(*[entry(f"N{number:02}") for number in range(30)])
    play.seat(judge("ada"), judge("ben"))
    counts = []
    for name, seen in (("ada", ("N00", "N01")), ("ben", tuple(f"N{number:02}" for number in range(30)))):
        asked(play, name)
        ids = {play.nomination(it).id for it in seen}
        who = seated(play, name)
        with statements(session) as run:
            declarations.declare(play.session, play.edition, who, {}, seen=ids, actor=play.actor, now=NOW)
        counts.append(len(run))

    assert counts[0] == counts[1]
