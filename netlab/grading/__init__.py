"""What judges a learner's answers: tasks declared once, checked at once, in words."""

from netlab.grading.checking import check
from netlab.grading.puzzle import puzzle
from netlab.grading.verdict import Verdict

__all__ = ["Verdict", "check", "puzzle"]
