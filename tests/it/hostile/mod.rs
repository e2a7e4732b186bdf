//! Input that means harm.

mod markup;
