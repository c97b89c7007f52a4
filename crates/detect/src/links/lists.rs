//! Lists of accounts by owner: those who use an entity, or have a term. One of more than a bound of accounts is
//! dropped but for its count, and stays so until its last account has gone.

use super::blocks::{Blocks, Handle, Moved};
use super::postings::{Head, Postings, width_of, write_all};

/// Where the accounts of an owner are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Used {
    #[default]
    ByNone,
    By(u32),
    ByList(Handle),
}

/// Where an owner's accounts are after a change, and whose other list had to move.
#[must_use]
pub(crate) struct Placed {
    pub(crate) used: Used,
    pub(crate) moved: Option<Moved>,
}

/// The lists.
#[derive(Clone, Debug)]
pub(crate) struct Lists {
    blocks: Blocks,
    /// Most accounts of a list that is kept.
    accounts_max: usize,
}

impl Lists {
    pub(crate) fn new(accounts_max: usize) -> Self {
        Self { blocks: Blocks::default(), accounts_max }
    }

    /// The accounts, in order of arrival; none where they are no longer kept.
    pub(crate) fn postings(&self, used: Used) -> Postings<'_> {
        match used {
            Used::ByNone => Postings::none(),
            Used::By(account) => Postings::alone(account),
            Used::ByList(handle) => Postings::many(self.blocks.bytes(handle)),
        }
    }

    /// How many accounts there are, and whether they are no longer kept.
    pub(crate) fn count(&self, used: Used) -> (u32, bool) {
        match used {
            Used::ByNone => (0, false),
            Used::By(_) => (1, false),
            Used::ByList(handle) => {
                let (head, _) = Head::read(self.blocks.bytes(handle));
                (head.count, head.width == 0)
            }
        }
    }

    /// One more account, which is not there yet.
    pub(crate) fn join(&mut self, owner: u32, used: Used, account: u32) -> Placed {
        match used {
            Used::ByNone => Placed { used: Used::By(account), moved: None },
            Used::By(first) => {
                let handle = self.add(owner, 2, &[first, account]);
                Placed { used: Used::ByList(handle), moved: None }
            }
            Used::ByList(handle) => self.push(owner, handle, account),
        }
    }

    /// A list of `count` accounts; where `accounts` is empty, of accounts that are no longer kept.
    pub(crate) fn add(&mut self, owner: u32, count: u32, accounts: &[u32]) -> Handle {
        let width = accounts.iter().copied().map(width_of).max().unwrap_or(0);
        let head = Head { width, count };
        let handle = self.blocks.add(owner, head.list_length());
        self.write(handle, head, accounts.iter().copied());
        handle
    }

    fn write(&mut self, handle: Handle, head: Head, accounts: impl Iterator<Item = u32>) {
        let bytes = self.blocks.bytes_mut(handle);
        head.write(bytes);
        if head.width > 0
            && let Some(numbers) = bytes.get_mut(head.numbers())
        {
            write_all(accounts, head.width, numbers);
        }
    }

    fn push(&mut self, owner: u32, handle: Handle, account: u32) -> Placed {
        let (before, _) = Head::read(self.blocks.bytes(handle));
        let mut head = Head { count: before.count.saturating_add(1), width: before.width };
        if before.width == 0 || head.count as usize > self.accounts_max {
            head.width = 0;
            let (handle, placed) = self.fit(owner, handle, head, before.length().min(head.length()));
            self.write(handle, head, std::iter::empty());
            return placed;
        }
        head.width = head.width.max(width_of(account));
        if (head.width, head.length()) != (before.width, before.length()) {
            let accounts: Vec<u32> = Postings::many(self.blocks.bytes(handle)).chain([account]).collect();
            let (handle, placed) = self.fit(owner, handle, head, 0);
            self.write(handle, head, accounts.into_iter());
            return placed;
        }
        let (handle, placed) = self.fit(owner, handle, head, before.list_length());
        let bytes = self.blocks.bytes_mut(handle);
        head.write(bytes);
        if let Some(number) = bytes.get_mut(before.list_length()..head.list_length()) {
            write_all(std::iter::once(account), head.width, number);
        }
        placed
    }

    /// Makes the block of a list as long as `head` says.
    fn fit(&mut self, owner: u32, handle: Handle, head: Head, kept: usize) -> (Handle, Placed) {
        let (handle, moved) = self.blocks.fit(handle, owner, head.list_length(), kept);
        (handle, Placed { used: Used::ByList(handle), moved })
    }

    /// One account fewer.
    pub(crate) fn leave(&mut self, owner: u32, used: Used, account: u32) -> Placed {
        match used {
            Used::ByNone | Used::By(_) => Placed { used: Used::ByNone, moved: None },
            Used::ByList(handle) => self.leave_list(owner, handle, account),
        }
    }

    fn leave_list(&mut self, owner: u32, handle: Handle, account: u32) -> Placed {
        let (before, _) = Head::read(self.blocks.bytes(handle));
        let head = Head { count: before.count.saturating_sub(1), width: before.width };
        if before.width == 0 {
            if head.count == 0 {
                return Placed { used: Used::ByNone, moved: self.blocks.remove(handle) };
            }
            self.write(handle, head, std::iter::empty());
            return Placed { used: Used::ByList(handle), moved: None };
        }
        let postings = Postings::many(self.blocks.bytes(handle));
        let Some(place) = postings.place_of(account) else {
            return Placed { used: Used::ByList(handle), moved: None };
        };
        if head.count == 1 {
            let left = postings.clone().find(|other| *other != account);
            return Placed { used: left.map_or(Used::ByNone, Used::By), moved: self.blocks.remove(handle) };
        }
        let (start, width) = (before.length() + place * usize::from(before.width), usize::from(before.width));
        let bytes = self.blocks.bytes_mut(handle);
        bytes.copy_within(start + width..before.list_length(), start);
        if head.length() < before.length() {
            bytes.copy_within(before.length()..before.list_length() - width, head.length());
        }
        head.write(bytes);
        self.fit(owner, handle, head, head.list_length()).1
    }

    /// Bytes of all blocks in use.
    pub(crate) fn used_bytes(&self) -> usize {
        self.blocks.used()
    }
}
