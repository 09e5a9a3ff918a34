//! The runtime that carries calls out: the library's own, one thread called `bootpay`. What blocks (disks, databases, a
//! host's token source) has threads of its own. A second one would make a cancel wake twice as many threads.
//!
//! Calls never run on the caller's event loop: TLS and disks would hold it up, and its end would be theirs.

use std::future::poll_fn;
use std::pin::{Pin, pin};
#[cfg(feature = "bulk")]
use std::sync::Weak;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

#[cfg(feature = "bulk")]
use bootpay_core::bulk::BulkStop;
use tokio::runtime::Runtime;
use tokio::task::{AbortHandle, JoinHandle};

use crate::error::BootpayError;
use crate::process::PerProcess;
use crate::stop::StopSignal;

static SLOT: PerProcess<Slot> = PerProcess::new();

/// How long the threads may take to end once nothing is left to do.
const JOIN: Duration = Duration::from_secs(5);

#[derive(Default)]
struct Slot {
    state: Mutex<State>,
    /// How many calls are under way that could move money.
    under_way: Arc<(Mutex<usize>, Condvar)>,
    /// How the bulks among them are stopped.
    #[cfg(feature = "bulk")]
    bulks: Mutex<Vec<Weak<BulkStop>>>,
}

#[derive(Default)]
enum State {
    #[default]
    Idle,
    Running(Runtime),
    /// No call is begun any more; those that are under way go on.
    Finishing(Runtime),
    ShutDown,
}

/// Ends the library in this process, before the process ends: stops bulks, waits up to `patience` for cancels that are
/// under way, and joins the threads. What is not done by then is in the journal, and the next run's `recover` takes it up.
///
/// Calls made afterwards are refused; nothing is sent. A child that is forked later starts afresh.
#[uniffi::export]
pub fn shutdown(patience: Duration) {
    finish(patience);
    let state = std::mem::replace(&mut *lock(&SLOT.get().state), State::ShutDown);
    if let State::Finishing(runtime) = state {
        runtime.shutdown_timeout(JOIN);
    }
    #[cfg(feature = "bulk")]
    crate::bulk::hush(JOIN);
    crate::logs::close();
}

/// The first half of `shutdown`, for hosts that look at signals meanwhile: refuses new calls, stops bulks, waits up to `patience` for
/// cancels that are under way, and says whether none is left. To be called again where some are, or given up.
#[uniffi::export]
pub fn finish(patience: Duration) -> bool {
    let slot = SLOT.get();
    {
        let mut state = lock(&slot.state);
        *state = match std::mem::replace(&mut *state, State::ShutDown) {
            State::Running(runtime) | State::Finishing(runtime) => State::Finishing(runtime),
            State::Idle | State::ShutDown => State::ShutDown,
        };
    }
    #[cfg(feature = "bulk")]
    for bulk in lock(&slot.bulks).iter().filter_map(Weak::upgrade) {
        bulk.stop();
    }
    let (count, changed) = &*slot.under_way;
    let some_left = |under_way: &mut usize| *under_way > 0;
    let (under_way, _) =
        changed.wait_timeout_while(lock(count), patience, some_left).unwrap_or_else(PoisonError::into_inner);
    *under_way == 0
}

/// A call that is being carried out.
pub(crate) struct Call<T> {
    task: Task<Result<T, BootpayError>>,
    leaving: Leaving,
}

/// A task, and where it leaves its value. To the runtime all tasks are of one type: a type for each call would have the whole of
/// the runtime's task machinery compiled for each, twice (see docs/performance.md).
struct Task<T> {
    handle: JoinHandle<()>,
    value: Arc<Mutex<Option<T>>>,
}

/// What becomes of a call whose caller goes away.
enum Leaving {
    /// It ends at once.
    Abort,
    /// It goes on to its end.
    GoOn,
    /// It begins nothing more, and what is on its way goes on to its end.
    #[cfg(feature = "bulk")]
    Stop(BulkStop),
}

/// Starts a call that could move money: it goes on when its caller goes away.
pub(crate) fn carry_out<T: Send + 'static>(
    work: impl Future<Output = Result<T, BootpayError>> + Send + 'static,
) -> Result<Call<T>, BootpayError> {
    Ok(Call { task: spawn_counted(work)?, leaving: Leaving::GoOn })
}

/// Starts a bulk, which `stop` stops: so it ends when its caller goes away, and when the process does.
#[cfg(feature = "bulk")]
pub(crate) fn carry_out_bulk<T: Send + 'static>(
    stop: BulkStop,
    work: impl Future<Output = Result<T, BootpayError>> + Send + 'static,
) -> Result<Call<T>, BootpayError> {
    let under_way = Arc::new(stop.clone());
    {
        let mut bulks = lock(&SLOT.get().bulks);
        bulks.retain(|bulk| bulk.strong_count() > 0);
        bulks.push(Arc::downgrade(&under_way));
    }
    let task = spawn_counted(async move {
        let _under_way = under_way;
        work.await
    })?;
    Ok(Call { task, leaving: Leaving::Stop(stop) })
}

fn spawn_counted<T: Send + 'static>(
    work: impl Future<Output = Result<T, BootpayError>> + Send + 'static,
) -> Result<Task<Result<T, BootpayError>>, BootpayError> {
    let under_way = UnderWay::new(Arc::clone(&SLOT.get().under_way));
    // In a box of its own: a cancel has ten kilobytes, which would be copied at every hand-over.
    let work = Box::pin(work);
    spawn(async move {
        let _under_way = under_way;
        work.await
    })
}

/// Starts a read: it ends when its caller goes away.
pub(crate) fn read<T: Send + 'static>(
    work: impl Future<Output = Result<T, BootpayError>> + Send + 'static,
) -> Result<Call<T>, BootpayError> {
    Ok(Call { task: spawn(Box::pin(work))?, leaving: Leaving::Abort })
}

/// Has the runtime do something beside a call that it carries out. Where that call could be started, so can this.
pub(crate) fn accompany(work: impl Future<Output = ()> + Send + 'static) -> Result<AbortHandle, BootpayError> {
    Ok(spawn_boxed(Box::pin(work))?.abort_handle())
}

fn spawn<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<Task<T>, BootpayError> {
    let value = Arc::new(Mutex::new(None));
    let place = Arc::clone(&value);
    let handle = spawn_boxed(Box::pin(async move {
        let done = work.await;
        *lock(&place) = Some(done);
    }))?;
    Ok(Task { handle, value })
}

fn spawn_boxed(work: Pin<Box<dyn Future<Output = ()> + Send>>) -> Result<JoinHandle<()>, BootpayError> {
    let mut state = lock(&SLOT.get().state);
    if let State::Idle = *state {
        *state = State::Running(start().map_err(|error| {
            BootpayError::not_sent(
                "not_sent.no_threads",
                &format!("the library's threads could not be started: {error}"),
            )
        })?);
    }
    match &*state {
        State::Running(runtime) => Ok(runtime.spawn(work)),
        State::Idle | State::Finishing(_) | State::ShutDown => {
            Err(BootpayError::not_sent("not_sent.shut_down", "the library is shut down, since the process is ending"))
        }
    }
}

fn start() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).thread_name("bootpay").enable_all().build()
}

impl<T> Call<T> {
    /// Waits on this thread, which need not be a runtime's.
    pub(crate) fn wait(self) -> Result<T, BootpayError> {
        block_on(self)
    }

    /// Waits until the call's end, or until the caller goes away: then a read is aborted, and a cancel goes on alone.
    pub(crate) async fn until(self, stop: Option<Arc<StopSignal>>) -> Result<T, BootpayError> {
        let Some(stop) = stop else { return self.await };
        let (mut stopped, mut call) = (pin!(stop.given()), pin!(self));
        poll_fn(|context| match call.as_mut().poll(context) {
            Poll::Pending => stopped.as_mut().poll(context).map(|()| Err(BootpayError::stopped())),
            ended => ended,
        })
        .await
    }
}

/// Waits on this thread for something that a runtime's threads bring about.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        // A slice of any length will do.
        if let Some(value) = block_on_for(future.as_mut(), Duration::from_secs(3600)) {
            return value;
        }
    }
}

/// The same for a slice of time. Nothing: it is not there yet.
pub(crate) fn block_on_for<T>(
    mut future: Pin<&mut (impl Future<Output = T> + ?Sized)>,
    patience: Duration,
) -> Option<T> {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let start = Instant::now();
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
        let left = patience.saturating_sub(start.elapsed());
        if left.is_zero() {
            return None;
        }
        std::thread::park_timeout(left);
    }
}

impl<T> Future for Call<T> {
    type Output = Result<T, BootpayError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let is_read = matches!(self.leaving, Leaving::Abort);
        // The text of a panic stays here: nobody knows what is in it.
        Pin::new(&mut self.task.handle).poll(context).map(|_| match lock(&self.task.value).take() {
            Some(result) => result,
            None if is_read => Err(BootpayError::internal("the read was lost before it was answered; ask again")),
            None => Err(BootpayError::lost()),
        })
    }
}

impl<T> Drop for Call<T> {
    fn drop(&mut self) {
        match &self.leaving {
            Leaving::Abort => self.task.handle.abort(),
            Leaving::GoOn => {}
            #[cfg(feature = "bulk")]
            Leaving::Stop(stop) => stop.stop(),
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Counts a call while it lives.
struct UnderWay(Arc<(Mutex<usize>, Condvar)>);

impl UnderWay {
    fn new(counter: Arc<(Mutex<usize>, Condvar)>) -> Self {
        *lock(&counter.0) += 1;
        Self(counter)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        *lock(&self.0.0) -= 1;
        self.0.1.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    static DONE: AtomicBool = AtomicBool::new(false);

    async fn slow(done: &'static AtomicBool) -> Result<(), BootpayError> {
        tokio::time::sleep(Duration::from_millis(50)).await;
        done.store(true, Ordering::SeqCst);
        Ok(())
    }

    fn wait_for(done: &AtomicBool) -> bool {
        let give_up_at = Instant::now() + Duration::from_secs(5);
        while !done.load(Ordering::SeqCst) && Instant::now() < give_up_at {
            std::thread::sleep(Duration::from_millis(5));
        }
        done.load(Ordering::SeqCst)
    }

    #[test]
    fn a_cancel_goes_on_without_its_caller() {
        drop(carry_out(slow(&DONE)).unwrap());
        assert!(wait_for(&DONE));
    }

    #[test]
    fn a_read_ends_with_its_caller() {
        static READ: AtomicBool = AtomicBool::new(false);
        drop(read(slow(&READ)).unwrap());
        std::thread::sleep(Duration::from_millis(300));
        assert!(!READ.load(Ordering::SeqCst));
    }

    #[test]
    #[cfg(feature = "bulk")]
    fn a_bulk_whose_caller_goes_away_is_stopped_and_ends_by_itself() {
        static BULK: AtomicBool = AtomicBool::new(false);
        let stop = BulkStop::new();
        let asked = stop.clone();
        let call = carry_out_bulk(stop.clone(), async move {
            while !asked.is_stopped() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            slow(&BULK).await
        });
        assert!(!stop.is_stopped());
        drop(call.unwrap());
        assert!(wait_for(&BULK));
    }

    #[test]
    fn a_signal_ends_a_read_and_leaves_a_cancel_alone() {
        static CANCEL: AtomicBool = AtomicBool::new(false);
        static READ: AtomicBool = AtomicBool::new(false);
        let stop = StopSignal::new();
        let (cancel, lookup) = (carry_out(slow(&CANCEL)).unwrap(), read(slow(&READ)).unwrap());
        stop.stop();
        for ended in [block_on(cancel.until(Some(Arc::clone(&stop)))), block_on(lookup.until(Some(stop)))] {
            assert!(matches!(ended, Err(BootpayError::Lost { facts }) if facts.kind == "lost.stopped"));
        }
        assert!(wait_for(&CANCEL));
        std::thread::sleep(Duration::from_millis(300));
        assert!(!READ.load(Ordering::SeqCst));
    }

    #[test]
    fn what_has_ended_is_told_even_to_a_caller_who_left() {
        let stop = StopSignal::new();
        let call = read(async { Ok(7) }).unwrap();
        while !call.task.handle.is_finished() {
            std::thread::yield_now();
        }
        stop.stop();
        assert_eq!(block_on(call.until(Some(stop))).unwrap(), 7);
    }

    #[test]
    fn a_panic_is_told_by_a_fixed_text_and_claims_nothing_about_money() {
        let cancel = carry_out::<()>(async { panic!("canary") }).unwrap().wait().unwrap_err();
        let lookup = read::<()>(async { panic!("canary") }).unwrap().wait().unwrap_err();
        assert!(matches!(cancel, BootpayError::Lost { .. }));
        assert!(matches!(lookup, BootpayError::Internal { .. }));
        assert!(!format!("{cancel:?} {lookup:?}").contains("canary"));
    }

    #[test]
    fn a_caller_may_wait_on_any_thread() {
        assert_eq!(read(async { Ok(7) }).unwrap().wait().unwrap(), 7);
        let nested = carry_out(async { read(async { Ok(8) }) }).unwrap().wait().unwrap();
        assert_eq!(nested.wait().unwrap(), 8);
    }
}
