//! Sources that cannot be read and items that wait for a person (采集情况), as figures.

use chassis::{Check, Db, Error, Reading};

use super::{State, grpc::state_name, store};

/// Looks at how sources stand.
#[derive(Debug)]
pub(crate) struct Watch {
    pub db: Db,
}

#[async_trait::async_trait]
impl Check for Watch {
    async fn look(&self) -> Result<Vec<Reading>, Error> {
        let mut connection = self.db.acquire().await?;
        let failing = store::count(&mut connection, state_name(State::Failing)).await?;
        let waiting = store::waiting::count(&mut connection).await?;
        let reading = |metric, what, count: i64| {
            let value = f64::from(u32::try_from(count).unwrap_or(u32::MAX));
            Reading { metric, what, label: None, value, problem: None }
        };
        Ok(vec![
            reading("huiying_sources_failing", "Sources that could not be read three times in a row or more", failing),
            reading("huiying_items_waiting", "Items of sources whose outlet nobody has said yet, 1000 at the most", waiting),
        ])
    }
}
