//! Single rows of the shop's tables, as a REST interface reads and writes them.

mod change;
mod customers;
mod dates;
mod ids;
mod list;
mod mark;
mod products;
mod sales;
mod transactions;

pub use change::{Change, Refer, Upserted};
pub use customers::{
    CustomerFacts, CustomerFilter, CustomerPatch, CustomerPersonal, CustomerRecord, CustomerSort, NewCustomer,
};
pub use dates::{DateFilter, DatePatch, DateRecord, DateSort, NewDate};
pub use ids::{CountryId, CustomerId, ProductId, SaleId, TransactionId};
pub use list::{Cursor, CursorKey, Direction, List, Page, ParseCursorError, Resource, Sort};
pub(crate) use mark::Mark;
pub use products::{NewProduct, ProductFilter, ProductPatch, ProductRecord, ProductSort};
pub use sales::{
    CustomerRef, NewSale, ProductRef, SaleFilter, SalePatch, SaleRecord, SaleSort, TransactionRef,
};
pub use transactions::{
    NewTransaction, TransactionFilter, TransactionPatch, TransactionRecord, TransactionSort,
};

/// The largest price, discount or amount of a single row, in either direction: 100 thousand million currency units.
/// Thousands of such rows still add up exactly.
pub const MAX_AMOUNT: patron_domain::Money =
    patron_domain::Money::from_ten_thousandths(1_000_000_000_000_000);

/// What is wrong with one field of a row that was to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field, by its name in the record.
    pub field: &'static str,
    /// What is wrong with it, and what would be right.
    pub reason: String,
}
