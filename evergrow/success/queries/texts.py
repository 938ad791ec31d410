"""A version of a playbook as the text of its file."""

from evergrow.success.config.playbooks import KIND, as_data
from evergrow.success.models import PlaybookVersion
from evergrow.workspaces import configuration


def text_of(version: PlaybookVersion) -> str:
    """YAML, as ``evergrow config export`` writes it."""
    return configuration.File(KIND, version.playbook.key, as_data(version)).text()
