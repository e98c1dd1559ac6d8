use super::{PreviewRequest, SourcePreview};
use crate::clean::Cleaner;
use crate::config::IngestConfig;
use crate::equipment::{Equipment, EquipmentFiles};
use crate::error::IngestError;
use crate::input::{InputFile, Resolver};
use crate::judge::Rules;
use crate::read::{Payload, RawRecord, RecordReader};
use crate::source::{Format, SourceConfig};
use malmoi_schemas::DocumentId;
use std::collections::BTreeMap;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Files with many records each that are opened at most.
const FILES: usize = 16;

/// Raw bytes that are read of each file at most.
const BYTES_OF_FILE: u64 = 16 << 20;

/// Cleans a sample of every source, or of the one that is asked for.
pub(crate) fn preview(
    sources: &[(&SourceConfig, Rules)],
    config: &IngestConfig,
    resolver: &Resolver<'_>,
    request: &PreviewRequest<'_>,
) -> Result<Vec<SourcePreview>, IngestError> {
    let wanted = |source: &SourceConfig| request.source.is_none_or(|name| name == source.name.as_str());
    let sources: Vec<_> = sources.iter().filter(|(source, _)| wanted(source)).collect();
    if let (true, Some(name)) = (sources.is_empty(), request.source) {
        return Err(IngestError::UnknownSource { name: name.to_owned() });
    }
    let equipment = Equipment::read(config, &EquipmentFiles::find(config, resolver)?)?;
    let each = request.records.div_ceil(sources.len().max(1));
    let previews = sources.iter().map(|(source, rules)| {
        let files = source.resolve(resolver.base, resolver.buckets)?;
        let mut preview = SourcePreview::new(source.name.as_str(), files.len());
        let mut cleaner = Cleaner::new(source, rules.clone(), &equipment);
        for (place, payload) in sample(source, &files, each, config, request.seed, &mut preview.files.1)? {
            preview.add(place, cleaner.clean(payload), request.show);
        }
        Ok(preview)
    });
    previews.collect()
}

/// The file's name inside the source and the record's ordinal in it.
type RecordPlace = (String, u64);

/// `records` records from files all over the source: those whose ids have the smallest hashes of what is read, in the
/// order of files and records.
fn sample(
    source: &SourceConfig,
    files: &[InputFile],
    records: usize,
    config: &IngestConfig,
    seed: u64,
    opened: &mut usize,
) -> Result<Vec<(RecordPlace, Payload)>, IngestError> {
    let most = match source.format {
        Format::Text | Format::Html => records,
        _ => FILES.min(records),
    };
    let opening = files.len().min(most.max(1));
    let mut chosen: Vec<(RecordPlace, Payload)> = Vec::new();
    for number in 0..opening {
        let file = &files[number * files.len() / opening];
        *opened += 1;
        // What earlier files could not give, later ones may.
        let share = (records - chosen.len()).div_ceil(opening - number);
        let kept = smallest(source, file, share, config, seed)?;
        chosen.extend(kept.into_iter().map(|record| ((file.name.clone(), record.ordinal), record.payload)));
    }
    Ok(chosen)
}

/// The records of a file with the smallest hashes, in their order.
fn smallest(
    source: &SourceConfig,
    file: &InputFile,
    records: usize,
    config: &IngestConfig,
    seed: u64,
) -> Result<Vec<RawRecord>, IngestError> {
    let mut reader = RecordReader::new(source, file.open()?, config.max_record.bytes(), &std::env::temp_dir());
    let (mut held, mut read) = (BTreeMap::new(), 0);
    // What is passed over between records counts as well, as far as the file's own bytes tell.
    while read < BYTES_OF_FILE && reader.stored_bytes() < BYTES_OF_FILE {
        let record =
            reader.next_record().map_err(|error| IngestError::Read { place: file.place.to_string(), source: error })?;
        let Some(record) = record else { break };
        read += record.memory();
        let id = DocumentId::of_place(source.name.as_str(), &file.name, record.ordinal);
        held.insert((xxh3_64_with_seed(&id.0, seed), record.ordinal), record);
        if held.len() > records {
            held.pop_last();
        }
    }
    let mut kept: Vec<_> = held.into_values().collect();
    kept.sort_by_key(|record| record.ordinal);
    Ok(kept)
}
