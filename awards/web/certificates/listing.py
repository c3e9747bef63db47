"""All certificates of an edition, one of them, and the files as they were signed: one by one, or a group as a ZIP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO

from flask import abort, request, send_file
from werkzeug.wrappers import Response

from awards import certificates, issued, recalling
from awards.extensions import db
from awards.folding import fold
from awards.issued import NotSigned
from awards.models import Approval, Certificate, CertificateState
from awards.storage import NoSuchFile
from awards.web import door, words
from awards.web.access import Audience, audience
from awards.web.certificates.routes import blueprint, folder, group_name, group_of, show
from awards.web.downloads import PDF, download
from awards.web.words import tidy_text

PER_PAGE = 50
IN_MEMORY = 8 * 2**20


@dataclass(frozen=True, slots=True)
class Line:
    """One certificate as lists show it."""

    it: Certificate
    honour: str
    state: str
    proposal: Approval | None

    @property
    def signed(self) -> bool:
        return issued.is_signed(self.it)


@blueprint.get("/issued", endpoint="issued")
@audience(Audience.ORGANISER)
def issued_(edition: str) -> str:  # noqa: ARG001
    """Certificates by number, found by number, code, name or reference."""
    session, here = db.session(), door.edition()
    found = list(certificates.of_edition(session, here))
    groups = dict.fromkeys(group_of(it) for it in found)
    group, asked = request.args.get("group", ""), tidy_text(request.args.get("q", ""))[:100]
    chosen = [it for it in found if (not group or group_of(it) == group) and _is_asked(it, asked)]
    number = request.args.get("page", "")
    page = max(1, int(number)) if number.isascii() and number.isdecimal() and len(number) < 6 else 1
    first = (page - 1) * PER_PAGE
    return show(
        "issued.html",
        lines=list(_lines(chosen[first : first + PER_PAGE])),
        groups=[(key, group_name(key)) for key in groups],
        group=group if group in groups else "",
        asked=asked,
        found=len(chosen),
        all=len(found),
        page=page,
        pages=max(1, -(-len(chosen) // PER_PAGE)),
    )


def _is_asked(it: Certificate, asked: str) -> bool:
    wanted = fold(asked)
    said = (
        it.number,
        it.code,
        str(it.citation["nominee"]),
        str(it.citation.get("nominee_latin") or ""),
        it.nomination.reference if it.nomination else "",
    )
    return not wanted or any(wanted in fold(each) for each in said)


def _lines(found: list[Certificate]) -> Iterator[Line]:
    waiting = recalling.waiting(db.session(), door.edition())
    for it in found:
        yield line(it, waiting.get(it.number))


def line(it: Certificate, proposal: Approval | None) -> Line:
    """A certificate in words."""
    return Line(
        it,
        str(it.citation.get("prize") or words.HONOURS[it.kind]),
        str(words.CERTIFICATE_STATES[state_of(it)]),
        proposal,
    )


def state_of(it: Certificate) -> str:
    """The state of a certificate; one that the worker has not signed yet is `unsigned`."""
    if it.state is CertificateState.IN_FORCE and not issued.is_signed(it):
        return "unsigned"
    return it.state.value


@blueprint.get("/file/<number>.pdf")
@audience(Audience.ORGANISER)
def file(edition: str, number: str) -> Response:  # noqa: ARG001
    """The file as it was signed."""
    found = certificates.find(db.session(), door.edition(), number)
    if found is None:
        abort(404)
    return sent(found)


def sent(found: Certificate) -> Response:
    """The stored file, to be taken away; 404 where it is not signed yet."""
    try:
        content = issued.locate(folder(), found).read_bytes()
    except (NotSigned, NoSuchFile):
        abort(404)
    return download(content, PDF, issued.name_of(found))


@blueprint.get("/all.zip")
@audience(Audience.ORGANISER)
def bundle(edition: str) -> Response:  # noqa: ARG001
    """The signed files of a group that are in force, or of all groups, with a list."""
    session, here = db.session(), door.edition()
    group = request.args.get("group", "")
    found = [
        it
        for it in certificates.of_edition(session, here)
        if (not group or group_of(it) == group) and it.state is CertificateState.IN_FORCE
    ]
    if not found:
        abort(404)
    into: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 (closed when it is sent)
    issued.bundle(folder(), found, into)
    into.seek(0)
    name = f"{here.key}-{group.replace(':', '-').strip('-') or 'certificates'}.zip"
    answer = send_file(into, mimetype="application/zip", as_attachment=True, download_name=name)
    answer.call_on_close(into.close)
    return answer
