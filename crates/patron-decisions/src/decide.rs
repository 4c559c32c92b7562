//! Every decision at once.

use patron_columns::{LineSource, RollupSource};
use patron_domain::{Attributes, Day, Money};
use patron_models::{CustomerForecast, DiscountRate, ForecastTotal, NewcomersExpected, TotalOf};
use serde::Serialize;

use crate::recommend::{
    Baskets, CustomerRecommendations, NeighbourSettings, Purchases, Recommender, RuleSettings, Rules, UpSell,
    UpSellSettings, association_rules, up_sells,
};
use crate::offers::{DiscountLimits, Offers, offers};
use crate::retention::{Retention, RetentionOptions, retention};
use crate::segments::{SegmentOptions, Segments, ValueTier, segments};
use crate::{
    BudgetItem, BudgetSplit, CampaignAsk, CampaignPlan, Contactable, DecisionError, MarginRates, Margins,
    Payback, Play, Response, ResponseCurve, Seen, Shop, ValueOf, Worth, payback, plan_campaign, split_budget,
    value_factors,
};

/// Products recommended to a customer, of each kind.
const LIST: usize = 5;
/// The plays that money is spent on, each a campaign of its own.
const CAMPAIGNS: [(Play, &str); 3] = [
    (Play::ThankAndRaise, "thank-and-raise"),
    (Play::SecondPurchase, "second-purchase"),
    (Play::WinBack, "win-back"),
];

/// What decisions are made from.
pub struct DecideInput<'a> {
    /// Rollups of the log.
    pub source: &'a dyn RollupSource,
    /// What is known of customers and products.
    pub attributes: &'a Attributes,
    /// The day of the decision.
    pub as_of: Day,
    /// What is expected of the customers.
    pub forecasts: &'a [CustomerForecast],
    /// What is expected of newcomers.
    pub newcomers: &'a [NewcomersExpected],
    /// Totals with their ranges.
    pub totals: &'a [ForecastTotal],
    /// Who may be written to, by customer code; empty where nobody's consent is known.
    pub consent: &'a [Contactable],
}

/// What the user states. Nothing stands in for what is not stated.
#[derive(Clone, Debug)]
pub struct DecideOptions {
    /// Segments.
    pub segments: SegmentOptions,
    /// Retention.
    pub retention: RetentionOptions,
    /// What no discount may pass.
    pub discounts: DiscountLimits,
    /// Margin rates, beside the unit costs of products.
    pub rates: MarginRates,
    /// The way of contact, as the costs file names it.
    pub channel: String,
    /// What a contact costs, where the costs file does not say.
    pub contact_cost: Option<Money>,
    /// What those written to will do more: an assumption of the user's, or measured.
    pub response: Option<Response>,
    /// Money to split over the campaigns.
    pub budget: Option<Money>,
    /// Share held back from each campaign.
    pub control_share: f64,
    /// Days over which a campaign is measured.
    pub window_days: u32,
    /// Yearly discount of later margins.
    pub discount: DiscountRate,
    /// Seed of every draw.
    pub seed: u64,
}

impl Default for DecideOptions {
    fn default() -> Self {
        Self {
            segments: SegmentOptions::default(),
            retention: RetentionOptions::default(),
            discounts: DiscountLimits::default(),
            rates: MarginRates::default(),
            channel: "e-mail".to_owned(),
            contact_cost: None,
            response: None,
            budget: None,
            control_share: 0.2,
            window_days: 90,
            discount: DiscountRate::default(),
            seed: 0,
        }
    }
}

/// The budget, or why it is not split.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum BudgetAnswer {
    /// The best split.
    Split(Box<BudgetSplit>),
    /// No budget was named.
    NotAsked,
    /// What has to be known first.
    Unknown {
        /// In words, each a sentence.
        needs: Vec<&'static str>,
    },
}

/// Every decision about a shop.
#[derive(Clone, Debug, Serialize)]
pub struct Decisions {
    /// The day of the decision.
    pub as_of: Day,
    /// The customers' codes, in the order that segments and risks have them in.
    pub customers: Vec<u32>,
    /// Whether anybody's consent to be written to is known: if not, campaigns are planned for all and nobody may be
    /// written to yet.
    pub consent_known: bool,
    /// Who belongs together.
    pub segments: Segments,
    /// Who comes back, and who may not.
    pub retention: Retention,
    /// What is earned.
    pub margins: Margins,
    /// What a lower price would do, and for whom one pays.
    pub offers: Offers,
    /// A campaign for each play that money is spent on.
    pub campaigns: Vec<CampaignPlan>,
    /// What new customers may cost.
    pub payback: Vec<Payback>,
    /// Where a budget goes.
    pub budget: BudgetAnswer,
    /// What to put in front of each customer, in order of their codes.
    pub recommendations: Vec<CustomerRecommendations>,
    /// The dearer neighbour of a product.
    pub up_sells: Vec<UpSell>,
    /// What is bought in one order.
    pub order_rules: Rules,
    /// What the same customers buy.
    pub history_rules: Rules,
}

/// Makes every decision; `lines` are those of the same log as the rollups.
///
/// # Errors
/// [`DecisionError::NobodyYet`] where nobody had bought by the as-of date; [`DecisionError::Asked`] for what cannot be
/// asked; as the source fails.
pub fn decide(
    input: &DecideInput<'_>,
    lines: &impl LineSource,
    options: &DecideOptions,
) -> Result<Decisions, DecisionError> {
    let shop = Shop::new(input.source, input.attributes, input.as_of, input.forecasts)?;
    let seen = Seen::read(&shop)?;
    let margins = Margins::new(&shop, &options.rates)?;
    let to_date: Vec<Option<Money>> = (0..shop.customers.len())
        .map(|place| Ok(margins.customer(place)?.so_far.margin))
        .collect::<Result<_, DecisionError>>()?;
    let known = margins.shop.margin.is_some().then_some(to_date.as_slice());
    let segments = segments(&shop, &seen, known, &options.segments)?;
    let retention = retention(&shop, &seen, &segments.rhythms, &options.retention);

    let recommender =
        Recommender::new(Purchases::until(input.source, input.as_of)?, &NeighbourSettings::default());
    let mut recommendations = Vec::new();
    recommender.for_each(LIST, |one| recommendations.push(one));

    let consent_known =
        input.consent.iter().any(|consent| matches!(consent, Contactable::Yes | Contactable::Objected));
    let campaigns = campaigns(&shop, &margins, &segments, &recommendations, input, consent_known, options)?;
    let payback = payback(&shop, &margins, input.newcomers, options.discount)?;
    let budget = budget(&campaigns, options, value_factors_of(input.totals))?;
    let offers = offers(&shop, &margins, &segments.default, lines, &options.discounts)?;
    Ok(Decisions {
        as_of: input.as_of,
        customers: shop.customers.iter().map(|customer| customer.code).collect(),
        consent_known,
        retention,
        offers,
        campaigns,
        payback,
        budget,
        up_sells: up_sells(input.source, input.attributes, &recommender, &UpSellSettings::default())?,
        order_rules: association_rules(&Baskets::orders(lines, input.as_of)?, &RuleSettings::default()),
        history_rules: association_rules(
            &Baskets::histories(recommender.purchases()),
            &RuleSettings::default(),
        ),
        recommendations,
        segments,
        margins,
    })
}

/// Low and high end of what known customers bring in 3 months, as factors.
fn value_factors_of(totals: &[ForecastTotal]) -> Option<[f64; 2]> {
    let known = totals
        .iter()
        .find(|total| total.of == TotalOf::TotalKnown && total.horizon == patron_domain::Horizon::Months(3));
    known.and_then(value_factors)
}

fn campaigns(
    shop: &Shop<'_>,
    margins: &Margins,
    segments: &Segments,
    recommendations: &[CustomerRecommendations],
    input: &DecideInput<'_>,
    consent_known: bool,
    options: &DecideOptions,
) -> Result<Vec<CampaignPlan>, DecisionError> {
    let plays: Vec<Play> = shop
        .customers
        .iter()
        .zip(&segments.default.of)
        .map(|(customer, cell)| {
            let worth = match cell.value {
                ValueTier::High => Worth::High,
                ValueTier::Medium => Worth::Medium,
                ValueTier::Low => Worth::Low,
            };
            let overdue = cell.rhythm == crate::segments::Rhythm::Overdue;
            Play::fitting(worth, overdue, customer.purchase_days())
        })
        .collect();
    let everybody = vec![Contactable::Yes; input.source.catalog().customers.len()];
    let consent = if consent_known { input.consent } else { &everybody };
    let of = |customer: u32| {
        let place = recommendations.binary_search_by_key(&customer, |one| one.customer).ok()?;
        recommendations.get(place)
    };
    let plan = |(play, name): (Play, &str)| {
        let places: Vec<usize> = (0..plays.len()).filter(|&place| plays[place] == play).collect();
        let product = |customer: u32| {
            let of = of(customer)?;
            let (new, again) =
                (of.new.first().map(|one| one.product), of.again.first().map(|one| one.product));
            // whoever is away is reminded of what they bought; the others are shown something new
            if play == Play::WinBack { again.or(new) } else { new.or(again) }
        };
        plan_campaign(
            shop,
            margins,
            &CampaignAsk {
                name,
                play,
                places: &places,
                channel: &options.channel,
                contact_cost: options.contact_cost,
                incentive: None,
                value_of: ValueOf::default(),
                value_factors: value_factors_of(input.totals),
                response: options.response.as_ref(),
                control_share: options.control_share,
                seed: options.seed,
                window_days: options.window_days,
                most: None,
                consent,
                product: &product,
            },
        )
    };
    CAMPAIGNS.into_iter().map(plan).collect()
}

/// Splits the budget over the campaigns, each of one contact.
fn budget(
    campaigns: &[CampaignPlan],
    options: &DecideOptions,
    value_factors: Option<[f64; 2]>,
) -> Result<BudgetAnswer, DecisionError> {
    let Some(budget) = options.budget else { return Ok(BudgetAnswer::NotAsked) };
    let mut needs = Vec::new();
    let mut need = |missing: bool, sentence| {
        if missing {
            needs.push(sentence)
        }
    };
    need(
        options.response.is_none(),
        "State how many more of those written to you expect to buy: --response LOW-HIGH.",
    );
    need(
        campaigns.iter().all(|plan| plan.margin.is_none()),
        "Add unit costs of products (--products FILE) or state --margin.",
    );
    need(
        campaigns.iter().all(|plan| plan.cost.is_none()),
        "State what a contact costs: --contact-cost, or a costs file.",
    );
    let response = options.response.as_ref().filter(|_| needs.is_empty());
    let Some(response) = response else { return Ok(BudgetAnswer::Unknown { needs }) };
    let item = |plan: &CampaignPlan| {
        Some(BudgetItem {
            name: plan.name.clone(),
            customers: plan.treated,
            margin: plan.margin?,
            value_factors,
            baseline: plan.baseline?,
            cost: plan.cost?,
            response: response.clone(),
            curve: ResponseCurve::OneContact,
        })
    };
    let items: Vec<BudgetItem> = campaigns.iter().filter_map(item).collect();
    Ok(BudgetAnswer::Split(Box::new(split_budget(&items, budget)?)))
}
