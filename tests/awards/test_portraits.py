"""What a release freezes of a winner, of the count and of the panel: no more than those concerned agreed to."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import publishing
from awards.models import (
    Attachment,
    AttachmentState,
    Award,
    Judge,
    NominationRevision,
    Publication,
    PublicationKind,
    Rendition,
)
from tests.awards.contest import FINALISTS, JUDGES, Contest, address

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

FIELDS = """
[[fields]]
key = "results"
kind = "rows"
public = true
name.en = "Results"
columns = [
    { key = "indicator", kind = "line", name.en = "Indicator" },
    { key = "value", kind = "line", name.en = "Now" },
]

[[fields]]
key = "solution"
kind = "text"
public = true
name.en = "Solution"

[[fields]]
key = "budget"
kind = "text"
public = false
name.en = "Budget"

[[fields]]
key = "pictures"
kind = "pictures"
public = true
name.en = "Pictures"

[[fields]]
key = "consent"
kind = "consent"
public = false
judges = false
name.en = "Consent"
"""
ANSWERS: Mapping[str, Any] = {
    "results": [{"indicator": "Requests settled online", "value": "91 %"}],
    "solution": "One number.",
    "budget": "4 million",
    "consent": True,
}


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    """SV-1 has won by votes of four judges, of whom one agreed to be named."""
    found = Contest(session, tmp_path, more=FIELDS).opened()
    found.vote(*((address(name), *FINALISTS) for name in JUDGES))
    found.close()
    found.sign()
    ann, ben, *_ = session.scalars(select(Judge).order_by(Judge.id))
    ann.shown, ben.shown = ["name", "organisation"], ["country"]
    session.scalars(select(Award)).one().citations = {"en": "It answers."}
    return found


def says(contest: Contest, kept_back: list[str] | None = None, **answers: object) -> None:
    nomination = contest.nomination("SV-1")
    before = nomination.revisions[-1]
    same = {it.key: getattr(before, it.key) for it in NominationRevision.__table__.columns if it.key != "id"}
    more = {"content": {**ANSWERS, **answers}, "kept_back": kept_back or [], "number": before.number + 1}
    nomination.revisions.append(NominationRevision(**(same | more)))
    nomination.submitted_number = before.number + 1
    contest.session.flush()


def picture(contest: Contest, name: str) -> str:
    """A picture of SV-1 as it is kept once it was drawn; gives back its key."""
    kept = Attachment(
        nomination_id=contest.nomination("SV-1").id,
        field="pictures",
        name=f"{name}.jpg",
        media_type="image/jpeg",
        size=1,
        sha256=name.ljust(64, "0"),
        state=AttachmentState.CLEAN,
        file=f"{name}.jpg",
        uploaded_by_id=contest.actor.account.id,
        at=contest.now,
    )
    contest.session.add(kept)
    contest.session.flush()
    contest.session.add(
        Rendition(
            attachment_id=kept.id,
            page=1,
            file=f"{name}.webp",
            media_type="image/webp",
            width=900,
            height=600,
            size=1,
            at=contest.now,
        )
    )
    contest.session.flush()
    return kept.key


def released(contest: Contest) -> dict[str, Any]:
    publishing.release(
        contest.session,
        contest.edition,
        folder=contest.folder / "files",
        actor=contest.actor,
        now=contest.now,
    )
    rows = contest.session.scalars(
        select(Publication).where(
            Publication.kind == PublicationKind.WINNERS, Publication.category == "services"
        )
    )
    return rows.one().document


def test_a_winner_is_shown_with_citation_answers_and_the_pictures_that_may_be_published(
    contest: Contest,
) -> None:
    hall, face = picture(contest, "hall"), picture(contest, "face")
    entries = [
        {"file": hall, "caption": "The hall", "permission": True},
        {"file": face, "caption": "A citizen", "permission": False},
    ]
    says(contest, pictures=entries)

    row = released(contest)["rows"][0]

    assert (row["reference"], row["prize"], row["citations"]) == ("SV-1", "best", {"en": "It answers."})
    assert row["answers"] == {key: ANSWERS[key] for key in ("results", "solution")}
    assert [(it["file"], it["caption"]) for it in row["pictures"]] == [("hall.webp", "The hall")]


def test_what_is_kept_back_is_not_frozen(contest: Contest) -> None:
    hall = picture(contest, "hall")
    says(contest, ["solution", "pictures"], pictures=[{"file": hall, "permission": True}])

    row = released(contest)["rows"][0]

    assert (list(row["answers"]), row["pictures"]) == (["results"], [])


def test_without_the_consent_that_the_form_asks_for_no_answer_is_published(contest: Contest) -> None:
    hall = picture(contest, "hall")
    says(contest, consent=False, pictures=[{"file": hall, "permission": True}])

    row = released(contest)["rows"][0]

    assert (row["answers"], row["pictures"]) == ({}, [])


def test_the_count_stands_there_and_only_judges_who_agreed_are_named(contest: Contest) -> None:
    document = released(contest)

    assert document["count"]["advanced"] == list(FINALISTS)
    assert [it["ballots"] for it in document["count"]["elections"]] == [4]
    assert [it["prize"] for it in document["count"]["result"]["rows"]] == ["best", None, None, None]
    assert document["panel"] == {
        "judges": 4,
        "shown": [{"name": "Ann Fictional", "office": "", "organisation": "Institute of Ann", "country": ""}],
    }
