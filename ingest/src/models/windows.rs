//! Three windows that stand for a long text.

/// The parts of a text that a model reads: the whole text if it is short, else a window at its beginning, one around
/// its middle byte and one at its end. A pure function of the text, so a score never depends on a run.
///
/// Windows grow to the next space, so that an eojeol is cut only when it is absurdly long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows<'a> {
    parts: [&'a str; 3],
}

/// Characters in each window in which the models of the Measure step read a long text. A text of up to about three times
/// as many is read whole.
pub const WINDOW: usize = 500;
/// Characters a window may grow by to reach a space.
const GROWTH: usize = 40;

impl<'a> Windows<'a> {
    /// Windows of about `characters` each. A text that is not clearly longer than three windows is taken whole.
    pub fn of(text: &'a str, characters: usize) -> Self {
        let whole = Self { parts: [text, "", ""] };
        if text.len() <= 3 * characters {
            return whole;
        }
        let middle = text.floor_char_boundary(text.len() / 2);
        let first = forward(text, 0, characters);
        let second = back(text, middle, characters / 2)..forward(text, middle, characters / 2);
        let third = back(text, text.len(), characters);
        if first >= second.start || second.end >= third {
            return whole;
        }
        Self { parts: [&text[..first], &text[second], &text[third..]] }
    }

    /// The windows in reading order; one of them for a text that is taken whole.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.parts.into_iter().filter(|part| !part.is_empty())
    }
}

fn forward(text: &str, from: usize, characters: usize) -> usize {
    let mut end = text.len();
    for (passed, (at, c)) in text[from..].char_indices().enumerate() {
        if passed >= characters && (c.is_whitespace() || passed >= characters + GROWTH) {
            end = from + at;
            break;
        }
    }
    end
}

fn back(text: &str, to: usize, characters: usize) -> usize {
    for (passed, (at, c)) in text[..to].char_indices().rev().enumerate() {
        if passed >= characters && (c.is_whitespace() || passed >= characters + GROWTH) {
            return at;
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn short_text_is_read_whole() {
        let text = "봄비가 그치자 마당에 풀이 돋았다";
        assert_eq!(Windows::of(text, 100).iter().collect::<Vec<_>>(), [text]);
        assert_eq!(Windows::of("", 100).iter().count(), 0);
    }

    #[test]
    fn long_text_is_read_at_its_beginning_middle_and_end() {
        let text: String = (0..1000).map(|i| format!("{i}번째 ")).collect();
        let parts: Vec<&str> = Windows::of(text.trim_end(), 20).iter().collect();
        assert_eq!(parts.len(), 3);
        assert!(
            parts[0].starts_with("0번째") && parts[1].contains("505번째") && parts[2].ends_with("999번째"),
            "{parts:?}"
        );
        assert!(parts.iter().all(|part| part.split_whitespace().all(|eojeol| eojeol.ends_with("번째"))), "{parts:?}");
    }

    proptest! {
        #[test]
        fn windows_are_short_disjoint_and_in_order(text in "[가-힣a \n𝄞]{0,400}", characters in 0usize..60) {
            let mut from = text.as_ptr() as usize;
            for part in Windows::of(&text, characters).iter() {
                prop_assert!(part.as_ptr() as usize >= from);
                from = part.as_ptr() as usize + part.len();
            }
            let read: usize = Windows::of(&text, characters).iter().map(|part| part.chars().count()).sum();
            prop_assert!(read <= 12 * (characters + GROWTH) + 3);
        }
    }
}
