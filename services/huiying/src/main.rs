//! huiying
fn main() {}
