//! Scenarios that are ready to use.

use patron_domain::Day;

use super::{
    BgNbdParams, Buying, Campaign, CatalogueParams, ChannelShare, Cohort, CountryShare, DirtRates, Event,
    FileDirt, GammaGammaParams, ParetoNbdParams, PriceParams, Promotion, Rhythm, Scenario,
};
use crate::SynthError;

impl Scenario {
    /// The names of the ready scenarios.
    pub const READY: [&'static str; 7] = [
        "demo",
        "cdnow-like",
        "online-retail-like",
        "subscription-box",
        "holiday-heavy",
        "dying-shop",
        "huge",
    ];

    /// The ready scenario of that name.
    ///
    /// # Errors
    /// [`SynthError::NoSuchName`] with the names there are.
    pub fn ready(name: &str) -> Result<Self, SynthError> {
        match name {
            "demo" => Ok(Self::demo()),
            "cdnow-like" => Ok(Self::cdnow_like()),
            "online-retail-like" => Ok(Self::online_retail_like()),
            "subscription-box" => Ok(Self::subscription_box()),
            "holiday-heavy" => Ok(Self::holiday_heavy()),
            "dying-shop" => Ok(Self::dying_shop()),
            "huge" => Ok(Self::huge()),
            _ => Err(SynthError::NoSuchName {
                field: "scenario".to_owned(),
                name: name.to_owned(),
                known: Self::READY.join(", "),
            }),
        }
    }

    /// Shaped like the CDNOW data: a music shop whose 23,570 customers all came in the first quarter of 1997, followed to
    /// June 1998; the parameters of BG/NBD (Fader, Hardie & Lee 2005) and gamma-gamma (Fader & Hardie 2013) that were
    /// fitted to it, no season, one country, a clean log.
    pub fn cdnow_like() -> Self {
        Self {
            name: "cdnow-like".to_owned(),
            customers: 23_570,
            products: 3_000,
            start: Day::from_number(9_862),
            end: Day::from_number(10_407),
            growth_per_year: 1.0,
            buying: Buying::BgNbd(BgNbdParams { r: 0.243, alpha: 4.414, a: 0.793, b: 2.426 }),
            spend: GammaGammaParams { p: 6.25, q: 3.74, v: 15.44 },
            lines_per_order: 2.4,
            season: [1.0; 12],
            rhythm: Rhythm { weekday: [1.0; 7], hour: Rhythm::EVENINGS },
            countries: vec![CountryShare::new("United States", 1.0, 1.0)],
            events: vec![Event {
                name: "end of the intake".to_owned(),
                from: Day::from_number(9_952),
                arrivals_factor: 0.0,
                ..Event::nothing()
            }],
            catalogue: CatalogueParams {
                zipf_exponent: 0.8,
                median_price: 12.0,
                price_spread: 0.25,
                ..CatalogueParams::plain()
            },
            dirt: DirtRates::default(),
            ..Self::demo()
        }
    }

    /// Shaped like Online Retail, December 2010 to December 2011: a British wholesaler of gifts with long invoices,
    /// cheap goods, nine tenths of its customers at home, an autumn season, no business on Saturdays, and a log in which
    /// every fourth line has no customer and every seventh invoice is a cancellation.
    pub fn online_retail_like() -> Self {
        let countries = [
            ("Germany", 0.022, 1.4),
            ("France", 0.020, 1.2),
            ("Spain", 0.007, 1.0),
            ("Belgium", 0.006, 1.2),
            ("Switzerland", 0.005, 0.8),
            ("Portugal", 0.004, 1.0),
            ("Italy", 0.004, 0.9),
            ("Finland", 0.003, 1.0),
            ("Austria", 0.003, 0.8),
            ("Norway", 0.003, 1.0),
            ("Netherlands", 0.002, 3.0),
            ("Australia", 0.002, 1.8),
            ("EIRE", 0.001, 8.0),
        ];
        let abroad: f64 = countries.iter().map(|(_, share, _)| share).sum();
        let home = CountryShare::new("United Kingdom", 1.0 - abroad, 1.0);
        let abroad = countries.map(|(name, share, factor)| CountryShare::new(name, share, factor));
        let mut hour = [0.0; 24];
        hour[7..20].copy_from_slice(&[0.4, 1.7, 6.5, 9.0, 11.5, 14.0, 13.0, 12.0, 11.0, 6.5, 3.5, 1.0, 0.6]);
        Self {
            name: "online-retail-like".to_owned(),
            customers: 4_340,
            products: 4_070,
            start: Day::from_number(14_944),
            end: Day::from_number(15_317),
            growth_per_year: 0.45,
            buying: Buying::BgNbd(BgNbdParams { r: 0.75, alpha: 7.0, a: 0.12, b: 2.4 }),
            spend: GammaGammaParams { p: 2.2, q: 3.2, v: 480.0 },
            lines_per_order: 21.0,
            season: [0.75, 0.75, 0.95, 0.82, 0.95, 0.9, 0.9, 0.9, 1.15, 1.25, 1.65, 1.05],
            rhythm: Rhythm { weekday: [1.0, 1.15, 1.15, 1.3, 0.95, 0.0, 0.75], hour },
            countries: std::iter::once(home).chain(abroad).collect(),
            catalogue: CatalogueParams {
                zipf_exponent: 0.75,
                median_price: 2.1,
                price_spread: 0.9,
                rising: 40,
                fading: 40,
                christmas: 60,
                summer: 30,
                brings_back: 10,
                launched: 120,
                retired: 60,
                ..CatalogueParams::demo()
            },
            dirt: DirtRates {
                duplicates: 0.0097,
                cancellations: 0.12,
                returns: 0.07,
                without_customer: 0.24,
                zero_prices: 0.05,
                negative_prices: 0.0001,
                services: 0.06,
            },
            ..Self::demo()
        }
    }

    /// A box every month: customers who order like clockwork, one box at a time at one of few prices, one in
    /// twelve of whom stops after an order, the first one included.
    pub fn subscription_box() -> Self {
        Self {
            name: "subscription-box".to_owned(),
            customers: 5_000,
            products: 12,
            growth_per_year: 1.2,
            buying: Buying::MbgNbd(BgNbdParams { r: 60.0, alpha: 261.0, a: 1.2, b: 13.2 }),
            regularity: 40.0,
            spend: GammaGammaParams { p: 40.0, q: 30.0, v: 22.0 },
            lines_per_order: 1.05,
            season: [1.0; 12],
            countries: CountryShare::demo()
                .into_iter()
                .map(|country| CountryShare { buying_factor: 1.0, ..country })
                .collect(),
            rhythm: Rhythm { weekday: [1.0; 7], hour: Rhythm::EVENINGS },
            channels: [("search", 0.3, 1.0), ("social media", 0.45, 1.6), ("friends", 0.25, 0.6)]
                .map(|(name, share, dropout_factor)| ChannelShare {
                    name: name.to_owned(),
                    share,
                    buying_factor: 1.0,
                    dropout_factor,
                    spend_factor: 1.0,
                })
                .into(),
            catalogue: CatalogueParams {
                zipf_exponent: 0.8,
                median_price: 27.0,
                price_spread: 0.15,
                ..CatalogueParams::plain()
            },
            dirt: DirtRates { duplicates: 0.002, cancellations: 0.01, ..DirtRates::default() },
            ..Self::demo()
        }
    }

    /// A gift shop that lives from November and December: over half of its year, with a promotion in the last
    /// week of November, a letter that works, one that does not, and presents that come back in January.
    pub fn holiday_heavy() -> Self {
        let promotion = |year: i32, from: i32| Promotion {
            name: format!("Black week {year}"),
            from: Day::from_number(from),
            until: Day::from_number(from + 6),
            department: None,
            percent_off: 20.0,
            demand_factor: None,
            buying_factor: 1.8,
        };
        let campaign = |name: &str, day: i32, response: &[f64]| Campaign {
            name: name.to_owned(),
            day: Day::from_number(day),
            channel: "letter".to_owned(),
            chosen: 0.6,
            held_back: 0.3,
            response: response.to_vec(),
            cost: 0.85,
        };
        Self {
            name: "holiday-heavy".to_owned(),
            customers: 6_000,
            products: 600,
            season: [0.35, 0.35, 0.4, 0.45, 0.45, 0.4, 0.4, 0.45, 0.6, 1.0, 3.6, 3.5],
            buying: Buying::BgNbd(BgNbdParams { r: 0.6, alpha: 6.0, a: 0.5, b: 3.0 }),
            catalogue: CatalogueParams {
                christmas: 60,
                summer: 6,
                seasonal_factor: 9.0,
                complements: 8,
                complement_chance: 0.35,
                substitutes: 6,
                substitute_chance: 0.9,
                ..CatalogueParams::demo()
            },
            promotions: vec![promotion(2023, 19_685), promotion(2024, 20_056)],
            campaigns: vec![
                campaign("Autumn catalogue", 19_997, &[0.6, 1.2, 0.8, 0.4, 0.2]),
                campaign("Spring card", 19_814, &[0.0; 5]),
            ],
            dirt: DirtRates { returns: 0.06, ..Self::demo().dirt },
            ..Self::demo()
        }
    }

    /// A shop past its best: fewer newcomers from year to year, who are worse customers; everybody buys less; a
    /// competitor opens in the last year; prices rise. Its customers buy as Pareto/NBD has it.
    pub fn dying_shop() -> Self {
        let opens = Day::from_number(19_783);
        Self {
            name: "dying-shop".to_owned(),
            customers: 4_000,
            products: 500,
            start: Day::from_number(18_993),
            growth_per_year: 0.55,
            trend_per_year: 0.8,
            buying: Buying::ParetoNbd(ParetoNbdParams { r: 0.8, alpha: 6.0, s: 0.7, beta: 20.0 }),
            cohorts: vec![Cohort {
                from: Day::from_number(19_358),
                buying_factor: 0.8,
                dropout_factor: 1.5,
                spend_factor: 0.85,
            }],
            events: vec![Event {
                name: "competitor".to_owned(),
                from: opens,
                buying_factor: 0.6,
                buying_per_year: 0.6,
                arrivals_factor: 0.5,
                spend_factor: 0.9,
                ..Event::nothing()
            }],
            catalogue: CatalogueParams { fading: 60, retired: 40, brings_back: 0, ..CatalogueParams::demo() },
            prices: PriceParams {
                changes_per_year: 1.5,
                change_spread: 0.08,
                inflation_per_year: 1.06,
                elasticity: [("Garden".to_owned(), 1.8), ("Textiles".to_owned(), 0.5)].into(),
            },
            dirt: DirtRates { returns: 0.03, ..Self::demo().dirt },
            ..Self::demo()
        }
    }

    /// A hundred million lines: four million customers over five years, twenty thousand products. For [`crate::stream`];
    /// [`crate::generate`] refuses it.
    pub fn huge() -> Self {
        Self {
            name: "huge".to_owned(),
            customers: 4_000_000,
            products: 20_000,
            start: Day::from_number(18_262),
            growth_per_year: 1.15,
            buying: Buying::BgNbd(BgNbdParams { r: 0.7, alpha: 6.0, a: 0.7, b: 3.4 }),
            catalogue: CatalogueParams {
                zipf_exponent: 0.9,
                rising: 200,
                fading: 200,
                christmas: 200,
                summer: 100,
                brings_back: 40,
                launched: 300,
                retired: 300,
                complements: 100,
                complement_chance: 0.3,
                substitutes: 100,
                substitute_chance: 0.9,
                ..CatalogueParams::demo()
            },
            dirt: DirtRates { returns: 0.02, ..Self::demo().dirt },
            file_dirt: FileDirt::default(),
            ..Self::demo()
        }
    }
}

impl Event {
    /// An event that changes nothing.
    fn nothing() -> Self {
        Self {
            name: String::new(),
            from: Day::from_number(0),
            until: None,
            buying_factor: 1.0,
            buying_per_year: 1.0,
            arrivals_factor: 1.0,
            spend_factor: 1.0,
        }
    }
}

impl Rhythm {
    /// Hours of people who buy after work.
    const EVENINGS: [f64; 24] = [
        1.0, 0.5, 0.2, 0.1, 0.1, 0.2, 0.6, 1.5, 2.5, 3.5, 4.0, 4.5, 5.0, 4.5, 4.5, 4.5, 5.0, 5.5, 6.5, 8.0,
        9.0, 8.5, 5.5, 2.5,
    ];
}

impl CatalogueParams {
    /// Nothing planted.
    fn plain() -> Self {
        Self {
            rising: 0,
            fading: 0,
            christmas: 0,
            summer: 0,
            brings_back: 0,
            return_factor: 1.0,
            rebuy_chance: 0.0,
            ..Self::demo()
        }
    }
}
