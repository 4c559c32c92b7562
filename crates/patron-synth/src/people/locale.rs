//! Cities, postal codes, phone numbers and ways to pay, country by country.

use super::names::Language;

/// What is particular to a country.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locale {
    /// The names a scenario may have for it.
    names: &'static [&'static str],
    pub(crate) language: Language,
    /// Its prefix.
    pub(crate) phone: &'static str,
    /// City, its area code, and the pattern of its postal codes: `#` is a digit, `@` a capital letter.
    pub(crate) cities: &'static [(&'static str, &'static str, &'static str)],
    /// How people pay, and how many of them.
    pub(crate) payments: &'static [(&'static str, f64)],
}

const CARD: &str = "credit card";
const PAYPAL: &str = "PayPal";
const INVOICE: &str = "invoice";
const TRANSFER: &str = "bank transfer";
const DEBIT: &str = "direct debit";
const INSTALMENTS: &str = "instalments";

const LOCALES: [Locale; 19] = [
    Locale {
        names: &["United Kingdom", "Great Britain", "UK", "GB"],
        language: Language::English,
        phone: "+44",
        cities: &[
            ("London", "20", "SW# #@@"),
            ("Manchester", "161", "M# #@@"),
            ("Leeds", "113", "LS# #@@"),
            ("Bristol", "117", "BS# #@@"),
            ("Edinburgh", "131", "EH# #@@"),
            ("Cardiff", "29", "CF# #@@"),
        ],
        payments: &[(CARD, 0.55), (PAYPAL, 0.27), ("debit card", 0.13), (INSTALMENTS, 0.05)],
    },
    Locale {
        names: &["Germany", "Deutschland", "DE"],
        language: Language::German,
        phone: "+49",
        cities: &[
            ("Berlin", "30", "10###"),
            ("Hamburg", "40", "20###"),
            ("München", "89", "80###"),
            ("Köln", "221", "50###"),
            ("Leipzig", "341", "04###"),
            ("Stuttgart", "711", "70###"),
        ],
        payments: &[(INVOICE, 0.33), (PAYPAL, 0.3), (DEBIT, 0.19), (CARD, 0.13), (TRANSFER, 0.05)],
    },
    Locale {
        names: &["France", "FR"],
        language: Language::French,
        phone: "+33",
        cities: &[
            ("Paris", "1", "750##"),
            ("Lyon", "4", "690##"),
            ("Marseille", "4", "130##"),
            ("Toulouse", "5", "310##"),
            ("Nantes", "2", "440##"),
        ],
        payments: &[("carte bancaire", 0.68), (PAYPAL, 0.22), (INSTALMENTS, 0.06), (TRANSFER, 0.04)],
    },
    Locale {
        names: &["Ireland", "EIRE", "IE"],
        language: Language::English,
        phone: "+353",
        cities: &[
            ("Dublin", "1", "D0# @##@"),
            ("Cork", "21", "T12 @##@"),
            ("Galway", "91", "H91 @##@"),
            ("Limerick", "61", "V94 @##@"),
        ],
        payments: &[(CARD, 0.58), (PAYPAL, 0.3), ("debit card", 0.12)],
    },
    Locale {
        names: &["Netherlands", "NL"],
        language: Language::Dutch,
        phone: "+31",
        cities: &[
            ("Amsterdam", "20", "10## @@"),
            ("Rotterdam", "10", "30## @@"),
            ("Utrecht", "30", "35## @@"),
            ("Eindhoven", "40", "56## @@"),
        ],
        payments: &[("iDEAL", 0.7), (INVOICE, 0.12), (PAYPAL, 0.1), (CARD, 0.08)],
    },
    Locale {
        names: &["Spain", "ES"],
        language: Language::Spanish,
        phone: "+34",
        cities: &[
            ("Madrid", "91", "280##"),
            ("Barcelona", "93", "080##"),
            ("Valencia", "96", "460##"),
            ("Sevilla", "95", "410##"),
        ],
        payments: &[(CARD, 0.52), (PAYPAL, 0.27), ("Bizum", 0.14), ("cash on delivery", 0.07)],
    },
    Locale {
        names: &["Belgium", "BE"],
        language: Language::Dutch,
        phone: "+32",
        cities: &[("Brussel", "2", "10##"), ("Antwerpen", "3", "20##"), ("Gent", "9", "90##")],
        payments: &[("Bancontact", 0.58), (CARD, 0.2), (PAYPAL, 0.17), (TRANSFER, 0.05)],
    },
    Locale {
        names: &["Italy", "IT"],
        language: Language::Italian,
        phone: "+39",
        cities: &[
            ("Roma", "06", "001##"),
            ("Milano", "02", "201##"),
            ("Torino", "011", "101##"),
            ("Napoli", "081", "801##"),
        ],
        payments: &[(PAYPAL, 0.39), (CARD, 0.36), ("prepaid card", 0.15), ("cash on delivery", 0.1)],
    },
    Locale {
        names: &["Sweden", "SE"],
        language: Language::Swedish,
        phone: "+46",
        cities: &[("Stockholm", "8", "11# ##"), ("Göteborg", "31", "41# ##"), ("Malmö", "40", "21# ##")],
        payments: &[("Swish", 0.32), (INVOICE, 0.28), (CARD, 0.28), (TRANSFER, 0.12)],
    },
    Locale {
        names: &["Norway", "NO"],
        language: Language::Norwegian,
        phone: "+47",
        cities: &[("Oslo", "22", "01##"), ("Bergen", "55", "50##"), ("Trondheim", "73", "70##")],
        payments: &[("Vipps", 0.36), (CARD, 0.38), (INVOICE, 0.2), (PAYPAL, 0.06)],
    },
    Locale {
        names: &["Denmark", "DK"],
        language: Language::Danish,
        phone: "+45",
        cities: &[("København", "33", "10##"), ("Aarhus", "86", "80##"), ("Odense", "66", "50##")],
        payments: &[("Dankort", 0.5), ("MobilePay", 0.35), (CARD, 0.1), (INVOICE, 0.05)],
    },
    Locale {
        names: &["Finland", "FI"],
        language: Language::Finnish,
        phone: "+358",
        cities: &[("Helsinki", "9", "001##"), ("Tampere", "3", "331##"), ("Turku", "2", "201##")],
        payments: &[(TRANSFER, 0.42), (CARD, 0.25), (INVOICE, 0.2), ("MobilePay", 0.13)],
    },
    Locale {
        names: &["Austria", "Österreich", "AT"],
        language: Language::German,
        phone: "+43",
        cities: &[("Wien", "1", "10#0"), ("Graz", "316", "80##"), ("Linz", "732", "40##")],
        payments: &[(INVOICE, 0.32), (CARD, 0.28), (PAYPAL, 0.22), ("EPS", 0.18)],
    },
    Locale {
        names: &["Switzerland", "Schweiz", "CH"],
        language: Language::German,
        phone: "+41",
        cities: &[("Zürich", "44", "80##"), ("Bern", "31", "30##"), ("Basel", "61", "40##")],
        payments: &[(INVOICE, 0.45), ("TWINT", 0.27), (CARD, 0.23), (PAYPAL, 0.05)],
    },
    Locale {
        names: &["Poland", "PL"],
        language: Language::Polish,
        phone: "+48",
        cities: &[("Warszawa", "22", "00-###"), ("Kraków", "12", "30-###"), ("Gdańsk", "58", "80-###")],
        payments: &[("BLIK", 0.6), (TRANSFER, 0.17), (CARD, 0.14), ("cash on delivery", 0.09)],
    },
    Locale {
        names: &["Portugal", "PT"],
        language: Language::Portuguese,
        phone: "+351",
        cities: &[("Lisboa", "21", "1#00-###"), ("Porto", "22", "4#00-###"), ("Coimbra", "239", "3000-###")],
        payments: &[("Multibanco", 0.42), ("MB WAY", 0.28), (CARD, 0.2), (PAYPAL, 0.1)],
    },
    Locale {
        names: &["United States", "United States of America", "USA", "US"],
        language: Language::English,
        phone: "+1",
        cities: &[
            ("New York", "212", "100##"),
            ("Chicago", "312", "606##"),
            ("Houston", "713", "770##"),
            ("Seattle", "206", "981##"),
        ],
        payments: &[(CARD, 0.66), (PAYPAL, 0.2), (INSTALMENTS, 0.09), ("gift card", 0.05)],
    },
    Locale {
        names: &["Canada", "CA"],
        language: Language::English,
        phone: "+1",
        cities: &[
            ("Toronto", "416", "M4@ #@#"),
            ("Vancouver", "604", "V5@ #@#"),
            ("Ottawa", "613", "K1@ #@#"),
        ],
        payments: &[(CARD, 0.7), (PAYPAL, 0.22), ("debit card", 0.08)],
    },
    Locale {
        names: &["Australia", "AU"],
        language: Language::English,
        phone: "+61",
        cities: &[("Sydney", "2", "20##"), ("Melbourne", "3", "30##"), ("Perth", "8", "60##")],
        payments: &[(CARD, 0.5), (PAYPAL, 0.28), ("Afterpay", 0.16), (TRANSFER, 0.06)],
    },
];

/// A country that is not in the list: English names, places that are nowhere, a prefix that is nobody's.
const ELSEWHERE: Locale = Locale {
    names: &[],
    language: Language::English,
    phone: "+999",
    cities: &[("Northport", "1", "1####"), ("Southport", "2", "2####"), ("Westport", "3", "3####")],
    payments: &[(CARD, 0.6), (PAYPAL, 0.3), (TRANSFER, 0.1)],
};

/// What is particular to the country of that name.
pub(crate) fn of(country: &str) -> &'static Locale {
    let country = country.trim();
    let fits = |locale: &&Locale| locale.names.iter().any(|name| name.eq_ignore_ascii_case(country));
    LOCALES.iter().find(fits).unwrap_or(&ELSEWHERE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_are_found_by_any_of_their_names() {
        assert_eq!((of("EIRE").phone, of(" usa ").phone, of("Atlantis").phone), ("+353", "+1", "+999"));
    }

    #[test]
    fn shares_of_payment_methods_make_a_whole() {
        for locale in LOCALES.iter().chain([&ELSEWHERE]) {
            let sum: f64 = locale.payments.iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{:?}", locale.names);
            let cities: std::collections::HashSet<&str> = locale.cities.iter().map(|city| city.2).collect();
            assert_eq!(cities.len(), locale.cities.len(), "{:?}", locale.names);
        }
    }
}
