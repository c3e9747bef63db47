"""Until the release the site answers to the byte as if nothing had been decided: words, headers, sizes, lists."""

import hashlib
import io
import shutil
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text, update

from awards import badges, publication
from awards.documents import badge as pure
from awards.extensions import begin_writing, db
from awards.models import Badge, Certificate, Edition, Publication
from awards.web import verification
from tests import authority
from tests.web import crawling, world

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

RELEASE = world.NOW + timedelta(days=1)
BEFORE = RELEASE - timedelta(minutes=1)
FILE = f"%PDF-1.4 /Keywords ({world.EMBARGOED_CODE})".encode()
HASH = hashlib.sha256(FILE).hexdigest()
ASKED = tuple(
    f"/{language}/{it}"
    for language in ("en", "ko")
    for it in (
        "library?q=Quillonia",
        "library?q=EMB-77&country=KR&category=open-city&prize=best&page=2",
        f"verify/?code={world.EMBARGOED_CODE}",
        f"verify/{world.EMBARGOED_CODE.lower()}",
        f"{world.EMBARGOED}/winners/EMB-77/pictures/2",
        f"{world.EMBARGOED}/poster.pdf?size=a3",
    )
)
SIGNED_ANEW = ("/badges/status/", ".p7s", "/badges/no-such")
"""Answers that are signed at every request: of a list what it says is compared, of a signature that there is one."""
TABLES = ("badge", "certificate", "publication", "published_record")
"""Where a result waits for its release."""

Answer = tuple[int, dict[str, str], bytes]


def keys(site: Flask) -> Path:
    return Path(site.config["LAURELS_DATA"]) / "keys"


@pytest.fixture
def waiting(site: Flask, at_noon: time_machine.Traveller) -> Flask:
    """A minute before the release: the certificate is issued and signed, the badge too, and one was revoked again."""
    with site.app_context():
        begin_writing()
        session = db.session()
        authority.appoint(session, keys(site))
        session.execute(
            update(Certificate)
            .where(Certificate.code == world.EMBARGOED_CODE)
            .values(file="waits.pdf", sha256=HASH, page_sha256="0" * 64, serial="1", signed_at=world.NOW)
        )
        session.commit()
    at_noon.move_to(BEFORE, tick=False)
    return site


def embargoed_badge() -> Badge:
    query = select(Badge).join(Edition, Edition.id == Badge.edition_id)
    return db.session.scalars(query.where(Edition.key == world.EMBARGOED)).one()


def revoke_badge(site: Flask) -> None:
    with site.app_context():
        begin_writing()
        session, it = db.session(), embargoed_badge()
        edition = session.get_one(Edition, it.edition_id)
        who = world.actor(session)
        badges.revoke(session, edition, holder=it.holder, because="Early.", actor=who, now=world.NOW)
        session.commit()


def forget(site: Flask, *editions: str) -> None:
    """Let nothing of editions ever have been decided."""
    with site.app_context():
        begin_writing()
        session = db.session()
        for guard in ("guard_badge_delete", "guard_certificate_delete"):
            session.execute(text(f"DROP TRIGGER IF EXISTS {guard}"))
        for table in TABLES:
            for key in editions:
                session.execute(
                    text(
                        f"DELETE FROM {table} WHERE edition_id IN (SELECT id FROM edition WHERE key = :key)"
                    ),
                    {"key": key},
                )
        session.commit()


def ask(site: Flask, addresses: Iterable[str]) -> dict[tuple[str, str], Answer]:
    """What every address answers, to GET and HEAD, and an upload to whoever holds the file already."""
    client, found = site.test_client(), {}
    for at in addresses:
        for method in ("GET",) if at.startswith("/ko/") else ("GET", "HEAD"):
            answer = client.open(at, method=method, buffered=True)
            headers = {name: it for name, it in answer.headers.items() if name not in ("Date", "Set-Cookie")}
            said = answer.data
            if any(it in at for it in SIGNED_ANEW):
                headers = {name: it for name, it in headers.items() if name not in ("ETag", "Content-Length")}
                is_list = method == "GET" and answer.mimetype == pure.MEDIA_TYPE
                said = str(pure.says(answer.text)).encode() if is_list else b""
            found[method, at] = answer.status_code, headers, said
    upload = client.post(
        "/en/verify/",
        data={"file": (io.BytesIO(FILE), "a.pdf")},
        content_type="multipart/form-data",
    )
    found["POST", "/en/verify/"] = upload.status_code, {"Length": upload.headers["Content-Length"]}, b""
    return found


def addresses(site: Flask) -> list[str]:
    """All that are not about another edition; those that lack only a language lead to it whatever there is."""
    others = (world.RELEASED, world.OPEN, world.RUNNING, world.VOTING, world.DRAFT, "no-such-edition")
    known = [
        it
        for it in crawling.known_addresses(site)
        if it.startswith(
            ("/en/", "/ko/", "/badges/", "/data/", f"/{world.EMBARGOED}/data/", "/sitemap", "/robots")
        )
        and not any(f"/{other}/" in it for other in others)
    ]
    return [*known, *ASKED]


def differing(before: dict[tuple[str, str], Answer], after: dict[tuple[str, str], Answer]) -> set[str]:
    return {at for (method, at), answer in before.items() if after[method, at] != answer}


def test_until_the_release_every_address_answers_as_if_nothing_had_been_decided(waiting: Flask) -> None:
    """Status, headers, sizes and words, of GET, HEAD and an upload; a badge that was revoked sets no bit."""
    revoke_badge(waiting)
    asked = addresses(waiting)
    before = ask(waiting, asked)

    forget(waiting, world.EMBARGOED)

    assert differing(before, ask(waiting, asked)) == set()
    assert len(asked) > 120
    assert all(status < 500 for status, _, _ in before.values())


MACHINES = ("/badges/issuer", "/badges/keys", "/badges/status/1", "/badges/status/2", "/signing/issued.txt")


def test_the_first_badges_of_all_tell_nobody_that_there_are_any(waiting: Flask) -> None:
    """No key, no list, no name of who issues."""
    with waiting.app_context():
        name = pure.key_id(badges.public_keys(keys(waiting))[0])
    asked = [*MACHINES, f"/badges/keys/{name}"]
    forget(waiting, world.RELEASED)
    before = ask(waiting, asked)

    forget(waiting, world.EMBARGOED)
    shutil.rmtree(keys(waiting) / badges.FOLDER)

    assert differing(before, ask(waiting, asked)) == set()
    assert before["GET", f"/badges/keys/{name}"][0] == before["GET", "/badges/status/1"][0] == 404


def at_release(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function that takes the moment last, asked as if the release had come."""
    return lambda *given: function(*given[:-1], RELEASE)


def shown_regardless(monkeypatch: pytest.MonkeyPatch) -> None:
    visible = publication.visible_kinds
    monkeypatch.setattr(publication, "visible_kinds", lambda s, e, k, now: visible(s, e, k, RELEASE))


EDITION = f"/en/{world.EMBARGOED}"
WITHOUT: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], tuple[str, ...]]] = {
    "the codes of certificates": (
        lambda patch: patch.setattr(verification, "is_public", lambda *_: True),
        (f"/en/verify/{world.EMBARGOED_CODE}", "/en/verify/"),
    ),
    "the list of hashes": (
        lambda patch: patch.setattr(
            verification, "signed_and_public", at_release(verification.signed_and_public)
        ),
        ("/en/signing/issued.txt",),
    ),
    "the badges": (
        lambda patch: patch.setattr(badges, "find", at_release(badges.find)),
        ("/en/badges/{badge}", "/badges/{badge}.svg", "/badges/{badge}.png", "/badges/{badge}.jwt"),
    ),
    "the list of revoked badges": (
        lambda patch: patch.setattr(badges, "_ever_public", at_release(badges._ever_public)),
        ("/badges/status/1",),
    ),
    "share images and kits": (
        shown_regardless,
        (f"{EDITION}/winners/EMB-77/share.png", f"{EDITION}/press-kit.zip", f"{EDITION}/embed"),
    ),
}


@pytest.mark.parametrize("protection", list(WITHOUT))
def test_the_comparison_finds_what_gets_out_without_a_protection(
    waiting: Flask, monkeypatch: pytest.MonkeyPatch, protection: str
) -> None:
    take_out, places = WITHOUT[protection]
    with waiting.app_context():
        badge = embargoed_badge().public_id
    if protection == "the list of revoked badges":
        revoke_badge(waiting)
    asked = [it.format(badge=badge) for it in places]
    before = ask(waiting, asked)

    take_out(monkeypatch)

    assert differing(before, ask(waiting, asked)) == set(asked)


def test_what_was_kept_while_it_was_public_is_not_confirmed_once_it_is_taken_down(
    waiting: Flask, at_noon: time_machine.Traveller
) -> None:
    """A browser or cache that asks by the tag of its copy gets no 304, and nobody was let keep one without asking."""
    at_noon.move_to(RELEASE, tick=False)
    with waiting.app_context():
        badge = embargoed_badge().public_id
    places = [
        *(f"{EDITION}/{it}" for it in ("", "winners", "finalists", "method", "embed", "feed.atom")),
        *(f"{EDITION}/winners/EMB-77{it}" for it in ("", "/pictures/1", "/share", "/share.png")),
        *(f"/{world.EMBARGOED}/data/winners.{it}" for it in ("json", "csv")),
        *(f"/data/winners.{it}" for it in ("json", "csv")),
        *(f"/badges/{badge}.{it}" for it in ("svg", "jwt")),
        f"/en/badges/{badge}",
        f"/en/verify/{world.EMBARGOED_CODE}",
        "/en/library",
        "/en/archive",
        "/en/feed.atom",
        "/sitemap.xml",
        "/en/signing/issued.txt",
    ]
    client = waiting.test_client()
    kept = {at: client.get(at, buffered=True) for at in places}
    with waiting.app_context():
        begin_writing()
        db.session.execute(
            update(Publication).where(Publication.visible_from == RELEASE).values(taken_down_at=RELEASE)
        )
        db.session.commit()

    again = {
        at: client.get(at, headers={"If-None-Match": it.headers.get("ETag", "*")}, buffered=True)
        for at, it in kept.items()
    }

    assert {it.status_code for it in kept.values()} == {200}
    assert {it.headers["Cache-Control"] for it in kept.values()} == {"no-cache"}
    assert [at for at, it in again.items() if it.status_code not in (200, 404, 410)] == []
    assert [
        (at, word)
        for at, it in again.items()
        for word in (*world.SECRETS, HASH)
        if word in it.get_data(as_text=True) and word not in at
    ] == []
    assert HASH in kept["/en/signing/issued.txt"].text
