"""Sheets that come on paper or by telephone: typed by one person, confirmed by another, seen by nobody else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from awards import (
    closing,
    duties,
    editions,
    leaving,
    marked,
    progress,
    recusals,
    scoring,
    typings,
    unconfirmed,
    watches,
)
from awards.audit import Actor
from awards.duties import Duty
from awards.marking import MarksClosed
from awards.models import (
    Account,
    Assignment,
    AssignmentState,
    AuditPayload,
    Grant,
    Judge,
    Leaving,
    Origin,
    Outbox,
    Role,
    ScoreSheetVersion,
    SheetState,
    Typing,
)
from awards.scoring import Content
from awards.tallies import Tally
from awards.timetable import Moment, Phase
from awards.typings import Arrival
from awards.watches import Call
from judging.values import Round
from tests.awards.desks import appointed
from tests.awards.play import NOW, Play, entry, judge

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WHOLE = Content({"services": 7, "impact": 9}, "Good.", "Thank you.")
DUE = datetime(2014, 9, 10, 23, 59)  # noqa: DTZ001 (local, as stated)
CALL = Arrival(Origin.TYPED, NOW, note="Kim called from 02-000-0000.")


class Desk:
    """Two clerks with a sheet of Kim's before them."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.play = play = Play(session, folder, {"minimum": 1})
        play.nominate(entry("S-1"), entry("S-2"))
        play.seat(judge("kim"), judge("lee"))
        play.assign()
        editions.set_moment(
            session, play.edition, Moment.MARKS_CLOSE, DUE, zone="UTC", actor=play.actor, now=NOW
        )
        self.session, self.edition = session, play.edition
        self.ana, self.ben = (self.clerk(name) for name in ("ana", "ben"))
        self.kim = self.as_judge("kim")
        self.sheet = self.sheet_of("kim")

    def clerk(self, name: str, *roles: Role) -> Actor:
        account = appointed(self.session, self.edition, f"{name}@clerk.example", Role.CLERK, *roles)
        return Actor(account, account)

    def as_judge(self, name: str) -> Actor:
        account = self.session.scalars(
            select(Account).where(Account.name == f"{name.title()} Fictional")
        ).one()
        return Actor(account, account)

    def sheet_of(self, name: str, reference: str = "S-1") -> Assignment:
        return self.session.scalars(
            select(Assignment)
            .join(Judge)
            .where(
                Judge.account_id == self.as_judge(name).account.id,
                Assignment.nomination_id == self.play.nomination(reference).id,
            )
        ).one()

    def type(
        self,
        content: Content = WHOLE,
        *,
        by: Actor | None = None,
        arrival: Arrival = CALL,
        base: int | None = None,
        now: datetime = NOW,
    ) -> Typing:
        base = typings.base_of(self.session, self.sheet) if base is None else base
        return typings.write(
            self.session, self.edition, self.sheet, content, arrival, base=base, actor=by or self.ana, now=now
        )

    def confirm(self, typing: Typing, by: Actor, now: datetime = NOW) -> SheetState:
        return typings.confirm(self.session, self.edition, typing, actor=by, now=now).state

    def waiting(self) -> Typing:
        found = unconfirmed.of_sheet(self.session, self.sheet)
        assert found is not None
        return found

    def counted(self) -> list[object]:
        return [dict(it) for it in marked.counted(self.session, self.edition, Round.FIRST).get("S-1", [])]


@pytest.fixture
def desk(session: scoped_session[Session], tmp_path: Path) -> Desk:
    return Desk(session(), tmp_path)


def test_a_code_is_read_as_people_write_it(desk: Desk) -> None:
    desk.sheet.code = "0A1B2V3D"
    desk.session.flush()

    for said in ("0A1B2V3D", " oa1b-2u3d ", "OAIB 2V3D", "oalb2v3d"):
        assert typings.find(desk.session, desk.edition, said) is desk.sheet
    for said in ("", "0A1B2V3E", "0A1B2V3", "\0", "가" * 50):
        with pytest.raises(typings.NoSuchSheet):
            typings.find(desk.session, desk.edition, said)


@ON_SQLITE
def test_a_typed_sheet_counts_when_a_second_person_or_its_judge_has_confirmed_it(desk: Desk) -> None:
    typing = desk.type()
    assert (typing.version.sheet.state, desk.counted()) == (SheetState.DRAFT, [])

    assert desk.confirm(typing, desk.ben) is SheetState.SUBMITTED
    assert desk.counted() == [dict(WHOLE.marks)]

    desk.sheet = desk.sheet_of("kim", "S-2")
    assert desk.confirm(desk.type(), desk.kim) is SheetState.SUBMITTED


@ON_SQLITE
def test_a_typed_sheet_is_a_number_of_its_own_until_it_is_confirmed(desk: Desk) -> None:
    """It is neither complete, so that its judge might submit it, nor left to be marked."""

    def tally() -> Tally:
        found = progress.of_round(desk.session, desk.edition, Round.FIRST, NOW)
        return next(it.tally for it in found.judges if it.judge.id == desk.sheet.judge_id)

    def calls() -> list[tuple[Call, int, str, bool]]:
        mine = watches.of_judge(desk.session, desk.kim.account, NOW)
        return [
            (it.call, it.number, it.reference, it.by_telephone) for it in mine if it.call is not Call.DECLARE
        ]

    typing = desk.type()

    assert tally() == Tally(none=1, typed=1)
    assert calls() == [(Call.MARK, 1, "", False), (Call.CONFIRM, 1, "S-1", True)]
    typings.refuse(desk.session, desk.edition, typing, reason="Misread.", actor=desk.ben, now=NOW)
    assert tally() == Tally(none=2)
    desk.confirm(desk.type(), desk.ben)
    assert tally() == Tally(none=1, submitted=1)


def test_nobody_confirms_or_refuses_what_they_typed_themselves(desk: Desk) -> None:
    typing = desk.type()

    with pytest.raises(typings.SameHand):
        desk.confirm(typing, desk.ana)
    with pytest.raises(typings.SameHand):
        typings.refuse(desk.session, desk.edition, typing, reason="No.", actor=desk.ana, now=NOW)
    with pytest.raises(IntegrityError), desk.session.begin_nested():
        desk.session.execute(text("UPDATE typing SET confirmed_by_id = typed_by_id"))
    assert desk.counted() == []


@ON_SQLITE
def test_an_incomplete_sheet_is_confirmed_and_stays_a_draft(desk: Desk) -> None:
    typing = desk.type(Content({"services": 7}))

    assert desk.confirm(typing, desk.ben) is SheetState.DRAFT
    assert desk.counted() == []
    assert unconfirmed.of_edition(desk.session, desk.edition) == []


def test_what_is_refused_is_kept_and_what_stood_before_stands_again(desk: Desk) -> None:
    own = Content({"services": 3}, "Half.")
    scoring.save(desk.session, desk.edition, desk.sheet, own, base=0, opened=None, actor=desk.kim, now=NOW)
    desk.type()
    typing = desk.type(Content({"services": 8, "impact": 8}))

    typings.refuse(desk.session, desk.edition, typing, reason="Misread.", actor=desk.kim, now=NOW)

    assert Content.of(scoring.latest(desk.session, desk.sheet)) == own
    marks = desk.session.scalars(select(ScoreSheetVersion.marks).order_by(ScoreSheetVersion.number)).all()
    assert [it.get("services") for it in marks] == [3, 7, 8, 3]
    assert unconfirmed.of_edition(desk.session, desk.edition) == []
    assert desk.type(by=desk.ben).typed_by_id == desk.ben.account.id


@ON_SQLITE
def test_the_judges_own_later_save_wins(desk: Desk) -> None:
    typing = desk.type()
    own = Content({"services": 2, "impact": 2})
    scoring.save(desk.session, desk.edition, desk.sheet, own, base=1, opened=None, actor=desk.kim, now=NOW)

    with pytest.raises(typings.NotWaiting):
        desk.confirm(typing, desk.ben)
    assert Content.of(scoring.latest(desk.session, desk.sheet)) == own


@ON_SQLITE
def test_a_submitted_sheet_is_never_typed_over(desk: Desk) -> None:
    desk.confirm(desk.type(), desk.ben)

    with pytest.raises(typings.AlreadySubmitted):
        desk.type(Content({"services": 1, "impact": 1}), by=desk.ben)
    assert desk.counted() == [dict(WHOLE.marks)]


def test_of_two_clerks_one_types_and_one_is_told(desk: Desk) -> None:
    desk.type(base=0)

    with pytest.raises(typings.AlreadyTyped):
        desk.type(by=desk.ben, base=0)
    with pytest.raises(typings.Overtaken):
        desk.type(Content({"services": 5}), base=0)
    first, second = desk.type(), desk.type(Content({"services": 5}))
    assert [it.id for it in unconfirmed.of_edition(desk.session, desk.edition)] == [second.id]
    with pytest.raises(typings.NotWaiting):
        desk.confirm(first, desk.ben)


@ON_SQLITE
def test_what_arrived_in_time_is_typed_until_the_round_is_closed(desk: Desk) -> None:
    late = datetime(2014, 9, 12, 9, tzinfo=UTC)
    in_time, too_late = late - timedelta(days=3), late - timedelta(hours=1)

    with pytest.raises(MarksClosed):
        desk.type(arrival=Arrival(Origin.TYPED, too_late, note="Called."), now=late)
    with pytest.raises(typings.ArrivedLater):
        desk.type(arrival=Arrival(Origin.TYPED, late + timedelta(hours=1), note="Called."), now=late)
    typing = desk.type(arrival=Arrival(Origin.TYPED, in_time, note="Called."), now=late)
    assert desk.confirm(typing, desk.ben, late) is SheetState.SUBMITTED

    desk.sheet = desk.sheet_of("kim", "S-2")
    waits = desk.type(arrival=Arrival(Origin.TYPED, in_time, note="Called."), now=late)
    desk.sheet = desk.sheet_of("lee")
    desk.confirm(desk.type(), desk.ben)
    desk.sheet = desk.sheet_of("lee", "S-2")
    desk.confirm(desk.type(), desk.ben)
    desk.play.close()
    with pytest.raises(MarksClosed):
        desk.confirm(waits, desk.ben, late)
    with pytest.raises(MarksClosed):
        typings.write(
            desk.session,
            desk.edition,
            desk.sheet_of("kim", "S-2"),
            WHOLE,
            CALL,
            base=1,
            actor=desk.ana,
            now=late,
        )


@ON_SQLITE
def test_paper_needs_its_scan_and_a_call_its_note(desk: Desk) -> None:
    for arrival, proof in (
        (Arrival(Origin.PAPER, NOW, note="A paper."), typings.Proof.SCAN),
        (Arrival(Origin.TYPED, NOW, note="  "), typings.Proof.NOTE),
    ):
        with pytest.raises(typings.ProofMissing) as missing:
            desk.type(arrival=arrival)
        assert missing.value.proof is proof
    for content in (Content({"services": 11}), Content({"beauty": 5})):
        with pytest.raises(scoring.NotAMark):
            desk.type(content)
    with pytest.raises(typings.NothingTyped):
        desk.type(Content({}, "Only words."))


@ON_SQLITE
def test_who_judges_chairs_audits_or_has_an_interest_neither_types_nor_confirms(desk: Desk) -> None:
    lee = desk.as_judge("lee")
    bound = [lee, desk.clerk("chair", Role.CHAIR), desk.clerk("deputy", Role.DEPUTY), desk.clerk("close")]
    recusals.declare(desk.session, desk.play.nomination("S-1"), actor=bound[-1], now=NOW)

    for who in bound:
        with pytest.raises(typings.NotYours):
            desk.type(by=who)
    typing = desk.type()
    for who in bound:
        with pytest.raises(typings.NotYours):
            desk.confirm(typing, who)
    assert desk.counted() == []


@ON_SQLITE
def test_an_assignment_that_ended_is_not_typed_and_a_typing_of_it_not_confirmed(desk: Desk) -> None:
    typing = desk.type()
    desk.sheet.state = AssignmentState.RECUSED
    desk.session.flush()

    with pytest.raises(typings.NotWaiting):
        desk.confirm(typing, desk.ben)
    with pytest.raises(typings.SheetEnded):
        desk.type()


@ON_SQLITE
def test_the_judge_is_told_and_no_mark_stands_in_mail_or_audit(desk: Desk) -> None:
    content = Content({"services": 7, "impact": 9}, "secret-comment", "secret-feedback")
    typing = desk.type(content)
    desk.confirm(typing, desk.kim)

    mail = desk.session.scalars(select(Outbox)).one()
    assert (mail.recipient, mail.arguments["path"]) == (
        "kim@example.org",
        f"/judging/{desk.edition.key}/confirm/{typing.public_id}",
    )
    payloads = " ".join(it or "" for it in desk.session.scalars(select(AuditPayload.after)))
    for said in (str(mail.arguments), payloads):
        assert "secret" not in said
        assert "impact" not in said


@ON_SQLITE
def test_a_sheet_of_a_round_that_is_not_open_is_not_typed(desk: Desk) -> None:
    first = desk.sheet
    desk.sheet = Assignment(
        judge_id=first.judge_id, nomination_id=first.nomination_id, round=Round.SECOND, at=NOW
    )
    desk.session.add(desk.sheet)
    desk.session.flush()

    with pytest.raises(MarksClosed):
        desk.type()


@ON_SQLITE
def test_what_waits_when_its_judge_leaves_is_said_before(desk: Desk) -> None:
    desk.type()
    kim = desk.sheet.judge

    def typed(reason: Leaving) -> int:
        return leaving.effect(desk.session, desk.edition, kim, reason, now=NOW).typed

    assert [typed(it) for it in (Leaving.ILLNESS, Leaving.SILENCE, Leaving.MISCONDUCT)] == [1, 1, 0]
    desk.confirm(desk.waiting(), desk.ben)
    assert typed(Leaving.ILLNESS) == 0


@ON_SQLITE
def test_after_the_close_no_typing_is_listed_that_can_not_be_answered(desk: Desk) -> None:
    desk.type()
    desk.edition.phase, desk.edition.first_closed_at = Phase.DELIBERATION, NOW
    desk.session.flush()

    assert unconfirmed.of_edition(desk.session, desk.edition) == []
    assert duties.waiting(desk.session, desk.edition, Duty.TYPINGS) == {Duty.TYPINGS: 0}
    assert watches.of_judge(desk.session, desk.kim.account, NOW) == []


@ON_SQLITE
def test_what_was_typed_again_or_overtaken_by_the_judge_waits_nowhere(desk: Desk) -> None:
    def waiting() -> tuple[int, list[str], int]:
        grants = desk.session.scalars(select(Grant).where(Grant.account_id == desk.ben.account.id)).all()
        posts = duties.of(desk.session, grants, {desk.edition.id: desk.edition}, NOW)
        mine = watches.of_judge(desk.session, desk.kim.account, NOW)
        return (
            closing.look(desk.session, desk.edition, NOW).typings,
            [it.about["typing"] for it in mine if it.call is Call.CONFIRM],
            dict(posts[0].duties).get(Duty.TYPINGS, 0),
        )

    desk.type(Content({"services": 6}))
    again = desk.type()
    assert waiting() == (1, [again.public_id], 1)

    scoring.save(
        desk.session,
        desk.edition,
        desk.sheet,
        Content({"services": 5}),
        base=2,
        opened=NOW,
        actor=desk.kim,
        now=NOW,
    )
    assert waiting() == (0, [], 0)
