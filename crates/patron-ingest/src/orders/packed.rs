//! Items that stand packed in columns of their order's row: `name:Mug|sku:MUG|quantity:2|total:30.00`, a column an item.

use crate::DecimalMark;
use crate::field::normalised;
use crate::mapping::ColumnMap;
use crate::numbers;
use crate::rows::{Row, trimmed};

/// The columns that hold something packed.
#[derive(Clone, Debug, Default)]
pub(crate) struct PackedColumns {
    items: Vec<usize>,
    refunds: Option<usize>,
}

/// One item as it was packed; numbers in ten-thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PackedItem {
    pub(super) code: Vec<u8>,
    pub(super) name: Vec<u8>,
    pub(super) quantity: Option<i64>,
    /// After discounts.
    pub(super) total: Option<i64>,
    /// Before discounts.
    pub(super) gross: Option<i64>,
}

impl PackedColumns {
    /// The packed columns among these headings; none where rows are items anyway.
    pub(crate) fn new(map: &ColumnMap, columns: &[String]) -> Self {
        if map.has_items() {
            return Self::default();
        }
        let plain: Vec<String> = columns.iter().map(|heading| normalised(heading)).collect();
        let is_item = |heading: &str| {
            let number = heading.strip_prefix("lineitem");
            number
                .is_some_and(|number| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        Self {
            items: (0..plain.len()).filter(|&column| is_item(&plain[column])).collect(),
            refunds: plain.iter().position(|heading| heading == "refunditems"),
        }
    }

    pub(crate) fn has_items(&self) -> bool {
        !self.items.is_empty()
    }

    pub(crate) fn has_refunds(&self) -> bool {
        self.refunds.is_some()
    }

    /// Whether a column is read as packed.
    pub(crate) fn holds(&self, column: usize) -> bool {
        self.items.contains(&column) || self.refunds == Some(column)
    }

    /// The items of a row; what does not name a value is none.
    pub(super) fn items(&self, row: Row<'_>) -> Vec<PackedItem> {
        let texts = self.items.iter().map(|&column| trimmed(row.field(column)));
        texts.filter(|text| !text.is_empty()).filter_map(item).collect()
    }

    /// What went back, in ten-thousandths, and the text of its last date.
    pub(super) fn refund<'a>(&self, row: Row<'a>) -> Option<(i64, &'a [u8])> {
        let text = trimmed(row.field(self.refunds?));
        let mut sum = 0_i64;
        let mut date = &b""[..];
        for refund in text.split(|&byte| byte == b';') {
            for (key, value) in pairs(refund) {
                match key.to_ascii_lowercase().as_slice() {
                    b"amount" => sum = sum.saturating_add(number(value).unwrap_or(0).saturating_abs()),
                    b"date" => date = value,
                    _ => {}
                }
            }
        }
        (sum > 0).then_some((sum, date))
    }
}

fn item(text: &[u8]) -> Option<PackedItem> {
    let mut item = PackedItem::default();
    for (key, value) in pairs(text) {
        match normalised(&String::from_utf8_lossy(key)).as_str() {
            "name" => item.name = value.to_vec(),
            "sku" => item.code = value.to_vec(),
            "productid" if item.code.is_empty() => item.code = value.to_vec(),
            "quantity" => item.quantity = number(value),
            "total" => item.total = number(value),
            "subtotal" => item.gross = number(value),
            _ => {}
        }
    }
    if item.code.is_empty() {
        item.code.clone_from(&item.name);
    }
    (item.total.is_some() || item.gross.is_some()).then_some(item)
}

fn pairs(text: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    text.split(|&byte| byte == b'|').filter_map(|part| {
        let colon = memchr::memchr(b':', part)?;
        Some((trimmed(&part[..colon]), trimmed(&part[colon + 1..])))
    })
}

/// Such columns are written by programs: with a point.
fn number(text: &[u8]) -> Option<i64> {
    numbers::parse(text, DecimalMark::Point).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_read_from_its_parts_and_unknown_ones_are_ignored() {
        let text = b"name:Mug: large|product_id:11|sku:MUG|quantity:2|total:27.00|sub_total:30.00|meta:a:b";
        let expected = PackedItem {
            code: b"MUG".to_vec(),
            name: b"Mug: large".to_vec(),
            quantity: Some(20_000),
            total: Some(270_000),
            gross: Some(300_000),
        };
        assert_eq!(item(text), Some(expected));
        assert_eq!(item(b"name:Tea|total:5").map(|item| item.code), Some(b"Tea".to_vec()));
        assert_eq!(item(b"a note: nothing of the kind"), None);
    }
}
