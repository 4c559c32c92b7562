//! Customers one by one.

use rayon::prelude::*;

use crate::facts::{CustomerRecord, money_share};
use crate::{
    Analysis, AnalyticsError, Concentration, CustomerSummary, DaysBetween, DaysBetweenBucket, LorenzPoint,
    OrdersBucket, RfmScores,
};

/// Fractions of the customers whose revenue is summed.
const TOP_FRACTIONS: [(u64, u64); 3] = [(1, 100), (10, 100), (20, 100)];

impl Analysis<'_> {
    /// Every customer, in order of the codes.
    ///
    /// # Errors
    /// As the source fails.
    pub fn customers(&self) -> Result<Vec<CustomerSummary>, AnalyticsError> {
        let records = &self.customer_facts()?.customers;
        let as_of = self.as_of();
        let rfm = rfm_scores(records);
        let summary = |(record, rfm): (&CustomerRecord, Option<RfmScores>)| {
            let repeats = f64::from(record.purchase_days.saturating_sub(1));
            let age = record.first.map(|first| as_of.days_since(first)).filter(|&days| days > 0);
            let lasted = record.first.zip(record.last).map(|(first, last)| last.days_since(first));
            CustomerSummary {
                customer: record.customer,
                country: record.country,
                first_purchase: record.first,
                last_purchase: record.last,
                orders: record.orders,
                purchase_days: record.purchase_days,
                revenue: record.revenue,
                average_order_value: (record.orders > 0)
                    .then(|| record.revenue.to_f64() / f64::from(record.orders)),
                purchases_per_year: age.map(|days| repeats * 365.0 / f64::from(days)),
                mean_days_between: lasted.filter(|_| repeats > 0.0).map(|days| f64::from(days) / repeats),
                inactivity: record.last.map(|last| as_of.days_since(last).max(0) as u32),
                rfm,
            }
        };
        Ok(records.par_iter().with_min_len(4096).zip(rfm).map(summary).collect())
    }

    /// Distribution of orders per customer.
    ///
    /// # Errors
    /// As the source fails.
    pub fn orders_histogram(&self) -> Result<Vec<OrdersBucket>, AnalyticsError> {
        let mut orders: Vec<u32> = self.customer_facts()?.customers.iter().map(|c| c.orders).collect();
        orders.retain(|&orders| orders > 0);
        orders.sort_unstable();
        let all = orders.len() as f64;
        let mut at_least = orders.len();
        let buckets = orders.chunk_by(|a, b| a == b).map(|level| {
            let share_at_least = at_least as f64 / all;
            at_least -= level.len();
            let customers = level.len() as u64;
            OrdersBucket { orders: level[0], customers, share: customers as f64 / all, share_at_least }
        });
        Ok(buckets.collect())
    }

    /// Days between purchase days.
    ///
    /// # Errors
    /// As the source fails.
    pub fn days_between(&self) -> Result<DaysBetween, AnalyticsError> {
        let by_days = &self.customer_facts()?.gaps;
        let gaps: u64 = by_days.iter().sum();
        let days: u64 = by_days.iter().zip(0..).map(|(count, days)| count * days).sum();
        let weeks = by_days.get(1..).unwrap_or_default().chunks(7).zip(0..);
        let buckets = weeks.map(|(week, number): (&[u64], u32)| {
            let gaps_here = week.iter().sum::<u64>();
            let share = gaps_here as f64 / gaps as f64;
            DaysBetweenBucket { from_days: number * 7 + 1, to_days: number * 7 + 7, gaps: gaps_here, share }
        });
        let middle = gaps.checked_sub(1).map(|last| {
            let at = |place: u64| {
                let mut seen = 0;
                by_days
                    .iter()
                    .position(|count| {
                        seen += count;
                        seen > place
                    })
                    .unwrap_or(0) as f64
            };
            (at(last / 2) + at(gaps / 2)) / 2.0
        });
        let mean = (gaps > 0).then(|| days as f64 / gaps as f64);
        Ok(DaysBetween { gaps, median: middle, mean, buckets: buckets.collect() })
    }

    /// Revenue of the top 1, 10 and 20 % of customers.
    ///
    /// # Errors
    /// As the source fails.
    pub fn concentration(&self) -> Result<Vec<Concentration>, AnalyticsError> {
        let best = self.revenues_descending()?;
        let known = self.customer_facts()?.cell(None, None).revenue;
        let row = |(part, of): (u64, u64)| {
            let customers = (best.len() as u64 * part).div_ceil(of);
            let revenue = best.iter().take(customers as usize).copied().sum();
            Concentration {
                top_fraction: part as f64 / of as f64,
                customers,
                revenue,
                share_of_known_revenue: money_share(revenue, known),
                share_of_revenue: money_share(revenue, self.orders().revenue()),
            }
        };
        Ok(TOP_FRACTIONS.map(row).to_vec())
    }

    /// The curve of concentration; empty where customers' revenues do not add up to more than zero.
    ///
    /// # Errors
    /// As the source fails.
    pub fn lorenz(&self) -> Result<Vec<LorenzPoint>, AnalyticsError> {
        let best = self.revenues_descending()?;
        let total = best.iter().copied().sum();
        let mut summed = patron_domain::Money::ZERO;
        let mut taken = 0;
        let mut points = Vec::with_capacity(101);
        for percent in 0..=100_usize {
            let upto = (best.len() * percent).div_ceil(100);
            summed += best[taken..upto].iter().copied().sum();
            taken = upto;
            let Some(revenue) = money_share(summed, total) else { break };
            points.push(LorenzPoint { customers: percent as f64 / 100.0, revenue });
        }
        Ok(points)
    }

    /// Net revenue of each customer with a purchase, best first.
    fn revenues_descending(&self) -> Result<Vec<patron_domain::Money>, AnalyticsError> {
        let with_purchase = self.customer_facts()?.customers.iter().filter(|c| c.purchase_days > 0);
        let mut revenues: Vec<_> = with_purchase.map(|c| c.revenue).collect();
        revenues.par_sort_unstable_by(|a, b| b.cmp(a));
        Ok(revenues)
    }
}

fn rfm_scores(records: &[CustomerRecord]) -> Vec<Option<RfmScores>> {
    let with = |key: fn(&CustomerRecord) -> Option<i64>| quintiles(records.iter().map(key));
    let recency = with(|record| record.last.map(|day| i64::from(day.number())));
    let frequency = with(|record| record.last.map(|_| i64::from(record.purchase_days)));
    let monetary = with(|record| record.last.map(|_| record.revenue.ten_thousandths()));
    let scores = recency.into_iter().zip(frequency).zip(monetary);
    let row = |((recency, frequency), monetary): ((u8, u8), u8)| {
        (recency > 0).then_some(RfmScores { recency, frequency, monetary })
    };
    scores.map(row).collect()
}

/// Scores from 1 to 5; 0 where there is no value. Equal values score the same.
fn quintiles(values: impl Iterator<Item = Option<i64>>) -> Vec<u8> {
    let mut scores = Vec::new();
    let mut sorted = Vec::new();
    for (place, value) in values.enumerate() {
        scores.push(0);
        sorted.extend(value.map(|value| (value, place)));
    }
    sorted.par_sort_unstable();
    let mut below = 0;
    for level in sorted.chunk_by(|a, b| a.0 == b.0) {
        let score = 1 + 5 * (2 * below + level.len() - 1) / (2 * sorted.len());
        level.iter().for_each(|&(_, place)| scores[place] = score as u8);
        below += level.len();
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quintiles_are_even_and_equal_values_score_the_same() {
        let ten = (0..10).map(|value| Some(value * 3));
        assert_eq!(quintiles(ten), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        let tied = [Some(1), Some(1), None, Some(1), Some(1), Some(9)];
        assert_eq!(quintiles(tied.into_iter()), [2, 2, 0, 2, 2, 5]);
        assert_eq!(quintiles([Some(4)].into_iter()), [1]);
        assert_eq!(quintiles([Some(4); 3].into_iter()), [2; 3]);
    }
}
