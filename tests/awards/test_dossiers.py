"""A judge reads the text that stands, with what the form asks for judges, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.orm import Session, scoped_session

from awards import dossiers, drafts, editions, nominations
from awards.dossiers import Dossier
from awards.models import AttachmentState, DrawnState
from tests.awards import reading
from tests.awards.play import statements
from tests.awards.reading import Reading
from tests.awards.test_renditions import draw_all
from tests.awards.test_renditions import work as work  # noqa: PLC0414 (a fixture)

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def kept(session: scoped_session[Session], folder: Path) -> Reading:
    return reading.settle(session, folder)


def read(session: scoped_session[Session], kept: Reading) -> Dossier:
    return dossiers.of_nomination(session(), kept.edition, kept.assignment.nomination_id)


@ON_SQLITE
def test_everybody_reads_what_is_for_publication_and_was_not_kept_back(
    session: scoped_session[Session], kept: Reading
) -> None:
    found = read(session, kept)
    published = replace(
        found,
        parts=tuple(
            replace(part, fields=tuple(replace(it, public=it.key != "learning") for it in part.fields))
            for part in found.parts
        ),
        file_fields=tuple(replace(it, public=True) for it in found.file_fields),
    )

    said = drafts.said_by(nominations.standing_revision(kept.nomination))
    files = [it.key for it in found.file_fields]
    unpermitted = said | {"pictures": [it | {"permission": False} for it in said["pictures"]]}

    public = dossiers.for_everybody(published, [], said)
    less = dossiers.for_everybody(published, ["problem", *files], said)

    assert dossiers.for_everybody(found, [], said).answers == {}
    assert set(public.answers) == set(found.answers) - {"learning"}
    assert set(less.answers) == set(public.answers) - {"problem"}
    assert "problem" not in [field.key for part in less.parts for field in part.fields]
    assert public.files == found.files != ()
    assert (less.files, less.file_fields, public.missing) == ((), (), ())
    assert {it.field for it in dossiers.for_everybody(published, [], unpermitted).files} == {"documents"}


def test_a_judge_reads_the_text_that_stands_in_the_forms_order(
    session: scoped_session[Session], kept: Reading
) -> None:
    found = read(session, kept)

    assert (found.reference, found.revision, found.category) == (reading.REFERENCE, 2, "services")
    assert [field.key for part in found.parts for field in part.fields] == [
        "problem",
        "learning",
        "references",
    ]
    assert found.answers["problem"] == "Buses came late, and nobody knew when."
    assert [body.name for body in found.partners] == ["Twin Town"]


@ON_SQLITE
def test_what_is_not_for_judges_is_not_in_it(session: scoped_session[Session], kept: Reading) -> None:
    """Seen to fail without the filter of `readable`, and with that of the files taken out."""
    found = read(session, kept)

    said = repr(
        {name: getattr(found, name) for name in Dossier.__slots__ if name not in ("edition", "texts")}
    )
    assert [secret for secret in reading.SECRETS if secret in said] == []
    assert set(found.answers) <= {"problem", "learning", "references"}


@ON_SQLITE
def test_files_come_in_the_forms_order_with_what_is_said_of_them(
    session: scoped_session[Session], kept: Reading
) -> None:
    found = read(session, kept)

    assert [(it.name, it.suffix, it.drawn, it.is_picture) for it in found.files] == [
        ("budget.pdf", "PDF", DrawnState.WAITING, False),
        ("figures.xlsx", "XLSX", None, False),
        ("square.jpg", "JPG", DrawnState.WAITING, True),
    ]
    assert (found.files[2].caption, found.files[2].alternative) == ("The square at noon", "People on benches")
    assert found.missing == ("never-sent.doc",)
    assert [it.key for it in found.files_in("pictures")] == [kept.files["square.jpg"].key]


@ON_SQLITE
def test_drawn_pages_stand_with_their_file_and_cost_no_more_statements(
    session: scoped_session[Session],
    kept: Reading,
    work: object,
) -> None:
    rules, texts = editions.rules_of(session(), kept.edition), editions.texts_of(session(), kept.edition)
    with statements(session) as before:
        dossiers.of_nomination(
            session(), kept.edition, kept.assignment.nomination_id, rules=rules, texts=texts
        )
    session.commit()
    draw_all(work)  # type: ignore[arg-type]
    _ = kept.edition.id, kept.assignment.nomination_id

    with statements(session) as after:
        found = dossiers.of_nomination(
            session(), kept.edition, kept.assignment.nomination_id, rules=rules, texts=texts
        )

    pages = [(it.number, it.width, it.narrow) for it in found.files[0].pages]
    assert pages == [(number, 1400, 700) for number in range(1, 6)]
    assert found.files[0].total == 5
    assert (len(before), len(after)) == (3, 3)


@ON_SQLITE
def test_a_judge_finds_only_the_files_that_the_dossier_shows(
    session: scoped_session[Session], kept: Reading
) -> None:
    other = reading.settle_another(session, kept)
    by_name = {
        name: dossiers.find_file(session(), kept.edition, kept.nomination.id, file.key)
        for name, file in kept.files.items()
    }

    assert {name for name, found in by_name.items() if found} == {"budget.pdf", "figures.xlsx", "square.jpg"}
    assert dossiers.find_file(session(), kept.edition, other.id, kept.files["budget.pdf"].key) is None
    kept.files["budget.pdf"].state = AttachmentState.REFUSED
    assert (
        dossiers.find_file(session(), kept.edition, kept.nomination.id, kept.files["budget.pdf"].key) is None
    )
