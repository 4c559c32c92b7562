//! Time to an event when some were not watched long enough.

use super::Z_95;

/// Counts by day: how many had the event, how many left without it. Gives the curve of Kaplan & Meier.
///
/// ```
/// use patron_analytics::WatchTimes;
///
/// let mut times = WatchTimes::default();
/// times.add(90, Some(30)); // could be watched for 90 days, came back on day 30
/// times.add(90, None);
/// let curve = times.estimate(60);
/// assert_eq!((curve[29].share, curve[60].share), (0.0, 0.5));
/// ```
#[derive(Clone, Debug, Default)]
pub struct WatchTimes {
    events: Vec<u64>,
    left: Vec<u64>,
    watched: Vec<u64>,
    total: u64,
}

/// The estimate at a day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Survival {
    /// Share with the event by that day.
    pub share: f64,
    /// 95 % interval; `None` where the variance is not defined (share 0 or 1).
    pub interval: Option<(f64, f64)>,
    /// At risk on that day: neither gone nor with the event before it.
    pub at_risk: u64,
    /// With the event by that day.
    pub events: u64,
    /// Watched, or able to be watched, for so many days.
    pub watched: u64,
}

impl WatchTimes {
    /// Adds someone who could be watched for `watched` days and had the event on day `event`.
    pub fn add(&mut self, watched: u32, event: Option<u32>) {
        bump(&mut self.watched, watched);
        match event {
            Some(day) => bump(&mut self.events, day),
            None => bump(&mut self.left, watched),
        }
        self.total += 1;
    }

    /// How many were added.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// The estimate on each day 0, 1, … as far as anybody was watched, but no further than `last`.
    ///
    /// Kaplan & Meier (1958), J. Am. Stat. Assoc. 53: S(d) = Π (1 − eᵢ ÷ nᵢ), those who leave on a day being at
    /// risk on it; interval exp(−exp(ln(−ln S) ± z·√V ÷ |ln S|)) with Greenwood's V = Σ eᵢ ÷ (nᵢ (nᵢ − eᵢ)).
    pub fn estimate(&self, last: u32) -> Vec<Survival> {
        let days = self.watched.len().min(last as usize + 1);
        let count = |counts: &[u64], day: usize| counts.get(day).copied().unwrap_or(0);
        let (mut at_risk, mut able, mut events) = (self.total, self.total, 0);
        let (mut survival, mut variance) = (1.0_f64, 0.0_f64);
        let mut curve = Vec::with_capacity(days);
        for day in 0..days {
            let (happened, n) = (count(&self.events, day), at_risk);
            if happened > 0 {
                survival *= (n - happened) as f64 / n as f64;
                variance += happened as f64 / (n as f64 * (n - happened) as f64);
                events += happened;
            }
            let interval = (survival > 0.0 && survival < 1.0).then(|| {
                let reach = Z_95 * variance.sqrt() / survival.ln().abs();
                (1.0 - survival.powf((-reach).exp()), 1.0 - survival.powf(reach.exp()))
            });
            curve.push(Survival { share: 1.0 - survival, interval, at_risk: n, events, watched: able });
            at_risk -= happened + count(&self.left, day);
            able -= count(&self.watched, day);
        }
        curve
    }
}

fn bump(counts: &mut Vec<u64>, day: u32) {
    let day = day as usize;
    if counts.len() <= day {
        counts.resize(day + 1, 0);
    }
    counts[day] += 1;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `SurvfuncRight` of statsmodels 0.15.0 and the log(−log) interval from its counts, by
    /// `tests/oracle/statistics.py`.
    #[test]
    fn the_curve_as_statsmodels_draws_it() {
        let people = [
            (100, Some(5)),
            (90, Some(30)),
            (90, None),
            (80, Some(30)),
            (60, None),
            (60, Some(60)),
            (30, None),
            (20, Some(10)),
            (10, None),
            (5, None),
        ];
        let mut times = WatchTimes::default();
        people.into_iter().for_each(|(watched, event)| times.add(watched, event));
        let curve = times.estimate(365);
        assert_eq!((curve.len(), times.total()), (101, 10));
        let expected = [
            (5, 0.1, 10, 0.014_718_606_632_656_894, 0.526_990_728_637_949_6),
            (10, 0.2125, 8, 0.057_409_047_776_296_296, 0.619_118_476_794_503_5),
            (30, 0.475, 6, 0.207_456_422_695_545_32, 0.832_325_265_727_757_3),
            (60, 0.65, 3, 0.324_041_575_116_261_4, 0.940_050_255_826_117),
        ];
        for (day, share, at_risk, low, high) in expected {
            let found = curve[day];
            let (found_low, found_high) = found.interval.unwrap();
            assert!((found.share - share).abs() < 1e-12 && found.at_risk == at_risk, "{day}: {found:?}");
            assert!((found_low - low).abs() < 1e-9 && (found_high - high).abs() < 1e-9, "{day}: {found:?}");
        }
        assert_eq!((curve[0].interval, curve[60].watched, curve[61].watched), (None, 6, 4));
        assert!(WatchTimes::default().estimate(365).is_empty());
    }
}
