"""The deliberation room: when it is there, who comes in to what, what is written, and that no mark changes in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from awards.extensions import begin_writing, db
from awards.models import (
    Conflict,
    ConflictSource,
    Edition,
    Grant,
    Judge,
    JudgeState,
    Nomination,
    Outbox,
    ReadingState,
    RoomNote,
    ScoreSheetVersion,
)
from awards.notices import Template
from awards.timetable import Phase
from tests.awards.play import NOW
from tests.web.office import well
from tests.web.signing import send
from tests.web.tables import Round

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


class Room(Round):
    """The round past its close, and its room. N2 and N3 are level at the cut."""

    def address(self, path: str = "/") -> str:
        return f"/en/deliberation/{self.key}{path}"

    def see(self, name: str, path: str = "/") -> TestResponse:
        return self.at(name).get(self.address(path))

    def read(self, name: str, path: str = "/") -> str:
        answer = self.see(name, path)
        assert answer.status_code == 200, (name, path, answer.status_code)
        return well(answer)

    def act(
        self, name: str, path: str, fields: dict[str, str] | None = None, *, page: str | None = None
    ) -> TestResponse:
        where = self.address(page) if page else "/en/account"
        return send(self.at(name), self.address(path), fields or {}, page=where)

    def open(self) -> None:
        assert self.act("chair", "/acts/open").status_code == 303

    def write(self, name: str, text: str, reference: str = "N2", key: str = "") -> TestResponse:
        return self.act(name, f"/{reference}", {"text": text, "key": key})

    def clash(self, name: str, reference: str) -> None:
        """A conflict of a judge comes to light."""
        with self.app.app_context():
            begin_writing()
            judge = self.judge(name)
            nomination = self._play().nomination(reference)
            db.session.add(
                Conflict(
                    judge_id=judge.id,
                    nomination_id=nomination.id,
                    source=ConflictSource.SAME_CITY,
                    found_at=NOW,
                )
            )
            db.session.commit()

    def judge(self, name: str) -> Judge:
        judges = db.session.scalars(select(Judge))
        return next(it for it in judges if it.account.email == f"{name}@example.org")

    def leave(self, name: str) -> None:
        with self.app.app_context():
            begin_writing()
            judge = self.judge(name)
            judge.state, judge.left_at = JudgeState.LEFT, NOW
            for grant in db.session.scalars(select(Grant).where(Grant.account_id == judge.account_id)):
                grant.ended_at = NOW
            db.session.commit()

    def notes(self) -> list[str]:
        with self.app.app_context():
            return list(db.session.scalars(select(RoomNote.text).order_by(RoomNote.id)))


@pytest.fixture
def room(app: Flask, tmp_path: Path) -> Iterator[Room]:
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        found = Room(app, tmp_path)
        found.mark_and_close()
        yield found


def test_before_the_close_there_is_nothing_in_it_and_it_can_not_be_opened(app: Flask, tmp_path: Path) -> None:
    with time_machine.travel(NOW + timedelta(days=40), tick=False):
        room = Room(app, tmp_path)
        room.mark_and_close(close=False)
        for who in ("chair", "ada", "auditor"):
            assert "The first round is not closed" in room.read(who)
            assert "N1" not in room.read(who)
        assert room.see("ada", "/N1").status_code in (303, 404)
        assert room.see("ada", "/N1/dossier").status_code == 404
        refused = room.act("chair", "/acts/open")
        assert refused.status_code == 409
        assert "opens after the close" in refused.text


def test_the_chair_opens_it_and_the_panel_is_told(room: Room) -> None:
    assert "Thought of" not in room.read("ada")
    assert room.see("ada", "/acts/open").status_code == 404
    assert room.act("deputy", "/acts/open").status_code == 404

    room.open()

    with room.app.app_context():
        told = set(
            db.session.scalars(select(Outbox.recipient).where(Outbox.template == Template.ROOM_OPENED.value))
        )
    assert told == {"ada@example.org", "ben@example.org", "deputy@people.example"}
    assert "The deliberation room is open" in well(room.at("ada").get("/en/today"))
    assert room.act("chair", "/acts/open").status_code == 303
    assert room.see("olga").status_code == 404
    assert "Level at the cut" in room.read("ada")


def test_a_judge_with_a_conflict_reads_nothing_of_it_and_not_where_the_others_stand(room: Room) -> None:
    room.open()
    room.write("ben", "N2 reaches the islands too.")
    room.clash("ada", "N2")

    index, page = room.read("ada"), room.read("ada", "/N2")
    assert "so you are kept out" in index
    assert "so you are kept out" in page
    for secret in ("islands", "Thought of N2", "7.00"):
        assert secret not in page
    assert "/N2" not in index
    assert 'data-name="Place"' not in index.split("Openness")[0]
    assert room.see("ada", "/N2/dossier").status_code == 404
    late = room.write("ada", "I say it all the same.")
    assert late.status_code == 409
    assert "I say it all the same." in late.text
    assert room.notes() == ["N2 reaches the islands too."]
    room.order(reason="N3 has the better proof than N2.")
    assert "better proof" in room.read("ben", "/N3")
    assert "better proof" not in room.read("ada", "/N3")


def test_comments_stand_there_without_names_and_in_no_order_of_the_judges(room: Room) -> None:
    room.open()

    page = room.read("ben", "/N1")

    comments = page.split('id="comments"')[1].split("</section>")[0]
    assert comments.count("Thought of N1") == 2
    for name in ("Ada", "Ben", "ada@", "ben@"):
        assert name not in comments


def test_a_note_is_kept_once_and_is_taken_back_by_its_writer_alone(room: Room) -> None:
    room.open()
    for _ in range(2):
        assert room.write("ada", "Look at its results.", key="abcdefgh12").status_code == 303
    assert room.notes() == ["Look at its results."]
    assert "Ada Fictional" in room.read("chair", "/N2")
    back = "/acts/take-back/abcdefgh12"
    assert room.see("ben", back).status_code == 404
    assert room.act("chair", back).status_code == 404

    assert "the auditor can still read it" in room.read("ada", back)
    assert room.act("ada", back).status_code == 303

    page = room.read("ben", "/N2")
    assert "Taken back by its writer." in page
    assert "Look at its results." not in page
    assert "Look at its results." in room.read("auditor", "/N2")
    assert room.write("auditor", "Mine.").status_code == 404


def test_what_can_not_be_kept_stands_there_to_be_mended_or_copied(room: Room) -> None:
    assert room.write("ada", "Too early.").status_code == 409
    room.open()
    long = "Long words. " * 400
    answer = room.write("ada", long)
    assert answer.status_code == 422
    assert long.strip() in well(answer)
    assert room.write("ada", " \0 \u200b ").status_code == 422
    assert room.act("ada", "/N2").status_code == 422
    room.order()
    room.sign(services="2")
    signed = room.write("ada", "One thing more.")
    assert signed.status_code == 409
    assert "signed meanwhile" in signed.text
    assert "One thing more." in signed.text
    room.leave("ada")
    gone = room.write("ada", "And another.")
    assert gone.status_code == 404
    assert "And another." in gone.text
    assert room.act("chair", "/acts/close").status_code == 303
    closed = room.write("ben", "After all.", "M1")
    assert closed.status_code == 409
    assert "After all." in closed.text
    assert "read by chair and auditor alone" in room.read("ben")
    assert "M1" in room.read("chair")
    assert room.notes() == []


def test_who_has_left_or_is_bound_since_keeps_their_notes_and_does_not_come_in(room: Room) -> None:
    room.open()
    room.write("ada", "Read page four.")
    room.write("ben", "It is the strongest.")
    room.leave("ada")
    room.clash("ben", "N2")

    page = room.read("chair", "/N2")

    assert "has left the panel since" in page
    assert "has a conflict here, found since" in page
    assert "Read page four." in page
    assert room.see("ada").status_code == 404


def test_no_page_of_the_room_gives_or_changes_a_mark(room: Room) -> None:
    room.open()
    before = marks(room)
    for rule in room.app.url_map.iter_rules():
        if not rule.endpoint.startswith("deliberation."):
            continue
        values = {
            "language": "en",
            "edition": room.key,
            "reference": "N1",
            "key": "x",
            "page": 1,
            "note": "x",
        }
        built = rule.build({it: values[it] for it in rule.arguments})
        assert built is not None
        answer = room.at("ada").get(built[1])
        assert 'name="mark-' not in answer.text
        if "POST" in (rule.methods or ()):
            fields = {"mark-services": "1", "mark-impact": "1", "act": "submit", "text": "Note."}
            send(room.at("ada"), built[1], fields, page="/en/account")
            send(room.at("chair"), built[1], fields, page="/en/account")
    assert marks(room) == before


def marks(room: Room) -> int | None:
    with room.app.app_context():
        return db.session.scalar(select(func.count()).select_from(ScoreSheetVersion))


def test_once_the_panel_has_read_the_totals_no_sheet_is_mended(room: Room) -> None:
    room.open()

    answer = send(
        room.at("ada"),
        f"/en/judging/{room.key}/n/N2/reopen",
        {"reason": "I mixed up two."},
        page="/en/account",
    )

    assert answer.status_code == 409
    assert "the panel has read the totals" in answer.text


def test_it_is_not_opened_while_a_judge_waits_for_an_answer(room: Room) -> None:
    """Opened, it would answer no for the chair, who may not have seen the request."""
    asked = send(
        room.at("ada"),
        f"/en/judging/{room.key}/n/N2/reopen",
        {"reason": "I mixed up two."},
        page="/en/account",
    )
    assert asked.status_code == 303

    refused = room.act("chair", "/acts/open")

    assert refused.status_code == 409
    assert "or has asked to" in refused.text


def test_it_is_not_opened_while_second_readings_are_open(room: Room) -> None:
    from awards.models import Calibration, Decision, SecondReading

    with room.app.app_context():
        begin_writing()
        edition = db.session.scalars(select(Edition)).one()
        order = db.session.scalars(select(Decision)).first()
        calibration = Calibration(edition_id=edition.id, number=99, at=NOW)
        db.session.add(calibration)
        db.session.flush()
        assert order is not None
        reading = SecondReading(
            edition_id=edition.id,
            number=1,
            calibration_id=calibration.id,
            decision_id=order.id,
            closes_at=NOW,
            at=NOW,
        )
        db.session.add(reading)
        db.session.commit()
        number = reading.id
    refused = room.act("chair", "/acts/open")
    assert refused.status_code == 409
    assert "Second readings are going on" in refused.text
    with room.app.app_context():
        begin_writing()
        db.session.get_one(SecondReading, number).state = ReadingState.CLOSED
        db.session.commit()
    room.open()


def test_it_is_over_once_the_edition_has_moved_on(room: Room) -> None:
    room.open()
    with room.app.app_context():
        begin_writing()
        db.session.scalars(select(Edition)).one().phase = Phase.DECIDED
        db.session.commit()

    assert "The room is closed" in room.read("ada")
    assert room.write("chair", "Late.", "M1").status_code == 409
    with room.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Nomination)) == 6
