/// A place in a date.
pub(super) struct Cursor<'a> {
    rest: &'a str,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text }
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    fn take_while(&mut self, holds: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !holds(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    /// A run of digits, if one stands here.
    pub(super) fn digits(&mut self) -> Option<&'a str> {
        Some(self.take_while(|c| c.is_ascii_digit())).filter(|digits| !digits.is_empty())
    }

    /// A run of one to `most` digits as a number; longer runs are left where they are.
    pub(super) fn number(&mut self, most: usize) -> Option<i64> {
        let start = self.rest;
        let number = self.digits().filter(|digits| digits.len() <= most).and_then(|digits| digits.parse().ok());
        if number.is_none() {
            self.rest = start;
        }
        number
    }

    /// A run of letters, empty if none stands here.
    pub(super) fn word(&mut self) -> &'a str {
        self.take_while(char::is_alphabetic)
    }

    /// A character, if it is one of `wanted`.
    pub(super) fn one_of(&mut self, wanted: &[char]) -> Option<char> {
        let next = self.rest.chars().next().filter(|c| wanted.contains(c))?;
        self.skip();
        Some(next)
    }

    /// One of `words`, whatever its case; its place among them.
    pub(super) fn any_word(&mut self, words: &[&str]) -> Option<usize> {
        let here = |word: &&str| self.rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let at = words.iter().position(here)?;
        self.rest = &self.rest[words[at].len()..];
        Some(at)
    }

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(char::is_whitespace);
    }

    /// Passes one character, if there is one.
    pub(super) fn skip(&mut self) -> bool {
        let mut characters = self.rest.chars();
        let passed = characters.next().is_some();
        self.rest = characters.as_str();
        passed
    }
}
