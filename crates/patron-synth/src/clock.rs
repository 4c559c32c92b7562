//! Season and rhythm as a change of time.

use patron_domain::{Day, SECONDS_PER_DAY, Timestamp};

use crate::scenario::Scenario;

/// Turns weeks of activity into moments of the calendar and back.
///
/// A buying process runs on in *weeks of activity*: busy days hold more of them, quiet days fewer, on average
/// over a year one per calendar week. A Poisson process in that time, laid onto the calendar, is a Poisson
/// process whose rate follows season and rhythm (the time-change theorem), so drop-out and order of purchases are
/// those of the model, and nothing has to be drawn and thrown away as in thinning.
///
/// A *moment* is a day number since the start plus the share of that day's activity that is over: 1.5 is the
/// second day at the median hour.
#[derive(Clone, Debug)]
pub(crate) struct ActivityClock {
    start: Day,
    /// Weeks of activity before each day, and at the end.
    weeks: Vec<f64>,
    /// Share of a day's activity before each hour, and at the end.
    hours: [f64; 25],
}

impl ActivityClock {
    /// The clock of people who already buy: season times rhythm, with trend, events and promotions.
    pub(crate) fn of_buying(scenario: &Scenario) -> Self {
        Self::new(scenario, |day, days| {
            let trend = scenario.trend_per_year.powf(days / 365.25);
            let events = scenario.events.iter().filter(|event| event.lasts_on(day)).map(|event| {
                let days = f64::from(day.days_since(event.from)) + 0.5;
                event.buying_factor * event.buying_per_year.powf(days / 365.25)
            });
            let promotions = scenario.promotions.iter().filter(|promotion| promotion.lasts_on(day));
            let promotions = promotions.map(|promotion| promotion.buying_factor);
            trend * events.chain(promotions).product::<f64>()
        })
    }

    /// The clock of newcomers: season times rhythm, growing from year to year, with events.
    pub(crate) fn of_arrivals(scenario: &Scenario) -> Self {
        Self::new(scenario, |day, days| {
            let events = scenario.events.iter().filter(|event| event.lasts_on(day));
            scenario.growth_per_year.powf(days / 365.25)
                * events.map(|event| event.arrivals_factor).product::<f64>()
        })
    }

    /// `trend` is a factor on the activity of a day, so many days after the start.
    fn new(scenario: &Scenario, trend: impl Fn(Day, f64) -> f64) -> Self {
        const MONTH_DAYS: [f64; 12] =
            [31.0, 28.25, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0];
        let season: f64 = scenario.season.iter().zip(MONTH_DAYS).map(|(weight, days)| weight * days).sum();
        let week: f64 = scenario.rhythm.weekday.iter().sum();
        let scale = 365.25 / season * 7.0 / week / 7.0;
        let mut sum = 0.0;
        let mut weeks = vec![sum];
        weeks.extend((0..scenario.days()).map(|number| {
            let day = scenario.start.plus_days(number);
            let season = scenario.season.get(day.month().of_year() as usize - 1).copied().unwrap_or(0.0);
            let weekday = scenario.rhythm.weekday.get(weekday(day)).copied().unwrap_or(0.0);
            sum += season * weekday * scale * trend(day, f64::from(number) + 0.5);
            sum
        }));
        let mut hours = [0.0; 25];
        let total: f64 = scenario.rhythm.hour.iter().sum();
        let mut before = 0.0;
        for (hour, weight) in hours.iter_mut().skip(1).zip(scenario.rhythm.hour) {
            before += weight / total;
            *hour = before;
        }
        Self { start: scenario.start, weeks, hours }
    }

    /// Weeks of activity from the start to the end of the log.
    pub(crate) fn total(&self) -> f64 {
        self.weeks.last().copied().unwrap_or(0.0)
    }

    /// The moment at which `weeks` of activity are over; the end of the log for more than there are.
    pub(crate) fn moment(&self, weeks: f64) -> f64 {
        interpolate_inverse(&self.weeks, weeks)
    }

    /// Weeks of activity up to a moment.
    pub(crate) fn weeks(&self, moment: f64) -> f64 {
        let days = self.weeks.len() - 1;
        let day = (moment.max(0.0) as usize).min(days.saturating_sub(1));
        match (self.weeks.get(day), self.weeks.get(day + 1)) {
            (Some(before), Some(after)) => before + (after - before) * (moment - day as f64).clamp(0.0, 1.0),
            _ => self.total(),
        }
    }

    /// The moment at which a day begins; the end of the log for days after it.
    pub(crate) fn start_of(&self, day: Day) -> f64 {
        f64::from(day.days_since(self.start)).clamp(0.0, (self.weeks.len() - 1) as f64)
    }

    /// The calendar day of a moment.
    pub(crate) fn day(&self, moment: f64) -> Day {
        let last = self.weeks.len().saturating_sub(2);
        self.start.plus_days((moment.max(0.0) as usize).min(last) as i32)
    }

    /// The minute of the wall clock at which a moment falls, in seconds since 1970-01-01.
    pub(crate) fn timestamp(&self, moment: f64) -> Timestamp {
        let day = self.day(moment);
        let share = (moment - f64::from(day.days_since(self.start))).clamp(0.0, 1.0);
        let minute = (interpolate_inverse(&self.hours, share) * 60.0) as i64;
        day.start() + minute.min(SECONDS_PER_DAY / 60 - 1) * 60
    }
}

/// 0 = Monday … 6 = Sunday; 1970-01-01 was a Thursday.
fn weekday(day: Day) -> usize {
    (day.number() + 3).rem_euclid(7) as usize
}

/// The x at which the line through the points (index, sum) reaches `y`; where it is flat, the end of the
/// flat stretch. `sums` never fall; the result lies between 0 and the last index.
fn interpolate_inverse(sums: &[f64], y: f64) -> f64 {
    let above = sums.partition_point(|&sum| sum <= y);
    if above == 0 {
        return 0.0;
    }
    match (sums.get(above - 1), sums.get(above)) {
        (Some(before), Some(after)) => (above - 1) as f64 + (y - before) / (after - before),
        _ => (sums.len() - 1) as f64,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_whole_year_holds_a_year_of_activity_whatever_the_season() {
        let scenario = Scenario {
            start: "2021-01-01".parse().unwrap(),
            end: "2024-12-31".parse().unwrap(),
            ..Scenario::demo()
        };
        let clock = ActivityClock::of_buying(&scenario);
        let weeks = f64::from(scenario.days()) / 7.0;
        assert!((clock.total() / weeks - 1.0).abs() < 0.002, "{} of {weeks}", clock.total());
    }

    #[test]
    fn closed_days_and_hours_stay_empty() {
        let mut scenario = Scenario::demo();
        scenario.rhythm.weekday[6] = 0.0;
        scenario.season[7] = 0.0;
        let clock = ActivityClock::of_buying(&scenario);
        for step in 0..10_000 {
            let moment = clock.moment(clock.total() * f64::from(step) / 10_000.0);
            let day = clock.day(moment);
            assert_ne!(weekday(day), 6, "{day} is a Sunday");
            assert_ne!(day.month().of_year(), 8);
            let hour = clock.timestamp(moment).rem_euclid(SECONDS_PER_DAY) / 3600;
            assert!((7..24).contains(&hour));
        }
    }

    #[test]
    fn monday_is_monday() {
        assert_eq!(weekday("2024-12-30".parse().unwrap()), 0);
        assert_eq!(weekday("1969-12-28".parse().unwrap()), 6);
    }

    proptest! {
        #[test]
        fn the_clock_runs_forward_and_back(share in 0.0..1.0_f64, later in 0.0..1.0_f64) {
            let scenario = Scenario::demo();
            let clock = ActivityClock::of_arrivals(&scenario);
            let weeks = clock.total() * share;
            let moment = clock.moment(weeks);
            prop_assert!((clock.weeks(moment) - weeks).abs() < 1e-9);
            prop_assert!(scenario.start <= clock.day(moment) && clock.day(moment) <= scenario.end);
            let after = clock.moment(weeks + (clock.total() - weeks) * later);
            prop_assert!(clock.timestamp(moment) <= clock.timestamp(after));
            prop_assert_eq!(Day::of(clock.timestamp(moment)), clock.day(moment));
        }
    }
}
