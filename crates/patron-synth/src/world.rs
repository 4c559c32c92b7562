//! Customers and their lives: pure functions of scenario, seed and id.

use patron_domain::{CustomerRow, Day, NO_CODE};
use rand::RngExt;

use crate::SynthError;
use crate::behaviour::{BuyerPopulation, Spender, SpenderPopulation};
use crate::catalogue::Catalogue;
use crate::chance::{Weighted, happens};
use crate::clock::ActivityClock;
use crate::orders::{Order, Origin};
use crate::pace::Pace;
use crate::people::{self, locale};
use crate::scenario::{Campaign, ChannelShare, Scenario};
use crate::seed::{SeedTree, SynthRng};
use crate::truth::{Contact, CustomerTruth};

/// Share of the customers who agreed to be contacted.
const CONSENT: f64 = 0.75;
/// How often someone pays as last time.
const PAYS_AS_EVER: f64 = 0.8;

/// All that a checked scenario and a seed determine before the first customer comes in.
pub(crate) struct World<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) catalogue: Catalogue,
    pub(crate) buying: ActivityClock,
    seed: SeedTree,
    arrivals: ActivityClock,
    buyers: BuyerPopulation,
    spenders: SpenderPopulation,
    countries: Weighted,
    channels: Vec<ChannelShare>,
    channel: Weighted,
    /// By country.
    payments: Vec<Weighted>,
    /// The first day of each campaign, and of the weeks of its response, in weeks of activity.
    campaigns: Vec<Vec<f64>>,
}

/// Who orders: the same for all orders of a customer.
#[derive(Clone, Copy)]
pub(crate) struct Person {
    /// Among customers and guests, without a number twice.
    pub(crate) number: u64,
    pub(crate) customer: u32,
    pub(crate) country: u32,
    pub(crate) spender: Spender,
    pub(crate) seed: SeedTree,
    channel: u32,
    payment: u8,
    buying_factor: f64,
    dropout_factor: f64,
}

impl<'a> World<'a> {
    pub(crate) fn new(scenario: &'a Scenario, seed: u64) -> Result<Self, SynthError> {
        scenario.check()?;
        let seed = SeedTree::new(seed);
        let buying = ActivityClock::of_buying(scenario);
        let weeks = |campaign: &Campaign| -> Vec<f64> {
            let days = (0..=campaign.weeks() as i32).map(|week| campaign.day.plus_days(7 * week));
            days.map(|day| buying.weeks(buying.start_of(day))).collect()
        };
        let channels = match scenario.channels.is_empty() {
            true => people::usual_channels(),
            false => scenario.channels.clone(),
        };
        let payments = scenario.countries.iter().map(|country| {
            Weighted::new(locale::of(&country.name).payments.iter().map(|(_, weight)| *weight))
        });
        Ok(Self {
            scenario,
            catalogue: Catalogue::new(scenario, seed),
            seed,
            arrivals: ActivityClock::of_arrivals(scenario),
            buyers: BuyerPopulation::new(&scenario.buying, scenario.regularity)?,
            spenders: SpenderPopulation::new(&scenario.spend)?,
            countries: Weighted::new(scenario.countries.iter().map(|country| country.share)),
            channel: Weighted::new(channels.iter().map(|channel| channel.share)),
            channels,
            payments: payments.collect(),
            campaigns: scenario.campaigns.iter().map(weeks).collect(),
            buying,
        })
    }

    /// The life of customer number `customer` and all orders of it, in order of time but for cancellations, returns
    /// and debts, which follow what they belong to.
    pub(crate) fn customer(&self, customer: u32) -> (CustomerTruth, Vec<Order>) {
        let seed = self.seed.branch("customer", u64::from(customer));
        let first = self.arrival(seed);
        let arrived = self.buying.day(first);
        let person = self.person(u64::from(customer), customer, seed, arrived);
        let mut orders = Vec::new();
        self.place(&person, first, 0, None, &mut orders);
        let brings_back = orders
            .iter()
            .flat_map(|order: &Order| &order.lines)
            .find(|line| line.origin == Origin::Sale && self.catalogue.brings_back(line.line.product));
        let brought_back_by = brings_back.map(|line| line.line.product);

        let mut rng = seed.child("buying", 0);
        let return_factor = brought_back_by.map_or(1.0, |_| self.scenario.catalogue.return_factor);
        let factor = person.buying_factor * return_factor;
        let buyer = self.buyers.draw(&mut rng).with_factors(factor, person.dropout_factor);
        let begun = self.buying.weeks(first);
        let (mut campaigns, pace) = self.contacts(seed, arrived, begun);
        let mut placed = 1;
        let stopped = buyer.live(&mut rng, &pace, self.buying.total() - begun, |weeks| {
            let moment = self.buying.moment(begun + weeks);
            self.place(&person, moment, placed, brought_back_by, &mut orders);
            self.count(&mut campaigns, begun + weeks);
            placed += 1;
        });
        let country = self.scenario.countries.get(person.country as usize);
        let channel = self.channels.get(person.channel as usize);
        let sku =
            |product: u32| self.catalogue.products.get(product as usize).map(|product| product.sku.clone());
        let truth = CustomerTruth {
            id: customer_id(customer),
            country: country.map(|country| country.name.clone()).unwrap_or_default(),
            channel: channel.map(|channel| channel.name.clone()).unwrap_or_default(),
            first_order: arrived,
            orders: placed,
            purchase_rate: buyer.rate,
            dropout: buyer.dropout.value(),
            alive_at_end: stopped.is_none(),
            stopped_on: stopped.map(|weeks| self.buying.day(self.buying.moment(begun + weeks))),
            mean_spend: person.spender.mean_spend,
            brought_back_by: brought_back_by.and_then(sku),
            campaigns,
        };
        (truth, orders)
    }

    /// An order of someone who leaves no id, and what takes it back if anything does.
    pub(crate) fn guest(&self, guest: u64) -> Vec<Order> {
        let seed = self.seed.branch("guest", guest);
        let moment = self.arrival(seed);
        let mut orders = Vec::new();
        let person = self.person(guest | 1 << 63, NO_CODE, seed, self.buying.day(moment));
        self.place(&person, moment, 0, None, &mut orders);
        orders
    }

    /// When customer number `customer` came first, and by which channel.
    pub(crate) fn origin(&self, customer: u32) -> (Day, &str) {
        let seed = self.seed.branch("customer", u64::from(customer));
        let channel = self.channels.get(self.channel.draw(&mut seed.child("channel", 0)));
        (self.buying.day(self.arrival(seed)), channel.map_or("", |channel| &channel.name))
    }

    /// What the shop's own customer list says of customer number `customer`; line 2 is the first one.
    pub(crate) fn customer_row(&self, customer: u32) -> CustomerRow {
        let seed = self.seed.branch("customer", u64::from(customer));
        let arrived = self.buying.day(self.arrival(seed));
        let person = self.person(u64::from(customer), customer, seed, arrived);
        let country = self.scenario.countries.get(person.country as usize);
        let channel = self.channels.get(person.channel as usize);
        let known = people::Known {
            customer,
            country: country.map_or("", |country| &country.name),
            channel: channel.map_or("", |channel| &channel.name),
            arrived,
            may_contact: self.may_contact(seed),
        };
        CustomerRow {
            line: u64::from(customer) + 2,
            external_id: Some(customer_id(customer)),
            attributes: people::attributes(seed, &known, self.scenario.unknown_attributes),
        }
    }

    /// How much more an order of `day` is worth than the spend model has it.
    pub(crate) fn spend_factor(&self, day: Day) -> f64 {
        self.scenario
            .events
            .iter()
            .filter(|event| event.lasts_on(day))
            .map(|event| event.spend_factor)
            .product()
    }

    /// The payment method of an order: mostly the person's own.
    pub(crate) fn payment(&self, person: &Person, rng: &mut SynthRng) -> u8 {
        if happens(rng, PAYS_AS_EVER) { person.payment } else { self.draw_payment(person.country, rng) }
    }

    fn draw_payment(&self, country: u32, rng: &mut SynthRng) -> u8 {
        self.payments.get(country as usize).map_or(0, |payments| payments.draw(rng) as u8)
    }

    fn person(&self, number: u64, customer: u32, seed: SeedTree, arrived: Day) -> Person {
        let country = self.countries.draw(&mut seed.child("country", 0));
        let channel = self.channel.draw(&mut seed.child("channel", 0));
        let spender = self.spenders.draw(&mut seed.child("spend", 0));
        let mut factors = (1.0, 1.0, 1.0);
        let mut times = |buying: f64, dropout: f64, spend: f64| {
            factors = (factors.0 * buying, factors.1 * dropout, factors.2 * spend);
        };
        if let Some(country) = self.scenario.countries.get(country) {
            times(country.buying_factor, country.dropout_factor, country.spend_factor);
        }
        if let Some(channel) = self.channels.get(channel) {
            times(channel.buying_factor, channel.dropout_factor, channel.spend_factor);
        }
        if let Some(cohort) = self.scenario.cohorts.iter().rev().find(|cohort| cohort.from <= arrived) {
            times(cohort.buying_factor, cohort.dropout_factor, cohort.spend_factor);
        }
        let (buying_factor, dropout_factor, spend_factor) = factors;
        Person {
            number,
            customer,
            country: country as u32,
            spender: spender.times(spend_factor),
            seed,
            channel: channel as u32,
            payment: self.draw_payment(country as u32, &mut seed.child("payment", 0)),
            buying_factor,
            dropout_factor,
        }
    }

    /// The moment of a first order: newcomers come evenly on the clock of arrivals.
    fn arrival(&self, seed: SeedTree) -> f64 {
        let share: f64 = seed.child("arrival", 0).random();
        self.arrivals.moment(share * self.arrivals.total())
    }

    fn may_contact(&self, seed: SeedTree) -> bool {
        happens(&mut seed.child("consent", 0), CONSENT)
    }

    /// Which campaigns reach someone who came on a day, and what they make of the pace since then.
    fn contacts(&self, seed: SeedTree, arrived: Day, begun: f64) -> (Vec<Contact>, Pace) {
        let (mut contacts, mut stretches) = (Vec::new(), Vec::new());
        if self.campaigns.is_empty() || !self.may_contact(seed) {
            return (contacts, Pace::default());
        }
        for (index, (campaign, weeks)) in self.scenario.campaigns.iter().zip(&self.campaigns).enumerate() {
            let mut rng = seed.child("campaign", index as u64);
            let is_chosen = happens(&mut rng, campaign.chosen);
            let held_back = happens(&mut rng, campaign.held_back);
            if !is_chosen || arrived >= campaign.day {
                continue;
            }
            contacts.push(Contact { campaign: index as u32, held_back, orders: 0 });
            if !held_back {
                let week = |(response, bounds): (&f64, &[f64])| {
                    (bounds[0] - begun, bounds[1] - begun, 1.0 + response)
                };
                stretches.extend(campaign.response.iter().zip(weeks.windows(2)).map(week));
            }
        }
        (contacts, Pace::new(&stretches))
    }

    /// Counts an order to the campaigns whose time it falls into.
    fn count(&self, contacts: &mut [Contact], weeks: f64) {
        for contact in contacts {
            let bounds = self.campaigns.get(contact.campaign as usize);
            if let Some([first, .., last]) = bounds.map(Vec::as_slice) {
                contact.orders += u32::from((*first..*last).contains(&weeks));
            }
        }
    }
}

/// The name of payment method number `payment` in country number `country`.
pub(crate) fn payment_name(scenario: &Scenario, country: u32, payment: u8) -> &'static str {
    let country = scenario.countries.get(country as usize).map_or("", |country| &country.name);
    locale::of(country).payments.get(payment as usize).map_or("", |(name, _)| name)
}

/// The id of customer number `customer` as the log writes it.
pub(crate) fn customer_id(customer: u32) -> String {
    (u64::from(customer) + 12_001).to_string()
}
