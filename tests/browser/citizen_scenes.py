"""The public's vote: asking for a mail, the link, its ballots; the report on anomalies, one of its classes."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from tests.awards.play import KEY, NOW
from tests.browser.panel_scenes import retitle
from tests.browser.small_sites import site_of
from tests.browser.stills import Stills
from tests.web.citizens import ASK, ORGANISER, REPORT, Public, burst
from tests.web.signing import signed_in
from tests.web.voters import press


def take(stills: Stills, data: Path) -> None:
    with site_of(data, "citizens", at=NOW + timedelta(minutes=7)) as (site, _own, _clock):
        public = Public(site)
        retitle(site)
        visitor, page = site.test_client(), ASK.removeprefix("/en")
        stills.look("public-edition", visitor, f"/{KEY}/")
        stills.look("citizen-ask", visitor, page)
        stills.refuse("citizen-mistyped", visitor, page, {"email": "anna at city"})
        assert public.ask("anna@city.example", client=visitor).status_code == 303
        stills.look("citizen-asked", visitor, f"{page}/asked")
        stills.look("citizen-waits", visitor, f"{page}/asked?wait=20")
        link = public.link("anna@city.example").removeprefix("/en")
        stills.look("citizen-link", visitor, link)
        press(visitor, visitor.get(f"/en{link}"))
        stills.look("citizen-ballots", visitor, f"/vote/{KEY}/")
        burst(public)
        desk, report = signed_in(site, ORGANISER), REPORT.removeprefix("/en")
        stills.look("anomalies", desk, report)
        found = re.findall(rf'href="/en({report}/[0-9a-f]+)"', desk.get(REPORT).text)
        stills.look("anomaly", desk, found[0])
        stills.refuse("anomaly-refused", desk, found[0], {"about": "", "reason": ""})
