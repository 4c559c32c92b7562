//! Old contents in the files of a database.

use std::time::Duration;

use crate::error::Outcome;
use crate::raw::Connection;
use crate::{DatabaseUrl, connect};

/// Folds the write-ahead log into the file and empties it; with `rewrite` writes the whole file anew first, so that
/// nothing is left in its freed places. `false` where others were reading and the log could not be emptied now.
pub(crate) fn wipe(url: &DatabaseUrl, patience: Duration, rewrite: bool) -> Outcome<bool> {
    let connection = connect::bulk(url, patience)?;
    if let Connection::Postgres(_) = connection {
        // a server writes every table anew; when it gives its log's old files away is its own business
        if rewrite {
            connection.execute_batch("VACUUM (FULL)")?;
        }
        return Ok(true);
    }
    if rewrite {
        connection.execute_batch("VACUUM")?;
    }
    let busy: bool = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    Ok(!busy)
}
