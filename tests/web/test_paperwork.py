"""The pages of the certificate's template: for organisers, with what is undefined in red and nothing typed lost."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from awards import editions, signatories, templates
from awards.extensions import db
from tests.validators import text_poppler
from tests.web.office import DESK, Office, well
from tests.web.signing import send
from tests.web.test_release import signed

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

PAGE = f"{DESK}/certificate-template"
FILE = f"{PAGE}/file"


def save(office: Office, text: str, base: int = 0, reason: str = "The board wants it.") -> TestResponse:
    return send(office.at("organiser"), FILE, {"text": text, "base": str(base), "reason": reason})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_samples_of_every_kind_are_shown_with_the_longest_and_shortest_names(
    office: Office, language: str
) -> None:
    page = office.open(PAGE.replace("/en/", f"/{language}/"))

    for kind in ("winner", "partner", "finalist", "judge"):
        for which in ("longest", "shortest"):
            assert f"/samples/{kind}-{which}.webp" in page
    for path, start in (("winner-longest.pdf", b"%PDF"), ("judge-shortest.webp", b"RIFF")):
        answer = office.at("organiser").get(f"{PAGE}/samples/{path}?language={language}")
        assert answer.data.startswith(start)
    form = office.at("organiser").get(f"{PAGE}/samples/winner-longest-form.pdf?paper=A3")
    assert form.data.startswith(b"%PDF")


def test_only_organisers_change_it_and_only_the_secretariat_sees_it(office: Office) -> None:
    for name in ("screener", "clerk", "stranger", "other"):
        for path in ("", "/samples/winner-longest.pdf", "/letters", "/engraving.csv", "/images"):
            assert office.at(name).get(PAGE + path).status_code in (403, 404), (name, path)
    assert office.at("auditor").get(PAGE).status_code == 200
    fields = {"text": 'border = "none"', "base": "0", "reason": "x"}
    assert send(office.at("auditor"), FILE, fields, page=PAGE).status_code in (403, 404)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_mistake_of_the_file_is_shown_with_its_line_and_the_text_stays(
    office: Office, language: str
) -> None:
    text = 'border = "wavy"\n\n[languages.en]\nmotto = "x"\n'
    answer = send(
        office.at("organiser"),
        FILE.replace("/en/", f"/{language}/"),
        {"text": text, "base": "0", "reason": "x"},
    )

    page = well(answer)
    assert answer.status_code == 422
    assert "<code>border</code>" in page
    assert "<code>languages.en.motto</code>" in page
    assert "motto = &#34;x&#34;" in page


def test_what_is_undefined_stands_on_the_page_until_it_is_mended(office: Office) -> None:
    save(office, '[languages.en]\ntitle = "Of {motto}"\n')
    page = office.open(PAGE)

    assert "One thing is undefined, and no certificate can be issued" in page
    assert "Nothing gives the field {motto} a value." in page

    save(office, '[languages.en]\ntitle = "Diploma"\n', base=1)
    assert "Every field, image and language that the template calls for is there." in office.open(PAGE)


def test_a_version_that_somebody_else_saved_is_not_overwritten_unseen(office: Office) -> None:
    save(office, 'border = "single"\n')

    answer = send(office.at("second"), FILE, {"text": 'border = "none"\n', "base": "0", "reason": "Plain."})

    assert answer.status_code == 422
    assert "Somebody else has saved version 1 meanwhile." in answer.text
    assert "border = &#34;none&#34;" in answer.text


def test_an_earlier_version_is_used_again(office: Office) -> None:
    save(office, 'border = "single"\n')
    save(office, 'border = "none"\n', base=1)
    there = f"{PAGE}/versions/1"
    assert "border = &#34;single&#34;" in office.open(there)

    send(office.at("organiser"), there, {"base": "2", "reason": "It was better."})

    with office.site.app_context():
        assert templates.in_use(db.session(), office.edition()).border == "single"
        assert [it.version for it in templates.versions(db.session(), office.edition())] == [3, 2, 1]
    assert office.at("organiser").get(f"{PAGE}/versions/99999999999").status_code == 404


def test_an_image_is_uploaded_under_a_name_and_anything_else_is_refused(office: Office) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "#aa0000").save(picture, "PNG")
    there = f"{PAGE}/images"

    def upload(content: bytes) -> TestResponse:
        return send(
            office.at("organiser"), there, {"name": "seal", "file": (io.BytesIO(content), "seal.png")}
        )

    refused, done = upload(b"<svg/>"), upload(picture.getvalue())

    assert refused.status_code == 422
    assert "can&#39;t be drawn" in refused.text or "can't be drawn" in refused.text
    assert done.status_code == 303
    assert "<code>seal</code>" in office.open(there)
    assert office.at("organiser").get(f"{there}/seal.png").data.startswith(b"\x89PNG")
    assert office.at("organiser").get(f"{there}/other.png").status_code == 404


def test_who_signs_is_stated_with_their_days_and_a_wrong_day_is_named(office: Office) -> None:
    there = f"{PAGE}/signatories"
    office.open(there)
    fields = {
        "name-1-en": "Ada Vale",
        "office-1-en": "President",
        "office-1-ko": "의장",
        "reason": "Elected.",
    }

    wrong = send(office.at("organiser"), there, fields | {"since-1": "soon"})
    done = send(office.at("organiser"), there, fields | {"until-1": "2001-01-01"})

    assert wrong.status_code == 422
    assert "Write a day as 2021-05-03, or leave it empty." in wrong.text
    assert "Ada Vale" in wrong.text
    assert done.status_code == 303
    with office.site.app_context():
        (found,) = signatories.listed(editions.texts_of(db.session(), office.edition()))
        assert (found.name["en"], str(found.until)) == ("Ada Vale", "2001-01-01")
    assert "Not in office on the day of the certificates: this name is left out." in office.open(PAGE)


def test_before_a_result_is_signed_nothing_is_printed(office: Office) -> None:
    page = office.open(f"{PAGE}/letters")

    assert "Nothing is to be engraved before a result is signed." in page
    for path in ("letters/regret.pdf", "letters/farewell.pdf", "engraving.pdf", "print-forms.pdf"):
        assert office.at("organiser").get(f"{PAGE}/{path}").status_code == 404


def test_once_a_result_is_signed_letters_and_plaques_are_printed_for_those_concerned(
    app: Flask, tmp_path: Path
) -> None:
    release = signed(app, tmp_path)
    there = f"/en/secretariat/{release.key}/certificate-template"

    def get(path: str) -> bytes:
        answer = release.made.at("olga").get(f"{there}/{path}")
        assert answer.status_code == 200, path
        return answer.data

    def said(path: str) -> str:
        file = tmp_path / "paper.pdf"
        file.write_bytes(get(path))
        return text_poppler(file)

    assert "Congratulations on your prize" in said("letters/congratulation.pdf")
    assert "has not been given a prize" in said("letters/regret.pdf")
    assert "To be engraved" in said("engraving.pdf")
    assert get("engraving.csv").decode("utf-8-sig").startswith("reference,category,prize,language,nominee")
    assert b"Engraving list" in get("letters")
