//! The persons of the story, each with a token of their own, and the registry that they are entered in (一).

use std::collections::HashMap;

use chassis::{clock::zone, token::Issuer, wire_time};
use huiying_proto::{
    directory::{self as pb, ImportDirectoryRequest, Role},
    intake::{RegisterOutletRequest, outlet},
    publication::RegisterChannelRequest,
};
use jiff::{Timestamp, civil::Date};

use super::{Stage, Telling, fresh, given, sample, settle};
use crate::{
    Failure,
    client::{Addresses, Client, Protocol},
    import,
};

/// How long the story's tokens hold.
const TOKEN_SECONDS: i64 = 30 * 86_400;

/// Who plays.
#[derive(Debug)]
pub struct Cast {
    clients: HashMap<String, Client>,
    titles: HashMap<String, String>,
    /// Bodies: code → id.
    pub bodies: HashMap<String, String>,
    /// People: code → id.
    pub persons: HashMap<String, String>,
    /// Outlets: name → id.
    pub outlets: HashMap<String, String>,
    /// Channels to the public.
    pub channels: Vec<String>,
    /// The city's person who looks after what comes in.
    pub city: Client,
}

impl Cast {
    /// Enters everybody in the registry and gives each a token.
    pub(super) async fn assemble(stage: &Stage, tell: &mut Telling) -> Result<Self, Failure> {
        let now = stage.clock.now();
        let people = sample::people()?;
        let setup = setup_client(&stage.county, &stage.issuer, now)?;
        let changed = enroll(&setup, &people).await?;
        settle(&stage.county).await?;
        let city_setup = setup_client(&stage.city, &stage.city_issuer, now)?;
        enroll(&city_setup, &sample::city()?).await?;
        settle(&stage.city).await?;
        let (persons, bodies) = registry(&setup).await?;
        let (city_persons, _) = registry(&city_setup).await?;
        let mut clients = HashMap::new();
        for (code, id) in &persons {
            let token = stage.issuer.person(chassis::fact_id(id)?, now, TOKEN_SECONDS)?;
            let protocol = if code == "zhao-mingyuan" { stage.principal_protocol } else { Protocol::Grpc };
            clients.insert(code.clone(), Client::new(&stage.county, &token, protocol)?);
        }
        let city_staff = given(city_persons.get("mei-ruosong"), "市政府办公室经办人")?;
        let token = stage.city_issuer.person(chassis::fact_id(city_staff)?, now, TOKEN_SECONDS)?;
        let city = Client::new(&stage.city, &token, Protocol::Grpc)?;
        let titles = people.people.iter().map(|p| (p.key.clone(), title(p, &people))).collect();
        let mut cast = Self { clients, titles, bodies, persons, outlets: HashMap::new(), channels: Vec::new(), city };
        tell.line(
            now,
            "一",
            "系统管理员",
            format!("登记机构 {} 个、人员 {} 名,以及任职、分工、值班共 {changed} 条", cast.bodies.len(), cast.persons.len()),
        );
        cast.register_outlets(now, tell).await?;
        cast.register_channels(&setup, now, tell).await?;
        Ok(cast)
    }

    /// Who acts, by code.
    pub(super) fn client(&self, code: &str) -> Result<&Client, Failure> {
        self.clients.get(code).ok_or_else(|| Failure(format!("没有人员 {code}")))
    }

    /// A person's id, by code.
    pub(super) fn person(&self, code: &str) -> Result<String, Failure> {
        self.persons.get(code).cloned().ok_or_else(|| Failure(format!("没有人员 {code}")))
    }

    /// A body's id, by code.
    pub(super) fn body(&self, code: &str) -> Result<String, Failure> {
        self.bodies.get(code).cloned().ok_or_else(|| Failure(format!("没有机构 {code}")))
    }

    /// Name and title.
    pub(super) fn introduce(&self, code: &str) -> String {
        self.titles.get(code).cloned().unwrap_or_else(|| code.to_owned())
    }

    async fn register_outlets(&mut self, now: Timestamp, tell: &mut Telling) -> Result<(), Failure> {
        let mut intake = self.client("zheng-yiming")?.intake()?;
        for source in sample::outlets()? {
            let tier = outlet::Tier::from_str_name(&format!("TIER_{}", source.tier.to_uppercase()));
            let medium = outlet::Medium::from_str_name(&format!("MEDIUM_{}", source.medium.to_uppercase()));
            let request = RegisterOutletRequest {
                request_id: fresh(),
                name: source.name.clone(),
                tier: given(tier, "来源级别")?.into(),
                medium: given(medium, "来源媒介")?.into(),
                hosts: source.hosts,
            };
            let outlet = given(intake.register_outlet(request).await?.into_inner().outlet, "来源")?;
            self.outlets.insert(source.name, outlet.outlet_id);
        }
        tell.line(
            now,
            "二",
            &self.introduce("zheng-yiming"),
            format!("登记来源 {} 个,分中央、中央驻地、自治区、市、县各级", self.outlets.len()),
        );
        let table = import::register_categories(self.client("zheng-yiming")?, sample::categories()?).await?;
        let words = format!("登记分类体系 {} 类;线索归并时系统建议类别,由人核定", table.added_count);
        tell.line(now, "四(一)一", &self.introduce("zheng-yiming"), words);
        Ok(())
    }

    async fn register_channels(&mut self, setup: &Client, now: Timestamp, tell: &mut Telling) -> Result<(), Failure> {
        let mut publication = setup.publication()?;
        for (name, url) in [("县政府门户网站", "https://www.shahe.example"), ("政务微博“沙河发布”", "https://weibo.example/shahe")]
        {
            let request = RegisterChannelRequest { request_id: fresh(), name: name.to_owned(), url: url.to_owned() };
            let channel = given(publication.register_channel(request).await?.into_inner().channel, "渠道")?;
            self.channels.push(channel.channel_id);
        }
        tell.line(now, "三(三)", "系统管理员", "登记发布渠道 2 个,统一出口".to_owned());
        Ok(())
    }
}

fn setup_client(addresses: &Addresses, issuer: &Issuer, now: Timestamp) -> Result<Client, Failure> {
    let token = issuer.service("setup", &[Role::System], now, TOKEN_SECONDS)?;
    Client::new(addresses, &token, Protocol::Grpc)
}

/// "项志远(县水务局办公室主任)".
fn title(person: &sample::Person, people: &sample::People) -> String {
    let Some(post) = person.positions.iter().find(|p| p.end.is_none()) else { return person.name.clone() };
    let body = people.bodies.iter().find(|b| b.key == post.body).map(|b| b.name.as_str()).unwrap_or_default();
    let body = if body == sample::PUBLIC_NAME { "" } else { body };
    format!("{}({body}{})", person.name, post.title)
}

async fn registry(client: &Client) -> Result<(HashMap<String, String>, HashMap<String, String>), Failure> {
    let mut directory = client.directory()?;
    let persons = directory.list_persons(pb::ListPersonsRequest { page_size: 1000, page_token: String::new() }).await?.into_inner().persons;
    let bodies = directory.list_bodies(pb::ListBodiesRequest { page_size: 1000, page_token: String::new() }).await?.into_inner().bodies;
    Ok((persons.into_iter().map(|p| (p.code, p.person_id)).collect(), bodies.into_iter().map(|b| (b.code, b.body_id)).collect()))
}

async fn enroll(client: &Client, people: &sample::People) -> Result<i32, Failure> {
    let mut request = ImportDirectoryRequest { request_id: fresh(), ..Default::default() };
    for body in &people.bodies {
        let kind = pb::body::Kind::from_str_name(&format!("KIND_{}", body.kind.to_uppercase()));
        request.bodies.push(pb::BodyEntry {
            code: body.key.clone(),
            name: body.name.clone(),
            kind: given(kind, "机构类别")?.into(),
            parent_code: body.parent.clone(),
        });
    }
    for person in &people.people {
        request.persons.push(pb::PersonEntry { code: person.key.clone(), name: person.name.clone() });
        for position in &person.positions {
            let roles: Option<Vec<i32>> =
                position.roles.iter().map(|role| Role::from_str_name(&format!("ROLE_{}", role.to_uppercase())).map(i32::from)).collect();
            request.positions.push(pb::PositionEntry {
                person_code: person.key.clone(),
                body_code: position.body.clone(),
                title: position.title.clone(),
                roles: given(roles, "职务角色")?,
                start_time: Some(day(&position.start)?),
                end_time: position.end.as_deref().map(day).transpose()?,
            });
        }
    }
    for portfolio in &people.portfolios {
        request.portfolios.push(pb::PortfolioEntry {
            person_code: portfolio.leader.clone(),
            body_codes: portfolio.bodies.clone(),
            topics: portfolio.topics.clone(),
            start_time: Some(day(&portfolio.start)?),
        });
    }
    for delegation in &people.delegations {
        request.delegations.push(pb::DelegationEntry {
            from_person_code: delegation.from.clone(),
            to_person_code: delegation.to.clone(),
            start_time: Some(day(&delegation.start)?),
            end_time: Some(day(&delegation.end)?),
            reason: delegation.reason.clone(),
        });
    }
    for duty in &people.duty {
        request.duties.push(pb::DutyEntry { duty_date: duty.date.clone(), person_code: duty.person.clone() });
    }
    Ok(client.directory()?.import_directory(request).await?.into_inner().changed_count)
}

fn day(text: &str) -> Result<prost_types::Timestamp, Failure> {
    let date: Date = text.parse()?;
    Ok(wire_time(date.to_zoned(zone())?.timestamp()))
}

/// Tokens of the persons that a visitor wants to be.
pub(super) async fn tokens(addresses: &Addresses, issuer: &Issuer, now: Timestamp) -> Result<Vec<(String, String)>, Failure> {
    let (persons, _) = registry(&setup_client(addresses, issuer, now)?).await?;
    let people = sample::people()?;
    let wanted = ["zhao-mingyuan", "li-guodong", "zheng-yiming", "xiang-zhiyuan"];
    let mut tokens = Vec::new();
    for person in people.people.iter().filter(|p| wanted.contains(&p.key.as_str())) {
        let id = given(persons.get(&person.key), "人员")?;
        tokens.push((title(person, &people), issuer.person(chassis::fact_id(id)?, now, TOKEN_SECONDS)?));
    }
    Ok(tokens)
}
