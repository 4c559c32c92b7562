//! The lines behind a number.

use patron_domain::{LineKind, Money, Month, Timestamp};

/// Which sale lines; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineFilter {
    /// Calendar month of the line.
    pub month: Option<Month>,
    /// The customer's id as the shop writes it.
    pub customer: Option<String>,
    /// Stock code.
    pub product: Option<String>,
    /// Country of the line.
    pub country: Option<String>,
    /// Order (invoice) number.
    pub order: Option<String>,
}

/// A sale line with everything spelled out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedLine {
    /// Name of the imported file.
    pub file_name: Option<String>,
    /// Line in that file, counted from 1 with the header.
    pub line: Option<u64>,
    /// Order (invoice) number.
    pub invoice: String,
    /// Seconds on the shop's wall clock.
    pub timestamp: Timestamp,
    /// The customer's id, where known.
    pub customer: Option<String>,
    /// Country of the line, where known.
    pub country: Option<String>,
    /// Stock code, where there is one.
    pub sku: Option<String>,
    /// The product's description, possibly empty.
    pub description: String,
    /// Units; negative for returns.
    pub quantity: i32,
    /// Price of one unit, before discount.
    pub unit_price: Money,
    /// Discount taken off the line (positive).
    pub discount: Money,
    /// Exact net value of the line.
    pub amount: Money,
    /// Sale, return or service.
    pub kind: LineKind,
}

/// What one cleaning rule has set aside, over all imports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuarantineRule {
    /// The rule's name.
    pub rule: String,
    /// Lines.
    pub lines: u64,
    /// Their summed value, as far as it could be read.
    pub amount: Money,
}
