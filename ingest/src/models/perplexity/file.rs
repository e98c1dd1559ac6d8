//! The file of a perplexity model, as [the module](super) specifies it.

use super::symbols::{FIRST, MOST, Symbols};
use super::table::Table;
use super::{MOST_ORDER, Perplexity};
use crate::models::ModelError;
use crate::models::untrusted::Untrusted;
use std::io::{self, Read, Write};
use xxhash_rust::xxh3::Xxh3;

const MAGIC: &[u8; 8] = b"MALMOILM";
const VERSION: u32 = 1;

impl Perplexity {
    /// Reads a model; `name` is how errors call the file.
    ///
    /// # Errors
    /// If the bytes are no such model, one of another version, or a damaged one.
    pub fn read(source: impl Read, name: &str) -> Result<Self, ModelError> {
        let mut file = Untrusted::digesting(source, name);
        if &file.array::<8>("the header")? != MAGIC {
            return Err(file.invalid("no perplexity model: it does not begin with MALMOILM"));
        }
        let version = file.u32("the header")?;
        if version != VERSION {
            return Err(file.invalid(format!("format version {version}, expected {VERSION}; train it anew")));
        }
        let order = file.u32("the header")?;
        let order = Some(order as usize)
            .filter(|order| (2..=MOST_ORDER).contains(order))
            .ok_or_else(|| file.invalid(format!("order {order}, expected 2 to {MOST_ORDER}")))?;
        let characters = file.u32("the header")?;
        let characters = file.count(characters.into(), MOST - usize::from(FIRST), "the number of characters")?;
        let (longest_probe, slots) = (file.u32("the header")?, file.u32("the header")?);
        let mut known = Vec::new();
        for _ in 0..characters {
            let code = file.u32("the characters")?;
            known.push(char::from_u32(code).ok_or_else(|| file.invalid(format!("{code:#x} is no character")))?);
        }
        let symbols = Symbols::new(known).ok_or_else(|| file.invalid("characters out of order or never predicted"))?;
        let surprise = file.floats(symbols.count(), "the single symbols")?;
        let back_off = file.floats(symbols.count(), "the single symbols")?;
        if surprise.iter().chain(&back_off).any(|&value| !(0.0..=100.0).contains(&value)) {
            return Err(file.invalid("a probability above one or next to none"));
        }
        let table = Table::from_slots(file.words(slots as usize, "the table")?, longest_probe)
            .ok_or_else(|| file.invalid("an empty table or endless probes"))?;
        let computed = file.digest();
        if u64::from_le_bytes(file.array("the checksum")?) != computed {
            return Err(file.invalid("the checksum does not fit"));
        }
        file.end()?;
        Ok(Self { order, symbols, surprise, back_off, table })
    }

    /// Writes the model.
    ///
    /// # Errors
    /// If `out` does not take the bytes.
    pub fn write(&self, out: impl Write) -> io::Result<()> {
        let mut out = Digesting { out, digest: Xxh3::new() };
        out.write_all(MAGIC)?;
        let characters = self.symbols.characters();
        let (longest_probe, slots) = (self.table.longest_probe(), self.table.slots());
        let numbers = [VERSION, self.order as u32, characters.len() as u32, longest_probe, slots.len() as u32];
        let characters = characters.iter().map(|&c| u32::from(c));
        numbers.into_iter().chain(characters).try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
        let single = self.surprise.iter().chain(&self.back_off);
        single.into_iter().try_for_each(|value| out.write_all(&value.to_le_bytes()))?;
        let mut bytes = Vec::new();
        for part in slots.chunks(1 << 13) {
            bytes.clear();
            part.iter().for_each(|slot| bytes.extend_from_slice(&slot.to_le_bytes()));
            out.write_all(&bytes)?;
        }
        let digest = out.digest.digest();
        out.write_all(&digest.to_le_bytes())?;
        out.flush()
    }
}

struct Digesting<W> {
    out: W,
    digest: Xxh3,
}

impl<W: Write> Write for Digesting<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.out.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
