//! What the rows of an order say: their roles, the fields of the order, its items and its money.

use patron_domain::{StatusMeaning, Timestamp};

use super::items::Reading;
use super::money::{Charges, LARGEST, Told};
use super::words::{meaning, status_word};
use super::{Assembled, CONTACT_FIELDS, Common, Orders, money_text};
use crate::field::{Field, normalised};
use crate::line::{Fault, Faulty, LineReader, is_nothing, whole_id};
use crate::overlay::OrderCondition;
use crate::rows::Row;

/// What a row describes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Item,
    Order,
    Refund,
}

/// Fields of items; all others belong to the order.
pub(super) const ITEM_FIELDS: [Field; 7] = [
    Field::Product,
    Field::Description,
    Field::Quantity,
    Field::Price,
    Field::Amount,
    Field::Gross,
    Field::Discount,
];

impl Orders {
    pub(super) fn role(&self, row: Row<'_>, reader: &LineReader) -> Role {
        if !self.plan.has_items {
            return Role::Item;
        }
        let kind = String::from_utf8_lossy(reader.text(row, Field::RowType)).to_lowercase();
        match normalised(&kind).as_str() {
            "lineitem" | "item" | "line" | "product" => return Role::Item,
            "" => {}
            kind if kind.contains("refund") => return Role::Refund,
            _ => return Role::Order,
        }
        let filled = ITEM_FIELDS.into_iter().any(|field| !is_nothing(reader.text(row, field)));
        if filled { Role::Item } else { Role::Order }
    }

    /// The first value of a field of the order, and the row it stands in.
    fn first<'a>(&'a self, roles: &[Role], field: Field, reader: &LineReader) -> Option<(usize, &'a [u8])> {
        let rows = self.rows.iter().zip(roles).enumerate();
        let own = rows.filter(|(_, (_, role))| **role != Role::Refund);
        let mut texts = own.map(|(index, (row, _))| (index, reader.text(row, field)));
        texts.find(|(_, text)| !is_nothing(text))
    }

    pub(super) fn common(&mut self, roles: &[Role], is_back: bool, reader: &LineReader) -> Common {
        let is_repeated = self.is_repeated(is_back, reader);
        let own = self.first(roles, Field::Status, reader).map_or(&b""[..], |(_, text)| text);
        // what becomes of an order becomes of its refunds
        let of_order = self.backs.status_of_order(&self.number).filter(|_| is_back);
        let word = status_word(of_order.unwrap_or(own));
        let means = meaning(&word);
        if !is_back {
            let text = String::from_utf8_lossy(own).into_owned();
            self.count_status(&text, &word, means);
        }
        let text = |field: Field| self.first(roles, field, reader).map_or(&b""[..], |(_, text)| text);
        // an id of 0 on the first row must not hide one further down, nor the address
        let mut ids = self.rows.iter().map(|row| reader.text(row, Field::Customer));
        let id = ids.find(|id| reader.people.account(id).is_some()).unwrap_or_default();
        let (customer, known_by) = reader.people.customer(id, text(Field::Email));
        let country = match text(Field::Country) {
            b"" => text(Field::ShippingCountry),
            country => country,
        };
        let fields = Field::ALL.into_iter().filter(|&field| reader.column(field).is_some());
        let empty = fields.filter(|&field| text(field).is_empty());
        let mut missing = empty.fold(0, |bits, field| bits | field.bit()) & !Field::Customer.bit();
        missing |= if customer.is_empty() { Field::Customer.bit() } else { 0 };
        let mut contact = CONTACT_FIELDS.map(|field| text(field).to_vec());
        contact[0] = crate::people::address(&contact[0]).into_owned();
        contact[2] = country.to_vec();
        let facts = OrderFacts {
            is_cancelled: is_true(text(Field::Cancelled)) || means == StatusMeaning::Cancelled,
            is_test: is_true(text(Field::Test))
                || holds_any(text(Field::Payment), &self.plan.settings.test_payments),
            is_repeated: is_repeated && self.plan.repeats,
            means,
        };
        let owner = self.plan.rules.iter().position(|rule| facts.fulfil(&rule.when));
        Common {
            known_by,
            number: whole_id(text(Field::Order)).to_vec(),
            country: country.to_vec(),
            payment: text(Field::Payment).to_vec(),
            currency: text(Field::Currency).to_vec(),
            contact,
            missing,
            owner,
            unknown_status: means == StatusMeaning::Unknown,
            customer: customer.into_owned(),
        }
    }

    /// Whether the order stands further up too. A refund that is a row of its own is another thing than its order,
    /// but the same refund may come twice.
    fn is_repeated(&mut self, is_back: bool, reader: &LineReader) -> bool {
        if self.number.is_empty() {
            return false;
        }
        if !is_back {
            return !self.seen.insert(self.number.as_slice().into());
        }
        let row = self.rows.row(0);
        let (date, money) = (reader.text(row, Field::Date), money_text(|field| reader.text(row, field)));
        !self.seen_backs.insert([&self.number, date, money].join(&b'\n').into())
    }

    pub(super) fn date(
        &self,
        roles: &[Role],
        field: Field,
        reader: &mut LineReader,
    ) -> Result<(usize, Timestamp), (usize, Fault)> {
        let (row, text) = self.first(roles, field, reader).unwrap_or((0, b""));
        reader.timestamp(text).map(|timestamp| (row, timestamp)).map_err(|fault| (row, fault))
    }

    /// What the file tells of the order's items and money; what cannot be read becomes a line with its fault.
    pub(super) fn told(
        &self,
        roles: &[Role],
        reader: &LineReader,
        faults: &mut Vec<Assembled>,
    ) -> (Vec<Reading>, Told) {
        let mut money_in = |field: Field| -> Option<i128> {
            let (row, text) = self.first(roles, field, reader)?;
            match bounded(reader, text, field) {
                Ok(number) => number.map(i128::from),
                Err(fault) => {
                    let content = Err(Faulty { fault, column: reader.column(field), amount: None });
                    faults.push(Assembled { row, made: true, content });
                    None
                }
            }
        };
        let of_order = self.plan.has_items || reader.column(Field::OrderDiscount).is_some();
        let discount = if of_order { Field::OrderDiscount } else { Field::Discount };
        let settings = &self.plan.settings;
        let mut told = Told {
            charges: Charges {
                shipping: money_in(Field::Shipping).unwrap_or(0),
                tax: money_in(Field::Tax).unwrap_or(0),
                tip: money_in(Field::Tip).unwrap_or(0),
                fee: money_in(Field::Fee).unwrap_or(0),
                duties: money_in(Field::Duties).unwrap_or(0),
            },
            total: money_in(Field::OrderTotal),
            subtotal: money_in(Field::Subtotal),
            subtotal_means: settings.subtotal,
            discount: money_in(discount).unwrap_or(0).abs(),
            refund: money_in(Field::Refund).map(i128::abs).or(Some(0)),
            less_refunds: self.plan.less_refunds,
            items: Vec::new(),
        };
        if told.refund == Some(0) {
            told.refund = self.refund_in_rows(roles, reader);
        }
        let mut readings = Vec::new();
        for (index, row) in self.rows.iter().enumerate().filter(|(index, _)| roles[*index] == Role::Item) {
            for reading in self.readings(index, row, &told, reader) {
                match reading {
                    Ok(reading) => readings.push(reading),
                    Err(faulty) => faults.push(Assembled { row: index, made: false, content: Err(faulty) }),
                }
            }
        }
        told.items = readings.iter().map(|reading| reading.item).collect();
        (readings, told)
    }

    /// A refund told by rows of its own, or by the order's status alone (`None`: everything).
    fn refund_in_rows(&self, roles: &[Role], reader: &LineReader) -> Option<i128> {
        let rows = self.rows.iter().zip(roles).filter(|(_, role)| **role == Role::Refund);
        let amount = |row: Row<'_>| {
            let fields = [Field::Refund, Field::OrderTotal, Field::Amount];
            let read = |field| bounded(reader, reader.text(row, field), field).ok().flatten();
            fields.into_iter().filter_map(read).find(|&amount| amount != 0).unwrap_or(0)
        };
        let back: i128 = rows.map(|(row, _)| i128::from(amount(row)).abs()).sum();
        let packed = self.rows.iter().filter_map(|row| self.plan.packed.refund(row));
        let back = back + packed.map(|(amount, _)| i128::from(amount)).sum::<i128>();
        let status = self.first(roles, Field::Status, reader).map_or(&b""[..], |(_, text)| text);
        let everything = back == 0 && meaning(&status_word(status)) == StatusMeaning::Refunded;
        (!everything).then_some(back)
    }

    /// When money was given back, where the file says.
    pub(super) fn refund_date(
        &mut self,
        roles: &[Role],
        reader: &mut LineReader,
        faults: &mut Vec<Assembled>,
    ) -> Option<Timestamp> {
        let own =
            self.first(roles, Field::RefundDate, reader).map(|(row, text)| (row, text, Field::RefundDate));
        let rows = self.rows.iter().zip(roles).enumerate().filter(|(_, (_, role))| **role == Role::Refund);
        let of_rows =
            rows.map(|(index, (row, _))| (index, reader.text(row, Field::Date), Field::Date)).last();
        let packed = self.rows.iter().enumerate();
        let packed = packed
            .filter_map(|(index, row)| Some((index, self.plan.packed.refund(row)?.1, Field::RefundDate)));
        let (row, text, field) = own.or(of_rows).or(packed.last()).filter(|(_, text, _)| !text.is_empty())?;
        match reader.timestamp(text) {
            Ok(timestamp) => {
                self.counts.refunds_dated = true;
                Some(timestamp)
            }
            Err(fault) => {
                let content = Err(Faulty { fault, column: reader.column(field), amount: None });
                faults.push(Assembled { row, made: true, content });
                None
            }
        }
    }
}

pub(super) fn bounded(reader: &LineReader, text: &[u8], field: Field) -> Result<Option<i64>, Fault> {
    match reader.number(text, field) {
        Ok(Some(number)) if number.unsigned_abs() > LARGEST as u64 => Err(Fault::NumberTooLarge),
        Ok(number) => Ok(number),
        Err((fault, _)) => Err(fault),
    }
}

/// What rules ask of an order.
struct OrderFacts {
    means: StatusMeaning,
    is_cancelled: bool,
    is_test: bool,
    is_repeated: bool,
}

impl OrderFacts {
    fn fulfil(&self, when: &OrderCondition) -> bool {
        let OrderCondition { status, cancelled, test, repeated } = when;
        status.is_none_or(|wanted| wanted == self.means)
            && cancelled.is_none_or(|wanted| wanted == self.is_cancelled)
            && test.is_none_or(|wanted| wanted == self.is_test)
            && repeated.is_none_or(|wanted| wanted == self.is_repeated)
    }
}

fn holds_any(text: &[u8], words: &[String]) -> bool {
    if text.is_empty() {
        return false;
    }
    let text = String::from_utf8_lossy(text).to_lowercase();
    words.iter().any(|word| text.contains(word.as_str()))
}

/// A time, or any word that does not say no.
pub(super) fn is_true(text: &[u8]) -> bool {
    const NO: [&[u8]; 5] = [b"false", b"no", b"0", b"n", b"f"];
    !is_nothing(text) && !NO.iter().any(|no| no.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_or_a_yes_is_true_and_a_no_is_not() {
        let truths = ["2024-01-05 10:00:00 -0500", "yes", "TRUE", "1", "", "No", "false", "0", "nan"];
        let expected = [true, true, true, true, false, false, false, false, false];
        assert_eq!(truths.map(|text| is_true(text.as_bytes())), expected);
    }
}
