//! Matrices of 32-bit floats, plain or product-quantised (Joulin et al. 2016, "FastText.zip").

use crate::models::ModelError;
use crate::models::untrusted::Untrusted;
use std::io::{self, Read, Write};

/// Centroids of each part of a quantised row: codes are bytes.
const CENTROIDS: usize = 256;
/// More rows than this cannot be addressed by fastText either.
const MOST_ROWS: usize = i32::MAX as usize;
/// Numbers in the largest quantised matrix that is multiplied out: 64 MiB.
const MOST_UNPACKED: usize = 1 << 24;

/// One row for each word, n-gram bucket or label.
#[derive(Debug)]
pub(super) struct Matrix {
    rows: usize,
    columns: usize,
    values: Values,
    /// Whether the file holds it quantised.
    quantised: bool,
}

#[derive(Debug)]
enum Values {
    Dense(Vec<f32>),
    Quantised { codes: Vec<u8>, centroids: Quantiser, norms: Option<Norms> },
}

#[derive(Debug)]
struct Norms {
    codes: Vec<u8>,
    centroids: Quantiser,
}

impl Matrix {
    /// A dense matrix; `values` row by row.
    pub(super) fn dense(columns: usize, values: Vec<f32>) -> Self {
        Self { rows: values.len() / columns.max(1), columns, values: Values::Dense(values), quantised: false }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn read<R: Read>(
        file: &mut Untrusted<R>,
        quantised: bool,
        columns: usize,
        what: &'static str,
    ) -> Result<Self, ModelError> {
        let with_norms = quantised && file.flag(what)?;
        let rows = file.i64(what)?;
        let rows = file.count(rows, MOST_ROWS, "the number of rows")?;
        let found = file.i64(what)?;
        if found != columns as i64 {
            return Err(file.invalid(format!("{what} has {found} columns, expected {columns}")));
        }
        let values = if quantised {
            Self::read_quantised(file, rows, columns, with_norms, what)?
        } else {
            Values::Dense(file.floats(rows * columns, what)?)
        };
        Ok(Self { rows, columns, values, quantised }.unpacked())
    }

    /// A small quantised matrix is multiplied out once: adding a plain row is several times faster.
    fn unpacked(self) -> Self {
        let small = self.rows.checked_mul(self.columns).is_some_and(|size| size <= MOST_UNPACKED);
        if !small || matches!(self.values, Values::Dense(_)) {
            return self;
        }
        let mut values = vec![0.0; self.rows * self.columns];
        values.chunks_exact_mut(self.columns).enumerate().for_each(|(row, into)| self.add_row(row, into));
        Self { values: Values::Dense(values), quantised: true, ..self }
    }

    fn read_quantised<R: Read>(
        file: &mut Untrusted<R>,
        rows: usize,
        columns: usize,
        with_norms: bool,
        what: &'static str,
    ) -> Result<Values, ModelError> {
        let size = file.i32(what)?;
        let size = file.count(size.into(), MOST_ROWS, "the number of codes")?;
        let codes = file.bytes(size, what)?;
        let centroids = Quantiser::read(file, columns, what)?;
        if rows.checked_mul(centroids.parts) != Some(size) {
            return Err(file.invalid(format!("{what} has {size} codes for {rows} rows of {}", centroids.parts)));
        }
        let norms = match with_norms {
            true => Some(Norms { codes: file.bytes(rows, what)?, centroids: Quantiser::read(file, 1, what)? }),
            false => None,
        };
        Ok(Values::Quantised { codes, centroids, norms })
    }

    /// Adds row `row` to `sum`.
    #[inline]
    pub(super) fn add_row(&self, row: usize, sum: &mut [f32]) {
        match &self.values {
            Values::Dense(values) => {
                let row = &values[row * self.columns..][..self.columns];
                sum.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
            }
            Values::Quantised { codes, centroids, norms } => {
                let norm = norms.as_ref().map_or(1.0, |norms| norms.of(row));
                centroids.add(&codes[row * centroids.parts..][..centroids.parts], norm, sum);
            }
        }
    }

    /// Product of row `row` and `vector`.
    pub(super) fn dot_row(&self, row: usize, vector: &[f32]) -> f32 {
        match &self.values {
            Values::Dense(values) => {
                let row = &values[row * self.columns..][..self.columns];
                row.iter().zip(vector).fold(0.0, |sum, (a, b)| sum + a * b)
            }
            Values::Quantised { codes, centroids, norms } => {
                let norm = norms.as_ref().map_or(1.0, |norms| norms.of(row));
                norm * centroids.dot(&codes[row * centroids.parts..][..centroids.parts], vector)
            }
        }
    }

    /// Writes a dense matrix as fastText does; `None` for a quantised one.
    pub(super) fn write_dense(&self, out: &mut impl Write) -> Option<io::Result<()>> {
        let Values::Dense(values) = &self.values else { return None };
        if self.quantised {
            return None;
        }
        let mut write = || {
            out.write_all(&(self.rows as i64).to_le_bytes())?;
            out.write_all(&(self.columns as i64).to_le_bytes())?;
            values.iter().try_for_each(|value| out.write_all(&value.to_le_bytes()))
        };
        Some(write())
    }
}

impl Norms {
    fn of(&self, row: usize) -> f32 {
        self.centroids.values[usize::from(self.codes[row])]
    }
}

/// Rows are cut into parts of `width` numbers (the last may be narrower); each part is one of 256 centroids.
#[derive(Debug)]
struct Quantiser {
    values: Vec<f32>,
    parts: usize,
    width: usize,
    last_width: usize,
}

impl Quantiser {
    fn read<R: Read>(file: &mut Untrusted<R>, columns: usize, what: &'static str) -> Result<Self, ModelError> {
        let shape = [file.i32(what)?, file.i32(what)?, file.i32(what)?, file.i32(what)?];
        let [dim, parts, width, last_width] = shape.map(|value| usize::try_from(value).unwrap_or(usize::MAX));
        let fits = dim == columns
            && (1..=columns).contains(&width)
            && parts == columns.div_ceil(width)
            && last_width == columns - (parts - 1) * width;
        if !fits {
            return Err(
                file.invalid(format!("{what} is cut into parts as {shape:?}, which {columns} columns cannot be"))
            );
        }
        let values = file.floats(columns * CENTROIDS, what)?;
        Ok(Self { values, parts, width, last_width })
    }

    #[inline]
    fn centroid(&self, part: usize, code: u8) -> &[f32] {
        let width = if part + 1 == self.parts { self.last_width } else { self.width };
        &self.values[part * CENTROIDS * self.width + usize::from(code) * width..][..width]
    }

    #[inline]
    fn add(&self, codes: &[u8], norm: f32, sum: &mut [f32]) {
        for (part, (&code, sum)) in codes.iter().zip(sum.chunks_mut(self.width)).enumerate() {
            sum.iter_mut().zip(self.centroid(part, code)).for_each(|(sum, value)| *sum += norm * value);
        }
    }

    fn dot(&self, codes: &[u8], vector: &[f32]) -> f32 {
        let parts = codes.iter().zip(vector.chunks(self.width)).enumerate();
        parts.fold(0.0, |sum, (part, (&code, vector))| {
            vector.iter().zip(self.centroid(part, code)).fold(sum, |sum, (a, b)| sum + a * b)
        })
    }
}
