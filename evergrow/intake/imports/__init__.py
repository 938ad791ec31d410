"""Files on their way in: started, read, written chunk by chunk, undone."""
