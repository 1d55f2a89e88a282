//! `exposure --graph`: a picture or a Graphviz text, in a file of its own.

use super::Folder;

#[test]
fn the_graph_is_drawn_by_the_files_ending() {
    let folder = Folder::new();
    for (file, begins, ends) in [("g.svg", "<svg ", "</svg>\n"), ("g.dot", "digraph \"tiny\" {", "}\n")] {
        let ended = folder.run(&["exposure", "tiny.yaml", "--graph", file]);
        assert_eq!(ended.code, 0, "{}", ended.stderr);
        let drawn = folder.read(file);
        assert!(drawn.starts_with(begins) && drawn.ends_with(ends), "{drawn}");
    }
}

#[test]
fn a_drawing_needs_a_known_ending_and_a_file_of_its_own() {
    let folder = Folder::new();
    for arguments in [
        &["--graph", "g.png"][..],
        &["--graph", "g"],
        &["--graph", "tiny.yaml"],
        &["--graph", "g.svg", "--out", "g.svg"],
    ] {
        let ended = folder.run(&[&["exposure", "tiny.yaml"], arguments].concat());
        assert_eq!(ended.code, 2, "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains("--graph"), "{}", ended.stderr);
        assert!(ended.stdout.is_empty());
    }
    assert_eq!(folder.run(&["exposure", "tiny.yaml", "--graph", "no/such/folder.svg"]).code, 6);
}
