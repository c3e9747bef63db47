"""The keys and the files at the shell: made, renewed, revoked, bought; a file verified by itself and by our books."""

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session, scoped_session

from awards import authority, create_app
from awards.documents import authorities
from awards.documents.signing import sign
from awards.models import Certificate, CertificateState
from tests import authority as test_authority
from tests.awards.builders import edition_of, operator
from tests.awards.documents import sheets
from tests.awards.documents.bought import PASSPHRASE, bought

Work = scoped_session[Session]
Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask) -> Run:
    cli = app.test_cli_runner()

    def certificates(*words: str, typed: str = "") -> Result:
        return cli.invoke(args=["certificates", *words], input=typed)

    return certificates


@pytest.fixture
def data(app: Flask) -> Path:
    return Path(app.config["LAURELS_DATA"])


def signed(data: Path, session: Work) -> bytes:
    now = datetime.now(UTC)
    return sign(sheets.drawn(), authority.signer(session, data / "keys", {}, now=now), when=now)


def test_the_root_is_made_and_its_key_asked_to_be_taken_away(run: Run, data: Path) -> None:
    made = run("init-ca", "--name", "League of Riverside Cities")
    again = run("init-ca", "--name", "League of Riverside Cities")

    assert made.exit_code == 0
    assert "Take the root's key away now" in made.output
    assert str(data / "keys" / "signing" / "root-key.pem") in made.output
    assert re.search(r"\(SHA-256\).*: ([0-9A-F]{2}:){31}[0-9A-F]{2}\n", made.output)
    assert again.exit_code == 1
    assert "There is a root already" in again.output


def test_a_key_is_renewed_with_the_root_from_its_stick(
    run: Run, tmp_path: Path, session: Work, data: Path
) -> None:
    stick = tmp_path / "stick" / "root.pem"
    run("init-ca", "--name", "League", "--root-key", str(stick), "--passphrase", typed="tall\ntall\n")
    before = signed(data, session)
    session.rollback()

    wrong = run("renew", "--root-key", str(stick), typed="small\n")
    renewed = run("renew", "--root-key", str(stick), typed="tall\n")

    assert (wrong.exit_code, renewed.exit_code) == (1, 0)
    assert "perhaps the passphrase is wrong. Nothing was changed." in wrong.output
    files = {it.name for it in (data / "keys" / "signing").iterdir()}
    assert files == {"root.pem", f"{authority.current(session).serial}.pem"}  # type: ignore[union-attr]
    (tmp_path / "before.pdf").write_bytes(before)
    assert "the root" in run("verify", str(tmp_path / "before.pdf")).output


def test_a_stolen_key_is_revoked_and_a_bought_one_adopted(
    run: Run, tmp_path: Path, session: Work, data: Path
) -> None:
    run("init-ca", "--name", "League")
    root_key = data / "keys" / "signing" / "root-key.pem"
    serial = authority.current(session).serial  # type: ignore[union-attr]
    session.rollback()

    first = run("revoke-key", serial, "--because", "The laptop was stolen.")
    second = run("revoke-key", serial, "--because", "", "--root-key", str(root_key))
    none = run("signers")
    (tmp_path / "bought.p12").write_bytes(bought())
    adopted = run("adopt", str(tmp_path / "bought.p12"), typed=f"{PASSPHRASE}\n")

    assert "does not name it yet" in first.output
    assert "The list of revoked keys names it." in second.output
    assert f"{serial}  revoked on" in none.output
    assert adopted.exit_code == 0
    assert re.search(r"^[0-9a-f]+  signs, good until", run("signers").output, re.MULTILINE)


class TestVerify:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        file = tmp_path / "certificate.pdf"
        file.write_bytes(sign(sheets.drawn(), test_authority.signer(), when=test_authority.LONG_AGO))
        return file

    @pytest.fixture
    def root(self, tmp_path: Path) -> Path:
        file = tmp_path / "root.pem"
        file.write_text(authority.pem_of(test_authority.signer().root))
        return file

    def test_a_file_speaks_for_itself_where_there_is_no_database(
        self, file: Path, root: Path, tmp_path: Path
    ) -> None:
        app = create_app({"LAURELS_DATA": str(tmp_path / "nothing"), "TESTING": True})
        cli = FlaskCliRunner(app)

        good = cli.invoke(args=["certificates", "verify", str(file), "--root", str(root)])
        rootless = cli.invoke(args=["certificates", "verify", str(file)])

        assert (good.exit_code, rootless.exit_code) == (0, 1)
        assert "It says: Grand Prize & thanks: 서울특별시 <Seoul> (code K7QM2XR9TBWHA23C)." in good.output
        assert "Signed by League of Riverside Cities, 2016-01-01 09:00 UTC" in good.output
        assert authority.fingerprint(test_authority.signer().root) in good.output
        assert "Genuine." in good.output
        root.write_text(
            authority.pem_of(authorities.make_root("Newer", now=test_authority.LONG_AGO).certificate)
            + root.read_text()
        )
        assert cli.invoke(args=["certificates", "verify", str(file), "--root", str(root)]).exit_code == 0
        assert "There is no root to trust here." in rootless.output

    def test_a_flipped_byte_a_stranger_and_a_stolen_key_are_refused(
        self, run: Run, file: Path, root: Path, tmp_path: Path
    ) -> None:
        stranger = tmp_path / "stranger.pem"
        stranger.write_text(
            authority.pem_of(authorities.make_root("Other", now=test_authority.LONG_AGO).certificate)
        )
        made, at = test_authority.root(), datetime(2027, 1, 1, tzinfo=UTC)
        crl = tmp_path / "revoked.crl"
        crl.write_bytes(
            authorities.make_list(
                made.certificate,
                authorities.read_key(made.key),
                number=2,
                revoked=[(test_authority.signer().serial, at)],
                now=at,
            )
        )
        content = file.read_bytes()
        flipped = tmp_path / "flipped.pdf"
        flipped.write_bytes(content.replace(b"Open budget", b"Open nudget", 1))

        changed = run("verify", str(flipped), "--root", str(root))
        foreign = run("verify", str(file), "--root", str(stranger))
        stolen = run("verify", str(file), "--root", str(root), "--crl", str(crl))

        assert {changed.exit_code, foreign.exit_code, stolen.exit_code} == {1}
        assert "The file is not what was signed" in changed.output
        assert "not vouched for by the root you trust" in foreign.output
        assert "The key was revoked on 2027-01-01." in stolen.output

    def test_what_a_file_says_hides_nothing_and_is_no_question_to_our_books(
        self, run: Run, root: Path, session: Work, data: Path, tmp_path: Path
    ) -> None:
        test_authority.appoint(session, data / "keys")
        session.commit()
        title = "Grand Prize\x1b[8m\nIn force\u202e"
        file, other = tmp_path / "told.pdf", tmp_path / "nul.pdf"
        file.write_bytes(
            sign(sheets.drawn(title=title), test_authority.signer(), when=test_authority.LONG_AGO)
        )
        other.write_bytes(file.read_bytes().replace(sheets.CODE.encode(), b"K7QM2XR9TBWHA23\0"))

        told, nul = run("verify", str(file), "--root", str(root)), run("verify", str(other))

        assert "It says: Grand Prize [8m In force  (code" in told.output
        assert nul.exit_code == 1
        assert "Unknown: the file bears no code of a certificate of ours." in nul.output

    def test_our_books_add_what_became_of_it(self, run: Run, file: Path, session: Work, data: Path) -> None:
        test_authority.appoint(session, data / "keys")
        certificate = kept(session, file.read_bytes())
        session.commit()

        in_force = run("verify", str(file))
        certificate.state, certificate.because = CertificateState.REVOKED, "The prize was given back."
        session.commit()
        revoked = run("verify", str(file))

        assert (in_force.exit_code, revoked.exit_code) == (0, 1)
        assert "In force" in in_force.output
        assert "Why: The prize was given back." in revoked.output
        assert "Revoked: " in revoked.output

    def test_our_books_vouch_for_what_a_stolen_key_had_signed_before(
        self, run: Run, file: Path, session: Work, data: Path, tmp_path: Path
    ) -> None:
        test_authority.appoint(session, data / "keys")
        kept(session, file.read_bytes())
        session.commit()
        key = tmp_path / "root-key.pem"
        key.write_bytes(test_authority.root().key)
        forged = tmp_path / "forged.pdf"
        forged.write_bytes(
            sign(sheets.drawn(), test_authority.signer(), when=datetime(2017, 1, 1, tzinfo=UTC))
        )

        before = run("verify", str(forged))
        run("revoke-key", test_authority.signer().serial, "--because", "Stolen", "--root-key", str(key))

        ours, theirs = run("verify", str(file)), run("verify", str(forged))
        assert (before.exit_code, ours.exit_code, theirs.exit_code) == (1, 0, 1)
        assert "Differs" in before.output
        assert "The key was revoked" in theirs.output


def kept(session: Work, content: bytes) -> Certificate:
    """A certificate in the books whose file this is."""
    edition = edition_of(session, operator(session))
    certificate = Certificate(
        edition_id=edition.id,
        holder="nomination:1",
        number="SMALL-PRIZE-0001",
        code=sheets.CODE,
        kind="winner",
        language="en",
        citation={},
        issued_on=test_authority.LONG_AGO.date(),
        file="0" * 32,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    session.add(certificate)
    session.flush()
    return certificate
