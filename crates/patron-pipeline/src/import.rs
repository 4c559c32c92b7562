//! The import: one thread reads and cleans, one writes to the database, this one builds the table.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use chrono::NaiveDateTime;
use patron_columns::{SalesTable, TableBuilder};
use patron_domain::{Day, ImportReport, PurchaseRule, SaleBatch};
use patron_ingest::{ALREADY_IMPORTED, CleanBatch, Finished, Inspection, Known, ReadOptions, SaleReader};
use patron_store::{
    HeldLines, ImportId, ImportRecord, ImportWriter, KnownSales, NewImport, Shop, Store, UndoSummary,
};

use crate::progress::{go_on, step};
use crate::{ChangedOrders, PipelineError, Progress, Step, shop};

/// Batches that may wait for the database while the reader runs ahead.
const WAITING_BATCHES: usize = 24;

/// A file to be imported, looked at already.
#[derive(Debug)]
pub struct ImportRequest {
    /// The file.
    pub path: PathBuf,
    /// How to read it.
    pub reading: ReadOptions,
    /// What was found out about it.
    pub inspection: Inspection,
    /// Put it in the place of a former import of the same file, and of those whose orders have changed since,
    /// provided that it has all orders of theirs.
    pub replace: bool,
    /// Accept a log without order numbers although its dates overlap an earlier import.
    pub allow_overlap: bool,
    /// The time to note, by the caller's clock.
    pub imported_at: NaiveDateTime,
}

impl ImportRequest {
    /// Looks at the file; nothing is stored or made yet. `imported_at` is the time to note, by the caller's clock.
    ///
    /// # Errors
    /// [`PipelineError::Ingest`] for a file that cannot be read as sales.
    pub fn inspect(
        path: PathBuf,
        reading: ReadOptions,
        imported_at: NaiveDateTime,
        progress: &dyn Progress,
    ) -> Result<Self, PipelineError> {
        let inspection = step(progress, Step::Inspect, || patron_ingest::inspect(&path, &reading))?;
        Ok(Self { path, reading, inspection, replace: false, allow_overlap: false, imported_at })
    }
}

/// What became of it.
#[derive(Debug)]
pub enum ImportOutcome<T> {
    /// It is in the database now.
    Imported {
        /// Its number.
        id: ImportId,
        /// What it has to tell.
        report: Box<ImportReport>,
        /// Every line of the shop, earlier imports included.
        table: Box<SalesTable>,
        /// What the caller made of the table while the database finished.
        meanwhile: T,
    },
    /// The same file under the same settings was imported before: nothing to do.
    AlreadyThere(Box<ImportRecord>),
}

/// Imports a file; `meanwhile` gets the finished table while the database is still writing.
///
/// All or nothing: on any error, when it is stopped, and when the process is killed, the database stays as it was. It
/// stops between batches of lines, not once the last of them has been handed on to be committed. An error of
/// `meanwhile` is inside its result and does not take the import back.
///
/// # Errors
/// [`PipelineError`], with the way out.
pub fn import<T>(
    store: &mut Store,
    request: &ImportRequest,
    progress: &dyn Progress,
    meanwhile: impl FnOnce(&SalesTable, &ImportReport) -> T,
) -> Result<ImportOutcome<T>, PipelineError> {
    let inspection = &request.inspection;
    let Begun { writer, beside, mut held, alone, fresh, shop: known_shop } =
        match begin(store, request, progress)? {
            Ok(begun) => begun,
            Err(same) => return Ok(ImportOutcome::AlreadyThere(same)),
        };
    let reader = patron_ingest::open(&request.path, inspection, &request.reading, known(&mut held))?;
    let rule = request.reading.profile.purchase_rule();
    let first_sale_id = writer.first_sale_id();
    let knows_erased = writer.knows_erased();

    let imported = thread::scope(|scope| {
        let (lines_out, lines_in) = sync_channel(WAITING_BATCHES);
        let (table_out, table_in) = sync_channel(WAITING_BATCHES);
        let (rescanned_out, rescanned_in) = sync_channel(1);
        let writing = scope.spawn(move || write(writer, &lines_in, &rescanned_out, rule, progress));
        let to_writer = lines_out.clone();
        let reading = scope.spawn(move || read(reader, &lines_out, &table_out));

        progress.begin(Step::Import, Some(inspection.file.bytes));
        // who was erased is called otherwise in the database than in the file
        let appended = !fresh || knows_erased;
        let mut builder = TableBuilder::new(rule);
        for (batch, bytes, lines) in table_in {
            if progress.stopped() {
                break; // nobody takes the reader's batches any more, which ends it
            }
            if !appended {
                builder.push(&batch.sales);
            }
            progress.advance(Step::Import, bytes, lines);
        }
        let finished = reading.join().map_err(|_| PipelineError::ThreadLost("reader"))?;
        progress.end(Step::Import);
        let join_writer = |writing: thread::ScopedJoinHandle<'_, Result<ImportId, PipelineError>>| {
            writing.join().map_err(|_| PipelineError::ThreadLost("database writer"))?
        };
        let Some(finished) = finished?.filter(|_| !progress.stopped()) else {
            // the reader found nobody listening: the writer knows why, unless the caller does
            drop(to_writer);
            if progress.stopped() {
                let _rolled_back = join_writer(writing);
                return Err(PipelineError::Stopped);
            }
            return Err(join_writer(writing).err().unwrap_or(PipelineError::ThreadLost("database writer")));
        };
        if let Err(refused) = check(&finished, &held, &beside, alone, request.allow_overlap) {
            drop(to_writer); // without a last message the writer rolls back
            let _rolled_back = join_writer(writing);
            return Err(refused);
        }

        let (table, sale_ids) = if appended {
            let asked = to_writer.send(ToWriter::Rescan);
            let rescanned = step(progress, Step::Sort, || rescanned_in.recv());
            match (asked, rescanned) {
                (Ok(()), Ok(rescanned)) => rescanned,
                _ => {
                    drop(to_writer);
                    return Err(join_writer(writing)
                        .err()
                        .unwrap_or(PipelineError::ThreadLost("database writer")));
                }
            }
        } else {
            builder.describe(&finished.descriptions);
            let (table, arrival) = step(progress, Step::Sort, || builder.finish());
            let ids = arrival.into_iter().map(|place| first_sale_id + i64::from(place)).collect();
            (table, ids)
        };
        let links = sale_links(&table, &sale_ids);
        let report = finished.report.clone();
        if progress.stopped() {
            drop(to_writer);
            let _rolled_back = join_writer(writing);
            return Err(PipelineError::Stopped);
        }
        // a writer that is gone is found out when it is joined
        let _ = to_writer.send(ToWriter::Finish(Box::new((finished, links))));
        drop(to_writer);
        let meanwhile = meanwhile(&table, &report);
        let id = step(progress, Step::Commit, || join_writer(writing))?;
        Ok(ImportOutcome::Imported { id, report: Box::new(report), table: Box::new(table), meanwhile })
    });
    if let (Ok(_), Some(learned)) = (&imported, shop::learned(&known_shop, request, alone)) {
        store.set_shop(&learned)?;
    }
    imported
}

/// An import that holds the database's lock, and what it knew when it got it.
struct Begun {
    writer: ImportWriter,
    /// Imports that stay beside this one.
    beside: Vec<ImportRecord>,
    /// The lines that stay: of these imports, and those that came with none.
    held: KnownSales,
    /// Whether no line stays.
    alone: bool,
    /// Whether nothing at all stays, so that the file's own codes are those of the database.
    fresh: bool,
    shop: Shop,
}

/// Decides what the file means beside the imports there are, and takes the lock; or names the import that holds the
/// same file already. Whoever else imported between the two is looked at again.
fn begin(
    store: &mut Store,
    request: &ImportRequest,
    progress: &dyn Progress,
) -> Result<Result<Begun, Box<ImportRecord>>, PipelineError> {
    let inspection = &request.inspection;
    loop {
        let earlier = store.imports()?;
        let same_file = earlier.iter().find(|record| record.sha256 == inspection.file.sha256);
        let mut replace = match same_file {
            Some(record) if request.replace => vec![record.id],
            Some(record) if record.settings_sha256 == inspection.settings_sha256 => {
                return Ok(Err(Box::new(record.clone())));
            }
            Some(record) => {
                let (file, profile) = (inspection.file.name.clone(), record.profile.clone());
                return Err(PipelineError::OtherSettings { file, id: record.id, profile });
            }
            None => Vec::new(),
        };
        if request.replace && inspection.order_form {
            replace = step(progress, Step::Inspect, || with_changed(store, request, &earlier, replace))?;
        }
        let seen: Vec<ImportId> = earlier.iter().map(|record| record.id).collect();
        let beside: Vec<ImportRecord> =
            earlier.into_iter().filter(|record| !replace.contains(&record.id)).collect();
        check_rule(inspection, &request.reading, &beside)?;
        let shop = store.shop()?;
        let mut writer = store.begin_import(&new_import(request, replace))?;
        let now: Vec<ImportId> = store.imports()?.iter().map(|record| record.id).collect();
        if now == seen {
            let held = writer.known_sales()?;
            let alone = beside.is_empty() && held.lines.is_empty();
            if !alone {
                shop::check(&shop, request, &beside)?;
            }
            // nobody else writes now; what this import takes the place of is still counted
            let fresh = alone && is_empty(store)?;
            return Ok(Ok(Begun { writer, beside, held, alone, fresh, shop }));
        }
    }
}

/// Whether the database holds no customer, product and order, written by hand or imported.
fn is_empty(store: &mut Store) -> Result<bool, PipelineError> {
    let counts = store.counts()?;
    Ok([counts.customers, counts.products, counts.transactions] == [0; 3])
}

/// Takes an import back.
///
/// # Errors
/// [`PipelineError::StillNeeded`] when a later import left lines out because this one holds them: without it they
/// would be gone; what the database says.
pub fn undo(store: &mut Store, id: ImportId) -> Result<UndoSummary, PipelineError> {
    let imports = store.imports()?;
    let later = imports.iter().filter(|record| record.id > id);
    for record in later {
        let rules = record.report.rules.iter();
        let left_out: u64 = rules.filter(|rule| rule.rule == ALREADY_IMPORTED).map(|rule| rule.lines).sum();
        if left_out > 0 {
            let later_file = record.file_name.clone();
            return Err(PipelineError::StillNeeded { id, later: record.id, later_file, lines: left_out });
        }
    }
    let undone = store.undo_import(id)?;
    if store.imports()?.is_empty() && store.counts()?.sales == 0 {
        // the next file may be of another currency and on another clock
        let shop = store.shop()?;
        store.set_shop(&Shop { currency: None, time_zone: None, ..shop })?;
    }
    Ok(undone)
}

fn new_import(request: &ImportRequest, replace: Vec<ImportId>) -> NewImport {
    let inspection = &request.inspection;
    NewImport {
        file_name: inspection.file.name.clone(),
        sha256: inspection.file.sha256.clone(),
        settings_sha256: inspection.settings_sha256.clone(),
        profile: request.reading.profile.name().to_owned(),
        imported_at: request.imported_at,
        replace,
    }
}

/// What a reader compares a file with; the lines, which nobody else asks for, go with it.
fn known(held: &mut KnownSales) -> Known {
    let lines_of = |held: &Vec<HeldLines>| held.iter().map(|held| held.lines).sum();
    let orders = held.orders.iter().map(|(number, held)| (number.clone(), lines_of(held)));
    Known { orders: orders.collect(), lines: std::mem::take(&mut held.lines) }
}

/// Adds to the imports to be replaced those whose orders have changed since; nothing is stored yet.
fn with_changed(
    store: &mut Store,
    request: &ImportRequest,
    earlier: &[ImportRecord],
    mut replace: Vec<ImportId>,
) -> Result<Vec<ImportId>, PipelineError> {
    loop {
        let beside: Vec<ImportRecord> =
            earlier.iter().filter(|record| !replace.contains(&record.id)).cloned().collect();
        if beside.is_empty() {
            return Ok(replace);
        }
        // what is begun here shows the database without the replaced imports, and is dropped again
        let mut held = store.begin_import(&new_import(request, replace.clone()))?.known_sales()?;
        let mut reader =
            patron_ingest::open(&request.path, &request.inspection, &request.reading, known(&mut held))?;
        while reader.next_batch()?.is_some() {}
        let Some(changed) = ChangedOrders::find(&reader.finish(), &held, &beside) else { return Ok(replace) };
        match changed.replaceable() {
            Some(imports) if !imports.is_empty() => replace.extend(imports),
            _ => return Err(PipelineError::ChangedOrders(Box::new(changed))),
        }
    }
}

/// What the database writer is told.
enum ToWriter {
    /// Lines, in the order of the file.
    Lines(Arc<CleanBatch>),
    /// All lines are there, beside those of earlier imports: scan them all.
    Rescan,
    /// Commit.
    Finish(Box<(Finished, Vec<(i64, i64)>)>),
}

type ToTable = (Arc<CleanBatch>, u64, u64);
type Rescanned = (SalesTable, Vec<i64>);

/// The reader's thread. `None` when nobody listens any more.
fn read(
    mut reader: SaleReader,
    writer: &SyncSender<ToWriter>,
    table: &SyncSender<ToTable>,
) -> Result<Option<Finished>, PipelineError> {
    while let Some(batch) = reader.next_batch()? {
        let batch = Arc::new(batch);
        let at = reader.progress();
        if writer.send(ToWriter::Lines(Arc::clone(&batch))).is_err()
            || table.send((batch, at.bytes_read, at.lines)).is_err()
        {
            return Ok(None);
        }
    }
    Ok(Some(reader.finish()))
}

/// The writer's thread. Ends without a commit, and so without a trace, when its channel closes early.
fn write(
    mut writer: ImportWriter,
    lines: &Receiver<ToWriter>,
    rescanned: &SyncSender<Rescanned>,
    rule: PurchaseRule,
    progress: &dyn Progress,
) -> Result<ImportId, PipelineError> {
    for message in lines {
        match message {
            ToWriter::Lines(_) | ToWriter::Rescan if progress.stopped() => {
                return Err(PipelineError::Stopped);
            }
            ToWriter::Lines(batch) => writer.write(&batch.sales, &batch.quarantined)?,
            ToWriter::Rescan => {
                let all = scan_into_table(rule, progress, |sink| writer.scan(crate::BATCH_LINES, sink))?;
                if rescanned.send(all).is_err() {
                    break;
                }
            }
            ToWriter::Finish(last) => {
                let (finished, links) = *last;
                let Finished { report, descriptions, customers, .. } = &finished;
                return Ok(writer.finish(report, descriptions, customers, &links)?);
            }
        }
    }
    Err(PipelineError::ThreadLost("reader"))
}

/// Builds the table from a scan of the database; also the sale id of each of its rows.
pub(crate) fn scan_into_table(
    rule: PurchaseRule,
    progress: &dyn Progress,
    scan: impl FnOnce(&mut dyn FnMut(SaleBatch) -> Result<(), PipelineError>) -> Result<u64, PipelineError>,
) -> Result<Rescanned, PipelineError> {
    let mut builder = TableBuilder::new(rule);
    let mut ids: Vec<i64> = Vec::new();
    scan(&mut |batch| {
        go_on(progress)?;
        ids.extend(batch.line.iter().map(|&id| id as i64));
        builder.push(&batch);
        Ok(())
    })?;
    let (table, arrival) = builder.finish();
    let ids = arrival.into_iter().map(|place| ids[place as usize]).collect();
    Ok((table, ids))
}

fn sale_links(table: &SalesTable, sale_ids: &[i64]) -> Vec<(i64, i64)> {
    let pairs = table.cancellation_links();
    pairs
        .into_iter()
        .map(|(cancellation, sale)| (sale_ids[cancellation as usize], sale_ids[sale as usize]))
        .collect()
}

fn check_rule(
    inspection: &Inspection,
    reading: &ReadOptions,
    beside: &[ImportRecord],
) -> Result<(), PipelineError> {
    let rule = reading.profile.purchase_rule();
    let Some(other) = beside.iter().find(|record| record.report.purchase_rule != rule) else { return Ok(()) };
    Err(PipelineError::OtherRule {
        file: inspection.file.name.clone(),
        profile: reading.profile.name().to_owned(),
        earlier: other.profile.clone(),
        rule: other.report.purchase_rule,
    })
}

/// What can only be seen when the whole file was read.
fn check(
    finished: &Finished,
    held: &KnownSales,
    beside: &[ImportRecord],
    alone: bool,
    allow_overlap: bool,
) -> Result<(), PipelineError> {
    let report = &finished.report;
    if report.lines_accepted == 0 && alone {
        let most = report.rules.iter().max_by_key(|rule| rule.lines);
        return Err(PipelineError::NothingAccepted {
            file: report.file.name.clone(),
            lines: report.lines_quarantined,
            rule: most.map_or_else(String::new, |rule| rule.rule.clone()),
            meaning: most.map_or_else(String::new, |rule| rule.meaning.clone()),
        });
    }
    if let Some(changed) = ChangedOrders::find(finished, held, beside) {
        return Err(PipelineError::ChangedOrders(Box::new(changed)));
    }
    if !report.derived_orders || allow_overlap {
        return Ok(());
    }
    let Some((first, last)) = days(report.after.first_day, report.after.last_day) else { return Ok(()) };
    for record in beside {
        let Some((earlier_first, earlier_last)) = days(record.first_day, record.last_day) else { continue };
        if first <= earlier_last && earlier_first <= last {
            let (file, id) = (report.file.name.clone(), record.id);
            return Err(PipelineError::Overlap { file, first, last, id, earlier_first, earlier_last });
        }
    }
    Ok(())
}

fn days(first: Option<Day>, last: Option<Day>) -> Option<(Day, Day)> {
    first.zip(last)
}
