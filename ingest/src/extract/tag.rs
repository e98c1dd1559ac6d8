//! The elements of HTML, by what they do to text.

/// An element, as far as the extractor tells elements apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Html,
    Head,
    Title,
    Body,
    /// A block without a meaning of its own: `div`, `center`, `fieldset` and their like.
    Division,
    Article,
    Main,
    Nav,
    Aside,
    Header,
    Footer,
    Paragraph,
    /// `h1` to `h6`, by level.
    Heading(u8),
    List,
    Item,
    DescriptionList,
    Term,
    Description,
    Table,
    RowGroup,
    Row,
    Cell,
    Caption,
    Preformatted,
    Quotation,
    Link,
    Time,
    Break,
    Rule,
    Meta,
    Script,
    /// A drawing or a formula: XML inside HTML.
    Foreign,
    /// Elements whose content is not text for a reader: `style`, `select`, `button` and their like.
    Mute,
    /// Elements that never have content.
    Void,
    /// Anything that leaves the line as it is, unknown elements among them.
    Inline,
}

impl Tag {
    /// The element of a lower-case name.
    pub(super) fn of(name: &[u8]) -> Self {
        match name {
            b"html" => Self::Html,
            b"head" => Self::Head,
            b"title" => Self::Title,
            b"body" => Self::Body,
            b"div" | b"section" | b"form" | b"fieldset" | b"center" | b"figure" | b"figcaption" | b"address"
            | b"details" | b"summary" | b"hgroup" | b"dialog" | b"legend" | b"frameset" | b"search" => Self::Division,
            b"article" => Self::Article,
            b"main" => Self::Main,
            b"nav" => Self::Nav,
            b"aside" => Self::Aside,
            b"header" => Self::Header,
            b"footer" => Self::Footer,
            b"p" => Self::Paragraph,
            b"h1" => Self::Heading(1),
            b"h2" => Self::Heading(2),
            b"h3" => Self::Heading(3),
            b"h4" => Self::Heading(4),
            b"h5" => Self::Heading(5),
            b"h6" => Self::Heading(6),
            b"ul" | b"ol" | b"menu" | b"dir" => Self::List,
            b"li" => Self::Item,
            b"dl" => Self::DescriptionList,
            b"dt" => Self::Term,
            b"dd" => Self::Description,
            b"table" => Self::Table,
            b"thead" | b"tbody" | b"tfoot" => Self::RowGroup,
            b"tr" => Self::Row,
            b"td" | b"th" => Self::Cell,
            b"caption" => Self::Caption,
            b"pre" | b"listing" | b"xmp" | b"plaintext" => Self::Preformatted,
            b"blockquote" => Self::Quotation,
            b"a" => Self::Link,
            b"time" => Self::Time,
            b"br" => Self::Break,
            b"hr" => Self::Rule,
            b"meta" => Self::Meta,
            b"script" => Self::Script,
            b"svg" | b"math" => Self::Foreign,
            b"style" | b"noscript" | b"template" | b"iframe" | b"object" | b"select" | b"textarea" | b"button"
            | b"audio" | b"video" | b"canvas" | b"datalist" | b"map" | b"noframes" | b"noembed" | b"applet" => {
                Self::Mute
            }
            b"img" | b"input" | b"link" | b"area" | b"base" | b"col" | b"embed" | b"source" | b"track" | b"wbr"
            | b"param" | b"keygen" | b"basefont" | b"frame" | b"bgsound" => Self::Void,
            _ => Self::Inline,
        }
    }

    /// Whether a line ends before and after it.
    pub(super) fn is_block(self) -> bool {
        !matches!(
            self,
            Self::Link
                | Self::Time
                | Self::Break
                | Self::Meta
                | Self::Script
                | Self::Foreign
                | Self::Mute
                | Self::Void
                | Self::Inline
                | Self::Title
                | Self::Head
        )
    }

    /// Whether it may stand in the head of a page.
    pub(super) fn is_metadata(self) -> bool {
        matches!(self, Self::Html | Self::Head | Self::Title | Self::Meta | Self::Script | Self::Mute | Self::Void)
    }

    /// Whether it is a part of a table, which only closes what stands in the same table.
    pub(super) fn is_table_part(self) -> bool {
        matches!(self, Self::RowGroup | Self::Row | Self::Cell | Self::Caption)
    }

    /// Whether end tags of what stands around it are ignored inside it.
    pub(super) fn is_scope(self) -> bool {
        matches!(self, Self::Cell | Self::Caption | Self::Table)
    }
}
