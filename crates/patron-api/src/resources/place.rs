//! Which row a path means: by its number, or by the shop's own word.

use patron_store::{Reading, StoreError};

use super::{Readable, Worded};

/// A way to name one row in a path.
pub(crate) trait Place<R: Readable>: Clone + Send + 'static {
    fn of(text: String) -> Self;

    /// The row.
    ///
    /// # Errors
    /// [`StoreError::Missing`]; what the database says.
    fn find(&self, reading: &mut Reading<'_>) -> Result<R, StoreError>;

    /// Its number.
    ///
    /// # Errors
    /// As [`Place::find`], or later when the number is used.
    fn id(&self, reading: &mut Reading<'_>) -> Result<R::Id, StoreError>;
}

/// By its number in the database.
#[derive(Clone, Debug)]
pub(crate) struct ById(String);

impl<R: Readable> Place<R> for ById {
    fn of(text: String) -> Self {
        Self(text)
    }

    fn find(&self, reading: &mut Reading<'_>) -> Result<R, StoreError> {
        let id = <Self as Place<R>>::id(self, reading)?;
        reading.get(id)?.ok_or_else(|| missing::<R>(&self.0))
    }

    fn id(&self, _: &mut Reading<'_>) -> Result<R::Id, StoreError> {
        let number = self.0.parse::<i64>().map_err(|_| missing::<R>(&self.0))?;
        Ok(R::Id::from(number))
    }
}

/// By the shop's own word: external id, stock code, invoice number.
#[derive(Clone, Debug)]
pub(crate) struct ByWord(String);

impl<R: Worded> Place<R> for ByWord {
    fn of(text: String) -> Self {
        Self(text)
    }

    fn find(&self, reading: &mut Reading<'_>) -> Result<R, StoreError> {
        reading.get_by_key(&self.0)?.ok_or_else(|| missing::<R>(&self.0))
    }

    fn id(&self, reading: &mut Reading<'_>) -> Result<R::Id, StoreError> {
        self.find(reading).map(|row: R| row.id())
    }
}

fn missing<R: Readable>(name: &str) -> StoreError {
    StoreError::Missing { what: R::WHAT, key: format!("'{name}'") }
}
