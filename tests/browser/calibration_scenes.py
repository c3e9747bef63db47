"""Standings where the fair score decides, with the plain mean beside it, and the rules that say so."""

from __future__ import annotations

from pathlib import Path

from awards.extensions import begin_writing, db
from awards.models import Role
from tests.awards.play import KEY
from tests.awards.test_calibrations import marked
from tests.browser.small_sites import site_of
from tests.browser.stills import Stills
from tests.web.signing import person, signed_in

TABLE = f"/table/{KEY}"


def take(stills: Stills, data: Path, _folder: Path) -> None:
    with site_of(data, "calibrated") as (site, own, _clock):
        with site.app_context():
            begin_writing()
            play = marked(db.session, own, "calibrated")
            play.close()
            for name, role in (("chair", Role.CHAIR), ("olga", Role.ORGANISER)):
                person(f"{name}@people.example", role, edition=play.edition, name=f"{name.title()} Example")
            db.session.commit()
        stills.look("calibrated-standing", signed_in(site, "chair@people.example"), f"{TABLE}/services")
        stills.look("calibrated-rules", signed_in(site, "olga@people.example"), f"/secretariat/{KEY}/rules")
