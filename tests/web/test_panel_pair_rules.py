"""The organiser's proposal in words, pinned and forbidden pairs, and who takes over from a silent judge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from awards import runs
from awards.extensions import begin_writing, db
from awards.models import (
    AssignmentRun,
    Conflict,
    ConflictSource,
    Judge,
    Nomination,
    PairRule,
    Preference,
    Wish,
)
from tests.awards.play import NOW, entry, judge
from tests.web.panel import AUDITOR, DESK, KEY, Panel
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
RULES = f"{DESK}/pairs"
NAMES = ("ada", "ben", "cy", "dee")


@pytest.fixture
def panel(app: Flask, tmp_path: Path) -> Panel:
    found = Panel(app, tmp_path, [entry(f"N{it}") for it in range(1, 5)], [judge(name) for name in NAMES])
    with app.app_context():
        begin_writing()
        for it, level in zip(db.session.scalars(select(Judge).order_by(Judge.id)), (2, 1, 1, 0), strict=True):
            it.expertise = {"services": level}
        db.session.commit()
    return found


def draw(panel: Panel, **fields: str) -> str:
    return send(panel.at(), DESK, {"per_nomination": "2"} | fields, follow_redirects=True).text


def confirm(panel: Panel) -> None:
    with panel.app.app_context():
        run = db.session.scalars(select(AssignmentRun).order_by(AssignmentRun.number.desc())).first()
        assert run is not None
        fields = {"number": str(run.number), "shown": runs.fingerprint(run)}
    assert send(panel.at(), f"{DESK}/confirm", fields).status_code == 303


def rule(panel: Panel, kind: str, name: str, reference: str, reason: str = "Knows the place") -> str:
    fields = {"kind": kind, "judge": panel.judge(name), "reference": reference, "reason": reason}
    return send(panel.at(), RULES, fields, follow_redirects=True).text


def test_a_proposal_says_what_is_new_why_and_what_it_costs(panel: Panel) -> None:
    text = draw(panel)
    confirmed = panel.open(f"{DESK}/confirm")

    assert "% of the best one that there could be" in text
    assert "No pair that is proposed has a conflict." in text
    assert "expert in its category · reads its language with ease" in text
    assert "Takes over if one falls out" in text
    assert "Fingerprint of what was asked" in text
    assert "% of the best one that there could be" in confirmed


def test_a_small_edition_hears_nothing_of_matches(panel: Panel) -> None:
    text = draw(panel, per_nomination="")

    assert "16 new pairs" in text
    assert "of the best one" not in text
    assert "Fingerprint" not in text


def test_a_pair_is_pinned_the_proposal_drawn_again_and_issued(panel: Panel) -> None:
    draw(panel)
    stale = rule(panel, "pinned", "dee", "N1")
    again = draw(panel)
    confirm(panel)
    listed = panel.open(RULES)

    assert "N1 is pinned to Dee Fictional" in stale
    assert "Draw again with the same choices" in stale
    assert "Draw again with the same choices" not in again
    assert ("dee", "N1", "issued") in panel.pairs()
    assert "pinned, issued" in listed
    assert panel.at(AUDITOR).get(RULES).status_code == 200


def test_a_forbidden_pair_is_refused_by_hand_until_it_is_set_free(panel: Panel) -> None:
    rule(panel, "forbidden", "ada", "N1", "Too close to its author")
    by_hand = {"judge": panel.judge("ada"), "reference": "N1"}

    refused = send(panel.at(), f"{DESK}/issue", by_hand)
    with panel.app.app_context():
        identifier = db.session.scalars(select(PairRule.public_id)).one()
    freed = send(panel.at(), f"{RULES}/{identifier}/end", page=RULES, follow_redirects=True).text
    twice = send(panel.at(), f"{RULES}/{identifier}/end", page=RULES, follow_redirects=True).text
    send(panel.at(), f"{DESK}/issue", by_hand)

    assert refused.status_code == 422
    assert "Too close to its author" in refused.text
    assert "are free again" in freed
    assert "This was ended already." in twice
    assert ("ada", "N1", "issued") in panel.pairs()


def test_a_pin_in_conflict_is_refused_with_the_conflict(panel: Panel) -> None:
    with panel.app.app_context():
        begin_writing()
        who = db.session.scalars(select(Judge).where(Judge.public_id == panel.judge("ada"))).one()
        what = db.session.scalars(select(Nomination).where(Nomination.reference == "N1")).one()
        source = ConflictSource.SAME_COUNTRY
        db.session.add(Conflict(judge_id=who.id, nomination_id=what.id, source=source, found_at=NOW))
        db.session.commit()

    answer = rule(panel, "pinned", "ada", "N1")

    assert "it has a conflict: Same country" in answer
    assert 'value="Knows the place"' in answer


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"kind": "pinned"},
        {"kind": "married", "judge": "x" * 40, "reference": "N1\x00", "reason": "r" * 401},
        {"kind": "pinned", "judge": "", "reference": "N9", "reason": "y"},
    ],
)
def test_bad_input_is_said_beside_its_field(panel: Panel, fields: dict[str, str]) -> None:
    assert send(panel.at(), RULES, fields).status_code == 422


def test_others_rules_and_wrong_choices_are_not_taken(panel: Panel) -> None:
    assert send(panel.at(), f"{RULES}/{'0' * 32}/end", page=RULES).status_code == 404
    assert send(panel.at(), DESK, {"per_region": "12"}).status_code == 422
    assert send(panel.at(), DESK, {"per_region": "-1"}).status_code == 422


def test_a_silent_judge_is_seen_and_alternates_take_over_in_one_go(panel: Panel) -> None:
    draw(panel)
    confirm(panel)
    before = panel.pairs()
    theirs = sorted(reference for name, reference, _state in before if name == "ada")
    progress = f"/en/secretariat/{KEY}/progress?show=silent"
    early = panel.open(progress)

    with time_machine.travel(datetime.now(UTC) + timedelta(days=8)):
        panel.browsers.clear()
        late = panel.open(progress)
        chosen = [("reference", it) for it in theirs]
        fields = [*chosen, ("reason", "Not heard of for a week"), ("draw", "yes")]
        page = send(panel.at(), f"{DESK}/take-back/{panel.judge('ada')}", fields, follow_redirects=True).text
        confirm(panel)

    after = {(name, reference) for name, reference, state in panel.pairs() if state == "issued"}
    assert "Ada Fictional" not in early
    assert "Give their nominations to others" in late
    assert f"gives out {len(theirs)} pairs and changes nothing else" in page
    assert {(name, it) for name, it, _state in before if name != "ada"} < after
    assert sorted(reference for name, reference in after if name == "ada") == []
    assert len(after) == len(before)


def test_an_organiser_states_what_a_judge_knows(panel: Panel) -> None:
    address = f"/en/secretariat/{KEY}/judges/{panel.judge('dee')}"
    fields = [
        ("categories", "services"), ("categories", "openness"), ("expert", "openness"), ("some", "services"),
        ("working", "en"), ("capacity", "9"), ("region", "asia"),
    ]  # fmt: skip

    wrong = send(panel.at(), f"{address}/reading", [*fields, ("least", "10")])
    send(panel.at(), f"{address}/reading", [*fields, ("least", "2")])

    shown = panel.open(address)
    assert wrong.status_code == 422
    assert "Openness (expert)" in shown
    assert "Services (some)" in shown
    assert "Asia" in shown


def test_a_judge_wishes_where_not_everybody_reads_everything(app: Flask, tmp_path: Path) -> None:
    rules = {"everyone_up_to": 1, "per_nomination": 2}
    panel = Panel(app, tmp_path, [entry("N1"), entry("N2")], [judge("ada"), judge("ben")], rules)
    with app.app_context():
        keys = [it.public_id for it in db.session.scalars(select(Nomination).order_by(Nomination.reference))]
    address, ada = f"/en/judging/{KEY}/interests", panel.at("ada@example.org")
    listed = [*(("seen", key) for key in keys), ("read", "yes")]

    send(ada, address, [*listed, (f"wish-{keys[0]}", "gladly"), (f"wish-{keys[1]}", "neutral")])
    later = ada.get(address).text
    send(ada, address, [("act", "wish"), (f"wish-{keys[0]}", "rather_not"), ("wish-nothing", "gladly")])

    assert "What you would like to read" in later
    with app.app_context():
        assert [it.wish for it in db.session.scalars(select(Preference))] == [Wish.RATHER_NOT]
        assert db.session.scalars(select(Conflict)).all() == []
