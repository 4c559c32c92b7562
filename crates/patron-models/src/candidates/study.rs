//! Everything that can be learned at one as-of date: the customers then, and earlier dates whose outcomes are known.

use std::sync::{Mutex, OnceLock, PoisonError};

use ndarray::{Array1, Array2, Axis, concatenate};
use patron_domain::{Day, Horizon};

use super::inputs::{Anchor, inputs};
use super::trees::Buys;
use super::{Candidate, Fitted, ForecasterName, Serving};
use crate::ModelError;
use crate::book::{Book, Outcome, View};
use crate::btyd::Btyd;
use crate::features::FeatureSpec;
use crate::ranges::about_three_months;
use crate::season::{Season, SeasonFile};

/// Days of history before an origin that is learned from or tested.
pub const MIN_HISTORY: u32 = 75;
/// Origins learned from, a third of the horizon apart.
const MOST_ORIGINS: usize = 6;
/// Origins at which candidates are compared, the horizon apart.
const MOST_TESTS: usize = 2;
/// Customers at origins that are learned from: of larger shops, every second, third … customer.
const MOST_ROWS: usize = 100_000;
/// The same where candidates are only compared.
const MOST_COMPARED: usize = 50_000;
/// Shortest outcome worth learning from, in days.
const SHORTEST_OUTCOME: u32 = 28;
/// Longest horizon that is trained for directly; longer ones are extended, from a year where that could be learned.
const LONGEST_TRAINED: u32 = 120;
/// Days of a year that keep the weekday.
pub(crate) const YEAR: u32 = 364;
/// Outcomes a year long that must have ended, a third of a year apart.
const LEAST_YEARS: usize = 2;

/// The horizon learned candidates are trained for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LongestTrained {
    pub(crate) base_days: u32,
    pub(crate) learnable: bool,
}

impl LongestTrained {
    /// `wanted` days if it is short enough, else three months; less where the log is too short for that.
    pub(crate) fn choose(as_of: Day, first: Day, wanted: Option<u32>) -> Self {
        let quarter = Horizon::Months(3).days(as_of);
        let base = wanted.filter(|&days| days > 0 && days <= LONGEST_TRAINED).unwrap_or(quarter);
        let history = as_of.days_since(first).max(0) as u32;
        match history.saturating_sub(MIN_HISTORY) {
            room if room >= base => Self { base_days: base, learnable: true },
            room if room >= SHORTEST_OUTCOME => Self { base_days: room, learnable: true },
            _ => Self { base_days: base, learnable: false },
        }
    }
}

/// One as-of date with what was known by then. Nothing in it, or derived from it, is later than `as_of`.
pub(crate) struct Study<'a> {
    pub(super) book: &'a Book,
    pub(crate) as_of: Day,
    pub(crate) first: Day,
    pub(crate) base_days: u32,
    pub(crate) seed: u64,
    /// Earlier dates learned from, the latest first; their outcomes overlap.
    pub(crate) origins: Vec<Day>,
    /// Earlier dates at which candidates are compared, the latest first; their outcomes do not overlap.
    pub(super) tests: Vec<Day>,
    pub(crate) view: View<'a>,
    pub(crate) spec: FeatureSpec,
    pub(crate) btyd: Btyd,
    /// From the file given, where that was known by then, else the book's own.
    pub(crate) season: Season,
    season_file: Option<&'a SeasonFile>,
    most_rows: usize,
    training: OnceLock<Training<'a>>,
    /// Candidates fitted so far: a blend and a backtest share them.
    fitted: Mutex<Vec<(ForecasterName, Fitted)>>,
    earlier: OnceLock<Vec<Earlier<'a>>>,
    /// The same date, learning from outcomes a year long; `None` where there is too little history for that.
    year: OnceLock<Option<Box<Study<'a>>>>,
}

/// What would have been known at an earlier origin, and what came of it.
pub(crate) struct Earlier<'a> {
    /// As of the origin: candidates fitted here have seen nothing later.
    pub(crate) study: Study<'a>,
    /// What its customers did in the `base_days` of the later study, in the order of its view.
    pub(crate) outcomes: Vec<Outcome>,
}

/// Earlier origins, stacked: rows of all origins one after the other, the latest origin first.
pub(crate) struct Training<'a> {
    pub(crate) views: Vec<View<'a>>,
    pub(crate) outcomes: Vec<Vec<Outcome>>,
    /// The BTYD models as they would have been fitted at each origin; `None` where that failed.
    btyds: Vec<Option<Btyd>>,
    /// What learned candidates see of each row.
    pub(super) inputs: Array2<f64>,
    /// What came of it.
    pub(super) values: Array1<f64>,
    /// A first guess of that, above zero.
    pub(super) anchors: Array1<f64>,
    buys: OnceLock<Buys>,
}

impl<'a> Training<'a> {
    /// Each origin's customers, what they did afterwards, and the BTYD models fitted then; the latest origin first,
    /// those left out where no model could be fitted.
    pub(crate) fn past(&self) -> impl Iterator<Item = (&View<'a>, &[Outcome], &Btyd)> {
        let pairs = self.views.iter().zip(&self.outcomes).zip(&self.btyds);
        pairs.filter_map(|((view, outcomes), btyd)| Some((view, outcomes.as_slice(), btyd.as_ref()?)))
    }

    /// Rows of those who spent anything.
    ///
    /// # Errors
    /// [`ModelError::NotEnough`] without any.
    pub(super) fn buyers(&self, model: &'static str) -> Result<Vec<usize>, ModelError> {
        let rows: Vec<usize> = (0..self.values.len()).filter(|&row| self.values[row] > 0.0).collect();
        let what = "customers who bought again";
        if rows.is_empty() {
            return Err(ModelError::NotEnough { model, what, needed: 1, found: 0 });
        }
        Ok(rows)
    }

    /// The chance to spend anything, learned once.
    pub(super) fn buys(&self, seed: u64) -> Result<Buys, ModelError> {
        if let Some(buys) = self.buys.get() {
            return Ok(buys.clone());
        }
        let buys = Buys::fit(self, seed)?;
        Ok(self.buys.get_or_init(|| buys).clone())
    }
}

impl<'a> Study<'a> {
    /// `wanted` is the horizon asked for, in days.
    pub(crate) fn new(
        book: &'a Book,
        as_of: Day,
        wanted: Option<u32>,
        seed: u64,
        season_file: Option<&'a SeasonFile>,
    ) -> Result<Self, ModelError> {
        let view = book.view(as_of);
        let first = view.first_purchase().ok_or(ModelError::NoPurchases { as_of })?;
        let last = view.seen.iter().map(|seen| seen.history.last).max().unwrap_or(first);
        if first == last && as_of == last {
            return Err(ModelError::OnePurchaseDay { as_of, day: first });
        }
        let trained = LongestTrained::choose(as_of, first, wanted);
        Self::trained_for(book, view, trained, seed, season_file)
    }

    fn trained_for(
        book: &'a Book,
        view: View<'a>,
        LongestTrained { base_days, learnable }: LongestTrained,
        seed: u64,
        season_file: Option<&'a SeasonFile>,
    ) -> Result<Self, ModelError> {
        let as_of = view.as_of;
        let first = view.first_purchase().ok_or(ModelError::NoPurchases { as_of })?;
        let latest = as_of.plus_days(-(base_days as i32));
        let back = |step: u32, most: usize| -> Vec<Day> {
            let origins =
                (0..if learnable { most } else { 0 }).map(|k| latest.plus_days(-(k as i32 * step as i32)));
            origins.take_while(|origin| origin.days_since(first) >= MIN_HISTORY as i32).collect()
        };
        let (origins, tests) = (back(base_days.div_ceil(3), MOST_ORIGINS), back(base_days, MOST_TESTS));
        let shortest_history = origins.last().map_or(0, |origin| origin.days_since(first));
        let (spec, btyd) = (FeatureSpec::of(&view, shortest_history), Btyd::fit(&view)?);
        let season = Season::known_at(&view, season_file);
        let (training, fitted) = (OnceLock::new(), Mutex::default());
        let (earlier, year) = (OnceLock::new(), OnceLock::new());
        Ok(Self {
            book,
            as_of,
            first,
            base_days,
            seed,
            origins,
            tests,
            view,
            spec,
            btyd,
            season,
            season_file,
            most_rows: MOST_ROWS,
            training,
            fitted,
            earlier,
            year,
        })
    }

    /// The studies of the dates at which candidates are compared, the latest first, each with what came after it; a
    /// date where none could be made is left out. Forecasts compared there are out of time.
    pub(crate) fn earlier(&self) -> &[Earlier<'a>] {
        let one = |&origin: &Day| {
            let room = origin.days_since(self.first) - MIN_HISTORY as i32;
            let study = if self.base_days >= YEAR && room >= self.base_days as i32 {
                let trained = LongestTrained { base_days: self.base_days, learnable: true };
                Self::trained_for(self.book, self.book.view(origin), trained, self.seed, self.season_file)
            } else {
                Self::new(self.book, origin, Some(self.base_days), self.seed, self.season_file)
            };
            let study = study.ok()?;
            let study = Self { most_rows: MOST_COMPARED, ..study };
            let outcomes = self.book.outcomes(&study.view, origin.plus_days(self.base_days as i32));
            Some(Earlier { study, outcomes })
        };
        self.earlier.get_or_init(|| self.tests.iter().filter_map(one).collect())
    }

    /// The same as-of date with origins whose outcomes span three calendar months; `None` where those of this study
    /// do so already, or nearly.
    pub(crate) fn quarterly(&self) -> Result<Option<Self>, ModelError> {
        let quarter = LongestTrained::choose(self.as_of, self.first, None).base_days;
        if about_three_months(self.base_days, quarter) {
            return Ok(None);
        }
        Self::new(self.book, self.as_of, None, self.seed, self.season_file).map(Some)
    }

    /// The study that forecasts of `days` are made with: outcomes of a year serve horizons of a year and longer, where
    /// two of them have ended. A year holds every season once, a quarter does not.
    pub(crate) fn for_horizon(&self, days: u32) -> &Self {
        if days < YEAR { self } else { self.year().unwrap_or(self) }
    }

    /// The study that learns from outcomes a year long.
    pub(crate) fn year(&self) -> Option<&Self> {
        let learn = || {
            let history = self.as_of.days_since(self.first).max(0) as u32;
            let needed = MIN_HISTORY + YEAR + (LEAST_YEARS as u32 - 1) * YEAR.div_ceil(3);
            if self.base_days >= YEAR || history < needed {
                return None;
            }
            let trained = LongestTrained { base_days: YEAR, learnable: true };
            let view = self.book.view(self.as_of);
            let study = Self::trained_for(self.book, view, trained, self.seed, self.season_file).ok()?;
            Some(Box::new(Self { most_rows: self.most_rows, ..study }))
        };
        self.year.get_or_init(learn).as_deref()
    }

    /// A candidate, trained once.
    pub(crate) fn fit(&self, name: ForecasterName) -> Result<Fitted, ModelError> {
        let known = |fitted: &[(ForecasterName, Fitted)]| {
            fitted.iter().find(|(other, _)| *other == name).map(|(_, fitted)| fitted.clone())
        };
        if let Some(fitted) = known(&self.fitted.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(fitted);
        }
        let fitted = Fitted::fit(name, self)?;
        self.fitted.lock().unwrap_or_else(PoisonError::into_inner).push((name, fitted.clone()));
        Ok(fitted)
    }

    /// What the candidate `name` forecasts for `days`, per customer of the view.
    pub(crate) fn values(&self, name: ForecasterName, days: u32) -> Result<Vec<f64>, ModelError> {
        let study = if name.is_learned() { self.for_horizon(days) } else { self };
        // where a year cannot be learned from, a quarter may still be
        let (study, fitted) = match study.fit(name) {
            Ok(fitted) => (study, fitted),
            Err(_) => (self, self.fit(name)?),
        };
        fitted.value(&study.serving(), &study.view, days)
    }

    pub(crate) fn serving(&self) -> Serving<'_> {
        Serving {
            btyd: &self.btyd,
            spec: &self.spec,
            season: &self.season,
            first: self.first,
            base_days: self.base_days,
        }
    }

    /// The stacked origins.
    ///
    /// # Errors
    /// [`ModelError::TooShortToLearn`] where the log has none.
    pub(crate) fn training(&self, forecaster: ForecasterName) -> Result<&Training<'a>, ModelError> {
        if self.origins.is_empty() {
            return Err(ModelError::TooShortToLearn {
                forecaster: forecaster.name(),
                as_of: self.as_of,
                history_days: self.as_of.days_since(self.first).max(0) as u32,
                needed_days: MIN_HISTORY + SHORTEST_OUTCOME,
            });
        }
        Ok(self.training.get_or_init(|| self.stack()))
    }

    /// The stacked origins where something was learned from them.
    pub(super) fn trained(&self) -> Option<&Training<'a>> {
        self.training.get()
    }

    /// What trees correct by a factor, as of this study.
    pub(super) fn anchor(&self) -> Anchor {
        Anchor::of(&self.view, Some(&self.btyd), self.first, self.base_days)
    }

    fn stack(&self) -> Training<'a> {
        let all: Vec<View<'a>> = self.origins.iter().map(|&origin| self.book.view(origin)).collect();
        let every = all.iter().map(View::len).sum::<usize>().div_ceil(self.most_rows).max(1);
        let views: Vec<View<'a>> = all.into_iter().map(|view| view.every(every)).collect();
        let days = self.base_days;
        let ends = self.origins.iter().map(|origin| origin.plus_days(days as i32));
        let outcomes: Vec<Vec<Outcome>> =
            views.iter().zip(ends).map(|(view, end)| self.book.outcomes(view, end)).collect();
        let btyds: Vec<Option<Btyd>> = views.iter().map(|view| Btyd::fit(view).ok()).collect();
        let known = || views.iter().zip(btyds.iter().map(Option::as_ref));
        let blocks: Vec<Array2<f64>> =
            known().map(|(view, btyd)| inputs(view, &self.spec, btyd, days)).collect();
        let blocks: Vec<_> = blocks.iter().map(Array2::view).collect();
        let guesses = |(view, btyd): (&View<'a>, Option<&Btyd>)| {
            Anchor::of(view, btyd, self.first, days).values(view, btyd, self.first, days)
        };
        let anchors = known().flat_map(guesses).collect();
        let inputs = concatenate(Axis(0), &blocks).unwrap_or_default();
        let values = outcomes.iter().flatten().map(|outcome| outcome.value).collect();
        Training { views, outcomes, btyds, inputs, values, anchors, buys: OnceLock::new() }
    }
}
