//! Recommendations for a made-up matrix of customers × products: CPU seconds and memory.
//!
//! `cargo run --release -p patron-decisions --example recommend_speed -- 1000000 5000 15`
//! (customers, products, products per customer on average).

use std::io::Write;
use std::time::Instant;

use patron_columns::{
    Batches, Catalog, CustomerDayBatch, CustomerProductDay, OrderMonth, ProductDay, ProductMonth,
    RollupSource, Span,
};
use patron_decisions::recommend::{NeighbourSettings, Purchases, Recommender};
use patron_domain::{Day, Money, Names, PurchaseRule};

/// Popularity of products falls as 1 ÷ rank^.7; half of a customer's products come from one of fifty tastes.
struct Matrix {
    catalog: Catalog,
    /// By product, (customer, day), in order of the customers.
    bought: Vec<Vec<(u32, u16)>>,
}

const DAYS: i32 = 730;

impl Matrix {
    fn new(customers: u32, products: u32, mean: f64) -> Self {
        let mut bought = vec![Vec::new(); products as usize];
        let mut state = 7_u64;
        for customer in 0..customers {
            let count = 1.0 - (1.0 - uniform(&mut state)).ln() * (mean - 1.0);
            let taste = next(&mut state) % 50;
            for _ in 0..count as u32 {
                let rank = (uniform(&mut state).powf(1.0 / 0.3) * f64::from(products)) as u64;
                let shifted = if next(&mut state).is_multiple_of(2) { rank } else { rank * 50 + taste };
                let product = (shifted % u64::from(products)) as usize;
                bought[product].push((customer, (next(&mut state) % DAYS as u64) as u16));
            }
        }
        let catalog = Catalog {
            customers: names(customers),
            skus: names(products),
            descriptions: names(products),
            countries: Names::default(),
        };
        Self { catalog, bought }
    }
}

fn names(count: u32) -> Names {
    (0..count).map(|number| number.to_string()).collect()
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

fn uniform(state: &mut u64) -> f64 {
    (next(state) >> 11) as f64 / (1_u64 << 53) as f64
}

fn none<T>() -> Batches<'static, T>
where
    T: Send + 'static,
{
    Box::new(std::iter::empty())
}

impl RollupSource for Matrix {
    fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    fn purchase_rule(&self) -> PurchaseRule {
        PurchaseRule::NetPositive
    }

    fn span(&self) -> Option<Span> {
        Some(Span { first: Day::from_number(0), last: Day::from_number(DAYS - 1) })
    }

    fn customer_days(&self) -> Batches<'_, CustomerDayBatch> {
        none()
    }

    fn order_months(&self) -> Batches<'_, Vec<OrderMonth>> {
        none()
    }

    fn product_days(&self) -> Batches<'_, Vec<ProductDay>> {
        none()
    }

    fn product_months(&self) -> Batches<'_, Vec<ProductMonth>> {
        none()
    }

    fn customer_product_days(&self) -> Batches<'_, Vec<CustomerProductDay>> {
        Box::new(self.bought.iter().enumerate().map(|(product, rows)| {
            let row = |&(customer, day): &(u32, u16)| CustomerProductDay {
                customer,
                product: product as u32,
                day: Day::from_number(i32::from(day)),
                quantity: 1,
                revenue: Money::from_ten_thousandths(50_000),
            };
            let mut rows: Vec<CustomerProductDay> = rows.iter().map(row).collect();
            rows.sort_unstable_by_key(|row| (row.customer, row.day));
            Ok(rows)
        }))
    }
}

/// A figure of `/proc/self/…`: user and system ticks, or the peak of memory in kB; 0 elsewhere than on Linux.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or(0.0);
    (ticks(11) + ticks(12)) / 100.0
}

fn peak_megabytes() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<f64>().ok());
    kilobytes.unwrap_or(0.0) / 1_024.0
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: f64| arguments.next().map_or(Ok(default), |text| text.parse::<f64>());
    let (customers, products, mean) = (argument(50_000.0)?, argument(2_000.0)?, argument(15.0)?);
    let matrix = Matrix::new(customers as u32, products as u32, mean);
    let mut out = std::io::stdout();
    let made = (cpu_seconds(), Instant::now());
    let lap = |name: &str| {
        let (cpu, wall) = (cpu_seconds() - made.0, made.1.elapsed().as_secs_f64());
        writeln!(
            std::io::stdout(),
            "{name}: {cpu:.1} CPU s, {wall:.1} s since the start, peak {:.0} MB",
            peak_megabytes()
        )
    };
    writeln!(out, "{customers} customers × {products} products, made in {:.1} CPU s", made.0)?;
    let purchases = Purchases::until(&matrix, Day::from_number(DAYS - 1))?;
    lap("purchases read")?;
    let recommender = Recommender::new(purchases, &NeighbourSettings::default());
    lap("neighbours and waits")?;
    let (mut rows, mut sum) = (0_u64, 0_u64);
    recommender.for_each(10, |row| {
        rows += 1;
        for (rank, own) in (1..).zip(&row.new) {
            sum = sum.wrapping_mul(31).wrapping_add(u64::from(own.product) * rank);
        }
    });
    lap("recommended")?;
    writeln!(out, "{rows} customers answered, check sum {sum:x}")?;
    Ok(())
}
