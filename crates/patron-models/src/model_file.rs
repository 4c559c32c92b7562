//! A fitted forecaster in a file of its own: JSON with a version and a checksum, which may come from anywhere.
//!
//! The checksum finds a file that was cut off or edited; it proves nothing about who wrote it. What is read is
//! therefore checked as if somebody meant harm: its size, its parts, and what it says of made-up customers.

use std::io::{Read, Write};

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::{FittedForecaster, ModelError, ModelsReport};

/// Version of the file around the forecaster.
const FILE_VERSION: u32 = 1;
/// Bytes a model file may have; fits of a million customers have less than one.
pub const MODEL_FILE_LIMIT: u64 = 32 * 1024 * 1024;

/// A fitted forecaster with what its fit had to tell, as a file.
///
/// ```no_run
/// use patron_models::ModelFile;
///
/// let model = ModelFile::from_reader(std::fs::File::open("model.json")?)?;
/// println!("{} fitted at {}", model.fitted().forecaster(), model.fitted().as_of());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ModelFile {
    fitted_at: String,
    stored: Box<RawValue>,
    stored_report: Box<RawValue>,
    fitted: FittedForecaster,
    report: ModelsReport,
}

/// The file as it is written. The parts are kept letter by letter: the checksum is over them.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    patron_model: u32,
    fitted_at: String,
    sha256: String,
    forecaster: Box<RawValue>,
    report: Box<RawValue>,
}

impl ModelFile {
    /// A file of a model as it is stored: the forecaster and its report as JSON; `fitted_at` in UTC, such as
    /// `2026-01-31T09:30:00Z`.
    ///
    /// # Errors
    /// [`ModelError::NotAModelFile`] where either cannot be read; [`ModelError::WrongVersion`] and
    /// [`ModelError::Unsound`] inside it.
    pub fn of_stored(forecaster: &[u8], report: &[u8], fitted_at: &str) -> Result<Self, ModelError> {
        let raw = |bytes| serde_json::from_slice::<Box<RawValue>>(bytes);
        Self::of_parts(fitted_at.to_owned(), raw(forecaster)?, raw(report)?)
    }

    /// Reads a file, at most [`MODEL_FILE_LIMIT`] bytes of it.
    ///
    /// # Errors
    /// [`ModelError::FileTooLarge`], [`ModelError::NotAModelFile`], [`ModelError::WrongVersion`],
    /// [`ModelError::ChecksumDiffers`]; [`ModelError::Unsound`] for a model that says what no model may say;
    /// [`ModelError::File`] as reading fails.
    pub fn from_reader(reader: impl Read) -> Result<Self, ModelError> {
        let mut bytes = Vec::new();
        reader.take(MODEL_FILE_LIMIT + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MODEL_FILE_LIMIT {
            return Err(ModelError::FileTooLarge { limit: MODEL_FILE_LIMIT });
        }
        let sealed: Sealed = serde_json::from_slice(&bytes)?;
        if sealed.patron_model != FILE_VERSION {
            return Err(ModelError::WrongVersion { found: sealed.patron_model, expected: FILE_VERSION });
        }
        if sealed.sha256 != checksum(&sealed.fitted_at, &sealed.forecaster, &sealed.report) {
            return Err(ModelError::ChecksumDiffers);
        }
        let file = Self::of_parts(sealed.fitted_at, sealed.forecaster, sealed.report)?;
        if !file.fitted.is_probable() {
            return Err(ModelError::Unsound { what: "what it says of made-up customers" });
        }
        Ok(file)
    }

    fn of_parts(
        fitted_at: String,
        stored: Box<RawValue>,
        stored_report: Box<RawValue>,
    ) -> Result<Self, ModelError> {
        let fitted: FittedForecaster = serde_json::from_str(stored.get())?;
        let report: ModelsReport = serde_json::from_str(stored_report.get())?;
        if (report.as_of, report.forecaster) != (fitted.as_of(), fitted.forecaster()) {
            return Err(ModelError::Unsound { what: "its report, which is of another fit" });
        }
        Ok(Self { fitted_at, stored, stored_report, fitted, report })
    }

    /// Writes the file.
    ///
    /// # Errors
    /// [`ModelError::NotAModelFile`] as writing fails.
    pub fn to_writer(&self, writer: impl Write) -> Result<(), ModelError> {
        let sealed = Sealed {
            patron_model: FILE_VERSION,
            fitted_at: self.fitted_at.clone(),
            sha256: checksum(&self.fitted_at, &self.stored, &self.stored_report),
            forecaster: self.stored.clone(),
            report: self.stored_report.clone(),
        };
        Ok(serde_json::to_writer(writer, &sealed)?)
    }

    /// The forecaster.
    pub fn fitted(&self) -> &FittedForecaster {
        &self.fitted
    }

    /// What its fit and test on the past had to tell.
    pub fn report(&self) -> &ModelsReport {
        &self.report
    }

    /// When it was fitted, in UTC, as the writer of the file says.
    pub fn fitted_at(&self) -> &str {
        &self.fitted_at
    }

    /// The forecaster as JSON, letter by letter as it was stored.
    pub fn stored(&self) -> &str {
        self.stored.get()
    }

    /// The forecaster alone.
    pub fn into_fitted(self) -> FittedForecaster {
        self.fitted
    }
}

/// SHA-256 over the parts, in hexadecimal.
fn checksum(fitted_at: &str, forecaster: &RawValue, report: &RawValue) -> String {
    let mut hash = Sha256::new();
    for part in [fitted_at, forecaster.get(), report.get()] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
