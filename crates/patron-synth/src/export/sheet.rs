//! Rows by the name of their columns, and stamps.

use std::io;

use patron_domain::{Day, SECONDS_PER_DAY, Timestamp};

use super::truth::money;
use super::zone::ExportZone;
use crate::SynthError;

/// A comma-separated file that is written row by row.
pub(crate) struct Sheet<W: io::Write> {
    headings: &'static [&'static str],
    file: csv::Writer<W>,
}

impl<W: io::Write> Sheet<W> {
    /// Begins with the headings.
    pub(crate) fn new(out: W, headings: &'static [&'static str]) -> Result<Self, SynthError> {
        let mut file = csv::Writer::from_writer(out);
        file.write_record(headings).map_err(refused)?;
        Ok(Self { headings, file })
    }

    /// Writes a row; columns that are not named stay empty.
    pub(crate) fn write(&mut self, cells: &[(&str, String)]) -> Result<(), SynthError> {
        let known = |name: &str| self.headings.contains(&name);
        debug_assert!(cells.iter().all(|(name, _)| known(name)), "a cell without a column");
        let value = |heading| cells.iter().find(|(name, _)| *name == heading).map_or("", |(_, value)| value);
        self.file.write_record(self.headings.iter().map(|&heading| value(heading))).map_err(refused)
    }

    pub(crate) fn finish(mut self) -> Result<(), SynthError> {
        self.file.flush().map_err(|error| SynthError::Write { kind: error.kind() })
    }
}

pub(super) fn refused(error: csv::Error) -> SynthError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => SynthError::Write { kind: error.kind() },
        _ => SynthError::Write { kind: io::ErrorKind::InvalidData },
    }
}

/// Cents as the files write them: `12.50`.
pub(crate) fn amount(cents: i64) -> String {
    money(cents).to_string()
}

/// Day, time of day and offset of a moment on a zone's clock: `2024-01-31`, `23:45:10`, `-05`, `00`.
pub(crate) struct Stamp {
    pub(crate) day: Day,
    pub(crate) time: String,
    pub(crate) offset_hours: String,
    pub(crate) offset_minutes: String,
}

impl Stamp {
    pub(crate) fn new(utc: Timestamp, zone: ExportZone) -> Self {
        let (wall, minutes) = (zone.wall(utc), zone.offset(utc) / 60);
        let second = wall.rem_euclid(SECONDS_PER_DAY);
        let sign = if minutes < 0 { '-' } else { '+' };
        Self {
            day: Day::of(wall),
            time: format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60),
            offset_hours: format!("{sign}{:02}", minutes.abs() / 60),
            offset_minutes: format!("{:02}", minutes.abs() % 60),
        }
    }
}
