//! 通知: who is told what, when a fact happens.

use crate::party::Recipient;
use serde::{Deserialize, Serialize};

/// 通知方案: one notice that a fact calls for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticePlan {
    /// The notice of the rule file.
    pub id: String,
    /// The clause that asks for it.
    pub clause: String,
    /// 收件人, without repetition, in the order of the file.
    pub to: Vec<Recipient>,
    /// 标题.
    pub title: String,
    /// 正文.
    pub text: String,
    /// 急件: goes out at once on every channel.
    pub urgent: bool,
    /// 须签收: the recipient must acknowledge.
    pub needs_ack: bool,
}
