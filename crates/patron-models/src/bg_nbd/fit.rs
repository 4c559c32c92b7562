//! Maximum likelihood over distinct histories.

use patron_columns::HistoryHistogram;

use super::BgNbd;
use super::compressed::{Compressed, WithDropOut, WithoutDropOut};
use crate::ModelError;
use crate::fit_report::FitReport;
use crate::transactions::search::{DropOut, SUBSAMPLE, search_rates};
use crate::transactions::{Fittable, TransactionFit, TransactionParams, TransactionValidParams};

/// How to fit a [`BgNbd`]; made by [`BgNbd::params`].
pub type BgNbdParams = TransactionParams<BgNbd>;
/// Checked settings.
pub type BgNbdValidParams = TransactionValidParams<BgNbd>;
/// A fitted [`BgNbd`] and how the fit went.
pub type BgNbdFit = TransactionFit<BgNbd>;

impl Fittable for BgNbd {
    fn maximum(
        settings: &TransactionValidParams<Self>,
        histories: &HistoryHistogram,
    ) -> Result<(Self, FitReport), ModelError> {
        let data = Compressed::new(histories, settings.days_per_unit)?;
        let thinned = data.thinned(SUBSAMPLE);
        let drop_out = DropOut {
            model: "BG/NBD",
            names: ["a", "b"],
            all: &WithDropOut(&data),
            thinned: &WithDropOut(&thinned),
            without_thinned: &WithoutDropOut(&thinned),
            starts: &[
                [0.25, 0.25, 0.8, 2.5],
                [1.0, 1.0, 0.05, 1.0],
                [0.7, 0.7, 2.0, 8.0],
                [0.5, 0.5, 0.1, 0.2],
            ],
            lower: [1e-7, 1e-5],
            upper: [1e5, 1e6],
            toward: [1.0, 1.0],
            penalty: settings.penalty,
            no_drop_out: NO_DROP_OUT,
            same_drop_out: SAME_DROP_OUT,
        };
        let ([r, alpha, a, b], report) = search_rates(&drop_out, &data, settings.max_iterations)?;
        Ok((Self::new(r, alpha, a, b)?, report))
    }
}

const NO_DROP_OUT: &str = "These data show no drop-out: customers pause, but nothing tells a long pause from leaving. \
    The model is the limit a → 0, in which nobody drops out and P(alive) is 1 for everybody; expected purchases \
    still fall with a long silence, because it points to a low rate.";
pub(crate) const SAME_DROP_OUT: &str = "These data show no difference between customers' drop-out probabilities: a and b run to \
    their bounds with a ÷ (a + b) as the one probability, and have no standard errors.";
