"""Uploaded files are drawn page by page, hostile ones too, once each, and whatever happens the original stays."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskCliRunner
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import attachments, drawing, jobs, renditions
from awards.drawing import Failure, NotDrawn, child
from awards.jobs import Work
from awards.models import Attachment, DrawnState, Job, JobState, Rendition
from tests.awards import reading
from tests.awards.builders import NOW, operator
from tests.awards.uploads import samples

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PDF, JPEG, PNG = "application/pdf", "image/jpeg", "image/png"


def drawn_on(content: bytes, **page: object) -> bytes:
    """A PDF of one page with that content."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    document.pages[0].Contents = document.make_stream(content)
    for name, value in page.items():
        document.pages[0][f"/{name}"] = value
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def bomb() -> bytes:
    """A picture of 12,000 by 12,000 pixels in some kilobytes."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    zeros = zlib.compressobj(9)
    packed = b"".join(zeros.compress(bytes(9_000_000)) for _ in range(16)) + zeros.flush()
    image = document.make_stream(packed)
    for name, value in (
        ("Type", pikepdf.Name.XObject), ("Subtype", pikepdf.Name.Image), ("Width", 12_000), ("Height", 12_000),
        ("ColorSpace", pikepdf.Name.DeviceGray), ("BitsPerComponent", 8), ("Filter", pikepdf.Name.FlateDecode),
    ):  # fmt: skip
        image[f"/{name}"] = value
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=image))
    document.pages[0].Contents = document.make_stream(b"q 500 0 0 500 0 0 cm /Im0 Do Q")
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def endless() -> bytes:
    """A page that takes minutes: a million long curves over each other."""
    return drawn_on(b"0 0 m " + b"595 0 0 842 300 400 c 0 842 595 842 595 0 c " * 200_000 + b"40 w S")


def forms_within_forms() -> bytes:
    """Ten forms, each drawing the next one ten times."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    inner = document.make_stream(b"0 0 m 595 842 l S")
    for _ in range(9):
        inner["/Type"], inner["/Subtype"] = pikepdf.Name.XObject, pikepdf.Name.Form
        inner["/BBox"] = [0, 0, 595, 842]
        outer = document.make_stream(b"/F Do " * 10)
        outer["/Resources"] = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
        inner = outer
    document.pages[0].Contents = document.make_stream(b"/F Do")
    inner["/Type"], inner["/Subtype"], inner["/BBox"] = (
        pikepdf.Name.XObject,
        pikepdf.Name.Form,
        [0, 0, 595, 842],
    )
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(F=inner))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def photo(form: str = "JPEG", size: tuple[int, int] = (1600, 1200)) -> bytes:
    """A picture that doesn't shrink, with words beside its pixels."""
    noise = Image.effect_noise(size, 120).convert("RGB")
    target = BytesIO()
    noise.save(target, form, quality=95, comment=samples.HIDDEN) if form == "JPEG" else noise.save(
        target, form
    )
    return target.getvalue()


def test_pages_are_drawn_in_two_sizes_below_the_ceiling_and_nothing_else_is_kept() -> None:
    document = drawing.draw(samples.pdf(pages=2), PDF)
    noisy = drawing.draw(photo(), JPEG)

    assert (document.pages, [it.page for it in document.pictures]) == (2, [1, 2])
    page = document.pictures[0]
    assert (page.width, page.height) == (1400, 1982)
    assert Image.open(BytesIO(page.small)).size == (700, 991)
    assert {Image.open(BytesIO(it)).format for it in (page.large, page.small)} == {"WEBP"}
    picture = noisy.pictures[0]
    assert len(picture.large) <= drawing.CEILING
    assert len(picture.small) <= drawing.CEILING // 2
    assert samples.HIDDEN not in picture.large
    assert Image.open(BytesIO(picture.large)).getexif() == {}


def test_a_small_picture_stays_as_it_is_and_one_that_is_seen_through_stands_on_white() -> None:
    drawn = drawing.draw(samples.picture("PNG", (320, 200), "RGBA"), PNG)

    shown = Image.open(BytesIO(drawn.pictures[0].large)).convert("RGB")
    assert (shown.size, drawn.pictures[0].small) == ((320, 200), b"")
    assert shown.getpixel((0, 0)) == (255, 255, 255)


def test_of_ten_thousand_pages_the_first_are_drawn_and_all_are_counted() -> None:
    drawn = drawing.draw(samples.pdf(pages=10_000), PDF, most=3)

    assert (drawn.pages, len(drawn.pictures)) == (10_000, 3)


def test_a_page_as_long_as_a_street_is_no_larger_than_any_other() -> None:
    drawn = drawing.draw(drawn_on(b"", MediaBox=[0, 0, 10, 14_400]), PDF)

    assert drawn.pictures[0].height <= 1400 * child.TALL


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b"%PDF-1.7 and nothing after it", PDF),
        (samples.pdf()[:300], PDF),
        (b"", PDF),
        (b"\xff\xd8\xff\xe0 no picture", JPEG),
        (samples.picture("PNG")[:80], PNG),
        (samples.picture("GIF"), PNG),
    ],
)
def test_what_is_broken_is_said_to_be_broken(content: bytes, media_type: str) -> None:
    with pytest.raises(NotDrawn) as caught:
        drawing.draw(content, media_type)

    assert caught.value.failure is Failure.BROKEN


@pytest.mark.parametrize("hostile", [endless, forms_within_forms])
def test_what_takes_too_long_is_stopped(hostile: Callable[[], bytes]) -> None:
    content, started = hostile(), datetime.now()  # noqa: DTZ005 (a difference)

    with pytest.raises(NotDrawn) as caught:
        drawing.draw(content, PDF, seconds=1)

    assert caught.value.failure is Failure.TOO_MUCH
    assert datetime.now() - started < timedelta(seconds=10)  # noqa: DTZ005


def test_a_bomb_ends_in_its_own_process() -> None:
    """PDFium makes an empty page of a picture that it has no memory for, or gives up: either is fine, and bounded."""
    try:
        drawn = drawing.draw(bomb(), PDF, seconds=5, memory=180 * 2**20)
    except NotDrawn:
        return
    assert len(drawn.pictures) == 1


def test_the_child_has_no_more_memory_than_it_is_given() -> None:
    with pytest.raises(NotDrawn):
        drawing.draw(photo(size=(3000, 2000)), JPEG, memory=60 * 2**20)


@pytest.mark.parametrize(
    "said", [b"", b"nonsense\n", b'["list"]\n', b'{"page": 1, "width": 5, "height": 5, "large": 9}\nno']
)
def test_what_the_child_says_is_not_trusted(said: bytes) -> None:
    assert drawing._read(BytesIO(said), 3) == (0, ())


def test_the_child_writes_what_its_parent_reads() -> None:
    out = BytesIO()
    asked = {
        "media_type": PDF,
        "most": 2,
        "widths": [1400, 700],
        "ceilings": [150_000, 75_000],
        "faithful": False,
    }

    child.draw(samples.pdf(pages=3), asked, out)

    out.seek(0)
    pages, pictures = drawing._read(out, 2)
    assert (pages, len(pictures)) == (3, 2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def kept(session: scoped_session[Session], folder: Path) -> reading.Reading:
    found = reading.settle(session, folder, document=samples.pdf(pages=2))
    session.commit()
    return found


@pytest.fixture
def work(session: scoped_session[Session], folder: Path) -> Work:
    return Work(
        session(), operator(session(), "worker"), NOW, folder, "https://a.example", "a@b.example", folder
    )


def width_of(file: Path) -> int:
    return Image.open(BytesIO(file.read_bytes())).width


def draw_all(work: Work) -> list[Job]:
    def turn() -> Job | None:
        return jobs.draw_next(
            work, begin=lambda: None, commit=work.session.commit, clock=lambda: NOW + timedelta(hours=1)
        )

    return list(iter(turn, None))


@ON_SQLITE
def test_a_file_that_is_kept_waits_and_is_drawn_once(
    session: scoped_session[Session], kept: reading.Reading, work: Work, folder: Path
) -> None:
    waiting = {name: it.drawn for name, it in kept.files.items()}

    done = draw_all(work)
    files = sorted(folder.iterdir())
    session.add(Job(kind=attachments.DRAW, arguments={"file": kept.files["budget.pdf"].key}, due_at=NOW))
    again = draw_all(work)

    assert waiting == dict.fromkeys(waiting, DrawnState.WAITING) | {"figures.xlsx": None}
    assert [(it.state, it.answer) for it in done] == [
        (JobState.DONE, "2 of 2 pages"), (JobState.DONE, "1 of 1 pages"), (JobState.DONE, "1 of 1 pages"),
    ]  # fmt: skip
    assert [it.answer for it in again] == ["there already"]
    assert sorted(folder.iterdir()) == files
    budget = kept.files["budget.pdf"]
    pages = renditions.pages_of(session(), [budget])[budget.id]
    assert ((budget.drawn, budget.pages), [it.number for it in pages]) == (
        (DrawnState.DRAWN, 2),
        [1, 2],
    )
    page = renditions.find(session(), budget, 2)
    assert page is not None
    assert [width_of(renditions.locate(folder, page, small=it)) for it in (False, True)] == [1400, 700]


def test_a_worker_that_dies_half_way_leaves_nothing_and_the_next_one_draws(
    session: scoped_session[Session],
    kept: reading.Reading,
    work: Work,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    files = sorted(folder.iterdir())

    def die(*_: object, **__: object) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(drawing, "draw", die)
        with pytest.raises(SystemExit):
            draw_all(work)
    session.rollback()
    after_death = sorted(folder.iterdir())
    late = Work(work.session, work.actor, NOW + timedelta(hours=3), folder, work.url, work.sender, folder)
    ticked = jobs.tick(late)
    session.commit()
    draw_all(work)

    assert after_death == files
    assert ticked.jobs == 1
    assert kept.files["budget.pdf"].drawn is DrawnState.DRAWN


def test_two_workers_draw_one_file_once(kept: reading.Reading, work: Work, folder: Path) -> None:
    budget = kept.files["budget.pdf"]
    drawn = drawing.draw(samples.pdf(pages=1), PDF)

    for _ in range(2):
        renditions.keep(work.session, folder, budget.key, drawn, now=NOW)
        work.session.commit()

    assert len(work.session.scalars(select(Rendition)).all()) == 1
    assert len([it for it in folder.iterdir() if it.suffix == drawing.SUFFIX]) == 1


@ON_SQLITE
def test_what_cannot_be_drawn_is_noted_and_its_original_stays(
    session: scoped_session[Session], kept: reading.Reading, work: Work, folder: Path
) -> None:
    budget, mayor = kept.files["budget.pdf"], kept.files["mayor.pdf"]
    attachments.open_file(folder, budget).write_bytes(b"%PDF-1.7 broken since")
    attachments.open_file(folder, mayor).unlink()

    draw_all(work)

    assert (budget.drawn, mayor.drawn) == (DrawnState.FAILED, DrawnState.FAILED)
    assert attachments.open_file(folder, budget).exists()
    assert {it.state for it in session.scalars(select(Job))} == {JobState.DONE}


@ON_SQLITE
def test_a_full_disk_is_tried_again_some_times(
    session: scoped_session[Session], kept: reading.Reading, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError("full")

    monkeypatch.setattr(drawing, "draw", fail)
    draw_all(work)
    waits = session.scalars(select(Job).where(Job.state == JobState.WAITING)).all()
    for job in waits:
        job.attempts, job.due_at = jobs.MOST_ATTEMPTS - 1, NOW
    draw_all(work)

    assert len(waits) == 3
    assert kept.files["budget.pdf"].drawn is DrawnState.FAILED


@ON_SQLITE
def test_files_from_before_are_drawn_by_command_and_by_the_clock(
    session: scoped_session[Session], cli: FlaskCliRunner, app: object, tmp_path: Path
) -> None:
    kept = reading.settle(session, tmp_path / "data" / "files")
    key = kept.files["budget.pdf"].key
    for job in session.scalars(select(Job)):
        session.delete(job)
    for file in kept.files.values():
        file.drawn = None
    session.commit()

    ticked, nothing_more = (cli.invoke(args=["tick"]) for _ in range(2))
    by_worker = cli.invoke(args=["worker", "--once"])
    by_command = cli.invoke(args=["files", "draw", "--failed"])

    assert "Queued 3 file(s) to be drawn." in ticked.output
    assert "Nothing was due." in nothing_more.output
    assert f"File {key}: 5 of 5 pages." in by_worker.output
    assert by_command.output == "Queued 0 file(s) to be drawn.\n"
    found = session.scalars(select(Attachment).where(Attachment.key == key)).one()
    session.refresh(found)
    assert found.drawn is DrawnState.DRAWN
