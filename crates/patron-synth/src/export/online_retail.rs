//! The shop's log as CSV in the columns of Online Retail, with the list of what was planted in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;

use csv::{ByteRecord, Writer, WriterBuilder};
use patron_domain::{Day, NO_CODE, SECONDS_PER_DAY, Timestamp};
use rand::RngExt;
use rand::seq::IndexedRandom;
use serde::Serialize;

use super::sheet::refused;
use crate::SynthError;
use crate::chance::happens;
use crate::orders::{Order, OrderLine, Origin, Service};
use crate::scenario::FileDirt;
use crate::seed::{SeedTree, SynthRng};
use crate::shop::{Shop, order_number};
use crate::stream::Stream;
use crate::truth::Truth;
use crate::world::customer_id;

/// The columns of the Online Retail file, in its order.
pub const ONLINE_RETAIL_HEADINGS: [&str; 8] = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
];
const NO_DATES: [&str; 5] = ["", "unknown", "2011-02-30 10:15:00", "31/04/2011 09:00", "2011-13-01 00:00:00"];
const OTHER_CENTURIES: [&str; 3] = ["1753-01-01 00:00:00", "1899-12-30 00:00:00", "2999-12-31 23:59:00"];

/// What is wrong, or at least not a plain sale, with a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DirtKind {
    /// It repeats the row before it in every column.
    Duplicate,
    /// It takes back a row shortly after.
    Cancellation,
    /// It takes back a row weeks later.
    Return,
    /// It has no customer.
    WithoutCustomer,
    /// Its price is zero.
    ZeroPrice,
    /// Its price is negative: a debt written off.
    NegativePrice,
    /// It is no product: postage.
    Service,
    /// It has a field too few or too many.
    Ragged,
    /// Its date is none.
    NoDate,
    /// Its date is of another century.
    OtherCentury,
    /// It is written in Windows-1252, where the file is UTF-8.
    OtherEncoding,
    /// It stands in the file a second time because exports overlap.
    Repeated,
}

/// One thing that was planted; a row can have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PlantedRow {
    /// Row of the file, counted from 1 with the header.
    pub row: u64,
    /// What.
    pub kind: DirtKind,
    /// The row it repeats, or of whose goods it takes back some.
    pub of: Option<u64>,
}

/// What stands in a file of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FileTruth {
    /// Rows, without the header.
    pub rows: u64,
    /// Everything planted, row by row.
    pub planted: Vec<PlantedRow>,
    /// How often, by kind.
    pub counts: BTreeMap<DirtKind, u64>,
}

/// Writes the shop's log as CSV in the columns of Online Retail, with the scenario's `file_dirt`, and says what is
/// wrong with which row.
///
/// Rows are in order of time and numbered as in [`Shop::try_for_each_line`]; times are written
/// `2024-01-31 10:15:00`. Where exports overlap, the rows of the last days stand once more at the end, byte for byte.
/// The same shop gives the same bytes; without `file_dirt` they are the log's own.
///
/// # Errors
/// [`SynthError::Write`] when `out` refuses, as on a full disk.
pub fn write_online_retail(shop: &Shop, out: &mut impl io::Write) -> Result<FileTruth, SynthError> {
    let scenario = &shop.truth.scenario;
    let mut file = File::begin(shop, out)?;
    let mut overlapping = Vec::new();
    let overlap = scenario.end.plus_days(1).plus_days(-(scenario.file_dirt.overlap_days as i32));
    for (index, order) in shop.orders().iter().enumerate() {
        let number = order_number(index, order);
        if Day::of(order.timestamp) >= overlap {
            overlapping.push((number.clone(), order, file.truth.rows));
        }
        let first = file.truth.rows;
        file.write(shop, &number, order, first, None)?;
    }
    for (number, order, first) in overlapping {
        file.write(shop, &number, order, first, Some(first))?;
    }
    file.finish()
}

impl Stream<'_> {
    /// Writes the log as CSV in the columns of Online Retail, in the order of the stream and without `file_dirt`, in
    /// the memory of a thousand customers; returns what is true of it.
    ///
    /// # Errors
    /// [`SynthError::Write`] when `out` refuses, as on a full disk.
    pub fn write_csv(mut self, out: &mut impl io::Write) -> Result<Truth, SynthError> {
        let mut file = Writer::from_writer(out);
        file.write_record(ONLINE_RETAIL_HEADINGS).map_err(refused)?;
        let mut index = 0;
        while let Some(order) = self.next_order() {
            let (number, time) = (order_number(index, &order), time(order.timestamp));
            index += 1;
            let customer =
                if order.customer == NO_CODE { String::new() } else { customer_id(order.customer) };
            let country = self.country(order.country);
            for line in &order.lines {
                let (sku, description) = self.article(line);
                let (quantity, price) = (line.line.quantity.to_string(), line.line.price.to_string());
                let fields = [&number, sku, description, &quantity, &time, &price, &customer, country];
                file.write_record(fields).map_err(refused)?;
            }
        }
        file.flush().map_err(|error| SynthError::Write { kind: error.kind() })?;
        Ok(self.into_truth())
    }
}

/// A file of the log that is written row by row.
pub(super) struct File<W: io::Write> {
    dirt: FileDirt,
    seed: SeedTree,
    out: Writer<W>,
    truth: FileTruth,
    /// Orders that something takes back.
    taken_back: HashSet<(u64, u32)>,
    /// The rows of their products.
    purchases: HashMap<((u64, u32), u32), u64>,
}

impl<W: io::Write> File<W> {
    /// With its headings.
    pub(super) fn begin(shop: &Shop, out: W) -> Result<Self, SynthError> {
        let mut file = Self {
            dirt: shop.truth.scenario.file_dirt,
            seed: SeedTree::new(shop.truth.seed).branch("file", 0),
            out: WriterBuilder::new().flexible(true).from_writer(out),
            truth: FileTruth::default(),
            taken_back: shop.orders().iter().filter(|o| o.is_cancellation).map(|o| o.source).collect(),
            purchases: HashMap::new(),
        };
        file.out.write_record(ONLINE_RETAIL_HEADINGS).map_err(refused)?;
        Ok(file)
    }

    /// The number of the row that is written next, counted from 1 with the header.
    pub(super) fn next_row(&self) -> u64 {
        self.truth.rows + 2
    }

    pub(super) fn finish(mut self) -> Result<FileTruth, SynthError> {
        self.out.flush().map_err(|error| SynthError::Write { kind: error.kind() })?;
        Ok(self.truth)
    }

    /// Writes the rows of an order; chance goes by the number each row had at `first`, so that repeated rows are equal.
    pub(super) fn write(
        &mut self,
        shop: &Shop,
        number: &str,
        order: &Order,
        first: u64,
        repeats: Option<u64>,
    ) -> Result<(), SynthError> {
        let customer = if order.customer == NO_CODE { String::new() } else { customer_id(order.customer) };
        let time = time(order.timestamp);
        for (place, line) in order.lines.iter().enumerate() {
            let mut rng = self.seed.child("row", first + place as u64);
            let row = self.truth.rows + 2;
            self.truth.rows += 1;
            self.list(order, line, row, repeats.is_some());
            if let Some(first) = repeats {
                self.plant(row, DirtKind::Repeated, Some(first + place as u64 + 2));
            }
            let (sku, description) = shop.article(line);
            let description = self.described(row, description, &mut rng);
            let (quantity, price) = (line.line.quantity.to_string(), line.line.price.to_string());
            let fields: [&[u8]; 8] = [
                number.as_bytes(),
                sku.as_bytes(),
                &description,
                quantity.as_bytes(),
                time.as_bytes(),
                price.as_bytes(),
                customer.as_bytes(),
                shop.country(order.country).as_bytes(),
            ];
            let record = self.soiled(row, ByteRecord::from(&fields[..]), &mut rng);
            self.out.write_byte_record(&record).map_err(refused)?;
        }
        Ok(())
    }

    /// Lists what the log has planted in a row.
    fn list(&mut self, order: &Order, line: &OrderLine, row: u64, is_repeated: bool) {
        let purchase = (order.source, line.line.product);
        if !is_repeated && line.origin == Origin::Sale && self.taken_back.contains(&order.source) {
            self.purchases.insert(purchase, row);
        }
        if order.customer == NO_CODE {
            self.plant(row, DirtKind::WithoutCustomer, None);
        }
        match line.origin {
            Origin::Sale => {}
            Origin::Duplicate => self.plant(row, DirtKind::Duplicate, Some(row - 1)),
            Origin::Cancellation => {
                self.plant(row, DirtKind::Cancellation, self.purchases.get(&purchase).copied());
            }
            Origin::Return => self.plant(row, DirtKind::Return, self.purchases.get(&purchase).copied()),
            Origin::Sample => self.plant(row, DirtKind::ZeroPrice, None),
            Origin::Service(Service::BadDebt) => self.plant(row, DirtKind::NegativePrice, None),
            Origin::Service(_) => self.plant(row, DirtKind::Service, None),
        }
    }

    fn described(&mut self, row: u64, description: &str, rng: &mut SynthRng) -> Vec<u8> {
        if self.dirt.encodings == 0.0 {
            return description.as_bytes().to_vec();
        }
        let spelt = description.replace("CREAM ", "CRÈME ");
        if spelt != description && happens(rng, self.dirt.encodings) {
            self.plant(row, DirtKind::OtherEncoding, None);
            // Windows-1252 agrees with Unicode on È, and the rest is ASCII.
            return spelt.chars().map(|letter| letter as u8).collect();
        }
        spelt.into_bytes()
    }

    /// The row after something has gone wrong with it, if it has.
    fn soiled(&mut self, row: u64, record: ByteRecord, rng: &mut SynthRng) -> ByteRecord {
        let point: f64 = rng.random();
        if point < self.dirt.ragged {
            self.plant(row, DirtKind::Ragged, None);
            if rng.random() {
                let fields = rng.random_range(3..ONLINE_RETAIL_HEADINGS.len());
                return record.iter().take(fields).collect();
            }
            return record.iter().chain([&b"0"[..]]).collect();
        }
        if point < self.dirt.ragged + self.dirt.wrong_dates {
            let (kind, dates) = match rng.random() {
                true => (DirtKind::NoDate, &NO_DATES[..]),
                false => (DirtKind::OtherCentury, &OTHER_CENTURIES[..]),
            };
            self.plant(row, kind, None);
            let date = dates.choose(rng).copied().unwrap_or_default().as_bytes();
            return record.iter().enumerate().map(|(at, field)| if at == 4 { date } else { field }).collect();
        }
        record
    }

    fn plant(&mut self, row: u64, kind: DirtKind, of: Option<u64>) {
        self.truth.planted.push(PlantedRow { row, kind, of });
        *self.truth.counts.entry(kind).or_default() += 1;
    }
}

/// A time as the files of the log write it.
pub(crate) fn time(timestamp: Timestamp) -> String {
    let second = timestamp.rem_euclid(SECONDS_PER_DAY);
    format!("{} {:02}:{:02}:{:02}", Day::of(timestamp), second / 3_600, second / 60 % 60, second % 60)
}
