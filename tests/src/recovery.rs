//! The judge of the models: shops whose true parameters are known, and whether the models find them.
//!
//! Everything is drawn by `patron-synth`, which shares no code with any likelihood, in continuous time; every shop has
//! seeds of its own, so that the same seed gives the same table on any number of threads. What each table means stands
//! in `docs/models/recovery.md`. One more model is one more line in [`models::ALL`].

mod bands;
mod boundary;
mod broken;
mod calibration;
mod days;
mod estimates;
mod models;
mod shops;
mod spend;
mod table;

use models::BuyingModel;
use shops::Shops;

/// What is to be run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Shops of each kind.
    pub shops: usize,
    /// Seed of all of them.
    pub seed: u64,
    /// Customers of a shop, ascending: the parameters are estimated at each of these sizes.
    pub sizes: Vec<usize>,
    /// Customers of a shop wherever one size is enough.
    pub size: usize,
    /// Customers of a shop that breaks the models.
    pub broken: u32,
    /// Models to judge, by name; empty: all.
    pub models: Vec<String>,
    /// What chance may do to a model that is right once in so many judgements: the share that each band leaves out, on
    /// both sides together.
    pub left_out: f64,
}

impl Plan {
    /// The plan whose tables stand in `docs/benchmarks.md`: 200 shops of each kind, every judgement by itself at 99.9 %.
    pub fn full(models: Vec<String>) -> Self {
        Self {
            shops: 200,
            seed: 1,
            sizes: vec![1_000, 4_000, 16_000],
            size: 4_000,
            broken: 3_000,
            models,
            left_out: 0.001,
        }
    }

    /// A plan that takes seconds: 20 shops of each kind. Its judgements, fewer than a hundred, fail together once in a
    /// thousand seeds where every model is right.
    pub fn quick(models: Vec<String>) -> Self {
        Self {
            shops: 20,
            seed: 1,
            sizes: vec![1_000, 4_000],
            size: 1_000,
            broken: 1_000,
            models,
            left_out: 1e-5,
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Recovered {
    /// The tables, in Markdown.
    pub text: String,
    /// What lies outside of its band, in words; empty where every model holds what it promises.
    pub off: Vec<String>,
}

/// The names of the models there are.
pub fn names() -> Vec<&'static str> {
    models::ALL.iter().map(|model| model.name()).chain([spend::NAME]).collect()
}

/// Draws the shops and judges the models; `told` hears how far it is.
///
/// # Panics
/// On a plan that is impossible: an unknown model, no shops, no customers.
pub fn recover(plan: &Plan, told: &(dyn Fn(&str) + Sync)) -> Recovered {
    let chosen = |name: &str| plan.models.is_empty() || plan.models.iter().any(|one| one == name);
    assert!(plan.models.iter().all(|name| names().contains(&name.as_str())), "models are {:?}", names());
    let buying: Vec<&dyn BuyingModel> =
        models::ALL.iter().copied().filter(|model| chosen(model.name())).collect();
    let judge = Judge { plan, told };
    let mut parts = vec![estimates::judge(&judge, &buying, chosen(spend::NAME))];
    parts.push(boundary::judge(&judge, &buying));
    parts.extend(buying.iter().map(|&model| calibration::of_buying(&judge, model)));
    if chosen(spend::NAME) {
        parts.push(calibration::of_spend(&judge));
    }
    if buying.iter().any(|model| model.name() == models::BG_NBD) {
        parts.push(days::report(&judge));
    }
    parts.push(broken::report(&judge, &buying));
    let mut all = Recovered { text: String::new(), off: Vec::new() };
    for part in parts.into_iter().filter(|part| !part.text.is_empty()) {
        all.text += &part.text;
        all.text.push('\n');
        all.off.extend(part.off);
    }
    all
}

/// The plan on its way.
struct Judge<'a> {
    plan: &'a Plan,
    told: &'a (dyn Fn(&str) + Sync),
}

impl Judge<'_> {
    /// The shops under a label; what is drawn for one label moves no other.
    fn shops<'b>(&'b self, label: &'b str) -> Shops<'b> {
        Shops::new(label, self.plan.shops, self.plan.seed, self.told)
    }
}

#[cfg(test)]
mod tests {
    use patron_columns::HistoryHistogram;
    use patron_models::ModelError;
    use patron_synth::{BgNbdParams, Buying};

    use super::models::{ALL, Answers, Fitted};
    use super::shops::Interior;
    use super::*;

    /// BG/NBD fitted to customers who may stop after their first purchase, which it does not know.
    struct AnotherStory;

    impl BuyingModel for AnotherStory {
        fn name(&self) -> &'static str {
            "another-story"
        }
        fn title(&self) -> &'static str {
            "another story"
        }
        fn interior(&self) -> &'static [Interior] {
            ALL[0].interior()
        }
        fn process(&self, truth: &[f64]) -> Buying {
            Buying::MbgNbd(BgNbdParams { r: truth[0], alpha: truth[1], a: truth[2], b: truth[3] })
        }
        fn known(&self, truth: &[f64]) -> Result<Box<dyn Answers>, ModelError> {
            ALL[0].known(truth)
        }
        fn fit(&self, histories: &HistoryHistogram, per_week: f64) -> Result<Fitted, ModelError> {
            ALL[0].fit(histories, per_week)
        }
    }

    #[test]
    fn a_model_of_another_story_is_caught() {
        let plan = Plan { shops: 8, sizes: vec![1_000, 2_000], ..Plan::quick(Vec::new()) };
        let judge = Judge { plan: &plan, told: &|_| {} };
        let parameters = estimates::judge(&judge, &[&AnotherStory], false);
        assert!(parameters.off.iter().any(|off| off.contains("another story r, 1000 customers: 0 of 8")));
        let answers = calibration::of_buying(&judge, &AnotherStory);
        let off = |what: &str| answers.off.iter().any(|off| off.contains(what));
        assert!(off("chance to buy by the true parameters"), "{:?}", answers.off);
    }
}
