//! The items of an order's rows.

use patron_domain::Money;

use super::lines::item_code;
use super::money::{Item, ItemKind, LARGEST, Told, whole_order};
use super::packed::PackedItem;
use super::read::{bounded, is_true};
use super::{Code, Orders, words};
use crate::field::Field;
use crate::line::{Fault, Faulty, LineReader, ServiceName, is_nothing, rounded_units};
use crate::rows::Row;

/// An item with what its line needs beside money.
pub(super) struct Reading {
    pub(super) row: usize,
    pub(super) item: Item,
    pub(super) quantity: Option<i64>,
    pub(super) units: i32,
    pub(super) price: Option<Money>,
    pub(super) service: ServiceName,
    pub(super) code: Code,
    /// Whether its row holds an earlier item.
    pub(super) is_further: bool,
}

impl Orders {
    /// The items of a row: those packed in it, else its own.
    pub(super) fn readings(
        &self,
        index: usize,
        row: Row<'_>,
        told: &Told,
        reader: &LineReader,
    ) -> Vec<Result<Reading, Faulty>> {
        let packed = self.plan.packed.items(row);
        if packed.is_empty() {
            return vec![self.reading(index, row, told, reader)];
        }
        let items = packed.into_iter().enumerate();
        items.map(|(place, item)| packed_reading(index, place > 0, item)).collect()
    }

    fn reading(
        &self,
        index: usize,
        row: Row<'_>,
        told: &Told,
        reader: &LineReader,
    ) -> Result<Reading, Faulty> {
        let faulty = |fault, field| Faulty { fault, column: reader.column(field), amount: None };
        let number = |field: Field| {
            bounded(reader, reader.text(row, field), field).map_err(|fault| faulty(fault, field))
        };
        let (quantity, price) = (number(Field::Quantity)?, number(Field::Price)?);
        let (amount, gross) = (number(Field::Amount)?.map(i128::from), number(Field::Gross)?.map(i128::from));
        let discount = i128::from(number(Field::Discount)?.unwrap_or(0).abs());
        let units = match quantity {
            Some(quantity) => {
                rounded_units(quantity).ok_or_else(|| faulty(Fault::NumberTooLarge, Field::Quantity))?
            }
            None => 1,
        };
        let times = |price: i64| {
            let exact = i128::from(price) * i128::from(quantity.unwrap_or(Money::SCALE));
            let scale = i128::from(Money::SCALE);
            (exact + scale / 2 * exact.signum()) / scale
        };
        let kind = if self.plan.has_items { kind_in(row, reader) } else { ItemKind::Goods };
        let taxable = reader.text(row, Field::Taxable);
        let untaxed = !is_nothing(taxable) && !is_true(taxable);
        let takes_back = quantity.is_some_and(|quantity| quantity < 0);
        let discount = if takes_back { -discount } else { discount };
        let off = |gross: i128| Item { kind, gross, discount, is_final: false, untaxed };
        let item = match (amount, gross, price) {
            (Some(amount), gross, _) => {
                // a line worth more than before its discounts had none
                let had_discount = |gross: &i128| (gross - amount) * if takes_back { -1 } else { 1 } >= 0;
                let gross = gross.filter(had_discount).unwrap_or(amount + discount);
                Item { kind, gross, discount: gross - amount, is_final: true, untaxed }
            }
            (None, Some(gross), _) => off(gross),
            (None, None, Some(price)) => off(times(price)),
            (None, None, None) if !self.plan.has_items => whole_order(told),
            (None, None, None) => {
                let value = [Field::Amount, Field::Price, Field::Gross];
                let column = value.into_iter().find_map(|field| reader.column(field));
                return Err(Faulty { fault: Fault::MissingValue, column, amount: None });
            }
        };
        if item.gross.abs() > i128::from(LARGEST) {
            return Err(faulty(Fault::NumberTooLarge, Field::Quantity));
        }
        let price = price.map(Money::from_ten_thousandths);
        let service = service_of(kind);
        Ok(Reading {
            row: index,
            item,
            quantity,
            units,
            price,
            service,
            code: Code::OfRow,
            is_further: false,
        })
    }
}

fn packed_reading(row: usize, is_further: bool, item: PackedItem) -> Result<Reading, Faulty> {
    let PackedItem { code, name, quantity, total, gross } = item;
    let too_large = Faulty { fault: Fault::NumberTooLarge, column: None, amount: None };
    let numbers = [quantity, total, gross].into_iter().flatten();
    if numbers.into_iter().any(|number| number.unsigned_abs() > LARGEST as u64) {
        return Err(too_large);
    }
    let units = quantity.map_or(Some(1), rounded_units).ok_or(too_large)?;
    let (total, gross) = (total.or(gross).unwrap_or(0), gross.or(total).unwrap_or(0));
    let text = if name.is_empty() { &code } else { &name };
    let kind = words::kind_of(&String::from_utf8_lossy(text), true);
    let item = Item {
        kind,
        gross: i128::from(gross.max(total)),
        discount: i128::from(gross.max(total) - total),
        is_final: true,
        untaxed: false,
    };
    let (price, service) = (None, service_of(kind));
    Ok(Reading { row, item, quantity, units, price, service, code: Code::Packed(code, name), is_further })
}

const fn service_of(kind: ItemKind) -> ServiceName {
    match kind {
        ItemKind::Goods => ServiceName::Other,
        ItemKind::GiftCard => ServiceName::GiftCard,
        ItemKind::Tip => ServiceName::Tip,
    }
}

/// What the item of a row is. Gift cards and tips are neither sent nor taxed, where the file says.
fn kind_in(row: Row<'_>, reader: &LineReader) -> ItemKind {
    let is_marked = |field: Field| is_true(reader.text(row, field));
    let is_service = !is_marked(Field::RequiresShipping) && !is_marked(Field::Taxable);
    let (code, name) = item_code(row, reader);
    let of_text = |text: &[u8]| words::kind_of(&String::from_utf8_lossy(text), is_service);
    match of_text(if name.is_empty() { code } else { name }) {
        ItemKind::Goods if is_service && of_text(code) == ItemKind::GiftCard => ItemKind::GiftCard,
        kind => kind,
    }
}
