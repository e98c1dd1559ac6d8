//! Eojeol that tell page furniture and machine translation by how they begin.

use std::sync::LazyLock;

/// What an eojeol is evidence of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// Menus, notices and buttons of web pages.
    Boilerplate,
    /// Pronouns and passives that Korean leaves out, and that translators from English, machines above all, put in.
    Translated,
    /// Verbs of manuals: Korean ones use them too, translated ones in every other sentence.
    Manual,
}

const LISTS: &[(Marker, &str)] = &[
    (
        Marker::Boilerplate,
        "무단전재 전재 재배포 무단복제 저작권자 개인정보처리방침 개인정보취급방침 이용약관 이메일무단수집거부 청소년보호정책 로그인 로그아웃 \
         회원가입 비밀번호찾기 아이디찾기 장바구니 고객센터 공지사항 사이트맵 바로가기 이전글 다음글 목록보기 목록으로 댓글쓰기 공유하기 스크랩하기 \
         구독하기 관련기사 인기기사 기사제보 더보기 자바스크립트 사업자등록번호 통신판매업 무료배송 무료상담 맨위로 즐겨찾기 글쓰기 추천하기 \
         신고하기 닫기 펼치기 접기 URL복사 Copyright COPYRIGHT Copyrights copyright ⓒ reserved Reserved RESERVED",
    ),
    (
        Marker::Translated,
        "당신은 당신이 당신의 당신을 당신에게 당신과 그것은 그것이 그것을 그것의 그것들 그들은 그들의 그들이 그들을 귀하의 귀하는 귀하가 되어집 되어진 \
         되어질 보여집 보여진 가능합니다 의해서 가지는 허용합니다 이것은 이것이 우리는 우리의 필요로",
    ),
    (
        Marker::Manual,
        "사용하여 제공합니다 수행합니다 나타냅니다 지정합니다 참조하십시오 참조하세요 포함합니다 의해 위해 하십시오 있습니다 사용됩니다 반환합니다 \
         설정합니다 클릭합니다 선택합니다 생성합니다 표시됩니다 실행합니다",
    ),
];

struct Table {
    slots: Box<[Vec<(&'static str, Marker)>]>,
}

const SLOTS: usize = 1 << 10;

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut slots = vec![Vec::new(); SLOTS].into_boxed_slice();
    for &(marker, list) in LISTS {
        for word in list.split_whitespace() {
            slots[slot(word.as_bytes())].push((word, marker));
        }
    }
    Table { slots }
});

/// By the first three bytes: every word of the lists has as many.
fn slot(word: &[u8]) -> usize {
    match word {
        [a, b, c, ..] => {
            let key = u32::from_le_bytes([*a, *b, *c, 0]);
            (key.wrapping_mul(0x9e37_79b1) >> 22) as usize
        }
        _ => 0,
    }
}

/// What an eojeol is evidence of, if anything.
#[inline]
pub(super) fn marker(word: &str) -> Option<Marker> {
    let candidates = &TABLE.slots[slot(word.as_bytes())];
    candidates.iter().find(|(known, _)| word.starts_with(known)).map(|&(_, marker)| marker)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_by_example() {
        assert_eq!(marker("무단전재-재배포"), Some(Marker::Boilerplate));
        assert_eq!(marker("ⓒ동네신문"), Some(Marker::Boilerplate));
        assert_eq!(marker("당신의"), Some(Marker::Translated));
        assert_eq!(marker("참조하십시오."), Some(Marker::Manual));
        for word in ["송편을", "당", "a", ""] {
            assert_eq!(marker(word), None, "{word}");
        }
    }
}
