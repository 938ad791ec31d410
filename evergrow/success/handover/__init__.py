"""Hand-over: accounts from one member to another in a role, prepared, offered, accepted, effective, closed."""
