"""Certificates: for whom, in which languages, under which names; refused as a whole; held against a file."""

from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskCliRunner
from sqlalchemy.orm import Session, scoped_session

from awards import certificates, editions, finalists, honours, issued
from awards.certificates import NothingToCertify, Unprintable
from awards.documents import CertificateKind
from awards.honours import SIGNS
from awards.issued import Verdict
from awards.models import Certificate, CertificateState
from awards.timetable import Moment
from tests import authority
from tests.awards import certified
from tests.awards.contest import FINALISTS, JUDGES, Contest, address, member
from tests.awards.play import entry

URL = "https://awards.example.org"


def issue(contest: Contest) -> list[Certificate]:
    certified.approve_proofs(contest.session, contest.edition, contest.actor, contest.now)
    return certificates.issue(contest.session, contest.edition, url=URL, actor=contest.actor, now=contest.now)


def winners_of(found: list[Certificate]) -> list[Certificate]:
    return [it for it in found if it.kind == CertificateKind.WINNER.value]


def sign(contest: Contest) -> None:
    certified.sign(contest.session, contest.folder, contest.actor, contest.now)


def pdf_of(contest: Contest, certificate: Certificate) -> bytes:
    return issued.locate(contest.folder / "files", certificate).read_bytes()


def announce(contest: Contest) -> None:
    finalists.announce(contest.session, contest.edition, actor=contest.actor, now=contest.now)


def decided(contest: Contest) -> Contest:
    contest.opened()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()
    return contest


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    return Contest(session, tmp_path)


def test_nothing_is_certified_before_it_is_announced_or_signed(contest: Contest) -> None:
    contest.shortlisted()

    with pytest.raises(NothingToCertify):
        issue(contest)


def test_announced_finalists_and_later_the_winner_get_one_each(contest: Contest) -> None:
    contest.shortlisted()
    announce(contest)
    finalists = issue(contest)
    contest.open()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()

    winners, again = winners_of(issue(contest)), issue(contest)

    assert [it.nomination.reference for it in finalists] == list(FINALISTS)
    assert {it.kind for it in finalists} == {CertificateKind.FINALIST.value}
    assert [(it.nomination.reference, it.prize) for it in winners] == [("SV-1", "best")]
    assert again == []


def test_numbers_run_and_codes_are_drawn(contest: Contest) -> None:
    contest.shortlisted()
    announce(contest)

    issued = issue(contest)

    assert [it.number for it in issued] == [f"SMALL-PRIZE-{n:04d}" for n in (1, 2, 3, 4)]
    assert len({it.code for it in issued}) == 4
    assert all(len(it.code) == 16 and set(it.code) <= set(SIGNS) for it in issued)
    assert issued[0].citation["verify_url"] == f"{URL}/verify/{issued[0].code}"


def test_the_citation_says_who_for_what_and_when(contest: Contest) -> None:
    editions.set_moment(
        contest.session,
        contest.edition,
        Moment.CEREMONY,
        datetime.fromisoformat("2014-11-20T18:00"),
        zone="Asia/Seoul",
        actor=contest.actor,
        now=contest.now,
    )
    decided(contest)

    (winner,) = winners_of(issue(contest))

    citation = honours.citation_of(winner.citation)
    assert (citation.nominee, citation.organisation) == ("Town of SV-1", None)
    assert (citation.project, citation.prize, citation.category) == ("Project SV-1", "Best prize", "Services")
    assert (citation.edition, citation.awarded_on.isoformat()) == ("Small Prize 2014", "2014-11-20")


def test_a_city_stands_in_its_own_script_and_in_latin_with_the_body_that_acts_for_it(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    member(session, "Gangbyeon", names={"en": "Gangbyeon", "ko": "강변"})
    entries = [
        entry("SV-1", organisation="Office of Data", city="Gangbyeon"),
        entry("SV-2", organisation="Gangbyeon"),
        *(entry(name) for name in FINALISTS[2:]),
    ]
    contest = Contest(session, tmp_path, entries=entries).shortlisted()
    announce(contest)

    first, second, *_ = (honours.citation_of(it.citation) for it in issue(contest))

    assert (first.nominee, first.nominee_latin, first.organisation) == ("강변", "Gangbyeon", "Office of Data")
    assert (second.nominee, second.nominee_latin, second.organisation) == ("강변", "Gangbyeon", None)


def test_one_character_without_a_font_keeps_all_certificates_back_and_is_named(
    session: scoped_session[Session], tmp_path: Path
) -> None:
    entries = [entry("SV-1", title="For \U00013000 and \U00013001"), *(entry(name) for name in FINALISTS[1:])]
    contest = Contest(session, tmp_path, entries=entries).shortlisted()
    announce(contest)

    with pytest.raises(Unprintable) as refused:
        issue(contest)

    assert refused.value.found == (("SV-1", ("\U00013000", "\U00013001")),)
    assert list(certificates.of_edition(contest.session, contest.edition)) == []


def test_a_file_is_in_force_as_signed_differs_when_touched_and_is_unknown_otherwise(contest: Contest) -> None:
    decided(contest)
    (winner,) = winners_of(issue(contest))
    sign(contest)
    pdf, page = pdf_of(contest, winner), issued.page(contest.folder / "files", winner)

    touched = pdf.replace(b"%%EOF", b"%%EOG")
    other_code = page.replace(winner.code.encode(), b"0" * 16)
    found = [issued.verify(contest.session, it) for it in (pdf, page, touched, other_code, b"%PDF-1.4")]

    assert [it.verdict for it in found] == [
        Verdict.IN_FORCE,
        Verdict.PAGE,
        Verdict.DIFFERS,
        Verdict.UNKNOWN,
        Verdict.UNKNOWN,
    ]
    winner.state = CertificateState.REVOKED
    assert issued.verify(contest.session, pdf).verdict is Verdict.REVOKED


def test_a_certificate_renders_the_same_after_a_rename(contest: Contest) -> None:
    decided(contest)
    (winner,) = winners_of(issue(contest))
    before = issued.page(contest.folder / "files", winner)
    organisation = contest.nomination("SV-1").revisions[0].organisation
    assert organisation is not None
    organisation.name = "Renamed"
    contest.session.flush()
    contest.session.expire_all()

    assert issued.page(contest.folder / "files", winner) == before


def test_a_specimen_edition_issues_specimens(contest: Contest) -> None:
    contest.edition.specimen = True
    decided(contest)

    (winner,) = winners_of(issue(contest))

    assert winner.citation["specimen"] is True


def test_the_commands_note_issue_write_and_verify(
    cli: FlaskCliRunner, app: Flask, contest: Contest, tmp_path: Path
) -> None:
    decided(contest)
    authority.appoint(contest.session(), Path(app.config["LAURELS_DATA"]) / "keys")
    contest.session.commit()

    early = cli.invoke(args=["certificates", "issue", "small-prize"])
    noted = cli.invoke(args=["certificates", "note", "small-prize", "--kind", "winner", "--how", "A letter."])
    made = cli.invoke(args=["certificates", "issue", "small-prize"])
    written = cli.invoke(args=["certificates", "export", "small-prize", str(tmp_path / "out")])
    (file,) = (tmp_path / "out").glob("*.pdf")
    in_force = cli.invoke(args=["certificates", "verify", str(file)])
    file.write_bytes(file.read_bytes() + b" ")
    touched = cli.invoke(args=["certificates", "verify", str(file)])

    assert (early.exit_code, "approved the proofs" in early.output) == (1, True)
    assert "Noted 1 proof(s) as approved." in noted.output
    assert "Issued SMALL-PRIZE-0001 (en): SV-1, best." in made.output
    assert "Waits for its proof to be approved: " in made.output
    assert (file.name, written.exit_code) == ("SMALL-PRIZE-0001-en.pdf", 0)
    assert b"SMALL-PRIZE-0001," in (tmp_path / "out" / "index.csv").read_bytes()
    assert (in_force.exit_code, touched.exit_code) == (0, 1)


def test_the_command_names_each_character_that_no_font_draws(
    cli: FlaskCliRunner, session: scoped_session[Session], tmp_path: Path
) -> None:
    entries = [entry("SV-1", title="For \U00013000"), *(entry(name) for name in FINALISTS[1:])]
    contest = Contest(session, tmp_path, entries=entries).shortlisted()
    announce(contest)
    contest.session.commit()

    cli.invoke(args=["certificates", "note", "small-prize", "--how", "A letter."])
    refused = cli.invoke(args=["certificates", "issue", "small-prize"])

    assert refused.exit_code == 1
    assert (
        "No certificate was issued: no font draws these characters.\n  SV-1: \U00013000 (U+13000)"
        in refused.output
    )
