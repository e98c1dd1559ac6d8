//! Parameters of a query.

use super::percent;
use super::tracking::is_tracking;
use std::ops::Range;

/// The parameters that say something about the page, ordered by name.
#[derive(Debug, Default)]
pub(super) struct Query {
    text: String,
    parameters: Vec<Parameter>,
}

#[derive(Debug)]
struct Parameter {
    /// The parameter in `text`, `name=value` or only `name`.
    whole: Range<usize>,
    name_end: usize,
}

impl Query {
    /// Takes another query, without its `?`, of a page on `host`.
    pub(super) fn read(&mut self, query: &str, host: &str) {
        self.text.clear();
        self.parameters.clear();
        for parameter in query.split('&') {
            let start = self.text.len();
            percent::push(parameter, true, &mut self.text);
            let name_end = self.text[start..].find('=').map_or(self.text.len(), |at| start + at);
            if name_end + 1 == self.text.len() {
                self.text.pop();
            }
            let (name, value) = self.text[start..].split_at(name_end - start);
            if (name.is_empty() && value.is_empty()) || is_tracking(name, value.get(1..).unwrap_or_default(), host) {
                self.text.truncate(start);
            } else {
                self.parameters.push(Parameter { whole: start..self.text.len(), name_end });
            }
        }
        let text = &self.text;
        // Stable: of one name the order can matter (`sort=date&sort=title`).
        self.parameters.sort_by(|a, b| text[a.whole.start..a.name_end].cmp(&text[b.whole.start..b.name_end]));
    }

    /// The value of a parameter that stands there once.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut named = self.parameters.iter().filter(|p| &self.text[p.whole.start..p.name_end] == name);
        let parameter = named.next().filter(|_| named.next().is_none())?;
        self.text.get(parameter.name_end + 1..parameter.whole.end)
    }

    pub(super) fn write(&self, into: &mut String) {
        for (number, parameter) in self.parameters.iter().enumerate() {
            into.push(if number == 0 { '?' } else { '&' });
            into.push_str(&self.text[parameter.whole.clone()]);
        }
    }
}
