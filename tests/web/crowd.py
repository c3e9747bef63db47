"""A first round with as many nominations and judges as are wanted, laid straight into the tables; all made up."""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from awards import (
    acceptances,
    accounts,
    arming,
    calibrations,
    editions,
    rooms,
    shortlists,
    standings,
    verdicts,
    winners,
)
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Account,
    AccountAddress,
    Assignment,
    AssignmentState,
    Calibration,
    CalibrationState,
    Conflict,
    ConflictSource,
    Declaration,
    Edition,
    Grant,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    NominationState,
    Origin,
    Reopening,
    Role,
    RoomNote,
    ScoreSheet,
    ScoreSheetVersion,
    SheetState,
    Suspicion,
    SuspicionKind,
    Typing,
)
from awards.timetable import Phase
from tests.awards.play import NOW, Play, entry, judge
from tests.web.signing import person, signed_in

KEY = "small-prize"
READERS = 4
PEOPLE = {"organiser": Role.ORGANISER, "chair": Role.CHAIR, "clerk": Role.CLERK, "typist": Role.CLERK}
FIRST, PAPER = "N1", "second"
"""The nomination that is looked at, and the judge whose sheets come on paper."""


class Crowd:
    """The round. The judge called `first` reads everything, the others take turns, so that each nomination has four.

    Of five sheets of the first judge one is complete, one half-done, one not begun and two are submitted; the others
    submit all. Every tenth pair has an ended neighbour, a conflict, a suspicion, a typed sheet or a request.
    """

    def __init__(self, app: Flask, nominations: int, judges: int) -> None:
        self.app, self.size = app, nominations
        self.browsers: dict[str, FlaskClient] = {}
        with app.app_context():
            begin_writing()
            rules = {
                "ladder": '"own_criterion", "chair", "lot"',
                "places": 4,
                "minimum": 1,
                "per_nomination": READERS,
            }
            self.play = Play(db.session(), Path(app.config["LAURELS_DATA"]), rules)
            self.play.nominate(entry(FIRST), entry("M1", "openness"))
            self.play.seat(judge("first"), judge(PAPER))
            self.play.reach(Phase.FIRST_ROUND)
            edition = self.play.edition
            for name, role in PEOPLE.items():
                person(f"{name}@example.org", role, edition=edition, name=f"Example {name.title()}")
            begin_writing()
            self._seat(edition, judges)
            self._nominate(edition, nominations)
            self._pair()
            db.session.commit()

    def _seat(self, edition: Edition, wanted: int) -> None:
        names = [f"Judge {number:03} Fictional" for number in range(3, wanted + 1)]
        ids = self._insert(
            Account, [{"name": it, "sort_key": it.casefold(), "created_at": NOW} for it in names]
        )
        self._insert(AccountAddress, [{"account_id": it, "email": f"judge{it}@example.org"} for it in ids])
        here = {"role": Role.JUDGE, "edition_id": edition.id, "granted_at": NOW}
        place = {"edition_id": edition.id, "at": NOW}
        self._insert(Grant, [{"account_id": it} | here for it in ids])
        self._insert(
            Judge,
            [{"account_id": it, "state": JudgeState.ACCEPTED, "languages": ["en"]} | place for it in ids],
        )
        for it in db.session.scalars(select(Judge)):
            it.conduct_version, it.conduct_at, it.declared_at = 1, NOW, NOW

    def _nominate(self, edition: Edition, wanted: int) -> None:
        references = [f"{'NM'[number % 2]}{number // 2 + 1}" for number in range(2, wanted)]
        categories = {"N": "services", "M": "openness"}
        here = {
            "edition_id": edition.id,
            "state": NominationState.ELIGIBLE,
            "submitted_number": 1,
            "submitted_at": NOW,
            "created_at": NOW,
        }
        ids = self._insert(
            Nomination, [{"reference": it, "category": categories[it[0]]} | here for it in references]
        )
        text = {
            "number": 1,
            "nominee_kind": "project",
            "country": "KR",
            "language": "en",
            "summary": "Shared.",
            "at": NOW,
            "sha256": "0" * 64,
        }
        self._insert(
            NominationRevision,
            [
                {
                    "nomination_id": row,
                    "category": categories[it[0]],
                    "title": f"Project {it} of an imagined town",
                    "organisation_name": f"Town of {it}",
                    "city": f"Town of {it}",
                }
                | text
                for row, it in zip(ids, references, strict=True)
            ],
        )

    def _pair(self) -> None:
        nominations = db.session.scalars(select(Nomination.id).order_by(Nomination.id)).all()
        first, *others = db.session.scalars(select(Judge.id).order_by(Judge.id)).all()
        turns = count()
        pairs: list[tuple[int, int]] = []
        for nomination in nominations:
            pairs.append((first, nomination))
            pairs += [(others[next(turns) % len(others)], nomination) for _ in range(READERS - 1)]
        rows = [{"judge_id": who, "nomination_id": what, "at": NOW} for who, what in pairs]
        sure = [{"interest": False} | it for it in rows]
        for assignment in (it for it in rows if it["nomination_id"] % 10 == 5 and it["judge_id"] != first):
            assignment |= {"state": AssignmentState.HANDED_BACK, "ended_at": NOW, "reason": "no time"}
        usual = {"state": AssignmentState.ISSUED, "ended_at": None, "reason": ""}
        ids = self._insert(Assignment, [usual | it for it in rows])
        self._insert(Declaration, sure)
        self._mark(ids, pairs, first)
        taken = set(pairs)
        free = [(others[0], what) for what in nominations if (others[0], what) not in taken]
        self._insert(
            Conflict,
            [
                {"judge_id": who, "nomination_id": what, "source": ConflictSource.SAME_CITY, "found_at": NOW}
                for who, what in free
            ],
        )
        self._insert(
            Suspicion,
            [
                {
                    "judge_id": who,
                    "nomination_id": what,
                    "kind": kind,
                    "detail": "example.org",
                    "found_at": NOW,
                }
                for kind in (SuspicionKind.MAIL_DOMAIN, SuspicionKind.NAMED_IN_TEXT)
                for who, what in pairs
                if who == first
            ],
        )

    def _mark(self, ids: list[int], pairs: list[tuple[int, int]], first: int) -> None:
        clerk = db.session.scalars(select(Account.id).where(Account.name == "Example Typist")).one()
        begun = [
            (row, *pair) for row, pair in zip(ids, pairs, strict=True) if pair[0] != first or pair[1] % 5 != 4
        ]
        usual = {"state": SheetState.SUBMITTED, "submitted_at": NOW}
        unsent = {"state": SheetState.DRAFT, "submitted_at": None}
        sheets = self._insert(
            ScoreSheet,
            [
                {"assignment_id": row}
                | (
                    unsent
                    if (who == first and what % 5 in (1, 2)) or (who != first and what % 10 == 8)
                    else usual
                )
                for row, who, what in begun
            ],
        )
        whole = {"services": 7, "impact": 7}
        versions = self._insert(
            ScoreSheetVersion,
            [
                {
                    "sheet_id": sheet,
                    "number": 1,
                    "marks": {"impact": 3}
                    if who == first and what % 5 == 2
                    else whole | {"impact": _impact(what)},
                    "origin": Origin.PAPER if what % 10 == 8 else Origin.PORTAL,
                    "comment": "It is a very good project of an imagined town.",
                    "at": NOW,
                }
                for sheet, (_row, who, what) in zip(sheets, begun, strict=True)
            ],
        )
        self._insert(
            Typing,
            [
                {"version_id": it, "note": "Called.", "arrived_at": NOW, "typed_by_id": clerk, "at": NOW}
                for it, (_row, who, what) in zip(versions, begun, strict=True)
                if what % 10 == 8 and who != first
            ],
        )

    @staticmethod
    def _insert(model: Any, rows: list[dict[str, Any]]) -> list[int]:
        """The keys of the new rows, in their order."""
        if not rows:
            return []
        before = db.session.scalar(select(func.max(model.id))) or 0
        db.session.execute(insert(model), rows)
        return list(db.session.scalars(select(model.id).where(model.id > before).order_by(model.id)))

    def close(self) -> None:
        """Everything that is not sent counts as missing; the round is closed, and a sheet of each judge asked for."""
        with self.app.app_context():
            begin_writing()
            self.play.session, self.play.edition = db.session(), editions.find(db.session(), KEY)
            operator = db.session.scalars(select(Account).where(Account.name == "tester")).one()
            self.play.actor = Actor(account=operator, real=operator, operator=True)
            self.play.close()
            self._insert(
                Reopening,
                [
                    {"judge_id": who, "nomination_id": what, "reason": "A slip.", "asked_at": NOW}
                    for who, what in db.session.execute(
                        select(Assignment.judge_id, Assignment.nomination_id)
                        .where(Assignment.state == AssignmentState.ISSUED, Assignment.nomination_id % 10 == 3)
                        .order_by(Assignment.id)
                    )
                ],
            )
            db.session.commit()

    def advise(self) -> None:
        """The marks, all alike, are calibrated; then every nomination is in play, and far from somebody's sheet."""
        with self.app.app_context():
            begin_writing()
            session, edition = db.session(), editions.find(db.session(), KEY)
            row = calibrations.need(session, edition, actor=self.play.actor, now=NOW)
            document = dict(row.document)
            judge, names = document["judges"][0]["judge"], []
            for category in document["categories"]:
                category["why"], category["linked"] = None, True
                for it in category["nominations"]:
                    it["band"], it["p_top"] = "in_play", "0.500000"
                    names.append(it["nomination"])
            document["far"] = [
                {"judge": judge, "nomination": it, "value": "9.000000", "panel": "4.000000"} for it in names
            ]
            fitted = {"state": CalibrationState.FITTED, "sheets_sha256": row.sheets_sha256}
            session.add(
                Calibration(edition_id=edition.id, number=row.number + 1, document=document, at=NOW, **fitted)
            )
            db.session.commit()

    def discuss(self) -> None:
        """No sheet is asked for any more; the room is open, with a note about every nomination."""
        with self.app.app_context():
            begin_writing()
            session, edition, chair = db.session(), editions.find(db.session(), KEY), self._as("chair")
            for it in session.scalars(select(Reopening)):
                it.ended_at = NOW
            rooms.open_room(session, edition, actor=chair, now=NOW)
            who = {"edition_id": edition.id, "account_id": chair.account.id, "text": "Look again.", "at": NOW}
            self._insert(
                RoomNote,
                [
                    {"nomination_id": it, "public_id": f"note-{it}"} | who
                    for it in session.scalars(select(Nomination.id))
                ],
            )
            session.commit()

    def settle(self) -> None:
        """The chair orders what is level, so that both categories can be signed."""
        with self.app.app_context():
            begin_writing()
            session, edition = db.session(), editions.find(db.session(), KEY)
            chair = accounts.find(session, "chair@example.org")
            assert chair is not None
            for key, standing in standings.latest(session, edition).items():
                (step,) = verdicts.waiting(standing.document)
                who = {"actor": Actor(chair, chair), "now": NOW}
                shortlists.order_level(
                    session, edition, key, step.level, reason="Reach.", seen=standing.number, **who
                )
            session.commit()

    def decide(self) -> None:
        """Shortlists and winners signed, and the winners told."""
        with self.app.app_context():
            begin_writing()
            chair, organiser = (self._as(name) for name in ("chair", "organiser"))
            session, edition = db.session(), editions.find(db.session(), KEY)
            shortlists.sign(session, edition, actor=chair, now=NOW)
            winners.sign(session, edition, actor=chair, now=NOW)
            waiting = [it.id for it in acceptances.telling(session, edition)]
            acceptances.tell(session, edition, waiting, actor=organiser, now=NOW)
            session.commit()

    def release(self) -> None:
        """The winners public, armed by two."""
        with self.app.app_context():
            begin_writing()
            organiser, typist = (self._as(name) for name in ("organiser", "typist"))
            session, edition = db.session(), editions.find(db.session(), KEY)
            both = ["services", "openness"]
            proposal = arming.propose(
                session, edition, both, due=None, reason="Now.", actor=organiser, now=NOW
            )
            armed = arming.approve(session, edition, proposal.subject_sha256, actor=typist, now=NOW)
            files = Path(self.app.config["LAURELS_DATA"]) / "files"
            arming.press(
                session, edition, armed, folder=files, url="https://x.example", actor=organiser, now=NOW
            )
            session.commit()

    @staticmethod
    def _as(name: str) -> Actor:
        account = accounts.find(db.session(), f"{name}@example.org")
        assert account is not None
        return Actor(account, account)

    def told(self) -> str:
        """What the winner of the first category was told."""
        with self.app.app_context():
            found = acceptances.of_edition(db.session(), editions.find(db.session(), KEY))
            return found[0].public_id if found else ""

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            public = name == "public"
            self.browsers[name] = (
                self.app.test_client() if public else signed_in(self.app, f"{name}@example.org")
            )
        return self.browsers[name]

    def key_of(self, name: str) -> str:
        with self.app.app_context():
            account = accounts.find(db.session(), f"{name}@example.org")
            assert account is not None
            return db.session.scalars(select(Judge.public_id).where(Judge.account_id == account.id)).one()

    def code(self) -> str:
        """What stands on a printed sheet that nobody has begun."""
        with self.app.app_context():
            return (
                db.session.scalars(
                    select(Assignment.code)
                    .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
                    .where(ScoreSheet.id.is_(None))
                    .order_by(Assignment.id)
                ).first()
                or ""
            )


def _impact(row: int) -> int:
    """In each category the fourth and fifth are level across the cut of four places."""
    place = (row - 1) // 2
    return (9, 8, 7, 6, 6)[place] if place < 5 else place % 5 + 1
