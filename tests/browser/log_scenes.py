"""The public log of the votes: while it runs, opened, released; receipts found and not; a box that does not fit it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient
from sqlalchemy import select

from awards import ballot_log
from awards.extensions import begin_writing, db
from awards.models import Election
from tests.awards.play import NOW
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.web.test_ballot_log import TEN, release
from tests.web.voters import APPROVAL, KEY, Vote, cast, numbers, press, receipt

LOG = f"/{KEY}/ballot-log"
CHOICE = (("c-services", "SV-1"), ("c-services", "SV-3"))


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "ballot-log") as (site, _own, _clock):
        vote = Vote(site, APPROVAL, electors=TEN)
        retitle(site)
        stills.look("log-empty", site.test_client(), LOG)
        done = cast(vote.browser(TEN[0]), "services", *CHOICE)
        running(stills, vote, numbers(done)[0])
        opened(stills, vote, receipt(done)[0])


def running(stills: Stills, vote: Vote, number: str) -> None:
    visitor = vote.app.test_client()
    look_up(stills, "log-found-waiting", visitor, number)
    with vote.app.app_context():
        begin_writing()
        vote.again().vote(*((it, "SV-2") for it in TEN[1:6]))
        later = NOW + timedelta(hours=1)
        ballot_log.publish_due(db.session(), actor=vote.contest.actor, now=later)
        vote.again().vote(*((it, "SV-2", "SV-3") for it in TEN[6:9]), (TEN[9],))
        election = db.session.scalars(select(Election).where(Election.category == "services")).one().public_id
        db.session.commit()
    stills.look("log-running", visitor, LOG)
    stills.look("log-envelopes", visitor, f"{LOG}/{election}")
    look_up(stills, "log-found", visitor, number)
    look_up(stills, "log-not-found", visitor, "0" * 64)
    look_up(stills, "log-unreadable", visitor, "acorn actor adlut")


def opened(stills: Stills, vote: Vote, code: str) -> None:
    vote.count()
    visitor = vote.app.test_client()
    with vote.app.app_context():
        election = db.session.scalars(select(Election).where(Election.category == "services")).one().public_id
    stills.look("log-opened", visitor, LOG)
    stills.look("log-ballots-before", visitor, f"{LOG}/{election}/ballots")
    release(vote)
    stills.look("log-ballots", visitor, f"{LOG}/{election}/ballots")
    look_up(stills, "log-found-ballot", visitor, code)


def look_up(stills: Stills, name: str, visitor: FlaskClient, typed: str) -> None:
    for language in LANGUAGES:
        page = visitor.get(f"/{language}{LOG}")
        stills.keep(name, language, press(visitor, page, [("receipt", typed)]))
