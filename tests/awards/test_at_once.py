"""Two people at the same moment, each in a transaction of their own on PostgreSQL: one outcome, and nothing lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from threading import Barrier
from typing import cast

import pytest
from flask import Flask
from sqlalchemy import select

from awards import drafts, issuing, storage, submitting
from awards.audit import Actor
from awards.documents import Citation
from awards.extensions import begin_writing, db
from awards.issuing import Signed, Task
from awards.models import (
    Account,
    Certificate,
    Issuance,
    Nomination,
    NominationEditor,
    NominationSubmission,
    Outbox,
)
from tests.awards.builders import NOW
from tests.awards.writing_a_nomination import Desk

pytestmark = pytest.mark.parametrize("database", ["postgresql"], indirect=True)

Act = Callable[[Nomination, Actor], str]


class Scene:
    """A complete draft of two writers."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            begin_writing()
            desk = Desk(db.session)
            nomination, colleague = desk.draft(), desk.somebody("colleague@city.example")
            other = desk.begin()
            desk.write(other, **drafts.said_by(drafts.latest(db.session(), nomination)))
            db.session.add(
                NominationEditor(nomination_id=nomination.id, account_id=colleague.account.id, at=NOW)
            )
            self.nomination, self.other = nomination.id, other.id
            self.officer, self.colleague = desk.officer.account.id, colleague.account.id
            self.base = drafts.latest(db.session(), nomination).number
            db.session.commit()

    def at_once(self, *acts: tuple[int, int, Act]) -> list[str]:
        """What comes of acts, each with its person and nomination; all have read before the first one writes."""
        gate = Barrier(len(acts))

        def act(person: int, number: int, does: Act) -> str:
            with self.app.app_context():
                begin_writing()
                account = db.session.get_one(Account, person)
                nomination = db.session.get_one(Nomination, number)
                drafts.latest(db.session(), nomination)
                gate.wait(20)
                try:
                    said = does(nomination, Actor(account=account, real=account))
                except drafts.StaleDraft:
                    return "stale"
                db.session.commit()
                return said

        with ThreadPoolExecutor(len(acts)) as pool:
            return [it.result(60) for it in [pool.submit(act, *each) for each in acts]]


@pytest.fixture
def scene(app: Flask) -> Scene:
    return Scene(app)


def submit(nomination: Nomination, actor: Actor) -> str:
    return submitting.submit(db.session(), nomination, opened=NOW, actor=actor, now=NOW).public_id


def saving(base: int, **said: str) -> Act:
    def save(nomination: Nomination, actor: Actor) -> str:
        return str(drafts.change(db.session(), nomination, said, base=base, actor=actor, now=NOW).number)

    return save


def test_two_writers_who_submit_at_once_get_the_same_receipt(scene: Scene) -> None:
    first, second = scene.at_once(
        (scene.officer, scene.nomination, submit), (scene.colleague, scene.nomination, submit)
    )

    with scene.app.app_context():
        made = db.session.scalars(select(NominationSubmission)).all()
        letters = db.session.scalars(select(Outbox.recipient).where(Outbox.template == "receipt")).all()
    assert first == second
    assert [it.public_id for it in made] == [first]
    assert sorted(letters) == ["colleague@city.example", "officer@city.example"]


def test_two_nominations_submitted_at_once_get_references_of_their_own(scene: Scene) -> None:
    scene.at_once((scene.officer, scene.nomination, submit), (scene.officer, scene.other, submit))

    with scene.app.app_context():
        references = db.session.scalars(select(Nomination.reference)).all()
    assert len(set(references)) == 2
    assert [it for it in references if it.startswith("draft-")] == []


def test_two_sections_saved_at_once_are_both_saved(scene: Scene) -> None:
    scene.at_once(
        (scene.officer, scene.nomination, saving(scene.base, title="From the first tab")),
        (scene.colleague, scene.nomination, saving(scene.base, problem="From the second tab")),
    )

    with scene.app.app_context():
        said = drafts.said_by(drafts.latest(db.session(), db.session.get_one(Nomination, scene.nomination)))
    assert (said["title"], said["problem"]) == ("From the first tab", "From the second tab")


def test_of_one_answer_saved_twice_at_once_one_stands_and_the_other_is_given_back(scene: Scene) -> None:
    answers = scene.at_once(
        (scene.officer, scene.nomination, saving(scene.base, title="From the first tab")),
        (scene.colleague, scene.nomination, saving(scene.base, title="From the second tab")),
    )

    assert sorted(answers) == [str(scene.base + 1), "stale"]


def test_a_worker_that_was_slow_keeps_what_it_signed_while_another_takes_over(
    scene: Scene, tmp_path: Path
) -> None:
    files = tmp_path / "files"
    with scene.app.app_context(), ThreadPoolExecutor(1) as pool:
        row, issuance = certificate_to_sign(scene, files)
        task = Task(row.id, row.number, cast("Citation", None), row.file)
        signed = Signed(task, "1" * 64, "2" * 64, "a1", NOW)
        db.session.rollback()
        begin_writing()
        issuing.keep(db.session(), files, db.session.get_one(Issuance, issuance), [signed])

        def take_over() -> list[Task]:
            with scene.app.app_context():
                begin_writing()
                found = issuing.claim(db.session(), files, db.session.get_one(Issuance, issuance))
                db.session.commit()
                return found

        other = pool.submit(take_over)
        wait([other], 0.5)
        db.session.commit()

        assert other.result(20) == []
        assert storage.locate(files, task.file).read_bytes() == b"signed"


def certificate_to_sign(scene: Scene, files: Path) -> tuple[Certificate, int]:
    """A certificate whose file was written a moment ago, and is not noted yet."""
    edition = db.session.get_one(Nomination, scene.nomination).edition_id
    issuance = Issuance(edition_id=edition, steps=1, at=NOW)
    db.session.add(issuance)
    db.session.flush()
    row = Certificate(
        edition_id=edition,
        issuance_id=issuance.id,
        number="X-1",
        code="K7QM2XR9TBWHA23C",
        kind="winner",
        language="en",
        citation={},
        issued_on=NOW.date(),
        file=storage.keep(files, b"signed", suffix=".pdf"),
    )
    db.session.add(row)
    db.session.commit()
    return row, issuance.id
