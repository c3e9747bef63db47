"""Badges: issued with certificates, revoked, reissued; verified by other people's programs; nothing told too early."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
import time_machine
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask
from flask.testing import FlaskCliRunner
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, scoped_session

from awards import badges, publication
from awards.badges import NoBadgeKey, Standing
from awards.config import ROOT
from awards.decisions import ReasonMissing
from awards.documents import badge as pure
from awards.models import Badge, Certificate, CertificateState, Judge, Nomination, PublicationKind
from tests.awards.contest import FINALISTS, Contest

URL = "https://awards.example.org"
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NODE = ROOT / ".build" / "node" / "node_modules"


class Prize:
    """An edition with a nomination that has a winner's certificate, and a judge, written straight into the tables."""

    def __init__(self, session: scoped_session[Session], folder: Path) -> None:
        self.contest = Contest(session, folder)
        self.session, self.edition = self.contest.session, self.contest.edition
        self.now, self.actor, self.keys = self.contest.now, self.contest.actor, self.contest.keys
        nomination = Nomination(
            edition_id=self.edition.id, reference="SV-1", category="services", created_at=self.now
        )
        self.judge = Judge(edition_id=self.edition.id, account_id=self.actor.account.id, at=self.now)
        self.session.add_all([nomination, self.judge])
        self.session.flush()
        self.certificate = Certificate(
            edition_id=self.edition.id,
            nomination_id=nomination.id,
            holder=f"nomination:{nomination.id}",
            number="SMALL-PRIZE-0001",
            code="0123456789ABCDEF",
            kind="winner",
            prize="best",
            language="en",
            issued_on=self.now.date(),
            state=CertificateState.IN_FORCE,
            citation={
                "association": "Small Association",
                "edition": "Small Prize",
                "prize": "Best prize",
                "category": "Services",
                "nominee": "Town of SV-1",
                "nominee_latin": None,
                "project": "Project SV-1",
                "awarded_on": "2014-11-20",
            },
        )
        self.session.add(self.certificate)
        self.session.flush()

    def issue(self, found: Sequence[Certificate] = ()) -> list[Badge]:
        return badges.issue(
            self.session,
            self.edition,
            found or [self.certificate],
            folder=self.keys,
            url=URL,
            actor=self.actor,
            now=self.now,
        )

    def issued(self) -> Badge:
        (badge,) = self.issue()
        return badge

    def revoke(self, badge: Badge, because: str = "It was given by mistake.") -> list[Badge]:
        return badges.revoke(
            self.session,
            self.edition,
            holder=badge.holder,
            prize=badge.prize,
            because=because,
            actor=self.actor,
            now=self.now,
        )

    def publish(self, *references: str) -> None:
        publication.publish(
            self.session,
            self.edition,
            "services",
            PublicationKind.WINNERS,
            {"rows": [{"reference": it, "prize": "best"} for it in references or ("SV-1",)]},
            visible_from=self.now,
        )

    def status(self) -> str:
        return badges.status_list(self.session, 1, folder=self.keys, url=URL, now=self.now)

    def another(self, **said: object) -> Certificate:
        """A certificate like the winner's, that says something else; not one of the database."""
        fields = ("edition_id", "nomination_id", "holder", "kind", "prize", "language")
        of = {name: getattr(self.certificate, name) for name in fields}
        kept = {name: said.pop(name) for name in (*fields, "judge_id") if name in said}
        citation = {**self.certificate.citation, **said}
        return Certificate(**{**of, **kept}, citation=citation, state=CertificateState.IN_FORCE)

    def judged(self) -> Badge:
        """The badge of a judge."""
        as_judge = {"kind": "judge", "prize": "", "nomination_id": None, "judge_id": self.judge.id}
        said = {"nominee": "Ann Judge", "nominee_latin": None}
        (badge,) = self.issue([self.another(holder=f"judge:{self.judge.id}", **as_judge, **said)])
        return badge

    def verify(self, badge: Badge) -> object:
        """As openbadgeslib does it, with the status list as it stands."""
        (key, *_) = badges.public_keys(self.keys)
        pem = key.get_op_key("verify").public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        with time_machine.travel(self.now, tick=False):
            verifier = OB3Verifier(pem)
            return verifier.verify(
                badge.token, check_status=True, download=lambda _url: self.status().encode()
            )


@pytest.fixture
def prize(session: scoped_session[Session], tmp_path: Path) -> Prize:
    return Prize(session, tmp_path)


def test_a_winners_badge_says_who_won_what(prize: Prize) -> None:
    said = pure.says(prize.issued().token)

    subject = said["credentialSubject"]
    assert [it["identityHash"] for it in subject["identifier"]] == ["Town of SV-1"]
    assert subject["achievement"]["description"] == "Best prize · Services · Small Prize"
    assert said["evidence"][0]["id"] == f"{URL}/small-prize/winners/SV-1"
    assert said["issuer"]["id"] == f"{URL}/badges/issuer"


def test_a_certificate_gets_one_badge_however_often_it_is_asked_for(prize: Prize) -> None:
    prize.issue()

    assert prize.issue() == []
    assert len(badges.of_edition(prize.session, prize.edition)) == 1


def test_openbadgeslib_takes_it_until_it_is_revoked(prize: Prize) -> None:
    badge = prize.issued()
    prize.publish()

    taken = prize.verify(badge)
    prize.revoke(badge)

    assert "Best prize" in repr(taken)
    with pytest.raises(OB3VerificationError, match="revocation"):
        prize.verify(badge)


def test_jose_takes_badge_and_list_by_the_keys_that_are_published_and_no_changed_one(prize: Prize) -> None:
    badge = prize.issued()
    head, body, signature = badge.token.split(".")
    changed = f"{head}.{body[:-8]}{'AAAAAAAA' if body[-8:] != 'AAAAAAAA' else 'BBBBBBBB'}.{signature}"
    published = [pure.public_half(it, URL) for it in badges.public_keys(prize.keys)]

    found = ask_jose({"keys": published}, [badge.token, prize.status(), changed])

    assert [it["good"] for it in found] == [True, True, False]
    assert found[0]["payload"] == pure.says(badge.token)
    assert found[0]["header"]["kid"] == published[0]["kid"]


def ask_jose(jwks: object, tokens: Sequence[str]) -> list[dict[str, object]]:
    script = Path(__file__).parent / "verify_badges.mjs"
    done = subprocess.run(
        ["node", str(script), str(NODE)],
        input=json.dumps({"jwks": jwks, "tokens": list(tokens)}),
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_a_corrected_name_reissues_the_badge_and_the_old_one_leads_to_the_new(prize: Prize) -> None:
    old = prize.issued()
    prize.publish()

    (new,) = prize.issue([prize.another(nominee="Town of Saint SV-1")])

    found = badges.find(prize.session, old.public_id, prize.now)
    assert found is not None
    assert (found.standing, found.later) == (Standing.REISSUED, new)
    with pytest.raises(OB3VerificationError, match="revocation"):
        prize.verify(old)
    assert "Saint" in repr(prize.verify(new))


def test_a_judges_badge_names_the_edition_and_no_nomination_and_no_category(prize: Prize) -> None:
    said = json.dumps(pure.says(prize.judged().token), ensure_ascii=False)

    assert "Judge · Small Prize" in said
    assert [it for it in (*FINALISTS, "Services", "services", "Best", "winners") if it in said] == []


def test_a_badge_is_nobodys_business_before_its_result_is_public(prize: Prize) -> None:
    winners, judges = prize.issued(), prize.judged()
    prize.revoke(winners)
    empty = pure.bits([])

    before = [badges.find(prize.session, it.public_id, prize.now) for it in (winners, judges)]
    told = pure.says(prize.status())["credentialSubject"]["encodedList"]
    prize.publish()
    after = [badges.find(prize.session, it.public_id, prize.now) for it in (winners, judges)]

    assert (before, told) == ([None, None], empty)
    assert [it.standing for it in after if it] == [Standing.REVOKED, Standing.IN_FORCE]
    assert pure.says(prize.status())["credentialSubject"]["encodedList"] == pure.bits([winners.place])


def test_of_a_category_that_is_public_a_badge_of_somebody_else_tells_nothing(prize: Prize) -> None:
    badge = prize.issued()
    prize.publish("SV-2")

    assert badges.find(prize.session, badge.public_id, prize.now) is None


def test_what_was_taken_down_takes_its_badge_with_it_but_not_the_judges(prize: Prize) -> None:
    winners, judges = prize.issued(), prize.judged()
    prize.publish()
    shown = publication.latest(prize.session, prize.edition, "services", PublicationKind.WINNERS)
    assert shown is not None
    shown.taken_down_at = prize.now

    found = [badges.find(prize.session, it.public_id, prize.now) for it in (winners, judges)]

    assert [it.standing for it in found if it] == [Standing.DOWN, Standing.IN_FORCE]


def test_revoking_twice_or_without_a_reason_does_nothing_more(prize: Prize) -> None:
    badge = prize.issued()

    with pytest.raises(ReasonMissing):
        prize.revoke(badge, " ")
    first, second = prize.revoke(badge), prize.revoke(badge)

    assert (first, second) == ([badge], [])
    assert badge.because == "It was given by mistake."


@pytest.mark.parametrize(
    "change", ["token = 'other'", "place = place + 1", "state = 'in_force'", "holder = 'nomination:999'"]
)
def test_what_was_issued_and_ended_never_changes(prize: Prize, change: str) -> None:
    prize.revoke(prize.issued())

    with pytest.raises(IntegrityError):
        prize.session.execute(text(f"UPDATE badge SET {change}"))
    prize.session.rollback()


def test_a_renewed_key_signs_from_then_on_and_badges_of_the_old_one_stay_good(prize: Prize) -> None:
    old = prize.issued()
    (first,) = badges.public_keys(prize.keys)

    name = badges.renew(prize.session, folder=prize.keys, actor=prize.actor, now=prize.now)

    found = badges.public_keys(prize.keys)
    assert [pure.key_id(it) for it in found] == [name, pure.key_id(first)]
    assert [it.name for it in sorted((prize.keys / "badges").iterdir())] == ["001.json", "002.pem"]
    assert pure.read(old.token, found)["id"].endswith(old.public_id)
    assert pure.read(prize.status(), found[:1])["id"] == f"{URL}/badges/status/1"


def test_without_a_key_there_is_no_list_and_asking_makes_none(prize: Prize) -> None:
    with pytest.raises(NoBadgeKey):
        prize.status()
    assert badges.public_keys(prize.keys) == []
    assert not (prize.keys / "badges").exists()


def test_the_key_is_its_owners_alone(prize: Prize) -> None:
    prize.issue()

    assert {it.stat().st_mode & 0o777 for it in (prize.keys / "badges").iterdir()} == {0o600}


def test_a_key_is_renewed_by_command_and_a_lost_one_is_told(app: Flask, cli: FlaskCliRunner) -> None:
    folder = Path(app.config["LAURELS_DATA"]) / "keys" / "badges"
    renewed = cli.invoke(args=["badges", "renew-key"])
    (file,) = folder.iterdir()
    file.chmod(0o644)

    told = cli.invoke(args=["check"])

    assert renewed.output.startswith("Badges are signed by the key ")
    assert told.exit_code == 1
    assert f"Others than its owner can read {file}." in told.output


def test_badges_without_any_key_are_told(prize: Prize, cli: FlaskCliRunner) -> None:
    prize.issue()
    prize.session.commit()

    told = cli.invoke(args=["check"])

    assert "WRONG  badges         Badges were issued, and no key that signed them is there." in told.output
