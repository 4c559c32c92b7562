//! The files of a run: tables, quarantine, report.

use std::fs;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use patron_analytics::AttributeAnswers;
use patron_columns::Catalog;
use patron_decisions::Decisions;
use patron_domain::ImportReport;
use patron_models::ModelCard;
use patron_report::format::Currency;
use patron_report::tables::{self, NamedTable};
use patron_report::{AttributeFile, CsvReader, ForecastInput, ReportInput, Screen, last_screen, report_html};
use patron_store::{AttributeFileRecord, Store};
use rayon::prelude::*;
use serde::Serialize;

use crate::progress::step;
use crate::set_aside::write_quarantine;
use crate::{Forecasts, PipelineError, Progress, Results, Step, write_file};

/// Folder of the answers, within the output folder.
const ANALYTICS: &str = "analytics/";
/// Folder of what to do.
const DECISIONS: &str = "decisions/";

/// What goes on the report beside the results.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// Whether the shop is invented.
    pub demo: bool,
    /// When the report was made, in words.
    pub generated_on: String,
    /// Who reads the CSV files: for a spreadsheet, texts it would run as a formula are defused.
    pub csv: CsvReader,
}

/// Everything that was computed.
#[derive(Clone, Copy, Debug)]
pub struct Computed<'a> {
    /// Answers and forecasts.
    pub results: &'a Results,
    /// Answers by what the shop knows of its customers and products.
    pub attributes: &'a AttributeAnswers,
    /// What to do; `None` where nobody had bought by the as-of date.
    pub decisions: Option<&'a Decisions>,
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
    computed: &Computed<'_>,
    presentation: &Presentation,
    progress: &dyn Progress,
) -> Result<Written, PipelineError> {
    step(progress, Step::Report, || {
        let Computed { results, attributes, decisions } = *computed;
        let shop = store.shop()?;
        let records = store.imports()?;
        let files = store.attribute_files()?;
        write_unmatched(&out.join("unmatched.csv"), presentation.csv, &files)?;
        let files: Vec<AttributeFile> = files.into_iter().map(attribute_file).collect();
        write_quarantine(&out.join("quarantine.csv"), presentation.csv, store, &records)?;
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
            attributes: Some(attributes),
            files: &files,
            decisions,
        };
        write_forecasts(out, &input, results, presentation.csv)?;
        write_tables(out, &input, presentation.csv)?;
        match decisions {
            Some(decisions) => write_decisions(out, decisions, catalog, input.currency, presentation.csv)?,
            None => remove(decision_files(out))?,
        }
        let report = out.join("report.html");
        write_file(&report, |file| file.write_all(report_html(&input).as_bytes()))?;
        Ok(Written { report, screen: last_screen(&input) })
    })
}

/// What to do, as tables with a manifest of their own.
///
/// # Errors
/// [`PipelineError::Write`] with the file that could not be written.
pub fn write_decisions(
    out: &Path,
    decisions: &Decisions,
    catalog: &Catalog,
    currency: Option<&str>,
    reader: CsvReader,
) -> Result<(), PipelineError> {
    let tables = tables::decisions(decisions, catalog);
    let folder = out.join(DECISIONS);
    // what an earlier run could tell and this one cannot must not stand beside this run's decisions
    let kept = |path: &PathBuf| tables.iter().any(|named| folder.join(named.file) == *path);
    remove(decision_files(out).into_iter().filter(|path| !kept(path)))?;
    let write = |named: &NamedTable<'_>| {
        let path = folder.join(named.file);
        write_file(&path, |file| named.table.write_csv(&mut BufWriter::new(file), reader))
    };
    tables.par_iter().try_for_each(write)?;
    let manifest = tables::manifest(&tables, DECISIONS, Currency::new(currency));
    write_json(&folder.join("manifest.json"), &manifest)
}

/// What an earlier run wrote of decisions, by its own manifest: nothing else in the folder is ours to remove.
fn decision_files(out: &Path) -> Vec<PathBuf> {
    let manifest = out.join(DECISIONS).join("manifest.json");
    let Ok(text) = fs::read(&manifest) else { return Vec::new() };
    let said: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let tables = said["tables"].as_array().into_iter().flatten();
    let named = tables.filter_map(|table| table["file"].as_str()?.strip_prefix(DECISIONS));
    let plain = |name: &&str| !name.contains(['/', '\\']) && !name.contains("..");
    let files = named.filter(plain).map(|name| out.join(DECISIONS).join(name));
    files.chain([manifest.clone()]).collect()
}

fn write_tables(out: &Path, input: &ReportInput<'_>, reader: CsvReader) -> Result<(), PipelineError> {
    let forecast = input.forecast.as_ref().ok();
    let tables = tables::all(input.answers, input.catalog, input.imports, input.attributes, forecast);
    let write = |named: &NamedTable<'_>| {
        let path = out.join(ANALYTICS).join(named.file);
        write_file(&path, |file| named.table.write_csv(&mut BufWriter::new(file), reader))
    };
    tables.par_iter().try_for_each(write)?;
    // what an earlier run could tell and this one cannot must not stand beside this run's answers
    let written: Vec<&str> = tables.iter().map(|named| named.file).collect();
    let gone = tables::OPTIONAL.into_iter().filter(|file| !written.contains(file));
    remove(gone.map(|file| out.join(ANALYTICS).join(file)))?;
    let currency = Currency::new(input.currency);
    write_json(&out.join("manifest.json"), &tables::manifest(&tables, ANALYTICS, currency))
}

/// Predictions, what their columns mean, the models, their card and their tests; what an earlier run could tell and this one
/// cannot is not left.
fn write_forecasts(
    out: &Path,
    input: &ReportInput<'_>,
    results: &Results,
    reader: CsvReader,
) -> Result<(), PipelineError> {
    let paths =
        ["predictions.csv", "predictions.columns.csv", "models.json", "model_card.json", "backtest.csv"];
    let paths = paths.map(|name| out.join(name));
    let totals_path = out.join("forecast_totals.csv");
    let Ok(forecasts) = &results.forecasts else { return remove(paths.into_iter().chain([totals_path])) };
    let [predictions_path, columns_path, models_path, card_path, tests_path] = paths;
    let predictions = tables::predictions(&forecasts.customers, input.catalog);
    let horizon_days = forecasts.fitted.options().horizon_days;
    let columns = tables::prediction_columns(&predictions, results.as_of, horizon_days, input.currency);
    write_file(&predictions_path, |file| predictions.write_csv(&mut BufWriter::new(file), reader))?;
    write_file(&columns_path, |file| columns.write_csv(&mut BufWriter::new(file), reader))?;
    let totals = tables::forecast_totals(&forecasts.models.forecast_totals);
    write_file(&totals_path, |file| totals.write_csv(&mut BufWriter::new(file), reader))?;
    write_json(&models_path, &forecasts.models)?;
    write_json(&card_path, &ModelCard::new(&forecasts.fitted, &forecasts.models))?;
    match &forecasts.models.backtest {
        None => remove([tests_path]),
        Some(tests) => write_file(&tests_path, |file| {
            tables::backtest(tests).write_csv(&mut BufWriter::new(file), reader)
        }),
    }
}

fn remove(paths: impl IntoIterator<Item = PathBuf>) -> Result<(), PipelineError> {
    for path in paths.into_iter().filter(|path| path.exists()) {
        fs::remove_file(&path).map_err(|source| PipelineError::Write { path, source })?;
    }
    Ok(())
}

/// What stands in files of customers and products and not in the shop; no file where all of it matched.
fn write_unmatched(
    path: &Path,
    reader: CsvReader,
    files: &[AttributeFileRecord],
) -> Result<(), PipelineError> {
    if files.iter().all(|file| file.unmatched.is_empty()) {
        return remove([path.to_owned()]);
    }
    let text = |text: &str| reader.text(text).into_owned();
    write_file(path, |file| {
        let mut csv = csv::Writer::from_writer(file);
        csv.write_record(["file", "kind", "not_in_the_shop"])?;
        for file in files {
            for name in &file.unmatched {
                csv.write_record([&text(&file.file_name), file.kind.word(), &text(name)])?;
            }
        }
        csv.flush()
    })
}

fn attribute_file(record: AttributeFileRecord) -> AttributeFile {
    AttributeFile {
        kind: record.kind,
        name: record.file_name,
        lines: record.lines,
        matched: record.matched,
        unmatched: record.unmatched.len() as u64,
    }
}

impl Forecasts {
    fn for_report(&self) -> ForecastInput<'_> {
        ForecastInput { customers: &self.customers, models: &self.models, btyd: self.fitted.btyd() }
    }
}

/// Pretty JSON with a closing line break.
pub(crate) fn write_json(path: &Path, value: &impl Serialize) -> Result<(), PipelineError> {
    let text = serde_json::to_string_pretty(value)?;
    write_file(path, |file| file.write_all(text.as_bytes()).and_then(|()| file.write_all(b"\n")))
}
