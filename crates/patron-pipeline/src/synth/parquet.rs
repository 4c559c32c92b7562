//! The log as Parquet, in the columns of Online Retail.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::{
    ArrayRef, Decimal128Array, Int32Array, RecordBatch, StringArray, TimestampMillisecondArray,
};
use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use patron_domain::{Names, OrderEntry, SaleBatch};
use patron_synth::ONLINE_RETAIL_HEADINGS;

/// Lines that are compressed together.
const GROUP_ROWS: usize = 1 << 17;
/// Digits and decimals of a price; with 18 digits it is stored as a whole number of 64 bits.
const PRICE: (u8, i8) = (18, 4);

/// A file that is written row group by row group.
pub(super) struct LogFile<'o> {
    writer: ArrowWriter<&'o mut (dyn Write + Send)>,
    schema: SchemaRef,
    customers: Names,
    countries: Names,
    skus: Names,
    descriptions: Names,
    /// Orders from code `first_order` on: those of the batch, and the last one of the batch before.
    orders: Vec<OrderEntry>,
    first_order: u32,
}

impl<'o> LogFile<'o> {
    pub(super) fn begin(out: &'o mut (dyn Write + Send)) -> io::Result<Self> {
        let types = [
            DataType::Utf8,
            DataType::Utf8,
            DataType::Utf8,
            DataType::Int32,
            DataType::Timestamp(TimeUnit::Millisecond, None),
            DataType::Decimal128(PRICE.0, PRICE.1),
            DataType::Utf8,
            DataType::Utf8,
        ];
        let fields = ONLINE_RETAIL_HEADINGS.iter().zip(types);
        let fields = fields.map(|(name, kind)| Field::new(*name, kind, *name == "CustomerID"));
        let schema: SchemaRef = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let settings = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_column_dictionary_enabled("InvoiceNo".into(), false) // hardly one comes again
            .set_column_dictionary_enabled("InvoiceDate".into(), false)
            .build();
        Ok(Self {
            writer: ArrowWriter::try_new(out, Arc::clone(&schema), Some(settings))?,
            schema,
            customers: Names::new(),
            countries: Names::new(),
            skus: Names::new(),
            descriptions: Names::new(),
            orders: Vec::new(),
            first_order: 0,
        })
    }

    /// Adds lines; their orders go on where those of the batch before ended.
    pub(super) fn write(&mut self, batch: SaleBatch) -> io::Result<()> {
        let added = batch.added;
        added.customers.iter().for_each(|name| _ = self.customers.push(name));
        added.countries.iter().for_each(|name| _ = self.countries.push(name));
        for product in &added.products {
            self.skus.push(&product.sku);
            self.descriptions.push(&product.description);
        }
        let gone = self.orders.len().saturating_sub(1);
        self.orders.drain(..gone);
        self.first_order += gone as u32;
        self.orders.extend(added.orders);
        if batch.amount.is_empty() {
            return Ok(());
        }
        let texts = |codes: &[u32], names: &Names| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(codes.iter().map(|code| names.text(*code))))
        };
        let number = |order: &u32| {
            let place = order.wrapping_sub(self.first_order) as usize;
            self.orders.get(place).map_or("", |order| order.number.as_str())
        };
        let prices = batch.amount.iter().zip(&batch.quantity).map(|(amount, quantity)| {
            // the amount is the price paid times the quantity, exactly
            i128::from(amount.ten_thousandths().checked_div(i64::from(*quantity)).unwrap_or(0))
        });
        let prices = Decimal128Array::from_iter_values(prices);
        let times = batch.timestamp.iter().map(|second| second * 1_000);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(StringArray::from_iter_values(batch.order.iter().map(number))),
            texts(&batch.product, &self.skus),
            texts(&batch.product, &self.descriptions),
            Arc::new(Int32Array::from(batch.quantity)),
            Arc::new(TimestampMillisecondArray::from_iter_values(times)),
            Arc::new(prices.with_precision_and_scale(PRICE.0, PRICE.1).map_err(io::Error::other)?),
            Arc::new(batch.customer.iter().map(|code| self.customers.get(*code)).collect::<StringArray>()),
            texts(&batch.country, &self.countries),
        ];
        let rows = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(io::Error::other)?;
        Ok(self.writer.write(&rows)?)
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.writer.close()?;
        Ok(())
    }
}
