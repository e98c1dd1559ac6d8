use crate::member::printable;

/// Text as the content of an element or the value of a quoted attribute.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in printable(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A part of the page with a heading.
pub(super) fn section(title: &str, body: &str) -> String {
    format!("<section>\n<h2>{title}</h2>\n{body}</section>\n")
}

/// A table. Cells are markup; a column's class says how its cells stand.
pub(super) struct Grid {
    columns: Vec<(String, &'static str)>,
    body: String,
}

/// Class of columns of numbers.
pub(super) const NUMBER: &str = "number";
/// Class of the column of charts.
pub(super) const CHART: &str = "chart";
/// Class of columns of words.
pub(super) const WORDS: &str = "words";

impl Grid {
    pub(super) fn new(columns: &[(&str, &'static str)]) -> Self {
        Self { columns: columns.iter().map(|&(name, class)| (name.to_owned(), class)).collect(), body: String::new() }
    }

    /// Adds a row of a class of its own (`""` for none).
    pub(super) fn row(&mut self, class: &str, cells: impl IntoIterator<Item = impl AsRef<str>>) {
        self.body += &format!("<tr{}>", attribute(class));
        for (cell, (_, class)) in cells.into_iter().zip(&self.columns) {
            self.body += &format!("<td{}>{}</td>", attribute(class), cell.as_ref());
        }
        self.body += "</tr>\n";
    }

    /// The table; without a head where no column has a name.
    pub(super) fn markup(&self) -> String {
        let cells: String =
            self.columns.iter().map(|(name, class)| format!("<th{}>{name}</th>", attribute(class))).collect();
        let named = self.columns.iter().any(|(name, _)| !name.is_empty());
        let head = if named { format!("<thead><tr>{cells}</tr></thead>\n") } else { String::new() };
        format!("<div class=\"scroll\"><table>\n{head}<tbody>\n{}</tbody>\n</table></div>\n", self.body)
    }
}

fn attribute(class: &str) -> String {
    if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escaped_text_holds_no_markup(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
            prop_assert_eq!(back.replace("&#39;", "'").replace("&amp;", "&"), printable(&text));
        }
    }
}
