"""Every situation of a header: read as it says, built again, read by tshark just so, and cut."""

from pathlib import Path

import pytest
import test_icmp
import test_igmp
import test_ip
import test_link
import test_transport
from situations import bears_a_cut, differences, reads, rebuilds

import netlab

MODULES = (test_link, test_ip, test_icmp, test_igmp, test_transport)
SITUATIONS = {
    f"{module.__name__[5:]}: {name}": situation
    for module in MODULES
    for name, situation in module.SITUATIONS.items()
}
CONTRADICTIONS = {
    f"{module.__name__[5:]}: {name}": contradiction
    for module in MODULES
    for name, contradiction in getattr(module, "CONTRADICTIONS", {}).items()
}
every_situation = pytest.mark.parametrize("name", SITUATIONS)


@every_situation
def test_headers_and_values(name: str) -> None:
    reads(SITUATIONS[name])


@every_situation
def test_what_is_taken_apart_is_built_again(name: str) -> None:
    rebuilds(SITUATIONS[name])


@every_situation
def test_of_a_packet_that_the_capture_cut_nothing_else_is_said(name: str) -> None:
    bears_a_cut(SITUATIONS[name])


@pytest.mark.needs("tshark")
@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__[5:])
def test_tshark_reads_the_same(module: object, tmp_path: Path) -> None:
    assert differences(module.SITUATIONS, tmp_path) == {}  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_what_contradicts_is_a_problem(name: str) -> None:
    link, data, words = CONTRADICTIONS[name]
    assert [str(problem) for problem in netlab.dissect(data, link).problems] == [words]


@pytest.mark.needs("tshark")
def test_tshark_reads_what_contradicts_the_same(tmp_path: Path) -> None:
    assert differences(CONTRADICTIONS, tmp_path) == {}
