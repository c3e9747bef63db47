"""Nominations: legal moves only, revisions that stand, and files that are taken whole or not at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import event, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, scoped_session

from awards import nominations, organisations, submissions
from awards.audit import Actor
from awards.models import (
    AuditEvent,
    Edition,
    Nomination,
    NominationPartner,
    NominationRevision,
    NominationState,
    Organisation,
)
from awards.nominations import NoSuchNomination
from awards.submissions import NominationsClosed
from awards.tables import FileRefused, Line, Reason
from awards.timetable import IllegalTransition, Phase
from tests.awards.builders import NOW, SEED, edition_of, move, nominate, nomination_row, operator

Work = scoped_session[Session]


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def edition(session: Work, actor: Actor) -> Edition:
    return edition_of(session, actor, fields=FORM)


FORM = """
[[fields]]
key = "problem"
kind = "text"
required = true
limit = 4
name.en = "Problem"
[[fields]]
key = "started_on"
kind = "date"
name.en = "Since"
[[fields]]
key = "population"
kind = "number"
name.en = "People"
[[fields]]
key = "consent"
kind = "consent"
name.en = "Consent"
[[fields]]
key = "links"
kind = "links"
name.en = "Links"
[[fields]]
key = "slogan"
kind = "line"
name.en = "Slogan"
"""


@contextmanager
def counted(session: Work) -> Iterator[list[str]]:
    """The statements that a block sends to the database."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)


def refused(session: Work, edition: Edition, actor: Actor, *rows: dict[str, str]) -> tuple[Line, ...]:
    before = session.scalar(select(func.count()).select_from(Nomination))
    with pytest.raises(FileRefused) as error:
        nominate(session, edition, actor, *rows)
    assert session.scalar(select(func.count()).select_from(Nomination)) == before
    return error.value.lines


# ── States ──────────────────────────────────────────────────────────────────────


def test_every_state_has_its_moves_and_no_others() -> None:
    assert set(nominations.MOVES) == set(NominationState)
    for here, legal in nominations.MOVES.items():
        for there in NominationState:
            nomination = Nomination(reference="A", state=here)
            if there in legal:
                nominations.advance(nomination, there)
                assert nomination.state is there
            else:
                with pytest.raises(IllegalTransition, match="nomination A"):
                    nominations.advance(nomination, there)
                assert nomination.state is here


@pytest.mark.parametrize("state", [NominationState.WITHDRAWN, NominationState.DISQUALIFIED])
def test_nothing_leads_back_from_an_end(state: NominationState) -> None:
    assert nominations.MOVES[state] == frozenset()


def test_who_lost_a_prize_can_only_move_up_to_one_of_another_contest() -> None:
    assert nominations.MOVES[NominationState.REVOKED] == {NominationState.WINNER}


# ── Loading ─────────────────────────────────────────────────────────────────────


def test_a_nomination_from_a_file_is_submitted_with_its_first_revision(
    session: Work, actor: Actor, edition: Edition
) -> None:
    row = nomination_row(
        "A-1", title_ko="프로젝트", summary="In short.", language="EN", topics="water; light", country="kr",
        problem="No water", started_on="2024-05", consent="yes", links="https://example.org/a;https://example.org/b",
        submitted_at="2026-03-31T18:00:00+09:00",
    )  # fmt: skip

    loaded = nominate(session, edition, actor, row)

    nomination = nominations.find(session, edition, " A-1 ")
    revision = nominations.standing_revision(nomination)
    assert loaded == submissions.Loaded(("A-1",), (), 0, ("City of A-1",))
    assert (nomination.state, nomination.submitted_number) == (NominationState.SUBMITTED, 1)
    assert nomination.submitted_at == datetime(2026, 3, 31, 9, tzinfo=UTC)
    assert nomination.imported_columns == list(row)
    assert (revision.number, revision.title, revision.titles) == (1, "Project A-1", {"ko": "프로젝트"})
    assert (revision.language, revision.country, revision.topics) == ("en", "KR", ["water", "light"])
    assert revision.content == {
        "problem": "No water",
        "started_on": "2024-05",
        "consent": True,
        "links": ["https://example.org/a", "https://example.org/b"],
    }
    assert revision.organisation is not None
    assert (revision.organisation.confirmed, revision.organisation.city) == (True, "Town A-1")


def test_what_a_file_leaves_out_is_the_editions_language_and_the_time_of_loading(
    session: Work, actor: Actor, edition: Edition
) -> None:
    nominate(session, edition, actor, nomination_row("A", submitted_at=""))

    nomination = nominations.find(session, edition, "A")
    assert nomination.submitted_at == NOW
    assert nominations.standing_revision(nomination).language == "en"


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2026-03-31", datetime(2026, 3, 30, 15, tzinfo=UTC)),
        ("2026-03-31 23:59", datetime(2026, 3, 31, 14, 59, tzinfo=UTC)),
        ("2026-03-31T23:59:00Z", datetime(2026, 3, 31, 23, 59, tzinfo=UTC)),
    ],
)
def test_a_time_without_a_zone_is_in_the_editions(
    session: Work, actor: Actor, edition: Edition, cell: str, instant: datetime
) -> None:
    edition.zone = "Asia/Seoul"

    nominate(session, edition, actor, nomination_row("A", submitted_at=cell))

    assert nominations.find(session, edition, "A").submitted_at == instant


def test_loading_the_same_file_again_changes_nothing(session: Work, actor: Actor, edition: Edition) -> None:
    rows = [nomination_row("A"), nomination_row("B", submitted_at="2026-03-01")]
    nominate(session, edition, actor, *rows)

    assert nominate(session, edition, actor, *rows) == submissions.Loaded((), (), 2, ())
    assert session.scalar(select(func.count()).select_from(NominationRevision)) == 2


@pytest.mark.parametrize(
    "change", [{"title": "New title"}, {"problem": "Light"}, {"submitted_at": "2026-03-02"}]
)
def test_other_content_is_a_new_revision_and_the_old_one_stays(
    session: Work, actor: Actor, edition: Edition, change: dict[str, str]
) -> None:
    row = nomination_row("A", problem="Water", submitted_at="2026-03-01")
    nominate(session, edition, actor, row)
    move(session, edition, Phase.SCREENING, actor)

    loaded = nominate(session, edition, actor, {**row, **change})

    nomination = nominations.find(session, edition, "A")
    assert (loaded.new, loaded.revised, loaded.unchanged) == ((), ("A",), 0)
    assert [revision.number for revision in nomination.revisions] == [1, 2]
    assert nominations.standing_revision(nomination).number == nomination.submitted_number == 2


def test_a_revision_is_never_changed(session: Work, actor: Actor, edition: Edition) -> None:
    nominate(session, edition, actor, nomination_row("A"))
    nominations.standing_revision(nominations.find(session, edition, "A")).title = "Forged"

    with pytest.raises(DBAPIError, match="nomination_revision never changes"):
        session.flush()
    session.rollback()


def test_a_nomination_decided_on_takes_no_other_content(
    session: Work, actor: Actor, edition: Edition
) -> None:
    nominate(session, edition, actor, nomination_row("A"))
    nominations.advance(nominations.find(session, edition, "A"), NominationState.ELIGIBLE)

    assert nominate(session, edition, actor, nomination_row("A")).unchanged == 1
    assert refused(session, edition, actor, nomination_row("A", title="Other")) == (
        Line(2, "reference", "A", Reason.ALREADY_THERE, ("eligible",)),
    )


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.FIRST_ROUND])
def test_nominations_are_taken_in_their_phases_only(session: Work, actor: Actor, phase: Phase) -> None:
    edition = edition_of(session, actor, phase=phase)

    with pytest.raises(NominationsClosed, match=phase.value):
        nominate(session, edition, actor, nomination_row("A"))


def test_one_wrong_row_takes_nothing_and_every_wrong_cell_is_told(
    session: Work, actor: Actor, edition: Edition
) -> None:
    lines = refused(
        session,
        edition,
        actor,
        nomination_row("A"),
        nomination_row(
            "B", category="unknown", nominee_kind="team", country="Korea", organisation_kind="club"
        ),
        nomination_row("A", title="", submitted_at="yesterday", language="English"),
        nomination_row("", problem="five words are too many", started_on="soon", population="many"),
        nomination_row(
            "R" * 65, title="t" * 401, title_ko="t" * 401, consent="perhaps", links="ftp://x", slogan="a\nb"
        ),
    )

    assert [(line.row, line.column, line.reason) for line in lines] == [
        (3, "category", Reason.NOT_ONE_OF),
        (3, "nominee_kind", Reason.NOT_ONE_OF),
        (3, "organisation_kind", Reason.NOT_ONE_OF),
        (3, "country", Reason.NOT_A_COUNTRY),
        (4, "reference", Reason.TWICE_IN_FILE),
        (4, "title", Reason.EMPTY),
        (4, "submitted_at", Reason.NOT_A_DATE),
        (4, "language", Reason.NOT_ONE_OF),
        (5, "reference", Reason.EMPTY),
        (5, "problem", Reason.TOO_LONG),
        (5, "started_on", Reason.NOT_A_DATE),
        (5, "population", Reason.NOT_ONE_OF),
        (6, "reference", Reason.TOO_LONG),
        (6, "title", Reason.TOO_LONG),
        (6, "title_ko", Reason.TOO_LONG),
        (6, "consent", Reason.NOT_ONE_OF),
        (6, "links", Reason.NOT_AN_ADDRESS),
        (6, "slogan", Reason.TOO_LONG),
    ]
    assert session.scalar(select(func.count()).select_from(Organisation)) == 0


def test_a_required_field_left_empty_is_a_matter_of_screening(
    session: Work, actor: Actor, edition: Edition
) -> None:
    assert nominate(session, edition, actor, nomination_row("A", problem="")).new == ("A",)


def test_an_individual_may_have_neither_organisation_nor_city_and_a_project_must(
    session: Work, actor: Actor, edition: Edition
) -> None:
    bare = nomination_row("A", organisation="", city="")

    assert [line.column for line in refused(session, edition, actor, bare)] == ["organisation", "city"]
    assert nominate(session, edition, actor, {**bare, "nominee_kind": "individual"}).new == ("A",)
    assert nominations.standing_revision(nominations.find(session, edition, "A")).organisation is None


# ── Organisations ───────────────────────────────────────────────────────────────


def test_an_organisation_named_in_several_forms_is_one(session: Work, actor: Actor, edition: Edition) -> None:
    seoul, _ = organisations.find_or_make(session, "Seoul", country="KR", actor=actor, now=NOW)
    organisations.add_aliases(seoul, ["서울특별시"])
    session.flush()
    names = ["Seoul", "SEOUL", "서울특별시", "New Body", "new  body"]

    loaded = nominate(
        session, edition, actor, *(nomination_row(str(n), organisation=name) for n, name in enumerate(names))
    )

    found = nominations.current_revisions(session, nominations.of_edition(session, edition))
    owners = [revision.organisation for _, revision in sorted(found.items())]
    assert loaded.organisations == ("New Body",)
    assert owners[:3] == [seoul] * 3
    assert owners[3] is owners[4]


def test_a_name_that_fits_two_organisations_is_refused(session: Work, actor: Actor, edition: Edition) -> None:
    for name in ("Gadarif City", "Gadarif State"):
        made, _ = organisations.find_or_make(session, name, country="SD", actor=actor, now=NOW)
        organisations.add_aliases(made, ["Gadarif"])
    session.flush()

    assert refused(session, edition, actor, nomination_row("A", organisation="Gadarif", country="SD")) == (
        Line(2, "organisation", "Gadarif", Reason.AMBIGUOUS),
    )


def test_a_kind_that_the_file_states_is_that_of_an_organisation_of_no_known_kind(
    session: Work, actor: Actor, edition: Edition
) -> None:
    organisations.find_or_make(session, "Known", country="KR", kind="city", actor=actor, now=NOW)

    nominate(
        session,
        edition,
        actor,
        nomination_row("A", organisation="Known", organisation_kind="corporation"),
        nomination_row("B", organisation="New", organisation_kind="corporation"),
    )

    kinds = {it.name: it.kind for it in session.scalars(select(Organisation))}
    assert kinds == {"Known": "city", "New": "corporation"}


def test_partners_are_organisations_and_follow_the_newest_revision(
    session: Work, actor: Actor, edition: Edition
) -> None:
    organisations.find_or_make(session, "Helsinki", country="FI", actor=actor, now=NOW)

    def partners() -> list[str]:
        session.expire_all()
        query = (
            select(Organisation.name)
            .join(NominationPartner)
            .where(NominationPartner.stands())
            .order_by(Organisation.name)
        )
        return list(session.scalars(query))

    first = nominate(
        session, edition, actor, nomination_row("A", partners="Helsinki; Far Institute; City of A")
    )
    assert (first.organisations, partners()) == (
        ("City of A", "Far Institute"),
        ["Far Institute", "Helsinki"],
    )

    nominate(session, edition, actor, nomination_row("A", partners="Helsinki; New Institute"))
    assert partners() == ["Helsinki", "New Institute"]


def test_a_partner_that_many_countries_have_is_made_without_one(
    session: Work, actor: Actor, edition: Edition
) -> None:
    for country in ("FI", "SE"):
        organisations.find_or_make(session, "Institute", country=country, actor=actor, now=NOW)

    nominate(session, edition, actor, nomination_row("A", partners="Institute"))

    countries = session.scalars(select(Organisation.country).where(Organisation.name == "Institute"))
    assert sorted(countries) == ["", "FI", "SE"]


# ── Reading them ────────────────────────────────────────────────────────────────


def test_nominations_are_listed_by_reference_and_state(session: Work, actor: Actor, edition: Edition) -> None:
    nominate(session, edition, actor, *(nomination_row(reference) for reference in "BCA"))
    nominations.advance(nominations.find(session, edition, "B"), NominationState.ELIGIBLE)

    def references(*states: NominationState) -> list[str]:
        return [it.reference for it in nominations.of_edition(session, edition, *states)]

    assert references() == ["A", "B", "C"]
    assert references(NominationState.ELIGIBLE) == ["B"]
    with pytest.raises(NoSuchNomination, match="D"):
        nominations.find(session, edition, "D")


def test_a_draft_has_no_standing_revision() -> None:
    with pytest.raises(LookupError, match="A"):
        nominations.standing_revision(Nomination(reference="A", revisions=[]))


def test_a_large_file_takes_no_more_statements_than_a_small_one(session: Work, actor: Actor) -> None:
    def statements(key: str, number: int) -> int:
        edition = edition_of(session, actor, key=key)
        rows = [nomination_row(f"{key}-{it}", partners=f"Partner {it % 7}") for it in range(number)]
        with counted(session) as sent:
            nominate(session, edition, actor, *rows)
            session.expire_all()
            nominations.current_revisions(session, nominations.of_edition(session, edition))
        return len(sent)

    few, many = statements("few", 3), statements("many", 300)

    assert many <= few + 3


def test_loading_is_one_event_of_the_audit(session: Work, actor: Actor, edition: Edition) -> None:
    nominate(session, edition, actor, nomination_row("A"), nomination_row("B"))

    events = session.scalars(select(AuditEvent).where(AuditEvent.action == "nominations.loaded")).all()
    assert len(events) == 1
    assert events[0].payload is not None
    assert events[0].payload.after == '{"new":["A","B"],"revised":[],"unchanged":0}'
    assert events[0].at - NOW == timedelta(0)


# ── The command ─────────────────────────────────────────────────────────────────

PROGRAMME = str(SEED / "programmes" / "wego-awards.toml")
NOMINATIONS = str(SEED / "demo" / "nominations.csv")


def test_the_command_moves_a_new_edition_and_lists_what_it_made(cli: FlaskCliRunner) -> None:
    cli.invoke(args=["programme", "load", PROGRAMME, "--edition", "2014"])
    cli.invoke(args=["members", "load", str(SEED / "members.csv")])

    first = cli.invoke(args=["nominations", "load", "2014", NOMINATIONS])
    second = cli.invoke(args=["nominations", "load", "2014", NOMINATIONS])

    assert first.exit_code == 0, first.output
    assert "Moved 2014 to nominations." in first.output
    assert "New: 68. Revised: 0. Unchanged: 0." in first.output
    assert "Made organisation: Buenos Aires." in first.output
    assert "Made organisation: Seoul." not in first.output
    assert "New: 0. Revised: 0. Unchanged: 68." in second.output


def test_strict_refuses_to_move_the_edition(cli: FlaskCliRunner) -> None:
    cli.invoke(args=["programme", "load", PROGRAMME, "--edition", "2014"])

    result = cli.invoke(args=["nominations", "load", "--strict", "2014", NOMINATIONS])

    assert result.exit_code == 1
    assert "2014 is in phase draft, this needs nominations" in result.output


def test_the_command_reports_revisions_and_refuses_a_column_that_no_form_has(
    cli: FlaskCliRunner, tmp_path: Path
) -> None:
    cli.invoke(args=["programme", "load", PROGRAMME, "--edition", "2014"])
    file = tmp_path / "two.csv"
    header = "reference,category,nominee_kind,title,organisation,city,country"
    row = "A,services,project,{},Seoul,Seoul,KR"

    outputs = []
    for text in (
        f"{header}\n{row.format('One')}\n",
        f"{header}\n{row.format('Two')}\n",
        f"{header},colour\n{row},red\n",
    ):
        file.write_text(text, encoding="utf-8")
        outputs.append(cli.invoke(args=["nominations", "load", "2014", str(file)]))

    assert [result.exit_code for result in outputs] == [0, 0, 1]
    assert "Revised: A." in outputs[1].output
    assert "row 1, column colour: '': column unknown" in outputs[2].output
