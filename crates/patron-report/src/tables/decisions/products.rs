//! What goes together, and what to put in front of whom.

use patron_columns::Catalog;
use patron_decisions::Decisions;
use patron_decisions::recommend::{BuyAgain, NewToCustomer, Rule, Rules, UpSell, UpSellBasis, WhyNew};

use super::{customer, description, sku, why};
use crate::Table;
use crate::tables::NamedTable;

pub(super) fn tables<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Vec<NamedTable<'a>> {
    let named = |file, title, table| NamedTable::new(file, "D.7", title, table);
    vec![
        named(
            "recommendations_new.csv",
            "Products that are new to the customer, best first",
            new(decisions, catalog),
        ),
        named(
            "recommendations_again.csv",
            "Products that the customer may want again, best first",
            again(decisions, catalog),
        ),
        named("up_sells.csv", "The dearer neighbour to show beside a product", up_sells(decisions, catalog)),
        named(
            "order_rules.csv",
            "What is bought in one order, the most telling first",
            rules(&decisions.order_rules, "orders", catalog),
        ),
        named(
            "history_rules.csv",
            "What the same customers buy, at any time, the most telling first",
            rules(&decisions.history_rules, "customers", catalog),
        ),
    ]
}

fn new<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    let rows: Vec<(u32, usize, &NewToCustomer)> = decisions
        .recommendations
        .iter()
        .flat_map(|one| (1..).zip(&one.new).map(|(rank, new)| (one.customer, rank, new)))
        .collect();
    Table::of(rows)
        .composed("customer_id", "Id exactly as in the file.", |row| customer(catalog, row.0))
        .integer("rank", "rank", "From 1.", |row| row.1)
        .composed("sku", "The product, never bought by this customer.", |row| {
            sku(catalog, row.2.product).to_owned()
        })
        .composed("description", "Its description.", |row| description(catalog, row.2.product))
        .composed("reason", "Why it is recommended.", |row| why::new(row.2, catalog))
        .composed("because_of_sku", "The customer's product that speaks most for it.", |row| {
            match row.2.why {
                WhyNew::BoughtTogether { bought, .. } => sku(catalog, bought).to_owned(),
                WhyNew::Popular { .. } => String::new(),
            }
        })
        .finish()
}

fn again<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    let rows: Vec<(u32, usize, &BuyAgain)> = decisions
        .recommendations
        .iter()
        .flat_map(|one| (1..).zip(&one.again).map(|(rank, again)| (one.customer, rank, again)))
        .collect();
    Table::of(rows)
        .composed("customer_id", "Id exactly as in the file.", |row| customer(catalog, row.0))
        .integer("rank", "rank", "From 1.", |row| row.1)
        .composed("sku", "The product, bought before by this customer.", |row| {
            sku(catalog, row.2.product).to_owned()
        })
        .composed("description", "Its description.", |row| description(catalog, row.2.product))
        .composed("reason", "Why it is recommended.", |row| why::again(row.2))
        .integer("days_bought", "days", "Days on which the customer bought it.", |row| row.2.times)
        .day("last", "The last of them.", |row| row.2.last)
        .number(
            1,
            "every_days",
            "days",
            "Days from one purchase to the next, the customer's own steadied by those \
             of the product's other buyers.",
            |row| row.2.every_days,
        )
        .day("due_on", "The last day with it, and so many days.", |row| row.2.due_on)
        .yes_no("is_due", "Whether that day has come by the as-of date.", |row| row.2.is_due)
        .finish()
}

fn up_sells<'a>(decisions: &'a Decisions, catalog: &'a Catalog) -> Table<'a> {
    Table::over(&decisions.up_sells)
        .composed("sku", "The product.", |row: &UpSell| sku(catalog, row.product).to_owned())
        .composed("description", "Its description.", |row| description(catalog, row.product))
        .money("price", "Its price: the most frequent one.", |row| row.price)
        .composed("dearer_sku", "The dearer product to show beside it.", |row| {
            sku(catalog, row.to).to_owned()
        })
        .composed("dearer_description", "Its description.", |row| description(catalog, row.to))
        .money("dearer_price", "Its price.", |row| row.to_price)
        .integer("bought_both", "customers", "Customers who bought both.", |row| row.both)
        .composed("neighbours_by", "Why they are neighbours.", |row| {
            match row.basis {
                UpSellBasis::Category => "one category",
                UpSellBasis::SharedWords { .. } => "the same buyers and common words",
            }
            .to_owned()
        })
        .finish()
}

fn rules<'a>(rules: &'a Rules, of: &'static str, catalog: &'a Catalog) -> Table<'a> {
    let given = move |rule: &Rule, text: &dyn Fn(u32) -> String| {
        rule.given.iter().map(|&product| text(product)).collect::<Vec<_>>().join(" + ")
    };
    Table::over(&rules.rules)
        .composed("if_bought", "SKU, or two of them.", move |rule| {
            given(rule, &|code| sku(catalog, code).to_owned())
        })
        .composed("if_bought_description", "In words.", move |rule| {
            given(rule, &|code| description(catalog, code))
        })
        .composed("then", "SKU of what is bought too.", |rule| sku(catalog, rule.then).to_owned())
        .composed("then_description", "In words.", |rule| description(catalog, rule.then))
        .integer("both", of, format!("{} with all of them.", crate::format::capital(of)), |rule| rule.both)
        .share("support", format!("Share of all {of} with all of them."), |rule| rule.support)
        .share("confidence", format!("Of the {of} with the first, those with what follows."), |rule| {
            rule.confidence
        })
        .number(2, "lift", "times", "How many times as often as without the first.", |rule| rule.lift)
        .number(
            2,
            "lift_beyond_size",
            "times",
            format!("The same less what comes from some {of} being much larger than others."),
            |rule| rule.lift_beyond_size,
        )
        .number(
            6,
            "q_value",
            "probability",
            "Share of false ones among rules as sure as this, at most.",
            |rule| rule.q_value,
        )
        .finish()
}
