//! C.4: countries.

use patron_analytics::Answers;

use super::{NamedTable, words};
use crate::{MONEY, Table};

pub(super) fn tables(answers: &Answers) -> Vec<NamedTable<'_>> {
    let countries = Table::over(&answers.countries)
        .text("country", "Country as the file names it.", |row| words::country(&row.country))
        .integer("customers", "customers", "Customers whose first line names the country.", |row| {
            row.customers
        })
        .integer("repeat_customers", "customers", "Those who bought on two or more days.", |row| {
            row.repeat_customers
        })
        .share("repeat_share", "Repeat customers ÷ customers; empty where they are too few to say.", |row| {
            row.repeat_share
        })
        .yes_no("too_few", "Whether there are too few customers to say anything about shares.", |row| {
            row.too_few
        })
        .integer("orders", "orders", "Orders whose first sale line names the country.", |row| row.orders)
        .money("revenue", "Net revenue of lines that name the country.", |row| row.revenue)
        .share("revenue_share", "Revenue ÷ the shop's revenue.", |row| row.revenue_share)
        .number(2, "average_order_value", MONEY, "Revenue ÷ orders.", |row| row.average_order_value)
        .integer("quantity", "units", "Net units of all products.", |row| row.quantity)
        .text_if("favourite_sku", "The country's own favourite: most net units, ties by stock code.", |row| {
            row.favourite.as_ref().map(|product| product.sku.as_str())
        })
        .text_if("favourite_description", "Its description.", |row| {
            row.favourite.as_ref().map(|product| product.description.as_str())
        })
        .integer("favourite_quantity", "units", "Net units of it in the country.", |row| {
            row.favourite_quantity
        })
        .integer(
            "shop_favourite_quantity",
            "units",
            "Net units of the shop's favourite in the country.",
            |row| row.shop_favourite_quantity,
        )
        .money("shop_favourite_revenue", "Net revenue of the shop's favourite in the country.", |row| {
            row.shop_favourite_revenue
        })
        .share(
            "shop_favourite_share",
            "Its units ÷ all net units of the country: the demand for it.",
            |row| row.shop_favourite_share,
        )
        .finish();
    let products = Table::over(&answers.country_products)
        .text("country", "Country as the file names it.", |row| words::country(&row.country))
        .integer("rank", "rank", "Place by net units, ties by stock code.", |row| row.rank)
        .text("sku", "Stock code.", |row| &row.product.sku)
        .text("description", "Description as the file has it.", |row| &row.product.description)
        .integer("quantity", "units", "Net units in the country.", |row| row.quantity)
        .money("revenue", "Net revenue in the country.", |row| row.revenue)
        .finish();
    vec![
        NamedTable::new("countries.csv", "C.4", "Countries, by revenue", countries),
        NamedTable::new("country_products.csv", "C.4", "Best-selling products per country", products),
    ]
}
