//! The named RFM segments: one table.

use patron_analytics::RfmScores;
use serde::Serialize;

use crate::Shop;

/// A name for where a customer stands in recency, frequency and money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RfmName {
    /// Bought lately, often and for much.
    Champions,
    /// Buys regularly, for good money.
    Loyal,
    /// Lately here, with middling numbers and money: could become loyal.
    PotentialLoyalist,
    /// Little so far, and here very lately.
    New,
    /// Little so far, and here not long ago.
    Promising,
    /// Good, but not here for a while.
    NeedsAttention,
    /// Little so far, and not here for a while.
    AboutToSleep,
    /// Was good, long not here.
    AtRisk,
    /// Was among the best, long not here.
    CannotLose,
    /// Little, long ago.
    Hibernating,
    /// Least, longest ago.
    Lost,
}

impl RfmName {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 11] = [
        Self::Champions,
        Self::Loyal,
        Self::PotentialLoyalist,
        Self::New,
        Self::Promising,
        Self::NeedsAttention,
        Self::AboutToSleep,
        Self::AtRisk,
        Self::CannotLose,
        Self::Hibernating,
        Self::Lost,
    ];

    /// The one name of three scores from 1 to 5 (others are held at these bounds).
    ///
    /// The table's rows are the recency score, its columns the mean of the frequency and the monetary score, halves
    /// rounded away from 3:
    ///
    /// | recency | 1 | 2 | 3 | 4 | 5 |
    /// |---|---|---|---|---|---|
    /// | 5 | new | new | potential loyalist | loyal | champions |
    /// | 4 | promising | promising | potential loyalist | loyal | champions |
    /// | 3 | about to sleep | about to sleep | needs attention | needs attention | loyal |
    /// | 2 | hibernating | hibernating | at risk | at risk | cannot lose |
    /// | 1 | lost | lost | hibernating | at risk | cannot lose |
    pub fn of(scores: RfmScores) -> Self {
        let strength = match scores.frequency.clamp(1, 5) + scores.monetary.clamp(1, 5) {
            sum @ ..6 => sum / 2,
            sum => sum.div_ceil(2),
        };
        match (scores.recency, strength) {
            (4.., 5) => Self::Champions,
            (4.., 4) | (3, 5) => Self::Loyal,
            (4.., 3) => Self::PotentialLoyalist,
            (5.., _) => Self::New,
            (4, _) => Self::Promising,
            (3, 3 | 4) => Self::NeedsAttention,
            (3, _) => Self::AboutToSleep,
            (0..=2, 5) => Self::CannotLose,
            (2, 3 | 4) | (0..=1, 4) => Self::AtRisk,
            (2, _) | (0..=1, 3) => Self::Hibernating,
            (0..=1, _) => Self::Lost,
        }
    }
}

/// Scores of every customer as of the day of the decision, in order of [`Shop::customers`].
///
/// The formula is that of [`RfmScores`], over the customers of the shop and what was known on that day.
pub fn rfm_scores(shop: &Shop<'_>) -> Vec<RfmScores> {
    let with = |key: fn(&crate::Customer<'_>) -> i64| quintiles(shop.customers.iter().map(key).collect());
    let recency = with(|customer| i64::from(customer.history.last.number()));
    let frequency = with(|customer| i64::from(customer.purchase_days()));
    let monetary = with(|customer| customer.revenue().ten_thousandths());
    let scores = recency.into_iter().zip(frequency).zip(monetary);
    scores.map(|((recency, frequency), monetary)| RfmScores { recency, frequency, monetary }).collect()
}

fn quintiles(values: Vec<i64>) -> Vec<u8> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by_key(|&place| values[place]);
    let mut scores = vec![0; values.len()];
    let mut below = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        let score = 1 + 5 * (2 * below + equal.len() - 1) / (2 * values.len());
        equal.iter().for_each(|&place| scores[place] = score as u8);
        below += equal.len();
    }
    scores
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    /// The documented table, read back from the words above.
    const TABLE: [(u8, [&str; 5]); 5] = [
        (5, ["new", "new", "potential-loyalist", "loyal", "champions"]),
        (4, ["promising", "promising", "potential-loyalist", "loyal", "champions"]),
        (3, ["about-to-sleep", "about-to-sleep", "needs-attention", "needs-attention", "loyal"]),
        (2, ["hibernating", "hibernating", "at-risk", "at-risk", "cannot-lose"]),
        (1, ["lost", "lost", "hibernating", "at-risk", "cannot-lose"]),
    ];

    #[test]
    fn every_score_has_the_one_name_of_the_table() {
        let rows: HashMap<u8, [&str; 5]> = TABLE.into_iter().collect();
        let mut names: HashMap<RfmName, usize> = HashMap::new();
        for recency in 1..=5_u8 {
            for (frequency, monetary) in (1..=5_u8).flat_map(|f| (1..=5_u8).map(move |m| (f, m))) {
                let name = RfmName::of(RfmScores { recency, frequency, monetary });
                let mean = f64::from(frequency + monetary) / 2.0;
                let strength = (3.0 + (mean - 3.0).signum() * (mean - 3.0).abs().round()) as usize;
                let written = serde_json::to_string(&name).unwrap();
                assert_eq!(
                    written.trim_matches('"'),
                    rows[&recency][strength - 1],
                    "{recency}{frequency}{monetary}"
                );
                *names.entry(name).or_default() += 1;
            }
        }
        assert_eq!(names.values().sum::<usize>(), 125);
        assert!(RfmName::ALL.iter().all(|name| names.contains_key(name)) && names.len() == 11);
    }

    #[test]
    fn quintiles_as_analytics_has_them() {
        assert_eq!(quintiles((0..10).map(|value| value * 3).collect()), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(quintiles(vec![1, 1, 1, 1, 9]), [2, 2, 2, 2, 5]);
        assert_eq!(quintiles(vec![4; 3]), [2; 3]);
    }
}
