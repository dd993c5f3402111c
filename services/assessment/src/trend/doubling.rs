//! Doubling times (翻倍时间): a straight line through the logarithms of the hours.

use super::CivilHour;

/// The hours that the line goes through, back from the last that is over.
const WINDOW: usize = 24;
/// With fewer there is no line.
const LEAST: usize = 6;

/// In how many hours the reports an hour double.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Doubling {
    /// None when they do not grow.
    pub hours: Option<f64>,
    /// How it was computed, or why there is none.
    pub method: String,
}

/// The doubling time after the hours that are over.
pub(super) fn of(complete: &[(CivilHour, f64)]) -> Doubling {
    let window = &complete[complete.len().saturating_sub(WINDOW)..];
    let n = window.len();
    if n < LEAST {
        return Doubling { hours: None, method: format!("完整小时只有{n}个,不足{LEAST}个,不计算翻倍时间。") };
    }
    let formula = format!("对最近{n}个完整小时的每小时线索数加1取自然对数,按最小二乘拟合直线,斜率为b时翻倍时间=ln2÷b");
    let Some((slope, error)) = line(window) else {
        return Doubling { hours: None, method: format!("{formula}。无法拟合。") };
    };
    if slope <= 0.0 || slope < 2.0 * error {
        return Doubling {
            hours: None, method: format!("{formula}。b={slope:.3},标准误{error:.3},没有明显增长(b未超过标准误的2倍)。")
        };
    }
    Doubling { hours: Some(std::f64::consts::LN_2 / slope), method: format!("{formula}。b={slope:.3},标准误{error:.3}。") }
}

/// The slope an hour, and its standard error.
fn line(window: &[(CivilHour, f64)]) -> Option<(f64, f64)> {
    let n = window.len() as f64;
    let y: Vec<f64> = window.iter().map(|(_, reports)| reports.ln_1p()).collect();
    let (mid, mean) = ((n - 1.0) / 2.0, y.iter().sum::<f64>() / n);
    let off = |at: usize| at as f64 - mid;
    let spread: f64 = (0..y.len()).map(|at| off(at).powi(2)).sum();
    let slope = y.iter().enumerate().map(|(at, y)| off(at) * (y - mean)).sum::<f64>() / spread;
    let residual: f64 = y.iter().enumerate().map(|(at, y)| (y - mean - slope * off(at)).powi(2)).sum();
    let error = (residual / (n - 2.0) / spread).sqrt();
    // Rounding leaves a slope of some 1e-17 to a level line.
    let slope = if slope.abs() < 1e-9 { 0.0 } else { slope };
    (slope.is_finite() && error.is_finite()).then_some((slope, error))
}
