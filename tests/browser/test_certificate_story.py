"""A certificate from its proof to its end, on phones and without scripts: what its code and its file say meanwhile."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from awards import honours
from awards.documents.drawing import render_certificate
from awards.extensions import db
from awards.models import Certificate
from tests.browser import laurels
from tests.browser.acts import follow, lands, press, says, signs_in_by_password, text_of, upload
from tests.browser.beacon_prize import CITIES, PRIZE, SECOND_ORGANISER, WINNER, WRITERS, settle
from tests.browser.laurels import OFFICE
from tests.browser.stage import ORGANISER, Stage, stage

HERE = f"{OFFICE}/certificates"
OLD, NEW = f"Port of {CITIES[WINNER]}", f"City and Port of {CITIES[WINNER]}"
CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")


@pytest.fixture
def pier(tmp_path: Path) -> Iterator[Stage]:
    with stage(tmp_path, partial(settle, tmp_path)) as found:
        yield found


def test_a_certificate_from_its_proof_to_its_end(pier: Stage) -> None:
    laurels.init_authority(pier)
    hana, omar, holder = (pier.window(phone=True) for _ in range(3))
    signs_in_by_password(hana, pier, ORGANISER)
    signs_in_by_password(omar, pier, SECOND_ORGANISER)
    laurels.tells_the_winner(hana, pier)
    laurels.accepts_and_approves_the_proof(holder, pier, WRITERS[WINNER])
    notes_how_finalists_approved(hana, pier)
    two_issue_and_the_worker_signs(hana, omar, pier)
    laurels.proposes_the_release(hana, pier)
    laurels.arms_and_presses(omar, pier)

    anybody = pier.window(phone=True)
    first = downloads(holder, OLD)
    code = code_on(first)
    verifies(anybody, pier, code, OLD)
    checks(
        anybody, pier, first, ("This certificate is in force", "byte for byte"), ("유효한 상장입니다", OLD)
    )
    borrowed = with_another_name(pier, code)
    checks(
        anybody,
        pier,
        borrowed,
        ("This file is not the certificate", "it is not the file that was issued under it"),
        ("상장이 아닙니다", OLD),
    )

    corrects_the_spelling(hana, omar, pier)
    an_old_code_leads_to_the_new(anybody, pier, code)
    second = downloads(holder, NEW)
    assert code_on(second) == code_on_page(anybody)
    checks(anybody, pier, first, ("replaced by another",), ("재발급되었습니다",))
    checks(anybody, pier, second, ("This certificate is in force", NEW), ("유효한 상장입니다", NEW))

    revokes(hana, omar, pier)
    a_revoked_one_says_why(anybody, pier, code_on(second), second)
    holder.reload()
    expect(holder.locator("main")).not_to_contain_text("PDF")
    assert pier.broken == []


def notes_how_finalists_approved(page: Page, pier: Stage) -> None:
    page.goto(f"{pier.address}{HERE}/")
    follow(page, re.compile("^See the .*wait"))
    lands(page, "Proofs of certificates")
    for box in page.locator("input[name=proof]").all():
        box.check()
    press(page, "Note them as approved")
    says(page, "Please mend this first")
    page.get_by_label("How were the ticked ones approved?").fill("By telephone, the harbour master of each.")
    press(page, "Note them as approved")
    says(page, "No proof waits.")


def two_issue_and_the_worker_signs(hana: Page, omar: Page, pier: Stage) -> None:
    hana.goto(f"{pier.address}{HERE}/")
    for box in hana.locator("input[name=group]").all():
        box.check()
    hana.get_by_label("A word on it").fill("The board agrees.")
    press(hana, "Propose to issue them")
    says(hana, "Another organiser has to approve it.")
    omar.goto(f"{pier.address}/en/today")
    follow(omar, re.compile("waits? for your word"))
    lands(omar, "Certificates")
    press(omar, "Approve and issue them")
    says(omar, "0 of 2 are signed.")
    pier.send_mails()
    omar.reload()
    says(omar, "All 2 certificates are signed.")
    lands(omar, "Certificates")


def downloads(page: Page, name: str) -> bytes:
    """The newest certificate on the holder's own page."""
    page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("^Certificate .*English")).last.click()
    content = Path(download.value.path()).read_bytes()
    assert name in " ".join(text_of(content))
    return content


def code_on(certificate: bytes) -> str:
    found = CODE.search(" ".join(text_of(certificate)))
    assert found
    return found[0]


def code_on_page(page: Page) -> str:
    return page.locator("dd.code").inner_text()


def verifies(page: Page, pier: Stage, code: str, name: str) -> None:
    page.goto(f"{pier.address}/en/verify/")
    page.get_by_label("Code of the certificate").fill(code.lower())
    press(page, "Verify this code")
    lands(page, "This certificate is in force")
    says(page, name)
    says(page, PRIZE)
    says(page, "If another name stands there, it is a copy with a borrowed code.")


def checks(page: Page, pier: Stage, file: bytes, english: tuple[str, ...], korean: tuple[str, ...]) -> None:
    """By uploading the file, in both languages."""
    for language, button, said in (("en", "Check this file", english), ("ko", "이 파일 확인하기", korean)):
        page.goto(f"{pier.address}/{language}/verify/")
        upload(page, "certificate.pdf", file)
        press(page, button)
        for text in said:
            says(page, text)
        lands(page, re.compile("."))


def with_another_name(pier: Stage, code: str) -> bytes:
    """A certificate that somebody draws with a code that is not theirs."""
    with pier.app.app_context():
        it = db.session.scalars(select(Certificate).where(Certificate.code == code.replace("-", ""))).one()
        said = honours.citation_of(it.citation)
    return render_certificate(replace(said, nominee="Port of Nowhere"))


def corrects_the_spelling(hana: Page, omar: Page, pier: Stage) -> None:
    hana.goto(f"{pier.address}{OFFICE}/public-prizes")
    follow(hana, OLD)
    field = hana.get_by_label("Name of the city or organisation").first
    expect(field).to_have_value(OLD)
    field.fill(NEW)
    press(hana, "Propose to correct it")
    says(hana, "Please mend this first")
    hana.get_by_label("Why?").first.fill("As it stands on the seal of the city.")
    press(hana, "Propose to correct it")
    lands(hana, "Revoke or correct")
    laurels.approves_the_mending(omar, pier, "Approve and correct it")
    says(omar, "Corrected")
    pier.send_mails()


def an_old_code_leads_to_the_new(page: Page, pier: Stage, code: str) -> None:
    """In Korean, then in English."""
    page.goto(f"{pier.address}/ko/verify/{code}")
    lands(page, "다른 상장으로 재발급되었습니다")
    says(page, OLD)
    follow(page, re.compile("대신하는 상장"))
    lands(page, "유효한 상장입니다")
    page.goto(f"{pier.address}/en/verify/{code}")
    lands(page, "This certificate was replaced by another")
    says(page, "As it stands on the seal of the city.")
    follow(page, re.compile("^See certificate"))
    lands(page, "This certificate is in force")
    says(page, NEW)


def revokes(hana: Page, omar: Page, pier: Stage) -> None:
    hana.goto(f"{pier.address}{HERE}/issued")
    hana.locator("tr", has_text=NEW).get_by_role("link").first.click()
    hana.get_by_label("Why?").fill("Given to the wrong port.")
    press(hana, "Propose to revoke it")
    omar.goto(hana.url)
    press(omar, "Approve: revoke it")
    says(omar, "Given to the wrong port.")
    letter = pier.letter(WRITERS[WINNER])
    assert "revoked" in letter, letter


def a_revoked_one_says_why(page: Page, pier: Stage, code: str, file: bytes) -> None:
    for language, title in (("ko", "취소된 상장입니다"), ("en", "This certificate was revoked")):
        page.goto(f"{pier.address}/{language}/verify/{code}")
        lands(page, title)
        says(page, "Given to the wrong port.")
    checks(page, pier, file, ("This certificate was revoked",), ("취소된 상장입니다",))
