"""The editor of a playbook's draft: its steps as rows and lanes, what is wrong with them, the form of one step."""
