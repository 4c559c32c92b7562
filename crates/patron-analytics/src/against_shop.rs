//! Products beside the shop: whose share of it grows or shrinks, and whose season is its own.

use rayon::prelude::*;

use crate::stats::{Design, DispersionPrior, ShareTrend, benjamini_hochberg, f_tail, median};
use crate::trends::classify;
use crate::{SlopeInterval, TrendClass};

/// A product's series beside the shop's.
pub(crate) struct AgainstShop {
    /// Slope of the difference of both, each in its mean.
    pub(crate) slope: f64,
    pub(crate) share: ShareTrend,
    /// Theil–Sen slope of the share.
    pub(crate) robust: SlopeInterval,
    /// What an order with the product holds of it on average, in the unit of the series.
    pub(crate) per_order: f64,
}

/// What is said of a product beside the shop; nothing where it cannot be compared.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Judged {
    pub(crate) slope: Option<f64>,
    pub(crate) growth: Option<f64>,
    pub(crate) q_value: Option<f64>,
    pub(crate) class: Option<TrendClass>,
}

/// Dispersions of many shares, in means of an order, which makes products alike, and drawn towards each other: two years
/// of months hold few degrees of freedom.
struct Steadied(Option<DispersionPrior>);

impl Steadied {
    fn by<'a>(shares: impl Iterator<Item = (&'a ShareTrend, f64)>) -> Self {
        let own: Vec<(f64, f64)> =
            shares.map(|(share, per_order)| (share.dispersion / per_order, share.freedom)).collect();
        Self(DispersionPrior::fit(&own))
    }

    /// Scale of the F test of a share and its degrees of freedom.
    fn scale(&self, share: &ShareTrend, per_order: f64) -> (f64, f64) {
        let own = share.dispersion / per_order;
        let alone = (own, share.freedom.max(1.0));
        let (scale, freedom) = self.0.map_or(alone, |prior| prior.moderated(own, share.freedom));
        (scale * per_order, freedom)
    }
}

/// Judges the trends of all products of a measure together, in their order.
///
/// How much months resemble their neighbours is taken from all products at once, their median, as the months of one
/// product are too few to tell.
pub(crate) fn judge(products: &[Option<&AgainstShop>], level: f64) -> Vec<Judged> {
    let compared = || products.iter().flatten().filter(|product| product.per_order > 0.0);
    let steadied = Steadied::by(compared().map(|product| (&product.share, product.per_order)));
    let millionths = |product: &&&AgainstShop| (product.share.persistence * 1e6) as i64;
    let mut persistence: Vec<i64> =
        compared().map(|product| millionths(&product)).filter(|p| *p > 0).collect();
    let persistence = median(&mut persistence, |p| p as f64 / 1e6).unwrap_or(1.0).max(1.0);
    let p_value = |product: &AgainstShop| {
        let (scale, freedom) = steadied.scale(&product.share, product.per_order);
        f_tail(product.share.explained, 1.0, scale * persistence, freedom)
    };
    let p_values: Vec<f64> = compared().map(|product| p_value(product)).collect();
    let mut q_values = benjamini_hochberg(&p_values).into_iter();
    let judged = |product: &Option<&AgainstShop>| {
        let Some(product) = product.filter(|product| product.per_order > 0.0) else {
            return Judged::default();
        };
        let q_value = q_values.next();
        Judged {
            slope: Some(product.slope),
            growth: Some(product.share.slope.exp_m1()),
            q_value,
            class: q_value.map(|q| classify(product.share.slope, q, &product.robust, level)),
        }
    };
    products.iter().map(judged).collect()
}

/// The orders of a product month by month, where there are months enough for a season.
pub(crate) struct SeasonSeries<'a> {
    pub(crate) design: &'a Design,
    /// Place of the first month.
    pub(crate) start: usize,
    pub(crate) orders: Vec<f64>,
}

/// Adjusted p-values of equal shares of the shop's orders in all months of the year, in the order of the products.
///
/// In orders, as units come in heaps. What some products win in their season all others lose a share of; so the products
/// with a season are looked for twice, the second time beside the orders of those without one, unless that leaves
/// less than half of the orders.
pub(crate) fn own_seasons(
    products: &[Option<SeasonSeries<'_>>],
    months: usize,
    level: f64,
) -> Vec<Option<f64>> {
    let all = |counts: &dyn Fn(usize) -> bool| {
        let mut sums = vec![0.0; months];
        for (_, series) in products.iter().enumerate().filter(|(place, _)| counts(*place)) {
            let Some(series) = series else { continue };
            sums[series.start..].iter_mut().zip(&series.orders).for_each(|(sum, orders)| *sum += orders);
        }
        sums
    };
    let everything = all(&|_| true);
    let first = season_q_values(products, &everything);
    let rest = all(&|place| first[place].is_some_and(|q| q >= level));
    match rest.iter().sum::<f64>() * 2.0 >= everything.iter().sum::<f64>() {
        true => season_q_values(products, &rest),
        false => first,
    }
}

fn season_q_values(products: &[Option<SeasonSeries<'_>>], shop: &[f64]) -> Vec<Option<f64>> {
    let share = |series: &Option<SeasonSeries<'_>>| {
        let series = series.as_ref()?;
        series.design.share(&series.orders, shop.get(series.start..)?)
    };
    let shares: Vec<Option<ShareTrend>> = products.par_iter().with_min_len(64).map(share).collect();
    let steadied = Steadied::by(shares.iter().flatten().map(|share| (share, 1.0)));
    let p_value = |share: &ShareTrend| {
        let (scale, freedom) = steadied.scale(share, 1.0);
        f_tail(share.season_explained, share.season_levels as f64, scale, freedom)
    };
    let p_values: Vec<f64> = shares.iter().flatten().map(p_value).collect();
    let mut q_values = benjamini_hochberg(&p_values).into_iter();
    shares.iter().map(|share| share.and_then(|_| q_values.next())).collect()
}
