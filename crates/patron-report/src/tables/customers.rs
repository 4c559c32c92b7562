//! C.5: customers, their returns and cohorts.

use patron_analytics::Answers;
use patron_columns::Catalog;

use super::NamedTable;
use crate::{MONEY, Table};

pub(super) fn tables<'a>(answers: &'a Answers, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let mut tables =
        vec![NamedTable::new("customers.csv", "C.5", "Every customer", customers(answers, catalog))];
    tables.extend(distributions(answers));
    tables.extend(returns(answers));
    tables.extend(cohorts(answers));
    tables.extend(concentration(answers));
    tables
}

fn customers<'a>(answers: &'a Answers, catalog: &'a Catalog) -> Table<'a> {
    Table::over(&answers.customers)
        .composed("customer_id", "Id exactly as in the file.", |row| {
            catalog.customers.text(row.customer).to_owned()
        })
        .composed("country", "Country of the customer's first line.", |row| {
            catalog.countries.text(row.country).to_owned()
        })
        .day("first_purchase", "First purchase day.", |row| row.first_purchase)
        .day("last_purchase", "Last purchase day.", |row| row.last_purchase)
        .integer("orders", "orders", "Orders with a sale line.", |row| row.orders)
        .integer("purchase_days", "days", "Days with a purchase.", |row| row.purchase_days)
        .money(
            "revenue",
            "Net revenue so far; a return counts against the customer, whenever it happened.",
            |row| row.revenue,
        )
        .number(2, "average_order_value", MONEY, "Net revenue ÷ orders.", |row| row.average_order_value)
        .number(
            2,
            "purchases_per_year",
            "purchase days a year",
            "Purchase days after the first, per 365 days.",
            |row| row.purchases_per_year,
        )
        .number(1, "mean_days_between", "days", "Mean days between purchase days.", |row| {
            row.mean_days_between
        })
        .integer("inactivity", "days", "Days from the last purchase to the as-of date.", |row| row.inactivity)
        .integer("rfm_recency", "score 1–5", "Recency score, 5 = latest.", |row| {
            row.rfm.map(|rfm| rfm.recency)
        })
        .integer("rfm_frequency", "score 1–5", "Frequency score, 5 = most often.", |row| {
            row.rfm.map(|rfm| rfm.frequency)
        })
        .integer("rfm_monetary", "score 1–5", "Monetary score, 5 = most.", |row| {
            row.rfm.map(|rfm| rfm.monetary)
        })
        .finish()
}

fn distributions(answers: &Answers) -> [NamedTable<'_>; 2] {
    let orders = Table::over(&answers.orders_histogram)
        .integer("orders", "orders", "Orders of a customer.", |row| row.orders)
        .integer("customers", "customers", "Customers with exactly so many.", |row| row.customers)
        .share("share", "Of all customers with an order.", |row| row.share)
        .share("share_at_least", "Share of customers with so many or more.", |row| row.share_at_least)
        .finish();
    let days = Table::over(&answers.days_between.buckets)
        .integer("from_days", "days", "Shortest gap.", |row| row.from_days)
        .integer("to_days", "days", "Longest gap.", |row| row.to_days)
        .integer("gaps", "gaps", "Gaps between two purchase days of a customer of that length.", |row| {
            row.gaps
        })
        .share("share", "Of all gaps.", |row| row.share)
        .finish();
    [
        NamedTable::new("orders_per_customer.csv", "C.5", "How many customers have how many orders", orders),
        NamedTable::new("days_between.csv", "C.5", "Days between a customer's purchase days, by weeks", days),
    ]
}

fn returns(answers: &Answers) -> [NamedTable<'_>; 3] {
    let second = Table::over(&answers.second_order)
        .month("cohort", "Month of the first purchase; empty for all customers.", |row| row.cohort)
        .integer("by_day", "days", "Days after the first purchase.", |row| row.by_day)
        .integer("customers", "customers", "Customers with a first purchase.", |row| row.customers)
        .integer("watched", "customers", "Of these, those watched for so many days.", |row| row.watched)
        .integer("returned", "customers", "Of all, those seen to return by then.", |row| row.returned)
        .share("share", "Estimated share with a second purchase day (Kaplan–Meier).", |row| row.share)
        .share("share_low", "Lower end of its 95 % interval.", |row| row.low)
        .share("share_high", "Upper end of its 95 % interval.", |row| row.high)
        .finish();
    let curve = Table::over(&answers.second_order_curve)
        .integer("day", "days", "Days after the first purchase.", |row| row.day)
        .share("share", "Estimated share with a second purchase day by then.", |row| row.share)
        .integer("at_risk", "customers", "Customers still watched who had not returned before.", |row| {
            row.at_risk
        })
        .finish();
    let first = Table::over(&answers.first_products)
        .text("sku", "Stock code.", |row| &row.product.sku)
        .text("description", "Description as the file has it.", |row| &row.product.description)
        .integer("within_days", "days", "Days within which a second purchase day counts.", |row| {
            row.within_days
        })
        .integer("customers", "customers", "Customers who began with it, old enough to know.", |row| {
            row.customers
        })
        .integer("returned", "customers", "Of these, those who bought anything on a later day.", |row| {
            row.returned
        })
        .share("share", "Returned ÷ customers.", |row| row.share)
        .share("share_low", "Lower end of its 95 % interval.", |row| row.share_low)
        .share("share_high", "Upper end of its 95 % interval.", |row| row.share_high)
        .share("share_others", "The same among customers who did not begin with it.", |row| row.share_others)
        .number(4, "q_value", "probability", "p-value of no difference, adjusted over all products.", |row| {
            row.q_value
        })
        .finish();
    [
        NamedTable::new(
            "second_order.csv",
            "C.5",
            "Share with a second order by day 30, 60, 90, 180",
            second,
        ),
        NamedTable::new("second_order_curve.csv", "C.5", "The same day by day", curve),
        NamedTable::new("first_products.csv", "C.5", "First product against later return", first),
    ]
}

fn cohorts(answers: &Answers) -> [NamedTable<'_>; 2] {
    let cohorts = Table::over(&answers.cohorts.cohorts)
        .month("cohort", "Month of the first purchase.", |row| row.cohort)
        .integer("customers", "customers", "Customers.", |row| row.customers)
        .integer("repeat_customers", "customers", "Those who bought on two or more days so far.", |row| {
            row.repeat_customers
        })
        .money("revenue", "Net revenue so far.", |row| row.revenue)
        .yes_no(
            "holds_older_customers",
            "Whether it is the log's first month, which holds older customers too.",
            |row| row.holds_older_customers,
        )
        .finish();
    let cells = Table::over(&answers.cohorts.cells)
        .month("cohort", "Month of the first purchase.", |row| row.cohort)
        .integer("months_since", "months", "Calendar months since.", |row| row.months_since)
        .integer("active", "customers", "Customers of the cohort with a purchase day in that month.", |row| {
            row.active
        })
        .share("retention", "Active ÷ cohort size.", |row| row.retention)
        .money("revenue", "Net revenue of the cohort in that month.", |row| row.revenue)
        .number(
            2,
            "cumulative_revenue_per_customer",
            MONEY,
            "Net revenue up to that month ÷ cohort size.",
            |row| row.cumulative_revenue_per_customer,
        )
        .yes_no("complete", "Whether the month was seen whole; an unfinished cell will still grow.", |row| {
            row.complete
        })
        .finish();
    [
        NamedTable::new("cohorts.csv", "C.5", "Customers by the month of their first purchase", cohorts),
        NamedTable::new("cohort_months.csv", "C.5", "Retention and cumulative revenue of each cohort", cells),
    ]
}

fn concentration(answers: &Answers) -> [NamedTable<'_>; 2] {
    let top = Table::over(&answers.concentration)
        .share("top_share", "Best customers, as a part of all customers with a purchase.", |row| {
            row.top_fraction
        })
        .integer("customers", "customers", "How many they are.", |row| row.customers)
        .money("revenue", "Their net revenue.", |row| row.revenue)
        .share("share_of_known_revenue", "Of the net revenue of known customers.", |row| {
            row.share_of_known_revenue
        })
        .share("share_of_revenue", "Of all net revenue.", |row| row.share_of_revenue)
        .finish();
    let curve = Table::over(&answers.lorenz)
        .share("customers", "Best customers, as a part of all.", |row| row.customers)
        .share("revenue", "Their part of these customers' net revenue.", |row| row.revenue)
        .finish();
    [
        NamedTable::new("concentration.csv", "C.5", "Share of revenue of the best customers", top),
        NamedTable::new("concentration_curve.csv", "C.5", "The same at each whole per cent", curve),
    ]
}
