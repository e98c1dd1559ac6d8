//! Statistics for a person: as a text for a terminal, as a page for a browser.

mod bar;
mod html;
mod number;
mod table;
mod text;

pub(crate) use bar::bar;
pub use html::html;
pub(crate) use number::{compact, list, seconds, share, thousands};
pub(crate) use table::{Align, Table};
