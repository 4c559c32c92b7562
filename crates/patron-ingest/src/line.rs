//! One row as a sale line: dates and numbers read, values derived.

use std::borrow::Cow;

use patron_domain::{LineKind, Money, Timestamp};

use crate::clock::{SeenOffsets, TimeZone};
use crate::dates;
use crate::field::{FIELD_COUNT, Field, FieldBits};
use crate::inspect::Plan;
use crate::numbers::{self, NumberError};
use crate::people::{KnownBy, People};
use crate::rows::{Row, trimmed};
use crate::{DateOrder, DecimalMark};

/// A line that could be read.
pub(crate) struct SaleLine<'a> {
    /// Texts without blanks around them; empty where missing.
    pub(crate) customer: Cow<'a, [u8]>,
    pub(crate) known_by: KnownBy,
    pub(crate) order: &'a [u8],
    pub(crate) product: &'a [u8],
    pub(crate) description: &'a [u8],
    pub(crate) country: &'a [u8],
    pub(crate) payment: &'a [u8],
    pub(crate) currency: &'a [u8],
    /// Bit per field: no value there.
    pub(crate) missing: FieldBits,
    pub(crate) timestamp: Timestamp,
    /// Ten-thousandths of a unit, where the file says.
    pub(crate) quantity: Option<i64>,
    /// Whole units, rounded; 1 where the file does not say.
    pub(crate) units: i32,
    /// Price of a unit, where the file says.
    pub(crate) price: Option<Money>,
    /// That price, or the amount divided by the quantity.
    pub(crate) unit_price: Money,
    pub(crate) discount: Money,
    pub(crate) amount: Money,
    pub(crate) valued_by_amount: bool,
    /// What its order tells of it, where rows describe orders too.
    pub(crate) order_tells: Option<OrderTells>,
}

/// What an order tells of one of its lines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OrderTells {
    pub(crate) kind: LineKind,
    pub(crate) service: ServiceName,
    /// Index of the rule that sets the whole order aside.
    pub(crate) owner: Option<usize>,
    /// Whether the line was made from fields of the order.
    pub(crate) made: bool,
    /// Whether nobody knows what the order's status means.
    pub(crate) unknown_status: bool,
}

/// What a service line is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum ServiceName {
    Shipping,
    Tax,
    Tip,
    GiftCard,
    Fee,
    Duties,
    #[default]
    Other,
}

impl ServiceName {
    pub(crate) const ALL: [Self; 7] =
        [Self::Shipping, Self::Tax, Self::Tip, Self::GiftCard, Self::Fee, Self::Duties, Self::Other];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Shipping => "shipping",
            Self::Tax => "tax",
            Self::Tip => "tip",
            Self::GiftCard => "gift card",
            Self::Fee => "fee",
            Self::Duties => "duties",
            Self::Other => "other",
        }
    }
}

impl SaleLine<'_> {
    /// What was taken off the price tags; negative where the line takes goods back.
    pub(crate) fn discount_taken(&self) -> Money {
        if self.quantity.is_some_and(|quantity| quantity < 0) { -self.discount } else { self.discount }
    }
}

/// Why a line cannot be read. Each has a rule in the quarantine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fault {
    RaggedRow,
    RepeatedHeader,
    ZeroByte,
    MissingValue,
    UnreadableDate,
    UnreadableNumber,
    NumberTooLarge,
}

impl Fault {
    pub(crate) const ALL: [Self; 7] = [
        Self::RaggedRow,
        Self::RepeatedHeader,
        Self::ZeroByte,
        Self::MissingValue,
        Self::UnreadableDate,
        Self::UnreadableNumber,
        Self::NumberTooLarge,
    ];

    pub(crate) const fn rule(self) -> &'static str {
        match self {
            Self::RaggedRow => "ragged-row",
            Self::RepeatedHeader => "repeated-header",
            Self::ZeroByte => "zero-byte",
            Self::MissingValue => "missing-value",
            Self::UnreadableDate => "unreadable-date",
            Self::UnreadableNumber => "unreadable-number",
            Self::NumberTooLarge => "number-too-large",
        }
    }

    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::RaggedRow => "the line does not have the header's columns",
            Self::RepeatedHeader => "the line repeats the headings, as where files were put together",
            Self::ZeroByte => "the line holds a zero byte, as damaged files do",
            Self::MissingValue => "the date, price, quantity or amount is empty",
            Self::UnreadableDate => "the date cannot be read",
            Self::UnreadableNumber => "a number cannot be read",
            Self::NumberTooLarge => "a number is too large to be counted exactly",
        }
    }

    /// What is likely wrong when most lines have this fault.
    pub(crate) const fn cause(self) -> &'static str {
        match self {
            Self::RaggedRow | Self::RepeatedHeader | Self::ZeroByte => "the file is damaged; export it again",
            Self::MissingValue => "the column is mostly empty; map another one with --map",
            Self::UnreadableDate => {
                "another column may hold the date (--map date=…), or the order of day and month is another \
                 (--dates day-first, month-first, year-first)"
            }
            Self::UnreadableNumber => {
                "another column may hold the number (--map), or the decimal mark is another one (--decimal comma)"
            }
            Self::NumberTooLarge => "another column may hold the number (--map quantity=…, amount=…)",
        }
    }
}

/// A fault with its place.
#[derive(Clone, Debug)]
pub(crate) struct Faulty {
    pub(crate) fault: Fault,
    pub(crate) column: Option<usize>,
    pub(crate) amount: Option<Money>,
}

/// The first fields of all are those that a line is made from.
const LINE_FIELDS: usize = Field::Currency.index() + 1;

/// Reads rows; remembers the last date, for neighbouring lines often share it.
pub(crate) struct LineReader {
    columns: [Option<usize>; FIELD_COUNT],
    mapped: FieldBits,
    /// Mapped fields that a line is not made from.
    others: Vec<(Field, usize)>,
    pub(crate) people: People,
    zone: Option<TimeZone>,
    /// Offset of times that are written without one.
    usual_offset: Option<i32>,
    pub(crate) offsets: SeenOffsets,
    order: DateOrder,
    mark: DecimalMark,
    serial_dates: bool,
    last_date: (Vec<u8>, Timestamp),
}

impl LineReader {
    pub(crate) fn new(plan: &Plan) -> Self {
        let columns = Field::ALL.map(|field| plan.map.get(field));
        let mapped = plan.map.iter().fold(0, |bits, (field, _)| bits | field.bit());
        Self {
            columns,
            mapped,
            others: plan.map.iter().filter(|(field, _)| field.index() >= LINE_FIELDS).collect(),
            people: plan.people.clone(),
            zone: plan.zone,
            usual_offset: plan.usual_offset,
            offsets: SeenOffsets::default(),
            order: plan.dates.order,
            mark: plan.mark,
            serial_dates: plan.serial_dates,
            last_date: (Vec::new(), 0),
        }
    }

    /// The line in a row that is not ragged.
    pub(crate) fn read<'a>(&mut self, row: Row<'a>) -> Result<SaleLine<'a>, Faulty> {
        if let Some(faulty) = zero_byte(row) {
            return Err(faulty);
        }
        let texts = self.texts(row);
        let [
            customer,
            date,
            order,
            product,
            description,
            quantity,
            price,
            amount,
            discount,
            payment,
            country,
            email,
            currency,
        ] = texts;
        let mut missing = self.missing_in(row, &texts);
        let (customer, known_by) = self.people.customer(customer, email);
        missing = with_customer(missing, &customer);
        let numbers = self.numbers([quantity, price, amount, discount]);
        let timestamp = match self.timestamp(date) {
            Ok(timestamp) => timestamp,
            Err(fault) => {
                let amount = numbers.ok().map(|numbers| numbers.amount);
                return Err(Faulty { fault, column: self.column(Field::Date), amount });
            }
        };
        let numbers =
            numbers.map_err(|(fault, field)| Faulty { fault, column: self.column(field), amount: None })?;
        Ok(SaleLine {
            customer,
            known_by,
            order: whole_id(order),
            product,
            description,
            country,
            payment,
            currency,
            missing,
            timestamp,
            quantity: numbers.quantity,
            units: numbers.units,
            price: numbers.price,
            unit_price: numbers.unit_price,
            discount: numbers.discount,
            amount: numbers.amount,
            valued_by_amount: numbers.valued_by_amount,
            order_tells: None,
        })
    }

    /// Fields without a value, bit by bit, for a row that cannot be read otherwise.
    pub(crate) fn missing(&self, row: Row<'_>) -> FieldBits {
        let texts = self.texts(row);
        let [customer, .., email, _] = texts;
        with_customer(self.missing_in(row, &texts), &self.people.customer(customer, email).0)
    }

    fn texts<'a>(&self, row: Row<'a>) -> [&'a [u8]; LINE_FIELDS] {
        std::array::from_fn(|index| match self.columns[index] {
            Some(column) => trimmed(row.field(column)),
            None => b"",
        })
    }

    fn missing_in(&self, row: Row<'_>, texts: &[&[u8]; LINE_FIELDS]) -> FieldBits {
        let mut missing = 0;
        for (index, text) in texts.iter().enumerate() {
            missing |= FieldBits::from(text.is_empty()) << index;
        }
        for &(field, column) in &self.others {
            missing |= if trimmed(row.field(column)).is_empty() { field.bit() } else { 0 };
        }
        missing & self.mapped
    }

    pub(crate) fn column(&self, field: Field) -> Option<usize> {
        self.columns[field.index()]
    }

    /// A field without blanks around it; empty where it is missing.
    pub(crate) fn text<'a>(&self, row: Row<'a>, field: Field) -> &'a [u8] {
        self.column(field).map_or(b"", |column| trimmed(row.field(column)))
    }

    /// What a row says of its customer, as it stands there: an id or an address.
    pub(crate) fn customer_text<'a>(&self, row: Row<'a>) -> &'a [u8] {
        match self.text(row, Field::Customer) {
            b"" => self.text(row, Field::Email),
            id => id,
        }
    }

    /// Whether a text is an amount below zero.
    pub(crate) fn is_negative(&self, text: &[u8]) -> bool {
        numbers::parse(text, self.mark).is_ok_and(|number| number < 0)
    }

    /// A point in time on the shop's clock.
    pub(crate) fn timestamp(&mut self, text: &[u8]) -> Result<Timestamp, Fault> {
        if text.is_empty() {
            return Err(Fault::MissingValue);
        }
        if self.last_date.0 == text {
            return Ok(self.last_date.1);
        }
        let parsed = dates::parse(text);
        let written = parsed.and_then(|date| date.under(self.order));
        let written = written.or_else(|| self.serial_dates.then(|| dates::from_serial(text)).flatten());
        let written = written.ok_or(Fault::UnreadableDate)?;
        let offset = parsed.and_then(|date| date.offset).or(self.usual_offset);
        self.offsets.note(offset);
        let timestamp = match (self.zone, offset) {
            (Some(zone), Some(offset)) => zone.wall_clock(written - i64::from(offset)),
            _ => written,
        };
        self.last_date.0.clear();
        self.last_date.0.extend_from_slice(text);
        self.last_date.1 = timestamp;
        Ok(timestamp)
    }

    fn numbers(&self, [quantity, price, amount, discount]: [&[u8]; 4]) -> Result<Numbers, (Fault, Field)> {
        let quantity = self.number(quantity, Field::Quantity)?;
        let price = self.number(price, Field::Price)?.map(Money::from_ten_thousandths);
        let amount = self.number(amount, Field::Amount)?.map(Money::from_ten_thousandths);
        let discount = self.number(discount, Field::Discount)?.unwrap_or(0).saturating_abs();
        let discount = Money::from_ten_thousandths(discount);
        let units = match quantity {
            Some(quantity) => rounded_units(quantity).ok_or((Fault::NumberTooLarge, Field::Quantity))?,
            None => 1,
        };
        let valued_by_amount = self.column(Field::Amount).is_some();
        let amount = if valued_by_amount {
            amount.ok_or((Fault::MissingValue, Field::Amount))?
        } else {
            let price = price.ok_or((Fault::MissingValue, Field::Price))?;
            let quantity = match (quantity, self.column(Field::Quantity)) {
                (Some(quantity), _) => quantity,
                (None, Some(_)) => return Err((Fault::MissingValue, Field::Quantity)),
                (None, None) => Money::SCALE,
            };
            let gross = match quantity % Money::SCALE {
                0 => price.times(quantity / Money::SCALE),
                _ => price.times_ten_thousandths(quantity),
            };
            let off = if quantity < 0 { discount } else { -discount };
            gross.and_then(|gross| gross.checked_add(off)).ok_or((Fault::NumberTooLarge, Field::Price))?
        };
        let unit_price = price.unwrap_or_else(|| per_unit(amount, quantity));
        Ok(Numbers { quantity, units, price, unit_price, discount, amount, valued_by_amount })
    }

    /// The number in a field, in ten-thousandths; `None` where nothing stands there.
    pub(crate) fn number(&self, text: &[u8], field: Field) -> Result<Option<i64>, (Fault, Field)> {
        if text.is_empty() {
            return Ok(None);
        }
        match numbers::parse(text, self.mark) {
            Ok(number) => Ok(Some(number)),
            Err(NumberError::NotANumber) if is_nothing(text) => Ok(None),
            Err(NumberError::NotANumber) => Err((Fault::UnreadableNumber, field)),
            Err(NumberError::TooLarge) => Err((Fault::NumberTooLarge, field)),
        }
    }
}

struct Numbers {
    quantity: Option<i64>,
    units: i32,
    price: Option<Money>,
    unit_price: Money,
    discount: Money,
    amount: Money,
    valued_by_amount: bool,
}

/// The fault of a row that holds a zero byte.
pub(crate) fn zero_byte(row: Row<'_>) -> Option<Faulty> {
    memchr::memchr(0, row.text)?;
    let column = (0..row.len()).find(|&index| row.field(index).contains(&0));
    Some(Faulty { fault: Fault::ZeroByte, column, amount: None })
}

/// A line misses its customer where neither an id nor an address tells it.
fn with_customer(missing: FieldBits, customer: &[u8]) -> FieldBits {
    let bit = Field::Customer.bit();
    if customer.is_empty() { missing | bit } else { missing & !bit }
}

pub(crate) fn rounded_units(quantity: i64) -> Option<i32> {
    let half = Money::SCALE / 2 * quantity.signum();
    i32::try_from(quantity.checked_add(half)? / Money::SCALE).ok()
}

/// Amount ÷ quantity, rounded; the amount itself where there is no quantity.
pub(crate) fn per_unit(amount: Money, quantity: Option<i64>) -> Money {
    let quantity = i128::from(quantity.filter(|&quantity| quantity != 0).unwrap_or(Money::SCALE));
    let numerator = i128::from(amount.ten_thousandths()) * i128::from(Money::SCALE);
    let half = quantity.abs() / 2 * numerator.signum();
    crate::tally::money((numerator + half) / quantity)
}

/// `17850.0`, as data frames write an integer beside missing values, is `17850`; all else stays as it is.
pub(crate) fn whole_id(text: &[u8]) -> &[u8] {
    let Some(point) = memchr::memrchr(b'.', text) else { return text };
    let (whole, decimals) = (&text[..point], &text[point + 1..]);
    let zeros = !decimals.is_empty() && decimals.iter().all(|&byte| byte == b'0');
    let digits = !whole.is_empty() && whole.iter().all(u8::is_ascii_digit);
    if zeros && digits { whole } else { text }
}

/// The ways in which programs write "no value".
pub(crate) fn is_nothing(text: &[u8]) -> bool {
    const NOTHING: [&[u8]; 8] = [b"nan", b"null", b"none", b"n/a", b"#n/a", b"<na>", b"\\n", b"nat"];
    text.is_empty() || text.len() <= 4 && NOTHING.iter().any(|nothing| nothing.eq_ignore_ascii_case(text))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("17850.0", "17850")]
    #[case("17850.00", "17850")]
    #[case("00042", "00042")]
    #[case("00042.0", "00042")]
    #[case("17850.5", "17850.5")]
    #[case("a.0", "a.0")]
    #[case(".0", ".0")]
    #[case("7.", "7.")]
    fn only_an_integer_that_looks_like_a_float_is_changed(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(whole_id(text.as_bytes()), expected.as_bytes());
    }

    #[test]
    fn a_price_of_a_unit_is_rounded_and_never_divides_by_zero() {
        let ten = Money::from_ten_thousandths(100_000);
        assert_eq!(per_unit(ten, Some(30_000)).to_string(), "3.3333");
        assert_eq!(per_unit(-ten, Some(-60_000)).to_string(), "1.6667");
        assert_eq!(per_unit(ten, Some(0)), ten);
        assert_eq!(per_unit(ten, None), ten);
    }

    #[test]
    fn units_are_rounded_half_away_from_zero() {
        assert_eq!(
            (rounded_units(15_000), rounded_units(-15_000), rounded_units(4_999)),
            (Some(2), Some(-2), Some(0))
        );
        assert_eq!(rounded_units(i64::MAX), None);
        assert_eq!(rounded_units(30_000_000_000_000), None);
    }
}
