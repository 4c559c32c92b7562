//! Several services of one database: each keeps its number, and does what is left of one that is gone.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use patron_store::{JobId, JobRecord, Lease, ServiceId};

use super::engine::{Inner, upload_of};
use crate::ApiError;

/// How often is looked.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// A service is taken for gone when its number was free in so many looks one after the other: it may have lost its
/// connection for a moment.
const GONE_AFTER: u32 = 4;

/// A thread: looks after other services, until this one stops.
pub(super) fn keep(inner: &Inner) {
    let mut missed = BTreeMap::new();
    while !inner.pause(LOOK_EVERY) {
        if let Err(error) = look(inner, &mut missed) {
            tracing::debug!("the services of the database cannot be looked after: {error}");
        }
    }
}

/// `missed` counts, by service, the looks in which its number was free.
fn look(inner: &Inner, missed: &mut BTreeMap<ServiceId, u32>) -> Result<(), ApiError> {
    inner.keep_number()?;
    let own = inner.service();
    let open = inner.database.look(|reading| reading.open_jobs())?;
    let others: Vec<JobRecord> = open.into_iter().filter(|job| job.service != own).collect();
    inner.give_up(&others.iter().map(|job| job.id).collect());
    let services: BTreeSet<ServiceId> = others.iter().map(|job| job.service).collect();
    missed.retain(|service, _| services.contains(service));
    for service in services {
        match Lease::take(inner.database.url(), service)? {
            None => {
                missed.remove(&service);
            }
            Some(lease) => {
                let looks = missed.entry(service).or_insert(0);
                *looks += 1;
                if *looks >= GONE_AFTER {
                    take_over(inner, &lease, &others);
                }
            }
        }
    }
    Ok(())
}

/// Takes over what a service leaves whose number is held meanwhile, but for files that lie out of reach.
fn take_over(inner: &Inner, gone: &Lease, others: &[JobRecord]) {
    let is_in_reach = |job: &JobRecord| upload_of(job).is_none_or(|folder| inner.uploads.is_there(&folder));
    let left = others.iter().filter(|job| job.service == gone.id() && is_in_reach(job));
    let ids: Vec<JobId> = left.map(|job| job.id).collect();
    if ids.is_empty() {
        return;
    }
    let mut taken = Vec::new();
    let noted = inner.persist(|writing| {
        taken = writing.take_over_jobs(&ids, gone.id(), inner.service())?;
        Ok(())
    });
    if noted {
        tracing::info!("service {} is gone; {} of its jobs go on here", gone.id(), taken.len());
        inner.resume(taken);
    }
}
