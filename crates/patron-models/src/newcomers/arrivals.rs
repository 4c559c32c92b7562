//! How many customers a day buy for the first time, as of late.

use std::collections::BTreeSet;

use patron_domain::Day;

use crate::book::View;
use crate::season::Season;

/// Days looked back at: the longest window whose latest part does not contradict it.
const WINDOWS: [i32; 4] = [56, 28, 14, 7];
/// A window contradicts its earlier part by this factor, and by so many standard deviations of a Poisson count.
const BREAK: f64 = 3.0;
const DEVIATIONS: f64 = 4.0;
/// Days of trade without a newcomer that end the stream: so many times the longest such gap before, while so many
/// newcomers were due.
const GAP: i32 = 2;
const DUE: f64 = 20.0;
/// Share of the latest trend that is carried on, and the days over which it fades.
const TREND_SHARE: f64 = 0.3;
const TREND_DAYS: f64 = 60.0;
/// Arrivals that a trend weighs itself against.
const TREND_PRIOR: f64 = 30.0;

/// Days of first purchases up to a day, in order.
pub(super) struct Arrivals {
    origin: Day,
    first: Day,
    days: Vec<Day>,
    /// Whether the stream has ended.
    ended: bool,
}

impl Arrivals {
    pub(super) fn until(view: &View<'_>, origin: Day, first: Day) -> Self {
        let mut days: Vec<Day> = view.seen.iter().map(|seen| seen.history.first).collect();
        days.retain(|day| *day <= origin);
        days.sort_unstable();
        let mut arrivals = Self { origin, first, days, ended: false };
        arrivals.ended = arrivals.has_ended(view);
        arrivals
    }

    /// Arrivals in the last `days` days but `but`.
    fn count(&self, days: i32, but: i32) -> f64 {
        let place = |back: i32| self.days.partition_point(|day| *day <= self.origin.plus_days(-back));
        (place(but) - place(days.max(but))) as f64
    }

    fn history(&self) -> i32 {
        self.origin.days_since(self.first) + 1
    }

    /// Whether known customers have gone on buying without any newcomer for longer than ever, by far.
    fn has_ended(&self, view: &View<'_>) -> bool {
        let Some(&last) = self.days.last() else { return true };
        let trade: BTreeSet<Day> = view
            .seen
            .iter()
            .flat_map(|seen| seen.days)
            .filter(|day| day.day <= self.origin && day.is_purchase(view.rule))
            .map(|day| day.day)
            .collect();
        let between = |from: Day, to: Day| trade.range(from..=to).count() as i32 - 1;
        let silent = if last < self.origin { between(last, self.origin) } else { 0 };
        if silent == 0 {
            return false;
        }
        let gaps = self.days.windows(2).filter(|pair| pair[0] < pair[1]);
        let longest = gaps.map(|pair| between(pair[0], pair[1]) - 1).max().unwrap_or(0);
        let before = last.days_since(self.first) + 1;
        let window = before.min(WINDOWS[1]);
        let start = self.days.partition_point(|day| *day <= last.plus_days(-window));
        let rate = (self.days.len() - start) as f64 / f64::from(window);
        silent > GAP * longest.max(1) && f64::from(silent) * rate > DUE
    }

    /// The days whose mean is carried on.
    fn window(&self) -> i32 {
        let mut window = WINDOWS[0].min(self.history());
        for shorter in WINDOWS.into_iter().skip(1).filter(|&shorter| shorter * 2 <= self.history()) {
            let (late, early) = (self.count(shorter, 0), self.count(window.max(shorter * 2), shorter));
            let due = early * f64::from(shorter) / f64::from(window.max(shorter * 2) - shorter);
            let far = (late - due).abs() > DEVIATIONS * due.max(1.0).sqrt();
            if far && !(due / BREAK..=due * BREAK).contains(&late) {
                window = shorter;
            }
        }
        window
    }

    /// Arrivals it is learned from.
    pub(super) fn seen(&self) -> f64 {
        self.count(self.window(), 0)
    }

    /// Arrivals in `days` that cannot be ruled out: 3 in the time without any (the 95 % bound of a Poisson mean).
    pub(super) fn unseen(&self, days: u32) -> f64 {
        let silent = self.days.last().map_or(1, |last| self.origin.days_since(*last)).clamp(1, 365);
        3.0 * f64::from(days) / f64::from(silent.max(WINDOWS[3]))
    }

    /// Arrivals in (origin, end]: the latest mean, its trend shrunk and fading, and the season.
    pub(super) fn expected(&self, season: &Season, end: Day) -> f64 {
        if self.ended {
            return 0.0;
        }
        let window = self.window();
        let days = f64::from(end.days_since(self.origin));
        let late = self.count(window, 0) / season.mean(self.origin.plus_days(-window), self.origin);
        let rate = late / f64::from(window);
        rate * days * self.growth(season, window, late, days) * season.mean(self.origin, end)
    }

    /// Mean factor of the trend over the days to come.
    fn growth(&self, season: &Season, window: i32, late: f64, days: f64) -> f64 {
        if window < WINDOWS[0] || self.history() < 2 * window {
            return 1.0;
        }
        let middle = self.origin.plus_days(-window);
        let early = self.count(2 * window, window) / season.mean(middle.plus_days(-window), middle);
        let slope = ((late + TREND_PRIOR) / (early + TREND_PRIOR)).ln() / f64::from(window);
        // the slope fades as e^(−t ÷ TREND_DAYS), and is worth its mean over the horizon
        let faded = |t: f64| TREND_DAYS * (1.0 - (-t / TREND_DAYS).exp());
        let mean = (0..20).map(|k| faded((f64::from(k) + 0.5) / 20.0 * days)).sum::<f64>() / 20.0;
        (TREND_SHARE * slope * (mean + f64::from(window) / 2.0)).exp()
    }
}
