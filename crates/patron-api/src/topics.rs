//! Which tables answer which question.

/// One question, and the tables that answer it.
#[derive(Debug)]
pub(crate) struct Topic {
    /// As in the path: `repeat-customers`.
    pub(crate) name: &'static str,
    /// What is asked.
    pub(crate) question: &'static str,
    /// The tables' names, the main one first; each is a file `<name>.csv` of the pipeline.
    pub(crate) tables: &'static [&'static str],
    /// Whether a forecast is in it.
    pub(crate) forecast: bool,
}

/// Every question, in the order of the document.
pub(crate) const TOPICS: [Topic; 10] = [
    Topic {
        name: "repeat-customers",
        question: "Who comes back, and what do they spend?",
        tables: &["repeat_customers", "repeat_spend", "repeat_product_spend"],
        forecast: false,
    },
    Topic {
        name: "products",
        question: "Which products sell, and which are bought again?",
        tables: &[
            "products",
            "product_ranking",
            "repeat_items",
            "pairs",
            "popular_products",
            "trending_products",
        ],
        forecast: false,
    },
    Topic {
        name: "trends",
        question: "What rises, what declines, and what is only chance?",
        tables: &["total_trends", "product_trends"],
        forecast: false,
    },
    Topic {
        name: "months",
        question: "How did the shop do month by month?",
        tables: &["monthly", "monthly_details", "product_months"],
        forecast: false,
    },
    Topic {
        name: "countries",
        question: "What do customers of each country buy?",
        tables: &["countries", "country_products"],
        forecast: false,
    },
    Topic {
        name: "cohorts",
        question: "How many newcomers of each month come back, and how soon?",
        tables: &["cohorts", "cohort_months", "second_order", "second_order_curve", "first_products"],
        forecast: false,
    },
    Topic {
        name: "customers",
        question: "What did each customer do so far, and how is revenue spread over them?",
        tables: &["customers", "orders_per_customer", "days_between", "concentration", "concentration_curve"],
        forecast: false,
    },
    Topic {
        name: "customer-groups",
        question: "How do countries, cities, genders, ages and channels differ? Groups of fewer than five are merged.",
        tables: &["customer_groups", "acquisition_costs"],
        forecast: true,
    },
    Topic {
        name: "product-groups",
        question: "What do categories and producer countries bring, and at which margin?",
        tables: &["product_groups", "product_margins", "price_elasticities"],
        forecast: false,
    },
    Topic {
        name: "data-overview",
        question: "What was imported, what was set aside, and how does it add up to the revenue of the answers?",
        tables: &["overview", "cleaning", "rules", "columns", "customer_counts"],
        forecast: false,
    },
];

/// The topic of a name.
pub(crate) fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}

/// The name of the table a file holds: `monthly` for `monthly.csv`.
pub(crate) fn table_name(file: &'static str) -> &'static str {
    file.strip_suffix(".csv").unwrap_or(file)
}
