//! What imports count and report, against what came with them.

use patron_domain::{Day, ImportReport, Money, RuleAction};
use rustc_hash::FxHashMap;

use super::check::CheckResult;
use crate::error::Outcome;
use crate::raw::Connection;

/// An import as its row tells it.
struct Told {
    id: i64,
    read: u64,
    accepted: u64,
    quarantined: u64,
    first_day: Option<String>,
    last_day: Option<String>,
    derived_orders: bool,
    sales: (i64, i64),
    /// Sales changed or deleted by hand since.
    corrections: u64,
    report: Result<ImportReport, serde_json::Error>,
}

/// Lines and their value.
type Tally = (u64, Money);

/// The sales of an import.
#[derive(Default)]
struct Stored {
    lines: u64,
    sales: Money,
    returns: Money,
    services: Money,
    known_customers: Money,
    span: Option<(i64, i64)>,
}

impl Told {
    /// Whether its sales can be compared with its report: none was corrected by hand, and none is missing, which the
    /// check of lines tells.
    fn is_as_it_came(&self, stored: &Stored) -> bool {
        self.corrections == 0 && stored.lines == self.accepted
    }
}

pub(super) fn lines(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    for import in told(connection)? {
        let (first, last) = import.sales;
        let stored = stored(connection, &import)?.lines;
        // as many as were corrected may have been deleted
        let may_be = import.accepted.saturating_sub(import.corrections)..=import.accepted;
        let set_aside = set_aside(connection, import.id)?;
        let quarantined: u64 = set_aside.values().map(|(lines, _)| lines).sum();
        let compared = [
            (
                "accepted lines",
                import.accepted,
                "sales",
                if may_be.contains(&stored) { import.accepted } else { stored },
            ),
            ("accepted lines", import.accepted, "ids of sales", (last - first + 1).unsigned_abs()),
            ("quarantined lines", import.quarantined, "of them", quarantined),
        ];
        let wrong = compared.into_iter().find(|(_, told, _, found)| told != found);
        let wrong = wrong.map(|(what, told, where_, found)| {
            format!("counts {told} {what}, but there are {found} {where_}")
        });
        let wrong = wrong.or_else(|| by_rule(&import, &set_aside));
        wrong.into_iter().for_each(|what| result.add("imports", import.id, || what));
    }
    Ok(())
}

/// The first rule whose quarantined lines are not those that the report counts.
fn by_rule(import: &Told, set_aside: &FxHashMap<String, Tally>) -> Option<String> {
    let report = import.report.as_ref().ok()?;
    let rejecting = report.rules.iter().filter(|rule| rule.action == RuleAction::Reject);
    rejecting
        .map(|rule| ((rule.lines, rule.amount), set_aside.get(&rule.rule).copied().unwrap_or_default(), rule))
        .find(|(told, found, _)| told != found)
        .map(|((lines, amount), (found, worth), rule)| {
            format!(
                "counts {lines} lines worth {amount} set aside by {}, but there are {found} worth {worth}",
                rule.rule
            )
        })
}

pub(super) fn reports(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    for import in told(connection)? {
        let wrong = match &import.report {
            Ok(report) => contradiction(&import, report),
            Err(error) => Some(format!("has a report that cannot be read: {error}")),
        };
        wrong.into_iter().for_each(|what| result.add("imports", import.id, || what));
    }
    Ok(())
}

/// Where a report contradicts itself or its import.
fn contradiction(import: &Told, report: &ImportReport) -> Option<String> {
    let lines = [
        ("lines read", report.lines_read, import.read),
        ("lines accepted", report.lines_accepted, import.accepted),
        ("lines quarantined", report.lines_quarantined, import.quarantined),
        ("lines accepted and quarantined", import.accepted + import.quarantined, import.read),
    ];
    if let Some((what, told, held)) = lines.into_iter().find(|(_, told, held)| told != held) {
        return Some(format!("reports {told} {what} instead of {held}"));
    }
    if report.derived_orders != import.derived_orders {
        return Some("reports otherwise whether its orders were made from customer and day".to_owned());
    }
    let rejecting = report.rules.iter().filter(|rule| rule.action == RuleAction::Reject);
    let services = report.services.iter().map(|service| service.amount).sum();
    let amounts = [
        (
            "set aside by rules",
            rejecting.map(|rule| rule.amount).sum(),
            report.before.amount - report.after.amount,
        ),
        (
            "accepted",
            report.sales_amount + report.returns_amount + report.services_amount,
            report.after.amount,
        ),
        (
            "of services",
            if report.services.is_empty() { report.services_amount } else { services },
            report.services_amount,
        ),
    ];
    let wrong: Option<(&str, Money, Money)> = amounts.into_iter().find(|(_, told, held)| told != held);
    wrong.map(|(what, told, held)| format!("reports amounts {what} of {told} instead of {held}"))
}

pub(super) fn amounts(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    for import in told(connection)? {
        let (Ok(report), stored) = (&import.report, stored(connection, &import)?) else { continue };
        let compared = [
            ("sales", report.sales_amount, stored.sales),
            ("returns", report.returns_amount, stored.returns),
            ("services", report.services_amount, stored.services),
            ("lines of known customers", report.known_customer_amount, stored.known_customers),
        ];
        let wrong = compared.into_iter().find(|(_, told, held)| told != held);
        if let Some((what, told, held)) = wrong.filter(|_| import.is_as_it_came(&stored)) {
            result.add("imports", import.id, || {
                format!("reports {what} worth {told}, those stored are worth {held}")
            });
        }
    }
    Ok(())
}

pub(super) fn days(connection: &Connection, result: &mut CheckResult) -> Outcome<()> {
    for import in told(connection)? {
        let stored = stored(connection, &import)?;
        let day = |timestamp| Day::of(timestamp).to_string();
        let held = stored.span.map(|(first, last)| (day(first), day(last))).unzip();
        let is_as_it_came = import.is_as_it_came(&stored);
        let told = (import.first_day, import.last_day);
        if told != held && is_as_it_came {
            let word = |(first, last): (Option<String>, Option<String>)| {
                let word = |day: Option<String>| day.unwrap_or_else(|| "no day".to_owned());
                format!("{} to {}", word(first), word(last))
            };
            result.add("imports", import.id, || {
                format!("tells of {}, its sales are of {}", word(told), word(held))
            });
        }
    }
    Ok(())
}

fn told(connection: &Connection) -> Outcome<Vec<Told>> {
    let mut statement = connection.prepare(
        "SELECT id, lines_read, lines_accepted, lines_quarantined, first_day, last_day, derived_orders, \
         first_sale_id, last_sale_id, corrections, report FROM imports ORDER BY id",
    )?;
    let imports = statement.query_map([], |row| {
        let count = |column| row.get(column).map(i64::unsigned_abs);
        Ok(Told {
            id: row.get(0)?,
            read: count(1)?,
            accepted: count(2)?,
            quarantined: count(3)?,
            first_day: row.get(4)?,
            last_day: row.get(5)?,
            derived_orders: row.get(6)?,
            sales: (row.get(7)?, row.get(8)?),
            corrections: count(9)?,
            report: serde_json::from_str(&row.get::<String>(10)?),
        })
    })?;
    imports.collect()
}

fn stored(connection: &Connection, import: &Told) -> Outcome<Stored> {
    let mut statement = connection.prepare(include_str!("sql/stored_of_import.sql"))?;
    let mut rows = statement.query([import.sales.0, import.sales.1])?;
    let mut stored = Stored::default();
    while let Some(row) = rows.next()? {
        let money = |column| row.get(column).map(Money::from_ten_thousandths);
        let (kind, amount): (String, Money) = (row.get(0)?, money(2)?);
        match kind.as_str() {
            "sale" => stored.sales += amount,
            "return" => stored.returns += amount,
            _ => stored.services += amount,
        }
        if kind != "service" {
            stored.known_customers += money(3)?;
        }
        stored.lines += row.get::<i64>(1)?.unsigned_abs();
        let (first, last) = (row.get(4)?, row.get(5)?);
        let (earliest, latest) = stored.span.unwrap_or((first, last));
        stored.span = Some((earliest.min(first), latest.max(last)));
    }
    Ok(stored)
}

fn set_aside(connection: &Connection, import: i64) -> Outcome<FxHashMap<String, Tally>> {
    let mut statement = connection.prepare(
        "SELECT rule, count(*), coalesce(sum(amount), 0) FROM quarantine WHERE import_id = ? GROUP BY rule",
    )?;
    let rules = statement.query_map([import], |row| {
        let lines = row.get::<i64>(1)?.unsigned_abs();
        Ok((row.get(0)?, (lines, Money::from_ten_thousandths(row.get(2)?))))
    })?;
    rules.collect()
}
