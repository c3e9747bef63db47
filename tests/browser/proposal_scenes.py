"""The proposal where each nomination gets some of the judges: what it says, pins, forbids, and who takes over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import time_machine
from flask import Flask
from sqlalchemy import select

from awards import runs
from awards.extensions import begin_writing, db
from awards.models import AssignmentRun, Judge
from tests.awards.play import KEY as SMALL
from tests.awards.play import entry, judge
from tests.browser.stills import Stills
from tests.web import panel, world
from tests.web.signing import send

DESK = f"/secretariat/{SMALL}"
KNOWN = {
    "ada": ("europe", {"services": 2, "openness": 1}),
    "ben": ("asia", {"services": 1, "openness": 2}),
    "cy": ("africa", {"services": 2, "openness": 0}),
    "dee": ("asia", {"services": 0, "openness": 2}),
    "eve": ("europe", {}),
    "fay": ("americas", {"services": 1, "openness": 1}),
}
"""Region and expertise of each judge; one has said nothing."""


def matching(stills: Stills, site: Flask, cities: list[str]) -> None:
    """The pages of a proposal, from the draw to who takes over."""
    entries = [entry(f"S{it}", city=city) for it, city in enumerate(cities[:5], start=1)]
    entries += [entry(f"O{it}", "openness", city=city) for it, city in enumerate(cities[5:], start=1)]
    bench = [judge(name, city=f"Seat of {name.title()}") for name in KNOWN]
    made = panel.Panel(site, Path(site.config["LAURELS_DATA"]), entries, bench)
    state(site)
    organiser, page = made.at(), f"{DESK}/assignment"
    drawn = {"per_nomination": "3", "seed": ""}
    assert send(organiser, f"/en{page}", drawn).status_code == 303
    stills.look("panel-match-new", organiser, f"{page}?by=new")
    pin = {"judge": made.judge("eve"), "reference": "S1", "kind": "pinned", "reason": "Knows the river"}
    forbid = {"judge": made.judge("ada"), "reference": "S2", "kind": "forbidden", "reason": "Wrote on it"}
    for fields in (pin, forbid):
        assert send(organiser, f"/en{page}/pairs", fields).status_code == 303
    stills.look("panel-match-stale", organiser, page)
    stills.look("panel-pair-rules", organiser, f"{page}/pairs?judge={made.judge('cy')}&reference=S3")
    stills.refuse("panel-pair-rules-refused", organiser, f"{page}/pairs", pin)
    assert send(organiser, f"/en{page}", drawn).status_code == 303
    stills.look("panel-match-confirm", organiser, f"{page}/confirm")
    with site.app_context():
        run = db.session.scalars(select(AssignmentRun).order_by(AssignmentRun.number.desc())).first()
        assert run is not None
        confirmed = {"number": str(run.number), "shown": runs.fingerprint(run)}
    assert send(organiser, f"/en{page}/confirm", confirmed).status_code == 303
    stills.look("panel-judge-reading", organiser, f"{DESK}/judges/{made.judge('ben')}/reading")
    with time_machine.travel(world.NOW + timedelta(days=9)):
        made.browsers.clear()
        late = made.at()
        stills.look("panel-progress-silent", late, f"{DESK}/progress?show=silent")
        back = f"{page}/take-back/{made.judge('ben')}"
        stills.look("panel-take-over", late, back)
        theirs = [("reference", it[1]) for it in sorted(made.pairs()) if it[0] == "ben"]
        taken = [*theirs, ("reason", "Silent for nine days, and asked twice."), ("draw", "yes")]
        assert send(late, f"/en{back}", taken).status_code == 303
        stills.look("panel-match-replaced", late, f"{page}?by=new")


def state(site: Flask) -> None:
    """What the judges have said of themselves."""
    with site.app_context():
        begin_writing()
        for it in db.session.scalars(select(Judge)):
            it.region, it.expertise = KNOWN[it.account.email.partition("@")[0]]
        db.session.commit()
