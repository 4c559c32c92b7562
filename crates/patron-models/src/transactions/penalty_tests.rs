//! What a penalty does and what it leaves alone.

use patron_columns::{HistoryHistogram, RollupSource};
use patron_domain::PurchaseRule;

use super::laws::close;
use super::{Fittable, TransactionFit, TransactionParams};
use crate::bg_nbd::compressed::{Compressed, WithDropOut};
use crate::optimise::LogLikelihood;
use crate::test_data::{cdnow, day, online_retail};
use crate::{
    BgBb, BgNbd, FitReport, GammaGamma, MbgNbd, ModelError, OpportunityHistory, ParetoNbd, RepeatSpend,
};

/// (x, t_x, T) in days of 240 customers of whom some come back often, some stop, and most do not return.
fn shop() -> HistoryHistogram {
    let one = |i: u32| {
        let age = 200 + (i * 37) % 160;
        let frequency = [0, 0, 0, 1, 1, 2, 4, 9][i as usize % 8];
        let recency = if frequency == 0 { 0 } else { frequency.max(age * (1 + (i * 7) % 10) / 11) };
        patron_domain::DayHistory { frequency, recency, customer_age: age }
    };
    HistoryHistogram::of((0..240).map(one))
}

fn fit<M: Fittable>(histories: &HistoryHistogram, strength: f64) -> TransactionFit<M> {
    TransactionParams::default().penalty(strength).fit(histories).unwrap()
}

fn values(report: &FitReport) -> Vec<f64> {
    report.parameters.iter().map(|parameter| parameter.value).collect()
}

/// √ Σ (ln θ − ln θ₀)².
fn distance(report: &FitReport) -> f64 {
    let toward = &report.penalty.as_ref().unwrap().toward;
    let away = values(report).into_iter().zip(toward).map(|(value, toward)| (value / toward).ln());
    away.map(|away| away * away).sum::<f64>().sqrt()
}

/// What holds under every model: `report` fits with a strength, to the customers taken `times` as often.
fn obeys_the_laws(report: impl Fn(f64, u64) -> FitReport) {
    let free = report(0.0, 1);
    assert!(free.penalty.is_none() && !serde_json::to_string(&free).unwrap().contains("penalty"));

    let (mut last, mut fit) = (f64::INFINITY, free.ln_likelihood);
    for strength in [0.1, 1.0, 10.0, 100.0, 1e4, 1e6] {
        let held = report(strength, 1);
        let penalty = held.penalty.as_ref().unwrap();
        let away = distance(&held);
        assert!(away < last, "{strength}: {away} after {last}");
        assert!(held.ln_likelihood <= fit + 1e-7, "{strength}: the data are fitted worse and worse");
        assert_eq!(penalty.strength, strength);
        close(penalty.cost, 0.5 * strength * away * away, 1e-9 * (1.0 + penalty.cost));
        let count = held.parameters.len() as f64;
        close(held.aic, 2.0 * count - 2.0 * held.ln_likelihood, 1e-9);
        // a prior of variance 1 ÷ strength leaves no more than that
        for parameter in &held.parameters {
            assert!(parameter.standard_error.unwrap() / parameter.value < 1.05 / strength.sqrt(), "{held:?}");
        }
        (last, fit) = (away, held.ln_likelihood);
    }
    for strength in [1e12, f64::MAX] {
        assert!(distance(&report(strength, 1)) < 1e-6);
    }

    let (once, twice) = (report(5.0, 1), report(10.0, 2));
    // the data's ln L has a slope where the penalty balances it, so its last digits are those of the estimates
    close(twice.ln_likelihood, 2.0 * once.ln_likelihood, 1e-4);
    for (once, twice) in once.parameters.iter().zip(&twice.parameters) {
        close(twice.value / once.value, 1.0, 1e-5);
        close(once.standard_error.unwrap() / twice.standard_error.unwrap(), 2.0_f64.sqrt(), 1e-4);
    }
}

fn repeated(histories: &HistoryHistogram, times: u64) -> HistoryHistogram {
    let mut repeated = histories.clone();
    repeated.customers.iter_mut().for_each(|customers| *customers *= times);
    repeated
}

fn histories_obey_the_laws<M: Fittable>() {
    let shop = shop();
    obeys_the_laws(|strength, times| fit::<M>(&repeated(&shop, times), strength).report);
}

#[test]
fn bg_nbd_obeys_the_laws() {
    histories_obey_the_laws::<BgNbd>();
}

#[test]
fn mbg_nbd_obeys_the_laws() {
    histories_obey_the_laws::<MbgNbd>();
}

#[test]
fn pareto_nbd_obeys_the_laws() {
    histories_obey_the_laws::<ParetoNbd>();
}

#[test]
fn bg_bb_obeys_the_laws() {
    let donors =
        [(6, 6, 120), (5, 6, 72), (3, 6, 35), (2, 5, 17), (3, 3, 32), (1, 2, 28), (1, 1, 109), (0, 0, 346)];
    let report = |strength, times| {
        let one = |(x, t_x, donors)| (OpportunityHistory::new(x, t_x, 6).unwrap(), donors * times);
        BgBb::params().penalty(strength).fit(&donors.map(one)).unwrap().report
    };
    obeys_the_laws(report);
}

#[test]
fn gamma_gamma_obeys_the_laws_in_any_currency() {
    let spends = |unit: f64| -> Vec<RepeatSpend> {
        let mean = |i: u32| {
            unit * (5.0 + f64::from((i * i * 7) % 101) * if i.is_multiple_of(9) { 3.0 } else { 0.4 })
        };
        (0..200).map(|i| RepeatSpend { frequency: 1 + i % 5, mean: mean(i) }).collect()
    };
    let report = |strength, unit, times| {
        GammaGamma::params().penalty(strength).fit(&spends(unit).repeat(times)).unwrap().report
    };
    obeys_the_laws(|strength, times| report(strength, 1.0, times as usize));
    let (pounds, pence) = (report(3.0, 1.0, 1), report(3.0, 100.0, 1));
    for (i, unit) in [1.0, 1.0, 100.0].into_iter().enumerate() {
        close(values(&pence)[i] / values(&pounds)[i], unit, 1e-5 * unit);
    }
    close(pence.penalty.unwrap().cost, pounds.penalty.unwrap().cost, 1e-7);
}

fn a_change_of_unit_changes_nothing_else<M: Fittable>(times: [usize; 2]) {
    let in_units = |days: f64| {
        let fit = TransactionParams::<M>::default().days_per_unit(days).penalty(20.0).fit(&shop());
        fit.unwrap().report
    };
    let (weeks, days) = (in_units(7.0), in_units(1.0));
    for i in 0..4 {
        let unit = if times.contains(&i) { 7.0 } else { 1.0 };
        close(values(&days)[i] / values(&weeks)[i], unit, 1e-4);
    }
    let purchases: u32 =
        shop().histories.iter().zip(&shop().customers).map(|(h, &n)| h.frequency * n as u32).sum();
    close(weeks.ln_likelihood - days.ln_likelihood, f64::from(purchases) * 7.0_f64.ln(), 1e-4);
    close(weeks.penalty.unwrap().cost, days.penalty.unwrap().cost, 1e-4);
}

#[test]
fn the_time_unit_is_only_a_unit() {
    a_change_of_unit_changes_nothing_else::<BgNbd>([1, 1]);
    a_change_of_unit_changes_nothing_else::<MbgNbd>([1, 1]);
    a_change_of_unit_changes_nothing_else::<ParetoNbd>([1, 3]);
}

#[test]
fn the_pull_of_the_data_and_of_the_penalty_balance() {
    let shop = shop();
    let (data, strength) = (Compressed::new(&shop, 7.0).unwrap(), 15.0);
    let report = fit::<BgNbd>(&shop, strength).report;
    let at: [f64; 4] = std::array::from_fn(|i| values(&report)[i].ln());
    let (ln_likelihood, slope) = WithDropOut(&data).first(&at);
    close(report.ln_likelihood, ln_likelihood, 1e-9 * ln_likelihood.abs());
    // by hand: r, a and b toward 1, α toward the time per purchase
    let toward = [1.0, data.exposure / data.purchases, 1.0, 1.0];
    for i in 0..4 {
        close(slope[i], strength * (at[i] - toward[i].ln()), 1e-3);
    }
}

#[test]
fn a_strength_that_is_none_is_refused() {
    for strength in [-1.0, -f64::MIN_POSITIVE, f64::NAN, f64::INFINITY] {
        let refused = |error: ModelError| {
            assert!(matches!(error, ModelError::BadParameter { name: "penalty", .. }), "{error}");
        };
        refused(BgNbd::params().penalty(strength).fit(&shop()).unwrap_err());
        refused(ParetoNbd::params().penalty(strength).fit(&shop()).unwrap_err());
        refused(BgBb::params().penalty(strength).fit(&[]).unwrap_err());
        refused(GammaGamma::params().penalty(strength).fit(&[]).unwrap_err());
    }
}

#[test]
fn none_is_what_no_penalty_is() {
    let Some(table) = cdnow("cdnow_sample.csv.gz", PurchaseRule::AnyLine) else { return };
    let histories = table.history_histogram(day("1997-09-30")).unwrap();
    let same = |one: &FitReport, other: &FitReport| assert_eq!(one, other);
    same(&fit::<BgNbd>(&histories, 0.0).report, &BgNbd::params().fit(&histories).unwrap().report);
    same(&fit::<MbgNbd>(&histories, -0.0).report, &MbgNbd::params().fit(&histories).unwrap().report);
    // one customer's worth among 2,357 moves α, known to 9 %, by far less than that
    let (free, held) = (fit::<BgNbd>(&histories, 0.0).report, fit::<BgNbd>(&histories, 1.0).report);
    assert!((values(&held)[1] / values(&free)[1] - 1.0).abs() < 0.02);
    assert!(held.degenerate.is_none() && held.ln_likelihood < free.ln_likelihood);
}

#[test]
fn where_nobody_drops_out_a_penalty_gives_finite_estimates_and_says_that_they_are_its_own() {
    let Some(table) = online_retail() else { return };
    let histories = table.history_histogram(day("2011-09-10")).unwrap();
    let (free, held) = (fit::<BgNbd>(&histories, 0.0), fit::<BgNbd>(&histories, 1.0));
    assert_eq!((free.model.a(), free.report.model.as_str()), (0.0, "NBD"));
    assert_eq!(held.report.model, "BG/NBD");
    // as in docs/models/transaction-models.md
    for (value, documented) in values(&held.report).into_iter().zip([0.7139, 9.414, 0.034_2, 7.52]) {
        close(value / documented, 1.0, 1e-3);
    }
    close(held.report.ln_likelihood, -22_612.409, 1e-3);
    close(free.report.ln_likelihood, -22_609.447, 1e-3);
    for parameter in &held.report.parameters {
        assert!(parameter.value > 0.0 && parameter.standard_error.unwrap() < 1.05 * parameter.value);
    }
    assert!(held.report.degenerate.unwrap().starts_with("The penalty, not the data"));
    // buying is told by the data as before
    close(held.model.r() / free.model.r(), 1.0, 0.05);
}
