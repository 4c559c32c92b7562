//! Orders as WooCommerce's exporters write them.

use std::io;

use super::bill::Bill;
use super::draw::{Sale, count_people, sales};
use super::options::ExportOptions;
use super::sheet::{Sheet, Stamp, amount};
use super::truth::{ExportTruth, Fate, Tally};
use crate::{Shop, SynthError};

const HEADINGS: [&str; 24] = [
    "row_type",
    "order_id",
    "order_number",
    "date_created",
    "status",
    "currency",
    "customer_id",
    "billing_email",
    "billing_first_name",
    "billing_last_name",
    "billing_country",
    "billing_city",
    "payment_method",
    "shipping_total",
    "tax_total",
    "fee_total",
    "discount_total",
    "order_total",
    "refunded_total",
    "item_name",
    "item_sku",
    "item_quantity",
    "item_subtotal",
    "item_total",
];

type Cells = Vec<(&'static str, String)>;

/// Writes the shop's orders as one row per order and one row per line item, as WooCommerce's exporters do, and says
/// what they must come to.
///
/// A row of type `order` holds the order and no item; the `line_item` rows after it hold `order_id`,
/// `order_number` and the item: the goods, then `Gift Card - 25.00` (SKU `GIFTCARD-25`). All amounts but
/// `order_total` and `refunded_total` are without tax: `item_total` = `item_subtotal` − its share of the order's
/// discount, which is spread over the goods by value to the cent (largest remainders first, ties by line), and
/// `order_total` = the items' totals + shipping + fees + tax. Guests have `customer_id` 0 and are known by
/// `billing_email`, some with capitals or a blank; a customer whom only orders set aside would name by id is a guest.
/// A cancelled order is `cancelled`, an unpaid one `pending` or `on-hold`, one refunded in full `refunded`. A payment
/// that came to nothing is `failed`, which is the same as never paid: `voided` orders count under `unpaid-order`.
/// WooCommerce marks no test orders, so `test_orders` does nothing here.
///
/// Which orders are written, and how chance is used, is told at [`crate::write_shopify`].
///
/// # Errors
/// [`ExportOptions::check`]; [`SynthError::Write`] when `out` refuses.
pub fn write_woocommerce(
    shop: &Shop,
    options: &ExportOptions,
    seed: u64,
    out: &mut impl io::Write,
) -> Result<ExportTruth, SynthError> {
    options.check()?;
    let options = &ExportOptions { test_orders: 0.0, ..options.clone() };
    let sales = sales(shop, options, seed);
    let mut sheet = Sheet::new(out, &HEADINGS)?;
    let mut tally = Tally::new();
    for sale in &sales {
        let bill = Bill::of_woocommerce(sale, options);
        let items = line_items(sale, &bill);
        let fate = if sale.fate == Fate::Voided { Fate::Unpaid } else { sale.fate };
        tally.add(1 + items.len() as u64, fate, sale.month(options), &bill.parts);
        sheet.write(&order_row(sale, &bill, options))?;
        for mut item in items {
            item.extend(keys("line_item", sale));
            sheet.write(&item)?;
        }
    }
    sheet.finish()?;
    let mut truth = tally.finish();
    count_people(&sales, options, &mut truth);
    Ok(truth)
}

/// WooCommerce numbers orders among all other things of the site, so there are gaps.
fn keys(row_type: &str, sale: &Sale<'_>) -> Cells {
    let id = (5_012 + 3 * sale.number).to_string();
    vec![("row_type", row_type.to_owned()), ("order_id", id.clone()), ("order_number", id)]
}

fn order_row(sale: &Sale<'_>, bill: &Bill, options: &ExportOptions) -> Cells {
    let parts = &bill.parts;
    let stamp = Stamp::new(sale.placed, options.file_zone);
    let customer_id = if sale.by_email { 0 } else { u64::from(sale.customer) + 1 };
    let mut cells = keys("order", sale);
    cells.extend([
        (
            "date_created",
            format!("{}T{}{}:{}", stamp.day, stamp.time, stamp.offset_hours, stamp.offset_minutes),
        ),
        ("status", status(sale, bill).to_owned()),
        ("currency", options.currency.clone()),
        ("customer_id", customer_id.to_string()),
        ("billing_email", sale.typed_email.clone()),
        ("billing_first_name", sale.person.first_name.to_owned()),
        ("billing_last_name", sale.person.last_name.to_owned()),
        ("billing_country", sale.country.to_owned()),
        ("billing_city", sale.person.town.to_owned()),
        ("payment_method", payment_method(sale).to_owned()),
        ("shipping_total", amount(parts.shipping)),
        ("tax_total", amount(parts.tax)),
        ("fee_total", amount(parts.fees)),
        ("discount_total", amount(parts.discount)),
        ("order_total", amount(parts.total())),
        ("refunded_total", amount(parts.refunded)),
    ]);
    cells
}

/// The cells of each line item: goods, then gift cards.
fn line_items(sale: &Sale<'_>, bill: &Bill) -> Vec<Cells> {
    let item = |name: String, sku: String, quantity: i32, subtotal: i64, total: i64| {
        vec![
            ("item_name", name),
            ("item_sku", sku),
            ("item_quantity", quantity.to_string()),
            ("item_subtotal", amount(subtotal)),
            ("item_total", amount(total)),
        ]
    };
    let values = bill.lines.iter().zip(&bill.line_discounts);
    let mut items: Vec<Cells> = sale
        .goods
        .iter()
        .zip(values)
        .map(|(goods, (value, discount))| {
            item(goods.name.to_owned(), goods.sku.to_owned(), goods.quantity, *value, value - discount)
        })
        .collect();
    if let Some(card) = sale.gift_card {
        let (value, sku) = (bill.parts.gift_cards, format!("GIFTCARD-{}", card.price / 100));
        items.push(item(format!("Gift Card - {}", amount(card.price)), sku, card.quantity, value, value));
    }
    items
}

fn status(sale: &Sale<'_>, bill: &Bill) -> &'static str {
    match sale.fate {
        Fate::Cancelled => "cancelled",
        Fate::Unpaid if sale.wording < 2 => "on-hold",
        Fate::Unpaid => "pending",
        Fate::Voided => "failed",
        Fate::Accepted if bill.is_refunded() => "refunded",
        Fate::Accepted if sale.wording == 0 => "processing",
        Fate::Accepted | Fate::Test => "completed",
    }
}

fn payment_method(sale: &Sale<'_>) -> &'static str {
    match sale.wording {
        0 => "paypal",
        1 => "bacs",
        _ => "stripe",
    }
}
