"""A first round under way: nominations given to two judges, each in a browser of their own; all made up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import accounts, editions
from awards.audit import Actor
from awards.extensions import begin_writing, db
from awards.models import (
    Assignment,
    AssignmentState,
    Declaration,
    Edition,
    Judge,
    JudgeState,
    Nomination,
    NominationState,
    Role,
    ScoreSheet,
    ScoreSheetVersion,
)
from awards.timetable import Moment, Phase
from judging.values import Round
from tests.web import desk
from tests.web.signing import csrf_of, signed_in

CRITERIA = ("services", "efficiency", "open-city", "urban-management", "digital-inclusion")
KIM, LEE = "kim@judges.example", "lee@judges.example"
CLOSES = datetime(2026, 5, 13, 23, 59)  # noqa: DTZ001 (local, as stated)
BASE = f"/en/judging/{desk.KEY}/"
FOUR = ("OC-01", "OC-02", "OC-03", "SV-01")


class Bench:
    """The edition, and what stands in its tables."""

    def __init__(self, site: Flask, references: tuple[str, ...] = FOUR) -> None:
        self.site = site
        with site.app_context():
            begin_writing()
            field = desk.open_field(db.session(), phase=Phase.NOMINATIONS)
            editions.set_moment(
                db.session(),
                field.edition,
                Moment.MARKS_CLOSE,
                CLOSES,
                zone="Asia/Seoul",
                actor=field.who,
                now=desk.SENT,
            )
            editions.freeze(
                db.session(),
                field.edition,
                folder=Path(site.config["LAURELS_DATA"]) / "keys",
                actor=field.who,
                now=desk.SENT,
            )
            field.edition.phase = Phase.FIRST_ROUND
            given = [self._nominate(field, reference) for reference in references]
            for email in (KIM, LEE):
                self._seat(field, email, given)
            db.session.commit()
        self.kim, self.lee = signed_in(site, KIM), signed_in(site, LEE)

    def _nominate(self, field: desk.Field, reference: str) -> Nomination:
        category = "services" if reference.startswith("SV") else "open-city"
        found = field.nominate(reference, category=category)
        found.state = NominationState.ELIGIBLE
        return found

    def _seat(self, field: desk.Field, email: str, given: list[Nomination]) -> None:
        account, _ = accounts.find_or_make(
            db.session(), email, name=email.partition("@")[0].title(), now=desk.SENT, actor=field.who
        )
        account.zone = "Africa/Tunis"
        accounts.grant(
            db.session(), account, Role.JUDGE, edition=field.edition, actor=field.who, now=desk.SENT
        )
        judge = Judge(
            edition_id=field.edition.id,
            account_id=account.id,
            state=JudgeState.ACCEPTED,
            conduct_version=1,
            conduct_at=desk.SENT,
            declared_at=desk.SENT,
            at=desk.SENT,
        )
        db.session.add(judge)
        db.session.flush()
        for nomination in given:
            db.session.add(
                Assignment(judge_id=judge.id, nomination_id=nomination.id, round=Round.FIRST, at=desk.SENT)
            )
            db.session.add(
                Declaration(judge_id=judge.id, nomination_id=nomination.id, interest=False, at=desk.SENT)
            )

    def edition(self) -> Edition:
        return editions.find(db.session(), desk.KEY)

    def assignment(self, reference: str, email: str = KIM) -> Assignment:
        found: Assignment = db.session.scalars(
            select(Assignment)
            .join(Judge)
            .join(Nomination, Nomination.id == Assignment.nomination_id)
            .where(Nomination.reference == reference, Judge.account_id == person_of(email).account.id)
        ).one()
        return found

    def sheet(self, reference: str, email: str = KIM) -> ScoreSheet | None:
        return db.session.scalars(
            select(ScoreSheet).where(ScoreSheet.assignment_id == self.assignment(reference, email).id)
        ).first()

    def versions(self, reference: str, email: str = KIM) -> list[ScoreSheetVersion]:
        with self.site.app_context():
            sheet = self.sheet(reference, email)
            return list(sheet.versions) if sheet else []

    def state(self, reference: str, email: str = KIM) -> str:
        with self.site.app_context():
            sheet = self.sheet(reference, email)
            return sheet.state.value if sheet else ""

    def end(self, reference: str, state: AssignmentState, email: str = KIM) -> None:
        with self.site.app_context():
            self.assignment(reference, email).state = state
            db.session.commit()

    def save(
        self, reference: str, fields: Mapping[str, Any], *, act: str = "save", **more: str
    ) -> TestResponse:
        """Kim opens a sheet and sends it, as the browser does."""
        page = self.kim.get(f"{BASE}n/{reference}").text
        data = {"csrf_token": csrf_of(self.kim, f"{BASE}n/{reference}"), "act": act}
        data |= {"base": hidden(page, "base"), "opened": hidden(page, "opened"), **fields, **more}
        return self.kim.post(f"{BASE}n/{reference}", data=data)


def hidden(page: str, name: str) -> str:
    """What a hidden field of a page holds."""
    return page.partition(f'name="{name}" value="')[2].partition('"')[0]


def marks(*given: int | str) -> dict[str, str]:
    """Marks for the criteria in their order."""
    return {f"mark-{key}": str(mark) for key, mark in zip(CRITERIA, given, strict=False)}


def person_of(email: str) -> Actor:
    account = accounts.find(db.session(), email)
    assert account is not None
    return Actor(account=account, real=account)
