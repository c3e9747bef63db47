"""A closed round with a budget for second readings, and its people in browsers."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import cast

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from awards import editions
from awards.extensions import begin_writing, db
from awards.models import Declaration, Nomination
from tests.awards.play import KEY, NOW, Play
from tests.awards.reading_further import PANEL, closed, given, name_of, seat
from tests.web.office import well
from tests.web.signing import send, signed_in

TABLE, JUDGING = f"/en/table/{KEY}", f"/en/judging/{KEY}"
PAGE = f"{TABLE}/readings"
ROOM = f"/en/deliberation/{KEY}"


class Desk:
    """People in browsers about a round that is closed and calibrated."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app = app
        with app.app_context():
            begin_writing()
            play = closed(db.session(), folder)
            for name in PANEL:
                judge = seat(play, name)
                judge.conduct_version = 1
                judge.shown = []
                for it in play.session.scalars(select(Nomination)):
                    play.session.add(
                        Declaration(judge_id=judge.id, nomination_id=it.id, interest=False, at=NOW)
                    )
            db.session.commit()

    def at(self, name: str) -> FlaskClient:
        domain = "example.org" if name in PANEL else "people.example"
        return signed_in(self.app, f"{name}@{domain}")

    def page(self, name: str, address: str = PAGE) -> str:
        answer = self.at(name).get(address)
        assert answer.status_code == 200, (address, answer.status_code)
        return well(answer)

    def send(self, name: str, fields: dict[str, str], address: str = PAGE) -> TestResponse:
        return send(self.at(name), address, fields)

    def order(self, name: str = "chair", day: str = "2014-09-08") -> TestResponse:
        shown = re.search(r'name="shown" value="([0-9a-f]{64})"', self.page("chair"))
        assert shown
        when = {"day": day, "time": "12:00", "zone": "UTC", "shown": shown[1], "for": "order"}
        return self.send(name, when | {"act": "save", "seen": f"{day}T12:00:00 UTC"})


def readers(desk: Desk) -> list[tuple[str, str]]:
    with desk.app.app_context():
        play = played()
        return [(name_of(it), it.nomination.reference) for it in given(play)]


def played() -> Play:
    """What acts on the edition as the database has it now."""
    return cast(
        Play, SimpleNamespace(session=db.session(), edition=editions.find(db.session(), KEY), now=NOW)
    )
