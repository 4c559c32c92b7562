//! `model`: stored models, and files of them.

use std::fs::File;

use anyhow::Context;
use patron_pipeline::{load_model, model_file, write_file};
use patron_store::{RunId, Store};

use super::Failure;
use super::imports::{database, now};
use crate::args::{ModelArgs, ModelCommand};
use crate::screen;
use crate::terminal::print;

/// Models that are listed at most.
const MOST: u32 = 1_000;

/// Lists, saves, loads or chooses models.
pub(crate) fn run(args: ModelArgs) -> Result<(), Failure> {
    match args.command {
        ModelCommand::List { database: url } => {
            let models = Store::open_existing(&database(&url)?)?.reading().models(None, MOST)?;
            print(&screen::models(&models, &url))?;
        }
        ModelCommand::Save { out, run, database: url } => {
            let mut store = Store::open_existing(&database(&url)?)?;
            let (run, file) = model_file(&mut store, run.map(RunId))?;
            write_file(&out, |writer| file.to_writer(writer).map_err(std::io::Error::other))?;
            print(&screen::model_saved(run, &file, &out))?;
        }
        ModelCommand::Load { file: path, database: url } => {
            let mut store = Store::open_existing(&database(&url)?)?;
            let named = || format!("cannot read {}", path.display());
            let file = File::open(&path).with_context(named)?;
            let (run, file) = load_model(&mut store, file, now(), None).with_context(named)?;
            print(&screen::model_loaded(run, &file, &url))?;
        }
        ModelCommand::Use { run, database: url } => {
            let mut store = Store::open_existing(&database(&url)?)?;
            store.write(|writing| writing.serve_model(RunId(run), now()))?;
            print(&screen::model_used(RunId(run)))?;
        }
    }
    Ok(())
}
