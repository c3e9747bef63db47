"""Keys that sign: made, renewed, revoked, bought; found again, or what is the matter said."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session, scoped_session

from awards import authority, keys
from awards.authority import AuthorityThere, FileThere, Lack, NoSigningKey, NoSuchSigningCertificate
from awards.documents.authorities import KeyUnreadable, NotTheRoot, years
from awards.documents.signing import sign
from awards.documents.verifying import Fault, verify
from awards.models import AuditEvent, SigningCertificate, SigningState
from tests import authority as test_authority
from tests.awards.builders import operator
from tests.awards.documents import sheets
from tests.awards.documents.bought import PASSPHRASE, bought, for_nothing

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
NAME = "League of Riverside Cities"
Work = scoped_session[Session]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def begin(session: Work, folder: Path, **more: object) -> SigningCertificate:
    return authority.init(session, folder, name=NAME, actor=operator(session), now=NOW, **more)  # type: ignore[arg-type]


def root_key(folder: Path) -> bytes:
    return (folder / "signing" / "root-key.pem").read_bytes()


def signed(session: Work, folder: Path, at: datetime = NOW) -> bytes:
    by = authority.signer(session, folder, {}, now=at)
    return sign(sheets.drawn(), by, when=at)


def test_before_anything_is_made_nothing_signs(session: Work, folder: Path) -> None:
    with pytest.raises(NoSigningKey) as refused:
        authority.signer(session, folder, {}, now=NOW)

    assert refused.value.lack is Lack.NONE


def test_an_authority_once_made_signs_for_twenty_years_under_a_root_of_thirty(
    session: Work, folder: Path
) -> None:
    made = begin(session, folder)

    (root,) = authority.roots(session)
    assert verify(signed(session, folder), [root]).good
    assert made.not_after == years(NOW, 20)
    assert x509.load_der_x509_certificate(root).not_valid_after_utc == years(NOW, 30)
    assert (folder / "signing" / "root.pem").read_text() == authority.pem_of(root)
    event = session.scalars(select(AuditEvent).where(AuditEvent.action == "signing.begun")).one()
    assert event.subject == made.serial


def test_only_its_owner_reads_the_keys(session: Work, folder: Path) -> None:
    made = begin(session, folder)

    for file in (authority.key_file(folder, made), folder / "signing" / "root-key.pem"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "signing").stat().st_mode) == 0o700


def test_keys_go_again_where_the_transaction_is_undone(session: Work, folder: Path) -> None:
    begin(session, folder)
    session.rollback()

    assert list((folder / "signing").glob("*key*")) == []
    assert authority.current(session) is None


def test_a_second_root_is_made_only_where_that_is_meant(session: Work, folder: Path, tmp_path: Path) -> None:
    begin(session, folder)
    old = signed(session, folder)

    with pytest.raises(AuthorityThere):
        begin(session, folder)
    with pytest.raises(FileThere):
        begin(session, folder, anew=True)
    begin(session, folder, anew=True, root_key=tmp_path / "stick" / "root.pem")

    new = signed(session, folder)
    assert len(authority.roots(session)) == 2
    assert all(verify(it, authority.roots(session), authority.lists(session)).good for it in (old, new))
    kept = x509.load_pem_x509_certificates((folder / "signing" / "root.pem").read_bytes())
    assert [it.public_bytes(Encoding.DER) for it in kept] == [*authority.roots(session)]


def test_a_key_under_a_root_that_is_not_good_yet_signs_nothing(session: Work, folder: Path) -> None:
    """The clock was wrong when the root was made; what is signed now would verify nowhere."""
    begin(session, folder)
    early = NOW - timedelta(days=300)
    authority.renew(session, folder, root_key=root_key(folder), actor=operator(session), now=early)

    with pytest.raises(NoSigningKey) as refused:
        authority.signer(session, folder, {}, now=early)

    assert refused.value.lack is Lack.OUTDATED


def test_a_key_whose_signatures_would_not_count_is_not_adopted(session: Work, folder: Path) -> None:
    def adopt(content: bytes, passphrase: str, now: datetime) -> SigningCertificate:
        return authority.adopt(
            session, folder, {}, content=content, passphrase=passphrase, actor=operator(session), now=now
        )

    with pytest.raises(authority.NotForSigning):
        adopt(for_nothing(), "", NOW)
    with pytest.raises(authority.NotForSigning):
        adopt(bought(), PASSPHRASE, years(NOW, 40))
    assert adopt(bought(), PASSPHRASE, NOW).state is SigningState.CURRENT


def test_a_renewed_key_signs_and_what_the_old_one_signed_stays_good(session: Work, folder: Path) -> None:
    old = begin(session, folder)
    before = signed(session, folder)
    later = years(NOW, 5)

    new = authority.renew(session, folder, root_key=root_key(folder), actor=operator(session), now=later)
    after = signed(session, folder, later)
    gone = authority.forget(session, folder)

    assert (old.state, new.state, old.ended_at) == (SigningState.RETIRED, SigningState.CURRENT, later)
    assert verify(after, authority.roots(session)).serial == new.serial
    assert all(verify(it, authority.roots(session), authority.lists(session)).good for it in (before, after))
    assert (gone, authority.key_file(folder, old).exists()) == (1, False)


def test_renewing_needs_the_key_of_the_root(session: Work, folder: Path) -> None:
    begin(session, folder, passphrase="tall grass")
    actor = operator(session)

    with pytest.raises(KeyUnreadable):
        authority.renew(session, folder, root_key=root_key(folder), actor=actor, now=NOW)
    with pytest.raises(NotTheRoot):
        authority.renew(session, folder, root_key=test_authority.root().key, actor=actor, now=NOW)
    made = authority.renew(
        session, folder, root_key=root_key(folder), passphrase="tall grass", actor=actor, now=NOW
    )

    assert made.state is SigningState.CURRENT


def test_a_stolen_key_stops_at_once_and_the_list_tells_everybody(session: Work, folder: Path) -> None:
    made = begin(session, folder)
    before, then = signed(session, folder), NOW + timedelta(days=3)
    actor = operator(session)

    authority.revoke(session, made.serial, because="The laptop was stolen.", actor=actor, now=then)
    with pytest.raises(NoSigningKey):
        authority.signer(session, folder, {}, now=then)
    unsaid = verify(before, authority.roots(session), authority.lists(session))
    authority.revoke(
        session, made.serial, because="", root_key=root_key(folder), actor=actor, now=then + timedelta(days=1)
    )
    said = verify(before, authority.roots(session), authority.lists(session))
    authority.renew(session, folder, root_key=root_key(folder), actor=actor, now=then)

    assert unsaid.good
    assert (said.faults, said.revoked_at) == ((Fault.KEY_REVOKED,), then)
    assert made.because == "The laptop was stolen."
    assert verify(signed(session, folder, then), authority.roots(session), authority.lists(session)).good


def test_a_key_that_is_not_there_cannot_be_revoked(session: Work, folder: Path) -> None:
    begin(session, folder)

    with pytest.raises(NoSuchSigningCertificate):
        authority.revoke(session, "ab", because="", actor=operator(session), now=NOW)


def test_the_key_may_come_from_the_environment(session: Work, folder: Path, tmp_path: Path) -> None:
    made = begin(session, folder)
    file = authority.key_file(folder, made)
    moved = tmp_path / "elsewhere.pem"
    file.rename(moved)

    def by(**config: str) -> str:
        return authority.signer(session, folder, config, now=NOW).serial

    assert by(LAURELS_SIGNING_KEY=str(moved)) == by(LAURELS_SIGNING_KEY=moved.read_text()) == made.serial


def test_what_is_the_matter_with_the_key_is_said(session: Work, folder: Path) -> None:
    made = begin(session, folder)
    file = authority.key_file(folder, made)

    def lack(at: datetime = NOW, **config: str) -> Lack:
        with pytest.raises(NoSigningKey) as refused:
            authority.signer(session, folder, config, now=at)
        return refused.value.lack

    assert lack(years(NOW, 21)) is Lack.OUTDATED
    assert lack(LAURELS_SIGNING_KEY=str(folder / "nowhere.pem")) is Lack.MISSING
    assert lack(LAURELS_SIGNING_KEY=test_authority.root().key.decode()) is Lack.ANOTHER
    keys.destroy(file.parent, file.name)
    assert lack() is Lack.MISSING
    file.write_text("nothing")
    assert lack() is Lack.MISSING


def test_the_authority_of_tests_is_one(session: Work, folder: Path) -> None:
    made = test_authority.appoint(session, folder)

    assert verify(signed(session, folder), authority.roots(session), authority.lists(session)).good
    assert authority.signer(session, folder, {}, now=NOW) == made
