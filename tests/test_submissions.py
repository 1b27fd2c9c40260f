"""Which student handed in what: folders and zips of every make, and files that are no notebooks."""

import json
import os
import stat
import zipfile
from pathlib import Path
from typing import Any

import nbformat
import pytest
from handed_in import hand_in, of_cells, solution, untouched

from netlab.grading import sources
from netlab.grading.notebook import NotebookError, code_cells
from netlab.grading.sources import Refused, SubmissionsError
from netlab.grading.submissions import choose, commonest, exercise_of, find

LAYOUTS = {
    "a notebook a student": (["ada.ipynb", "bob.IPYNB", "notes.txt"], ["ada", "bob"]),
    "a folder a student": (["ada/01_layers.ipynb", "bob/x/y.ipynb"], ["ada", "bob"]),
    "nbgrader": (["submitted/ada/layers/a.ipynb", "submitted/bob/layers/a.ipynb"], ["ada", "bob"]),
    "a course of nbgrader's": (
        ["submitted/ada/x/a.ipynb", "source/x/a.ipynb", "release/x/a.ipynb", "gradebook.db"],
        ["ada"],
    ),
    "a student called submitted": (["submitted/a.ipynb", "ada/a.ipynb"], ["ada", "submitted"]),
    "folders from Moodle": (
        ["Ada Lovelace_12_assignsubmission_file_/a.ipynb", "Bo_7_assignsubmission_file/a.ipynb"],
        ["Participant 12", "Participant 7"],
    ),
    "files from Moodle": (
        ["Ada_B_12_assignsubmission_file_01_layers.ipynb"], ["Participant 12"],
    ),
    "a file that calls itself another's": (
        ["Bo_7_assignsubmission_file_x_8_assignsubmission_file_a.ipynb"], ["Participant 7"],
    ),
    "two of one name": (
        ["Ada_1_assignsubmission_file_/a.ipynb", "Ada_2_assignsubmission_file_/a.ipynb"],
        ["Participant 1", "Participant 2"],
    ),
    "what nobody made": (
        ["ada/.ipynb_checkpoints/a.ipynb", "ada/a.ipynb", "__MACOSX/ada/._a.ipynb", ".x.ipynb"],
        ["ada"],
    ),
    "accents apart": (["zoe\u0308.ipynb"], ["zoë"]),
    "letters of all kinds": (["李雷.ipynb", "Ωλ/x.ipynb", "a b.ipynb"], ["a b", "Ωλ", "李雷"]),
}  # fmt: skip


def folder_of(root: Path, names: list[str]) -> Path:
    for name in names:
        hand_in(root / name, of_cells("pass"))
    return root


def zip_of(path: Path, entries: dict[str, bytes], kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as file:
        for name, content in entries.items():
            file.writestr(name, content)
    return path


@pytest.mark.parametrize(("names", "students"), LAYOUTS.values(), ids=LAYOUTS)
def test_students_are_found_in_a_folder_and_in_a_zip(
    tmp_path: Path, names: list[str], students: list[str]
) -> None:
    if os.name == "nt" and not all(map(str.isascii, names)):
        pytest.skip("file names of all kinds are tested where any bytes are one")
    found = find(folder_of(tmp_path / "class", names))
    assert [one.student for one in found.all] == students
    assert all(len(one.files) == 1 for one in found.all)
    zipped = zip_of(tmp_path / "class.zip", dict.fromkeys(names, b"{}"))
    assert [one.student for one in find(zipped).all] == students
    packed = zip_of(tmp_path / "top.zip", {f"top/{name}": b"{}" for name in names})
    assert [one.student for one in find(packed).all] == students


def test_a_name_from_moodle_is_kept(tmp_path: Path) -> None:
    (one,) = find(folder_of(tmp_path, ["Ada B_12_assignsubmission_file_/a.ipynb"])).all
    assert (one.student, one.name) == ("Participant 12", "Ada B")


def test_who_handed_in_nothing_is_a_student_too(tmp_path: Path) -> None:
    folder_of(tmp_path, ["ada/a.ipynb", "bob/readme.txt"])
    (tmp_path / "cy").mkdir()
    found = find(tmp_path)
    assert [(one.student, len(one.files)) for one in found.all] == [
        ("ada", 1),
        ("bob", 0),
        ("cy", 0),
    ]
    assert choose(found, found.all[2], "01") == ("", ("No notebook was handed in.",))


def test_the_feedback_is_no_submission(tmp_path: Path) -> None:
    folder_of(tmp_path, ["ada.ipynb", "feedback/x.ipynb"])
    assert [one.student for one in find(tmp_path, [tmp_path / "feedback"]).all] == ["ada"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("nothing there", "no such folder or zip"),
        ("an empty folder", "there is no notebook in"),
        ("no zip", "neither a folder nor a zip"),
        ("an empty file", "neither a folder nor a zip"),
    ],
)
def test_what_holds_no_submissions_is_said(tmp_path: Path, kind: str, words: str) -> None:
    path = tmp_path / "class"
    if kind == "an empty folder":
        path.mkdir()
    elif kind != "nothing there":
        path.write_bytes(b"PK\3\4 no more" if kind == "no zip" else b"")
    with pytest.raises(SubmissionsError, match=words):
        find(path)


# A zip that does harm.


def refusal(found: Any, name: str) -> str:
    with pytest.raises(Refused) as refused:
        found.source.read(name)
    return str(refused.value)


def test_names_that_lead_out_of_a_zip(tmp_path: Path) -> None:
    names = ["../evil.ipynb", "/abs.ipynb", "a/../../b.ipynb", "C:\\x.ipynb", "..\\..\\w.ipynb"]
    zipped = zip_of(tmp_path / "a.zip", dict.fromkeys([*names, "ada.ipynb"], b"{}"))
    found = find(zipped)
    assert [one.student for one in found.all if one.files] == ["ada"]
    assert all("leads out of the zip" in one.refused[0] for one in found.all if not one.files)
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path) -> None:
    bomb = zip_of(
        tmp_path / "a.zip", {"ada.ipynb": bytes(200 * 2**20), "bob.ipynb": b"{}"},
        zipfile.ZIP_DEFLATED,
    )  # fmt: skip
    found = find(bomb)
    assert "more than 16 MB" in refusal(found, "ada.ipynb")
    assert found.source.read("bob.ipynb") == b"{}"


def test_a_zip_that_lies_about_sizes(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"ada.ipynb": b"{}" * 5000}, zipfile.ZIP_DEFLATED)
    content = path.read_bytes()
    path.write_bytes(content.replace((10_000).to_bytes(4, "little"), (9).to_bytes(4, "little")))
    assert "cannot be read" in refusal(find(path), "ada.ipynb")


def test_too_many_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MOST_FILES", 3)
    names = [f"{number}.ipynb" for number in range(5)]
    with pytest.raises(SubmissionsError, match="more than 3 files"):
        find(folder_of(tmp_path / "class", names))
    with pytest.raises(SubmissionsError, match="more than 3 files"):
        find(zip_of(tmp_path / "a.zip", dict.fromkeys(names, b"")))


def test_a_link_in_a_zip_is_not_followed(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("ada.ipynb")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr(entry, "/etc/passwd")
    assert refusal(find(tmp_path / "a.zip"), "ada.ipynb") == "it is a link"


def test_an_encrypted_zip(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"ada.ipynb": b"{}"})
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\1\2", 8), (b"PK\3\4", 6)):
        content[content.index(mark) + place] |= 1
    path.write_bytes(content)
    assert refusal(find(path), "ada.ipynb") == "it is encrypted"


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_an_entry_that_unpacks_all_at_once_is_not_read(tmp_path: Path, way: int) -> None:
    path = zip_of(tmp_path / "a.zip", {"ada.ipynb": b"0" * 10**6}, way)
    assert "unusual way" in refusal(find(path), "ada.ipynb")


def test_long_names_that_begin_alike_are_two_students(tmp_path: Path) -> None:
    found = find(folder_of(tmp_path, [f"{'a' * 200}{end}.ipynb" for end in "xy"]))
    assert len({one.student for one in found.all}) == 2


def test_a_damaged_entry(tmp_path: Path) -> None:
    path = zip_of(tmp_path / "a.zip", {"ada.ipynb": b"hello " * 50}, zipfile.ZIP_DEFLATED)
    content = bytearray(path.read_bytes())
    place = content.index(b"ada.ipynb") + len("ada.ipynb") + 3
    content[place] ^= 0xFF
    path.write_bytes(content)
    assert "cannot be read" in refusal(find(path), "ada.ipynb")


# A folder that does harm.


@pytest.fixture
def links(tmp_path: Path) -> Path:
    if os.name == "nt":
        pytest.skip("links take rights on Windows")
    (tmp_path / "secret.ipynb").write_text("{}")
    folder = folder_of(tmp_path / "class", ["bob/a.ipynb"])
    (folder / "ada.ipynb").symlink_to(tmp_path / "secret.ipynb")
    (folder / "cy.ipynb").symlink_to("cy.ipynb")
    (folder / "dee").symlink_to(tmp_path)
    (folder / "eve.ipynb").symlink_to("bob/a.ipynb")
    hand_in(folder / "hal" / "c.ipynb", b"{}")
    (folder / "hal" / "a.ipynb").symlink_to("../bob/a.ipynb")
    (folder / "flo.ipynb").symlink_to("nowhere.ipynb")
    os.mkfifo(folder / "gus.ipynb")
    return folder


def test_links_are_not_followed(links: Path) -> None:
    found = find(links)
    for name in ("ada.ipynb", "cy.ipynb", "eve.ipynb", "flo.ipynb", "hal/a.ipynb"):
        assert refusal(found, name) == "it is a link"
    assert refusal(found, "gus.ipynb") == "it is no plain file"
    dee = next(one for one in found.all if one.student == "dee")
    assert dee.refused == ("`dee` is not read: a link to a folder is not followed.",)


def test_a_notebook_may_be_large_but_not_endless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "LARGEST", 1000)
    hand_in(tmp_path / "ada.ipynb", b" " * 1000)
    hand_in(tmp_path / "bob.ipynb", b" " * 1001)
    found = find(tmp_path)
    assert len(found.source.read("ada.ipynb")) == 1000
    assert "more than" in refusal(found, "bob.ipynb")


# Which exercise it is, and which notebook of several.


def test_the_exercise_is_what_most_handed_in(tmp_path: Path) -> None:
    """One student whose checks are changed, or who handed in another exercise, changes nothing."""
    for student in ("ada", "bob"):
        hand_in(tmp_path / f"{student}.ipynb", untouched())
    hand_in(tmp_path / "cy.ipynb", untouched("02_bytes"))
    number, votes = commonest(find(tmp_path))
    assert number == "01"
    assert votes == {"01": 2, "02": 1}


def test_what_says_which_exercise_it_is() -> None:
    checks = json.dumps(of_cells('check("02/port")', "check('02/flags')", 'check("01/osi")'))
    assert exercise_of("x.ipynb", checks.encode()) == "02"
    assert exercise_of("01_layers-Copy1.ipynb", b"{}") == "01"
    assert exercise_of("x.ipynb", json.dumps(of_cells('check("99/x")')).encode()) == ""


def test_no_exercise_at_all(tmp_path: Path) -> None:
    with pytest.raises(SubmissionsError, match="say it, such as --exercise"):
        commonest(find(folder_of(tmp_path, ["ada.ipynb"])))


def test_of_several_notebooks_the_fitting_one_is_graded(tmp_path: Path) -> None:
    hand_in(tmp_path / "ada/02_bytes.ipynb", untouched("02_bytes"))
    hand_in(tmp_path / "ada/01_layers.ipynb", untouched())
    hand_in(tmp_path / "ada/01_layers-Copy1.ipynb", untouched())
    found = find(tmp_path)
    assert choose(found, found.all[0], "02") == ("ada/02_bytes.ipynb", ())
    chosen, notes = choose(found, found.all[0], "01")
    assert chosen == "ada/01_layers.ipynb"
    assert notes == ("Graded is `ada/01_layers.ipynb`, and not ada/01_layers-Copy1.ipynb.",)


# What stands in a notebook.


def test_cells_that_only_check_are_left_out() -> None:
    cells = ['check("01/osi")', "  # mine\ncheck('01/peel')\n", 'x = check("01/osi")', "y = 1", ""]
    found = code_cells(json.dumps(of_cells(*cells)).encode())
    assert found == ["", "", 'x = check("01/osi")', "y = 1", ""]


def test_a_long_line_of_comments_takes_no_time() -> None:
    assert code_cells(json.dumps(of_cells("#" * 50_000 + "\n!")).encode())[0].endswith("!")


def test_the_source_may_be_text_or_lines_of_it() -> None:
    notebook = of_cells("a = 1\nb = 2")
    notebook["cells"][0]["source"] = ["a = 1\n", "b = 2", 3]
    notebook["cells"] += [None, {"cell_type": "code"}, {"cell_type": "code", "source": 3}, "x"]
    assert code_cells(json.dumps(notebook).encode()) == ["a = 1\nb = 2", "", ""]
    assert code_cells(b"\xef\xbb\xbf" + json.dumps(of_cells("x")).encode()) == ["x"]


def test_a_notebook_of_the_third_format_is_read() -> None:
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell(input="a = 1")])]
    )
    assert code_cells(json.dumps(old).encode()) == ["a = 1"]


UNREADABLE = {
    "empty": (b"", "is empty"),
    "blank": (b" \n", "is empty"),
    "not JSON": (b"print(1)", "not JSON"),
    "cut off": (json.dumps(solution()).encode()[:3000], "not JSON"),
    "bytes": (b"\x80\xff", "not text in UTF-8"),
    "deep": (b"[" * 200_000, "not JSON"),
    "a huge number": (b"1" * 10_000, "not JSON"),
    "a list": (b"[1]", "does not say its format"),
    "no format": (b"{}", "does not say its format"),
    "a format of text": (b'{"nbformat": "4"}', "does not say its format"),
    "a format to come": (b'{"nbformat": 5}', "format is 5"),
    "no cells": (b'{"nbformat": 4}', "no list of cells"),
    "cells of text": (b'{"nbformat": 4, "cells": "x"}', "no list of cells"),
    "a broken third": (b'{"nbformat": 3, "worksheets": 7}', "old format"),
    "R": (json.dumps(of_cells("x <- 1", kernelspec={"language": "R"})).encode(), "written in r"),
    "Julia": (
        json.dumps(of_cells("x", language_info={"name": "julia"})).encode(), "written in julia",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "words"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_notebook_gets_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(NotebookError, match=words) as error:
        code_cells(content)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)
