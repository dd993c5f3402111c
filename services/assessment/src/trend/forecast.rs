//! Forecasts (预测): exponential smoothing of the hours, from augurs.

use augurs_core::{Fit, Forecast as Fitted, Predict};
use augurs_ets::AutoETS;
use augurs_mstl::MSTLModel;

use super::CivilHour;

/// With fewer hours that are over there is no forecast.
const LEAST: usize = 12;
/// With fewer hours that had reports there is none either.
const LEAST_WITH_REPORTS: usize = 3;
const DAY: usize = 24;
/// From so many hours on the hours of the day are told apart.
const DAYS: usize = 3 * DAY;

/// What one hour is expected to bring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Expected {
    pub hour: CivilHour,
    pub reports: f64,
    /// The 80 % interval.
    pub within_80: (f64, f64),
    /// The 95 % interval.
    pub within_95: (f64, f64),
}

/// What the coming hours are expected to bring.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Forecast {
    /// From the current hour on; empty when there is too little to go by.
    pub hours: Vec<Expected>,
    /// How it was made, or why there is none.
    pub method: String,
}

/// The forecast of some hours from the current one on, by the hours that are over.
pub(super) fn of(complete: &[(CivilHour, f64)], current: CivilHour, ahead: usize) -> Forecast {
    let y: Vec<f64> = complete.iter().map(|(_, reports)| *reports).collect();
    match fitted(&y, ahead) {
        Ok((narrow, wide, method)) => {
            let hours = hours(&narrow, &wide, current);
            // What is not a number is not shown as one.
            if hours.len() == ahead && hours.iter().all(Expected::is_finite) {
                return Forecast { hours, method };
            }
            Forecast { hours: Vec::new(), method: "预测结果不是有限的数,不作预测。".to_owned() }
        }
        Err(method) => Forecast { hours: Vec::new(), method },
    }
}

impl Expected {
    fn is_finite(&self) -> bool {
        let numbers = [self.reports, self.within_80.0, self.within_80.1, self.within_95.0, self.within_95.1];
        numbers.iter().all(|number| number.is_finite())
    }
}

/// The forecast with its 80 % and its 95 % interval, and how it was made; or why there is none.
fn fitted(y: &[f64], ahead: usize) -> Result<(Fitted, Fitted, String), String> {
    let n = y.len();
    if n < LEAST {
        return Err(format!("完整小时只有{n}个,不足{LEAST}个,不作预测。"));
    }
    let with_reports = y.iter().filter(|reports| **reports > 0.0).count();
    if with_reports < LEAST_WITH_REPORTS {
        return Err(format!("{n}个完整小时里只有{with_reports}个小时有线索,不足{LEAST_WITH_REPORTS}个,不作预测。"));
    }
    if y.iter().all(|reports| Some(reports) == y.first()) {
        return Err(format!("{n}个完整小时的线索数完全相同,无从估计误差,不作预测。"));
    }
    let smoothing = AutoETS::new(1, "AZN").map_err(refused)?;
    let narrow_and_wide = |model: &dyn Intervals| Ok::<_, String>((model.within(ahead, 0.80)?, model.within(ahead, 0.95)?));
    let ((narrow, wide), model) = if n < DAYS {
        (narrow_and_wide(&smoothing.fit(y).map_err(refused)?)?, "指数平滑(ETS)")
    } else {
        let by_day = MSTLModel::new(vec![DAY], smoothing.into_trend_model());
        (narrow_and_wide(&by_day.fit(y).map_err(refused)?)?, "昼夜周期分解(MSTL,周期24小时)后指数平滑(ETS)")
    };
    let method = format!("按最近{n}个完整小时的线索数,用{model}预测,误差按正态分布给出80%和95%区间,低于零的取零;仅供研判参考。");
    Ok((narrow, wide, method))
}

/// What was fitted to the hours.
trait Intervals {
    fn within(&self, ahead: usize, level: f64) -> Result<Fitted, String>;
}

impl<M: Predict> Intervals for M {
    fn within(&self, ahead: usize, level: f64) -> Result<Fitted, String> {
        self.predict(ahead, level).map_err(refused)
    }
}

fn refused(error: impl std::fmt::Display) -> String {
    format!("模型未能拟合({error}),不作预测。")
}

/// The hours; what would be below zero is zero.
fn hours(narrow: &Fitted, wide: &Fitted, current: CivilHour) -> Vec<Expected> {
    let (Some(within_80), Some(within_95)) = (&narrow.intervals, &wide.intervals) else { return Vec::new() };
    let bounds = |intervals: &augurs_core::ForecastIntervals| -> Vec<(f64, f64)> {
        intervals.lower.iter().zip(&intervals.upper).map(|(lower, upper)| (counted(*lower), counted(*upper))).collect()
    };
    let (within_80, within_95) = (bounds(within_80), bounds(within_95));
    let numbers = narrow.point.iter().zip(within_80.into_iter().zip(within_95)).zip(0..);
    numbers
        .map(|((reports, (within_80, within_95)), at)| Expected {
            hour: current.later(at),
            reports: counted(*reports),
            within_80,
            within_95,
        })
        .collect()
}

/// A number of reports; not a number stays so.
fn counted(number: f64) -> f64 {
    if number <= 0.0 { 0.0 } else { number }
}
