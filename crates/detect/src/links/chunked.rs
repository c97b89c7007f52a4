//! A table that grows piece by piece: it is never copied and never holds more than one piece in vain.

/// Items of one piece; a power of two.
const PIECE: usize = 16_384;

/// Items by number.
#[derive(Clone, Debug)]
pub(crate) struct Chunked<T> {
    pieces: Vec<Vec<T>>,
}

impl<T> Default for Chunked<T> {
    fn default() -> Self {
        Self { pieces: Vec::new() }
    }
}

impl<T> Chunked<T> {
    /// Adds an item at the end.
    pub(crate) fn push(&mut self, item: T) {
        match self.pieces.last_mut() {
            Some(piece) if piece.len() < PIECE => piece.push(item),
            _ => {
                let mut piece = Vec::new();
                // The first piece grows as vectors do: most tables of a small platform need no more.
                if !self.pieces.is_empty() {
                    piece.reserve_exact(PIECE);
                }
                piece.push(item);
                self.pieces.push(piece);
            }
        }
    }

    /// The item of that number.
    #[inline]
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.pieces.get(number as usize / PIECE)?.get(number as usize % PIECE)
    }

    /// The same, to be changed.
    pub(crate) fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        self.pieces.get_mut(number as usize / PIECE)?.get_mut(number as usize % PIECE)
    }

    /// How many items there are.
    pub(crate) fn len(&self) -> usize {
        self.pieces.last().map_or(0, |last| (self.pieces.len() - 1) * PIECE + last.len())
    }

    /// All items, in order of number.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.pieces.iter().flatten()
    }

    /// Bytes of the items, and of what the last piece holds in vain.
    pub(crate) fn bytes(&self) -> usize {
        self.pieces.iter().map(|piece| piece.capacity() * size_of::<T>()).sum()
    }
}

impl<T> FromIterator<T> for Chunked<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut table = Self::default();
        items.into_iter().for_each(|item| table.push(item));
        table
    }
}
