//! What is approved and waits to reach the superior (待送上级), as figures.

use chassis::{Check, Db, Error, Reading};

use super::store;

/// Looks at what waits.
#[derive(Debug)]
pub(crate) struct Watch {
    pub db: Db,
}

#[async_trait::async_trait]
impl Check for Watch {
    async fn look(&self) -> Result<Vec<Reading>, Error> {
        let (waiting, attempts) = store::waiting(&mut *self.db.acquire().await?).await?;
        let count = |count: i64| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        Ok(vec![
            Reading {
                metric: "huiying_outbox_pending",
                what: "What is due to leave the house by a channel and has not arrived, 1000 at the most",
                label: Some(("channel", "superior")),
                value: count(waiting),
                problem: None,
            },
            Reading {
                metric: "huiying_channel_failures",
                what: "Failed attempts at what waits for a channel: the most that any of it has; 0 while nothing fails",
                label: Some(("channel", "superior")),
                value: count(attempts.into()),
                problem: None,
            },
        ])
    }
}
