//! The set-up of a well-known notebook on customer value, three forecasts: `cargo xtask bench quality` calls it.
//!
//! `cargo run --release -p patron-models --example notebook -- FILE` reads one customer a row, tab-separated, without
//! a heading: the sums of orders in four quarters, their means, their counts, what was spent in the two months after.
//! It prints JSON: R² and bias of every forecast on the last fifth of 40 shuffles, those of scikit-learn's
//! `train_test_split(random_state=0 … 39)`. Whatever is chosen is chosen within the other four fifths.

use std::error::Error;

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_linear::LinearRegression;
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Slice, concatenate};
use patron_boosting::{GradientBoosting, GradientBoostingParams, Loss};
use serde_json::json;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const QUARTERS: usize = 4;
const SPLITS: u32 = 40;
const FOLDS: usize = 5;
/// Variance powers that cross-validation chooses between; 0 is plain least squares.
const POWERS: [f64; 4] = [0.0, 1.0, 1.5, 2.0];
const TWEEDIE_POWER: f64 = 1.5;
/// How many average customers a leaf must at least stand for by its second derivative, which grows with the square root
/// of the forecast: leaves of large customers hold fewer of them. LightGBM counts the rows of a leaf in this way.
const LEAF_SIZES: [f64; 3] = [5.0, 10.0, 30.0];
/// Fits with different draws of rows and columns, whose mean is taken.
const DRAWS: u64 = 4;
/// Money that is added to past spend, so that small customers do not weigh without bound.
const ADDED: f64 = 300.0;
/// Smallest guess that trees correct by a factor, in money.
const SMALLEST: f64 = 20.0;
/// Pull of the ensemble's weights toward equal ones, in units of the members' mean square.
const RIDGE: f64 = 1.0;

#[expect(clippy::print_stdout, reason = "an example shows its result")]
fn main() -> Result<()> {
    let path = std::env::args().nth(1).ok_or("usage: notebook FILE")?;
    let (x, y) = read(&path)?;
    let mut told = [("linear", vec![]), ("boosting", vec![]), ("ensemble", vec![])];
    for seed in 0..SPLITS {
        let order = shuffled(x.nrows(), seed);
        let (test, train) = order.split_at(x.nrows().div_ceil(5));
        let rows = |rows: &[usize]| (x.select(Axis(0), rows), y.select(Axis(0), rows));
        let ((x, y), (test_x, test_y)) = (rows(train), rows(test));
        let leaf_size =
            chosen(&LEAF_SIZES, x.view(), y.view(), &|size, x, y, at| boosted(size, 1, x, y, at))?;
        let forecasts = [
            linear(x.view(), y.view(), test_x.view())?,
            boosted(leaf_size, DRAWS, x.view(), y.view(), test_x.view())?,
            ensemble(leaf_size, x.view(), y.view(), test_x.view())?,
        ];
        for ((_, scores), forecast) in told.iter_mut().zip(forecasts) {
            scores.push([r2(test_y.view(), forecast.view()), forecast.sum() / test_y.sum()]);
        }
    }
    let told: serde_json::Map<_, _> =
        told.into_iter().map(|(name, scores)| (name.to_owned(), json!(scores))).collect();
    println!("{}", json!(told));
    Ok(())
}

/// Linear regression on all twelve features.
fn linear(x: ArrayView2<'_, f64>, y: ArrayView1<'_, f64>, at: ArrayView2<'_, f64>) -> Result<Array1<f64>> {
    let fitted = LinearRegression::new().fit(&Dataset::new(x.to_owned(), y.to_owned()))?;
    Ok(at.dot(fitted.params()) + fitted.intercept())
}

/// Trees with Tweedie loss, the mean of `draws` fits.
fn boosted(
    leaf_size: f64,
    draws: u64,
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    at: ArrayView2<'_, f64>,
) -> Result<Array1<f64>> {
    let root = y.mean().ok_or("there are no customers")?.sqrt();
    let mut sum = Array1::zeros(at.nrows());
    for draw in 0..draws {
        let params = trees(200, 15).min_samples_leaf(2).min_hessian(leaf_size * root).seed(draw);
        sum += &params.fit(&Dataset::new(x.to_owned(), y.to_owned()))?.try_predict(at)?;
    }
    Ok(sum / draws as f64)
}

/// A linear model in the four sums, weighted as if the variance were a power of past spend.
fn in_sums(x: ArrayView2<'_, f64>, y: ArrayView1<'_, f64>, at: ArrayView2<'_, f64>) -> Result<Array1<f64>> {
    with_power(chosen(&POWERS, x, y, &with_power)?, x, y, at)
}

/// A model with a setting: the setting, training rows with their targets, and rows to forecast.
type Setting =
    dyn Fn(f64, ArrayView2<'_, f64>, ArrayView1<'_, f64>, ArrayView2<'_, f64>) -> Result<Array1<f64>>;

/// The setting with the smallest squared error in cross-validation.
fn chosen(settings: &[f64], x: ArrayView2<'_, f64>, y: ArrayView1<'_, f64>, model: &Setting) -> Result<f64> {
    let mut best = (f64::INFINITY, settings[0]);
    for &setting in settings {
        let guessed = held_out(x, y, &|x, y, at| model(setting, x, y, at))?;
        let error = (&guessed - &y).mapv(|error| error * error).sum();
        if error < best.0 {
            best = (error, setting);
        }
    }
    Ok(best.1)
}

fn with_power(
    power: f64,
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    at: ArrayView2<'_, f64>,
) -> Result<Array1<f64>> {
    let design = |x: ArrayView2<'_, f64>| {
        Array2::from_shape_fn((x.nrows(), QUARTERS + 1), |(row, column)| match column {
            QUARTERS => ADDED,
            quarter => x[[row, quarter]],
        })
    };
    let rows = design(x);
    let roots = rows.sum_axis(Axis(1)).mapv(|spent| spent.powf(-power / 2.0));
    let weighted = Dataset::new(&rows * &roots.view().insert_axis(Axis(1)), &y * &roots);
    let fitted = LinearRegression::new().with_intercept(false).fit(&weighted)?;
    Ok(design(at).dot(fitted.params()).mapv(|value| value.max(0.0)))
}

/// Trees that correct the guess of [`in_sums`] by a factor.
fn relative(x: ArrayView2<'_, f64>, y: ArrayView1<'_, f64>, at: ArrayView2<'_, f64>) -> Result<Array1<f64>> {
    let guess = |at: ArrayView2<'_, f64>| -> Result<Array1<f64>> {
        Ok(in_sums(x.view(), y, at.view())?.mapv(|guess| guess.max(SMALLEST)))
    };
    let anchors = guess(x.view())?;
    let weights = anchors.mapv(|anchor| anchor.powf(2.0 - TWEEDIE_POWER));
    let mean = weights.mean().ok_or("there are no customers")?;
    let rows = Dataset::new(x.to_owned(), &y / &anchors).with_weights(weights.mapv(|w| (w / mean) as f32));
    Ok(trees(100, 6).fit(&rows)?.try_predict(at.view())? * guess(at.view())?)
}

/// Linear in sums, boosted and relative; their weights by least squares on held-out rows, pulled toward equal ones.
fn ensemble(
    leaf_size: f64,
    x: ArrayView2<'_, f64>,
    y: ArrayView1<'_, f64>,
    at: ArrayView2<'_, f64>,
) -> Result<Array1<f64>> {
    let trees: Model<'_> = &|x, y, at| boosted(leaf_size, 1, x, y, at);
    let members: [Model<'_>; 3] = [&in_sums, trees, &relative];
    let mut guessed = Array2::zeros((x.nrows(), members.len()));
    for (mut column, member) in guessed.columns_mut().into_iter().zip(members) {
        column.assign(&held_out(x, y, member)?);
    }
    // the ridge as further rows: √λ·wᵢ = √λ ÷ members
    let equal = 1.0 / members.len() as f64;
    let pull = (RIDGE * equal * guessed.mapv(|guess| guess * guess).sum()).sqrt();
    let guessed = concatenate(Axis(0), &[guessed.view(), (Array2::eye(members.len()) * pull).view()])?;
    let evened = Array1::from_elem(members.len(), pull * equal);
    let wanted = concatenate(Axis(0), &[y.view(), evened.view()])?;
    let fitted = LinearRegression::new().with_intercept(false).fit(&Dataset::new(guessed, wanted))?;
    let mut sum = Array1::zeros(at.nrows());
    for (member, weight) in members.into_iter().zip(fitted.params()) {
        sum.scaled_add(*weight, &member(x, y, at)?);
    }
    Ok(sum)
}

type Model<'a> =
    &'a dyn Fn(ArrayView2<'_, f64>, ArrayView1<'_, f64>, ArrayView2<'_, f64>) -> Result<Array1<f64>>;

/// What a model says of each fold's rows that has learned from the other folds alone.
fn held_out(x: ArrayView2<'_, f64>, y: ArrayView1<'_, f64>, model: Model<'_>) -> Result<Array1<f64>> {
    let mut guessed = Array1::zeros(y.len());
    for fold in 0..FOLDS {
        let (out, kept): (Vec<usize>, Vec<usize>) = (0..y.len()).partition(|row| row % FOLDS == fold);
        let x_kept = x.select(Axis(0), &kept);
        let values = model(x_kept.view(), y.select(Axis(0), &kept).view(), x.select(Axis(0), &out).view())?;
        for (row, value) in out.into_iter().zip(values) {
            guessed[row] = value;
        }
    }
    Ok(guessed)
}

/// The settings of the LightGBM peer, but for number and size.
fn trees(count: usize, leaves: usize) -> GradientBoostingParams {
    GradientBoosting::params()
        .loss(Loss::Tweedie { power: TWEEDIE_POWER })
        .trees(count)
        .learning_rate(0.03)
        .max_leaves(leaves)
        .min_samples_leaf(30)
        .row_fraction(0.8)
        .column_fraction(0.8)
        .l2(1.0)
}

fn r2(actual: ArrayView1<'_, f64>, forecast: ArrayView1<'_, f64>) -> f64 {
    let mean = actual.sum() / actual.len() as f64;
    let squares = |of: Array1<f64>| of.mapv(|value| value * value).sum();
    1.0 - squares(&actual - &forecast) / squares(actual.mapv(|value| value - mean))
}

fn read(path: &str) -> Result<(Array2<f64>, Array1<f64>)> {
    let text = std::fs::read_to_string(path)?;
    let mut values = Vec::new();
    for cell in text.split_whitespace() {
        values.push(cell.parse::<f64>()?);
    }
    let columns = 3 * QUARTERS + 1;
    let table = Array2::from_shape_vec((values.len() / columns, columns), values)?;
    let target = table.column(3 * QUARTERS).to_owned();
    Ok((table.slice_axis(Axis(1), Slice::from(..3 * QUARTERS)).to_owned(), target))
}

/// 0 … `count` − 1 in the order of NumPy's `RandomState(seed).permutation(count)`: a Mersenne twister (Matsumoto &
/// Nishimura 1998), and for each place from the last one a draw among the lower ones, thrown again when too high.
fn shuffled(count: usize, seed: u32) -> Vec<usize> {
    const WORDS: usize = 624;
    const APART: usize = 397;
    let mut state = [seed; WORDS];
    for place in 1..WORDS {
        let before = state[place - 1];
        state[place] = (before ^ (before >> 30)).wrapping_mul(1_812_433_253).wrapping_add(place as u32);
    }
    let mut next = WORDS;
    let mut draw = || {
        if next == WORDS {
            for place in 0..WORDS {
                let joined = (state[place] & 1 << 31) | (state[(place + 1) % WORDS] & !(1 << 31));
                let twist = if joined & 1 == 1 { 0x9908_b0df } else { 0 };
                state[place] = state[(place + APART) % WORDS] ^ (joined >> 1) ^ twist;
            }
            next = 0;
        }
        let mut word = state[next];
        next += 1;
        word ^= word >> 11;
        word ^= (word << 7) & 0x9d2c_5680;
        word ^= (word << 15) & 0xefc6_0000;
        word ^ (word >> 18)
    };
    let mut order: Vec<usize> = (0..count).collect();
    for place in (1..count).rev() {
        let mask = (place + 1).next_power_of_two() - 1;
        let other = loop {
            let drawn = draw() as usize & mask;
            if drawn <= place {
                break drawn;
            }
        };
        order.swap(place, other);
    }
    order
}
