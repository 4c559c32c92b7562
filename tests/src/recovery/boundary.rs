//! Shops in which nobody drops out: the edge of what the parameters may be.

use patron_synth::simulate_lives;

use super::models::{BuyingModel, PER_WEEK, histogram};
use super::shops::{AGE, Interior};
use super::table::part;
use super::{Judge, Recovered, bands};

/// The model's name in the report of a fit without drop-out.
const LIMIT: &str = "NBD";

/// What the data of a shop said.
struct Said {
    /// p-values with the second parameter held, and free.
    p_values: (f64, f64),
    limit: bool,
}

pub(super) fn judge(judge: &Judge<'_>, buying: &[&dyn BuyingModel]) -> Recovered {
    let plan = judge.plan;
    let band = bands::of_counts(plan.shops as u64, 0.05, plan.left_out);
    let (mut rows, mut off) = (Vec::new(), Vec::new());
    for model in buying.iter().filter(|model| !model.edge().is_empty()) {
        let waits = [("seldom", model.edge(), true), ("often", model.interior(), false)];
        for (how, interior, judged) in waits {
            let label = format!("{}, nobody drops out, customers buy {how}", model.title());
            let said = shops(judge, *model, how, interior);
            let count = |counts: &dyn Fn(&Said) -> bool| said.iter().filter(|one| counts(one)).count() as u64;
            let held = count(&|one| one.p_values.0 <= 0.05);
            let free = count(&|one| one.p_values.1 <= 0.05);
            let limit = count(&|one| one.limit);
            if said.len() < plan.shops {
                off.push(format!("{label}: {} shops could not be fitted", plan.shops - said.len()));
            }
            if judged && !band.contains(&held) {
                let (low, high) = (band.start(), band.end());
                off.push(format!("{label}: p ≤ 5 % in {held} of {} shops, not {low} to {high}", plan.shops));
            }
            let [r, alpha] = [0, 1].map(|place| &interior[place]);
            let spans = format!("r {} to {}, α {} to {}", r.from, r.to, alpha.from, alpha.to);
            let counts = [held, free, limit].map(|count| count.to_string());
            rows.push([model.title().to_owned(), spans].into_iter().chain(counts).collect());
        }
    }
    if rows.is_empty() {
        return Recovered { text: String::new(), off };
    }
    let note = format!(
        "{} shops of {} customers each in which nobody drops out. By chance {} to {} of them have p ≤ 5 % ({}) where \
         customers buy seldom (the first row) and the second drop-out parameter is given; the rest is reported, not judged.",
        plan.shops,
        plan.size,
        band.start(),
        band.end(),
        bands::held(plan.left_out)
    );
    let headings = [
        "model",
        "true values",
        "p ≤ 5 %, second parameter given",
        "p ≤ 5 %, maximised over it",
        "fitted as the limit, NBD",
    ];
    part("Nobody drops out", &note, &headings.map(str::to_owned), rows, off)
}

/// What the shops that could be fitted say.
fn shops(judge: &Judge<'_>, model: &dyn BuyingModel, how: &str, interior: &[Interior]) -> Vec<Said> {
    let what = format!("nobody drops out, customers buy {how}");
    let said = judge.shops(model.title()).each(&what, |shop| {
        let mut truth = shop.truth(interior);
        truth[2] = 0.0;
        let customers = judge.plan.size;
        let lives = simulate_lives(&model.process(&truth), 1.0, customers, AGE, 0.0, shop.seed(&what));
        let histories: Vec<_> = lives.expect("possible parameters").iter().map(|life| life.history).collect();
        let histories = histogram(&histories);
        let p_values = model.drop_out_test(&histories, PER_WEEK)?.ok()?;
        let fit = model.fit(&histories, PER_WEEK).ok()?;
        Some(Said { p_values, limit: fit.model == LIMIT })
    });
    said.into_iter().flatten().collect()
}
