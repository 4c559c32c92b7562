//! Who ordered: invented names, towns and addresses.

use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::seed::SynthRng;

const FIRST_NAMES: [&str; 24] = [
    "Ada", "Bruno", "Clara", "Dario", "Edda", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katja", "Louis",
    "Mara", "Nils", "Olga", "Pavel", "Rosa", "Simon", "Tilda", "Ulla", "Viktor", "Wanda", "Yara", "Zeno",
];
const LAST_NAMES: [&str; 24] = [
    "Abel",
    "Bishop",
    "Castle",
    "Dufour",
    "Ekberg",
    "Fontana",
    "Garner",
    "Holm",
    "Ibarra",
    "Jansen",
    "Keller",
    "Lindqvist",
    "Moreau",
    "Novak",
    "Orsini",
    "Palmer",
    "Quist",
    "Romero",
    "Steiner",
    "Thorne",
    "Urban",
    "Vance",
    "Weber",
    "Zimmer",
];
const TOWNS: [&str; 12] = [
    "Altmoor",
    "Brookfield",
    "Castelnou",
    "Dunmere",
    "Eastwick",
    "Fairhaven",
    "Grunau",
    "Hollin",
    "Lindholm",
    "Marwick",
    "Norring",
    "Westerby",
];
/// Two-letter codes of the countries a scenario is likely to name.
const COUNTRIES: [(&str, &str); 32] = [
    ("Australia", "AU"),
    ("Austria", "AT"),
    ("Belgium", "BE"),
    ("Brazil", "BR"),
    ("Canada", "CA"),
    ("Czech Republic", "CZ"),
    ("Denmark", "DK"),
    ("EIRE", "IE"),
    ("Finland", "FI"),
    ("France", "FR"),
    ("Germany", "DE"),
    ("Greece", "GR"),
    ("Hungary", "HU"),
    ("Iceland", "IS"),
    ("Ireland", "IE"),
    ("Israel", "IL"),
    ("Italy", "IT"),
    ("Japan", "JP"),
    ("Lithuania", "LT"),
    ("Luxembourg", "LU"),
    ("Malta", "MT"),
    ("Netherlands", "NL"),
    ("Norway", "NO"),
    ("Poland", "PL"),
    ("Portugal", "PT"),
    ("Singapore", "SG"),
    ("Spain", "ES"),
    ("Sweden", "SE"),
    ("Switzerland", "CH"),
    ("United Kingdom", "GB"),
    ("United States", "US"),
    ("USA", "US"),
];

/// A customer as an address form knows one; the same for all orders of the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) street: String,
    pub(crate) town: &'static str,
    pub(crate) zip: String,
    pub(crate) accepts_marketing: bool,
    /// Lower case, without blanks, unlike that of any other customer.
    pub(crate) email: String,
}

impl Person {
    /// The customer with the log's `id`.
    pub(crate) fn draw(rng: &mut SynthRng, id: &str) -> Self {
        let mut pick = |from: &[&'static str]| from.choose(rng).copied().unwrap_or_default();
        let (first_name, last_name, town) = (pick(&FIRST_NAMES), pick(&LAST_NAMES), pick(&TOWNS));
        let email = format!("{first_name}.{last_name}.{id}@example.com").to_lowercase();
        Self {
            first_name,
            last_name,
            street: format!("{} Mill Lane", rng.random_range(1..200)),
            town,
            zip: format!("{:05}", rng.random_range(1_000..99_999)),
            accepts_marketing: rng.random(),
            email,
        }
    }

    /// The e-mail address as someone in a hurry types it: of ten, six as it is, one each in capitals, with a capital
    /// first letter, and with a blank before or behind.
    pub(crate) fn typed_email(&self, rng: &mut SynthRng) -> String {
        let email = &self.email;
        match rng.random_range(0..10) {
            0 => email.to_uppercase(),
            1 => email.replacen(|_| true, self.first_name.get(..1).unwrap_or_default(), 1),
            2 => format!(" {email}"),
            3 => format!("{email} "),
            _ => email.clone(),
        }
    }
}

/// The two-letter code of a country; a name that is not listed stays as it is.
pub(crate) fn country_code(name: &str) -> &str {
    let found = COUNTRIES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()));
    found.map_or(name, |&(_, code)| code)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{Scenario, SeedTree};

    #[test]
    fn every_spelling_of_an_address_is_the_same_address() {
        let seed = SeedTree::new(1);
        let person = Person::draw(&mut seed.child("person", 0), "12001");
        assert!(person.email.ends_with(".12001@example.com"), "{}", person.email);
        let typed: HashSet<String> =
            (0..200).map(|order| person.typed_email(&mut seed.child("typed", order))).collect();
        assert_eq!(typed.len(), 5, "{typed:?}");
        assert!(typed.iter().all(|email| email.trim().to_lowercase() == person.email));
    }

    #[test]
    fn the_demo_sells_to_countries_with_a_code() {
        for country in Scenario::demo().countries {
            assert_eq!(country_code(&country.name).len(), 2, "{}", country.name);
        }
        assert_eq!(country_code("Atlantis"), "Atlantis");
    }
}
