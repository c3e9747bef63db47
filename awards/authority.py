"""The keys that sign certificates: whose they are, who vouches for them, which of them signs now, which were revoked.

The root's key is made here once and is meant to be taken away; it is needed again to renew a key and to revoke one. The
key that signs is a file of the key folder or in the environment. What is public of all of them is in the database.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from awards import audit, key_files, keys
from awards.audit import Actor
from awards.documents import authorities, verifying
from awards.documents.authorities import Key, KeyUnreadable
from awards.documents.signing import Signer
from awards.models import RevocationList, SigningCertificate, SigningState

FOLDER = "signing"
ROOT_KEY, ROOT = "root-key.pem", "root.pem"


class Lack(StrEnum):
    """Why nothing can be signed."""

    NONE = "none"
    MISSING = "missing"
    ANOTHER = "another"
    OUTDATED = "outdated"


class NoSigningKey(Exception):
    """There is no key that signs certificates. `lack` says what is the matter."""

    def __init__(self, lack: Lack) -> None:
        super().__init__(lack.value)
        self.lack = lack


class AuthorityThere(Exception):
    """There is a root already, whose key vouches for ours."""


class NotForSigning(Exception):
    """What this key signs would not be taken as signed by us: its certificate is not for signing, is not good today, or
    those above it do not vouch for it.
    """


class NoSuchSigningCertificate(Exception):
    """No certificate by which we sign, or signed, has this number."""


class FileThere(Exception):
    """There is a file of this name already; nothing was written over."""


def init(
    session: Session,
    folder: Path,
    *,
    name: str,
    root_key: Path | None = None,
    passphrase: str = "",
    anew: bool = False,
    actor: Actor,
    now: datetime,
) -> SigningCertificate:
    """Make a root in the name of an organisation, and a key that signs; `folder` is the key folder.

    The root's key is written to the file `root_key`, or beside the others, from where it is to be taken away. Raises
    AuthorityThere unless `anew`; what the old root vouches for stays good. Raises FileThere.
    """
    if current(session) is not None and not anew:
        raise AuthorityThere
    file = root_key or folder / FOLDER / ROOT_KEY
    if file.exists():
        raise FileThere(str(file))
    root = authorities.make_root(name, now=now, passphrase=passphrase)
    key_files.keep(session, file.parent, file.name, root.key)
    opened = authorities.read_key(root.key, passphrase)
    leaf = authorities.make_leaf(name, root.certificate, opened, now=now)
    _sign_list(session, root.certificate, opened, now)
    made = _take(
        session, folder, leaf.certificate, (root.certificate,), leaf.key, actor, now, "signing.begun"
    )
    _write_roots(session, folder)
    return made


def renew(
    session: Session, folder: Path, *, root_key: bytes, passphrase: str = "", actor: Actor, now: datetime
) -> SigningCertificate:
    """Make a new key that signs from now on; what the old one signed stays good.

    Raises NoSigningKey where there is no authority, KeyUnreadable, NotTheRoot.
    """
    old = latest(session)
    if old is None:
        raise NoSigningKey(Lack.NONE)
    *_, root = chain_of(old)
    opened = authorities.read_key(root_key, passphrase)
    leaf = authorities.make_leaf(name_of(old), root, opened, now=now)
    return _take(session, folder, leaf.certificate, (root,), leaf.key, actor, now, "signing.renewed")


def adopt(
    session: Session,
    folder: Path,
    config: Mapping[str, object],
    *,
    content: bytes | None = None,
    passphrase: str = "",
    actor: Actor,
    now: datetime,
) -> SigningCertificate:
    """Sign from now on with a bought key (PKCS#12): `content`, whose key is then kept, or the one in the environment.

    Raises KeyUnreadable, NotForSigning, NoSigningKey where there is neither.
    """
    if content is not None:
        bought = authorities.read_pkcs12(content, passphrase)
    elif file := str(config.get("LAURELS_SIGNING_P12") or ""):
        bought = _bought(file, config)
    else:
        raise NoSigningKey(Lack.NONE)
    if not verifying.accepts(bought.certificate, bought.chain, now):
        raise NotForSigning(bought.serial)
    known = find(session, bought.serial)
    if known is not None and known.state is SigningState.CURRENT:
        return known
    key = bought.key_pem if content is not None else None
    made = _take(session, folder, bought.certificate, bought.chain, key, actor, now, "signing.adopted")
    _write_roots(session, folder)
    return made


def revoke(
    session: Session,
    serial: str,
    *,
    because: str,
    root_key: bytes | None = None,
    passphrase: str = "",
    actor: Actor,
    now: datetime,
) -> SigningCertificate:
    """Say that a key was lost or stolen: it signs no more, from now on. With the root's key the list is signed that
    tells everybody; it may be brought later, by the same act once more.

    Raises NoSuchSigningCertificate, KeyUnreadable, NotTheRoot.
    """
    found = find(session, serial)
    if found is None:
        raise NoSuchSigningCertificate(serial)
    if found.state is not SigningState.REVOKED:
        found.state, found.ended_at, found.because = SigningState.REVOKED, now, because
        _note(session, found, "signing.revoked", actor, now)
    if root_key is not None:
        session.flush()
        *_, root = chain_of(found)
        _sign_list(session, root, authorities.read_key(root_key, passphrase), now)
    return found


def signer(session: Session, folder: Path, config: Mapping[str, object], *, now: datetime) -> Signer:
    """What signs now. Its key is looked for in the environment, then in the key folder. Raises NoSigningKey."""
    row = current(session)
    if row is None:
        raise NoSigningKey(Lack.NONE)
    certificate, chain = der_of(row), chain_of(row)
    if not row.not_before <= now <= row.not_after or not verifying.accepts(certificate, chain, now):
        raise NoSigningKey(Lack.OUTDATED)
    key = _key(folder, row, config)
    if not authorities.fits(key, certificate):
        raise NoSigningKey(Lack.ANOTHER)
    return authorities.signer_of(key, certificate, chain)


def current(session: Session) -> SigningCertificate | None:
    """The certificate of the key that signs."""
    query = select(SigningCertificate).where(SigningCertificate.state == SigningState.CURRENT)
    return session.scalars(query.order_by(SigningCertificate.id.desc()).limit(1)).first()


def latest(session: Session) -> SigningCertificate | None:
    """The newest certificate, also where its key was revoked."""
    return session.scalars(select(SigningCertificate).order_by(SigningCertificate.id.desc()).limit(1)).first()


def every(session: Session) -> Sequence[SigningCertificate]:
    """All by which we sign, or signed, the newest first."""
    return session.scalars(select(SigningCertificate).order_by(SigningCertificate.id.desc())).all()


def roots(session: Session) -> tuple[bytes, ...]:
    """The roots that vouch for our keys, DER, the newest first."""
    return tuple(dict.fromkeys(chain_of(it)[-1] for it in every(session)))


def lists(session: Session) -> tuple[bytes, ...]:
    """The newest list of each root, DER, the newest first."""
    newest: dict[bytes, bytes] = {}
    for row in session.scalars(select(RevocationList).order_by(RevocationList.number.desc())):
        der = base64.b64decode(row.der)
        newest.setdefault(_issuer(der), der)
    return tuple(newest.values())


def list_of(session: Session, root: bytes) -> bytes | None:
    """The newest list of a root, DER; None where it has none, such as one that sells keys."""
    return next((it for it in lists(session) if _issuer(it) == _identifier(root)), None)


def is_listed(session: Session, row: SigningCertificate) -> bool:
    """Whether everybody can read that a key was revoked; of a bought one those tell who sold it."""
    *_, root = chain_of(row)
    ours = [x509.load_der_x509_crl(it) for it in lists(session) if _issuer(it) == _identifier(root)]
    number = int(row.serial, 16)
    return not ours or any(it.get_revoked_certificate_by_serial_number(number) for it in ours)


def _issuer(crl: bytes) -> bytes:
    found = x509.load_der_x509_crl(crl).extensions.get_extension_for_class(x509.AuthorityKeyIdentifier)
    return found.value.key_identifier or b""


def _identifier(certificate: bytes) -> bytes:
    found = x509.load_der_x509_certificate(certificate).extensions
    return found.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest


def der_of(row: SigningCertificate) -> bytes:
    return x509.load_pem_x509_certificate(row.pem.encode()).public_bytes(Encoding.DER)


def chain_of(row: SigningCertificate) -> tuple[bytes, ...]:
    """The certificates above it, DER, the root last; itself where it is a root."""
    if not row.chain:
        return (der_of(row),)
    found = x509.load_pem_x509_certificates(row.chain.encode())
    return tuple(it.public_bytes(Encoding.DER) for it in found)


def pem_of(der: bytes) -> str:
    return x509.load_der_x509_certificate(der).public_bytes(Encoding.PEM).decode()


def fingerprint(der: bytes) -> str:
    """SHA-256 as it is read out and compared: pairs of hex digits with colons."""
    return hashlib.sha256(der).digest().hex(":").upper()


def folder_in(data: str | Path) -> Path:
    """The key folder of LAURELS_DATA."""
    return Path(data) / "keys"


def key_file(folder: Path, row: SigningCertificate) -> Path:
    """Where the key of a certificate is kept, if it is in the key folder."""
    return folder / FOLDER / f"{row.serial}.pem"


def forget(session: Session, folder: Path) -> int:
    """Destroy the files of keys that sign no more; how many there were. They can't be had back: commit first."""
    over = [it for it in every(session) if it.state is not SigningState.CURRENT]
    return sum(keys.destroy(folder / FOLDER, key_file(folder, it).name) for it in over)


def _key(folder: Path, row: SigningCertificate, config: Mapping[str, object]) -> Key:
    try:
        if given := str(config.get("LAURELS_SIGNING_KEY") or ""):
            content = given.encode() if given.startswith("-----") else Path(given).read_bytes()
            return authorities.read_key(content, str(config.get("LAURELS_SIGNING_PASSPHRASE") or ""))
        if file := str(config.get("LAURELS_SIGNING_P12") or ""):
            return authorities.read_key(_bought(file, config).key_pem)
        return authorities.read_key(key_file(folder, row).read_bytes())
    except (OSError, KeyUnreadable) as error:
        raise NoSigningKey(Lack.MISSING) from error


def _bought(file: str, config: Mapping[str, object]) -> Signer:
    passphrase = str(config.get("LAURELS_SIGNING_PASSPHRASE") or "")
    return authorities.read_pkcs12(Path(file).read_bytes(), passphrase)


def find(session: Session, serial: str) -> SigningCertificate | None:
    """The certificate of this number, in hex."""
    wanted = serial.replace(":", "").lower().lstrip("0")
    return session.scalars(select(SigningCertificate).where(SigningCertificate.serial == wanted)).first()


def _take(
    session: Session,
    folder: Path,
    certificate: bytes,
    chain: tuple[bytes, ...],
    key: bytes | None,
    actor: Actor,
    now: datetime,
    action: str,
) -> SigningCertificate:
    """Make a certificate the one by which we sign."""
    for row in every(session):
        if row.state is SigningState.CURRENT:
            row.state, row.ended_at = SigningState.RETIRED, now
    read = x509.load_der_x509_certificate(certificate)
    made = SigningCertificate(
        serial=f"{read.serial_number:x}",
        pem=pem_of(certificate),
        chain="".join(pem_of(it) for it in chain),
        not_before=read.not_valid_before_utc,
        not_after=read.not_valid_after_utc,
        at=now,
    )
    session.add(made)
    session.flush()
    if key is not None:
        key_files.keep(session, folder / FOLDER, key_file(folder, made).name, key)
    _note(session, made, action, actor, now)
    return made


def _sign_list(session: Session, root: bytes, root_key: Key, now: datetime) -> None:
    number = (session.scalar(select(func.max(RevocationList.number))) or 0) + 1
    revoked = [
        (it.serial, it.ended_at or now)
        for it in every(session)
        if it.state is SigningState.REVOKED and chain_of(it)[-1] == root
    ]
    der = authorities.make_list(root, root_key, number=number, revoked=revoked, now=now)
    session.add(RevocationList(number=number, der=base64.b64encode(der).decode(), at=now))
    session.flush()


def _write_roots(session: Session, folder: Path) -> None:
    """The certificates of all roots, which are no secret, as a file: so files are verified without the database."""
    place = folder / FOLDER
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    waiting = place / f"{ROOT}.part"
    waiting.write_text("".join(pem_of(it) for it in roots(session)))
    waiting.replace(place / ROOT)


def name_of(row: SigningCertificate) -> str:
    """In whose name a key signs."""
    subject = x509.load_pem_x509_certificate(row.pem.encode()).subject
    found = subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value) if found else subject.rfc4514_string()


def _note(session: Session, row: SigningCertificate, action: str, actor: Actor, now: datetime) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=row.serial,
        now=now,
        after={"certificate": hashlib.sha256(der_of(row)).hexdigest(), "because": row.because},
    )
