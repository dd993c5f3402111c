//! due_times
