//! Who bought: an id of the shop, or else an e-mail address.

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::field::Field;
use crate::line::{is_nothing, whole_id};
use crate::mapping::ColumnMap;
use crate::overlay::OrderSettings;

/// E-mail address in lower case → the id of the shop that stands beside it somewhere in the file.
pub(crate) type Accounts = FxHashMap<Box<[u8]>, Box<[u8]>>;

/// How a line's customer is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KnownBy {
    /// By an id of the shop, or not at all.
    #[default]
    Id,
    /// By an e-mail address that stands beside an id elsewhere.
    AddressOfAccount,
    /// By an e-mail address alone.
    Address,
}

/// Finds the customer of a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct People {
    guests: Vec<String>,
    pub(crate) accounts: Arc<Accounts>,
}

impl People {
    /// For a file with these columns; ids that mean a guest count only where an e-mail address may tell more, or where
    /// the format says so.
    pub(crate) fn new(map: &ColumnMap, orders: Option<&OrderSettings>) -> Self {
        let guests = match orders {
            Some(orders) => orders.guests.clone(),
            None if map.has(Field::Email) => vec!["0".to_owned()],
            None => Vec::new(),
        };
        Self { guests, accounts: Arc::default() }
    }

    /// The id of the shop in a field, where it is one.
    pub(crate) fn account<'a>(&self, id: &'a [u8]) -> Option<&'a [u8]> {
        let is_guest = || self.guests.iter().any(|guest| guest.as_bytes().eq_ignore_ascii_case(id));
        (!is_nothing(id) && !is_guest()).then(|| whole_id(id))
    }

    /// The customer behind an id and an e-mail address; empty where neither says anything.
    pub(crate) fn customer<'a>(&self, id: &'a [u8], email: &'a [u8]) -> (Cow<'a, [u8]>, KnownBy) {
        if let Some(id) = self.account(id) {
            let is_address = is_address(id);
            let known_by = if is_address { KnownBy::Address } else { KnownBy::Id };
            return (if is_address { address(id) } else { Cow::Borrowed(id) }, known_by);
        }
        if !is_address(email) {
            return (Cow::Borrowed(b""), KnownBy::Id);
        }
        let address = address(email);
        match self.accounts.get(address.as_ref()) {
            Some(account) => (Cow::Owned(account.to_vec()), KnownBy::AddressOfAccount),
            None => (address, KnownBy::Address),
        }
    }
}

/// Whether a text can be an e-mail address: something on both sides of an `@`. `walk-in` and `unknown` are nobody.
pub(crate) fn is_address(text: &[u8]) -> bool {
    memchr::memrchr(b'@', text).is_some_and(|at| at > 0 && at + 1 < text.len())
}

/// First and family name in a whole name: the last word is the family name.
pub(crate) fn split_name(whole: String) -> (Option<String>, Option<String>) {
    match whole.rsplit_once(' ') {
        Some((first, family)) => (Some(first.trim().to_owned()), Some(family.to_owned())),
        None => (Some(whole), None),
    }
}

/// An e-mail address without regard to case.
pub(crate) fn address(text: &[u8]) -> Cow<'_, [u8]> {
    if text.is_ascii() && !text.iter().any(u8::is_ascii_uppercase) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(String::from_utf8_lossy(text).to_lowercase().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_goes_before_an_address_and_an_address_finds_its_account() {
        let accounts = [(b"ann@x.org".as_slice().into(), b"17".as_slice().into())].into_iter().collect();
        let people = People { guests: vec!["0".into()], accounts: Arc::new(accounts) };
        let who = |id: &str, email: &str| {
            let (customer, known_by) = people.customer(id.as_bytes(), email.as_bytes());
            (String::from_utf8(customer.into_owned()).unwrap(), known_by)
        };
        assert_eq!(who("17.0", "other@x.org"), ("17".into(), KnownBy::Id));
        assert_eq!(who("0", "Ann@X.org"), ("17".into(), KnownBy::AddressOfAccount));
        assert_eq!(who("", "Bob@x.org"), ("bob@x.org".into(), KnownBy::Address));
        assert_eq!(who("Bob@X.org", ""), ("bob@x.org".into(), KnownBy::Address));
        assert_eq!(who("nan", "n/a"), (String::new(), KnownBy::Id));
    }
}
