//! The queue of faults: each request takes the oldest one that suits it.

use crate::call::Operation;
use crate::fault::{Delivery, Fault};

/// The faults that still wait, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    pub(crate) fn push(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.waiting.push(fault);
        }
    }

    pub(crate) fn are_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.waiting
    }

    /// The fault for a request that has arrived whole.
    pub(crate) fn take(&mut self, operation: Operation, receipt_id: Option<&str>) -> Option<Fault> {
        self.take_where(|fault| {
            !matches!(fault.delivery, Some(Delivery::CutRequest(_))) && fault.awaits(operation, receipt_id)
        })
    }

    /// How many bytes of a request that has just begun may be read, if a fault cuts it. The receipt is looked for in
    /// what has arrived so far.
    pub(crate) fn take_cut_request(&mut self, operation: Operation, begun: &[u8]) -> Option<u64> {
        let mentions = |id: &str| !id.is_empty() && begun.windows(id.len()).any(|window| window == id.as_bytes());
        let fault = self.take_where(|fault| {
            matches!(fault.delivery, Some(Delivery::CutRequest(_)))
                && fault.on.is_none_or(|on| on == operation)
                && fault.receipt_id.as_deref().is_none_or(mentions)
        })?;
        match fault.delivery {
            Some(Delivery::CutRequest(bytes)) => Some(bytes),
            _ => None,
        }
    }

    pub(crate) fn cuts_requests(&self) -> bool {
        self.waiting.iter().any(|fault| matches!(fault.delivery, Some(Delivery::CutRequest(_))))
    }

    fn take_where(&mut self, suits: impl Fn(&Fault) -> bool) -> Option<Fault> {
        let index = self.waiting.iter().position(suits)?;
        let fault = self.waiting.get_mut(index)?;
        fault.times = fault.times.saturating_sub(u64::from(fault.times != u64::MAX));
        let taken = fault.clone();
        if fault.times == 0 {
            self.waiting.remove(index);
        }
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_waits_for_its_operation_and_its_receipt() {
        let mut faults = Faults::default();
        faults.push(Fault::on(Operation::Cancel).for_receipt("a").html());
        assert!(faults.take(Operation::Lookup, Some("a")).is_none());
        assert!(faults.take(Operation::Cancel, Some("b")).is_none());
        assert!(faults.take(Operation::Cancel, Some("a")).is_some());
        assert!(faults.take(Operation::Cancel, Some("a")).is_none());
    }

    #[test]
    fn a_fault_spoils_as_many_requests_as_told() {
        let mut faults = Faults::default();
        faults.push(Fault::on(Operation::Token).times(2).html());
        assert!(faults.take(Operation::Token, None).is_some());
        assert!(faults.take(Operation::Token, None).is_some());
        assert!(faults.take(Operation::Token, None).is_none());
    }
}
