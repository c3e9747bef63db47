"""The page of one file field: uploads and words about pictures, each saved whatever becomes of the other."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from flask import Flask
from PIL import Image
from sqlalchemy import event
from sqlalchemy.engine import Engine

from awards import uploads
from awards.models import NominationState, Role
from awards.uploads import Kind, Refusal, UploadRefused
from awards.web import refusals, sessions
from tests.awards.uploads import samples
from tests.awards.uploads.test_uploads import BAD
from tests.web import filing, world
from tests.web.signing import csrf_of, faults_of, person, send, signed_in

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

LETTER = samples.pdf()
PHOTO = samples.located_jpeg()
KO = "시청 승인서.pdf"
CLOSE = datetime(2026, 5, 17, 14, 59, tzinfo=UTC)


@pytest.fixture
def letters(site: Flask) -> Any:
    """A browser and the page of a field that takes documents."""
    browser, files = filing.start(site)
    return browser, f"{files}/city_approval"


@pytest.fixture
def pictures(site: Flask) -> Any:
    """A browser and the page of a field of pictures that holds one."""
    browser, files = filing.start(site)
    page = f"{files}/pictures"
    assert filing.upload(browser, page, "square.jpg", PHOTO).status_code == 303
    return browser, page


def words(key: str, **said: str) -> dict[str, str]:
    return {"picture": key} | {f"{name}-{key}": text for name, text in said.items()}


def test_a_letter_is_uploaded_and_stands_in_the_draft(site: Flask, letters: Any) -> None:
    browser, page = letters
    empty = browser.get(page)

    answer = filing.upload(browser, page, KO, LETTER)

    shown = browser.get(answer.location)
    key = filing.key_of(site, page, "city_approval")
    assert "No file yet." in empty.text
    assert (answer.status_code, answer.location) == (303, page)
    assert filing.said(site, page, "city_approval") == [key]
    assert f"“{KO}” was added." in shown.text
    assert "PDF · 1 KB · Monday 4 May 2026" in shown.text
    assert faults_of(empty.text) == faults_of(shown.text) == []


def test_a_bad_file_is_refused_in_words_and_nothing_else_is_lost(site: Flask, pictures: Any) -> None:
    """Every bad sample, one after the other, on a field of letters and on one of pictures."""
    browser, page = pictures
    letters = page.replace("pictures", "city_approval")
    key = filing.key_of(site, page, "pictures")
    kept = filing.stored(site)

    for sample, (name, content, _refusal, _found) in BAD.items():
        caption = f"광장 {sample}"
        on_letters = filing.upload(browser, letters, name, content())
        on_pictures = filing.upload(browser, page, name, content(), words(key, caption=caption))

        for answer in (on_letters, on_pictures):
            assert answer.status_code == 422, sample
            assert "Everything else is saved." in answer.text, sample
            assert 'id="upload-wrong"' in answer.text, sample
            assert faults_of(answer.text) == [], sample
        assert filing.stored(site) == kept, sample
        assert [one["caption"] for one in filing.said(site, page, "pictures")] == [caption], sample
        assert f'value="{caption}"' in on_pictures.text, sample
    assert filing.said(site, page, "city_approval") is None
    assert len(BAD) >= 16


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_refusal_has_words(app: Flask, language: str) -> None:
    told = set()
    with app.test_request_context(f"/{language}/"):
        for refusal in Refusal:
            error = UploadRefused(refusal, limit=50_000_000, found=60_000_000)
            if refusal in (Refusal.TYPE, Refusal.NAME_DIFFERS):
                error = UploadRefused(refusal, found=Kind.PDF, named=Kind.DOCX)
            told.add(refusals.refused(error))
        for kind in Kind:
            told.add(refusals.refused(UploadRefused(Refusal.TYPE, found=kind)))
            told.add(refusals.refused(UploadRefused(Refusal.TYPE, found=kind), pictures_only=True))

    assert len(told) == len(Refusal) - 1 + 2 * len(Kind)
    assert all(any("가" <= sign <= "힣" for sign in text) is (language == "ko") for text in told)


def test_a_file_that_is_too_large_is_told_by_how_much(letters: Any) -> None:
    browser, page = letters

    answer = filing.upload(browser, page, "plan.pdf", b"%PDF-" + bytes(14 << 20))

    assert "Your file is 14.1 MB; the limit is 10 MB. Make it smaller or send a link." in answer.text


def test_what_is_written_about_pictures_is_saved_with_an_upload(site: Flask, pictures: Any) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")
    typed = words(key, caption="The square", alternative="Benches", credit="A. Person", permission="yes")

    answer = filing.upload(browser, page, "second.png", samples.picture("PNG"), typed)

    first, second = filing.said(site, page, "pictures")
    assert answer.status_code == 303
    assert first == {
        "file": key,
        "caption": "The square",
        "alternative": "Benches",
        "credit": "A. Person",
        "permission": True,
    }
    assert second["file"] == filing.key_of(site, page, "pictures", 1)


def test_an_upload_is_kept_where_words_are_too_long(site: Flask, pictures: Any) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")
    typed = words(key, caption="a" * 401, credit="A. Person")

    answer = filing.upload(browser, page, "second.png", samples.picture("PNG"), typed)

    assert answer.status_code == 422
    assert "has 401 characters; the limit is 400" in answer.text
    assert "“second.png” was added." in answer.text
    assert "a" * 401 in answer.text
    assert [one["credit"] for one in filing.said(site, page, "pictures")] == ["A. Person", ""]
    assert faults_of(answer.text) == []


def test_control_characters_do_not_reach_the_draft(site: Flask, pictures: Any) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")

    send(browser, page, words(key, caption="one\0\r\ntwo\x1b عربي"))

    assert filing.said(site, page, "pictures")[0]["caption"] == "one twoعربي".replace("two", "two ")


def test_a_file_is_taken_out_and_put_back_where_it_was(site: Flask, pictures: Any) -> None:
    browser, page = pictures
    filing.upload(browser, page, "second.png", samples.picture("PNG"))
    key = filing.key_of(site, page, "pictures")
    send(browser, page, words(key, caption="The square"))
    before = filing.said(site, page, "pictures")

    out = send(browser, page, {"take_out": key})
    told = browser.get(out.location)
    between = filing.said(site, page, "pictures")
    back = send(browser, page, {"put_back": key})

    assert out.location == f"{page}?removed={key}"
    assert "“square.jpg” was taken out." in told.text
    assert faults_of(told.text) == []
    assert between == before[1:]
    assert back.status_code == 303
    assert filing.said(site, page, "pictures") == before


def test_the_same_file_twice_is_one(site: Flask, letters: Any) -> None:
    browser, page = letters

    for name in ("letter.pdf", "letter (1).pdf"):
        assert filing.upload(browser, page, name, LETTER).status_code == 303

    assert len(filing.said(site, page, "city_approval")) == 1


def test_pressing_upload_without_a_file_says_so(letters: Any) -> None:
    browser, page = letters

    answer = send(browser, page, {"act": "upload", "upload": (BytesIO(b""), "")})

    assert answer.status_code == 422
    assert "Choose a file first" in answer.text


def test_a_full_field_says_so(site: Flask, letters: Any) -> None:
    browser, page = letters
    for number in (1, 2):
        filing.upload(browser, page, "a.png", samples.picture("PNG", size=(200, 200 + number)))

    answer = filing.upload(browser, page, "one-more.pdf", LETTER)

    assert answer.status_code == 422
    assert "2 is the most that can stand here" in answer.text


def test_two_people_write_about_one_picture_and_both_texts_are_shown(site: Flask, pictures: Any) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")
    base = {"base": filing.base_of(browser, page)}

    send(browser, page, words(key, caption="Theirs", credit="B. Person") | base)
    second = send(browser, page, words(key, caption="Mine", alternative="Benches", credit="") | base)
    said = filing.said(site, page, "pictures")[0]
    base = {"base": filing.base_of(browser, page)}
    third = send(browser, page, words(key, caption="Mine", alternative="Benches", credit="B. Person") | base)

    assert second.status_code == 422
    assert "<q>Theirs</q>" in second.text
    assert 'value="Mine"' in second.text
    assert faults_of(second.text) == []
    assert (said["caption"], said["alternative"], said["credit"]) == ("Theirs", "Benches", "B. Person")
    assert third.status_code == 303
    assert filing.said(site, page, "pictures")[0]["caption"] == "Mine"


def test_words_about_a_picture_that_was_taken_out_meanwhile_are_given_back(
    site: Flask, pictures: Any
) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")
    base = {"base": filing.base_of(browser, page)}
    send(browser, page, {"take_out": key})

    answer = send(browser, page, words(key, caption="Long thought about") | base)

    assert answer.status_code == 422
    assert "Long thought about" in answer.text
    assert faults_of(answer.text) == []


def test_two_tabs_that_upload_lose_neither_file(site: Flask, letters: Any) -> None:
    browser, page = letters
    base = {"base": filing.base_of(browser, page)}

    filing.upload(browser, page, "one.pdf", LETTER, base)
    filing.upload(browser, page, "two.docx", samples.word(), base)

    assert len(filing.said(site, page, "city_approval")) == 2


def test_words_typed_before_the_session_ended_come_back(
    site: Flask, pictures: Any, at_noon: time_machine.Traveller
) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")
    form = words(key, caption="Typed for an hour") | {"csrf_token": csrf_of(browser, page)}
    at_noon.shift(sessions.sessions.IDLE + timedelta(minutes=6))

    answer = browser.post(page, data=form)

    assert (answer.status_code, answer.location) == (303, "/en/sign-in")
    with site.app_context():
        again = signed_in(site, filing.OFFICER)
    with browser.session_transaction() as old, again.session_transaction() as new:
        new[sessions.HELD], new[sessions.HELD_PATH] = old[sessions.HELD], old[sessions.HELD_PATH]
    assert "Typed for an hour" in again.get(page).text


def test_a_file_sent_after_the_session_ended_is_asked_for_again(
    site: Flask, letters: Any, at_noon: time_machine.Traveller
) -> None:
    browser, page = letters
    form = {"csrf_token": csrf_of(browser, page), "act": "upload", "upload": (BytesIO(LETTER), "a.pdf")}
    at_noon.shift(sessions.sessions.IDLE + timedelta(minutes=6))

    browser.post(page, data=form)
    again = signed_in(site, filing.OFFICER)
    with browser.session_transaction() as old, again.session_transaction() as new:
        new[sessions.HELD], new[sessions.HELD_PATH] = old[sessions.HELD], old[sessions.HELD_PATH]

    assert "The file was not kept while you signed in. Choose it again." in again.get(page).text


def test_a_page_of_many_pictures_asks_no_more_than_one_of_few(site: Flask, pictures: Any) -> None:
    browser, page = pictures
    asked: list[int] = []

    def count(*_about: object) -> None:
        asked[-1] += 1

    event.listen(Engine, "before_cursor_execute", count)
    try:
        for number in range(3):
            asked.append(0)
            browser.get(page)
            asked.append(0)
            filing.upload(browser, page, "a.png", samples.picture("PNG", size=(200, 210 + number)))
    finally:
        event.remove(Engine, "before_cursor_execute", count)

    assert asked[2] == asked[4]


def test_a_returned_nomination_takes_files_for_what_it_was_returned_for_only(
    site: Flask, pictures: Any, at_noon: time_machine.Traveller
) -> None:
    browser, page = pictures
    letters = page.replace("pictures", "city_approval")
    until = world.NOW + timedelta(hours=2)
    filing.submit(site, page)
    filing.give_back(site, page, "city_approval", until=until)

    closed = filing.upload(browser, page, "second.png", samples.picture("PNG"))
    taken = filing.upload(browser, letters, KO, LETTER)
    at_noon.move_to(until + timedelta(minutes=16))
    late = filing.upload(browser, letters, "late.docx", samples.word())

    assert closed.status_code == 422
    assert "returned to you for other parts only" in closed.text
    assert taken.status_code == 303
    assert late.status_code == 422
    assert "could be corrected until Monday 4 May 2026, 11:00 in UTC" in late.text
    assert len(filing.said(site, page, "city_approval")) == 1


@pytest.mark.parametrize(("minutes", "status"), [(15, 303), (16, 422)])
def test_after_the_deadline_and_its_grace_files_stay_as_they_are(
    site: Flask, letters: Any, at_noon: time_machine.Traveller, minutes: int, status: int
) -> None:
    _, page = letters
    at_noon.move_to(CLOSE)
    browser, before = signed_in(site, filing.OFFICER), len(filing.stored(site))
    token = csrf_of(browser, page)
    at_noon.move_to(CLOSE + timedelta(minutes=minutes))
    form = {"csrf_token": token, "act": "upload", "upload": (BytesIO(LETTER), "a.pdf")}

    answer = browser.post(page, data=form)

    assert answer.status_code == status
    assert ("Nominations closed on Sunday 17 May 2026, 23:59 in Seoul" in answer.text) is (status == 422)
    assert len(filing.stored(site)) - before == (1 if status == 303 else 0)


def test_a_nomination_that_is_decided_shows_its_files_and_takes_none(site: Flask, pictures: Any) -> None:
    from awards.extensions import db

    browser, page = pictures
    with site.app_context():
        filing.nomination_of(page).state = NominationState.ELIGIBLE
        db.session.commit()

    shown = browser.get(page)

    assert "not written any more" in shown.text
    assert "square.jpg" in shown.text
    assert 'type="file"' not in shown.text
    assert faults_of(shown.text) == []


def test_a_file_is_served_so_that_nothing_in_it_can_run(site: Flask, letters: Any) -> None:
    browser, page = letters
    filing.upload(browser, page, "../../\u202efdp.evil; filename=evil.html; X-Injected: 1.pdf", LETTER)
    key = filing.key_of(site, page, "city_approval")

    answer = browser.get(f"{page}/{key}", buffered=True)

    assert answer.data == LETTER
    assert answer.headers["Content-Type"] == "application/pdf"
    assert (
        answer.headers["Content-Disposition"]
        == "attachment; filename=wego-awards-2026-draft-city-approval-1.pdf"
    )
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "X-Injected" not in answer.headers


def test_a_picture_is_shown_small_and_downloaded_whole_without_the_place_it_was_taken(
    site: Flask, pictures: Any
) -> None:
    browser, page = pictures
    key = filing.key_of(site, page, "pictures")

    small, whole = (browser.get(f"{page}/{key}{end}", buffered=True) for end in ("/small", ""))

    assert (small.mimetype, whole.mimetype) == ("image/jpeg", "image/jpeg")
    for answer in (small, whole):
        assert Image.open(BytesIO(answer.data)).size == (200, 320)
        assert not Image.open(BytesIO(answer.data)).getexif()
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_nobody_reaches_the_files_of_another_city(site: Flask, letters: Any) -> None:
    browser, page = letters
    filing.upload(browser, page, KO, LETTER)
    key = filing.key_of(site, page, "city_approval")
    stranger, own = filing.start(site, "stranger@other.example")
    sent = {"csrf_token": csrf_of(stranger, f"{own}/city_approval")}

    answers = [
        stranger.get(page),
        stranger.get(f"{page}/{key}"),
        stranger.get(f"{own}/city_approval/{key}"),
        stranger.get(f"{own}/city_approval/{key}/small"),
        stranger.post(page, data=sent | {"upload": (BytesIO(LETTER), "a.pdf")}),
        stranger.post(f"{own}/city_approval", data=sent | {"put_back": key}, follow_redirects=True),
        browser.get(f"{page.replace('city_approval', 'pictures')}/{key}"),
        browser.get(page.replace("city_approval", "title")),
        browser.get(f"{page}/..%2f..%2fsecret_key"),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404, 404, 404, 200, 404, 404, 404]
    assert KO not in answers[5].text
    assert site.test_client().get(f"{page}/{key}").status_code == 303
    assert len(filing.said(site, page, "city_approval")) == 1


def test_screeners_read_what_was_submitted_in_their_edition_and_nothing_else(
    site: Flask, letters: Any
) -> None:
    browser, page = letters
    with site.app_context():
        from sqlalchemy import select

        from awards.extensions import db
        from awards.models import Edition

        for key, email in ((world.OPEN, "screener@example.org"), (world.RUNNING, "other@example.org")):
            edition = db.session.scalars(select(Edition).where(Edition.key == key)).one()
            person(email, Role.SCREENER, edition=edition)
    screener, other = (signed_in(site, email) for email in ("screener@example.org", "other@example.org"))
    filing.upload(browser, page, "letter.pdf", LETTER)
    first = filing.key_of(site, page, "city_approval")
    address = f"/en/screening/{world.OPEN}/files"
    before = screener.get(f"{address}/{first}").status_code
    filing.submit(site, page)
    filing.upload(browser, page, "unsubmitted.docx", samples.word())
    second = filing.key_of(site, page, "city_approval", 1)

    answer = screener.get(f"{address}/{first}", buffered=True)

    assert before == 404
    assert (answer.status_code, answer.data) == (200, LETTER)
    assert answer.headers["Content-Disposition"] == "attachment; filename=OC-07-city-approval-1.pdf"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert screener.get(f"{address}/{second}").status_code == 404
    assert other.get(f"{address}/{first}").status_code == 404
    assert other.get(f"/en/screening/{world.RUNNING}/files/{first}").status_code == 404
    assert browser.get(f"{address}/{first}").status_code == 404


def test_a_request_beyond_all_limits_is_answered_with_a_way_back(site: Flask, letters: Any) -> None:
    browser, page = letters
    sent = BytesIO(bytes(25 << 20))

    answer = browser.post(page, data={"csrf_token": csrf_of(browser, page), "upload": (sent, "big.pdf")})
    answer.request.environ["wsgi.input"].close()

    assert answer.status_code == 413
    assert "What you sent is too large" in answer.text
    assert f'<a href="{page}">Back to the form</a>' in answer.text


def test_no_transaction_is_open_while_a_file_is_looked_through(
    site: Flask, letters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from awards.extensions import db

    browser, page = letters
    held: list[bool] = []
    look = uploads.inspect

    def watch(*given: Any, **named: Any) -> Any:
        held.append(db.session().in_transaction())
        return look(*given, **named)

    monkeypatch.setattr(uploads, "inspect", watch)
    filing.upload(browser, page, KO, LETTER)

    assert held == [False]
