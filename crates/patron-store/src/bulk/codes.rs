//! From the codes of a stream to the ids of the database.

use patron_domain::NO_CODE;
use rusqlite::{Statement, ToSql};

use crate::StoreError;
use crate::error::Outcome;
use crate::raw::Connection;

/// The id behind every code of one dictionary, and the id the next new row gets.
#[derive(Debug)]
pub(super) struct Codes {
    dictionary: &'static str,
    ids: Vec<i64>,
    first_new: i64,
    next_id: i64,
}

impl Codes {
    /// No codes yet; new rows get ids after the highest in `table`.
    pub(super) fn new(connection: &Connection, dictionary: &'static str, table: &str) -> Outcome<Self> {
        let next_id = next_id(connection, table)?;
        Ok(Self { dictionary, ids: Vec::new(), first_new: next_id, next_id })
    }

    /// The id of the first new row.
    pub(super) fn first_new(&self) -> i64 {
        self.first_new
    }

    /// How many codes there are.
    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The id of the code added last.
    pub(super) fn latest(&self) -> Option<i64> {
        self.ids.last().copied()
    }

    /// The id of a code; `None` for [`NO_CODE`].
    pub(super) fn id(&self, code: u32) -> Result<Option<i64>, StoreError> {
        match self.ids.get(code as usize) {
            Some(id) => Ok(Some(*id)),
            None if code == NO_CODE => Ok(None),
            None => Err(StoreError::UnknownCode { dictionary: self.dictionary, code }),
        }
    }

    /// Adds the next code, for a row that is there already.
    pub(super) fn add_known(&mut self, id: i64) {
        self.ids.push(id);
    }

    /// Adds the next code, for a row that is to be written; its id.
    pub(super) fn add_new(&mut self) -> i64 {
        self.ids.push(self.next_id);
        self.next_id += 1;
        self.next_id - 1
    }

    /// Adds the next code: a new row by `insert`, whose parameters are the new id, `name` and `rest`, or the
    /// row that has the name already, by `find`.
    pub(super) fn add(
        &mut self,
        insert: &mut Statement<'_>,
        find: &mut Statement<'_>,
        name: &str,
        rest: &[&dyn ToSql],
    ) -> Outcome<()> {
        insert.raw_bind_parameter(1, self.next_id)?;
        insert.raw_bind_parameter(2, name)?;
        for (index, value) in rest.iter().enumerate() {
            insert.raw_bind_parameter(index + 3, value)?;
        }
        if insert.raw_execute()? == 1 {
            self.ids.push(self.next_id);
            self.next_id += 1;
        } else {
            self.ids.push(find.query_row([name], |row| row.get(0))?);
        }
        Ok(())
    }
}

/// One more than the highest id in `table`, and than any that a row deleted by hand has had there.
pub(super) fn next_id(connection: &Connection, table: &str) -> Outcome<i64> {
    let sql = format!(
        "SELECT coalesce(max(id), 0) + 1 FROM (SELECT max(id) AS id FROM {table} \
         UNION ALL SELECT id FROM highest_ids WHERE table_name = '{table}') AS highest"
    );
    connection.query_row(&sql, [], |row| row.get(0))
}
