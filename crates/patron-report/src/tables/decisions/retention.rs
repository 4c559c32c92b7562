//! Retention: who may not come back, whom to win back, and when people come back.

use patron_columns::Catalog;
use patron_decisions::Decisions;
use patron_decisions::retention::{
    CustomerRisk, DaysUntil, Habit, HabitDifference, MovedUpAnswer, NextGroup, NextPurchase, Retention,
    WinBack,
};
use patron_decisions::segments::{Rhythm, RhythmBasis, ValueTier};
use patron_domain::{Day, Horizon};

use super::customer;
use crate::tables::NamedTable;
use crate::{MONEY, Table, TableBuilder, say};

pub(super) fn tables<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let named = |file, title, table| NamedTable::new(file, "D.3", title, table);
    let retention = &decisions.retention;
    vec![
        named(
            "retention_risks.csv",
            "Who may not come back: every customer's chance of no purchase, own rhythm and value at risk",
            risks(Table::over(&retention.risks), decisions.as_of, catalog, |risk| risk).finish(),
        ),
        named(
            "win_back.csv",
            "Customers worth winning back, the most value at risk first",
            win_back(decisions, catalog),
        ),
        named(
            "next_purchases.csv",
            "Days from one purchase to the next, by group",
            next(&retention.next_purchases),
        ),
        named("product_retention.csv", "Products and those who buy them again", products(decisions)),
        named(
            "moved_up.csv",
            "Medium-value customers who moved up, against those who did not",
            moved_up(retention),
        ),
    ]
}

fn risks<'a, T: Send + Sync + 'a>(
    table: TableBuilder<'a, T>,
    as_of: Day,
    catalog: &'a Catalog,
    of: impl Fn(&T) -> &CustomerRisk + Copy + Send + Sync + 'a,
) -> TableBuilder<'a, T> {
    let (soon, year) = (Horizon::Months(3), Horizon::Months(12));
    table
        .composed("customer_id", "Id exactly as in the file.", move |row| customer(catalog, of(row).customer))
        .chance(
            "no_purchase_3m",
            format!("Chance of no purchase {}, calibrated.", say::period(as_of, soon)),
            move |row| of(row).no_purchase_3m,
        )
        .composed("rhythm", "Whether the customer is away for longer than usual.", move |row| {
            match of(row).rhythm {
                Rhythm::OnRhythm => "on rhythm",
                Rhythm::Overdue => "overdue",
            }
            .to_owned()
        })
        .integer("days_since_last", "days", "Days from the last purchase to the as-of date.", move |row| {
            of(row).inactivity
        })
        .number(1, "usual_gap", "days", "Usual days from one purchase to the next.", move |row| {
            of(row).usual_gap
        })
        .composed("gap_is_of", "Whose gaps that is.", move |row| basis(of(row).rhythm_basis).to_owned())
        .number(
            1,
            "days_overdue",
            "days",
            "Days beyond the limit of the rhythm; below 0 while on rhythm.",
            move |row| of(row).days_overdue,
        )
        .chance("p_alive", "Chance of still being a customer at all.", move |row| of(row).p_alive)
        .forecast(
            "value_at_risk",
            MONEY,
            format!(
                "Net revenue {}, times the chance of no purchase in the first three months of that.",
                say::expected(as_of, year)
            ),
            move |row| of(row).value_at_risk,
        )
}

fn basis(basis: RhythmBasis) -> &'static str {
    match basis {
        RhythmBasis::Own => "this customer",
        RhythmBasis::Country => "similar customers of the same country",
        RhythmBasis::Shop => "all customers",
        RhythmBasis::Unknown => "",
    }
}

fn win_back<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    let table = Table::over(&decisions.retention.win_back).integer("rank", "rank", "From 1.", |row| row.rank);
    risks(table, decisions.as_of, catalog, |row: &WinBack| &row.risk)
        .composed("past_value", "Value tier by net revenue so far.", |row| {
            match row.past_value {
                ValueTier::High => "high value",
                ValueTier::Medium => "medium value",
                ValueTier::Low => "low value",
            }
            .to_owned()
        })
        .column(crate::Kind::Money { digits: 2 }, "revenue", MONEY, "Net revenue so far.", |row| row.revenue)
        .finish()
}

fn next(rows: &[NextPurchase]) -> Table<'_> {
    let group = |row: &NextPurchase| match &row.group {
        NextGroup::All => ("all", String::new()),
        NextGroup::Cohort(month) => ("first purchase in", month.to_string()),
        NextGroup::Country(name) => ("country", name.clone()),
        NextGroup::FirstProduct(sku) => ("first product", sku.clone()),
    };
    let mut table = Table::over(rows)
        .composed("by", "What customers are told apart by.", move |row| group(row).0.to_owned())
        .composed("group", "The group: a month, a country, or a product's SKU; empty for all.", move |row| {
            group(row).1
        })
        .integer("after_purchase", "purchases", "The purchase that days are counted from.", |row| row.after)
        .integer("customers", "customers", "Customers with that purchase.", |row| row.customers)
        .integer("bought_again", "customers", "Of them, bought again by the as-of date.", |row| {
            row.bought_again
        });
    type Of = fn(&NextPurchase) -> Option<DaysUntil>;
    let quantiles: [(&str, &str, Of); 3] = [
        ("quarter", "a quarter", |row| row.quarter),
        ("half", "half", |row| row.half),
        ("three_quarters", "three quarters", |row| row.three_quarters),
    ];
    for (key, words, of) in quantiles {
        table = table
            .integer(
                format!("days_to_{key}"),
                "days",
                format!(
                    "Days by which {words} of the customers had bought again; empty where so many never did."
                ),
                move |row| of(row).map(|found| found.days),
            )
            .integer(
                format!("days_to_{key}_low"),
                "days",
                "Earliest day that the data leave open.",
                move |row| of(row).map(|found| found.interval.0),
            )
            .integer(
                format!("days_to_{key}_high"),
                "days",
                "Latest day that the data leave open.",
                move |row| of(row).and_then(|found| found.interval.1),
            );
    }
    table
        .share("within_90_days", "Share who bought again within 90 days.", |row| {
            row.within_90.map(|(share, _)| share)
        })
        .share("within_90_days_low", "Low end of its 95% interval.", |row| {
            row.within_90.and_then(|(_, interval)| interval).map(|(low, _)| low)
        })
        .share("within_90_days_high", "High end of its 95% interval.", |row| {
            row.within_90.and_then(|(_, interval)| interval).map(|(_, high)| high)
        })
        .finish()
}

fn products(decisions: &Decisions) -> Table<'_> {
    let window = decisions.retention.product_window;
    Table::over(&decisions.retention.products)
        .text("sku", "SKU exactly as in the file.", |row| &row.sku)
        .text("description", "Description.", |row| &row.description)
        .integer("buyers", "customers", "Customers who have bought it.", |row| row.buyers)
        .share("bought_again", format!("Share who buy it again within {window} days."), |row| {
            row.bought_again
        })
        .share("bought_again_low", "Low end of its 95% interval.", |row| {
            row.bought_again_interval.map(|(low, _)| low)
        })
        .share("bought_again_high", "High end of its 95% interval.", |row| {
            row.bought_again_interval.map(|(_, high)| high)
        })
        .integer(
            "long_known",
            "customers",
            format!("Buyers whose first purchase of it is {window} days ago or more."),
            |row| row.long_known,
        )
        .share("still_buying", format!("Of these, bought it in the last {window} days."), |row| {
            row.still_buying
        })
        .share("still_buying_low", "Low end of its 95% interval.", |row| {
            row.still_buying_interval.map(|(low, _)| low)
        })
        .share("still_buying_high", "High end of its 95% interval.", |row| {
            row.still_buying_interval.map(|(_, high)| high)
        })
        .finish()
}

fn moved_up(retention: &Retention) -> Table<'_> {
    let (rows, then): (&[HabitDifference], _) = match &retention.moved_up {
        MovedUpAnswer::Compared(found) => (&found.differences, Some(found)),
        MovedUpAnswer::NotEnoughHistory { .. } => (&[], None),
    };
    Table::over(rows)
        .composed("habit", "What the customer did in the earlier window.", |row| habit(row.habit).to_owned())
        .number(2, "moved_up", "as the habit", "Its median among those who moved up since.", |row| {
            row.moved_up
        })
        .number(2, "stayed", "as the habit", "Its median among those who did not.", |row| row.stayed)
        .share(
            "more_often",
            "Chance that one who moved up had more of it than one who did not; one half is no difference.",
            |row| row.more_often,
        )
        .share("more_often_low", "Low end of its 95% interval.", |row| row.interval.0)
        .share("more_often_high", "High end of its 95% interval.", |row| row.interval.1)
        .number(4, "adjusted_p", "probability", "P-value, adjusted for the number of habits.", |row| {
            row.adjusted_p
        })
        .day("window_ends", "The earlier day: habits are as known on it.", move |_| {
            then.map(|found| found.then)
        })
        .integer("window_days", "days", "Days of the window before and of the one after.", move |_| {
            then.map(|found| found.window)
        })
        .integer("customers_moved_up", "customers", "Customers who moved up.", move |_| {
            then.map(|found| found.moved_up)
        })
        .integer("customers_stayed_or_moved_down", "customers", "Customers who did not.", move |_| {
            then.map(|found| found.stayed + found.moved_down)
        })
        .finish()
}

/// What a habit is called.
pub(crate) fn habit(habit: Habit) -> &'static str {
    match habit {
        Habit::PurchaseDays => "days with a purchase",
        Habit::Revenue => "net revenue",
        Habit::PurchaseValue => "net revenue per day with a purchase",
        Habit::Lines => "lines per day with a purchase",
        Habit::Products => "products per day with a purchase",
        Habit::Inactivity => "days since the last purchase",
        Habit::CustomerAge => "days since the first purchase",
        Habit::Rise => "net revenue of the second half of the window less that of the first",
    }
}
