//! Do the answers come true: P(alive) against who is alive, the chance to buy and expected purchases against what is
//! bought after the age of each customer, by tenths of the customers from the lowest prediction to the highest.

use patron_domain::PurchaseHistory;
use patron_models::{Decile, GammaGamma, ModelError, deciles};
use patron_synth::{Life, simulate_lives};

use super::models::{Answers, BuyingModel, PER_WEEK, histogram};
use super::shops::AGE;
use super::table::part;
use super::{Judge, Recovered, bands, spend};

/// Weeks ahead.
const HORIZON: f64 = 13.0;

/// How far chance may carry what is compared.
#[derive(Clone, Copy, PartialEq)]
enum Chance {
    /// Each customer is a trial of the predicted probability, and nothing else is left to chance.
    Binomial,
    /// As the shops differ.
    BetweenShops,
}

/// One thing that is predicted, over all shops: the tenths of each.
struct Asked {
    what: &'static str,
    /// What chance may do to the ten tenths together once in so many times.
    left_out: f64,
    chance: Chance,
    shops: Vec<Vec<Decile>>,
}

/// One tenth over all shops.
struct Tenth {
    predicted: f64,
    actual: f64,
    comes_true: bool,
}

impl Asked {
    fn tenths(&self) -> Vec<Tenth> {
        let width = self.shops.iter().map(Vec::len).max().unwrap_or(0);
        (0..width).map(|place| self.tenth(place)).collect()
    }

    fn tenth(&self, place: usize) -> Tenth {
        let left_out = self.left_out / 10.0;
        let members: Vec<&Decile> = self.shops.iter().filter_map(|shop| shop.get(place)).collect();
        let customers: u64 = members.iter().map(|one| one.customers).sum();
        let mean = |value: fn(&Decile) -> f64| {
            members.iter().map(|one| value(one) * one.customers as f64).sum::<f64>() / customers as f64
        };
        let (predicted, actual) = (mean(|one| one.predicted), mean(|one| one.actual));
        let comes_true = match self.chance {
            Chance::Binomial => {
                // trials of different probabilities scatter less than this
                let band = bands::of_counts(customers, predicted, left_out);
                band.contains(&((actual * customers as f64).round() as u64))
            }
            Chance::BetweenShops => {
                let gaps: Vec<f64> = members.iter().map(|one| one.actual - one.predicted).collect();
                bands::of_mean(&gaps, left_out).is_some_and(|(gap, by_chance)| gap.abs() <= by_chance)
            }
        };
        Tenth { predicted, actual, comes_true }
    }
}

pub(super) fn of_buying(judge: &Judge<'_>, model: &dyn BuyingModel) -> Recovered {
    let label = format!("{}, what comes after", model.title());
    let customers = judge.plan.size;
    let shops = judge.shops(model.title()).each("what comes after", |shop| {
        let truth = shop.truth(model.interior());
        let process = model.process(&truth);
        let lives =
            simulate_lives(&process, 1.0, customers, AGE, HORIZON, shop.seed("lives and what comes after"));
        let lives = lives.expect("possible parameters");
        let histories: Vec<PurchaseHistory> = lives.iter().map(|life| life.history).collect();
        let known = ask(model.known(&truth)?.as_ref(), &lives)?;
        let fitted = ask(model.fit(&histogram(&histories), PER_WEEK)?.answers.as_ref(), &lives)?;
        Ok::<_, ModelError>((known, fitted))
    });
    let failed = shops.iter().filter(|shop| shop.is_err()).count();
    let (known, fitted): (Vec<_>, Vec<_>) = shops.into_iter().flatten().unzip();
    let asked = |shops: &[[Vec<Decile>; 3]], chances: [Chance; 3]| {
        let one = |place: usize| Asked {
            what: ["P(alive)", "chance to buy", "expected purchases"][place],
            left_out: judge.plan.left_out,
            chance: chances[place],
            shops: shops.iter().map(|shop| shop[place].clone()).collect(),
        };
        [0, 1, 2].map(one)
    };
    let known = asked(&known, [Chance::Binomial, Chance::Binomial, Chance::BetweenShops]);
    let fitted = asked(&fitted, [Chance::BetweenShops; 3]);
    let horizon = format!("13 weeks ahead; {} shops of {customers} customers.", judge.plan.shops);
    report(&label, &horizon, &known, &fitted, failed)
}

/// The three questions, as tenths.
fn ask(answers: &dyn Answers, lives: &[Life]) -> Result<[Vec<Decile>; 3], ModelError> {
    let alive: Vec<f64> = lives.iter().map(|life| answers.p_alive(&life.history)).collect();
    // whoever is alive for certain is left out: one-time buyers under BG/NBD
    let open = || lives.iter().zip(&alive).filter(|(_, p)| **p < 1.0);
    let predicted: Vec<f64> = open().map(|(_, p)| *p).collect();
    let actual: Vec<f64> = open().map(|(life, _)| f64::from(u8::from(life.is_alive))).collect();
    let p_alive = deciles(&actual, &predicted);
    let predicted: Result<Vec<f64>, _> =
        lives.iter().map(|life| answers.chance(&life.history, HORIZON)).collect();
    let actual: Vec<f64> = lives.iter().map(|life| f64::from(u8::from(life.future_purchases > 0))).collect();
    let chance = deciles(&actual, &predicted?);
    let predicted: Result<Vec<f64>, _> =
        lives.iter().map(|life| answers.purchases(&life.history, HORIZON)).collect();
    let actual: Vec<f64> = lives.iter().map(|life| f64::from(life.future_purchases)).collect();
    Ok([p_alive, chance, deciles(&actual, &predicted?)])
}

pub(super) fn of_spend(judge: &Judge<'_>) -> Recovered {
    let label = format!("{}, what purchases are worth", spend::TITLE);
    let customers = judge.plan.size;
    let shops = judge.shops(spend::TITLE).each("what purchases are worth", |shop| {
        let truth = shop.truth(&spend::INTERIOR);
        let spends = spend::draw(&truth, customers, shop.seed("spends"));
        let tenths = |model: &GammaGamma| {
            let expected = spends.seen.iter().map(|one| model.expected_value(one.frequency, Some(one.mean)));
            deciles(&spends.true_means, &expected.collect::<Vec<f64>>())
        };
        let known = tenths(&GammaGamma::new(truth[0], truth[1], truth[2])?);
        Ok::<_, ModelError>((known, tenths(&spend::fit(&spends.seen)?.0)))
    });
    let failed = shops.iter().filter(|shop| shop.is_err()).count();
    let (known, fitted): (Vec<_>, Vec<_>) = shops.into_iter().flatten().unzip();
    let left_out = judge.plan.left_out;
    let asked =
        |shops| [Asked { what: "value of a purchase", left_out, chance: Chance::BetweenShops, shops }];
    let note = format!(
        "Expected value against the customer's true mean; {} shops of {customers} customers, of whom those who buy \
         again are judged.",
        judge.plan.shops
    );
    report(&label, &note, &asked(known), &asked(fitted), failed)
}

fn report(label: &str, note: &str, known: &[Asked], fitted: &[Asked], failed: usize) -> Recovered {
    let mut off = Vec::new();
    if failed > 0 {
        off.push(format!("{label}: {failed} shops could not be fitted"));
    }
    let mut judged = |asked: &Asked, parameters: &str| {
        let tenths = asked.tenths();
        for (place, tenth) in tenths.iter().enumerate().filter(|(_, tenth)| !tenth.comes_true) {
            off.push(format!(
                "{label}: {} by {parameters} parameters, tenth {}: {:.4} predicted, {:.4} came",
                asked.what,
                place + 1,
                tenth.predicted,
                tenth.actual
            ));
        }
        tenths
    };
    let right: usize =
        known.iter().map(|asked| judged(asked, "the true").iter().filter(|one| one.comes_true).count()).sum();
    let columns: Vec<Vec<Tenth>> = fitted.iter().map(|asked| judged(asked, "fitted")).collect();
    let note = format!(
        "{note} Predicted by the fitted model, then what came (! where chance does not explain the difference, {} over \
         the ten). With the true parameters {right} of {} tenths come true.",
        bands::held(known.first().map_or(0.0, |asked| asked.left_out)),
        10 * known.len()
    );
    let mut headings = vec!["tenth".to_owned()];
    headings.extend(fitted.iter().flat_map(|asked| [asked.what.to_owned(), "came".to_owned()]));
    let row = |place: usize| {
        let cells = columns.iter().filter_map(|tenths| tenths.get(place)).flat_map(|tenth| {
            let mark = if tenth.comes_true { "" } else { " !" };
            [format!("{:.4}", tenth.predicted), format!("{:.4}{mark}", tenth.actual)]
        });
        std::iter::once((place + 1).to_string()).chain(cells).collect()
    };
    part(label, &note, &headings, (0..10).map(row).collect(), off)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(chance: Chance, actual: f64) -> Asked {
        let shop = |by: f64| vec![Decile { customers: 500, predicted: 0.3, actual: actual + by }];
        let shops = (0..20).map(|number| shop(if number % 2 == 0 { -0.02 } else { 0.02 })).collect();
        Asked { what: "P(alive)", left_out: 0.001, chance, shops }
    }

    #[test]
    fn what_does_not_come_true_is_seen() {
        // 10,000 trials of 0.3: 99.99 % lie within 3.89 × √(0.21 ÷ 10,000) = 0.0178
        for (actual, comes_true) in [(0.3, true), (0.317, true), (0.319, false), (0.281, false)] {
            assert_eq!(asked(Chance::Binomial, actual).tenth(0).comes_true, comes_true, "{actual}");
        }
        // twenty shops that scatter by 0.02: t of 19 degrees of freedom is 4.9, so 0.0225
        for (actual, comes_true) in [(0.3, true), (0.321, true), (0.324, false), (0.276, false)] {
            assert_eq!(asked(Chance::BetweenShops, actual).tenth(0).comes_true, comes_true, "{actual}");
        }
    }
}
