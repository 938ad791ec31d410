"""The whole view of one person or account: what they did, who they are, how two of them differ."""
