//! Sale lines in column batches: what readers, generators and the database exchange.

use crate::{Money, Timestamp};

/// The code of "none": a line without a customer, a product, an order or a country.
pub const NO_CODE: u32 = u32::MAX;

/// What a line is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum LineKind {
    /// Goods sold.
    #[default]
    Sale,
    /// Goods cancelled or brought back: a negative amount on its own date.
    Return,
    /// Postage, fees, manual adjustments: kept, but left out of product, customer and value answers.
    Service,
}

impl LineKind {
    /// The word stored in the database.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Service => "service",
        }
    }

    /// The kind behind a stored word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Sale, Self::Return, Self::Service].into_iter().find(|kind| kind.word() == word)
    }
}

/// A product as its first line names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProductEntry {
    /// Stock code in its canonical spelling.
    pub sku: String,
    /// Description, possibly empty.
    pub description: String,
}

/// An order (invoice) as its first line names it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderEntry {
    /// Invoice number; for a log without one, `customer@day`.
    pub number: String,
    /// Whether the number was made from customer and day because the file has none.
    pub derived: bool,
    /// How it was paid, where the file says.
    pub payment: Option<String>,
}

/// What a batch adds to the dictionaries: entry i of a list has the code "length before the batch + i".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewEntries {
    /// Customers' ids as the shop writes them.
    pub customers: Vec<String>,
    /// Products.
    pub products: Vec<ProductEntry>,
    /// Orders.
    pub orders: Vec<OrderEntry>,
    /// Countries.
    pub countries: Vec<String>,
}

/// Some lines, column by column; all columns have one length, and row i of each belongs together.
///
/// Codes count from 0 over the whole stream of batches: a batch brings the entries it uses for the first time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaleBatch {
    /// Customer codes, [`NO_CODE`] where unknown.
    pub customer: Vec<u32>,
    /// Product codes, [`NO_CODE`] in logs without products.
    pub product: Vec<u32>,
    /// Order codes; every line has one.
    pub order: Vec<u32>,
    /// Country codes, [`NO_CODE`] where unknown.
    pub country: Vec<u32>,
    /// Seconds on the shop's wall clock.
    pub timestamp: Vec<Timestamp>,
    /// Units; negative for returns. A fractional quantity is rounded here and keeps its exact amount.
    pub quantity: Vec<i32>,
    /// Price of one unit, before discount.
    pub unit_price: Vec<Money>,
    /// Discount taken off the line (positive).
    pub discount: Vec<Money>,
    /// Exact net value of the line: what is summed.
    pub amount: Vec<Money>,
    /// Sale, return or service.
    pub kind: Vec<LineKind>,
    /// Line number in the file, counted from 1 with the header.
    pub line: Vec<u64>,
    /// Dictionary entries that appear here for the first time.
    pub added: NewEntries,
}

impl SaleBatch {
    /// Number of lines.
    pub fn len(&self) -> usize {
        self.amount.len()
    }

    /// Whether it holds no line.
    pub fn is_empty(&self) -> bool {
        self.amount.is_empty()
    }
}

/// A 128-bit mark of a line (order, product, time, quantity, amount), by which a line that an earlier import
/// holds is recognised. FNV-1a over the fields, each text closed by a byte that no text contains.
pub fn line_key(order: &str, sku: &str, timestamp: Timestamp, quantity: i32, amount: Money) -> u128 {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    let texts = order.bytes().chain([0xff]).chain(sku.bytes()).chain([0xff]);
    let numbers = timestamp.to_le_bytes().into_iter().chain(quantity.to_le_bytes());
    let all = texts.chain(numbers).chain(amount.ten_thousandths().to_le_bytes());
    all.fold(OFFSET, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_depends_on_every_field() {
        let one = Money::from_ten_thousandths(1);
        let key = line_key("536365", "85123A", 10, 6, one);
        let others = [
            line_key("53636", "585123A", 10, 6, one),
            line_key("536365", "85123B", 10, 6, one),
            line_key("536365", "85123A", 11, 6, one),
            line_key("536365", "85123A", 10, 7, one),
            line_key("536365", "85123A", 10, 6, Money::ZERO),
        ];
        assert!(!others.contains(&key));
        assert_eq!(key, line_key("536365", "85123A", 10, 6, one));
    }

    #[test]
    fn kinds_survive_their_word() {
        for kind in [LineKind::Sale, LineKind::Return, LineKind::Service] {
            assert_eq!(LineKind::from_word(kind.word()), Some(kind));
        }
    }
}
