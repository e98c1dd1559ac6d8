use crate::AuditError;
use crate::member::Place;
use arrow::array::{
    Array, ArrayRef, ArrowPrimitiveType, AsArray, FixedSizeBinaryArray, PrimitiveArray, RecordBatch, StringArray,
};
use arrow::datatypes::{Float32Type, Int64Type, UInt32Type, UInt64Type};
use malmoi_schemas::{DocumentId, FileSet, Outcome, Reason, Stage, column};
use std::collections::BTreeMap;

/// Whose rows they are, for errors.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) stage: Stage,
    pub(crate) set: FileSet,
}

/// A batch whose columns are asked for by name and type.
pub(crate) struct Rows<'a> {
    batch: &'a RecordBatch,
    origin: Origin,
}

impl<'a> Rows<'a> {
    pub(crate) fn new(batch: &'a RecordBatch, origin: Origin) -> Self {
        Self { batch, origin }
    }

    pub(crate) fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// A text, if it is not null.
    pub(crate) fn text(&self, column: &str, row: usize) -> Result<Option<&'a str>, AuditError> {
        let array: &StringArray = self.column(column)?.as_string_opt().ok_or_else(|| self.missing(column))?;
        Ok(array.is_valid(row).then(|| array.value(row)))
    }

    /// A text that cannot be null.
    pub(crate) fn name(&self, column: &str, row: usize) -> Result<&'a str, AuditError> {
        self.text(column, row)?.ok_or_else(|| self.missing(column))
    }

    pub(crate) fn u32(&self, column: &str, row: usize) -> Result<Option<u32>, AuditError> {
        self.primitive::<UInt32Type>(column, row)
    }

    pub(crate) fn u64(&self, column: &str, row: usize) -> Result<Option<u64>, AuditError> {
        self.primitive::<UInt64Type>(column, row)
    }

    pub(crate) fn f32(&self, column: &str, row: usize) -> Result<Option<f32>, AuditError> {
        self.primitive::<Float32Type>(column, row)
    }

    /// What a plan counted.
    pub(crate) fn count(&self, column: &str, row: usize) -> Result<u64, AuditError> {
        let count = self.primitive::<Int64Type>(column, row)?;
        count.and_then(|n| u64::try_from(n).ok()).ok_or_else(|| self.missing(column))
    }

    /// An id, if it is not null.
    pub(crate) fn id(&self, column: &str, row: usize) -> Result<Option<DocumentId>, AuditError> {
        let array: &FixedSizeBinaryArray =
            self.column(column)?.as_fixed_size_binary_opt().ok_or_else(|| self.missing(column))?;
        match array.is_valid(row) {
            true => DocumentId::from_slice(array.value(row)).map(Some).ok_or_else(|| self.missing(column)),
            false => Ok(None),
        }
    }

    /// The document's own id.
    pub(crate) fn document(&self, row: usize) -> Result<DocumentId, AuditError> {
        self.id(column::ID, row)?.ok_or_else(|| self.missing(column::ID))
    }

    /// Source, file and record.
    pub(crate) fn place(&self, row: usize) -> Result<Place, AuditError> {
        Ok(Place {
            source: self.name(column::SOURCE, row)?.to_owned(),
            file: self.name(column::FILE, row)?.to_owned(),
            record: self.u64(column::RECORD, row)?.ok_or_else(|| self.missing(column::RECORD))?,
        })
    }

    /// What the ledger says became of the record.
    pub(crate) fn outcome(&self, row: usize) -> Result<Outcome, AuditError> {
        let word = self.name(column::OUTCOME, row)?;
        let reason = self.text(column::REASON, row)?;
        let known = match (word, reason.map(str::parse::<Reason>)) {
            ("kept", _) => Some(Outcome::Kept),
            ("removed", Some(Ok(reason))) => Some(Outcome::Removed(reason)),
            ("errored", Some(Ok(reason))) => Some(Outcome::Errored(reason)),
            _ => None,
        };
        known.ok_or_else(|| AuditError::Value {
            set: self.origin.set.as_str(),
            stage: self.origin.stage,
            found: format!("{word} {}", reason.unwrap_or_default()),
        })
    }

    /// The fields of a struct of numbers, in order; those that are null are left out.
    pub(crate) fn numbers(&self, column: &str, row: usize) -> Result<Vec<(String, f64)>, AuditError> {
        let array = self.column(column)?.as_struct_opt().ok_or_else(|| self.missing(column))?;
        if array.is_null(row) {
            return Ok(Vec::new());
        }
        let number = |values: &ArrayRef| -> Result<Option<f64>, AuditError> {
            let value = match (values.as_primitive_opt::<UInt32Type>(), values.as_primitive_opt::<Float32Type>()) {
                (Some(counts), _) => f64::from(counts.value(row)),
                (_, Some(numbers)) => f64::from(numbers.value(row)),
                _ => return Err(self.missing(column)),
            };
            Ok(values.is_valid(row).then_some(value))
        };
        let mut found = Vec::new();
        for (field, values) in array.fields().iter().zip(array.columns()) {
            found.extend(number(values)?.map(|value| (field.name().clone(), value)));
        }
        Ok(found)
    }

    /// A list of words; none if it is null.
    pub(crate) fn words(&self, column: &str, row: usize) -> Result<Vec<String>, AuditError> {
        let Some(items) = self.items(column, row)? else { return Ok(Vec::new()) };
        let words: &StringArray = items.as_string_opt().ok_or_else(|| self.missing(column))?;
        Ok(words.iter().flatten().map(str::to_owned).collect())
    }

    /// A list of structs that name a kind, counted by kind: by its own count where it has one, else one for each.
    pub(crate) fn kinds(&self, column: &str, row: usize) -> Result<Vec<(String, u64)>, AuditError> {
        let Some(items) = self.items(column, row)? else { return Ok(Vec::new()) };
        let missing = || self.missing(column);
        let items = items.as_struct_opt().ok_or_else(missing)?;
        let kinds: &StringArray =
            items.column_by_name(column::KIND).and_then(|a| a.as_string_opt()).ok_or_else(missing)?;
        let counts = items.column_by_name(column::COUNT).and_then(|a| a.as_primitive_opt::<UInt32Type>());
        let mut found = BTreeMap::<String, u64>::new();
        for (at, kind) in kinds.iter().enumerate() {
            *found.entry(kind.unwrap_or_default().to_owned()).or_default() += counts.map_or(1, |c| c.value(at).into());
        }
        Ok(found.into_iter().collect())
    }

    fn items(&self, column: &str, row: usize) -> Result<Option<ArrayRef>, AuditError> {
        let array = self.column(column)?.as_list_opt::<i32>().ok_or_else(|| self.missing(column))?;
        Ok(array.is_valid(row).then(|| array.value(row)))
    }

    fn primitive<T: ArrowPrimitiveType>(&self, column: &str, row: usize) -> Result<Option<T::Native>, AuditError> {
        let array: &PrimitiveArray<T> = self.column(column)?.as_primitive_opt().ok_or_else(|| self.missing(column))?;
        Ok(array.is_valid(row).then(|| array.value(row)))
    }

    fn column(&self, column: &str) -> Result<&'a dyn Array, AuditError> {
        self.batch.column_by_name(column).map(AsRef::as_ref).ok_or_else(|| self.missing(column))
    }

    fn missing(&self, column: &str) -> AuditError {
        AuditError::Column { set: self.origin.set.as_str(), stage: self.origin.stage, column: column.to_owned() }
    }
}
