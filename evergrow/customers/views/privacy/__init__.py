"""The pages of privacy: requests, consent, masking, the register of processing."""
