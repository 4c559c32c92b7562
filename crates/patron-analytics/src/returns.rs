//! Who comes back, when, and after what: second purchases, first products, cohorts.

use patron_domain::Money;

use crate::facts::{CustomerRecord, count_share, product_ref};
use crate::stats::{WatchTimes, benjamini_hochberg, two_proportions_p, wilson};
use crate::{
    Analysis, AnalyticsError, Cohort, CohortCell, Cohorts, FirstProduct, SecondOrderPoint, SecondOrderShare,
};

/// Days by which a second purchase is asked for.
const BY_DAYS: [u32; 4] = [30, 60, 90, 180];
/// Where the curve ends.
const CURVE_DAYS: u32 = 365;

impl Analysis<'_> {
    /// Share with a second purchase day by day 30, 60, 90 and 180: all customers, then each cohort.
    ///
    /// # Errors
    /// As the source fails.
    pub fn second_order(&self) -> Result<Vec<SecondOrderShare>, AnalyticsError> {
        let calendar = &self.orders().calendar;
        let mut all = WatchTimes::default();
        let mut cohorts = vec![WatchTimes::default(); calendar.len()];
        for record in &self.customer_facts()?.customers {
            let (Some((watched, event)), Some(first)) = (self.watch(record), record.first) else { continue };
            all.add(watched, event);
            cohorts[calendar.place_of_day(first)].add(watched, event);
        }
        let mut rows = Vec::new();
        let groups =
            std::iter::once((None, &all)).chain(cohorts.iter().enumerate().map(|(p, c)| (Some(p), c)));
        for (place, times) in groups.filter(|(_, times)| times.total() > 0) {
            let curve = times.estimate(CURVE_DAYS);
            for by_day in BY_DAYS {
                let point = curve.get(by_day as usize);
                let enough = point.filter(|point| place.is_none() || point.watched == times.total());
                rows.push(SecondOrderShare {
                    cohort: place.map(|place| calendar.month(place)),
                    by_day,
                    customers: times.total(),
                    watched: point.map_or(0, |point| point.watched),
                    returned: point.or(curve.last()).map_or(0, |point| point.events),
                    share: enough.map(|point| point.share),
                    low: enough.and_then(|point| point.interval).map(|(low, _)| low),
                    high: enough.and_then(|point| point.interval).map(|(_, high)| high),
                });
            }
        }
        Ok(rows)
    }

    /// The curve of returning customers, day by day.
    ///
    /// # Errors
    /// As the source fails.
    pub fn second_order_curve(&self) -> Result<Vec<SecondOrderPoint>, AnalyticsError> {
        let mut times = WatchTimes::default();
        let watched = self.customer_facts()?.customers.iter().filter_map(|record| self.watch(record));
        watched.for_each(|(watched, event)| times.add(watched, event));
        let curve = (0..).zip(times.estimate(CURVE_DAYS));
        Ok(curve.map(|(day, p)| SecondOrderPoint { day, share: p.share, at_risk: p.at_risk }).collect())
    }

    /// Products in the first purchase, and whether those customers came back.
    ///
    /// # Errors
    /// As the source fails.
    pub fn first_products(&self) -> Result<Vec<FirstProduct>, AnalyticsError> {
        let (products, pairs) = (self.product_facts()?, self.pair_facts()?);
        let in_sku_order = products.products.iter().filter_map(|record| pairs.of(record.product));
        let enough: Vec<_> =
            in_sku_order.filter(|pair| pair.began >= self.options.minimum_customers.max(1)).collect();
        let others: Vec<(u64, u64)> = enough
            .iter()
            .map(|pair| (pairs.returned - pair.began_and_returned, pairs.old_enough - pair.began))
            .collect();
        let p_values: Vec<f64> = enough
            .iter()
            .zip(&others)
            .map(|(pair, &others)| two_proportions_p((pair.began_and_returned, pair.began), others))
            .collect();
        let adjusted = benjamini_hochberg(&p_values);
        let mut rows: Vec<FirstProduct> = enough
            .iter()
            .zip(others)
            .zip(adjusted)
            .map(|((pair, others), q_value)| {
                let (share_low, share_high) = wilson(pair.began_and_returned, pair.began);
                FirstProduct {
                    product: product_ref(self.source, pair.product),
                    within_days: self.options.return_days,
                    customers: pair.began,
                    returned: pair.began_and_returned,
                    share: pair.began_and_returned as f64 / pair.began as f64,
                    share_low,
                    share_high,
                    share_others: count_share(others.0, others.1),
                    q_value,
                }
            })
            .collect();
        rows.sort_by(|a, b| b.share.total_cmp(&a.share)); // stable: ties stay in SKU order
        Ok(rows)
    }

    /// Cohorts by the month of the first purchase.
    ///
    /// # Errors
    /// As the source fails.
    pub fn cohorts(&self) -> Result<Cohorts, AnalyticsError> {
        let (facts, calendar) = (self.customer_facts()?, &self.orders().calendar);
        let mut answer = Cohorts {
            cohorts: Vec::new(),
            cells: Vec::new(),
            revenue_without_purchase: facts.revenue_without_purchase,
        };
        let mut sizes = vec![(0_u64, 0_u64); calendar.len()];
        for record in &facts.customers {
            if let Some(first) = record.first {
                let size = &mut sizes[calendar.place_of_day(first)];
                size.0 += 1;
                size.1 += u64::from(record.purchase_days >= 2);
            }
        }
        let complete = calendar.complete();
        for (place, months) in facts.cohorts.iter().enumerate().filter(|(_, months)| !months.is_empty()) {
            let (cohort, (customers, repeat_customers)) = (calendar.month(place), sizes[place]);
            let mut revenue = Money::ZERO;
            for (months_since, month) in (0..).zip(months) {
                revenue += month.revenue;
                answer.cells.push(CohortCell {
                    cohort,
                    months_since,
                    active: month.active,
                    retention: month.active as f64 / customers as f64,
                    revenue: month.revenue,
                    cumulative_revenue_per_customer: revenue.to_f64() / customers as f64,
                    complete: complete.contains(&(place + months_since as usize)),
                });
            }
            let holds_older_customers = place == 0;
            answer.cohorts.push(Cohort {
                cohort,
                customers,
                repeat_customers,
                revenue,
                holds_older_customers,
            });
        }
        Ok(answer)
    }

    /// Days a customer could be watched after the first purchase, and the day of the second.
    fn watch(&self, record: &CustomerRecord) -> Option<(u32, Option<u32>)> {
        let first = record.first?;
        let event = record.second.map(|second| second.days_since(first).max(0) as u32);
        let watched = self.orders().calendar.span.map_or(0, |span| span.last.days_since(first).max(0) as u32);
        Some((watched.max(event.unwrap_or(0)), event))
    }
}
