//! Read, decode, extract, normalise, measure and judge raw Korean text
