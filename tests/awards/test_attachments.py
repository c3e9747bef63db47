"""Files of a nomination: kept for good, once each, within limits, and gone with a transaction that fails."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import attachments, drafts, enclosures
from awards.audit import Actor
from awards.models import Attachment, AuditEvent, Edition, Nomination
from awards.uploads import Accepted
from awards.uploads.values import MEGABYTE
from tests.awards.builders import NOW, edition_of, operator

FIELDS = """
[[fields]]
key = "evidence"
kind = "files"
name.en = "Evidence"
[[fields]]
key = "pictures"
kind = "pictures"
name.en = "Pictures"
"""
Work = scoped_session[Session]


@pytest.fixture
def officer(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def edition(session: Work, officer: Actor) -> Edition:
    return edition_of(session, officer, fields=FIELDS)


@pytest.fixture
def nomination(session: Work, officer: Actor, edition: Edition) -> Nomination:
    return drafts.start(session(), edition, category="services", language="en", actor=officer, now=NOW)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


def a_file(text: str = "text", size: int = 0) -> Accepted:
    return Accepted("letter.pdf", "application/pdf", ".pdf", text.encode() + bytes(size))


def a_picture(text: str = "pixels") -> Accepted:
    return Accepted("square.jpg", "image/jpeg", ".jpg", text.encode(), 4, 3, b"small")


def test_a_file_is_kept_and_its_keeping_recorded(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    kept = attachments.add(session(), nomination, "evidence", a_file(), folder=folder, actor=officer, now=NOW)
    session.commit()

    assert attachments.open_file(folder, kept).read_bytes() == b"text"
    assert attachments.find(session(), nomination, kept.key) == kept
    event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (event.action, event.subject) == ("attachment.added", nomination.public_id)


def test_a_file_whose_transaction_fails_is_removed(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    session.commit()
    attachments.add(session(), nomination, "pictures", a_picture(), folder=folder, actor=officer, now=NOW)
    assert len(list(folder.iterdir())) == 2

    session.rollback()

    assert list(folder.iterdir()) == []
    assert session.scalar(select(func.count()).select_from(Attachment)) == 0


def test_a_later_failure_leaves_earlier_files(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    attachments.add(session(), nomination, "pictures", a_picture(), folder=folder, actor=officer, now=NOW)
    session.commit()

    session.rollback()

    assert len(list(folder.iterdir())) == 2


def test_the_same_content_is_kept_once_a_field(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    def add(field: str) -> Attachment:
        return attachments.add(session(), nomination, field, a_file(), folder=folder, actor=officer, now=NOW)

    assert add("appeal") == add("appeal")
    assert add("appeal") != add("partner-x")
    assert len(list(folder.iterdir())) == 2


def test_a_purpose_outside_the_form_holds_what_it_may(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    attachments.add(session(), nomination, "appeal", a_file(), folder=folder, actor=officer, now=NOW, most=1)

    with pytest.raises(attachments.TooManyFiles):
        attachments.add(
            session(), nomination, "appeal", a_file("b"), folder=folder, actor=officer, now=NOW, most=1
        )

    assert len(attachments.of(session(), nomination, "appeal")) == 1


def test_a_removed_file_makes_room_and_is_not_lost(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    field = attachments.field_of(session(), nomination, "evidence")

    def add(text: str) -> Attachment:
        found = attachments.add(
            session(), nomination, "evidence", a_file(text), folder=folder, actor=officer, now=NOW, most=1
        )
        enclosures.put(session(), nomination, field, found.key, actor=officer, now=NOW)
        return found

    first = add("one")
    with pytest.raises(attachments.TooManyFiles):
        add("two")
    enclosures.take_out(session(), nomination, field, first.key, actor=officer, now=NOW)
    second = add("two")

    assert attachments.of(session(), nomination, "evidence") == [second]
    assert attachments.removed(session(), nomination, "evidence") == [first]
    assert attachments.open_file(folder, first).read_bytes() == b"one"


def test_all_files_of_a_nomination_have_one_limit(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    for number in range(6):
        attachments.add(
            session(),
            nomination,
            "appeal",
            a_file(str(number), 10 * MEGABYTE - 1),
            folder=folder,
            actor=officer,
            now=NOW,
        )

    with pytest.raises(attachments.TooMuch) as caught:
        attachments.add(
            session(), nomination, "evidence", a_file("one more"), folder=folder, actor=officer, now=NOW
        )

    assert (caught.value.limit, caught.value.found) == (60 * MEGABYTE, 60 * MEGABYTE + 8)


def test_a_file_of_another_nomination_is_not_found(
    session: Work, edition: Edition, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    other = drafts.start(session(), edition, category="mobility", language="en", actor=officer, now=NOW)
    kept = attachments.add(session(), other, "evidence", a_file(), folder=folder, actor=officer, now=NOW)

    assert attachments.find(session(), nomination, kept.key) is None


def test_an_imported_name_of_a_file_stays_and_is_shown(
    session: Work, nomination: Nomination, officer: Actor, folder: Path
) -> None:
    drafts.change(
        session(),
        nomination,
        {"pictures": ["old square.jpg"], "evidence": "old letter.pdf"},
        base=None,
        actor=officer,
        now=NOW,
    )
    field = attachments.field_of(session(), nomination, "pictures")
    kept = attachments.add(
        session(), nomination, "pictures", a_picture(), folder=folder, actor=officer, now=NOW
    )
    enclosures.put(session(), nomination, field, kept.key, actor=officer, now=NOW)

    shown = attachments.items(session(), nomination, "pictures")

    assert [(item.key, item.attachment) for item in shown] == [("old square.jpg", None), (kept.key, kept)]
    assert [item.key for item in attachments.items(session(), nomination, "evidence")] == ["old letter.pdf"]
