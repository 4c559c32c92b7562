//! Maximum likelihood over distinct histories.

use patron_columns::HistoryHistogram;

use super::MbgNbd;
use crate::ModelError;
use crate::bg_nbd::SAME_DROP_OUT;
use crate::bg_nbd::compressed::{Compressed, DroppingAtOnce, WithoutDropOut};
use crate::fit_report::FitReport;
use crate::transactions::search::{DropOut, NO_DROP_OUT, SUBSAMPLE, search_rates};
use crate::transactions::{Fittable, TransactionValidParams};

impl Fittable for MbgNbd {
    fn maximum(
        settings: &TransactionValidParams<Self>,
        histories: &HistoryHistogram,
    ) -> Result<(Self, FitReport), ModelError> {
        let data = Compressed::new(histories, settings.days_per_unit)?;
        let thinned = data.thinned(SUBSAMPLE);
        let drop_out = DropOut {
            model: "MBG/NBD",
            names: ["a", "b"],
            all: &DroppingAtOnce(&data),
            thinned: &DroppingAtOnce(&thinned),
            without_thinned: &WithoutDropOut(&data),
            starts: &[
                [0.5, 0.5, 0.9, 1.6],
                [0.25, 0.25, 0.4, 2.5],
                [1.0, 1.0, 0.05, 1.0],
                [0.7, 0.5, 2.0, 3.0],
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
