//! Callers first: while many wait for an answer, the work that nobody waits for is put off a moment, and so done in larger portions.

use std::{
    sync::{
        LazyLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

/// Callers of commands under way in this process.
static CALLS: AtomicUsize = AtomicUsize::new(0);
/// When many were last under way, in milliseconds after [`BEGAN`]; 0 for never.
static CROWDED: AtomicU64 = AtomicU64::new(0);
/// The same of one that brings as much as many, as a portion of a spreadsheet is.
static LADEN: AtomicU64 = AtomicU64::new(0);
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// From how many on the others give way.
const MANY: usize = 16;
/// One caller who brings many things at once stands for many, one for so many bytes.
const BYTES_OF_ONE: usize = 8 * 1024;
/// How many times as long the others give way to such a one.
const LADEN_TIMES: u32 = 6;
/// Callers that are answered together call again one by one: until so long after the last crowd, it is still there.
const LULL: Duration = Duration::from_millis(20);

/// A command under way, and for how many callers it stands.
pub(crate) struct Call(usize);

/// Counts a command of so many bytes until it is dropped.
pub(crate) fn call(bytes: usize) -> Call {
    let callers = 1 + bytes / BYTES_OF_ONE;
    if CALLS.fetch_add(callers, Ordering::Relaxed) + callers > MANY {
        CROWDED.store(now(), Ordering::Relaxed);
    }
    if callers > MANY {
        LADEN.store(now(), Ordering::Relaxed);
    }
    Call(callers)
}

impl Drop for Call {
    fn drop(&mut self) {
        CALLS.fetch_sub(self.0, Ordering::Relaxed);
    }
}

fn now() -> u64 {
    u64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
}

fn is_recent(moment: &AtomicU64, within: Duration) -> bool {
    let last = moment.load(Ordering::Relaxed);
    last > 0 && u128::from(now().saturating_sub(last)) <= within.as_millis()
}

/// Waits until few callers are left, at most so long; while somebody brings a whole file, some times as long: its facts come by the
/// hundred in a record, and take effect together afterwards.
pub(crate) async fn give_way(most: Duration) {
    let begun = Instant::now();
    loop {
        let laden = is_recent(&LADEN, 4 * LULL);
        let most = if laden { LADEN_TIMES * most } else { most };
        if !(laden || is_recent(&CROWDED, LULL)) || begun.elapsed() >= most {
            return;
        }
        tokio::time::sleep(LULL / 4).await;
    }
}
