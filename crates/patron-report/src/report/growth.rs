//! Are we growing, and through whom?

use maud::{Markup, html};
use patron_analytics::{
    Answers, MonthDetail, ProductRole, ProductSpend, RepeatDefinition, TotalMeasure, TrendClass,
};
use patron_domain::{Money, Month};

use super::Context;
use crate::page::{Section, how_counted};
use crate::tables::{months, words};
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableView, format};

/// Customers it takes to tell what one of them spends.
const FEWEST: u64 = 10;

pub(super) fn section(context: &Context<'_>) -> Section {
    let comparison = Comparison::of(context.answers);
    Section {
        id: "growth",
        short: "Growth",
        question: "Are we growing, and through whom?".to_owned(),
        answer: answer(context, comparison.as_ref()),
        body: body(context, comparison.as_ref()),
    }
}

/// Complete months against as many others: the same months a year before where there are 15 complete months,
/// else the months just before.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Comparison {
    pub(crate) recent: (Month, Month),
    before: (Month, Month),
    months: i32,
    pub(crate) year_before: bool,
    parts: [Part; 4],
    /// Orders in the recent months and in those before.
    orders: [u64; 2],
}

#[derive(Clone, Debug, PartialEq)]
struct Part {
    name: &'static str,
    recent: Money,
    before: Money,
}

impl Comparison {
    pub(crate) fn of(answers: &Answers) -> Option<Self> {
        let calendar = answers.calendar.as_ref()?;
        let (first, last) = (calendar.first_complete?, calendar.last_complete?);
        let complete = last.number() - first.number() + 1;
        let months = 3.min(complete / 2);
        if months < 1 {
            return None;
        }
        let year_before = complete >= 12 + months;
        let back = if year_before { 12 } else { months };
        let recent = (last.plus(1 - months), last);
        let before = (recent.0.plus(-back), recent.1.plus(-back));
        let sum = |(from, to): (Month, Month), value: fn(&MonthDetail) -> Money| -> Money {
            let months = answers.month_details.iter();
            months.filter(|row| (from..=to).contains(&row.month)).map(value).sum()
        };
        let part = |name, value| Part { name, recent: sum(recent, value), before: sum(before, value) };
        let parts = [
            part("Returning customers", |row| row.returning_revenue),
            part("New customers", |row| row.new_revenue),
            part("Customers without an order in the month", |row| row.returns_only_revenue),
            part("Without a known customer", |row| row.revenue_without_customer),
        ];
        let orders = [recent, before].map(|(from, to)| {
            let months = answers.monthly.iter().filter(|row| (from..=to).contains(&row.month));
            months.map(|row| row.orders).sum()
        });
        Some(Self { recent, before, months, year_before, parts, orders })
    }

    pub(crate) fn recent_revenue(&self) -> Money {
        self.parts.iter().map(|part| part.recent).sum()
    }

    /// Orders in the months with fewer of them.
    pub(crate) fn fewest_orders(&self) -> u64 {
        self.orders[0].min(self.orders[1])
    }

    fn before_revenue(&self) -> Money {
        self.parts.iter().map(|part| part.before).sum()
    }

    /// Relative change; `None` unless the revenue before was above zero.
    pub(crate) fn change(&self) -> Option<f64> {
        let before = self.before_revenue();
        (before > Money::ZERO).then(|| self.recent_revenue().to_f64() / before.to_f64() - 1.0)
    }

    pub(crate) fn against(&self) -> String {
        let months = if self.months == 1 {
            "month".to_owned()
        } else {
            format!("{} months", number_word(self.months))
        };
        if self.year_before {
            format!("the same {months} a year before")
        } else {
            format!("the {months} before")
        }
    }

    /// "From September to November 2011", "In November 2011".
    pub(crate) fn period(&self) -> String {
        let preposition = if self.recent.0 == self.recent.1 { "In" } else { "From" };
        format!("{preposition} {}", months_named(self.recent))
    }
}

fn number_word(number: i32) -> &'static str {
    match number {
        1 => "one",
        2 => "two",
        _ => "three",
    }
}

fn months_named((from, to): (Month, Month)) -> String {
    if from == to {
        return format::long_month(from);
    }
    let first = if from.year() == to.year() {
        from.first_day().date().format("%B").to_string()
    } else {
        format::long_month(from)
    };
    format!("{first} to {}", format::long_month(to))
}

/// "58.2% more than", "3.1% less than", "about as much as" (within half a per cent).
pub(crate) fn more_or_less(change: f64) -> String {
    if change.abs() < 0.005 {
        "about as much as".to_owned()
    } else if change > 0.0 {
        format!("{} more than", format::share(change, 0))
    } else {
        format!("{} less than", format::share(-change, 0))
    }
}

fn answer(context: &Context<'_>, comparison: Option<&Comparison>) -> String {
    let currency = context.currency;
    let totals = &context.answers.totals;
    let Some(comparison) = comparison else {
        let Some(span) = totals.span else {
            return "There are no sales, so there is nothing to compare.".to_owned();
        };
        return format!(
            "The file covers {}, too short to compare one complete month with another; net revenue so far is {}.",
            format::span(span.first, span.last),
            currency.whole(totals.revenue)
        );
    };
    let recent = comparison.recent_revenue();
    let shares: Vec<String> = comparison
        .parts
        .iter()
        .filter(|part| part.recent > Money::ZERO && recent > Money::ZERO)
        .map(|part| {
            let share = part.recent.to_f64() / recent.to_f64();
            let who = match part.name {
                "Without a known customer" => "sales without a known customer".to_owned(),
                name => name.to_lowercase(),
            };
            match format::share(share, 0).as_str() {
                "100%" => format!("all of it from {who}"),
                share => format!("{share} from {who}"),
            }
        })
        .collect();
    let whom = if shares.is_empty() { String::new() } else { format!(": {}", format::listed(&shares)) };
    let said = format!("{} net revenue was {}", comparison.period(), currency.whole(recent));
    match comparison.change() {
        Some(change) => format!("{said}, {} in {}{whom}.", more_or_less(change), comparison.against()),
        None => format!("{said}{whom}; {} brought nothing to compare with.", comparison.against()),
    }
}

fn body(context: &Context<'_>, comparison: Option<&Comparison>) -> Markup {
    let answers = context.answers;
    html! {
        @if let Some(words) = trend(context) { p { (words) } }
        @if !answers.month_details.is_empty() { (chart(context)) }
        @if let Some(comparison) = comparison { (through_whom(comparison)) }
        @if !answers.monthly.is_empty() { (month_table(context)) }
        (how_counted(&[
            "Revenue is net of returns, and a return counts in the month it happened; what a customer has spent counts it against the customer instead. Services such as postage are left out.",
            "An order belongs to the month of its first sale line. New: the customer's first order ever in the file lies in the month; returning: an order lies before the month. Customers from before the file begins therefore look new in its first months.",
            "What customers without an order in the month brought back is part of the totals, and drawn where it is more than 1% of the largest month.",
            "Incomplete months at either end are drawn faintly and left out of every comparison and trend.",
        ]))
        (repeat(context))
    }
}

fn trend(context: &Context<'_>) -> Option<String> {
    let total = context.answers.total_trends.iter().find(|row| row.measure == TotalMeasure::Revenue)?;
    let trend = total.trend.as_ref()?;
    let verdict = match total.class {
        TrendClass::Rising => "points up",
        TrendClass::Declining => "points down",
        TrendClass::Steady => "cannot be told from chance",
        TrendClass::TooShort => return None,
    };
    let slope = |value: f64| context.currency.rough(value);
    Some(format!(
        "The trend line over {} complete months {verdict}: {} a month, 95% interval {} to {}; {}.",
        trend.months,
        slope(trend.ols.slope),
        slope(trend.ols.low),
        slope(trend.ols.high),
        words::season(total.season),
    ))
}

type AmountOf = fn(&MonthDetail) -> Money;

fn chart(context: &Context<'_>) -> Markup {
    let details = &context.answers.month_details;
    let names = details.iter().map(|row| format::month(row.month)).collect();
    let faint: Vec<_> = details.iter().enumerate().filter(|(_, row)| !row.complete).map(|(i, _)| i).collect();
    let unfinished: Vec<_> =
        details.iter().filter(|row| !row.complete).map(|row| format::month(row.month)).collect();
    let values = |value: AmountOf| -> Vec<Option<f64>> {
        details.iter().map(|row| Some(value(row).to_f64())).collect()
    };
    let biggest = details.iter().map(|row| row.known_revenue.abs()).max().unwrap_or_default().to_f64();
    let any = |value: AmountOf| details.iter().any(|row| value(row).to_f64().abs() > 0.01 * biggest);
    let mut chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Money).faint(faint);
    let parts: [(&str, Ink, AmountOf); 4] = [
        ("Returning customers", Ink::Accent, |row| row.returning_revenue),
        ("New customers", Ink::Second, |row| row.new_revenue),
        ("Without a known customer", Ink::Muted, |row| row.revenue_without_customer),
        ("Returns of others", Ink::Third, |row| row.returns_only_revenue),
    ];
    for (name, ink, value) in parts {
        if any(value) {
            chart = chart.stacked(name, ink, &values(value));
        }
    }
    let best = context.answers.monthly.iter().max_by_key(|row| row.revenue);
    let peak = best.map_or_else(String::new, |row| {
        format!("Highest in {} with {}.", format::long_month(row.month), context.currency.whole(row.revenue))
    });
    let note = match unfinished.as_slice() {
        [] => String::new(),
        [one] => format!(" {one} is incomplete and drawn faintly."),
        many => format!(" {} are incomplete and drawn faintly.", format::listed(many)),
    };
    let title = format!("Net revenue by month and kind of customer{}", context.currency.suffix());
    let chart = chart.finish("growth-months", title, format!("{peak}{note}"));
    html! { (chart) }
}

fn through_whom(comparison: &Comparison) -> Markup {
    let total =
        Part { name: "All", recent: comparison.recent_revenue(), before: comparison.before_revenue() };
    let any = |part: &&Part| part.recent != Money::ZERO || part.before != Money::ZERO;
    let rows: Vec<_> = comparison.parts.iter().filter(any).cloned().chain([total]).collect();
    let last = rows.len() - 1;
    let table = Table::of(rows)
        .text("who", "Kind of customer in the month.", |part| part.name)
        .money("recent", "Net revenue in the recent months.", |part| part.recent)
        .heading(months_named(comparison.recent))
        .money("before", "Net revenue in the months compared with.", |part| part.before)
        .heading(months_named(comparison.before))
        .money("change", "The difference.", |part| part.recent - part.before)
        .finish();
    html! { (TableView::new(&table, "Through whom revenue changed").whole_money().totals(&[last])) }
}

fn month_table(context: &Context<'_>) -> Markup {
    let monthly = &context.answers.monthly;
    let latest = &monthly[monthly.len().saturating_sub(24)..];
    let table = months::monthly(latest).without(&["repeat_revenue"]);
    let caption = if latest.len() < monthly.len() { "The latest 24 months" } else { "Month by month" };
    html! { (TableView::new(&table, caption).whole_money().file("analytics/monthly.csv")) }
}

fn repeat(context: &Context<'_>) -> Markup {
    let answers = context.answers;
    let enough = answers.totals.customers >= FEWEST;
    let whole: Vec<_> = answers.repeat_shares.iter().filter(|row| row.month.is_none()).collect();
    if whole.iter().all(|row| row.customers == 0) {
        return html! {};
    }
    let ever = whole.iter().find(|row| row.definition == RepeatDefinition::TwoDaysEver);
    let words = ever.and_then(|row| {
        let (customers, revenue) = (row.share_of_customers?, row.share_of_known_revenue?);
        Some(format!(
            "{} of {} customers bought on two or more days; these {} bring {} of the revenue with a known customer.",
            format::count(row.repeat_customers as i64),
            format::count(row.customers as i64),
            format::share(customers, 1),
            format::share(revenue, 1),
        ))
    });
    let shares = Table::of(whole)
        .text("definition", "What makes a customer a repeat customer.", |row| {
            words::definition(row.definition)
        })
        .heading("Repeat customers are those with")
        .integer("customers", "customers", "Customers in all.", |row| row.customers)
        .integer("repeat_customers", "customers", "Repeat customers.", |row| row.repeat_customers)
        .share("share_of_customers", "Of all customers.", |row| row.share_of_customers)
        .share("share_of_known_revenue", "Of the revenue with a known customer.", |row| {
            row.share_of_known_revenue
        })
        .share("share_of_revenue", "Of all revenue.", |row| row.share_of_revenue)
        .finish();
    let spend = Table::of(
        answers.repeat_spend.iter().filter(|row| row.month.is_none() && row.country.is_none()).collect(),
    )
    .text("definition", "What makes a customer a repeat customer.", |row| words::definition(row.definition))
    .heading("Repeat customers are those with")
    .money("minimum", "Least net revenue of one of them.", |row| row.minimum)
    .money("maximum", "Most net revenue of one of them.", |row| row.maximum)
    .number(2, "average", "currency units", "Mean.", |row| row.mean)
    .number(2, "median", "currency units", "Median.", |row| row.median)
    .finish();
    html! {
        h3 { "How many are repeat customers, and what do they spend?" }
        @if let Some(words) = words { p { (words) } }
        (TableView::new(&shares, "Repeat customers, counted three ways over the whole file").file("analytics/repeat_customers.csv"))
        @if spend.rows() > 0 && enough { (TableView::new(&spend, "What one of them spends over the whole file").file("analytics/repeat_spend.csv")) }
        @if enough { (product_spends(answers)) }
        (how_counted(&[
            "The first two ways count a customer who met the condition in at least one month, with the revenue of those months only; the third counts a customer's whole revenue.",
            "A day counts as a purchase when its sales less its cancellations are above zero.",
        ]))
    }
}

/// Spend on the product with the most repeat customers and on the one with the most units, once where it is the same.
fn product_spends(answers: &Answers) -> Markup {
    let of = |role| answers.product_spend.iter().filter(move |row| row.role == role).collect::<Vec<_>>();
    let roles = [ProductRole::MostRepeatCustomers, ProductRole::MostUnits];
    let [repeat, units] = roles.map(of);
    let sku = |rows: &[&ProductSpend]| rows.first().map(|row| row.product.sku.clone());
    let both = sku(&repeat) == sku(&units);
    let [repeat_role, units_role] = roles.map(words::role);
    html! {
        @if both {
            (product_spend(repeat, &format!("{repeat_role} and {units_role}")))
        } @else {
            (product_spend(repeat, repeat_role))
            (product_spend(units, units_role))
        }
    }
}

fn product_spend(rows: Vec<&ProductSpend>, role: &str) -> Markup {
    let Some(first) = rows.first() else { return html! {} };
    let caption = format!("Spend on {}, the product with {role}", super::product_name(&first.product));
    let table = Table::of(rows)
        .text("group", "Whose spend on it.", |row| words::group(row.group))
        .heading("Customers who")
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .money("minimum", "Least net spend on it.", |row| row.minimum)
        .money("maximum", "Most net spend on it.", |row| row.maximum)
        .number(2, "average", "currency units", "Mean.", |row| row.mean)
        .number(2, "median", "currency units", "Median.", |row| row.median)
        .finish();
    html! { (TableView::new(&table, &caption).file("analytics/repeat_product_spend.csv")) }
}
