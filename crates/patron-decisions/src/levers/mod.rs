//! Levers: what moves a shop's value, and what moving each by 1 % is worth. Formulas: `docs/decisions/levers.md`.

mod buyers;
mod lines;
#[cfg(test)]
mod tests;

pub use buyers::{Buyers, BuyersAnswer, KNOWN_FOR, LEAST_BUYERS, PatternBuyer, often_and_big};
pub use lines::{LEAST_ORDERS, LinesWorth};
use patron_models::AliveModel;
use serde::Serialize;

use crate::offers::{Estimate, PriceResponse};
use crate::segments::{Cell, Segmentation};
use crate::{Margins, Seen, Shop};

/// How far each lever is moved: 1 %.
const STEP: f64 = 0.01;

/// Something that value is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lever {
    /// Purchases per customer.
    Frequency,
    /// Value of a purchase.
    OrderValue,
    /// Lines of a purchase day.
    LinesPerOrder,
    /// Prices of everything.
    Price,
    /// Margin ÷ revenue.
    Margin,
    /// P(alive): how many are still customers.
    Life,
}

impl Lever {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Frequency, Self::OrderValue, Self::LinesPerOrder, Self::Price, Self::Margin, Self::Life];
}

/// What a lever's worth rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeverRestsOn {
    /// `clv_12m` of the forecast.
    Forecast12m,
    /// Margin rates of the customers.
    MarginRates,
    /// The elasticity of units to list prices.
    Elasticity,
    /// Purchase days of the same customers with more and with fewer lines: what went together, not what would follow.
    LinesOfTheSameCustomers,
    /// `p_alive` of the forecast, under BG/NBD.
    Alive,
}

/// Why the worth of a lever is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeverUnknown {
    /// Nobody has a forecast: run the forecast first.
    Forecasts,
    /// No margin is known: add unit costs to the products' file, or state a margin rate.
    MarginRate,
    /// How demand answers to prices is not identified: see [`PriceResponse`].
    PriceResponse,
    /// Too few purchase days of customers with more than one.
    FewOrders,
    /// Under the model nobody here drops out, so a longer life adds nothing that it could tell.
    NobodyDropsOut,
}

/// What 1 % more is worth over the next 12 months.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum LeverWorth {
    /// So much.
    Known {
        /// Expected net revenue more, in money; 0 where only the margin moves.
        revenue: f64,
        /// 95 % interval of it, of the estimate only; `None` where the step is 1 % of the forecast by definition.
        interval: Option<(f64, f64)>,
        /// Margin more, in money, undiscounted; `None` where no margin is known.
        margin: Option<f64>,
        /// Model numbers behind it.
        rests_on: Vec<LeverRestsOn>,
    },
    /// The data cannot tell.
    Unknown {
        /// Why.
        why: LeverUnknown,
    },
}

/// A lever and its worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeverRow {
    /// The lever.
    pub lever: Lever,
    /// Its worth.
    pub worth: LeverWorth,
}

/// What the value of some customers is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Levers {
    /// The cell of the default segmentation; `None` for the whole shop.
    pub cell: Option<Cell>,
    /// Customers.
    pub customers: u64,
    /// Those of them with a forecast: the worths are of these.
    pub with_forecast: u64,
    /// Expected net revenue of the next 12 months, in money.
    pub clv_12m: f64,
    /// Expected purchases of the next 3 months.
    pub purchases_3m: f64,
    /// Expected revenue ÷ expected purchases of the next 3 months, in money.
    pub value_per_purchase: Option<f64>,
    /// Lines of a purchase day so far, returns included.
    pub lines_per_order: Option<f64>,
    /// Net revenue ÷ net units so far, in money: price and mix of what is bought.
    pub value_per_unit: Option<f64>,
    /// Expected margin ÷ expected revenue of the next 12 months.
    pub margin_rate: Option<f64>,
    /// Mean P(alive); `None` where the model knows no dropping out.
    pub p_alive: Option<f64>,
    /// How the value of a purchase day went with its lines, customer by customer.
    pub lines_worth: Option<LinesWorth>,
    /// One row for each lever, in the order of [`Lever::ALL`].
    pub levers: Vec<LeverRow>,
}

/// Levers of the shop and of every cell, and whose habits leave room.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LeverAnswers {
    /// The whole shop, then every cell with a customer, in the order of the segmentation.
    pub levers: Vec<Levers>,
    /// Who buys often but little, who big but seldom.
    pub buyers: BuyersAnswer,
}

/// What moving each lever by 1 % is worth.
pub fn levers(
    shop: &Shop<'_>,
    seen: &Seen,
    margins: &Margins,
    segments: &Segmentation<Cell>,
    response: &PriceResponse,
) -> LeverAnswers {
    let elasticity = response.units.elasticity();
    let everybody: Vec<usize> = (0..shop.customers.len()).collect();
    let mut rows = vec![of_places(shop, seen, margins, None, &everybody, elasticity)];
    for row in &segments.rows {
        let own = everybody.iter().copied().filter(|&place| segments.of[place] == row.segment);
        let own: Vec<usize> = own.collect();
        if !own.is_empty() {
            rows.push(of_places(shop, seen, margins, Some(row.segment), &own, elasticity));
        }
    }
    LeverAnswers { levers: rows, buyers: often_and_big(shop) }
}

fn of_places(
    shop: &Shop<'_>,
    seen: &Seen,
    margins: &Margins,
    cell: Option<Cell>,
    places: &[usize],
    elasticity: Option<Estimate>,
) -> Levers {
    let with: Vec<_> =
        places.iter().filter_map(|&place| Some((place, shop.customers[place].forecast?))).collect();
    let clv_12m: f64 = with.iter().map(|(_, forecast)| forecast.clv_12m).sum();
    let purchases_3m: f64 = with.iter().map(|(_, forecast)| forecast.expected_purchases_3m).sum();
    let clv_3m: f64 = with.iter().map(|(_, forecast)| forecast.clv_3m).sum();
    let earned = |(place, forecast): &(usize, &patron_models::CustomerForecast)| {
        margins.rate(*place).map(|rate| rate * forecast.clv_12m)
    };
    let margin: Option<f64> = with.iter().map(earned).sum::<Option<f64>>().filter(|_| !with.is_empty());
    let sums = Sums { clv_12m, margin, known: !with.is_empty() };

    let customers = || places.iter().map(|&place| &shop.customers[place]);
    let days: f64 = places.iter().map(|&place| seen.visits(place).len() as f64).sum();
    let all_lines: f64 =
        places.iter().flat_map(|&place| seen.visits(place)).map(|day| f64::from(day.lines)).sum();
    let units: i64 = customers().map(|customer| customer.quantity).sum();
    let spent: f64 = customers().map(|customer| customer.revenue().to_f64()).sum();
    let dropping: Vec<_> = with
        .iter()
        .filter(|(_, forecast)| forecast.p_alive_model == AliveModel::BgNbd && forecast.p_alive < 1.0)
        .collect();
    let lines_worth = lines::lines_worth(seen, places);

    let worth = |lever: Lever| match lever {
        _ if !sums.known => LeverWorth::Unknown { why: LeverUnknown::Forecasts },
        Lever::Frequency | Lever::OrderValue => sums.scaled(STEP, None, &[]),
        Lever::LinesPerOrder => match lines_worth {
            None => LeverWorth::Unknown { why: LeverUnknown::FewOrders },
            Some(LinesWorth { slope, interval: (low, high), .. }) => {
                let of = |slope: f64| (slope * STEP.ln_1p()).exp_m1();
                sums.scaled(of(slope), Some((of(low), of(high))), &[LeverRestsOn::LinesOfTheSameCustomers])
            }
        },
        Lever::Price => match elasticity {
            None => LeverWorth::Unknown { why: LeverUnknown::PriceResponse },
            Some(elasticity) => sums.price(elasticity),
        },
        Lever::Margin => match margin {
            None => LeverWorth::Unknown { why: LeverUnknown::MarginRate },
            Some(margin) => LeverWorth::Known {
                revenue: 0.0,
                interval: None,
                margin: Some(STEP * margin),
                rests_on: vec![LeverRestsOn::Forecast12m, LeverRestsOn::MarginRates],
            },
        },
        Lever::Life if dropping.is_empty() => LeverWorth::Unknown { why: LeverUnknown::NobodyDropsOut },
        Lever::Life => {
            // P(alive) ends at 1, and value goes with it: what is expected is P(alive) × what is expected of the living
            let step = |alive: f64| if alive > 0.0 { (1.0 / alive - 1.0).min(STEP) } else { 0.0 };
            let revenue = dropping.iter().map(|(_, own)| step(own.p_alive) * own.clv_12m).sum();
            let more = |own: &&(usize, &patron_models::CustomerForecast)| {
                earned(own).map(|margin| step(own.1.p_alive) * margin)
            };
            let more = dropping.iter().copied().map(|own| more(&own)).sum();
            let mut rests_on = vec![LeverRestsOn::Forecast12m, LeverRestsOn::Alive];
            rests_on.extend(margin.map(|_| LeverRestsOn::MarginRates));
            LeverWorth::Known { revenue, interval: None, margin: more, rests_on }
        }
    };
    let known_alive =
        with.iter().all(|(_, forecast)| forecast.p_alive_model == AliveModel::BgNbd) && sums.known;
    Levers {
        cell,
        customers: places.len() as u64,
        with_forecast: with.len() as u64,
        clv_12m,
        purchases_3m,
        value_per_purchase: crate::margins::share(clv_3m, purchases_3m),
        lines_per_order: crate::margins::share(all_lines, days),
        value_per_unit: crate::margins::share(spent, units as f64),
        margin_rate: margin.and_then(|margin| crate::margins::share(margin, clv_12m)),
        p_alive: known_alive
            .then(|| with.iter().map(|(_, forecast)| forecast.p_alive).sum::<f64>() / with.len() as f64),
        lines_worth,
        levers: Lever::ALL.map(|lever| LeverRow { lever, worth: worth(lever) }).to_vec(),
    }
}

/// What is expected of some customers in 12 months.
struct Sums {
    clv_12m: f64,
    margin: Option<f64>,
    known: bool,
}

impl Sums {
    /// A share more of everything expected.
    fn scaled(&self, by: f64, interval: Option<(f64, f64)>, on: &[LeverRestsOn]) -> LeverWorth {
        let mut rests_on = vec![LeverRestsOn::Forecast12m];
        rests_on.extend_from_slice(on);
        rests_on.extend(self.margin.map(|_| LeverRestsOn::MarginRates));
        LeverWorth::Known {
            revenue: by * self.clv_12m,
            interval: interval.map(|(low, high)| (low * self.clv_12m, high * self.clv_12m)),
            margin: self.margin.map(|margin| by * margin),
            rests_on,
        }
    }

    /// Units answer with (1 + step)^e; each brings the step more, its cost stays.
    fn price(&self, elasticity: Estimate) -> LeverWorth {
        let units = |e: f64| (1.0 + STEP).powf(e);
        let revenue = |e: f64| self.clv_12m * (units(e) * (1.0 + STEP) - 1.0);
        let cost = self.margin.map(|margin| self.clv_12m - margin);
        let e = elasticity.value;
        let mut rests_on = vec![LeverRestsOn::Forecast12m, LeverRestsOn::Elasticity];
        rests_on.extend(self.margin.map(|_| LeverRestsOn::MarginRates));
        LeverWorth::Known {
            revenue: revenue(e),
            interval: Some((revenue(elasticity.low), revenue(elasticity.high))),
            margin: cost.map(|cost| revenue(e) - cost * (units(e) - 1.0)),
            rests_on,
        }
    }
}
