//! A shop's season as a file, for another year or another shop: `docs/models/season.md`.

use std::fs;
use std::path::Path;

use patron_columns::{RollupSource, SalesTable};
use patron_domain::Day;
use patron_models::{Season, SeasonFile};

use crate::{PipelineError, write_file};

/// Reads what `--season` names.
///
/// # Errors
/// [`PipelineError::Unreadable`] for a file that cannot be read, [`PipelineError::NotASeason`] for one that is no season file,
/// [`PipelineError::Models`] for indices no season has.
pub fn read_season(path: &Path) -> Result<SeasonFile, PipelineError> {
    let text = fs::read_to_string(path)
        .map_err(|source| PipelineError::Unreadable { path: path.to_owned(), source })?;
    let file: SeasonFile = toml::from_str(&text)
        .map_err(|source| PipelineError::NotASeason { path: path.to_owned(), source: Box::new(source) })?;
    file.check()?;
    Ok(file)
}

/// Learns the season of a table up to `as_of` (without one, the day of the last sale), under a `source` in words.
///
/// # Errors
/// [`PipelineError::OnlyReturns`]; [`PipelineError::Models`] where there are fewer than 12 whole months.
pub fn learn_season(
    table: &SalesTable,
    as_of: Option<Day>,
    source: &str,
) -> Result<(Season, SeasonFile), PipelineError> {
    let last_sale = table.span().map(|span| span.last).ok_or(PipelineError::OnlyReturns)?;
    Ok(Season::learn(table, as_of.unwrap_or(last_sale), source)?)
}

/// Writes a season file.
///
/// # Errors
/// [`PipelineError::Write`].
pub fn write_season(path: &Path, season: &SeasonFile) -> Result<(), PipelineError> {
    let text = toml::to_string(season).map_err(std::io::Error::other);
    write_file(path, |file| {
        file.write_all(
            b"# Sales of a day of each month, January first, relative to an average day of the year.\n",
        )?;
        file.write_all(text?.as_bytes())
    })
}
