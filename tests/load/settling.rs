//! A million open obligations: how late those that fall due are told, and what those that do not fall due cost. What is stored is
//! copied, by SQL, from one incident that the services themselves made.

use std::time::{Duration, Instant};

use chassis::fact_time;
use huiying::client::{Client, Protocol, request_id};
use huiying_proto::{
    accountability::ObligationBreached,
    assessment::{ConfirmAssessmentRequest, EventGrade, GetAssessmentRequest, Level, OverrideAssessmentRequest},
    directory::Role,
    event::{Record, StreamEventsRequest},
};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx;
use prost::{Message, Name};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{Findings, Plan, quantile, reacting, town::Town};

/// Stored for comparison.
const FEW_PART: usize = 100;
/// The keeper, behind whose back they are stored, looks by itself every 5 s.
const AHEAD: SignedDuration = SignedDuration::from_secs(8);
/// How many a second fall due, spread over the second.
const RATE: usize = 200;

pub async fn measure(town: &Town, plan: Plan, findings: &mut Findings) {
    let incident_id = important_incident(town).await;
    let mut stage = Stage::set(town, incident_id).await;
    let few = plan.obligations / FEW_PART;
    stage.fill(few).await;
    let before = stage.run(plan).await;
    stage.fill(plan.obligations - few).await;
    let after = stage.run(plan).await;
    let differences = metric(town, "huiying_clock_differences").await;
    assert!(differences == 0.0, "the watchdog found {differences} differences in copies of one sound incident");

    let stored = format!("{} open obligations", plan.obligations);
    findings.add("settled_ms_median", &format!("{stored}: from a due time to the breach read from the feed: median"), "ms", after.median);
    findings.add("settled_ms_p99", "                                                            p99", "ms", after.p99);
    findings.add("settled_ms_p99_ratio", &format!("                      p99, to that with {few} stored"), "ratio", after.p99 / before.p99);
    let burst = format!("{} due at one moment: the last one read after", plan.burst);
    findings.add("burst_s", &burst, "s", after.burst);
    findings.add("burst_ratio", &format!("                      to that with {few} stored"), "ratio", after.burst / before.burst);
    findings.add("idle_percent", "idle: services and PostgreSQL, of one core", "%", after.idle);
    findings.add("idle_few_percent", &format!("                      with {few} stored"), "%", before.idle);
}

struct Run {
    median: f64,
    p99: f64,
    burst: f64,
    idle: f64,
}

struct Stage<'a> {
    town: &'a Town,
    connection: PgConnection,
    incident_id: Uuid,
    /// Open ones of the incident.
    obligations: usize,
}

impl<'a> Stage<'a> {
    async fn set(town: &'a Town, incident_id: Uuid) -> Self {
        let mut connection = PgConnection::connect(&town.county()).await.unwrap();
        sqlx::query("SET synchronous_commit = off").execute(&mut connection).await.unwrap();
        let (obligations, next): (i64, jiff_sqlx::Timestamp) =
            sqlx::query_as("SELECT count(*), min(next_moment) FROM accountability.obligation WHERE incident_id = $1 AND outcome = 'OPEN'")
                .bind(incident_id)
                .fetch_one(&mut connection)
                .await
                .unwrap();
        let left = next.to_jiff().duration_since(Timestamp::now());
        assert!(left > SignedDuration::from_mins(20), "every copy of the incident falls due in {left:#}; measure at another hour");
        Self { town, connection, incident_id, obligations: usize::try_from(obligations).unwrap() }
    }

    /// Stores so many more open obligations, with the facts that they follow from.
    async fn fill(&mut self, obligations: usize) {
        let copies = i64::try_from(obligations / self.obligations).unwrap();
        let model = self.incident_id;
        sqlx::query("CREATE TEMPORARY TABLE copy AS SELECT gen_random_uuid() AS id FROM generate_series(1, $1)")
            .bind(copies)
            .execute(&mut self.connection)
            .await
            .unwrap();
        for copying in [
            "INSERT INTO accountability.subject SELECT replace(m.subject, $1::text, copy.id::text), m.fact_count
             FROM copy, accountability.subject m WHERE m.subject LIKE '%' || $1::text",
            "INSERT INTO accountability.fact
             SELECT replace(m.subject, $1::text, copy.id::text), m.event_id, m.kind, m.fact_time, replace(m.fields::text, $1::text, copy.id::text)::jsonb
             FROM copy, accountability.fact m WHERE m.subject LIKE '%' || $1::text",
            "INSERT INTO accountability.obligation
             SELECT (jsonb_populate_record(m, jsonb_build_object(
                 'obligation_id', gen_random_uuid(), 'incident_id', copy.id, 'subject', replace(m.subject, $1::text, copy.id::text)))).*
             FROM copy, accountability.obligation m WHERE m.incident_id = $1",
        ] {
            sqlx::query(copying).bind(model).execute(&mut self.connection).await.unwrap();
        }
        for tidying in ["DROP TABLE copy", "VACUUM ANALYZE", "CHECKPOINT"] {
            sqlx::query(tidying).execute(&mut self.connection).await.unwrap();
        }
    }

    async fn run(&mut self, plan: Plan) -> Run {
        self.town.office.settle().await;
        let idle = self.idle(plan.seconds * 4).await;
        let seconds = usize::try_from(plan.seconds).unwrap() * 4;
        let latenesses = self.fall_due(RATE * seconds, Duration::from_secs(1) / u32::try_from(RATE).unwrap()).await;
        let burst = self.fall_due(plan.burst, Duration::ZERO).await;
        Run {
            median: quantile(latenesses.clone(), 0.5) * 1000.0,
            p99: quantile(latenesses, 0.99) * 1000.0,
            burst: quantile(burst, 1.0),
            idle,
        }
    }

    /// Part of one core that is busy while nothing happens, in percent.
    async fn idle(&self, seconds: u64) -> f64 {
        let (start, before) = (Instant::now(), self.town.busy_seconds());
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        (self.town.busy_seconds() - before) / start.elapsed().as_secs_f64() * 100.0
    }

    /// So many obligations fall due, so far apart: how long after its due time each breach was read from the feed, in seconds.
    async fn fall_due(&mut self, count: usize, apart: Duration) -> Vec<f64> {
        let after_position: i64 = sqlx::query_scalar("SELECT coalesce(max(position), 0) FROM accountability.ledger_entry")
            .fetch_one(&mut self.connection)
            .await
            .unwrap();
        let first = Timestamp::now() + AHEAD;
        // Their subjects are the last in the order in which the watchdog goes round, which would see that no facts bear them out.
        sqlx::query(
            "INSERT INTO accountability.obligation
             SELECT (jsonb_populate_record(m, jsonb_build_object(
                 'obligation_id', gen_random_uuid(), 'incident_id', copy.id, 'subject', replace(m.subject, $1::text, copy.id::text),
                 'reminders', '[]'::jsonb, 'due_time', copy.due_time, 'next_moment', copy.due_time))).*
             FROM (SELECT ('ffffffff-ffff-4fff-bfff-' || lpad(to_hex(nth), 12, '0'))::uuid AS id, $2::timestamptz + nth * $3 * interval '1 microsecond' AS due_time
                   FROM generate_series(0, $4 - 1) nth) copy,
                  accountability.obligation m
             WHERE m.obligation_id = (
                 SELECT obligation_id FROM accountability.obligation WHERE incident_id = $1 AND outcome = 'OPEN' ORDER BY due_time DESC LIMIT 1)",
        )
        .bind(self.incident_id)
        .bind(first.to_sqlx())
        .bind(i64::try_from(apart.as_micros()).unwrap())
        .bind(i64::try_from(count).unwrap())
        .execute(&mut self.connection)
        .await
        .unwrap();
        assert!(Timestamp::now() + SignedDuration::from_secs(6) < first, "storing what falls due took too long");
        let token = self.town.office.issuer.service("load", &[Role::System], Timestamp::now(), 86_400).unwrap();
        let mut feed = Client::new(&self.town.office.addresses, &token, Protocol::Grpc).unwrap().feed("accountability").unwrap();
        let message = StreamEventsRequest { service_name: "accountability".into(), after_position, follow: true };
        let mut stream = feed.stream_events(message).await.unwrap().into_inner();
        let mut latenesses = Vec::with_capacity(count);
        while latenesses.len() < count {
            let message =
                tokio::time::timeout(Duration::from_secs(120), stream.message()).await.expect("breaches are told").unwrap().unwrap();
            let now = Timestamp::now();
            for sealed in message.records {
                let record = Record::decode(sealed.record.clone()).unwrap();
                for event in record.events.iter().filter(|event| event.r#type == ObligationBreached::full_name()) {
                    let breach = ObligationBreached::decode(event.payload.clone()).unwrap();
                    latenesses.push(now.duration_since(fact_time(breach.due_time.as_ref()).unwrap()).as_secs_f64());
                }
            }
        }
        drop(stream);
        self.town.office.settle().await;
        sqlx::query("DELETE FROM accountability.obligation WHERE subject LIKE '%ffffffff-ffff-4fff-bfff-%'")
            .execute(&mut self.connection)
            .await
            .unwrap();
        latenesses
    }
}

async fn important_incident(town: &Town) -> Uuid {
    let incident_id = reacting::incident(town).await;
    let mut assessment = town.client().assessment().unwrap();
    let found = assessment.get_assessment(GetAssessmentRequest { incident_id: incident_id.clone() }).await.unwrap().into_inner();
    let found = found.assessment.unwrap();
    if found.suggested_level() == Level::Important {
        let message = ConfirmAssessmentRequest {
            request_id: request_id(),
            incident_id: incident_id.clone(),
            etag: found.etag,
            grade: EventGrade::None.into(),
        };
        assessment.confirm_assessment(message).await.unwrap();
        town.office.settle().await;
        return incident_id.parse().unwrap();
    }
    let message = OverrideAssessmentRequest {
        request_id: request_id(),
        incident_id: incident_id.clone(),
        etag: found.etag,
        level: Level::Important.into(),
        grade: EventGrade::None.into(),
        reason: "试".into(),
    };
    assessment.override_assessment(message).await.unwrap();
    town.office.settle().await;
    incident_id.parse().unwrap()
}

async fn metric(town: &Town, name: &str) -> f64 {
    let (_, text) = chassis::probe::http_get(town.office.addresses.of("accountability"), "/metrics").await.unwrap();
    let line = text.lines().find(|line| line.starts_with(name)).expect("the metric is there");
    line.rsplit(' ').next().unwrap().parse().unwrap()
}
