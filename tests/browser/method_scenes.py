"""Schulze's count on the table and on paper, a ballot that may not rank all, and the rules with their example."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import select

from awards import elections
from awards.extensions import begin_writing, db
from awards.models import Election
from tests.awards.play import KEY
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import LANGUAGES, Stills
from tests.browser.voting_scenes import ELECTORS, OF, SUMMARY, Booth
from tests.web.test_methods import AROUND, SCHULZE
from tests.web.test_results import Hall
from tests.web.voters import Vote

RANKING = '\n[vote]\nelectorate = "public"\nmethod = "schulze"\n'
PUBLISHED = 'finalists"\nmin_publish = 3 # "'


def take(stills: Stills, data: Path, folder: Path) -> None:
    with site_of(data, "methods-counted") as (site, own, _clock):
        hall = Hall(site, own, SCHULZE, *AROUND)
        retitle(site)
        chair = hall.at("chair")
        stills.look("method-result", chair, f"/table/{KEY}/services/result")
        for language in LANGUAGES:
            sheet = folder / f"method-count-sheet-{language}.pdf"
            sheet.write_bytes(chair.get(f"/{language}/table/{KEY}/services/count.pdf").data)
            subprocess.run(["pdftoppm", "-r", "60", "-png", sheet, sheet.with_suffix("")], check=True)
            sheet.unlink()
    with site_of(data, "methods-ballot") as (site, _own, _clock):
        vote = Vote(
            site, RANKING, ELECTORS, barred={"three": ["SV-3", "SV-4"]}, summary=SUMMARY, record=PUBLISHED
        )
        retitle(site)
        with site.app_context():
            begin_writing()
            edition = vote.again().edition
            for election in db.session.scalars(select(Election)):
                elections.shape(db.session(), edition, election)
            db.session.commit()
        stills.look("method-rules", site.test_client(), f"/{KEY}/rules")
        for language in LANGUAGES:
            booth = Booth(vote.browser(OF[language]), language)
            stills.keep("method-ballot", language, booth.get("/services"))
            stills.keep("method-ballots", language, booth.get("/"))
