//! C.1: repeat customers.

use patron_analytics::Answers;

use super::{NamedTable, words};
use crate::{MONEY, Table};

const PERIOD: &str = "Calendar month; empty for the whole log.";
const DEFINITION: &str = "What makes a customer a repeat customer.";
const SPEND_MEAN: &str = "Their mean net spend.";
const SPEND_MEDIAN: &str = "Their median net spend.";

pub(super) fn tables(answers: &Answers) -> Vec<NamedTable<'_>> {
    let shares = answers.repeat_shares.iter().chain(&answers.repeat_by_country).collect();
    let shares = Table::of(shares)
        .text_if("country", "Country of the customer's first line; empty for all together.", |row| {
            row.country.as_deref().map(words::country)
        })
        .month("month", PERIOD, |row| row.month)
        .text("definition", DEFINITION, |row| words::definition(row.definition))
        .integer("customers", "customers", "Known customers with an order in the period.", |row| {
            row.customers
        })
        .integer("repeat_customers", "customers", "Repeat customers among them.", |row| row.repeat_customers)
        .share("share_of_customers", "Repeat customers ÷ customers.", |row| row.share_of_customers)
        .money("repeat_revenue", "Net revenue of the repeat customers in the period.", |row| {
            row.repeat_revenue
        })
        .money("known_revenue", "Net revenue of the period with a known customer.", |row| row.known_revenue)
        .money("revenue", "Net revenue of the period, with or without a known customer.", |row| row.revenue)
        .share("share_of_revenue", "Repeat revenue ÷ revenue.", |row| row.share_of_revenue)
        .share("share_of_known_revenue", "Repeat revenue ÷ revenue with a known customer.", |row| {
            row.share_of_known_revenue
        })
        .finish();
    let spend = Table::over(&answers.repeat_spend)
        .month("month", PERIOD, |row| row.month)
        .text_if("country", "Country of the customers' first line; empty for all together.", |row| {
            row.country.as_deref().map(words::country)
        })
        .text("definition", DEFINITION, |row| words::definition(row.definition))
        .integer("customers", "customers", "How many repeat customers there are.", |row| row.customers)
        .money("minimum", "Least net revenue of one of them in the period.", |row| row.minimum)
        .money("maximum", "Most net revenue of one of them in the period.", |row| row.maximum)
        .number(2, "average", MONEY, SPEND_MEAN, |row| row.mean)
        .number(2, "median", MONEY, SPEND_MEDIAN, |row| row.median)
        .finish();
    let products = Table::over(&answers.product_spend)
        .text("why", "Why this product is looked at.", |row| words::role(row.role))
        .text("sku", "Stock code.", |row| &row.product.sku)
        .text("description", "Description.", |row| &row.product.description)
        .text("group", "Whose spend on the product.", |row| words::group(row.group))
        .integer("customers", "customers", "Customers of the group who bought the product.", |row| {
            row.customers
        })
        .money("minimum", "Least net spend of one of them on the product.", |row| row.minimum)
        .money("maximum", "Most net spend of one of them on the product.", |row| row.maximum)
        .number(2, "average", MONEY, SPEND_MEAN, |row| row.mean)
        .number(2, "median", MONEY, SPEND_MEDIAN, |row| row.median)
        .finish();
    vec![
        NamedTable::new(
            "repeat_customers.csv",
            "C.1",
            "Repeat customers by country, period and definition",
            shares,
        ),
        NamedTable::new("repeat_spend.csv", "C.1", "What repeat customers spend each", spend),
        NamedTable::new(
            "repeat_product_spend.csv",
            "C.1",
            "What repeat customers spend on the product with the most of them and on the popular product",
            products,
        ),
    ]
}
