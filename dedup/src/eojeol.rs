/// A text cut into eojeol (runs of non-space characters), with the whitespace between them folded to one space each.
///
/// Cut once, then hashed as a whole ([`crate::text_hash`]) and by shingles ([`crate::Shingles`]). The buffers are reused from
/// document to document.
#[derive(Debug, Default)]
pub struct Eojeol {
    folded: String,
    /// End of each eojeol in `folded`; the next one starts one byte later.
    ends: Vec<usize>,
}

impl Eojeol {
    /// Takes another text. Whitespace is Unicode `White_Space`: the ideographic space and the no-break space too.
    pub fn cut(&mut self, text: &str) {
        self.folded.clear();
        self.ends.clear();
        self.folded.reserve(text.len());
        for eojeol in text.split_whitespace() {
            if !self.ends.is_empty() {
                self.folded.push(' ');
            }
            self.folded.push_str(eojeol);
            self.ends.push(self.folded.len());
        }
    }

    /// The text with every run of whitespace folded to one space, and none at its ends.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// How many eojeol there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the text was blank.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The eojeol in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        let starts = std::iter::once(0).chain(self.ends.iter().map(|end| end + 1));
        starts.zip(&self.ends).map(|(start, &end)| &self.folded[start..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_of_whitespace_folds() {
        let mut eojeol = Eojeol::default();
        eojeol.cut("\u{3000}말을 \t 모아\u{a0}\r\n\n사전을  ");
        assert_eq!(eojeol.folded(), "말을 모아 사전을");
        assert_eq!(eojeol.iter().collect::<Vec<_>>(), ["말을", "모아", "사전을"]);
        eojeol.cut(" \n ");
        assert!(eojeol.is_empty() && eojeol.folded().is_empty());
    }

    proptest! {
        #[test]
        fn a_reused_buffer_forgets(first in "[가-힣 \n]{0,40}", text in "[가-힣a-z \u{3000}\t\n]{0,40}") {
            let mut reused = Eojeol::default();
            reused.cut(&first);
            reused.cut(&text);
            prop_assert_eq!(reused.iter().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
            prop_assert_eq!(reused.len(), text.split_whitespace().count());
        }
    }
}
