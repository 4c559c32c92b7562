//! Refunds as rows of their own, in files whose rows are whole orders: under the number of their order or under their
//! own, on their own day, with a negative amount. They may stand above their order: a look at the whole file finds them
//! before it is read.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::DecimalMark;
use crate::field::Field;
use crate::line::is_nothing;
use crate::numbers;

/// The money of a row that is a whole order, as text.
pub(crate) fn money_text<'a>(text: impl Fn(Field) -> &'a [u8]) -> &'a [u8] {
    let fields = [Field::Amount, Field::OrderTotal, Field::Subtotal];
    fields.into_iter().map(text).find(|text| !is_nothing(text)).unwrap_or_default()
}

/// What a look at the rows collects.
#[derive(Clone, Debug, Default)]
pub(crate) struct SeenRows {
    /// Number, customer and money of rows that may be below zero.
    negative: Vec<[Box<[u8]>; 3]>,
    /// Order number → status, of all others.
    statuses: FxHashMap<Box<[u8]>, Box<[u8]>>,
}

impl SeenRows {
    pub(crate) fn add(&mut self, number: &[u8], customer: &[u8], money: &[u8], status: &[u8]) {
        if number.is_empty() {
            return;
        }
        // a hyphen, a minus sign or brackets
        let may_be_negative = money.iter().any(|byte| matches!(byte, b'-' | b'('))
            || money.windows(3).any(|bytes| bytes == "\u{2212}".as_bytes());
        if may_be_negative {
            self.negative.push([number, customer, money].map(Into::into));
        } else {
            self.statuses.entry(number.into()).or_insert_with(|| status.into());
        }
    }
}

/// The refunds of a file that are rows of their own.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backs {
    /// Numbers of the orders that have some.
    numbers: FxHashSet<Box<[u8]>>,
    /// Statuses of these orders, where the file has them.
    statuses: FxHashMap<Box<[u8]>, Box<[u8]>>,
    /// Money that went back under numbers of its own, customer by customer, in ten-thousandths.
    pub(super) unassigned: FxHashMap<Box<[u8]>, i128>,
}

impl Backs {
    pub(crate) fn new(seen: SeenRows, mark: DecimalMark) -> Self {
        let SeenRows { negative, mut statuses } = seen;
        let mut backs = Self::default();
        for [number, customer, money] in negative {
            let Some(amount) = numbers::parse(&money, mark).ok().filter(|&amount| amount < 0) else {
                continue;
            };
            if let Some((number, status)) = statuses.remove_entry(&number) {
                backs.statuses.insert(number, status);
            } else if !backs.statuses.contains_key(&number) {
                *backs.unassigned.entry(customer).or_default() -= i128::from(amount);
            }
            backs.numbers.insert(number);
        }
        backs
    }

    /// Whether refunds of an order are rows of their own.
    pub(super) fn has(&self, number: &[u8]) -> bool {
        self.numbers.contains(number)
    }

    /// Status of the order that a refund belongs to.
    pub(super) fn status_of_order(&self, number: &[u8]) -> Option<&[u8]> {
        self.statuses.get(number).map(AsRef::as_ref)
    }
}

/// The part of an order's money that did not go back under another number; that much is used up.
pub(super) fn not_back_yet(
    unassigned: &mut FxHashMap<Box<[u8]>, i128>,
    customer: &[u8],
    money: i128,
) -> i128 {
    let Some(back) = unassigned.get_mut(customer) else { return money };
    let used = money.clamp(0, *back);
    *back -= used;
    money - used
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refunds_find_their_order_above_and_below_and_the_others_their_customer() {
        let mut seen = SeenRows::default();
        let rows = [("1", "ann", "-5", ""), ("1", "ann", "20", "completed"), ("2", "bob", "9", "refunded")];
        for (number, customer, money, status) in rows.into_iter().chain([("3", "bob", "(9.00)", "")]) {
            seen.add(number.as_bytes(), customer.as_bytes(), money.as_bytes(), status.as_bytes());
        }
        let backs = Backs::new(seen, DecimalMark::Point);
        assert!(backs.has(b"1") && backs.has(b"3") && !backs.has(b"2"));
        assert_eq!(backs.status_of_order(b"1"), Some(&b"completed"[..]));
        let mut unassigned = backs.unassigned.clone();
        assert_eq!(not_back_yet(&mut unassigned, b"bob", 100_000), 10_000);
        assert_eq!(not_back_yet(&mut unassigned, b"bob", 100_000), 100_000);
        assert_eq!(not_back_yet(&mut unassigned, b"ann", 50_000), 50_000);
    }
}
