//! The search for the maximum, with and without drop-out.

use crate::ModelError;
use crate::bg_nbd::compressed::{Compressed, WithoutDropOut};
use crate::fit_report::{FitReport, Parameter, PenaltyUsed};
use crate::optimise::{Bounds, LogLikelihood, Optimum, Penalty, explore, maximise};

/// Repeat customers it takes to say anything about rates.
const FEWEST_REPEATERS: u64 = 2;
/// ln L that drop-out's two parameters must gain before drop-out counts as seen: Akaike's criterion.
const SMALLEST_GAIN: f64 = 2.0;
/// Newton steps after which the gain of drop-out is looked at.
const STEPS_BEFORE_A_LOOK: u32 = 15;
/// Distinct histories among which the start is chosen.
pub(crate) const SUBSAMPLE: usize = 5_000;

/// A likelihood of four log-parameters, two of the buying and two of the drop-out, and what is said of it.
pub(crate) struct Problem<'a> {
    pub(crate) model: &'static str,
    /// The model without drop-out.
    pub(crate) limit: &'static str,
    /// The third of them is 0 where nobody drops out.
    pub(crate) names: [&'static str; 4],
    pub(crate) all: &'a dyn LogLikelihood<4>,
    pub(crate) thinned: &'a dyn LogLikelihood<4>,
    pub(crate) without: &'a dyn LogLikelihood<2>,
    /// The same over the histories among which its start is chosen.
    pub(crate) without_thinned: &'a dyn LogLikelihood<2>,
    pub(crate) customers: f64,
    pub(crate) starts: Vec<[f64; 4]>,
    pub(crate) bounds: Bounds<4>,
    /// What holds the estimates, if anything does.
    pub(crate) penalty: Option<Penalty<4>>,
    /// What it means when nobody drops out, when moreover all buy alike, when all buy alike, and when all drop out alike.
    pub(crate) words: Words,
}

/// What parameters at their bounds mean.
pub(crate) struct Words {
    pub(crate) no_drop_out: &'static str,
    pub(crate) no_drop_out_same_buying: &'static str,
    pub(crate) same_buying: &'static str,
    pub(crate) same_drop_out: &'static str,
}

/// The drop-out of a model with the gamma distributed purchase rates of the NBD.
pub(crate) struct DropOut<'a> {
    pub(crate) model: &'static str,
    pub(crate) names: [&'static str; 2],
    pub(crate) all: &'a dyn LogLikelihood<4>,
    pub(crate) thinned: &'a dyn LogLikelihood<4>,
    /// The NBD over the histories among which its start is chosen.
    pub(crate) without_thinned: &'a dyn LogLikelihood<2>,
    /// r, α ÷ time per purchase, and the drop-out's parameters.
    pub(crate) starts: &'a [[f64; 4]],
    pub(crate) lower: [f64; 2],
    pub(crate) upper: [f64; 2],
    /// The drop-out's parameters toward which a penalty pulls.
    pub(crate) toward: [f64; 2],
    /// The strength of the penalty; 0 for none.
    pub(crate) penalty: f64,
    pub(crate) no_drop_out: &'static str,
    pub(crate) same_drop_out: &'static str,
}

/// The estimates (r, α and the drop-out's two; (r, α, 0, 1) where nobody drops out) and how the fit went.
pub(crate) fn search_rates(
    drop_out: &DropOut<'_>,
    data: &Compressed,
    max_iterations: u32,
) -> Result<([f64; 4], FitReport), ModelError> {
    let &DropOut { model, all, thinned, without_thinned, no_drop_out, same_drop_out, .. } = drop_out;
    require_repeaters(model, data.repeaters)?;
    let unit = (data.exposure / data.customers).ln();
    let ([low_3, low_4], [high_3, high_4]) = (drop_out.lower.map(f64::ln), drop_out.upper.map(f64::ln));
    let lower = [1e-5_f64.ln(), 1e-6_f64.ln() + unit, low_3, low_4];
    let upper = [1e4_f64.ln(), 1e6_f64.ln() + unit, high_3, high_4];
    // time per purchase fixes α ÷ r, whatever r is
    let per_purchase = data.exposure / data.purchases;
    let [third, fourth] = drop_out.toward;
    let toward = [1.0, per_purchase, third, fourth].map(f64::ln);
    let starts = drop_out.starts.iter().map(|&[r, part, c, d]| [r, part * per_purchase, c, d].map(f64::ln));
    let [c, d] = drop_out.names;
    let problem = Problem {
        model,
        limit: "NBD",
        names: ["r", "alpha", c, d],
        all,
        thinned,
        without: &WithoutDropOut(data),
        without_thinned,
        customers: data.customers,
        starts: starts.collect(),
        bounds: Bounds { lower, upper },
        penalty: Penalty::of(drop_out.penalty, toward),
        words: Words {
            no_drop_out,
            no_drop_out_same_buying: NO_DROP_OUT_SAME_RATE,
            same_buying: SAME_RATE,
            same_drop_out,
        },
    };
    search(&problem, max_iterations)
}

/// A log without customers who came back says nothing about how often they do.
pub(crate) fn require_repeaters(model: &'static str, found: u64) -> Result<(), ModelError> {
    let (what, needed) = ("customers with a second purchase day", FEWEST_REPEATERS);
    if found < needed { Err(ModelError::NotEnough { model, what, needed, found }) } else { Ok(()) }
}

/// The estimates, of which the third is 0 and the fourth 1 where nobody drops out, and how the fit went. Under a penalty,
/// which pulls away from that limit, drop-out is always kept.
pub(crate) fn search(
    problem: &Problem<'_>,
    max_iterations: u32,
) -> Result<([f64; 4], FitReport), ModelError> {
    let bounds = &problem.bounds;
    let ([low_1, low_2, low_3, _], [high_1, high_2, ..]) = (bounds.lower, bounds.upper);
    let without = Bounds { lower: [low_1, low_2], upper: [high_1, high_2] };
    let buying: Vec<[f64; 2]> = problem.starts.iter().map(|&[r, alpha, ..]| [r, alpha]).collect();
    let best = explore(problem.without_thinned, &without, &buying[..buying.len().min(2)], 40);
    let limit = maximise(problem.without, &without, &best, max_iterations);

    if let Some(penalty) = &problem.penalty {
        return penalised(problem, penalty, &limit, max_iterations);
    }

    let best = explore(problem.thinned, bounds, &problem.starts, 60);
    // without drop-out the surface is a flat valley: a few steps show that it leads nowhere
    let mut full = maximise(problem.all, bounds, &best, max_iterations.min(STEPS_BEFORE_A_LOOK));
    if !full.converged && full.ln_likelihood - limit.ln_likelihood >= SMALLEST_GAIN {
        full = maximise(problem.all, bounds, &full.at, max_iterations);
    }
    let gain = full.ln_likelihood - limit.ln_likelihood;
    tracing::debug!(problem.model, gain, full.iterations, full.decrement, limit.iterations, "searched");
    if limit.converged && (gain < SMALLEST_GAIN || full.at[2] <= low_3) {
        return Ok(without_drop_out(problem, &without, &limit, full.iterations));
    }
    with_drop_out(problem, &full, limit.iterations)
}

fn penalised(
    problem: &Problem<'_>,
    penalty: &Penalty<4>,
    limit: &Optimum<2>,
    max_iterations: u32,
) -> Result<([f64; 4], FitReport), ModelError> {
    let Problem { all, thinned, bounds, starts, .. } = problem;
    let full = penalty.maximise(*all, *thinned, bounds, starts, max_iterations);
    let gain = full.ln_likelihood - limit.ln_likelihood;
    tracing::debug!(problem.model, penalty.strength, gain, full.iterations, full.decrement, "searched");
    let (estimates, mut report) = with_drop_out(problem, &full, limit.iterations)?;
    if limit.converged && gain < SMALLEST_GAIN {
        report.degenerate = Some(DROP_OUT_BY_PENALTY.to_owned());
    }
    report.penalty = Some(PenaltyUsed::at(&full.at, penalty));
    Ok((estimates, report))
}

fn with_drop_out(
    problem: &Problem<'_>,
    full: &Optimum<4>,
    more_iterations: u32,
) -> Result<([f64; 4], FitReport), ModelError> {
    let &Optimum { ln_likelihood, iterations, decrement, converged, .. } = full;
    let (model, words) = (problem.model, &problem.words);
    if !converged {
        return Err(ModelError::NotConverged { model, iterations, ln_likelihood, decrement });
    }
    let parameters = Parameter::all(problem.names, full);
    let at_top = |i: usize| full.at[i] >= problem.bounds.upper[i];
    let unknown = |i: usize| at_top(i) || full.standard_errors[i].is_none();
    let degenerate = if at_top(0) || at_top(1) {
        Some(words.same_buying)
    } else if unknown(2) || unknown(3) {
        Some(words.same_drop_out)
    } else {
        None
    };
    let report = FitReport::new(model, parameters, full, problem.customers, more_iterations, degenerate);
    Ok((full.at.map(f64::exp), report))
}

fn without_drop_out(
    problem: &Problem<'_>,
    bounds: &Bounds<2>,
    limit: &Optimum<2>,
    more_iterations: u32,
) -> ([f64; 4], FitReport) {
    let [first, second, third, _] = problem.names;
    let mut parameters = Parameter::all([first, second], limit);
    parameters.push(Parameter { name: third.to_owned(), value: 0.0, standard_error: None });
    let alike = limit.at[0] >= bounds.upper[0] || limit.standard_errors[0].is_none();
    let words = &problem.words;
    let words = if alike { words.no_drop_out_same_buying } else { words.no_drop_out };
    let customers = problem.customers;
    let report = FitReport::new(problem.limit, parameters, limit, customers, more_iterations, Some(words));
    let [r, alpha] = limit.at.map(f64::exp);
    ([r, alpha, 0.0, 1.0], report)
}

/// What it means that nobody drops out of a model with the NBD's rates.
pub(crate) const NO_DROP_OUT: &str = "These data show no drop-out: customers pause, but nothing tells a long pause \
    from leaving. The model is the limit in which nobody drops out and P(alive) is 1 for everybody; expected purchases \
    still fall with a long silence, because it points to a low rate.";
const DROP_OUT_BY_PENALTY: &str = "The penalty, not the data, says how customers drop out: the model in which nobody \
    does explains these data as well as the estimates do. P(alive) is below 1 because the penalty pulls toward drop-out.";
const NO_DROP_OUT_SAME_RATE: &str = "These data show neither drop-out nor a difference between customers' purchase \
    rates: the model is one rate for everybody, and P(alive) is 1.";
const SAME_RATE: &str = "These data show no difference between customers' purchase rates: r and α run to their bounds \
    with r ÷ α as the one rate, and have no standard errors.";
