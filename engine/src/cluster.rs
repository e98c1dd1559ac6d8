//! Plans and units on Ballista, in its in-process standalone mode.
