//! How demand answers to prices, where price changes can tell.

use std::collections::BTreeMap;

use patron_columns::{LineSource, RollupError};
use patron_domain::{Attributes, Day};
use serde::Serialize;

use super::changes::{Move, Moves, PriceChange, price_changes};
use super::fit::{Estimate, Line, Point, line, shrink, slope};
use super::series::Weeks;

/// Products with a price change that an elasticity needs.
pub const LEAST_PRODUCTS: usize = 10;
/// Products with a change that a category needs for a word of its own.
const LEAST_OF_CATEGORY: usize = 3;
/// Quantile of the normal distribution for 95 %.
const NORMAL: f64 = 1.959_963_985;

/// An elasticity of one category: its own changes, drawn towards the shop's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CategoryElasticity {
    /// The category, as the shop writes it.
    pub category: String,
    /// Products with a change.
    pub products: u64,
    /// From its own changes alone.
    pub own: f64,
    /// Drawn towards the shop's.
    pub elasticity: Estimate,
}

/// An elasticity of one product with a change: its own, drawn towards the category's (else the shop's).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProductElasticity {
    /// Product code.
    pub product: u32,
    /// Its changes.
    pub changes: u64,
    /// From its own changes alone.
    pub own: f64,
    /// Drawn towards the category's or the shop's.
    pub elasticity: Estimate,
}

/// What price changes say about demand.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Response {
    /// Not enough price variation: no elasticity, whatever a regression of units on prices would say.
    NotEnoughPriceVariation {
        /// Price changes that were held on both sides.
        changes: u64,
        /// Their products.
        products: u64,
        /// Products needed.
        needed: u64,
    },
    /// Demand moved before prices did: something else moves both, the effect cannot be told apart. Counts as not
    /// identified.
    PlaceboMoves {
        /// Price changes.
        changes: u64,
        /// Elasticity to the next price, before it came.
        placebo: Estimate,
    },
    /// An elasticity: demand changes by so many per cent for one per cent of price.
    Identified {
        /// Price changes.
        changes: u64,
        /// Their products.
        products: u64,
        /// Changes that raised the price.
        raised: u64,
        /// Of the shop.
        shop: Estimate,
        /// Elasticity to the next price, before it came: its interval holds 0.
        placebo: Estimate,
        /// In order of the names; empty where no categories are known.
        categories: Vec<CategoryElasticity>,
        /// In order of the codes.
        products_with_changes: Vec<ProductElasticity>,
    },
}

impl Response {
    /// The shop's elasticity, where it is identified.
    pub fn elasticity(&self) -> Option<Estimate> {
        match self {
            Self::Identified { shop, .. } => Some(*shop),
            Self::NotEnoughPriceVariation { .. } | Self::PlaceboMoves { .. } => None,
        }
    }

    /// What would make it known; `None` where it is.
    pub fn unlocked_by(&self) -> Option<&'static str> {
        match self {
            Self::Identified { .. } => None,
            Self::NotEnoughPriceVariation { .. } => Some(
                "change the list price of at least ten products, by different steps, and hold each for four weeks and 30 orders",
            ),
            Self::PlaceboMoves { .. } => {
                Some("change prices of products drawn by lot, so that nothing else moves with them")
            }
        }
    }
}

/// Price changes and what they say, by orders and by units.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PriceResponse {
    /// The last day that was looked at.
    pub as_of: Day,
    /// In order of the products, then of time.
    pub changes: Vec<PriceChange>,
    /// Demand counted in orders with the product.
    pub orders: Response,
    /// Demand counted in units, very large lines cut to what is usual: what a margin rests on.
    pub units: Response,
}

/// How demand of known customers answers to prices, from their sale lines on or before `as_of`.
///
/// A price change is a change of the modal price at the order size with the most lines of a product, both levels held for
/// four weeks and 30 orders. Demand is the product's at any order size in the weeks around it, beside all products in the
/// same weeks; the slope of its logarithm on the price's is the elasticity. Prices per line, which fall with the quantity
/// bought, never enter.
///
/// # Errors
/// As the source fails.
pub fn price_response(
    lines: &impl LineSource,
    attributes: &Attributes,
    as_of: Day,
) -> Result<PriceResponse, RollupError> {
    let changes = price_changes(&Weeks::read(lines, as_of)?);
    let orders = response(&changes, |change| change.of_orders, attributes);
    let units = response(&changes, |change| change.of_units, attributes);
    Ok(PriceResponse { as_of, changes, orders, units })
}

fn response(
    changes: &[PriceChange],
    moves: impl Fn(&PriceChange) -> Moves,
    attributes: &Attributes,
) -> Response {
    let points = |of: fn(&Moves) -> Move| -> Vec<Point> {
        let point = |change: &PriceChange| {
            let Move { ln_ratio, variance } = of(&moves(change));
            Point { cluster: change.product, x: change.ln_ratio(), y: ln_ratio, variance }
        };
        changes.iter().map(point).collect()
    };
    let effects = points(|moves| moves.effect);
    let products = effects.chunk_by(|a, b| a.cluster == b.cluster).count();
    let (Some(fit), Some(placebo), true) =
        (line(&effects), line(&points(|moves| moves.placebo)), products >= LEAST_PRODUCTS)
    else {
        return Response::NotEnoughPriceVariation {
            changes: changes.len() as u64,
            products: products as u64,
            needed: LEAST_PRODUCTS as u64,
        };
    };
    if placebo.slope.is_significant() {
        return Response::PlaceboMoves { changes: changes.len() as u64, placebo: placebo.slope };
    }
    let (categories, products_with_changes) = pooled(&effects, &fit, attributes);
    Response::Identified {
        changes: changes.len() as u64,
        products: products as u64,
        raised: effects.iter().filter(|point| point.x > 0.0).count() as u64,
        shop: fit.slope,
        placebo: placebo.slope,
        categories,
        products_with_changes,
    }
}

/// Own slopes of categories drawn towards the shop's, own slopes of products towards their category's.
fn pooled(
    points: &[Point],
    fit: &Line,
    attributes: &Attributes,
) -> (Vec<CategoryElasticity>, Vec<ProductElasticity>) {
    let shop = (fit.slope.value, fit.slope.standard_error);
    let mut by_category: BTreeMap<String, Vec<&[Point]>> = BTreeMap::new();
    let mut loose: Vec<&[Point]> = Vec::new();
    for own in points.chunk_by(|a, b| a.cluster == b.cluster) {
        match attributes.category.get(own[0].cluster) {
            Some(name) => by_category.entry(name.to_owned()).or_default().push(own),
            None => loose.push(own),
        }
    }
    let mut small = Vec::new();
    by_category.retain(|_, products| {
        let enough = products.len() >= LEAST_OF_CATEGORY;
        if !enough {
            small.append(products);
        }
        enough
    });
    loose.append(&mut small);
    let own: Vec<(f64, f64)> =
        by_category.values().map(|products| own_slope(&products.concat(), fit)).collect();
    let drawn = shrink(&own, shop);
    let mut categories = Vec::new();
    let mut products = of_products(&loose, fit, shop);
    for (((category, own_points), own), drawn) in by_category.into_iter().zip(own).zip(drawn) {
        products.extend(of_products(&own_points, fit, drawn));
        categories.push(CategoryElasticity {
            category,
            products: own_points.len() as u64,
            own: own.0,
            elasticity: Estimate::new(drawn.0, drawn.1, NORMAL),
        });
    }
    products.sort_by_key(|row| row.product);
    (categories, products)
}

fn of_products(products: &[&[Point]], fit: &Line, centre: (f64, f64)) -> Vec<ProductElasticity> {
    let own: Vec<(f64, f64)> = products.iter().map(|points| own_slope(points, fit)).collect();
    let drawn = shrink(&own, centre);
    let rows = products.iter().zip(own).zip(drawn).map(|((points, own), drawn)| ProductElasticity {
        product: points[0].cluster,
        changes: points.len() as u64,
        own: own.0,
        elasticity: Estimate::new(drawn.0, drawn.1, NORMAL),
    });
    rows.collect()
}

/// Slope of some changes and its standard error, given the spread of all.
fn own_slope(points: &[Point], fit: &Line) -> (f64, f64) {
    slope(points, fit.spread).map_or((fit.slope.value, f64::INFINITY), |(own, xx)| (own, xx.sqrt().recip()))
}
