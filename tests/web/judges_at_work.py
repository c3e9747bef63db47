"""Two judges with nominations to mark in the open edition, and browsers for them."""

from __future__ import annotations

from collections.abc import Mapping

from flask.testing import FlaskClient
from sqlalchemy import select

from awards import editions, scoring
from awards.audit import Actor
from awards.models import (
    Account,
    Assignment,
    Declaration,
    Judge,
    JudgeState,
    Nomination,
    NominationRevision,
    NominationState,
    Role,
)
from awards.scoring import Content
from awards.timetable import Phase
from tests.web import world
from tests.web.office import KEY, Office
from tests.web.signing import person, signed_in

JUDGES = {"kim": "ko", "lee": "en"}
REFERENCES = ("SV-01", "SV-02")


class Panel:
    """The open edition in its first round."""

    key = KEY

    def __init__(self, office: Office) -> None:
        from awards.extensions import begin_writing, db

        self.office = office
        self.browsers: dict[str, FlaskClient] = {}
        with office.site.app_context():
            people = {
                name: person(
                    f"{name}@judges.example",
                    Role.JUDGE,
                    edition=office.edition(),
                    name=f"Example {name.title()}",
                    language=language,
                ).id
                for name, language in JUDGES.items()
            }
            person(
                "second-clerk@city.example", Role.CLERK, edition=office.edition(), name="Example Second Clerk"
            )
            begin_writing()
            session, edition = db.session(), office.edition()
            edition.phase = Phase.FIRST_ROUND
            self.criteria = editions.rules_of(session, edition).category("services").criteria
            nominations = [self._nominate(edition.id, reference) for reference in REFERENCES]
            for account in people.values():
                judge = Judge(
                    edition_id=edition.id,
                    account_id=account,
                    state=JudgeState.ACCEPTED,
                    conduct_version=1,
                    conduct_at=world.NOW,
                    declared_at=world.NOW,
                    at=world.NOW,
                )
                session.add(judge)
                session.flush()
                for nomination in nominations:
                    pair = {"judge_id": judge.id, "nomination_id": nomination.id}
                    session.add(Assignment(**pair, at=world.NOW))
                    session.add(Declaration(**pair, interest=False, at=world.NOW))
            session.commit()

    def _nominate(self, edition: int, reference: str) -> Nomination:
        from awards.extensions import db

        nomination = Nomination(
            edition_id=edition,
            reference=reference,
            category="services",
            state=NominationState.ELIGIBLE,
            submitted_number=1,
            created_at=world.NOW,
        )
        db.session.add(nomination)
        db.session.flush()
        db.session.add(
            NominationRevision(
                nomination_id=nomination.id,
                number=1,
                category="services",
                nominee_kind="project",
                title=f"Imagined service of {reference} 상상의 서비스",
                organisation_name="Exampleton",
                city="Exampleton",
                country="KR",
                language="en",
                summary="Shared summary of an imagined service.",
                at=world.NOW,
                sha256="0" * 64,
            )
        )
        db.session.flush()
        return nomination

    def address(self, page: str, language: str = "en") -> str:
        return f"/{language}/judging/{KEY}/{page}"

    def at(self, name: str) -> FlaskClient:
        if name not in self.browsers:
            where = "judges" if name in JUDGES else "city"
            self.browsers[name] = signed_in(self.office.site, f"{name}@{where}.example")
        return self.browsers[name]

    def _assignments(self, name: str) -> list[Assignment]:
        from awards.extensions import db

        return list(
            db.session.scalars(
                select(Assignment)
                .join(Judge)
                .join(Account, Account.id == Judge.account_id)
                .where(Account.name == f"Example {name.title()}")
                .order_by(Assignment.id)
            )
        )

    def codes(self, name: str) -> list[str]:
        with self.office.site.app_context():
            return [it.code or "" for it in self._assignments(name)]

    def judge_key(self, name: str) -> str:
        with self.office.site.app_context():
            return self._assignments(name)[0].judge.public_id

    def marks(self, name: str, place: int = 0) -> dict[str, int]:
        from awards.extensions import db

        with self.office.site.app_context():
            return dict(Content.of(scoring.latest(db.session(), self._assignments(name)[place])).marks)

    def save(self, name: str, marks: Mapping[str, int], comment: str = "", *, base: int = 0) -> None:
        """What a judge saves on the site, on the first of their nominations."""
        from awards.extensions import begin_writing, db

        with self.office.site.app_context():
            begin_writing()
            assignment = self._assignments(name)[0]
            account = assignment.judge.account
            scoring.save(
                db.session(),
                self.office.edition(),
                assignment,
                Content(marks, comment),
                base=base,
                opened=None,
                actor=Actor(account, account),
                now=world.NOW,
            )
            db.session.commit()
