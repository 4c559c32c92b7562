//! The twenty queries. docs/queries.md is written from this list.

use super::ReadyNeed::{Default, Optional, Required};
use super::{ReadyColumn, ReadyKind, ReadyNeed, ReadyParameter, ReadyParameterKind as Kind, ReadyQuery};

const fn ask(kind: Kind, need: ReadyNeed) -> ReadyParameter {
    ReadyParameter { kind, need }
}

const fn column(
    kind: ReadyKind,
    key: &'static str,
    unit: &'static str,
    meaning: &'static str,
) -> ReadyColumn {
    ReadyColumn { key, kind, unit, meaning }
}

const fn text(key: &'static str, meaning: &'static str) -> ReadyColumn {
    column(ReadyKind::Text, key, "", meaning)
}

const fn count(key: &'static str, unit: &'static str, meaning: &'static str) -> ReadyColumn {
    column(ReadyKind::Integer, key, unit, meaning)
}

const fn money(key: &'static str, meaning: &'static str) -> ReadyColumn {
    column(ReadyKind::Money, key, "", meaning)
}

const fn day(key: &'static str, meaning: &'static str) -> ReadyColumn {
    column(ReadyKind::Day, key, "", meaning)
}

const CUSTOMER: ReadyColumn = text("customer", "The customer's id, as the shop writes it.");
const SKU: ReadyColumn = text("sku", "Stock code.");
const DESCRIPTION: ReadyColumn = text("description", "What the product is called.");
const CATEGORY: ReadyColumn = text("category", "Category; empty where unknown.");
const UNITS: ReadyColumn = count("units", "units", "Units sold less units returned.");
const ORDERS: ReadyColumn = count("orders", "orders", "Orders that count there.");
const REVENUE: ReadyColumn = money("revenue", "Net value of sale and return lines.");
const PRICE: ReadyColumn = money("price", "List price, else the average price paid for a unit.");
const PRICE_FROM: ReadyColumn =
    text("price_from", "`list` for a list price, `paid` for the average price paid.");
const METHOD: ReadyColumn = text("payment_method", "Payment method; `unknown` where the shop has no word.");
const PRODUCER: ReadyColumn =
    text("producer_country", "Country of the producer; `unknown` where the shop does not know it.");

const BY_REVENUE: &str = "by revenue, highest first; ties by the order in which they came into the database";
const PRICES: &str = "The price is the list price of a products file; where there is none, the average price paid: the \
    amount of the sale lines ÷ their units, rounded to a ten-thousandth. A product with neither is left out, and so is \
    postage and the like.";
const METHODS: &str = "Words that differ only in case and outer blanks are one method. Sales logs with a payment column \
    tell it; in others it is `unknown` throughout.";
const PRODUCERS: &str = "Only a products file tells producer countries; without one all is `unknown`. Postage and the \
    like are no products.";

pub(super) static ALL: [ReadyQuery; 20] = [
    ReadyQuery {
        number: 1,
        name: "customers-in-month",
        meaning: "Which customers bought in a month, and for how much.",
        notes: "Bought: an order of theirs counts in that month. Who only returned something is left out; returns of \
            those who bought are taken off.",
        parameters: &[ask(Kind::Month, Required)],
        columns: &[CUSTOMER, ORDERS, UNITS, REVENUE],
        order: BY_REVENUE,
        view: "query_customers_in_month",
        sql: include_str!("../../sql/ready/customers_in_month.sql"),
    },
    ReadyQuery {
        number: 2,
        name: "customers-by-sex-and-country",
        meaning: "How many customers there are by sex and country.",
        notes: "All customers the database holds, with an order or without. The country is that of the shop's own \
            customer list, else of the customer's first line. Sex is in the shop's own words; words that differ only \
            in case and outer blanks are one. A group of fewer than five customers has no row of its own: such groups \
            are one row, `small groups`; if they come to fewer than five together, the smallest other group joins \
            them.",
        parameters: &[],
        columns: &[
            text("gender", "The shop's word; `unknown` where it has none."),
            text("country", "Country; `unknown` where it is not known."),
            count("groups", "groups", "How many groups the row holds: 1, or more for the small groups."),
            count("customers", "customers", "Customers."),
            count("buyers", "customers", "Those of them with an order."),
        ],
        order: "by customers, most first; the small groups last",
        view: "query_customers_by_sex_and_country",
        sql: include_str!("../../sql/ready/customers_by_sex_and_country.sql"),
    },
    ReadyQuery {
        number: 3,
        name: "products-above-price",
        meaning: "Which products cost more than a price.",
        notes: PRICES,
        parameters: &[ask(Kind::Price, Required)],
        columns: &[SKU, DESCRIPTION, CATEGORY, PRICE, PRICE_FROM],
        order: "by price, highest first; ties by the order in which they came into the database",
        view: "query_products_by_price",
        sql: include_str!("../../sql/ready/products_above_price.sql"),
    },
    ReadyQuery {
        number: 4,
        name: "transactions-by-payment-method",
        meaning: "The orders with their payment method, all of them or those paid one way.",
        notes: METHODS,
        parameters: &[ask(Kind::Method, Optional)],
        columns: &[
            METHOD,
            text("invoice", "Number of the order."),
            day("day", "Day of its first sale line."),
            text("customer", "The customer's id; empty where unknown."),
            text("country", "Country of its first sale line; empty where unknown."),
            UNITS,
            REVENUE,
        ],
        order: "by payment method, the unknown last, then by day, then in the order of import",
        view: "query_transactions_by_payment_method",
        sql: include_str!("../../sql/ready/transactions_by_payment_method.sql"),
    },
    ReadyQuery {
        number: 5,
        name: "transactions-per-month",
        meaning: "How many orders there were in each month of a year, and the revenue.",
        notes: "Returns are taken off in the month in which they happened. A month without a sale or return line has \
            no row.",
        parameters: &[ask(Kind::Year, Required)],
        columns: &[column(ReadyKind::Month, "month", "", "Calendar month."), ORDERS, UNITS, REVENUE],
        order: "by month",
        view: "query_transactions_per_month",
        sql: include_str!("../../sql/ready/transactions_per_month.sql"),
    },
    ReadyQuery {
        number: 6,
        name: "product-sales-of-year",
        meaning: "What each product sold in a year.",
        notes: "Products with a sale or return line in that year; a year in which more came back than was sold has \
            negative units. Lines without a stock code belong to no product and are left out.",
        parameters: &[ask(Kind::Year, Required)],
        columns: &[
            SKU,
            DESCRIPTION,
            CATEGORY,
            count("orders", "orders", "Distinct orders with a sale line of the product in that year."),
            UNITS,
            REVENUE,
        ],
        order: BY_REVENUE,
        view: "query_product_sales_of_year",
        sql: include_str!("../../sql/ready/product_sales_of_year.sql"),
    },
    ReadyQuery {
        number: 7,
        name: "sales-of-customer",
        meaning: "Everything one customer bought and returned, line by line.",
        notes: "The amounts add up to the customer's revenue.",
        parameters: &[ask(Kind::Customer, Required)],
        columns: &[
            day("day", "Day of the line."),
            text("invoice", "Number of the order or of the cancellation."),
            SKU,
            DESCRIPTION,
            text("kind", "`sale` or `return`."),
            count("units", "units", "Units; negative for a return."),
            money("unit_price", "Price of a unit."),
            money("amount", "Exact net value of the line."),
        ],
        order: "by time, then in the order of import",
        view: "query_sales_of_customer",
        sql: include_str!("../../sql/ready/sales_of_customer.sql"),
    },
    ReadyQuery {
        number: 8,
        name: "products-sold-above",
        meaning: "Of which products more than n units were sold in a year.",
        notes: "Units returned in that year are taken off first.",
        parameters: &[ask(Kind::Year, Required), ask(Kind::Count, Required)],
        columns: &[SKU, DESCRIPTION, CATEGORY, UNITS, REVENUE],
        order: "by units, most first; ties by the order in which they came into the database",
        view: "query_product_sales_of_year",
        sql: include_str!("../../sql/ready/products_sold_above.sql"),
    },
    ReadyQuery {
        number: 9,
        name: "products-per-producer-country",
        meaning: "How many products come from each producer country.",
        notes: PRODUCERS,
        parameters: &[],
        columns: &[
            PRODUCER,
            count("products", "products", "Products."),
            count("sold_products", "products", "Those of them with a sale line."),
        ],
        order: "by products, most first; ties by the order in which the countries came into the database; the \
            unknown last",
        view: "query_products_per_producer_country",
        sql: include_str!("../../sql/ready/products_per_producer_country.sql"),
    },
    ReadyQuery {
        number: 10,
        name: "transactions-per-payment-method",
        meaning: "How many orders were paid each way, and the revenue.",
        notes: "Words that differ only in case and outer blanks are one method. A credit note without a sale line is no \
            order, but its returns are in the revenue of its own payment method: revenue adds up to that of the shop.",
        parameters: &[],
        columns: &[METHOD, ORDERS, REVENUE],
        order: "by orders, most first; the unknown last",
        view: "query_transactions_per_payment_method",
        sql: include_str!("../../sql/ready/transactions_per_payment_method.sql"),
    },
    ReadyQuery {
        number: 11,
        name: "revenue-per-category",
        meaning: "Revenue by category of the product.",
        notes: "Only a products file or a shop's own export tells categories. Words that differ only in case and outer \
            blanks are one category. Lines without a stock code are in `unknown`: revenue adds up to that of the shop.",
        parameters: &[],
        columns: &[
            text("category", "Category; `unknown` where there is none."),
            count("products", "products", "Products of it with a sale or return line."),
            UNITS,
            REVENUE,
        ],
        order: "by revenue, highest first; the unknown last",
        view: "query_revenue_per_category",
        sql: include_str!("../../sql/ready/revenue_per_category.sql"),
    },
    ReadyQuery {
        number: 12,
        name: "average-price-by-sex",
        meaning: "What women, men and others paid for a unit on average.",
        notes: "Average price: amount of the sale lines ÷ their units, rounded to a ten-thousandth; returns and lines \
            without a customer are left out. Women: `f`, `w`, `female`, `woman`, `women`, `lady`, `mrs`, `ms`, \
            `miss`, `frau`, `weiblich`, `femme`, `feminin`, `féminin`, `madame`, `mujer`, `femenino`, `donna`, \
            `femmina`, `vrouw`. Men: `m`, `male`, `man`, `men`, `gentleman`, `mr`, `herr`, `mann`, `männlich`, \
            `maennlich`, `homme`, `masculin`, `monsieur`, `hombre`, `masculino`, `uomo`, `maschio`. Any other word: \
            others; no word, or `unknown`: unknown. Case and outer blanks do not matter. A group of fewer than five \
            customers has no row of its own: such groups are one row, `small groups`; if they come to fewer than five \
            together, the smallest other group joins them.",
        parameters: &[],
        columns: &[
            text("sex", "`women`, `men`, `others`, `unknown` or `small groups`."),
            count("customers", "customers", "Customers with a sale line."),
            count("units", "units", "Units of their sale lines."),
            money("paid", "Amount of their sale lines."),
            money("average_price", "Paid ÷ units; empty where there are no units."),
        ],
        order: "women, men, others, unknown, small groups",
        view: "query_average_price_by_sex",
        sql: include_str!("../../sql/ready/average_price_by_sex.sql"),
    },
    ReadyQuery {
        number: 13,
        name: "top-customers",
        meaning: "The n customers with the highest revenue.",
        notes: "",
        parameters: &[ask(Kind::Count, Default(10))],
        columns: &[count("rank", "place", "Place by revenue, from 1."), CUSTOMER, ORDERS, UNITS, REVENUE],
        order: BY_REVENUE,
        view: "query_top_customers",
        sql: include_str!("../../sql/ready/top_customers.sql"),
    },
    ReadyQuery {
        number: 14,
        name: "products-never-sold",
        meaning: "Which products have no sale line.",
        notes: "Products come into the database with their lines, so what is here was only ever returned, or was \
            entered by hand; the answer may well be empty. Postage and the like (all its lines are services) is no \
            product.",
        parameters: &[],
        columns: &[
            SKU,
            DESCRIPTION,
            CATEGORY,
            money("list_price", "List price; empty where unknown."),
            day("launched", "First day on sale; empty where unknown."),
            day("retired", "Last day on sale; empty where unknown."),
            count("return_lines", "lines", "Return lines it has nevertheless."),
        ],
        order: "in the order in which they came into the database",
        view: "query_products_never_sold",
        sql: include_str!("../../sql/ready/products_never_sold.sql"),
    },
    ReadyQuery {
        number: 15,
        name: "most-transactions-in-country",
        meaning: "The customer with most orders in a country, or in each of them.",
        notes: "An order belongs to the country of its first sale line. Of customers with equally many orders, the one \
            who came into the database first.",
        parameters: &[ask(Kind::Country, Optional)],
        columns: &[
            text("country", "Country; `unknown` where it is not known."),
            CUSTOMER,
            count("orders", "orders", "Orders of the customer in that country."),
        ],
        order: "by orders, most first; ties by the order in which the countries came into the database; the unknown \
            country last",
        view: "query_most_transactions_in_country",
        sql: include_str!("../../sql/ready/most_transactions_in_country.sql"),
    },
    ReadyQuery {
        number: 16,
        name: "revenue-per-quarter",
        meaning: "Orders and revenue in each quarter of a year.",
        notes: "Returns are taken off in the quarter in which they happened. A quarter without a sale or return line \
            has no row.",
        parameters: &[ask(Kind::Year, Required)],
        columns: &[
            count("quarter", "quarter", "Quarter of the calendar year, 1 to 4."),
            ORDERS,
            UNITS,
            REVENUE,
        ],
        order: "by quarter",
        view: "query_revenue_per_quarter",
        sql: include_str!("../../sql/ready/revenue_per_quarter.sql"),
    },
    ReadyQuery {
        number: 17,
        name: "products-cheaper-than-average",
        meaning: "Which products cost less than the mean price of all products.",
        notes: PRICES,
        parameters: &[],
        columns: &[
            SKU,
            DESCRIPTION,
            CATEGORY,
            PRICE,
            PRICE_FROM,
            money("average_price", "Mean of the prices, each product counted once; the same in every row."),
        ],
        order: "by price, lowest first; ties by the order in which they came into the database",
        view: "query_products_cheaper_than_average",
        sql: include_str!("../../sql/ready/products_cheaper_than_average.sql"),
    },
    ReadyQuery {
        number: 18,
        name: "customers-in-every-quarter",
        meaning: "Which customers bought in every quarter of a year.",
        notes: "Bought: an order of theirs counts in that quarter.",
        parameters: &[ask(Kind::Year, Required)],
        columns: &[CUSTOMER, ORDERS, UNITS, REVENUE],
        order: BY_REVENUE,
        view: "query_customers_in_every_quarter",
        sql: include_str!("../../sql/ready/customers_in_every_quarter.sql"),
    },
    ReadyQuery {
        number: 19,
        name: "customers-by-payment-method",
        meaning: "Which customers ever paid a given way.",
        notes: METHODS,
        parameters: &[ask(Kind::Method, Required)],
        columns: &[
            CUSTOMER,
            count("orders", "orders", "Orders paid that way."),
            money("revenue", "Net value of the sale and return lines of these orders."),
            day("first_day", "Day of the first of them."),
            day("last_day", "Day of the last of them."),
        ],
        order: "by orders, most first; ties by the order in which they came into the database",
        view: "query_customers_by_payment_method",
        sql: include_str!("../../sql/ready/customers_by_payment_method.sql"),
    },
    ReadyQuery {
        number: 20,
        name: "top-producer-countries",
        meaning: "The n producer countries with the highest revenue.",
        notes: PRODUCERS,
        parameters: &[ask(Kind::Count, Default(10))],
        columns: &[
            count("rank", "place", "Place by revenue, from 1; empty for the unknown."),
            PRODUCER,
            count("products", "products", "Products of it with a sale or return line."),
            UNITS,
            REVENUE,
        ],
        order: "by revenue, highest first; ties by the order in which the countries came into the database; the \
            unknown last, beyond the n",
        view: "query_top_producer_countries",
        sql: include_str!("../../sql/ready/top_producer_countries.sql"),
    },
];
