//! Are newer cohorts better?

use maud::{Markup, html};
use patron_analytics::{Answers, Cohort, CohortCell};
use patron_domain::Month;

use super::Context;
use crate::format::Currency;
use crate::page::{Section, how_counted};
use crate::{CategoryChart, Direction, HeatMap, Ink, NumberFormat, Table, TableView, format};

/// Customers it takes to set cohorts side by side.
const FEWEST: u64 = 10;
/// Cohorts drawn at most.
const DRAWN: usize = 24;

pub(super) fn section(context: &Context<'_>) -> Section {
    let answers = context.answers;
    Section {
        id: "cohorts",
        short: "Cohorts",
        question: "Are newer cohorts better?".to_owned(),
        answer: answer(answers, context.currency),
        body: if answers.cohorts.cohorts.len() > 1 && answers.totals.purchasers >= FEWEST {
            body(answers, context.currency)
        } else {
            html! {}
        },
    }
}

/// Older against newer half of the comparable cohorts at the same age.
#[derive(Debug)]
struct Halves {
    months: u32,
    older: Half,
    newer: Half,
}

#[derive(Debug)]
struct Half {
    from: Month,
    to: Month,
    value: f64,
    retention: f64,
}

impl Half {
    fn of(cohorts: &[(&Cohort, &CohortCell)]) -> Option<Self> {
        let customers: f64 = cohorts.iter().map(|(cohort, _)| cohort.customers as f64).sum();
        let mean = |value: fn(&CohortCell) -> f64| -> f64 {
            cohorts.iter().map(|(cohort, cell)| value(cell) * cohort.customers as f64).sum::<f64>()
                / customers
        };
        Some(Self {
            from: cohorts.first()?.0.cohort,
            to: cohorts.last()?.0.cohort,
            value: mean(|cell| cell.cumulative_revenue_per_customer),
            retention: mean(|cell| cell.retention),
        })
    }

    fn named(&self) -> String {
        if self.from == self.to {
            format::month(self.from)
        } else {
            format!("{} to {}", format::month(self.from), format::month(self.to))
        }
    }
}

/// Cohorts that were seen whole so many months after their first, the file's first month left out.
fn comparable(answers: &Answers, months: u32) -> Vec<(&Cohort, &CohortCell)> {
    let cohorts = answers.cohorts.cohorts.iter().filter(|cohort| !cohort.holds_older_customers);
    let at = |cohort| whole(answers, cohort).find(|cell| cell.months_since == months);
    cohorts.filter_map(|cohort| Some((cohort, at(cohort)?))).collect()
}

fn halves(answers: &Answers) -> Option<Halves> {
    let (months, found) = (1..=3)
        .rev()
        .map(|months| (months, comparable(answers, months)))
        .find(|(_, found)| found.len() >= 4)?;
    let (older, newer) = found.split_at(found.len() / 2);
    Some(Halves { months, older: Half::of(older)?, newer: Half::of(newer)? })
}

fn answer(answers: &Answers, currency: Currency<'_>) -> String {
    let Some(Halves { months, older, newer }) = halves(answers) else {
        if answers.cohorts.cohorts.is_empty() {
            return "The file cannot tell: it knows no customer with a purchase.".to_owned();
        }
        return format!(
            "It is too early to say: {} that can be compared one month after their first, and it takes four.",
            match comparable(answers, 1).len() {
                0 => "no month has newcomers".to_owned(),
                some => format::counted(some as i64, "month has newcomers", "months have newcomers"),
            },
        );
    };
    let change = if older.value > 0.0 { newer.value / older.value - 1.0 } else { 0.0 };
    let verdict = if change.abs() < 0.05 {
        "Newer customers bring about as much"
    } else if change > 0.0 {
        "Newer customers bring more"
    } else {
        "Newer customers bring less"
    };
    let months_word = ["first", "first", "second", "third"][months.min(3) as usize];
    format!(
        "{verdict}: those who first came in {} brought {} each by the end of the {months_word} month after their first, \
         against {} from those of {}; {} of them bought in that month, against {}.",
        newer.named(),
        currency.mean(newer.value),
        currency.mean(older.value),
        older.named(),
        format::share(newer.retention, 0),
        format::share(older.retention, 0),
    )
}

fn body(answers: &Answers, currency: Currency<'_>) -> Markup {
    let cohorts = &answers.cohorts.cohorts;
    let drawn = &cohorts[cohorts.len().saturating_sub(DRAWN)..];
    let table = Table::over(drawn)
        .month("cohort", "Month of the first purchase.", |row| row.cohort)
        .heading("First purchase in")
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .integer("repeat_customers", "customers", "Bought on two or more days so far.", |row| {
            row.repeat_customers
        })
        .share("repeat_share", "Repeat customers ÷ customers.", |row| {
            row.repeat_customers as f64 / row.customers.max(1) as f64
        })
        .money("revenue", "Net revenue so far.", |row| row.revenue)
        .heading("Revenue so far")
        .number(2, "each", "currency units", "Revenue ÷ customers.", |row| {
            row.revenue.to_f64() / row.customers.max(1) as f64
        })
        .heading("For each customer")
        .finish();
    html! {
        (retention(answers, drawn))
        (cumulative(answers, drawn, currency))
        (TableView::new(&table, "Cohorts so far (older ones had more time)").whole_money().file("analytics/cohorts.csv"))
        (how_counted(&[
            "A cohort is all customers whose first purchase lies in one calendar month. Retention is the part of it with a purchase in a later month; revenue is net of returns.",
            "Older and newer half are compared at the same age, weighted by customers; cells of a month that was not seen whole are drawn faintly and not compared.",
            "The first month of the file also holds customers from before the file begins and is left out of the comparison.",
        ]))
    }
}

fn cells<'a>(answers: &'a Answers, cohort: &Cohort) -> impl Iterator<Item = &'a CohortCell> {
    let month = cohort.cohort;
    answers.cohorts.cells.iter().filter(move |cell| cell.cohort == month)
}

fn whole<'a>(answers: &'a Answers, cohort: &Cohort) -> impl Iterator<Item = &'a CohortCell> {
    cells(answers, cohort).filter(|cell| cell.complete)
}

fn retention(answers: &Answers, drawn: &[Cohort]) -> Markup {
    let drawn: Vec<_> = drawn.iter().filter(|cohort| cells(answers, cohort).count() > 1).collect();
    let longest = drawn.iter().flat_map(|cohort| cells(answers, cohort)).map(|cell| cell.months_since).max();
    let columns = (1..=longest.unwrap_or(0)).map(|month| month.to_string()).collect();
    let rows = drawn.iter().map(|cohort| format::month(cohort.cohort)).collect();
    let mut map = HeatMap::new(columns, rows, NumberFormat::Share).names("months after the first", "");
    let mut best: Option<(f64, &CohortCell)> = None;
    for (row, cohort) in drawn.into_iter().enumerate() {
        for cell in cells(answers, cohort).filter(|cell| cell.months_since > 0) {
            let note = if cell.complete { "" } else { ", month incomplete" };
            let words = format!(
                "{} customers of {}\nmonth {}: {} active, {}{note}",
                format::count(cohort.customers as i64),
                format::month(cohort.cohort),
                cell.months_since,
                format::count(cell.active as i64),
                format::share(cell.retention, 1),
            );
            map.cell(cell.months_since as usize - 1, row, cell.retention, &words, !cell.complete);
            if cell.complete
                && !cohort.holds_older_customers
                && best.is_none_or(|(most, _)| cell.retention > most)
            {
                best = Some((cell.retention, cell));
            }
        }
    }
    let summary = best.map_or_else(String::new, |(share, cell)| {
        format!(
            "Leaving out the first month of the file, the highest cell is {}: customers of {}, {} after their first.",
            format::share(share, 0),
            format::month(cell.cohort),
            format::counted(i64::from(cell.months_since), "month", "months"),
        )
    });
    html! { (map.written().finish("cohorts-retention", "Customers who bought again, by cohort and month, percent", summary)) }
}

fn cumulative(answers: &Answers, drawn: &[Cohort], currency: Currency<'_>) -> Markup {
    let comparable: Vec<_> = drawn.iter().filter(|cohort| !cohort.holds_older_customers).collect();
    let lines = &comparable[comparable.len().saturating_sub(12)..];
    let longest = lines.iter().flat_map(|cohort| whole(answers, cohort)).map(|cell| cell.months_since).max();
    let Some(longest) = longest.filter(|months| *months > 0) else { return html! {} };
    let months = 0..=longest;
    let names = months.clone().map(|month| month.to_string()).collect();
    let mut chart = CategoryChart::new(names, Direction::Upright, NumberFormat::Money)
        .axis_name("months after the first");
    for (place, cohort) in lines.iter().enumerate() {
        let value = |month: u32| {
            let cell = whole(answers, cohort).find(|cell| cell.months_since == month);
            cell.map(|cell| cell.cumulative_revenue_per_customer)
        };
        let values: Vec<_> = months.clone().map(value).collect();
        let ink = Ink::Scale((6 + place * 4 / lines.len()) as u8);
        chart = chart.named_line(&format::month(cohort.cohort), ink, &values);
    }
    let title =
        format!("Net revenue for each customer of a cohort, summed up over the months{}", currency.suffix());
    let left_out = if drawn.iter().any(|cohort| cohort.holds_older_customers) {
        "; the first month of the file with its older customers is left out"
    } else {
        ""
    };
    let summary = format!(
        "One line for each month of the first purchase, named at its end, newer ones in stronger colour{left_out}."
    );
    html! { (chart.finish("cohorts-cumulative", title, summary)) }
}
