//! Statistics, reports and explanations of a run
