//! Where the shop is at home: its money and its clock.

use crate::Scenario;
use crate::people::locale;

/// By the international prefix of the home country: currency, time zone.
const HOMES: [(&str, &str, &str); 18] = [
    ("+44", "GBP", "Europe/London"),
    ("+49", "EUR", "Europe/Berlin"),
    ("+33", "EUR", "Europe/Paris"),
    ("+353", "EUR", "Europe/Dublin"),
    ("+31", "EUR", "Europe/Amsterdam"),
    ("+34", "EUR", "Europe/Madrid"),
    ("+32", "EUR", "Europe/Brussels"),
    ("+39", "EUR", "Europe/Rome"),
    ("+46", "SEK", "Europe/Stockholm"),
    ("+47", "NOK", "Europe/Oslo"),
    ("+45", "DKK", "Europe/Copenhagen"),
    ("+358", "EUR", "Europe/Helsinki"),
    ("+43", "EUR", "Europe/Vienna"),
    ("+41", "CHF", "Europe/Zurich"),
    ("+48", "PLN", "Europe/Warsaw"),
    ("+351", "EUR", "Europe/Lisbon"),
    ("+1", "USD", "America/New_York"),
    ("+61", "AUD", "Australia/Sydney"),
];

impl Scenario {
    /// ISO 4217 code of the home country's money, in which all amounts are; EUR for a country nobody knows. A shop
    /// at home in Canada counts in USD, as its neighbour does.
    pub fn currency(&self) -> &'static str {
        self.home().map_or("EUR", |(_, currency, _)| currency)
    }

    /// Name of the time zone on whose wall clock all times are; Europe/Berlin for a country nobody knows.
    pub fn time_zone(&self) -> &'static str {
        self.home().map_or("Europe/Berlin", |(_, _, zone)| zone)
    }

    fn home(&self) -> Option<&'static (&'static str, &'static str, &'static str)> {
        let phone = locale::of(&self.countries.first()?.name).phone;
        HOMES.iter().find(|(prefix, ..)| *prefix == phone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_clock_are_those_of_the_first_country() {
        let home = |name: &str| {
            let scenario = Scenario::ready(name).unwrap();
            (scenario.currency(), scenario.time_zone())
        };
        assert_eq!(home("demo"), ("GBP", "Europe/London"));
        assert_eq!(home("cdnow-like"), ("USD", "America/New_York"));
        let mut nowhere = Scenario::demo();
        nowhere.countries[0].name = "Atlantis".to_owned();
        assert_eq!((nowhere.currency(), nowhere.time_zone()), ("EUR", "Europe/Berlin"));
    }
}
