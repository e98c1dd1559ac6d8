//! What the documents say of recipes, held against the recipe.

use super::Recipe;
use std::path::PathBuf;
use toml::{Table, Value};

/// A value that no field takes.
const NESTED: &str = "[[]]";

/// Every page of documentation, by its path in the project.
fn pages() -> Vec<(PathBuf, String)> {
    let mut folders = vec![PathBuf::from("docs")];
    let mut files = vec![PathBuf::from("README.md")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false if path.extension().is_some_and(|extension| extension == "md") => files.push(path),
                false => {}
            }
        }
    }
    files.sort();
    files.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The recipes and pieces of recipes that a page shows.
fn shown(page: &str) -> impl Iterator<Item = &str> {
    page.split("\n```toml\n").skip(1).filter_map(|rest| rest.split("\n```").next())
}

fn read(recipe: &str) -> Result<Recipe, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("recipe.toml");
    std::fs::write(&path, recipe).unwrap();
    Recipe::read(&path).map_err(|failure| failure.to_string())
}

/// A piece of a recipe with what every recipe must have. A lone `[source.thread]` is one of a `[[source]]` before it.
fn completed(piece: &str) -> String {
    let mut recipe: Table = piece.parse().unwrap_or_else(|error| panic!("{error}\n{piece}"));
    let run = recipe.entry("run").or_insert_with(|| Value::Table(Table::new()));
    run.as_table_mut().unwrap().entry("folder").or_insert_with(|| "run".into());
    let source = recipe.remove("source").unwrap_or_else(|| Value::Table(Table::new()));
    let mut sources = match source {
        Value::Array(sources) => sources,
        source => vec![source],
    };
    for source in &mut sources {
        for (field, value) in [("name", "essays"), ("paths", "essays/*.jsonl"), ("format", "jsonl")] {
            source.as_table_mut().unwrap().entry(field).or_insert_with(|| value.into());
        }
    }
    recipe.insert("source".to_owned(), Value::Array(sources));
    toml::to_string(&recipe).unwrap()
}

#[test]
fn every_recipe_that_is_shown_is_one() {
    let mut count = 0;
    for (path, page) in pages() {
        for piece in shown(&page) {
            count += 1;
            if let Err(error) = read(&completed(piece)) {
                panic!("{}: {error}\n{piece}", path.display());
            }
        }
    }
    assert!(count > 10, "only {count} were found");
    assert!(read(&completed("[dedup]\nthreshhold = 0.9")).is_err());
}

/// The rows of the page of all fields: a table of the recipe and a field in it.
fn listed() -> Vec<(String, String)> {
    let page = std::fs::read_to_string("docs/recipe.md").unwrap();
    let mut table = String::new();
    let mut fields = Vec::new();
    for row in page.lines().filter(|row| row.starts_with("| ") && row.contains('`')) {
        let mut first = row[2..].split(" | ").next().unwrap();
        if let Some(bold) = first.strip_prefix("**`") {
            let (name, rest) = bold.split_once("`**").unwrap();
            table = name.trim_matches(['[', ']']).to_owned();
            first = rest;
        }
        fields.extend(first.split('`').skip(1).step_by(2).map(|field| (table.clone(), field.to_owned())));
    }
    fields
}

/// A recipe in which one field of a table has a value that it cannot have.
fn mistaken(table: &str, field: &str) -> String {
    let mut recipe = "[run]\n".to_owned();
    recipe += if table == "run" { "" } else { "folder = \"run\"\n" };
    recipe += "[[source]]\n";
    for line in ["name = \"essays\"", "paths = \"a.txt\"", "format = \"text\""] {
        let known = line.split(' ').next() == Some(field) && table == "source";
        recipe += &if known { String::new() } else { format!("{line}\n") };
    }
    match table {
        "source" => {}
        "run" => recipe = format!("[run]\n{field} = {NESTED}\n{}", &recipe["[run]\n".len()..]),
        _ => recipe += &format!("[{table}]\n"),
    }
    recipe + &if table == "run" { String::new() } else { format!("{field} = {NESTED}\n") }
}

#[test]
fn every_field_that_is_listed_exists() {
    let fields = listed();
    assert!(fields.len() > 60, "{fields:?}");
    for (table, field) in fields {
        let error = read(&mistaken(&table, &field)).unwrap_err();
        assert!(!error.contains("unknown"), "[{table}] {field}: {error}");
    }
}

/// An unknown field is answered with those that there are.
#[test]
fn every_field_that_exists_is_listed() {
    let listed = listed();
    let tables =
        ["run", "engine", "source", "ingest", "ingest.normalize", "ingest.redact", "ingest.lists", "ingest.models"];
    let later = ["dedup", "dedup.semantic", "tokenize", "train", "train.model", "train.optimizer", "train.sample"];
    for table in tables.into_iter().chain(later) {
        let error = read(&mistaken(table, "nonesuch")).unwrap_err();
        let (_, expected) = error.split_once("expected ").unwrap_or_else(|| panic!("[{table}]: {error}"));
        for field in expected.split('`').skip(1).step_by(2) {
            let known = listed.iter().any(|(of, name)| of == table && name == field)
                || listed.iter().any(|(of, _)| *of == format!("{table}.{field}"))
                || std::fs::read_to_string("docs/recipe.md").unwrap().contains(&format!("{table}.{field}]"));
            assert!(known, "[{table}] {field} is not in docs/recipe.md");
        }
    }
}
