import datetime

import pytest

from awards.documents import CertificateKind, Citation, Signatory


@pytest.fixture
def english() -> Citation:
    return Citation(
        language="en",
        association="League of Riverside Cities",
        programme="Riverside Awards",
        edition="Riverside Awards 2026",
        kind=CertificateKind.WINNER,
        prize="Grand Prize",
        category="Open City",
        nominee="Tunis",
        nominee_latin=None,
        organisation="Municipality of Tunis",
        project="Open budget portal for every district",
        awarded_on=datetime.date(2026, 11, 20),
        place="Seoul",
        signatories=(
            Signatory("Ada Lindqvist-Moreau", "Secretary General"),
            Signatory("Tomás Quill", "Chair of the jury"),
        ),
        number="RA-2026-0007",
        code="K7QM2XR9TBWHA",
        verify_url="https://awards.example.org/verify/K7QM2XR9TBWHA",
        specimen=False,
    )


@pytest.fixture
def korean() -> Citation:
    return Citation(
        language="ko",
        association="강변도시연맹",
        programme="강변 어워드",
        edition="제5회 강변 어워드",
        kind=CertificateKind.WINNER,
        prize="최우수상",
        category="열린 도시",
        nominee="서울특별시",
        nominee_latin="Seoul",
        organisation="데이터전략과",
        project="시민이 함께 만드는 열린 데이터 광장",
        awarded_on=datetime.date(2026, 11, 20),
        place="서울",
        signatories=(Signatory("한가람", "사무총장"),),
        number="2026-0007",
        code="K7QM2XR9TBWHA",
        verify_url="https://awards.example.org/verify/K7QM2XR9TBWHA",
        specimen=False,
    )


@pytest.fixture
def overlong(english: Citation) -> Citation:
    """Everything about as long as it ever gets; the project's title has 180 characters."""
    project = (
        "An integrated platform for early flood warning, participatory mapping of drainage, neighbourhood "
        "shelters and open sensor data across the twenty-nine districts of the regency, 2019-2026"
    )
    return Citation(
        **{
            **vars(english),
            "association": "League of Riverside Cities, formerly the World Union of Electronic Cities on "
            "Rivers, Lakes and Estuaries and of their Regional and Local Governments",
            "prize": "Excellence Award of the Executive Committee for Work across Borders",
            "category": "Environmental and Sustainable City, including Disaster Preparedness",
            "nominee": "Kota Serang Regency Government Pemerintah Kabupaten Serang",
            "nominee_latin": "Kota Serang Regency Government, Province of Banten, Republic of Indonesia",
            "organisation": "Dinas Komunikasi, Informatika, Persandian dan Statistik Kabupaten Serang, "
            "Directorate for Digital Participation and Neighbourhoods",
            "project": project[:180],
            "signatories": (
                Signatory(
                    "Maximiliana Featherstonehaugh-Wintergreen", "Secretary General of the whole League"
                ),
                Signatory(
                    "Konstantinos Papadiamantopoulos-Example", "President and Mayor of the Presiding City"
                ),
                Signatory("Tomás Quill", "Chair of the jury"),
                Signatory("Ines Vale", "Keeper of the Register of Awards and Honorary Distinctions"),
            ),
            "number": "RIVERSIDE-AWARDS-2026-OPEN-CITY-000000007",
            "verify_url": "https://awards.a-rather-long-name-of-an-organisation.example.org/prefix/verify/K7QM2XR9",
        }
    )
