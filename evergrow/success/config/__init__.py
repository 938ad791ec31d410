"""Playbooks as readable text: the files of ``evergrow config``, a playbook's own page, and the built-in ones."""
