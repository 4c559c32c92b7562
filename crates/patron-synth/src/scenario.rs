//! What a shop is made from.

use patron_domain::Day;
use serde::{Deserialize, Serialize};

/// Everything that shapes a synthetic shop but the seed.
///
/// Start from [`Scenario::demo`] and change fields; [`Scenario::check`] (which [`crate::generate`] calls first)
/// refuses what is impossible and names the field.
///
/// ```
/// use patron_synth::Scenario;
///
/// let small = Scenario { customers: 100, ..Scenario::demo() };
/// assert!(small.check().is_ok());
/// let nonsense = Scenario { lines_per_order: -2.0, ..Scenario::demo() };
/// assert_eq!(
///     nonsense.check().unwrap_err().to_string(),
///     "`lines_per_order` is -2, but must be between 1 and 50"
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name.
    pub name: String,
    /// Customers with an id; each has at least one order.
    pub customers: u32,
    /// Products in the catalogue.
    pub products: u32,
    /// First day of the log.
    pub start: Day,
    /// Last day of the log.
    pub end: Day,
    /// Factor by which the arrival of new customers grows per year (1: none).
    pub growth_per_year: f64,
    /// How often customers buy, and when they stop.
    pub buying: BgNbdParams,
    /// What an order is worth.
    pub spend: GammaGammaParams,
    /// Mean of the products drawn for an order (geometric, at least one).
    pub lines_per_order: f64,
    /// Weight of each calendar month, January first; only the proportions count.
    pub season: [f64; 12],
    /// When in the week and in the day people buy.
    pub rhythm: Rhythm,
    /// Where customers live. The first one is the home country.
    pub countries: Vec<CountryShare>,
    /// Products, their prices and what is planted in them.
    pub catalogue: CatalogueParams,
    /// What is wrong with the log.
    pub dirt: DirtRates,
}

/// Parameters of the BG/NBD model (Fader, Hardie & Lee 2005), in weeks.
///
/// While alive a customer buys at a rate λ ~ Gamma(shape r, *rate* α); after every purchase but the first one the
/// customer stops for good with probability p ~ Beta(a, b). `a` = 0 means that nobody ever stops (NBD).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BgNbdParams {
    /// r: shape of the purchase rates.
    pub r: f64,
    /// α: rate of the purchase rates, in weeks; the mean purchase rate is r ÷ α per week.
    pub alpha: f64,
    /// a: first shape of the drop-out probabilities; their mean is a ÷ (a + b).
    pub a: f64,
    /// b: second shape of the drop-out probabilities.
    pub b: f64,
}

/// Parameters of the gamma-gamma model (Fader & Hardie 2013), in currency units.
///
/// An order is worth z ~ Gamma(shape p, rate ν), with ν ~ Gamma(shape q, rate v) drawn once per customer. The
/// mean over customers is p·v ÷ (q − 1), infinite for q ≤ 1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GammaGammaParams {
    /// p: shape of the order values of one customer.
    pub p: f64,
    /// q: shape of the rates ν.
    pub q: f64,
    /// v: rate of the rates ν, in currency units.
    pub v: f64,
}

/// When people buy; only the proportions count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rhythm {
    /// Weight of each day of the week, Monday first.
    pub weekday: [f64; 7],
    /// Weight of each hour of the day, from midnight.
    pub hour: [f64; 24],
}

/// A country and the customers who live there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountryShare {
    /// Its name, as the log writes it.
    pub name: String,
    /// Share of the customers, 0 to 1; the shares of all countries add up to 1.
    pub share: f64,
    /// Factor on the purchase rate λ of its customers (1: as everywhere).
    pub buying_factor: f64,
}

/// Products, their prices and what is planted in them.
///
/// Products with a role are drawn from the more popular third of the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueParams {
    /// Zipf exponent: the product of rank k sells in proportion to k^−exponent.
    pub zipf_exponent: f64,
    /// Median price, in currency units.
    pub median_price: f64,
    /// Standard deviation of the logarithm of the price.
    pub price_spread: f64,
    /// Products whose demand rises.
    pub rising: u32,
    /// Products whose demand fades.
    pub fading: u32,
    /// Factor per year by which the demand for a rising product grows (and for a fading one shrinks).
    pub trend_per_year: f64,
    /// Products wanted in November and December.
    pub christmas: u32,
    /// Products wanted from June to August.
    pub summer: u32,
    /// Factor on the demand for such a product in its months.
    pub seasonal_factor: f64,
    /// Products that bring people back.
    pub brings_back: u32,
    /// Factor on the purchase rate λ of customers whose first order holds a product that brings people back.
    pub return_factor: f64,
    /// Probability that such a customer puts that product into a later order.
    pub rebuy_chance: f64,
}

/// What is wrong with the log, each kind at its own rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DirtRates {
    /// Share of the product lines that stand in the log twice, equal in every column.
    pub duplicates: f64,
    /// Share of the orders that are cancelled shortly after, one line or all of them.
    pub cancellations: f64,
    /// Share of the orders without a customer id, in addition to the orders of the customers; below 1.
    pub without_customer: f64,
    /// Share of the orders with a sample: one more product at price zero.
    pub zero_prices: f64,
    /// Share of the orders with a postage line (`POST` abroad, `DOT` at home).
    pub services: f64,
}

impl Scenario {
    /// A gift shop with three thousand customers in ten countries over the two years 2023 and 2024: newcomers grow
    /// by two fifths a year, Christmas matters, some products rise, fade, have their season or bring people
    /// back, some countries return more than others, and the log has the usual dirt.
    pub fn demo() -> Self {
        Self {
            name: "demo".to_owned(),
            customers: 3_000,
            products: 400,
            start: Day::from_number(19_358),
            end: Day::from_number(20_088),
            growth_per_year: 1.4,
            buying: BgNbdParams { r: 0.65, alpha: 4.5, a: 0.6, b: 3.2 },
            spend: GammaGammaParams { p: 6.0, q: 4.0, v: 27.0 },
            lines_per_order: 4.5,
            season: [0.80, 0.82, 0.90, 0.92, 0.95, 0.92, 0.85, 0.86, 1.00, 1.10, 1.45, 1.43],
            rhythm: Rhythm::office_hours(),
            countries: CountryShare::demo(),
            catalogue: CatalogueParams::demo(),
            dirt: DirtRates {
                duplicates: 0.01,
                cancellations: 0.03,
                without_customer: 0.06,
                zero_prices: 0.01,
                services: 0.12,
            },
        }
    }
}

impl Rhythm {
    /// Busiest around noon and from Tuesday to Thursday, little on weekends, nothing before seven.
    pub fn office_hours() -> Self {
        Self {
            weekday: [1.1, 1.2, 1.25, 1.3, 1.0, 0.45, 0.7],
            hour: [
                0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 2.0, 5.0, 7.0, 8.0, 9.5, 9.0, 8.0, 7.5, 6.0, 4.0,
                3.0, 3.0, 3.0, 2.0, 1.0, 0.3,
            ],
        }
    }
}

impl CountryShare {
    fn demo() -> Vec<Self> {
        let countries = [
            ("United Kingdom", 0.56, 1.0),
            ("Germany", 0.12, 1.5),
            ("France", 0.09, 1.1),
            ("Ireland", 0.05, 1.3),
            ("Netherlands", 0.045, 1.7),
            ("Spain", 0.04, 0.6),
            ("Belgium", 0.03, 1.0),
            ("Italy", 0.03, 0.5),
            ("Sweden", 0.02, 0.9),
            ("Norway", 0.015, 0.8),
        ];
        let country = |(name, share, buying_factor): (&str, f64, f64)| Self {
            name: name.to_owned(),
            share,
            buying_factor,
        };
        countries.map(country).into()
    }
}

impl CatalogueParams {
    fn demo() -> Self {
        Self {
            zipf_exponent: 0.7,
            median_price: 4.5,
            price_spread: 0.8,
            rising: 10,
            fading: 10,
            trend_per_year: 3.0,
            christmas: 10,
            summer: 6,
            seasonal_factor: 6.0,
            brings_back: 8,
            return_factor: 2.0,
            rebuy_chance: 0.4,
        }
    }
}
