//! The forecaster that answers.

use patron_models::{FittedForecaster, ModelsReport};
use patron_store::{ModelRun, RunId, Store};

use crate::ApiError;

/// A fitted forecaster, and the stored run it is from.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) id: RunId,
    pub(crate) fitted: FittedForecaster,
    /// What the fit and its test on the past have to tell.
    pub(crate) report: ModelsReport,
}

impl Serving {
    /// The run that is to serve; `None` where there is none, or none that this program can read.
    pub(super) fn stored(store: &mut Store, id: RunId) -> Result<Option<Self>, ApiError> {
        let run = store.reading().model_run(id)?;
        let Some(ModelRun { id, run }) = run else { return Ok(None) };
        let Some(bytes) = run.fitted else { return Ok(None) };
        let read = serde_json::from_slice(&bytes)
            .and_then(|fitted| serde_json::from_value(run.metrics).map(|report| (fitted, report)));
        match read {
            Ok((fitted, report)) => Ok(Some(Self { id, fitted, report })),
            Err(error) => {
                tracing::warn!("model run {id} cannot serve ({error})");
                Ok(None)
            }
        }
    }
}
