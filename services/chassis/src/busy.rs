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
/// Calls under way that bring as much as many do, as a portion of a spreadsheet is.
static LADEN_CALLS: AtomicUsize = AtomicUsize::new(0);
/// When many were last under way, in milliseconds after [`BEGAN`]; 0 for never.
static CROWDED: AtomicU64 = AtomicU64::new(0);
/// The same of one that brings as much as many.
static LADEN: AtomicU64 = AtomicU64::new(0);
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
/// From how many on the others give way.
const MANY: usize = 16;
/// One caller who brings many things at once stands for many, one for so many bytes.
const BYTES_OF_ONE: usize = 8 * 1024;
/// Callers that are answered together call again one by one: until so long after the last crowd, it is still there.
const LULL: Duration = Duration::from_millis(20);

/// A command under way, and for how many callers it stands.
pub(crate) struct Call(usize);

/// Counts a command of so many bytes until it is dropped.
pub(crate) fn call(bytes: usize) -> Call {
    let callers = 1 + bytes / BYTES_OF_ONE;
    CALLS.fetch_add(callers, Ordering::Relaxed);
    if callers > MANY {
        LADEN_CALLS.fetch_add(1, Ordering::Relaxed);
    }
    Call(callers)
}

impl Drop for Call {
    fn drop(&mut self) {
        if CALLS.fetch_sub(self.0, Ordering::Relaxed) > MANY {
            CROWDED.store(now(), Ordering::Relaxed);
        }
        if self.0 > MANY {
            LADEN.store(now(), Ordering::Relaxed);
            LADEN_CALLS.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

fn now() -> u64 {
    u64::try_from(BEGAN.elapsed().as_millis()).unwrap_or(u64::MAX).saturating_add(1)
}

fn is_recent(moment: &AtomicU64, within: Duration) -> bool {
    let last = moment.load(Ordering::Relaxed);
    last > 0 && u128::from(now().saturating_sub(last)) <= within.as_millis()
}

/// Waits until few callers are left, at most so long; while somebody brings a whole file, at most the other time: its facts come by
/// the hundred in a record, and take effect together afterwards.
pub(crate) async fn give_way(most: Duration, laden_most: Duration) {
    let begun = Instant::now();
    loop {
        let laden = LADEN_CALLS.load(Ordering::Relaxed) > 0 || is_recent(&LADEN, 4 * LULL);
        let crowded = CALLS.load(Ordering::Relaxed) > MANY || is_recent(&CROWDED, LULL);
        let most = if laden { laden_most } else { most };
        if !(laden || crowded) || begun.elapsed() >= most {
            return;
        }
        tokio::time::sleep(LULL / 4).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_others_give_way_to_a_file_until_it_is_taken_in_and_not_for_ever() {
        let long = Duration::from_secs(20);
        let given_way = |within| async move { tokio::time::timeout(within, give_way(long, long)).await.is_ok() };
        let call = call(1 << 20);
        tokio::time::sleep(8 * LULL).await; // it takes longer than a lull
        assert!(!given_way(2 * LULL).await);
        let begun = Instant::now();
        give_way(long, LULL).await;
        assert!(begun.elapsed() < long);
        drop(call);
        assert!(given_way(long / 2).await);
    }
}
