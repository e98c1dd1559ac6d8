//! The pass over the marked lines: sections without text and back matter go, brackets that lost their content are cleaned.

use super::BackMatter;
use super::marks::{BROKEN, CELL, HEADING, ITEM, VERBATIM, is_mark};
use super::parentheses::Cleaner;

/// Titles of sections that hold notes, sources and links.
const BACK_MATTER: [&str; 34] = [
    "각주",
    "주석",
    "주",
    "미주",
    "출처",
    "인용 출처",
    "참고 문헌",
    "참고문헌",
    "참고 자료",
    "참고자료",
    "참고 서적",
    "참고",
    "참조",
    "같이 보기",
    "함께 보기",
    "같이보기",
    "관련 항목",
    "외부 링크",
    "외부링크",
    "바깥 고리",
    "바깥 링크",
    "외부 연결",
    "더 읽어보기",
    "더 읽을거리",
    "관련 서적",
    "관련 문서",
    "references",
    "notes",
    "footnotes",
    "see also",
    "external links",
    "further reading",
    "bibliography",
    "sources",
];

/// Turns marked lines into text, reusing its memory.
#[derive(Debug, Default)]
pub(super) struct Finisher {
    cleaner: Cleaner,
    line: String,
    /// Headings that no text has followed yet, outermost first.
    headings: Vec<(u8, String)>,
    /// Level of the section that is being cut.
    cut: Option<u8>,
    /// Whether a bracket was left open above: lines that begin with `|` are its arguments.
    broken: bool,
    blank: bool,
}

impl Finisher {
    pub(super) fn finish(&mut self, marked: &str, back_matter: BackMatter) -> String {
        self.headings.clear();
        (self.cut, self.broken, self.blank) = (None, false, false);
        let mut text = String::with_capacity(marked.len());
        for line in marked.split('\n') {
            self.line(line, back_matter, &mut text);
        }
        text
    }

    fn line(&mut self, line: &str, back_matter: BackMatter, text: &mut String) {
        let first = line.chars().next();
        if first == Some(HEADING) {
            return self.heading(&line[1..], back_matter);
        }
        if self.cut.is_some() {
            return;
        }
        if first == Some(VERBATIM) && !line[1..].bytes().any(is_mark) {
            return match line[1..].trim_end() {
                "" => self.blank = true,
                line => self.push(text, "", line),
            };
        }
        if !line.bytes().any(is_mark) {
            if self.broken && line.starts_with('|') {
                return;
            }
            return match line.trim() {
                "" => self.blank = true,
                line => self.push(text, "", line),
            };
        }
        self.marked_line(line, text);
    }

    fn marked_line(&mut self, line: &str, text: &mut String) {
        let mut line = line;
        if let Some(end) = line.find(BROKEN) {
            line = &line[..end];
            self.broken = true;
        }
        let inside: String;
        if line.contains(HEADING) {
            inside = without_headings(line);
            line = &inside;
        }
        let mut cleaned = std::mem::take(&mut self.line);
        cleaned.clear();
        let lead = if line.starts_with(ITEM) { "- " } else { "" };
        for cell in line.split([CELL, ITEM, VERBATIM]).filter(|cell| !cell.is_empty()) {
            let before = cleaned.len();
            if before > 0 {
                cleaned.push_str(if line.starts_with(CELL) { " | " } else { " " });
            }
            let start = cleaned.len();
            self.cleaner.clean(cell.trim(), &mut cleaned);
            if cleaned.len() == start {
                cleaned.truncate(before);
            }
        }
        if !cleaned.is_empty() {
            self.push(text, lead, &cleaned);
        }
        self.line = cleaned;
    }

    fn heading(&mut self, line: &str, back_matter: BackMatter) {
        let (level, title) = line.split_at(line.len().min(1));
        let level = level.bytes().next().map_or(1, |digit| digit.saturating_sub(b'0'));
        if self.cut.is_some_and(|cut| level > cut) {
            return;
        }
        self.cut = None;
        self.broken = false;
        let mut shown = String::new();
        let title = title.split(BROKEN).next().unwrap_or_default();
        self.cleaner.clean(title.trim(), &mut shown);
        shown.retain(|c| !c.is_ascii() || !is_mark(c as u8));
        self.headings.retain(|(other, _)| *other < level);
        if back_matter == BackMatter::Cut && is_back_matter(&shown) {
            self.cut = Some(level);
        } else if !shown.is_empty() {
            self.headings.push((level, shown));
        }
    }

    fn push(&mut self, text: &mut String, lead: &str, line: &str) {
        for (_, heading) in self.headings.drain(..) {
            if !text.is_empty() {
                text.push_str("\n\n");
            }
            text.push_str(&heading);
            self.blank = false;
        }
        if !text.is_empty() {
            text.push_str(if self.blank { "\n\n" } else { "\n" });
        }
        self.blank = false;
        text.push_str(lead);
        text.push_str(line);
    }
}

/// The line without marks of headings and their levels, which a template's argument brought into it.
fn without_headings(line: &str) -> String {
    let mut parts = line.split(HEADING);
    let before = parts.next().unwrap_or_default();
    parts.fold(before.to_owned(), |line, part| line + part.get(1..).unwrap_or_default())
}

/// Whether a section's title names back matter only: 각주, also 각주 및 참고 문헌 and 같이 보기·외부 링크.
fn is_back_matter(title: &str) -> bool {
    let one = |title: &str| BACK_MATTER.iter().any(|known| title.eq_ignore_ascii_case(known));
    if title.len() > 100 {
        return false;
    }
    let parts =
        || title.split([',', '·', '/', '&']).flat_map(|part| part.split(" 및 ")).flat_map(|part| part.split(" and "));
    let parts = parts().flat_map(|part| part.split("와 ")).flat_map(|part| part.split("과 "));
    one(title) || parts.map(str::trim).all(one)
}
