"""Receipt codes: the first eight bytes of a ballot's commitment as eight plain words, one word for each byte.

The word for a byte is the one at that place of the list, counted from nought. Nobody can make two ballots of one code,
but with some 2^32 tries; nobody finds another ballot of a given code, which takes 2^64.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

BYTES = 8
LONGEST = 400
OTHERS = "en"

WORDS: Mapping[str, tuple[str, ...]] = {
    "en": tuple(
        """
        acorn actor agent alley amber angle answer april apron arena artist atlas aunt baby baker balcony
        bamboo band barley barn basket beach beacon beaver belt bicycle bird blanket blue boat book bowl
        brass bread brick bronze brother brown bubble builder butter cabin cactus camel camera canal canoe canvas
        card carrot cedar cello chain cheese chess chicken church city clay clock cloud coach coal coconut
        coin comb compass corner cousin crab crane cream crocus crow cushion daisy dance deer desk diary
        dinner doctor donkey door dragon dress duck dust earth echo elbow engine fabric family farm father
        fern finger fire flame floor flower foam fork friday frog fruit garden gate giraffe glass gold
        goose granite green guitar hammer harp hazel heart helmet heron hive holly honey hotel iron island
        jacket jewel juice june kettle kite kitten knot lamb lantern laurel leather letter library lime lion
        lobster lotus magnet maple marble mask melon milk mint monday moon mosaic moss mouse music nail
        neck nephew nine north novel oasis ocean onion orange orchard organ oven paddle paint palace panda
        parade park pear pencil piano picnic pillow pink pipe planet plum poem pond port potato prairie
        prince puppet quartz queen rabbit raft raven reef rice river road rock rope ruler sailor salmon
        scarf seal season seven sheep shell shirt silver sleeve slope soap song south spice spinach spring
        square stair station steel stone straw student sugar sunday teacher tent theatre three thunder tiger timber
        tower trumpet tulip turtle uncle velvet village violin wagon walnut wave wheel wind window wolf yellow
        """.split()
    ),
    "ko": tuple(
        """
        가게 가락 가마 가방 가야 가족 가지 간장 감귤 감자 강당 강변 개미 거리 건물 건반
        계단 고모 고추 곡식 공기 공원 공항 과일 과자 광장 교회 구두 구슬 국수 국자 군밤
        그네 그늘 그림 금속 기계 기린 기와 기차 김치 까치 꼬리 꽃잎 나라 나무 나침 낙엽
        낙타 날개 남매 남쪽 냇가 너울 노을 녹차 농구 농장 눈꽃 눈썹 다리 단풍 달력 달빛
        당근 대추 도끼 도마 돌길 돌담 동네 동생 동쪽 두부 들꽃 등대 등산 딸기 땅콩 마늘
        마음 마차 말뚝 망치 매실 머루 메밀 멜론 모과 목도 목련 무늬 무릎 무지 물감 물결
        물레 미술 바다 바람 박쥐 반지 밥상 방울 백조 버들 버스 번개 벌꿀 벚꽃 벽돌 별빛
        보름 봄비 봉투 북극 분수 불꽃 비단 빵집 뿌리 사과 사월 사자 산길 살구 삼촌 새벽
        색연 샘물 생일 서랍 석류 선생 설탕 세수 소년 소파 손님 솔잎 솜털 송편 수레 수박
        수저 숭늉 숲길 시골 시장 식당 식혜 쌀밥 썰매 씨앗 아욱 안개 앵두 약초 양말 언덕
        얼음 엄마 여우 역사 연극 연못 연필 열매 염소 영화 옆집 오월 온천 옷장 완두 외투
        우물 우주 운동 유리 육지 은빛 은하 이끼 이모 이불 인사 일기 일월 자두 자연 작가
        잣죽 장구 장독 장화 전등 전망 절구 접시 정원 조개 좁쌀 주말 줄기 지게 지도 진달
        짚신 차표 참깨 창문 채소 처마 천막 철길 청자 초록 촛불 축제 치즈 친구 칫솔 커피
        콩밭 타조 태양 택시 톱니 파도 파랑 팥빵 팽이 편지 폭포 표지 풀밭 풍경 피리 필통
        학교 한글 한복 해녀 햇빛 향기 현관 호미 호박 화가 화분 화살 활터 횃불 회화 희망
        """.split()
    ),
}
"""256 words of each language, none of them in two lists; a language without a list of its own has the English one."""

_PLACES = {word: place for words in WORDS.values() for place, word in enumerate(words)}


class CodeUnreadable(Exception):
    """What was typed is no code. `word`: the first that is none of the words, empty where their number is off."""

    def __init__(self, word: str = "", count: int = 0) -> None:
        super().__init__(word or f"{count} words, and not {BYTES}")
        self.word, self.count = word, count


def words(commitment: str, language: str) -> tuple[str, ...]:
    """The code of a ballot in a language, from its commitment in hex."""
    known = WORDS.get(language, WORDS[OTHERS])
    return tuple(known[byte] for byte in bytes.fromhex(commitment)[:BYTES])


def beginning(text: str) -> str:
    """With which hex digits the commitment of a code begins: typed in either language, however it is spaced.

    Raises CodeUnreadable.
    """
    tidy = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", text[:LONGEST]).casefold())
    found = [part for run in re.findall(r"[^\W\d_]+", tidy) for part in _parts(run)]
    for word in found:
        if word not in _PLACES:
            raise CodeUnreadable(word)
    if len(found) != BYTES:
        raise CodeUnreadable(count=len(found))
    return bytes(_PLACES[word] for word in found).hex()


def _parts(run: str) -> list[str]:
    """Korean words are of two syllables each, and may be written without spaces."""
    if run not in _PLACES and len(run) % 2 == 0 and all("\uac00" <= it <= "\ud7a3" for it in run):
        return [run[at : at + 2] for at in range(0, len(run), 2)]
    return [run]
