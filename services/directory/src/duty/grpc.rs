//! Duties: from the wire and to it.

use chassis::{Error, Fields};
use huiying_proto::directory as pb;
use jiff::civil::Date;

use super::Duty;

pub(crate) fn schedule(message: &pb::ScheduleDutyRequest) -> Result<Duty, Error> {
    let mut fields = Fields::new();
    let duty = Duty { day: fields.day("duty_date", &message.duty_date), person: fields.id("person_id", &message.person_id) };
    fields.check().map(|()| duty)
}

pub(crate) fn list(message: &pb::ListDutiesRequest) -> Result<(Date, Date), Error> {
    let mut fields = Fields::new();
    let (from, to) = (fields.day("from_date", &message.from_date), fields.day("to_date", &message.to_date));
    if to < from || from.duration_until(to).as_hours() > 366 * 24 {
        fields.wrong("to_date", "应在起始日期之后 366 天以内");
    }
    fields.check().map(|()| (from, to))
}

pub(crate) fn to_wire(duty: Duty) -> pb::Duty {
    pb::Duty { duty_date: duty.day.to_string(), person_id: duty.person.to_string() }
}
