//! What a piece of work costs: time on the wall, and time on processors.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// CPU that this process has used, user and system together, all its threads.
pub fn of_this_process() -> Duration {
    let used = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(used.tv_sec.try_into().unwrap_or(0), used.tv_nsec.try_into().unwrap_or(0))
}

/// What some work took, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// On the wall.
    pub seconds: f64,
    /// On this process's processors.
    pub cpu_seconds: f64,
}

/// Times some work.
///
/// # Errors
/// Those of the work.
pub fn cost_of<E>(work: impl FnOnce() -> Result<(), E>) -> Result<Cost, E> {
    let (cpu_before, begun) = (of_this_process(), Instant::now());
    work()?;
    let seconds = begun.elapsed().as_secs_f64();
    Ok(Cost { seconds, cpu_seconds: (of_this_process() - cpu_before).as_secs_f64() })
}
