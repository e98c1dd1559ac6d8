//! Lines that stand around Korean text and are no part of it.
//!
//! Copyright notices, bylines with an e-mail address, counters and buttons, links to the article before and after,
//! dates under a heading, runs of hash tags. Only short lines are looked at, and no code.

use super::metadata::date_in_line;
use super::prose::ends_sentence;
use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};
use std::sync::LazyLock;

/// Longest notice in characters.
const LONGEST_NOTICE: usize = 160;
/// Longest line in characters that is a label, a byline or a row of buttons.
const LONGEST_LABEL: usize = 80;

/// Words that make a short line a copyright notice or an appeal of the site.
const NOTICES: [&str; 30] = [
    "무단 전재",
    "무단전재",
    "무단 복제",
    "무단복제",
    "무단 배포",
    "무단배포",
    "무단 도용",
    "재배포 금지",
    "재배포금지",
    "재배포를 금",
    "rights reserved",
    "저작권자 ",
    "저작권자(",
    "저작권자ⓒ",
    "저작권자©",
    "copyright ©",
    "copyright (c)",
    "copyright ⓒ",
    "copyrights ©",
    "copyrightⓒ",
    "copyright©",
    "ⓒ",
    "기사제보",
    "제보하기",
    "카카오톡 : '",
    "구독하기",
    "좋아요를 눌러",
    "네이버에서 구독",
    "홈페이지 바로가기",
    "이메일무단수집",
];

static NOTICE: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(NOTICES).ok()
});

/// Words of buttons and counters that say nothing else. A line of nothing but these is no text.
const COUNTERS: &str = " 좋아요 싫어요 댓글 댓글수 댓글쓰기 공유하기 조회수 추천수 비추천 스크랩 신고하기 인쇄하기 목록으로 목록보기 \
이전글 다음글 답글 답글쓰기 글쓰기 회원가입 로그아웃 구독하기 url복사 주소복사 링크복사 카카오스토리 네이버블로그 글자크기 글씨크기 \
공감 공감수 맨위로 최신순 등록순 공감순 인기순 이웃추가 원문보기 기사원문 첨부파일 ";

/// The same where they are links: words that a text may also use.
const CONTROLS: &str = " 좋아요 싫어요 댓글 댓글수 댓글쓰기 공유 공유하기 조회 조회수 추천 추천수 비추천 스크랩 신고 신고하기 인쇄 \
인쇄하기 프린트 목록 목록으로 목록보기 이전 다음 이전글 다음글 답글 답글쓰기 답변하기 수정 삭제 글쓰기 로그인 회원가입 로그아웃 \
구독 구독자 알림 더보기 접기 펼치기 펴기 복사 url복사 주소복사 링크 링크복사 카카오톡 카카오스토리 페이스북 트위터 밴드 라인 \
네이버블로그 메일 이메일 글자크기 글씨크기 글자 크기 크게 작게 확대 축소 본문 가 가가 공감 공감수 북마크 저장 닫기 열기 취소 확인 \
홈 홈으로 맨위로 위로 top up prev next list share tweet like facebook twitter kakao kakaotalk naver band line print copy \
url reply comment comments login edit delete more permalink 쪽지 검색 전체 전체보기 전체메뉴 최신순 등록순 공감순 인기순 등록 \
원문보기 인용 관심 관심상품 공고 지원하기 삭제하기 수정하기 이웃추가 답변 첨부 기사원문 다운로드 첨부파일 미리보기 바로가기 개 명 회 건 번 분 전 이 글 을 를 글을 기사 기사를 이글을 수 ";

/// Headings that boards put over every article.
const HEADINGS: [&str; 6] = ["본문", "본문 내용", "페이지 정보", "상세정보", "상세 정보", "댓글목록"];

/// Whether a heading is one of a site and not of its text.
pub(super) fn is_notice_heading(heading: &str) -> bool {
    HEADINGS.contains(&heading)
}

/// Whether a line reserves rights. What follows it is about the site.
pub(super) fn is_rights(line: &str) -> bool {
    line.chars().nth(LONGEST_NOTICE).is_none()
        && NOTICE.as_ref().is_some_and(|notice| notice.is_match(line))
        && !is_about_rights(line)
}

/// Whether a line is a notice and not text. Buttons are mostly links.
pub(super) fn is_notice(line: &str, is_linked: bool) -> bool {
    let characters = line.chars().take(LONGEST_NOTICE + 1).count();
    if characters > LONGEST_NOTICE {
        return false;
    }
    if is_rights(line) {
        return true;
    }
    if characters > LONGEST_LABEL {
        return false;
    }
    is_row_of_controls(line, is_linked)
        || is_linked && is_file(line)
        || is_neighbour(line)
        || is_byline(line)
        || is_date_line(line)
        || is_hash_tags(line)
}

/// A sentence that speaks of rights without reserving any: "무단 복제를 막는 방법을 알아봅니다."
fn is_about_rights(line: &str) -> bool {
    let reserves = ["금지", "금합", "금함", "reserved", "Reserved", "RESERVED", "ⓒ", "©", "저작권자"];
    ends_sentence(line) && !reserves.iter().any(|word| line.contains(word))
}

fn is_row_of_controls(line: &str, is_linked: bool) -> bool {
    let mut words = 0;
    for word in line.split(|c: char| !c.is_alphanumeric()) {
        // Counts stand behind their words: "댓글3".
        let word = word.trim_matches(|c: char| c.is_ascii_digit());
        if word.is_empty() {
            continue;
        }
        words += 1;
        let is_control = is_one_of(COUNTERS, word) || is_linked && is_one_of(CONTROLS, word);
        if words > 12 || !is_control {
            return false;
        }
    }
    words > 0
}

/// Files to load down.
fn is_file(line: &str) -> bool {
    line.split_whitespace().any(|word| {
        let word = word.to_ascii_lowercase();
        [".hwp", ".hwpx", ".pdf", ".xls", ".xlsx", ".doc", ".docx", ".ppt", ".pptx", ".zip"]
            .iter()
            .any(|end| word.ends_with(end))
    })
}

fn is_one_of(words: &str, word: &str) -> bool {
    let mut lower = String::with_capacity(word.len() + 2);
    lower.push(' ');
    lower.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    lower.push(' ');
    words.contains(&lower)
}

/// The article before or after this one, or related ones.
fn is_neighbour(line: &str) -> bool {
    let start = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    let always = ["관련기사", "관련 기사", "추천기사", "추천 기사", "인기기사"];
    if line.starts_with('▷')
        && ["전화", "카카오톡", "카톡", "이메일", "메일", "홈페이지"].iter().any(|word| start.starts_with(word))
    {
        return true;
    }
    if always.iter().any(|name| {
        start.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ']', '>', ' ', '-']))
    }) {
        return true;
    }
    let names = [
        "이전글",
        "다음글",
        "이전 글",
        "다음 글",
        "이전 기사",
        "다음 기사",
        "태그 :",
        "태그:",
        "TAG :",
        "Tag:",
        "Tags:",
        "키워드 :",
    ];
    names.iter().any(|name| start.starts_with(name)) && !ends_sentence(line)
}

/// "홍길동 기자 gildong@example.kr", "[마을신문 홍길동 기자]".
fn is_byline(line: &str) -> bool {
    let roles = ["기자", "특파원", "논설위원", "에디터", "앵커", "리포터", "선임기자", "인턴기자", "객원기자"];
    if !roles.iter().any(|role| line.contains(role)) || ends_sentence(line) && !line.contains('@') {
        return false;
    }
    let inner = line.trim_matches(|c: char| !c.is_alphanumeric());
    let words = inner.split_whitespace().count();
    if line.contains('@') {
        return words <= 8;
    }
    words <= 4 && roles.iter().any(|role| inner.ends_with(role))
}

/// "입력 2023.05.04 09:12 수정 2023.05.04 10:01", "작성자 관리자 | 등록일 2020-01-02 | 조회 31".
fn is_date_line(line: &str) -> bool {
    let starts = [
        "입력",
        "기사입력",
        "등록일",
        "작성일",
        "게시일",
        "발행일",
        "승인",
        "최종수정",
        "최종 수정",
        "수정",
        "작성자",
        "글쓴이",
        "등록자",
        "담당부서",
        "조회수",
        "조회 ",
        "게시자",
    ];
    let start = line.trim_start_matches(|c: char| !c.is_alphanumeric());
    if !starts.iter().any(|name| start.starts_with(name)) || ends_sentence(line) {
        return false;
    }
    date_in_line(line).is_some()
        || line.bytes().any(|byte| byte.is_ascii_digit()) && line.chars().count() <= 40
        || start
            .split(|c: char| c.is_whitespace() || matches!(c, ':' | '|' | '·'))
            .filter(|word| !word.is_empty())
            .count()
            <= 3
}

fn is_hash_tags(line: &str) -> bool {
    let mut tags = 0;
    for word in line.split_whitespace() {
        if !word.starts_with('#') || word.len() < 2 {
            return false;
        }
        tags += 1;
    }
    tags >= 2
}
