//! Which countries?

use maud::{Markup, html};
use patron_analytics::{AbsentAnswers, Answers, CountrySummary};

use super::{Context, absent, product_name};
use crate::page::{Section, how_counted};
use crate::tables::words;
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableView, format};

/// A country with more than so many times the revenue of the second is left out of the chart.
const DWARFS: f64 = 10.0;

pub(super) fn section(context: &Context<'_>) -> Section {
    let named = context.answers.countries.iter().filter(|row| !row.country.is_empty()).count();
    Section {
        id: "countries",
        short: "Countries",
        question: "Which countries?".to_owned(),
        answer: answer(context, named),
        body: if named > 1 {
            body(context)
        } else {
            html! {}
        },
    }
}

fn share(row: &CountrySummary) -> String {
    row.revenue_share.map_or_else(|| "an unknown share".to_owned(), |share| format::share(share, 1))
}

fn answer(context: &Context<'_>, named: usize) -> String {
    let rows = &context.answers.countries;
    match (named, rows.first()) {
        (0, _) | (_, None) => absent::of(context, AbsentAnswers::Countries)
            .unwrap_or_else(|| "There are no sales, so no country can be told.".to_owned()),
        (1, Some(first)) => format!("All named sales go to {}.", words::country(&first.country)),
        (_, Some(first)) => {
            let next: Vec<String> = rows
                .iter()
                .skip(1)
                .take(3)
                .map(|row| format!("{} ({})", words::country(&row.country), share(row)))
                .collect();
            format!(
                "{} brings {} of the revenue; then come {}, of {} countries in all.",
                words::country(&first.country),
                share(first),
                format::listed(&next),
                format::count(named as i64),
            )
        }
    }
}

fn body(context: &Context<'_>) -> Markup {
    let answers = context.answers;
    let too_few = answers.countries.iter().filter(|row| row.too_few).count();
    let table = Table::of(answers.countries.iter().collect())
        .text("country", "Country as the file names it.", |row| words::country(&row.country))
        .money("revenue", "Net revenue.", |row| row.revenue)
        .share("revenue_share", "Of the shop's revenue.", |row| row.revenue_share)
        .heading("Share")
        .integer("orders", "orders", "Orders.", |row| row.orders)
        .number(0, "average_order_value", "currency units", "Revenue ÷ orders.", |row| {
            row.average_order_value
        })
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .figures("repeat_share", "Bought on two or more days ÷ customers.", |row| {
            row.repeat_share.map_or_else(|| "too few to say".to_owned(), |share| format::share(share, 1))
        })
        .heading("Repeat share")
        .composed("favourite", "Most units, ties by stock code.", |row| {
            row.favourite.as_ref().map_or_else(String::new, product_name)
        })
        .heading("Own favourite")
        .finish();
    let favourites = answers.countries.iter().any(|row| row.favourite.is_some());
    let table = if favourites { table } else { table.without(&["favourite"]) };
    let favourite = answers.popular.first().map(|row| product_name(&row.product));
    html! {
        (chart(context))
        (TableView::new(&table, "Countries by revenue").whole_money().head(15).file("analytics/countries.csv"))
        @if let Some(name) = favourite { (demand(answers, &name)) }
        @if too_few > 0 {
            p { (format::counted(too_few as i64, "country has", "countries have")) " too few customers to say anything about shares or favourites." }
        }
        (how_counted(&[
            "Revenue belongs to the country that the line names, a customer to the country of the first line.",
            "A favourite is the product with the most net units. Below 10 customers a country is \u{201c}too few to say\u{201d}.",
        ]))
    }
}

fn demand(answers: &Answers, favourite: &str) -> Markup {
    let mut rows: Vec<_> = answers.countries.iter().filter(|row| row.shop_favourite_quantity != 0).collect();
    if rows.iter().all(|row| row.shop_favourite_share.is_none()) {
        return html! {};
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.shop_favourite_quantity));
    let table = Table::of(rows)
        .text("country", "Country as the file names it.", |row| words::country(&row.country))
        .integer("quantity", "units", "Net units.", |row| row.shop_favourite_quantity)
        .heading("Units of it")
        .money("revenue", "Net revenue.", |row| row.shop_favourite_revenue)
        .heading("Revenue from it")
        .column(
            crate::Kind::Share { digits: 2 },
            "share",
            "fraction",
            "Its units ÷ all units there.",
            |row| row.shop_favourite_share,
        )
        .heading("Of all units there")
        .finish();
    let caption = format!("Demand for the shop's favourite, {favourite}");
    html! { (TableView::new(&table, &caption).whole_money().head(10).file("analytics/countries.csv")) }
}

fn chart(context: &Context<'_>) -> Markup {
    let rows = &context.answers.countries;
    // One country that dwarfs the others would flatten every other bar.
    let second = rows.get(1).map_or(0.0, |row| row.revenue.to_f64());
    let giant = rows.first().filter(|row| row.revenue.to_f64() > DWARFS * second);
    let drawn: Vec<_> = rows.iter().skip(usize::from(giant.is_some())).take(12).collect();
    if drawn.len() < 2 {
        return html! {};
    }
    let bars: Vec<_> = drawn.iter().map(|row| (row.revenue.to_f64(), Ink::Accent)).collect();
    let names = drawn.iter().map(|row| words::country(&row.country).to_owned()).collect();
    let without = giant.map_or_else(String::new, |row| format!(" without {}", words::country(&row.country)));
    let summary = match giant {
        Some(row) => {
            format!("{} with its {} would dwarf the others.", words::country(&row.country), share(row))
        }
        None => {
            let ends = [drawn.first(), drawn.last()].map(|end| {
                end.map_or_else(String::new, |row| {
                    format!("{} ({})", words::country(&row.country), share(row))
                })
            });
            format!("From {} down to {}.", ends[0], ends[1])
        }
    };
    let title = format!("Net revenue by country{without}{}", context.currency.suffix());
    let chart =
        CategoryChart::new(names, Direction::Sideways, NumberFormat::Money).inked_bars("Net revenue", &bars);
    html! { (chart.finish("countries-revenue", title, summary)) }
}
