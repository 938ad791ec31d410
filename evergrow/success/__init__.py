"""Playbooks, tasks and signals: the work that customers need from us."""
