//! The shop's log, batch by batch.

use patron_domain::SaleBatch;
use patron_synth::{Aside, Shop, SynthError, Truth, generate, stream};

use super::{IN_ORDER_OF_TIME, Invention};
use crate::progress::{go_on, step};
use crate::{PipelineError, Progress, Step};

impl Invention {
    /// The whole shop, unless it is so large that its log comes customer by customer.
    pub(super) fn in_order_of_time(&self, progress: &dyn Progress) -> Result<Option<Shop>, PipelineError> {
        if self.scenario.customers > IN_ORDER_OF_TIME {
            return Ok(None);
        }
        match step(progress, Step::Plan, || generate(&self.scenario, self.seed)) {
            Err(SynthError::TooManyLines { .. }) => Ok(None),
            made => Ok(Some(made?)),
        }
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
        if let Some(shop) = self.in_order_of_time(progress)? {
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
            return Ok(self.truth(shop));
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
