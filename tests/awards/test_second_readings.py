"""Second readings: ordered by the rule alone, read by others who know nothing of it, counted when they are closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import (
    accounts,
    assignments,
    borderline,
    calibrations,
    declarations,
    finalists,
    leaving,
    mails,
    marked,
    packs,
    readers,
    readings,
    records,
    reopening,
    rooms,
    second_readings,
    shortlists,
    standings,
    watches,
    workbooks,
)
from awards.assignments import HandBack
from awards.borderline import (
    NoBudget,
    NotCalibrated,
    NotNow,
    PanelHasRead,
    ReadingsOpen,
    SheetsMended,
)
from awards.chairs import NotTheChair
from awards.marking import MarksClosed
from awards.models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    CalibrationState,
    Decision,
    DecisionKind,
    Leaving,
    NominationState,
    Outbox,
    ReadingState,
    Role,
)
from awards.notices import Template
from awards.scoring import NotAssigned
from awards.second_readings import (
    AnotherList,
    NotConfirmed,
    NotOpen,
    StillReading,
    SubmittedAlready,
    TooEarly,
)
from awards.watches import Call
from judging.record import read_bytes
from judging.recount import recount
from judging.values import Round
from tests.awards.play import Play
from tests.awards.reading_further import (
    PANEL,
    calibrate,
    closed,
    given,
    name_of,
    order,
    save,
    seat,
    submit,
    who,
)

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def play(session: scoped_session[Session], tmp_path: Path) -> Play:
    return closed(session(), tmp_path)


def close(play: Play, name: str = "chair") -> Decision:
    reading = readings.current(play.session, play.edition)
    seen = second_readings.lacking_sha256(readings.progress(play.session, reading)) if reading else ""
    return second_readings.close(
        play.session, play.edition, missing=seen, actor=who(play, name), now=play.now
    )


def totals(play: Play) -> dict[str, Fraction]:
    return dict(standings.of_edition(play.session, play.edition)[0].totals)


def to(play: Play, template: Template) -> list[Outbox]:
    return list(
        play.session.scalars(select(Outbox).where(Outbox.template == template.value).order_by(Outbox.id))
    )


def test_only_the_second_readers_write_and_only_these_sheets_until_their_deadline(play: Play) -> None:
    others = play.session.scalars(select(Assignment).order_by(Assignment.id)).all()
    order(play)
    mine = given(play)
    first = mine[0]

    submit(play, first, 8)
    for it in others:
        with pytest.raises(MarksClosed):
            save(play, it, 1)
    with pytest.raises(NotAssigned):
        save(play, mine[1], 1, by=name_of(first) if name_of(mine[1]) != name_of(first) else "ada")
    play.now += timedelta(days=8)
    with pytest.raises(MarksClosed):
        save(play, mine[1], 5)


def test_their_sheets_count_when_second_readings_are_closed_and_no_sooner(play: Play) -> None:
    before = totals(play)
    order(play)
    for it in given(play):
        submit(play, it, 10 if it.nomination.reference == "N3" else 4)

    assert marked.counted(play.session, play.edition, Round.FIRST)["N3"] == [
        {"services": 6, "impact": 6},
        {"services": 6, "impact": 6},
    ]
    assert totals(play) == before
    close(play)

    after = totals(play)
    assert (after["N3"], after["N2"]) == (Fraction(8), Fraction(11, 2)), "the mean over all four sheets"
    assert (after["N1"], after["N4"]) == (before["N1"], before["N4"])
    latest = calibrations.latest(play.session, play.edition)
    assert latest is not None
    assert (latest.number, latest.state) == (2, CalibrationState.WAITING)
    with pytest.raises(NotOpen):
        close(play)
    with pytest.raises(MarksClosed):
        save(play, given(play)[0], 1)


@ON_SQLITE
def test_the_rule_alone_makes_the_list_and_the_decision_names_it_with_its_calibration(play: Play) -> None:
    reading = order(play)

    assert reading.extra == {"N2": 2, "N3": 2}
    decision = play.session.get_one(Decision, reading.decision_id)
    fitted = calibrations.latest(play.session, play.edition)
    assert fitted is not None
    assert decision.kind is DecisionKind.SECOND_READINGS
    assert decision.subject["extra"] == {"N2": 2, "N3": 2}
    assert (decision.subject["calibration"], decision.subject["sheets_sha256"]) == (1, fitted.sheets_sha256)
    assert [it["as"] for it in decision.signers] == ["chair"]
    for it in given(play):
        assert (it.round, it.kind) == (Round.FIRST, AssignmentKind.SECOND)
    pairs = [(it.judge_id, it.nomination_id) for it in play.session.scalars(select(Assignment))]
    assert len(pairs) == len(set(pairs)), "nobody reads a nomination that they had before"


@ON_SQLITE
def test_second_readers_are_told_how_many_until_when_and_never_why(play: Play) -> None:
    order(play)

    letters = to(play, Template.FURTHER_READING)
    assert {it.recipient for it in letters} == {it.judge.account.email for it in given(play)}
    for it in letters:
        it.language = "en"
        subject, text = mails.preview(play.session, it, url="http://localhost")
        assert "more nomination" in subject
        assert "2014" in text
        for word in ("border", "cut", "standing", "close to", "second reading", "N2", "N3"):
            assert word not in (subject + text).casefold().replace("closed", "")
    name = name_of(given(play)[0])
    told = watches.of_judge(play.session, who(play, name).account, play.now)
    assert [(it.call, it.number) for it in told if it.call is Call.MARK] == [
        (Call.MARK, sum(name_of(it) == name for it in given(play)))
    ]


@ON_SQLITE
def test_whoever_sees_the_table_or_is_in_conflict_is_no_second_reader(play: Play) -> None:
    order_free = {
        it.judge_id for it in play.session.scalars(select(Assignment)) if it.nomination.reference == "N2"
    }
    free = [name for name in PANEL if seat(play, name).id not in order_free]
    accounts.grant(
        play.session,
        seat(play, free[0]).account,
        Role.ORGANISER,
        edition=play.edition,
        actor=play.actor,
        now=play.now,
    )
    declarations.declare_one(
        play.session,
        play.edition,
        seat(play, free[1]),
        play.nomination("N2"),
        reason="A cousin works there.",
        actor=who(play, free[1]),
        now=play.now,
    )
    reading = order(play)

    of_n2 = {name_of(it) for it in given(play) if it.nomination.reference == "N2"}
    assert of_n2 == {free[2]}
    assert free[0] not in {name_of(it) for it in given(play)}
    (short,) = (it for it in reading.unfilled if it["nomination"] == "N2")
    assert (short["wanted"], short["found"]) == (2, 1)


@ON_SQLITE
def test_they_are_ordered_by_the_chair_in_time_and_within_the_budget(
    play: Play, session: scoped_session[Session], tmp_path: Path
) -> None:
    with pytest.raises(NotTheChair):
        order(play, "deputy")
    with pytest.raises(NotTheChair):
        order(play, "olga")
    with pytest.raises(TooEarly):
        order(play, days=0)
    shown = borderline.plan(play.session, play.edition).sha256
    calibrate_anew(play)
    with pytest.raises(AnotherList):
        second_readings.order(
            play.session,
            play.edition,
            closes=play.now + timedelta(days=1),
            shown=shown,
            actor=who(play, "chair"),
            now=play.now,
        )
    fitted = calibrations.latest(play.session, play.edition)
    assert fitted is not None
    fitted.sheets_sha256 = "0" * 64
    with pytest.raises(NotCalibrated):
        order(play)
    calibrate(play)
    reading = order(play)
    with pytest.raises(ReadingsOpen):
        order(play)
    for it in given(play):
        if it.nomination.reference == "N2":
            submit(play, it, 7)
    play.now += timedelta(days=8)
    close(play)
    calibrate(play)

    again = borderline.plan(play.session, play.edition)

    assert (reading.state, again.left) == (ReadingState.CLOSED, 2)
    assert "N2" not in again.extra, "it had two further sheets, and the rules allow no more for one"
    assert again.extra["N3"] == 2 or again.drawn.lacks
    play.session.rollback()


def calibrate_anew(play: Play) -> None:
    """The same sheets under another number and with other chances."""
    fitted = calibrations.latest(play.session, play.edition)
    assert fitted is not None
    fitted.number += 1
    play.session.flush()


@ON_SQLITE
def test_without_a_budget_or_after_a_signature_there_are_none(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    play = closed(session(), tmp_path, budget=0)
    with pytest.raises(NoBudget):
        borderline.plan(play.session, play.edition)


@ON_SQLITE
def test_nothing_is_signed_while_they_are_open_and_none_is_ordered_after_a_signature(play: Play) -> None:
    order(play)
    assert readings.is_open(play.session, play.edition)
    with pytest.raises(shortlists.ReadingsOpen):
        shortlists.sign(play.session, play.edition, actor=who(play, "chair"), now=play.now)
    second_readings.call_off(
        play.session, play.edition, reason="The jury meets sooner.", actor=who(play, "chair"), now=play.now
    )
    shortlists.sign(play.session, play.edition, actor=who(play, "chair"), now=play.now)
    with pytest.raises(NotNow):
        borderline.plan(play.session, play.edition)
    with pytest.raises(finalists.VisibleInThePast):
        finalists.announce(
            play.session, play.edition, visible_from=play.now, actor=who(play, "olga"), now=play.now
        )


@ON_SQLITE
def test_none_are_ordered_once_the_panel_has_read_the_standing_in_the_room(play: Play) -> None:
    rooms.open_room(play.session, play.edition, actor=who(play, "chair"), now=play.now)
    with pytest.raises(PanelHasRead):
        borderline.plan(play.session, play.edition)


@ON_SQLITE
def test_they_are_called_off_only_before_anything_came_in(play: Play) -> None:
    order(play)
    second_readings.call_off(
        play.session, play.edition, reason="Too many.", actor=who(play, "chair"), now=play.now
    )

    assert {it.state for it in given(play)} == {AssignmentState.RELEASED}
    assert {it.recipient for it in to(play, Template.RELEASED)} == {
        it.recipient for it in to(play, Template.FURTHER_READING)
    }
    assert borderline.budget_left(play.session, play.edition) == 4
    with pytest.raises(NotOpen):
        second_readings.call_off(
            play.session, play.edition, reason="Again.", actor=who(play, "chair"), now=play.now
        )


@ON_SQLITE
def test_what_is_missing_is_named_before_they_are_closed(play: Play) -> None:
    order(play)
    mine = given(play)
    submit(play, mine[0], 7)
    with pytest.raises(StillReading):
        close(play)
    with pytest.raises(SubmittedAlready):
        second_readings.call_off(
            play.session, play.edition, reason="No.", actor=who(play, "chair"), now=play.now
        )
    with pytest.raises(TooEarly):
        readers.extend(
            play.session,
            play.edition,
            closes=play.now + timedelta(days=1),
            reason="Ill.",
            actor=who(play, "chair"),
            now=play.now,
        )
    readers.extend(
        play.session,
        play.edition,
        closes=play.now + timedelta(days=9),
        reason="A judge was ill.",
        actor=who(play, "chair"),
        now=play.now,
    )
    play.now += timedelta(days=8)
    save(play, mine[1], 5)
    play.now += timedelta(days=2)
    with pytest.raises(NotConfirmed):
        second_readings.close(play.session, play.edition, missing="", actor=who(play, "chair"), now=play.now)

    decision = close(play)

    assert decision.subject["sheets"] == 1
    assert sum(decision.subject["missing"].values()) == 3
    assert len(to(play, Template.DATE_MOVED)) == len({it.judge_id for it in mine[1:]})


@ON_SQLITE
def test_a_reader_who_hands_back_or_leaves_is_replaced_or_the_shortage_is_said(play: Play) -> None:
    reading = order(play)
    mine = given(play)
    of_n2 = [it for it in mine if it.nomination.reference == "N2"]
    assignments.hand_back(
        play.session, play.edition, of_n2[0], HandBack.TIME, actor=who(play, name_of(of_n2[0])), now=play.now
    )
    gone = of_n2[1]
    save(play, gone, 9)
    leaving.leave(
        play.session,
        play.edition,
        gone.judge,
        Leaving.ILLNESS,
        note="In hospital.",
        actor=who(play, name_of(gone)),
        now=play.now,
    )
    (line,) = (it for it in readings.progress(play.session, reading).lines if it.reference == "N2")
    assert (line.wanted, line.submitted, line.out, line.lacking) == (2, 0, 0, 2)

    readers.fill(play.session, play.edition, actor=who(play, "olga"), now=play.now)

    (line,) = (it for it in readings.progress(play.session, reading).lines if it.reference == "N2")
    (short,) = (it for it in reading.unfilled if it["nomination"] == "N2")
    assert (line.out, line.lacking) == (1, 1)
    assert (short["wanted"], short["found"]) == (2, 1)
    assert RECOUNTED not in kinds(play), "no sheet that counted was lost"


RECOUNTED = DecisionKind.RECOUNTED


def kinds(play: Play) -> list[DecisionKind]:
    return list(play.session.scalars(select(Decision.kind).order_by(Decision.number)))


@ON_SQLITE
def test_a_conflict_found_while_reading_ends_it_and_counts_nothing_again(play: Play) -> None:
    order(play)
    first = given(play)[0]
    submit(play, first, 1)
    declarations.declare_one(
        play.session,
        play.edition,
        first.judge,
        first.nomination,
        reason="I know them.",
        actor=who(play, name_of(first)),
        now=play.now,
    )
    play.session.refresh(first)

    assert first.state is AssignmentState.RECUSED
    assert RECOUNTED not in kinds(play)
    with pytest.raises(NotAssigned):
        save(play, first, 9)


@ON_SQLITE
def test_a_nomination_that_is_gone_is_waited_for_no_more(play: Play) -> None:
    reading = order(play)
    for it in given(play):
        if it.nomination.reference == "N2":
            submit(play, it, 7)
    play.nomination("N3").state = NominationState.WITHDRAWN
    play.session.flush()
    found = readings.progress(play.session, reading)

    assert found.missing == ()
    assert readings.to_close(play.session, [play.edition.id], play.now) == {play.edition.id: 1}
    close(play)
    assert "N2" in totals(play)


@ON_SQLITE
def test_a_sheet_that_is_mended_meanwhile_stays_with_its_own_judge(play: Play) -> None:
    mend = play.session.scalars(select(Assignment).order_by(Assignment.id)).first()
    assert mend is not None
    name = name_of(mend)
    order(play)
    asked = reopening.ask(
        play.session,
        play.edition,
        mend.judge,
        mend.nomination,
        reason="A slip.",
        actor=who(play, name),
        now=play.now,
    )
    proposal = reopening.propose(play.session, play.edition, asked, actor=who(play, "chair"), now=play.now)
    reopening.approve(
        play.session, play.edition, asked, proposal.subject_sha256, actor=who(play, "olga"), now=play.now
    )
    save(play, mend, 3)
    play.now += timedelta(days=8)
    late = [it for it in given(play) if name_of(it) == name]
    for it in late:
        with pytest.raises(MarksClosed):
            save(play, it, 3)
    close(play)
    assert finished(play) == [SheetsMended]


def finished(play: Play) -> list[type[Exception]]:
    """While a sheet is being mended nothing more is ordered."""
    try:
        borderline.plan(play.session, play.edition)
    except SheetsMended:
        return [SheetsMended]
    return []


@ON_SQLITE
def test_the_pack_of_a_second_reader_holds_the_further_sheets_alone(play: Play) -> None:
    order(play)
    first = given(play)[0]
    pack = packs.of_judge(play.session, play.edition, first.judge)

    assert pack is not None
    assert pack.closes is not None
    assert {it.kind for it in pack.assignments} == {AssignmentKind.SECOND}
    free = (
        next(name for name in PANEL if name not in {name_of(it) for it in given(play)})
        if len({name_of(it) for it in given(play)}) < len(PANEL)
        else ""
    )
    if free:
        assert packs.of_judge(play.session, play.edition, seat(play, free)) is None
    assert workbooks.FORMAT


@ON_SQLITE
def test_the_full_record_says_which_sheets_were_further_ones_and_the_recount_agrees(play: Play) -> None:
    order(play)
    for it in given(play):
        submit(play, it, 10 if it.nomination.reference == "N3" else 4)
    ahead = record_of(play)
    close(play)
    play.session.commit()

    record = record_of(play)

    kinds = [it["kind"] for it in record.lines("assignments.jsonl")]
    assert kinds.count("second") == 4
    assert len(list(ahead.lines("sheets.jsonl"))) == 8, "what is being read is in no record"
    assert len(list(record.lines("sheets.jsonl"))) == 12
    assert recount(record).differences == ()


def record_of(play: Play):  # type: ignore[no-untyped-def]
    target = BytesIO()
    records.write(play.session, play.edition, target, public=False)
    return read_bytes(target.getvalue())


@ON_SQLITE
def test_the_command_closes_them_and_says_what_is_missing(play: Play, cli: FlaskCliRunner) -> None:
    order(play)
    first, *others = given(play)
    submit(play, first, 7)
    readings.current(play.session, play.edition).closes_at = datetime.now(UTC) - timedelta(days=1)  # type: ignore[union-attr]
    reference, late = first.nomination.reference, others[-1].nomination.reference
    play.session.commit()

    said = cli.invoke(args=["round", "close", "small-prize", "readings"]).output

    assert f"{late}: 2 of 2 further sheets are missing." in said
    assert f"{reference}: 1 of 2 further sheets are missing." in said
    assert "1 further sheets count." in said
    assert readings.current(play.session, play.edition) is None
    again = cli.invoke(args=["round", "close", "small-prize", "readings"])
    assert again.exit_code != 0
