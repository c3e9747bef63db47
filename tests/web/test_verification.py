"""What a certificate's code answers."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from awards.web import verification
from tests.web import world

ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@ON_SQLITE
@pytest.mark.parametrize(
    "written",
    [
        "7K3MXQ9A0BCD1EFG",
        "7k3m-xq9a-0bcd-1efg",
        "7K3M XQ9A OBCD IEFG",
        "7k3mxq9aobcdlefg",
        "7K3M–XQ9A–0BCD–1EFG",
    ],
)
def test_a_code_is_found_however_it_is_written(visitor: FlaskClient, written: str) -> None:
    answer = visitor.get(f"/en/verify/{written}")

    assert answer.status_code == 200
    assert "This certificate is in force" in answer.text
    assert "7K3M-XQ9A-0BCD-1EFG" in answer.text


@ON_SQLITE
def test_the_certificate_says_what_it_certifies(visitor: FlaskClient) -> None:
    page = visitor.get(f"/en/verify/{world.CODE}").text

    for words in (
        "Best Prize",
        "Barcelona",
        "Decisions that can be traced to proposals",
        "Open City · WeGO Awards 2014",
        'Thursday 30 April 2026, <span lang="en">Chengdu</span>',
        "Friday 1 May 2026",
        "SPECIMEN",
    ):
        assert words in page, words


@ON_SQLITE
def test_a_certificate_without_prize_says_that_it_is_a_finalists(visitor: FlaskClient) -> None:
    assert '<p class="prize">Finalist</p>' in visitor.get(f"/en/verify/{world.FINALIST_CODE}").text


@ON_SQLITE
def test_a_revoked_certificate_is_shown_as_revoked(visitor: FlaskClient) -> None:
    page = visitor.get(f"/ko/verify/{world.REVOKED_CODE}").text

    assert "취소된 상장입니다" in page
    assert "유효한" not in page


@ON_SQLITE
@pytest.mark.parametrize(
    "code", ["0000000000000000", "short", "7K3MXQ9A0BCD1EFU", "<script>", "%27 OR 1=1", "7" * 300]
)
def test_an_unknown_code_is_said_to_be_unknown(visitor: FlaskClient, code: str) -> None:
    answer = visitor.get("/en/verify/", query_string={"code": code}, follow_redirects=True)

    assert answer.status_code == 404
    assert "No certificate has this code" in answer.text
    assert "<script>" not in answer.text


@ON_SQLITE
def test_the_form_leads_to_the_address_of_the_code(visitor: FlaskClient) -> None:
    answer = visitor.get("/ko/verify/", query_string={"code": "7k3m-xq9a-obcd-iefg"})

    assert (answer.status_code, answer.location) == (302, f"/ko/verify/{world.CODE}")


@ON_SQLITE
def test_the_printed_address_has_no_language_and_leads_to_one(visitor: FlaskClient) -> None:
    answer = visitor.get(f"/verify/{world.CODE}", headers={"Accept-Language": "ko"}, follow_redirects=True)

    assert "유효한 상장입니다" in answer.text


@ON_SQLITE
def test_a_site_without_certificates_knows_no_code(app: Flask) -> None:
    assert app.test_client().get(f"/en/verify/{world.CODE}").status_code == 404


def test_look_alikes_are_read_as_the_digits_they_look_like() -> None:
    assert verification.tidy(" oil-OIL ") == "011011"
    assert verification.grouped(world.CODE) == "7K3M-XQ9A-0BCD-1EFG"
