//! Transactions: orders, invoices.

use patron_domain::{Month, Timestamp};

use super::list::sort_columns;
use super::{Change, CountryId, CustomerId, CustomerRef, Mark, Refer, Resource, TransactionId};

/// A transaction: an order, an invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRecord {
    /// Its number.
    pub id: TransactionId,
    /// Invoice number; for a log without one, `customer@day`.
    pub invoice_number: String,
    /// Whether the number was made from customer and day because the file had none.
    pub derived: bool,
    /// When, in seconds on the shop's wall clock: that of its first line.
    pub timestamp: Timestamp,
    /// How it was paid, where known.
    pub payment_method: Option<String>,
    /// Who bought, where known.
    pub customer: Option<CustomerRef>,
    /// Where, where known.
    pub country: Option<String>,
    /// Whether the row is only there because an import brought it: undoing that import may take it away. Whatever is
    /// written by hand stays.
    pub imported: bool,
}

/// A transaction to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewTransaction {
    /// Invoice number, never that of another transaction.
    pub invoice_number: String,
    /// When, in seconds on the shop's wall clock.
    pub timestamp: Timestamp,
    /// How it was paid.
    pub payment_method: Option<String>,
    /// Who bought: a customer who is there.
    pub customer: Option<Refer<CustomerId>>,
    /// Where. A country that is not there yet, named by its name, is made.
    pub country: Option<Refer<CountryId>>,
}

/// Changes of some fields of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is that of NewTransaction")]
pub struct TransactionPatch {
    pub invoice_number: Change<String>,
    pub timestamp: Change<Timestamp>,
    pub payment_method: Change<String>,
    pub customer: Change<Refer<CustomerId>>,
    pub country: Change<Refer<CountryId>>,
}

/// Which transactions; all that is given must hold. Words are compared as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionFilter {
    /// Beginning of the invoice number, letters as they are written.
    pub invoice_prefix: Option<String>,
    /// Who bought.
    pub customer: Option<Refer<CustomerId>>,
    /// Calendar month.
    pub month: Option<Month>,
    /// How it was paid.
    pub payment_method: Option<String>,
}

/// What transactions can be sorted by. Text is in the order of its bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TransactionSort {
    /// By number: the order in which they came.
    #[default]
    Id,
    /// By invoice number.
    InvoiceNumber,
    /// By time.
    Timestamp,
}

sort_columns!(TransactionSort {
    Id = "id",
    InvoiceNumber = "invoice_number",
    Timestamp = "timestamp",
});

impl Resource for TransactionRecord {
    const WHAT: &'static str = "transaction";
    type Id = TransactionId;
    type Sort = TransactionSort;
    type Filter = TransactionFilter;

    fn id(&self) -> TransactionId {
        self.id
    }

    fn etag(&self) -> String {
        let mark = Mark::new().number(self.id).text(&self.invoice_number).number(self.derived);
        let mark = mark.number(self.timestamp).maybe(self.payment_method.as_deref());
        let mark = mark.maybe(self.customer.as_ref().map(|customer| customer.external_id.as_str()));
        let mark = mark.maybe_number(self.customer.as_ref().map(|customer| customer.id));
        mark.maybe(self.country.as_deref()).number(self.imported).finish()
    }
}
