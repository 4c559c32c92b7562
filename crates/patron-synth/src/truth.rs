//! What is true of a synthetic shop, and what a good analysis should find.

use std::io;

use patron_domain::{Day, LineKind, Money, NO_CODE};
use serde::Serialize;

use crate::catalogue::Catalogue;
use crate::orders::{Order, OrderLine, Origin, Service};
use crate::{PairKind, ProductRole, Scenario, SynthError};

/// Everything a model or an answer can be judged by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Truth {
    /// What the shop was made from, the true parameters among it.
    pub scenario: Scenario,
    /// And with which seed.
    pub seed: u64,
    /// Customers, ordered as they were made (which is ascending by id as a number).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub customers: Vec<CustomerTruth>,
    /// Products, in the order of the catalogue.
    pub products: Vec<ProductTruth>,
    /// Complements and substitutes.
    pub pairs: Vec<PairTruth>,
    /// What became of each campaign of the scenario, in its order.
    pub campaigns: Vec<CampaignTruth>,
    /// What was planted of each kind of dirt.
    pub planted: PlantedDirt,
    /// Sums over the log.
    pub totals: Totals,
}

/// The true state of a customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerTruth {
    /// Id as in the log.
    pub id: String,
    /// Country.
    pub country: String,
    /// What brought the customer in first.
    pub channel: String,
    /// Day of the first order.
    pub first_order: Day,
    /// Orders placed by the end of the log, the first and cancelled ones included.
    pub orders: u32,
    /// λ: orders per week of average season while alive, with the factors of country, channel, cohort and first order,
    /// without those of events, promotions and campaigns.
    pub purchase_rate: f64,
    /// p of BG/NBD and MBG/NBD: probability of stopping after an order; μ of Pareto/NBD: stopping rate per week.
    pub dropout: f64,
    /// Whether the customer has not stopped by the end of the log.
    pub alive_at_end: bool,
    /// The day on which the customer stopped.
    pub stopped_on: Option<Day>,
    /// E[z | ν]: mean value of the customer's orders under the spend model, in currency units.
    pub mean_spend: f64,
    /// The product of the first order that brings this customer back: its code, where there is one.
    pub brought_back_by: Option<String>,
    /// The campaigns this customer was chosen for.
    pub campaigns: Vec<Contact>,
}

/// A customer chosen for a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Contact {
    /// Which campaign of the scenario, from 0.
    pub campaign: u32,
    /// Whether the customer was held back to compare with.
    pub held_back: bool,
    /// Orders in the weeks of the response, at least four, from the campaign's day on.
    pub orders: u32,
}

/// What became of a campaign; its response stands in the scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CampaignTruth {
    /// Its name.
    pub name: String,
    /// Customers who got it.
    pub contacted: u64,
    /// Customers held back.
    pub held_back: u64,
    /// Orders of those who got it in the weeks of the response, at least four, from its day on.
    pub orders_of_contacted: u64,
    /// And of those held back.
    pub orders_of_held_back: u64,
}

/// Two products that belong together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PairTruth {
    /// How.
    pub kind: PairKind,
    /// Stock code of the first one: of complements the one that draws the other in.
    pub first: String,
    /// Stock code of the second one.
    pub second: String,
    /// Of complements the chance that the second joins; of substitutes that one of two is put back.
    pub chance: f64,
}

/// What is planted in a product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProductTruth {
    /// Stock code.
    pub sku: String,
    /// Description.
    pub description: String,
    /// Department: the first level of its category, by which promotions and elasticities go.
    pub department: String,
    /// Price of one unit; where prices move, the first one.
    pub price: Money,
    /// What is planted.
    pub role: ProductRole,
    /// Rank by popularity before the role's factor, from 1.
    pub rank: u32,
    /// First day on sale, where it is in the log.
    pub launched: Option<Day>,
    /// Last day on sale, where it is in the log.
    pub retired: Option<Day>,
}

/// How much of each kind of dirt is in the log. A line can be of several kinds (a duplicate without customer).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PlantedDirt {
    /// Lines that repeat the line before them in every column.
    pub duplicate_lines: u64,
    /// Orders that take back another one shortly after, in part or whole (number beginning with `C`).
    pub cancellation_orders: u64,
    /// Their lines (negative quantity).
    pub cancellation_lines: u64,
    /// Orders by which goods come back weeks later (number beginning with `C`).
    pub return_orders: u64,
    /// Their lines (negative quantity).
    pub return_lines: u64,
    /// Orders without a customer id, what takes them back and written off debts included.
    pub orders_without_customer: u64,
    /// Their lines.
    pub lines_without_customer: u64,
    /// Lines with a price of zero.
    pub zero_price_lines: u64,
    /// Lines with a negative price: debts written off (`B`, number beginning with `A`).
    pub negative_price_lines: u64,
    /// Lines that are no product (`POST`, `DOT`).
    pub service_lines: u64,
}

/// Sums over the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Totals {
    /// Lines, dirt included.
    pub lines: u64,
    /// Orders, cancellations included.
    pub orders: u64,
    /// Value of the product lines that were really sold: no duplicates, cancellations or services.
    pub sales: Money,
    /// Value of the cancellations: zero or negative.
    pub cancellations: Money,
    /// Value of what came back weeks later: zero or negative.
    pub returns: Money,
    /// Value of the duplicates, which never was.
    pub duplicates: Money,
    /// Value of the service lines, written off debts included.
    pub services: Money,
    /// What promotions took off the lines that were really sold.
    pub discounts: Money,
    /// Sum of the order values the spend model drew, in currency units. `sales` differs by the rounding to
    /// whole units.
    pub spend_drawn: f64,
}

impl Truth {
    pub(crate) fn new(scenario: &Scenario, seed: u64, catalogue: &Catalogue) -> Self {
        let sku = |product: u32| {
            catalogue.products.get(product as usize).map(|product| product.sku.clone()).unwrap_or_default()
        };
        let products = catalogue.products.iter().map(|product| ProductTruth {
            sku: product.sku.clone(),
            description: product.description.clone(),
            department: product.department.to_owned(),
            price: product.price,
            role: product.role,
            rank: product.rank,
            launched: product.launched,
            retired: product.retired,
        });
        let pairs = catalogue.pairs.all.iter().map(|pair| PairTruth {
            kind: pair.kind,
            first: sku(pair.first),
            second: sku(pair.second),
            chance: match pair.kind {
                PairKind::Complement => scenario.catalogue.complement_chance,
                PairKind::Substitute => scenario.catalogue.substitute_chance,
            },
        });
        let campaigns = scenario
            .campaigns
            .iter()
            .map(|campaign| CampaignTruth { name: campaign.name.clone(), ..CampaignTruth::default() });
        Self {
            scenario: scenario.clone(),
            seed,
            customers: Vec::new(),
            products: products.collect(),
            pairs: pairs.collect(),
            campaigns: campaigns.collect(),
            planted: PlantedDirt::default(),
            totals: Totals::default(),
        }
    }

    /// Counts a customer to the campaigns.
    pub(crate) fn add_contacts(&mut self, customer: &CustomerTruth) {
        for contact in &customer.campaigns {
            if let Some(campaign) = self.campaigns.get_mut(contact.campaign as usize) {
                let (customers, orders) = match contact.held_back {
                    true => (&mut campaign.held_back, &mut campaign.orders_of_held_back),
                    false => (&mut campaign.contacted, &mut campaign.orders_of_contacted),
                };
                *customers += 1;
                *orders += u64::from(contact.orders);
            }
        }
    }

    /// Counts an order of the log.
    pub(crate) fn add_order(&mut self, order: &Order) {
        self.planted.add(order);
        self.totals.add(order);
    }

    /// Writes it as JSON, indented, with a line feed at the end: `truth.json`.
    ///
    /// The true state of each customer is among it only when asked for (`with_customers`).
    ///
    /// # Errors
    /// [`SynthError::Write`] when `out` refuses.
    pub fn write_json(&self, with_customers: bool, out: &mut impl io::Write) -> Result<(), SynthError> {
        let without;
        let told = if with_customers || self.customers.is_empty() {
            self
        } else {
            without = Self {
                scenario: self.scenario.clone(),
                seed: self.seed,
                customers: Vec::new(),
                products: self.products.clone(),
                pairs: self.pairs.clone(),
                campaigns: self.campaigns.clone(),
                planted: self.planted,
                totals: self.totals,
            };
            &without
        };
        serde_json::to_writer_pretty(&mut *out, told).map_err(|error| SynthError::Write {
            kind: error.io_error_kind().unwrap_or(io::ErrorKind::InvalidData),
        })?;
        out.write_all(b"\n")
            .and_then(|()| out.flush())
            .map_err(|error| SynthError::Write { kind: error.kind() })
    }
}

impl OrderLine {
    pub(crate) fn kind(&self) -> LineKind {
        match self.origin {
            Origin::Sale | Origin::Duplicate | Origin::Sample => LineKind::Sale,
            Origin::Cancellation | Origin::Return => LineKind::Return,
            Origin::Service(_) => LineKind::Service,
        }
    }
}

impl PlantedDirt {
    fn add(&mut self, order: &Order) {
        let lines = order.lines.len() as u64;
        match order.lines.first().map(|line| line.origin) {
            Some(Origin::Cancellation) => {
                self.cancellation_orders += 1;
                self.cancellation_lines += lines;
            }
            Some(Origin::Return) => {
                self.return_orders += 1;
                self.return_lines += lines;
            }
            _ => {}
        }
        if order.customer == NO_CODE {
            self.orders_without_customer += 1;
            self.lines_without_customer += lines;
        }
        for line in &order.lines {
            match line.origin {
                Origin::Duplicate => self.duplicate_lines += 1,
                Origin::Sample => self.zero_price_lines += 1,
                Origin::Service(Service::BadDebt) => self.negative_price_lines += 1,
                Origin::Service(_) => self.service_lines += 1,
                Origin::Sale | Origin::Cancellation | Origin::Return => {}
            }
        }
    }
}

impl Totals {
    fn add(&mut self, order: &Order) {
        self.orders += 1;
        self.lines += order.lines.len() as u64;
        self.spend_drawn += order.value_drawn;
        for line in &order.lines {
            if line.origin == Origin::Sale {
                self.discounts += line.line.discount();
            }
            let sum = match line.origin {
                Origin::Sale | Origin::Sample => &mut self.sales,
                Origin::Duplicate => &mut self.duplicates,
                Origin::Service(_) => &mut self.services,
                Origin::Cancellation => &mut self.cancellations,
                Origin::Return => &mut self.returns,
            };
            *sum += line.line.amount();
        }
    }
}
