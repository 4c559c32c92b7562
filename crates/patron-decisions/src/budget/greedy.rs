//! The best split of a budget, unit by unit.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use patron_domain::Money;

use super::item::{BudgetItem, Case};

/// A unit spent on an item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) item: usize,
    pub(super) spend: Money,
    /// What it brings less what is spent.
    pub(super) gain: f64,
}

/// The next unit of an item; the greatest is the one that brings most per unit of money, ties by the item's place.
struct Next {
    step: Step,
    per_money: f64,
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        let tie = || Reverse(self.step.item).cmp(&Reverse(other.step.item));
        self.per_money.total_cmp(&other.per_money).then_with(tie)
    }
}

/// The units in the order in which they bring most, one after the other, without end but that of the items.
///
/// What an item brings is concave in what is spent on it, so a unit is never better than those of the item before it, and
/// taking the best next unit gives the best split of every budget on the way (Gross 1956, Fox 1966); the last unit of an
/// item may be smaller.
pub(super) struct Greedy<'a> {
    items: &'a [BudgetItem],
    case: Case,
    unit: Money,
    spent: Vec<Money>,
    heap: BinaryHeap<Next>,
}

impl<'a> Greedy<'a> {
    pub(super) fn new(items: &'a [BudgetItem], case: Case, unit: Money) -> Self {
        let mut greedy =
            Self { items, case, unit, spent: vec![Money::ZERO; items.len()], heap: BinaryHeap::new() };
        (0..items.len()).for_each(|item| greedy.offer(item));
        greedy
    }

    /// What the next step would bring, without taking it.
    pub(super) fn next_gain(&self) -> Option<f64> {
        self.heap.peek().map(|next| next.step.gain)
    }

    fn offer(&mut self, place: usize) {
        let (Some(item), Some(&spent)) = (self.items.get(place), self.spent.get(place)) else { return };
        let spend = item.most().map_or(self.unit, |most| self.unit.min(most - spent));
        if spend <= Money::ZERO || item.customers == 0 {
            return;
        }
        let (from, to) = (spent.to_f64(), (spent + spend).to_f64());
        let brought = item.at_full(self.case) * (item.reach(to) - item.reach(from));
        let gain = brought - spend.to_f64();
        let step = Step { item: place, spend, gain };
        self.heap.push(Next { step, per_money: brought / spend.to_f64() });
    }
}

impl Iterator for Greedy<'_> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        let Next { step, .. } = self.heap.pop()?;
        if let Some(spent) = self.spent.get_mut(step.item) {
            *spent += step.spend;
        }
        self.offer(step.item);
        Some(step)
    }
}
