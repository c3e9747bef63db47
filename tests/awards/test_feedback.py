"""What nominees are told of how they were judged: thirds and words that were let out, and never how close it was."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import comments, feedback, recusals
from awards.audit import Actor
from awards.bands import FEWEST, Band, bands, by_criterion
from awards.comments import CommentChanged, MayNotDecide, NothingWritten, RoundOn
from awards.feedback import NothingToSend, NotYet
from awards.models import (
    CommentState,
    Feedback,
    Judge,
    Outbox,
    ScoreSheet,
    ScoreSheetVersion,
)
from awards.timetable import Phase
from tests.awards.ending import Office

BOLD = "Bold, and well told."
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def test_a_third_holds_as_many_as_another_and_level_ones_lie_in_the_same() -> None:
    apart = bands({str(mark): Fraction(mark) for mark in range(6)})
    assert [apart[str(mark)].value for mark in range(6)] == [
        *("lower", "lower", "middle", "middle", "upper", "upper")
    ]
    assert set(bands(dict.fromkeys("abcdef", Fraction(7))).values()) == {Band.MIDDLE}
    level = bands({"a": Fraction(9), **dict.fromkeys("bcd", Fraction(8)), "e": Fraction(2), "f": Fraction(1)})
    assert (level["a"], level["b"], level["f"]) == (Band.UPPER, Band.MIDDLE, Band.LOWER)


@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 10).map(Fraction), min_size=1))
def test_a_higher_mean_never_lies_in_a_lower_third(means: Mapping[str, Fraction]) -> None:
    found, order = bands(means), [Band.LOWER, Band.MIDDLE, Band.UPPER]
    for one, other in [(a, b) for a in means for b in means if means[a] > means[b]]:
        assert order.index(found[one]) >= order.index(found[other])
    assert all(found[one] is found[other] for one in means for other in means if means[one] == means[other])


def test_of_fewer_than_six_no_third_is_told_nor_where_fewer_have_marks_on_a_criterion() -> None:
    sheets = {str(number): [{"use": number, "care": number}] for number in range(FEWEST)}
    assert by_criterion(sheets, ["use"])["0"] == {"use": Band.LOWER}
    assert not any(by_criterion(dict(list(sheets.items())[1:]), ["use"]).values())
    sheets["0"] = [{"use": 0}]
    assert by_criterion(sheets, ["use", "care"])["5"] == {"use": Band.UPPER}


class Room:
    """An edition with a signed result; the first judge has written for each nominee of services."""

    def __init__(self, session: scoped_session[Session], folder: Path) -> None:
        self.office = Office(session, folder)
        self.session, self.edition, self.now = session, self.office.edition, self.office.now
        self.judge = session.scalars(select(Judge).order_by(Judge.id)).first()
        assert self.judge is not None
        for sheet in session.scalars(select(ScoreSheet)):
            nomination = sheet.assignment.nomination
            if sheet.assignment.judge_id == self.judge.id and nomination.category == "services":
                session.add(
                    ScoreSheetVersion(
                        sheet_id=sheet.id,
                        number=9,
                        marks=sheet.versions[-1].marks,
                        origin=sheet.versions[-1].origin,
                        feedback=f"{BOLD} {nomination.reference}",
                        at=self.now,
                    )
                )
        session.flush()
        self.who = Actor(self.judge.account, self.judge.account)

    @property
    def act(self) -> dict[str, object]:
        return {"actor": self.office.olga, "now": self.now}

    def own(self) -> comments.Own:
        assert self.judge is not None
        found = comments.of_judge(self.session(), self.edition, self.judge)
        return next(it for it in found if it.nomination.reference == "SV-1")

    def release(self, text: str = "Bolder still.", seen: int | None = None) -> str:
        own = self.own()
        seen = own.number if seen is None else seen
        sheet, where = own.sheet.public_id, (self.session(), self.edition, self.judge)
        comment = comments.release(*where, sheet, text, seen=seen, actor=self.who, now=self.now)
        return comment.public_id

    def publish(self) -> None:
        self.office.signed().press(self.office.arm())

    def send(self, *categories: str) -> int:
        return feedback.send(self.session(), self.edition, categories or ("services",), **self.act)

    def document(self, reference: str = "SV-1") -> dict[str, object]:
        nomination = self.office.contest.nomination(reference)
        sent = feedback.latest(self.session(), nomination)
        assert sent is not None
        return sent.document


@pytest.fixture
def room(session: scoped_session[Session], tmp_path: Path) -> Room:
    return Room(session, tmp_path)


@ON_SQLITE
def test_nothing_a_judge_wrote_leaves_before_judge_and_organiser_let_it_and_once_sent_it_is_frozen(
    room: Room,
) -> None:
    comment = room.release()
    assert comments.approve(room.session(), room.edition, [comment], **room.act) == 1
    room.publish()
    assert room.send() == 4
    assert room.document()["comments"] == ["Bolder still."]
    assert room.document("SV-2")["comments"] == []
    assert room.document()["bands"] == []
    letters = room.session.scalars(select(Outbox).where(Outbox.template == "feedback")).all()
    assert [set(it.arguments) for it in letters] == [{"title", "reference", "path", "again"}]
    with pytest.raises(NothingToSend):
        room.send()

    again = room.release("Bold.")
    assert room.document()["comments"] == ["Bolder still."]
    comments.approve(room.session(), room.edition, [again], **room.act)
    assert room.send() == 1
    assert room.document()["comments"] == ["Bold."]
    comments.keep_back(room.session(), room.edition, again, reason="Names somebody.", **room.act)
    room.send()
    assert room.document()["comments"] == []
    assert len(list(room.session.scalars(select(Feedback)))) == 6

    last = room.release("Of a sheet that is about to count no more.")
    comments.approve(room.session(), room.edition, [last], **room.act)
    room.own().sheet.counted = False
    room.session.flush()
    assert comments.approved(room.session(), room.edition, "services") == {}


@ON_SQLITE
def test_a_judge_takes_back_what_is_not_decided_and_is_told_why_something_is_kept_back(room: Room) -> None:
    where = (room.session(), room.edition, room.judge)
    sheet, phase = room.own().sheet.public_id, room.edition.phase
    room.edition.phase = Phase.FIRST_ROUND
    with pytest.raises(RoundOn):
        comments.release(*where, sheet, "A", seen=0, actor=room.who, now=room.now)
    room.edition.phase = phase
    with pytest.raises(NothingWritten):
        room.release(" \n ")
    room.release()
    with pytest.raises(CommentChanged):
        room.release("Twice.")
    comments.take_back(*where, sheet, seen=1, actor=room.who, now=room.now)
    with pytest.raises(CommentChanged):
        comments.take_back(*where, sheet, seen=1, actor=room.who, now=room.now)
    assert comments.waiting(room.session(), room.edition) == []
    assert comments.release_all(*where, actor=room.who, now=room.now) == 3
    assert comments.counts(room.session(), room.edition)["services"] == {
        CommentState.TAKEN_BACK: 1,
        CommentState.RELEASED: 3,
    }

    comment, nomination = comments.waiting(room.session(), room.edition)[0]
    recusals.declare(room.session(), nomination, actor=room.office.olga, now=room.now)
    with pytest.raises(MayNotDecide):
        comments.approve(room.session(), room.edition, [comment.public_id], **room.act)
    with pytest.raises(MayNotDecide):
        comments.keep_back(room.session(), room.edition, comment.public_id, reason="A", **room.act)
    act = {"actor": room.office.omar, "now": room.now}
    comments.keep_back(room.session(), room.edition, comment.public_id, reason="It names a colleague.", **act)
    told = room.session.scalars(select(Outbox).where(Outbox.template == "comment_kept_back")).one()
    assert told.arguments["reason"] == "It names a colleague."
    with pytest.raises(CommentChanged):
        comments.approve(room.session(), room.edition, [comment.public_id], **act)


@ON_SQLITE
def test_nothing_is_told_while_a_finalist_could_be_replaced_or_the_result_is_not_public(room: Room) -> None:
    with pytest.raises(NotYet):
        room.send()
    room.office.signed()
    with pytest.raises(NotYet):
        room.send()
    room.office.press(room.office.arm("services"))
    with pytest.raises(NotYet):
        room.send("services", "openness")
    assert room.send() == 4
    for sent in room.session.scalars(select(Feedback)):
        assert set(sent.document) == {"bands", "comments", "next"}
        assert not any(isinstance(it, int | float) for it in values(sent.document))
    assert feedback.is_open(room.session(), room.edition, "services", room.now)
    phase, room.edition.phase = room.edition.phase, Phase.SECOND_ROUND
    assert feedback.open_categories(room.session(), room.edition, room.now) == set()
    room.edition.phase = phase
    room.office.take_down()
    assert not feedback.is_open(room.session(), room.edition, "services", room.now)


def values(document: object) -> list[object]:
    if isinstance(document, Mapping):
        return [value for it in document.values() for value in values(it)]
    if isinstance(document, list):
        return [value for it in document for value in values(it)]
    return [document]
