//! Are the parameters found: how often the 95 % interval holds the true one, bias, and how both move as shops grow.

use patron_models::{ModelError, Parameter};
use patron_synth::simulate_lives;

use super::models::{BuyingModel, PER_WEEK, histogram};
use super::shops::{AGE, Interior, Shop};
use super::table::{across, part};
use super::{Judge, Plan, Recovered, bands, spend};

/// Estimates of one parameter over the shops of one size.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    /// Shops whose interval holds the true value. A shop without an interval does not.
    pub(super) covered: u64,
    /// ln(estimate ÷ truth) of the shops that have an estimate.
    pub(super) off_by: Vec<f64>,
}

impl Found {
    /// Of pairs of truth and what the fit says of one parameter.
    pub(super) fn of(pairs: impl Iterator<Item = (f64, Option<Parameter>)>) -> Self {
        let mut found = Self { covered: 0, off_by: Vec::new() };
        for (truth, parameter) in pairs {
            let Some(parameter) = parameter.filter(|parameter| parameter.value > 0.0) else { continue };
            let interval = parameter.interval_95();
            found.covered += u64::from(interval.is_some_and(|(low, high)| (low..=high).contains(&truth)));
            found.off_by.push((parameter.value / truth).ln());
        }
        found
    }

    pub(super) fn bias(&self) -> f64 {
        self.off_by.iter().sum::<f64>() / self.off_by.len() as f64
    }

    pub(super) fn rmse(&self) -> f64 {
        (self.off_by.iter().map(|one| one * one).sum::<f64>() / self.off_by.len() as f64).sqrt()
    }
}

/// What is estimated of a shop: the true parameters, and the fit's.
pub(super) type Estimated = (Vec<f64>, Result<Vec<Parameter>, ModelError>);

/// [`Found`] for each parameter.
pub(super) fn found(interior: &[Interior], shops: &[Estimated]) -> Vec<Found> {
    let of = |(place, one): (usize, &Interior)| {
        Found::of(shops.iter().map(|(truth, fit)| {
            let parameters = fit.as_ref().ok();
            let parameter = parameters.and_then(|all| all.iter().find(|found| found.name == one.name));
            (truth[place], parameter.cloned())
        }))
    };
    interior.iter().enumerate().map(of).collect()
}

pub(super) fn judge(judge: &Judge<'_>, buying: &[&dyn BuyingModel], with_spend: bool) -> Recovered {
    let plan = judge.plan;
    let band = bands::of_counts(plan.shops as u64, 0.95, plan.left_out);
    let (mut rows, mut off) = (Vec::new(), Vec::new());
    let mut add = |title: &str, interior: &'static [Interior], estimate: &Estimate<'_>| {
        // the same true parameters at every size
        let shops = judge.shops(title);
        let at = |&size: &usize| {
            let what = format!("{size} customers");
            found(interior, &shops.each(&what, |shop| estimate(shop, size)))
        };
        let by_size: Vec<Vec<Found>> = plan.sizes.iter().map(at).collect();
        for (place, parameter) in interior.iter().enumerate() {
            let sizes: Vec<&Found> = by_size.iter().map(|found| &found[place]).collect();
            let name = format!("{title} {}", parameter.name);
            off.extend(verdict(&name, plan, &sizes));
            rows.push(vec![
                name,
                format!("{} to {}", parameter.from, parameter.to),
                across(sizes.iter().map(|found| found.covered.to_string())),
                across(sizes.iter().map(|found| format!("{:+.3}", found.bias()))),
                across(sizes.iter().map(|found| format!("{:.3}", found.rmse()))),
            ]);
        }
    };
    for model in buying {
        add(model.title(), model.interior(), &|shop, size| of_buying(*model, shop, size));
    }
    if with_spend {
        add(spend::TITLE, &spend::INTERIOR, &of_spend);
    }
    let sizes = across(plan.sizes.iter().map(|size| size.to_string()));
    let note = format!(
        "{} shops of each size; {sizes} customers, in this order in every cell. By chance {} to {} of {} intervals hold \
         the true value ({}).",
        plan.shops,
        band.start(),
        band.end(),
        plan.shops,
        bands::held(plan.left_out)
    );
    let headings =
        ["parameter", "true values", "intervals that hold it", "bias of ln", "RMSE of ln"].map(str::to_owned);
    part("Parameters", &note, &headings, rows, off)
}

type Estimate<'a> = dyn Fn(&Shop, usize) -> Estimated + Sync + 'a;

fn of_buying(model: &dyn BuyingModel, shop: &Shop, customers: usize) -> Estimated {
    let truth = shop.truth(model.interior());
    let lives =
        simulate_lives(&model.process(&truth), 1.0, customers, AGE, 0.0, shop.seed(&lives_of(customers)));
    let histories: Vec<_> = lives.expect("possible parameters").iter().map(|life| life.history).collect();
    let fit = model.fit(&histogram(&histories), PER_WEEK);
    (truth, fit.map(|fit| fit.parameters))
}

fn of_spend(shop: &Shop, customers: usize) -> Estimated {
    let truth = shop.truth(&spend::INTERIOR);
    let spends = spend::draw(&truth, customers, shop.seed(&lives_of(customers)));
    (truth, spend::fit(&spends.seen).map(|(_, parameters)| parameters))
}

/// Nobody lives in shops of two sizes.
fn lives_of(customers: usize) -> String {
    format!("lives of {customers}")
}

/// What is wrong: an interval that holds too seldom or too often, a bias that stays, errors that do not shrink.
fn verdict(name: &str, plan: &Plan, found: &[&Found]) -> Vec<String> {
    let &Plan { shops, ref sizes, left_out, .. } = plan;
    let band = bands::of_counts(shops as u64, 0.95, left_out);
    let mut off = Vec::new();
    for (size, found) in sizes.iter().zip(found) {
        if !band.contains(&found.covered) {
            off.push(format!(
                "{name}, {size} customers: {} of {shops} intervals hold the true value, not {} to {}",
                found.covered,
                band.start(),
                band.end()
            ));
        }
    }
    if let ([small, .., large], [fewer, .., more]) = (found, &sizes[..]) {
        let by_chance = bands::of_mean(&large.off_by, left_out).map_or(0.0, |(_, by_chance)| by_chance);
        if large.bias().abs() > small.bias().abs().max(by_chance) {
            let (before, after) = (small.bias(), large.bias());
            off.push(format!("{name}: the bias does not shrink, from {before:+.3} to {after:+.3}"));
        }
        // squared errors shrink as the customers grow
        let by_chance = bands::of_squares(shops, left_out);
        if large.rmse().powi(2) > small.rmse().powi(2) * *fewer as f64 / *more as f64 * by_chance {
            let (before, after) = (small.rmse(), large.rmse());
            off.push(format!("{name}: errors do not shrink as they should, from {before:.3} to {after:.3}"));
        }
    }
    off
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(covered: u64, off_by: [f64; 2]) -> Found {
        Found { covered, off_by: off_by.repeat(100) }
    }

    fn check(small: &Found, large: &Found) -> Vec<String> {
        let plan = Plan { sizes: vec![100, 400], ..Plan::full(Vec::new()) };
        verdict("a", &plan, &[small, large])
    }

    #[test]
    fn intervals_by_hand() {
        let of = |value: f64, standard_error| Some(Parameter { name: "a".to_owned(), value, standard_error });
        // ± 1.96 × 0.1 on the logarithm: 2 reaches from 1.644 to 2.433
        let pairs = [(1.7, of(2.0, Some(0.2))), (1.6, of(2.0, Some(0.2))), (2.0, of(2.0, None)), (2.0, None)];
        let found = Found::of(pairs.into_iter());
        assert_eq!((found.covered, found.off_by.len()), (1, 3));
        assert!((found.off_by[0] - (2.0_f64 / 1.7).ln()).abs() < 1e-12);
    }

    #[test]
    fn what_is_off_is_said() {
        assert!(check(&found(190, [0.2, -0.1]), &found(190, [0.1, -0.05])).is_empty());
        let said = |small: &Found, large: &Found, what: &str| {
            let off = check(small, large);
            assert!(off.len() == 1 && off[0].contains(what), "{off:?}");
        };
        said(&found(178, [0.2, -0.1]), &found(190, [0.1, -0.05]), "178 of 200");
        said(&found(190, [0.2, -0.1]), &found(199, [0.1, -0.05]), "199 of 200");
        said(&found(190, [0.3, -0.3]), &found(190, [0.12, 0.08]), "bias does not shrink");
        said(&found(190, [0.2, -0.2]), &found(190, [0.2, -0.2]), "errors do not shrink");
    }
}
