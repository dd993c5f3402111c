//! What a formula may mention, checked before it ever runs: variables, their fields, functions, the
//! names of states.

use super::{Fields, Machine};
use crate::vocabulary::{Shape, is_enum_name};
use cel::Context;
use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::common::types::CelString;

/// Functions a rule may call; operators and macros come on top.
const FUNCTIONS: [&str; 8] = ["size", "contains", "startsWith", "endsWith", "matches", "int", "string", "double"];

/// A variable.
#[derive(Clone, Debug)]
pub(crate) enum Var<'s> {
    /// Fields; when several shapes are possible, only what they share may be read.
    Fields(&'s [&'static Shape]),
    /// One text.
    Text,
}

/// The variables a formula may mention.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'s> {
    vars: Vec<(&'static str, Var<'s>)>,
    machine: &'s Machine,
}

impl<'s> Scope<'s> {
    pub(crate) fn new(machine: &'s Machine, vars: Vec<(&'static str, Var<'s>)>) -> Self {
        Scope { vars, machine }
    }

    fn var(&self, name: &str) -> Option<&Var<'s>> {
        self.vars.iter().find(|(var, _)| *var == name).map(|(_, var)| var)
    }

    fn names(&self) -> String {
        let names: Vec<&str> = self.vars.iter().map(|(name, _)| *name).collect();
        names.join("、")
    }

    /// Why `root.field` cannot be read, if it cannot.
    pub(crate) fn refuse(&self, root: &str, field: &str) -> Option<String> {
        match self.var(root) {
            None => Some(format!("未知的变量“{root}”,可用:{}", self.names())),
            Some(Var::Text) => Some(format!("“{root}”是文字,没有字段“{field}”")),
            Some(Var::Fields(shapes)) => shapes.iter().find(|shape| shape.field(field).is_none()).map(|shape| {
                let known: Vec<&str> = shape.fields.iter().map(|(name, _)| *name).collect();
                format!("{} 没有字段“{field}”,有:{}", shape.name, known.join("、"))
            }),
        }
    }

    /// Every variable bound to empty values.
    pub(crate) fn empty_context(&self) -> Context<'s, 's> {
        let mut context = self.machine.context();
        for (name, var) in &self.vars {
            match var {
                Var::Text => context.add_variable_as_val(*name, Box::new(CelString::from(""))),
                Var::Fields(shapes) => {
                    if let Some(shape) = shapes.first() {
                        context.add_variable_as_val(*name, Box::new(Fields::empty(shape)));
                    }
                }
            }
        }
        context
    }
}

/// What a walk over an expression finds.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) problems: Vec<String>,
    pub(crate) reads: Vec<(String, String)>,
    pub(crate) literals: Literals,
}

/// The texts and numbers that an expression writes out, each once.
#[derive(Debug, Default)]
pub(crate) struct Literals {
    pub(crate) texts: Vec<String>,
    pub(crate) numbers: Vec<i64>,
    /// Texts with which a field is compared: `root`, `field`, the text.
    pub(crate) compared: Vec<(String, String, String)>,
}

/// Walks an expression.
pub(crate) fn check(expression: &IdedExpr, scope: &Scope<'_>) -> Found {
    let mut found = Found::default();
    walk(&expression.expr, scope, &mut Vec::new(), &mut found);
    found
}

fn walk<'e>(expr: &'e Expr, scope: &Scope<'_>, bound: &mut Vec<&'e str>, found: &mut Found) {
    match expr {
        Expr::Unspecified => {}
        Expr::Ident(name) => ident(name, scope, bound, found),
        Expr::Literal(LiteralValue::String(text)) => {
            state_name(text.inner(), found);
            once(&mut found.literals.texts, text.inner().to_owned());
        }
        Expr::Literal(LiteralValue::Int(number)) => once(&mut found.literals.numbers, *number.inner()),
        Expr::Literal(_) => {}
        Expr::Select(select) => match &select.operand.expr {
            Expr::Ident(root) if !bound.contains(&root.as_str()) => match scope.refuse(root, &select.field) {
                Some(problem) => found.problems.push(problem),
                None => {
                    once(&mut found.reads, (root.clone(), select.field.clone()));
                }
            },
            other => walk(other, scope, bound, found),
        },
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            let named = name.starts_with(|first: char| first.is_ascii_alphabetic());
            if named && !FUNCTIONS.contains(&name) {
                let message = format!("未知的函数“{name}”,可用:{}", FUNCTIONS.join("、"));
                found.problems.push(message);
            }
            compared(call, found);
            let target = call.target.iter().map(|target| &target.expr);
            for part in target.chain(call.args.iter().map(|arg| &arg.expr)) {
                walk(part, scope, bound, found);
            }
        }
        Expr::List(list) => {
            for element in &list.elements {
                walk(&element.expr, scope, bound, found);
            }
        }
        Expr::Map(map) => entries(map.entries.iter().map(|entry| &entry.expr), scope, bound, found),
        Expr::Struct(structure) => {
            found.problems.push(format!("规则里不能构造“{}”", structure.type_name));
        }
        Expr::Comprehension(each) => {
            walk(&each.iter_range.expr, scope, bound, found);
            let depth = bound.len();
            bound.push(&each.iter_var);
            bound.extend(each.iter_var2.as_deref());
            bound.push(&each.accu_var);
            for part in [&each.accu_init, &each.loop_cond, &each.loop_step, &each.result] {
                walk(&part.expr, scope, bound, found);
            }
            bound.truncate(depth);
        }
    }
}

/// `root.field == 'text'`, `root.field in ['text', …]`.
fn compared(call: &CallExpr, found: &mut Found) {
    let ([left, right], operators::EQUALS | operators::NOT_EQUALS | operators::IN) = (call.args.as_slice(), call.func_name.as_str()) else {
        return;
    };
    for (field, texts) in [(&left.expr, &right.expr), (&right.expr, &left.expr)] {
        let Expr::Select(select) = field else { continue };
        let Expr::Ident(root) = &select.operand.expr else { continue };
        let texts: Vec<&Expr> = match texts {
            Expr::List(list) => list.elements.iter().map(|element| &element.expr).collect(),
            other => vec![other],
        };
        for text in texts {
            if let Expr::Literal(LiteralValue::String(text)) = text {
                once(&mut found.literals.compared, (root.clone(), select.field.clone(), text.inner().to_owned()));
            }
        }
    }
}

fn once<T: PartialEq>(known: &mut Vec<T>, item: T) {
    if !known.contains(&item) {
        known.push(item);
    }
}

fn ident(name: &str, scope: &Scope<'_>, bound: &[&str], found: &mut Found) {
    if bound.contains(&name) || name.starts_with('@') {
        return;
    }
    match scope.var(name) {
        Some(Var::Text) => {}
        Some(Var::Fields(_)) => found.problems.push(format!("“{name}”要写出字段,如 {name}.字段")),
        None => found.problems.push(format!("未知的变量“{name}”,可用:{}", scope.names())),
    }
}

fn entries<'e>(entries: impl Iterator<Item = &'e EntryExpr>, scope: &Scope<'_>, bound: &mut Vec<&'e str>, found: &mut Found) {
    for entry in entries {
        if let EntryExpr::MapEntry(entry) = entry {
            walk(&entry.key.expr, scope, bound, found);
            walk(&entry.value.expr, scope, bound, found);
        }
    }
}

/// A text that looks like the name of a state must be one: a misspelt state would never match.
fn state_name(text: &str, found: &mut Found) {
    let shouted = text.len() > 2 && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if shouted && text.contains('_') && !is_enum_name(text) {
        found.problems.push(format!("没有名为“{text}”的状态或级别"));
    }
}
