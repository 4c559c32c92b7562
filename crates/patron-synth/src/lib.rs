//! Synthetic shops whose true parameters are known.
//!
//! [`generate`] makes the raw sales log of a shop from a [`Scenario`] and a seed: a catalogue, customers in several
//! countries who buy as BG/NBD, MBG/NBD or Pareto/NBD has it and spend as gamma-gamma says, a season, products that
//! rise, fade, go together or bring people back, promotions and campaigns, and the dirt that real logs have. The
//! [`Truth`] beside it says what a good analysis should find. Scenarios are TOML files ([`Scenario::from_toml`]) or
//! ready ones ([`Scenario::ready`]).
//!
//! [`stream`] makes the same lines customer by customer in the memory of a few batches, for shops of any size;
//! [`customer_rows`] and [`product_rows`] are the shop's own lists of its customers and products.
//! [`simulate_histories`], [`simulate_lives`], [`simulate_day_histories`] and [`simulate_spend`] give what the models
//! are fitted to without a shop around it, and what they should find out.
//!
//! [`write_online_retail`] writes the log as a file with dirt of its own, and the list of it row by row;
//! [`write_reexports`] writes it as two exports whose dates overlap. [`Stream::cleaned`] and [`Shop::clean_batches`] leave
//! out what a careful import would; [`marketing_costs`] is what the shop spends to win and reach its customers.
//! [`write_shopify`] and [`write_woocommerce`] write the shop's orders as the files that shop systems export, with
//! guests, discounts, refunds, tax and two time zones, and say to the cent what they must come to.
//!
//! The simulator tells each model's story forwards and shares no code with any likelihood, so the one can
//! judge the other.
//!
//! ```
//! use patron_synth::{Scenario, generate};
//!
//! let shop = generate(&Scenario { customers: 200, ..Scenario::demo() }, 7)?;
//! let lines: usize = shop.batches().map(|batch| batch.len()).sum();
//! assert_eq!(lines as u64, shop.truth.totals.lines);
//! let alive = shop.truth.customers.iter().filter(|customer| customer.alive_at_end).count();
//! assert!((100..200).contains(&alive));
//! # Ok::<(), patron_synth::SynthError>(())
//! ```
//!
//! ```
//! use patron_synth::{DirtRates, ExportOptions, Scenario, generate, write_shopify};
//!
//! let scenario = Scenario { customers: 50, dirt: DirtRates::default(), ..Scenario::demo() };
//! let mut file = Vec::new();
//! let truth = write_shopify(&generate(&scenario, 7)?, &ExportOptions::default(), 7, &mut file)?;
//! let sums = truth.accepted;
//! assert_eq!(sums.product_revenue, sums.goods - sums.discounts - sums.goods_tax - sums.refunded_goods);
//! # Ok::<(), patron_synth::SynthError>(())
//! ```

mod aside;
mod basket;
mod batches;
mod behaviour;
mod catalogue;
mod chance;
mod clock;
mod costs;
mod error;
mod export;
mod histories;
mod home;
mod orders;
mod pace;
mod people;
mod scenario;
mod seed;
mod shop;
mod stream;
mod truth;
mod words;
mod world;

pub use aside::{Aside, AsideLine};
pub use batches::Batches;
pub use catalogue::{PairKind, ProductRole};
pub use costs::marketing_costs;
pub use error::SynthError;
pub use export::{
    DirtKind, ExportAmounts, ExportMonth, ExportOptions, ExportTruth, ExportZone, FileTruth,
    ONLINE_RETAIL_HEADINGS, PlantedRow, ReexportTruth, RepeatedOrder, SetAside, write_online_retail,
    write_reexports, write_shopify, write_woocommerce,
};
pub use histories::{
    CustomerAge, Life, simulate_day_histories, simulate_histories, simulate_lives, simulate_spend,
};
pub use scenario::{
    BgNbdParams, Buying, Campaign, CatalogueParams, ChannelShare, Cohort, CountryShare, DirtRates, Event,
    FileDirt, GammaGammaParams, ParetoNbdParams, PriceParams, Promotion, Rhythm, Scenario,
};
pub use seed::{SeedTree, SynthRng};
pub use shop::{LogLine, Shop, generate};
pub use stream::{Stream, customer_rows, product_rows, stream};
pub use truth::{CampaignTruth, Contact, CustomerTruth, PairTruth, PlantedDirt, ProductTruth, Totals, Truth};
