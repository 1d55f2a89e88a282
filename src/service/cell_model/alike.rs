//! What several cells have in common is kept once: with many workloads it is most of the memory.

use std::sync::Arc;

use super::{CellModel, CellShock, Local, Member, MemberClass};

/// Different effects of one shock that are compared with, at most; the latest, because neighbors are alike.
const MAX_SHOCKS: usize = 64;
/// Different lists of members that are compared with, at most: those of a workload, which stand together.
const MAX_LISTS: usize = 8;

/// The latest of some values, of which equal ones are kept once.
#[derive(Debug, Clone)]
struct Latest<T>(Vec<Arc<T>>);

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: PartialEq> Latest<T> {
    /// Replaces the value by an equal one of the latest `most`, or adds it to them.
    fn share(&mut self, own: &mut Arc<T>, most: usize) {
        if let Some(same) = self.0.iter().rev().find(|same| *same == own) {
            *own = Arc::clone(same);
            return;
        }
        if self.0.len() == most {
            self.0.remove(0);
        }
        self.0.push(Arc::clone(own));
    }
}

/// Parts of cell models seen so far.
#[derive(Debug, Default)]
pub struct AlikeCells {
    /// `[n_shocks]`
    shocks: Vec<Latest<CellShock>>,
    members: Latest<Vec<Member>>,
    classes: Latest<Vec<MemberClass>>,
    best_first: Latest<Vec<Local>>,
    local: Latest<Vec<u32>>,
}

impl CellModel {
    /// The same model; its parts that equal those of earlier ones are shared with them.
    #[must_use]
    pub fn sharing(mut self, alike: &mut AlikeCells) -> Self {
        alike.shocks.resize_with(self.shocks.len(), Latest::default);
        for (own, latest) in self.shocks.iter_mut().zip(&mut alike.shocks) {
            latest.share(own, MAX_SHOCKS);
        }
        alike.members.share(&mut self.members, MAX_LISTS);
        alike.classes.share(&mut self.classes, MAX_LISTS);
        alike.best_first.share(&mut self.best_first, MAX_LISTS);
        alike.local.share(&mut self.local, MAX_LISTS);
        self
    }
}
