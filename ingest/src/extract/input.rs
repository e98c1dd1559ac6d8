//! The bytes of a page, which end early where the sink says so.

use html5gum::{Readable, Reader, StringReader};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A page that ends when its last attribute was one too many. The tokenizer goes from one quoted attribute of a tag to the
/// next by a call within a call, and asks the sink for nothing: only the end of its input stops it before the stack does.
pub(super) struct Input<'a> {
    page: StringReader<'a>,
    stop: Arc<AtomicBool>,
}

impl<'a> Input<'a> {
    pub(super) fn new(page: &'a str, stop: Arc<AtomicBool>) -> Self {
        Self { page: page.to_reader(), stop }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

impl Reader for Input<'_> {
    type Error = Infallible;

    #[inline]
    fn read_byte(&mut self) -> Result<Option<u8>, Infallible> {
        if self.is_over() { Ok(None) } else { self.page.read_byte() }
    }

    #[inline]
    fn try_read_string(&mut self, text: &[u8], case_sensitive: bool) -> Result<bool, Infallible> {
        if self.is_over() { Ok(false) } else { self.page.try_read_string(text, case_sensitive) }
    }

    #[inline]
    fn read_until<'b>(&'b mut self, needle: &[u8], one: &'b mut [u8; 4]) -> Result<Option<&'b [u8]>, Infallible> {
        if self.is_over() { Ok(None) } else { self.page.read_until(needle, one) }
    }
}
