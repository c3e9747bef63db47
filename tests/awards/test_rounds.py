"""The first round: marks from files, the close, the chair's word, the signature."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import accounts, editions, rounds, sheets, shortlists, standings, verdicts
from awards.audit import Actor
from awards.decisions import ReasonMissing
from awards.editions import NotFrozen
from awards.extensions import begin_writing, db
from awards.models import (
    Account,
    Assignment,
    AssignmentKind,
    AuditPayload,
    Conflict,
    ConflictSource,
    Decision,
    DecisionKind,
    Edition,
    FrozenStanding,
    NominationState,
    Origin,
    Role,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
)
from awards.tables import FileRefused, Line, Reason
from awards.timetable import IllegalTransition, Phase
from judging.values import Finalist, Round, Step
from tests.awards.play import CRITERIA, KEY, NOW, Play, entry, judge, table

SERVICES = ("N1", "N2", "N3")


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    """Three nominations of services and one of openness, two judges, everything given out."""
    made = Play(session(), tmp_path)
    made.nominate(*(entry(reference) for reference in SERVICES), entry("M1", "openness"))
    made.seat(judge("ada"), judge("ben"))
    made.assign()
    return made


def mark_all(play: Play, **marks: tuple[int, int]) -> None:
    """Each judge's mark on both criteria, by nomination, ada first."""
    rows = []
    for reference, given in marks.items():
        for name, mark in zip(("ada", "ben"), given, strict=True):
            own = "" if reference.startswith("M") else str(mark)
            rows.append((f"{name}@example.org", reference, own, str(mark)))
    play.mark(*rows)


def closed(play: Play, **marks: tuple[int, int]) -> Play:
    mark_all(play, **({"N1": (9, 9), "N2": (8, 8), "N3": (7, 7), "M1": (5, 5)} | marks))
    play.close()
    return play


def versions(play: Play) -> list[tuple[int, dict[str, Any], str]]:
    rows = play.session.scalars(select(ScoreSheetVersion).order_by(ScoreSheetVersion.id))
    return [(row.number, row.marks, row.comment) for row in rows]


def refused(play: Play, *rows: tuple[str, ...], columns: tuple[str, ...] | None = None) -> tuple[Line, ...]:
    with pytest.raises(FileRefused) as found:
        play.mark(*rows, **({"columns": columns} if columns else {}))
    return found.value.lines


def sign(play: Play, category: str | None = None) -> shortlists.Shortlisted:
    return shortlists.sign(play.session, play.edition, category=category, actor=play.actor, now=play.now)


def order(
    play: Play, *references: str, category: str = "services", reason: str = "By merit."
) -> FrozenStanding:
    return shortlists.order_level(
        play.session, play.edition, category, references, reason=reason, actor=play.actor, now=play.now
    )


def states(play: Play) -> dict[str, NominationState]:
    return {reference: play.nomination(reference).state for reference in (*SERVICES, "M1")}


def test_a_file_of_marks_makes_submitted_sheets_with_their_origin(play: Play) -> None:
    loaded = play.mark(("ADA@example.org", "N1", "8", "10.0", "Clear."), ("ben@example.org", "M1", "", "7"))

    found = play.session.scalars(select(ScoreSheet)).all()
    assert (loaded.round, loaded.new, loaded.changed, loaded.unchanged) == (Round.FIRST, 2, 0, 0)
    assert [sheet.state for sheet in found] == [SheetState.SUBMITTED, SheetState.SUBMITTED]
    assert {sheet.versions[0].origin for sheet in found} == {Origin.FILE}
    assert versions(play) == [(1, {"services": 8, "impact": 10}, "Clear."), (1, {"impact": 7}, "")]


def test_the_same_marks_again_change_nothing_and_others_make_a_new_version(play: Play) -> None:
    play.mark(("ada@example.org", "N1", "8", "8"), ("ben@example.org", "N1", "6", "6"))

    loaded = play.mark(("ada@example.org", "N1", "8", "8"), ("ben@example.org", "N1", "6", "7"))

    assert (loaded.new, loaded.changed, loaded.unchanged) == (0, 1, 1)
    assert versions(play)[2:] == [(2, {"services": 6, "impact": 7}, "")]
    assert standings.scores_of(play.session, play.edition, "services", Round.FIRST)["N1"].total == Fraction(
        29, 4
    )


def test_a_file_with_bad_rows_names_them_all_and_changes_nothing(play: Play) -> None:
    lines = refused(
        play,
        ("ada@example.org", "N1", "8", "8"),
        ("nobody@example.org", "N1", "8", "8"),
        ("ada@example.org", "N9", "8", "8"),
        ("ada@example.org", "N2", "0", "11"),
        ("ada@example.org", "N3", "7.5", ""),
        ("ada@example.org", "M1", "4", "4"),
        ("ada@example.org", "N1", "8", "8"),
        ("", "N2", "8", "8"),
        ("ben@example.org", "N2", "8", "8", "x" * 20_001),
    )

    scale = ("1 to 10, whole",)
    assert lines == (
        Line(3, "judge", "nobody@example.org", Reason.NOT_FOUND),
        Line(4, "nomination", "N9", Reason.NOT_FOUND),
        Line(5, "services", "0", Reason.NOT_A_MARK, scale),
        Line(5, "impact", "11", Reason.NOT_A_MARK, scale),
        Line(6, "services", "7.5", Reason.NOT_A_MARK, scale),
        Line(6, "impact", "", Reason.EMPTY),
        Line(7, "services", "4", Reason.NOT_MARKED_HERE),
        Line(8, "nomination", "N1", Reason.TWICE_IN_FILE),
        Line(9, "judge", "", Reason.EMPTY),
        Line(10, "comment", f"{'x' * 40}...", Reason.TOO_LONG, ("20000",)),
    )
    assert versions(play) == []


def test_a_column_that_some_row_needs_is_missed_once(play: Play) -> None:
    columns = ("judge", "nomination", "impact")

    lines = refused(play, ("ada@example.org", "N1", "8"), ("ada@example.org", "N2", "8"), columns=columns)
    play.mark(("ada@example.org", "M1", "8"), columns=columns)

    assert lines == (Line(1, "services", "", Reason.COLUMN_MISSING),)
    assert versions(play) == [(1, {"impact": 8}, "")]


def test_marks_are_taken_for_assigned_pairs_and_eligible_nominations_only(play: Play) -> None:
    play.seat(judge("cy"))
    play.nomination("N2").state = NominationState.INELIGIBLE

    lines = refused(play, ("cy@example.org", "N1", "8", "8"), ("ada@example.org", "N2", "8", "8"))

    assert [line.reason for line in lines] == [Reason.NOT_ASSIGNED, Reason.NOT_ELIGIBLE]


def test_no_audit_payload_ever_holds_a_mark(play: Play) -> None:
    play.mark(("ada@example.org", "N1", "9", "4", "Remarkable."))

    payloads = [f"{row.before}{row.after}" for row in play.session.scalars(select(AuditPayload))]

    assert not any("Remarkable" in text or '"impact":4' in text for text in payloads)


def test_practice_and_recused_sheets_do_not_count(play: Play) -> None:
    mark_all(play, N1=(9, 3), N2=(9, 3), N3=(9, 3), M1=(5, 5))
    by_pair = {
        (row.assignment.judge.account.email[:3], row.assignment.nomination.reference): row
        for row in play.session.scalars(select(ScoreSheet))
    }
    by_pair["ben", "N1"].counted = False
    by_pair["ben", "N2"].assignment.kind = AssignmentKind.PRACTICE
    by_pair["ben", "N3"].state = SheetState.DRAFT
    play.session.flush()

    scores = standings.scores_of(play.session, play.edition, "services", Round.FIRST)

    assert {name: (score.total, score.sheets) for name, score in scores.items()} == dict.fromkeys(
        SERVICES, (9, 1)
    )


def test_the_close_freezes_exact_standings_and_opens_the_deliberation(play: Play) -> None:
    mark_all(play, N1=(9, 8), N2=(8, 8), N3=(7, 7), M1=(5, 6))

    frozen = play.close()

    services, openness = standings.of_edition(play.session, play.edition)
    assert play.edition.phase is Phase.DELIBERATION
    assert play.edition.first_closed_at == NOW
    assert [(it.category, it.number) for it in frozen] == [("services", 1), ("openness", 1)]
    assert [(row.nomination, row.place, row.total, row.finalist) for row in services.rows] == [
        ("N1", 1, Fraction(17, 2), Finalist.YES),
        ("N2", 2, 8, Finalist.YES),
        ("N3", 3, 7, Finalist.NO),
    ]
    assert openness.finalists == ("M1",)


def test_nobody_sees_a_total_before_the_close(play: Play) -> None:
    mark_all(play, N1=(9, 9))

    with pytest.raises(standings.RoundOpen):
        standings.of_edition(play.session, play.edition)
    with pytest.raises(standings.RoundOpen):
        sign(play)


def test_the_round_stays_open_while_sheets_are_missing(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum": 2})
    play.nominate(entry("N1"), entry("N2"), entry("N3"), entry("M1", "openness"))
    play.seat(judge("ada"), judge("ben"))
    play.assign()
    mark_all(play, N1=(8, 8))
    play.mark(("ada@example.org", "N2", "8", "8"))

    with pytest.raises(rounds.SheetsMissing) as found:
        play.close()

    assert [(it.reference, it.category, it.found, it.needed) for it in found.value.short] == [
        ("N2", "services", 1, 2),
        ("N3", "services", 0, 2),
        ("M1", "openness", 0, 2),
    ]
    assert play.edition.phase is Phase.FIRST_ROUND


def test_a_waiver_lets_fewer_sheets_count_but_never_none(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"minimum": 2})
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"), judge("ben"))
    play.assign()
    play.mark(("ada@example.org", "N1", "8", "8"))

    waived = [
        rounds.waive_minimum(
            play.session,
            play.edition,
            play.nomination(it),
            reason="Two judges left.",
            actor=play.actor,
            now=NOW,
        )
        for it in ("N1", "N2", "N1")
    ]

    assert [new for _, new in waived] == [True, True, False]
    assert waived[0][0].subject == {"nomination": "N1", "round": "first"}
    assert waived[0][0].names["N1"]["title"] == "Project N1"
    assert [
        (it.reference, it.needed) for it in rounds.short_of_sheets(play.session, play.edition, Round.FIRST)
    ] == [("N2", 1)]


def test_a_waiver_needs_a_reason_and_an_open_round(play: Play) -> None:
    def waive(reason: str) -> None:
        rounds.waive_minimum(
            play.session, play.edition, play.nomination("N1"), reason=reason, actor=play.actor, now=NOW
        )

    with pytest.raises(ReasonMissing):
        waive("  ")
    closed(play)
    with pytest.raises(rounds.RoundClosed):
        waive("Too late.")


def test_the_round_stays_open_while_a_nomination_is_undecided(play: Play) -> None:
    mark_all(play, N1=(9, 9), N2=(8, 8), N3=(7, 7), M1=(5, 5))
    play.nomination("N3").state = NominationState.SUBMITTED

    with pytest.raises(rounds.Undecided) as found:
        play.close()

    assert found.value.references == ("N3",)


def test_a_round_that_nobody_entered_is_not_closed(session: scoped_session[Session], tmp_path: Path) -> None:
    play = Play(session(), tmp_path)
    with pytest.raises(rounds.RoundNotOpen):
        play.close()
    play.reach(Phase.FIRST_ROUND)

    with pytest.raises(rounds.NobodyEntered):
        play.close()


def test_a_round_is_closed_once(play: Play) -> None:
    closed(play)

    with pytest.raises(rounds.RoundClosed):
        play.close()


def test_a_save_after_the_close_is_refused(play: Play) -> None:
    closed(play)

    with pytest.raises(rounds.RoundClosed):
        play.mark(("ada@example.org", "N1", "1", "1"))

    assert len(versions(play)) == 8


def test_the_first_round_opens_with_frozen_rules_only(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path)
    play.reach(Phase.SCREENING)
    with pytest.raises(NotFrozen):
        rounds.open_first(play.session, play.edition, actor=play.actor, now=NOW)
    play.reach(Phase.FIRST_ROUND)

    with pytest.raises(IllegalTransition):
        rounds.open_first(play.session, play.edition, actor=play.actor, now=NOW)


def test_signing_makes_finalists_and_keeps_their_names(play: Play) -> None:
    closed(play)

    done = sign(play)

    decision = play.session.scalars(
        select(Decision).where(Decision.kind == DecisionKind.SHORTLIST, Decision.category == "services")
    ).one()
    assert done.signed == {"services": ("N1", "N2"), "openness": ("M1",)}
    assert states(play) == {
        "N1": NominationState.FINALIST,
        "N2": NominationState.FINALIST,
        "N3": NominationState.NOT_SHORTLISTED,
        "M1": NominationState.FINALIST,
    }
    assert decision.subject == {"category": "services", "finalists": ["N1", "N2"]}
    assert {ref: names["title"] for ref, names in decision.names.items()} == {
        "N1": "Project N1",
        "N2": "Project N2",
    }
    assert decision.signers[0]["as"] == "operator"
    assert shortlists.is_signed(play.session, play.edition)


def test_categories_are_signed_one_by_one_or_together_and_once(play: Play) -> None:
    closed(play)
    first = sign(play, "openness")
    assert not shortlists.is_signed(play.session, play.edition)

    rest, again = sign(play), sign(play)

    assert (tuple(first.signed), first.before) == (("openness",), ())
    assert (tuple(rest.signed), rest.before) == (("services",), ("openness",))
    assert (again.signed, again.before) == ({}, ("services", "openness"))
    with pytest.raises(shortlists.NoSuchCategory):
        sign(play, "sports")


def test_a_tie_at_the_last_place_waits_for_the_chair(play: Play) -> None:
    closed(play, N2=(8, 6))

    with pytest.raises(shortlists.ChairDecides) as found:
        sign(play)

    services = standings.of_edition(play.session, play.edition)[0]
    assert found.value.level == {"services": (("N2", "N3"),)}
    assert [(row.nomination, row.finalist, row.settled_by) for row in services.rows[1:]] == [
        ("N2", Finalist.OPEN, Step.CHAIR),
        ("N3", Finalist.OPEN, Step.CHAIR),
    ]
    assert set(states(play).values()) == {NominationState.ELIGIBLE}


def test_the_chairs_order_settles_a_tie_and_freezes_the_standing_anew(play: Play) -> None:
    closed(play, N2=(8, 6))

    frozen = order(play, "N3")
    done = sign(play)

    tie = play.session.scalars(select(Decision).where(Decision.kind == DecisionKind.TIE)).one()
    assert frozen.number == 2
    assert done.signed["services"] == ("N1", "N3")
    assert tie.subject == {
        "stage": "shortlist",
        "category": "services",
        "level": ["N2", "N3"],
        "order": ["N3"],
    }
    assert tie.reason == "By merit."
    verdict = verdicts.verdicts_of(play.session, play.edition, "services", "shortlist")
    assert verdict.orders == {frozenset(["N2", "N3"]): ("N3",)}
    assert verdicts.verdicts_of(play.session, play.edition, "services", "result").orders == {}


def test_an_order_is_distinct_and_about_level_ones(session: scoped_session[Session], tmp_path: Path) -> None:
    play = Play(session(), tmp_path, {"places": 3})
    play.nominate(*(entry(f"N{number}") for number in range(1, 6)))
    play.seat(judge("ada"))
    play.assign()
    play.mark(
        ("ada@example.org", "N1", "9", "9"), *(("ada@example.org", f"N{n}", "7", "7") for n in range(2, 6))
    )
    play.close()

    for references, fact in (
        (("N2", "N2"), verdicts.NamedTwice),
        (("N1", "N2"), verdicts.NoTieThere),
        ((), verdicts.NoTieThere),
    ):
        with pytest.raises(fact):
            order(play, *references)
    with pytest.raises(ReasonMissing):
        order(play, "N2", "N3", reason="")
    order(play, "N5", "N3")

    assert sign(play).signed == {"services": ("N1", "N5", "N3")}
    with pytest.raises(shortlists.AlreadySigned):
        order(play, "N2", "N4")


def appoint(play: Play, name: str, role: Role) -> None:
    account = accounts.find(play.session, f"{name}@example.org")
    assert account is not None
    accounts.grant(play.session, account, role, edition=play.edition, actor=play.actor, now=play.now)


def declare(play: Play, name: str, reference: str) -> None:
    row = play.session.scalars(
        select(Assignment)
        .where(Assignment.nomination_id == play.nomination(reference).id)
        .order_by(Assignment.id)
    ).all()
    mine = next(it for it in row if it.judge.account.email == f"{name}@example.org")
    play.session.add(
        Conflict(
            judge_id=mine.judge_id,
            nomination_id=mine.nomination_id,
            source=ConflictSource.DECLARED,
            found_at=NOW,
        )
    )
    play.session.flush()


def test_where_chair_and_deputies_are_all_in_conflict_the_lot_decides(play: Play) -> None:
    appoint(play, "ada", Role.CHAIR)
    appoint(play, "ben", Role.DEPUTY)
    mark_all(play, N1=(9, 9), N2=(7, 7), N3=(7, 7), M1=(5, 5))
    declare(play, "ada", "N2")
    declare(play, "ben", "N3")

    play.close()

    services = standings.of_edition(play.session, play.edition)[0]
    tie = play.session.scalars(select(Decision).where(Decision.kind == DecisionKind.TIE)).one()
    assert {row.settled_by for row in services.rows[1:]} == {Step.LOT}
    assert tie.subject == {
        "stage": "shortlist",
        "category": "services",
        "level": ["N2", "N3"],
        "barred": True,
    }


def test_a_deputy_without_a_conflict_decides(play: Play) -> None:
    appoint(play, "ada", Role.CHAIR)
    appoint(play, "ben", Role.DEPUTY)
    mark_all(play, N1=(9, 9), N2=(7, 7), N3=(7, 7), M1=(5, 5))
    declare(play, "ada", "N2")

    play.close()

    assert verdicts.waiting(standings.latest(play.session, play.edition)["services"].document)


def test_a_panel_marks_the_finalists_again_in_the_second_round(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"second_round": "panel", "places": 1})
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"), judge("ben"))
    play.assign()
    mark_all(play, N1=(9, 9), N2=(5, 5))
    play.close()
    sign(play)
    play.reach(Phase.SECOND_ROUND)
    play.seat(judge("ada"), judge("ben"), judge("cy"))

    done = play.assign()
    lines = refused(play, ("cy@example.org", "N2", "3", "3"))
    loaded = play.mark(("cy@example.org", "N1", "4", "4"))

    assert (done.round, done.pairs, loaded.round) == (Round.SECOND, 3, Round.SECOND)
    assert [line.reason for line in lines] == [Reason.NOT_ELIGIBLE]
    assert [rounds.short_of_sheets(play.session, play.edition, Round.SECOND)] == [[]]
    totals = {
        of_rounds: standings.scores_of(play.session, play.edition, "services", *of_rounds)["N1"].total
        for of_rounds in ((Round.FIRST,), (Round.SECOND,), (Round.FIRST, Round.SECOND))
    }
    assert list(totals.values()) == [9, 4, Fraction(22, 3)]


Act = Callable[[Session, Edition, Actor], Any]


def save(session: Session, edition: Edition, actor: Actor) -> Any:
    columns = ("judge", "nomination", *CRITERIA)
    return sheets.load(
        session, edition, table(columns, [("ada@example.org", "N3", "10", "10")]), actor=actor, now=NOW
    )


def close(session: Session, edition: Edition, actor: Actor) -> Any:
    return [it.document for it in rounds.close_first(session, edition, actor=actor, now=NOW)]


def test_where_all_eligible_ones_stand_a_shortlist_keeps_nobody_out(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = Play(session(), tmp_path, {"second_round": "panel", "places": 1, "slate": "eligible"})
    play.nominate(entry("N1"), entry("N2"))
    play.seat(judge("ada"), judge("ben"))
    play.assign()
    mark_all(play, N1=(9, 9), N2=(5, 5))
    play.close()

    sign(play)
    play.reach(Phase.SECOND_ROUND)

    assert [play.nomination(it).state for it in ("N1", "N2")] == [
        NominationState.FINALIST,
        NominationState.ELIGIBLE,
    ]
    assert play.assign().pairs == 4


def in_a_connection_of_its_own(app: Flask, act: Act, began: Event, may_end: Event) -> Any:
    """Act on the edition and commit, once that may be; the answer, or the error that the act raised."""
    with app.app_context():
        begin_writing()
        try:
            session = db.session()
            account = session.scalars(select(Account).where(Account.name == "tester")).one()
            edition = editions.find(session, KEY)
            answer = act(session, edition, Actor(account=account, real=account, operator=True))
            began.set()
            may_end.wait(30)
            session.commit()
        except rounds.RoundClosed as error:
            db.session.rollback()
            return error
        finally:
            began.set()
            db.session.remove()
        return answer


def one_after_the_other(app: Flask, play: Play, first: Act, second: Act) -> tuple[Any, Any, int]:
    """Let an act begin, then another one, and only then end the first: both answers, and the saved versions."""
    mark_all(play, N1=(9, 9), N2=(8, 8), N3=(7, 7), M1=(5, 5))
    play.session.commit()
    may_end, ended = Event(), Event()
    ended.set()
    with ThreadPoolExecutor(2) as pool:
        one = pool.submit(in_a_connection_of_its_own, app, first, began := Event(), may_end)
        began.wait(30)
        other = pool.submit(in_a_connection_of_its_own, app, second, overtook := Event(), ended)
        was_held_back = not overtook.wait(0.5)
        may_end.set()
        answers = one.result(60), other.result(60)
    assert was_held_back
    play.session.rollback()
    return *answers, len(versions(play))


def test_a_close_waits_for_a_save_that_is_under_way_and_counts_it(app: Flask, play: Play) -> None:
    saved, documents, kept = one_after_the_other(app, play, save, close)

    totals = {row["nomination"]: row["total"] for row in documents[0]["rows"]}
    assert (saved.changed, kept) == (1, 9)
    assert totals == {"N1": "9", "N2": "8", "N3": "17/2"}


def test_a_save_that_comes_during_a_close_is_refused(app: Flask, play: Play) -> None:
    documents, refusal, kept = one_after_the_other(app, play, close, save)

    totals = {row["nomination"]: row["total"] for row in documents[0]["rows"]}
    assert isinstance(refusal, rounds.RoundClosed)
    assert kept == 8
    assert totals == {"N1": "9", "N2": "8", "N3": "7"}
