//! Registers: from the wire and to it.

use chassis::{Error, Fields, wire_time};
use huiying_proto::{intake as pb, paper::paper::Format};
use jiff::civil::Date;

use super::DailyRegister;

pub(crate) fn day(text: &str) -> Result<Date, Error> {
    let mut fields = Fields::new();
    let day = fields.day("register_date", text);
    fields.check().map(|()| day)
}

pub(crate) fn compile(message: &pb::CompileDailyRegisterRequest) -> Result<(Date, bool), Error> {
    Ok((day(&message.register_date)?, message.supplement))
}

pub(crate) fn render(message: &pb::RenderDailyRegisterRequest) -> Result<(Date, Format), Error> {
    let mut fields = Fields::new();
    let asked = (fields.day("register_date", &message.register_date), fields.optional_choice("format", message.format));
    fields.check().map(|()| asked)
}

pub(crate) fn to_wire(register: &DailyRegister) -> pb::DailyRegister {
    pb::DailyRegister {
        register_date: register.day.to_string(),
        collector_person_id: register.collector.to_string(),
        report_count: register.reports,
        incident_count: register.incidents,
        text: register.text.clone(),
        compile_time: Some(wire_time(register.compile_time)),
    }
}
