//! On rhythm or overdue: how long a customer has been away, against the own usual gap.

use patron_analytics::WatchTimes;
use patron_domain::NO_CODE;
use serde::{Deserialize, Serialize};

use crate::shop::median;
use crate::{Customer, Seen, Shop};

/// Overdue is who has been away for longer than this share of those who came back.
pub const COME_BACK_SHARE: f64 = 0.8;
/// Gaps of similar customers that stand beside a customer's own.
pub const SIMILAR_GAPS: f64 = 2.0;
/// Customers with a second purchase a country needs to be its own measure.
pub const MINIMUM_SIMILAR: u64 = 30;
/// At risk on a day for the curve to be read there.
const AT_RISK: u64 = 10;
/// A multiple of the usual gap is counted in twentieths, up to 100 times.
const TWENTIETHS: f64 = 20.0;
const LONGEST: f64 = 100.0;

/// Whether a customer is away for longer than usual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rhythm {
    /// Away for no longer than four of five who came back.
    OnRhythm,
    /// Away for longer.
    Overdue,
}

impl Rhythm {
    /// Both.
    pub const ALL: [Self; 2] = [Self::OnRhythm, Self::Overdue];
}

/// Whose gaps a customer's rhythm is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RhythmBasis {
    /// The customer's own, steadied by those of similar customers.
    Own,
    /// Similar customers of the same country.
    Country,
    /// All customers.
    Shop,
    /// Nobody has come back yet: nobody is called overdue.
    Unknown,
}

/// The rhythm of one customer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CustomerRhythm {
    /// Usual days from one purchase to the next; `None` where nobody has come back yet.
    pub usual_gap: Option<f64>,
    /// Days away beyond which the customer is overdue.
    pub limit: Option<f64>,
    /// Where both come from.
    pub basis: RhythmBasis,
    /// The verdict.
    pub rhythm: Rhythm,
}

/// The rhythm of every customer, in order of [`Shop::customers`].
///
/// - Bought on two days or more: the usual gap is the median of the own gaps, drawn towards the median of the usual
///   gaps of similar customers as if those added [`SIMILAR_GAPS`] gaps (on the logarithm). The limit is that times the
///   multiple within which [`COME_BACK_SHARE`] of those who came back had come back.
/// - Bought once: the days from the first to the second purchase of similar customers; their median and the day by which
///   [`COME_BACK_SHARE`] of those who came back had.
///
/// Similar customers are those of the same country where [`MINIMUM_SIMILAR`] of them came back, else all. Gaps that are
/// still open count as long as they have lasted (Kaplan & Meier). Formulas: `docs/decisions/retention.md`.
pub fn rhythms(shop: &Shop<'_>, seen: &Seen) -> Vec<CustomerRhythm> {
    let pools = Pools::new(shop, seen);
    let usual: Vec<Option<f64>> = shop.customers.iter().map(|customer| pools.own_usual(customer)).collect();
    let multiple = come_back_multiple(shop, seen, &usual);
    let rhythm = |(customer, usual): (&Customer<'_>, &Option<f64>)| {
        let (usual_gap, limit, basis) = match usual.zip(multiple) {
            Some((gap, multiple)) => (Some(gap), Some(gap * multiple), RhythmBasis::Own),
            None => pools.second_purchase(customer.country),
        };
        let late = limit.is_some_and(|limit| f64::from(customer.inactivity()) > limit);
        let rhythm = if late { Rhythm::Overdue } else { Rhythm::OnRhythm };
        CustomerRhythm { usual_gap, limit, basis, rhythm }
    };
    shop.customers.iter().zip(&usual).map(rhythm).collect()
}

/// What is known of everybody, and of the customers of each country by its code.
struct Pool<T> {
    all: Option<T>,
    by_country: Vec<Option<T>>,
}

impl<T: Copy> Pool<T> {
    fn of_country(&self, country: u32) -> Option<T> {
        self.by_country.get(country as usize).copied().flatten()
    }
}

/// What similar customers do.
struct Pools {
    /// Median of the customers' own usual gaps.
    gaps: Pool<f64>,
    /// Days to the usual and to the latest second purchase.
    seconds: Pool<(f64, f64)>,
}

impl Pools {
    fn new(shop: &Shop<'_>, seen: &Seen) -> Self {
        let countries = shop.source.catalog().countries.len();
        let (mut all, mut gaps) = (Vec::new(), vec![Vec::new(); countries]);
        let (mut all_times, mut times) = (WatchTimes::default(), vec![WatchTimes::default(); countries]);
        for (place, customer) in shop.customers.iter().enumerate() {
            let watched = customer.history.history.customer_age;
            let visits = seen.visits(place);
            let second = visits.get(1).map(|visit| visit.day.days_since(visits[0].day) as u32);
            let country = Some(customer.country as usize).filter(|_| customer.country != NO_CODE);
            all_times.add(watched, second);
            all.extend(customer.usual_gap);
            if let Some(country) = country.filter(|country| *country < countries) {
                times[country].add(watched, second);
                gaps[country].extend(customer.usual_gap);
            }
        }
        let enough = |gaps: Vec<f64>| median(gaps.clone()).filter(|_| gaps.len() as u64 >= MINIMUM_SIMILAR);
        let second = |times: &WatchTimes, least: u64| {
            let curve = times.estimate(u32::MAX);
            let came_back = curve.last().map_or(0, |point| point.events);
            (came_back >= least.max(1)).then(|| (reached(times, 0.5), reached(times, COME_BACK_SHARE)))
        };
        let both = |(usual, latest): (Option<u32>, Option<u32>)| {
            usual.zip(latest).map(|(usual, latest)| (f64::from(usual), f64::from(latest)))
        };
        let by_country = times.iter().map(|times| second(times, MINIMUM_SIMILAR).and_then(both)).collect();
        Self {
            gaps: Pool { all: median(all), by_country: gaps.into_iter().map(enough).collect() },
            seconds: Pool { all: second(&all_times, 1).and_then(both), by_country },
        }
    }

    /// The own usual gap, steadied; `None` for a customer who bought once.
    fn own_usual(&self, customer: &Customer<'_>) -> Option<f64> {
        let own = customer.usual_gap?;
        let similar = self.gaps.of_country(customer.country).or(self.gaps.all)?;
        let gaps = f64::from(customer.history.history.frequency);
        Some(((gaps * own.ln() + SIMILAR_GAPS * similar.ln()) / (gaps + SIMILAR_GAPS)).exp())
    }

    fn second_purchase(&self, country: u32) -> (Option<f64>, Option<f64>, RhythmBasis) {
        match (self.seconds.of_country(country), self.seconds.all) {
            (Some((usual, limit)), _) => (Some(usual), Some(limit), RhythmBasis::Country),
            (None, Some((usual, limit))) => (Some(usual), Some(limit), RhythmBasis::Shop),
            (None, None) => (None, None, RhythmBasis::Unknown),
        }
    }
}

/// The multiple of the usual gap within which [`COME_BACK_SHARE`] of those who came back had.
fn come_back_multiple(shop: &Shop<'_>, seen: &Seen, usual: &[Option<f64>]) -> Option<f64> {
    let mut times = WatchTimes::default();
    let ratio = |days: f64, usual: f64| (TWENTIETHS * (days / usual).min(LONGEST)).ceil() as u32;
    for (place, (customer, usual)) in shop.customers.iter().zip(usual).enumerate() {
        let Some(usual) = *usual else { continue };
        for pair in seen.visits(place).windows(2) {
            let came = ratio(f64::from(pair[1].day.days_since(pair[0].day)), usual);
            times.add(came, Some(came));
        }
        times.add(ratio(f64::from(customer.inactivity()), usual), None);
    }
    reached(&times, COME_BACK_SHARE).map(|multiple| f64::from(multiple) / TWENTIETHS)
}

/// First day by which `share` of those who come back had come back; `None` where nobody does.
///
/// Those who come back are the share with the event on the last day that [`AT_RISK`] could still have it (the last day
/// at all, where there are never so many).
fn reached(times: &WatchTimes, share: f64) -> Option<u32> {
    let curve = times.estimate(u32::MAX);
    let last =
        curve.iter().rposition(|point| point.at_risk >= AT_RISK).unwrap_or(curve.len().checked_sub(1)?);
    let come_back = curve[last].share;
    let day = curve.iter().position(|point| point.share >= share * come_back - 1e-12)?;
    (come_back > 0.0).then_some(day as u32)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use patron_columns::TableBuilder;
    use patron_domain::{Attributes, PurchaseRule};
    use patron_synth::{DirtRates, Scenario, generate};

    use super::*;

    /// Of the customers with four purchases and more, those who had in truth stopped months before are found overdue, and few
    /// of the others.
    #[test]
    fn customers_who_have_stopped_are_overdue() {
        let scenario = Scenario { customers: 1_500, dirt: DirtRates::default(), ..Scenario::demo() };
        let made = generate(&scenario, 7).unwrap();
        let mut builder = TableBuilder::new(PurchaseRule::NetPositive);
        made.batches().for_each(|batch| builder.push(&batch));
        let (table, _) = builder.finish();
        let attributes = Attributes::default();
        let shop = Shop::new(&table, &attributes, scenario.end, &[]).unwrap();
        let seen = Seen::read(&shop).unwrap();
        let truth: HashMap<&str, _> = made.truth.customers.iter().map(|of| (of.id.as_str(), of)).collect();
        let (mut gone, mut here) = ((0_u32, 0_u32), (0_u32, 0_u32));
        for (customer, of) in shop.customers.iter().zip(rhythms(&shop, &seen)) {
            let known = truth[shop.source.catalog().customers.text(customer.code)];
            let long_ago = known.stopped_on.is_some_and(|day| day.plus_days(120) < scenario.end);
            let side = match (customer.purchase_days() > 3, known.alive_at_end, long_ago) {
                (true, true, _) => &mut here,
                (true, false, true) => &mut gone,
                _ => continue,
            };
            *side = (side.0 + u32::from(of.rhythm == Rhythm::Overdue), side.1 + 1);
        }
        let share = |(late, all): (u32, u32)| f64::from(late) / f64::from(all);
        assert!(gone.1 > 50 && here.1 > 100, "{gone:?} {here:?}");
        assert!(share(gone) > 0.85 && share(here) < 0.25, "{gone:?} {here:?}");
    }

    #[test]
    fn four_of_five_who_come_back() {
        let mut times = WatchTimes::default();
        (1..=10).for_each(|day| times.add(100, Some(10 * day)));
        (0..10).for_each(|_| times.add(100, None));
        assert_eq!(reached(&times, 0.8), Some(80));
        assert_eq!(reached(&times, 0.5), Some(50));
        assert_eq!(reached(&WatchTimes::default(), 0.5), None);
        let mut nobody = WatchTimes::default();
        nobody.add(30, None);
        assert_eq!(reached(&nobody, 0.5), None);
    }
}
