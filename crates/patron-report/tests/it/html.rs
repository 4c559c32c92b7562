//! A small reader of HTML, strict enough to find a tag that was never closed.

const VOID: [&str; 9] = ["meta", "br", "hr", "img", "input", "link", "col", "wbr", "source"];

/// What is wrong with the nesting of the elements; `None` when all is well.
pub(crate) fn badly_nested(page: &str) -> Option<String> {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = page.strip_prefix("<!DOCTYPE html>").unwrap_or(page);
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        let end = rest.find('>')?;
        let tag = &rest[..end];
        rest = &rest[end + 1..];
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(last) if last == name => {}
                last => return Some(format!("</{name}> closes {last:?}")),
            }
            continue;
        }
        let name = tag.split_whitespace().next().unwrap_or(tag);
        if tag.matches('"').count() % 2 == 1 {
            return Some(format!("<{tag}> has an open quote"));
        }
        if name == "script" || name == "style" {
            let close = format!("</{name}>");
            let Some(end) = rest.find(&close) else { return Some(format!("<{name}> is never closed")) };
            rest = &rest[end + close.len()..];
        } else if !VOID.contains(&name) {
            open.push(name);
        }
    }
    (!open.is_empty()).then(|| format!("never closed: {open:?}"))
}

/// The contents of all elements that begin with `start`, up to `end`.
pub(crate) fn contents<'a>(page: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    page.split(start).skip(1).filter_map(|rest| rest.split(end).next()).collect()
}

/// Text as it reads.
pub(crate) fn text(markup: &str) -> String {
    let plain = [("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("\u{a0}", " ")];
    plain.into_iter().fold(markup.to_owned(), |text, (from, to)| text.replace(from, to))
}
