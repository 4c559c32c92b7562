//! Products week by week: orders, units, and the price that holds at one order size.

use patron_columns::{Column, LineSource, RollupError};
use patron_domain::{Day, LineKind, Money, NO_CODE, SECONDS_PER_DAY};
use rayon::prelude::*;

/// Units of a line at which a new order-size tier begins.
const TIERS: [i32; 8] = [1, 2, 3, 6, 12, 24, 48, 96];
/// A line counts with no more units than this quantile of the product's lines.
const USUAL: f64 = 0.95;

const COLUMNS: [Column; 7] = [
    Column::Customer,
    Column::Product,
    Column::Order,
    Column::Time,
    Column::Quantity,
    Column::Amount,
    Column::Kind,
];

/// A sale line of a known customer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Sold {
    product: u32,
    /// Counted from Monday, 29 December 1969.
    week: i32,
    order: u32,
    units: i32,
    /// Hundredths of a unit of money, rounded.
    price: i64,
}

/// One product over the weeks of the log.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) product: u32,
    /// Fewest and most units of a line in the tier with the most lines.
    pub(super) tier: (i32, Option<i32>),
    /// By week, the most frequent price in that tier, in hundredths; of equally frequent ones the lowest.
    pub(super) price: Vec<Option<i64>>,
    /// By week, orders in that tier.
    pub(super) tier_orders: Vec<u32>,
    /// By week, orders with the product.
    pub(super) orders: Vec<f64>,
    /// By week, units; very large lines count with what is usual.
    pub(super) units: Vec<f64>,
}

/// All products and the sums over them.
pub(super) struct Weeks {
    /// First day of week 0, a Monday.
    pub(super) first: Day,
    pub(super) products: Vec<Series>,
    pub(super) orders: Vec<f64>,
    pub(super) units: Vec<f64>,
}

impl Weeks {
    /// From the sale lines of known customers on or before `as_of` that have a price above zero.
    pub(super) fn read(source: &impl LineSource, as_of: Day) -> Result<Self, RollupError> {
        let mut sold = sold_lines(source, as_of)?;
        sold.par_sort_unstable();
        let first = sold.iter().map(|line| line.week).min().unwrap_or(0);
        let weeks = sold.iter().map(|line| line.week).max().map_or(0, |last| (last - first) as usize + 1);
        let groups: Vec<&[Sold]> = sold.chunk_by(|a, b| a.product == b.product).collect();
        let products: Vec<Series> = groups.par_iter().map(|lines| Series::of(lines, first, weeks)).collect();
        let sum = |of: fn(&Series) -> &[f64]| {
            let mut sum = vec![0.0; weeks];
            for own in &products {
                sum.iter_mut().zip(of(own)).for_each(|(sum, own)| *sum += own);
            }
            sum
        };
        let (orders, units) = (sum(|own| &own.orders), sum(|own| &own.units));
        Ok(Self { first: Day::from_number(first * 7 - 3), products, orders, units })
    }
}

fn sold_lines(source: &impl LineSource, as_of: Day) -> Result<Vec<Sold>, RollupError> {
    let end = as_of.plus_days(1).start();
    let mut sold = Vec::new();
    for piece in 0..source.pieces() {
        source.with_lines(piece, &COLUMNS, |lines| {
            for row in 0..lines.product.len() {
                let (units, amount) = (lines.quantity[row], lines.amount[row]);
                let counts = lines.kind[row] == LineKind::Sale
                    && lines.product[row] != NO_CODE
                    && lines.customer[row] != NO_CODE
                    && lines.time[row] < end
                    && units > 0
                    && amount > Money::ZERO;
                if counts {
                    let day = lines.time[row].div_euclid(SECONDS_PER_DAY) as i32;
                    let price = amount.ten_thousandths() as f64 / f64::from(units) / 100.0;
                    sold.push(Sold {
                        product: lines.product[row],
                        week: (day + 3).div_euclid(7), // day 0 was a Thursday
                        order: lines.order[row],
                        units,
                        price: (price.round() as i64).max(1),
                    });
                }
            }
        })?;
    }
    Ok(sold)
}

impl Series {
    /// Lines of one product in order of their weeks.
    fn of(lines: &[Sold], first: i32, weeks: usize) -> Self {
        let mut of_tier = [0_u32; TIERS.len()];
        lines.iter().for_each(|line| of_tier[tier(line.units)] += 1);
        let main = (0..TIERS.len()).max_by_key(|&at| (of_tier[at], std::cmp::Reverse(at))).unwrap_or(0);
        let mut sizes: Vec<i32> = lines.iter().map(|line| line.units).collect();
        sizes.sort_unstable();
        let most = sizes[((sizes.len() - 1) as f64 * USUAL).round() as usize];
        let mut series = Self {
            product: lines[0].product,
            tier: (TIERS[main], TIERS.get(main + 1).map(|next| next - 1)),
            price: vec![None; weeks],
            tier_orders: vec![0; weeks],
            orders: vec![0.0; weeks],
            units: vec![0.0; weeks],
        };
        for own in lines.chunk_by(|a, b| a.week == b.week) {
            let at = (own[0].week - first) as usize;
            series.orders[at] = own.chunk_by(|a, b| a.order == b.order).count() as f64;
            series.units[at] = own.iter().map(|line| f64::from(line.units.min(most))).sum();
            let mut prices: Vec<i64> =
                own.iter().filter(|line| tier(line.units) == main).map(|line| line.price).collect();
            prices.sort_unstable();
            series.tier_orders[at] = prices.len() as u32;
            let same = prices.chunk_by(|a, b| a == b);
            let modal = same.min_by_key(|same| (std::cmp::Reverse(same.len()), same[0]));
            series.price[at] = modal.map(|same| same[0]);
        }
        series
    }
}

fn tier(units: i32) -> usize {
    TIERS.partition_point(|&least| least <= units).saturating_sub(1)
}
