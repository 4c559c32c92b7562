//! Every way in which a file can be wrong gives a sentence with file, line, column and the way out.

use std::path::Path;

use insta::assert_snapshot;
use patron_ingest::{IngestError, ReadOptions};

use crate::support::{options, read, read_text};

/// The sentence for a text, with the folder taken off the file's name.
fn sentence(text: impl AsRef<[u8]>) -> String {
    sentence_with(text, &options("retail"))
}

fn sentence_with(text: impl AsRef<[u8]>, options: &ReadOptions) -> String {
    told(&read_text(text, options).unwrap_err())
}

fn told(error: &IngestError) -> String {
    let text = error.to_string();
    let name = text.find("sales.").map_or(0, |place| place);
    text[name..].to_owned()
}

fn path_sentence(path: &Path) -> String {
    let text = read(path, &options("retail")).unwrap_err().to_string();
    text.replace(&path.display().to_string(), "PATH")
}

#[test]
fn no_file_a_folder_nothing_in_it() {
    let folder = tempfile::tempdir().unwrap();
    assert_snapshot!(path_sentence(&folder.path().join("gone.csv")), @r"PATH: there is no such file; check the path");
    assert_snapshot!(path_sentence(folder.path()), @r"PATH is a folder; name one file in it");
    assert_snapshot!(sentence(""), @r"sales.csv is empty; export it again");
    assert_snapshot!(sentence("\n \n\n"), @r"sales.csv is empty; export it again");
    assert_snapshot!(sentence("customer,date,amount\n"), @r"sales.csv has a header but no sale line below it; export it again with its lines");
}

#[test]
fn no_sales_log_at_all() {
    assert_snapshot!(sentence(b"\x7fELF\x02\x01\x01\0\0\0"), @r"sales.csv is a program, not a sales log; export the sales as CSV, Excel (.xlsx) or Parquet and name that file");
    assert_snapshot!(sentence(b"\x01\x02\x03\x04\x05\x06\x07garbage\x10\x11\x12"), @r"sales.csv is a binary file, not a sales log; export the sales as CSV, Excel (.xlsx) or Parquet and name that file");
    assert_snapshot!(sentence(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), @r"sales.csv is an old Excel workbook (.xls) or a protected one, not a sales log; export the sales as CSV, Excel (.xlsx) or Parquet and name that file");
    assert_snapshot!(sentence(b"PK\x03\x04something.txt"), @r"sales.csv is a zip archive, not a sales log; export the sales as CSV, Excel (.xlsx) or Parquet and name that file");
    assert_snapshot!(sentence(b"PAR1 but cut off"), @r"sales.csv: the Parquet data cannot be read (Parquet error: Invalid Parquet file. Corrupt footer); write the file again");
    assert_snapshot!(sentence(b"\x1f\x8b\x08\0\0\0\0\0\0\x03cut"), @r"sales.csv: the gzip data are damaged or cut off (incomplete deflate stream); copy or export the file again");
    assert_snapshot!(sentence(b"PK\x03\x04[Content_Types].xml cut"), @r"sales.csv: the workbook cannot be read (Zip error: invalid Zip archive: Could not find EOCD); open it in a spreadsheet and save it again as .xlsx");
}

#[test]
fn columns_that_cannot_be_told() {
    assert_snapshot!(sentence("customer^date^amount\n1^2011-01-01^5\n"), @r"sales.csv: line 1 reads as a single column ('customer^date^amount'); columns must be separated by comma, semicolon, tab or |: export the file again with one of them");
    assert_snapshot!(sentence("name,when,what\nx,y,z\n"), @r"sales.csv: no column was recognised as customer, nor as date, nor as amount (or price and quantity); the columns are 'name', 'when', 'what': tell it with --map customer=…,date=…,amount=…");
    assert_snapshot!(sentence("customer,date,colour\n1,2011-01-01,red\n"), @r"sales.csv: no column was recognised as amount (or price and quantity); the columns are 'customer', 'date', 'colour': tell it with --map amount=…");
    assert_snapshot!(sentence("00042,1997-01-01,1,11.77\n00042,1997-01-02,1,12.00\n"), @"sales.csv has no header: its first line is 1: '00042', 2: '1997-01-01', 3: '1', 4: '11.77'; say which column is which by number with --map customer=1,date=2,amount=… (or price=…,quantity=… instead of the amount of the line)");
    assert_snapshot!(sentence("customer,date,Date,amount\n1,2011-01-01,2011-01-02,5\n"), @r"sales.csv: columns 2 and 3 are both called 'date'; say which one is the date with --map date=2 or --map date=3");
    let told = ReadOptions { map: Some("customer=Kunde".parse().unwrap()), ..options("retail") };
    assert_snapshot!(sentence_with("customer,date,amount\n1,2011-01-01,5\n", &told), @r"sales.csv has no column 'Kunde' for customer; it has 'customer', 'date', 'amount': correct --map customer=…");
}

#[test]
fn two_readings() {
    assert_snapshot!(sentence("customer,date,amount\n1,03/04/2011,5\n2,05/06/2011,5\n"), @r"sales.csv: line 2, column 'date' has 03/04/2011, which is 3 April 2011 or 4 March 2011, and no line settles it; say --dates day-first for 3 April 2011, --dates month-first for 4 March 2011");
    assert_snapshot!(sentence("customer,date,amount\n1,13/04/2011,5\n2,04/13/2011,5\n"), @r"sales.csv: column 'date' mixes two ways to write dates: line 2 has 13/04/2011 (day first), line 3 has 04/13/2011 (month first); write them one way, or say --dates day-first or --dates month-first to set the others aside");
    assert_snapshot!(sentence("customer;date;amount\n1;2011-04-03;1,234\n"), @r"sales.csv: line 2, column 'amount' has 1,234, whose mark may begin the decimals or part thousands, and no line settles it; say --decimal comma or --decimal point");
}

#[test]
fn lines_that_break_the_file() {
    assert_snapshot!(sentence("customer,date,amount\n1,2011-01-01,5\n2,\"2011-01-02,6\n3,2011-01-03,7\n"), @r"sales.csv: line 3, column 2: a quotation mark is opened and never closed; close it, or double it where it belongs to the text");
    let ragged =
        "customer,date,amount\n1,2011-01-01,5,extra,more\n2,2011-01-01,5,extra,more\n3,2011-01-01,5\n";
    assert_snapshot!(sentence(ragged), @r"sales.csv: 2 of 3 lines do not have the header's 3 columns (line 2 has 5); the delimiter may also occur inside the texts: quote them, or export the file again with another delimiter");
    assert_snapshot!(sentence("customer,date,amount\n1,yesterday,5\n2,today,5\n3,2011-01-01,5\n"), @r"sales.csv: 2 of 3 lines cannot be read; the first is line 2, column 'date' with 'yesterday': another column may hold the date (--map date=…), or the order of day and month is another (--dates day-first, month-first, year-first)");
    assert_snapshot!(sentence("customer,date,amount\n1,2011-01-01,five\n2,2011-01-01,six\n"), @r"sales.csv: 2 of 2 lines cannot be read; the first is line 2, column 'amount' with 'five': another column may hold the number (--map), or the decimal mark is another one (--decimal comma)");
    assert_snapshot!(sentence("customer,date,quantity,price\n1,2011-01-01,1,\n2,2011-01-01,1,\n"), @r"sales.csv: 2 of 2 lines cannot be read; the first is line 2, column 'price' with '': the column is mostly empty; map another one with --map");
}

#[test]
fn single_bad_lines_are_set_aside_with_their_reason() {
    let text = b"customer,date,quantity,price\n\
        1,2011-01-01,1,5\n2,2011-01-01,1,5\n3,2011-01-01,1,5\n4,2011-01-01,1,5\n5,2011-01-01,1,5\n\
        6,2011-01-01,1,5\n7,2011-01-01,1,5\n8,2011-01-01,1,5\n9,2011-01-01,1,5\n\
        10,2011-02-30,1,5\n11,2011-01-01,one,5\n12,2011-01-01,1\n13,2011-01-01,1,\n\
        14,2011-01-01,99999999999,5\n15,2011-01-01,1,99999999999999999999\n16,2011-\x0001-01,1,5\n\
        17,2011-01-01,2000000000,900000000000\n";
    let outcome = read_text(text, &options("retail")).unwrap();
    let shown: Vec<String> = outcome
        .quarantined
        .iter()
        .map(|line| format!("{} {}: {}", line.line, line.rule, line.reason.replace('\0', "␀")))
        .collect();
    assert_snapshot!(shown.join("\n"), @r"
    11 unreadable-date: column 'date' has '2011-02-30', which is no date
    12 unreadable-number: column 'quantity' has 'one', which is no number
    13 ragged-row: 3 fields where the header has 4
    14 missing-value: column 'price' is empty
    15 number-too-large: column 'quantity' has '99999999999', which is too large
    16 number-too-large: column 'price' has '99999999999999999999', which is too large
    17 zero-byte: column 'date' holds a zero byte; the file is damaged there
    18 number-too-large: column 'price' has '900000000000', which is too large
    ");
}

#[test]
fn sums_stay_within_exact_money() {
    let line = |n: u32| format!("{n},2011-01-01,900000000000000\n");
    let text =
        format!("customer,date,amount\n{}{}{}4,2011-01-01,-5\n5,2011-01-01,5\n", line(1), line(2), line(3));
    let outcome = read_text(text, &options("none")).unwrap();
    assert_eq!(outcome.rule("number-too-large").0, 2);
    assert_eq!(outcome.report().after.amount.to_string(), "900000000000000.00");
}

#[test]
fn a_file_that_grows_between_inspection_and_reading_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    std::fs::write(&path, "customer,date,amount\n1,2011-01-01,5\n").unwrap();
    let options = options("retail");
    let inspection = patron_ingest::inspect(&path, &options).unwrap();
    std::fs::write(&path, "customer,date,amount\n1,2011-01-01,5\n2,2011-01-01,5\n").unwrap();
    let error = patron_ingest::open(&path, &inspection, &options, patron_ingest::Known::default());
    assert_snapshot!(told(&error.err().unwrap()), @r"sales.csv changed while it was being read; wait until it is written and import it again");
}

#[test]
fn a_hopeless_file_is_given_up_early() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sales.csv");
    let text = "customer,date,amount\n".to_owned() + &"1,someday,5\n".repeat(100_000);
    std::fs::write(&path, text).unwrap();
    let options = options("retail");
    let inspection = patron_ingest::inspect(&path, &options).unwrap();
    let mut reader =
        patron_ingest::open(&path, &inspection, &options, patron_ingest::Known::default()).unwrap();
    let error = loop {
        if let Err(error) = reader.next_batch() {
            break error;
        }
    };
    assert!(matches!(error, IngestError::MostlyUnreadable { .. }), "{error}");
    assert!(reader.progress().lines < 50_000);
}
