//! Turning points (转折点): Bayesian online change point detection, from augurs.

use augurs_changepoint::{Detector, NormalGammaDetector};

use super::CivilHour;

/// With fewer hours that are over no turning points are looked for.
const LEAST: usize = 12;
/// A change of fewer reports an hour is none.
const LEAST_CHANGE: f64 = 1.0;
/// Nor is one by a smaller factor.
const LEAST_FACTOR: f64 = 1.5;

/// A moment at which the pace changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Turn {
    /// From which hour on.
    pub hour: CivilHour,
    /// Reports an hour before it, since the turn before.
    pub before: f64,
    /// Reports an hour from it on, until the next turn.
    pub after: f64,
}

/// The turning points of an incident.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Turning {
    /// Earliest first.
    pub turns: Vec<Turn>,
    /// How they were found, or why none were looked for.
    pub method: String,
}

/// The turning points within the hours that are over.
pub(super) fn of(complete: &[(CivilHour, f64)]) -> Turning {
    let n = complete.len();
    if n < LEAST {
        return Turning { turns: Vec::new(), method: format!("完整小时只有{n}个,不足{LEAST}个,不找转折点。") };
    }
    let method = format!(
        "对最近{n}个完整小时的线索数取平方根并标准化,用贝叶斯在线变点检测(正态-伽马先验,平均250小时一变)找转折点;前后每小时相差不到{LEAST_CHANGE}条或不到{LEAST_FACTOR}倍的不列。"
    );
    let Some(y) = standardized(complete) else { return Turning { turns: Vec::new(), method } };
    let found = NormalGammaDetector::default().detect_changepoints(&y);
    // What it gives is the last hour of the pace before; the first is the beginning of the series.
    let mut bounds: Vec<usize> = found.into_iter().filter(|at| *at > 0).map(|at| at + 1).filter(|at| *at < n).collect();
    bounds.sort_unstable();
    bounds.dedup();
    loop {
        let turns = turns(complete, &bounds);
        match turns.iter().position(|turn| !turn.is_one()) {
            Some(slight) => drop(bounds.remove(slight)),
            None => return Turning { turns, method },
        }
    }
}

impl Turn {
    fn is_one(&self) -> bool {
        let (low, high) = (self.before.min(self.after), self.before.max(self.after));
        high - low >= LEAST_CHANGE && high >= LEAST_FACTOR * low
    }
}

/// Square roots, as the spread of a count grows with it, less their mean, by their deviation. None when they are all alike.
fn standardized(complete: &[(CivilHour, f64)]) -> Option<Vec<f64>> {
    let roots: Vec<f64> = complete.iter().map(|(_, reports)| (reports + 0.375).sqrt()).collect();
    let n = roots.len() as f64;
    let mean = roots.iter().sum::<f64>() / n;
    let deviation = (roots.iter().map(|root| (root - mean).powi(2)).sum::<f64>() / n).sqrt();
    (deviation.is_finite() && deviation > 1e-9).then(|| roots.iter().map(|root| (root - mean) / deviation).collect())
}

/// The turns at these bounds.
fn turns(complete: &[(CivilHour, f64)], bounds: &[usize]) -> Vec<Turn> {
    let edges: Vec<usize> = [0].into_iter().chain(bounds.iter().copied()).chain([complete.len()]).collect();
    let pace = |hours: &[(CivilHour, f64)]| hours.iter().map(|(_, reports)| reports).sum::<f64>() / hours.len().max(1) as f64;
    let turn = |edge: &[usize]| {
        let [start, at, end] = *edge else { return None };
        let (before, after) = (complete.get(start..at)?, complete.get(at..end)?);
        Some(Turn { hour: after.first()?.0, before: pace(before), after: pace(after) })
    };
    edges.windows(3).filter_map(turn).collect()
}
