//! How a request says what it wants of a field, and of another row.

/// What a patch does to one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Leave,
    /// Takes the value away.
    Clear,
    /// Puts this value in its place.
    Set(T),
}

impl<T> Change<T> {
    /// Lays the change over a field that may be empty.
    pub fn lay_over(self, field: &mut Option<T>) {
        match self {
            Self::Leave => {}
            Self::Clear => *field = None,
            Self::Set(value) => *field = Some(value),
        }
    }

    /// Whether it leaves the field as it is.
    pub fn is_leave(&self) -> bool {
        matches!(self, Self::Leave)
    }
}

impl<T> From<Option<Option<T>>> for Change<T> {
    /// `None`: not mentioned; `Some(None)`: null; `Some(Some(value))`: a value.
    fn from(said: Option<Option<T>>) -> Self {
        match said {
            None => Self::Leave,
            Some(None) => Self::Clear,
            Some(Some(value)) => Self::Set(value),
        }
    }
}

/// Another row, by its number or as the shop calls it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Refer<I> {
    /// By the number in the database.
    Id(I),
    /// By the shop's own word for it: external id, stock code, invoice number, name of a country.
    Key(String),
}

/// What an upsert did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Upserted<R> {
    /// There was none: it is new.
    Created(R),
    /// It takes the place of the one that was there.
    Replaced(R),
}

impl<R> Upserted<R> {
    /// The row as it is now.
    pub fn into_record(self) -> R {
        match self {
            Self::Created(record) | Self::Replaced(record) => record,
        }
    }
}
