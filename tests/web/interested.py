"""A panel of made-up judges over three eligible nominations, with the chair and the secretariat of the edition."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from awards import accounts, conflicts, editions
from awards.audit import Actor
from awards.models import Edition, Judge, JudgeState, Nomination, NominationState, Role, Suspicion
from awards.timetable import Phase
from tests.web import desk
from tests.web.signing import signed_in
from tests.web.world import NOW

KEY = desk.KEY
JUDGE, OTHER, CHAIR, DEPUTY = (f"{name}@bench.example" for name in ("jo", "kim", "chair", "deputy"))
SAME_TOWN = "BN-03"


class Bench:
    """Jo lives in the town of BN-03; Kim is named in BN-02, perhaps."""

    def __init__(self, site: Flask) -> None:
        from awards.extensions import begin_writing, db

        self.site = site
        self.browsers: dict[str, FlaskClient] = {}
        with site.app_context():
            begin_writing()
            self.field = desk.open_field(db.session(), phase=Phase.FIRST_ROUND)
            for reference, summary, country in (
                ("BN-01", "Shared.", "KR"),
                ("BN-02", "With K. Kimson.", "KR"),
                (SAME_TOWN, "Shared.", "NZ"),
            ):
                made = self.field.nominate(reference, summary=summary, country=country)
                made.state = NominationState.ELIGIBLE
            self.seat(JUDGE, "Jo Jonson")
            self.seat(OTHER, "Kit Kimson")
            desk.live_in(self.field, JUDGE, f"Town {SAME_TOWN}", "NZ")
            for email, role in ((CHAIR, Role.CHAIR), (DEPUTY, Role.DEPUTY)):
                self.appoint(email, role)
            db.session.commit()
        self.search()

    def appoint(self, email: str, role: Role) -> None:
        session, who = self.field.session, self.field.who
        account, _ = accounts.find_or_make(
            session, email, name=f"Example {role.value.title()}", now=NOW, actor=who
        )
        accounts.grant(session, account, role, edition=self.field.edition, actor=who, now=NOW)

    def seat(self, email: str, name: str) -> None:
        session, who = self.field.session, self.field.who
        account, _ = accounts.find_or_make(session, email, name=name, now=NOW, actor=who)
        accounts.grant(session, account, Role.JUDGE, edition=self.field.edition, actor=who, now=NOW)
        session.add(
            Judge(
                edition_id=self.field.edition.id,
                account=account,
                state=JudgeState.ACCEPTED,
                at=NOW,
                conduct_version=1,
                conduct_at=NOW,
            )
        )
        session.flush()

    def search(self) -> None:
        with self.writing() as edition:
            from awards.extensions import db

            conflicts.find(db.session(), edition, actor=self.operator(), now=NOW)

    def operator(self) -> Actor:
        from awards.extensions import db

        account = next(it for it in db.session.scalars(select(accounts.Account)) if it.operator)
        return Actor(account, account, operator=True)

    @contextmanager
    def writing(self) -> Iterator[Edition]:
        """The edition in a transaction of its own."""
        from awards.extensions import begin_writing, db

        with self.site.app_context():
            begin_writing()
            yield editions.find(db.session(), KEY)
            db.session.commit()

    def at(self, email: str) -> FlaskClient:
        if email not in self.browsers:
            self.browsers[email] = signed_in(self.site, email)
        return self.browsers[email]

    def key(self, reference: str) -> str:
        """What a nomination is called in forms."""
        with self.site.app_context():
            from awards.extensions import db

            return db.session.scalars(
                select(Nomination.public_id).where(Nomination.reference == reference)
            ).one()

    def suspicion(self) -> str:
        with self.site.app_context():
            from awards.extensions import db

            return db.session.scalars(select(Suspicion.public_id)).one()

    def kept_apart(self) -> list[tuple[str, str, str]]:
        """Judge, nomination and source of every conflict that stands."""
        with self.site.app_context():
            from awards.extensions import db

            edition = editions.find(db.session(), KEY)
            judges = {it.id: it.account.email for it in db.session.scalars(select(Judge))}
            references = {it.id: it.reference for it in db.session.scalars(select(Nomination))}
            return sorted(
                (judges[judge], references[nomination], source.value)
                for (judge, nomination), sources in conflicts.blocked(db.session(), edition).items()
                for source in sources
            )
