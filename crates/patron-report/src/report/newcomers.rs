//! Do newcomers come back, and when? Which first product makes customers who return?

use maud::{Markup, html};
use patron_analytics::{Answers, FirstProduct, SecondOrderShare};

use super::{Context, product_name, short_name};
use crate::page::{Section, caveat, how_counted};
use crate::{CategoryChart, Direction, Ink, NumberFormat, Table, TableView, format};

/// Customers it takes to tell what share of newcomers comes back.
const FEWEST: u64 = 10;

pub(super) fn section(context: &Context<'_>) -> Section {
    Section {
        id: "newcomers",
        short: "Newcomers",
        question: "Do newcomers come back, and when?".to_owned(),
        answer: answer(context.answers),
        body: if context.answers.totals.purchasers < FEWEST {
            html! {}
        } else {
            body(context.answers)
        },
    }
}

/// Shares of all customers by the days that are known.
pub(crate) fn known_shares(answers: &Answers) -> impl Iterator<Item = (&SecondOrderShare, f64)> {
    answers.second_order.iter().filter(|row| row.cohort.is_none()).filter_map(|row| Some((row, row.share?)))
}

fn answer(answers: &Answers) -> String {
    if answers.totals.purchasers == 0 {
        return "The file cannot tell: it knows no customer with a purchase.".to_owned();
    }
    let known: Vec<_> = known_shares(answers).collect();
    let Some((first, _)) = known.first() else {
        return "The file cannot tell: no customer was watched for 30 days after a first purchase."
            .to_owned();
    };
    let customers = answers.totals.purchasers;
    if customers < FEWEST {
        return format!(
            "{} too few to say what share of newcomers comes back.",
            format::counted(customers as i64, "customer with a purchase is", "customers with a purchase are"),
        );
    }
    let parts: Vec<String> = known
        .iter()
        .map(|(row, share)| {
            let part = if row.returned == 0 { "none of them".to_owned() } else { format::chance(*share) };
            format!("{part} within {} days", row.by_day)
        })
        .collect();
    let gap = answers.days_between.median.map_or_else(String::new, |days| {
        format!("; between two purchases lie {} days, at the median", format::decimal(days, 0))
    });
    format!(
        "Of {} a second purchase came from {}{gap}.",
        format::counted(
            first.customers as i64,
            "customer with a first purchase,",
            "customers with a first purchase,"
        ),
        format::listed(&parts),
    )
}

fn body(answers: &Answers) -> Markup {
    let all = Table::of(known_shares(answers).map(|(row, _)| row).collect())
        .integer("by_day", "days", "Days after the first purchase.", |row| row.by_day)
        .heading("Within days")
        .integer("watched", "customers", "Customers watched for so many days.", |row| row.watched)
        .integer("returned", "customers", "Customers seen to return by then.", |row| row.returned)
        .share("share", "Estimated share of all.", |row| row.share)
        .share("low", "95 % interval.", |row| row.low)
        .heading("From (95% interval)")
        .share("high", "95 % interval.", |row| row.high)
        .heading("To")
        .finish();
    html! {
        @if answers.second_order_curve.len() > 1 { (curve(answers)) }
        @if all.rows() > 0 { (TableView::new(&all, "Share of customers with a second purchase")) }
        (cohort_table(answers))
        (how_counted(&[
            "The share is estimated with the Kaplan–Meier method: a customer too young to know counts for as long as they were watched and then drops out of the count, neither as returned nor as lost.",
            "A cohort's share is given only when all of it was watched for so many days.",
            "The first month of the file also holds customers who bought before the file begins, so its share is too high for newcomers.",
        ]))
    }
}

fn curve(answers: &Answers) -> Markup {
    let points = &answers.second_order_curve;
    let days: Vec<String> = points.iter().map(|point| point.day.to_string()).collect();
    let shares: Vec<_> = points.iter().map(|point| Some(point.share)).collect();
    let last = points.last().map_or((0, 0.0), |point| (point.day, point.share));
    let summary = format!("The share rises to {} by day {}.", format::chance(last.1), last.0);
    let mut chart = CategoryChart::new(days, Direction::Upright, NumberFormat::Share)
        .axis_name("days after the first purchase")
        .between(Some(0.0), None)
        .label_every(30)
        .step("Bought again", Ink::Accent, &shares);
    for (row, share) in known_shares(answers).filter(|(row, _)| row.by_day < last.0) {
        chart = chart.mark(&row.by_day.to_string(), &format::chance(share));
    }
    let chart = chart.finish("newcomers-curve", "Share of customers with a second purchase, by day", summary);
    html! { (chart) }
}

fn cohort_table(answers: &Answers) -> Markup {
    struct Row<'a> {
        cohort: patron_domain::Month,
        customers: u64,
        by: [Option<&'a SecondOrderShare>; 4],
    }
    let mut rows: Vec<Row<'_>> = Vec::new();
    for share in &answers.second_order {
        let Some(cohort) = share.cohort else { continue };
        if rows.last().is_none_or(|row| row.cohort != cohort) {
            rows.push(Row { cohort, customers: share.customers, by: [None; 4] });
        }
        let place = [30, 60, 90, 180].iter().position(|day| *day == share.by_day);
        if let (Some(row), Some(place)) = (rows.last_mut(), place) {
            row.by[place] = Some(share);
        }
    }
    let rows = rows.split_off(rows.len().saturating_sub(24));
    if rows.is_empty() {
        return html! {};
    }
    let at = |place: usize| move |row: &Row<'_>| row.by[place].and_then(|share| share.share);
    let table = Table::of(rows)
        .month("cohort", "Month of the first purchase.", |row| row.cohort)
        .heading("First purchase in")
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .share("by_30", "Second purchase within 30 days.", at(0))
        .heading("Within 30 days")
        .share("by_60", "Second purchase within 60 days.", at(1))
        .heading("60 days")
        .share("by_90", "Second purchase within 90 days.", at(2))
        .heading("90 days")
        .share("by_180", "Second purchase within 180 days.", at(3))
        .heading("180 days")
        .finish();
    html! { (TableView::new(&table, "By month of the first purchase").file("analytics/second_order.csv")) }
}

pub(super) fn first_products(context: &Context<'_>) -> Section {
    let rows = &context.answers.first_products;
    Section {
        id: "first-products",
        short: "First products",
        question: "Which first product makes customers who return?".to_owned(),
        answer: first_answer(context.answers),
        body: if rows.is_empty() {
            html! {}
        } else {
            first_body(rows)
        },
    }
}

fn stands_out(row: &FirstProduct) -> bool {
    row.q_value < 0.05 && row.share_others.is_some_and(|others| row.share > others)
}

fn first_answer(answers: &Answers) -> String {
    let rows = &answers.first_products;
    if answers.totals.products == 0 {
        return "The file names no products, so a first product cannot be told.".to_owned();
    }
    let Some(first) = rows.first() else {
        return "No product began the history of enough customers old enough to know, so none can be compared."
            .to_owned();
    };
    let count = rows.iter().filter(|row| stands_out(row)).count();
    match rows.iter().find(|row| stands_out(row)) {
        Some(row) => format!(
            "{} of {} products {} out beyond chance; among these, {} as part of the first purchase is followed by a return \
             most often: {} of {} customers bought again within {} days, against {} of those who began with something \
             else.",
            format::count(count as i64),
            format::count(rows.len() as i64),
            if count == 1 { "stands" } else { "stand" },
            product_name(&row.product),
            format::share(row.share, 0),
            format::count(row.customers as i64),
            row.within_days,
            row.share_others.map_or_else(String::new, |others| format::share(others, 0)),
        ),
        None => format!(
            "None stands out: of {} that enough customers began with, none differs upwards from the others beyond \
             chance (highest: {}, {} of {} came back within {} days).",
            format::counted(rows.len() as i64, "product", "products"),
            product_name(&first.product),
            format::share(first.share, 0),
            format::count(first.customers as i64),
            first.within_days,
        ),
    }
}

fn first_body(rows: &[FirstProduct]) -> Markup {
    let top: Vec<_> = rows.iter().take(12).collect();
    let names = top.iter().map(|row| short_name(&row.product)).collect();
    let bars: Vec<_> =
        top.iter().map(|row| (row.share, if stands_out(row) { Ink::Accent } else { Ink::Muted })).collect();
    let mut chart = CategoryChart::new(names, Direction::Sideways, NumberFormat::Share)
        .between(Some(0.0), None)
        .inked_bars("Came back", &bars);
    let others = top.first().and_then(|row| row.share_others);
    if let Some(others) = others {
        chart = chart.mark_value(others, &format!("others {}", format::share(others, 0)));
    }
    let within = top.first().map_or(90, |row| row.within_days);
    let chart = chart.finish(
        "first-products-chart",
        format!(
            "Share of customers who bought again within {within} days, by a product of their first purchase"
        ),
        "The highest shares come first; coloured bars differ from all other customers beyond chance.",
    );
    let table = Table::of(rows.iter().collect())
        .composed("product", "Stock code and description.", |row| product_name(&row.product))
        .integer("customers", "customers", "Customers who began with it, old enough to know.", |row| {
            row.customers
        })
        .heading("Began with it")
        .integer("returned", "customers", "Of these, those who bought again.", |row| row.returned)
        .heading("Came back")
        .share("share", "Came back ÷ began with it.", |row| row.share)
        .share("low", "95 % interval.", |row| row.share_low)
        .heading("From (95% interval)")
        .share("high", "95 % interval.", |row| row.share_high)
        .heading("To")
        .share("others", "The same among the others.", |row| row.share_others)
        .heading("Others")
        .finish();
    html! {
        (chart)
        (TableView::new(&table, "First products by return").head(12).file("analytics/first_products.csv"))
        (caveat("A higher share is not proof that the product is the cause: customers who choose it may differ from the others to begin with."))
        (how_counted(&[
            "Only customers whose first purchase lies far enough back are counted, and only products that at least 30 of them began with. A first basket counts for each product in it.",
            "\u{201c}Stands out\u{201d} means a difference of two proportions whose p-value, adjusted over all products (Benjamini–Hochberg), is below 0.05.",
        ]))
    }
}
