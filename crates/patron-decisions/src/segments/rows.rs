//! A segmentation: who is in which segment, and a row about each.

use patron_domain::{Money, NO_CODE};
use serde::Serialize;

use super::rule::{Describer, Description};
use super::value::SegmentBasis;
use crate::{Seen, Shop};

/// Products and countries named in a row.
const FAVOURITES: usize = 3;

/// Customers in segments: everybody in exactly one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segmentation<L> {
    /// What the segments rest on.
    pub basis: SegmentBasis,
    /// The segment of each customer, in order of [`Shop::customers`].
    pub of: Vec<L>,
    /// Every segment, those without a customer too, in the order of its definition.
    pub rows: Vec<SegmentRow<L>>,
}

/// What is known of a segment.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SegmentRow<L> {
    /// The segment.
    pub segment: L,
    /// Customers.
    pub customers: u64,
    /// Of all customers.
    pub share: f64,
    /// Net revenue to date.
    pub revenue: Money,
    /// Of the revenue of all customers; `None` where that is not above zero.
    pub revenue_share: Option<f64>,
    /// Margin to date of the customers whose margin is known; `None` where nobody's is.
    pub margin: Option<Money>,
    /// Customers whose margin is known.
    pub margin_known: u64,
    /// Expected net revenue of the next 3 months, in money, of those with a forecast; `None` where nobody has one.
    pub clv_3m: Option<f64>,
    /// The same for 12 months.
    pub clv_12m: Option<f64>,
    /// Mean chance to buy in the next 3 months, of those with a forecast.
    pub chance_to_buy_3m: Option<f64>,
    /// Products with the most of these customers among their buyers: the first three, ties by SKU.
    pub products: Vec<Favourite>,
    /// Countries with the most of these customers: the first three, ties by name.
    pub countries: Vec<Favourite>,
    /// The segment in words; `None` where no rule was found, or there are too few customers to learn one and test it.
    pub description: Option<Description>,
}

/// A product or country many customers of a segment have in common.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Favourite {
    /// Code of the product or country.
    pub code: u32,
    /// SKU or name of the country.
    pub name: String,
    /// The product's description; empty for a country.
    pub description: String,
    /// Customers of the segment.
    pub customers: u64,
    /// Of all customers of the segment.
    pub share: f64,
}

/// What rows are made from.
pub(crate) struct RowMaker<'a> {
    pub(crate) shop: &'a Shop<'a>,
    pub(crate) seen: &'a Seen,
    /// Margin to date by place, where costs are known.
    pub(crate) margins: Option<&'a [Option<Money>]>,
    pub(crate) describer: Describer,
}

impl RowMaker<'_> {
    /// The rows of the segments `all`, `of` being the segment of each customer.
    pub(crate) fn segmentation<L: Copy + PartialEq>(
        &self,
        basis: SegmentBasis,
        all: &[L],
        of: Vec<L>,
    ) -> Segmentation<L> {
        let number = |label: &L| all.iter().position(|other| other == label).unwrap_or(0);
        let numbers: Vec<usize> = of.iter().map(number).collect();
        let revenue_of_all: Money = self.shop.customers.iter().map(|customer| customer.revenue()).sum();
        let products = self.favourite_products(&numbers, all.len());
        let rows = all.iter().zip(products).enumerate();
        let rows = rows
            .map(|(number, (&segment, products))| {
                self.row(segment, number, &numbers, products, revenue_of_all)
            })
            .collect();
        Segmentation { basis, of, rows }
    }

    fn row<L: Copy>(
        &self,
        segment: L,
        number: usize,
        numbers: &[usize],
        products: Vec<Favourite>,
        revenue_of_all: Money,
    ) -> SegmentRow<L> {
        let shop = self.shop;
        let places: Vec<usize> = (0..numbers.len()).filter(|&place| numbers[place] == number).collect();
        let revenue: Money = places.iter().map(|&place| shop.customers[place].revenue()).sum();
        let forecasts: Vec<_> = places.iter().filter_map(|&place| shop.customers[place].forecast).collect();
        let margins: Vec<Money> = match self.margins {
            Some(margins) => {
                places.iter().filter_map(|&place| margins.get(place).copied().flatten()).collect()
            }
            None => Vec::new(),
        };
        let any = (!forecasts.is_empty()).then_some(());
        let member: Vec<bool> = numbers.iter().map(|&of| of == number).collect();
        SegmentRow {
            segment,
            customers: places.len() as u64,
            share: places.len() as f64 / numbers.len().max(1) as f64,
            revenue,
            revenue_share: (revenue_of_all > Money::ZERO).then(|| revenue.to_f64() / revenue_of_all.to_f64()),
            margin: (!margins.is_empty()).then(|| margins.iter().copied().sum()),
            margin_known: margins.len() as u64,
            clv_3m: any.map(|()| forecasts.iter().map(|forecast| forecast.clv_3m).sum()),
            clv_12m: any.map(|()| forecasts.iter().map(|forecast| forecast.clv_12m).sum()),
            chance_to_buy_3m: any.map(|()| {
                forecasts.iter().map(|forecast| forecast.chance_to_buy_3m).sum::<f64>()
                    / forecasts.len() as f64
            }),
            products,
            countries: self.favourite_countries(&places),
            description: self.describer.describe(&member),
        }
    }

    /// The first products of each segment.
    fn favourite_products(&self, numbers: &[usize], segments: usize) -> Vec<Vec<Favourite>> {
        let catalog = self.shop.source.catalog();
        let mut sizes = vec![0_u64; segments];
        numbers.iter().for_each(|&number| sizes[number] += 1);
        let mut best: Vec<Vec<(u64, u32)>> = vec![Vec::new(); segments];
        let mut counts = vec![0_u64; segments];
        for buyers in self.seen.products() {
            counts.fill(0);
            buyers.iter().for_each(|bought| counts[numbers[bought.place as usize]] += 1);
            for (&count, best) in counts.iter().zip(&mut best).filter(|(count, _)| **count > 0) {
                best.push((count, buyers[0].product));
                best.sort_by(|a, b| {
                    b.0.cmp(&a.0).then_with(|| catalog.skus.text(a.1).cmp(catalog.skus.text(b.1)))
                });
                best.truncate(FAVOURITES);
            }
        }
        let favourite = |(count, code): (u64, u32), size: u64| Favourite {
            code,
            name: catalog.skus.text(code).to_owned(),
            description: catalog.descriptions.text(code).to_owned(),
            customers: count,
            share: count as f64 / size as f64,
        };
        let named =
            |(best, size): (Vec<(u64, u32)>, u64)| best.into_iter().map(|one| favourite(one, size)).collect();
        best.into_iter().zip(sizes).map(named).collect()
    }

    fn favourite_countries(&self, places: &[usize]) -> Vec<Favourite> {
        let names = &self.shop.source.catalog().countries;
        let mut counts = vec![0_u64; names.len()];
        for country in places.iter().map(|&place| self.shop.customers[place].country) {
            if let Some(count) = counts.get_mut(country as usize).filter(|_| country != NO_CODE) {
                *count += 1;
            }
        }
        let mut order: Vec<u32> = (0..names.len() as u32).filter(|&code| counts[code as usize] > 0).collect();
        let by_count = |a: &u32, b: &u32| counts[*b as usize].cmp(&counts[*a as usize]);
        order.sort_by(|a, b| by_count(a, b).then_with(|| names.text(*a).cmp(names.text(*b))));
        let favourite = |code: u32| Favourite {
            code,
            name: names.text(code).to_owned(),
            description: String::new(),
            customers: counts[code as usize],
            share: counts[code as usize] as f64 / places.len() as f64,
        };
        order.into_iter().take(FAVOURITES).map(favourite).collect()
    }
}
