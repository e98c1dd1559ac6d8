//! Josa, eomi and the other morphemes that eojeol end in.
//!
//! The lists are grammar, not a lexicon: what is needed to tell written Korean from strings of Hangul, and to tell roughly
//! where a morpheme ends. A syllable that is both an ending and a common last syllable of nouns counts as an ending only
//! after syllables that let it (지 after 하, but not after 토), and frequent nouns that look inflected are listed.

use std::sync::LazyLock;

/// What a morpheme at the end of an eojeol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// A particle after a noun.
    Josa,
    /// An ending after a verb or adjective.
    Eomi,
    /// Tense or honour between a verb and its ending.
    Prefinal,
    /// What makes a verb of a noun (하, 되), and the copula.
    Verbalizer,
    /// What makes a noun of a noun (들, 적).
    NounSuffix,
    /// A word that only looks inflected.
    Whole,
}

/// What must come before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    Anything,
    /// A syllable with a final consonant.
    Closed,
    /// A syllable without one, or with ㄹ.
    Open,
    /// A syllable that little else than verbs ends in.
    Stem,
    /// A syllable that verbs, adjectives, their suffixes and prefinal endings end in.
    Verbal,
}

/// A morpheme found at the end of syllables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ending {
    pub(super) role: Role,
    /// In syllables.
    pub(super) length: u8,
    /// Its place in the list, which tells it from all others.
    pub(super) kind: u16,
}

const LISTS: &[(Role, After, &str)] = &[
    (Role::Eomi, After::Stem, "는"),
    (Role::Josa, After::Closed, "은 이 을 과 으로 으로서 으로써 으로부터 이나 이란 이라도 이랑 이든 이든지 이야"),
    (Role::Josa, After::Open, "는 가 를 와 로 로서 로써 로부터 란 라도 랑 라는 라고 든지"),
    (
        Role::Josa,
        After::Anything,
        "의 에 에서 에게 에게서 께 께서 한테 도 만 부터 까지 처럼 보다 마다 조차 마저 밖에 만큼 뿐 엔 에다 에선",
    ),
    (Role::Eomi, After::Verbal, "다 고 며 면 지 게 기 어 아 여 라 나 니 던 는 은 을 음 요 네 오 자 서 러 려 랴 듯"),
    (
        Role::Eomi,
        After::Verbal,
        "다고 다는 다면 다며 다가 다거나 지만 지는 지도 지를 라고 라는 라면 라도 느냐 든지 던지 고자 고도 고는 도록 더니 \
         더라 더라도 어도 아도 여도 어서 아서 여서 어야 아야 여야 거나 면서 므로 려고 려는 려면 자마자 니까 나요 네요 어요 아요 지요 군요 구나 세요 \
         으며 으면 으나 으니 으므로 으면서 으려고 으려는 으니까 은데 은지 은가 을지 을까 을수록 는데 는지 는가 는다 는다고 는다는 \
         는다면 는구나 는데도 습니다 습니까 시오 십시오 소서 거든 건대 거늘 어라 아라 여라 잖아 거든요 는데요",
    ),
    (Role::Prefinal, After::Anything, "었 았 였 겠 으시 시"),
    (Role::Verbalizer, After::Anything, "하 되 시키 스럽 이"),
    (Role::NounSuffix, After::Anything, "들 적 권 상 성 화 별 인 자 경 률 율 용 씩 째 님 측"),
    (
        Role::Whole,
        After::Anything,
        "경과 결과 효과 초과 통과 부과 학과 성과 국가 허가 추가 평가 인가 증가 휴가 작가 누가 가가 합의 협의 동의 주의 정의 회의 심의 결의 건의 논의 \
         상의 의의 강의 임의 고의 원고 피고 상고 항고 선고 신고 공고 보고 광고 권고 경고 최고 사고 재고 참고 그리고 창고 정도 제도 속도 별도 태도 \
         의도 인도 한도 연도 년도 강도 온도 바로 별로 서로 새로 스스로 도로 경로 피로 진로 그대로 따로 주로 차이 사이 나이 아이 높이 길이 많이 \
         같이 없이 달리 놀이 먹이 깊이 매우 권한 제한 기한 북한 남한 또한 무한 유한 시한 포함 결함 역할 분할 관할 경우 이유 사유 소유 치료 자료 \
         재료 종료 완료 필요 중요 주요 수요 음료 무료 유료 서류 종류 분류 구나 하나 그러나 언제나 누구나 얼마나 다만 비만 불만 미만 이만 까지 토지 \
         유지 금지 방지 정지 폐지 내지 편지 가지 설치 위치 가치 정치 조치 기기 자기 연기 초기 시기 경기 전기 분기 제기 포기 다음 마음 처음 믿음 \
         얼음 죽음 지음 계속 가족 부족 지속 각자 당사자 근로자 가입자 임차인 매수인 채권자 채무자 피해자 사용자 과학자 기술자 제작자 법인 본인 \
         개인 확인 승인 상속인 변호인 대리인 매도인 임대인 부인 연인 시인 주인 노인 책임 선임 해임 위임 그것 이것 저것 무엇 구분 부분 대부분 충분 \
         신분 처분 양도 보도 지도 각도 빈도 순서 문서 부서 도서 계약서 서서 의사 회사 조사 검사 행사 이사 역사 감사 여러 어느 모든 다른 이런 그런 \
         어떤 무슨 관련 경찰 여부 전부 일부 내부 외부 정부 장부 거부 사용 비용 이용 적용 내용 고용 작용 인용 허용 활용 수용 신용 채용 \
         특별 개별 식별 구별 차별 판별 성별 환경 안경 배경 변경 광경 문화 강화 변화 영화 전화 평화 이상 손상 보상 배상 인상 대상 비상 정상 세상 사상 \
         환상 통상 예상 항상 목적 면적 실적 성적 추적 누적 지적 기적 확률 법률 비율 효율 세율 환율 규율 성인 원인 요인 군인 외국인 또는 혹은 거의 함께 하지만 \
         그러므로 그러면 그런데 이른바 손해 이해 피해 방해 올해 침해 상해 동해 서해 남해",
    ),
];

/// Syllables that verbs, adjectives and what stands before their endings end in.
const VERBAL: &str = "하되있없않이받주지치리기키우두르었았였했겠됐시같많좋싶니으크쓰나서내르로려려켜여어아해돼져쳐와워놓넣먹알살말들열얻믿잡막맞맺찾읽앉갖\
     낮높깊짧길늦넓좁작적빠싸까나타러모보오가자추누구";

/// Endings have no more syllables than a key holds.
const LONGEST: usize = 4;

/// As many syllables as the longest ending and one of its stem.
pub(super) const LONGEST_WITH_STEM: usize = LONGEST + 1;

struct Table {
    /// By last syllable: which lengths any ending has, as bits.
    lengths: Box<[u8]>,
    /// 32 KiB, as much as the nearest cache has: twice as many slots would be slower.
    slots: Box<[(u64, Ending, After); SLOTS]>,
}

const SLOTS: usize = 1 << 11;
const NONE: Ending = Ending { role: Role::Whole, length: 0, kind: 0 };

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);
static VERBAL_SET: LazyLock<Box<[bool]>> = LazyLock::new(|| {
    let mut set = vec![false; SYLLABLES].into_boxed_slice();
    VERBAL.chars().filter_map(index).for_each(|syllable| set[syllable] = true);
    set
});

const SYLLABLES: usize = 11_172;

fn index(c: char) -> Option<usize> {
    matches!(c, '가'..='힣').then(|| c as usize - '가' as usize)
}

/// The final consonant of a syllable: 0 for none, 8 for ㄹ, in the order of Unicode.
pub(super) fn coda(c: char) -> usize {
    index(c).map_or(0, |syllable| syllable % 28)
}

fn slot(key: u64) -> usize {
    (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40) as usize % SLOTS
}

fn key(syllables: &[char]) -> u64 {
    syllables.iter().fold(0, |key, &c| key << 16 | u64::from(c as u32 & 0xffff))
}

impl Table {
    fn build() -> Self {
        let mut table = Self {
            lengths: vec![0; SYLLABLES].into_boxed_slice(),
            slots: Box::new([(0, NONE, After::Anything); SLOTS]),
        };
        let words =
            LISTS.iter().flat_map(|&(role, after, list)| list.split_whitespace().map(move |w| (role, after, w)));
        for (kind, (role, after, word)) in words.enumerate() {
            let syllables: Vec<char> = word.chars().collect();
            table.add(&syllables, Ending { role, length: syllables.len() as u8, kind: kind as u16 }, after);
        }
        table
    }

    fn add(&mut self, syllables: &[char], ending: Ending, after: After) {
        let Some(last) = syllables.last().copied().and_then(index) else { return };
        self.lengths[last] |= 1 << ending.length;
        let key = key(syllables);
        let mut at = slot(key);
        while self.slots[at].0 != 0 {
            at = (at + 1) % SLOTS;
        }
        self.slots[at] = (key, ending, after);
    }

    fn find(&self, key: u64, before: Option<char>, accept: &impl Fn(Ending) -> bool) -> Option<Ending> {
        let mut at = slot(key);
        while self.slots[at].0 != 0 {
            let (known, ending, after) = self.slots[at];
            let stem = before.is_some() || ending.role == Role::Whole;
            if known == key && stem && accept(ending) && after.holds(before) {
                return Some(ending);
            }
            at = (at + 1) % SLOTS;
        }
        None
    }
}

impl After {
    fn holds(self, before: Option<char>) -> bool {
        let Some(c) = before else { return self == Self::Anything };
        match self {
            Self::Anything => true,
            // A foreign word, a number or a mark before a josa may end in any sound.
            _ if index(c).is_none() => true,
            Self::Closed => coda(c) != 0,
            Self::Open => matches!(coda(c), 0 | 8),
            Self::Stem => matches!(c, '하' | '되' | '있' | '없' | '않' | '받' | '키' | '시'),
            Self::Verbal => verbal(c),
        }
    }
}

fn verbal(c: char) -> bool {
    // ㄶ, ㅀ, ㅂ, ㅄ and ㅆ close stems and prefinal endings more than nouns.
    matches!(coda(c), 6 | 15 | 17 | 18 | 20) || fused(c) || index(c).is_some_and(|syllable| VERBAL_SET[syllable])
}

/// Whether an eomi that begins with a consonant has fused with this syllable of the most frequent verbs (한 is 하 with ㄴ).
pub(super) fn fused(c: char) -> bool {
    matches!(
        c,
        '한' | '할'
            | '함'
            | '합'
            | '된'
            | '될'
            | '됨'
            | '됩'
            | '인'
            | '일'
            | '임'
            | '입'
            | '본'
            | '볼'
            | '른'
            | '린'
            | '킨'
            | '운'
            | '진'
            | '친'
            | '온'
            | '간'
            | '난'
            | '둔'
            | '준'
            | '킬'
            | '릴'
            | '칠'
            | '질'
            | '킵'
            | '집'
            | '봅'
            | '립'
            | '칩'
    )
}

/// The longest ending of syllables that is accepted. At least one syllable, or a character before them, stays for the stem,
/// but for words listed as [`Role::Whole`].
pub(super) fn ending(syllables: &[char], preceded: bool, accept: impl Fn(Ending) -> bool) -> Option<Ending> {
    let last = syllables.last().copied().and_then(index)?;
    let table = &*TABLE;
    let lengths = table.lengths[last];
    if lengths == 0 {
        return None;
    }
    let longest = LONGEST.min(syllables.len());
    let all = key(&syllables[syllables.len() - longest..]);
    let mut lengths = lengths & ((2 << longest) - 1);
    while lengths > 0 {
        let length = lengths.ilog2();
        lengths ^= 1 << length;
        let stem = &syllables[..syllables.len() - length as usize];
        let before = stem.last().copied().or(preceded.then_some('0'));
        let suffix = all & (u64::MAX >> (64 - 16 * length));
        if let Some(found) = table.find(suffix, before, &accept) {
            return Some(found);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What [`ending`] finds, from the lists themselves.
    fn by_the_book(syllables: &[char], preceded: bool, accept: impl Fn(Ending) -> bool) -> Option<Ending> {
        let words =
            LISTS.iter().flat_map(|&(role, after, list)| list.split_whitespace().map(move |w| (role, after, w)));
        let entries: Vec<_> = (0..).zip(words).collect();
        (1..=syllables.len()).rev().find_map(|length| {
            let (stem, suffix) = syllables.split_at(syllables.len() - length);
            let before = stem.last().copied().or(preceded.then_some('0'));
            entries.iter().find_map(|&(kind, (role, after, word))| {
                let ending = Ending { role, length: length as u8, kind };
                let fits = before.is_some() || role == Role::Whole;
                (fits && word.chars().eq(suffix.iter().copied()) && accept(ending) && after.holds(before))
                    .then_some(ending)
            })
        })
    }

    proptest! {
        #[test]
        fn agrees_with_the_lists(word in "[가-힣]{0,3}[하되었았는은을를이가에서로도만면다고지까요국결과원]{0,5}", preceded: bool) {
            let syllables: Vec<char> = word.chars().collect();
            let josa = |ending: Ending| ending.role == Role::Josa;
            prop_assert_eq!(ending(&syllables, preceded, |_| true), by_the_book(&syllables, preceded, |_| true));
            prop_assert_eq!(ending(&syllables, preceded, josa), by_the_book(&syllables, preceded, josa));
        }
    }

    fn role(word: &str) -> Option<Role> {
        let syllables: Vec<char> = word.chars().collect();
        ending(&syllables, false, |ending| matches!(ending.role, Role::Josa | Role::Eomi | Role::Whole)).map(|e| e.role)
    }

    #[test]
    fn particles_and_endings_by_example() {
        for word in ["학교에서", "책을", "나무가", "친구로부터", "바다처럼", "서울까지"] {
            assert_eq!(role(word), Some(Role::Josa), "{word}");
        }
        for word in ["먹었다", "달립니다", "하면서", "있으므로", "갔는데", "없지만"] {
            assert_eq!(role(word), Some(Role::Eomi), "{word}");
        }
        for word in ["국가", "원고", "결과", "피해자"] {
            assert_eq!(role(word), Some(Role::Whole), "{word}");
        }
        for word in ["에서", "토끼", "컴퓨터", "ㅋㅋㅋ", ""] {
            assert_eq!(role(word), None, "{word}");
        }
    }

    #[test]
    fn the_list_fits_its_table() {
        assert!(LISTS.iter().map(|(.., list)| list.split_whitespace().count()).sum::<usize>() * 2 < SLOTS);
        assert!(
            LISTS.iter().flat_map(|(.., list)| list.split_whitespace()).all(|word| word.chars().count() <= LONGEST)
        );
    }
}
