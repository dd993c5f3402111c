//! 条件: the CEL expressions of the rule, compiled once, checked against the vocabulary, and run on facts.

mod fields;
mod scope;

pub(crate) use fields::Fields;
pub(crate) use scope::{Literals, Scope, Var};

use crate::file::{At, Place, Problems};
use crate::source::RuleError;
use cel::objects::Value;
use cel::{Context, Env, ExecutionError, Program};
use std::fmt;
use std::sync::Arc;

/// What an expression must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// 是 or 否.
    Truth,
    /// One text.
    Text,
    /// Several texts.
    Texts,
    /// One whole number.
    Number,
}

impl Gives {
    fn fits(self, value: &Value) -> bool {
        match self {
            Gives::Truth => matches!(value, Value::Bool(_)),
            Gives::Text => matches!(value, Value::String(_)),
            Gives::Texts => matches!(value, Value::List(_)),
            Gives::Number => matches!(value, Value::Int(_)),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Gives::Truth => "真假(bool)",
            Gives::Text => "文字(string)",
            Gives::Texts => "文字列表(list)",
            Gives::Number => "整数(int)",
        }
    }
}

/// The environment all formulas run in: CEL's standard one.
#[derive(Clone)]
pub(crate) struct Machine(Arc<Env>);

impl Machine {
    pub(crate) fn new() -> Self {
        Machine(Arc::new(Env::stdlib()))
    }

    /// A context without variables.
    pub(crate) fn context<'v>(&self) -> Context<'v, 'v> {
        Context::with_env(Arc::clone(&self.0))
    }
}

impl fmt::Debug for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Machine")
    }
}

/// A compiled expression and the place it stands.
#[derive(Debug)]
pub(crate) struct Formula {
    place: Place,
    gives: Gives,
    program: Program,
    /// Every `variable.field` it reads, in order, without repetition.
    reads: Vec<(String, String)>,
    literals: Literals,
}

impl Formula {
    /// Compiles the expression at a place and tries it on empty values; errors are noted.
    pub(crate) fn parse(at: &At<'_>, gives: Gives, scope: &Scope<'_>, problems: &mut Problems) -> Option<Formula> {
        let source = at.text(problems)?;
        let program = match Program::compile(&source) {
            Ok(program) => program,
            Err(errors) => {
                for error in &errors.errors {
                    let column = error.pos.1;
                    problems.at(at, format!("CEL 语法错误(第 {column} 列):{}", error.msg));
                }
                return None;
            }
        };
        let found = scope::check(program.expression(), scope);
        if !found.problems.is_empty() {
            for problem in found.problems {
                problems.at(at, problem);
            }
            return None;
        }
        let formula = Formula { place: problems.place(at), gives, program, reads: found.reads, literals: found.literals };
        match formula.trial(scope) {
            Ok(()) => Some(formula),
            Err(message) => {
                problems.at(at, message);
                None
            }
        }
    }

    /// Runs it on empty values of the right types, to find what cannot work whatever the values.
    fn trial(&self, scope: &Scope<'_>) -> Result<(), String> {
        let context = scope.empty_context();
        match self.program.execute(&context) {
            Ok(value) if self.gives.fits(&value) => Ok(()),
            Ok(value) => Err(format!("结果应为{},实为 {}", self.gives.words(), value.type_of())),
            Err(ExecutionError::DivisionByZero(_) | ExecutionError::IndexOutOfBounds(_)) => Ok(()),
            Err(error) => Err(format!("CEL 无法执行:{error}")),
        }
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn gives(&self) -> Gives {
        self.gives
    }

    pub(crate) fn reads(&self) -> &[(String, String)] {
        &self.reads
    }

    pub(crate) fn literals(&self) -> &Literals {
        &self.literals
    }

    fn run(&self, context: &Context<'_, '_>) -> Result<Value, RuleError> {
        match self.program.execute(context) {
            Ok(value) if self.gives.fits(&value) => Ok(value),
            Ok(value) => {
                let message = format!("结果应为{},实为 {}", self.gives.words(), value.type_of());
                Err(self.place.error(message))
            }
            Err(error) => Err(self.place.error(format!("CEL 执行失败:{error}"))),
        }
    }

    /// Whether the condition holds.
    pub(crate) fn holds(&self, context: &Context<'_, '_>) -> Result<bool, RuleError> {
        Ok(matches!(self.run(context)?, Value::Bool(true)))
    }

    /// The number it gives.
    pub(crate) fn number(&self, context: &Context<'_, '_>) -> Result<i64, RuleError> {
        Ok(match self.run(context)? {
            Value::Int(number) => number,
            _ => 0,
        })
    }

    /// The text it gives.
    pub(crate) fn text(&self, context: &Context<'_, '_>) -> Result<String, RuleError> {
        Ok(match self.run(context)? {
            Value::String(text) => text.as_ref().clone(),
            _ => String::new(),
        })
    }

    /// The texts it gives, each once, in order.
    pub(crate) fn texts(&self, context: &Context<'_, '_>) -> Result<Vec<String>, RuleError> {
        let mut texts: Vec<String> = Vec::new();
        if let Value::List(items) = self.run(context)? {
            for item in items.iter() {
                let Value::String(text) = item else {
                    return Err(self.place.error("列表里应全是文字"));
                };
                if !texts.contains(text.as_ref()) {
                    texts.push(text.as_ref().clone());
                }
            }
        }
        Ok(texts)
    }
}
