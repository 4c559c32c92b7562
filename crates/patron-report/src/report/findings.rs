//! Three things to know.

use super::growth::{Comparison, more_or_less};
use patron_domain::Horizon;

use super::{Context, attention, bridge, concentration, forecast, newcomers, products};
use crate::format;

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

/// The first three that the data can tell, most useful first; the last of the list can always be told.
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
    let mut told = told.into_iter().flatten();
    let mut next = || told.next().unwrap_or_else(|| left_out(context));
    [next(), next(), next()]
}

fn growth(context: &Context<'_>) -> Option<Finding> {
    let comparison = Comparison::of(context.answers)?;
    let change = comparison.change()?;
    let number = match change {
        change if change.abs() < 0.005 => "±0%".to_owned(),
        change if change > 0.0 => format!("+{}", format::share(change, 0)),
        change => format::share(change, 0),
    };
    let sentence = format!(
        "{} net revenue was {}, {} in {}.",
        comparison.period(),
        context.currency.whole(comparison.recent_revenue()),
        more_or_less(change),
        comparison.against(),
    );
    Some(Finding::new(number, sentence, "growth"))
}

fn coming(context: &Context<'_>) -> Option<Finding> {
    let expected = forecast::quarter(context.forecast().ok()?)?;
    let number = context.currency.rough(expected);
    let sentence = format!(
        "Customers known today are expected to bring about {number} {}.",
        forecast::period(context, Horizon::Months(3))
    );
    Some(Finding::new(number, sentence, "forecast"))
}

fn slipping(context: &Context<'_>) -> Option<Finding> {
    let found = context.forecast().ok()?;
    forecast::quarter(found)?;
    let slipping = attention::slipping(found);
    if slipping.is_empty() {
        return None;
    }
    let sentence = format!(
        "{} among the best tenth by spend {} less likely than not to buy again by {}.",
        format::counted(slipping.len() as i64, "customer", "customers"),
        if slipping.len() == 1 { "is" } else { "are" },
        format::day(Horizon::Months(3).end(context.input.as_of)),
    );
    Some(Finding::new(format::count(slipping.len() as i64), sentence, "attention"))
}

fn newcomers(context: &Context<'_>) -> Option<Finding> {
    let known: Vec<_> = newcomers::known_shares(context.answers).collect();
    let (row, share) = known.iter().find(|(row, _)| row.by_day == 90).or_else(|| known.last())?;
    let sentence = format!(
        "{} of new customers buy a second time within {} days of their first purchase.",
        format::chance(*share),
        row.by_day
    );
    Some(Finding::new(format::chance(*share), sentence, "newcomers"))
}

fn concentration(context: &Context<'_>) -> Option<Finding> {
    let known: Vec<_> = concentration::known(context.answers).collect();
    let (row, share) = known.iter().find(|(row, _)| row.top_fraction > 0.05).or_else(|| known.first())?;
    let sentence = format!(
        "The best {} of the customers, {} of them, bring {} of the revenue with a known customer.",
        format::share(row.top_fraction, 0),
        format::count(row.customers as i64),
        format::share(*share, 0),
    );
    Some(Finding::new(format::share(*share, 0), sentence, "concentration"))
}

fn products(context: &Context<'_>) -> Option<Finding> {
    let (count, share) = products::top_share(context.answers)?;
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
        "{} brought {number} net of returns from {} to {}.",
        format::counted(totals.orders as i64, "order", "orders"),
        format::day(span.first),
        format::day(span.last),
    );
    Some(Finding::new(number, sentence, "growth"))
}

fn left_out(context: &Context<'_>) -> Finding {
    let aside: u64 = context.imports.iter().map(|import| import.lines_quarantined).sum();
    let sentence = format!("{} were set aside by the cleaning rules.", bridge::set_aside(context.imports));
    Finding::new(format::count(aside as i64), sentence, "left-out")
}
