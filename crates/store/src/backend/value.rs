//! Values on their way to the database.

/// One value. An absent one knows its type, which PostgreSQL asks for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Number(Option<f64>),
    Truth(Option<bool>),
    /// An array, which SQLite has none of.
    #[cfg(feature = "postgres")]
    Texts(Vec<String>),
}

/// `From` for a type and for its absence.
macro_rules! comes_from {
    ($($type:ty => $variant:ident, $name:ident => $made:expr;)+) => {
        $(impl From<$type> for Value {
            fn from($name: $type) -> Self {
                Self::$variant(Some($made))
            }
        }
        impl From<Option<$type>> for Value {
            fn from(value: Option<$type>) -> Self {
                Self::$variant(value.map(|$name| $made))
            }
        })+
    };
}

comes_from! {
    &str => Text, text => text.to_owned();
    &String => Text, text => text.clone();
    String => Text, text => text;
    i64 => Integer, number => number;
    f64 => Number, number => number;
    bool => Truth, truth => truth;
}
