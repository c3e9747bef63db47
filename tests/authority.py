"""An authority for tests: a root and a key that signs, made once for each run of tests; nobody outside trusts them."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from sqlalchemy.orm import Session

from awards import authority
from awards.documents import authorities
from awards.documents.signing import Signer
from awards.models import RevocationList, SigningCertificate

NAME = "League of Riverside Cities"
LONG_AGO = datetime(2016, 1, 1, 9, 0, tzinfo=UTC)
"""Early enough for any test's clock: ten years are between it and this year."""


def root() -> authorities.Made:
    """The root: its certificate, and its key without a passphrase."""
    return _root(LONG_AGO)


def signer(made: datetime = LONG_AGO) -> Signer:
    """What signs, without a database; its root is `signer().root`."""
    return _signer(made)


@cache
def _root(made: datetime) -> authorities.Made:
    return authorities.make_root(NAME, now=made)


@cache
def _signer(made: datetime) -> Signer:
    above = _root(made)
    leaf = authorities.make_leaf(NAME, above.certificate, authorities.read_key(above.key), now=made)
    return authorities.signer_of(authorities.read_key(leaf.key), leaf.certificate, (above.certificate,))


def appoint(session: Session, folder: Path, *, now: datetime = LONG_AGO) -> Signer:
    """Let it be the authority of a database; the key's file is in `folder`, the key folder."""
    it = signer()
    if authority.current(session) is None:
        row = SigningCertificate(
            serial=it.serial,
            pem=authority.pem_of(it.certificate),
            chain=authority.pem_of(it.root),
            not_before=LONG_AGO,
            not_after=authorities.years(LONG_AGO, authorities.LEAF_YEARS),
            at=now,
        )
        session.add(row)
        crl = authorities.make_list(
            it.root, authorities.read_key(root().key), number=1, revoked=(), now=LONG_AGO
        )
        session.add(RevocationList(number=1, der=base64.b64encode(crl).decode(), at=now))
        session.flush()
    file = folder / authority.FOLDER / f"{it.serial}.pem"
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_bytes(it.key_pem)
    file.chmod(0o600)
    return it
