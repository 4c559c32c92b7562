//! Who are the customers? By country, city, age, gender and what brought them in.

use maud::{Markup, html};
use patron_analytics::{AttributeAnswers, CustomerGroup, CustomerTrait, Group};
use patron_domain::Money;

use super::attention::YEAR;
use super::forecast::{self, QUARTER};
use super::{Context, acquisition, margins};
use crate::format::Currency;
use crate::group_ranges::GroupRanges;
use crate::page::{Section, caveat, how_counted};
use crate::say::{self, NoRange};
use crate::tables::words;
use crate::{CategoryChart, Direction, Ink, MONEY, NumberFormat, Table, TableView, format};

/// Customers it takes to name a group's repeat share, as for countries.
const ENOUGH: u64 = 10;
/// Customers it takes to draw a group's repeat share beside others.
const FEWEST: u64 = 20;
/// Groups drawn at most.
const MOST_DRAWN: usize = 12;

/// What a column of expected amounts holds.
const EXPECTED: &str = "Expected net revenue of these customers.";

/// Traits in the order of their questions.
const TRAITS: [(CustomerTrait, &str, &str); 5] = [
    (CustomerTrait::Country, "country", "Where do they live?"),
    (CustomerTrait::City, "city", "Which cities?"),
    (CustomerTrait::AgeBand, "age", "How old are they?"),
    (CustomerTrait::Gender, "gender", "Which gender?"),
    (CustomerTrait::Channel, "channel", "What brought them in?"),
];

/// The section; `None` where nothing is known of the customers.
pub(super) fn section(context: &Context<'_>) -> Option<Section> {
    let attributes = context.input.attributes?;
    let traits: Vec<People<'_>> = TRAITS.iter().filter_map(|about| People::of(attributes, about)).collect();
    (!traits.is_empty() || !attributes.acquisition.is_empty()).then(|| Section {
        id: "people",
        short: "Who they are",
        question: "Who are the customers?".to_owned(),
        answer: answer(context, &traits),
        body: body(context, attributes, &traits),
    })
}

/// The groups of one trait.
struct People<'a> {
    by: CustomerTrait,
    /// Name within the page.
    id: &'static str,
    question: &'static str,
    groups: Vec<&'a CustomerGroup>,
}

impl<'a> People<'a> {
    /// `None` where no group has a name.
    fn of(
        attributes: &'a AttributeAnswers,
        about: &(CustomerTrait, &'static str, &'static str),
    ) -> Option<Self> {
        let &(by, id, question) = about;
        let mut groups: Vec<_> = attributes.customer_groups.iter().filter(|row| row.by == by).collect();
        if by == CustomerTrait::AgeBand {
            groups.sort_by_key(|row| age_order(&row.group));
        }
        groups.iter().any(|row| is_named(row)).then_some(Self { by, id, question, groups })
    }

    fn named(&self) -> impl Iterator<Item = &'a CustomerGroup> {
        self.groups.iter().copied().filter(|row| is_named(row))
    }

    /// The named group with the most customers, the one with more spend first among equals.
    fn largest(&self) -> Option<&'a CustomerGroup> {
        self.named().max_by(|a, b| (a.customers, a.revenue).cmp(&(b.customers, b.revenue)))
    }

    fn revenue(&self) -> Money {
        self.groups.iter().map(|row| row.revenue).sum()
    }
}

fn is_named(row: &CustomerGroup) -> bool {
    matches!(row.group, Group::Named(_))
}

/// Age bands from young to old, then the merged, then the unknown.
fn age_order(group: &Group) -> (u8, u64) {
    match group {
        Group::Named(band) => {
            let digits: String =
                band.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
            let years = digits.parse().unwrap_or(0);
            (0, if band.starts_with(|c: char| c.is_ascii_digit()) { years } else { 0 })
        }
        Group::Merged { .. } => (1, 0),
        Group::Unknown => (2, 0),
    }
}

fn answer(context: &Context<'_>, traits: &[People<'_>]) -> String {
    let customers = context.answers.totals.customers;
    let part = |people: &People<'_>| {
        let group = people.largest()?;
        let known: u64 =
            people.groups.iter().filter(|row| row.group != Group::Unknown).map(|row| row.customers).sum();
        let spend = share_of(group.revenue, people.revenue()).map_or_else(String::new, |share| {
            format!(", {} of what was spent so far", format::share(share, 0))
        });
        let known = if known == customers {
            String::new()
        } else {
            format!(" of {} known", format::count(known as i64))
        };
        Some(format!(
            "by {} {} ({}{known}{spend})",
            words::customer_trait(people.by),
            words::group_name(&group.group),
            format::count(group.customers as i64),
        ))
    };
    let largest: Vec<String> = traits.iter().filter_map(part).collect();
    let who = format::counted(customers as i64, "customer with an order", "customers with an order");
    if largest.is_empty() {
        return format!("Of {who} nothing is known but what winning them cost.");
    }
    let groups = if largest.len() == 1 { "the largest group is" } else { "the largest groups are" };
    format!("Of {who}, {groups} {}.", format::listed(&largest))
}

fn share_of(part: Money, whole: Money) -> Option<f64> {
    (whole > Money::ZERO).then(|| part.to_f64() / whole.to_f64())
}

fn body(context: &Context<'_>, attributes: &AttributeAnswers, traits: &[People<'_>]) -> Markup {
    let with_margin = traits.iter().flat_map(|people| &people.groups).any(|row| row.margin.is_some());
    let ranges = context.forecast().ok().map(GroupRanges::new);
    html! {
        @for people in traits {
            h3 { (people.question) }
            (repeat_chart(people))
            (TableView::new(&table(context, people, ranges.as_ref()), &caption(people)).whole_money().head(15).file("analytics/customer_groups.csv"))
        }
        @if !traits.is_empty() {
            @if let Some(words) = without_range(context, traits, ranges.as_ref()) { (caveat(&words)) }
            (how_counted(&[
                "Customers with an order are counted, each once per question. Bought again: on two or more days ever. Below 10 customers a share is \u{201c}too few to say\u{201d}. Groups of fewer than 5 customers are taken together so that nobody can be made out; where even these are fewer than 5, they stand among the not known.",
                "Spent so far and expected stand apart: the first is what the file holds, the second a forecast summed over the group's customers, with two significant digits; whoever buys for the first time comes on top. The range is made from how far past forecasts of the whole shop were off and from the size of the group, so that small groups have wide ones.",
                "A return counts against the customer who brought it back, whenever it happened; money by month counts it in the month it happened.",
                "That a group buys again more often does not tell why: groups differ in more than their name.",
            ]))
        }
        @if with_margin { (margins::covered(attributes)) }
        (acquisition::body(context, attributes))
    }
}

/// What is said once where something is expected of the groups and none of them has a range.
fn without_range(
    context: &Context<'_>,
    traits: &[People<'_>],
    ranges: Option<&GroupRanges<'_>>,
) -> Option<String> {
    let forecast = context.forecast().ok().filter(|forecast| forecast::quarter(forecast).is_some())?;
    let rows = || traits.iter().flat_map(|people| &people.groups);
    let expected = rows().any(|row| row.expected.is_some());
    let ranged = rows().any(|row| ranges.is_some_and(|ranges| ranges.of(row).is_some()));
    (expected && !ranged).then(|| say::groups_without_range(NoRange::of(forecast.models, QUARTER)))
}

fn caption(people: &People<'_>) -> String {
    let order = if people.by == CustomerTrait::AgeBand { "young to old" } else { "most spent so far first" };
    format!("Customers by {}, {order}", words::customer_trait(people.by))
}

fn table<'a>(context: &Context<'_>, people: &People<'a>, ranges: Option<&GroupRanges<'_>>) -> Table<'a> {
    let range = |row| ranges.and_then(|ranges| ranges.of(row));
    let rows: Vec<_> = people.groups.iter().map(|row| (*row, range(row))).collect();
    let expected = rows.iter().any(|(row, _)| row.expected.is_some());
    let ranged = rows.iter().any(|(_, range)| range.is_some());
    let mut table = Table::of(rows)
        .composed("group", "The group.", |(row, _)| words::group_name(&row.group))
        .heading(format::capital(words::customer_trait(people.by)))
        .integer("customers", "customers", "Customers with an order.", |(row, _)| row.customers)
        .figures("repeat_share", "Bought on two or more days ÷ customers.", |(row, _)| {
            match row.repeat_share {
                Some(share) if row.customers >= ENOUGH => format::share(share, 1),
                _ => "too few to say".to_owned(),
            }
        })
        .heading("Bought again")
        .money("revenue", "Net revenue so far, returns counted against the customer.", |(row, _)| row.revenue)
        .heading("Spent so far")
        .number(0, "average_order_value", MONEY, "Net revenue ÷ orders.", |(row, _)| row.average_order_value)
        .heading("Average order");
    let heading = |horizon| {
        let forecast = context.forecast().ok().filter(|_| expected)?;
        forecast::column_heading(context, forecast, horizon)
    };
    if let Some(heading) = heading(QUARTER) {
        table = table
            .forecast("expected_3m", MONEY, EXPECTED, |(row, _)| {
                row.expected.map(|expected| expected.value_3m)
            })
            .heading(heading);
        if ranged {
            table = table
                .composed("range", "How far off it may be.", |(_, range)| {
                    let said = range.and_then(|(low, high)| say::between(low, high, Currency::default()));
                    said.unwrap_or_default()
                })
                .heading(say::RANGE_HEADING);
        }
    }
    if let Some(heading) = heading(YEAR) {
        table = table
            .forecast("expected_12m", MONEY, EXPECTED, |(row, _)| {
                row.expected.map(|expected| expected.value_12m)
            })
            .heading(heading);
    }
    if people.groups.iter().any(|row| row.margin.is_some()) {
        table = margins::columns(table, |(row, _)| row.margin);
    }
    table.finish()
}

/// Repeat shares of the groups that are large enough to be compared; nothing below two of them.
fn repeat_chart(people: &People<'_>) -> Markup {
    let large: Vec<_> = people
        .named()
        .filter(|row| row.customers >= FEWEST)
        .filter_map(|row| Some((words::group_name(&row.group), row.repeat_share?)))
        .take(MOST_DRAWN)
        .collect();
    let highest = large.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    let lowest = large.iter().min_by(|a, b| a.1.total_cmp(&b.1));
    let (Some(highest), Some(lowest)) = (highest, lowest) else { return html! {} };
    if large.len() < 2 {
        return html! {};
    }
    let summary = format!(
        "From {} ({}) to {} ({}).",
        format::share(highest.1, 0),
        highest.0,
        format::share(lowest.1, 0),
        lowest.0
    );
    let bars: Vec<_> = large.iter().map(|(_, share)| (*share, Ink::Accent)).collect();
    let names = large.iter().map(|(name, _)| name.clone()).collect();
    let title = format!(
        "Bought again, by {} (groups of {FEWEST} customers or more)",
        words::customer_trait(people.by)
    );
    let chart =
        CategoryChart::new(names, Direction::Sideways, NumberFormat::Share).inked_bars("Bought again", &bars);
    html! { (chart.finish(&format!("people-{}", people.id), title, summary)) }
}
