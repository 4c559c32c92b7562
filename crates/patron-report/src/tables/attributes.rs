//! C.7: customers and products by what is known of them, margins, what a new customer costs.

use patron_analytics::{AttributeAnswers, CustomerGroup, Margin, ProductGroup};

use super::{NamedTable, words};
use crate::group_ranges::GroupRanges;
use crate::{ForecastInput, MONEY, Table, TableBuilder, say};

/// The tables that have something in them.
pub(super) fn tables<'a>(
    attributes: &'a AttributeAnswers,
    forecast: Option<&ForecastInput<'_>>,
) -> Vec<NamedTable<'a>> {
    let mut tables = vec![
        NamedTable::new(
            "customer_groups.csv",
            "C.7",
            "Customers by country, city, gender, age band and channel, as far as known",
            customer_groups(&attributes.customer_groups, forecast),
        ),
        NamedTable::new(
            "product_groups.csv",
            "C.7",
            "Products by category and producer country, as far as known",
            product_groups(&attributes.product_groups),
        ),
        NamedTable::new(
            "product_margins.csv",
            "C.7",
            "Products whose cost is known, by margin",
            product_margins(attributes),
        ),
        NamedTable::new(
            "acquisition_costs.csv",
            "C.7",
            "What a new customer cost, by month and channel",
            acquisition(attributes),
        ),
        NamedTable::new(
            "price_elasticities.csv",
            "C.7",
            "How demand answers to prices: all products, then by category, as far as known",
            price_elasticities(attributes),
        ),
    ];
    tables.retain(|named| named.table.rows() > 0);
    tables
}

const GROUP: &str = "The group's word; empty for the merged and the unknown.";
const GROUP_KIND: &str = "A named group, several groups under five customers merged into one row, or those not known or too few to say.";

fn customer_groups<'a>(groups: &'a [CustomerGroup], forecast: Option<&ForecastInput<'_>>) -> Table<'a> {
    let ranges = forecast.map(GroupRanges::new);
    let range = |row| ranges.as_ref().and_then(|ranges| ranges.of(row));
    let rows: Vec<_> = groups.iter().map(|row| (row, range(row))).collect();
    let table = Table::of(rows)
        .text("by", "What customers are grouped by.", |(row, _)| words::customer_trait(row.by))
        .text_if("group", GROUP, |(row, _)| words::group_word(&row.group))
        .text("group_kind", GROUP_KIND, |(row, _)| words::group_kind(&row.group))
        .integer("merged_groups", "groups", "How many groups were merged.", |(row, _)| {
            words::merged(&row.group)
        })
        .integer("customers", "customers", "Customers with an order.", |(row, _)| row.customers)
        .integer("repeat_customers", "customers", "Those who bought on two or more days.", |(row, _)| {
            row.repeat_customers
        })
        .share("repeat_share", "Repeat customers ÷ customers.", |(row, _)| row.repeat_share)
        .integer("orders", "orders", "Orders with a sale line.", |(row, _)| row.orders)
        .money(
            "revenue",
            "Net revenue so far; returns count against the customer, whenever they happened.",
            |(row, _)| row.revenue,
        )
        .number(2, "revenue_per_customer", MONEY, "Net revenue ÷ customers.", |(row, _)| {
            row.revenue_per_customer
        })
        .number(2, "average_order_value", MONEY, "Net revenue ÷ orders.", |(row, _)| row.average_order_value)
        .integer("forecast_customers", "customers", "Customers with a forecast.", |(row, _)| {
            row.expected.map(|expected| expected.customers)
        })
        .forecast(
            "expected_3m",
            MONEY,
            "Their expected net revenue in the 3 calendar months after the as-of date.",
            |(row, _)| row.expected.map(|expected| expected.value_3m),
        )
        .forecast(
            "expected_3m_low",
            MONEY,
            format!(
                "{} it lies between this amount and the next; empty where that is not known.",
                say::RANGE_HEADING
            ),
            |(_, range)| range.map(|(low, _)| low),
        )
        .forecast("expected_3m_high", MONEY, "The high end.", |(_, range)| range.map(|(_, high)| high))
        .forecast(
            "expected_12m",
            MONEY,
            "Their expected net revenue in the 12 calendar months after the as-of date.",
            |(row, _)| row.expected.map(|expected| expected.value_12m),
        );
    margin(table, |(row, _)| row.margin).finish()
}

fn product_groups(groups: &[ProductGroup]) -> Table<'_> {
    let table = Table::over(groups)
        .text("by", "What products are grouped by.", |row| words::product_trait(row.by))
        .text_if("group", GROUP, |row| words::group_word(&row.group))
        .text("group_kind", GROUP_KIND, |row| words::group_kind(&row.group))
        .integer("merged_groups", "groups", "How many groups were merged.", |row| words::merged(&row.group))
        .integer("products", "products", "Products with a sale or return line.", |row| row.products)
        .integer("customers", "customers", "Known customers who bought one of them.", |row| row.customers)
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .money("revenue", "Net revenue.", |row| row.revenue)
        .share("revenue_share", "Of the net revenue of all products.", |row| row.revenue_share);
    margin(table, |row| row.margin).finish()
}

pub(crate) fn price_elasticities(attributes: &AttributeAnswers) -> Table<'_> {
    Table::over(&attributes.price_elasticities)
        .text("measure", "What answers: orders that hold the product, or units.", |row| {
            words::elasticity_measure(row.measure)
        })
        .text("category", "First level of the category; empty for all products together.", |row| {
            row.category.as_deref().unwrap_or_default()
        })
        .integer("products", "products", "Products with at least three orders a month.", |row| row.products)
        .integer("products_with_changes", "products", "Those whose price changed.", |row| {
            row.products_with_changes
        })
        .integer(
            "changes",
            "price changes",
            "Changes by more than half a per cent from month to month.",
            |row| row.changes,
        )
        .number(
            2,
            "elasticity",
            "per cent per per cent",
            "Change of demand where the price is one per cent higher; empty where it cannot be told.",
            |row| row.elasticity,
        )
        .number(2, "elasticity_low", "per cent per per cent", "Lower end of its 95 % interval.", |row| {
            row.low
        })
        .number(2, "elasticity_high", "per cent per per cent", "Upper end of its 95 % interval.", |row| {
            row.high
        })
        .finish()
}

fn product_margins(attributes: &AttributeAnswers) -> Table<'_> {
    let table = Table::over(&attributes.product_margins)
        .text("sku", "Stock code.", |row| &row.product.sku)
        .text("description", "Description as the file has it.", |row| &row.product.description)
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .money("unit_cost", "Cost of a unit.", |row| row.unit_cost);
    margin(table, |row| Some(row.margin)).finish().without(&["margin_covered"])
}

/// The five columns of a margin; empty where no cost is known.
fn margin<'a, T: Send + Sync + 'a>(
    table: TableBuilder<'a, T>,
    of: impl Fn(&T) -> Option<Margin> + Copy + Send + Sync + 'a,
) -> TableBuilder<'a, T> {
    table
        .money("margin_revenue", "Net revenue of the lines whose product has a known cost.", move |row| {
            of(row).map(|margin| margin.revenue)
        })
        .money("margin_cost", "Net units of those lines × cost of a unit.", move |row| {
            of(row).map(|margin| margin.cost)
        })
        .money("margin", "That revenue less that cost.", move |row| of(row).map(|margin| margin.margin))
        .share("margin_share", "Margin ÷ that revenue.", move |row| of(row).and_then(|margin| margin.share))
        .share("margin_covered", "That revenue ÷ all net revenue of the row.", move |row| {
            of(row).and_then(|margin| margin.covered)
        })
}

fn acquisition(attributes: &AttributeAnswers) -> Table<'_> {
    Table::over(&attributes.acquisition)
        .month("month", "Calendar month.", |row| row.month)
        .text("channel", "Acquisition channel.", |row| &row.channel)
        .money("spend", "Spend in that month; empty where the costs file names none.", |row| row.spend)
        .integer(
            "new_customers",
            "customers",
            "Customers of that channel whose first order lies in the month.",
            |row| row.new_customers,
        )
        .number(2, "per_customer", MONEY, "Spend ÷ new customers.", |row| row.per_customer)
        .yes_no(
            "holds_older_customers",
            "Whether it is the log's first month, which calls older customers new too.",
            |row| row.holds_older_customers,
        )
        .finish()
}
