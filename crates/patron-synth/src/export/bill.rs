//! The money of one order, in the amounts its shape shows.

use super::draw::{Discount, Refund, Sale};
use super::money::{proportion, spread};
use super::options::ExportOptions;
use super::truth::{Fate, Parts};

const MILLION: i64 = 1_000_000;

/// The money of an order, in cents.
#[derive(Clone, Debug)]
pub(crate) struct Bill {
    pub(crate) parts: Parts,
    /// Each goods line before its discount.
    pub(crate) lines: Vec<i64>,
    /// The order's discount, spread over these lines by value.
    pub(crate) line_discounts: Vec<i64>,
}

impl Bill {
    /// As Shopify has it: the catalogue's prices, tax inside or on top; tips, no fees; a cancelled order is paid back.
    pub(crate) fn of_shopify(sale: &Sale<'_>, options: &ExportOptions) -> Self {
        let lines = line_values(sale);
        let start = Parts { shipping: sale.shipping, tips: sale.extra, ..Parts::default() };
        let mut bill = Self::new(sale, options, lines, start, options.prices_include_tax);
        if sale.fate == Fate::Cancelled {
            bill.parts.refunded = bill.parts.total();
        }
        bill
    }

    /// As WooCommerce has it: everything without tax, which is taken out of each line where prices include it, and
    /// added to the order; fees, no tips.
    pub(crate) fn of_woocommerce(sale: &Sale<'_>, options: &ExportOptions) -> Self {
        let rate = options.tax_millionths();
        let without_tax = |cents: i64| {
            cents - if options.prices_include_tax { proportion(cents, rate, MILLION + rate) } else { 0 }
        };
        let lines = line_values(sale).into_iter().map(without_tax).collect();
        let start = Parts { shipping: without_tax(sale.shipping), fees: sale.extra, ..Parts::default() };
        Self::new(sale, options, lines, start, false)
    }

    fn new(
        sale: &Sale<'_>,
        options: &ExportOptions,
        lines: Vec<i64>,
        start: Parts,
        includes_tax: bool,
    ) -> Self {
        let goods: i64 = lines.iter().sum();
        let discount = match sale.discount {
            None => 0,
            Some(Discount::Percent(percent)) => proportion(goods, percent, 100),
            Some(Discount::Amount(share)) => (goods as f64 / 3.0 * share) as i64,
        };
        let gift_cards = sale.gift_card.map_or(0, |card| card.price * i64::from(card.quantity));
        let (rate, taxed) = (options.tax_millionths(), goods - discount + start.shipping);
        let tax = proportion(taxed, rate, if includes_tax { MILLION + rate } else { MILLION });
        let line_discounts = spread(discount, &lines);
        let mut bearers: Vec<i64> = lines.iter().zip(&line_discounts).map(|(line, off)| line - off).collect();
        bearers.push(start.shipping);
        let of_lines = spread(tax, &bearers).into_iter().take(lines.len());
        let goods_tax = if includes_tax { of_lines.sum() } else { 0 };
        let mut parts = Parts { goods, discount, gift_cards, tax, includes_tax, goods_tax, ..start };
        let (total, pot) = (parts.total(), parts.goods_and_tax());
        let some = |of: i64, share: f64| ((of as f64 * share) as i64).clamp(1, of.max(1));
        parts.refunded = match sale.refund {
            Refund::Nothing => 0,
            Refund::Everything => total,
            Refund::Beyond(share) if total > pot + 1 => pot + some(total - pot - 1, share),
            Refund::Share(share) | Refund::Beyond(share) => some(total - 1, share),
        };
        Self { parts, lines, line_discounts }
    }

    /// Whether all money went back.
    pub(crate) fn is_refunded(&self) -> bool {
        self.parts.refunded == self.parts.total()
    }
}

fn line_values(sale: &Sale<'_>) -> Vec<i64> {
    sale.goods.iter().map(|goods| goods.price * i64::from(goods.quantity)).collect()
}
