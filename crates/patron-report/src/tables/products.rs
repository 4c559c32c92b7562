//! C.2: products.

use patron_analytics::Answers;

use super::{NamedTable, words};
use crate::{MONEY, Table};

const SKU: &str = "Stock code.";
const DESCRIPTION: &str = "Description as the file has it.";
const BUYERS: &str = "Known customers who bought it.";
const REPEAT: &str = "Known customers who bought it on two or more days.";
const PLACE: &str = "Place, from 1.";

pub(super) fn tables(answers: &Answers) -> Vec<NamedTable<'_>> {
    let products = Table::over(&answers.products)
        .text("sku", SKU, |row| &row.product.sku)
        .text("description", DESCRIPTION, |row| &row.product.description)
        .day("first_sale", "First day with net units above zero.", |row| row.first_sale)
        .day("last_sale", "Last such day.", |row| row.last_sale)
        .integer("days_on_sale", "days", "Days from the first sale to the end of the log.", |row| {
            row.days_on_sale
        })
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .money("revenue", "Net revenue.", |row| row.revenue)
        .integer("orders", "orders", "Orders with a sale line of it.", |row| row.orders)
        .integer("customers", "customers", BUYERS, |row| row.customers)
        .integer("repeat_customers", "customers", REPEAT, |row| row.repeat_customers)
        .number(2, "spend_per_customer", MONEY, "Net revenue from those who bought it ÷ customers.", |row| {
            row.spend_per_customer
        })
        .number(2, "average_price", MONEY, "Net revenue ÷ net units.", |row| row.average_price)
        .integer("popularity_rank", "rank", "Place by net units, 1 = most, ties by stock code.", |row| {
            row.popularity_rank
        })
        .finish();
    let ranking = Table::over(&answers.product_ranking)
        .text("measure", "What is ranked.", |row| words::product_measure(row.measure))
        .text("end", "Most, or least among products on sale for 90 days with positive net sales.", |row| {
            words::end(row.end)
        })
        .integer("rank", "rank", "1 + the number of products with a better value.", |row| row.rank)
        .text_if("sku", "Stock code; empty for a row that stands for all products with this value.", |row| {
            row.product.as_ref().map(|product| product.sku.as_str())
        })
        .text_if("description", DESCRIPTION, |row| {
            row.product.as_ref().map(|product| product.description.as_str())
        })
        .number(
            2,
            "value",
            "as the measure",
            "The value: units, currency units, orders or customers.",
            |row| row.value,
        )
        .integer("tied", "products", "Products with exactly this value.", |row| row.tied)
        .finish();
    let repeat_items = Table::over(&answers.repeat_items)
        .text("sku", SKU, |row| &row.product.sku)
        .text("description", DESCRIPTION, |row| &row.product.description)
        .integer("customers", "customers", BUYERS, |row| row.customers)
        .integer("repeat_customers", "customers", REPEAT, |row| row.repeat_customers)
        .share("share", "Repeat customers ÷ customers.", |row| row.share)
        .share("share_low", "Lower end of its 95 % interval.", |row| row.share_low)
        .share("share_high", "Upper end of its 95 % interval.", |row| row.share_high)
        .number(
            1,
            "median_days_between",
            "days",
            "Median days from one purchase day of it to the next.",
            |row| row.median_days_between,
        )
        .integer(
            "bought_again",
            "purchase days",
            "Purchase days with it after the same customer's first one with it.",
            |row| row.bought_again,
        )
        .number(
            1,
            "bought_again_by_chance",
            "purchase days",
            "How many there would be by chance, given how popular it is and how much its buyers buy.",
            |row| row.bought_again_by_chance,
        )
        .number(
            4,
            "q_value",
            "probability",
            "So many or more by chance (Poisson), adjusted over all products (Benjamini–Hochberg).",
            |row| row.q_value,
        )
        .finish();
    let pairs = Table::over(&answers.product_pairs)
        .text("kind", "Bought together more often, or less often, than by chance.", |row| {
            words::pair_kind(row.kind)
        })
        .text("sku", SKU, |row| &row.first.sku)
        .text("description", DESCRIPTION, |row| &row.first.description)
        .text("other_sku", "Stock code of the other product.", |row| &row.second.sku)
        .text("other_description", "Description of the other product.", |row| &row.second.description)
        .integer("visits", "visits", "Days on which a known customer bought both.", |row| row.visits)
        .number(1, "by_chance", "visits", "How many there would be by chance, given how many visits of each month each is in and how many products visits hold.", |row| row.by_chance)
        .number(2, "lift", "times", "Visits ÷ visits by chance.", |row| row.lift)
        .number(2, "lift_low", "times", "Lower end of its 95 % interval.", |row| row.lift_low)
        .number(2, "lift_high", "times", "Upper end of its 95 % interval.", |row| row.lift_high)
        .share("support", "Visits with both ÷ all visits.", |row| row.support)
        .share("share_of_first", "Visits with both ÷ visits with the first product.", |row| row.share_of_first)
        .share("share_of_second", "Visits with both ÷ visits with the other product.", |row| row.share_of_second)
        .number(4, "q_value", "probability", "A count so far from chance (Poisson), adjusted over all pairs (Benjamini–Hochberg).", |row| row.q_value)
        .finish();
    let popular = Table::over(&answers.popular)
        .integer("rank", "rank", PLACE, |row| row.rank)
        .text("sku", SKU, |row| &row.product.sku)
        .text("description", DESCRIPTION, |row| &row.product.description)
        .integer("quantity", "units", "Net units.", |row| row.quantity)
        .money("revenue", "Net revenue.", |row| row.revenue)
        .share("share_of_quantity", "Units ÷ all net units.", |row| row.share_of_quantity)
        .finish();
    let trending = Table::over(&answers.trending)
        .integer("rank", "rank", "Place by the rise in units, from 1.", |row| row.rank)
        .text("sku", SKU, |row| &row.product.sku)
        .text("description", DESCRIPTION, |row| &row.product.description)
        .integer("months", "months", "Months on each side of the comparison.", |row| row.months)
        .number(1, "recent", "units a month", "Net units a month in the recent months.", |row| row.recent)
        .number(1, "before", "units a month", "Net units a month in the months before.", |row| row.before)
        .number(1, "change", "units a month", "Recent − before.", |row| row.change)
        .share("relative_change", "Change ÷ before; empty for a newcomer.", |row| row.relative_change)
        .integer("recent_orders", "orders", "Orders in the recent months.", |row| row.recent_orders)
        .finish();
    vec![
        NamedTable::new("products.csv", "C.2", "Every product, by stock code", products),
        NamedTable::new("product_ranking.csv", "C.2", "Most and least by five measures", ranking),
        NamedTable::new(
            "repeat_items.csv",
            "C.2",
            "Products bought again, by repeat customers",
            repeat_items,
        ),
        NamedTable::new(
            "pairs.csv",
            "C.2",
            "Products bought together, then products seldom bought together, by visits beyond chance",
            pairs,
        ),
        NamedTable::new("popular_products.csv", "C.2", "Popular products: the level, by net units", popular),
        NamedTable::new(
            "trending_products.csv",
            "C.2",
            "Trending products: the change, by the rise in units",
            trending,
        ),
    ]
}
