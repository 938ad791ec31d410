"""What makes runs of playbooks go on by themselves: what is next, when, who decides, what goes out."""
