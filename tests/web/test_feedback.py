"""The pages of feedback: the judge releases, the office approves and sends, the nominee reads it and takes it away."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader

from awards import editions
from awards.extensions import begin_writing, db
from awards.models import ScoreSheetVersion
from tests.web.office import well
from tests.web.signing import send, signed_in
from tests.web.test_release import Release, ids, signed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def written(app: Flask, words: str = "Well thought out.") -> None:
    """Ada has written for the nominee of N1."""
    with app.app_context():
        begin_writing()
        for version in db.session.query(ScoreSheetVersion).all():
            assignment = version.sheet.assignment
            if assignment.nomination.reference == "N1" and assignment.judge.account.email[:3] == "ada":
                db.session.add(
                    ScoreSheetVersion(
                        sheet_id=version.sheet_id,
                        number=version.number + 1,
                        marks=version.marks,
                        origin=version.origin,
                        feedback=words,
                        at=version.at,
                    )
                )
        db.session.commit()


def sheet_of(page: str, words: str) -> dict[str, str]:
    """The form of the sheet on which something stands."""
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    form = next(it for it in forms if words in it and 'name="sheet"' in it)
    return {name: re.search(f'name="{name}" value="([^"]+)"', form)[1] for name in ("sheet", "seen")}  # type: ignore[index]


@pytest.fixture
def release(app: Flask, tmp_path: Path) -> Release:
    made = signed(app, tmp_path)
    written(app)
    return made


def test_words_go_from_the_judge_by_the_office_to_the_nominee(release: Release) -> None:
    judge, mine = f"/en/judging/{release.key}/feedback", f"/en/nominations/{ids(release.app)['N1']}/feedback"
    desk = f"/en/secretariat/{release.key}/feedback"
    ada, olga, nora = (
        release.made.at("ada"),
        release.made.at("olga"),
        signed_in(release.app, "nora@city.example"),
    )
    form = sheet_of(well(ada.get(judge)), "Well thought out.")
    empty = send(ada, judge, form | {"act": "release", "text": " "})
    assert (empty.status_code, "Write something first" in empty.text) == (422, True)
    assert send(ada, judge, form | {"act": "release", "text": "Well told."}).status_code == 303
    assert send(ada, judge, form | {"act": "release", "text": "Twice."}).status_code == 409
    assert "Released; an organiser looks at it" in ada.get(judge).text

    page = well(olga.get(f"{desk}/comments"))
    assert "Well told." in page
    assert "Ada" not in page
    comment = {"comment": re.findall(r'name="comment" value="([^"]+)"', page)[0]}
    refused = send(olga, f"{desk}/comments", comment | {"act": "keep_back", "reason": ""})
    assert (refused.status_code, "the judge reads it" in refused.text) == (422, True)
    assert send(olga, f"{desk}/comments", comment | {"act": "approve"}).status_code == 303
    assert "not before its result is public" in well(olga.get(desk))
    assert olga.get(f"{desk}/of/N1").status_code == 404
    assert nora.get(mine).status_code == 404

    armed = release.arm("services")
    release.post("omar", f"/armed/{armed}/press", {})
    assert "You are written to then" in nora.get(mine[:-8] + "result").text
    assert "Well told." in well(olga.get(f"{desk}/of/N1"))
    assert send(olga, desk, {}).status_code == 422
    assert send(olga, desk, {"category": "openness"}, page=desk).status_code == 303
    assert nora.get(mine).status_code == 404
    assert send(olga, desk, {"category": "services"}).status_code == 303

    read = well(nora.get(mine))
    assert "Well told." in read
    assert "Fewer than six nominations were judged" in read
    paper = PdfReader(io.BytesIO(nora.get(f"{mine}.pdf").data))
    assert "Well told." in paper.pages[0].extract_text()
    assert "Read the feedback of the judges" in nora.get(mine[:-8] + "result").text
    assert signed_in(release.app, "nils@city.example").get(mine).status_code == 404
    assert "Well told." in well(olga.get(f"{desk}/comments"))
    late = comment | {"act": "keep_back", "reason": "It names a colleague."}
    assert send(olga, f"{desk}/comments", late).status_code == 303
    assert send(olga, desk, {"category": "services"}).status_code == 303
    assert "Well told." not in well(nora.get(mine))
    down = {"act": "take_down", "category": "services", "reason": "A name."}
    release.post("olga", "/taken-down", down)
    assert nora.get(mine).status_code == 410
    assert nora.get(f"{mine}.pdf").status_code == 410


def test_thirds_are_words_and_next_steps_are_a_text_of_the_edition(
    release: Release, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("awards.bands.FEWEST", 3)
    texts = f"/en/secretariat/{release.key}/texts/feedback"
    page = well(release.made.at("olga").get(texts))
    field = re.findall(r'<textarea[^>]* name="([^"]+)"', page)[0]
    base = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    done = send(release.made.at("olga"), texts, base | {field: "Come to the next call.", "reason": "New."})
    with release.app.app_context():
        said = editions.texts_of(db.session(), release.made._play().edition)
    assert said.get("feedback"), done.text[:3000]
    armed = release.arm("services")
    release.post("omar", f"/armed/{armed}/press", {})
    desk = f"/en/secretariat/{release.key}/feedback"
    send(release.made.at("olga"), desk, {"category": "services"})

    nora = signed_in(release.app, "nora@city.example")
    read = well(nora.get(f"/en/nominations/{ids(release.app)['N1']}/feedback"))

    assert "in the upper third" in read
    assert "Come to the next call." in read
