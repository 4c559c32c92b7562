//! Days from one purchase to the next, those who have not come back yet counted as long as they were watched.

use patron_analytics::{Survival, WatchTimes};
use patron_domain::{Month, NO_CODE};
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::{Seen, Shop};

/// Purchases after which the next one is looked at.
pub const PURCHASES: std::ops::RangeInclusive<u32> = 1..=5;
/// Customers a group needs.
pub const MINIMUM_GROUP: u64 = 30;
/// Groups of a kind that are shown, the largest first; all cohorts are.
const LARGEST: usize = 10;

/// Whose purchases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "group", content = "name")]
pub enum NextGroup {
    /// Everybody.
    All,
    /// Those whose first purchase was in the month.
    Cohort(Month),
    /// Those of a country, by name.
    Country(String),
    /// Those with a product among the first day's, by SKU. A customer counts for each product of that day.
    FirstProduct(String),
}

/// A day with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct DaysUntil {
    /// Days after the purchase by which the share had bought again.
    pub days: u32,
    /// Earliest and latest day that the data leave open; the latest is `None` where it was not watched long enough.
    pub interval: (u32, Option<u32>),
}

/// Time from the k-th to the next purchase of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NextPurchase {
    /// Whose.
    pub group: NextGroup,
    /// k: the purchase that the days are counted from.
    pub after: u32,
    /// Customers with a k-th purchase.
    pub customers: u64,
    /// Those of them who have bought again by the as-of date.
    pub bought_again: u64,
    /// Day by which a quarter of all customers had bought again; `None` where so many never did while watched.
    pub quarter: Option<DaysUntil>,
    /// A half: the median.
    pub half: Option<DaysUntil>,
    /// Three quarters.
    pub three_quarters: Option<DaysUntil>,
    /// Share who bought again within 90 days, and its 95 % interval; `None` where nobody was watched for so long.
    pub within_90: Option<(f64, Option<(f64, f64)>)>,
}

/// Time to the next purchase: overall for k = 1 … 5, by cohort, country and first product for the second purchase and on to
/// k = 5, groups of fewer than [`MINIMUM_GROUP`] customers left out. Everybody first, then cohorts in order of time, countries
/// and first products with the most customers first, ties by name; k ascending within each.
///
/// The curve is Kaplan & Meier's (1958), a customer being watched from the k-th purchase to the as-of date; the interval of a
/// day holds those on which the share could be it by the curve's own 95 % band (Brookmeyer & Crowley 1982).
pub fn next_purchases(shop: &Shop<'_>, seen: &Seen) -> Vec<NextPurchase> {
    let everybody: Vec<u32> = (0..shop.customers.len() as u32).collect();
    let mut rows = of_group(shop, seen, NextGroup::All, &everybody);

    let mut cohorts: FxHashMap<Month, Vec<u32>> = FxHashMap::default();
    let mut countries: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (place, customer) in (0..).zip(&shop.customers) {
        cohorts.entry(customer.history.first.month()).or_default().push(place);
        if customer.country != NO_CODE {
            countries.entry(customer.country).or_default().push(place);
        }
    }
    let mut cohorts: Vec<(Month, Vec<u32>)> = cohorts.into_iter().collect();
    cohorts.sort_by_key(|(month, _)| *month);
    let mut products: Vec<(u32, Vec<u32>)> = Vec::new();
    for buyers in seen.products() {
        let began = buyers.iter().filter(|bought| is_first_day(shop, bought)).map(|bought| bought.place);
        products.push((buyers[0].product, began.collect()));
    }
    let catalog = shop.source.catalog();
    let countries = largest(countries.into_iter().collect(), |code| catalog.countries.text(code));
    let products = largest(products, |code| catalog.skus.text(code));
    let groups = cohorts.into_iter().map(|(month, places)| (NextGroup::Cohort(month), places));
    let groups = groups.chain(countries.into_iter().map(|(name, places)| (NextGroup::Country(name), places)));
    let groups =
        groups.chain(products.into_iter().map(|(sku, places)| (NextGroup::FirstProduct(sku), places)));
    groups.for_each(|(group, places)| rows.extend(of_group(shop, seen, group, &places)));
    rows
}

fn is_first_day(shop: &Shop<'_>, bought: &crate::segments::Bought) -> bool {
    bought.first == shop.customers[bought.place as usize].history.first
}

/// The groups with the most customers, by name.
fn largest<'t>(mut groups: Vec<(u32, Vec<u32>)>, text: impl Fn(u32) -> &'t str) -> Vec<(String, Vec<u32>)> {
    groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then_with(|| text(a.0).cmp(text(b.0))));
    groups.truncate(LARGEST);
    groups.into_iter().map(|(code, places)| (text(code).to_owned(), places)).collect()
}

fn of_group(shop: &Shop<'_>, seen: &Seen, group: NextGroup, places: &[u32]) -> Vec<NextPurchase> {
    let row = |after: u32| {
        let mut times = WatchTimes::default();
        for &place in places {
            let visits = seen.visits(place as usize);
            let Some(from) = visits.get(after as usize - 1) else {
                continue;
            };
            let next = visits.get(after as usize).map(|next| next.day.days_since(from.day) as u32);
            times.add(shop.as_of.days_since(from.day) as u32, next);
        }
        let least = if group == NextGroup::All { 1 } else { MINIMUM_GROUP };
        (times.total() >= least).then(|| described(group.clone(), after, &times))
    };
    PURCHASES.filter_map(row).collect()
}

fn described(group: NextGroup, after: u32, times: &WatchTimes) -> NextPurchase {
    let curve = times.estimate(u32::MAX);
    NextPurchase {
        group,
        after,
        customers: times.total(),
        bought_again: curve.last().map_or(0, |point| point.events),
        quarter: days_until(&curve, 0.25),
        half: days_until(&curve, 0.5),
        three_quarters: days_until(&curve, 0.75),
        within_90: curve.get(90).map(|point| (point.share, point.interval)),
    }
}

fn days_until(curve: &[Survival], share: f64) -> Option<DaysUntil> {
    let first = |of: &dyn Fn(&Survival) -> f64| curve.iter().position(|point| of(point) >= share - 1e-12);
    let days = first(&|point| point.share)? as u32;
    let earliest = first(&|point| point.interval.map_or(point.share, |(_, high)| high));
    let latest = first(&|point| point.interval.map_or(point.share, |(low, _)| low));
    Some(DaysUntil {
        days,
        interval: (earliest.map_or(days, |day| day as u32), latest.map(|day| day as u32)),
    })
}
