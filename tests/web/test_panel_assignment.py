"""The organiser's page of the assignment: proposing, changing by hand, issuing, telling, taking back."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from awards import draws, runs
from awards.extensions import begin_writing, db
from awards.models import AssignmentRun, Edition, Job, Judge, JudgeState, Outbox, Programme
from awards.notices import Template
from tests.awards.play import entry, judge, statements
from tests.web.panel import AUDITOR, DESK, KEY, Panel, people
from tests.web.signing import send

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def panel(app: Flask, tmp_path: Path) -> Panel:
    return Panel(
        app,
        tmp_path,
        [entry("N1", city="Seoul"), entry("N2"), entry("N3", "openness")],
        [judge("ada"), judge("ben", city="Seoul", country="KR"), judge("cy", categories="services")],
    )


def confirm(panel: Panel, **fields: str) -> str:
    answer = send(panel.at(), f"{DESK}/confirm", confirmation(panel) | fields, follow_redirects=True)
    assert answer.status_code == 200
    return answer.text


def confirmation(panel: Panel) -> dict[str, str]:
    with panel.app.app_context():
        run = db.session.scalars(select(AssignmentRun).order_by(AssignmentRun.number.desc())).first()
        assert run is not None
        return {"number": str(run.number), "shown": runs.fingerprint(run)}


def told(panel: Panel) -> list[tuple[str, object]]:
    with panel.app.app_context():
        return sorted(
            (it.recipient, it.arguments["new"])
            for it in db.session.scalars(select(Outbox).where(Outbox.template == Template.ASSIGNED.value))
        )


def test_an_organiser_draws_looks_and_issues_and_the_judges_are_told(panel: Panel) -> None:
    before = panel.open()
    drawn = send(panel.at(), DESK, {"per_nomination": "", "seed": ""}, follow_redirects=True).text
    nothing_yet = panel.pairs()
    asked = panel.open(f"{DESK}/confirm")

    after = confirm(panel, tell="yes")

    assert "3 nominations to be read" in before
    assert "Every judge reads every nomination of their categories." in before
    assert "7 new pairs" in drawn
    assert nothing_yet == set()
    assert "never moved" in asked
    assert "Issue 7 pairs" in asked
    assert "7 pairs were issued. 3 judges are told." in after
    assert panel.pairs() == {
        ("ada", "N1", "issued"), ("ada", "N2", "issued"), ("ada", "N3", "issued"),
        ("ben", "N2", "issued"), ("ben", "N3", "issued"), ("cy", "N1", "issued"),
        ("cy", "N2", "issued"),
    }  # fmt: skip


def test_a_large_proposal_is_drawn_by_the_worker_while_nobody_waits(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(draws, "LARGE", 9)
    fields = {"per_nomination": "1", "seed": "7"}
    asked = send(panel.at(), DESK, fields, follow_redirects=True).text
    twice = send(panel.at(), DESK, fields, follow_redirects=True).text
    with panel.app.app_context():
        jobs = db.session.scalars(select(Job).where(Job.kind == draws.PROPOSE)).all()
        assert [it.arguments["wanted"]["per_nomination"] for it in jobs] == [1], (
            "a second click asks for nothing"
        )
        assert not db.session.scalars(select(AssignmentRun)).all()

    assert panel.app.test_cli_runner().invoke(args=["worker", "--once"]).exit_code == 0

    for page in (asked, twice):
        assert "The proposal is being drawn." in page
    drawn = panel.open()
    assert "3 new pairs are proposed" in drawn
    assert "is being drawn" not in drawn
    assert panel.pairs() == set()


def test_both_views_and_the_file_show_who_reads_what(panel: Panel) -> None:
    send(panel.at(), DESK, {"per_nomination": "1"})

    by_judge = panel.open(f"{DESK}?judge={panel.judge('ada')}")
    by_category = panel.open(f"{DESK}?by=nomination")
    by_nomination = panel.open(f"{DESK}?by=nomination&category=services")
    confirm(panel)
    file = panel.at().get(f"{DESK}/list.csv").get_data(as_text=True)

    assert "Ada Fictional" in by_judge
    assert "Openness" in by_category
    assert "Project N1" in by_nomination
    assert "proposed" in by_nomination
    assert file.count("issued") == 4
    assert "told" in file.splitlines()[0]


def test_a_pair_is_added_and_taken_out_by_hand_and_a_conflict_is_refused(panel: Panel) -> None:
    send(panel.at(), DESK, {"per_nomination": "1"})

    refused = send(panel.at(), f"{DESK}/issue", {"judge": panel.judge("ben"), "reference": "N1"})
    warned = send(panel.at(), f"{DESK}/issue", {"judge": panel.judge("cy"), "reference": "N3"})
    unknown = send(panel.at(), f"{DESK}/issue", {"judge": "nobody", "reference": "N99\0"})
    seen = {"judge": panel.judge("cy"), "reference": "N3", "seen": f"{panel.judge('cy')} N3 category"}
    added = send(panel.at(), f"{DESK}/issue", seen, follow_redirects=True)
    again = send(panel.at(), f"{DESK}/issue", seen)
    page = f"{DESK}?judge={panel.judge('cy')}"
    out = send(
        panel.at(),
        f"{DESK}/remove",
        {"judge": panel.judge("cy"), "reference": "N3"},
        page=page,
        follow_redirects=True,
    )

    assert refused.status_code == 422
    assert "has a conflict: Same city" in refused.text
    assert warned.status_code == 200
    assert "reads other categories" in warned.text
    assert "Add it all the same" in warned.text
    assert unknown.status_code == 422
    assert "Choose a judge." in unknown.text
    assert "N3 stands in the proposal for Cy Fictional." in added.text
    assert (again.status_code, "stands in the proposal already" in again.text) == (422, True)
    assert "N3 was taken out of the proposal." in out.text
    assert panel.pairs() == set()


def test_a_proposal_changed_since_it_was_shown_is_not_issued(panel: Panel) -> None:
    send(panel.at(), DESK)
    old = confirmation(panel)
    send(panel.at(), DESK)

    answer = send(panel.at(), f"{DESK}/confirm", old, follow_redirects=True)
    confirm(panel)
    twice = send(panel.at(), f"{DESK}/confirm", old, page=DESK, follow_redirects=True)

    assert "Nothing was issued" in answer.text
    assert "No proposal is open any more" in twice.text
    assert len(panel.pairs()) == 7


def test_what_was_not_told_yet_can_be_told_once(panel: Panel) -> None:
    send(panel.at(), DESK)
    confirm(panel)
    asked = panel.open(f"{DESK}/tell")

    first = send(panel.at(), f"{DESK}/tell", follow_redirects=True).text
    again = send(panel.at(), f"{DESK}/tell", page=DESK, follow_redirects=True).text

    assert "Send 3 mails" in asked
    assert "3 judges are told." in first
    assert "No mail was written." in again
    assert told(panel) == [("ada@example.org", 3), ("ben@example.org", 2), ("cy@example.org", 2)]


def test_nominations_are_taken_back_from_a_judge_and_given_to_another(panel: Panel) -> None:
    send(panel.at(), DESK, {"per_nomination": "1"})
    confirm(panel)
    judge_name, reference = next((it[0], it[1]) for it in sorted(panel.pairs()) if it[1] == "N2")
    address = f"{DESK}/take-back/{panel.judge(judge_name)}"
    panel.open(f"{address}?reference=N2")

    without_reason = send(panel.at(), address, {"reference": "N2", "reason": " "})
    foreign = send(panel.at(), address, {"reference": "N-else", "reason": "Silent for weeks."})
    done = send(
        panel.at(), address, {"reference": "N2", "reason": "Silent for weeks."}, follow_redirects=True
    )
    other = next(name for name in ("ada", "ben", "cy") if name != judge_name)
    given = send(
        panel.at(), f"{DESK}/issue", {"judge": panel.judge(other), "reference": "N2"}, follow_redirects=True
    )

    assert (without_reason.status_code, foreign.status_code) == (422, 422)
    assert "taken back: Silent for weeks." in done.text
    assert "Give to another judge" in done.text
    assert f"N2 was issued to {other.title()} Fictional, who has not been told yet." in given.text
    assert (judge_name, reference, "released") in panel.pairs()
    assert (other, reference, "issued") in panel.pairs()


def test_an_auditor_reads_and_changes_nothing(panel: Panel) -> None:
    send(panel.at(), DESK)

    page = panel.open(DESK, AUDITOR)

    assert "Look once more and issue" not in page
    for act in ("", "/confirm", "/drop", "/remove", "/tell", "/issue", f"/take-back/{panel.judge('ada')}"):
        answer = panel.at(AUDITOR).post(f"{DESK}{act}", data={"csrf_token": "x"})
        assert answer.status_code in (400, 404), act
        assert panel.pairs() == set()


def test_before_the_round_the_page_says_how_things_stand(app: Flask, tmp_path: Path) -> None:
    panel = Panel(app, tmp_path, [entry("N1")], [], opened=False)

    page = panel.open()
    answer = send(panel.at(), DESK, page=f"/en/secretariat/{KEY}/dates")

    assert "The round is not open yet." in page
    assert "Nobody is on the panel yet." in page
    assert (answer.status_code, "No round is open" in answer.text) == (422, True)


@pytest.mark.parametrize(
    "fields",
    [{"per_nomination": "0"}, {"per_nomination": "9" * 50}, {"per_nomination": "two"}, {"seed": "s" * 65}],
)
def test_what_is_no_number_of_judges_is_refused(panel: Panel, fields: dict[str, str]) -> None:
    answer = send(panel.at(), DESK, fields)

    assert answer.status_code == 422
    assert next(iter(fields.values())) in answer.text


def test_the_pages_take_as_many_statements_for_many_nominations_as_for_few(
    app: Flask, tmp_path: Path
) -> None:
    counts = []
    for number in (3, 120):
        rules = {"everyone_up_to": 1000}
        panel = _fresh(app, tmp_path, number, rules)
        send(panel.at(), DESK)
        addresses = (DESK, f"{DESK}?judge={panel.judge('ada')}", f"{DESK}?by=nomination&category=services")
        found = []
        for address in (*addresses, f"{DESK}/confirm"):
            panel.at().get(address)
            with app.app_context(), statements(db.session) as run:
                assert panel.at().get(address).status_code == 200
            found.append(len(run))
        counts.append(found)

    assert counts[0] == counts[1]
    assert max(counts[0]) <= 50


def _fresh(app: Flask, folder: Path, number: int, rules: dict[str, object]) -> Panel:
    """Another edition of the same key would clash: the first is renamed."""
    with app.app_context():
        begin_writing()
        for edition in db.session.scalars(select(Edition)):
            edition.key = f"old-{edition.id}"
        for programme in db.session.scalars(select(Programme)):
            programme.key = f"old-{programme.id}"
        db.session.commit()
    panel = people("ada", "ben", "cy", "dee", "eve")
    return Panel(app, folder, [entry(f"N{it}") for it in range(number)], panel, rules)


def test_a_long_list_is_turned_page_by_page(app: Flask, tmp_path: Path) -> None:
    panel = Panel(app, tmp_path, [entry(f"N{it:03}") for it in range(60)], people("ada"))
    send(panel.at(), DESK)

    first = panel.open(f"{DESK}?judge={panel.judge('ada')}")
    second = panel.open(f"{DESK}?judge={panel.judge('ada')}&page=2")
    beyond = panel.open(f"{DESK}?judge={panel.judge('ada')}&page=99999999999&by=%00")

    assert ("N049" in first, "N050" in first) == (True, False)
    assert ("N049" in second, "N050" in second) == (False, True)
    assert "N000" in beyond


def test_a_judge_who_left_between_look_and_confirmation_gets_nothing(panel: Panel) -> None:
    send(panel.at(), DESK)
    with panel.app.app_context():
        begin_writing()
        ben = next(it for it in db.session.scalars(select(Judge)) if it.account.email.startswith("ben"))
        ben.state = JudgeState.LEFT
        db.session.commit()

    page = confirm(panel)

    assert "Not issued: N2 to Ben Fictional, for the judge is no longer on the panel." in page
    assert {it[0] for it in panel.pairs()} == {"ada", "cy"}
