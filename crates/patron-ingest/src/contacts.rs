//! What a sales file tells of its customers beside their purchases.

use patron_domain::{CustomerAttributes, Timestamp};
use rustc_hash::FxHashMap;

use crate::dictionary::Dictionary;
use crate::field::Field;
use crate::line::is_nothing;
use crate::mapping::ColumnMap;
use crate::orders::CONTACT_FIELDS;

/// The last known values of each customer.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    known: FxHashMap<u32, (Timestamp, CustomerAttributes)>,
    has_surnames: bool,
}

/// Texts of [`CONTACT_FIELDS`].
pub(crate) type ContactTexts<'a> = [&'a [u8]; CONTACT_FIELDS.len()];

impl Contacts {
    /// `None` for a file that tells nothing but a country, which stands on the sales already.
    pub(crate) fn new(map: &ColumnMap) -> Option<Self> {
        let tells = CONTACT_FIELDS.into_iter().any(|field| field != Field::Country && map.has(field));
        tells.then(|| Self { known: FxHashMap::default(), has_surnames: map.has(Field::Surname) })
    }

    /// Notes what a line tells of a customer; what is newer goes before what is older, whatever the file's order.
    pub(crate) fn note(&mut self, customer: u32, at: Timestamp, texts: &ContactTexts<'_>) {
        let told = self.attributes(texts);
        let (since, known) =
            self.known.entry(customer).or_insert_with(|| (at, CustomerAttributes::default()));
        let is_newer = at >= *since;
        let text = |known: &mut Option<String>, told: Option<String>| {
            if told.is_some() && (is_newer || known.is_none()) {
                *known = told;
            }
        };
        text(&mut known.email, told.email);
        text(&mut known.city, told.city);
        text(&mut known.country, told.country);
        text(&mut known.name, told.name);
        text(&mut known.surname, told.surname);
        if told.may_contact.is_some() && (is_newer || known.may_contact.is_none()) {
            known.may_contact = told.may_contact;
        }
        *since = at.max(*since);
    }

    fn attributes(&self, texts: &ContactTexts<'_>) -> CustomerAttributes {
        let text = |text: &[u8]| (!is_nothing(text)).then(|| String::from_utf8_lossy(text).into_owned());
        let [email, city, country, may_contact, name, surname] = *texts;
        let (name, surname) = match text(name) {
            Some(whole) if !self.has_surnames => crate::people::split_name(whole),
            name => (name, text(surname)),
        };
        CustomerAttributes {
            email: text(&crate::people::address(email)),
            city: text(city),
            country: text(country),
            may_contact: consent(may_contact),
            name,
            surname,
            ..CustomerAttributes::default()
        }
    }

    /// By code of the accepted customers.
    pub(crate) fn by_code(self, customers: &Dictionary) -> Vec<(u32, CustomerAttributes)> {
        let known = self.known.into_iter().filter(|(_, (_, known))| !known.is_empty());
        let mut by_code: Vec<_> = known.map(|(number, (_, known))| (customers.code(number), known)).collect();
        by_code.sort_unstable_by_key(|(code, _)| *code);
        by_code
    }
}

fn consent(text: &[u8]) -> Option<bool> {
    match text.to_ascii_lowercase().as_slice() {
        b"yes" | b"true" | b"1" | b"y" | b"subscribed" => Some(true),
        b"no" | b"false" | b"0" | b"n" | b"not_subscribed" | b"unsubscribed" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_newer_goes_before_what_is_older_in_files_of_either_order() {
        let old: ContactTexts<'_> = [b"Ann@x.org", b"Kiel", b"DE", b"yes", b"Ann Mary Lee", b""];
        let new: ContactTexts<'_> = [b"ann@x.org", b"Bonn", b"", b"no", b"Ann Fox", b""];
        let expected = CustomerAttributes {
            name: Some("Ann".into()),
            surname: Some("Fox".into()),
            email: Some("ann@x.org".into()),
            city: Some("Bonn".into()),
            country: Some("DE".into()),
            may_contact: Some(false),
            ..CustomerAttributes::default()
        };
        for order in [[(1, &old), (2, &new)], [(2, &new), (1, &old)]] {
            let mut contacts = Contacts::default();
            order.into_iter().for_each(|(at, texts)| contacts.note(0, at, texts));
            assert_eq!(contacts.known[&0].1, expected);
        }
    }
}
