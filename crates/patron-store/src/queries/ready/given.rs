//! Values for what a query asks for.

use patron_domain::{Money, Month};

use super::{ReadyNeed, ReadyParameterKind, ReadyQuery};
use crate::StoreError;

/// What is given to a query; a query refuses what it does not ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadyGiven {
    /// A calendar month.
    pub month: Option<Month>,
    /// A calendar year.
    pub year: Option<u16>,
    /// A price of a unit.
    pub price: Option<Money>,
    /// How many.
    pub n: Option<u32>,
    /// A customer, by the id the shop writes.
    pub customer: Option<String>,
    /// A country, by name.
    pub country: Option<String>,
    /// A payment method.
    pub method: Option<String>,
}

impl ReadyGiven {
    /// The kinds that have a value, in the order of the fields.
    fn kinds(&self) -> impl Iterator<Item = ReadyParameterKind> {
        let Self { month, year, price, n, customer, country, method } = self;
        let held = [
            (ReadyParameterKind::Month, month.is_some()),
            (ReadyParameterKind::Year, year.is_some()),
            (ReadyParameterKind::Price, price.is_some()),
            (ReadyParameterKind::Count, n.is_some()),
            (ReadyParameterKind::Customer, customer.is_some()),
            (ReadyParameterKind::Country, country.is_some()),
            (ReadyParameterKind::Method, method.is_some()),
        ];
        held.into_iter().filter_map(|(kind, is_held)| is_held.then_some(kind))
    }
}

impl ReadyQuery {
    /// Whether all that must be given is, and nothing else.
    ///
    /// # Errors
    /// [`StoreError::MissingParameter`], [`StoreError::UnwantedParameter`]: the first of them.
    pub fn check(&self, given: &ReadyGiven) -> Result<(), StoreError> {
        for parameter in self.parameters {
            if parameter.need == ReadyNeed::Required && given.kinds().all(|kind| kind != parameter.kind) {
                return Err(StoreError::MissingParameter {
                    query: self.name,
                    parameter: parameter.kind.word(),
                    example: parameter.kind.example(),
                });
            }
        }
        let asked = |kind| self.parameters.iter().any(|parameter| parameter.kind == kind);
        match given.kinds().find(|&kind| !asked(kind)) {
            Some(unwanted) => Err(StoreError::UnwantedParameter {
                query: self.name,
                parameter: unwanted.word(),
                asked: self.parameters.iter().map(|parameter| parameter.kind.word()).collect(),
            }),
            None => Ok(()),
        }
    }
}
