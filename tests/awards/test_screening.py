"""Screening: findings from the database, decisions with reasons, categories that too few entered."""

import csv
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskCliRunner
from sqlalchemy import func, select
from sqlalchemy.orm import Session, scoped_session

from awards import categories, decisions, editions, members, nominations, organisations, reviews, screening
from awards.audit import Actor
from awards.categories import (
    CategoryEmpty,
    CategoryLargeEnough,
    Closing,
    JudgingBegan,
    MergedIntoItself,
    NoSuchCategory,
)
from awards.cli.screening import in_words
from awards.decisions import ReasonMissing
from awards.eligibility import Finding, FindingKind, NotChecked
from awards.models import (
    Account,
    Assignment,
    Attachment,
    AuditEvent,
    Award,
    CategoryClosure,
    Decision,
    DecisionKind,
    Edition,
    Judge,
    JudgeState,
    NominationState,
    Screening,
)
from awards.screening import NotDecidable, ScreeningClosed
from awards.tables import FileRefused, Reason
from awards.timetable import Moment, Phase
from judging.values import Round
from tests.awards.builders import NOW, SEED, edition_of, move, nominate, nomination_row, operator, table_of

Work = scoped_session[Session]


@pytest.fixture
def actor(session: Work) -> Actor:
    return operator(session)


@pytest.fixture
def edition(session: Work, actor: Actor) -> Edition:
    """Seoul has three nominations where two are allowed; D is clean, E an unknown individual."""
    edition = edition_of(session, actor, eligibility="per_city = 2")
    nominate(
        session,
        edition,
        actor,
        *(nomination_row(it, city="Seoul", organisation="Seoul") for it in "ABC"),
        nomination_row("D"),
        nomination_row("E", category="mobility", nominee_kind="individual"),
    )
    move(session, edition, Phase.SCREENING, actor)
    return edition


def kinds(session: Work, edition: Edition) -> dict[str, list[FindingKind]]:
    findings = reviews.review(session, edition).findings
    return {reference: [it.kind for it in found] for reference, found in findings.items()}


def states(session: Work, edition: Edition) -> dict[str, str]:
    return {it.reference: it.state.value for it in nominations.of_edition(session, edition)}


def decide(
    session: Work, edition: Edition, actor: Actor, reference: str, eligible: bool, reason: str = ""
) -> screening.Verdict:
    return screening.decide(
        session, edition, reference, eligible=eligible, reason=reason, actor=actor, now=NOW
    )


# ── Findings ────────────────────────────────────────────────────────────────────


def test_a_review_finds_and_changes_nothing(session: Work, edition: Edition) -> None:
    events = session.scalar(select(func.count()).select_from(AuditEvent))

    assert kinds(session, edition) == {
        "A": [FindingKind.TOO_MANY_FROM_CITY],
        "B": [FindingKind.TOO_MANY_FROM_CITY],
        "C": [FindingKind.TOO_MANY_FROM_CITY],
        "D": [],
        "E": [FindingKind.NOMINEE_KIND],
    }
    assert set(states(session, edition).values()) == {"submitted"}
    assert session.scalar(select(func.count()).select_from(AuditEvent)) == events


def test_a_city_is_the_same_in_every_script(session: Work, actor: Actor) -> None:
    listed = {"name": "Seoul", "kind": "city", "country": "KR", "region": "asia", "status": "full"}
    members.load(session, table_of({**listed, "aliases": "서울특별시"}), actor=actor, now=NOW)
    edition = edition_of(session, actor, eligibility="per_city = 1")
    nominate(
        session,
        edition,
        actor,
        nomination_row("A", city="Seoul"),
        nomination_row("B", city="서울특별시"),
        nomination_row("C", city="SEOUL", country="US"),
    )

    assert kinds(session, edition) == {
        "A": [FindingKind.TOO_MANY_FROM_CITY],
        "B": [FindingKind.TOO_MANY_FROM_CITY],
        "C": [],
    }


def test_a_city_whose_name_fits_two_places_is_compared_as_it_is_written(session: Work, actor: Actor) -> None:
    for name in ("Gadarif City", "Gadarif State"):
        made, _ = organisations.find_or_make(session, name, country="SD", actor=actor, now=NOW)
        organisations.add_aliases(made, ["Gadarif"])
    session.flush()
    edition = edition_of(session, actor, eligibility="per_city = 1")
    rows = [nomination_row(it, city="Gadarif", country="SD") for it in "AB"]
    nominate(session, edition, actor, *rows)

    assert kinds(session, edition)["A"] == [FindingKind.TOO_MANY_FROM_CITY]


def test_individuals_of_no_organisation_and_city_are_compared_by_title_alone(
    session: Work, actor: Actor
) -> None:
    edition = edition_of(session, actor, eligibility="per_city = 1")
    person = {"nominee_kind": "individual", "organisation": "", "city": ""}
    titles = {"A": "Ada Invented", "B": "ada invented", "C": "Bo Invented"}
    nominate(session, edition, actor, *(nomination_row(it, title=titles[it], **person) for it in titles))

    assert kinds(session, edition) == {
        "A": [FindingKind.POSSIBLE_DUPLICATE],
        "B": [FindingKind.POSSIBLE_DUPLICATE],
        "C": [],
    }


def test_the_deadline_is_the_one_of_the_timetable(session: Work, actor: Actor) -> None:
    edition = edition_of(session, actor)
    nominate(
        session,
        edition,
        actor,
        nomination_row("A", submitted_at="2026-05-01T00:10"),
        nomination_row("B", submitted_at="2026-05-01T01:00"),
    )
    assert reviews.review(session, edition).not_checked == (NotChecked(FindingKind.LATE),)

    close = datetime(2026, 4, 30, 23, 59)  # noqa: DTZ001 (the zone stands beside it)
    editions.set_moment(session, edition, Moment.NOMINATIONS_CLOSE, close, zone="UTC", actor=actor, now=NOW)

    assert kinds(session, edition) == {"A": [], "B": [FindingKind.LATE]}


def test_members_and_kinds_are_those_of_the_directory(session: Work, actor: Actor) -> None:
    listed = {"name": "Member", "kind": "city", "country": "KR", "region": "asia", "status": "associate"}
    members.load(session, table_of(listed), actor=actor, now=NOW)
    rules = 'members_only = true\norganisation_kinds = ["city"]\ncity_approval = ["corporation"]'
    edition = edition_of(session, actor, eligibility=rules)
    nominate(
        session,
        edition,
        actor,
        nomination_row("A", organisation="Member"),
        nomination_row("B", organisation="Stranger"),
        nomination_row("C", organisation="Firm", organisation_kind="corporation"),
    )

    reviewed = reviews.review(session, edition)

    assert kinds(session, edition) == {
        "A": [],
        "B": [FindingKind.NOT_A_MEMBER],
        "C": [FindingKind.ORGANISATION_KIND, FindingKind.NOT_A_MEMBER],
    }
    assert reviewed.not_checked == (
        NotChecked(FindingKind.CITY_APPROVAL_MISSING, "city_approval"),
        NotChecked(FindingKind.LATE),
        NotChecked(FindingKind.ORGANISATION_KIND, "organisation_kind"),
    )


def test_answers_topics_and_the_starting_day_come_from_the_standing_revision(
    session: Work, actor: Actor
) -> None:
    form = "\n".join(
        f'[[fields]]\nkey = "{key}"\nkind = "{kind}"\nrequired = true\nname.en = "{key}"'
        for key, kind in (("topics", "choices"), ("started_on", "date"), ("consent", "consent"))
    )
    edition = edition_of(session, actor, eligibility="running_months = 12", fields=form)
    whole = nomination_row("A", topics="water", started_on="2025-01", consent="yes")
    nominate(
        session,
        edition,
        actor,
        whole,
        {**whole, **nomination_row("B"), "topics": "", "consent": "no", "started_on": "2026-03"},
    )

    assert kinds(session, edition) == {
        "A": [],
        "B": [FindingKind.RUNNING_TOO_SHORT, FindingKind.FIELD_MISSING, FindingKind.FIELD_MISSING],
    }


def test_titles_are_compared_after_case_accent_and_script_folding(session: Work, actor: Actor) -> None:
    edition = edition_of(session, actor)
    nominate(
        session,
        edition,
        actor,
        nomination_row("A", title="Café für Bürger", organisation="Seoul"),
        nomination_row("B", title="ＣＡＦＥ FUR BURGER", organisation="seoul"),
    )

    assert kinds(session, edition)["B"] == [FindingKind.POSSIBLE_DUPLICATE]


def test_the_same_file_in_two_nominations_is_a_warning(session: Work, actor: Actor) -> None:
    edition = edition_of(session, actor)
    nominate(session, edition, actor, nomination_row("A"), nomination_row("B"))
    for nomination in nominations.of_edition(session, edition):
        session.add(
            Attachment(
                nomination_id=nomination.id,
                name="a.pdf",
                media_type="application/pdf",
                size=1,
                sha256="f" * 64,
                at=NOW,
            )
        )

    assert kinds(session, edition) == {
        "A": [FindingKind.POSSIBLE_DUPLICATE],
        "B": [FindingKind.POSSIBLE_DUPLICATE],
    }


def test_a_winner_of_an_earlier_edition_is_found_by_organisation_and_title(
    session: Work, actor: Actor
) -> None:
    earlier = edition_of(session, actor, key="2024")
    nominate(session, earlier, actor, nomination_row("A", organisation="Seoul", title="The same"))
    winner = nominations.find(session, earlier, "A")
    decision = decisions.decide(session, earlier, DecisionKind.WINNERS, actor=actor, now=NOW)
    session.add(
        Award(
            edition_id=earlier.id,
            nomination_id=winner.id,
            category="services",
            prize="best",
            decision_id=decision.id,
        )
    )
    session.flush()
    rows = (
        nomination_row("X", organisation="SEOUL", title="the SAME"),
        nomination_row("Y", organisation="Seoul", title="Another"),
    )
    edition = edition_of(session, actor, key="2026", eligibility="earlier_winners = false")
    other = edition_of(session, actor, key="o", programme="other", eligibility="earlier_winners = false")
    nominate(session, edition, actor, *rows)
    nominate(session, other, actor, *rows)

    assert kinds(session, edition) == {"X": [FindingKind.EARLIER_WINNER], "Y": []}
    assert kinds(session, other) == {"X": [], "Y": []}


# ── Decisions ───────────────────────────────────────────────────────────────────


def test_clean_ones_are_found_eligible_by_one_decision_each(
    session: Work, actor: Actor, edition: Edition
) -> None:
    nominate(
        session,
        edition,
        actor,
        nomination_row("F"),
        nomination_row("G", title="Project F", organisation="City of F"),
    )

    accepted = screening.accept_clean(session, edition, actor=actor, now=NOW)

    taken = decisions.of_edition(session, edition, DecisionKind.ELIGIBILITY)
    assert accepted == ("D", "F", "G")
    assert [it.number for it in taken] == [1, 2, 3]
    assert [it.subject for it in taken] == [{"nomination": it, "eligible": True} for it in "DFG"]
    assert taken[0].names == {"title": "Project D", "organisation": "City of D"}
    assert taken[0].signers[0]["as"] == "operator"
    kept = session.scalars(select(Screening).order_by(Screening.id)).all()
    assert [it.findings for it in kept] == [
        [],
        [{"kind": "possible_duplicate", "ineligible": False, "data": {"other": "G"}}],
        [{"kind": "possible_duplicate", "ineligible": False, "data": {"other": "F"}}],
    ]
    assert screening.accept_clean(session, edition, actor=actor, now=NOW) == ()


def test_deciding_one_of_a_city_ineligible_frees_the_others(
    session: Work, actor: Actor, edition: Edition
) -> None:
    verdict = decide(session, edition, actor, "B", False, "The city withdrew it.")

    assert verdict.decision is not None
    assert (verdict.decision.number, verdict.decision.reason) == (1, "The city withdrew it.")
    assert screening.accept_clean(session, edition, actor=actor, now=NOW) == ("A", "C", "D")
    assert states(session, edition) == {
        "A": "eligible", "B": "ineligible", "C": "eligible", "D": "eligible", "E": "submitted",
    }  # fmt: skip


@pytest.mark.parametrize(("reference", "eligible"), [("D", False), ("A", True)])
def test_keeping_one_out_and_letting_one_in_despite_findings_need_a_reason(
    session: Work, actor: Actor, edition: Edition, reference: str, eligible: bool
) -> None:
    with pytest.raises(ReasonMissing):
        decide(session, edition, actor, reference, eligible, " ")

    verdict = decide(session, edition, actor, reference, eligible, "By the committee.")
    assert verdict.decision is not None
    kept = session.scalars(select(Screening)).one()
    assert [it["kind"] for it in kept.findings] == (["too_many_from_city"] if reference == "A" else [])


def test_a_clean_one_is_let_in_without_a_reason(session: Work, actor: Actor, edition: Edition) -> None:
    assert decide(session, edition, actor, "D", True).decision is not None


def test_the_same_decision_twice_changes_nothing(session: Work, actor: Actor, edition: Edition) -> None:
    decide(session, edition, actor, "D", True)

    assert decide(session, edition, actor, "D", True).decision is None
    assert session.scalar(select(func.count()).select_from(Decision)) == 1


def test_a_decision_is_reversed_by_one_that_supersedes_it_with_a_reason(
    session: Work, actor: Actor, edition: Edition
) -> None:
    first = decide(session, edition, actor, "D", True).decision
    second = decide(session, edition, actor, "D", False, "A mistake.").decision
    assert first is not None
    assert second is not None
    with pytest.raises(ReasonMissing):
        decide(session, edition, actor, "D", True)

    third = decide(session, edition, actor, "D", True, "The mistake was ours.").decision

    assert third is not None
    assert (second.supersedes_id, third.supersedes_id) == (first.id, second.id)
    assert states(session, edition)["D"] == "eligible"


@pytest.mark.parametrize("phase", [Phase.NOMINATIONS, Phase.DELIBERATION])
def test_eligibility_is_decided_before_the_first_round_closes(
    session: Work, actor: Actor, phase: Phase
) -> None:
    edition = edition_of(session, actor)
    nominate(session, edition, actor, nomination_row("A"))
    move(session, edition, phase, actor)

    with pytest.raises(ScreeningClosed, match=phase.value):
        decide(session, edition, actor, "A", True)
    with pytest.raises(ScreeningClosed, match=phase.value):
        screening.accept_clean(session, edition, actor=actor, now=NOW)


def test_what_was_withdrawn_is_neither_screened_nor_decided(
    session: Work, actor: Actor, edition: Edition
) -> None:
    nominations.advance(nominations.find(session, edition, "A"), NominationState.WITHDRAWN)

    assert kinds(session, edition) == {"B": [], "C": [], "D": [], "E": [FindingKind.NOMINEE_KIND]}
    with pytest.raises(NotDecidable, match="A is withdrawn"):
        decide(session, edition, actor, "A", True)


# ── Categories that too few entered ─────────────────────────────────────────────


def close(
    session: Work, edition: Edition, actor: Actor, category: str = "mobility", how: Closing = Closing.MERGE,
    into: str | None = None, reason: str = "Only one came.",
) -> categories.Closed:  # fmt: skip
    return categories.close(session, edition, category, how, into=into, reason=reason, actor=actor, now=NOW)


def test_a_merged_category_is_judged_in_another(session: Work, actor: Actor, edition: Edition) -> None:
    closed = close(session, edition, actor, into="services")

    assert closed.concerned == ("E",)
    assert nominations.find(session, edition, "E").category == "services"
    assert editions.open_categories(session, edition) == ("services",)
    assert closed.decision.subject == {
        "category": "mobility", "how": "merge", "into": "services", "nominations": ["E"],
    }  # fmt: skip
    assert list(closed.decision.names) == ["E"]
    assert kinds(session, edition)["E"] == []


@pytest.mark.parametrize("how", [Closing.CARRY, Closing.CANCEL])
def test_a_category_is_carried_or_cancelled_and_takes_no_more(
    session: Work, actor: Actor, edition: Edition, how: Closing
) -> None:
    close(session, edition, actor, how=how)

    assert session.scalars(select(CategoryClosure.how)).one() == how.value
    assert nominations.find(session, edition, "E").category == "mobility"
    with pytest.raises(NoSuchCategory):
        close(session, edition, actor, how=how)
    with pytest.raises(FileRefused) as refused:
        nominate(session, edition, actor, nomination_row("F", category="mobility"))
    assert [line.reason for line in refused.value.lines] == [Reason.NOT_ONE_OF]


def test_nominations_of_a_closed_category_stay_where_they_are_when_loaded_again(
    session: Work, actor: Actor, edition: Edition
) -> None:
    row = nomination_row("E", category="mobility", nominee_kind="individual")
    close(session, edition, actor, into="services")

    assert nominate(session, edition, actor, row).unchanged == 1
    assert nominate(session, edition, actor, {**row, "title": "Newer"}).revised == ("E",)
    assert nominations.find(session, edition, "E").category == "services"


def test_nothing_of_a_cancelled_category_is_found_eligible(
    session: Work, actor: Actor, edition: Edition
) -> None:
    nominate(session, edition, actor, nomination_row("E", category="mobility"))
    close(session, edition, actor, how=Closing.CANCEL)

    assert screening.accept_clean(session, edition, actor=actor, now=NOW) == ("D",)


def test_what_may_not_be_closed_is_refused(session: Work, actor: Actor, edition: Edition) -> None:
    with pytest.raises(NoSuchCategory, match="unknown"):
        close(session, edition, actor, "unknown", Closing.CANCEL)
    with pytest.raises(CategoryLargeEnough, match="services"):
        close(session, edition, actor, "services", Closing.CANCEL)
    with pytest.raises(NoSuchCategory, match="unknown"):
        close(session, edition, actor, into="unknown")
    with pytest.raises(ReasonMissing):
        close(session, edition, actor, how=Closing.CANCEL, reason="")
    for into in (None, "mobility"):
        with pytest.raises(MergedIntoItself):
            close(session, edition, actor, into=into)


def test_a_category_that_nobody_entered_needs_no_decision(session: Work, actor: Actor) -> None:
    edition = edition_of(session, actor)

    with pytest.raises(CategoryEmpty):
        close(session, edition, actor, how=Closing.CANCEL)


def test_a_category_is_not_closed_once_its_nominations_are_with_judges(
    session: Work, actor: Actor, edition: Edition
) -> None:
    account = Account(name="Judge Invented", created_at=NOW)
    session.add(account)
    session.flush()
    judge = Judge(edition_id=edition.id, account_id=account.id, state=JudgeState.ACCEPTED, at=NOW)
    session.add(judge)
    session.flush()
    nomination = nominations.find(session, edition, "E")
    session.add(
        Assignment(judge_id=judge.id, nomination_id=nomination.id, round=Round.FIRST, at=NOW + timedelta(1))
    )
    session.flush()

    with pytest.raises(JudgingBegan):
        close(session, edition, actor, how=Closing.CANCEL)


# ── The commands ────────────────────────────────────────────────────────────────


@pytest.fixture
def loaded(cli: FlaskCliRunner) -> FlaskCliRunner:
    """The demonstration's nominations: one city has three, one organisation sent a project twice."""
    for arguments in (
        ["programme", "load", str(SEED / "programmes" / "wego-awards.toml"), "--edition", "2014"],
        ["members", "load", str(SEED / "members.csv")],
        ["nominations", "load", "2014", str(SEED / "demo" / "nominations.csv")],
    ):
        result = cli.invoke(args=arguments)
        assert result.exit_code == 0, result.output
    return cli


def test_screen_prints_findings_counts_and_what_was_not_checked(loaded: FlaskCliRunner) -> None:
    output = loaded.invoke(args=["screen", "2014"]).output

    assert "Moved 2014 to screening." in output
    assert output.count("too many from this city (at most 2, found 3)") == 3
    assert output.count("warning: possible duplicate of") == 2
    assert "68 nominations: 68 submitted." in output
    assert "Finding too_many_from_city: 3." in output
    assert output.count("Not checked: required field (no column budget).") == 1
    assert "Not checked: deadline (none is stated)." in output


def test_screen_decides_accepts_and_exports_in_one_go(loaded: FlaskCliRunner, tmp_path: Path) -> None:
    file = tmp_path / "findings.csv"
    decide = ["--decide", "UM-13", "ineligible", "--reason", "Third of its city."]

    result = loaded.invoke(args=["screen", "2014", *decide, "--accept-clean", "--csv", str(file)])
    again = loaded.invoke(args=["screen", "2014", *decide])

    assert result.exit_code == 0, result.output
    assert "UM-13: ineligible (decision 1)." in result.output
    assert "Found eligible without findings: 67." in result.output
    assert "68 nominations: 67 eligible, 1 ineligible." in result.output
    assert "UM-13: ineligible already." in again.output
    with file.open(encoding="utf-8", newline="") as written:
        rows = {row["reference"]: row for row in csv.DictReader(written)}
    assert len(rows) == 68
    assert rows["UM-13"]["state"] == "ineligible"
    assert rows["OC-13"]["findings"] == "warning: possible duplicate of OC-03"


def test_screen_refuses_in_words_and_changes_nothing(loaded: FlaskCliRunner) -> None:
    refusals = [
        (["--decide", "SV-01", "perhaps"], 2, "'perhaps' is neither eligible nor ineligible"),
        (["--decide", "SV-01", "ineligible"], 1, "A decision was given no reason"),
        (["--decide", "XX-99", "eligible"], 1, "no nomination of that reference in this edition: XX-99"),
    ]

    for arguments, status, words in refusals:
        result = loaded.invoke(args=["screen", "2014", *arguments])
        assert (result.exit_code, words in result.output) == (status, True), result.output
    assert "2014\tnominations" in loaded.invoke(args=["edition", "list"]).output


def test_every_finding_has_its_words() -> None:
    data = {
        "minutes": 5, "other": "B", "limit": 2, "found": 3, "months": 24, "started_on": "2026-01-01", "field": "a",
    }  # fmt: skip

    for kind in FindingKind:
        assert in_words([Finding(kind, True, tuple(sorted(data.items())))])


def test_the_category_command_says_what_it_did(loaded: FlaskCliRunner, tmp_path: Path) -> None:
    loaded.invoke(
        args=["programme", "load", str(SEED / "programmes" / "wego-awards.toml"), "--edition", "small"]
    )
    file = tmp_path / "one.csv"
    header = "reference,category,nominee_kind,title,organisation,city,country"
    file.write_text(f"{header}\nA,services,project,One,Seoul,Seoul,KR\n", encoding="utf-8")
    loaded.invoke(args=["nominations", "load", "small", str(file)])
    merge = ["category", "small", "services", "merge", "--reason", "Only one came."]

    usage = loaded.invoke(args=merge)
    done = loaded.invoke(args=[*merge, "--into", "efficiency"])
    cancelled = loaded.invoke(
        args=["category", "small", "efficiency", "cancel", "--reason", "Only one came."]
    )

    assert usage.exit_code == 2
    assert (
        done.output
        == "Category services is merged into efficiency (decision 1).\nNominations concerned: A.\n"
    )
    assert cancelled.output.startswith("Category efficiency is cancelled (decision 2).")
