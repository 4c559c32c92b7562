//! Where does the margin come from? Products by category and producer country.

use maud::{Markup, html};
use patron_analytics::{AttributeAnswers, Group, Margin, ProductGroup, ProductMargin, ProductTrait};
use patron_domain::Money;

use super::{Context, product_name, short_name};
use crate::page::{Section, caveat, how_counted};
use crate::tables::words;
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableBuilder, TableView, format};

/// Products shown on either end.
const TOP: usize = 10;
/// Groups drawn at most.
const MOST_DRAWN: usize = 12;

const TRAITS: [(ProductTrait, &str, &str); 2] = [
    (ProductTrait::Category, "margins-category", "Which categories?"),
    (ProductTrait::ProducerCountry, "margins-producer", "Which producer countries?"),
];

/// The section; `None` where neither costs nor groups of products are known.
pub(super) fn section(context: &Context<'_>) -> Option<Section> {
    let attributes = context.input.attributes?;
    let known = attributes.margin.is_some() || traits(attributes).next().is_some();
    known.then(|| Section {
        id: "margins",
        short: if attributes.margin.is_some() { "Margin" } else { "Kinds of products" },
        question: if attributes.margin.is_some() {
            "Where does the margin come from?".to_owned()
        } else {
            "Which kinds of products bring the revenue?".to_owned()
        },
        answer: answer(context, attributes),
        body: body(context, attributes),
    })
}

type Groups<'a> = Vec<&'a ProductGroup>;

/// Traits of which at least one group has a name: trait, id within the page, question, groups.
fn traits(
    attributes: &AttributeAnswers,
) -> impl Iterator<Item = (ProductTrait, &'static str, &'static str, Groups<'_>)> {
    TRAITS.iter().filter_map(|&(by, id, question)| {
        let groups: Groups<'_> = attributes.product_groups.iter().filter(|row| row.by == by).collect();
        let named = groups.iter().any(|row| matches!(row.group, Group::Named(_)));
        named.then_some((by, id, question, groups))
    })
}

fn answer(context: &Context<'_>, attributes: &AttributeAnswers) -> String {
    let currency = context.currency;
    let mut most: Vec<String> = Vec::new();
    for (by, _, _, groups) in traits(attributes) {
        let named = groups.into_iter().filter(|row| matches!(row.group, Group::Named(_)));
        let value = |row: &ProductGroup| match attributes.margin {
            Some(_) => row.margin.map_or(Money::ZERO, |margin| margin.margin),
            None => row.revenue,
        };
        if let Some(best) = named.max_by_key(|row| value(row)) {
            let (name, amount) = (words::group_name(&best.group), currency.whole(value(best)));
            most.push(format!("{} {name} ({amount})", words::product_trait(by)));
        }
    }
    let Some(margin) = attributes.margin else {
        return format!(
            "Most revenue comes from {}; product costs are not known, so margins cannot be told.",
            format::listed(&most)
        );
    };
    if most.is_empty() {
        let best = attributes.product_margins.first();
        most.extend(
            best.map(|row| format!("{} ({})", product_name(&row.product), currency.whole(row.margin.margin))),
        );
    }
    let share =
        margin.share.map_or_else(String::new, |share| format!(", {} of it,", format::share(share, 0)));
    let covered =
        margin.covered.map_or_else(String::new, |covered| format!(" ({} of all)", format::share(covered, 0)));
    let from =
        if most.is_empty() { String::new() } else { format!("; most comes from {}", format::listed(&most)) };
    format!(
        "Of {} of product revenue whose cost is known{covered}, {}{share} is margin{from}.",
        currency.whole(margin.revenue),
        currency.whole(margin.margin),
    )
}

fn body(context: &Context<'_>, attributes: &AttributeAnswers) -> Markup {
    let losing: Vec<&ProductMargin> =
        attributes.product_margins.iter().rev().filter(|row| row.margin.margin < Money::ZERO).collect();
    html! {
        @for (by, id, question, groups) in traits(attributes) {
            h3 { (question) }
            (group_chart(context, by, id, &groups))
            (TableView::new(&group_table(by, &groups), &format!("Products by {}", words::product_trait(by)))
                .whole_money().head(15).file("analytics/product_groups.csv"))
        }
        @if !attributes.product_margins.is_empty() {
            h3 { "Which products?" }
            (product_chart(context, &attributes.product_margins))
            (TableView::new(&product_table(attributes.product_margins.iter().collect()), "Products with the most margin")
                .whole_money().head(TOP).file("analytics/product_margins.csv"))
            @if !losing.is_empty() {
                p {
                    (format::counted(losing.len() as i64, "product costs", "products cost"))
                    " more than " (if losing.len() == 1 { "it brings" } else { "they bring" })
                    ", " (context.currency.whole(losing.iter().map(|row| row.margin.margin).sum::<Money>())) " in all."
                }
                (TableView::new(&product_table(losing), "Products that cost more than they bring, the largest loss first")
                    .whole_money().head(TOP).file("analytics/product_margins.csv"))
            }
        }
        (how_counted(&[
            "Margin is net revenue less net units × cost of a unit, for the lines whose product has a known cost; one cost counts for the whole time of the file. A unit brought back takes its revenue and its cost off.",
            "Shares of margin are margin ÷ the revenue whose cost is known. Postage, tax, wages and advertising are not taken off.",
            "Groups of products that fewer than 5 known customers bought are merged.",
        ]))
    }
}

/// How far the costs reach, for a section whose answer does not tell, where they do not reach all revenue.
pub(super) fn covered(attributes: &AttributeAnswers) -> Markup {
    let covered = attributes.margin.and_then(|margin| margin.covered).filter(|covered| *covered < 0.9995);
    html! {
        @if let Some(covered) = covered {
            (caveat(&format!("Product costs are known for {} of the product revenue; margins tell of that part only.", format::share(covered, 1))))
        }
    }
}

fn group_table<'a>(by: ProductTrait, groups: &[&'a ProductGroup]) -> Table<'a> {
    let mut table = Table::of(groups.to_vec())
        .composed("group", "The group.", |row| words::group_name(&row.group))
        .heading(format::capital(words::product_trait(by)))
        .integer("products", "products", "Products with a sale or return line.", |row| row.products)
        .integer("customers", "customers", "Known customers who bought one of them.", |row| row.customers)
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .heading("Units")
        .money("revenue", "Net revenue.", |row| row.revenue)
        .share("revenue_share", "Of the revenue of all products.", |row| row.revenue_share)
        .heading("Share of revenue");
    if groups.iter().any(|row| row.margin.is_some()) {
        table = columns(table, |row| row.margin)
            .share("margin_covered", "Of the group's revenue.", |row| {
                row.margin.and_then(|margin| margin.covered)
            })
            .heading("Cost known of");
    }
    table.finish()
}

/// Margin and its share of the revenue whose cost is known.
pub(super) fn columns<'a, T: Send + Sync + 'a>(
    table: TableBuilder<'a, T>,
    of: impl Fn(&T) -> Option<Margin> + Copy + Send + Sync + 'a,
) -> TableBuilder<'a, T> {
    table
        .money("margin", "Revenue less cost, where the cost is known.", move |row| of(row).map(|m| m.margin))
        .share("margin_share", "Margin ÷ the revenue whose cost is known.", move |row| {
            of(row).and_then(|margin| margin.share)
        })
        .heading("Margin, share")
}

fn product_table<'a>(rows: Vec<&'a ProductMargin>) -> Table<'a> {
    let table = Table::of(rows)
        .composed("product", "Stock code and description.", |row: &&'a ProductMargin| {
            product_name(&row.product)
        })
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .heading("Units")
        .column(crate::Kind::Number { digits: 2 }, "unit_cost", crate::MONEY, "Cost of a unit.", |row| {
            row.unit_cost.to_f64()
        })
        .money("revenue", "Net revenue.", |row| row.margin.revenue);
    columns(table, |row| Some(row.margin)).finish()
}

/// Bars of margin where costs are known, of revenue where not; nothing below two groups.
fn group_chart(context: &Context<'_>, by: ProductTrait, id: &str, groups: &[&ProductGroup]) -> Markup {
    let with_margin = groups.iter().any(|row| row.margin.is_some());
    let value = |row: &ProductGroup| {
        if with_margin { row.margin.map(|margin| margin.margin) } else { Some(row.revenue) }
    };
    let rows = groups.iter().filter(|row| matches!(row.group, Group::Named(_)));
    let bars = rows.filter_map(|row| Some((words::group_name(&row.group), value(row)?))).collect();
    let what = if with_margin { "Margin" } else { "Net revenue" };
    bar_chart(context, id, &format!("{what} by {}", words::product_trait(by)), what, bars)
}

fn product_chart(context: &Context<'_>, margins: &[ProductMargin]) -> Markup {
    let bars = margins.iter().take(TOP).map(|row| (short_name(&row.product), row.margin.margin)).collect();
    bar_chart(context, "margins-products", "Products with the most margin", "Margin", bars)
}

fn bar_chart(
    context: &Context<'_>,
    id: &str,
    title: &str,
    what: &str,
    mut rows: Vec<(String, Money)>,
) -> Markup {
    if rows.len() < 2 {
        return html! {};
    }
    rows.sort_by_key(|(_, amount)| std::cmp::Reverse(*amount));
    rows.truncate(MOST_DRAWN);
    let ink = |amount: Money| if amount < Money::ZERO { Ink::Down } else { Ink::Accent };
    let bars: Vec<_> = rows.iter().map(|(_, amount)| (amount.to_f64(), ink(*amount))).collect();
    let summary = match (rows.first(), rows.last()) {
        (Some(first), Some(last)) => format!(
            "From {} ({}) down to {} ({}).",
            context.currency.whole(first.1),
            first.0,
            context.currency.whole(last.1),
            last.0
        ),
        _ => String::new(),
    };
    let names = rows.into_iter().map(|(name, _)| name).collect();
    let title = format!("{title}{}", context.currency.suffix());
    let chart = CategoryChart::new(names, Direction::Sideways, NumberFormat::Money).inked_bars(what, &bars);
    html! { (chart.finish(id, title, summary)) }
}

/// The known margin as a share of revenue, in words: "35% over the products whose cost is known".
pub(super) fn known_share(margin: Option<Margin>) -> Option<String> {
    let share = margin?.share?;
    Some(format!("{} over the products whose cost is known", format::share(share, 0)))
}
