//! Reading and writing single rows: what a REST interface does.
//!
//! [`Reading`] and [`Writing`] stand for a connection; every function of a kind of row takes a connection and is in
//! the module of that kind.

mod check;
mod cost_days;
mod customers;
mod dates;
mod days;
pub(crate) mod indexes;
mod layers;
mod lines;
mod list;
mod live;
mod lookup;
pub(crate) mod numbers;
mod products;
mod sales;
mod stored;
mod transactions;

use std::ops::{Deref, DerefMut};

use patron_domain::Day;

pub use cost_days::CostDay;
pub use days::CustomerDays;
pub use live::{LiveSettings, LiveWriter};
pub(crate) use stored::{EditStored, KeyedStored, Stored};

use crate::access::audit::{Audit, AuditAction};
use crate::access::fields::Audited;
use crate::connect::Connection;
use crate::error::Outcome;
use crate::{CustomerId, List, Page, Place, RejectedRow, Resource, StoreError, Upserted};

/// The most rejected rows a bulk creation tells of.
const MAX_REJECTED: usize = 100;

/// What a kind of row is written from.
pub trait Written {
    /// A row to be written.
    type New: Clone + std::fmt::Debug + PartialEq + Send + 'static;
    /// Changes of some fields.
    type Patch: Clone + std::fmt::Debug + Default + PartialEq + Send + 'static;
}

/// A kind of row that can be created, changed and deleted.
#[expect(
    private_bounds,
    reason = "how rows are stored is nobody's business outside; the trait is sealed by it"
)]
pub trait Editable: Resource + Written + EditStored + Audited {}

/// A kind of row that the shop has a word of its own for: customers (external id), products (stock code),
/// transactions (invoice number).
#[expect(
    private_bounds,
    reason = "how rows are stored is nobody's business outside; the trait is sealed by it"
)]
pub trait Keyed: Editable + KeyedStored {}

impl<R: Resource + EditStored + Audited> Editable for R {}
impl<R: Editable + KeyedStored> Keyed for R {}

/// A look at the database: [`Store::reading`](crate::Store::reading), [`Store::read`](crate::Store::read).
pub struct Reading<'c> {
    connection: &'c mut Connection,
    place: &'c Place,
}

impl<'c> Reading<'c> {
    pub(crate) fn new(connection: &'c mut Connection, place: &'c Place) -> Self {
        Self { connection, place }
    }

    /// The row with that number; `None` where there is none.
    ///
    /// # Errors
    /// What the database says.
    pub fn get<R: Resource>(&mut self, id: R::Id) -> Result<Option<R>, StoreError> {
        self.run(|connection| R::read(connection, id.into()))
    }

    /// The row with the shop's own word for it: external id, stock code, invoice number; letters as they are written.
    ///
    /// # Errors
    /// What the database says.
    pub fn get_by_key<R: Keyed>(&mut self, key: &str) -> Result<Option<R>, StoreError> {
        self.run(|connection| match R::find(connection, key)? {
            Some(id) => R::read(connection, id),
            None => Ok(None),
        })
    }

    /// A page of the rows that fit a filter.
    ///
    /// Page after page, by the cursor of the page before, every row that is there all the while comes exactly once.
    /// A page sorted by id or by the shop's own word is found at once; other orders look at all rows, and so do
    /// filters of which few rows fit, except those by customer, transaction and day.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] for a cursor of another order (`after`), what else the database says. A filter by a
    /// row that is not there fits nothing.
    pub fn list<R: Resource>(&mut self, list: &List<R>) -> Result<Page<R>, StoreError> {
        self.run(|connection| list::page(connection, list))
    }

    /// The days of a customer's lines, services left out, and the country of the customer's first line: what the
    /// forecasters ask for, the same as the rollup `CustomerDay` of a scan of the whole shop.
    ///
    /// Takes time by the lines of this customer's orders, not by the size of the shop.
    ///
    /// # Errors
    /// [`StoreError::Missing`] for a customer who is not there; what the database says.
    pub fn customer_days(&mut self, customer: CustomerId) -> Result<CustomerDays, StoreError> {
        self.run(|connection| days::of_customer(connection, customer.0))
    }

    /// What a customer's lines of products with a known unit cost brought and cost, day by day up to `until`; services are
    /// left out. Empty for a customer without such a line, or who is not there.
    ///
    /// # Errors
    /// What the database says.
    pub fn cost_days(&mut self, customer: CustomerId, until: Day) -> Result<Vec<CostDay>, StoreError> {
        self.run(|connection| cost_days::of_customer(connection, customer.0, until))
    }

    pub(crate) fn run<T>(
        &mut self,
        query: impl FnOnce(&mut Connection) -> Outcome<T>,
    ) -> Result<T, StoreError> {
        query(self.connection).map_err(|fault| fault.at(self.place))
    }
}

/// Changes of the database, all in one transaction: [`Store::write`](crate::Store::write),
/// [`LiveWriter::write`]. Sees what it has changed so far.
///
/// `expected` is the [`etag`](Resource::etag) of the row as the caller saw it: where the row has changed since, it
/// stays as it is and the answer is [`StoreError::Changed`].
///
/// What is written here is nobody's to take back: undoing an import leaves it. Who wrote it is noted where
/// [`Writing::acting_as`] says who that is.
pub struct Writing<'c> {
    reading: Reading<'c>,
    audit: Audit,
}

impl<'c> Deref for Writing<'c> {
    type Target = Reading<'c>;

    fn deref(&self) -> &Self::Target {
        &self.reading
    }
}

impl DerefMut for Writing<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reading
    }
}

impl<'c> Writing<'c> {
    pub(crate) fn new(connection: &'c mut Connection, place: &'c Place) -> Self {
        Self { reading: Reading::new(connection, place), audit: Audit::default() }
    }

    /// What is noted of the changes.
    pub(crate) fn audit_mut(&mut self) -> &mut Audit {
        &mut self.audit
    }

    /// Makes a change, and notes it.
    pub(crate) fn noted<T>(
        &mut self,
        change: impl FnOnce(&mut Connection, &mut Audit) -> Outcome<T>,
    ) -> Result<T, StoreError> {
        let audit = &mut self.audit;
        self.reading.run(|connection| change(connection, audit))
    }

    /// Creates a row.
    ///
    /// # Errors
    /// [`StoreError::Invalid`] with all fields that are wrong, [`StoreError::Taken`] when another row has the shop's
    /// word; what the database says.
    pub fn create<R: Editable>(&mut self, new: &R::New) -> Result<R, StoreError> {
        self.noted(|connection, audit| create(connection, audit, new))
    }

    /// Creates rows, all of them or none; the records come in the order of `new`.
    ///
    /// # Errors
    /// [`StoreError::Rejected`] with the first 100 rows that cannot be created, and why; what the database says. After
    /// an error give the error on, so that the transaction is rolled back.
    pub fn create_all<R: Editable>(&mut self, new: &[R::New]) -> Result<Vec<R>, StoreError> {
        let (mut created, mut rejected) = (Vec::with_capacity(new.len()), Vec::new());
        for (row, new) in new.iter().enumerate() {
            match self.create(new) {
                Ok(record) => created.push(record),
                Err(error) if error.is_of_the_row() => rejected.push(RejectedRow { row, error }),
                Err(error) => return Err(error),
            }
            if rejected.len() == MAX_REJECTED {
                break;
            }
        }
        if rejected.is_empty() { Ok(created) } else { Err(StoreError::Rejected { rows: rejected }) }
    }

    /// Puts a row in the place of the one with that number; fields that are not given are empty afterwards.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Changed`]; else as [`Writing::create`].
    pub fn replace<R: Editable>(
        &mut self,
        id: R::Id,
        new: &R::New,
        expected: Option<&str>,
    ) -> Result<R, StoreError> {
        self.noted(|connection, audit| {
            let current = current::<R>(connection, id.into(), expected)?;
            update(connection, audit, &current, new, None)
        })
    }

    /// Puts a row in the place of the one that has this word of the shop, or creates it where there is none. The word
    /// within `new` is not looked at.
    ///
    /// # Errors
    /// [`StoreError::Changed`], also where something is expected and nothing is there; else as [`Writing::create`].
    pub fn upsert<R: Keyed>(
        &mut self,
        key: &str,
        new: &R::New,
        expected: Option<&str>,
    ) -> Result<Upserted<R>, StoreError> {
        self.noted(|connection, audit| {
            let new = R::with_key(new.clone(), key);
            match R::find(connection, key)? {
                Some(id) => {
                    let current = current::<R>(connection, id, expected)?;
                    update(connection, audit, &current, &new, None).map(Upserted::Replaced)
                }
                None if expected.is_some() => {
                    Err(StoreError::Changed { what: R::WHAT, key: key.to_owned() }.into())
                }
                None => create(connection, audit, &new).map(Upserted::Created),
            }
        })
    }

    /// Changes some fields of a row.
    ///
    /// # Errors
    /// As [`Writing::replace`].
    pub fn patch<R: Editable>(
        &mut self,
        id: R::Id,
        patch: &R::Patch,
        expected: Option<&str>,
    ) -> Result<R, StoreError> {
        self.noted(|connection, audit| {
            let current = current::<R>(connection, id.into(), expected)?;
            let new = current.patched(patch)?;
            update(connection, audit, &current, &new, Some(patch))
        })
    }

    /// Deletes a row, and returns it as it was.
    ///
    /// With a customer go its forecasts in stored model runs; with a sale the link between a cancellation and the
    /// purchase it takes back, and its day from the calendar if it was the only one of that day.
    ///
    /// # Errors
    /// [`StoreError::Missing`], [`StoreError::Changed`]; [`StoreError::Referenced`] when other rows refer to it; what
    /// the database says.
    pub fn delete<R: Editable>(&mut self, id: R::Id, expected: Option<&str>) -> Result<R, StoreError> {
        self.noted(|connection, audit| {
            let current = current::<R>(connection, id.into(), expected)?;
            current.remove(connection)?;
            numbers::note_deleted(connection, R::TABLE, id.into())?;
            audit.note_change(connection, AuditAction::Delete, (R::TABLE, id.into()), (&current, None))?;
            Ok(current)
        })
    }
}

/// Creates a row; its values are not noted, as the row has them.
fn create<R: Editable>(connection: &mut Connection, audit: &mut Audit, new: &R::New) -> Outcome<R> {
    let id = R::insert(connection, new)?;
    audit.note(connection, AuditAction::Create, R::TABLE, id, None)?;
    existing(connection, id)
}

fn update<R: Editable>(
    connection: &mut Connection,
    audit: &mut Audit,
    current: &R,
    new: &R::New,
    patch: Option<&R::Patch>,
) -> Outcome<R> {
    current.update(connection, new, patch)?;
    let (id, action) =
        (current.id().into(), if patch.is_some() { AuditAction::Patch } else { AuditAction::Replace });
    let updated = existing(connection, id)?;
    audit.note_change(connection, action, (R::TABLE, id), (current, Some(&updated)))?;
    Ok(updated)
}

/// The row as it is, if it is what the caller expects.
fn current<R: Resource>(connection: &mut Connection, id: i64, expected: Option<&str>) -> Outcome<R> {
    let current: R = existing(connection, id)?;
    match expected {
        Some(expected) if expected != current.etag() => {
            Err(StoreError::Changed { what: R::WHAT, key: id.to_string() }.into())
        }
        _ => Ok(current),
    }
}

fn existing<R: Resource>(connection: &mut Connection, id: i64) -> Outcome<R> {
    let missing = || StoreError::Missing { what: R::WHAT, key: id.to_string() };
    R::read(connection, id)?.ok_or_else(|| missing().into())
}

impl std::fmt::Debug for Reading<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").field("place", &self.place).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Writing<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writing").field("place", &self.reading.place).finish_non_exhaustive()
    }
}
