//! Who may call what. Absent means denied.

use chassis::{EVERYONE, Permission};
use huiying_proto::directory::Role::{self, Auditor, LeaderInCharge, OfficeHead, OfficeStaff, PrincipalLeader};

const fn row(method: &'static str, roles: &'static [Role]) -> Permission {
    Permission { method, roles }
}

/// The table. Whose inbox it is, the commands see to: everyone has their own.
pub const PERMISSIONS: &[Permission] = &[
    row("/huiying.notification.v1.NotificationService/ListNotices", EVERYONE),
    row("/huiying.notification.v1.NotificationService/OpenNotice", EVERYONE),
    row("/huiying.notification.v1.NotificationService/AcknowledgeNotice", EVERYONE),
    row(
        "/huiying.notification.v1.NotificationService/ListDeliveries",
        &[OfficeStaff, OfficeHead, LeaderInCharge, PrincipalLeader, Auditor],
    ),
];
