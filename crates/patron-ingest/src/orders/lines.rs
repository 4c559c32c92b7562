//! The lines of an order as sale lines.

use std::borrow::Cow;

use crate::field::Field;
use crate::line::{Faulty, LineReader, SaleLine};
use crate::rows::Row;

use super::{CONTACT_FIELDS, Code, Orders};

/// A line that waits to be taken, with the row to show for it.
pub(crate) struct WaitingLine<'a> {
    pub(crate) row: Row<'a>,
    pub(crate) line: Result<SaleLine<'a>, Faulty>,
    pub(crate) contact: [&'a [u8]; CONTACT_FIELDS.len()],
}

impl Orders {
    /// The line that waits.
    pub(crate) fn line(&self, reader: &LineReader) -> Option<WaitingLine<'_>> {
        let assembled = self.lines.get(self.next)?;
        let row = self.rows.row(assembled.row);
        let contact = self.order.contact.each_ref().map(Vec::as_slice);
        let content = match &assembled.content {
            Ok(content) => content,
            Err(faulty) => return Some(WaitingLine { row, line: Err(faulty.clone()), contact }),
        };
        let (product, description) = match &content.product {
            Code::OfRow => item_code(row, reader),
            Code::Packed(code, name) => (code.as_slice(), name.as_slice()),
            Code::Made(code, description) => (code.as_bytes(), description.as_bytes()),
        };
        let order = &self.order;
        let line = SaleLine {
            customer: Cow::Borrowed(&order.customer),
            known_by: order.known_by,
            order: &order.number,
            product,
            description,
            country: &order.country,
            payment: &order.payment,
            currency: &order.currency,
            missing: content.missing,
            timestamp: content.timestamp,
            quantity: content.quantity,
            units: content.units,
            price: content.price,
            unit_price: content.unit_price,
            discount: content.discount,
            amount: content.amount,
            valued_by_amount: content.price.is_none(),
            order_tells: Some(content.tells),
        };
        let row = if assembled.made { self.rows.row(0) } else { row };
        Some(WaitingLine { row, line: Ok(line), contact })
    }
}

/// Code and description of an item; one without a code goes by its name.
pub(super) fn item_code<'a>(row: Row<'a>, reader: &LineReader) -> (&'a [u8], &'a [u8]) {
    let (code, name) = (reader.text(row, Field::Product), reader.text(row, Field::Description));
    (if code.is_empty() { name } else { code }, name)
}
