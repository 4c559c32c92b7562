//! The raw log as column batches with dictionaries.

use patron_domain::{NO_CODE, OrderEntry, ProductEntry, SaleBatch};

use crate::aside::{Aside, Sorter, dirt};
use crate::catalogue::Product;
use crate::orders::{Order, OrderLine, Origin, Service};
use crate::scenario::Scenario;
use crate::shop::Shop;
use crate::world::{customer_id, payment_name};

/// Lines of a batch; the last one may be shorter.
pub(crate) const BATCH_LINES: usize = 16_384;
/// The number of the first order.
pub(crate) const FIRST_ORDER: u64 = 500_001;

/// A shop's log in batches, with codes in order of appearance: [`Shop::batches`], [`Shop::clean_batches`].
pub struct Batches<'a> {
    shop: &'a Shop,
    /// The next line: order, and line inside it.
    order: usize,
    line: usize,
    coder: Coder,
}

impl<'a> Batches<'a> {
    pub(crate) fn cleaned(shop: &'a Shop) -> Self {
        let mut batches = Self::new(shop);
        batches.coder.sorter = Some(Sorter::of(shop.orders()));
        batches
    }

    /// What was left out of the batches since it was last asked for, and what their cancellations take back; nothing
    /// unless the log is cleaned.
    pub fn take_aside(&mut self) -> Aside {
        self.coder.take_aside()
    }

    pub(crate) fn new(shop: &'a Shop) -> Self {
        let articles = shop.truth.products.iter().map(|product| (&product.sku, &product.description));
        let customers = Customers::Any { codes: vec![NO_CODE; shop.truth.customers.len()], known: 0 };
        let coder = Coder::new(&shop.truth.scenario, articles, customers);
        Self { shop, order: 0, line: 0, coder }
    }
}

impl Iterator for Batches<'_> {
    type Item = SaleBatch;

    fn next(&mut self) -> Option<SaleBatch> {
        let shop = self.shop;
        let mut batch = self.coder.begin();
        while batch.len() < BATCH_LINES
            && let Some(order) = shop.orders().get(self.order)
        {
            self.line = self.coder.push(&mut batch, order, self.line);
            if self.line == order.lines.len() {
                (self.order, self.line) = (self.order + 1, 0);
            }
        }
        (!batch.is_empty()).then_some(batch)
    }
}

/// Gives out codes 0, 1, 2 … in order of first appearance.
pub(crate) struct Coder {
    /// Products, then services.
    articles: Vec<Coded<(String, String)>>,
    known_articles: u32,
    countries: Vec<Coded<String>>,
    known_countries: u32,
    /// By country.
    payments: Vec<Vec<&'static str>>,
    customers: Customers,
    /// Orders that have come, and those that have a code.
    numbered: u64,
    orders: u32,
    lines: u64,
    /// Present where the log is cleaned.
    pub(crate) sorter: Option<Sorter>,
}

/// A text that may have a code already.
struct Coded<T> {
    text: T,
    code: u32,
}

/// How customers come by their codes.
pub(crate) enum Customers {
    /// They appear in any order.
    Any { codes: Vec<u32>, known: u32 },
    /// They appear one after the other, from number 0; so many have.
    InOrder { known: u32 },
}

const SERVICES: [Service; 3] = [Service::Postage, Service::DotcomPostage, Service::BadDebt];

impl Coder {
    pub(crate) fn new<'a>(
        scenario: &Scenario,
        articles: impl Iterator<Item = (&'a String, &'a String)>,
        customers: Customers,
    ) -> Self {
        let services = SERVICES.map(|service| {
            let (sku, description) = service.code();
            (sku.to_owned(), description.to_owned())
        });
        let articles = articles.map(|(sku, description)| (sku.clone(), description.clone())).chain(services);
        let payments = |country: u32| {
            let names = (0..=u8::MAX).map(move |payment| payment_name(scenario, country, payment));
            names.take_while(|name| !name.is_empty()).collect()
        };
        Self {
            articles: articles.map(Coded::new).collect(),
            known_articles: 0,
            countries: scenario.countries.iter().map(|country| Coded::new(country.name.clone())).collect(),
            known_countries: 0,
            payments: (0..scenario.countries.len() as u32).map(payments).collect(),
            customers,
            numbered: 0,
            orders: 0,
            lines: 0,
            sorter: None,
        }
    }

    pub(crate) fn take_aside(&mut self) -> Aside {
        self.sorter.as_mut().map(Sorter::take).unwrap_or_default()
    }

    pub(crate) fn of_catalogue(scenario: &Scenario, products: &[Product]) -> Self {
        let articles = products.iter().map(|product| (&product.sku, &product.description));
        Self::new(scenario, articles, Customers::InOrder { known: 0 })
    }

    /// An empty batch with room.
    pub(crate) fn begin(&self) -> SaleBatch {
        SaleBatch {
            customer: Vec::with_capacity(BATCH_LINES),
            product: Vec::with_capacity(BATCH_LINES),
            order: Vec::with_capacity(BATCH_LINES),
            country: Vec::with_capacity(BATCH_LINES),
            timestamp: Vec::with_capacity(BATCH_LINES),
            quantity: Vec::with_capacity(BATCH_LINES),
            unit_price: Vec::with_capacity(BATCH_LINES),
            discount: Vec::with_capacity(BATCH_LINES),
            amount: Vec::with_capacity(BATCH_LINES),
            kind: Vec::with_capacity(BATCH_LINES),
            line: Vec::with_capacity(BATCH_LINES),
            ..SaleBatch::default()
        }
    }

    /// Adds lines of an order, from number `from` on until the batch is full; returns the number of the next one.
    pub(crate) fn push(&mut self, batch: &mut SaleBatch, order: &Order, from: usize) -> usize {
        if from == 0 {
            self.numbered += 1;
        }
        // the first line of an order is dirt only where all of them are: a debt
        if self.sorter.is_some() && order.lines.first().is_some_and(|line| dirt(line).is_some()) {
            order.lines.iter().for_each(|line| _ = self.leaves_out(order, line));
            return order.lines.len();
        }
        if from == 0 {
            self.orders += 1;
            let payments = self.payments.get(order.country as usize);
            let payment = payments.and_then(|payments| payments.get(order.payment as usize));
            let payment = payment.map(|name| (*name).to_owned());
            batch.added.orders.push(OrderEntry { number: self.order_number(order), derived: false, payment });
        }
        let customer = self.customer(order.customer, &mut batch.added.customers);
        let country = self.country(order.country, &mut batch.added.countries);
        let mut next = from;
        while let Some(line) = order.lines.get(next)
            && batch.len() < BATCH_LINES
        {
            next += 1;
            if self.leaves_out(order, line) {
                continue;
            }
            let product = self.article(line, &mut batch.added.products);
            batch.customer.push(customer);
            batch.product.push(product);
            batch.order.push(self.orders - 1);
            batch.country.push(country);
            batch.timestamp.push(order.timestamp);
            batch.quantity.push(line.line.quantity);
            batch.unit_price.push(line.line.list_price);
            batch.discount.push(line.line.discount());
            batch.amount.push(line.line.amount());
            batch.kind.push(line.kind());
            batch.line.push(self.lines + 1);
        }
        next
    }

    /// Counts a line, and whether it stays out of the batches because the log is cleaned.
    fn leaves_out(&mut self, order: &Order, line: &OrderLine) -> bool {
        self.lines += 1;
        let Some(mut sorter) = self.sorter.take() else { return false };
        let kind = dirt(line);
        match kind {
            None => sorter.keep(order, line),
            Some(kind) => {
                let number = self.order_number(order);
                let country = self.countries.get(order.country as usize).map_or("", |country| &country.text);
                if let Some(article) = self.articles.get(self.place(line)) {
                    let (number, sold) = ((number.as_str(), order), (line, country));
                    sorter.leave_out(kind, self.lines + 1, number, &article.text, sold);
                }
            }
        }
        self.sorter = Some(sorter);
        kind.is_some()
    }

    /// The number of the order that came last.
    fn order_number(&self, order: &Order) -> String {
        format!("{}{}", order.prefix(), FIRST_ORDER + self.numbered - 1)
    }

    fn customer(&mut self, customer: u32, added: &mut Vec<String>) -> u32 {
        if customer == NO_CODE {
            return NO_CODE;
        }
        let known = match &mut self.customers {
            Customers::InOrder { known } if customer < *known => return customer,
            Customers::InOrder { known } => known,
            Customers::Any { codes, known } => match codes.get_mut(customer as usize) {
                Some(code) if *code == NO_CODE => {
                    *code = *known;
                    known
                }
                Some(code) => return *code,
                None => return NO_CODE,
            },
        };
        added.push(customer_id(customer));
        *known += 1;
        *known - 1
    }

    /// The place of what a line sells among the articles.
    fn place(&self, line: &OrderLine) -> usize {
        match line.origin {
            Origin::Service(service) => {
                let number = SERVICES.iter().position(|other| *other == service).unwrap_or(0);
                self.articles.len() - SERVICES.len() + number
            }
            _ => line.line.product as usize,
        }
    }

    fn article(&mut self, line: &OrderLine, added: &mut Vec<ProductEntry>) -> u32 {
        let place = self.place(line);
        let Some(article) = self.articles.get_mut(place) else { return NO_CODE };
        if article.code == NO_CODE {
            article.code = self.known_articles;
            self.known_articles += 1;
            let (sku, description) = article.text.clone();
            added.push(ProductEntry { sku, description });
        }
        article.code
    }

    fn country(&mut self, country: u32, added: &mut Vec<String>) -> u32 {
        let Some(country) = self.countries.get_mut(country as usize) else { return NO_CODE };
        if country.code == NO_CODE {
            country.code = self.known_countries;
            self.known_countries += 1;
            added.push(country.text.clone());
        }
        country.code
    }
}

impl<T> Coded<T> {
    fn new(text: T) -> Self {
        Self { text, code: NO_CODE }
    }
}
