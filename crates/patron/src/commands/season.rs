//! `season`: a shop's season as a file for another year or shop.

use std::fmt::Write;

use patron_pipeline::{learn_season, load, read_table, write_season};
use patron_store::Store;

use super::Failure;
use super::imports::{database, shown};
use super::reading::options;
use crate::args::SeasonArgs;
use crate::terminal::{Terminal, print};

/// Learns the season, writes it, and shows it.
pub(crate) fn run(args: &SeasonArgs) -> Result<(), Failure> {
    let (table, name) = match &args.input {
        Some(path) => {
            let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
            (read_table(path, &options(&args.reading)?)?.0, name)
        }
        None => {
            let url = database(&args.database)?;
            let loaded = load(&mut Store::open_existing(&url)?, &shown(&url), &Terminal::new())?;
            let name = if loaded.shop.name.is_empty() { shown(&url) } else { loaded.shop.name.clone() };
            (loaded.table, name)
        }
    };
    let (season, file) = learn_season(&table, args.as_of, args.source.as_deref().unwrap_or(&name))?;
    write_season(&args.out, &file)?;
    let mut text = format!("{}\n\nMonth  Index  Standard error of its logarithm\n", season.said().join(" "));
    for month in 1..=12 {
        // writing to a string cannot fail
        let _ = writeln!(text, "{month:5}  {:5.2}  {:.2}", season.index(month), season.spread(month));
    }
    let _ = writeln!(text, "\nWritten to {}; use it with --season {0}", args.out.display());
    print(&text)?;
    Ok(())
}
