//! What was sent and acknowledged, and what the database holds of it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use super::sellers::Request;
use super::{ORDERS, Torture};
use crate::{Server, command, run};

/// A sales file: the `number`th one, with [`ORDERS`] orders of two lines.
#[derive(Clone, Debug)]
pub(super) struct ImportFile {
    pub(super) path: PathBuf,
    pub(super) number: usize,
}

/// Everything that was ever asked of the database.
#[derive(Default)]
pub(super) struct Ledger {
    requests: Vec<Request>,
    files: Vec<(ImportFile, bool)>,
}

/// What a comparison found of what was not acknowledged.
#[derive(Default)]
pub(super) struct Found {
    /// Requests stored whole,
    pub(super) stored: usize,
    /// and not at all.
    pub(super) absent: usize,
    /// Whether the import that was disturbed last is whole; `None` where none was.
    pub(super) import: Option<bool>,
    acknowledged: usize,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stored, absent, import, acknowledged } = self;
        write!(
            f,
            "{acknowledged} acknowledged requests are there; without an answer: {stored} stored, {absent} not"
        )?;
        match import {
            None => Ok(()),
            Some(true) => write!(f, "; the import is whole"),
            Some(false) => write!(f, "; of the import there is nothing"),
        }
    }
}

impl Ledger {
    /// Notes requests and what became of them.
    pub(super) fn sent(&mut self, requests: Vec<Request>) {
        self.requests.extend(requests);
    }

    /// Notes an import that may be there or not.
    pub(super) fn begun(&mut self, file: ImportFile) {
        self.files.push((file, false));
    }

    /// Notes an import that is there.
    pub(super) fn imported(&mut self, file: ImportFile) {
        self.files.push((file, true));
    }

    /// The imports that may be there or not; they are the caller's now.
    pub(super) fn unfinished(&mut self) -> Vec<ImportFile> {
        let files = std::mem::take(&mut self.files);
        let (done, open): (Vec<_>, Vec<_>) = files.into_iter().partition(|(_, whole)| *whole);
        self.files = done;
        open.into_iter().map(|(file, _)| file).collect()
    }

    /// Requests answered with 201.
    pub(super) fn acknowledged(&self) -> usize {
        self.requests.iter().filter(|request| request.answer.is_some()).count()
    }

    /// Sends again, under the same keys, what has no answer, and some of what has one: that gets the same answer.
    pub(super) fn send_again(&mut self, server: &Server) {
        let count = self.requests.len();
        for (place, request) in self.requests.iter_mut().enumerate() {
            // the last of each round were in flight together with the kill
            if request.answer.is_some() && place + 5 < count {
                continue;
            }
            let again = request.send(server.address()).expect("the service answers");
            assert_eq!(again.status, 201, "{}: {}", request.key, again.body);
            if let Some(first) = &request.answer {
                assert_eq!(&again.body, first, "{}: a repeated request gets the first answer", request.key);
            }
            request.answer = Some(again.body);
        }
    }

    /// Looks whether the database holds exactly what was acknowledged, and of the rest all or nothing.
    pub(super) fn compare(&self, plan: &Torture<'_>) -> Found {
        let mut stored = live(plan);
        let mut found = Found::default();
        for request in &self.requests {
            let whole = (u64::from(request.lines), request.amount);
            match (&request.answer, stored.remove(&request.invoice)) {
                (Some(_), Some(there)) => {
                    assert_eq!(there, whole, "{} is stored exactly once and as sent", request.invoice);
                    found.acknowledged += 1;
                }
                (Some(_), None) => panic!("{} was acknowledged and is lost", request.invoice),
                (None, Some(there)) => {
                    assert_eq!(there, whole, "{} is there by half, or twice", request.invoice);
                    found.stored += 1;
                }
                (None, None) => found.absent += 1,
            }
        }
        assert!(stored.is_empty(), "nobody sent these: {stored:?}");
        let mut imported = imported(plan);
        for (file, whole) in &self.files {
            let (there, all) = (imported.remove(&file.number).unwrap_or(0), 2 * ORDERS as u64);
            let name = file.path.display();
            assert!(there == all || (there == 0 && !whole), "{there} of {all} lines of {name}");
            if !whole {
                found.import = Some(there > 0);
            }
        }
        assert!(imported.is_empty(), "nobody imported these: {imported:?}");
        found
    }
}

/// Posted invoices with their lines and the sum of their amounts in ten-thousandths.
fn live(plan: &Torture<'_>) -> BTreeMap<String, (u64, i64)> {
    let rows = sql(
        plan,
        "SELECT t.invoice_number, count(*), sum(s.amount) FROM sales s JOIN transactions t ON t.id = s.transaction_id \
         WHERE t.invoice_number LIKE 'live-%' GROUP BY t.invoice_number",
    );
    let row = |cells: Vec<String>| (cells[0].clone(), (number(&cells[1]), number(&cells[2]) as i64));
    rows.into_iter().map(row).collect()
}

/// Lines by the file that brought them, found by the numbers of their orders.
fn imported(plan: &Torture<'_>) -> BTreeMap<usize, u64> {
    let rows = sql(
        plan,
        &format!(
            "SELECT file, count(*) FROM (SELECT CASE WHEN t.invoice_number LIKE 'live-%' THEN -1 \
             ELSE (CAST(t.invoice_number AS BIGINT) - 500000) / {ORDERS} END AS file \
             FROM sales s JOIN transactions t ON t.id = s.transaction_id) lines WHERE file >= 0 GROUP BY file"
        ),
    );
    rows.into_iter().map(|cells| (number(&cells[0]) as usize, number(&cells[1]))).collect()
}

/// All sale lines.
pub(super) fn lines(plan: &Torture<'_>) -> u64 {
    number(&sql(plan, "SELECT count(*) FROM sales")[0][0])
}

/// Reads the database with a process of its own.
fn sql(plan: &Torture<'_>, select: &str) -> Vec<Vec<String>> {
    let limits = ["--limit", "4000000000", "--timeout", "600", "--format", "csv"];
    let arguments = [&["sql", select, "--database", plan.database], &limits[..]].concat();
    let text = run(command(plan.binary, &arguments)).ok().out;
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_else(|error| panic!("'{text}': {error}"))
}
