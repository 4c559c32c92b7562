//! `pipeline`: the main job from end to end.

use std::path::{Path, PathBuf};

use anyhow::Context;
use patron_pipeline::{
    DEMO_NAME, ImportOutcome, ImportRequest, PipelineError, Progress, Results, Step, add_attributes, compute,
    import, load, write_demo,
};
use patron_store::DatabaseUrl;

use super::Failure;
use super::analyze::{self, Job};
use super::decide::decide_options;
use super::imports::{Opened, attribute_files, database, existing, now, shown};
use super::reading::{csv_reader, read_options, side_options};
use crate::args::PipelineArgs;
use crate::screen;
use crate::terminal::Terminal;

/// Folder below which results go unless said otherwise.
const OUT: &str = "out";

/// The demo shop's export file.
const DEMO_FILE: &str = "demo_shop.csv";

/// Runs the whole pipeline.
pub(crate) fn run(args: PipelineArgs) -> Result<(), Failure> {
    let request = analyze::compute_request(&args.forecast)?;
    let decide = decide_options(&args.decisions, &args.forecast)?;
    let terminal = Terminal::new();
    let out = args.out.clone().unwrap_or_else(|| default_out(args.input.as_deref()));
    let url = match &args.database {
        Some(url) => database(url)?,
        None => DatabaseUrl::from_path(out.join("patron.db")),
    };
    let reading = read_options(&args.reading, &url)?;
    let side = side_options(&args.reading);
    let attributes = attribute_files(&args.attributes).read(&side, &terminal)?;
    let demo = args.input.is_none();
    let path = match &args.input {
        Some(path) => path.clone(),
        None => make_demo(&out, &url, args.forecast.seed, &terminal)?,
    };
    // looked at before anything is made: a file that cannot be read leaves no folder and no database behind
    let import_request = ImportRequest {
        replace: args.reading.replace,
        allow_overlap: args.reading.allow_overlap,
        ..ImportRequest::inspect(path, reading, now(), &terminal)?
    };
    std::fs::create_dir_all(&out).with_context(|| format!("cannot make the folder {}", out.display()))?;
    let mut opened = Opened::open(&url)?;
    let outcome = opened.keep_if(|store| {
        import(store, &import_request, &terminal, |table, _| compute(table, &request, &terminal))
    })?;
    let (table, mut results, already_there) = match outcome {
        ImportOutcome::Imported { table, meanwhile, .. } => (*table, meanwhile?, None),
        ImportOutcome::AlreadyThere(record) => {
            let loaded = load(opened.store(), &shown(&url), &terminal)?;
            let results: Results = compute(&loaded.table, &request, &terminal)?;
            (loaded.table, results, Some(screen::already_there(&record)))
        }
    };
    let added = add_attributes(opened.store(), &attributes, now())?;
    let shop_name = args.shop.shop_name.as_deref().or(demo.then_some(DEMO_NAME));
    analyze::finish(Job {
        store: opened.store(),
        url: &url,
        out: &out,
        table: &table,
        results: &mut results,
        decide: &decide,
        shop_name,
        currency: args.reading.currency.as_deref(),
        demo,
        already_there,
        added: &added,
        csv: csv_reader(&args.tables),
        terminal: &terminal,
        timings: args.timings,
    })
}

fn default_out(input: Option<&Path>) -> PathBuf {
    let stem = |path: &Path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        name.split('.')
            .next()
            .filter(|stem| !stem.is_empty())
            .map_or_else(|| "shop".to_owned(), str::to_owned)
    };
    Path::new(OUT).join(input.map_or_else(|| "demo".to_owned(), stem))
}

/// Writes the demo's export file, unless the database belongs to somebody else.
fn make_demo(out: &Path, url: &DatabaseUrl, seed: u64, terminal: &Terminal) -> Result<PathBuf, Failure> {
    if let Some(mut store) = existing(url)? {
        let others = store.imports()?.into_iter().any(|record| record.file_name != DEMO_FILE);
        if others {
            return Err(PipelineError::NotForDemo { database: shown(url) }.into());
        }
    }
    let path = out.join(DEMO_FILE);
    terminal.begin(Step::Demo, None);
    write_demo(&path, seed)?;
    terminal.end(Step::Demo);
    Ok(path)
}
