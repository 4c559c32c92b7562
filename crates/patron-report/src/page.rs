//! Page pieces: the document, its sections, tiles and notes. Everything is escaped unless it is [`Markup`].

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::assets::{CHARTS_SCRIPT, ECHARTS_SCRIPT, STYLE, source_hash};

/// A page as one file that opens offline.
#[derive(Clone, Debug)]
pub struct Page {
    /// Title of the window.
    pub title: String,
    /// What stands above the contents.
    pub cover: Markup,
    /// The sections in their order.
    pub sections: Vec<Section>,
    /// What stands below.
    pub footer: Markup,
}

/// A question with its answer and what belongs to it.
#[derive(Clone, Debug)]
pub struct Section {
    /// Name within the page.
    pub id: &'static str,
    /// A short form of the question, for the table of contents.
    pub short: &'static str,
    /// The heading: a question.
    pub question: String,
    /// The answer: a sentence with its number.
    pub answer: String,
    /// Charts, tables and notes.
    pub body: Markup,
}

impl Page {
    /// The page with style, scripts and data inside.
    ///
    /// Its content security policy allows exactly these scripts and this style by their hashes, and no request
    /// at all.
    pub fn self_contained(&self) -> String {
        let policy = format!(
            "default-src 'none'; script-src {} {}; style-src {}; style-src-attr 'unsafe-inline'; \
             img-src data:; base-uri 'none'; form-action 'none'",
            source_hash(ECHARTS_SCRIPT),
            source_hash(CHARTS_SCRIPT),
            source_hash(STYLE),
        );
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta http-equiv="Content-Security-Policy" content=(policy);
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="referrer" content="no-referrer";
                    title { (self.title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    div.page {
                        header.cover { (self.cover) }
                        div.with-contents {
                            (self.contents())
                            main id="content" { @for section in &self.sections { (section.markup()) } }
                        }
                        footer { (self.footer) }
                    }
                    script { (PreEscaped(ECHARTS_SCRIPT)) }
                    script { (PreEscaped(CHARTS_SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    fn contents(&self) -> Markup {
        html! {
            nav.contents aria-label="Contents" {
                p { "Contents" }
                ol { @for section in &self.sections { li { a href={ "#" (section.id) } { (section.short) } } } }
            }
        }
    }
}

impl Section {
    fn markup(&self) -> Markup {
        let heading = format!("{}-heading", self.id);
        html! {
            section.question id=(self.id) aria-labelledby=(heading) {
                h2 id=(heading) { (self.question) }
                p.answer { (self.answer) }
                (self.body)
            }
        }
    }
}

/// A number that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The number.
    pub value: String,
    /// A few words more, possibly none.
    pub hint: String,
}

impl Tile {
    /// A tile.
    pub fn new(label: impl Into<String>, value: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), hint: hint.into() }
    }
}

/// Tiles in a row, wrapped where the row is too short; nothing without tiles.
pub fn tiles(tiles: &[Tile]) -> Markup {
    html! {
        @if !tiles.is_empty() {
            dl.tiles {
                @for tile in tiles {
                    div {
                        dt { (tile.label) }
                        dd {
                            span.value { (tile.value) }
                            @if !tile.hint.is_empty() { span.hint { (tile.hint) } }
                        }
                    }
                }
            }
        }
    }
}

/// "How this is counted": sentences that unfold.
pub fn how_counted(sentences: &[&str]) -> Markup {
    html! {
        details {
            summary { "How this is counted" }
            ul { @for sentence in sentences { li { (sentence) } } }
        }
    }
}

/// A reservation that must not be overlooked.
pub fn caveat(words: &str) -> Markup {
    html! { p.caveat { (words) } }
}
