//! A budget split over segments or customers.

use patron_domain::Money;
use serde::Serialize;

use super::greedy::Greedy;
use super::item::{BudgetItem, Case};
use crate::{DecisionError, Range};

/// Units a budget is split into, and points of the curve.
const UNITS: i64 = 1_000;
const POINTS: i64 = 60;
/// The curve goes on to so many budgets.
const BUDGETS: i64 = 3;
/// In the split by value, a response without end is brought to seven eighths: three times the spend of half of it.
const HALVES: i64 = 3;

/// What is spent on one item, and what it brings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetShare {
    /// Its name.
    pub name: String,
    /// Customers in it.
    pub customers: u64,
    /// Spend.
    pub spend: Money,
    /// Extra buyers.
    pub extra_buyers: Range,
    /// What they bring less the spend, in currency units.
    pub gain: Range,
    /// What the gain rests on: `your assumption`, or `measured: NAME`.
    pub rests_on: String,
}

/// A point of the curve of gain against budget, each budget split as well as can be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Spend.
    pub spend: Money,
    /// Gain, in currency units.
    pub gain: Range,
}

/// Spend from which on the next unit loses money; zero: spend nothing. `None` where it still pays at three budgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NextLoses {
    /// With the low ends of response and value: up to there it pays in any case.
    pub low: Option<Money>,
    /// With the middle of them.
    pub middle: Option<Money>,
    /// With the high ends.
    pub high: Option<Money>,
}

/// The best split of a budget.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BudgetSplit {
    /// The budget.
    pub budget: Money,
    /// What is best spent of it: nothing that loses money.
    pub spent: Money,
    /// "Spend nothing" is right.
    pub spend_nothing: bool,
    /// Every item, highest spend first, ties in the order given.
    pub shares: Vec<BudgetShare>,
    /// What the split brings, in currency units. Low joins the low ends of response and value of all items.
    pub gain: Range,
    /// Gain against budget, to three budgets.
    pub curve: Vec<CurvePoint>,
    /// Where the next unit loses money.
    pub next_loses: NextLoses,
    /// What the budget would bring spent in equal parts on all customers.
    pub equal_split: Range,
    /// And on those first whose purchase earns most.
    pub top_by_value: Range,
}

/// Splits a budget where the next unit brings most, at the middle of each range, and stops where it would lose money.
///
/// # Errors
/// [`DecisionError::Asked`] for a budget of zero or less, or above a million million.
pub fn split_budget(items: &[BudgetItem], budget: Money) -> Result<BudgetSplit, DecisionError> {
    let most = Money::from_ten_thousandths(Money::SCALE * 1_000_000_000_000);
    if budget <= Money::ZERO || budget > most {
        let (name, allowed) = ("the budget", "above 0, and at most a million million");
        return Err(DecisionError::Asked { name, allowed, value: budget.to_f64() });
    }
    let unit = Money::from_ten_thousandths((budget.ten_thousandths() / UNITS).max(1));
    let spends = best(items, unit, budget);
    let spent = spends.iter().copied().sum();
    let mut shares: Vec<BudgetShare> = items.iter().zip(&spends).map(share_of).collect();
    shares.sort_by_key(|share| std::cmp::Reverse(share.spend));
    let loses = |case| next_loses(items, case, unit, budget);
    Ok(BudgetSplit {
        budget,
        spent,
        spend_nothing: spent == Money::ZERO,
        shares,
        gain: gain(items, &spends),
        curve: curve(items, unit, budget),
        next_loses: NextLoses { low: loses(Case::Low), middle: loses(Case::Middle), high: loses(Case::High) },
        equal_split: gain(items, &equally(items, budget)),
        top_by_value: gain(items, &by_value(items, budget)),
    })
}

/// Spend by item.
pub(super) fn best(items: &[BudgetItem], unit: Money, budget: Money) -> Vec<Money> {
    let mut spends = vec![Money::ZERO; items.len()];
    let mut left = budget;
    for step in Greedy::new(items, Case::Middle, unit) {
        if step.gain <= 0.0 || step.spend > left {
            break;
        }
        left -= step.spend;
        if let Some(spend) = spends.get_mut(step.item) {
            *spend += step.spend;
        }
    }
    spends
}

/// In equal parts on all customers; what one item cannot take is left.
pub(super) fn equally(items: &[BudgetItem], budget: Money) -> Vec<Money> {
    let customers: u64 = items.iter().map(|item| item.customers).sum();
    let part = |item: &BudgetItem| {
        let exact =
            i128::from(budget.ten_thousandths()) * i128::from(item.customers) / i128::from(customers.max(1));
        let part = Money::from_ten_thousandths(i64::try_from(exact).unwrap_or(i64::MAX));
        item.most().map_or(part, |most| part.min(most))
    };
    items.iter().map(part).collect()
}

/// On the items whose purchase earns most, one after the other.
pub(super) fn by_value(items: &[BudgetItem], budget: Money) -> Vec<Money> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by(|&a, &b| items[b].margin.total_cmp(&items[a].margin).then(a.cmp(&b)));
    let (mut spends, mut left) = (vec![Money::ZERO; items.len()], budget);
    for place in order {
        let item = &items[place];
        let saturated = match item.curve {
            super::ResponseCurve::Saturating { half_at } => {
                half_at.times(HALVES).and_then(|each| each.times(i64::try_from(item.customers).ok()?))
            }
            super::ResponseCurve::OneContact => item.most(),
        };
        spends[place] = saturated.unwrap_or(left).min(left);
        left -= spends[place];
    }
    spends
}

/// What spends by item bring, less themselves.
fn gain(items: &[BudgetItem], spends: &[Money]) -> Range {
    let [low, middle, high] =
        Case::ALL.map(|case| items.iter().zip(spends).map(|(item, &spend)| of_item(item, spend, case)).sum());
    Range { low, middle, high }
}

fn of_item(item: &BudgetItem, spend: Money, case: Case) -> f64 {
    if spend == Money::ZERO { 0.0 } else { item.at_full(case) * item.reach(spend.to_f64()) - spend.to_f64() }
}

fn share_of((item, &spend): (&BudgetItem, &Money)) -> BudgetShare {
    let reached = if spend == Money::ZERO { 0.0 } else { item.reach(spend.to_f64()) * item.customers as f64 };
    let [low, middle, high] = Case::ALL.map(|case| of_item(item, spend, case));
    let [fewest, between, most] = Case::ALL.map(|case| item.extra_share(case) * reached);
    BudgetShare {
        name: item.name.clone(),
        customers: item.customers,
        spend,
        extra_buyers: Range { low: fewest, middle: between, high: most },
        gain: Range { low, middle, high },
        rests_on: item.response.label(),
    }
}

fn next_loses(items: &[BudgetItem], case: Case, unit: Money, budget: Money) -> Option<Money> {
    let end = budget.times(BUDGETS)?;
    let mut spent = Money::ZERO;
    let mut units = Greedy::new(items, case, unit);
    while units.next_gain().is_some_and(|gain| gain > 0.0) {
        spent += units.next()?.spend;
        if spent >= end {
            return None;
        }
    }
    Some(spent)
}

fn curve(items: &[BudgetItem], unit: Money, budget: Money) -> Vec<CurvePoint> {
    let end = budget.ten_thousandths() * BUDGETS;
    let mut spends = vec![Money::ZERO; items.len()];
    let mut points = vec![CurvePoint { spend: Money::ZERO, gain: gain(items, &spends) }];
    let (mut spent, mut next) = (0, end / POINTS);
    let mut steps = Greedy::new(items, Case::Middle, unit).peekable();
    while let Some(step) = steps.next() {
        spent += step.spend.ten_thousandths();
        if let Some(spend) = spends.get_mut(step.item) {
            *spend += step.spend;
        }
        if spent >= next || steps.peek().is_none() {
            points.push(CurvePoint { spend: Money::from_ten_thousandths(spent), gain: gain(items, &spends) });
            next = spent + end / POINTS;
        }
        if spent >= end {
            break;
        }
    }
    points
}
