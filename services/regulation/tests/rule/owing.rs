//! owing
