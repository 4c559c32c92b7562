//! Three things to know.

use patron_domain::ImportReport;

use super::forecast::QUARTER;
use super::growth::{Comparison, more_or_less};
use super::{Context, attention, bridge, concentration, forecast, newcomers, products};
use crate::{format, say};

/// Orders it takes on either side of a comparison worth knowing.
const FEWEST_ORDERS: u64 = 10;
/// Customers it takes for a share of newcomers worth knowing.
const FEWEST_CUSTOMERS: u64 = 20;

/// Something worth knowing, with its number and where to read on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The number that stands out.
    pub number: String,
    /// A sentence in plain words that holds it.
    pub sentence: String,
    /// The section of the report that tells more: an id within the page.
    pub section: &'static str,
}

impl Finding {
    fn new(number: String, sentence: String, section: &'static str) -> Self {
        Self { number, sentence, section }
    }
}

/// The first three that the data can tell, most useful first; the last three can always be told.
pub(super) fn three(context: &Context<'_>) -> [Finding; 3] {
    let told = [
        growth(context),
        coming(context),
        slipping(context),
        newcomers(context),
        concentration(context),
        products(context),
        revenue(context),
    ];
    let always = [known_customers(context), left_out(context), lines_read(context)];
    let mut told = told.into_iter().flatten().chain(always);
    std::array::from_fn(|_| told.next().unwrap_or_else(|| lines_read(context)))
}

fn growth(context: &Context<'_>) -> Option<Finding> {
    let comparison = Comparison::of(context.answers)?;
    let change = comparison.change().filter(|_| comparison.fewest_orders() >= FEWEST_ORDERS)?;
    let number = match change {
        change if change.abs() < 0.005 => "±0%".to_owned(),
        change if change > 0.0 => format!("+{}", format::share(change, 0)),
        change => format::share(change, 0),
    };
    let sentence = format!(
        "{} net revenue was {}, {} in {}{}.",
        comparison.period(),
        context.currency.whole(comparison.recent_revenue()),
        more_or_less(change),
        comparison.against(),
        if comparison.year_before { "" } else { " (part of it may be the season)" },
    );
    Some(Finding::new(number, sentence, "growth"))
}

fn coming(context: &Context<'_>) -> Option<Finding> {
    let found = context.forecast().ok()?;
    let total = forecast::quarter(found)?;
    let season = forecast::season_unknown_shortly(context, found);
    let sentence = format!(
        "Customers known today are {} to bring {}{}.",
        say::expected(context.input.as_of, QUARTER),
        total.said(context, found),
        season.map_or_else(String::new, |season| format!("; {season}")),
    );
    Some(Finding::new(context.currency.rough(total.expected), sentence, "forecast"))
}

fn slipping(context: &Context<'_>) -> Option<Finding> {
    let found = context.forecast().ok()?;
    forecast::quarter(found)?;
    let slipping = attention::slipping(found).len();
    if slipping == 0 {
        return None;
    }
    let sentence = format!(
        "{} among the best tenth by spend {}.",
        format::counted(slipping as i64, "customer", "customers"),
        attention::silent_and_unlikely(context, slipping),
    );
    Some(Finding::new(format::count(slipping as i64), sentence, "attention"))
}

fn newcomers(context: &Context<'_>) -> Option<Finding> {
    let known: Vec<_> =
        newcomers::known_shares(context.answers).filter(|(row, _)| row.watched >= FEWEST_CUSTOMERS).collect();
    let (row, share) = known.iter().find(|(row, _)| row.by_day == 90).or_else(|| known.last())?;
    let within = format!("within {} days of their first purchase", row.by_day);
    if row.returned == 0 {
        let watched = format::counted(row.watched as i64, "new customer", "new customers");
        let sentence = format!("None of {watched} watched for so long bought a second time {within}.");
        return Some(Finding::new("None".to_owned(), sentence, "newcomers"));
    }
    let number = format::capital(&format::chance(*share));
    let sentence = format!("{number} of new customers buy a second time {within}.");
    Some(Finding::new(number, sentence, "newcomers"))
}

fn concentration(context: &Context<'_>) -> Option<Finding> {
    let (row, share) = concentration::best_tenth(context.answers)?;
    let sentence = format!(
        "The best {} of the customers, {} of them, bring {} of the revenue with a known customer.",
        format::share(row.top_fraction, 0),
        format::count(row.customers as i64),
        format::share(share, 0),
    );
    Some(Finding::new(format::share(share, 0), sentence, "concentration"))
}

fn products(context: &Context<'_>) -> Option<Finding> {
    let all = context.answers.products.len();
    let (count, share) = products::top_share(context.answers).filter(|(count, _)| *count < all)?;
    let sentence = format!(
        "The {} with the most revenue bring {} of it.",
        format::counted(count as i64, "product", "products"),
        format::share(share, 0)
    );
    Some(Finding::new(format::share(share, 0), sentence, "products"))
}

fn revenue(context: &Context<'_>) -> Option<Finding> {
    let totals = &context.answers.totals;
    let span = totals.span?;
    let number = context.currency.whole(totals.revenue);
    let sentence = format!(
        "{} brought {number} net of returns, {}.",
        format::counted(totals.orders as i64, "order", "orders"),
        format::span(span.first, span.last),
    );
    Some(Finding::new(number, sentence, "growth"))
}

fn known_customers(context: &Context<'_>) -> Finding {
    let totals = &context.answers.totals;
    if totals.customers == 0 {
        let sentence = "No sale names a customer, so nothing can be said about customers.".to_owned();
        return Finding::new("0".to_owned(), sentence, "left-out");
    }
    let number = format::count(totals.customers as i64);
    let sentence = format!(
        "{}; {} the net revenue of {} is theirs.",
        format::counted(totals.customers as i64, "customer is known", "customers are known"),
        if totals.known_revenue == totals.revenue {
            "all of".to_owned()
        } else {
            format!("{} of", context.currency.whole(totals.known_revenue))
        },
        context.currency.whole(totals.revenue),
    );
    Finding::new(number, sentence, "left-out")
}

fn lines_read(context: &Context<'_>) -> Finding {
    let rows = |import: &ImportReport| import.order_form.as_ref().map_or(import.lines_read, |form| form.rows);
    let read: u64 = context.imports.iter().map(rows).sum();
    let files: Vec<String> = context.imports.iter().map(|import| import.file.name.clone()).collect();
    let sentence = format!(
        "{} read from {}.",
        match context.imports.iter().any(|import| import.order_form.is_some()) {
            true => format::counted(read as i64, "row was", "rows were"),
            false => format::counted(read as i64, "line was", "lines were"),
        },
        if files.is_empty() { "no file".to_owned() } else { format::listed(&files) }
    );
    Finding::new(format::count(read as i64), sentence, "left-out")
}

fn left_out(context: &Context<'_>) -> Finding {
    let aside: u64 = context.imports.iter().map(|import| import.lines_quarantined).sum();
    let sentence = format!("{} were set aside by the cleaning rules.", bridge::set_aside(context.imports));
    Finding::new(format::count(aside as i64), sentence, "left-out")
}
