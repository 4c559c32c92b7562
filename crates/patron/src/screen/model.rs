//! After the commands for models.

use std::path::Path;

use patron_models::ModelFile;
use patron_store::{ModelEntry, RunId};

/// One line per model.
pub(crate) fn models(models: &[ModelEntry], database: &str) -> String {
    if models.is_empty() {
        return format!("{database} holds no models yet; patron analyze --database {database} fits one.");
    }
    let mut lines = vec![format!(
        "{:>4}  {:7}  {:16}  {:10}  {:15}  tested on the past",
        "id", "serves", "fitted (UTC)", "as of", "forecaster"
    )];
    lines.extend(models.iter().map(|model| {
        let serves = match (model.serving, model.can_serve) {
            (true, _) => "yes",
            (false, true) => "-",
            (false, false) => "cannot",
        };
        let tested = model.metrics.get("backtest").is_some_and(|record| !record.is_null());
        format!(
            "{:>4}  {serves:7}  {:16}  {:10}  {:15}  {}",
            model.id.0,
            model.created_at.format("%Y-%m-%d %H:%M").to_string(),
            model.as_of.to_string(),
            model.forecaster,
            if tested { "yes" } else { "no" }
        )
    }));
    lines.join("\n")
}

/// A model went into a file.
pub(crate) fn model_saved(run: RunId, file: &ModelFile, path: &Path) -> String {
    format!("Model {run} ({}) is in {}.", words(file), path.display())
}

/// A model came from a file.
pub(crate) fn model_loaded(run: RunId, file: &ModelFile, database: &str) -> String {
    format!(
        "Model {run} ({}) is stored in {database}; let it serve with: patron model use {run} --database {database}",
        words(file)
    )
}

/// A model was chosen.
pub(crate) fn model_used(run: RunId) -> String {
    format!("Model {run} serves now; running services follow within a minute.")
}

fn words(file: &ModelFile) -> String {
    format!("{}, as of {}", file.fitted().forecaster(), file.fitted().as_of())
}
