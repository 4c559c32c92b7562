//! What a shop is made from.

pub(crate) mod check;
mod check_plan;
mod file;
mod params;
mod plan;
mod ready;

use patron_domain::Day;
use serde::{Deserialize, Serialize};

pub use params::{BgNbdParams, Buying, CatalogueParams, GammaGammaParams, ParetoNbdParams, PriceParams};
pub use plan::{Campaign, ChannelShare, Cohort, CountryShare, DirtRates, Event, FileDirt, Promotion, Rhythm};

/// The default of factors.
pub(crate) fn one() -> f64 {
    1.0
}

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
    pub buying: Buying,
    /// How regular the waits between purchases are: the k of gamma waits with the mean the process gives (1: by pure
    /// chance, as the process has it; above: like clockwork; below: in bursts).
    #[serde(default = "one")]
    pub regularity: f64,
    /// Factor by which everybody's purchase rate changes per year from `start` (1: none).
    #[serde(default = "one")]
    pub trend_per_year: f64,
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
    /// What brought customers in first; empty: search, newsletter, social, friends and marketplace, without effects.
    #[serde(default)]
    pub channels: Vec<ChannelShare>,
    /// Customers who differ by when they came, in order of time.
    #[serde(default)]
    pub cohorts: Vec<Cohort>,
    /// Shocks and drifts.
    #[serde(default)]
    pub events: Vec<Event>,
    /// Products, their prices and what is planted in them.
    pub catalogue: CatalogueParams,
    /// How prices move, and how demand answers.
    #[serde(default)]
    pub prices: PriceParams,
    /// Some products for less, for a while.
    #[serde(default)]
    pub promotions: Vec<Promotion>,
    /// Letters and mails to customers, and what they do.
    #[serde(default)]
    pub campaigns: Vec<Campaign>,
    /// Share of the customers, for each optional attribute anew, of whom the shop does not know it: phone, birthday,
    /// gender, channel.
    #[serde(default)]
    pub unknown_attributes: f64,
    /// What is wrong with the log.
    pub dirt: DirtRates,
    /// What is wrong with a file of it, on top.
    #[serde(default)]
    pub file_dirt: FileDirt,
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
            buying: Buying::BgNbd(BgNbdParams { r: 0.65, alpha: 4.5, a: 0.6, b: 3.2 }),
            regularity: 1.0,
            trend_per_year: 1.0,
            spend: GammaGammaParams { p: 6.0, q: 4.0, v: 27.0 },
            lines_per_order: 4.5,
            season: [0.80, 0.82, 0.90, 0.92, 0.95, 0.92, 0.85, 0.86, 1.00, 1.10, 1.45, 1.43],
            rhythm: Rhythm::office_hours(),
            countries: CountryShare::demo(),
            channels: Vec::new(),
            cohorts: Vec::new(),
            events: Vec::new(),
            catalogue: CatalogueParams::demo(),
            prices: PriceParams::default(),
            promotions: Vec::new(),
            campaigns: Vec::new(),
            unknown_attributes: 0.05,
            dirt: DirtRates {
                duplicates: 0.01,
                cancellations: 0.03,
                without_customer: 0.06,
                zero_prices: 0.01,
                services: 0.12,
                ..DirtRates::default()
            },
            file_dirt: FileDirt::default(),
        }
    }
}
