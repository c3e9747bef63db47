"""Certificates of winners in twelve languages, no two alike. The cities are real, their prizes are not."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import product

from awards.documents import CertificateKind, Citation, Signatory

NAMES = {
    "en": (("Bristol", "Port Elizabeth", "Christchurch"), ("{}", "City of {}", "{} Digital Office")),
    "fr": (("Orléans", "Nîmes", "Besançon"), ("{}", "Ville de {}", "Métropole de {} – Données")),
    "vi": (("Đà Nẵng", "Huế", "Cần Thơ"), ("{}", "Ủy ban nhân dân thành phố {}", "Thành phố {}")),
    "ru": (("Казань", "Йошкар-Ола", "Улан-Удэ"), ("{}", "Администрация города {}", "Мэрия: {} (ИТ)")),
    "ko": (("서울특별시", "광주광역시", "춘천시"), ("{}", "{} 데이터전략과", "{} 시민소통관 (Smart)")),
    "zh": (("成都市", "杭州市", "哈尔滨市"), ("{}", "{}人民政府", "{}大数据管理局 2026")),
    "ja": (("横浜市", "札幌市", "つくば市"), ("{}", "{}デジタル推進課", "{}役所 (ICT)")),
    "ar": (("مدينة تونس", "أمانة عمّان الكبرى", "بلدية الرباط"), ("{}", "{} 2026", "{} – مكتب البيانات")),
    "hi": (("इन्दौर", "भुवनेश्वर", "दिल्ली"), ("{}", "{} नगर निगम", "{} स्मार्ट सिटी")),
    "bn": (("ঢাকা", "চট্টগ্রাম", "রাজশাহী"), ("{}", "{} সিটি কর্পোরেশন", "{} পৌরসভা")),
    "th": (("กรุงเทพมหานคร", "เชียงใหม่", "ขอนแก่น"), ("{}", "เทศบาลนคร{}", "สำนักงานดิจิทัล{}")),
    "am": (("አዲስ አበባ", "ባሕር ዳር", "ሐዋሳ"), ("{}", "{} ከተማ አስተዳደር", "{} (ICT)")),
}
PRIZES = ("Grand Prize", "Gold Prize", "Honourable Mention")
SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def certificates(count: int) -> Iterator[Citation]:
    """So many, the languages in turn."""
    names = {
        language: [way.format(city) for way, city in product(ways, cities)]
        for language, (cities, ways) in NAMES.items()
    }
    for number in range(count):
        turn, place = divmod(number, len(names))
        language = list(names)[place]
        code = "".join(SIGNS[(number * 7 + step * step) % len(SIGNS)] for step in range(12)) + f"{number:04d}"
        yield Citation(
            language=language,
            association="League of Riverside Cities",
            programme="Riverside Awards",
            edition="Riverside Awards 2026",
            kind=CertificateKind.WINNER,
            prize=PRIZES[turn % len(PRIZES)],
            category="Open City",
            nominee=names[language][turn % len(names[language])],
            nominee_latin=None,
            organisation=None,
            project=f"Open budget portal, district {number + 1}",
            awarded_on=datetime.date(2026, 11, 20),
            place="Seoul",
            signatories=(
                Signatory("Ada Lindqvist-Moreau", "Secretary General"),
                Signatory("Tomás Quill", "Chair"),
            ),
            number=f"RA-2026-{number + 1:04d}",
            code=code,
            verify_url=f"https://awards.example.org/verify/{code}",
            specimen=False,
        )
