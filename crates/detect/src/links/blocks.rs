//! Many lists of bytes, packed: blocks of a few dozen sizes, each size in pieces of its own, without a gap.
//!
//! A list that outgrows its block moves to the next size. The block that it leaves is filled with the last one of
//! that size, whose owner is told where it stands now: every block carries its owner's number. So there are no free
//! blocks, however lists grow and shrink, and all accounts that grow together leave nothing behind.
#![expect(
    clippy::indexing_slicing,
    reason = "handles are made here alone and name a size of the table and a block below its size's count"
)]

/// Bytes of a block that name its owner.
const OWNER: usize = 4;
/// Sizes of blocks in bytes, the owner's number among them: an eighth apart where lists are long, more where they
/// are short and a finer step would move them at every turn.
const SIZES: [u16; 52] = sizes();
/// Bits of a handle that tell the block from others of its size.
const INDEX_BITS: u32 = 26;
/// Most blocks of one size; beyond that lists take the next size.
const BLOCKS_MAX: u32 = 1 << INDEX_BITS;
/// The size number of lists that are longer than any block.
const LONG: u32 = SIZES.len() as u32;
/// Bytes of a piece, about.
const PIECE_BYTES: usize = 1 << 18;

const fn sizes() -> [u16; 52] {
    let short = [12, 16, 20, 24, 32, 40, 48, 56, 64, 80, 96, 112];
    let mut sizes = [0; 52];
    let mut place = 0;
    while place < 52 {
        sizes[place] =
            if place < 12 { short[place] } else { (8 + (place - 12) as u16 % 8) << (4 + (place - 12) / 8) };
        place += 1;
    }
    sizes
}

/// The size number of a block of four times as many bytes at least.
const SIZE_OF: [u8; LARGEST / 4 + 1] = size_numbers();
const LARGEST: usize = SIZES[SIZES.len() - 1] as usize;

const fn size_numbers() -> [u8; LARGEST / 4 + 1] {
    let mut table = [0; LARGEST / 4 + 1];
    let (mut place, mut number) = (0, 0);
    while place < table.len() {
        if 4 * place > SIZES[number] as usize {
            number += 1;
        }
        table[place] = number as u8;
        place += 1;
    }
    table
}

/// Where a list stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Handle(pub(crate) u32);

impl Handle {
    fn new(size: u32, index: u32) -> Self {
        Self(size << INDEX_BITS | index)
    }

    fn size(self) -> u32 {
        self.0 >> INDEX_BITS
    }

    fn index(self) -> u32 {
        self.0 & (BLOCKS_MAX - 1)
    }
}

/// Somebody else's list stands elsewhere from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(crate) struct Moved {
    /// Whose.
    pub(crate) owner: u32,
    /// Where.
    pub(crate) handle: Handle,
}

/// Lists of bytes by handle.
#[derive(Clone, Debug)]
pub(crate) struct Blocks {
    sizes: Vec<Size>,
    long: Vec<Long>,
}

#[derive(Clone, Debug)]
struct Long {
    owner: u32,
    bytes: Vec<u8>,
}

/// The blocks of one size.
#[derive(Clone, Debug)]
struct Size {
    bytes: usize,
    /// Blocks of a piece, as a power of two.
    shift: u32,
    count: u32,
    pieces: Vec<Box<[u8]>>,
}

impl Default for Blocks {
    fn default() -> Self {
        let size = |bytes: u16| Size {
            bytes: usize::from(bytes),
            shift: (PIECE_BYTES / usize::from(bytes)).ilog2(),
            count: 0,
            pieces: Vec::new(),
        };
        Self { sizes: SIZES.into_iter().map(size).collect(), long: Vec::new() }
    }
}

impl Blocks {
    /// The bytes of a list, and beyond it whatever is left of its block.
    #[inline]
    pub(crate) fn bytes(&self, handle: Handle) -> &[u8] {
        match self.sizes.get(handle.size() as usize) {
            Some(size) => &size.block(handle.index())[OWNER..],
            None => &self.long[handle.index() as usize].bytes,
        }
    }

    /// The same, to be written.
    pub(crate) fn bytes_mut(&mut self, handle: Handle) -> &mut [u8] {
        match self.sizes.get_mut(handle.size() as usize) {
            Some(size) => &mut size.block_mut(handle.index())[OWNER..],
            None => &mut self.long[handle.index() as usize].bytes,
        }
    }

    /// Room for a list of `length` bytes.
    pub(crate) fn add(&mut self, owner: u32, length: usize) -> Handle {
        let mut number = size_for(length);
        while self.sizes.get(number as usize).is_some_and(|size| size.count == BLOCKS_MAX) {
            number += 1;
        }
        match self.sizes.get_mut(number as usize) {
            Some(size) => Handle::new(number, size.add(owner)),
            None => {
                let mut bytes = Vec::new();
                lengthen(&mut bytes, length);
                self.long.push(Long { owner, bytes });
                Handle::new(LONG, self.long.len() as u32 - 1)
            }
        }
    }

    /// Drops a list.
    pub(crate) fn remove(&mut self, handle: Handle) -> Option<Moved> {
        let index = handle.index();
        let owner = match self.sizes.get_mut(handle.size() as usize) {
            Some(size) => size.remove(index),
            None => {
                self.long.swap_remove(index as usize);
                self.long.get(index as usize).map(|moved| moved.owner)
            }
        };
        owner.map(|owner| Moved { owner, handle })
    }

    /// Makes a list's block as long as `length` bytes need, the list's first `kept` bytes staying; tells where the
    /// list stands now, and whose other list had to move.
    pub(crate) fn fit(
        &mut self,
        handle: Handle,
        owner: u32,
        length: usize,
        kept: usize,
    ) -> (Handle, Option<Moved>) {
        let (wanted, has) = (size_for(length), handle.size());
        if wanted == LONG && has == LONG {
            lengthen(&mut self.long[handle.index() as usize].bytes, length);
            return (handle, None);
        }
        // A list that shrinks by one step may grow again by the next.
        let is_fit = length <= self.bytes(handle).len() && wanted + 1 >= has;
        if is_fit {
            return (handle, None);
        }
        let fitted = self.add(owner, length);
        self.copy(handle, fitted, kept);
        (fitted, self.remove(handle))
    }

    fn copy(&mut self, from: Handle, to: Handle, length: usize) {
        if from.size() == LONG || to.size() == LONG || from.size() == to.size() {
            let bytes = self.bytes(from)[..length].to_vec();
            self.bytes_mut(to)[..length].copy_from_slice(&bytes);
            return;
        }
        let pair = [from.size() as usize, to.size() as usize];
        if let Ok([source, target]) = self.sizes.get_disjoint_mut(pair) {
            let target = &mut target.block_mut(to.index())[OWNER..][..length];
            target.copy_from_slice(&source.block(from.index())[OWNER..][..length]);
        }
    }

    /// Bytes of all blocks in use.
    pub(crate) fn used(&self) -> usize {
        let blocks = self.sizes.iter().map(|size| size.count as usize * size.bytes).sum::<usize>();
        blocks + self.long.iter().map(|long| long.bytes.capacity() + size_of::<Long>()).sum::<usize>()
    }
}

/// The number of the smallest size that holds a list of `length` bytes.
fn size_for(length: usize) -> u32 {
    SIZE_OF.get((length + OWNER).div_ceil(4)).map_or(LONG, |number| u32::from(*number))
}

/// Sets the length, with room for an eighth more where the list grows.
fn lengthen(bytes: &mut Vec<u8>, length: usize) {
    if length > bytes.capacity() {
        bytes.reserve_exact(length + length / 8 - bytes.len());
    }
    bytes.resize(length, 0);
    if bytes.capacity() > 2 * length {
        bytes.shrink_to(length + length / 8);
    }
}

impl Size {
    #[inline]
    fn block(&self, index: u32) -> &[u8] {
        let start = (index as usize & ((1 << self.shift) - 1)) * self.bytes;
        &self.pieces[(index >> self.shift) as usize][start..start + self.bytes]
    }

    fn block_mut(&mut self, index: u32) -> &mut [u8] {
        let start = (index as usize & ((1 << self.shift) - 1)) * self.bytes;
        &mut self.pieces[(index >> self.shift) as usize][start..start + self.bytes]
    }

    fn add(&mut self, owner: u32) -> u32 {
        let index = self.count;
        if (index >> self.shift) as usize == self.pieces.len() {
            self.pieces.push(vec![0; self.bytes << self.shift].into_boxed_slice());
        }
        self.count += 1;
        self.block_mut(index)[..OWNER].copy_from_slice(&owner.to_le_bytes());
        index
    }

    /// Fills the gap with the last block; gives that one's owner, where another than the gap's.
    fn remove(&mut self, index: u32) -> Option<u32> {
        let last = self.count - 1;
        let owner = (last != index).then(|| self.fill(index, last));
        self.count = last;
        // One piece stays in reserve, so that a list that comes and goes does not cost one each time.
        if self.pieces.len() > (last >> self.shift) as usize + 2 {
            self.pieces.pop();
        }
        owner
    }

    fn fill(&mut self, index: u32, last: u32) -> u32 {
        let place = |index: u32| {
            ((index >> self.shift) as usize, (index as usize & ((1 << self.shift) - 1)) * self.bytes)
        };
        let (bytes, (piece, start), (last_piece, last_start)) = (self.bytes, place(index), place(last));
        if piece == last_piece {
            self.pieces[piece].copy_within(last_start..last_start + bytes, start);
        } else {
            let (before, from) = self.pieces.split_at_mut(last_piece);
            before[piece][start..start + bytes].copy_from_slice(&from[0][last_start..last_start + bytes]);
        }
        let owner = self.block(index).first_chunk::<OWNER>();
        owner.map_or(0, |owner| u32::from_le_bytes(*owner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_rise_and_end_below_what_is_long() {
        assert!(SIZES.is_sorted_by(|one, two| one < two));
        assert_eq!((SIZES[11], SIZES[12], SIZES[51]), (112, 128, 3_840));
        for length in 1..4_000 {
            let plain = SIZES.partition_point(|size| usize::from(*size) < length + OWNER) as u32;
            assert_eq!(size_for(length), plain, "{length} bytes");
        }
        assert_eq!((size_for(8), size_for(9), size_for(3_837)), (0, 1, LONG));
    }

    #[test]
    fn lists_keep_their_bytes_while_others_come_grow_and_go() {
        let mut blocks = Blocks::default();
        let mut handles: Vec<Option<Handle>> = vec![None; 64];
        let mut lengths = [0usize; 64];
        for step in 0u32..4_000 {
            let owner = (step.wrapping_mul(2_654_435_761) >> 26) as usize;
            let length = (step.wrapping_mul(0x9E37_79B9) >> 20) as usize % 5_000 + 1;
            let moved = match handles[owner] {
                None => {
                    handles[owner] = Some(blocks.add(owner as u32, length));
                    None
                }
                Some(handle) if step % 7 == 0 => {
                    handles[owner] = None;
                    blocks.remove(handle)
                }
                Some(handle) => {
                    let (fitted, moved) =
                        blocks.fit(handle, owner as u32, length, length.min(lengths[owner]));
                    handles[owner] = Some(fitted);
                    moved
                }
            };
            if let Some(moved) = moved {
                handles[moved.owner as usize] = Some(moved.handle);
            }
            lengths[owner] = length;
            if let Some(handle) = handles[owner] {
                blocks.bytes_mut(handle)[..length].fill(owner as u8);
            }
            for (owner, handle) in handles.iter().enumerate() {
                let Some(handle) = handle else { continue };
                assert!(
                    blocks.bytes(*handle)[..lengths[owner]].iter().all(|byte| usize::from(*byte) == owner)
                );
            }
        }
        let used = blocks.used();
        assert!(used < 64 * 6_000, "{used} bytes");
    }
}
