//! Who may be written to.

use serde::Serialize;

/// Whether a customer may be written to. From [`patron_domain::CustomerAttributes::may_contact`] and the store's list of
/// people who were erased.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Contactable {
    /// Agreed.
    Yes,
    /// Never asked, or the answer is not known.
    #[default]
    NoConsent,
    /// Said no.
    Objected,
    /// A stand-in for a person who was erased.
    Erased,
}

impl Contactable {
    /// From the shop's own list and whether the person was erased, which comes first.
    pub fn of(may_contact: Option<bool>, erased: bool) -> Self {
        match (erased, may_contact) {
            (true, _) => Self::Erased,
            (false, Some(true)) => Self::Yes,
            (false, Some(false)) => Self::Objected,
            (false, None) => Self::NoConsent,
        }
    }
}

/// How many were left out of a mailing list, and why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Never asked.
    pub no_consent: u64,
    /// Said no.
    pub objected: u64,
    /// Erased.
    pub erased: u64,
}

impl LeftOut {
    /// Keeps those who may be written to and counts the others. `consent` is by customer code; beyond its end nobody was
    /// asked.
    pub(crate) fn sift(
        places: impl Iterator<Item = (usize, u32)>,
        consent: &[Contactable],
    ) -> (Vec<usize>, Self) {
        let mut left_out = Self::default();
        let mut kept = Vec::new();
        for (place, code) in places {
            match consent.get(code as usize).copied().unwrap_or_default() {
                Contactable::Yes => kept.push(place),
                Contactable::NoConsent => left_out.no_consent += 1,
                Contactable::Objected => left_out.objected += 1,
                Contactable::Erased => left_out.erased += 1,
            }
        }
        (kept, left_out)
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.no_consent + self.objected + self.erased
    }
}
