//! C.3: months.

use patron_analytics::{Answers, MonthTotals};
use patron_columns::Catalog;

use super::NamedTable;
use crate::{MONEY, Table};

const MONTH: &str = "Calendar month.";

pub(super) fn tables<'a>(answers: &'a Answers, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let details = Table::over(&answers.month_details)
        .month("month", MONTH, |row| row.month)
        .yes_no("complete", "Whether the month was seen whole.", |row| row.complete)
        .number(2, "average_order_value", MONEY, "Revenue ÷ orders.", |row| row.average_order_value)
        .money(
            "known_revenue",
            "Net revenue of known customers; returns count in the month of the return.",
            |row| row.known_revenue,
        )
        .money("new_revenue", "Net revenue of the month's new customers.", |row| row.new_revenue)
        .money("returning_revenue", "Net revenue of the month's returning customers.", |row| {
            row.returning_revenue
        })
        .money("returns_only_revenue", "Net revenue of customers without an order in the month.", |row| {
            row.returns_only_revenue
        })
        .money("revenue_without_customer", "Net revenue of lines without a customer.", |row| {
            row.revenue_without_customer
        })
        .integer("quantity", "units", "Net units of all products.", |row| row.quantity)
        .share("new_share", "New ÷ active customers.", |row| row.new_share)
        .share("returning_share", "Returning ÷ active customers.", |row| row.returning_share)
        .share("repeat_share", "Customers with two or more orders in the month ÷ active customers.", |row| {
            row.repeat_share
        })
        .finish();
    let product_months = Table::over(&answers.product_months)
        .month("month", MONTH, |row| row.month)
        .composed("sku", "Stock code.", |row| catalog.skus.text(row.product).to_owned())
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .money("revenue", "Net revenue; returns count in the month of the return.", |row| row.revenue)
        .integer("orders", "orders", "Distinct orders with a sale line of it.", |row| row.orders)
        .integer("customers", "customers", "Distinct known customers with a sale line of it.", |row| {
            row.customers
        })
        .finish();
    vec![
        NamedTable::new("monthly.csv", "C.3", "The shop month by month", monthly(&answers.monthly)),
        NamedTable::new(
            "monthly_details.csv",
            "C.3",
            "The shop month by month: averages and shares",
            details,
        ),
        NamedTable::new(
            "product_months.csv",
            "C.3",
            "Products month by month, then by stock code",
            product_months,
        ),
    ]
}

/// The shop month by month.
pub(crate) fn monthly(months: &[MonthTotals]) -> Table<'_> {
    Table::over(months)
        .month("month", MONTH, |row| row.month)
        .integer(
            "orders",
            "orders",
            "Orders whose first sale line lies in the month, customer known or not.",
            |row| row.orders,
        )
        .money("revenue", "Net revenue; returns count in the month of the return.", |row| row.revenue)
        .integer("active_customers", "customers", "Known customers with an order in the month.", |row| {
            row.active_customers
        })
        .integer(
            "new_customers",
            "customers",
            "Of these, those whose first order lies in the month.",
            |row| row.new_customers,
        )
        .integer("repeat_customers", "customers", "Customers with two or more orders in the month.", |row| {
            row.repeat_customers
        })
        .money("repeat_revenue", "All of the month's net revenue of the repeat customers.", |row| {
            row.repeat_revenue
        })
        .integer(
            "returning_customers",
            "customers",
            "Active customers with an order before this month.",
            |row| row.returning_customers,
        )
        .money("returning_revenue", "All of the month's net revenue of the returning customers.", |row| {
            row.returning_revenue
        })
        .money("revenue_without_customer", "Net revenue of lines without a customer.", |row| {
            row.revenue_without_customer
        })
        .finish()
}
