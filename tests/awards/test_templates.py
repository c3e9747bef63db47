"""Templates of an edition: versions that never overwrite each other, images, what blocks issuing, who signs when."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy.orm import Session, scoped_session

from awards import editions, engraving, honours, samples, signatories, templates
from awards.decisions import ReasonMissing
from awards.documents import CertificateKind, render_certificate
from awards.documents.wording import words_in
from awards.engraving import Letter
from awards.models import CertificateTemplate, EditionImage
from awards.samples import Kind, Which
from awards.signatories import Signs
from awards.templates import Lacking
from tests.awards.contest import FINALISTS, JUDGES, Contest, address, member
from tests.awards.play import entry

URL = "https://awards.example.org"
DIPLOMA = '[languages.en]\ntitle = "Diploma"\n'


@pytest.fixture
def contest(session: scoped_session[Session], tmp_path: Path) -> Contest:
    return Contest(session, tmp_path)


def save(
    contest: Contest, source: str, base: int = 0, reason: str = "The board wants it."
) -> CertificateTemplate:
    made = templates.save(
        contest.session,
        contest.edition,
        source,
        base=base,
        reason=reason,
        actor=contest.actor,
        now=contest.now,
    )
    assert made is not None
    return made


def seal(contest: Contest, colour: str = "#aa0000", name: str = "seal") -> EditionImage:
    buffer = BytesIO()
    Image.new("RGBA", (900, 450), colour).save(buffer, "PNG")
    picture = templates.drawn_anew(buffer.getvalue())
    return templates.add_image(
        contest.session,
        contest.edition,
        name,
        picture,
        folder=contest.folder / "files",
        actor=contest.actor,
        now=contest.now,
    )


def lacking(contest: Contest) -> list[tuple[Lacking, str, int | None]]:
    return [(it.kind, it.name, it.line) for it in templates.lacks(contest.session, contest.edition)]


def decided(contest: Contest) -> Contest:
    contest.opened()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()
    return contest


def test_an_edition_has_the_built_in_template_until_it_is_given_one(contest: Contest) -> None:
    assert templates.current(contest.session, contest.edition) is None
    assert templates.lacks(contest.session, contest.edition) == ()
    assert honours.languages(contest.session, contest.edition) == ["en"]

    first, second = save(contest, DIPLOMA), save(contest, DIPLOMA + 'specimen = "SAMPLE"\n', base=1)

    assert (first.version, second.version) == (1, 2)
    assert templates.in_use(contest.session, contest.edition).languages["en"].texts["title"] == {
        "every": ("Diploma",)
    }


def test_what_somebody_else_saved_meanwhile_is_not_overwritten(contest: Contest) -> None:
    save(contest, DIPLOMA)

    with pytest.raises(templates.TemplateChanged):
        save(contest, 'border = "none"\n', base=0)
    with pytest.raises(ReasonMissing):
        save(contest, 'border = "none"\n', base=1, reason=" ")
    with pytest.raises(templates.TemplateInvalid):
        save(contest, 'border = "wavy"\n', base=1)

    assert [it.version for it in templates.versions(contest.session, contest.edition)] == [1]


def test_an_earlier_version_comes_back_with_its_images(contest: Contest) -> None:
    seal(contest)
    save(contest, "[images.seal]\nx = 10\ny = 10\nwidth = 20\n", base=1)
    red = templates.version(contest.session, contest.edition, 2).images
    seal(contest, "#0000aa")

    made = templates.restore(
        contest.session,
        contest.edition,
        2,
        base=3,
        reason="The red one.",
        actor=contest.actor,
        now=contest.now,
    )

    assert made is not None
    assert (made.version, made.images) == (4, red)
    with pytest.raises(templates.NoSuchTemplate):
        templates.restore(
            contest.session, contest.edition, 9, base=4, reason="x", actor=contest.actor, now=contest.now
        )


def test_everything_undefined_is_listed_with_its_line(contest: Contest) -> None:
    save(
        contest,
        '[languages.en]\ntitle = "Of {motto}"\n\n[languages.ko]\ntitle = "{other}"\n\n'
        '[images.seal]\nx = 10\ny = 10\nwidth = 20\n\n[values.city]\nko = "서울"\n',
    )

    assert lacking(contest) == [
        (Lacking.FIELD, "motto", 2),
        (Lacking.IMAGE, "seal", 7),
        (Lacking.VALUE, "city.en", 12),
    ]

    seal(contest)
    assert [it[0] for it in lacking(contest)] == [Lacking.FIELD, Lacking.VALUE]


def test_an_image_keeps_nothing_but_its_colours(contest: Contest) -> None:
    row = seal(contest, "#aa000080")

    kept = (contest.folder / "files" / row.file).read_bytes()
    with Image.open(BytesIO(kept)) as picture:
        assert (picture.mode, picture.size) == ("RGB", (640, 320))
        assert picture.info.keys() <= {"dpi"}
    for wrong in (b"GIF89a", b"", b"\x89PNG\r\n\x1a\n broken"):
        with pytest.raises(templates.NoImage):
            templates.drawn_anew(wrong)
    with pytest.raises(templates.NameWrong):
        seal(contest, name="My Seal")


def test_what_was_issued_is_drawn_alike_after_the_template_and_its_image_were_replaced(
    contest: Contest,
) -> None:
    seal(contest)
    save(contest, "[images.seal]\nx = 10\ny = 10\nwidth = 20\n" + DIPLOMA, base=1)
    decided(contest)
    honour = next(honours.of_edition(contest.session, contest.edition))
    said = honours.write_citation(contest.session, contest.edition, honour, "en", number="X-1", url=URL)
    kept = honours.document_of(said)

    def drawn() -> bytes:
        citation = honours.citation_of(kept)
        return render_certificate(citation, images=templates.images(contest.folder / "files", citation))

    before = drawn()
    seal(contest, "#0000aa")
    save(contest, 'paper = "A3"\n', base=3)

    assert drawn() == before
    assert words_in(honours.citation_of(kept))["title"] == "Diploma"


def test_those_sign_who_are_in_office_on_the_day_of_the_award(contest: Contest) -> None:
    people = (
        Signs({"en": "Ada Vale"}, {"en": "President"}, until=date(2014, 6, 30)),
        Signs({"en": "Tom Quill"}, {"en": "President"}, since=date(2014, 7, 1)),
    )
    signatories.set_all(
        contest.session, contest.edition, people, reason="Elected.", actor=contest.actor, now=contest.now
    )
    texts = editions.texts_of(contest.session, contest.edition)

    assert signatories.listed(texts) == people
    assert [it.name["en"] for it in signatories.in_office(texts, date(2014, 6, 30))] == ["Ada Vale"]
    assert [it.name["en"] for it in signatories.in_office(texts, date(2014, 7, 1))] == ["Tom Quill"]

    decided(contest)
    honour = replace(next(honours.of_edition(contest.session, contest.edition)), day=date(2014, 7, 1))
    said = honours.write_citation(contest.session, contest.edition, honour, "en", number="X-1", url=URL)

    assert [it.name for it in said.signatories] == ["Tom Quill"]


def test_whoever_signs_has_an_office_and_leaves_it_after_taking_it(contest: Contest) -> None:
    def state(*people: Signs) -> None:
        signatories.set_all(
            contest.session, contest.edition, people, reason="Elected.", actor=contest.actor, now=contest.now
        )

    with pytest.raises(signatories.OfficeMissing):
        state(Signs({"en": "Ada Vale"}, {}))
    with pytest.raises(signatories.DaysUpsideDown):
        state(Signs({}, {"en": "President"}, since=date(2014, 2, 1), until=date(2014, 1, 1)))
    with pytest.raises(signatories.TooManySign):
        state(*(Signs({}, {"en": f"Office {number}"}) for number in range(9)))


@pytest.fixture
def joint(session: scoped_session[Session], tmp_path: Path) -> Contest:
    member(session, "Gangbyeon", names={"en": "Gangbyeon", "ko": "강변"})
    return Contest(
        session,
        tmp_path,
        entries=[
            entry(
                "SV-1",
                title="A title that is longer than all others",
                city="Gangbyeon",
                organisation="Office",
            ),
            *(entry(name) for name in FINALISTS[1:]),
        ],
    )


def test_judges_are_certified_once_a_result_is_signed_and_no_category_is_named(contest: Contest) -> None:
    contest.shortlisted()
    assert list(honours.judges_of(contest.session, contest.edition)) == []
    contest.open()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()

    found = [it for it in honours.of_edition(contest.session, contest.edition) if it.judge]

    assert len(found) == len(JUDGES)
    assert all(it.holder == f"judge:{it.judge.id}" and not it.category for it in found if it.judge)
    said = honours.write_citation(contest.session, contest.edition, found[0], "en", number="X-1", url=URL)
    assert (said.kind, said.category, said.project) == (CertificateKind.JUDGE, "", "")


def test_samples_show_the_longest_and_the_shortest_names_and_verify_nowhere(joint: Contest) -> None:
    today = date(2014, 5, 1)
    act = {"url": URL, "today": today}
    empty = samples.sample(joint.session, joint.edition, Kind.WINNER, Which.LONGEST, "en", **act)  # type: ignore[arg-type]
    joint.nominate()

    longest = samples.sample(joint.session, joint.edition, Kind.WINNER, Which.LONGEST, "en", **act)  # type: ignore[arg-type]
    shortest = samples.sample(joint.session, joint.edition, Kind.FINALIST, Which.SHORTEST, "en", **act)  # type: ignore[arg-type]
    partner = samples.sample(joint.session, joint.edition, Kind.PARTNER, Which.LONGEST, "en", **act)  # type: ignore[arg-type]
    judge = samples.sample(joint.session, joint.edition, Kind.JUDGE, Which.LONGEST, "en", **act)  # type: ignore[arg-type]

    assert empty.nominee
    assert longest.project == "A title that is longer than all others"
    assert shortest.project != longest.project
    assert "partner of" in words_in(partner)["role"]
    assert words_in(judge)["honour"] == "Judge"
    assert all(it.specimen and it.code == samples.CODE for it in (empty, longest, shortest, partner, judge))


def test_letters_and_plaques_wait_for_a_signed_result(contest: Contest) -> None:
    contest.shortlisted()
    assert [engraving.count(contest.session, contest.edition, it) for it in Letter] == [0, 0, 0]
    contest.open()
    contest.vote(*((address(name), *FINALISTS) for name in JUDGES))
    contest.close()
    contest.sign()

    congratulation = list(engraving.letters(contest.session, contest.edition, Letter.CONGRATULATION, "en"))
    regret = list(engraving.letters(contest.session, contest.edition, Letter.REGRET, "en"))
    plaques = list(engraving.plaques(contest.session, contest.edition))

    assert [it.reference for it in congratulation] == ["SV-1"]
    assert "“Project SV-1” has been given the Best prize in the category Services" in congratulation[0].text
    assert [it.reference for it in regret] == ["SV-2", "SV-3", "SV-4"]
    assert "\n\n" in regret[0].text
    assert "Best prize" not in regret[0].text
    assert [(it.reference, it.cells[2]) for it in plaques] == [("SV-1", "Best prize")]
