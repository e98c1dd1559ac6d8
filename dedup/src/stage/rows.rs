use crate::DedupError;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, Float32Array, ListArray};
use arrow::array::{PrimitiveArray, UInt32Array, UInt64Array};
use arrow::array::{RecordBatch, StringArray};
use arrow::datatypes::{ArrowPrimitiveType, Field, Float32Type, SchemaRef, UInt32Type, UInt64Type};
use std::ops::Range;

/// A batch of a part, with its columns by name and type.
pub(super) struct Rows<'a> {
    batch: &'a RecordBatch,
    path: &'a str,
}

impl<'a> Rows<'a> {
    /// Rows that came from the part at `path`, which errors name.
    pub(super) fn of(batch: &'a RecordBatch, path: &'a str) -> Self {
        Self { batch, path }
    }

    pub(super) fn u64(&self, name: &'static str) -> Result<&'a UInt64Array, DedupError> {
        self.primitive::<UInt64Type>(name)
    }

    pub(super) fn u32(&self, name: &'static str) -> Result<&'a UInt32Array, DedupError> {
        self.primitive::<UInt32Type>(name)
    }

    pub(super) fn text(&self, name: &'static str) -> Result<&'a StringArray, DedupError> {
        self.array(name)?.as_string_opt().ok_or_else(|| self.missing(name))
    }

    pub(super) fn bytes(&self, name: &'static str) -> Result<&'a FixedSizeBinaryArray, DedupError> {
        self.array(name)?.as_fixed_size_binary_opt().ok_or_else(|| self.missing(name))
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<&'a BooleanArray, DedupError> {
        self.array(name)?.as_boolean_opt().ok_or_else(|| self.missing(name))
    }

    pub(super) fn vectors(&self, name: &'static str) -> Result<Vectors<'a>, DedupError> {
        let lists: &ListArray = self.array(name)?.as_list_opt().ok_or_else(|| self.missing(name))?;
        let numbers = lists.values().as_primitive_opt::<Float32Type>().ok_or_else(|| self.missing(name))?;
        Ok(Vectors { lists, numbers })
    }

    pub(super) fn f32(&self, name: &'static str) -> Result<&'a Float32Array, DedupError> {
        self.primitive::<Float32Type>(name)
    }

    pub(super) fn array(&self, name: &'static str) -> Result<&'a ArrayRef, DedupError> {
        self.batch.column_by_name(name).ok_or_else(|| self.missing(name))
    }

    /// The column that a field of the same format names.
    pub(super) fn same(&self, field: &Field) -> Result<&'a ArrayRef, DedupError> {
        let column = self.batch.column_by_name(field.name());
        column.ok_or_else(|| DedupError::Format { path: self.path.to_owned(), column: field.name().clone() })
    }

    /// Columns put together as rows made from these.
    pub(super) fn assemble(&self, schema: &SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, DedupError> {
        RecordBatch::try_new(SchemaRef::clone(schema), columns)
            .map_err(|error| DedupError::Rows { path: self.path.to_owned(), error })
    }

    fn primitive<T: ArrowPrimitiveType>(&self, name: &'static str) -> Result<&'a PrimitiveArray<T>, DedupError> {
        self.array(name)?.as_primitive_opt().ok_or_else(|| self.missing(name))
    }

    /// What is wrong where a column does not hold what its format promises.
    pub(super) fn missing(&self, column: &'static str) -> DedupError {
        DedupError::Column { path: self.path.to_owned(), column }
    }
}

/// A column of lists of numbers.
pub(super) struct Vectors<'a> {
    lists: &'a ListArray,
    numbers: &'a Float32Array,
}

impl<'a> Vectors<'a> {
    /// The numbers of a row, if it has any list.
    pub(super) fn get(&self, row: usize) -> Option<&'a [f32]> {
        self.lists.is_valid(row).then(|| &self.numbers.values()[self.place(row)])
    }

    /// The same as bytes, as they lie in memory.
    pub(super) fn bytes(&self, row: usize) -> &'a [u8] {
        let Range { start, end } = self.place(row);
        let size = size_of::<f32>();
        &self.numbers.values().inner().as_slice()[start * size..end * size]
    }

    fn place(&self, row: usize) -> Range<usize> {
        let offsets = self.lists.value_offsets();
        offsets[row] as usize..offsets[row + 1] as usize
    }
}
