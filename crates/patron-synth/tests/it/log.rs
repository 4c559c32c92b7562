//! A shop's log as text, and a count of its dirt that knows nothing but the text.

use std::collections::HashSet;

use patron_synth::Shop;

/// The log in the columns of Online Retail, without a header.
pub(crate) fn csv(shop: &Shop) -> Vec<String> {
    let mut rows = Vec::new();
    let visited: Result<(), ()> = shop.try_for_each_line(|line| {
        rows.push(format!(
            "{},{},{},{},{},{},{},{}",
            line.order,
            line.sku,
            line.description,
            line.quantity,
            line.timestamp,
            line.unit_price,
            line.customer.unwrap_or(""),
            line.country
        ));
        Ok(())
    });
    assert_eq!(visited, Ok(()));
    rows
}

/// What can be seen in the text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct SeenDirt {
    pub(crate) duplicate_lines: u64,
    pub(crate) cancellation_orders: u64,
    pub(crate) cancellation_lines: u64,
    pub(crate) orders_without_customer: u64,
    pub(crate) lines_without_customer: u64,
    pub(crate) zero_price_lines: u64,
    pub(crate) negative_price_lines: u64,
    pub(crate) service_lines: u64,
}

impl SeenDirt {
    pub(crate) fn in_log(rows: &[String]) -> Self {
        let mut seen = Self::default();
        let (mut lines, mut cancellations, mut anonymous) = (HashSet::new(), HashSet::new(), HashSet::new());
        for row in rows {
            let fields: Vec<&str> = row.split(',').collect();
            let [order, sku, _, quantity, _, price, customer, _] = fields[..] else { panic!("{row}") };
            seen.duplicate_lines += u64::from(!lines.insert(row));
            assert_eq!(order.starts_with('C'), quantity.starts_with('-'), "{row}");
            if order.starts_with('C') {
                cancellations.insert(order);
                seen.cancellation_lines += 1;
            }
            if customer.is_empty() {
                anonymous.insert(order);
                seen.lines_without_customer += 1;
            }
            seen.zero_price_lines += u64::from(price == "0.00");
            assert_eq!(
                (sku == "B", order.starts_with('A')),
                (price.starts_with('-'), price.starts_with('-')),
                "{row}"
            );
            seen.negative_price_lines += u64::from(sku == "B");
            let is_service = sku != "B" && !sku.bytes().take(5).all(|byte| byte.is_ascii_digit());
            seen.service_lines += u64::from(is_service);
        }
        seen.cancellation_orders = cancellations.len() as u64;
        seen.orders_without_customer = anonymous.len() as u64;
        seen
    }
}
