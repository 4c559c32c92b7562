//! Old contents in the file of a database.

use std::path::Path;
use std::time::Duration;

use crate::connect;
use crate::error::Outcome;

/// Folds the write-ahead log into the file and empties it; with `rewrite` writes the whole file anew first, so that
/// nothing is left in its freed places. `false` where others were reading and the log could not be emptied now.
pub(crate) fn wipe(path: &Path, patience: Duration, rewrite: bool) -> Outcome<bool> {
    let connection = connect::bulk(path, patience)?;
    if rewrite {
        connection.execute_batch("VACUUM")?;
    }
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!busy)
}
