//! Maximum likelihood over distinct histories.

use patron_columns::HistoryHistogram;

use super::ParetoNbd;
use super::grid::Grid;
use crate::ModelError;
use crate::bg_nbd::compressed::{Compressed, WithoutDropOut};
use crate::fit_report::FitReport;
use crate::transactions::search::{DropOut, NO_DROP_OUT, SUBSAMPLE, search_rates};
use crate::transactions::{Fittable, TransactionValidParams};

impl Fittable for ParetoNbd {
    fn maximum(
        settings: &TransactionValidParams<Self>,
        histories: &HistoryHistogram,
    ) -> Result<(Self, FitReport), ModelError> {
        let data = Compressed::new(histories, settings.days_per_unit)?;
        let all = Grid::new(histories, settings.days_per_unit, 1);
        let thinned =
            Grid::new(histories, settings.days_per_unit, histories.histories.len().div_ceil(SUBSAMPLE));
        let age = data.exposure / data.customers.max(1.0);
        let drop_out = DropOut {
            model: "Pareto/NBD",
            names: ["s", "beta"],
            all: &all,
            thinned: &thinned,
            without_thinned: &WithoutDropOut(&data),
            starts: &[
                [0.5, 0.5, 0.5, 0.4 * age],
                [1.0, 1.0, 0.3, 2.0 * age],
                [0.3, 0.3, 1.5, age],
                [0.7, 0.7, 0.2, 0.05 * age],
            ],
            lower: [1e-7, 1e-6 * age],
            upper: [1e4, 1e6 * age],
            toward: [1.0, age],
            penalty: settings.penalty,
            no_drop_out: NO_DROP_OUT,
            same_drop_out: SAME_DROP_OUT,
        };
        let ([r, alpha, s, beta], report) = search_rates(&drop_out, &data, settings.max_iterations)?;
        Ok((Self::new(r, alpha, s, beta)?, report))
    }
}

const SAME_DROP_OUT: &str = "These data show no difference between customers' drop-out rates: s and β run to their \
    bounds with s ÷ β as the one rate per time unit, and have no standard errors.";
