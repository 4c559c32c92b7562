//! Helpers of the end-to-end tests: running the command, finding the real data, reading results.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stderr, reason = "helpers of tests fail loudly")]

pub mod http;
pub mod recovery;
mod server;
pub mod torture;

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub use server::Server;

/// A file of the shared real data: in `PATRON_DATA`, else in `shared/data` beside the workspace. Says so loudly, and
/// returns `None`, where it is missing.
pub fn real_data(name: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let folder = env::var_os("PATRON_DATA").map_or(beside, PathBuf::from);
    let path = folder.join(name);
    if path.is_file() {
        return Some(path);
    }
    eprintln!("SKIPPED: {name} is not in {} (set PATRON_DATA); nothing was tested here", folder.display());
    None
}

/// What a run of the command left behind.
#[derive(Debug)]
pub struct Ran {
    /// Exit code; `None` when it was killed.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Ran {
    /// The same run, if it succeeded.
    ///
    /// # Panics
    /// When it did not.
    pub fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "{}\n{}", self.out, self.err);
        self
    }
}

/// A command line of the binary under test.
pub fn patron(binary: &str, arguments: &[&str]) -> Command {
    command(Path::new(binary), arguments)
}

/// The same, for a binary found by its path.
pub fn command(binary: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(binary);
    command.args(arguments).env("RUST_BACKTRACE", "0").env_remove("DATABASE_URL");
    command
}

/// Runs it to its end.
pub fn run(mut command: Command) -> Ran {
    let Output { status, stdout, stderr } = command.output().expect("the binary starts");
    let text = |bytes| String::from_utf8(bytes).expect("messages are UTF-8");
    Ran { code: status.code(), out: text(stdout), err: text(stderr) }
}

/// A CSV file as one map per row, from heading to cell.
pub fn rows(path: &Path) -> Vec<BTreeMap<String, String>> {
    let mut reader =
        csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let head = reader.headers().expect("a heading").clone();
    let row = |record: csv::StringRecord| {
        head.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(|record| row(record.expect("a row"))).collect()
}

/// A JSON file.
pub fn json(path: &Path) -> serde_json::Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).expect("well-formed JSON")
}

/// A small export with order numbers: `orders` orders of two lines for customers 1 to 5, from 2023-01-02 on, one a day.
pub fn small_export(first_order: usize, orders: usize) -> String {
    let mut text =
        String::from("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n");
    for order in first_order..first_order + orders {
        let (month, day) = (1 + order / 28 % 12, 1 + order % 28);
        let customer = 1 + order % 5;
        for product in 0..2 {
            let sku = 10_000 + (order + product) % 7;
            text += &format!(
                "{},{sku},THING {sku},{},2023-{month:02}-{day:02} 10:{:02}:00,{}.25,{customer},France\n",
                500_000 + order,
                1 + order % 3,
                order % 60,
                1 + product
            );
        }
    }
    text
}
