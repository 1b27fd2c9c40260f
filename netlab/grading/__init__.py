"""What judges a learner's answers: tasks declared once, checked at once, in words."""

from netlab.grading.checking import Verdict, check

__all__ = ["Verdict", "check"]
