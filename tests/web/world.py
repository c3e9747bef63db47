"""Editions in every state that the public can meet, written straight into the tables."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from awards import badges, editions, programmes, storage
from awards.audit import Actor
from awards.models import (
    Account,
    Certificate,
    CertificateState,
    Edition,
    Nomination,
    Publication,
    PublicationKind,
    PublishedRecord,
)
from awards.timetable import Moment, Phase

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
RELEASED = "wego-awards-2014"
OPEN = "wego-awards-2026"
RUNNING = "seoul-smart-city-prize"
VOTING = "wego-awards-members"
DRAFT = "feasibility-study"
EMBARGOED = "wego-awards-embargoed"
CODE = "7K3MXQ9A0BCD1EFG"
FINALIST_CODE = "ABCDEFGHJKMNPQRS"
REVOKED_CODE = "0123456789ABCDEF"
EMBARGOED_CODE = "ZZZZ9999YYYY8888"
URL = "http://127.0.0.1:5000"
MANIFEST = "ab" * 32
SECRETS = (
    "Quillonia",
    "Zephyrgate",
    "EMB-77",
    "Under the secret title",
    "비밀 사업",
    "It never sleeps",
    "Qadir Quill",
)
SECRET_PICTURE = b"RIFF a picture of Zephyrgate"

Rows = list[dict[str, Any]]


def actor(session: Session) -> Actor:
    account = Account(name="Example Operator", operator=True, created_at=NOW)
    session.add(account)
    session.flush()
    return Actor(account=account, real=account, operator=True)


def load(
    session: Session, who: Actor, file: str, key: str, phase: Phase, *, specimen: bool = False
) -> Edition:
    text = (ROOT / "seed" / "programmes" / f"{file}.toml").read_text(encoding="utf-8")
    edition = programmes.load(session, text, edition_key=key, actor=who, now=NOW).edition
    edition.phase, edition.specimen, edition.zone = phase, specimen, "Asia/Seoul"
    session.flush()
    return edition


def date_it(session: Session, edition: Edition, who: Actor, moments: Mapping[Moment, datetime]) -> None:
    for moment, local in moments.items():
        editions.set_moment(session, edition, moment, local, zone="Asia/Seoul", actor=who, now=NOW)


def publish(
    session: Session,
    edition: Edition,
    kind: PublicationKind,
    category: str,
    rows: Sequence[Mapping[str, Any]],
    *,
    at: datetime,
    not_given: Sequence[str] = (),
    **told: object,
) -> Publication:
    published = Publication(
        edition_id=edition.id,
        category=category,
        kind=kind,
        document={
            "category": category,
            "rows": [dict(row) for row in rows],
            "not_given": list(not_given),
            **told,
        },
        visible_from=at,
    )
    session.add(published)
    session.flush()
    return published


def nominate(session: Session, edition: Edition, category: str, reference: str) -> Nomination:
    nomination = Nomination(edition_id=edition.id, reference=reference, category=category, created_at=NOW)
    session.add(nomination)
    session.flush()
    return nomination


def certify(
    session: Session,
    edition: Edition,
    nomination: Nomination,
    row: Mapping[str, Any],
    *,
    code: str,
    prize: str = "",
    state: CertificateState = CertificateState.IN_FORCE,
) -> None:
    kind = "winner" if prize else "finalist"
    number = f"{edition.key.upper()}-{code[:4]}"
    session.add(
        Certificate(
            holder=f"nomination:{nomination.id}",
            edition_id=edition.id,
            nomination_id=nomination.id,
            number=number,
            code=code,
            kind=kind,
            prize=prize,
            language="en",
            issued_on=date(2026, 5, 1),
            state=state,
            citation={
                "language": "en",
                "association": "WeGO – World Smart Sustainable Cities Organization",
                "programme": "WeGO Awards",
                "edition": "WeGO Awards 2014",
                "kind": kind,
                "prize": PRIZES.get(prize),
                "category": "Open City",
                "nominee": row["organisation"],
                "nominee_latin": None,
                "organisation": None,
                "project": row["title"],
                "awarded_on": "2026-04-30",
                "place": "Chengdu",
                "signatories": [],
                "number": number,
                "code": code,
                "verify_url": f"http://127.0.0.1:5000/verify/{code}",
                "specimen": edition.specimen,
                "person": False,
            },
        )
    )


def award_badges(session: Session, edition: Edition, who: Actor, data: Path) -> None:
    """A badge for every winner's certificate; those of revoked ones are revoked."""
    found = session.scalars(
        select(Certificate).where(Certificate.edition_id == edition.id, Certificate.kind == "winner")
    ).all()
    copied = ("edition_id", "nomination_id", "holder", "kind", "prize", "language", "citation")
    for it in found:
        was = Certificate(**{name: getattr(it, name) for name in copied}, state=CertificateState.IN_FORCE)
        badges.issue(session, edition, [was], folder=data / "keys", url=URL, actor=who, now=NOW)
        if it.state is not CertificateState.IN_FORCE:
            badges.revoke(session, edition, holder=it.holder, because="Given by mistake.", actor=who, now=NOW)


def demo_rows() -> dict[str, Rows]:
    """Rows as pages show them, by category, from the demo's nominations and the list of members."""
    with (ROOT / "seed" / "members.csv").open(encoding="utf-8", newline="") as file:
        members = {row["name"]: row for row in csv.DictReader(file)}
    found: dict[str, Rows] = {}
    with (ROOT / "seed" / "demo" / "nominations.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            member = members.get(row["organisation"], {})
            found.setdefault(row["category"], []).append(
                {
                    "reference": row["reference"],
                    "nominee_kind": row["nominee_kind"],
                    "title": row["title"],
                    "titles": {"ko": row["title_ko"]} if row["title_ko"] else {},
                    "language": row["language"] or "en",
                    "summary": row["summary"],
                    "organisation": row["organisation"],
                    "organisation_names": {"en": row["organisation"], "ko": member.get("name_ko", "")}
                    | OWN_NAMES.get(row["organisation"], {}),
                    "city": row["city"],
                    "country": row["country"],
                    "partners": [],
                }
            )
    return found


def praised(citation: str, korean: str, picture: bytes, data: Path) -> dict[str, Any]:
    """What a winner's page shows besides the names, as publishing freezes it."""
    return {
        "citations": {"en": citation, "ko": korean},
        "answers": {
            "problem": "Nobody knew what became of a proposal.",
            "results": [
                {
                    "indicator": "Proposals traced",
                    "baseline": "0",
                    "value": "9,125",
                    "date": "2026-02-01",
                    "source": "City",
                },
                {
                    "indicator": "Half of the districts followed",
                    "baseline": "",
                    "value": "",
                    "date": "",
                    "source": "",
                },
            ],
        },
        "pictures": [
            {
                "file": storage.keep(data / "files", picture, suffix=".webp"),
                "width": 600,
                "height": 400,
                "caption": "The hall",
                "alternative": "People in a hall",
                "credit": "City",
            }
        ],
    }


def counted(references: Sequence[str], judge: str) -> dict[str, Any]:
    """What is told of the count, as publishing freezes it: the first has won, the second won the draw for the next."""
    rows = [
        {
            "nomination": name,
            "place": place,
            "value": str(len(references) - place),
            "prize": {1: "best", 2: "outstanding"}.get(place),
            "settled_by": None,
            "open": False,
        }
        for place, name in enumerate(references, start=1)
    ]
    level = sorted(references[:2])
    step = {
        "step": "lot",
        "result": "settled",
        "level": level,
        "numbers": [],
        "groups": [[it] for it in level],
    }
    election = {"kind": "regular", "number": 1, "electors": 7, "ballots": 6, "abstentions": 1}
    return {
        "count": {
            "judged": 12,
            "advanced": list(references),
            "shortlist": [step],
            "elections": [election],
            "result": {"category": "open-city", "rows": rows, "steps": [], "not_given": []},
        },
        "numbers": {"nominations": 68, "ineligible": 3, "recusals": 2},
        "panel": {
            "judges": 7,
            "shown": [{"name": judge, "office": "Professor", "organisation": "", "country": "KE"}],
        },
    }


PRIZES = {"best": "Best Prize", "outstanding": "Outstanding Prize"}
OWN_NAMES = {
    "Ulaanbaatar": {"mn": "Улаанбаатар"},
    "Hanoi": {"vi": "Hà Nội"},
    "Abu Dhabi": {"ar": "أبوظبي"},
}
CHOSEN = {
    "services": ("SV-01", "SV-04"),
    "efficiency": ("EF-03", "EF-04"),
    "open-city": ("OC-05", "OC-02"),
    "urban-management": ("UM-03", "UM-01"),
    "digital-inclusion": ("DI-01",),
}


def settle(session: Session, data: Path) -> None:
    """All of it."""
    who = actor(session)
    _released(session, who, data)
    _running(session, who)
    _embargoed(session, who, data)
    for key in (RELEASED, EMBARGOED):
        award_badges(session, editions.find(session, key), who, data)
    session.commit()


def _released(session: Session, who: Actor, data: Path) -> None:
    edition = load(session, who, "wego-awards", RELEASED, Phase.NOMINATIONS, specimen=True)
    moments = {
        Moment.NOMINATIONS_CLOSE: datetime(2026, 5, 10, 23, 59),  # noqa: DTZ001 (local, as stated)
        Moment.FINALISTS_ANNOUNCED: datetime(2026, 6, 15, 10, 0),  # noqa: DTZ001
        Moment.CEREMONY: datetime(2026, 9, 18, 18, 0),  # noqa: DTZ001
    }
    date_it(session, edition, who, moments)
    editions.freeze(session, edition, folder=data / "keys", actor=who, now=NOW)
    edition.phase = Phase.PUBLISHED
    at = NOW - timedelta(days=1)
    for category, rows in demo_rows().items():
        publish(session, edition, PublicationKind.FINALISTS, category, rows[:5], at=at)
        by_reference = {row["reference"]: row for row in rows}
        won = [
            by_reference[reference]
            | {"prize": prize, "place": place}
            | (
                praised(
                    "It answers, and others took it over.",
                    "모든 제안에 답하였습니다.",
                    b"RIFF a picture",
                    data,
                )
                if reference == "OC-05"
                else {}
            )
            for place, (reference, prize) in enumerate(
                zip(CHOSEN[category], ("best", "outstanding"), strict=False), start=1
            )
        ]
        missing = () if len(won) == 2 else ("outstanding",)
        told = (
            counted(["OC-05", "OC-02", "OC-01", "OC-03", "OC-04"], "Dr Ada Example")
            if category == "open-city"
            else {}
        )
        publish(session, edition, PublicationKind.WINNERS, category, won, at=at, not_given=missing, **told)
        if category == "open-city":
            nomination = nominate(session, edition, category, won[0]["reference"])
            certify(session, edition, nomination, won[0], code=CODE, prize="best")
            certify(session, edition, nomination, won[0], code=FINALIST_CODE)
            revoked = nominate(session, edition, category, won[1]["reference"])
            certify(
                session,
                edition,
                revoked,
                won[1],
                code=REVOKED_CODE,
                prize="outstanding",
                state=CertificateState.REVOKED,
            )
    key = storage.keep(data / "files", b"PK a record", suffix=".zip")
    session.add(
        PublishedRecord(
            edition_id=edition.id, number=1, key=key, manifest_sha256=MANIFEST, full_sha256="cd" * 32, at=at
        )
    )


def _running(session: Session, who: Actor) -> None:
    edition = load(session, who, "wego-awards", OPEN, Phase.NOMINATIONS)
    moments = {
        Moment.NOMINATIONS_OPEN: datetime(2026, 5, 4, 9, 0),  # noqa: DTZ001
        Moment.NOMINATIONS_CLOSE: datetime(2026, 5, 10, 23, 59),  # noqa: DTZ001
        Moment.MARKS_CLOSE: datetime(2026, 6, 7, 23, 59),  # noqa: DTZ001
        Moment.FINALISTS_ANNOUNCED: datetime(2026, 6, 15, 10, 0),  # noqa: DTZ001
        Moment.VOTE_CLOSE: datetime(2026, 7, 1, 23, 59),  # noqa: DTZ001
        Moment.CEREMONY: datetime(2026, 9, 18, 18, 0),  # noqa: DTZ001
    }
    date_it(session, edition, who, moments)
    editions.set_moment(
        session,
        edition,
        Moment.NOMINATIONS_CLOSE,
        datetime(2026, 5, 17, 23, 59),  # noqa: DTZ001
        zone="Asia/Seoul",
        actor=who,
        now=NOW,
        reason="National holidays in several member cities",
    )
    load(session, who, "seoul-smart-city-prize", RUNNING, Phase.FIRST_ROUND)
    voting = load(session, who, "wego-awards-members", VOTING, Phase.SECOND_ROUND)
    rows = demo_rows()["open-city"]
    publish(session, voting, PublicationKind.FINALISTS, "open-city", rows[5:10], at=NOW - timedelta(days=1))
    load(session, who, "feasibility-study", DRAFT, Phase.DRAFT)


def _embargoed(session: Session, who: Actor, data: Path) -> None:
    """Signed and released, to be seen from NOW + 1 day on; one category never is."""
    edition = load(session, who, "wego-awards", EMBARGOED, Phase.PUBLISHED)
    row: dict[str, Any] = {
        "reference": "EMB-77",
        "title": "Under the secret title",
        "titles": {"ko": "비밀 사업"},
        "organisation": "Quillonia",
        "organisation_names": {"ko": "Quillonia"},
        "city": "Zephyrgate",
        "country": "KR",
    }
    embargo = NOW + timedelta(days=1)
    nomination = nominate(session, edition, "open-city", "EMB-77")
    publish(session, edition, PublicationKind.FINALISTS, "open-city", [row], at=embargo)
    publish(
        session,
        edition,
        PublicationKind.WINNERS,
        "open-city",
        [
            row
            | {"prize": "best", "place": 1}
            | praised("It never sleeps", "잠들지 않는 도시", SECRET_PICTURE, data)
        ],
        at=embargo,
        **counted(["EMB-77", "no-4711"], "Qadir Quill"),
    )
    certify(session, edition, nomination, row, code=EMBARGOED_CODE, prize="best")
    key = storage.keep(data / "files", b"PK of Quillonia", suffix=".zip")
    session.add(
        PublishedRecord(
            edition_id=edition.id, number=1, key=key, manifest_sha256="ef" * 32, full_sha256="0" * 64, at=NOW
        )
    )
