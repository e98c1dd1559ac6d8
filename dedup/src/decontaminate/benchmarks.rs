use super::config::EvalSet;
use super::index::Index;
use super::significant::fold;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;
use xxhash_rust::xxh3::xxh3_128;

/// Ordinal of an evaluation set, in the order of the recipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetId(pub u16);

/// Ordinal of an item among those of all sets, in the order in which they were added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ItemId(pub u32);

/// Why an item is not searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unsearched {
    /// All its texts together are shorter than the set's `shortest`.
    TooShort,
    /// Its texts are those of the prompt, repeat themselves, or are shared by too many others.
    Indistinct,
}

/// An evaluation item.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) set: SetId,
    pub(super) id: Box<str>,
    /// Characters of its searched passages.
    pub(super) characters: u32,
    /// Why there are none.
    pub(super) unsearched: Option<Unsearched>,
}

/// A line of text of one or more items of a set, as significant characters.
#[derive(Debug)]
pub(super) struct Passage {
    pub(super) symbols: Box<[u32]>,
    /// Characters in a row that are evidence, when the passage has as many.
    ngram: usize,
    pub(super) owners: Vec<Owner>,
}

/// An item that holds a passage.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner {
    pub(super) item: ItemId,
    /// Characters of the item before the passage.
    pub(super) before: u32,
}

impl Passage {
    /// Characters in a row that are evidence: a short passage must be found whole.
    pub(super) fn least_run(&self) -> usize {
        self.ngram.min(self.symbols.len())
    }
}

/// Evaluation items on their way into an [`Index`].
///
/// A text is searched line by line, because sets of one field join question, passage and choices by line breaks. Lines that
/// items of a set share (a SQuAD context has many questions) are kept once.
#[derive(Debug, Default)]
pub struct Benchmarks {
    pub(super) sets: Vec<EvalSet>,
    pub(super) items: Vec<Item>,
    pub(super) passages: Vec<Passage>,
    /// Ordinals of passages by set and hash. 128 bits: equal hashes are taken for equal passages.
    known: HashMap<(SetId, u128), u32>,
}

impl Benchmarks {
    /// Opens another evaluation set. `None` after 65,536 sets.
    pub fn add_set(&mut self, set: EvalSet) -> Option<SetId> {
        let id = SetId(u16::try_from(self.sets.len()).ok()?);
        self.sets.push(set);
        Some(id)
    }

    /// Adds an item of `texts`. Texts are composed (NFC) here: benchmarks come decomposed too.
    ///
    /// Where every line is too short to be searched, they are searched as one: found where they follow one another, as in
    /// a leaked table. `None` for an unknown set, or past 2³² items.
    pub fn add<'a>(&mut self, set: SetId, id: &str, texts: impl IntoIterator<Item = &'a str>) -> Option<ItemId> {
        let bounds = self.sets.get(usize::from(set.0))?;
        let (shortest, ngram) = (bounds.shortest.get(), bounds.ngram.get());
        let item = ItemId(u32::try_from(self.items.len()).ok()?);
        let lines: Vec<Vec<u32>> = texts.into_iter().flat_map(str::lines).map(significant).collect();
        let mut searched: Vec<&[u32]> = lines.iter().map(Vec::as_slice).filter(|line| line.len() >= shortest).collect();
        let joined = lines.concat();
        if searched.is_empty() && joined.len() >= shortest {
            searched.push(&joined);
        }
        let mut characters = 0;
        for line in searched {
            characters += self.add_passage(set, ngram, Owner { item, before: characters }, line);
        }
        let unsearched = (characters == 0).then_some(Unsearched::TooShort);
        self.items.push(Item { set, id: id.into(), characters, unsearched });
        Some(item)
    }

    /// Adds a line to an item, and gives its characters: none where the item has the line already.
    fn add_passage(&mut self, set: SetId, ngram: usize, owner: Owner, line: &[u32]) -> u32 {
        let Ok(characters) = u32::try_from(line.len()) else { return 0 };
        let bytes: Vec<u8> = line.iter().flat_map(|symbol| symbol.to_le_bytes()).collect();
        let next = self.passages.len() as u32;
        let ordinal = *self.known.entry((set, xxh3_128(&bytes))).or_insert(next);
        if ordinal == next {
            self.passages.push(Passage { symbols: line.into(), ngram, owners: vec![owner] });
            return characters;
        }
        let owners = &mut self.passages[ordinal as usize].owners;
        if owners.last().is_some_and(|last| last.item == owner.item) {
            return 0;
        }
        owners.push(owner);
        characters
    }

    /// Builds what documents are scanned with.
    pub fn index(self) -> Index {
        Index::of(self)
    }
}

fn significant(line: &str) -> Vec<u32> {
    let mut symbols = Vec::with_capacity(line.len() / 2);
    fold(&line.nfc().collect::<String>(), &mut symbols);
    symbols
}
