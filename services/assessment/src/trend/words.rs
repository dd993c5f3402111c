//! Trends in words (走势表述).

use super::Speed;

/// 近6小时线索18条,此前6小时6条(3.0倍).
pub(crate) fn speed(speed: &Speed) -> String {
    let Speed { window, reports, before } = speed;
    match speed.growth() {
        Some(growth) => format!("近{window}小时线索{reports}条,此前{window}小时{before}条({growth:.1}倍)"),
        None => format!("近{window}小时线索{reports}条,此前{window}小时没有"),
    }
}

/// How the speed was computed.
pub(crate) fn speed_method(speed: &Speed) -> String {
    let window = speed.window;
    format!(
        "速度=近{window}个整点小时(含当前未满的一小时)的线索数(重复、转载计入)÷{window};倍数=该线索数÷此前{window}小时的线索数。线索按刊发时间计入,没有刊发时间或晚于登记时间的按登记时间计入。"
    )
}
