//! The fields of a sale line and of an order, and the words for them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A field of a sale line that a column can be mapped to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Who bought.
    Customer,
    /// When: a date or a date and time.
    Date,
    /// Invoice or order number.
    Order,
    /// Stock code.
    Product,
    /// What the product is called.
    Description,
    /// Units.
    Quantity,
    /// Price of one unit.
    Price,
    /// Net value of the whole line.
    Amount,
    /// Discount taken off the line, as an amount of money.
    Discount,
    /// How it was paid.
    Payment,
    /// Country of the customer.
    Country,
    /// E-mail address of the customer.
    Email,
    /// Currency of the amounts.
    Currency,
    /// What the whole order cost: goods, shipping, tax and all.
    #[serde(rename = "total")]
    OrderTotal,
    /// The order's goods alone.
    Subtotal,
    /// What the order's shipping cost.
    Shipping,
    /// The order's tax.
    Tax,
    /// Tips given with the order.
    Tip,
    /// Fees charged with the order.
    Fee,
    /// Import duties charged with the order.
    Duties,
    /// Discount given on the order as a whole, as an amount of money.
    OrderDiscount,
    /// What the customer got back of the order.
    Refund,
    /// When that was.
    RefundDate,
    /// Status of the order: paid, pending, cancelled …
    Status,
    /// When, or whether, the order was cancelled.
    Cancelled,
    /// Whether the order is a test.
    Test,
    /// What the row describes: an order or one of its lines.
    RowType,
    /// Value of the whole line before any discount.
    Gross,
    /// Country the order was sent to.
    ShippingCountry,
    /// City of the customer.
    City,
    /// Whether the customer agreed to receive marketing.
    MayContact,
    /// First name of the customer.
    Name,
    /// Family name of the customer.
    Surname,
    /// Whether the line is something to be sent.
    RequiresShipping,
    /// Whether tax falls on the line.
    Taxable,
}

/// How many fields there are.
pub(crate) const FIELD_COUNT: usize = 35;

/// Bit per field, by its place in [`Field::ALL`].
pub(crate) type FieldBits = u64;

impl Field {
    /// All fields, in the order in which they are shown.
    pub const ALL: [Self; FIELD_COUNT] = [
        Self::Customer,
        Self::Date,
        Self::Order,
        Self::Product,
        Self::Description,
        Self::Quantity,
        Self::Price,
        Self::Amount,
        Self::Discount,
        Self::Payment,
        Self::Country,
        Self::Email,
        Self::Currency,
        Self::OrderTotal,
        Self::Subtotal,
        Self::Shipping,
        Self::Tax,
        Self::Tip,
        Self::Fee,
        Self::Duties,
        Self::OrderDiscount,
        Self::Refund,
        Self::RefundDate,
        Self::Status,
        Self::Cancelled,
        Self::Test,
        Self::RowType,
        Self::Gross,
        Self::ShippingCountry,
        Self::City,
        Self::MayContact,
        Self::Name,
        Self::Surname,
        Self::RequiresShipping,
        Self::Taxable,
    ];

    /// The word used in `--map` and in reports.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Date => "date",
            Self::Order => "order",
            Self::Product => "product",
            Self::Description => "description",
            Self::Quantity => "quantity",
            Self::Price => "price",
            Self::Amount => "amount",
            Self::Discount => "discount",
            Self::Payment => "payment",
            Self::Country => "country",
            Self::Email => "email",
            Self::Currency => "currency",
            Self::OrderTotal => "total",
            Self::Subtotal => "subtotal",
            Self::Shipping => "shipping",
            Self::Tax => "tax",
            Self::Tip => "tip",
            Self::Fee => "fee",
            Self::Duties => "duties",
            Self::OrderDiscount => "order-discount",
            Self::Refund => "refund",
            Self::RefundDate => "refund-date",
            Self::Status => "status",
            Self::Cancelled => "cancelled",
            Self::Test => "test",
            Self::RowType => "row-type",
            Self::Gross => "gross",
            Self::ShippingCountry => "shipping-country",
            Self::City => "city",
            Self::MayContact => "may-contact",
            Self::Name => "name",
            Self::Surname => "surname",
            Self::RequiresShipping => "requires-shipping",
            Self::Taxable => "taxable",
        }
    }

    pub(crate) const fn index(self) -> usize {
        self as usize
    }

    /// The field's bit.
    pub(crate) const fn bit(self) -> FieldBits {
        1 << self.index()
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Field {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        let word = word.trim();
        Self::ALL.into_iter().find(|field| field.word().eq_ignore_ascii_case(word)).ok_or(())
    }
}

/// A heading without case, spaces and punctuation: `Customer ID` → `customerid`.
pub(crate) fn normalised(heading: &str) -> String {
    heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
