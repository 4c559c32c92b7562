//! A shop in an empty database.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use chrono::{DateTime, NaiveDateTime};
use patron_domain::{AttributeKind, FileFacts, QuarantinedLine, SaleBatch};
use patron_ingest::Profile;
use patron_store::{DatabaseUrl, ImportWriter, NewAttributeFile, NewImport, Shop, Store, StoreError};
use patron_synth::{Truth, customer_rows, marketing_costs, product_rows, stream};
use sha2::{Digest, Sha256};

use super::Invention;
use super::report::Account;
use crate::progress::{go_on, step};
use crate::{PipelineError, Progress, Step};

/// Batches that may wait for the database.
const WAITING_BATCHES: usize = 8;
/// Customers that are handed over at once.
const CUSTOMERS: usize = 4_096;

type Lines = (SaleBatch, Vec<QuarantinedLine>);

impl Invention {
    /// Fills an empty database with the shop: lists of all customers and products, what marketing costs, and every sale
    /// that a careful import of its log accepts; what such an import sets aside (duplicates, prices of zero or less) is
    /// in the quarantine. One transaction: all of it or nothing. A file that was not there before and could not be filled
    /// goes again.
    ///
    /// What an import notes of the clock is the day after the shop's last one, so that the same scenario and seed fill
    /// a database with the same rows.
    ///
    /// # Errors
    /// [`PipelineError::Synth`] for a scenario that is impossible, before anything is opened;
    /// [`PipelineError::NotEmpty`]; [`PipelineError::Store`] for a full disk and what else the database says;
    /// [`PipelineError::Stopped`].
    pub fn fill(&self, url: &DatabaseUrl, progress: &dyn Progress) -> Result<Truth, PipelineError> {
        self.scenario.check()?;
        drop(stream(&self.scenario, self.seed)?); // more orders than codes
        let made = url.path().filter(|path| !path.exists()).map(Path::to_owned);
        let filled = Store::open(url).map_err(PipelineError::from).and_then(|mut store| {
            let database = url.place().to_string();
            self.fill_store(&mut store, &database, progress)
        });
        if let (true, Some(path)) = (filled.is_err(), made) {
            for ending in ["", "-wal", "-shm"] {
                let mut name = path.as_os_str().to_owned();
                name.push(ending);
                // what cannot be removed is an empty database: harmless
                let _ = std::fs::remove_file(name);
            }
        }
        filled
    }

    fn fill_store(
        &self,
        store: &mut Store,
        database: &str,
        progress: &dyn Progress,
    ) -> Result<Truth, PipelineError> {
        check_empty(store, database)?;
        let settings_sha256 = sha256(&format!("invented {}", Profile::default().name()));
        let sha256 = sha256(&format!("{}\nseed = {}\n", self.scenario.to_toml()?, self.seed));
        let file_name = format!("{} (invented, seed {})", self.scenario.name, self.seed);
        let mut writer = store.begin_import(&NewImport {
            file_name: file_name.clone(),
            sha256: sha256.clone(),
            settings_sha256: settings_sha256.clone(),
            profile: Profile::default().name().to_owned(),
            imported_at: self.noted_at(),
            replace: Vec::new(),
        })?;
        check_empty(store, database)?; // nobody else writes now
        if writer.knows_erased() {
            return Err(PipelineError::NotEmpty {
                database: database.to_owned(),
                holds: "erased customers".to_owned(),
            });
        }
        step(progress, Step::Lists, || self.lists(&mut writer, &file_name, &sha256, progress))?;

        let first_sale_id = writer.first_sale_id();
        let (mut account, mut links, mut descriptions) = (Account::new(), Vec::new(), Vec::new());
        let (writer, truth) = thread::scope(|scope| {
            let (out, lines) = sync_channel::<Lines>(WAITING_BATCHES);
            let writing = scope.spawn(move || write(writer, &lines));
            let truth = self.each_clean_batch(progress, |batch, aside| {
                account.add(&batch);
                let id = |line: u64| first_sale_id + line as i64;
                links.extend(aside.links.into_iter().map(|(back, bought)| (id(back), id(bought))));
                descriptions.extend(batch.added.products.iter().map(|product| product.description.clone()));
                let set_aside = aside.lines.into_iter().map(|line| account.set_aside(line)).collect();
                // a writer that takes no more lines is asked for the reason below
                out.send((batch, set_aside)).map_err(|_| PipelineError::ThreadLost("database writer"))
            });
            drop(out);
            let writer = writing.join().map_err(|_| PipelineError::ThreadLost("database writer"))??;
            Ok::<_, PipelineError>((writer, truth?))
        })?;
        go_on(progress)?;
        let facts =
            FileFacts { name: file_name, sha256, format: "invented".to_owned(), ..FileFacts::default() };
        let report = account.report(facts, settings_sha256, self.scenario.currency());
        step(progress, Step::Commit, || writer.finish(&report, &descriptions, &[], &links))?;
        Ok(truth)
    }

    /// Customers, products and costs; and what the shop is called.
    fn lists(
        &self,
        writer: &mut ImportWriter,
        name: &str,
        sha256: &str,
        progress: &dyn Progress,
    ) -> Result<(), PipelineError> {
        let (scenario, seed) = (&self.scenario, self.seed);
        let mut customers = customer_rows(scenario, seed)?;
        loop {
            let some: Vec<_> = customers.by_ref().take(CUSTOMERS).collect();
            if some.is_empty() {
                break;
            }
            go_on(progress)?;
            writer.list_customers(&some)?;
        }
        drop(customers);
        let descriptions: Vec<String> = {
            let shop = stream(scenario, seed)?;
            shop.truth().products.iter().map(|product| product.description.clone()).collect()
        };
        let products: Vec<_> = product_rows(scenario, seed)?.into_iter().zip(descriptions).collect();
        writer.list_products(&products)?;
        let costs = marketing_costs(scenario, seed)?;
        let lines_of = |kind| match kind {
            AttributeKind::Customers => u64::from(scenario.customers),
            AttributeKind::Products => products.len() as u64,
            AttributeKind::Costs => (costs.contacts.len() + costs.acquisition.len()) as u64,
        };
        let lists = AttributeKind::ALL.map(|kind| NewAttributeFile {
            kind,
            file_name: format!("{} of {name}", kind.word()),
            sha256: sha256.to_owned(),
            imported_at: self.noted_at(),
            lines: lines_of(kind),
        });
        let shop = Shop {
            name: self.shop_name(),
            currency: Some(scenario.currency().to_owned()),
            time_zone: Some(scenario.time_zone().to_owned()),
        };
        Ok(writer.note_shop(&shop, &lists, &costs)?)
    }

    /// The morning after the last day.
    fn noted_at(&self) -> NaiveDateTime {
        let morning = self.scenario.end.plus_days(1).start();
        DateTime::from_timestamp(morning, 0).unwrap_or_default().naive_utc()
    }
}

/// The writer's thread; without a commit by whoever gets the writer back, nothing stays.
fn write(mut writer: ImportWriter, lines: &Receiver<Lines>) -> Result<ImportWriter, StoreError> {
    for (batch, set_aside) in lines {
        writer.write(&batch, &set_aside)?;
    }
    Ok(writer)
}

fn check_empty(store: &mut Store, database: &str) -> Result<(), PipelineError> {
    let counts = store.counts()?;
    let files = store.attribute_files()?.len() as u64;
    let holds = [
        (counts.sales, "sale lines"),
        (counts.customers, "customers"),
        (counts.products, "products"),
        (counts.transactions, "orders"),
        (counts.imports, "imports"),
        (counts.model_runs, "model runs"),
        (counts.countries, "countries"),
        (counts.dates, "days"),
        (files, "files of customers, products or costs"),
    ];
    match holds.into_iter().find(|(count, _)| *count > 0) {
        Some((count, what)) => {
            Err(PipelineError::NotEmpty { database: database.to_owned(), holds: format!("{count} {what}") })
        }
        None => Ok(()),
    }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        // writing to a String cannot fail
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
