//! `huiying regulation explain`: what is owed of an incident, by whom, until when, and how each time follows from the rule, as a
//! leader reads it.

use chassis::{clock::in_words, fact_time};
use huiying_proto::{
    accountability::{ListObligationsRequest, Obligation, obligation::State},
    intake::ListIncidentsRequest,
};
use uuid::Uuid;

use crate::{
    Failure,
    client::Client,
    names::{Names, debtor},
    table::table,
};

/// Marks the clock that is effective: of those that nothing has settled, the earliest.
const EFFECTIVE: &str = "▶";

/// Tells what the caller may see of an incident's obligations; the incident by its number or its id.
///
/// # Errors
/// When the service cannot be reached or refuses.
pub async fn explain(client: &Client, incident: &str) -> Result<String, Failure> {
    let Some(incident_id) = find(client, incident).await? else {
        return Ok(format!("没有编号为 {incident} 的事件,或者您无权查看。"));
    };
    let mut accountability = client.accountability()?;
    let (mut obligations, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListObligationsRequest { incident_id: incident_id.to_string(), page_size: 1000, page_token, ..Default::default() };
        let answer = accountability.list_obligations(request).await?.into_inner();
        obligations.extend(answer.obligations);
        page_token = answer.next_page_token;
        if page_token.is_empty() {
            break;
        }
    }
    if obligations.is_empty() {
        return Ok(format!("事件 {incident}: 没有责任时限,或者您无权查看。"));
    }
    in_chinese(incident, &obligations, &Names::of_directory(client).await?)
}

/// The id of an incident named by its id or its number.
async fn find(client: &Client, incident: &str) -> Result<Option<Uuid>, Failure> {
    if let Ok(id) = Uuid::try_parse(incident) {
        return Ok(Some(id));
    }
    let request = ListIncidentsRequest { number: incident.to_owned(), ..Default::default() };
    let found = client.intake()?.list_incidents(request).await?.into_inner().incidents;
    found.first().map(|incident| Uuid::try_parse(&incident.incident_id).map_err(Failure::new)).transpose()
}

fn in_chinese(incident: &str, obligations: &[Obligation], names: &Names) -> Result<String, Failure> {
    let unsettled = |obligation: &&Obligation| matches!(obligation.state(), State::Open | State::Extended | State::Breached);
    let count = obligations.iter().filter(unsettled).count();
    let effective = obligations.iter().filter(unsettled).min_by_key(|o| o.due_time.map(|due| (due.seconds, due.nanos)));
    let is_effective = |obligation: &Obligation| effective.is_some_and(|effective| effective.obligation_id == obligation.obligation_id);
    let mut text = format!("事件 {incident}: 责任时限 {} 项,未了结 {count} 项", obligations.len());
    text.push_str(&if count > 0 { format!("({EFFECTIVE} 为其中最早到期、现在起作用的一项)\n") } else { "\n".to_owned() });
    let mut rows = Vec::with_capacity(obligations.len());
    for (nth, obligation) in obligations.iter().enumerate() {
        rows.push(vec![
            format!("{}{}", if is_effective(obligation) { EFFECTIVE } else { "" }, nth + 1),
            obligation.name.clone(),
            obligation.clause.clone(),
            who(obligation, names),
            words(obligation.open_time.as_ref())?,
            words(obligation.due_time.as_ref())?,
            state(obligation.state()).to_owned(),
            settled(obligation)?,
        ]);
    }
    text.push_str(&format!("{}\n", table(&["", "事项", "条款", "责任人", "起算", "时限", "状态", "如何了结"], rows)));
    for (nth, obligation) in obligations.iter().enumerate() {
        let mark = if is_effective(obligation) { format!(" {EFFECTIVE} 现在起作用") } else { String::new() };
        let (name, clause, who) = (&obligation.name, &obligation.clause, who(obligation, names));
        text.push_str(&format!("\n{}. {name}({clause}),{who}{mark}\n", nth + 1));
        for (step, said) in obligation.derivation.iter().enumerate() {
            text.push_str(&format!("   {}) {said}\n", step + 1));
        }
        let settled = settled(obligation)?;
        if !settled.is_empty() {
            text.push_str(&format!("   了结: {settled},事实 {}\n", obligation.discharge_event_id));
        }
    }
    Ok(text)
}

fn who(obligation: &Obligation, names: &Names) -> String {
    names.party(&debtor(&obligation.debtor_body_id, &obligation.debtor_person_id, &obligation.debtor_role))
}

fn words(time: Option<&prost_types::Timestamp>) -> Result<String, Failure> {
    Ok(in_words(fact_time(time)?))
}

fn state(state: State) -> &'static str {
    match state {
        State::Unspecified => "",
        State::Open => "未到期",
        State::Extended => "已延期",
        State::Discharged => "按期履行",
        State::Breached => "逾期未履行",
        State::DischargedLate => "逾期履行",
        State::Waived => "已免除",
        State::Ended => "已终止",
    }
}

fn settled(obligation: &Obligation) -> Result<String, Failure> {
    Ok(match obligation.state() {
        State::Discharged | State::DischargedLate => format!("{} 办结", words(obligation.discharge_time.as_ref())?),
        State::Waived => "免除".to_owned(),
        State::Ended => "终止".to_owned(),
        State::Open | State::Extended | State::Breached | State::Unspecified => String::new(),
    })
}

#[cfg(test)]
mod tests {
    use chassis::wire_time;

    use super::*;

    fn obligation(name: &str, hour: u8, state: State) -> Obligation {
        let time = |hour: u8| Some(wire_time(format!("2026-11-10T{hour:02}:00:00+08:00").parse().unwrap()));
        Obligation {
            obligation_id: name.to_owned(),
            name: name.to_owned(),
            clause: "四(三)".to_owned(),
            debtor_role: "office_staff".to_owned(),
            open_time: time(9),
            due_time: time(hour),
            discharge_time: time(10),
            discharge_event_id: "f-1".to_owned(),
            derivation: vec!["起算:甲".to_owned(), "时限至:乙".to_owned()],
            state: state.into(),
            ..Obligation::default()
        }
    }

    #[test]
    fn the_earliest_clock_that_nothing_settled_is_marked_and_each_is_derived_step_by_step() {
        let obligations =
            [obligation("专报", 11, State::Discharged), obligation("当日回应", 20, State::Open), obligation("反馈", 22, State::Open)];
        let text = in_chinese("2026-0001", &obligations, &Names::default()).unwrap();
        assert!(text.contains("责任时限 3 项,未了结 2 项"), "{text}");
        assert!(text.contains("▶2") && text.contains("2. 当日回应(四(三)),舆情处置办公室工作人员 ▶ 现在起作用"), "{text}");
        assert!(!text.contains("▶1") && !text.contains("▶3"), "{text}");
        assert!(text.contains("   1) 起算:甲\n   2) 时限至:乙"), "{text}");
        assert!(text.contains("   了结: 2026年11月10日 10:00 办结,事实 f-1"), "{text}");
    }

    #[test]
    fn the_columns_of_a_table_end_where_they_should_though_chinese_is_twice_as_wide() {
        let text =
            table(&["事项", "b"], [vec!["当日回应".to_owned(), "x".to_owned()], vec!["abcdefgh".to_owned(), "y".to_owned()]]).to_string();
        let rows: Vec<&str> = text.lines().filter(|line| line.contains('x') || line.contains('y')).collect();
        let before = |row: &str, mark: char| {
            row.split(mark).next().unwrap().chars().map(|c| if c.is_ascii() { 1 } else { 1 + usize::from(c >= '\u{4e00}') }).sum::<usize>()
        };
        assert_eq!(before(rows[0], 'x'), before(rows[1], 'y'), "{text}");
    }
}
