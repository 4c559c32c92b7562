//! The files of a run: tables, quarantine, report.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use patron_analytics::Answers;
use patron_columns::Catalog;
use patron_domain::ImportReport;
use patron_report::format::Currency;
use patron_report::tables::{self, NamedTable};
use patron_report::{CsvReader, ForecastInput, ReportInput, Screen, last_screen, report_html};
use patron_store::{ImportRecord, Store};
use rayon::prelude::*;
use serde::Serialize;

use crate::progress::step;
use crate::{Forecasts, PipelineError, Progress, Results, Step, write_file};

/// Folder of the answers, within the output folder.
const ANALYTICS: &str = "analytics/";

/// Quarantined lines fetched at a time.
const QUARANTINE_PAGE: u32 = 10_000;

/// What goes on the report beside the results.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// Whether the shop is invented.
    pub demo: bool,
    /// When the report was made, in words.
    pub generated_on: String,
}

/// What was written.
#[derive(Debug)]
pub struct Written {
    /// The report.
    pub report: PathBuf,
    /// What the last screen tells.
    pub screen: Screen,
}

/// Writes every file of a run into `out`. Each is written beside its place and moved there when it is whole.
///
/// # Errors
/// [`PipelineError::Write`] with the file that could not be written; what the database says.
pub fn write_outputs(
    out: &Path,
    store: &mut Store,
    catalog: &Catalog,
    results: &Results,
    presentation: &Presentation,
    progress: &dyn Progress,
) -> Result<Written, PipelineError> {
    step(progress, Step::Report, || {
        let shop = store.shop()?;
        let records = store.imports()?;
        write_quarantine(&out.join("quarantine.csv"), store, &records)?;
        let imports: Vec<ImportReport> = records.into_iter().map(|record| record.report).collect();
        let input = ReportInput {
            shop: Some(shop.name.as_str()).filter(|name| !name.is_empty()),
            currency: shop.currency.as_deref(),
            demo: presentation.demo,
            as_of: results.as_of,
            generated_on: &presentation.generated_on,
            imports: &imports,
            answers: &results.answers,
            catalog,
            forecast: results.forecasts.as_ref().map(Forecasts::for_report).map_err(String::as_str),
        };
        write_forecasts(out, catalog, results, shop.currency.as_deref())?;
        write_tables(out, &results.answers, catalog, &imports, Currency::new(shop.currency.as_deref()))?;
        let report = out.join("report.html");
        write_file(&report, |file| file.write_all(report_html(&input).as_bytes()))?;
        Ok(Written { report, screen: last_screen(&input) })
    })
}

fn write_tables(
    out: &Path,
    answers: &Answers,
    catalog: &Catalog,
    imports: &[ImportReport],
    currency: Currency<'_>,
) -> Result<(), PipelineError> {
    let tables = tables::all(answers, catalog, imports);
    let write = |named: &NamedTable<'_>| {
        let path = out.join(ANALYTICS).join(named.file);
        write_file(&path, |file| named.table.write_csv(&mut BufWriter::new(file), CsvReader::Spreadsheet))
    };
    tables.par_iter().try_for_each(write)?;
    write_json(&out.join("manifest.json"), &tables::manifest(&tables, ANALYTICS, currency))
}

/// Predictions, what their columns mean, and the models; where there is no forecast, none of an earlier run is left.
fn write_forecasts(
    out: &Path,
    catalog: &Catalog,
    results: &Results,
    currency: Option<&str>,
) -> Result<(), PipelineError> {
    let paths = ["predictions.csv", "predictions.columns.csv", "models.json"].map(|name| out.join(name));
    let Ok(forecasts) = &results.forecasts else {
        for path in paths.into_iter().filter(|path| path.exists()) {
            fs::remove_file(&path).map_err(|source| PipelineError::Write { path, source })?;
        }
        return Ok(());
    };
    let [predictions_path, columns_path, models_path] = paths;
    let predictions = tables::predictions(&forecasts.customers, catalog);
    let horizon_days = forecasts.fitted.options().horizon_days;
    let columns = tables::prediction_columns(&predictions, results.as_of, horizon_days, currency);
    // ids stand exactly as in the file, so that the lines can be joined again
    write_file(&predictions_path, |file| {
        predictions.write_csv(&mut BufWriter::new(file), CsvReader::Machine)
    })?;
    write_file(&columns_path, |file| columns.write_csv(&mut BufWriter::new(file), CsvReader::Spreadsheet))?;
    write_json(&models_path, &forecasts.models)
}

impl Forecasts {
    fn for_report(&self) -> ForecastInput<'_> {
        ForecastInput { customers: &self.customers, models: &self.models, btyd: self.fitted.btyd() }
    }
}

/// Pretty JSON with a closing line break.
fn write_json(path: &Path, value: &impl Serialize) -> Result<(), PipelineError> {
    let text = serde_json::to_string_pretty(value)?;
    write_file(path, |file| file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")))
}

/// Every line that was set aside: file, line, rule, reason, amount, raw text.
fn write_quarantine(path: &Path, store: &mut Store, records: &[ImportRecord]) -> Result<(), PipelineError> {
    let mut failed: Option<PipelineError> = None;
    write_file(path, |file| {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(["file", "line", "rule", "reason", "amount", "raw"])?;
        for record in records {
            let mut after = 0;
            loop {
                let page = match store.quarantine(Some(record.id), after, QUARANTINE_PAGE) {
                    Ok(page) => page,
                    Err(error) => {
                        failed = Some(error.into());
                        return Err(std::io::Error::other("the quarantine could not be read"));
                    }
                };
                let Some(last) = page.last() else { break };
                after = last.id;
                for entry in &page {
                    let line = &entry.line;
                    let amount = line.amount.map_or_else(String::new, |amount| amount.to_string());
                    csv.write_record([
                        &record.file_name,
                        &line.line.to_string(),
                        &line.rule,
                        &line.reason,
                        &amount,
                        &line.raw,
                    ])?;
                }
            }
        }
        csv.flush()
    })
    .map_err(|error| failed.take().unwrap_or(error))
}
