//! What a page says about itself: title, date, site and language.
//!
//! Open Graph and its kin (`article:published_time`), JSON-LD of schema.org, microdata, `time`, `title`, and the line
//! that Korean news sites and boards put under the heading ("입력 2023.05.04 09:12").

use serde_json::Value;

/// The metadata of a page, from the surest source to the least sure.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    title_element: Vec<u8>,
    shared_title: Option<String>,
    published: Option<String>,
    time: Option<String>,
    site: Option<String>,
    language: Option<String>,
    /// JSON-LD, each script behind a zero byte.
    data: Vec<u8>,
}

/// What schema.org data of a page say.
#[derive(Debug, Default)]
pub(super) struct Described {
    pub(super) headline: Option<String>,
    pub(super) published: Option<String>,
    pub(super) body: Option<String>,
}

impl Metadata {
    pub(super) fn clear(&mut self) {
        let Self { title_element, shared_title, published, time, site, language, data } = self;
        title_element.clear();
        data.clear();
        for value in [shared_title, published, time, site, language] {
            *value = None;
        }
    }

    /// A `meta` element, or another with an `itemprop`.
    pub(super) fn add(&mut self, key: &[u8], value: &[u8]) {
        let place = match key.to_ascii_lowercase().as_slice() {
            b"og:title" | b"twitter:title" => &mut self.shared_title,
            b"og:site_name" => &mut self.site,
            b"article:published_time"
            | b"datepublished"
            | b"og:article:published_time"
            | b"published_time"
            | b"og:regdate"
            | b"article:published"
            | b"dc.date"
            | b"dc.date.issued"
            | b"dcterms.created"
            | b"pubdate"
            | b"publishdate"
            | b"publish-date"
            | b"publish_date"
            | b"date"
            | b"dcterms.date"
            | b"parsely-pub-date" => &mut self.published,
            _ => return,
        };
        if place.is_none() {
            *place = text(value);
        }
    }

    pub(super) fn add_time(&mut self, date_time: &[u8]) {
        if self.time.is_none() {
            self.time = text(date_time).filter(|time| time.starts_with(|first: char| first.is_ascii_digit()));
        }
    }

    pub(super) fn set_language(&mut self, language: &[u8]) {
        if self.language.is_none() {
            self.language = text(language);
        }
    }

    pub(super) fn has_title(&self) -> bool {
        !self.title_element.is_empty()
    }

    pub(super) fn add_title(&mut self, part: &[u8]) {
        self.title_element.extend_from_slice(part);
    }

    pub(super) fn begin_data(&mut self) {
        self.data.push(0);
    }

    pub(super) fn add_data(&mut self, part: &[u8], longest: usize) {
        let room = longest.saturating_sub(self.data.len());
        self.data.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// The title as the page gives it, the name of its site perhaps behind it.
    pub(super) fn title(&self) -> Option<String> {
        self.shared_title.clone().or_else(|| text(&self.title_element))
    }

    pub(super) fn published(&self) -> Option<String> {
        self.published.clone()
    }

    pub(super) fn time(&self) -> Option<String> {
        self.time.clone()
    }

    pub(super) fn site(&self) -> Option<String> {
        self.site.clone()
    }

    pub(super) fn language(&self) -> Option<String> {
        self.language.clone()
    }

    /// Reads the page's JSON-LD. What is no JSON is passed over.
    pub(super) fn described(&self) -> Described {
        let mut described = Described::default();
        let holds = |name: &[u8]| memchr::memmem::find(&self.data, name).is_some();
        if !holds(b"headline") && !holds(b"datePublished") && !holds(b"articleBody") {
            return described;
        }
        for script in self.data.split(|&byte| byte == 0) {
            let Ok(value) = serde_json::from_slice::<Value>(script) else { continue };
            let mut open = vec![&value];
            while let Some(value) = open.pop() {
                match value {
                    Value::Array(values) => open.extend(values.iter().rev()),
                    Value::Object(fields) => {
                        described.read(fields);
                        open.extend(
                            ["mainEntityOfPage", "mainEntity", "@graph"].iter().filter_map(|key| fields.get(*key)),
                        );
                    }
                    _ => {}
                }
            }
        }
        described
    }
}

impl Described {
    fn read(&mut self, fields: &serde_json::Map<String, Value>) {
        let value = |name: &str| fields.get(name).and_then(Value::as_str);
        for (name, place) in [("headline", &mut self.headline), ("datePublished", &mut self.published)] {
            if place.is_none() {
                *place = value(name).and_then(|value| text(value.as_bytes()));
            }
        }
        if self.body.is_none() {
            self.body = value("articleBody").map(str::trim).filter(|body| !body.is_empty()).map(str::to_owned);
        }
    }
}

/// A value with its spaces collapsed. What was cut inside a character ends before it.
fn text(value: &[u8]) -> Option<String> {
    let value = match std::str::from_utf8(value) {
        Ok(value) => value,
        Err(error) => std::str::from_utf8(&value[..error.valid_up_to()]).unwrap_or_default(),
    };
    let mut text = String::with_capacity(value.len());
    for word in value.split_whitespace() {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    (!text.is_empty()).then_some(text)
}

/// Words before the date of publication in the line under a Korean heading.
const DATE_LABELS: [&str; 12] =
    ["입력", "기사입력", "등록일", "등록", "작성일", "게시일", "발행일", "승인", "날짜", "작성", "게시", "등록일자"];

/// The date in a line such as "입력 2023.05.04 09:12 | 수정 2023.05.05" or "작성일 : 21-03-07 22:15".
pub(super) fn date_in_line(line: &str) -> Option<&str> {
    let mut from = 0;
    while let Some((at, label)) =
        DATE_LABELS.iter().filter_map(|label| line[from..].find(label).map(|at| (from + at, label))).min()
    {
        let rest = line[at + label.len()..].trim_start_matches([' ', ':', '：', '|', '·', '일', '자', '시', '\u{a0}']);
        if let Some(date) = starting_date(rest) {
            return Some(date);
        }
        from = at + label.len();
    }
    None
}

/// Whether a text is nothing but such a word, as in the head of a row.
pub(super) fn is_date_label(text: &str) -> bool {
    DATE_LABELS.contains(&text.trim_end_matches([' ', ':', '：']).trim_end_matches("일자").trim_end_matches("일시"))
}

/// The date that a text begins with, with its time if it has one.
pub(super) fn starting_date(text: &str) -> Option<&str> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let year = &text[..digits];
    let is_year = digits == 4 && (year.starts_with("19") || year.starts_with("20"));
    // Boards write "21-03-07".
    let is_short = digits == 2 && text[2..].starts_with(['-', '.', '/']);
    let separated = text[digits..].starts_with(['.', '-', '/', '년']);
    if !(is_year || is_short) || !separated {
        return None;
    }
    let is_part = |c: char| c.is_ascii_digit() || ".-/: 년월일시분오전후".contains(c);
    let end =
        text.char_indices().take(30).take_while(|&(_, c)| is_part(c)).last().map_or(0, |(at, c)| at + c.len_utf8());
    let date = text[..end].trim_end_matches([' ', '.', '-', '/', ':', '오']);
    (date.bytes().filter(u8::is_ascii_digit).count() >= 6).then_some(date)
}
