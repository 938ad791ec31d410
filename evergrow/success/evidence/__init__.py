"""Files that show what a task came to, kept as all files are (``customers.attachments``)."""
