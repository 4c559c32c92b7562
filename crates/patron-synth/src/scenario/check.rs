//! Refusing impossible scenarios, field by field.

use std::ops::RangeInclusive;

use super::{
    BgNbdParams, Buying, CatalogueParams, DirtRates, FileDirt, GammaGammaParams, ParetoNbdParams,
    PriceParams, Rhythm,
};
use crate::words::DEPARTMENTS;
use crate::{Scenario, SynthError};

/// Repeat orders that the most eager customers may be expected to place.
const MAX_PURCHASES: f64 = 1e5;
/// Products that get a code of five digits and a description of their own.
const MAX_PRODUCTS: u32 = 20_000;
/// A century.
const MAX_DAYS: i32 = 36_525;

impl Scenario {
    /// Whether a shop can be made from it.
    ///
    /// # Errors
    /// The first field, in the order of declaration, that is out of its range or contradicts another one; at
    /// last [`SynthError::TooManyOrders`]. Whether the shop fits into memory shows in [`crate::generate`].
    pub fn check(&self) -> Result<(), SynthError> {
        filled("name", &self.name)?;
        within("customers", f64::from(self.customers), 1.0..=1e8, "between 1 and 100 million")?;
        let products = 1.0..=f64::from(MAX_PRODUCTS);
        within("products", f64::from(self.products), products, "between 1 and 20000")?;
        self.check_period()?;
        within("growth_per_year", self.growth_per_year, 0.01..=100.0, "between 0.01 and 100")?;
        self.buying.check()?;
        within("regularity", self.regularity, 0.05..=1_000.0, "between 0.05 and 1000")?;
        factor("trend_per_year", self.trend_per_year)?;
        self.spend.check()?;
        within("lines_per_order", self.lines_per_order, 1.0..=50.0, "between 1 and 50")?;
        weights("season", &self.season)?;
        self.rhythm.check()?;
        self.check_countries()?;
        self.check_channels()?;
        self.check_cohorts()?;
        self.check_events()?;
        self.catalogue.check(self.products)?;
        self.prices.check()?;
        self.check_promotions()?;
        self.check_campaigns()?;
        share("unknown_attributes", self.unknown_attributes)?;
        self.dirt.check()?;
        self.file_dirt.check()?;
        self.check_eagerness()
    }

    /// Days from the first to the last, both counted.
    pub(crate) fn days(&self) -> i32 {
        self.end.days_since(self.start) + 1
    }

    fn check_period(&self) -> Result<(), SynthError> {
        if self.end < self.start {
            return Err(SynthError::EndBeforeStart { start: self.start, end: self.end });
        }
        within(
            "end",
            f64::from(self.days()),
            1.0..=f64::from(MAX_DAYS),
            "at most a century (36525 days) after `start`",
        )
    }

    fn check_countries(&self) -> Result<(), SynthError> {
        if self.countries.is_empty() {
            return Err(SynthError::Empty { field: "countries".to_owned() });
        }
        for (index, country) in self.countries.iter().enumerate() {
            filled(&format!("countries[{index}].name"), &country.name)?;
            share(&format!("countries[{index}].share"), country.share)?;
            factor(&format!("countries[{index}].buying_factor"), country.buying_factor)?;
            factor(&format!("countries[{index}].dropout_factor"), country.dropout_factor)?;
            factor(&format!("countries[{index}].spend_factor"), country.spend_factor)?;
            if self.countries.iter().take(index).any(|earlier| earlier.name == country.name) {
                return Err(SynthError::Twice { field: "countries", name: country.name.clone() });
            }
        }
        whole("countries", self.countries.iter().map(|country| country.share))
    }

    /// Repeat orders of a mean customer with all factors, there from the first day and never dropping out.
    fn check_eagerness(&self) -> Result<(), SynthError> {
        let most = |factors: &mut dyn Iterator<Item = f64>| factors.fold(1.0, f64::max);
        let country = self.countries.iter().map(|country| country.buying_factor).fold(0.0, f64::max);
        let channel = most(&mut self.channels.iter().map(|channel| channel.buying_factor));
        let cohort = most(&mut self.cohorts.iter().map(|cohort| cohort.buying_factor));
        let years = f64::from(self.days()) / 365.25;
        let event =
            self.events.iter().map(|e| e.buying_factor.max(1.0) * e.buying_per_year.max(1.0).powf(years));
        let promotion = self.promotions.iter().map(|promotion| promotion.buying_factor.max(1.0));
        let campaign =
            self.campaigns.iter().map(|campaign| 1.0 + most(&mut campaign.response.iter().copied()));
        let times = event.chain(promotion).chain(campaign).product::<f64>()
            * self.trend_per_year.max(1.0).powf(years);
        let rate = self.buying.mean_rate() * country * channel * cohort * times;
        let expected = rate * self.catalogue.return_factor.max(1.0) * f64::from(self.days()) / 7.0;
        if expected > MAX_PURCHASES {
            return Err(SynthError::TooManyOrders { expected, limit: MAX_PURCHASES });
        }
        Ok(())
    }
}

impl BgNbdParams {
    /// Whether r, α and b are positive and a is not negative.
    ///
    /// # Errors
    /// [`SynthError::OutOfRange`] with the parameter (`buying.alpha`).
    pub fn check(&self) -> Result<(), SynthError> {
        positive("buying.r", self.r)?;
        positive("buying.alpha", self.alpha)?;
        within("buying.a", self.a, 0.0..=1e6, "between 0 and a million")?;
        positive("buying.b", self.b)
    }
}

impl ParetoNbdParams {
    /// Whether r, α and β are positive and s is not negative.
    ///
    /// # Errors
    /// [`SynthError::OutOfRange`] with the parameter (`buying.beta`).
    pub fn check(&self) -> Result<(), SynthError> {
        positive("buying.r", self.r)?;
        positive("buying.alpha", self.alpha)?;
        within("buying.s", self.s, 0.0..=1e6, "between 0 and a million")?;
        positive("buying.beta", self.beta)
    }
}

impl Buying {
    /// Whether the parameters of the process are possible.
    ///
    /// # Errors
    /// [`SynthError::OutOfRange`] with the parameter (`buying.alpha`).
    pub fn check(&self) -> Result<(), SynthError> {
        match self {
            Self::BgNbd(params) | Self::MbgNbd(params) => params.check(),
            Self::ParetoNbd(params) => params.check(),
        }
    }
}

impl GammaGammaParams {
    /// Whether p, q and v are positive.
    ///
    /// # Errors
    /// [`SynthError::OutOfRange`] with the parameter (`spend.q`).
    pub fn check(&self) -> Result<(), SynthError> {
        positive("spend.p", self.p)?;
        within("spend.q", self.q, 0.1..=1e9, "between 0.1 and a thousand million")?;
        positive("spend.v", self.v)
    }
}

impl Rhythm {
    fn check(&self) -> Result<(), SynthError> {
        weights("rhythm.weekday", &self.weekday)?;
        weights("rhythm.hour", &self.hour)
    }
}

impl CatalogueParams {
    fn check(&self, products: u32) -> Result<(), SynthError> {
        within("catalogue.zipf_exponent", self.zipf_exponent, 0.0..=5.0, "between 0 and 5")?;
        within("catalogue.median_price", self.median_price, 0.1..=10_000.0, "between 0.1 and 10000")?;
        within("catalogue.price_spread", self.price_spread, 0.0..=3.0, "between 0 and 3")?;
        if self.planted() > u64::from(products) {
            return Err(SynthError::TooManyRoles { planted: self.planted(), products });
        }
        let comes_or_goes = f64::from(self.launched) + f64::from(self.retired);
        let some_stay = 0.0..=f64::from(products) - 1.0;
        let rule = "less than `products`, so that there is always something to sell";
        within("catalogue.launched + catalogue.retired", comes_or_goes, some_stay, rule)?;
        if self.planted() + self.paired() > u64::from(products) {
            return Err(SynthError::TooManyPairs {
                pairs: self.paired() / 2,
                free: u64::from(products) - self.planted(),
            });
        }
        share("catalogue.complement_chance", self.complement_chance)?;
        share("catalogue.substitute_chance", self.substitute_chance)?;
        factor("catalogue.trend_per_year", self.trend_per_year)?;
        factor("catalogue.seasonal_factor", self.seasonal_factor)?;
        factor("catalogue.return_factor", self.return_factor)?;
        share("catalogue.rebuy_chance", self.rebuy_chance)
    }
}

impl DirtRates {
    fn check(&self) -> Result<(), SynthError> {
        share("dirt.duplicates", self.duplicates)?;
        share("dirt.cancellations", self.cancellations)?;
        share("dirt.returns", self.returns)?;
        within("dirt.without_customer", self.without_customer, 0.0..=0.95, "between 0 and 0.95")?;
        share("dirt.zero_prices", self.zero_prices)?;
        share("dirt.negative_prices", self.negative_prices)?;
        share("dirt.services", self.services)
    }
}

impl FileDirt {
    fn check(&self) -> Result<(), SynthError> {
        share("file_dirt.ragged", self.ragged)?;
        share("file_dirt.wrong_dates", self.wrong_dates)?;
        share("file_dirt.ragged + file_dirt.wrong_dates", self.ragged + self.wrong_dates)?;
        share("file_dirt.encodings", self.encodings)?;
        within("file_dirt.overlap_days", f64::from(self.overlap_days), 0.0..=36_525.0, "at most a century")
    }
}

impl PriceParams {
    fn check(&self) -> Result<(), SynthError> {
        within("prices.changes_per_year", self.changes_per_year, 0.0..=12.0, "between 0 and 12")?;
        within("prices.change_spread", self.change_spread, 0.0..=1.0, "between 0 and 1")?;
        within("prices.inflation_per_year", self.inflation_per_year, 0.5..=2.0, "between 0.5 and 2")?;
        for (name, &elasticity) in &self.elasticity {
            department("prices.elasticity", name)?;
            within(&format!("prices.elasticity.{name}"), elasticity, 0.0..=10.0, "between 0 and 10")?;
        }
        Ok(())
    }
}

/// A department there is.
pub(super) fn department(field: &str, name: &str) -> Result<(), SynthError> {
    if DEPARTMENTS.contains(&name) {
        return Ok(());
    }
    Err(SynthError::NoSuchName {
        field: field.to_owned(),
        name: name.to_owned(),
        known: DEPARTMENTS.join(", "),
    })
}

/// Shares that make a whole.
pub(super) fn whole(field: &'static str, shares: impl Iterator<Item = f64>) -> Result<(), SynthError> {
    let sum: f64 = shares.sum();
    if (sum - 1.0).abs() > 1e-6 {
        return Err(SynthError::SharesOffOne { field, sum: (sum * 1e9).round() / 1e9 });
    }
    Ok(())
}

/// `value` must lie in `range`; NaN never does.
pub(crate) fn within(
    field: &str,
    value: f64,
    range: RangeInclusive<f64>,
    rule: &'static str,
) -> Result<(), SynthError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(SynthError::OutOfRange { field: field.to_owned(), value, rule })
}

/// For shapes, rates and scales: far enough from 0 and ∞ that no draw overflows.
fn positive(field: &str, value: f64) -> Result<(), SynthError> {
    within(field, value, 1e-4..=1e9, "between 0.0001 and a thousand million")
}

pub(crate) fn share(field: &str, value: f64) -> Result<(), SynthError> {
    within(field, value, 0.0..=1.0, "between 0 and 1")
}

pub(super) fn factor(field: &str, value: f64) -> Result<(), SynthError> {
    within(field, value, 0.01..=100.0, "between 0.01 and 100")
}

fn weights(field: &'static str, weights: &[f64]) -> Result<(), SynthError> {
    for (index, &weight) in weights.iter().enumerate() {
        within(&format!("{field}[{index}]"), weight, 0.0..=1e6, "between 0 and a million")?;
    }
    if weights.iter().all(|&weight| weight == 0.0) {
        return Err(SynthError::NoWeight { field });
    }
    Ok(())
}

pub(super) fn filled(field: &str, text: &str) -> Result<(), SynthError> {
    if text.trim().is_empty() {
        return Err(SynthError::Empty { field: field.to_owned() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::CountryShare;

    /// The demo after a change is refused with `message`.
    fn check(change: impl FnOnce(&mut Scenario), message: &str) {
        let mut scenario = Scenario::demo();
        change(&mut scenario);
        assert_eq!(scenario.check().unwrap_err().to_string(), message);
    }

    #[test]
    fn the_demo_is_possible() {
        assert_eq!(Scenario::demo().check(), Ok(()));
        let span = (Scenario::demo().start.to_string(), Scenario::demo().end.to_string());
        assert_eq!(span, ("2023-01-01".to_owned(), "2024-12-31".to_owned()));
    }

    #[test]
    fn errors_name_the_field() {
        check(|s| s.name = " ".into(), "`name` is empty");
        check(|s| s.customers = 0, "`customers` is 0, but must be between 1 and 100 million");
        check(|s| s.products = 30_000, "`products` is 30000, but must be between 1 and 20000");
        let buying = |r, a| Buying::BgNbd(BgNbdParams { r, alpha: 4.5, a, b: 3.2 });
        check(
            |s| s.buying = buying(-1.0, 1.0),
            "`buying.r` is -1, but must be between 0.0001 and a thousand million",
        );
        check(|s| s.buying = buying(1.0, f64::NAN), "`buying.a` is NaN, but must be between 0 and a million");
        check(|s| s.spend.q = 0.0, "`spend.q` is 0, but must be between 0.1 and a thousand million");
        check(|s| s.season[3] = -0.1, "`season[3]` is -0.1, but must be between 0 and a million");
        check(|s| s.season = [0.0; 12], "`season` has no weight above zero: nothing could ever happen");
        check(|s| s.dirt.duplicates = 1.5, "`dirt.duplicates` is 1.5, but must be between 0 and 1");
        check(
            |s| s.dirt.without_customer = 1.0,
            "`dirt.without_customer` is 1, but must be between 0 and 0.95",
        );
        check(|s| s.countries[2].share = -0.1, "`countries[2].share` is -0.1, but must be between 0 and 1");
        check(|s| s.countries.clear(), "`countries` is empty");
    }

    #[test]
    fn contradictions_are_refused() {
        check(|s| s.end = s.start.plus_days(-1), "`end` is 2022-12-31, before `start` 2023-01-01");
        check(
            |s| s.countries[0].share = 1.0,
            "the shares in `countries` add up to 1.44, but must add up to 1",
        );
        check(|s| s.countries[1].name = "France".into(), "`countries` names France twice");
        let roles = "`catalogue` plants 44 products with a role, but `products` is only 43";
        check(|s| s.products = 43, roles);
        let single = CountryShare::new("Spain", 1.0, 1.0);
        assert_eq!(Scenario { countries: vec![single], ..Scenario::demo() }.check(), Ok(()));
    }

    #[test]
    fn customers_who_never_stop_ordering_are_refused() {
        let mut scenario = Scenario::demo();
        scenario.buying = Buying::BgNbd(BgNbdParams { r: 1e6, alpha: 1.0, a: 0.6, b: 3.2 });
        assert!(matches!(scenario.check(), Err(SynthError::TooManyOrders { .. })));
    }
}
