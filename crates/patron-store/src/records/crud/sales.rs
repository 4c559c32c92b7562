//! Sale lines.

use patron_domain::{Day, LineKind, Money, Timestamp};

use super::list::sort_columns;
use super::{Change, CountryId, CustomerId, Mark, ProductId, Refer, Resource, SaleId, TransactionId};

/// A customer, as other rows name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerRef {
    /// Its number.
    pub id: CustomerId,
    /// The shop's own id.
    pub external_id: String,
}

/// A product, as other rows name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductRef {
    /// Its number.
    pub id: ProductId,
    /// Stock code.
    pub sku: String,
}

/// A transaction, as other rows name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRef {
    /// Its number.
    pub id: TransactionId,
    /// Invoice number.
    pub invoice_number: String,
}

/// A sale line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SaleRecord {
    /// Its number.
    pub id: SaleId,
    /// The transaction it belongs to.
    pub transaction: TransactionRef,
    /// What was sold; `None` in logs without products.
    pub product: Option<ProductRef>,
    /// Who bought, where known.
    pub customer: Option<CustomerRef>,
    /// Where, where known.
    pub country: Option<String>,
    /// When, in seconds on the shop's wall clock.
    pub timestamp: Timestamp,
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
    /// Line in the imported file, counted from 1 with the header; `None` for a sale that came in by itself.
    pub line: Option<u64>,
}

/// A sale line to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSale {
    /// The transaction it belongs to.
    pub transaction: Refer<TransactionId>,
    /// What was sold.
    pub product: Option<Refer<ProductId>>,
    /// Who bought; if not given, the transaction's customer.
    pub customer: Option<Refer<CustomerId>>,
    /// Where; if not given, the transaction's country, else the customer's.
    pub country: Option<Refer<CountryId>>,
    /// When, in seconds on the shop's wall clock; if not given, that of the transaction, which must then be there.
    pub timestamp: Option<Timestamp>,
    /// Units; negative for returns. Not zero, unless the line is a service.
    pub quantity: i32,
    /// Price of one unit, before discount; not negative, unless the line is a service.
    pub unit_price: Money,
    /// Discount taken off the line; not negative.
    pub discount: Money,
    /// Net value of the line; if not given, quantity × unit price − discount.
    pub amount: Option<Money>,
    /// If not given, a return where quantity or amount is negative, else a sale.
    pub kind: Option<LineKind>,
    /// Makes transaction, product, customer and country that are named by the shop's word and not there yet.
    pub create_missing: bool,
}

/// Changes of some fields of a sale line.
///
/// Where quantity, unit price or discount change and amount does not, the amount is computed anew; so is the kind of
/// a sale or return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is that of NewSale")]
pub struct SalePatch {
    pub transaction: Change<Refer<TransactionId>>,
    pub product: Change<Refer<ProductId>>,
    pub customer: Change<Refer<CustomerId>>,
    pub country: Change<Refer<CountryId>>,
    pub timestamp: Change<Timestamp>,
    pub quantity: Change<i32>,
    pub unit_price: Change<Money>,
    pub discount: Change<Money>,
    pub amount: Change<Money>,
    pub kind: Change<LineKind>,
    pub create_missing: bool,
}

/// Which sale lines; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SaleFilter {
    /// Of this transaction.
    pub transaction: Option<Refer<TransactionId>>,
    /// Of this customer.
    pub customer: Option<Refer<CustomerId>>,
    /// Of this product.
    pub product: Option<Refer<ProductId>>,
    /// On this day or later.
    pub from: Option<Day>,
    /// On this day or earlier.
    pub to: Option<Day>,
    /// Of this kind.
    pub kind: Option<LineKind>,
}

/// What sale lines can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SaleSort {
    /// By number: the order in which they came.
    #[default]
    Id,
    /// By time.
    Timestamp,
    /// By net value.
    Amount,
}

sort_columns!(SaleSort { Id = "id", Timestamp = "timestamp", Amount = "amount" });

impl NewSale {
    /// So many units at that price, with everything else left open.
    pub fn new(transaction: Refer<TransactionId>, quantity: i32, unit_price: Money) -> Self {
        Self {
            transaction,
            product: None,
            customer: None,
            country: None,
            timestamp: None,
            quantity,
            unit_price,
            discount: Money::ZERO,
            amount: None,
            kind: None,
            create_missing: false,
        }
    }
}

impl SaleRecord {
    /// The day it counts on.
    pub fn day(&self) -> Day {
        Day::of(self.timestamp)
    }
}

impl Resource for SaleRecord {
    const WHAT: &'static str = "sale";
    type Id = SaleId;
    type Sort = SaleSort;
    type Filter = SaleFilter;

    fn id(&self) -> SaleId {
        self.id
    }

    fn etag(&self) -> String {
        let (product, customer) = (self.product.as_ref(), self.customer.as_ref());
        let mark =
            Mark::new().number(self.id).number(self.transaction.id).text(&self.transaction.invoice_number);
        let mark = mark.maybe_number(product.map(|product| product.id));
        let mark = mark.maybe(product.map(|product| product.sku.as_str()));
        let mark = mark.maybe_number(customer.map(|customer| customer.id));
        let mark = mark.maybe(customer.map(|customer| customer.external_id.as_str()));
        let mark = mark.maybe(self.country.as_deref()).number(self.timestamp).number(self.quantity);
        let money = [self.unit_price, self.discount, self.amount];
        let mark = money.into_iter().fold(mark, |mark, money| mark.number(money.ten_thousandths()));
        mark.text(self.kind.word()).maybe_number(self.line.map(|line| line as i64)).finish()
    }
}
