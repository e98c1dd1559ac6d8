//! Where work runs: units, plans, stores and the stage commit
