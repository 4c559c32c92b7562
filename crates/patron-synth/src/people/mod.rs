//! Who the customers are: names, addresses and the like, invented and consistent with their country.

pub(crate) mod locale;
mod names;

use patron_domain::{CustomerAttributes, Day};
use rand::RngExt;
use rand::seq::IndexedRandom;

use crate::chance::happens;
use crate::scenario::ChannelShare;
use crate::seed::{SeedTree, SynthRng};

/// Youngest and oldest at the first order, in days.
const AGES: (i32, i32) = (18 * 366, 82 * 365);
/// Share of women, and of women and men.
const WOMEN: f64 = 0.56;
const WOMEN_AND_MEN: f64 = 0.98;

/// What the shop's world already knows of a customer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub(crate) customer: u32,
    pub(crate) country: &'a str,
    pub(crate) channel: &'a str,
    pub(crate) arrived: Day,
    pub(crate) may_contact: bool,
}

/// Where customers come from when the scenario does not say.
pub(crate) fn usual_channels() -> Vec<ChannelShare> {
    let channels = [
        ("search", 0.38),
        ("newsletter", 0.16),
        ("social media", 0.2),
        ("friends", 0.14),
        ("marketplace", 0.12),
    ];
    let channel = |(name, share): (&str, f64)| ChannelShare {
        name: name.to_owned(),
        share,
        buying_factor: 1.0,
        dropout_factor: 1.0,
        spend_factor: 1.0,
    };
    channels.map(channel).into()
}

/// All attributes of a customer; phone, birthday, gender and channel are missing with the chance `unknown` each.
///
/// Names, street, city, postal code and the phone's area are of the country. E-mail addresses (at example.com, .net and
/// .org, which nobody owns) and phone numbers are unlike those of any other customer.
pub(crate) fn attributes(seed: SeedTree, known: &Known<'_>, unknown: f64) -> CustomerAttributes {
    let mut rng = seed.child("person", 0);
    let rng = &mut rng;
    let locale = locale::of(known.country);
    let point: f64 = rng.random();
    let gender = match point {
        _ if point < WOMEN => "female",
        _ if point < WOMEN_AND_MEN => "male",
        _ => "other",
    };
    let is_woman = gender == "female" || (gender == "other" && rng.random());
    let (name, surname) = names::draw(rng, locale.language, is_woman);
    let city = locale.cities.choose(rng).copied().unwrap_or(("", "", ""));
    let (city, area, zip) = city;
    let street = locale.language.streets().choose(rng).copied().unwrap_or_default();
    let house = rng.random_range(1..180).to_string();
    let born = known.arrived.plus_days(-rng.random_range(AGES.0..AGES.1));
    let zip_code = filled(zip, rng);
    let mut may_be_known = || !happens(rng, unknown);
    CustomerAttributes {
        email: Some(email(name, surname, known.customer)),
        phone: may_be_known().then(|| format!("{} {area} {:08}", locale.phone, own_digits(known.customer))),
        country: Some(known.country.to_owned()).filter(|country| !country.is_empty()),
        city: Some(city.to_owned()),
        address: Some(street.replace('#', &house)),
        zip_code: Some(zip_code),
        birthday: may_be_known().then_some(born),
        gender: may_be_known().then(|| gender.to_owned()),
        acquisition_channel: may_be_known().then(|| known.channel.to_owned()),
        may_contact: Some(known.may_contact),
        name: Some(name.to_owned()),
        surname: Some(surname.to_owned()),
    }
}

/// Eight digits, one to one for the hundred million customers a scenario may have: multiplication by a number that has
/// no divisor in common with 10⁸.
fn own_digits(customer: u32) -> u64 {
    (u64::from(customer) * 73_939_133 + 41_057_209) % 100_000_000
}

/// A postal code from its pattern: `#` is a digit, `@` a capital letter.
fn filled(pattern: &str, rng: &mut SynthRng) -> String {
    let letters = b"ABDEFGHJLNPQRSTUWXYZ";
    let fill = |sign| match sign {
        '#' => char::from(b'0' + rng.random_range(0..10_u8)),
        '@' => letters.choose(rng).copied().map_or('A', char::from),
        sign => sign,
    };
    pattern.chars().map(fill).collect()
}

fn email(name: &str, surname: &str, customer: u32) -> String {
    let domain = ["com", "net", "org"][customer as usize % 3];
    format!("{}.{}{}@example.{domain}", plain(name), plain(surname), customer + 1)
}

/// Letters a to z only, as mailboxes like them.
fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' => text.push(letter),
            'ä' | 'æ' => text.push_str("ae"),
            'ö' | 'ø' | 'œ' => text.push_str("oe"),
            'ü' => text.push_str("ue"),
            'ß' => text.push_str("ss"),
            'å' => text.push_str("aa"),
            'á' | 'à' | 'â' | 'ã' | 'ą' => text.push('a'),
            'ç' | 'ć' | 'č' => text.push('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ę' => text.push('e'),
            'í' | 'ì' | 'î' | 'ï' => text.push('i'),
            'ł' => text.push('l'),
            'ñ' | 'ń' => text.push('n'),
            'ó' | 'ò' | 'ô' | 'õ' => text.push('o'),
            'ś' | 'š' => text.push('s'),
            'ú' | 'ù' | 'û' => text.push('u'),
            'ý' => text.push('y'),
            'ź' | 'ż' | 'ž' => text.push('z'),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn known(customer: u32, country: &str) -> Known<'_> {
        let arrived = "2024-05-01".parse().unwrap();
        Known { customer, country, channel: "search", arrived, may_contact: true }
    }

    fn drawn(customer: u32, country: &str) -> CustomerAttributes {
        attributes(SeedTree::new(u64::from(customer)), &known(customer, country), 0.0)
    }

    #[test]
    fn addresses_and_numbers_are_unlike_each_other() {
        let people: Vec<CustomerAttributes> = (0..20_000).map(|id| drawn(id, "Germany")).collect();
        let emails: HashSet<&String> = people.iter().filter_map(|person| person.email.as_ref()).collect();
        let phones: HashSet<&String> = people.iter().filter_map(|person| person.phone.as_ref()).collect();
        assert_eq!((emails.len(), phones.len()), (20_000, 20_000));
        assert!(
            emails.iter().all(|email| email.is_ascii() && !email.contains("..") && !email.starts_with('.'))
        );
    }

    #[test]
    fn a_german_lives_in_germany() {
        for id in 0..500 {
            let person = drawn(id, "Germany");
            let (city, zip) = (person.city.unwrap(), person.zip_code.unwrap());
            assert!(zip.len() == 5 && zip.bytes().all(|byte| byte.is_ascii_digit()), "{zip}");
            assert!(person.phone.unwrap().starts_with("+49 "));
            assert_eq!(city == "Berlin", zip.starts_with("10") && zip.as_str() < "11000", "{city} {zip}");
            let age = (("2024-05-01".parse::<Day>().unwrap()).days_since(person.birthday.unwrap())) / 365;
            assert!((18..=82).contains(&age));
            assert!(person.address.unwrap().bytes().any(|byte| byte.is_ascii_digit()));
        }
    }

    #[test]
    fn postal_codes_follow_the_country() {
        let zips = |country| (0..50).map(move |id| drawn(id, country).zip_code.unwrap());
        assert!(zips("Netherlands").all(|zip| zip.len() == 7 && zip.as_bytes()[4] == b' '));
        assert!(zips("Poland").all(|zip| zip.as_bytes()[2] == b'-'));
        assert!(zips("United Kingdom").all(|zip| zip.contains(' ') && zip.len() >= 6));
        assert!(drawn(1, "Atlantis").zip_code.is_some());
        assert_eq!(drawn(1, "Atlantis").country.unwrap(), "Atlantis");
    }

    #[test]
    fn what_is_unknown_is_missing_at_its_rate() {
        let people: Vec<CustomerAttributes> =
            (0..4_000).map(|id| attributes(SeedTree::new(id), &known(id as u32, "France"), 0.25)).collect();
        let missing = |is_known: fn(&CustomerAttributes) -> bool| {
            people.iter().filter(|person| !is_known(person)).count() as f64 / 4_000.0
        };
        for share in [
            missing(|person| person.phone.is_some()),
            missing(|person| person.birthday.is_some()),
            missing(|person| person.gender.is_some()),
            missing(|person| person.acquisition_channel.is_some()),
        ] {
            assert!((share - 0.25).abs() < 0.03, "{share}");
        }
        assert!(people.iter().all(|person| person.email.is_some() && person.name.is_some()));
    }
}
