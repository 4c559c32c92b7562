//! `backtest`: the forecast on dates that have passed.

use patron_pipeline::{load, read_table, test_thoroughly, write_card};
use patron_store::Store;

use super::Failure;
use super::analyze::compute_request;
use super::imports::{database, shown};
use super::reading::options;
use crate::args::BacktestArgs;
use crate::screen;
use crate::terminal::{Terminal, print};

/// Tests at every date the log has room for, shows the tables, and writes the card where one is wanted.
pub(crate) fn run(args: &BacktestArgs) -> Result<(), Failure> {
    let request = compute_request(&args.forecast)?;
    if !request.backtest {
        return Err(Failure::usage(anyhow::anyhow!(
            "--no-backtest leaves nothing for `patron backtest` to do: leave it out"
        )));
    }
    let terminal = Terminal::new();
    let table = match &args.input {
        Some(path) => read_table(path, &options(&args.reading)?)?.0,
        None => {
            let url = database(&args.database)?;
            load(&mut Store::open_existing(&url)?, &shown(&url), &terminal)?.table
        }
    };
    let tested = test_thoroughly(&table, &request, &terminal)?;
    if let Some(path) = &args.json {
        write_card(path, &tested.card)?;
    }
    print(&screen::backtest(&tested, args.json.as_deref()))?;
    Ok(())
}
