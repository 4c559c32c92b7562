//! The crate's one error enum.

use patron_columns::RollupError;
use patron_domain::Day;

/// Why a model could not be fitted, or a number not be given.
///
/// Callers show the text as it is: each one names the values that decided.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// A setting outside its range.
    #[error("{name} must be {allowed}, not {value}")]
    BadParameter {
        /// The setting.
        name: &'static str,
        /// What is allowed, in words.
        allowed: &'static str,
        /// As given.
        value: f64,
    },
    /// A history that no customer can have (more repeat purchase days than days, or t_x beyond T).
    #[error(
        "no customer can have {frequency} repeat purchase days in {recency} days at an age of {customer_age} days"
    )]
    ImpossibleHistory {
        /// x as given.
        frequency: u32,
        /// t_x in days as given.
        recency: u32,
        /// T in days as given.
        customer_age: u32,
    },
    /// A history of opportunities that no customer can have (more purchases than opportunities up to the last one).
    #[error(
        "no customer can have taken {purchases} of {opportunities} opportunities, the last of them being number {last}"
    )]
    BadOpportunities {
        /// x as given.
        purchases: u32,
        /// t_x as given.
        last: u32,
        /// n as given.
        opportunities: u32,
    },
    /// Covariates that cannot be used.
    #[error("these covariates cannot be used: {what}")]
    Covariates {
        /// What is wrong, in words.
        what: &'static str,
    },
    /// The data hold too little for this model.
    #[error("{model} needs {needed} {what}, and the data have {found}")]
    NotEnough {
        /// The model.
        model: &'static str,
        /// What is short.
        what: &'static str,
        /// How many it takes.
        needed: u64,
        /// How many there are.
        found: u64,
    },
    /// The search for the maximum of the likelihood did not end at a maximum.
    #[error(
        "{model} did not converge: after {iterations} steps ln L is {ln_likelihood}, and another step could still gain {decrement}"
    )]
    NotConverged {
        /// The model.
        model: &'static str,
        /// Steps taken.
        iterations: u32,
        /// ln L where the search ended.
        ln_likelihood: f64,
        /// What Newton's quadratic expects to gain from there.
        decrement: f64,
    },
    /// A series that did not settle within its limit of terms.
    #[error("the series for {function} did not settle after {terms} terms at argument {argument}")]
    SeriesDiverged {
        /// The function.
        function: &'static str,
        /// Terms summed.
        terms: u64,
        /// The argument that decides the convergence.
        argument: f64,
    },
    /// Nobody has bought anything by the as-of date.
    #[error("nobody has bought anything on or before {as_of}: there is nothing to forecast from")]
    NoPurchases {
        /// The as-of date.
        as_of: Day,
    },
    /// All purchases fall on one day: no rate can be known.
    #[error(
        "all purchases up to {as_of} fall on one day ({day}): how often customers buy cannot be known from it"
    )]
    OnePurchaseDay {
        /// The as-of date.
        as_of: Day,
        /// The only purchase day.
        day: Day,
    },
    /// A candidate's name that does not exist.
    #[error("there is no forecaster '{name}'; choose one of {known}")]
    UnknownForecaster {
        /// As given.
        name: String,
        /// All names.
        known: String,
    },
    /// A candidate that learns from earlier as-of dates, on a log too short for one.
    #[error(
        "'{forecaster}' learns from earlier dates, and {history_days} days up to {as_of} hold none: it takes {needed_days} days"
    )]
    TooShortToLearn {
        /// The candidate.
        forecaster: &'static str,
        /// The as-of date.
        as_of: Day,
        /// Days of history.
        history_days: u32,
        /// Days it takes.
        needed_days: u32,
    },
    /// No horizon has passed that could be compared with.
    #[error(
        "{history_days} days up to {as_of} are too short for a test on the past: it takes {needed_days} days"
    )]
    TooShortToTest {
        /// The as-of date.
        as_of: Day,
        /// Days of history.
        history_days: u32,
        /// Days it takes.
        needed_days: u32,
    },
    /// A stored forecaster of another version.
    #[error(
        "this forecaster was stored by version {found} of the format; this program reads version {expected}"
    )]
    WrongVersion {
        /// As stored.
        found: u32,
        /// As this program writes.
        expected: u32,
    },
    /// A stored forecaster whose model and features do not belong together.
    #[error("this stored forecaster is damaged: its {forecaster} does not take its {features} features")]
    Damaged {
        /// The candidate inside.
        forecaster: &'static str,
        /// Features as stored.
        features: usize,
    },
    /// A stored forecaster with parts that no fit makes.
    #[error(
        "this is no model that Patron has fitted: {what} cannot be; take a file that `patron model save` wrote"
    )]
    Unsound {
        /// What is wrong, in words.
        what: &'static str,
    },
    /// A file that is no model file, or a damaged one.
    #[error("this is no model file, or a damaged one ({0}); take a file that `patron model save` wrote")]
    NotAModelFile(#[from] serde_json::Error),
    /// A file whose content is not what was written.
    #[error(
        "this model file was changed or cut off after it was written: its checksum differs; save it again"
    )]
    ChecksumDiffers,
    /// A file that is too large.
    #[error("a model file has at most {limit} bytes, and this one has more")]
    FileTooLarge {
        /// In bytes.
        limit: u64,
    },
    /// The file could not be read.
    #[error("the model file could not be read")]
    File(#[from] std::io::Error),
    /// A season that has seen days after the as-of date.
    #[error(
        "the season of '{source_name}' was learned from days up to {last}, after the as-of date {as_of}: it would have seen what is to be forecast; take one whose days end by then"
    )]
    SeasonFromLater {
        /// Where it was learned.
        source_name: String,
        /// Last day learned from.
        last: Day,
        /// The as-of date.
        as_of: Day,
    },
    /// A log too short for a season.
    #[error(
        "no season can be told from {first} to {as_of}: it takes 12 whole months in which customers came back"
    )]
    NoSeason {
        /// First purchase.
        first: Day,
        /// The as-of date.
        as_of: Day,
    },
    /// A season file whose days are not in order.
    #[error("the season file ends on {last}, before its first day {first}")]
    SeasonSpan {
        /// As given.
        first: Day,
        /// As given.
        last: Day,
    },
    /// The linear regression failed.
    #[error("the linear regression failed")]
    Linear(#[from] linfa_linear::LinearError<f64>),
    /// The boosted trees could not be trained.
    #[error("the boosted trees could not be trained")]
    Boosting(#[from] patron_boosting::BoostingError),
    /// The source of the sales failed.
    #[error(transparent)]
    Rollup(#[from] RollupError),
}
