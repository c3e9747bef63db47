"""An edition in every language of the built-in template, whose cities win with names in scripts of their own.

The cities are real, their projects and prizes are not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.orm import Session, scoped_session

from awards import issuing, naming, prizes, programmes, results, sheets, shortlists, winners
from awards.audit import Actor
from awards.documents import CertificateKind
from awards.models import Certificate, Role
from tests.awards import certified, desks
from tests.awards.contest import JUDGES, Contest, address, member
from tests.awards.play import NOW, entry, operator, table

URL = "https://awards.example.org"
CATEGORIES = ("services", "openness")

PRIZES = {
    "en": ("Grand Prize", "Gold Prize", "Honourable Mention"),
    "ko": ("대상", "금상", "장려상"),
    "zh": ("特等奖", "金奖", "优秀奖"),
    "ja": ("大賞", "金賞", "奨励賞"),
    "ar": ("الجائزة الكبرى", "الجائزة الذهبية", "تنويه خاص"),
    "es": ("Gran Premio", "Premio de Oro", "Mención de Honor"),
    "fr": ("Grand Prix", "Prix d’or", "Mention d’honneur"),
    "ru": ("Гран-при", "Золотая награда", "Почётное упоминание"),
    "pt": ("Grande Prémio", "Prémio de Ouro", "Menção Honrosa"),
    "de": ("Großer Preis", "Goldpreis", "Ehrenvolle Erwähnung"),
    "id": ("Hadiah Utama", "Hadiah Emas", "Penghargaan Khusus"),
    "vi": ("Giải thưởng lớn", "Giải vàng", "Giải khuyến khích"),
    "th": ("รางวัลชนะเลิศ", "รางวัลเหรียญทอง", "รางวัลชมเชย"),
    "tr": ("Büyük Ödül", "Altın Ödül", "Mansiyon Ödülü"),
    "mn": ("Тэргүүн шагнал", "Алтан шагнал", "Тусгай шагнал"),
    "ne": ("सर्वोत्कृष्ट पुरस्कार", "स्वर्ण पुरस्कार", "विशेष सम्मान"),
    "bn": ("শ্রেষ্ঠ পুরস্কার", "স্বর্ণ পুরস্কার", "বিশেষ সম্মাননা"),
    "hi": ("सर्वोच्च पुरस्कार", "स्वर्ण पुरस्कार", "विशेष उल्लेख"),
    "am": ("ታላቅ ሽልማት", "የወርቅ ሽልማት", "ልዩ እውቅና"),
}
TEXTS = {
    "en": ("Riverside Awards", "League of Riverside Cities", "Services", "Open City"),
    "ko": ("강변도시상", "강변도시연맹", "시민 서비스", "열린 도시"),
    "zh": ("滨河城市奖", "滨河城市联盟", "公共服务", "开放城市"),
    "ja": ("川辺の都市賞", "川辺の都市連盟", "公共サービス", "開かれた都市"),
    "ar": ("جوائز مدن الأنهار", "رابطة مدن الأنهار", "الخدمات", "المدينة المفتوحة"),
    "es": ("Premios Ribereños", "Liga de Ciudades Ribereñas", "Servicios", "Ciudad abierta"),
    "fr": ("Prix des rives", "Ligue des villes riveraines", "Services", "Ville ouverte"),
    "ru": ("Премия речных городов", "Лига речных городов", "Услуги", "Открытый город"),
    "pt": ("Prémios Ribeirinhos", "Liga das Cidades Ribeirinhas", "Serviços", "Cidade aberta"),
    "de": ("Preis der Flussstädte", "Bund der Flussstädte", "Dienste", "Offene Stadt"),
    "id": ("Penghargaan Kota Tepi Sungai", "Liga Kota Tepi Sungai", "Layanan", "Kota Terbuka"),
    "vi": ("Giải thưởng Thành phố ven sông", "Liên minh Thành phố ven sông", "Dịch vụ", "Thành phố mở"),
    "th": ("รางวัลเมืองริมน้ำ", "สันนิบาตเมืองริมน้ำ", "บริการ", "เมืองเปิด"),
    "tr": ("Nehir Kentleri Ödülleri", "Nehir Kentleri Birliği", "Hizmetler", "Açık Şehir"),
    "mn": ("Голын хотуудын шагнал", "Голын хотуудын холбоо", "Үйлчилгээ", "Нээлттэй хот"),
    "ne": ("नदी सहर पुरस्कार", "नदी सहर संघ", "सेवा", "खुला सहर"),
    "bn": ("নদীতীর শহর পুরস্কার", "নদীতীর শহর লীগ", "সেবা", "উন্মুক্ত শহর"),
    "hi": ("नदी नगर पुरस्कार", "नदी नगर संघ", "सेवाएँ", "खुला शहर"),
    "am": ("የወንዝ ዳር ከተሞች ሽልማት", "የወንዝ ዳር ከተሞች ማኅበር", "አገልግሎቶች", "ክፍት ከተማ"),
}
"""Programme, association, two categories."""
OFFICES = {
    "en": ("Secretary General", "President"),
    "ko": ("사무총장", "의장"),
    "zh": ("秘书长", "主席"),
    "ja": ("事務総長", "会長"),
    "ar": ("الأمين العام", "الرئيس"),
    "es": ("Secretaria general", "Presidente"),
    "fr": ("Secrétaire générale", "Président"),
    "ru": ("Генеральный секретарь", "Президент"),
    "pt": ("Secretária-geral", "Presidente"),
    "de": ("Generalsekretärin", "Präsident"),
    "id": ("Sekretaris Jenderal", "Presiden"),
    "vi": ("Tổng thư ký", "Chủ tịch"),
    "th": ("เลขาธิการ", "ประธาน"),
    "tr": ("Genel Sekreter", "Başkan"),
    "mn": ("Ерөнхий нарийн бичгийн дарга", "Ерөнхийлөгч"),
    "ne": ("महासचिव", "अध्यक्ष"),
    "bn": ("মহাসচিব", "সভাপতি"),
    "hi": ("महासचिव", "अध्यक्ष"),
    "am": ("ዋና ጸሐፊ", "ፕሬዝዳንት"),
}
TITLES = {
    "en": "Open budget portal, district {}",
    "ko": "{}개 동이 함께 만드는 열린 예산 광장",
    "zh": "{}个社区共建的公开预算平台",
    "ja": "{}地区でつくる公開予算ポータル",
    "ar": "بوابة الميزانية المفتوحة للحي {}",
    "es": "Portal del presupuesto abierto, distrito {}",
    "fr": "Portail du budget ouvert, arrondissement nº {}",
    "ru": "Портал открытого бюджета, район № {}",
    "pt": "Portal do orçamento aberto, freguesia n.º {}",
    "de": "Offener Haushalt für den Bezirk {}",
    "id": "Portal anggaran terbuka, kecamatan {}",
    "vi": "Cổng ngân sách mở, quận {}",
    "th": "เว็บไซต์งบประมาณเปิดของเขต {}",
    "tr": "{}. ilçe için açık bütçe kapısı",
    "mn": "{}-р дүүргийн нээлттэй төсвийн цахим хуудас",
    "ne": "वडा {} को खुला बजेट पोर्टल",
    "bn": "ওয়ার্ড {} এর উন্মুক্ত বাজেট পোর্টাল",
    "hi": "वार्ड {} का खुला बजट पोर्टल",
    "am": "የወረዳ {} ክፍት የበጀት መድረክ",
}
SEOUL = {
    "ko": "서울특별시", "zh": "首尔特别市", "ja": "ソウル特別市", "ar": "سيول", "es": "Seúl", "fr": "Séoul",
    "ru": "Сеул", "pt": "Seul", "de": "Seoul", "id": "Seoul", "vi": "Thủ đô Seoul", "th": "โซล", "tr": "Seul",
    "mn": "Сөүл", "ne": "सियोल", "bn": "সিউল", "hi": "सियोल", "am": "ሶል",
}  # fmt: skip


class City(NamedTuple):
    """Where it is, what it is called in Latin and by itself; `office`: the body that acts for it, if another."""

    country: str
    latin: str
    language: str
    own: str
    office: str = ""


CITIES = (
    City("GB", "Bristol", "en", "Bristol", "Bristol Digital Office"),
    City("IE", "Galway", "en", "Galway"),
    City("KR", "Chuncheon", "ko", "춘천시", "춘천시 시민소통관"),
    City("KR", "Gwangju", "ko", "광주광역시"),
    City("CN", "Chengdu", "zh", "成都市", "成都市大数据管理局"),
    City("CN", "Harbin", "zh", "哈尔滨市人民政府"),
    City("JP", "Yokohama", "ja", "横浜市", "横浜市デジタル統括本部"),
    City("JP", "Tsukuba", "ja", "つくば市"),
    City("JP", "Saku", "ja", "佐久市役所"),
    City("TN", "Tunis", "ar", "بلدية تونس"),
    City("JO", "Greater Amman", "ar", "أمانة عمّان الكبرى"),
    City("MA", "Casablanca", "ar", "جماعة الدار البيضاء", "مكتب البيانات المفتوحة"),
    City("AR", "Córdoba", "es", "Municipalidad de Córdoba"),
    City("MX", "Cuautitlán Izcalli", "es", "Cuautitlán Izcalli"),
    City("FR", "Orléans", "fr", "Orléans Métropole"),
    City("FR", "Nîmes", "fr", "Ville de Nîmes"),
    City("RU", "Kazan", "ru", "Казань", "Исполнительный комитет города Казани"),
    City("RU", "Yoshkar-Ola", "ru", "Йошкар-Ола"),
    City("BR", "São José dos Campos", "pt", "São José dos Campos"),
    City("PT", "Évora", "pt", "Câmara Municipal de Évora"),
    City("DE", "Düsseldorf", "de", "Düsseldorf", "Amt für Digitalisierung, Straßen & Größen"),
    City("DE", "Weißenfels", "de", "Weißenfels"),
    City("ID", "Yogyakarta", "id", "Kota Yogyakarta"),
    City("VN", "Da Nang", "vi", "Đà Nẵng", "Ủy ban nhân dân thành phố Đà Nẵng"),
    City("VN", "Hue", "vi", "Thành phố Huế"),
    City("VN", "Can Tho", "vi", "Cần Thơ"),
    City("TH", "Bangkok", "th", "กรุงเทพมหานคร"),
    City("TH", "Chiang Mai", "th", "เทศบาลนครเชียงใหม่"),
    City("TH", "Khon Kaen", "th", "ขอนแก่น", "สำนักงานดิจิทัลขอนแก่น"),
    City("TR", "İzmir", "tr", "İzmir Büyükşehir Belediyesi"),
    City("TR", "Eskişehir", "tr", "Eskişehir"),
    City("MN", "Ulaanbaatar", "mn", "Улаанбаатар"),
    City("MN", "Uvurkhangai", "mn", "Өвөрхангай"),
    City("NP", "Kathmandu", "ne", "काठमाडौँ महानगरपालिका"),
    City("NP", "Pokhara", "ne", "पोखरा", "पोखरा सूचना प्रविधि शाखा"),
    City("BD", "Dhaka", "bn", "ঢাকা উত্তর সিটি কর্পোরেশন"),
    City("BD", "Chattogram", "bn", "চট্টগ্রাম"),
    City("BD", "Rajshahi", "bn", "রাজশাহী", "রাজশাহী সিটি কর্পোরেশন"),
    City("IN", "Indore", "hi", "इन्दौर नगर निगम"),
    City("IN", "Bhubaneswar", "hi", "भुवनेश्वर"),
    City("IN", "New Delhi", "hi", "नई दिल्ली", "दिल्ली स्मार्ट सिटी मिशन"),
    City("ET", "Addis Ababa", "am", "አዲስ አበባ", "የአዲስ አበባ ከተማ አስተዳደር"),
    City("ET", "Bahir Dar", "am", "ባሕር ዳር"),
    City("GR", "Thessaloniki", "el", "Δήμος Θεσσαλονίκης"),
    City("GE", "Tbilisi", "ka", "თბილისი"),
    City("AM", "Yerevan", "hy", "Երևան"),
    City("IL", "Haifa", "he", "עיריית חיפה"),
    City("LK", "Colombo", "si", "කොළඹ"),
    City("KH", "Phnom Penh", "km", "រាជធានីភ្នំពេញ"),
    City("LA", "Vientiane", "lo", "ນະຄອນຫຼວງວຽງຈັນ"),
    City("IR", "Tehran", "fa", "شهرداری تهران"),
    City("PK", "Lahore", "ur", "لاہور"),
)
CITY_OF_ALL = City("KR", "Seoul", "ko", "서울특별시")
"""The one that has a name in every language."""


PROGRAMME = """
languages = [{languages}]
working_language = "{first}"
{name}
honours.en = "Good practice."
{association}
second_round = "none"
minimum_nominations = 1
[scale]
lowest = 1
highest = 100
[shortlist]
places = 100
[sheets]
minimum = 1
everyone_up_to = 100
[[criteria]]
key = "impact"
name.en = "Impact"
[[categories]]
key = "services"
{services}
[[categories]]
key = "openness"
{openness}
[[prizes]]
key = "best"
{best}
[[prizes]]
key = "gold"
count = 1000
by_decision = true
{gold}
[[prizes]]
key = "mention"
count = 1000
by_decision = true
{mention}
[[signatories]]
name.en = "Ada Lindqvist-Moreau"
{secretary}
[[signatories]]
name.en = "Tomás Quill"
{chair}
"""


def _said(texts: Mapping[str, Sequence[str]], number: int, key: str = "name") -> str:
    return "\n".join(f'{key}.{language} = "{it[number]}"' for language, it in texts.items())


def programme_in(languages: Sequence[str]) -> str:
    """The programme's file; what isn't printed is said in English in every language."""
    prizes_, texts, offices = ({it: known[it] for it in languages} for known in (PRIZES, TEXTS, OFFICES))
    made = PROGRAMME.format(
        languages=", ".join(f'"{it}"' for it in languages),
        first=languages[0],
        name=_said(texts, 0),
        association=_said(texts, 1, "association"),
        services=_said(texts, 2),
        openness=_said(texts, 3),
        secretary=_said(offices, 0, "office"),
        chair=_said(offices, 1, "office"),
        best=_said(prizes_, 0),
        gold=_said(prizes_, 1),
        mention=_said(prizes_, 2),
    )
    english = re.compile(r'^(honours|name)\.en = "(Good practice\.|Impact|Ada.*|Tomás.*)"$', re.MULTILINE)
    return 'key = "riverside"\n' + english.sub(
        lambda it: "\n".join(f'{it[1]}.{language} = "{it[2]}"' for language in languages), made
    )


class Honoured(Contest):
    """The edition decided and not public, every one of its cities with a prize: the first of each category the best,
    the others by decision. Olga and Omar are organisers.
    """

    def __init__(
        self,
        session: Session | scoped_session[Session],
        folder: Path,
        languages: Sequence[str] = tuple(PRIZES),
        cities: Sequence[City] = CITIES,
    ) -> None:
        self.languages, self.cities = tuple(languages), (CITY_OF_ALL, *cities)
        self.names = [f"RA-{number}" for number in range(1, len(self.cities) + 1)]
        entries = tuple(
            entry(
                name,
                CATEGORIES[number % 2],
                title=TITLES["en"].format(number + 1),
                organisation=city.office or city.latin,
                city=city.latin,
                country=city.country,
            )
            for number, (name, city) in enumerate(zip(self.names, self.cities, strict=True))
        )
        super().__init__(session, folder, entries=entries, marks={})

    def __post_init__(self) -> None:
        self.actor, self.now, self.keys = operator(self.session), NOW, self.folder / "keys"
        act = {"actor": self.actor, "now": self.now}
        self.edition = programmes.load(
            self.session, programme_in(self.languages), edition_key="riverside-2014", **act
        ).edition
        for city in self.cities:
            names = SEOUL if city is CITY_OF_ALL else {city.language: city.own}
            member(self.session, city.latin, country=city.country, names=names)
            if city.office:
                member(self.session, city.office, country=city.country, kind="other")
        self.olga, self.omar = (
            Actor(account, account)
            for account in (
                desks.appointed(self.session, self.edition, f"{name}@city.example", Role.ORGANISER)
                for name in ("olga", "omar")
            )
        )

    def mark(self) -> None:
        """Every city fewer marks than the one before, so that none are level."""
        rows = [
            (address(who), name, str(100 - number))
            for number, name in enumerate(self.names)
            for who in JUDGES
        ]
        columns = ("judge", "nomination", "impact")
        sheets.load(self.session, self.edition, table(columns, rows), actor=self.actor, now=self.now)

    def decided(self) -> Honoured:
        """Judged, every prize given, signed; the titles as their winners wish them in every language."""
        self.judged()
        act = {"actor": self.actor, "now": self.now}
        shortlists.sign(self.session, self.edition, **act)
        results.count_first(self.session, self.edition, **act)
        for number, name in enumerate(self.names[2:]):
            prize = ("gold", "mention")[number // 2 % 2]
            prizes.give(self.session, self.edition, name, prize, reason="The jury agrees.", **act)
        winners.sign(self.session, self.edition, **act)
        for award in prizes.of_edition(self.session, self.edition):
            number = self.names.index(award.nomination.reference) + 1
            wanted = {f"titles.{it}": TITLES[it].format(number) for it in self.languages}
            award.names = naming.renamed(award.names, wanted)
        self.session.flush()
        return self

    def issue(self, category: str) -> list[Certificate]:
        """The certificates of a category's winners: Olga notes the proofs and proposes, Omar approves."""
        plain = self.session() if isinstance(self.session, scoped_session) else self.session
        certified.approve_proofs(plain, self.edition, self.olga, self.now)
        group = f"{CertificateKind.WINNER.value}:{category}"
        proposal = issuing.propose(
            plain,
            self.edition,
            [group],
            reason="The board agrees.",
            url=URL,
            actor=self.olga,
            now=self.now,
        )
        return issuing.approve(
            plain, self.edition, proposal.subject_sha256, url=URL, actor=self.omar, now=self.now
        )

    def sign_files(self) -> int:
        """The worker draws, signs and stores; how many pieces of work it did."""
        return certified.sign(self.session, self.folder, self.olga, self.now)
