//! Which products carry us, which are moving?

use maud::{Markup, html};
use patron_analytics::{
    AbsentAnswers, Answers, PairKind, ProductSummary, ProductTrend, TrendClass, TrendMeasure, TrendingProduct,
};
use patron_domain::Money;

use super::{Context, absent, prices, product_name, short_name};
use crate::page::{Section, caveat, how_counted};
use crate::tables::words;
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableView, format};

/// Products that count as carrying the shop.
const TOP: usize = 10;

pub(super) fn section(context: &Context<'_>) -> Section {
    Section {
        id: "products",
        short: "Products",
        question: "Which products carry us, and which are moving?".to_owned(),
        answer: answer(context),
        body: if context.answers.products.is_empty() {
            html! {}
        } else {
            body(context)
        },
    }
}

/// Products by revenue, highest first, ties by stock code.
pub(crate) fn by_revenue(answers: &Answers) -> Vec<&ProductSummary> {
    let mut products: Vec<_> = answers.products.iter().collect();
    products.sort_by(|a, b| b.revenue.cmp(&a.revenue).then_with(|| a.product.sku.cmp(&b.product.sku)));
    products
}

/// Share of the whole revenue that the products with the most revenue bring; `None` without revenue.
pub(crate) fn top_share(answers: &Answers) -> Option<(usize, f64)> {
    let products = by_revenue(answers);
    let top: Money = products.iter().take(TOP).map(|row| row.revenue).sum();
    let all = answers.totals.revenue;
    (all > Money::ZERO && !products.is_empty())
        .then(|| (TOP.min(products.len()), top.to_f64() / all.to_f64()))
}

fn of_class(answers: &Answers, class: TrendClass) -> Vec<&ProductTrend> {
    let mut found: Vec<_> = answers
        .product_trends
        .iter()
        .filter(|row| row.measure == TrendMeasure::Revenue && row.class == class)
        .collect();
    let strength = |row: &ProductTrend| row.trend.as_ref().map_or(0.0, |trend| trend.ols.slope.abs());
    found.sort_by(|a, b| strength(b).total_cmp(&strength(a)).then_with(|| a.product.sku.cmp(&b.product.sku)));
    found
}

fn answer(context: &Context<'_>) -> String {
    let answers = context.answers;
    let products = by_revenue(answers);
    let (Some(best), Some((count, share))) = (products.first(), top_share(answers)) else {
        return absent::of(context, AbsentAnswers::Products)
            .unwrap_or_else(|| "There is no revenue, so no product can carry it.".to_owned());
    };
    let moving = moving(answers);
    let (name, revenue) = (product_name(&best.product), context.currency.whole(best.revenue));
    if products.len() <= count {
        let all = format::counted(count as i64, "product", "products");
        return format!("All revenue comes from {all}, {name} first with {revenue}{moving}");
    }
    format!(
        "The {} with the most revenue, of {}, bring {} of it, {name} first with {revenue}{moving}",
        format::counted(count as i64, "product", "products"),
        format::count(products.len() as i64),
        format::share(share, 0),
    )
}

fn moving(answers: &Answers) -> String {
    let count = |class| of_class(answers, class).len() as i64;
    let (rising, declining) = (count(TrendClass::Rising), count(TrendClass::Declining));
    let tested = rising + declining + count(TrendClass::Steady);
    if tested == 0 {
        return "; trends cannot be told yet, for there are too few complete months.".to_owned();
    }
    let season = if season_not_excluded(answers) { " (season not excluded)" } else { "" };
    format!(
        "; of {} whose trend could be tested, {} and {}{season}.",
        format::counted(tested, "product", "products"),
        some(rising, "rising"),
        some(declining, "declining"),
    )
}

fn some(count: i64, what: &str) -> String {
    match count {
        0 => format!("none is {what}"),
        1 => format!("one is {what}"),
        many => format!("{} are {what}", format::count(many)),
    }
}

fn body(context: &Context<'_>) -> Markup {
    let answers = context.answers;
    let top: Vec<_> = by_revenue(answers).into_iter().take(15).collect();
    let total = answers.totals.revenue.to_f64();
    let table = Table::of(top.clone())
        .composed("product", "Stock code and description.", |row| product_name(&row.product))
        .money("revenue", "Net revenue.", |row| row.revenue)
        .share("share", "Of the shop's revenue.", move |row| row.revenue.to_f64() / total)
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .integer("orders", "orders", "Orders.", |row| row.orders)
        .integer("customers", "customers", "Known customers who bought it.", |row| row.customers)
        .integer("repeat_customers", "customers", "Those who bought it on two or more days.", |row| {
            row.repeat_customers
        })
        .heading("Bought it again")
        .finish();
    html! {
        (top_chart(context, &top))
        (TableView::new(&table, "Products with the most revenue").whole_money().file("analytics/products.csv"))
        (change_chart(answers))
        (trend_tables(answers))
        (repeat_items(answers))
        (pairs(answers))
        (prices::part(context))
        (how_counted(&[
            "Revenue and units are net of returns; services such as postage are no products.",
            "Popular is a level (units over the whole file), trending is a change (units a month in the latest complete months less those in as many months before, among products with at least 10 recent orders).",
            "Rising or declining: the slope of a straight line over the complete months differs from zero after adjusting for the number of products tested (Benjamini–Hochberg, 0.05), and the Theil–Sen slope agrees. The errors allow for months that resemble their neighbours (Newey–West).",
            "Faster or slower than the shop: the product's share of the shop's total grows or shrinks.",
            "By chance a purchase day keeps the number of its products and a product its share of all that was bought in the month; what is bought again, or together, more often than that brings people back for itself, or goes together.",
            "Below 24 complete months a season cannot be told from a trend.",
        ]))
    }
}

fn top_chart(context: &Context<'_>, top: &[&ProductSummary]) -> Markup {
    let bars: Vec<_> = top.iter().take(TOP).map(|row| (row.revenue.to_f64(), Ink::Accent)).collect();
    let names = top.iter().take(TOP).map(|row| short_name(&row.product)).collect();
    let summary = match (top.first(), top.get(TOP - 1).or_else(|| top.last())) {
        (Some(first), Some(last)) => format!(
            "From {} down to {}.",
            context.currency.whole(first.revenue),
            context.currency.whole(last.revenue)
        ),
        _ => String::new(),
    };
    let title = format!("Products with the most net revenue{}", context.currency.suffix());
    let chart =
        CategoryChart::new(names, Direction::Sideways, NumberFormat::Money).inked_bars("Net revenue", &bars);
    html! { (chart.finish("products-top", title, summary)) }
}

fn change_chart(answers: &Answers) -> Markup {
    let trending = &answers.trending;
    let up = trending.iter().filter(|row| row.change > 0.0).take(8);
    let down: Vec<_> = trending.iter().rev().filter(|row| row.change < 0.0).take(8).collect();
    let rows: Vec<&TrendingProduct> = up.chain(down.into_iter().rev()).collect();
    let Some(first) = rows.first() else { return html! {} };
    let bars: Vec<_> =
        rows.iter().map(|row| (row.change, if row.change > 0.0 { Ink::Up } else { Ink::Down })).collect();
    let names = rows.iter().map(|row| short_name(&row.product)).collect();
    let months = match first.months {
        1 => "the latest complete month against the one before".to_owned(),
        months => format!("the latest {months} complete months against the {months} before"),
    };
    let largest = rows.iter().max_by(|a, b| a.change.abs().total_cmp(&b.change.abs())).unwrap_or(first);
    let summary = format!(
        "Largest change: {}, {}{} units a month.",
        product_name(&largest.product),
        if largest.change > 0.0 { "+" } else { "" },
        format::decimal(largest.change, 0)
    );
    let chart = CategoryChart::new(names, Direction::Sideways, NumberFormat::Count)
        .inked_bars("Change in units a month", &bars)
        .finish("products-moving", format!("Change in net units a month: {months}"), summary);
    let table = Table::of(rows)
        .composed("product", "Stock code and description.", |row| product_name(&row.product))
        .number(0, "before", "units a month", "Net units a month before.", |row| row.before)
        .heading("Units a month before")
        .number(0, "recent", "units a month", "Net units a month in the latest months.", |row| row.recent)
        .heading("Recently")
        .number(0, "change", "units a month", "Recent less before.", |row| row.change)
        .figures("times", "Recent ÷ before.", |row| {
            row.relative_change
                .map_or_else(|| "new".to_owned(), |change| format!("{}×", format::decimal(change + 1.0, 1)))
        })
        .heading("Times as much")
        .finish();
    html! {
        h3 { "Which moved the most lately?" }
        (chart)
        (TableView::new(&table, "Largest changes in units").file("analytics/trending_products.csv"))
        @if season_not_excluded(answers) {
            (caveat("Season not excluded: with fewer than 24 complete months, part of this may simply be the time of the year."))
        }
    }
}

/// Whether the shop's own log is too short to tell a season from a trend (under 24 complete months).
fn season_not_excluded(answers: &Answers) -> bool {
    let calendar = answers.calendar.as_ref();
    let complete = calendar.and_then(|calendar| calendar.first_complete.zip(calendar.last_complete));
    complete.is_none_or(|(first, last)| last.number() - first.number() + 1 < 24)
}

fn trend_tables(answers: &Answers) -> Markup {
    let table = |class| {
        Table::of(of_class(answers, class).into_iter().take(10).collect())
            .composed("product", "Stock code and description.", |row: &&ProductTrend| {
                product_name(&row.product)
            })
            .number(0, "mean", "currency units", "Mean net revenue a month.", |row| {
                row.trend.as_ref().map(|t| t.mean)
            })
            .heading("Revenue a month")
            .number(1, "slope", "currency units", "Change a month.", |row| {
                row.trend.as_ref().map(|t| t.ols.slope)
            })
            .heading("Change a month")
            .number(1, "low", "currency units", "95 % interval.", |row| row.trend.as_ref().map(|t| t.ols.low))
            .heading("From (95% interval)")
            .number(1, "high", "currency units", "95 % interval.", |row| {
                row.trend.as_ref().map(|t| t.ols.high)
            })
            .heading("To")
            .text("against_shop", "Against the shop's own total.", |row| {
                words::class_against_shop(row.class_against_shop)
            })
            .finish()
    };
    let (rising, declining) = (table(TrendClass::Rising), table(TrendClass::Declining));
    html! {
        @if rising.rows() + declining.rows() > 0 { h3 { "Which show a trend over all complete months?" } }
        @if rising.rows() > 0 { (TableView::new(&rising, "Rising: steepest first").file("analytics/product_trends.csv")) }
        @if declining.rows() > 0 { (TableView::new(&declining, "Declining: steepest first").file("analytics/product_trends.csv")) }
    }
}

fn repeat_items(answers: &Answers) -> Markup {
    if answers.repeat_items.is_empty() {
        return html! {};
    }
    let table = Table::of(answers.repeat_items.iter().collect())
        .composed("product", "Stock code and description.", |row| product_name(&row.product))
        .integer("customers", "customers", "Known customers who bought it.", |row| row.customers)
        .integer("repeat_customers", "customers", "Those who bought it on two or more days.", |row| {
            row.repeat_customers
        })
        .heading("Bought it again")
        .share("share", "Bought it again ÷ bought it.", |row| row.share)
        .number(0, "median_days_between", "days", "Median days from one purchase of it to the next.", |row| {
            row.median_days_between
        })
        .heading("Median days between")
        .figures("against_chance", "Purchase days with it after the first one ÷ how many by chance.", |row| {
            match row.bought_again_by_chance {
                chance if row.q_value < 0.05 && chance > 0.0 => {
                    format!("{}×", format::decimal(row.bought_again as f64 / chance, 1))
                }
                _ => "as by chance".to_owned(),
            }
        })
        .heading("Bought again against chance")
        .finish();
    html! {
        h3 { "Which products are bought again?" }
        (TableView::new(&table, "Products with the most repeat customers").head(10).file("analytics/repeat_items.csv"))
    }
}

fn pairs(answers: &Answers) -> Markup {
    let together = answers.product_pairs.iter().filter(|pair| pair.kind == PairKind::Together);
    let table = Table::of(together.collect())
        .composed("product", "Stock code and description.", |row| product_name(&row.first))
        .composed("other", "The other product.", |row| product_name(&row.second))
        .heading("And")
        .integer("visits", "visits", "Days on which a known customer bought both.", |row| row.visits)
        .heading("Bought both")
        .number(0, "by_chance", "visits", "How many there would be by chance.", |row| row.by_chance)
        .heading("By chance")
        .figures("lift", "Visits ÷ visits by chance.", |row| format!("{}×", format::decimal(row.lift, 1)))
        .heading("Times as often")
        .finish();
    html! {
        @if table.rows() > 0 {
            h3 { "Which products go together?" }
            (TableView::new(&table, "Bought on one day far more often than by chance").head(10).file("analytics/pairs.csv"))
        }
    }
}
