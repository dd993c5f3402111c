//! Outlets: from the wire and to it.

use chassis::{Error, Fields};
use huiying_proto::intake::{self as pb, outlet::Medium, outlet::Tier};

use super::{Outlet, commands::Register, host};

pub(crate) fn register(message: &pb::RegisterOutletRequest) -> Result<Register, Error> {
    let mut fields = Fields::new();
    let tier: Tier = fields.choice("tier", message.tier);
    let medium: Medium = fields.choice("medium", message.medium);
    if message.hosts.len() > 50 {
        fields.wrong("hosts", "不能超过 50 个");
    }
    let mut hosts: Vec<String> = Vec::new();
    for (at, text) in message.hosts.iter().take(50).enumerate() {
        match host(text) {
            Ok(host) if !hosts.contains(&host) => hosts.push(host),
            Ok(_) => {}
            Err(why) => fields.wrong(format!("hosts[{at}]"), why),
        }
    }
    let name = fields.text("name", &message.name, 100);
    let command = Register { name, tier: tier.as_str_name().to_owned(), medium: medium.as_str_name().to_owned(), hosts };
    fields.check().map(|()| command)
}

pub(crate) fn tier(name: &str) -> Tier {
    Tier::from_str_name(name).unwrap_or_default()
}

pub(crate) fn medium(name: &str) -> Medium {
    Medium::from_str_name(name).unwrap_or_default()
}

pub(crate) fn to_wire(outlet: &Outlet) -> pb::Outlet {
    pb::Outlet {
        outlet_id: outlet.id.to_string(),
        name: outlet.name.clone(),
        tier: tier(&outlet.tier).into(),
        medium: medium(&outlet.medium).into(),
        hosts: outlet.hosts.clone(),
    }
}
