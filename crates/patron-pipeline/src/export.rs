//! The shop as one file for other programs.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use patron_columns::SalesTable;

use crate::{PipelineError, write_file};

/// What every Parquet file begins with.
const PARQUET: &[u8; 4] = b"PAR1";

/// Writes the table in its own Parquet form ([`SalesTable::write_parquet`]), whole or not at all; returns its bytes.
/// A former Parquet file of that name is replaced, a file of another kind is not.
///
/// # Errors
/// [`PipelineError::Write`] naming the file.
pub fn export_parquet(table: &SalesTable, path: &Path) -> Result<u64, PipelineError> {
    let failed = |source| PipelineError::Write { path: path.to_owned(), source };
    if !may_be_replaced(path).map_err(failed)? {
        let taken = "there is a file of another kind under this name, which is left as it is";
        return Err(failed(std::io::Error::new(ErrorKind::AlreadyExists, taken)));
    }
    write_file(path, |file| table.write_parquet(file).map_err(std::io::Error::other))?;
    Ok(path.metadata().map_err(failed)?.len())
}

/// A database must not be taken for an earlier export.
fn may_be_replaced(path: &Path) -> std::io::Result<bool> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let mut head = Vec::new();
    file.by_ref().take(PARQUET.len() as u64).read_to_end(&mut head)?;
    Ok(head.is_empty() || head == PARQUET)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use patron_columns::TableFile;

    use super::*;

    #[test]
    fn a_shop_becomes_a_file_but_takes_no_other_ones_place() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("sales.csv");
        fs::write(&log, "customer,date,amount\na,2024-01-31,12.50\nb,2024-02-29,3.00\n").unwrap();
        let (table, _) = crate::read_table(&log, &Default::default()).unwrap();
        let path = folder.path().join("shop.parquet");
        for _ in 0..2 {
            let bytes = export_parquet(&table, &path).unwrap();
            assert_eq!(bytes, fs::metadata(&path).unwrap().len());
            assert_eq!(TableFile::open(&path).unwrap().read().unwrap(), table);
        }
        let refused = export_parquet(&table, &log).unwrap_err();
        assert!(matches!(refused, PipelineError::Write { .. }), "{refused}");
        assert!(fs::read_to_string(&log).unwrap().starts_with("customer,"));
    }
}
