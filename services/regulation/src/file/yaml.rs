//! YAML as a tree that remembers lines. Anchors, aliases, tags, several documents and repeated keys
//! are refused: a rule says each thing once, where it stands.

use super::Problems;
use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput};

/// Nesting deeper than this is a mistake, not a rule.
const DEEPEST: usize = 24;

/// A value with the line it starts on.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) line: usize,
    pub(crate) content: Content,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Content {
    Scalar { text: String, plain: bool },
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One key and its value.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) line: usize,
    pub(crate) key: String,
    pub(crate) value: Node,
}

struct Reader<'t, 'p> {
    events: Parser<'t, StrInput<'t>>,
    problems: &'p mut Problems,
}

/// Reads one document; errors go to `problems`.
pub(crate) fn read(text: &str, problems: &mut Problems) -> Option<Node> {
    let mut reader = Reader { events: Parser::new_from_str(text), problems };
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::StreamStart | Event::DocumentStart(_) => {}
            Event::StreamEnd => {
                reader.problems.note(1, "", "文件是空的");
                return None;
            }
            other => {
                let node = reader.node(other, span, 0)?;
                return reader.end().then_some(node);
            }
        }
    }
}

impl<'t> Reader<'t, '_> {
    fn next(&mut self) -> Option<(Event<'t>, Span)> {
        match self.events.next_event()? {
            Ok(event) => Some(event),
            Err(error) => {
                let line = error.marker().line();
                self.problems.note(line, "", format!("不是合法的 YAML:{}", error.info()));
                None
            }
        }
    }

    fn end(&mut self) -> bool {
        loop {
            match self.next() {
                Some((Event::DocumentEnd, _)) => {}
                Some((Event::StreamEnd, _)) => return true,
                Some((_, span)) => {
                    self.problems.note(span.start.line(), "", "一个文件只能有一个 YAML 文档");
                    return false;
                }
                None => return false,
            }
        }
    }

    fn node(&mut self, event: Event<'t>, span: Span, depth: usize) -> Option<Node> {
        let line = span.start.line();
        let (anchor, tag) = match &event {
            Event::Scalar(_, _, anchor, tag) => (*anchor, tag.is_some()),
            Event::SequenceStart(anchor, tag) | Event::MappingStart(anchor, tag) => (*anchor, tag.is_some()),
            Event::Alias(_) => (1, false),
            _ => (0, false),
        };
        if anchor != 0 || tag {
            self.problems.note(line, "", "规则文件不用锚点、别名和标签,请写全");
            return None;
        }
        if depth > DEEPEST {
            self.problems.note(line, "", "嵌套过深");
            return None;
        }
        let content = match event {
            Event::Scalar(text, style, _, _) => Content::Scalar { text: text.into_owned(), plain: matches!(style, ScalarStyle::Plain) },
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    let (event, span) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        break Content::List(items);
                    }
                    items.push(self.node(event, span, depth + 1)?);
                }
            }
            Event::MappingStart(..) => self.map(depth)?,
            _ => {
                self.problems.note(line, "", "此处应有内容");
                return None;
            }
        };
        Some(Node { line, content })
    }

    fn map(&mut self, depth: usize) -> Option<Content> {
        let mut entries: Vec<Entry> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            let line = span.start.line();
            let key = match event {
                Event::MappingEnd => return Some(Content::Map(entries)),
                Event::Scalar(text, _, 0, None) if !text.is_empty() => text.into_owned(),
                _ => {
                    self.problems.note(line, "", "键必须是文字");
                    return None;
                }
            };
            if entries.iter().any(|entry| entry.key == key) {
                self.problems.note(line, &key, format!("键“{key}”重复"));
            }
            let (event, span) = self.next()?;
            let value = self.node(event, span, depth + 1)?;
            entries.push(Entry { line, key, value });
        }
    }
}
