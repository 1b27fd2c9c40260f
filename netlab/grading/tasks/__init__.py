"""The tasks, one file a lesson."""
