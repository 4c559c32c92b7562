//! What a newcomer is worth by the time since the first purchase.

use patron_domain::Day;

use crate::book::View;

/// Days of arrivals that are learned from.
const WINDOW: i32 = 365;
/// Days of age that are one block, and customers it takes to know a block.
const BLOCK: usize = 28;
const FEWEST: f64 = 30.0;
/// Factor from a known block to the next one that is not.
const FADE: f64 = 0.95;

/// Net spend a day of customers at an age, the day of the first purchase apart.
pub(super) struct ValueByAge {
    /// Mean net value of the day of the first purchase.
    first: f64,
    /// Mean net spend a day in each block of later days.
    blocks: Vec<f64>,
}

impl ValueByAge {
    pub(super) fn until(view: &View<'_>, origin: Day) -> Self {
        let recent = view.seen.iter().filter(|seen| {
            let age = origin.days_since(seen.history.first);
            (0..WINDOW).contains(&age)
        });
        let most = (WINDOW as usize).div_ceil(BLOCK);
        let (mut first, mut customers) = (0.0, 0.0);
        let (mut spend, mut days) = (vec![0.0; most], vec![0.0; most]);
        for seen in recent {
            let age = origin.days_since(seen.history.first) as usize;
            customers += 1.0;
            for (block, days) in days.iter_mut().enumerate() {
                *days += age.saturating_sub(block * BLOCK).min(BLOCK) as f64;
            }
            for day in seen.days.iter().filter(|day| day.day >= seen.history.first && day.day <= origin) {
                match day.day.days_since(seen.history.first) as usize {
                    0 => first += day.net().to_f64(),
                    after => spend[(after - 1) / BLOCK] += day.net().to_f64(),
                }
            }
        }
        let mut rate = 0.0;
        let blocks = spend.iter().zip(&days).map(|(spend, days)| {
            rate = if *days >= FEWEST * BLOCK as f64 { (spend / days).max(0.0) } else { rate * FADE };
            rate
        });
        let blocks = blocks.collect();
        Self { first: if customers > 0.0 { first / customers } else { 0.0 }, blocks }
    }

    /// Net spend until the end of a horizon of `days`, by customers who arrive evenly over it.
    pub(super) fn mean(&self, days: u32) -> f64 {
        let days = f64::from(days.max(1));
        let mut last = 0.0;
        let mut later = 0.0;
        let blocks = (days / BLOCK as f64).ceil() as usize;
        for block in 0..blocks {
            last = self.blocks.get(block).copied().unwrap_or(last * FADE);
            let (from, to) = ((block * BLOCK) as f64, ((block + 1) * BLOCK) as f64);
            // a day at age t is lived by the share 1 − t ÷ days of them
            let to = to.min(days);
            later += last * ((to - from) - (to * to - from * from) / (2.0 * days));
        }
        self.first + later
    }
}
