//! The shop's log, batch by batch.

use patron_domain::SaleBatch;
use patron_synth::{Aside, Truth, generate, stream};

use super::{IN_ORDER_OF_TIME, Invention};
use crate::progress::{go_on, step};
use crate::{PipelineError, Progress, Step};

impl Invention {
    /// Whether the log comes in order of time, and the shop is in memory.
    pub(super) fn is_in_order_of_time(&self) -> bool {
        self.scenario.customers <= IN_ORDER_OF_TIME
    }

    /// Hands over the log without its dirt, and what was left out; what is true of it. The last call may have no lines.
    pub(super) fn each_clean_batch(
        &self,
        progress: &dyn Progress,
        visit: impl FnMut(SaleBatch, Aside) -> Result<(), PipelineError>,
    ) -> Result<Truth, PipelineError> {
        self.each(true, progress, visit)
    }

    /// Hands over the log with its dirt.
    pub(super) fn each_raw_batch(
        &self,
        progress: &dyn Progress,
        mut visit: impl FnMut(SaleBatch) -> Result<(), PipelineError>,
    ) -> Result<Truth, PipelineError> {
        self.each(false, progress, |batch, _| visit(batch))
    }

    fn each(
        &self,
        clean: bool,
        progress: &dyn Progress,
        mut visit: impl FnMut(SaleBatch, Aside) -> Result<(), PipelineError>,
    ) -> Result<Truth, PipelineError> {
        let customers = u64::from(self.scenario.customers);
        let mut lines = 0;
        if self.is_in_order_of_time() {
            let shop = step(progress, Step::Plan, || generate(&self.scenario, self.seed))?;
            let mut batches = if clean { shop.clean_batches() } else { shop.batches() };
            progress.begin(Step::Invent, Some(customers));
            while let Some(batch) = batches.next() {
                go_on(progress)?;
                lines += batch.len() as u64;
                visit(batch, batches.take_aside())?;
                let share = lines as f64 / shop.lines().max(1) as f64;
                progress.advance(Step::Invent, (share * customers as f64) as u64, lines);
            }
            visit(SaleBatch::default(), batches.take_aside())?;
            progress.end(Step::Invent);
            let mut truth = shop.truth;
            if !self.keeps_customers {
                truth.customers = Vec::new();
            }
            return Ok(truth);
        }
        let mut batches = stream(&self.scenario, self.seed)?;
        if clean {
            batches = batches.cleaned();
        }
        if self.keeps_customers {
            batches = batches.keeping_customers();
        }
        progress.begin(Step::Invent, Some(customers));
        while let Some(batch) = batches.next() {
            go_on(progress)?;
            lines += batch.len() as u64;
            visit(batch, batches.take_aside())?;
            progress.advance(Step::Invent, batches.customers_made(), lines);
        }
        visit(SaleBatch::default(), batches.take_aside())?;
        progress.end(Step::Invent);
        Ok(batches.into_truth())
    }
}
