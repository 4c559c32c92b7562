//! What an import reports: how the file was read, what was set aside and what that was worth.

use serde::{Deserialize, Serialize};

use crate::{Day, Money, PurchaseRule};

/// What a cleaning rule does with the lines it owns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RuleAction {
    /// Set aside into the quarantine.
    Reject,
    /// Accepted, and counted under the rule's name.
    Flag,
    /// Accepted without further rules.
    Keep,
}

/// A line that was set aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantinedLine {
    /// Line number in the file, counted from 1 with the header.
    pub line: u64,
    /// Name of the rule that owns the line.
    pub rule: String,
    /// Why, in words, with the value that offended.
    pub reason: String,
    /// The line as it stood in the file.
    pub raw: String,
    /// Its value, where one could be read.
    pub amount: Option<Money>,
}

/// How many lines, and how much money, one rule owns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleCount {
    /// The rule's name in the profile.
    pub rule: String,
    /// What it does.
    pub action: RuleAction,
    /// In words.
    pub meaning: String,
    /// Lines it owns.
    pub lines: u64,
    /// Their summed net value, as far as it could be read.
    pub amount: Money,
    /// Discounts already taken off that value.
    #[serde(default)]
    pub discount: Money,
}

/// Postage, tax, tips, gift cards and fees among the accepted lines, kind by kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAmount {
    /// `shipping`, `tax`, `tip`, `gift card`, `fee`, `duties`, or `other`.
    pub name: String,
    /// Lines.
    pub lines: u64,
    /// Their summed net value.
    pub amount: Money,
}

/// How lines came out of a file whose rows also describe whole orders, as shop systems export them.
///
/// `rows = lines_read − lines_made + order_rows`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderForm {
    /// Rows in the file.
    pub rows: u64,
    /// Rows that describe an order and hold no line of their own.
    pub order_rows: u64,
    /// Lines made from the fields of an order: shipping, tax, tips, refunds.
    pub lines_made: u64,
    /// Orders in the file.
    pub orders: u64,
    /// Orders whose parts do not add up to the total that the file gives them.
    pub disagreeing_orders: u64,
    /// Their totals in the file less the sums of their parts.
    pub disagreeing_amount: Money,
    /// Sum of the orders' totals as the file gives them, where it does: the figure the shop system shows.
    pub total: Option<Money>,
    /// Whether the file says when refunds happened; else they count on the day of their order.
    pub refunds_dated: bool,
    /// Orders whose lines come to more than their subtotal although the file names no discount: they were edited
    /// after they were placed.
    #[serde(default)]
    pub edited_orders: u64,
    /// What was taken off their lines for it, by value; their totals are as the file gives them.
    #[serde(default)]
    pub edited_amount: Money,
}

/// What a status means for an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusMeaning {
    /// Paid, or on its way: counts.
    #[default]
    Sale,
    /// Cancelled: set aside.
    Cancelled,
    /// Not paid yet, or never: set aside.
    Unpaid,
    /// Its payment was voided: set aside.
    Voided,
    /// All of its money was given back.
    Refunded,
    /// Not known: counts as a sale, and is told.
    Unknown,
}

/// A status that the file gives its orders.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusCount {
    /// As the file writes it first.
    pub status: String,
    /// What it is taken for.
    pub meaning: StatusMeaning,
    /// Orders that have it (lines, where each has a status of its own), repeated ones too.
    pub orders: u64,
}

/// Customers recognised by their e-mail address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinedByEmail {
    /// Accepted orders whose customer is known by the e-mail address only (guest orders).
    pub orders: u64,
    /// Those among them that joined a customer whom other orders name by id.
    pub joined_an_account: u64,
    /// Customers made from an e-mail address.
    pub customers: u64,
}

/// The file and how it was understood.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Name without folders.
    pub name: String,
    /// Size in bytes as it lies on disk.
    pub bytes: u64,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// `csv`, `xlsx`, `parquet`, `cdnow` (fixed width).
    pub format: String,
    /// Delimiter in words (`comma`, `tab` …), where there is one.
    pub delimiter: Option<String>,
    /// Character encoding, where there is one.
    pub encoding: Option<String>,
    /// `gzip` or `zstd`, where compressed.
    pub compression: Option<String>,
    /// Name of the recognised format (`Online Retail`, `CDNOW` …), where one was.
    pub recognised: Option<String>,
}

/// One field of a sale line and the column it is read from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedColumn {
    /// The field: `customer`, `date`, `order`, `product`, `description`, `quantity`, `price`, `amount` …
    pub field: String,
    /// The column's heading in the file.
    pub column: String,
    /// `by name` or `as told`.
    pub how: String,
}

/// One quantile of a column.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuantilePoint {
    /// Probability, 0 to 1 (0 is the minimum, 1 the maximum).
    pub probability: f64,
    /// The value at it (the smallest value with at least that share at or below it).
    pub value: f64,
}

/// What is known of one column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ColumnFacts {
    /// The field.
    pub field: String,
    /// Lines without a value.
    pub missing: u64,
    /// Quantiles, for quantity and price.
    pub quantiles: Vec<QuantilePoint>,
}

/// The data at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Lines.
    pub lines: u64,
    /// Distinct customers.
    pub customers: u64,
    /// Distinct products.
    pub products: u64,
    /// Distinct orders.
    pub orders: u64,
    /// Distinct countries.
    pub countries: u64,
    /// Day of the first line.
    pub first_day: Option<Day>,
    /// Day of the last line.
    pub last_day: Option<Day>,
    /// Sum of the lines' net amounts, as far as they could be read.
    pub amount: Money,
    /// Discounts already taken off that sum: amount + discount is what was on the price tags.
    #[serde(default)]
    pub discount: Money,
    /// Columns with their missing values and quantiles.
    pub columns: Vec<ColumnFacts>,
}

/// Everything an import has to tell.
///
/// `lines_read = lines_accepted + lines_quarantined`, and the amounts of `rules` that reject add up to
/// `before.amount − after.amount`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The file.
    pub file: FileFacts,
    /// Field by field, where it came from.
    pub mapping: Vec<MappedColumn>,
    /// How dates were read, in words: "year-month-day", "day first, because line 14 has 31/01/2011".
    pub dates: String,
    /// How times of day came to the shop's clock, in words: "as written", "moved to Europe/Berlin".
    #[serde(default)]
    pub times: String,
    /// Currency of the amounts, where the file says.
    #[serde(default)]
    pub currency: Option<String>,
    /// Name of the cleaning profile.
    pub profile: String,
    /// SHA-256 over profile, overlay and mapping: what "the same import" means besides the file's hash.
    pub settings_sha256: String,
    /// Which days count as purchases.
    pub purchase_rule: PurchaseRule,
    /// Lines in the file (without header and empty lines); where rows describe whole orders too
    /// ([`ImportReport::order_form`]), the lines of these orders.
    pub lines_read: u64,
    /// Lines accepted.
    pub lines_accepted: u64,
    /// Lines set aside.
    pub lines_quarantined: u64,
    /// Rule by rule, in the order applied.
    pub rules: Vec<RuleCount>,
    /// Net value of accepted sale and return lines with a known customer.
    pub known_customer_amount: Money,
    /// Value of accepted sale lines.
    pub sales_amount: Money,
    /// Value of accepted return lines (zero or negative).
    pub returns_amount: Money,
    /// Value of accepted service lines.
    pub services_amount: Money,
    /// The same kind by kind; empty in reports of earlier versions.
    #[serde(default)]
    pub services: Vec<ServiceAmount>,
    /// How lines came out of orders, where the file's rows describe orders too.
    #[serde(default)]
    pub order_form: Option<OrderForm>,
    /// The statuses of the orders, the most frequent first; empty where the file has none.
    #[serde(default)]
    pub statuses: Vec<StatusCount>,
    /// What the file holds and is not read, or can be read only roughly: whole sentences for the person.
    #[serde(default)]
    pub notices: Vec<String>,
    /// Customers recognised by their e-mail address; all zero where the file has none or always names an id.
    #[serde(default)]
    pub joined_by_email: JoinedByEmail,
    /// Whether orders were made from customer and day because the file has no order numbers.
    pub derived_orders: bool,
    /// All readable lines.
    pub before: Overview,
    /// Accepted lines.
    pub after: Overview,
}
