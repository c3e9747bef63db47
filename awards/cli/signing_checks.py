"""What `flask check` says of the keys that sign certificates."""

from __future__ import annotations

import stat
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from awards import authority, issued
from awards.authority import Lack, NoSigningKey
from awards.cli.signing import LACKS
from awards.documents.authorities import SIGNING_YEARS, years
from awards.models import Certificate, SigningState

SOON = timedelta(days=60)
OTHERS = stat.S_IRWXG | stat.S_IRWXO


def wrong(session: Session, folder: Path, config: Mapping[str, object], now: datetime) -> Iterator[str]:
    """What needs attention; `folder` is the key folder."""
    yield from _signer(session, folder, config, now)
    yield from _unlisted(session)
    yield from _lost(session, folder)
    yield from _files(session, folder, is_demo=bool(config["LAURELS_DEMO"]))


def well(session: Session) -> str:
    """What is said where nothing is wrong."""
    row = authority.current(session)
    if row is None:
        return "Nothing signs certificates yet. Before the first is issued: flask certificates init-ca --name NAME"
    return f"Key {row.serial} signs, good until {row.not_after:%Y-%m-%d}."


def _signer(session: Session, folder: Path, config: Mapping[str, object], now: datetime) -> Iterator[str]:
    try:
        authority.signer(session, folder, config, now=now)
    except NoSigningKey as error:
        if error.lack is not Lack.NONE or _are_waiting(session):
            yield LACKS[error.lack]
        return
    row = authority.current(session)
    assert row is not None
    if now > years(row.at, SIGNING_YEARS) - SOON:
        yield (
            f"Key {row.serial} has signed since {row.at:%Y-%m-%d}; a key should sign for {SIGNING_YEARS} years, so "
            "that what it signed last is good for long. Run: flask certificates renew --root-key FILE"
        )
    elif now > row.not_after - SOON:
        yield f"Key {row.serial} is good until {row.not_after:%Y-%m-%d} only. Renew it, or adopt a new one."


def _unlisted(session: Session) -> Iterator[str]:
    if any(
        it.state is SigningState.REVOKED and not authority.is_listed(session, it)
        for it in authority.every(session)
    ):
        yield (
            "A key was revoked and the published list does not name it. Fetch the root's key and run: "
            "flask certificates revoke-key SERIAL --because WHY --root-key FILE"
        )


def _files(session: Session, folder: Path, *, is_demo: bool) -> Iterator[str]:
    place = folder / authority.FOLDER
    if not place.is_dir():
        return
    over = {
        authority.key_file(folder, it)
        for it in authority.every(session)
        if it.state is not SigningState.CURRENT
    }
    for file in sorted(place.iterdir()):
        if file.name != authority.ROOT and file.stat().st_mode & OTHERS:
            yield f"Others than its owner can read {file}. Run: chmod 600 {file}"
        if file.name == authority.ROOT_KEY and not is_demo:
            yield f"The root's key is still on this machine. Copy it to two memory sticks and remove it: {file}"
        if file in over:
            yield f"A key that signs no more is still there. Remove it: {file}"


def _lost(session: Session, folder: Path) -> Iterator[str]:
    found = session.scalars(
        select(Certificate).where(Certificate.sha256 != "").order_by(Certificate.id)
    ).all()
    if lost := issued.missing(folder.parent / "files", found):
        yield (
            f"The files of {len(lost)} signed certificate(s) are gone, the first {lost[0].number}. "
            "Put the folder files back from a backup."
        )


def _are_waiting(session: Session) -> bool:
    return bool(session.scalar(select(exists().where(Certificate.sha256 == ""))))
