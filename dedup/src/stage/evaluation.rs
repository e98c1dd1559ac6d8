//! Files of evaluation sets: found, hashed into the version, and read into an index.

use crate::decontaminate::{Benchmarks, EvalSet, Format, Index, ReadError, SetId, read_items};
use crate::{DedupConfig, DedupError};
use arrow::array::{Array, AsArray, RecordBatch, StringArray};
use arrow::datatypes::DataType;
use datafusion::logical_expr::cast;
use datafusion::prelude::{ParquetReadOptions, ident};
use malmoi_engine::Session;
use malmoi_schemas::Digest;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

/// A file of an evaluation set.
pub(super) struct EvalFile {
    /// Ordinal of the set in the recipe.
    set: usize,
    path: PathBuf,
    format: Format,
    /// Of its bytes as they lie: another file is another version of the stage.
    pub(super) digest: Digest,
}

/// The files that the recipe names, in its order; those of one pattern by name.
pub(super) fn files(config: &DedupConfig, base: &Path) -> Result<Vec<EvalFile>, DedupError> {
    let mut files = Vec::new();
    for (set, evaluation) in config.decontaminate.iter().enumerate() {
        for pattern in &evaluation.paths {
            let wrong = |what: String| DedupError::EvaluationPath {
                set: evaluation.name.clone(),
                pattern: pattern.clone(),
                what,
            };
            let full = base.join(pattern).display().to_string();
            let found = glob::glob(&full).map_err(|error| wrong(error.to_string()))?;
            let mut paths = found.collect::<Result<Vec<_>, _>>().map_err(|error| wrong(error.to_string()))?;
            paths.retain(|path| path.is_file());
            if paths.is_empty() {
                return Err(wrong("matches no file".to_owned()));
            }
            for path in paths {
                let format = Format::of(&path.display().to_string()).ok_or_else(|| {
                    wrong(format!("`{}` is none of .jsonl, .json, .tsv, .csv, .parquet", path.display()))
                })?;
                let digest = Digest::of(&read(&path)?);
                files.push(EvalFile { set, path, format, digest });
            }
        }
    }
    Ok(files)
}

/// The index of all items; `None` where the recipe names no set.
pub(super) fn index(session: &Session, sets: &[EvalSet], files: &[EvalFile]) -> Result<Option<Index>, DedupError> {
    if sets.is_empty() {
        return Ok(None);
    }
    let mut benchmarks = Benchmarks::default();
    let ids: Vec<SetId> = sets.iter().filter_map(|set| benchmarks.add_set(set.clone())).collect();
    for file in files {
        session.cancel().check()?;
        // One set in 65,536 or more is refused by its id.
        let (Some(&id), Some(set)) = (ids.get(file.set), sets.get(file.set)) else {
            return Err(DedupError::TooManyItems);
        };
        match file.format {
            Format::Parquet => add_columns(session, file, set, id, &mut benchmarks)?,
            format => add_lines(format, file, set, id, &mut benchmarks)?,
        }
    }
    Ok(Some(benchmarks.index()))
}

fn read(path: &Path) -> Result<Vec<u8>, DedupError> {
    std::fs::read(path).map_err(|source| DedupError::EvaluationFile { path: path.display().to_string(), source })
}

fn add_lines(
    format: Format,
    file: &EvalFile,
    set: &EvalSet,
    id: SetId,
    benchmarks: &mut Benchmarks,
) -> Result<(), DedupError> {
    let bytes = read(&file.path)?;
    let failed = |source| DedupError::EvaluationFile { path: file.path.display().to_string(), source };
    let input: Box<dyn Read + '_> = match bytes.as_slice() {
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Box::new(zstd::Decoder::new(bytes.as_slice()).map_err(failed)?),
        [0x1f, 0x8b, ..] => Box::new(flate2::read::MultiGzDecoder::new(bytes.as_slice())),
        _ => Box::new(bytes.as_slice()),
    };
    let mut added = true;
    let read = read_items(format, BufReader::new(input), &set.fields, |item, texts| {
        added &= benchmarks.add(id, item, texts.iter().copied()).is_some();
    });
    read.map_err(|error| DedupError::EvaluationItems { path: file.path.display().to_string(), error })?;
    if added { Ok(()) } else { Err(DedupError::TooManyItems) }
}

/// Columns of a Parquet file: those that the recipe names, or all that hold text.
fn add_columns(
    session: &Session,
    file: &EvalFile,
    set: &EvalSet,
    id: SetId,
    benchmarks: &mut Benchmarks,
) -> Result<(), DedupError> {
    let failed = |error| DedupError::EvaluationItems { path: file.path.display().to_string(), error };
    let context = session.context()?;
    let path = file.path.display().to_string();
    let frame = session.block_on(context.read_parquet(path, ParquetReadOptions::default()))?;
    let is_text = |kind: &DataType| matches!(kind, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View);
    let fields = frame.schema().fields();
    let mut names: Vec<String> =
        fields.iter().filter(|field| is_text(field.data_type())).map(|field| field.name().clone()).collect();
    if let Some(field) = set.fields.iter().find(|field| !names.contains(field)) {
        return Err(failed(ReadError::Field { field: field.clone() }));
    }
    let named = ["id", "guid", "_id"].into_iter().find(|name| fields.iter().any(|field| field.name() == name));
    if !set.fields.is_empty() {
        names.clone_from(&set.fields);
    }
    let columns = named.into_iter().chain(names.iter().map(String::as_str));
    let columns = columns.enumerate().map(|(at, name)| cast(ident(name), DataType::Utf8).alias(format!("{at}")));
    let batches = session.block_on(async { frame.select(columns.collect::<Vec<_>>())?.collect().await })?;
    let mut ordinal = 0;
    for batch in &batches {
        for row in 0..batch.num_rows() {
            add_row(batch, row, named.is_some(), ordinal, id, benchmarks)?;
            ordinal += 1;
        }
    }
    if ordinal == 0 { Err(failed(ReadError::Empty { expected: "rows" })) } else { Ok(()) }
}

fn add_row(
    batch: &RecordBatch,
    row: usize,
    named: bool,
    ordinal: u64,
    set: SetId,
    benchmarks: &mut Benchmarks,
) -> Result<(), DedupError> {
    let value = |column: &StringArray| column.is_valid(row).then(|| column.value(row).to_owned());
    let columns: Vec<Option<String>> =
        batch.columns().iter().map(|column| column.as_string_opt::<i32>().and_then(value)).collect();
    let (id, texts) = columns.split_at(usize::from(named));
    let id = id.first().cloned().flatten().unwrap_or_else(|| ordinal.to_string());
    let added = benchmarks.add(set, &id, texts.iter().flatten().map(String::as_str));
    added.map(|_| ()).ok_or(DedupError::TooManyItems)
}
