"""A certificate ten years on: its edition archived, its key renewed twice, its site perhaps gone."""

from datetime import UTC, datetime
from pathlib import Path

import time_machine
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session, scoped_session

from awards import authority, create_app, issued
from awards.documents import authorities
from awards.timetable import Phase
from tests import authority as test_authority
from tests.awards import certified
from tests.awards.contest import FINALISTS, JUDGES, Contest, address
from tests.validators import Roots


def test_it_verifies_by_our_books_and_by_itself_alone(
    app: Flask, cli: FlaskCliRunner, session: scoped_session[Session], tmp_path: Path
) -> None:
    data = Path(app.config["LAURELS_DATA"])
    contest = Contest(session, data).opened()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()
    (winner,) = certified.issue(session, contest.edition, contest.actor, contest.now)
    certified.sign(session, data, contest.actor, contest.now)
    file, root = tmp_path / "certificate.pdf", tmp_path / "root.pem"
    file.write_bytes(issued.locate(data / "files", winner).read_bytes())
    root.write_text(authority.pem_of(test_authority.signer().root))
    contest.edition.phase = Phase.ARCHIVED
    for years in (4, 8):
        authority.renew(
            session(),
            data / "keys",
            root_key=test_authority.root().key,
            actor=contest.actor,
            now=authorities.years(datetime.now(UTC), years),
        )
    authority.forget(session(), data / "keys")
    session.commit()

    with time_machine.travel(authorities.years(datetime.now(UTC), 10)):
        ours = cli.invoke(args=["certificates", "verify", str(file)])
        nothing = create_app({"LAURELS_DATA": str(tmp_path / "nothing"), "TESTING": True}).test_cli_runner()
        alone = nothing.invoke(args=["certificates", "verify", str(file), "--root", str(root)])

    assert (ours.exit_code, alone.exit_code) == (0, 0), ours.output + alone.output
    assert "In force: the file is the certificate as it was issued." in ours.output
    assert "Genuine." in alone.output
    said = Roots(tmp_path / "roots", root.read_text()).read(file)
    assert said is not None
    assert said.good
