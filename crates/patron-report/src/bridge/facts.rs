//! What a file says of itself: sums its owner can find elsewhere, and how it was read.

use patron_domain::{ImportReport, JoinedByEmail, Money, OrderForm};

use super::{BridgeLine, BridgeStep, file_sum};
use crate::format;

/// The facts of one import; with several imports each names its file.
pub(super) fn of(import: &ImportReport, many: bool) -> Vec<BridgeLine> {
    let mut facts = sums(import);
    if let Some(form) = &import.order_form {
        facts.extend(orders(form, import));
    }
    facts.extend(guests(&import.joined_by_email));
    if !import.times.is_empty() {
        facts.push(fact("times of day", format!("{}.", super::capitalised(&import.times)), None, None));
    }
    if let Some(currency) = &import.currency {
        facts.push(fact("currency", format!("{currency}, as the file says."), None, None));
    }
    if many {
        facts.iter_mut().for_each(|fact| fact.name = format!("{}: {}", import.file.name, fact.name));
    }
    facts
}

fn fact(name: &str, meaning: String, lines: Option<u64>, amount: Option<Money>) -> BridgeLine {
    let meaning = meaning.replace('\u{a0}', " ");
    BridgeLine { step: BridgeStep::File, name: name.to_owned(), meaning, lines, amount, running: None }
}

fn sums(import: &ImportReport) -> Vec<BridgeLine> {
    let meaning = if import.order_form.is_some() {
        "Quantity × price of every readable line, and shipping, tax, tips and refunds of the orders: before discounts, with refunds taken off."
    } else {
        "Quantity × price of every readable line, as a spreadsheet adds it up: before discounts, with negative lines taken off."
    };
    let mut sums =
        vec![fact("sum of the file", meaning.to_owned(), Some(import.lines_read), Some(file_sum(import)))];
    if import.before.discount != Money::ZERO {
        sums.push(fact(
            "the same after discounts",
            "The sum of the file less all discounts.".to_owned(),
            Some(import.lines_read),
            Some(import.before.amount),
        ));
    }
    sums
}

fn orders(form: &OrderForm, import: &ImportReport) -> Vec<BridgeLine> {
    let count = |number: u64, one: &str, many: &str| format::counted(number as i64, one, many);
    let orders = count(form.orders, "order", "orders");
    let mut facts = vec![fact(
        "rows of the file",
        format!(
            "{} hold {}: {} describe an order only, and {} were made from the fields of orders (shipping, tax, tips, refunds).",
            count(form.rows, "row", "rows"),
            count(import.lines_read, "line", "lines"),
            format::count(form.order_rows as i64),
            count(form.lines_made, "line", "lines"),
        ),
        None,
        None,
    )];
    if let Some(total) = form.total {
        let meaning = format!(
            "The totals that the file gives its {orders}: what the shop system shows, with shipping and tax, before anything is set aside."
        );
        facts.push(fact("sum of the orders' totals", meaning, None, Some(total)));
        let (disagreeing, amount) = (form.disagreeing_orders, form.disagreeing_amount);
        let meaning = match disagreeing {
            0 => format!("None: the parts of all {orders} add up to the total that the file gives them."),
            _ => format!(
                "{} of {orders}: their totals less the sums of their parts.",
                format::count(disagreeing as i64)
            ),
        };
        facts.push(fact("orders whose parts do not add up", meaning, None, Some(amount)));
    }
    let refunds = if form.refunds_dated {
        "The file says when refunds happened: they count on that day."
    } else {
        "The file does not say when refunds happened: they count on the day of their order."
    };
    facts.push(fact("refunds", refunds.to_owned(), None, None));
    facts
}

fn guests(joined: &JoinedByEmail) -> Option<BridgeLine> {
    (*joined != JoinedByEmail::default()).then(|| {
        let meaning = format!(
            "{} know their customer by the e-mail address only; {} of them joined a customer whom other orders name by id, the others make up {}.",
            format::counted(joined.orders as i64, "order", "orders"),
            format::count(joined.joined_an_account as i64),
            format::counted(joined.customers as i64, "customer", "customers"),
        );
        fact("guests joined by e-mail", meaning, None, None)
    })
}
