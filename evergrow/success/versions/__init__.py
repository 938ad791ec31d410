"""Taking open runs to another version of their playbook: looked at first, done, and undone within seven days."""
