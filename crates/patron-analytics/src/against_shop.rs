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
/// with the clearest seasons, as far as they make up half of the orders, are taken out of the shop, and all products are
/// looked at again beside what is left; twice.
pub(crate) fn own_seasons(
    products: &[Option<SeasonSeries<'_>>],
    months: usize,
    level: f64,
) -> Vec<Option<f64>> {
    let mut shop = vec![0.0; months];
    products.iter().flatten().for_each(|series| series.add_to(&mut shop, 1.0));
    let most_taken = shop.iter().sum::<f64>() / 2.0;
    let mut found = seasons_beside(products, &shop);
    for _ in 0..2 {
        let mut clearest: Vec<(f64, &SeasonSeries<'_>)> = products
            .iter()
            .zip(&found)
            .filter_map(|(series, season)| {
                Some((season.filter(|season| season.q_value < level)?.f, series.as_ref()?))
            })
            .collect();
        clearest.sort_by(|a, b| b.0.total_cmp(&a.0)); // stable: ties stay in SKU order
        let (mut rest, mut taken) = (shop.clone(), 0.0);
        for (_, series) in clearest {
            taken += series.orders.iter().sum::<f64>();
            if taken > most_taken {
                break;
            }
            series.add_to(&mut rest, -1.0);
        }
        found = seasons_beside(products, &rest);
    }
    found.into_iter().map(|season| Some(season?.q_value)).collect()
}

impl SeasonSeries<'_> {
    fn add_to(&self, sums: &mut [f64], times: f64) {
        sums[self.start..].iter_mut().zip(&self.orders).for_each(|(sum, orders)| *sum += times * orders);
    }
}

/// How clear the season of a product is.
#[derive(Clone, Copy)]
struct OwnSeason {
    f: f64,
    q_value: f64,
}

fn seasons_beside(products: &[Option<SeasonSeries<'_>>], shop: &[f64]) -> Vec<Option<OwnSeason>> {
    let share = |series: &Option<SeasonSeries<'_>>| {
        let series = series.as_ref()?;
        series.design.share(&series.orders, shop.get(series.start..)?)
    };
    let shares: Vec<Option<ShareTrend>> = products.par_iter().with_min_len(64).map(share).collect();
    let steadied = Steadied::by(shares.iter().flatten().map(|share| (share, 1.0)));
    let f = |share: &ShareTrend| {
        let (scale, _) = steadied.scale(share, 1.0);
        share.season_explained / share.season_levels as f64 / scale.max(f64::MIN_POSITIVE)
    };
    let p_value = |share: &ShareTrend| {
        let (scale, freedom) = steadied.scale(share, 1.0);
        f_tail(share.season_explained, share.season_levels as f64, scale, freedom)
    };
    let p_values: Vec<f64> = shares.iter().flatten().map(p_value).collect();
    let mut q_values = benjamini_hochberg(&p_values).into_iter();
    let own = |share: &Option<ShareTrend>| {
        share.as_ref().and_then(|share| Some(OwnSeason { f: f(share), q_value: q_values.next()? }))
    };
    shares.iter().map(own).collect()
}
