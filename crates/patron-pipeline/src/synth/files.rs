//! A shop's log in files, and what is true of them.

use std::io::{self, Write};
use std::path::Path;

use patron_domain::Day;
use patron_synth::{
    ExportOptions, ExportTruth, FileTruth, ReexportTruth, Shop, SynthError, Truth, generate, stream,
    write_online_retail, write_reexports, write_shopify, write_woocommerce,
};
use serde::Serialize;

use super::{Invention, to_json};
use crate::progress::{go_on, step};
use crate::{PipelineError, Progress, Step, write_file};

/// What is true of a file of the log, row by row or order by order.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Written {
    /// In the columns of Online Retail.
    Log(FileTruth),
    /// Two of them that overlap.
    Reexports(ReexportTruth),
    /// As a shop system exports orders.
    Export(ExportTruth),
}

impl Written {
    /// Writes it as JSON.
    ///
    /// # Errors
    /// [`PipelineError::NotWritten`].
    pub fn write(&self, path: &Path) -> Result<(), PipelineError> {
        whole_file(path, |out| to_json(self, out))
    }
}

impl Invention {
    /// Writes the log, dirt and all, as CSV in the columns of Online Retail; in order of time with the scenario's
    /// `file_dirt` and the list of it, or, beyond 100,000 customers or 20 million lines, customer by customer without either.
    ///
    /// # Errors
    /// [`PipelineError::Synth`] for an impossible scenario; [`PipelineError::NotWritten`], and no file is there then.
    pub fn write_csv(
        &self,
        path: &Path,
        progress: &dyn Progress,
    ) -> Result<(Truth, Option<Written>), PipelineError> {
        if let Some(shop) = self.in_order_of_time(progress)? {
            let written = self.written(path, progress, |out| write_online_retail(&shop, out))?;
            return Ok((self.truth(shop), Some(Written::Log(written))));
        }
        let mut stream = stream(&self.scenario, self.seed)?;
        if self.keeps_customers {
            stream = stream.keeping_customers();
        }
        Ok((self.written(path, progress, |out| stream.write_csv(out))?, None))
    }

    /// Writes the log as Parquet, dirt and all, with the columns of Online Retail, in row groups; without `file_dirt`.
    ///
    /// # Errors
    /// As [`Invention::write_csv`].
    pub fn write_parquet(&self, path: &Path, progress: &dyn Progress) -> Result<Truth, PipelineError> {
        self.scenario.check()?;
        let mut made = None;
        let done = whole_file(path, |out| {
            let mut file = super::parquet::LogFile::begin(out)?;
            let truth = self.each_raw_batch(progress, |batch| {
                file.write(batch)
                    .map_err(|source| PipelineError::NotWritten { path: path.to_owned(), source })
            });
            let finished = if truth.is_ok() { file.finish() } else { Err(io::ErrorKind::Interrupted.into()) };
            made = Some(truth);
            finished
        });
        match made {
            Some(Ok(truth)) => done.map(|()| truth),
            Some(Err(refused)) => Err(refused),
            None => done.and(Err(PipelineError::ThreadLost("writer"))),
        }
    }

    /// Writes the log as two CSV files whose dates overlap: up to the first day of `days`, and from the second on.
    ///
    /// # Errors
    /// As [`Invention::write_csv`]; the days and the size are checked first.
    pub fn write_reexports(
        &self,
        paths: [&Path; 2],
        days: (Day, Day),
        progress: &dyn Progress,
    ) -> Result<(Truth, Written), PipelineError> {
        let shop = self.whole(progress)?;
        let nowhere = &mut io::sink();
        self.written(paths[0], progress, |out| write_reexports(&shop, days, out, nowhere))?;
        let second =
            self.written(paths[1], progress, |out| write_reexports(&shop, days, &mut io::sink(), out));
        let truth = second.inspect_err(|_| {
            let _ = std::fs::remove_file(paths[0]); // one without the other is of no use
        })?;
        Ok((self.truth(shop), Written::Reexports(truth)))
    }

    /// Writes the shop's orders as Shopify exports them.
    ///
    /// # Errors
    /// As [`Invention::write_csv`]; [`PipelineError::Synth`] for impossible options and for shops beyond 20 million lines.
    pub fn write_shopify(
        &self,
        path: &Path,
        options: &ExportOptions,
        progress: &dyn Progress,
    ) -> Result<(Truth, Written), PipelineError> {
        self.write_orders(path, options, progress, |shop, out| write_shopify(shop, options, self.seed, out))
    }

    /// Writes the shop's orders as WooCommerce exports them.
    ///
    /// # Errors
    /// As [`Invention::write_shopify`].
    pub fn write_woocommerce(
        &self,
        path: &Path,
        options: &ExportOptions,
        progress: &dyn Progress,
    ) -> Result<(Truth, Written), PipelineError> {
        self.write_orders(path, options, progress, |shop, out| {
            write_woocommerce(shop, options, self.seed, out)
        })
    }

    fn write_orders(
        &self,
        path: &Path,
        options: &ExportOptions,
        progress: &dyn Progress,
        write: impl FnOnce(&Shop, &mut Told<'_>) -> Result<ExportTruth, SynthError>,
    ) -> Result<(Truth, Written), PipelineError> {
        options.check()?;
        let shop = self.whole(progress)?;
        let truth = self.written(path, progress, |out| write(&shop, out))?;
        Ok((self.truth(shop), Written::Export(truth)))
    }

    fn whole(&self, progress: &dyn Progress) -> Result<Shop, PipelineError> {
        Ok(step(progress, Step::Plan, || generate(&self.scenario, self.seed))?)
    }

    /// What is true of it, of each customer only where that is wanted.
    pub(super) fn truth(&self, shop: Shop) -> Truth {
        let mut truth = shop.truth;
        if !self.keeps_customers {
            truth.customers = Vec::new();
        }
        truth
    }

    /// Writes a file whole, and tells of the lines on their way.
    fn written<T>(
        &self,
        path: &Path,
        progress: &dyn Progress,
        write: impl FnOnce(&mut Told<'_>) -> Result<T, SynthError>,
    ) -> Result<T, PipelineError> {
        progress.begin(Step::Invent, None);
        let mut outcome = None;
        let done = whole_file(path, |out| {
            let mut told = Told { out, progress, lines: 0, refused: None };
            let written = write(&mut told);
            let finished = match (told.refused, &written) {
                (Some(error), _) => Err(error),
                (None, Err(_)) => Err(io::ErrorKind::Interrupted.into()),
                (None, Ok(_)) => Ok(()),
            };
            outcome = Some(written);
            finished
        });
        progress.end(Step::Invent);
        go_on(progress)?;
        match outcome {
            Some(Err(wrong)) if !matches!(wrong, SynthError::Write { .. }) => Err(wrong.into()),
            Some(Ok(truth)) => done.map(|()| truth),
            _ => done.and(Err(PipelineError::ThreadLost("writer"))),
        }
    }
}

/// Writes what is true of the shop as JSON; each customer's true state where it was kept.
///
/// # Errors
/// [`PipelineError::NotWritten`].
pub fn write_truth(path: &Path, truth: &Truth) -> Result<(), PipelineError> {
    whole_file(path, |mut out| truth.write_json(true, &mut out).map_err(io::Error::other))
}

/// A file that counts its lines, remembers what the disk said, and stops when nobody wants it any more.
struct Told<'a> {
    out: &'a mut dyn Write,
    progress: &'a dyn Progress,
    lines: u64,
    refused: Option<io::Error>,
}

impl Write for Told<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.progress.stopped() {
            return Err(io::ErrorKind::Other.into());
        }
        match self.out.write(bytes) {
            Ok(taken) => {
                let taken_bytes = bytes.get(..taken).unwrap_or_default();
                self.lines += taken_bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
                self.progress.advance(Step::Invent, 0, self.lines);
                Ok(taken)
            }
            Err(error) => {
                let kind = error.kind();
                self.refused = Some(error);
                Err(kind.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// [`write_file`] with a word of its own where it fails.
fn whole_file(
    path: &Path,
    content: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
) -> Result<(), PipelineError> {
    write_file(path, content).map_err(|error| match error {
        PipelineError::Write { path, source } => PipelineError::NotWritten { path, source },
        other => other,
    })
}
