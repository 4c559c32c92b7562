//! What a file says of itself: sums its owner can find elsewhere, and how it was read.

use patron_domain::{ImportReport, JoinedByEmail, Money, OrderForm, StatusCount, StatusMeaning};

use super::{BridgeLine, BridgeStep, file_sum};
use crate::format;

/// The facts of one import; with several imports each names its file.
pub(super) fn of(import: &ImportReport, many: bool) -> Vec<BridgeLine> {
    let mut facts = sums(import);
    if let Some(form) = &import.order_form {
        facts.extend(orders(form, import));
    }
    facts.extend(unknown_statuses(import).map(|told| fact("status not known", told, None, None)));
    facts.extend(import.notices.iter().map(|notice| fact("notice", notice.clone(), None, None)));
    facts.extend(guests(import));
    if !import.times.is_empty() {
        facts.push(fact("times of day", format!("{}.", format::capital(&import.times)), None, None));
    }
    if let Some(currency) = &import.currency {
        facts.push(fact("currency", format!("Amounts are in {currency}."), None, None));
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
    let mut facts = vec![fact(
        "rows of the file",
        format!(
            "{} {}: {}{} made from the fields of orders (shipping, tax, tips, refunds).",
            count(form.rows, "row holds", "rows hold"),
            count(import.lines_read, "line", "lines"),
            match form.order_rows {
                0 => String::new(),
                some => format!("{} an order only, and ", count(some, "row describes", "rows describe")),
            },
            count(form.lines_made, "line was", "lines were"),
        ),
        None,
        None,
    )];
    facts.extend(from_the_totals(&[import]));
    if let Some(edited) = edited(form) {
        facts.push(fact("edited orders", edited, None, Some(-form.edited_amount.abs())));
    }
    if import.returns_amount != Money::ZERO {
        let refunds = if form.refunds_dated {
            "The file says when refunds happened: they count on that day."
        } else {
            "The file does not say when refunds happened: they count on the day of their order."
        };
        facts.push(fact("refunds", refunds.to_owned(), None, None));
    }
    facts
}

/// What the file does not tell, or can be read only roughly, in whole sentences: statuses nobody knows, orders edited
/// after they were placed, and the notices of the import.
pub(crate) fn reservations(import: &ImportReport) -> Vec<String> {
    let edited = import.order_form.iter().filter_map(edited);
    unknown_statuses(import).chain(edited).chain(import.notices.iter().cloned()).collect()
}

/// "40 orders with status ‘Versandt’ are counted as sales: the status is not known." Of lines, where each line of the
/// file has a status of its own.
fn unknown_statuses(import: &ImportReport) -> impl Iterator<Item = String> {
    let (one, many) = if import.order_form.is_some() { ("order", "orders") } else { ("line", "lines") };
    let unknown = import.statuses.iter().filter(|status| status.meaning == StatusMeaning::Unknown);
    unknown.map(move |StatusCount { status, orders, .. }| {
        let (are, sales) = if *orders == 1 { ("is", "a sale") } else { ("are", "sales") };
        let counted = format::counted(*orders as i64, one, many);
        format!(
            "{counted} with status \u{2018}{status}\u{2019} {are} counted as {sales}: the status is not known."
        )
    })
}

/// "3 orders have lines larger than their subtotal: 15.00 was taken off as if it were a discount."
fn edited(form: &OrderForm) -> Option<String> {
    let have = format::counted(form.edited_orders as i64, "order has", "orders have");
    let off = format::exact_money(form.edited_amount.abs());
    let why = "they may have been edited after they were placed";
    (form.edited_orders > 0).then(|| {
        format!("{have} lines larger than the subtotal: {off} was taken off as if it were a discount; {why}.")
    })
}

/// From what the shop system shows to the bridge's first total, with running totals; empty unless all files give their
/// orders a total.
pub(super) fn lead(imports: &[ImportReport]) -> Vec<BridgeLine> {
    let mut lines = from_the_totals(&imports.iter().collect::<Vec<_>>());
    let mut running = Money::ZERO;
    for line in &mut lines {
        running += line.amount.unwrap_or_default();
        line.running = Some(running);
    }
    lines
}

/// The sum of the orders' totals, which the shop system shows, and what leads from it to the bridge's first total: rows
/// that add up to it. Empty unless all these files give their orders a total.
fn from_the_totals(imports: &[&ImportReport]) -> Vec<BridgeLine> {
    let forms: Vec<&OrderForm> = imports.iter().filter_map(|import| import.order_form.as_ref()).collect();
    let totals: Vec<Money> = forms.iter().filter_map(|form| form.total).collect();
    if imports.is_empty() || totals.len() < imports.len() {
        return Vec::new();
    }
    let total: Money = totals.into_iter().sum();
    let disagreeing: Money = forms.iter().map(|form| form.disagreeing_amount).sum();
    let orders = forms.iter().map(|form| form.orders).sum::<u64>();
    let orders = format::counted(orders as i64, "order", "orders");
    let apart = match forms.iter().map(|form| form.disagreeing_orders).sum::<u64>() {
        0 => format!("None: the parts of all {orders} add up to the total that the file gives them."),
        some => format!(
            "{} of {orders}: what their parts add up to beyond the totals that the file gives them.",
            format::count(some as i64)
        ),
    };
    let tags: Money = imports.iter().map(|import| import.before.discount).sum();
    let first: Money = imports.iter().map(|import| file_sum(import) - import.returns_amount).sum();
    let rest = first - (total - disagreeing + tags);
    let mut lines = vec![
        fact(
            "sum of the orders' totals",
            format!(
                "The totals that the file gives its {orders}: what the shop system shows, with shipping and tax, before anything is set aside or given back. With the next rows it makes the first total of the bridge."
            ),
            None,
            Some(total),
        ),
        fact("orders whose parts do not add up", apart, None, Some(-disagreeing)),
    ];
    let mut more = |name, meaning: &str, amount: Money| {
        if amount != Money::ZERO {
            lines.push(fact(name, meaning.to_owned(), None, Some(amount)));
        }
    };
    more(
        "discounts, back on the price tags",
        "The orders' totals are after discounts, all lines before.",
        tags,
    );
    let refunded = imports.iter().any(|import| import.returns_amount != Money::ZERO);
    let meaning = if refunded {
        "Tax and shipping given back with accepted refunds (the bridge has them among its services), refunds that were set aside, orders whose total could not be read, and what rounding leaves below a cent."
    } else {
        "Refunds that were set aside, orders whose total could not be read, and what rounding leaves below a cent."
    };
    more("not in the orders' totals", meaning, rest);
    lines
}

fn guests(import: &ImportReport) -> Option<BridgeLine> {
    let joined = import.joined_by_email;
    if joined == JoinedByEmail::default() {
        return None;
    }
    let orders = format::counted(joined.orders as i64, "order", "orders");
    let customers = format::counted(joined.customers as i64, "customer", "customers");
    let make = if joined.orders == 1 { "makes" } else { "make" };
    if joined.orders == import.after.orders {
        let meaning =
            format!("Customers are told apart by their e-mail address: {orders} {make} up {customers}.");
        return Some(fact("customers by e-mail", meaning, None, None));
    }
    let know = if joined.orders == 1 { "knows its" } else { "know their" };
    let joining = match joined.joined_an_account {
        0 => format!("they make up {customers}, none of whom other orders name by id"),
        all if all == joined.orders => {
            "each of them joined a customer whom other orders name by id".to_owned()
        }
        some => format!(
            "{} of them joined a customer whom other orders name by id, the others make up {customers}",
            format::count(some as i64),
        ),
    };
    let meaning = format!("{orders} {know} customer by the e-mail address only; {joining}.");
    Some(fact("guests joined by e-mail", meaning, None, None))
}
