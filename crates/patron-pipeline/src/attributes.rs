//! What a shop may add to its sales log: customers, products, costs.

use std::path::{Path, PathBuf};

use chrono::NaiveDateTime;
use patron_domain::{AttributeKind, CustomerRow, FileFacts, MarketingCosts, ProductRow};
use patron_ingest::{SideFile, SideOptions, read_costs, read_customers, read_products};
use patron_store::{Matched, NewAttributeFile, Store};

use crate::progress::step;
use crate::{PipelineError, Progress, Step};

/// Files that stand beside a sales log, each optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AttributeFiles {
    /// Who the customers are.
    pub customers: Option<PathBuf>,
    /// What the products are and cost.
    pub products: Option<PathBuf>,
    /// What marketing costs.
    pub costs: Option<PathBuf>,
}

/// The same files, read and found to be sound; nothing is stored yet.
#[derive(Debug, Default)]
pub struct ReadAttributes {
    customers: Option<SideFile<Vec<CustomerRow>>>,
    products: Option<SideFile<Vec<ProductRow>>>,
    costs: Option<SideFile<MarketingCosts>>,
}

/// What became of one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddedFile {
    /// Which kind.
    pub kind: AttributeKind,
    /// Name of the file without folders.
    pub name: String,
    /// Lines in it.
    pub lines: u64,
    /// Lines that found their customer or product; of a costs file all.
    pub matched: u64,
    /// Ids, addresses or stock codes that nothing in the shop has, as written, in the order of the file.
    pub unmatched: Vec<String>,
    /// Columns that were not understood.
    pub ignored: Vec<String>,
    /// What looks odd, in whole sentences.
    pub warnings: Vec<String>,
}

impl ReadAttributes {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.customers.is_none() && self.products.is_none() && self.costs.is_none()
    }
}

impl AttributeFiles {
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Reads all of them, before anything is stored: a file that cannot be used stops here.
    ///
    /// # Errors
    /// [`PipelineError::Ingest`] naming file, line and column.
    pub fn read(
        &self,
        options: &SideOptions,
        progress: &dyn Progress,
    ) -> Result<ReadAttributes, PipelineError> {
        if self.is_empty() {
            return Ok(ReadAttributes::default());
        }
        step(progress, Step::Attributes, || {
            Ok(ReadAttributes {
                customers: read(self.customers.as_deref(), |path| read_customers(path, options))?,
                products: read(self.products.as_deref(), |path| read_products(path, options))?,
                costs: read(self.costs.as_deref(), |path| read_costs(path, options))?,
            })
        })
    }
}

fn read<T>(
    path: Option<&Path>,
    read: impl FnOnce(&Path) -> Result<T, patron_ingest::IngestError>,
) -> Result<Option<T>, PipelineError> {
    Ok(path.map(read).transpose()?)
}

/// Joins what was read to the shop's customers and products, and stores it: all files or none.
///
/// # Errors
/// [`PipelineError::Store`]; a file of which nothing fits the shop is refused, and the others with it.
pub fn add_attributes(
    store: &mut Store,
    read: &ReadAttributes,
    added_at: NaiveDateTime,
) -> Result<Vec<AddedFile>, PipelineError> {
    if read.is_empty() {
        return Ok(Vec::new());
    }
    let customers =
        read.customers.as_ref().map(|file| (file, named(AttributeKind::Customers, file, added_at)));
    let products = read.products.as_ref().map(|file| (file, named(AttributeKind::Products, file, added_at)));
    let costs = read.costs.as_ref().map(|file| (file, named(AttributeKind::Costs, file, added_at)));
    let [of_customers, of_products, of_costs] = store.set_files(
        customers.as_ref().map(|(file, named)| (named, &*file.content)),
        products.as_ref().map(|(file, named)| (named, &*file.content)),
        costs.as_ref().map(|(file, named)| (named, &file.content)),
    )?;
    let added = [
        read.customers
            .as_ref()
            .zip(of_customers)
            .map(|(file, of)| outcome(AttributeKind::Customers, file, of)),
        read.products.as_ref().zip(of_products).map(|(file, of)| outcome(AttributeKind::Products, file, of)),
        read.costs.as_ref().zip(of_costs).map(|(file, of)| outcome(AttributeKind::Costs, file, of)),
    ];
    Ok(added.into_iter().flatten().collect())
}

fn named<T>(kind: AttributeKind, file: &SideFile<T>, imported_at: NaiveDateTime) -> NewAttributeFile {
    let FileFacts { name, sha256, .. } = file.file.clone();
    NewAttributeFile { kind, file_name: name, sha256, imported_at, lines: file.rows }
}

fn outcome<T>(kind: AttributeKind, file: &SideFile<T>, matched: Matched) -> AddedFile {
    AddedFile {
        kind,
        name: file.file.name.clone(),
        lines: file.rows,
        matched: matched.matched,
        unmatched: matched.unmatched,
        ignored: file.ignored.clone(),
        warnings: file.warnings.clone(),
    }
}
