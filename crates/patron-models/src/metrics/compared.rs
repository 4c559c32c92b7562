//! One forecaster against its rivals, customer by customer: both are scored on the same draws, so what they have in
//! common does not count as doubt.

use patron_domain::Day;
use serde::{Deserialize, Serialize};

use super::bootstrap::{Bootstrap, deviation};
use super::{SCORES, Scores};
use crate::ForecasterName;

/// Which rivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RivalKind {
    /// The best rule without a model.
    BestNaive,
    /// The best single model.
    BestSingle,
}

impl RivalKind {
    /// Both, rules first.
    pub const ALL: [Self; 2] = [Self::BestNaive, Self::BestSingle];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::BestNaive => "the best rule without a model",
            Self::BestSingle => "the best single model",
        }
    }

    fn holds(self, name: ForecasterName) -> bool {
        use ForecasterName::{Blend, NaiveRate, SpendOverSpan, StatusQuo};
        match name {
            NaiveRate | SpendOverSpan | StatusQuo => self == Self::BestNaive,
            Blend => false,
            _ => self == Self::BestSingle,
        }
    }
}

/// By which score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComparedScore {
    /// R².
    R2,
    /// Normalised Gini.
    NormalisedGini,
}

impl ComparedScore {
    /// Both.
    pub const ALL: [Self; 2] = [Self::R2, Self::NormalisedGini];

    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::R2 => "R²",
            Self::NormalisedGini => "normalised Gini",
        }
    }

    /// Place among [`Scores::NAMES`].
    const fn place(self) -> usize {
        match self {
            Self::R2 => 2,
            Self::NormalisedGini => 6,
        }
    }

    fn of(self, scores: &Scores) -> Option<f64> {
        scores.values()[self.place()]
    }
}

/// The shown forecaster less its best rival, at every origin and on average.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The rivals.
    pub rival: RivalKind,
    /// The score.
    pub score: ComparedScore,
    /// At each origin against the rival that was best there, which nobody could have known; the latest first.
    pub origins: Vec<PairedDifference>,
    /// Mean of these differences.
    pub mean: f64,
    /// Its standard error over draws of customers; absent where too few draws could be scored.
    pub standard_error: Option<f64>,
    /// The one rival that was best on average.
    pub steady: SteadyRival,
}

/// The shown forecaster less its rival at one origin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairedDifference {
    /// The origin.
    pub origin: Day,
    /// The rival.
    pub rival: ForecasterName,
    /// Difference of the scores.
    pub difference: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
}

/// The shown forecaster less the rival that was best on average.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SteadyRival {
    /// The rival.
    pub rival: ForecasterName,
    /// Mean difference over all origins.
    pub mean: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
}

/// Candidates at one origin with their scores on every draw.
pub(crate) struct Tried {
    pub(crate) names: Vec<ForecasterName>,
    pub(crate) bootstrap: Bootstrap,
}

/// The score of one candidate less that of another: itself, and on every draw (NaN where undefined).
struct Gap {
    difference: f64,
    draws: Vec<f64>,
}

impl Tried {
    fn score(&self, name: ForecasterName, score: ComparedScore) -> Option<f64> {
        let place = self.names.iter().position(|other| *other == name)?;
        score.of(&self.bootstrap.scores[place])
    }

    fn gap(&self, shown: ForecasterName, rival: ForecasterName, score: ComparedScore) -> Option<Gap> {
        let [one, other] = [shown, rival].map(|name| self.names.iter().position(|known| *known == name));
        let (one, other) = (one?, other?);
        let difference = self.score(shown, score)? - self.score(rival, score)?;
        let draw = |candidates: &Vec<[f64; SCORES]>| {
            candidates[one][score.place()] - candidates[other][score.place()]
        };
        Some(Gap { difference, draws: self.bootstrap.resampled.iter().map(draw).collect() })
    }
}

/// `shown` against its rivals by every score, where both could be scored.
pub(crate) fn comparisons(shown: ForecasterName, tried: &[Tried]) -> Vec<Comparison> {
    let pairs = RivalKind::ALL.into_iter().flat_map(|kind| ComparedScore::ALL.map(|score| (kind, score)));
    pairs.filter_map(|(kind, score)| compare(shown, kind, score, tried)).collect()
}

fn compare(
    shown: ForecasterName,
    kind: RivalKind,
    score: ComparedScore,
    tried: &[Tried],
) -> Option<Comparison> {
    let rivals: Vec<ForecasterName> =
        ForecasterName::ALL.into_iter().filter(|&name| name != shown && kind.holds(name)).collect();
    let (mut origins, mut gaps) = (Vec::new(), Vec::new());
    for tried in tried {
        let scored = rivals.iter().filter_map(|&name| Some((name, tried.score(name, score)?)));
        let Some((rival, _)) = scored.max_by(|a, b| a.1.total_cmp(&b.1)) else { continue };
        let Some(gap) = tried.gap(shown, rival, score) else { continue };
        origins.push(PairedDifference {
            origin: tried.bootstrap.origin,
            rival,
            difference: gap.difference,
            standard_error: spread(&gap.draws),
        });
        gaps.push(gap);
    }
    let (mean, standard_error) = mean_gap(&gaps)?;
    let steady = rivals.iter().filter_map(|&rival| {
        let gaps: Vec<Gap> = tried.iter().filter_map(|tried| tried.gap(shown, rival, score)).collect();
        let (mean, standard_error) = mean_gap(&gaps).filter(|_| gaps.len() == origins.len())?;
        Some(SteadyRival { rival, mean, standard_error })
    });
    let steady = steady.min_by(|a, b| a.mean.total_cmp(&b.mean))?;
    Some(Comparison { rival: kind, score, origins, mean, standard_error, steady })
}

/// Mean over origins, and its standard error: draws are the same customers at every origin.
fn mean_gap(gaps: &[Gap]) -> Option<(f64, Option<f64>)> {
    let first = gaps.first()?;
    let n = gaps.len() as f64;
    let draws: Vec<f64> =
        (0..first.draws.len()).map(|draw| gaps.iter().map(|gap| gap.draws[draw]).sum::<f64>() / n).collect();
    Some((gaps.iter().map(|gap| gap.difference).sum::<f64>() / n, spread(&draws)))
}

/// Standard deviation of the finite values; `None` where they are the minority.
fn spread(draws: &[f64]) -> Option<f64> {
    let finite: Vec<f64> = draws.iter().copied().filter(|draw| draw.is_finite()).collect();
    if finite.len() * 2 > draws.len() { deviation(&finite) } else { None }
}
