//! What tells sentences from labels: how Korean words and sentences end.

/// Last syllables of eojeol with a particle or an ending (은/는, 을/를, 에서, 하고, 하면, …).
const ENDINGS: &str = "은는이가을를에의로도와과고서며면한할된될인지게해어아니던만든";

/// Last syllables of Korean sentences that authors leave without a full stop.
const SENTENCE_ENDINGS: &str = "다요죠";

/// What a text shows of being written in sentences.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Prose {
    pub(super) eojeols: u32,
    sentences: u32,
    endings: u32,
}

impl Prose {
    pub(super) fn of(text: &str) -> Self {
        let mut prose = Self::default();
        for eojeol in text.split_ascii_whitespace() {
            prose.eojeols += 1;
            let bytes = eojeol.as_bytes();
            let last = bytes[bytes.len() - 1];
            if last < 0x80 {
                prose.sentences += u32::from(bytes.len() > 1 && ends_with_stop(eojeol));
            } else if let Some(last) = eojeol.chars().next_back() {
                prose.endings += u32::from(ENDINGS.contains(last));
                prose.sentences += u32::from(matches!(last, '。' | '…' | '”' | '’'));
            }
        }
        prose
    }

    /// Whether it reads like sentences and not like labels.
    pub(super) fn is_prose(&self) -> bool {
        let Self { eojeols, sentences, endings } = *self;
        eojeols >= 3 && sentences > 0 && (endings > 0 || eojeols >= 5) || eojeols >= 7 && endings * 6 >= eojeols
    }

    /// Whether it has a whole sentence of some length, which no headline and no button is.
    pub(super) fn has_long_sentence(&self) -> bool {
        self.sentences > 0 && self.eojeols >= 8
    }
}

fn ends_with_stop(eojeol: &str) -> bool {
    let inner = eojeol.trim_end_matches(['"', '\'', ')', ']', '”', '’']);
    inner.ends_with(['.', '!', '?']) && inner.len() > 2
}

/// Whether a line ends as a sentence does: with a full stop, or with 다, 요 or 죠 after other words.
pub(super) fn ends_sentence(line: &str) -> bool {
    let inner =
        line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ')' | ']' | '”' | '’' | '」'));
    let stopped = inner.trim_end_matches(['.', '!', '?', '…', '~', '。']);
    stopped.len() < inner.len() && stopped.ends_with(|c: char| c.is_alphanumeric() || c == ')')
        || stopped.ends_with(|c: char| SENTENCE_ENDINGS.contains(c)) && stopped.split_whitespace().nth(2).is_some()
}
