"""The cases of the tasks are sharp: a reference with one small thing wrong does not pass."""

import importlib
from dataclasses import replace

import pytest
from mutants import mutants

from netlab.grading.checking import judge
from netlab.grading.here import Here
from netlab.grading.task import all_tasks

LESSONS = sorted({task.id[:2] for task in all_tasks().values() if task.is_function})
CAUGHT = 0.95


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_reference_with_a_fault_does_not_pass(lesson: str) -> None:
    made, passed = 0, []
    for task in all_tasks().values():
        if task.id.startswith(lesson) and task.is_function:
            module = importlib.import_module(task.reference.__module__)
            quick = replace(task, seconds=1.0)
            quick.expected()
            for change, function in mutants(task.reference, module):
                made += 1
                if judge(quick, Here({task.answer: function})).passed:
                    passed.append(f"{task.id} {change}")
    print(f"{lesson}: {made - len(passed)} of {made} mutants caught")
    assert made - len(passed) >= CAUGHT * made, "\n".join([f"of {made}:", *passed])
