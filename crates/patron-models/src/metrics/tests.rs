use patron_domain::Day;
use proptest::prelude::*;

use super::*;
use crate::ForecasterName;

#[test]
fn a_perfect_forecast() {
    let actual = [0.0, 5.0, 1.0, 9.0, 2.0, 0.0, 3.0, 4.0, 8.0, 7.0, 6.0];
    let scores = scores(&actual, &actual).unwrap();
    assert_eq!((scores.mae, scores.r2, scores.bias), (0.0, Some(1.0), Some(1.0)));
    assert!((scores.normalised_gini.unwrap() - 1.0).abs() < 1e-12);
    assert!((scores.spearman.unwrap() - 1.0).abs() < 1e-12);
    assert!((scores.top_tenth_share.unwrap() - 17.0 / 45.0).abs() < 1e-12);
    assert_eq!((scores.decile_mape, scores.r2_without_largest_3), (Some(0.0), Some(1.0)));
}

#[test]
fn scores_by_hand() {
    // y = 1, 3; p = 2, 2: both errors are 1, the variance is 2
    let scores = scores(&[1.0, 3.0], &[2.0, 2.0]).unwrap();
    assert_eq!((scores.mae, scores.rmse, scores.r2), (1.0, 1.0, Some(0.0)));
    assert_eq!((scores.spearman, scores.bias, scores.r2_without_largest_3), (None, Some(1.0), None));
    assert!(super::scores(&[], &[]).is_none());
    let nothing = super::scores(&[0.0, 0.0], &[1.0, 2.0]).unwrap();
    assert_eq!((nothing.bias, nothing.normalised_gini, nothing.r2), (None, None, None));
    assert_eq!((nothing.deviance_skill, nothing.top_tenth_share), (None, None));
    // everybody spends the same: there is nothing to tell apart
    let equal = super::scores(&[2.0; 5], &[1.0, 2.0, 3.0, 4.0, 5.0]).unwrap();
    assert_eq!((equal.r2, equal.deviance_skill, equal.spearman), (None, None, None));
}

#[test]
fn deviance_and_the_rest_by_hand() {
    // d(y, μ) = 4(√y − √μ)² ÷ √μ: 2 + 2 against 8(2√5 − 4) of the constant mean 5
    let skill = scores(&[1.0, 9.0], &[4.0, 4.0]).unwrap().deviance_skill.unwrap();
    assert!((skill - (1.0 - 4.0 / (8.0 * (2.0 * 5.0_f64.sqrt() - 4.0)))).abs() < 1e-12, "{skill}");
    // a forecast of nothing for somebody who buys counts as a thousandth of the mean: bad, but a number
    let skill = scores(&[1.0, 9.0], &[0.0, 9.0]).unwrap().deviance_skill.unwrap();
    assert!(skill < 0.0 && skill.is_finite(), "{skill}");
    // without 10, 20 and 30: y = 1, 3, errors 0 and 2, the variance is 2
    let rest = scores(&[10.0, 20.0, 30.0, 1.0, 3.0], &[0.0, 0.0, 0.0, 1.0, 5.0]).unwrap();
    assert!((rest.r2_without_largest_3.unwrap() + 1.0).abs() < 1e-12);
}

#[test] // scipy 1.17.1 (spearmanr), scikit-learn 1.9.1 (mean_tweedie_deviance) and numpy; the sums by hand
fn scores_as_elsewhere() {
    let actual = [0.0, 12.5, 3.0, 0.0, 40.0, 7.0, 0.0, 1.0, 22.0, 5.0, 0.0, 9.0];
    let predicted = [1.0, 10.0, 2.0, 0.5, 25.0, 9.0, 3.5, 0.7, 12.0, 8.0, 0.2, 4.0];
    let scores = scores(&actual, &predicted).unwrap();
    let check = |name: &str, expected: f64| {
        let place = Scores::NAMES.iter().position(|known| *known == name).unwrap();
        let got = scores.values()[place].unwrap();
        assert!((got - expected).abs() < 1e-12, "{name}: {got} for {expected}");
    };
    // Σ|e| = 44, Σe² = 383.88, Σy = 99.5, Σp = 75.9, Σy² = 2405.25
    check("mae", 44.0 / 12.0);
    check("rmse", (383.88_f64 / 12.0).sqrt());
    check("r2", 1.0 - 383.88 / (2_405.25 - 99.5 * 99.5 / 12.0));
    check("bias", 75.9 / 99.5);
    // the two highest predictions are those of 40 and 22
    check("top_tenth_share", 62.0 / 99.5);
    check("spearman", 0.900_498_437_476_399);
    check("normalised_gini", 0.975_280_898_876_405);
    check("decile_mape", 0.438_018_578_643_578_6);
    check("deviance_skill", 0.700_560_698_130_559_5);
}

#[test]
fn tenths_hold_everybody_once() {
    let values: Vec<f64> = (0..23).map(f64::from).collect();
    let tenths = deciles(&values, &values);
    assert_eq!(tenths.iter().map(|d| d.customers).sum::<u64>(), 23);
    assert!(tenths.windows(2).all(|pair| pair[0].predicted < pair[1].predicted));
    assert_eq!(deciles(&[1.0], &[1.0]).len(), 1);
}

fn customers() -> impl Strategy<Value = Vec<(f64, f64, u8)>> {
    let actual = prop_oneof![Just(0.0), 0.0..500.0_f64];
    prop::collection::vec((actual, 0.0..300.0_f64, 0..5_u8), 4..60)
}

proptest! {
    #[test] // equal predictions stand in a fixed shuffled order, which repetition would change
    fn a_weight_is_a_repetition(rows in customers()) {
        let predicted: Vec<f64> = rows.iter().enumerate().map(|(i, row)| row.1 + i as f64 * 1e-7).collect();
        let actual: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let mut weights: Vec<u8> = rows.iter().map(|row| row.2).collect();
        let truth = Truth::new(&actual);
        // the three largest are those of everybody, drawn or not: let each of them be there once
        truth_largest(&actual).into_iter().for_each(|place| weights[place] = 1);
        let mut repeated = (Vec::new(), Vec::new());
        for (place, &weight) in weights.iter().enumerate() {
            for _ in 0..weight {
                repeated.0.push(actual[place]);
                repeated.1.push(predicted[place]);
            }
        }
        let weighted = Scores::of(Ranked::new(&truth, &predicted).scores(&truth.sample(&weights)));
        let expected = scores(&repeated.0, &repeated.1).unwrap();
        for (score, (got, expected)) in weighted.values().into_iter().zip(expected.values()).enumerate() {
            // its smallest prediction is a share of everybody's mean; the largest may be others
            if Scores::NAMES[score].starts_with("deviance") || Scores::NAMES[score].starts_with("r2_w") {
                continue;
            }
            let near = |got: f64, expected: f64| (got - expected).abs() <= 1e-9 * (1.0 + expected.abs());
            prop_assert!(
                matches!((got, expected), (None, None)) || near(got.unwrap(), expected.unwrap()),
                "{}: {:?} for {:?}", Scores::NAMES[score], got, expected
            );
        }
    }

    #[test]
    fn the_tenths_of_the_scores_are_those_that_are_shown(rows in customers()) {
        let (actual, predicted): (Vec<f64>, Vec<f64>) = rows.iter().map(|row| (row.0, row.1)).unzip();
        let filled: Vec<f64> = deciles(&actual, &predicted)
            .iter()
            .filter(|tenth| tenth.actual > 0.0)
            .map(|tenth| (tenth.predicted - tenth.actual).abs() / tenth.actual)
            .collect();
        let shown = (!filled.is_empty()).then(|| filled.iter().sum::<f64>() / filled.len() as f64);
        let scored = scores(&actual, &predicted).unwrap().decile_mape;
        prop_assert_eq!(shown.is_some(), scored.is_some());
        if let (Some(shown), Some(scored)) = (shown, scored) {
            prop_assert!((shown - scored).abs() <= 1e-9 * (1.0 + shown));
        }
    }
}

fn truth_largest(actual: &[f64]) -> Vec<usize> {
    highest_first(actual).into_iter().take(3).map(|place| place as usize).collect()
}

/// 2,000 customers, and three forecasts of them: the second is the first, the third is noise.
fn tried() -> Tried {
    let draw = |place: u64, of: u64| mixed(place * 3 + of) as f64 / u64::MAX as f64;
    let actual: Vec<f64> = (0..2_000).map(|i| (draw(i, 0) * 4.0 - 2.0).max(0.0) * 50.0).collect();
    let near: Vec<f64> = actual.iter().enumerate().map(|(i, y)| y * 0.5 + 40.0 * draw(i as u64, 1)).collect();
    let noise: Vec<f64> = (0..2_000).map(|i| 50.0 * draw(i, 2)).collect();
    let customers: Vec<usize> = (0..2_000).collect();
    let draws = Draws::new(7, 2_000);
    let origin = Day::from_number(700_000);
    let bootstrap = Bootstrap::new(origin, &actual, &[near.clone(), near, noise], &customers, draws).unwrap();
    let names = vec![ForecasterName::Blend, ForecasterName::Btyd, ForecasterName::NaiveRate];
    Tried { names, bootstrap }
}

#[test]
fn standard_errors_are_those_of_the_mean() {
    let tried = tried();
    assert_eq!(tried.bootstrap.resampled.len(), 200);
    let intervals = tried.bootstrap.intervals(2);
    // MAE is a mean: its standard error is known. 200 draws give it to within 5 %
    let draw = |place: u64, of: u64| mixed(place * 3 + of) as f64 / u64::MAX as f64;
    let errors: Vec<f64> =
        (0..2_000).map(|i| ((draw(i, 0) * 4.0 - 2.0).max(0.0) * 50.0 - 50.0 * draw(i, 2)).abs()).collect();
    let mean = errors.iter().sum::<f64>() / 2_000.0;
    let known = (errors.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / 1_999.0 / 2_000.0).sqrt();
    let got = intervals.standard_error.mae;
    assert!((got / known - 1.0).abs() < 0.2, "{got} for {known}");
    let (low, high) = (intervals.low.mae, intervals.high.mae);
    assert!(low < mean && mean < high);
    // 9 in 10 of a normal distribution lie within 1.645 standard errors
    assert!(((high - low) / known / 3.29 - 1.0).abs() < 0.25, "{low} … {high}");
    for (low, high) in intervals.low.values().into_iter().zip(intervals.high.values()) {
        assert!(low.unwrap() <= high.unwrap());
    }
}

#[test]
fn rivals_are_compared_on_the_same_draws() {
    let all = [tried()];
    let found = comparisons(ForecasterName::Blend, &all);
    assert_eq!(found.len(), 4);
    let of = |rival, score| found.iter().find(|c| c.rival == rival && c.score == score).unwrap();
    // a rival that says the same is no better and no worse on any draw, however uncertain both are
    let twin = of(RivalKind::BestSingle, ComparedScore::R2);
    assert_eq!((twin.mean, twin.standard_error), (0.0, Some(0.0)));
    assert_eq!((twin.steady.rival, twin.origins.len()), (ForecasterName::Btyd, 1));
    let noise = of(RivalKind::BestNaive, ComparedScore::NormalisedGini);
    assert!(noise.mean > 5.0 * noise.standard_error.unwrap(), "{noise:?}");
    assert_eq!(noise.origins[0].rival, ForecasterName::NaiveRate);
    // nobody to compare with
    assert!(comparisons(ForecasterName::Linear, &all).is_empty());
}

#[test]
fn a_customer_is_drawn_alike_at_every_origin() {
    let draws = Draws::new(3, 100_000);
    assert_eq!(draws.resamples, 200);
    assert_eq!(Draws::new(3, 1_000_000).resamples, 40);
    let everybody: Vec<usize> = (0..100_000).collect();
    let weights = draws.weights(5, &everybody);
    let n = weights.len() as f64;
    let mean = weights.iter().map(|&w| f64::from(w)).sum::<f64>() / n;
    let variance = weights.iter().map(|&w| (f64::from(w) - mean).powi(2)).sum::<f64>() / n;
    assert!((mean - 1.0).abs() < 0.015 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    assert_eq!(draws.weights(5, &[40_000, 7]), [weights[40_000], weights[7]]);
    assert!(draws.weights(6, &everybody) != weights);
}
