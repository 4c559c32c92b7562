//! Orders as Shopify exports them.

use std::io;

use super::bill::Bill;
use super::draw::{Sale, count_people, sales};
use super::options::ExportOptions;
use super::sheet::{Sheet, Stamp, amount};
use super::truth::{ExportTruth, Fate, Tally};
use crate::{Shop, SynthError};

/// Minutes between an order and its payment, and between an order and what is done with it later.
const PAID_AFTER: i64 = 2 * 60;
const HANDLED_AFTER: i64 = 26 * 60 * 60;

const HEADINGS: [&str; 79] = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Street",
    "Billing Address1",
    "Billing Address2",
    "Billing Company",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping Street",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping Company",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Shipping Phone",
    "Notes",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Vendor",
    "Outstanding Balance",
    "Employee",
    "Location",
    "Device ID",
    "Id",
    "Tags",
    "Risk Level",
    "Source",
    "Lineitem discount",
    "Tax 1 Name",
    "Tax 1 Value",
    "Tax 2 Name",
    "Tax 2 Value",
    "Tax 3 Name",
    "Tax 3 Value",
    "Tax 4 Name",
    "Tax 4 Value",
    "Tax 5 Name",
    "Tax 5 Value",
    "Phone",
    "Receipt Number",
    "Duties",
    "Billing Province Name",
    "Shipping Province Name",
    "Payment ID",
    "Payment Terms Name",
    "Next Payment Due At",
    "Payment References",
];

type Cells = Vec<(&'static str, String)>;

/// Writes the shop's orders in the columns of Shopify's orders export, and says what they must come to.
///
/// One row per line item: the goods, then `Gift Card - 25.00` and `Tip` where there are any, both without a SKU,
/// untaxed and not shipped. The fields of the order stand on its first row only; the rows that follow hold name,
/// e-mail (every other order leaves it empty) and the line item. `Subtotal` is goods less discount plus gift cards;
/// `Total` adds shipping, tip and, unless prices include it, tax. The order's discount stands in `Discount Amount`,
/// `Lineitem discount` is 0. All customers are e-mail addresses, some of them with capitals or a blank. A cancelled
/// order has `Cancelled at` and is refunded in full, an unpaid one is `pending` or `expired`, a voided one `voided`,
/// a test order paid through the `bogus` gateway and tagged `test`.
///
/// Orders are numbered from #1001 in order of time. Of the shop's log come goods at a price that a customer with an
/// id has ordered; guests without any id, cancellations, samples, postage and duplicates are left out, so a scenario
/// without dirt is written whole. The same shop, options and seed give the same bytes; every order has
/// generators of its own, so other customers or another rate move nothing else of it.
///
/// # Errors
/// [`ExportOptions::check`]; [`SynthError::Write`] when `out` refuses.
pub fn write_shopify(
    shop: &Shop,
    options: &ExportOptions,
    seed: u64,
    out: &mut impl io::Write,
) -> Result<ExportTruth, SynthError> {
    options.check()?;
    let mut sales = sales(shop, options, seed);
    let mut sheet = Sheet::new(out, &HEADINGS)?;
    let mut tally = Tally::new();
    for sale in &mut sales {
        sale.by_email = true;
        let bill = Bill::of_shopify(sale, options);
        let items = line_items(sale);
        tally.add(items.len() as u64, sale.fate, sale.month(options), &bill.parts);
        let mut order = order_fields(sale, &bill, options);
        for item in items {
            order.push(("Name", name(sale)));
            order.extend(item);
            sheet.write(&order)?;
            order.clear();
            let repeated =
                if sale.number.is_multiple_of(2) { sale.typed_email.clone() } else { String::new() };
            order.push(("Email", repeated));
        }
    }
    sheet.finish()?;
    let mut truth = tally.finish();
    count_people(&sales, options, &mut truth);
    Ok(truth)
}

fn name(sale: &Sale<'_>) -> String {
    format!("#{}", 1_001 + sale.number)
}

fn order_fields(sale: &Sale<'_>, bill: &Bill, options: &ExportOptions) -> Cells {
    let parts = &bill.parts;
    let at = |after: i64| {
        let stamp = Stamp::new(sale.placed + after, options.file_zone);
        format!("{} {} {}{}", stamp.day, stamp.time, stamp.offset_hours, stamp.offset_minutes)
    };
    let only = |condition: bool, text: String| if condition { text } else { String::new() };
    let is_paid = !matches!(sale.fate, Fate::Unpaid | Fate::Voided);
    let is_sent = is_paid && sale.fate != Fate::Cancelled;
    let mut cells = vec![
        ("Email", sale.typed_email.clone()),
        ("Financial Status", financial_status(sale, bill).to_owned()),
        ("Paid at", only(is_paid, at(PAID_AFTER))),
        ("Fulfillment Status", if is_sent { "fulfilled" } else { "unfulfilled" }.to_owned()),
        ("Fulfilled at", only(is_sent, at(HANDLED_AFTER))),
        ("Accepts Marketing", if sale.person.accepts_marketing { "yes" } else { "no" }.to_owned()),
        ("Currency", options.currency.clone()),
        ("Subtotal", amount(parts.goods - parts.discount + parts.gift_cards)),
        ("Shipping", amount(parts.shipping)),
        ("Taxes", amount(parts.tax)),
        ("Total", amount(parts.total())),
        ("Discount Code", only(parts.discount > 0, discount_code(sale))),
        ("Discount Amount", amount(parts.discount)),
        ("Shipping Method", if parts.shipping > 0 { "Standard" } else { "Free shipping" }.to_owned()),
        ("Created at", at(0)),
        ("Cancelled at", only(sale.fate == Fate::Cancelled, at(HANDLED_AFTER))),
        ("Payment Method", payment_method(sale).to_owned()),
        ("Payment Reference", only(is_paid, format!("c{}.1", 20_001 + sale.number))),
        ("Refunded Amount", amount(parts.refunded)),
        ("Outstanding Balance", amount(if sale.fate == Fate::Unpaid { parts.total() } else { 0 })),
        ("Id", (5_400_000_001 + 17 * sale.number).to_string()),
        ("Tags", only(sale.fate == Fate::Test, "test".to_owned())),
        ("Risk Level", "Low".to_owned()),
        ("Source", "web".to_owned()),
    ];
    if parts.tax > 0 {
        let percent = options.tax_rate * 100.0;
        cells.push(("Tax 1 Name", format!("VAT {}%", (percent * 1e4).round() / 1e4)));
        cells.push(("Tax 1 Value", amount(parts.tax)));
    }
    cells.extend(address(sale));
    cells
}

fn address(sale: &Sale<'_>) -> Cells {
    let person = &sale.person;
    let full_name = format!("{} {}", person.first_name, person.last_name);
    vec![
        ("Billing Name", full_name.clone()),
        ("Billing Street", person.street.clone()),
        ("Billing Address1", person.street.clone()),
        ("Billing City", person.town.to_owned()),
        ("Billing Zip", person.zip.clone()),
        ("Billing Country", sale.country.to_owned()),
        ("Shipping Name", full_name),
        ("Shipping Street", person.street.clone()),
        ("Shipping Address1", person.street.clone()),
        ("Shipping City", person.town.to_owned()),
        ("Shipping Zip", person.zip.clone()),
        ("Shipping Country", sale.country.to_owned()),
    ]
}

/// The cells of each line item: goods, gift cards, tip.
fn line_items(sale: &Sale<'_>) -> Vec<Cells> {
    let item = |name: String, sku: &str, quantity: i32, price: i64, is_goods: bool| {
        vec![
            ("Lineitem quantity", quantity.to_string()),
            ("Lineitem name", name),
            ("Lineitem price", amount(price)),
            ("Lineitem sku", sku.to_owned()),
            ("Lineitem requires shipping", is_goods.to_string()),
            ("Lineitem taxable", is_goods.to_string()),
            (
                "Lineitem fulfillment status",
                if sale.is_accepted() { "fulfilled" } else { "pending" }.to_owned(),
            ),
            ("Lineitem discount", amount(0)),
            ("Vendor", "Synthetic Goods".to_owned()),
        ]
    };
    let mut items: Vec<Cells> = sale
        .goods
        .iter()
        .map(|goods| item(goods.name.to_owned(), goods.sku, goods.quantity, goods.price, true))
        .collect();
    if let Some(card) = sale.gift_card {
        items.push(item(format!("Gift Card - {}", amount(card.price)), "", card.quantity, card.price, false));
    }
    if sale.extra > 0 {
        items.push(item("Tip".to_owned(), "", 1, sale.extra, false));
    }
    items
}

fn financial_status(sale: &Sale<'_>, bill: &Bill) -> &'static str {
    match sale.fate {
        Fate::Unpaid if sale.wording == 0 => "expired",
        Fate::Unpaid => "pending",
        Fate::Voided => "voided",
        _ if bill.is_refunded() => "refunded",
        _ if bill.parts.refunded > 0 => "partially_refunded",
        _ => "paid",
    }
}

fn payment_method(sale: &Sale<'_>) -> &'static str {
    match (sale.fate, sale.wording) {
        (Fate::Test, _) => "bogus",
        (_, 0) => "PayPal Express Checkout",
        _ => "Shopify Payments",
    }
}

fn discount_code(sale: &Sale<'_>) -> String {
    ["WELCOME", "THANKYOU", "SPRING", "NEWS"].get(sale.wording).copied().unwrap_or_default().to_owned()
}
