//! `sql`, `backup` and `check`: looking after a database.

use std::io::Read;
use std::time::Duration;

use anyhow::{Context, anyhow};
use indicatif::{ProgressBar, ProgressStyle};
use patron_store::{Check, DatabaseUrl, Reader, SqlLimits, StoreError};

use super::Failure;
use super::imports::{database, shown};
use super::reading::csv_reader;
use crate::args::{BackupArgs, CheckArgs, SqlArgs, SqlFormat};
use crate::screen;
use crate::terminal::{print, print_exactly, say};

/// Bytes of a statement at most.
const LONGEST: u64 = 1 << 20;

/// Answers a statement, or shows what there is to read.
pub(crate) fn sql(args: &SqlArgs) -> Result<(), Failure> {
    let reader = Reader::open(&database(&args.database)?)?;
    let text = match args.sql.as_deref().filter(|_| !args.tables) {
        None => {
            print(&screen::tables(&reader.tables()?))?;
            return Ok(());
        }
        Some("-") => standard_input()?,
        Some(text) => text.to_owned(),
    };
    let limits = SqlLimits {
        rows: args.limit as usize,
        timeout: Duration::from_secs(args.timeout.into()),
        ..SqlLimits::default()
    };
    let rows = reader.sql(&text, &limits).map_err(usage_or_not)?;
    let (shown, note) = match args.format {
        SqlFormat::Table => (screen::sql_table(&rows), true),
        SqlFormat::Csv => (screen::sql_csv(&rows, csv_reader(&args.table_args)), true),
        SqlFormat::Json => (screen::sql_json(&rows), false),
        SqlFormat::Markdown => (screen::sql_markdown(&rows), true),
    };
    if args.format == SqlFormat::Table {
        print(&shown)?
    } else {
        print_exactly(&shown)?
    }
    if rows.more && note {
        say(&format!("There are more rows than these {}; --limit N shows more of them.", rows.rows.len()));
    }
    Ok(())
}

/// A mistake in the statement is one in the command line.
fn usage_or_not(error: StoreError) -> Failure {
    match error {
        StoreError::Sql { .. }
        | StoreError::SqlEmpty
        | StoreError::SqlSeveral
        | StoreError::SqlNotReading { .. } => Failure::usage(error),
        other => other.into(),
    }
}

fn standard_input() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin().lock().take(LONGEST + 1).read_to_string(&mut text);
    read.context("cannot read the SQL from standard input").map_err(Failure::usage)?;
    if text.len() as u64 > LONGEST {
        return Err(Failure::usage(anyhow!("the SQL on standard input is longer than {LONGEST} bytes")));
    }
    Ok(text)
}

/// Copies the database into a file.
pub(crate) fn backup(args: &BackupArgs) -> Result<(), Failure> {
    let url = database(&args.database)?;
    let bar = bar("{msg:32} {bar:24} {bytes}/{total_bytes}  {eta} left", "Copying the database");
    let made = Reader::open(&url)?.backup(&args.file, args.force, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    let made = made.map_err(|error| match error {
        exists @ StoreError::BackupExists { .. } if !args.force => {
            Failure::usage(anyhow!(exists).context("add --force to overwrite it"))
        }
        itself @ StoreError::BackupOntoItself { .. } => Failure::usage(itself),
        other => other.into(),
    })?;
    print(&screen::backed_up(&made, &shown(&url), &args.file, url.path().is_none()))?;
    Ok(())
}

/// Checks the database; exit code 1 when something is wrong with it.
pub(crate) fn check(args: &CheckArgs) -> Result<(), Failure> {
    let url: DatabaseUrl = database(&args.database)?;
    let bar = bar("{msg:48} {bar:24} {pos}/{len}", "Checking");
    bar.set_length(Check::ALL.len() as u64);
    let mut made = 0;
    let results = Reader::open(&url)?.check(&mut |check| {
        bar.set_message(format!("Checking {}", check.name()));
        bar.set_position(made);
        made += 1;
    });
    bar.finish_and_clear();
    let results = results?;
    print(&screen::checked(&results))?;
    let wrong = results.iter().filter(|result| !result.is_ok()).count();
    if wrong > 0 {
        let database = shown(&url);
        return Err(anyhow!(
            "{wrong} of {} checks found something wrong in {database}; restore a backup, or import the files into a \
             new database",
            results.len()
        )
        .into());
    }
    Ok(())
}

/// A bar for a person who watches; nothing where standard error is no terminal.
fn bar(template: &str, message: &'static str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(0).with_style(style).with_message(message)
}
