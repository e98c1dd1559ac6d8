//! The texts of a folder, one after another: what models are trained on.

use crate::decode::decode;
use crate::error::{IngestError, Owner};
use crate::input::{InputFile, Remote, Resolver};
use crate::json::parse_line;
use crate::normalize::normalize;
use crate::read::{Payload, RecordReader};
use crate::source::{Fields, Format, PathPattern, SourceConfig, SourceError};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Longest text that is read.
const LIMIT: usize = 16 << 20;

/// The normalised texts of all files below a folder, in the order of their names: the `text` fields of the lines of files
/// with `.json` (`.jsonl`) or `.ndjson` in their names, and every other file as one text. Compression is told from the bytes.
///
/// What is no JSON object, has no text or is no text is passed over and counted. The first file that cannot be read ends
/// the texts. [`FolderTexts::finish`] says both.
pub struct FolderTexts {
    counts: TextCounts,
    files: std::vec::IntoIter<InputFile>,
    open: Option<(String, RecordReader)>,
    failed: Option<IngestError>,
}

/// How many texts a folder gave.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct TextCounts {
    /// Texts that were given.
    pub texts: u64,
    /// Lines and files without one.
    pub passed_over: u64,
}

impl std::fmt::Display for TextCounts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { texts, passed_over } = self;
        write!(f, "{texts} texts were read")?;
        match passed_over {
            0 => Ok(()),
            _ => write!(
                f,
                ", {passed_over} lines or files passed over: no JSON object, no `text` field, or no text at all"
            ),
        }
    }
}

impl FolderTexts {
    /// Lists the files of a folder, hidden ones left out.
    pub fn open(folder: &Path, setting: &'static str) -> Result<Self, IngestError> {
        let no_bucket = |name: &str| -> io::Result<Arc<dyn Remote>> {
            Err(io::Error::other(format!("`s3://{name}` is not a folder on this machine")))
        };
        let pattern = PathPattern::try_from("**/*".to_owned()).map_err(|error: SourceError| IngestError::Pattern {
            owner: Owner::Setting(setting),
            pattern: folder.display().to_string(),
            reason: error.to_string(),
        })?;
        let files = Resolver { base: folder, buckets: &no_bucket }.files(&Owner::Setting(setting), &[pattern])?;
        Ok(Self { files: files.into_iter(), open: None, failed: None, counts: TextCounts::default() })
    }

    /// How many texts there were, or the error that ended them too early.
    pub fn finish(self) -> Result<TextCounts, IngestError> {
        self.failed.map_or(Ok(self.counts), Err)
    }

    fn next_payload(&mut self) -> Result<Option<Payload>, IngestError> {
        loop {
            let (place, reader) = match &mut self.open {
                Some(open) => open,
                none => {
                    let Some(file) = self.files.next() else { return Ok(None) };
                    let is_json = [".json", ".ndjson"].iter().any(|ending| file.name.contains(ending));
                    let format = if is_json { Format::Jsonl } else { Format::Text };
                    none.insert((
                        file.place.to_string(),
                        RecordReader::new(&SourceConfig::of(format), file.open()?, LIMIT, Path::new(".")),
                    ))
                }
            };
            match reader.next_record() {
                Ok(Some(record)) => return Ok(Some(record.payload)),
                Ok(None) => self.open = None,
                Err(source) => return Err(IngestError::Read { place: place.clone(), source }),
            }
        }
    }
}

impl Iterator for &mut FolderTexts {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        while self.failed.is_none() {
            let text = match self.next_payload() {
                Ok(Some(Payload::Json(line))) => {
                    parse_line(&decode(line, None).text, &Fields::default()).ok().and_then(|record| record.text)
                }
                Ok(Some(Payload::Text(bytes))) => {
                    // Encodings of text other than UTF-16, which is told by its mark, have no zero bytes.
                    let text = decode(bytes, None).text;
                    (!text.contains('\0')).then_some(text)
                }
                Ok(Some(_)) => None,
                Ok(None) => return None,
                Err(error) => {
                    self.failed = Some(error);
                    None
                }
            };
            self.counts.passed_over += u64::from(text.is_none() && self.failed.is_none());
            if let Some(text) = text {
                self.counts.texts += 1;
                return Some(normalize(&text).into_owned());
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_texts_in_order_and_passes_over_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("깊이")).unwrap();
        std::fs::write(folder.path().join("깊이/나.txt"), "둘째 글").unwrap();
        std::fs::write(folder.path().join("다.bin"), [0, 1, 2, 3].repeat(100)).unwrap();
        std::fs::write(folder.path().join("라.ndjson"), "{\"text\": \"셋째 글\"}\n").unwrap();
        std::fs::write(folder.path().join("가.jsonl"), "{\"text\": \"첫째 글\"}\nbroken\n{\"title\": \"없음\"}\n")
            .unwrap();
        let mut texts = FolderTexts::open(folder.path(), "--good").unwrap();
        assert_eq!((&mut texts).collect::<Vec<_>>(), ["첫째 글", "둘째 글", "셋째 글"]);
        assert_eq!(texts.finish().unwrap(), TextCounts { texts: 3, passed_over: 3 });
    }

    #[test]
    fn an_empty_folder_is_an_error_that_names_the_setting() {
        let folder = tempfile::tempdir().unwrap();
        let message = FolderTexts::open(folder.path(), "--good").err().unwrap().to_string();
        assert!(message.starts_with("`--good`: `**/*` matches no file in"), "{message}");
    }
}
