//! Is everything there, and does everything that is stored twice agree?

mod sound;

use super::{calendar, imports, orders};
use crate::error::Outcome;
use crate::raw::Connection;

/// Findings that are kept of one check; the others are counted.
const EXAMPLES: usize = 5;

/// Something that holds in a sound database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Check {
    /// Pages, indexes and declared conditions.
    File,
    /// References from row to row, except those to imports.
    References,
    /// References to imports.
    GoneImports,
    /// An import's lines against its sales and quarantined lines.
    ImportLines,
    /// An import's report against itself and against the import's row.
    ImportReports,
    /// The amounts of an import's report against its sales.
    ImportAmounts,
    /// An import's first and last day against its sales.
    ImportDays,
    /// Sales from a file against the imports.
    SalesOfImports,
    /// Orders that came with an import, against their lines.
    OrdersWithoutLines,
    /// Time, customer and country of such orders against their first line.
    OrderFacts,
    /// The attributes of each day.
    Calendar,
    /// Days against the sales.
    DaysWithoutSales,
    /// The day of each sale against its time.
    SaleDays,
    /// Cancellations against the sales they link.
    Cancellations,
}

impl Check {
    /// All of them, in the order in which they are made.
    pub const ALL: [Self; 14] = [
        Self::File,
        Self::References,
        Self::GoneImports,
        Self::ImportLines,
        Self::ImportReports,
        Self::ImportAmounts,
        Self::ImportDays,
        Self::SalesOfImports,
        Self::OrdersWithoutLines,
        Self::OrderFacts,
        Self::Calendar,
        Self::DaysWithoutSales,
        Self::SaleDays,
        Self::Cancellations,
    ];

    /// Its name, in lower case with hyphens.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::References => "references",
            Self::GoneImports => "gone-imports",
            Self::ImportLines => "import-lines",
            Self::ImportReports => "import-reports",
            Self::ImportAmounts => "import-amounts",
            Self::ImportDays => "import-days",
            Self::SalesOfImports => "sales-of-imports",
            Self::OrdersWithoutLines => "orders-without-lines",
            Self::OrderFacts => "order-facts",
            Self::Calendar => "calendar",
            Self::DaysWithoutSales => "days-without-sales",
            Self::SaleDays => "sale-days",
            Self::Cancellations => "cancellations",
        }
    }

    /// What holds in a sound database, as a sentence without its full stop.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::File => "the file and its indexes are sound",
            Self::References => "every reference leads somewhere",
            Self::GoneImports => "nothing is left of imports that are gone",
            Self::ImportLines => "every import has the sales and quarantined lines it counts",
            Self::ImportReports => "every import's report adds up",
            Self::ImportAmounts => "the sales of every import sum up to the amounts in its report",
            Self::ImportDays => "the sales of every import lie between its first and last day",
            Self::SalesOfImports => "every sale from a file belongs to an import",
            Self::OrdersWithoutLines => "every imported order has a line",
            Self::OrderFacts => "time, customer and country of imported orders are those of their first line",
            Self::Calendar => "month, quarter, week and the like of every day are right",
            Self::DaysWithoutSales => "every day of the calendar has a sale, or was written by hand",
            Self::SaleDays => "every sale is on the day of its time",
            Self::Cancellations => "cancellations take back earlier sales of the same customer and product",
        }
    }
}

/// What one check has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// The check.
    pub check: Check,
    /// How much is wrong; 0 in a sound database. Of a broken file at most 100 places are counted.
    pub found: u64,
    /// The first few of it.
    pub examples: Vec<Finding>,
}

/// A row that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its table; `None` where it is the file that is damaged.
    pub table: Option<String>,
    /// Its id, where the table has one.
    pub id: Option<i64>,
    /// What is wrong, with the values.
    pub what: String,
}

impl CheckResult {
    /// Nothing found so far.
    pub(super) fn new(check: Check) -> Self {
        Self { check, found: 0, examples: Vec::new() }
    }

    /// Whether everything is as it should be.
    pub fn is_ok(&self) -> bool {
        self.found == 0
    }

    /// Counts a finding, and keeps it if it is among the first.
    pub(super) fn add(&mut self, table: &str, id: i64, what: impl FnOnce() -> String) {
        self.found += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(Finding { table: Some(table.to_owned()), id: Some(id), what: what() });
        }
    }

    fn add_finding(&mut self, finding: Finding) {
        self.found += 1;
        if self.examples.len() < EXAMPLES {
            self.examples.push(finding);
        }
    }
}

/// Makes all checks on one state of the database.
pub(super) fn all(connection: &Connection, progress: &mut dyn FnMut(Check)) -> Outcome<Vec<CheckResult>> {
    connection.begin_to_read()?;
    Check::ALL.into_iter().map(|check| make(connection, check, progress)).collect()
}

fn make(connection: &Connection, check: Check, progress: &mut dyn FnMut(Check)) -> Outcome<CheckResult> {
    progress(check);
    let mut result = CheckResult::new(check);
    let made = sound::made(connection, || of(connection, check, &mut result))?;
    if made.is_none() {
        let what = "cannot be looked at, because the file is damaged".to_owned();
        result.add_finding(Finding { table: None, id: None, what });
    }
    Ok(result)
}

fn of(connection: &Connection, check: Check, result: &mut CheckResult) -> Outcome<()> {
    match check {
        Check::File => sound::file(connection, result),
        Check::References => sound::references(connection, result),
        Check::GoneImports => rows(connection, include_str!("sql/gone_imports.sql"), result),
        Check::ImportLines => imports::lines(connection, result),
        Check::ImportReports => imports::reports(connection, result),
        Check::ImportAmounts => imports::amounts(connection, result),
        Check::ImportDays => imports::days(connection, result),
        Check::SalesOfImports => rows(connection, include_str!("sql/sales_of_imports.sql"), result),
        Check::OrdersWithoutLines => rows(connection, include_str!("sql/orders_without_lines.sql"), result),
        Check::OrderFacts => orders::facts(connection, result),
        Check::Calendar => calendar::days(connection, result),
        Check::DaysWithoutSales => rows(connection, include_str!("sql/days_without_sales.sql"), result),
        Check::SaleDays => rows(connection, include_str!("sql/sale_days.sql"), result),
        Check::Cancellations => rows(connection, include_str!("sql/cancellations.sql"), result),
    }
}

/// Findings as a query yields them: table, id, what is wrong.
fn rows(connection: &Connection, sql: &str, result: &mut CheckResult) -> Outcome<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        result.add_finding(Finding { table: row.get(0)?, id: row.get(1)?, what: row.get(2)? });
    }
    Ok(())
}
