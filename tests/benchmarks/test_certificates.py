"""Certificates drawn, archived and signed, against drawing them alone; in twelve languages in turn."""

from datetime import UTC, datetime

import pytest

from awards.documents import drawing, render_certificate
from awards.documents.signing import sign
from tests.authority import signer
from tests.awards.documents.many import certificates
from tests.benchmarks.figures import cpu, ratio

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
MOST = 1 / 0.35


@pytest.mark.parametrize("count", [12, pytest.param(240, marks=pytest.mark.bench)])
def test_signing_certificates_takes_at_most_thrice_their_drawing(
    count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    citations = list(certificates(count))

    def issue() -> None:
        for it in citations:
            sign(render_certificate(it), signer(), when=NOW)

    def draw() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(drawing, "archive", lambda pdf, **_: pdf)
            for it in citations:
                render_certificate(it)

    issue()
    print(f"\n{count / cpu(issue):.0f} certificates a second")
    assert ratio(f"signing of {count} certificates", issue, draw, times=3) < MOST
