//! What the person should know of a file before its numbers are believed: sentences for the screens.

use crate::field::{Field, normalised};
use crate::mapping::ColumnMap;
use crate::orders::OrderPlan;

/// What the rows looked at say of the customers' ids.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct CustomerTexts {
    /// Rows with a customer.
    pub(crate) filled: u64,
    /// Those that look like a person's name: letters and a blank, no digit.
    pub(crate) names: u64,
}

impl CustomerTexts {
    pub(crate) fn add(&mut self, text: &[u8]) {
        if text.is_empty() {
            return;
        }
        self.filled += 1;
        let has_blank = text.contains(&b' ');
        let is_name = has_blank && !text.iter().any(|byte| byte.is_ascii_digit() || *byte == b'@');
        self.names += u64::from(is_name);
    }
}

/// The notices of a file.
pub(crate) fn notices(
    columns: &[String],
    map: &ColumnMap,
    orders: Option<&OrderPlan>,
    customers: CustomerTexts,
) -> Vec<String> {
    let mut notices = Vec::new();
    if !map.has(Field::Email)
        && let Some(column) = map.get(Field::Customer).and_then(|column| columns.get(column))
        && customers.names * 2 > customers.filled
    {
        notices.push(format!(
            "Customers are told apart by their name alone (column '{column}'): two people of one name count as one, \
             and one person under two spellings as two. An export with e-mail addresses or customer ids tells them apart."
        ));
    }
    let Some(orders) = orders else { return notices };
    let is_read = |column: usize| map.iter().any(|(_, used)| used == column) || orders.packed.holds(column);
    let unread = |wanted: &dyn Fn(&str) -> bool| -> Vec<String> {
        let columns = columns.iter().enumerate().filter(|&(index, _)| !is_read(index));
        columns.filter(|(_, name)| wanted(&normalised(name))).map(|(_, name)| format!("'{name}'")).collect()
    };
    if !orders.has_items && !orders.packed.has_items() {
        let products = unread(&|name| {
            ["products", "items", "lineitems", "productnames", "itemnames", "orderitems"].contains(&name)
                || name.starts_with("productitem")
                || name.starts_with("lineitem")
        });
        if !products.is_empty() {
            notices.push(format!(
                "The products of an order are not read ({}: names without prices, or in a form that is not known): \
                 answers on products are absent. An export with a row for each line item has them.",
                products.join(", ")
            ));
        }
    }
    let refunds = unread(&|name| {
        let says_refund = ["refund", "erstattung", "rembours", "reembols", "rimbors"];
        says_refund.iter().any(|word| name.contains(word)) && !name.contains("reason")
    });
    if !refunds.is_empty() && !map.has(Field::Refund) && !orders.packed.has_refunds() {
        notices.push(format!(
            "Refunds seem to stand in {}, which is not read: orders count without what was given back. Map the column \
             with the amount that was given back with --map refund=COLUMN.",
            refunds.join(", ")
        ));
    }
    notices
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_customers_must_look_like_names() {
        let mut texts = CustomerTexts::default();
        for text in ["Ann Lee", "Bob Ott", "Cy", "17", "", "dan@x.org", "Eve 2"] {
            texts.add(text.as_bytes());
        }
        assert_eq!((texts.filled, texts.names), (6, 2));
    }
}
