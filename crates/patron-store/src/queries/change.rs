//! Whether anything has changed.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use crate::connect::Connection;
use crate::{Reading, StoreError};

/// Rows written so far, as the server's statistics have it: a moment late.
const WRITTEN: &str = "SELECT COALESCE(SUM(n_tup_ins + n_tup_upd + n_tup_del), 0)::BIGINT AS data_version \
    FROM pg_stat_user_tables WHERE schemaname = current_schema()";

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = BigInt)]
    data_version: i64,
}

impl Reading<'_> {
    /// A number that is another one as soon as another connection, of this program or another, has committed a change
    /// of any kind; on PostgreSQL within seconds. What this very connection writes may not count. Costs next to nothing.
    ///
    /// # Errors
    /// What the database says.
    pub fn change_mark(&mut self) -> Result<i64, StoreError> {
        self.run(|connection| {
            let version: Version = match connection {
                Connection::Sqlite(connection) => {
                    diesel::sql_query("PRAGMA data_version").get_result(connection)?
                }
                Connection::Postgres(connection) => diesel::sql_query(WRITTEN).get_result(connection)?,
            };
            Ok(version.data_version)
        })
    }
}
